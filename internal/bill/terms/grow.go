package terms

import (
	"math/big"
	"slices"

	"repayd/internal/bill"
)

// interest adds what a rule lets grow until the day on.
func (c *calculation) interest(r *Interest, on bill.Day) {
	if r.When != WhenAlways && (on <= c.f.LastSafe || !c.f.breached(r.When, c.f.LastSafe+1)) || !c.repeated(r.Repeat) {
		c.uses(r.Origin)
		return
	}
	g := growth{c: c, r: r, on: on, last: on}
	if r.LastDayFree {
		g.last--
	}
	if r.Until.Known() {
		g.last = min(g.last, r.Until)
	}
	if !g.begin() {
		return
	}
	g.first = max(g.first, r.From)
	if g.first > g.last {
		c.uses(r.Origin)
		return
	}
	if !g.run() {
		return
	}
	c.uses(r.Origin)
	c.grown += g.total()
}

// growth is the interest of one rule in the making.
type growth struct {
	c           *calculation
	r           *Interest
	on          bill.Day
	first, last bill.Day
	items       []Item // from posting: what bears interest
	paid        []bill.Payment
	base        int64    // of the other starts, where it does not change
	sum         *big.Rat // exact, in minor units
	added       *big.Rat // of sum, what was compounded
	// told and since are the dated rate that was explained last.
	told      Rate
	since     bill.Day
	monthTold bool
}

// begin finds the first day and what bears interest on it; false, with a line,
// where that is not known.
func (g *growth) begin() bool {
	f := &g.c.f
	g.sum, g.added = new(big.Rat), new(big.Rat)
	switch g.r.Start {
	case StartDue:
		g.first = f.Due
	case StartAfterGrace:
		g.first = f.LastSafe + 1
	case StartStatement, StartAfterStatement, StartPosting:
		g.first = f.Statement
		if g.r.Start == StartAfterStatement {
			g.first++
		}
		if !f.Statement.Known() && (g.r.Start != StartPosting || len(f.Items) == 0) {
			g.c.missing("statement_unknown", "day", f.Due.String())
			g.first = f.Due // by then it bears interest in any case
		}
		if g.r.Start == StartPosting {
			return g.post()
		}
	default:
		g.first = f.Due + 1
	}
	base, ok := f.base(g.r.Base, f.LastSafe+1)
	if !ok {
		g.c.missing("base_unknown", "rate", g.r.rateText())
		return false
	}
	g.base = base
	if g.r.Base == BaseOutstanding {
		g.paid = f.Payments
	}
	return true
}

// post lists what bears interest from the day it was posted, as Chinese cards
// that were not paid in full do (the worked examples of CITIC; only the unpaid
// part at ICBC). A statement whose
// items are not known counts as posted on the first day of its month: it cannot
// be more; without a statement date only what grows from the due date on is
// certain. What was paid in time is taken off the oldest where only the unpaid
// bears interest.
func (g *growth) post() bool {
	f := &g.c.f
	g.items, g.paid = slices.Clone(f.Items), f.Payments
	if len(g.items) == 0 {
		if !f.AmountDue.Known() {
			g.c.missing("base_unknown", "rate", g.r.rateText())
			return false
		}
		day := f.Due
		if f.Statement.Known() {
			day = monthDay(f.Statement, -1, dayOf(f.Statement)) + 1
			g.c.line("posting_assumed", bill.Money{}, "day", day.String())
		}
		g.items = []Item{{day, f.AmountDue}}
	}
	slices.SortStableFunc(g.items, func(a, b Item) int { return int(a.Posted - b.Posted) })
	g.first = g.items[0].Posted
	if g.r.Base != BaseOutstanding {
		return true
	}
	off := f.paidBefore(f.LastSafe + 1)
	for i := range g.items {
		less := min(off, max(g.items[i].Amount.Minor, 0))
		g.items[i].Amount.Minor -= less
		off -= less
	}
	g.paid = slices.DeleteFunc(slices.Clone(f.Payments), func(p bill.Payment) bool { return p.Day <= f.LastSafe })
	return true
}

func dayOf(d bill.Day) int { _, _, day := d.Date(); return day }

// freeFrom is the first day on which what was paid bears no interest.
func (g *growth) freeFrom(p bill.Payment) bill.Day {
	if g.r.PaidDayFree {
		return p.Day
	}
	return p.Day + 1
}

// bearing is what bears interest on a day, without what was compounded.
func (g *growth) bearing(day bill.Day) int64 {
	var amount int64
	switch {
	case g.items != nil:
		for _, i := range g.items {
			if i.Posted <= day {
				amount += i.Amount.Minor
			}
		}
		for _, p := range g.paid {
			if g.freeFrom(p) <= day {
				amount -= p.Amount.Minor
			}
		}
	case g.r.Base == BaseOutstanding:
		amount = g.c.f.Outstanding.Minor
		for _, p := range g.paid {
			if g.freeFrom(p) > day {
				amount += p.Amount.Minor
			}
		}
	default:
		amount = g.base
	}
	return max(amount, 0)
}

// closings are the days after which interest is added to what bears it, monthly
// as the contracts of Chinese cards have it: the day
// of the next statement and of each after it, or the day before where the last
// day is free. What is charged only of a late bill is on none before the last
// safe day has passed; what is always charged is on the bill's own statement.
func (g *growth) closings() []bill.Day {
	if g.r.Compound != CompoundMonthly {
		return nil
	}
	anchor, after := g.c.f.Statement, g.c.f.LastSafe
	if !anchor.Known() {
		anchor = g.c.f.Due
	}
	if g.r.When == WhenAlways {
		after = 0
	}
	var days []bill.Day
	for n := 0; ; n++ {
		day := monthDay(anchor, n, dayOf(anchor))
		own := n == 0 && g.r.Start != StartPosting
		if g.r.LastDayFree {
			day--
		}
		switch {
		case !monthDay(anchor, n, 1).Known() || day >= g.last:
			return days
		case day > after && day >= g.first && !own:
			days = append(days, day)
		}
	}
}

// run lets interest grow from day to day over stretches in which neither what
// bears it nor the rate changes; false, with a line, where no rate is known.
func (g *growth) run() bool {
	closings := g.closings()
	starts := []bill.Day{g.first}
	for _, p := range g.paid {
		starts = append(starts, g.freeFrom(p))
	}
	for _, i := range g.items {
		starts = append(starts, i.Posted)
	}
	if g.r.Fix == "" || g.r.Fix == FixSplit {
		for _, d := range g.r.Rates {
			starts = append(starts, d.From)
		}
	}
	for _, d := range closings {
		starts = append(starts, d+1)
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	known := false
	for i, from := range starts {
		if from < g.first || from > g.last {
			continue
		}
		to := g.last
		if i+1 < len(starts) {
			to = min(to, starts[i+1]-1)
		}
		if g.stretch(from, to) {
			known = true
		}
		if slices.Contains(closings, to) && g.sum.Cmp(g.added) > 0 {
			g.added.Set(g.sum)
			g.c.line("compound", g.c.money(g.r.Round.round(g.added)), "day", to.String())
		}
	}
	return known
}

// total is the interest, rounded, within the rule's bounds.
func (g *growth) total() int64 {
	total := g.r.Round.round(g.sum)
	if g.r.Min.Known() && total < g.r.Min.Minor && g.sum.Sign() > 0 {
		total = g.r.Min.Minor
		g.c.line("interest_min", g.r.Min)
	}
	if g.r.Max.Known() && total > g.r.Max.Minor {
		total = g.r.Max.Minor
		g.c.line("interest_max", g.r.Max)
	}
	return total
}
