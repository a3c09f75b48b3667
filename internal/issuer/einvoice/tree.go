package einvoice

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// What no invoice needs and only an attack or an accident has. Elements are
// counted with those that are passed over (lines, attachments), kept ones
// without.
const (
	maxBytes    = 32 << 20
	maxDepth    = 64
	maxElements = 2_000_000
	maxKept     = 20_000
	maxText     = 8 << 10 // of one element
	maxAllText  = 1 << 20
)

// node is one element, by its local name: prefixes are the writer's choice.
type node struct {
	name, space string
	attrs       []xml.Attr
	text        string
	kids        []*node
}

// passedOver are subtrees without a word about paying, and nearly all of the
// bytes: invoice lines, attachments, signatures.
var passedOver = map[string]bool{
	"InvoiceLine": true, "CreditNoteLine": true, "AdditionalDocumentReference": true,
	"AdditionalReferencedDocument": true, "UBLExtensions": true, "Signature": true,
	"IncludedSupplyChainTradeLineItem": true, "DettaglioLinee": true, "Allegati": true,
	"TaxTotal": true, "ApplicableTradeTax": true, "AllowanceCharge": true, "SpecifiedTradeAllowanceCharge": true,
}

// parse reads a document into a tree. With an error the root, if one was
// seen, still tells the syntax. A root of no known name ends the reading at
// once and gives nil.
func parse(raw []byte) (*node, error) {
	tooLarge := len(raw) > maxBytes
	if tooLarge {
		raw = raw[:64<<10] // its root only says whether anybody needs to hear of it
	}
	text, charset := decode(raw)
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("<")) {
		return nil, errors.New("not XML")
	}
	b := builder{dec: xml.NewDecoder(bytes.NewReader(bytes.TrimLeft(text, " \t\r\n")))}
	b.dec.CharsetReader = charset
	for {
		tok, err := b.dec.Token()
		if err == io.EOF && b.root != nil && len(b.open) == 0 {
			return b.root, b.refused
		}
		if err == nil {
			err = b.take(tok)
		}
		if err != nil {
			return b.root, err
		}
		if b.root != nil && !b.root.plausible() {
			return nil, errors.New("not an e-invoice")
		}
		if b.root != nil && tooLarge {
			return b.root, fmt.Errorf("it is larger than %d bytes", maxBytes)
		}
	}
}

type builder struct {
	dec         *xml.Decoder
	root        *node
	open        []*node
	texts       [][]byte // of the open elements
	skip        int      // depth inside a subtree passed over
	elements    int
	nodes, kept int // kept elements, and bytes of their text
	refused     error
}

func (b *builder) take(tok xml.Token) error {
	switch t := tok.(type) {
	case xml.Directive:
		// The root decides whether anybody needs to hear of it.
		b.refused = errors.New("it carries a DOCTYPE, which no e-invoice does")
	case xml.StartElement:
		return b.start(t)
	case xml.EndElement:
		b.end()
	case xml.CharData:
		if b.skip == 0 && len(b.open) > 0 {
			b.add(t)
		}
	}
	return nil
}

func (b *builder) add(t []byte) {
	text := &b.texts[len(b.texts)-1]
	t = t[:min(len(t), maxText-len(*text), maxAllText-b.kept)]
	*text = append(*text, t...)
	b.kept += len(t)
}

func (b *builder) start(t xml.StartElement) error {
	b.elements++
	switch {
	case b.elements > maxElements:
		return fmt.Errorf("it has more than %d elements", maxElements)
	case len(b.open)+b.skip >= maxDepth:
		return fmt.Errorf("it is nested deeper than %d elements", maxDepth)
	case b.root != nil && len(b.open) == 0:
		return errors.New("it has two root elements")
	case b.refused != nil && b.root != nil:
		return b.refused
	}
	if b.skip > 0 || passedOver[t.Name.Local] {
		b.skip++
		return nil
	}
	if b.nodes++; b.nodes > maxKept || b.kept >= maxAllText {
		return errors.New("it has far more than an invoice besides its lines")
	}
	n := &node{name: t.Name.Local, space: t.Name.Space, attrs: t.Attr}
	if len(b.open) == 0 {
		b.root = n
	} else {
		parent := b.open[len(b.open)-1]
		parent.kids = append(parent.kids, n)
	}
	b.open = append(b.open, n)
	b.texts = append(b.texts, nil)
	return nil
}

func (b *builder) end() {
	if b.skip > 0 {
		b.skip--
		return
	}
	last := len(b.open) - 1
	b.open[last].text = strings.TrimSpace(string(b.texts[last]))
	b.open, b.texts = b.open[:last], b.texts[:last]
}

// plausible reports whether the root's name is worth reading on for.
func (n *node) plausible() bool {
	switch n.name {
	case "Invoice", "CreditNote", "CrossIndustryInvoice", "CrossIndustryDocument", "FatturaElettronica", "FatturaElettronicaSemplificata":
		return true
	}
	return false
}

// syntax names the syntax of a root, "" for none. Invoice is a name that
// others use too: without UBL's namespace its total must stand where UBL has it.
func (n *node) syntax() string {
	switch n.name {
	case "Invoice", "CreditNote":
		if strings.HasPrefix(n.space, "urn:oasis:names:specification:ubl:schema:xsd:") || n.first("LegalMonetaryTotal") != nil {
			return UBL
		}
	case "CrossIndustryInvoice":
		return CII
	case "CrossIndustryDocument":
		return ZUGFeRD1
	case "FatturaElettronica", "FatturaElettronicaSemplificata":
		return FatturaPA
	}
	return ""
}

// all returns the elements at a path below n; nil has none.
func (n *node) all(path ...string) []*node {
	if n == nil {
		return nil
	}
	at := []*node{n}
	for _, name := range path {
		var next []*node
		for _, p := range at {
			for _, k := range p.kids {
				if k.name == name {
					next = append(next, k)
				}
			}
		}
		at = next
	}
	return at
}

func (n *node) first(path ...string) *node {
	if found := n.all(path...); len(found) > 0 {
		return found[0]
	}
	return nil
}

// value is the text of the first element at a path that has any.
func (n *node) value(path ...string) string {
	for _, f := range n.all(path...) {
		if f.text != "" {
			return f.text
		}
	}
	return ""
}

func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}
