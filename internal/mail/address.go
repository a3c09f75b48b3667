package mail

import (
	"net/mail"
	"strings"
	"time"
)

// parseAddresses reads an address list leniently: groups, comments, missing
// quotes, raw and encoded names. Encoded words are decoded after the list has
// been taken apart, so that nothing inside them becomes an address.
func parseAddresses(s string) []Address {
	var out []Address
	for len(s) > 0 && len(out) < maxAddresses {
		var a []Address
		a, s = nextAddress(s)
		out = append(out, a...)
	}
	return out
}

// senderAddresses reads a From field. Some senders encode the whole of it,
// name and address, in one word; RFC 2047, section 5 forbids that, and no
// address would be left. Only where none stands outside, the decoded text is
// read: a name can then not pass for an address. Whether that address is
// vouched for is decided as for any other.
func senderAddresses(s string) []Address {
	plain := parseAddresses(s)
	for _, a := range plain {
		if a.Address != "" {
			return plain
		}
	}
	if decoded := decodeHeader(s); decoded != s {
		return parseAddresses(decoded)
	}
	return plain
}

// scanner state of one list entry.
type entry struct {
	name    strings.Builder // what stands outside angle brackets
	quotes  strings.Builder // the quoted parts alone
	comment strings.Builder
	angles  []string
}

// nextAddress reads up to the next comma, semicolon or group colon.
func nextAddress(s string) ([]Address, string) {
	var e entry
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			text, rest := quoted(s[i+1:])
			e.name.WriteString(text)
			e.quotes.WriteString(text)
			i = len(s) - len(rest) - 1
		case '(':
			n := commentLen(s[i:])
			e.comment.WriteString(strings.Trim(s[i:i+n], "()"))
			i += n - 1
		case '<':
			end := strings.IndexByte(s[i:], '>')
			if end < 0 {
				end = len(s) - i
			}
			e.angles = append(e.angles, s[i+1:i+end])
			i = min(i+end, len(s)-1)
		case ':':
			if len(e.angles) == 0 && !strings.Contains(e.name.String(), "=?") {
				return nil, s[i+1:] // the name of a group
			}
			e.name.WriteByte(':')
		case ',', ';':
			return e.addresses(), s[i+1:]
		default:
			e.name.WriteByte(s[i])
		}
	}
	return e.addresses(), ""
}

// commentLen returns the length of the (nested) comment at the start of s.
func commentLen(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s)
}

func (e *entry) addresses() []Address {
	name := strings.TrimSpace(e.name.String())
	if len(e.angles) == 0 {
		if name == "" {
			return nil
		}
		if addr := name; strings.Contains(addr, "@") && !strings.ContainsAny(addr, " \t") {
			return []Address{{Name: foldName(e.comment.String()), Address: cleanAddress(addr)}}
		}
		return bareWords(name)
	}
	if name == "" {
		name = e.comment.String()
	}
	var out []Address
	for _, a := range e.angles {
		out = append(out, Address{Name: foldName(name), Address: cleanAddress(a)})
	}
	return out
}

// bareWords finds the addresses in an entry without angle brackets: "Name
// name@example.com". Without any it is a name only.
func bareWords(s string) []Address {
	var out []Address
	var name []string
	for w := range strings.FieldsSeq(s) {
		w = strings.Trim(w, "<>\"'")
		if i := strings.IndexByte(w, '@'); i > 0 && i < len(w)-1 && !strings.HasPrefix(w, "=?") {
			out = append(out, Address{Address: cleanAddress(w)})
		} else {
			name = append(name, w)
		}
	}
	text := foldName(strings.Join(name, " "))
	if len(out) == 0 {
		return []Address{{Name: text}}
	}
	for i := range out {
		out[i].Name = text
	}
	return out
}

func foldName(s string) string {
	return strings.ReplaceAll(Fold(decodeHeader(clip(s, maxSubject))), "\n", " ")
}

// cleanAddress lowers the domain and drops blanks, a route and a trailing dot.
func cleanAddress(s string) string {
	s = strings.TrimSpace(headerText(s))
	for i := strings.IndexByte(s, '('); i >= 0; i = strings.IndexByte(s, '(') {
		s = s[:i] + s[i+commentLen(s[i:]):]
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 && strings.HasPrefix(s, "@") {
		s = s[i+1:] // an obsolete route: @a,@b:user@host
	}
	s = strings.ToValidUTF8(clip(s, 320), "\uFFFD")
	i := strings.LastIndexByte(s, '@')
	if i < 0 {
		return s
	}
	domain := strings.ToLower(strings.TrimSuffix(strings.TrimSpace(s[i+1:]), "."))
	return strings.TrimSpace(s[:i]) + "@" + domain
}

// Domain returns the domain of the address, "" where it has none.
func (a Address) Domain() string {
	_, domain, _ := cutLast(a.Address, '@')
	return domain
}

// cutLast cuts s around the last sep.
func cutLast(s string, sep byte) (before, after string, found bool) {
	if i := strings.LastIndexByte(s, sep); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// parseDate reads a Date field or the date of a Received field. A date without
// a zone is taken as UTC; one outside 1990 to 2200 is no date.
func parseDate(s string) time.Time {
	s = strings.Join(strings.Fields(strings.TrimSpace(headerText(s))), " ")
	t, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", s) // nearly all; what follows tries many forms
	if err != nil {
		t, err = mail.ParseDate(s)
	}
	for _, layout := range dateLayouts() {
		if err == nil {
			break
		}
		t, err = time.Parse(layout, s)
	}
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return time.Time{}
	}
	return t
}

// dateLayouts lists what broken senders write instead of RFC 5322 dates.
func dateLayouts() []string {
	return []string{
		"Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05",
		"Mon, 2 Jan 2006 15:04:05 -0700 MST", "Mon, 2 Jan 2006 15:04:05 GMT-0700", "Mon, 2 Jan 2006 15:04:05 GMT-07:00",
		"Mon, 2 Jan 2006 15:04:05 -07:00", "Mon, 2 Jan 2006 15:04:05 GMT+8",
		"Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006", "Mon Jan 2 15:04:05 -0700 2006",
		time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006/1/2 15:04:05", "2006-01-02",
		"Mon, 2-Jan-2006 15:04:05 -0700", "Monday, 2 January 2006 15:04:05 -0700", "2 January 2006 15:04:05 -0700",
	}
}
