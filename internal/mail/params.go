package mail

import (
	"sort"
	"strconv"
	"strings"
)

// parseParams splits a value such as Content-Type into its lower-case head
// and its parameters with lower-case names, decoded. It reads RFC 2231
// continuations in any charset, encoded words and raw 8-bit text in values,
// missing quotes and missing semicolons.
func parseParams(s string) (head string, params map[string]string) {
	head, rest := cutAny(s, ";")
	head = strings.ToLower(strings.TrimSpace(head))
	if i := strings.IndexAny(head, " \t"); i >= 0 {
		// "text/html charset=gbk": the semicolon is missing.
		rest = head[i:] + ";" + rest
		head = head[:i]
	}
	plain := map[string]string{}
	pieces := map[string][]piece{}
	for n := 0; n < maxParams && rest != ""; n++ {
		var name, value string
		name, value, rest = nextParam(rest)
		if name == "" {
			continue
		}
		base, p, ok := rfc2231(name, value)
		if ok {
			pieces[base] = append(pieces[base], p)
		} else if _, dup := plain[name]; !dup {
			plain[name] = decodeHeader(value)
		}
	}
	for base, ps := range pieces {
		plain[base] = joinPieces(ps)
	}
	return head, plain
}

func cutAny(s, sep string) (before, after string) {
	before, after, _ = strings.Cut(s, sep)
	return before, after
}

// nextParam reads one name=value; the value may be quoted or not.
func nextParam(s string) (name, value, rest string) {
	s = strings.TrimLeft(s, "; \t\r\n")
	eq := strings.IndexByte(s, '=')
	semi := strings.IndexByte(s, ';')
	if eq < 0 || semi >= 0 && semi < eq {
		_, rest, _ = strings.Cut(s, ";")
		return "", "", rest
	}
	name = strings.ToLower(strings.TrimSpace(s[:eq]))
	s = strings.TrimLeft(s[eq+1:], " \t\r\n")
	if strings.HasPrefix(s, "\"") {
		value, s = quoted(s[1:])
		_, rest, _ = strings.Cut(s, ";")
		return name, value, rest
	}
	value, rest, _ = strings.Cut(s, ";")
	return name, strings.TrimSpace(value), rest
}

// quoted reads a quoted string whose opening quote is gone. A missing closing
// quote ends the string at the end of the value.
func quoted(s string) (value, rest string) {
	if end := strings.IndexByte(s, '"'); end >= 0 && !strings.Contains(s[:end], "\\") {
		return s[:end], s[end+1:]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// piece is one part of an RFC 2231 value: name*0*=charset'lang'%D5%CB.
type piece struct {
	index   int
	encoded bool
	value   string
}

func rfc2231(name, value string) (base string, p piece, ok bool) {
	base, rest, star := strings.Cut(name, "*")
	if !star {
		return name, piece{}, false
	}
	p.value = value
	if rest == "" {
		p.encoded = true
		return base, p, true
	}
	if strings.HasSuffix(rest, "*") {
		p.encoded = true
		rest = strings.TrimSuffix(rest, "*")
	}
	i, err := strconv.Atoi(rest)
	if err != nil || i < 0 {
		return name, piece{}, false
	}
	p.index = i
	return base, p, true
}

func joinPieces(ps []piece) string {
	sort.SliceStable(ps, func(i, k int) bool { return ps[i].index < ps[k].index })
	charset := ""
	var raw []byte
	encoded := false
	for i, p := range ps {
		v := p.value
		if p.encoded {
			encoded = true
			if i == 0 {
				if cs, rest, ok := strings.Cut(v, "'"); ok {
					if _, text, ok := strings.Cut(rest, "'"); ok {
						charset, v = cs, text
					}
				}
			}
			v = unpercent(v)
		}
		raw = append(raw, v...)
	}
	if !encoded {
		return decodeHeader(string(raw))
	}
	text, _ := decodeText(raw, charset)
	return text
}

func unpercent(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}
