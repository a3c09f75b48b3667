package issuer

import (
	"cmp"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// ownBlock is a compiled terms block of the owner's.
type ownBlock struct {
	has  map[string]bool // the keys of the block
	full *terms.Terms
	fold bill.Terms // what the fold reads of it
}

// ownBlockOf reads the block in the language of issuer files. A rule of the
// owner's needs neither source nor date: it is the owner's word. The result is
// nil where the block cannot be read at all.
func ownBlockOf(n *yaml.Node, r *rule, p *problems) *ownBlock {
	own := &ownBlock{has: map[string]bool{}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		own.has[n.Content[i].Value] = true
	}
	known := len(p.list)
	unknownKeys(n, reflect.TypeFor[termsYAML](), p)
	y := &termsYAML{}
	if err := n.Decode(y); err != nil {
		p.addYAML(err)
	}
	if len(p.list) > known {
		return nil
	}
	if y.Certainty.s == "" {
		y.Certainty.s = string(terms.Owner)
	}
	y.Certainty.line = max(y.Certainty.line, n.Line)
	f := &fileYAML{Issuer: lined{r.terms.Issuer, n.Line}, Currency: lined{r.currency, n.Line}, Terms: y}
	own.full = f.compileTerms(p)
	own.fold = f.folded(bill.Terms{}, own.full, p)
	return own
}

// over replaces the parts of an issuer's rules that the block names.
func (o *ownBlock) over(l laws) laws {
	full := terms.Terms{Issuer: o.full.Issuer}
	if l.full != nil {
		full = *l.full
	}
	for key := range o.has {
		switch key {
		case "tolerance":
			l.fold.Tolerance = o.fold.Tolerance
		case "due":
			full.Due = o.full.Due
		case "grace":
			full.Grace = o.full.Grace
			l.fold.Grace, l.fold.GraceBy = o.fold.Grace, "override"
			l.fold.CutOff = cmp.Or(o.fold.CutOff, l.fold.CutOff)
		case "minimum":
			full.Minimum = o.full.Minimum
		case "fees":
			full.Fees = o.full.Fees
		case "fee_caps":
			full.FeeCaps = o.full.FeeCaps
		case "extensions":
			full.Extensions = o.full.Extensions
		case "interest":
			full.Interest = o.full.Interest
		case "milestones":
			full.Milestones, l.fold.Milestones = o.full.Milestones, o.fold.Milestones
		case "consequences":
			full.Consequences = o.full.Consequences
		case "debit":
			full.Debit, l.fold.ConfirmDays = o.full.Debit, o.fold.ConfirmDays
		case "contacts":
			full.Contacts = o.full.Contacts
		}
	}
	l.full = &full
	return l
}

// unknownKeys reports the keys of a block that its type does not know: the
// YAML library is strict only about whole documents.
func unknownKeys(n *yaml.Node, t reflect.Type, p *problems) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.Unmarshaler]()):
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, e := range n.Content {
			unknownKeys(e, t.Elem(), p)
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if f, ok := fieldOf(t, k.Value); ok {
				unknownKeys(n.Content[i+1], f, p)
				continue
			}
			p.add(k.Line, "there is no key %q here", k.Value)
		}
	}
}

// fieldOf is the type of the field of t that is written as key.
func fieldOf(t reflect.Type, key string) (reflect.Type, bool) {
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name == key && options != "inline" {
			return t.Field(i).Type, true
		}
		if options == "inline" {
			if f, ok := fieldOf(t.Field(i).Type, key); ok {
				return f, true
			}
		}
	}
	return nil, false
}
