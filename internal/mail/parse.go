// Package mail turns the bytes of an e-mail into a Message: headers, one
// folded text for each part, attachments, and who vouches for the sender.
//
// Contract. Parse takes any bytes, never fails and never panics: what it had
// to repair is named in Defects, what it refused to read in Limits. Work and
// memory grow linearly with the input and are bounded by the limits below.
// Nothing here reads a file or the network, and but for the expiry of
// signatures no clock; DNS for VerifyDKIM and the reader of PDFs for Unpack are
// handed in.
//
// Text. Everything that is matched or shown has gone through Fold, and HTML
// through HTMLToText: one table row is one line, cells are separated by
// " | ".
package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The limits of Parse. Real notices stay far below each of them; their use is
// that a hostile message of 10 MB costs less than a second and 100 MB.
const (
	maxMessage      = 40 << 20  // bytes read of a message; providers refuse more than 50 MB
	maxDepth        = 20        // nested multiparts and messages; real ones have up to 6
	maxParts        = 200       // leaves of one message
	maxHeaderBytes  = 256 << 10 // of one header block
	maxHeaderFields = 1000
	maxTextPart     = 1 << 20  // bytes of one text part before decoding; statements have 20 to 300 KB
	maxTextTotal    = 4 << 20  // of all text parts together
	maxRawPart      = 10 << 20 // of one PDF or XML kept for structured reading
	maxRawTotal     = 20 << 20
	maxAddresses    = 200
	maxSubject      = 4 << 10
	maxParams       = 50
	maxTrace        = 100
	maxTraceValue   = 4 << 10
	maxKeptField    = 2 << 10 // of one value in Message.Header
	maxKeptFields   = 100
	maxDefects      = 20
)

// Parse decodes one message.
func Parse(raw []byte) *Message {
	p := &parser{textLeft: maxTextTotal, rawLeft: maxRawTotal, partsLeft: maxParts}
	return p.message(raw, 0)
}

// parser carries what all levels of one message share.
type parser struct {
	textLeft, rawLeft, partsLeft int
}

// ParseHeader decodes the header of a message and nothing else: no Hash, no
// parts. It serves to choose which messages are worth fetching; raw may end
// where the header does.
func ParseHeader(raw []byte) *Message {
	m := &Message{}
	h, _, more := splitHeader(raw)
	if more {
		m.limit("size")
	}
	m.readHeader(h)
	return m
}

func (p *parser) message(raw []byte, depth int) *Message {
	sum := sha256.Sum256(raw)
	m := &Message{Hash: hex.EncodeToString(sum[:])}
	if len(raw) > maxMessage {
		raw = raw[:maxMessage]
		m.limit("size")
	}
	if !bytes.Contains(raw, []byte("\n")) && bytes.Contains(raw, []byte("\r")) {
		raw = bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
		m.defect("line ends of carriage returns alone")
	}
	h, body, more := splitHeader(raw)
	if more {
		m.limit("size")
	}
	m.readHeader(h)
	p.entity(m, h, body, depth, "text/plain")
	return m
}

// limit notes that a limit was reached.
func (m *Message) limit(name string) {
	if !slices.Contains(m.Limits, name) {
		m.Limits = append(m.Limits, name)
	}
}

// defect notes a repair.
func (m *Message) defect(what string) {
	if what != "" && len(m.Defects) < maxDefects && !slices.Contains(m.Defects, what) {
		m.Defects = append(m.Defects, what)
	}
}

// entity reads one body with its header: a multipart, a message or a leaf.
func (p *parser) entity(m *Message, h fields, body []byte, depth int, fallback string) {
	mediaType, params := parseParams(h.get("Content-Type"))
	if mediaType == "" || !strings.Contains(mediaType, "/") {
		mediaType = fallback
	}
	_, disposition := parseParams(h.get("Content-Disposition"))
	leaf := leaf{
		mediaType: mediaType,
		charset:   params["charset"],
		encoding:  h.get("Content-Transfer-Encoding"),
		file:      fileName(disposition["filename"], params["name"]),
		body:      body,
	}
	if !strings.HasPrefix(mediaType, "multipart/") {
		p.leaf(m, leaf, depth)
		return
	}
	if depth >= maxDepth {
		m.limit("depth")
		return
	}
	parts, more := splitMultipart(body, params["boundary"], p.partsLeft)
	if more {
		m.limit("parts")
	}
	if parts == nil {
		m.defect("multipart without parts")
		leaf.mediaType = "text/plain"
		p.leaf(m, leaf, depth)
		return
	}
	inner := "text/plain"
	if mediaType == "multipart/digest" {
		inner = "message/rfc822"
	}
	for _, part := range parts {
		ph, pbody, pmore := splitHeader(part)
		if pmore {
			m.limit("size")
		}
		p.entity(m, ph, pbody, depth+1, inner)
	}
}

// leaf is one undecoded part.
type leaf struct {
	mediaType string
	charset   string
	encoding  string
	file      string
	body      []byte
}

// fileName returns the decoded file name without folders.
func fileName(names ...string) string {
	for _, n := range names {
		n = strings.TrimSpace(strings.ReplaceAll(n, "\\", "/"))
		if n = path.Base(n); n != "" && n != "." && n != "/" {
			return strings.ReplaceAll(Fold(clip(n, 255)), "\n", " ")
		}
	}
	return ""
}

// leaf decodes one part and adds it to the message.
func (p *parser) leaf(m *Message, l leaf, depth int) {
	if p.partsLeft <= 0 {
		m.limit("parts")
		return
	}
	p.partsLeft--
	if isSignedXML(l.file) {
		l = unsigned(m, l)
	}
	l.mediaType = effectiveType(l)
	if isMessage(l.mediaType) {
		p.inner(m, l, depth)
		return
	}
	part := Part{Type: l.mediaType, File: l.file}
	switch kindOf(l.mediaType) {
	case kindHTML:
		text := p.text(m, l)
		part.Raw = []byte(text)
		part.Text = HTMLToText(text)
	case kindText:
		text := p.text(m, l)
		if looksHTML(text) {
			part.Type = "text/html"
			part.Raw = []byte(text)
			part.Text = HTMLToText(text)
			break
		}
		part.Text = Fold(text)
		if l.mediaType == "text/calendar" {
			part.Raw = []byte(text)
		}
	case kindXML, kindPDF, kindZip:
		// No text: an XML invoice is read by those who know its vocabulary,
		// its bare values without their names would only mislead.
		part.Raw = p.raw(m, l)
	}
	part.Name = m.partName(part.Type)
	m.Parts = append(m.Parts, part)
}

// partName numbers the parts of one type.
func (m *Message) partName(mediaType string) string {
	n := 1
	for _, p := range m.Parts {
		if p.Type == mediaType {
			n++
		}
	}
	if n == 1 {
		return mediaType
	}
	return mediaType + " " + strconv.Itoa(n)
}

// inner decodes an attached message.
func (p *parser) inner(m *Message, l leaf, depth int) {
	if depth >= maxDepth {
		m.limit("depth")
		return
	}
	body, defect := decodeTransfer(l.body, l.encoding)
	m.defect(defect)
	body = bytes.TrimLeft(body, "\r\n")
	in := p.message(body, depth+1)
	for _, name := range in.Limits {
		m.limit(name)
	}
	m.Inner = append(m.Inner, in)
}

// text decodes a text part within the budget.
func (p *parser) text(m *Message, l leaf) string {
	body, defect := decodeTransfer(l.body, l.encoding)
	m.defect(defect)
	if n := min(maxTextPart, p.textLeft); len(body) > n {
		body = body[:n]
		m.limit("size")
	}
	p.textLeft -= len(body)
	charset := l.charset
	if kindOf(l.mediaType) != kindText && canonicalCharset(charset) == charsetGuess {
		if meta := htmlCharset(body); meta != "" {
			charset = meta
		}
	}
	text, defect := decodeText(body, charset)
	m.defect(defect)
	return text
}

// raw decodes a part that is kept as it is.
func (p *parser) raw(m *Message, l leaf) []byte {
	body, defect := decodeTransfer(l.body, l.encoding)
	m.defect(defect)
	if len(body) > min(maxRawPart, p.rawLeft) {
		m.limit("size")
		return nil // half a PDF or XML document is worth nothing
	}
	p.rawLeft -= len(body)
	return bytes.Clone(body) // not a window on the whole message
}
