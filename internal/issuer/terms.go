package issuer

import (
	"cmp"
	"fmt"
	"strconv"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// termsYAML is the terms block of an issuer file: what the issuer does when a
// bill is late, how it debits, and where it is reached. Source, as_of and
// certainty stand once for the block and, where they differ, at a rule.
type termsYAML struct {
	originYAML   `yaml:",inline"`
	Tolerance    list            `yaml:"tolerance"`
	Fees         []feeYAML       `yaml:"fees"`
	Interest     []interestYAML  `yaml:"interest"`
	Milestones   []milestoneYAML `yaml:"milestones"`
	Consequences list            `yaml:"consequences"`
	Debit        *debitYAML      `yaml:"debit"`
	Contacts     []contactYAML   `yaml:"contacts"`
}

type originYAML struct {
	Source    string `yaml:"source"`
	AsOf      string `yaml:"as_of"`
	Certainty lined  `yaml:"certainty"`
}

type feeYAML struct {
	originYAML `yaml:",inline"`
	Currency   string `yaml:"currency"`
	After      days   `yaml:"after"`
	Flat       lined  `yaml:"flat"`
	Percent    lined  `yaml:"percent"`
	Base       lined  `yaml:"base"`
	Choose     string `yaml:"choose"`
	Min        lined  `yaml:"min"`
	Max        lined  `yaml:"max"`
}

type interestYAML struct {
	originYAML `yaml:",inline"`
	Currency   string `yaml:"currency"`
	Rate       lined  `yaml:"rate"`
	YearDays   int    `yaml:"year_days"`
	Factor     lined  `yaml:"factor"`
	Base       lined  `yaml:"base"`
	AfterGrace bool   `yaml:"after_grace"`
	Min        lined  `yaml:"min"`
	RoundDown  bool   `yaml:"round_down"`
	From       lined  `yaml:"from"`
	Until      lined  `yaml:"until"`
}

type milestoneYAML struct {
	originYAML `yaml:",inline"`
	Name       lined `yaml:"name"`
	After      days  `yaml:"after"`
}

type debitYAML struct {
	originYAML `yaml:",inline"`
	Offered    lined  `yaml:"offered"`
	Order      string `yaml:"order"`
	Note       string `yaml:"note"`
	Confirm    days   `yaml:"confirm"`
}

type contactYAML struct {
	originYAML `yaml:",inline"`
	What       lined `yaml:"what"`
	Value      lined `yaml:"value"`
}

// days is a number of days, written "3d".
type days struct{ n, line int }

// maxAfter bounds how long after the due date a rule begins, in days.
const maxAfter = 730

func (d *days) UnmarshalYAML(n *yaml.Node) error {
	count, err := strconv.Atoi(trimUnit(n.Value))
	if n.Kind != yaml.ScalarNode || err != nil || count < 0 || count > maxAfter {
		return fmt.Errorf("line %d: write a number of days such as 3d, at most %dd", n.Line, maxAfter)
	}
	d.n, d.line = count, n.Line
	return nil
}

// trimUnit takes the d of "3d" away; what has none is no number of days.
func trimUnit(s string) string {
	if len(s) < 2 || s[len(s)-1] != 'd' {
		return ""
	}
	return s[:len(s)-1]
}

// termsReader turns the block into terms and reports what is wrong with each
// rule at its line.
type termsReader struct {
	p        *problems
	line     int // of the rule at hand
	currency string
	of       originYAML // of the block
}

// compileTerms reads the block; nil where the file has none.
func (f *fileYAML) compileTerms(p *problems) *terms.Terms {
	y := f.Terms
	if y == nil {
		return nil
	}
	r := &termsReader{p: p, line: cmp.Or(y.Certainty.line, f.Issuer.line), currency: f.Currency.s, of: y.originYAML}
	t := &terms.Terms{Issuer: f.Issuer.s, Consequences: y.Consequences.strings()}
	for _, fee := range y.Fees {
		one := r.fee(fee)
		r.lint(&terms.Terms{Fees: []terms.Fee{one}})
		t.Fees = append(t.Fees, one)
	}
	for _, i := range y.Interest {
		one := r.interest(i)
		r.lint(&terms.Terms{Interest: []terms.Interest{one}})
		t.Interest = append(t.Interest, one)
	}
	for _, m := range y.Milestones {
		r.line = cmp.Or(m.Name.line, m.After.line, r.line)
		one := terms.Milestone{Origin: r.origin(m.originYAML), Name: m.Name.s, After: m.After.n}
		if one.Name == "" {
			r.bad("milestones: write the name of what happens, such as credit_bureau")
		}
		r.lint(&terms.Terms{Milestones: []terms.Milestone{one}})
		t.Milestones = append(t.Milestones, one)
	}
	if d := y.Debit; d != nil {
		r.line = cmp.Or(d.Offered.line, r.line)
		t.Debit = terms.Debit{Origin: r.origin(d.originYAML), Offered: r.yes("offered", d.Offered), Order: d.Order, Note: d.Note, ConfirmDays: d.Confirm.n}
	}
	for _, c := range y.Contacts {
		r.line = cmp.Or(c.What.line, c.Value.line, r.line)
		if c.What.s == "" || c.Value.s == "" {
			r.bad("contacts: write what it is (phone, app, web or email) and its value")
		}
		t.Contacts = append(t.Contacts, terms.Contact{What: c.What.s, Value: c.Value.s, Origin: r.origin(c.originYAML)})
	}
	return t
}

func (r *termsReader) bad(format string, args ...any) { r.p.add(max(r.line, 1), format, args...) }

func (r *termsReader) lint(t *terms.Terms) {
	for _, err := range t.Lint() {
		r.bad("terms: %v", err)
	}
}

func (r *termsReader) origin(o originYAML) terms.Origin {
	return terms.Origin{Source: cmp.Or(o.Source, r.of.Source), AsOf: cmp.Or(o.AsOf, r.of.AsOf),
		Certainty: terms.Certainty(cmp.Or(o.Certainty.s, r.of.Certainty.s))}
}

func (r *termsReader) fee(y feeYAML) terms.Fee {
	r.line = cmp.Or(y.Flat.line, y.Percent.line, y.Base.line, y.After.line, y.Certainty.line, r.line)
	currency := cmp.Or(y.Currency, r.currency)
	return terms.Fee{Origin: r.origin(y.originYAML), Currency: currency, After: y.After.n, Flat: r.money("flat", y.Flat, currency),
		Percent: r.rate("percent", y.Percent), Base: terms.Base(y.Base.s), Choose: y.Choose,
		Min: r.money("min", y.Min, currency), Max: r.money("max", y.Max, currency)}
}

func (r *termsReader) interest(y interestYAML) terms.Interest {
	r.line = cmp.Or(y.Rate.line, y.Base.line, y.Certainty.line, r.line)
	currency := cmp.Or(y.Currency, r.currency)
	return terms.Interest{Origin: r.origin(y.originYAML), Currency: currency, Rate: r.rate("rate", y.Rate), YearDays: y.YearDays,
		Factor: r.rate("factor", y.Factor), Base: terms.Base(y.Base.s), AfterGrace: y.AfterGrace, Min: r.money("min", y.Min, currency),
		RoundDown: y.RoundDown, From: r.day("from", y.From), Until: r.day("until", y.Until)}
}

func (r *termsReader) rate(key string, l lined) terms.Rate {
	if l.s == "" {
		return terms.Rate{}
	}
	rate, err := terms.ParseRate(l.s)
	if err != nil {
		r.p.add(l.line, "%s: %v", key, err)
	}
	return rate
}

// money reads an amount in the currency of its rule, written without it.
func (r *termsReader) money(key string, l lined, currency string) bill.Money {
	if l.s == "" {
		return bill.Money{}
	}
	m, err := bill.ParseMoney(l.s, currency)
	if err != nil {
		r.p.add(l.line, "%s: %v", key, err)
	}
	return m
}

func (r *termsReader) day(key string, l lined) bill.Day {
	if l.s == "" {
		return 0
	}
	d, err := bill.ParseDay(l.s)
	if err != nil {
		r.p.add(l.line, "%s: %q is no day; write for example 2026-01-31", key, l.s)
	}
	return d
}

func (r *termsReader) yes(key string, l lined) bool {
	if l.s != "" && l.s != "true" && l.s != "false" {
		r.p.add(l.line, "%s: write true or false, not %q", key, l.s)
	}
	return l.s == "true"
}

// folded adds to an issuer's rules for the fold what its terms say. Only proven
// milestones count: a reminder speaks of them as certain.
func (f *fileYAML) folded(t bill.Terms, full *terms.Terms, p *problems) bill.Terms {
	if full == nil {
		return t
	}
	for _, l := range f.Terms.Tolerance {
		m, err := bill.ParseMoney(l.s, f.Currency.s)
		if err != nil || m.Minor < 0 {
			p.add(l.line, "tolerance: write an amount in %s of nothing or more, such as 1.00, not %q", f.Currency.s, l.s)
			continue
		}
		t.Tolerance = append(t.Tolerance, m)
	}
	for _, m := range full.Milestones {
		if m.Certainty.Proven() {
			t.Milestones = append(t.Milestones, bill.MilestoneRule{Name: m.Name, After: m.After})
		}
	}
	t.ConfirmDays = full.Debit.ConfirmDays
	return t
}
