package einvoice

import (
	"bytes"
	"io"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

var declared = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']`)

// decode turns a document into UTF-8. Bytes that are valid UTF-8 are that,
// whatever the declaration says: the declared name only counts for bytes that
// are not, and where it is missing or untrue they are Windows-1252. A wrong
// letter in a name harms nobody; dates and amounts are ASCII in all of them.
// The second value makes the XML decoder accept every declaration, since the
// text is converted already.
func decode(raw []byte) ([]byte, func(string, io.Reader) (io.Reader, error)) {
	converted := func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	if rest, ok := bytes.CutPrefix(raw, []byte("\xef\xbb\xbf")); ok {
		raw = rest
	}
	enc := wide(raw)
	if enc == nil && utf8.Valid(raw) {
		return raw, converted
	}
	if enc == nil {
		enc = charmap.Windows1252
		if m := declared.FindSubmatch(raw); m != nil {
			if named, err := htmlindex.Get(string(m[1])); err == nil && named != unicode.UTF8 {
				enc = named
			}
		}
	}
	out, _, err := transform.Bytes(enc.NewDecoder(), raw)
	if err != nil {
		return raw, converted // the XML decoder says what is wrong
	}
	return out, converted
}

// wide recognises UTF-16 by its mark or by how it writes "<".
func wide(raw []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{'<', 0}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(raw, []byte{0xfe, 0xff}), bytes.HasPrefix(raw, []byte{0, '<'}):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	return nil
}
