package mail

import (
	"bytes"
	"encoding/base64"
	"path"
	"slices"
	"strings"
)

// The tags of BER (X.690) that stand above the content of a signed file.
const (
	berOctets      = 0x04
	berSequence    = 0x30
	berExplicit    = 0xA0 // [0], constructed
	berConstructed = 0x20
	maxBERDepth    = 12 // a signed file needs 6; an attack may nest for ever
)

// oidSignedData is 1.2.840.113549.1.7.2, RFC 5652 section 5.1.
var oidSignedData = []byte{0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02}

// isSignedXML reports a signed electronic invoice, as FatturaPA sends it:
// NAME.xml.p7m. Signed mail (smime.p7m) is none.
func isSignedXML(file string) bool {
	name := strings.ToLower(file)
	return path.Ext(name) == ".p7m" && path.Ext(strings.TrimSuffix(name, ".p7m")) == ".xml"
}

// unsigned returns the XML inside a signed invoice. One that cannot be opened
// is a limit: a notice read from the rest of the message is then a review.
func unsigned(m *Message, l leaf) leaf {
	body, defect := decodeTransfer(l.body, l.encoding)
	m.defect(defect)
	content, ok := signedContent(body)
	if !ok {
		m.limit("signed")
		m.defect("attachment " + quoteShort(l.file) + " is signed and cannot be opened")
		return l
	}
	return leaf{mediaType: "application/xml", file: strings.TrimSuffix(strings.ToLower(l.file), ".p7m"), body: content}
}

// signedContent returns what a CMS SignedData (RFC 5652) encloses, false where
// there is nothing readable. It checks no signature: who vouches for the mail
// vouches for what is in it. The file may be BER of indefinite length, as
// signing programs stream it, or that in base64.
func signedContent(data []byte) ([]byte, bool) {
	if len(data) > 0 && data[0] != berSequence {
		plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(data)), ""))
		if err != nil {
			return nil, false
		}
		data = plain
	}
	info, _, ok := berValue(data, berSequence)
	if !ok || !bytes.HasPrefix(info, oidSignedData) {
		return nil, false
	}
	signed, ok := berPath(info[len(oidSignedData):], berExplicit, berSequence)
	if !ok {
		return nil, false
	}
	for range 2 { // version, digest algorithms
		if _, _, signed, ok = berElement(signed, 0); !ok {
			return nil, false
		}
	}
	enclosed, _, ok := berValue(signed, berSequence)
	if !ok {
		return nil, false
	}
	if _, _, enclosed, ok = berElement(enclosed, 0); !ok { // its type
		return nil, false
	}
	content, ok := berPath(enclosed, berExplicit)
	if !ok {
		return nil, false
	}
	return berString(content, 0)
}

// berPath goes down the first elements, which must have these tags.
func berPath(b []byte, tags ...byte) ([]byte, bool) {
	for _, tag := range tags {
		var ok bool
		if b, _, ok = berValue(b, tag); !ok {
			return nil, false
		}
	}
	return b, true
}

func berValue(b []byte, tag byte) (value, rest []byte, ok bool) {
	got, value, rest, ok := berElement(b, 0)
	return value, rest, ok && got == tag
}

// berString joins the pieces of an octet string.
func berString(b []byte, depth int) ([]byte, bool) {
	tag, value, _, ok := berElement(b, depth)
	switch {
	case !ok || depth > maxBERDepth:
		return nil, false
	case tag == berOctets:
		return value, true
	case tag != berOctets|berConstructed:
		return nil, false
	}
	var out []byte
	for len(value) > 0 {
		piece, ok := berString(value, depth+1)
		if !ok {
			return nil, false
		}
		out = append(out, piece...)
		_, _, value, _ = berElement(value, depth+1)
	}
	return out, true
}

// berElement reads the first element of b.
func berElement(b []byte, depth int) (tag byte, value, rest []byte, ok bool) {
	if len(b) < 2 || depth > maxBERDepth || b[0]&0x1F == 0x1F { // none of the tags here is long
		return 0, nil, nil, false
	}
	tag, n, b := b[0], int(b[1]), b[2:]
	if n == 0x80 {
		value, rest, ok = berOpenEnded(b, depth)
		return tag, value, rest, ok && tag&berConstructed != 0
	}
	if n > 0x80 {
		size := n & 0x7F
		if size > 4 || size > len(b) {
			return 0, nil, nil, false
		}
		n = 0
		for _, c := range b[:size] {
			n = n<<8 | int(c)
		}
		b = b[size:]
	}
	if n < 0 || n > len(b) {
		return 0, nil, nil, false
	}
	return tag, b[:n], b[n:], true
}

// berOpenEnded finds the end of a value of indefinite length: two zero bytes
// where the next element would begin.
func berOpenEnded(b []byte, depth int) (value, rest []byte, ok bool) {
	for at := b; ; {
		if len(at) >= 2 && slices.Equal(at[:2], []byte{0, 0}) {
			return b[:len(b)-len(at)], at[2:], true
		}
		if _, _, at, ok = berElement(at, depth+1); !ok {
			return nil, nil, false
		}
	}
}
