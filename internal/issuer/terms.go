package issuer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

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
	linted   int        // how many problems of the rules are reported
}

// compileTerms reads the block; nil where the file has none.
func (f *fileYAML) compileTerms(p *problems) *terms.Terms {
	y := f.Terms
	if y == nil {
		return nil
	}
	r := &termsReader{p: p, line: cmp.Or(y.Certainty.line, f.Issuer.line), currency: f.Currency.s, of: y.originYAML}
	t := &terms.Terms{Issuer: f.Issuer.s, Consequences: y.Consequences.strings()}
	r.times(y, t)
	r.charges(y, t)
	for _, m := range y.Milestones {
		r.at(m.Name, lined{line: m.After.line})
		one := terms.Milestone{Origin: r.origin(m.originYAML), Name: m.Name.s, After: m.After.n}
		if one.Name == "" {
			r.bad("milestones: write the name of what happens, such as credit_bureau")
		}
		t.Milestones = append(t.Milestones, one)
		r.lint(t)
	}
	if d := y.Debit; d != nil {
		r.at(d.Offered)
		t.Debit = terms.Debit{Origin: r.origin(d.originYAML), Offered: r.yes("offered", d.Offered), Order: d.Order, Note: d.Note, ConfirmDays: d.Confirm.n}
	}
	for _, c := range y.Contacts {
		r.at(c.What, c.Value)
		if c.What.s == "" || c.Value.s == "" {
			r.bad("contacts: write what it is (phone, app, web or email) and its value")
		}
		t.Contacts = append(t.Contacts, terms.Contact{What: c.What.s, Value: c.Value.s, Origin: r.origin(c.originYAML)})
	}
	return t
}

// times reads the rules of days: due date and grace.
func (r *termsReader) times(y *termsYAML, t *terms.Terms) {
	for _, d := range y.Due {
		r.at(d.From, lined{line: d.Days.line}, d.Shift)
		t.Due = append(t.Due, terms.Due{Origin: r.origin(d.originYAML), From: terms.Trigger(d.From.s), Days: d.Days.n, Months: d.Months, Day: d.Day,
			Map: d.Map, LastWorkday: d.LastWorkday, Shift: terms.Shift(d.Shift.s)})
		r.lint(t)
	}
	if g := y.Grace; g != nil {
		r.at(lined{line: g.Days.line}, g.CutOff)
		t.Grace = &terms.Grace{Origin: r.origin(g.originYAML), Days: g.Days.n, CountsDue: g.CountsDue, CutOff: r.clock("cut_off", g.CutOff),
			OnRequest: g.OnRequest, PreviousOnTime: g.PreviousOnTime, PerYear: g.PerYear}
		r.lint(t)
	}
	if y.Transfer != nil {
		t.Transfer = &terms.Transfer{Origin: r.origin(y.Transfer.originYAML), Workdays: y.Transfer.Workdays}
		r.lint(t)
	}
}

// charges reads the rules of amounts: the least to pay, fees and interest.
func (r *termsReader) charges(y *termsYAML, t *terms.Terms) {
	for _, m := range y.Minimum {
		t.Minimum = append(t.Minimum, r.minimum(m))
		r.lint(t)
	}
	for _, f := range y.Fees {
		currency, amount := r.amount(f.amountYAML, f.Currency, lined{line: f.After.line}, f.When)
		t.Fees = append(t.Fees, terms.Fee{Origin: r.origin(f.originYAML), Condition: r.condition(f.conditionYAML), Amount: amount, Currency: currency, After: f.After.n})
		r.lint(t)
	}
	for _, c := range y.FeeCaps {
		currency, amount := r.amount(c.amountYAML, c.Currency)
		t.FeeCaps = append(t.FeeCaps, terms.FeeCap{Origin: r.origin(c.originYAML), Amount: amount, Currency: currency, PerOrder: c.PerOrder})
		r.lint(t)
	}
	for _, i := range y.Interest {
		t.Interest = append(t.Interest, r.interest(i))
		r.lint(t)
	}
	for _, e := range y.Extensions {
		currency, amount := r.amount(e.amountYAML, e.Currency, lined{line: e.Days.line})
		t.Extensions = append(t.Extensions, terms.Extension{Origin: r.origin(e.originYAML), Amount: amount, Currency: currency, Days: e.Days.n, Times: e.Times})
		r.lint(t)
	}
}

func (r *termsReader) bad(format string, args ...any) { r.p.add(max(r.line, 1), format, args...) }

// at notes the line of the rule at hand: that of the first of its keys that
// is written.
func (r *termsReader) at(keys ...lined) {
	for _, k := range keys {
		if k.line > 0 {
			r.line = k.line
			return
		}
	}
}

// lint reports what is wrong since the rule at hand was added.
func (r *termsReader) lint(t *terms.Terms) {
	errs := t.Lint()
	for _, err := range errs[min(r.linted, len(errs)):] {
		r.bad("terms: %v", err)
	}
	r.linted = len(errs)
}

func (r *termsReader) origin(o originYAML) terms.Origin {
	return terms.Origin{Source: cmp.Or(o.Source, r.of.Source), AsOf: cmp.Or(o.AsOf, r.of.AsOf),
		Certainty: terms.Certainty(cmp.Or(o.Certainty.s, r.of.Certainty.s))}
}

func (r *termsReader) condition(y conditionYAML) terms.Condition {
	c := terms.Condition{When: terms.When(y.When.s)}
	if y.Repeat != nil {
		c.Repeat = terms.Repeat{Late: y.Repeat.Late, Within: y.Repeat.Within}
	}
	return c
}

// amount reads an amount by formula and its currency.
func (r *termsReader) amount(y amountYAML, own lined, keys ...lined) (string, terms.Amount) {
	slab := lined{}
	if len(y.Slabs) > 0 {
		slab = lined{line: cmp.Or(y.Slabs[0].UpTo.line, y.Slabs[0].Flat.line)}
	}
	r.at(append([]lined{y.Flat, y.Percent, slab, y.Base}, keys...)...)
	currency := cmp.Or(own.s, r.currency)
	a := terms.Amount{Flat: r.money("flat", y.Flat, currency), Percent: r.rate("percent", y.Percent), Base: terms.Base(y.Base.s),
		Choose: y.Choose.s, Min: r.money("min", y.Min, currency), Max: r.money("max", y.Max, currency)}
	for _, s := range y.Slabs {
		a.Slabs = append(a.Slabs, terms.Slab{UpTo: r.money("up_to", s.UpTo, currency), Flat: r.money("flat", s.Flat, currency)})
	}
	return currency, a
}

func (r *termsReader) minimum(y minimumYAML) terms.Minimum {
	if len(y.Parts) > 0 {
		r.at(y.Parts[0].Percent, y.Parts[0].Of)
	}
	currency := cmp.Or(y.Currency.s, r.currency)
	m := terms.Minimum{Origin: r.origin(y.originYAML), Currency: currency, Floor: r.money("floor", y.Floor, currency), AllBelow: r.money("all_below", y.AllBelow, currency)}
	for _, p := range y.Parts {
		m.Parts = append(m.Parts, terms.MinimumPart{Of: terms.Part(p.Of.s), Percent: r.rate("percent", p.Percent)})
	}
	return m
}

func (r *termsReader) interest(y interestYAML) terms.Interest {
	r.at(y.Rate, y.Base, y.Start, y.Certainty)
	currency := cmp.Or(y.Currency.s, r.currency)
	n := terms.Interest{Origin: r.origin(y.originYAML), Condition: r.condition(y.conditionYAML), Currency: currency,
		Rate: r.rate("rate", y.Rate), From: r.day("from", y.From), Until: r.day("until", y.Until),
		Fix: terms.Fix(y.Fix.s), Reference: y.Reference, Margin: r.rate("margin", y.Margin), RateStep: r.rate("rate_step", y.RateStep),
		Per: terms.Per(y.Per.s), DayCount: terms.DayCount(y.YearDays.s), Factor: r.rate("factor", y.Factor),
		Base: terms.Base(y.Base.s), Unit: r.money("unit", y.Unit, currency), Start: terms.Start(y.Start.s),
		PaidDayFree: r.either("paid_day", y.PaidDay, "counted", "free"), LastDayFree: r.either("last_day", y.LastDay, "counted", "free"),
		Compound: terms.Compound(y.Compound.s), MinDay: r.money("min_day", y.MinDay, currency),
		Min: r.money("min", y.Min, currency), Max: r.money("max", y.Max, currency),
		Round: terms.Rounding(y.Round.s), RoundDaily: r.either("round_at", y.RoundAt, "total", "day")}
	for _, d := range y.Rates {
		r.at(d.From, d.Rate)
		n.Rates = append(n.Rates, terms.RateFrom{From: r.day("from", d.From), Rate: r.rate("rate", d.Rate)})
	}
	return n
}

// either reads a key of two values and reports whether it has the second one;
// not written it has the first.
func (r *termsReader) either(key string, l lined, first, second string) bool {
	if l.s != "" && l.s != first && l.s != second {
		r.p.add(l.line, "%s: write %s or %s, not %q", key, first, second, l.s)
	}
	return l.s == second
}

func (r *termsReader) clock(key string, l lined) bill.Clock {
	if l.s == "" {
		return 0
	}
	c, err := bill.ParseClock(l.s)
	if err != nil {
		r.p.add(l.line, "%s: %v", key, err)
	}
	return c
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

func (t *tolerances) UnmarshalYAML(n *yaml.Node) error {
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	for _, n := range nodes {
		var one toleranceYAML
		if err := one.decode(n); err != nil {
			return err
		}
		*t = append(*t, one)
	}
	return nil
}

// decode reads an amount alone as one that is counted in.
func (t *toleranceYAML) decode(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return t.amount.UnmarshalYAML(n)
	}
	for i := 0; i < len(n.Content); i += 2 {
		to, ok := map[string]*lined{"amount": &t.amount, "below": &t.below, "currency": &t.currency}[n.Content[i].Value]
		if !ok {
			return fmt.Errorf("line %d: there is no key %q here; write amount or below, and currency", n.Content[i].Line, n.Content[i].Value)
		}
		if err := to.UnmarshalYAML(n.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// tolerance is the most that may stay unpaid; "below" an amount is one minor
// unit less.
func (r *termsReader) tolerance(y toleranceYAML) bill.Money {
	r.at(y.amount, y.below)
	currency := cmp.Or(y.currency.s, r.currency)
	if (y.amount.s == "") == (y.below.s == "") {
		r.bad("tolerance: write amount, which counts as paid itself, or below")
		return bill.Money{}
	}
	m, err := bill.ParseMoney(cmp.Or(y.amount.s, y.below.s), currency)
	if y.below.s != "" {
		m.Minor--
	}
	if err != nil || m.Minor < 0 {
		r.bad("tolerance: write an amount in %s of nothing or more, such as 1.00, not %q", currency, cmp.Or(y.amount.s, y.below.s))
		return bill.Money{}
	}
	return m
}

// folded adds to an issuer's rules for the fold what its terms say. Only proven
// milestones count, for a reminder speaks of them as certain; and only a grace
// that is everybody's and, like a tolerance, well founded: the safe side is none.
func (f *fileYAML) folded(t bill.Terms, full *terms.Terms, p *problems) bill.Terms {
	if full == nil {
		return t
	}
	r := &termsReader{p: p, currency: f.Currency.s}
	counts := terms.Certainty(f.Terms.Certainty.s).Counts()
	for _, y := range f.Terms.Tolerance {
		if m := r.tolerance(y); m.Known() && counts {
			if slices.ContainsFunc(t.Tolerance, func(o bill.Money) bool { return o.Currency == m.Currency }) {
				r.bad("tolerance: %s has another one already; keep one", m.Currency)
			}
			t.Tolerance = append(t.Tolerance, m)
		}
	}
	for _, m := range full.Milestones {
		if m.Certainty.Proven() {
			t.Milestones = append(t.Milestones, bill.MilestoneRule{Name: m.Name, After: m.After})
		}
	}
	t.ConfirmDays = full.Debit.ConfirmDays
	if full.Transfer != nil { // even where it is not certain: too early is the safe side
		t.NeedsWorkday, t.TransferDays = true, full.Transfer.Workdays
	}
	g := full.Grace
	switch {
	case g == nil:
	case f.Grace.s != "":
		p.add(f.Grace.line, "grace: it stands under terms too; keep the one there, with its source")
	case g.Certainty.Counts() && g.Unconditional():
		t.Grace, t.GraceBy = g.Safe(), "rule"
		t.CutOff = cmp.Or(g.CutOff, t.CutOff)
	}
	return t
}
