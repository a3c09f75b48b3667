package mail

import (
	"bytes"
	"net/textproto"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// field is one header field: its canonical name and its value with the line
// folding undone, otherwise as it stood.
type field struct {
	name  string
	value string
}

type fields []field

// get returns the first value of a field, "" where there is none.
func (h fields) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

func (h fields) count(name string) (n int) {
	for _, f := range h {
		if f.name == name {
			n++
		}
	}
	return n
}

// splitHeader separates the fields from the body. A line that is neither a
// field nor a continuation continues the field above it (broken folding),
// unless it can only be the start of a body whose empty line is missing.
// more reports that fields beyond the limits were not read.
func splitHeader(raw []byte) (h fields, body []byte, more bool) {
	rest, read := skipMbox(raw), 0
	var value []byte
	flush := func() {
		if len(h) > 0 {
			h[len(h)-1].value = string(value)
		}
		value = value[:0]
	}
	for len(rest) > 0 {
		line, next, _ := bytes.Cut(rest, []byte("\n"))
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			flush()
			return h, next, more
		}
		if room := max(0, maxHeaderBytes-read); len(line) > room+1 {
			line, more = line[:room+1], true
		}
		blank := line[0] == ' ' || line[0] == '\t'
		name, after, isField := fieldName(line)
		switch {
		case !blank && !isField && startsBody(line):
			flush()
			return h, rest, more
		case read > maxHeaderBytes || len(h) >= maxHeaderFields:
			more = true
		case !blank && isField:
			flush()
			h = append(h, field{name: name})
			value = append(value, bytes.TrimLeft(after, " \t")...)
		case len(h) > 0:
			if !blank {
				value = append(value, ' ')
			}
			value = append(value, line...)
		}
		read += len(line)
		rest = next
	}
	flush()
	return h, nil, more
}

// skipMbox removes the line with which an mbox sets messages apart.
func skipMbox(raw []byte) []byte {
	if bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	return raw
}

// fieldName splits "Name: value". Names are printable ASCII without blanks;
// a blank before the colon is forgiven.
func fieldName(line []byte) (name string, after []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || i > 100 {
		return "", nil, false
	}
	raw := bytes.TrimRight(line[:i], " \t")
	for _, c := range raw {
		if c <= ' ' || c >= 0x7F || c == '<' || c == '>' {
			return "", nil, false
		}
	}
	if len(raw) == 0 {
		return "", nil, false
	}
	return textproto.CanonicalMIMEHeaderKey(string(raw)), line[i+1:], true
}

func startsBody(line []byte) bool {
	return line[0] == '<' || bytes.HasPrefix(line, []byte("--"))
}

// decodeHeader decodes encoded words and raw 8-bit text of a header value.
func decodeHeader(s string) string {
	if !strings.Contains(s, "=?") {
		return headerText(s)
	}
	var out strings.Builder
	for len(s) > 0 {
		start := strings.Index(s, "=?")
		if start < 0 {
			break
		}
		w, n, ok := encodedWord(s[start:])
		if !ok {
			out.WriteString(headerText(s[:start+2]))
			s = s[start+2:]
			continue
		}
		out.WriteString(headerText(s[:start]))
		s = s[start+n:]
		w, s = joinWords(w, s)
		text, _ := decodeText(w.bytes(), w.charset)
		out.WriteString(text)
	}
	out.WriteString(headerText(s))
	return out.String()
}

// word is one encoded word, or several of one charset put together: senders
// split a character between two of them.
type word struct {
	charset string
	base64  bool
	text    string // of the word at hand
	done    []byte // decoded bytes of the words before it
}

func (w word) bytes() []byte { return append(w.done[:len(w.done):len(w.done)], w.decode()...) }

func (w word) decode() []byte {
	if w.base64 {
		out, _ := decodeBase64([]byte(w.text))
		return out
	}
	out, _ := decodeQP([]byte(strings.ReplaceAll(w.text, "_", " ")))
	return out
}

// joinWords puts the encoded words at the start of s that have the charset of
// w, and only blanks between them, together with w.
func joinWords(w word, s string) (word, string) {
	for {
		trimmed := strings.TrimLeft(s, " \t\r\n")
		next, n, ok := encodedWord(trimmed)
		if !ok {
			return w, s
		}
		s = trimmed
		if canonicalCharset(next.charset) != canonicalCharset(w.charset) {
			return w, s // blanks between any two encoded words mean nothing
		}
		s = s[n:]
		if w.base64 && next.base64 && len(w.text)%4 != 0 && !strings.Contains(w.text, "=") {
			w.text += next.text // base64 split inside a quantum
			continue
		}
		next.done = w.bytes()
		next.charset = w.charset
		w = next
	}
}

// encodedWord reads =?charset?B|Q?text?= at the start of s.
func encodedWord(s string) (w word, n int, ok bool) {
	if !strings.HasPrefix(s, "=?") {
		return w, 0, false
	}
	charset, rest, ok1 := strings.Cut(s[2:], "?")
	if !ok1 || len(rest) < 2 || rest[1] != '?' || len(charset) > 60 || strings.ContainsAny(charset, " \t") {
		return w, 0, false
	}
	switch rest[0] {
	case 'B', 'b':
		w.base64 = true
	case 'Q', 'q':
	default:
		return w, 0, false
	}
	text := rest[2:]
	end := strings.Index(text, "?=")
	if end < 0 {
		return w, 0, false
	}
	w.charset, w.text = charset, text[:end]
	return w, len(s) - len(text) + end + 2, true
}

// headerText decodes the part of a header value outside encoded words: UTF-8,
// else raw GB18030, else Windows-1252.
func headerText(s string) string {
	switch {
	case strings.Contains(s, "\x1b$"):
		return decodeWith([]byte(s), japanese.ISO2022JP)
	case utf8.ValidString(s):
		return s
	case mostlyUTF8([]byte(s)):
		return strings.ToValidUTF8(s, "\uFFFD")
	case plausibleGB([]byte(s)):
		return decodeWith([]byte(s), simplifiedchinese.GB18030)
	}
	return decodeWith([]byte(s), charmap.Windows1252)
}

// clip cuts s to at most n bytes at a character boundary.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
