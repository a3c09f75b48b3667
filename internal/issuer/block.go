package issuer

import (
	"cmp"
	"maps"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// laws are the rules that hold for a bill: for its fold, and all of them, nil
// where none are known.
type laws struct {
	fold bill.Terms
	full *terms.Terms
}

// block is a compiled terms block that stands apart from its issuer's: in a
// shared wording, or in the owner's configuration.
type block struct {
	has  map[string]bool // the keys that are written
	full *terms.Terms
	fold bill.Terms // what the fold reads of it
}

// newBlock compiles a block; rules without a currency are in that one.
func newBlock(y *termsYAML, issuer, currency string, line int, p *problems) *block {
	f := &fileYAML{Issuer: lined{issuer, line}, Currency: lined{currency, line}, Terms: y}
	b := &block{has: y.parts(), full: f.compileTerms(p)}
	b.fold = f.folded(bill.Terms{}, b.full, p)
	return b
}

// parts are the keys of the block that are written, an empty list too: it says
// that there are none.
func (y *termsYAML) parts() map[string]bool {
	out := map[string]bool{}
	if y == nil {
		return out
	}
	v := reflect.ValueOf(*y)
	for i := range v.NumField() {
		if key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ","); key != "" && !v.Field(i).IsZero() {
			out[key] = true
		}
	}
	return out
}

// over puts the parts that the block has in the place of those of l.
func (b *block) over(l laws) laws { return b.put(l, b.has) }

func (b *block) put(l laws, keys map[string]bool) laws {
	full := terms.Terms{Issuer: l.fold.Issuer}
	if l.full != nil {
		full = *l.full
	}
	for key := range keys {
		switch key {
		case "due":
			full.Due = b.full.Due
		case "grace":
			full.Grace, l.fold.Grace, l.fold.GraceBy = b.full.Grace, b.fold.Grace, b.fold.GraceBy
			l.fold.CutOff = cmp.Or(b.fold.CutOff, l.fold.CutOff)
		case "transfer":
			full.Transfer = b.full.Transfer
			l.fold.NeedsWorkday, l.fold.TransferDays = true, b.fold.TransferDays
		case "tolerance":
			l.fold.Tolerance = b.fold.Tolerance
		case "minimum":
			full.Minimum = b.full.Minimum
		case "fees":
			full.Fees = b.full.Fees
		case "fee_caps":
			full.FeeCaps = b.full.FeeCaps
		case "interest":
			full.Interest = b.full.Interest
		case "extensions":
			full.Extensions = b.full.Extensions
		case "milestones":
			full.Milestones, l.fold.Milestones = b.full.Milestones, b.fold.Milestones
		case "consequences":
			full.Consequences = b.full.Consequences
		case "debit":
			full.Debit, l.fold.ConfirmDays = b.full.Debit, b.fold.ConfirmDays
		case "contacts":
			full.Contacts = b.full.Contacts
		}
	}
	l.full = &full
	return l
}

// inherit adds what the wordings that a file is like say of terms, each part
// from the first of them that has it, where the file itself says nothing.
func (f *fileYAML) inherit(like []*layer, l laws) laws {
	said := f.Terms.parts()
	if f.Grace.s != "" {
		said["grace"] = true
	}
	for _, t := range like {
		if t.terms == nil {
			continue
		}
		more := maps.Clone(t.terms.has)
		maps.DeleteFunc(more, func(key string, _ bool) bool { return said[key] })
		l = t.terms.put(l, more)
		maps.Copy(said, more)
	}
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
