package mail

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// The labels that say nothing about what the bytes are: in practice such text
// is UTF-8, GB18030 or Windows-1252.
const (
	charsetGuess = "" // no usable label
	charsetUTF8  = "utf-8"
	charsetGB    = "gb18030"
)

// canonicalCharset maps a label as senders write it to the name of what is
// used to decode it. Every GB name means GB18030, the superset: senders that
// declare gb2312 use characters that only GBK has.
func canonicalCharset(label string) string {
	l := strings.ToLower(strings.Trim(label, " \t\r\n\"'<>;,"))
	l, _, _ = strings.Cut(l, "*") // RFC 2231 language
	l = strings.TrimPrefix(l, "charset=")
	switch l {
	case "gb2312", "gbk", "x-gbk", "gb18030", "cp936", "ms936", "windows-936", "936", "x-cp936", "x-cp20936",
		"gb_2312-80", "gb_2312", "gb2312-80", "csgb2312", "csgb231280", "euc-cn", "euccn", "x-euc-cn", "chinese",
		"gb-2312", "gb 2312", "gb231280", "iso-ir-58", "gb13000", "gb-18030", "simplified chinese", "zh-cn", "cn-gb":
		return charsetGB
	case "utf-8", "utf8", "utf-8mb4", "utf8mb4", "unicode-1-1-utf-8", "utf_8", "x-utf-8", "utf-8n":
		return charsetUTF8
	case "us-ascii", "ascii", "ansi_x3.4-1968", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1",
		"windows-1252", "cp1252", "x-ansi", "ansi", "iso646-us", "7bit", "8bit", "binary", "x-unknown", "unknown",
		"unknown-8bit", "default", "none", "us_ascii", "x-user-defined", "utf-7":
		// Western labels are the defaults of careless software and are found
		// on Chinese text as well.
		return charsetGuess
	case "big5", "big-5", "x-big5", "cp950", "big5-hkscs", "big5hkscs", "csbig5", "cn-big5", "ms950", "950":
		return "big5"
	case "shift_jis", "shift-jis", "sjis", "x-sjis", "cp932", "ms932", "windows-31j", "csshiftjis", "ms_kanji":
		return "shift_jis"
	case "iso-2022-jp", "csiso2022jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms", "cp50220", "jis":
		return "iso-2022-jp"
	case "hz-gb-2312", "hz":
		return "hz"
	}
	return l
}

// encodingOf returns the decoder for a canonical name, nil for one unknown.
func encodingOf(name string) encoding.Encoding {
	switch name {
	case charsetGuess, charsetUTF8:
		return nil
	case charsetGB:
		return simplifiedchinese.GB18030
	case "hz":
		return simplifiedchinese.HZGB2312
	case "big5":
		return traditionalchinese.Big5
	case "shift_jis":
		return japanese.ShiftJIS
	case "iso-2022-jp":
		return japanese.ISO2022JP
	case "euc-kr", "ks_c_5601-1987", "cp949", "ks_c_5601", "euckr", "uhc":
		return korean.EUCKR
	case "utf-16", "utf16", "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	if e, err := htmlindex.Get(name); err == nil && e != encoding.Replacement {
		return e
	}
	if e, err := ianaindex.MIME.Encoding(name); err == nil && e != nil && e != encoding.Replacement {
		return e
	}
	return nil
}

// decodeText turns bytes into valid UTF-8 and never fails. The second result
// says how the label had to be corrected, "" where it was right or where the
// text is plain ASCII.
func decodeText(b []byte, label string) (text, defect string) {
	name := canonicalCharset(label)
	if s, ok := decodeMarked(b); ok {
		return s, ""
	}
	enc := encodingOf(name)
	if isASCII(string(b)) && !statefulCharset(name) {
		if name == charsetGuess && bytes.Contains(b, []byte("\x1b$")) {
			return decodeWith(b, japanese.ISO2022JP), relabelled(label, "iso-2022-jp")
		}
		return string(b), ""
	}
	if enc != nil && !strings.HasPrefix(name, "utf-16") {
		if name != "iso-2022-jp" && looksUTF8(b) {
			return string(b), relabelled(label, charsetUTF8)
		}
		s := decodeWith(b, enc)
		if multibyte(name) && name != charsetGB && strings.ContainsRune(s, utf8.RuneError) && plausibleGB(b) {
			gb := decodeWith(b, simplifiedchinese.GB18030)
			if 4*strings.Count(gb, "\uFFFD") < strings.Count(s, "\uFFFD") {
				return gb, relabelled(label, charsetGB)
			}
		}
		return s, ""
	}
	if enc != nil {
		return decodeWith(b, enc), ""
	}
	return guessText(b, label, name)
}

// guessText decodes what is declared UTF-8 or not declared usefully.
func guessText(b []byte, label, name string) (text, defect string) {
	if utf8.Valid(b) {
		if name == charsetUTF8 {
			return string(b), ""
		}
		return string(b), relabelled(label, charsetUTF8)
	}
	if mostlyUTF8(b) {
		return strings.ToValidUTF8(string(b), "\uFFFD"), "broken UTF-8"
	}
	if plausibleGB(b) {
		return decodeWith(b, simplifiedchinese.GB18030), relabelled(label, charsetGB)
	}
	if s := decodeWith(b, traditionalchinese.Big5); !strings.ContainsRune(s, utf8.RuneError) && highShare(b) > 0.3 {
		return s, relabelled(label, "big5")
	}
	return decodeWith(b, charmap.Windows1252), relabelled(label, "windows-1252")
}

// relabelled words the correction of a charset label. The Western labels that
// mean the same as Windows-1252 are no correction.
func relabelled(label, used string) string {
	l := strings.ToLower(strings.TrimSpace(label))
	if used == "windows-1252" && (strings.Contains(l, "8859-1") || strings.Contains(l, "1252")) {
		return ""
	}
	return "charset " + quoteShort(label) + " read as " + used
}

func quoteShort(s string) string {
	return "\"" + clip(strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s), 40) + "\""
}

func decodeWith(b []byte, e encoding.Encoding) string {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}

// decodeMarked decodes text that begins with a byte order mark.
func decodeMarked(b []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")) && utf8.Valid(b):
		return string(b[3:]), true
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return decodeWith(b, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)), true
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		return decodeWith(b, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)), true
	}
	return "", false
}

func statefulCharset(name string) bool {
	return name == "iso-2022-jp" || name == "hz" || name == "iso-2022-kr" || strings.HasPrefix(name, "utf-16")
}

func multibyte(name string) bool {
	switch name {
	case charsetGB, "big5", "shift_jis", "euc-jp", "euc-kr", "ks_c_5601-1987":
		return true
	}
	return false
}

// looksUTF8 reports whether b is UTF-8 with so many three-byte sequences that
// a label naming another charset must be wrong.
func looksUTF8(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	two, three := 0, 0
	for _, r := range string(b) {
		switch {
		case r >= 0x800:
			three++
		case r >= utf8.RuneSelf:
			two++
		}
	}
	return three > two
}

// mostlyUTF8 reports whether b is UTF-8 with a few broken places (a line
// limit cut a character), rather than another charset.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good += n
		}
		b = b[n:]
	}
	return good > 9*bad
}

// plausibleGB reports whether b reads as Chinese in GB18030: its bytes above
// ASCII pair up, nearly all pairs lie in the rows GB2312 uses, and many of
// them among the 3,755 everyday characters. Western text fails: its accented
// letters are followed by ASCII.
func plausibleGB(b []byte) bool {
	pairs, common, everyday, broken := 0, 0, 0, 0
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c < 0x80:
			i++
			continue
		case c == 0x80 || c == 0xFF || i+1 >= len(b):
			broken++
			i++
			continue
		}
		d := b[i+1]
		switch {
		case d >= 0x30 && d <= 0x39 && i+3 < len(b) && b[i+2] >= 0x81 && b[i+3] >= 0x30 && b[i+3] <= 0x39:
			pairs++
			i += 4
			continue
		case d < 0x40 || d == 0x7F || d == 0xFF:
			broken++
			i++
			continue
		}
		pairs++
		if d >= 0xA1 && c >= 0xA1 && c <= 0xF7 {
			common++
			if c >= 0xB0 && c <= 0xD7 {
				everyday++
			} else if c <= 0xA3 {
				everyday++ // punctuation and full-width forms
			}
		}
		i += 2
	}
	return pairs > 0 && broken*20 <= pairs && common*5 >= pairs*4 && everyday*5 >= pairs*3
}

func highShare(b []byte) float64 {
	n := 0
	for _, c := range b {
		if c >= 0x80 {
			n++
		}
	}
	return float64(n) / float64(max(len(b), 1))
}
