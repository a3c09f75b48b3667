package terms

import (
	"slices"
	"strconv"

	"repayd/internal/bill"
)

// Cost estimates what lateness costs if the bill is paid on the day on, by the
// rules that are known, with a line for every input and step. Interest is
// exact until it is rounded once, at the point that its rule names. Where no
// rule is known for the bill's currency, or no amount or date, nothing is
// estimated. A rule whose inputs are not known makes the estimate incomplete:
// what it comes to is the least then.
func (t *Terms) Cost(f Facts, on bill.Day) Estimate {
	c := calculation{f: f, e: Estimate{On: on}}
	c.e.Next = t.next(f, on)
	if !f.Due.Known() || !f.Outstanding.Known() {
		c.line("unknown_bill", bill.Money{})
		return c.e
	}
	if g := t.GraceSaid(); g != nil && f.LastSafe == f.Due {
		c.grace(g)
	}
	for i := range t.Fees {
		if r := &t.Fees[i]; c.in(r.Currency) {
			c.fee(r, on)
		}
	}
	for i := range t.FeeCaps {
		if r := &t.FeeCaps[i]; c.in(r.Currency) && c.fees > 0 {
			c.cap(r)
		}
	}
	for i := range t.Interest {
		if r := &t.Interest[i]; c.in(r.Currency) {
			c.interest(r, on)
		}
	}
	if f.Penalty.Known() && f.Penalty.Minor > 0 {
		c.line("told", f.Penalty)
	}
	return c.estimate(on)
}

// calculation is one estimate in the making; amounts are minor units.
type calculation struct {
	f           Facts
	e           Estimate
	fees, grown int64
}

// estimate sums up. Nothing, where a rule that holds could not be reckoned, is
// not known to be nothing.
func (c *calculation) estimate(on bill.Day) Estimate {
	if c.e.Incomplete && c.fees+c.grown == 0 {
		c.e.Known = false
	}
	if !c.e.Known {
		return c.e
	}
	if on <= c.f.LastSafe && c.fees+c.grown == 0 {
		c.line("safe", bill.Money{}, "day", c.f.LastSafe.String())
	}
	c.e.Fee, c.e.Interest, c.e.Total = c.money(c.fees), c.money(c.grown), c.money(c.fees+c.grown)
	return c.e
}

// grace tells of a grace that is not certain to hold for the bill, which
// therefore has none.
func (c *calculation) grace(g *Grace) {
	pairs := []string{"day", (c.f.Due + bill.Day(g.Safe())).String()}
	switch {
	case !g.Certainty.Counts():
		c.line("grace_unproven", bill.Money{}, pairs...)
	case g.OnRequest:
		c.line("grace_on_request", bill.Money{}, pairs...)
	case g.LastSafe(c.f.Due, c.f.Before, false) > c.f.Due:
		c.line("grace_earned", bill.Money{}, pairs...)
	case len(c.f.Before) > 0:
		c.line("grace_lost", bill.Money{}, pairs...)
	case g.PreviousOnTime:
		c.line("grace_previous_on_time", bill.Money{}, pairs...)
	case g.PerYear > 0:
		c.line("grace_per_year", bill.Money{}, append(pairs, "n", strconv.Itoa(g.PerYear))...)
	}
}

// in reports whether a rule of the currency is one for the bill.
func (c *calculation) in(currency string) bool { return currency == "" || currency == c.f.Currency }

func (c *calculation) money(minor int64) bill.Money {
	return bill.Money{Minor: minor, Currency: c.f.Currency}
}

func (c *calculation) line(code string, amount bill.Money, pairs ...string) {
	l := Line{Code: code, Amount: amount}
	for i := 0; i+1 < len(pairs); i += 2 {
		if l.Args == nil {
			l.Args = map[string]string{}
		}
		l.Args[pairs[i]] = pairs[i+1]
	}
	c.e.Lines = append(c.e.Lines, l)
}

// uses notes a rule's origin, each once.
func (c *calculation) uses(o Origin) {
	c.e.Known = true
	if !slices.Contains(c.e.Origins, o) {
		c.e.Origins = append(c.e.Origins, o)
	}
}

// missing notes, with a line, a rule that cannot be reckoned for want of an
// input.
func (c *calculation) missing(code string, pairs ...string) {
	c.e.Incomplete = true
	c.line(code, bill.Money{}, pairs...)
}

// next is the first milestone after the day on.
func (t *Terms) next(f Facts, on bill.Day) *Event {
	var next *Event
	for _, m := range t.Milestones {
		day := f.Due + bill.Day(m.After)
		if f.Due.Known() && day > on && (next == nil || day < next.Day) {
			next = &Event{Name: m.Name, Day: day, Origin: m.Origin}
		}
	}
	return next
}

// Preview is what lateness costs today, by the last safe day while it is ahead,
// in 7 and in 30 days; nil where nothing at all is known.
func (t *Terms) Preview(f Facts, today bill.Day) *Preview {
	p := &Preview{Next: t.next(f, today), Consequences: t.Consequences}
	add := func(name string, on bill.Day) {
		e := t.Cost(f, on)
		if !e.Known {
			return
		}
		p.Points = append(p.Points, Point{name, on, e.Total})
		p.Incomplete = p.Incomplete || e.Incomplete
		for _, o := range e.Origins {
			p.Origin = weaker(p.Origin, o)
		}
	}
	add(PointToday, today)
	if f.LastSafe > f.Due && f.LastSafe > today {
		add(PointLastSafe, f.LastSafe)
	}
	add(PointWeek, today+7)
	add(PointMonth, today+30)
	if len(p.Points) == 0 && p.Next == nil && len(p.Consequences) == 0 {
		return nil
	}
	return p
}

// weaker is the less certain of two origins.
func weaker(a, b Origin) Origin {
	order := []Certainty{"", Owner, Law, Official, Secondary, Hearsay, Contradictory}
	if slices.Index(order, b.Certainty) > slices.Index(order, a.Certainty) {
		return b
	}
	return a
}
