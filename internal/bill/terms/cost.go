package terms

import (
	"math/big"
	"slices"
	"strconv"

	"repayd/internal/bill"
)

// Facts are what the rules look at of one bill. Unknown parts are zero.
type Facts struct {
	Currency                           string
	Outstanding, AmountDue, MinimumDue bill.Money
	// Penalty is what the issuer itself told that lateness has cost.
	Penalty       bill.Money
	Due, LastSafe bill.Day
	// Payments are those that count, in the order of their days.
	Payments []bill.Payment
}

// FactsOf reads the facts of a bill.
func FactsOf(b *bill.Bill) Facts {
	f := Facts{Currency: b.Currency, Outstanding: b.Outstanding, AmountDue: b.AmountDue, MinimumDue: b.MinimumDue,
		Penalty: b.Penalty, Due: b.DueDate, LastSafe: b.LastSafeDay, Payments: slices.Clone(b.Payments)}
	if !f.LastSafe.Known() {
		f.LastSafe = f.Due
	}
	slices.SortStableFunc(f.Payments, func(a, b bill.Payment) int { return int(a.Day - b.Day) })
	return f
}

// Cost estimates what lateness costs if the bill is paid on the day on, by the
// rules that are known, with a line for every input and step. Interest is
// exact until it is rounded once, at its end. Where no rule is known for the
// bill's currency, or no amount or date, nothing is estimated.
func (t *Terms) Cost(f Facts, on bill.Day) Estimate {
	c := calculation{f: f, e: Estimate{On: on}}
	c.e.Next = t.next(f, on)
	if !f.Due.Known() || !f.Outstanding.Known() {
		c.line("unknown_bill", bill.Money{})
		return c.e
	}
	for i := range t.Fees {
		if r := &t.Fees[i]; r.Currency == "" || r.Currency == f.Currency {
			c.fee(r, on)
		}
	}
	for i := range t.Interest {
		if r := &t.Interest[i]; r.Currency == "" || r.Currency == f.Currency {
			c.interest(r, on)
		}
	}
	if f.Penalty.Known() && f.Penalty.Minor > 0 {
		c.line("told", f.Penalty)
	}
	if !c.e.Known {
		return c.e
	}
	if on <= f.LastSafe {
		c.line("safe", bill.Money{}, "day", f.LastSafe.String())
	}
	c.e.Fee, c.e.Interest, c.e.Total = c.money(c.fees), c.money(c.grown), c.money(c.fees+c.grown)
	return c.e
}

// calculation is one estimate in the making; amounts are minor units.
type calculation struct {
	f           Facts
	e           Estimate
	fees, grown int64
}

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

// base is the amount that a rule takes its share of; false where it is not known.
func (c *calculation) base(b Base) (int64, bool) {
	switch b {
	case BaseAmountDue:
		return c.f.AmountDue.Minor, c.f.AmountDue.Known()
	case BaseMinimum:
		left := c.f.MinimumDue.Minor
		for _, p := range c.f.Payments {
			if p.Day <= c.f.LastSafe {
				left -= p.Amount.Minor
			}
		}
		return max(left, 0), c.f.MinimumDue.Known()
	}
	return max(c.f.Outstanding.Minor, 0), true
}

// fee adds a fee that is charged by the day on.
func (c *calculation) fee(r *Fee, on bill.Day) {
	if on <= c.f.LastSafe || on < c.f.Due+bill.Day(r.After) {
		c.uses(r.Origin)
		return
	}
	fee := r.Flat.Minor
	if r.Percent.Known() {
		base, ok := c.base(r.Base)
		if !ok {
			c.line("base_unknown", bill.Money{}, "rate", r.Percent.String())
			return
		}
		share := c.share(r, base)
		switch {
		case r.Choose == "greater":
			fee = max(fee, share)
		case r.Choose == "lesser":
			fee = min(fee, share)
		default:
			fee += share
		}
		if r.Choose != "" {
			c.line("fee_"+r.Choose, c.money(fee), "a", r.Flat.String(), "b", c.money(share).String())
		}
	} else if fee > 0 {
		c.line("fee_flat", c.money(fee))
	}
	c.uses(r.Origin)
	c.fees += fee
}

// share is the percentage of a fee, within its bounds; of nothing it is nothing.
func (c *calculation) share(r *Fee, base int64) int64 {
	if base == 0 {
		return 0
	}
	share := round(r.Percent.of(base), false)
	c.line("fee_percent", c.money(share), "base", c.money(base).String(), "rate", r.Percent.String())
	if r.Min.Known() && share < r.Min.Minor {
		share = r.Min.Minor
		c.line("fee_min", r.Min)
	}
	if r.Max.Known() && share > r.Max.Minor {
		share = r.Max.Minor
		c.line("fee_max", r.Max)
	}
	return share
}

// interest adds what a rule lets grow until the day on. What was paid after the
// due date bears interest up to and with the day it was paid.
func (c *calculation) interest(r *Interest, on bill.Day) {
	c.uses(r.Origin)
	first := c.f.Due + 1
	if r.Start == StartAfterGrace {
		first = c.f.LastSafe + 1
	}
	first, last := max(first, r.From), on
	if r.Until.Known() {
		last = min(last, r.Until)
	}
	if on <= c.f.LastSafe || last < first {
		return
	}
	base, ok := c.base(r.Base)
	if !ok {
		c.line("base_unknown", bill.Money{}, "rate", r.Rate.String())
		return
	}
	sum := new(big.Rat)
	// Backwards from today's balance: before each payment more was left.
	if r.Base == BaseOutstanding {
		for i := len(c.f.Payments) - 1; i >= 0 && c.f.Payments[i].Day >= first; i-- {
			p := c.f.Payments[i]
			if p.Day < last {
				sum.Add(sum, c.grow(r, base, p.Day+1, last))
				last = p.Day
			}
			base += p.Amount.Minor
		}
	}
	sum.Add(sum, c.grow(r, base, first, last))
	total := round(sum, r.Round == RoundDown)
	if r.Min.Known() && total < r.Min.Minor && sum.Sign() > 0 {
		total = r.Min.Minor
		c.line("interest_min", r.Min)
	}
	c.grown += total
}

// grow is the exact interest on base from first to last, both counted.
func (c *calculation) grow(r *Interest, base int64, first, last bill.Day) *big.Rat {
	days := int64(last - first + 1)
	sum := r.Rate.of(base)
	sum.Mul(sum, new(big.Rat).SetInt64(days))
	code := "interest_day"
	pairs := []string{"base", c.money(base).String(), "rate", r.Rate.String(), "days", strconv.FormatInt(days, 10),
		"from", first.String(), "to", last.String()}
	if r.DayCount != "" {
		code = "interest_year"
		sum = r.Rate.of(base)
		sum.Mul(sum, r.DayCount.fraction(first-1, last))
		pairs = append(pairs, "year", string(r.DayCount))
	}
	if r.Factor.Known() {
		code += "_factor"
		sum.Mul(sum, r.Factor.share)
		pairs = append(pairs, "factor", r.Factor.String())
	}
	c.line(code, c.money(round(sum, r.Round == RoundDown)), pairs...)
	return sum
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
