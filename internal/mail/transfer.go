package mail

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// decodeTransfer undoes a Content-Transfer-Encoding, repairing what it can.
// An unknown or misspelt encoding leaves the bytes as they are: nothing that
// a person could read is ever lost.
func decodeTransfer(body []byte, label string) (out []byte, defect string) {
	l := strings.ToLower(strings.Trim(label, " \t\r\n\"'"))
	l, _, _ = strings.Cut(l, ";")
	l = strings.TrimSpace(l)
	switch {
	case strings.HasPrefix(l, "base64"), l == "b", l == "base-64":
		return decodeBase64(body)
	case strings.HasPrefix(l, "quoted"), l == "qp", l == "q":
		return decodeQP(body)
	case strings.Contains(l, "uu"):
		return decodeUU(body)
	}
	switch l {
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "none", "plain":
		return body, ""
	}
	return body, "unknown transfer encoding " + quoteShort(label)
}

// base64Class maps a byte to its value, or to one of the classes below.
const (
	b64Blank = 0x40
	b64Pad   = 0x41
	b64Noise = 0x42
)

func base64Class(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A'
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26
	case c >= '0' && c <= '9':
		return c - '0' + 52
	case c == '+', c == '-':
		return 62
	case c == '/', c == '_':
		return 63
	case c == '=':
		return b64Pad
	case c == ' ', c == '\t', c == '\r', c == '\n':
		return b64Blank
	}
	return b64Noise
}

// decodeBase64 decodes line by line. A line that is plainly not base64 (the
// footer of a mailing list, a virus scanner's note) is kept as text after the
// decoded bytes; single foreign bytes are skipped. Where most of the body is
// foreign the label is wrong and the body is returned as it is.
func decodeBase64(body []byte) ([]byte, string) {
	if out, ok := strictBase64(body); ok {
		return out, ""
	}
	out := make([]byte, 0, len(body)*3/4)
	var foreign []byte
	var acc uint32
	bits, noise, good, ended := 0, 0, 0, false
	for line := range bytes.Lines(body) {
		if foreignLine(line, ended) {
			foreign = append(foreign, line...)
			continue
		}
		for _, c := range line {
			switch v := base64Class(c); v {
			case b64Blank:
			case b64Noise:
				noise++
			case b64Pad: // the end of one encoded block; another may follow
				acc, bits, ended = 0, 0, true
			default:
				good, ended = good+1, false
				acc = acc<<6 | uint32(v)
				if bits += 6; bits >= 8 {
					bits -= 8
					out = append(out, byte(acc>>bits))
				}
			}
		}
	}
	if noise > good || len(foreign) > 4*good {
		return body, "not base64 although declared so"
	}
	if len(foreign) > 0 {
		return append(append(out, '\n'), foreign...), "text inside base64"
	}
	if noise > 0 {
		return out, "foreign characters inside base64"
	}
	return out, ""
}

func strictBase64(body []byte) ([]byte, bool) {
	body = bytes.TrimSpace(body)
	out := make([]byte, base64.StdEncoding.DecodedLen(len(body)))
	n, err := base64.StdEncoding.Decode(out, body) // skips CR and LF
	return out[:n], err == nil
}

// foreignLine reports a line of prose or markup among base64: words with
// blanks between them, a separator of dashes, or many bytes outside the
// alphabet.
func foreignLine(line []byte, ended bool) bool {
	trimmed := bytes.TrimSpace(line)
	noise, blanks := 0, 0
	for _, c := range trimmed {
		switch base64Class(c) {
		case b64Noise:
			noise++
		case b64Blank:
			blanks++
		}
	}
	if len(trimmed) == 0 {
		return false
	}
	words := blanks > 1 && (ended || len(trimmed) < 20*blanks)
	return noise*4 >= len(trimmed) || words || bytes.HasPrefix(trimmed, []byte("--"))
}

// decodeQP decodes quoted-printable. What is no valid escape stays as it is.
func decodeQP(body []byte) ([]byte, string) {
	out := make([]byte, 0, len(body))
	bad := 0
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c != '=' {
			out = append(out, c)
			continue
		}
		if n := softBreak(body[i+1:]); n > 0 {
			i += n
			continue
		}
		if i+2 < len(body) {
			if hi, lo := unhex(body[i+1]), unhex(body[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		if i+1 == len(body) {
			break // a soft break at the very end
		}
		bad++
		out = append(out, c)
	}
	if bad > 0 {
		return out, "bad escapes in quoted-printable"
	}
	return out, ""
}

// softBreak returns the length of blanks and a line end at the start of b,
// 0 where there is none. Servers add blanks before line ends.
func softBreak(b []byte) int {
	i := 0
	for i < len(b) && i < 76 && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	switch {
	case i < len(b) && b[i] == '\n':
		return i + 1
	case i+1 < len(b) && b[i] == '\r' && b[i+1] == '\n':
		return i + 2
	}
	return 0
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// decodeUU decodes the block between "begin" and "end" and keeps what stands
// before it; without such a block the body stays as it is.
func decodeUU(body []byte) ([]byte, string) {
	out := make([]byte, 0, len(body))
	inside, found := false, false
	for line := range bytes.Lines(body) {
		text := bytes.TrimRight(line, "\r\n")
		switch {
		case !inside && !found && bytes.HasPrefix(text, []byte("begin ")):
			inside, found = true, true
		case inside && bytes.Equal(bytes.TrimSpace(text), []byte("end")):
			inside = false
		case inside:
			out = appendUU(out, text)
		default:
			out = append(out, line...)
		}
	}
	if !found {
		return body, "no uuencoded block although declared so"
	}
	return out, ""
}

func appendUU(out, line []byte) []byte {
	if len(line) == 0 {
		return out
	}
	want := int(line[0]-' ') & 63
	start := len(out)
	for i := 1; i < len(line) && len(out)-start < want; i += 4 {
		var v uint32
		for k := range 4 {
			c := byte(' ')
			if i+k < len(line) {
				c = line[i+k]
			}
			v = v<<6 | uint32((c-' ')&63)
		}
		out = append(out, byte(v>>16), byte(v>>8), byte(v))
	}
	if len(out)-start > want {
		out = out[:start+want]
	}
	return out
}
