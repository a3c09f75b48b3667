package issuer

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// Override is what the owner's configuration changes of an issuer's rules: for
// all of the issuer's bills, and for some. What a notice says wins over it.
type Override struct {
	Changes
	For []OverrideFor
	// File and Line are where it stands, for what is wrong with it.
	File string
	Line int
	// Declared: the configuration declares bills of this name, so that it needs
	// no issuer file. Neither does the address of a sender.
	Declared bool
}

// Changes replace rules; what is not set stays as the file says.
type Changes struct {
	Grace        *int       // days
	CutOff       bill.Clock // on the last safe day
	NeedsWorkday *bool
	// Terms is a terms block as in an issuer file: each part that it names
	// replaces that part. Its lines are those of the Override's File.
	Terms *yaml.Node
}

// OverrideFor are changes for the bills of one account, merchant or id; an
// empty one of these fits all. Of several that fit, the most specific comes
// first, then the first.
type OverrideFor struct {
	Account, Merchant, Bill string
	Changes
}

func (f *OverrideFor) fits(b *bill.Bill) bool {
	return isOrAny(f.Account, b.Account) && isOrAny(f.Merchant, b.Merchant) && isOrAny(f.Bill, b.ID)
}

func isOrAny(want, is string) bool { return want == "" || want == is }

// narrow is how specific an entry is: a bill is one, an account or a merchant
// has many.
func (f *OverrideFor) narrow() int {
	n := 0
	for weight, s := range map[int]string{1: f.Account, 2: f.Merchant, 4: f.Bill} {
		if s != "" {
			n += weight
		}
	}
	return n
}

// ownRules are the compiled changes of one override or of one entry of it.
type ownRules struct {
	Changes
	terms []*block // each over the one before

	entry OverrideFor
}

// over puts the owner's changes over the rules of before.
func (o ownRules) over(l laws) laws {
	for _, t := range o.terms {
		l = t.over(l)
		if t.has["grace"] && l.fold.GraceBy != "" {
			l.fold.GraceBy = "override"
		}
	}
	if o.Grace != nil {
		full := terms.Terms{Issuer: l.fold.Issuer}
		if l.full != nil {
			full = *l.full
		}
		full.Grace = &terms.Grace{Origin: terms.Origin{Certainty: terms.Owner}, Days: *o.Grace}
		l.full, l.fold.Grace, l.fold.GraceBy = &full, *o.Grace, "override"
	}
	l.fold.CutOff = cmp.Or(o.CutOff, l.fold.CutOff)
	if o.NeedsWorkday != nil {
		l.fold.NeedsWorkday = *o.NeedsWorkday
	}
	return l
}

// override compiles what the owner changes and applies what holds for all of
// the issuer's bills. like are the shared wordings by name.
func (r *rule) override(o Override, like map[string]*layer, p *problems) {
	all := r.changes(o.Changes, like, p)
	l := all.over(laws{r.terms, r.full})
	r.terms, r.full = l.fold, l.full
	for _, f := range o.For {
		own := r.changes(f.Changes, like, p)
		own.entry = f
		r.overrides = append(r.overrides, own)
	}
	// The least specific is applied first, and of equals the last.
	slices.Reverse(r.overrides)
	slices.SortStableFunc(r.overrides, func(a, b ownRules) int { return a.entry.narrow() - b.entry.narrow() })
}

// changes compiles one set of changes. Its terms, over those of the issuer,
// must not contradict themselves.
func (r *rule) changes(c Changes, like map[string]*layer, p *problems) ownRules {
	own := ownRules{Changes: c}
	if c.Terms == nil {
		return own
	}
	before := len(p.list)
	own.terms = r.ownBlocks(c.Terms, like, p)
	switch {
	case len(p.list) > before:
		return own
	case c.Grace != nil && slices.ContainsFunc(own.terms, func(b *block) bool { return b.has["grace"] }):
		p.add(c.Terms.Line, "terms: grace stands beside terms too; keep one")
		return own
	}
	for _, err := range own.over(laws{r.terms, r.full}).full.Lint() {
		p.add(c.Terms.Line, "terms: together with those of the issuer: %v", err)
	}
	return own
}

// ownBlocks reads a terms block of the owner's in the language of issuer files,
// and before it the shared one that it is like. A rule of the owner's needs
// neither source nor date: it is the owner's word.
func (r *rule) ownBlocks(n *yaml.Node, like map[string]*layer, p *problems) []*block {
	var out []*block
	written := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Line: n.Line, Column: n.Column}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Value != "like" {
			written.Content = append(written.Content, k, v)
			continue
		}
		if t := like[v.Value]; t != nil && t.terms != nil {
			out = append(out, t.terms)
			continue
		}
		p.add(v.Line, "like: there are no shared terms %q; there are %s", v.Value, strings.Join(withTerms(like), ", "))
	}
	known := len(p.list)
	unknownKeys(written, reflect.TypeFor[termsYAML](), p)
	y := &termsYAML{}
	if err := written.Decode(y); err != nil {
		p.addYAML(err)
	}
	if len(p.list) > known {
		return out
	}
	y.Certainty.s, y.Certainty.line = cmp.Or(y.Certainty.s, string(terms.Owner)), max(y.Certainty.line, n.Line)
	return append(out, newBlock(y, r.terms.Issuer, r.currency, n.Line, p))
}

// withTerms names the shared wordings that have terms.
func withTerms(like map[string]*layer) []string {
	var out []string
	for _, name := range sortedKeys(like) {
		if like[name].terms != nil {
			out = append(out, name)
		}
	}
	return out
}

// of returns the rules for one bill, and whether an entry changes them for it.
func (r *rule) of(b *bill.Bill) (laws, bool) {
	l, some := laws{r.terms, r.full}, false
	for _, o := range r.overrides {
		if o.entry.fits(b) {
			l, some = o.over(l), true
		}
	}
	return l, some
}

// applyOverrides puts the owner's changes over the files' rules and reports
// what is wrong with them at their line of the configuration.
func (s *Set) applyOverrides(overrides map[string]Override, like map[string]*layer, all *problems) {
	for _, name := range sortedKeys(overrides) {
		o := overrides[name]
		p := &problems{file: cmp.Or(o.File, "issuers.override")}
		r := s.byName[name]
		switch {
		case r != nil:
		case o.Declared || strings.Contains(name, "@"):
			r = &rule{terms: s.Terms(name)}
			s.others[name] = r
		default:
			p.add(max(o.Line, 1), "override: there is no issuer %q; see `repayd issuer list`, or write a sender's address or the name of a declared bill", name)
			all.list = append(all.list, p.list...)
			continue
		}
		r.override(o, like, p)
		all.list = append(all.list, p.list...)
	}
}

// ruled is what is known of an issuer, described by a file or only by the
// owner; nil where nothing is.
func (s *Set) ruled(issuer string) *rule {
	if r := s.byName[issuer]; r != nil {
		return r
	}
	return s.others[issuer]
}

// TermsFor returns the rules for one bill where the owner changed them for it,
// or for its account or merchant; false where they are those of its issuer.
func (s *Set) TermsFor(b *bill.Bill) (bill.Terms, bool) {
	r := s.ruled(b.Issuer)
	if r == nil {
		return bill.Terms{}, false
	}
	l, some := r.of(b)
	if !some {
		return bill.Terms{}, false
	}
	return l.fold, true
}

// FullTerms are all rules of an issuer with what the owner changes for all of
// its bills, nil where none are known.
func (s *Set) FullTerms(issuer string) *terms.Terms {
	if r := s.ruled(issuer); r != nil {
		return r.full
	}
	return nil
}

// FullTermsFor are all rules that hold for one bill, nil where none are known.
func (s *Set) FullTermsFor(b *bill.Bill) *terms.Terms {
	r := s.ruled(b.Issuer)
	if r == nil {
		return nil
	}
	l, _ := r.of(b)
	return l.full
}

// said spells an override out, so that two of one effect are alike.
func (o Override) said() string {
	var out strings.Builder
	say := func(which string, c Changes) {
		fmt.Fprintf(&out, "%s:", which)
		if c.Grace != nil {
			fmt.Fprintf(&out, " grace %d", *c.Grace)
		}
		if c.CutOff.Known() {
			fmt.Fprintf(&out, " cut-off %s", c.CutOff)
		}
		if c.NeedsWorkday != nil {
			fmt.Fprintf(&out, " workday %t", *c.NeedsWorkday)
		}
		if c.Terms != nil {
			out.WriteString(" terms")
			sayNode(&out, c.Terms)
		}
	}
	say("all", o.Changes)
	for _, f := range o.For {
		say(fmt.Sprintf("; %q", []string{f.Account, f.Merchant, f.Bill}), f.Changes)
	}
	return out.String()
}

// sayNode spells a block out without its layout and comments.
func sayNode(out *strings.Builder, n *yaml.Node) {
	fmt.Fprintf(out, " %d%q(", n.Kind, n.Value)
	for _, c := range n.Content {
		sayNode(out, c)
	}
	out.WriteString(")")
}
