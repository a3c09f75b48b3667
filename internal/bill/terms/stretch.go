package terms

import (
	"cmp"
	"math/big"
	"strconv"
	"strings"

	"repayd/internal/bill"
)

// stretch adds the interest from a day to another, both counted: what bears
// interest × rate × days, ÷ the days of a year for a rate a year: simple
// interest as statutes have it (SI 2002/1675, directive 2011/7/EU) and issuers
// print it. Penalty interest has a factor (1.3 to 1.5 of the contract's rate by
// 银发〔2003〕251号); Japanese cards count in units of 1000 yen. False, and a
// line, where the rate is not known.
func (g *growth) stretch(from, to bill.Day) bool {
	base := g.bearing(from)
	if u := g.r.Unit; u.Known() && base%u.Minor != 0 {
		base -= base % u.Minor
		g.c.line("interest_unit", g.c.money(base), "unit", u.String())
	}
	rate, ok := g.rate(from)
	if !ok {
		g.c.missing("rate_unknown", "day", from.String())
		return false
	}
	bears := new(big.Rat).SetInt64(base)
	if bears.Add(bears, g.added).Sign() == 0 {
		return true
	}
	g.grow(bears, rate, from, to)
	return true
}

// grow adds the interest on what bears it and tells how it comes about.
func (g *growth) grow(bears *big.Rat, rate Rate, from, to bill.Day) {
	days, part := g.days(from, to)
	sum := new(big.Rat).Mul(bears, rate.share)
	pairs := []string{"base", g.c.money(RoundHalfUp.round(bears)).String(), "rate", rate.String(), "days", strconv.FormatInt(days, 10),
		"from", from.String(), "to", to.String()}
	code := "interest_day"
	if !g.r.daily() {
		code = "interest_year"
		pairs = append(pairs, "year", strings.TrimPrefix(string(cmp.Or(g.r.DayCount, Year365)), "30/"))
	}
	if g.r.DayCount == Actual {
		code = "interest_year_actual"
	}
	if g.r.Factor.Known() {
		sum.Mul(sum, g.r.Factor.share)
		code += "_factor"
		pairs = append(pairs, "factor", g.r.Factor.String())
	}
	sum.Mul(sum, part)
	if day, least, set := g.oneDay(sum, days); set {
		sum.SetInt64(day * days)
		pairs = append(pairs, "each", g.c.money(day).String())
		if code += "_each"; least {
			code = "interest_day_least"
		}
	}
	g.sum.Add(g.sum, sum)
	g.c.line(code, g.c.money(g.r.Round.round(sum)), pairs...)
}

// oneDay is the interest of one of the days, where the rule sets it to whole
// minor units: as the least of a day (JD Baitiao charges 0.01), or by rounding
// it, as the example of Paidnice does for English statutory interest
// (support.paidnice.com/en/articles/11600906).
func (g *growth) oneDay(sum *big.Rat, days int64) (minor int64, least, set bool) {
	if !g.r.RoundDaily && !g.r.MinDay.Known() || sum.Sign() == 0 || days == 0 {
		return 0, false, false
	}
	day := new(big.Rat).Quo(sum, new(big.Rat).SetInt64(days))
	if day.Cmp(new(big.Rat).SetInt64(g.r.MinDay.Minor)) < 0 {
		return g.r.MinDay.Minor, true, true
	}
	return g.r.Round.round(day), false, g.r.RoundDaily
}

// daily reports whether the rate is one a day.
func (n *Interest) daily() bool { return n.Per == PerDay || n.Per == "" && n.DayCount == "" }

// days counts the days of a stretch and, for a rate a year, their part of one.
// Where interest starts the day after an event its days end with their date;
// where it starts with the event they begin with it.
func (g *growth) days(from, to bill.Day) (int64, *big.Rat) {
	begin, end := from-1, to
	if g.r.Start == StartDue || g.r.Start == StartStatement || g.r.Start == StartPosting {
		begin, end = from, to+1
	}
	days := g.r.DayCount.days(begin, end)
	if g.r.daily() {
		return days, new(big.Rat).SetInt64(days)
	}
	return days, g.r.DayCount.fraction(begin, end)
}

// rateText is the rate as the rule writes it, for want of one that holds.
func (n *Interest) rateText() string {
	if len(n.Rates) > 0 {
		return n.Rates[len(n.Rates)-1].Rate.String()
	}
	return n.Rate.String()
}

// rate is what holds on a day, a day's or a year's, and how it came about where
// it is not simply written; false where none is known. English law keeps the
// rate of the half-year in which interest starts (SI 2002/1675), Ireland takes
// that of the day of payment (enterprise.gov.ie), Belgium rounds up to the next
// half point.
func (g *growth) rate(day bill.Day) (Rate, bool) {
	n, rate, from := g.r, g.r.Rate, bill.Day(0)
	switch n.Fix {
	case FixStart:
		day = g.first
	case FixPayment:
		day = g.on
	}
	for _, d := range n.Rates {
		if d.From <= day {
			rate, from = d.Rate, d.From
		}
	}
	if !rate.Known() {
		return Rate{}, false
	}
	plain := rate
	if n.Margin.Known() {
		rate = shown(new(big.Rat).Add(rate.share, n.Margin.share))
	}
	if n.RateStep.Known() {
		steps := RoundUp.round(new(big.Rat).Quo(rate.share, n.RateStep.share))
		rate = shown(new(big.Rat).Mul(n.RateStep.share, new(big.Rat).SetInt64(steps)))
	}
	if g.told.text != plain.text || g.since != from {
		g.told, g.since = plain, from
		g.explainRate(plain, rate, from)
	}
	if n.Per == PerMonth {
		year := shown(new(big.Rat).Mul(rate.share, big.NewRat(12, 1)))
		if !g.monthTold {
			g.monthTold = true
			g.c.line("rate_month", bill.Money{}, "rate", rate.String(), "year", year.String())
		}
		rate = year
	}
	return rate, true
}

// explainRate tells of a dated rate since when it holds, and what was added.
func (g *growth) explainRate(plain, rate Rate, from bill.Day) {
	n := g.r
	switch {
	case !from.Known():
	case n.Margin.Known():
		pairs := []string{"reference", n.Reference, "rate", plain.String(), "from", from.String(), "margin", n.Margin.String(), "sum", rate.String()}
		if n.RateStep.Known() {
			g.c.line("rate_margin_step", bill.Money{}, append(pairs, "step", n.RateStep.String())...)
			return
		}
		g.c.line("rate_margin", bill.Money{}, pairs...)
	default:
		g.c.line("rate_since", bill.Money{}, "rate", rate.String(), "from", from.String())
	}
}
