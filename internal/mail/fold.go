package mail

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold brings text into the one form in which it is matched and shown:
// compatibility forms become plain (full-width digits, punctuation, ￥ ＄),
// invisible characters go, runs of blanks become one, blanks between two Han
// characters go (labels are printed as "最 后 还 款 日"), lines are trimmed and
// empty lines dropped. Line breaks and the cell separator " | " keep their
// places, also beside an empty cell ("a |  | b", " | b").
//
// What could turn into a digit that nobody printed as one stays as it is:
// circled digits, superscripts, fractions, squared units (①, ², ½, ㎡). The
// ellipsis stays too: three full stops before a number would look like part of
// it. Fold is idempotent.
func Fold(s string) string {
	// A second round is needed only where NFKC itself produced a character
	// that the first step would have mapped; more never occurs, the bound is
	// for safety.
	for range 4 {
		plain, composed := normalise(s)
		next := foldLines(plain)
		if !composed || next == s {
			return next
		}
		s = next
	}
	return s
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// normalise maps single characters, then applies NFKC to everything between
// the characters that are kept as printed; composed reports that it did.
func normalise(s string) (plain string, composed bool) {
	s = mapRunes(s)
	if isASCII(s) || norm.NFKC.IsNormalString(s) {
		return s, false
	}
	var b strings.Builder
	b.Grow(len(s))
	start := 0
	for i, r := range s {
		if r < utf8.RuneSelf || !keepForm(r) {
			continue
		}
		b.WriteString(norm.NFKC.String(s[start:i]))
		b.WriteRune(r)
		start = i + utf8.RuneLen(r)
	}
	b.WriteString(norm.NFKC.String(s[start:]))
	return mapRunes(b.String()), true
}

// keepForm reports the characters that NFKC would turn into digits, full stops
// or cell separators.
func keepForm(r rune) bool {
	switch {
	case r == '²', r == '³', r == '¹', r >= '¼' && r <= '¾', // superscripts are footnote marks beside amounts
		r >= 0x2024 && r <= 0x2026,              // dot leaders, ellipsis
		r >= 0x2070 && r <= 0x209C,              // superscripts and subscripts
		r >= 0x2150 && r <= 0x215F, r == 0x2189, // fractions
		r >= 0x2460 && r <= 0x24FF, // circled, parenthesised, "1." digits and letters
		r >= 0x3200 && r <= 0x33FF, // enclosed and squared CJK
		r >= 0x1F100 && r <= 0x1F2FF,
		r == 0xFF5C, r == 0xFE33, r == 0xFE31: // ｜ would become a cell separator
		return true
	}
	return false
}

// mapRunes drops invisible characters and unifies blanks, breaks and dashes.
func mapRunes(s string) string {
	if !needsMap(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	prev := rune(0)
	for i, r := range s {
		w := mapRune(r)
		switch {
		case w < 0:
			continue
		case r == '，' || r == '\r':
			// A full-width comma between two plain digits separates two
			// numbers; as a plain comma it would join them.
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if r == '\r' && next == '\n' {
				continue
			}
			if r == '，' && isDigit(prev) && isDigit(next) {
				b.WriteString(", ")
				prev = ' '
				continue
			}
		}
		b.WriteRune(w)
		prev = r
	}
	return b.String()
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func needsMap(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || (c < ' ' && c != '\n') || c == 0x7F {
			return true
		}
	}
	return false
}

// mapRune returns what stands for r, or -1 where nothing does.
func mapRune(r rune) rune {
	switch {
	case r == '\n', r >= ' ' && r < 0x7F, r >= 0x4E00 && r < 0xA000: // most of a text
		return r
	case r >= 0xFF01 && r <= 0xFF5E && r != 0xFF5C: // NFKC, without its cost: they are in every Chinese text
		return r - 0xFEE0
	case r == 0xFFE5:
		return '¥'
	case r == '\r', r == 0x85, r == 0x2028, r == 0x2029:
		return '\n'
	case r == '\t', r == '\v', r == '\f', r == 0xA0, r == 0x3000, r >= 0x2000 && r <= 0x200A,
		r == 0x202F, r == 0x205F, r == 0x1680, r == 0x2800:
		return ' '
	case r == '−', r == 0x2010, r == 0x2011, r == 0x2012, r == 0xFE63:
		return '-'
	case r == '〜', r == '∼':
		return '~'
	case r < ' ', r >= 0x7F && r < 0xA0, r == 0xAD, r == 0x34F, r == 0x180E,
		r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F,
		r == 0xFEFF, r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE01FF,
		r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r >= 0xFFF9 && r <= 0xFFFB:
		return -1
	}
	return r
}

// foldLines folds the blanks of every line and drops empty lines.
func foldLines(s string) string {
	out := make([]byte, 0, len(s))
	for line := range strings.SplitSeq(s, "\n") {
		mark := len(out)
		if mark > 0 {
			out = append(out, '\n')
		}
		start := len(out)
		out = foldLine(out, line)
		if len(bytes.Trim(out[start:], "| ")) == 0 {
			out = out[:mark]
		}
	}
	return string(out)
}

// foldLine appends line with its blanks folded. An empty first or last cell
// keeps its separator whole, and an empty cell between two stays one.
func foldLine(out []byte, line string) []byte {
	line = strings.Trim(line, " ")
	if strings.HasPrefix(line, "| ") {
		out = append(out, ' ')
	}
	last, blank := rune(0), false
	for _, r := range line {
		if r == ' ' {
			blank = true
			continue
		}
		if blank {
			switch {
			case isHan(last) && isHan(r):
			case last == '|' && r == '|':
				out = append(out, "  "...)
			default:
				out = append(out, ' ')
			}
		}
		out = utf8.AppendRune(out, r)
		last, blank = r, false
	}
	if strings.HasSuffix(line, " |") {
		out = append(out, ' ')
	}
	return out
}

func isHan(r rune) bool { return r >= 0x2E80 && unicode.Is(unicode.Han, r) }
