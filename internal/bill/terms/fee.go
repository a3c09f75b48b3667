package terms

import (
	"strconv"

	"repayd/internal/bill"
)

// fee adds a fee that is charged by the day on.
func (c *calculation) fee(r *Fee, on bill.Day) {
	day := max(c.f.LastSafe+1, c.f.Due+bill.Day(r.After))
	if on < day {
		c.uses(r.Origin)
		return
	}
	if !c.f.breached(r.When, day) {
		c.uses(r.Origin)
		if r.When == WhenMinimumUnpaid && c.f.leftOn(day) > 0 {
			c.line("fee_minimum_met", bill.Money{})
		}
		return
	}
	if !c.repeated(r.Repeat) {
		c.uses(r.Origin)
		return
	}
	if fee, ok := c.amount(&r.Amount, day, "fee"); ok {
		c.uses(r.Origin)
		c.fees += fee
	}
}

// repeated reports whether a rule for who was late before holds, such as the
// higher fee of 12 CFR 1026.52(b)(1)(ii) within six billing cycles. Where that is
// not known it tells of the rule and does not charge it.
func (c *calculation) repeated(r Repeat) bool {
	if r == (Repeat{}) {
		return true
	}
	pairs := []string{"late", strconv.Itoa(r.Late), "within", strconv.Itoa(r.Within)}
	if c.f.Before == nil {
		c.line("repeat_unknown", bill.Money{}, pairs...)
		return false
	}
	late := 0
	for _, p := range c.f.Before[:min(r.Within, len(c.f.Before))] {
		if p.Late {
			late++
		}
	}
	if late < r.Late {
		return false
	}
	c.line("repeat", bill.Money{}, pairs...)
	return true
}

// amount reckons an amount by formula, with the bases as they were when the day
// began; what names its lines. False, and a line, where a base is not known; of
// the lesser of two the known one is the most it can be.
func (c *calculation) amount(a *Amount, day bill.Day, what string) (int64, bool) {
	base, known := c.f.base(a.Base, day)
	if !known && a.Choose == ChooseLesser && a.Flat.Known() {
		c.line(what+"_at_most", a.Flat)
		return a.Flat.Minor, true
	}
	if !known && a.Percent.Known() {
		c.missing("base_unknown", "rate", a.Percent.String())
		return 0, false
	}
	if !known && len(a.Slabs) > 0 {
		c.missing("slabs_unknown")
		return 0, false
	}
	flat := a.Flat.Minor
	if len(a.Slabs) > 0 {
		flat = c.slab(a.Slabs, base, what)
	}
	if !a.Percent.Known() {
		if a.Flat.Known() && flat > 0 {
			c.line(what+"_flat", c.money(flat))
		}
		return flat, true
	}
	share := c.share(a, base, what)
	sum := flat + share
	switch a.Choose {
	case ChooseGreater:
		sum = max(flat, share)
	case ChooseLesser:
		sum = min(flat, share)
	default:
		if a.Flat.Known() && flat > 0 {
			c.line(what+"_flat", c.money(flat))
		}
		return sum, true
	}
	c.line(what+"_"+a.Choose, c.money(sum), "a", c.money(flat).String(), "b", c.money(share).String())
	return sum, true
}

// slab is the amount of the slab in which the base lies, as Indian cards charge
// and as the fixed compensation of the Late Payment of Commercial Debts Act 1998
// goes (40, 70 or 100 pounds).
func (c *calculation) slab(slabs []Slab, base int64, what string) int64 {
	for i, s := range slabs {
		switch {
		case !s.UpTo.Known() && i > 0:
			c.line(what+"_slab_above", c.money(s.Flat.Minor), "base", c.money(base).String(), "above", slabs[i-1].UpTo.String())
			return s.Flat.Minor
		case !s.UpTo.Known():
			c.line(what+"_flat", c.money(s.Flat.Minor))
			return s.Flat.Minor
		case base <= s.UpTo.Minor:
			c.line(what+"_slab", c.money(s.Flat.Minor), "base", c.money(base).String(), "up_to", s.UpTo.String())
			return s.Flat.Minor
		}
	}
	return 0
}

// share is base × percentage, rounded half up and within its bounds, as Chinese
// cards take 5 % of the unpaid minimum and 10.00 at least (2013 convention of the
// China Banking Association and the banks' fee tables); of nothing it is nothing.
func (c *calculation) share(a *Amount, base int64, what string) int64 {
	if base == 0 {
		return 0
	}
	share := RoundHalfUp.round(a.Percent.of(base))
	c.line(what+"_percent", c.money(share), "base", c.money(base).String(), "rate", a.Percent.String())
	if a.Min.Known() && share < a.Min.Minor {
		share = a.Min.Minor
		c.line(what+"_min", a.Min)
	}
	if a.Max.Known() && share > a.Max.Minor {
		share = a.Max.Minor
		c.line(what+"_max", a.Max)
	}
	return share
}

// cap lowers the sum of the fees to what a rule allows: the last one is charged
// in part (Afterpay, help.afterpay.com/hc/en-au/articles/360016272971), and none
// exceeds the minimum due (12 CFR 1026.52(b)(2)). A cap that cannot be reckoned leaves them, the dear side.
func (c *calculation) cap(r *FeeCap) {
	scratch := calculation{f: c.f}
	most, ok := scratch.amount(&r.Amount, c.f.LastSafe+1, "amount")
	if !ok {
		c.line("cap_unknown", bill.Money{})
		return
	}
	c.uses(r.Origin)
	if r.PerOrder && c.f.OrderFees.Known() {
		most -= c.f.OrderFees.Minor
		scratch.line("cap_order", c.money(max(most, 0)), "before", c.f.OrderFees.String())
	}
	if most = max(most, 0); c.fees > most {
		c.fees = most
		c.e.Lines = append(c.e.Lines, scratch.e.Lines...)
		c.line("cap", c.money(most))
	}
}

// Offer is what putting a bill off would cost, and until when.
type Offer struct {
	Until  bill.Day   `json:"until"`
	Fee    bill.Money `json:"fee"`
	Lines  []Line     `json:"lines,omitempty"`
	Origin Origin     `json:"origin"`
}

// Offers are the ways to put the bill off that the issuer sells, as of today.
func (t *Terms) Offers(f Facts, today bill.Day) []Offer {
	var out []Offer
	for i := range t.Extensions {
		r := &t.Extensions[i]
		c := calculation{f: f}
		if !c.in(r.Currency) || !f.Due.Known() || !f.Outstanding.Known() {
			continue
		}
		if fee, ok := c.amount(&r.Amount, today, "amount"); ok {
			out = append(out, Offer{Until: f.Due + bill.Day(r.Days), Fee: c.money(fee), Lines: c.e.Lines, Origin: r.Origin})
		}
	}
	return out
}
