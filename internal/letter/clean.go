package letter

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest pieces of foreign text a letter repeats, in characters.
const (
	maxName = 60
	maxText = 300
)

var (
	// A link is anything a mail program would make clickable: a scheme, a www
	// name, or a host with a path.
	link = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]{1,15}:/+\S*|\bwww\.\S+|\b(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+/\S*`)
	// A host alone is made clickable by some mail programs. It may be an
	// issuer's name, so only subjects of mails lose it.
	bareHost = regexp.MustCompile(`(?i)\b(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]+\b`)
	// A card or account number: 12 digits and more, also in the usual groups.
	longNumber = regexp.MustCompile(`[0-9]{12,}|[0-9]{4}(?:[ -][0-9]{4}){2,}(?:[ -]?[0-9]{1,4})?|[0-9]{4}[ -][0-9]{6}[ -][0-9]{5}`)
)

// clean makes foreign text harmless for one line of a letter: valid UTF-8, no
// control, format or direction characters, blanks folded, at most limit
// characters.
func clean(s string, limit int) string {
	var b strings.Builder
	blank, n := false, 0
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp):
			blank = true
			continue
		case unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) || isNoncharacter(r):
			continue
		}
		if n >= limit {
			b.WriteRune('…')
			break
		}
		if blank && n > 0 {
			b.WriteByte(' ')
			n++
		}
		blank = false
		b.WriteRune(r)
		n++
	}
	return b.String()
}

func isNoncharacter(r rune) bool {
	return r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF
}

// foreign cleans text of a mail or of an error for a letter: besides what
// clean does, links are replaced by removed and account numbers by their tail.
// It looks at links before cutting, so that a cut link is still one.
func foreign(s string, limit int, removed string) string {
	s = clean(s, 4*maxText)
	s = link.ReplaceAllLiteralString(s, removed)
	s = longNumber.ReplaceAllStringFunc(s, func(n string) string { return "…" + tail(n) })
	return clean(s, limit)
}

// tail returns the last four letters or digits of an account.
func tail(account string) string {
	s := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(account, ""))
	for utf8.RuneCountInString(s) > 4 {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}
