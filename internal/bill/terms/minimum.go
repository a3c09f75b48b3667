package terms

import (
	"errors"
	"fmt"
	"math/big"

	"repayd/internal/bill"
)

// Minimum is how the least amount to pay follows from the parts of a statement:
// the sum of Parts, at least Floor and at most everything. Everything is due,
// too, where the parts that are otherwise due in part only are together not more
// than AllBelow.
type Minimum struct {
	Origin
	Currency string
	Parts    []MinimumPart
	Floor    bill.Money
	AllBelow bill.Money
}

// MinimumPart is the percentage of one part of a statement that is due.
type MinimumPart struct {
	Of      Part
	Percent Rate
}

// Part is a part of a statement.
type Part string

// The parts of a statement.
const (
	PartPurchases     Part = "purchases"      // what was bought and is due
	PartCash          Part = "cash"           // cash taken
	PartUsed          Part = "used"           // the whole limit used
	PartInstalments   Part = "instalments"    // instalments that are due
	PartUnpaidMinimum Part = "unpaid_minimum" // of the bills before
	PartOverLimit     Part = "over_limit"
	PartFees          Part = "fees"
	PartInterest      Part = "interest"
)

func (p Part) known() bool {
	switch p {
	case PartPurchases, PartCash, PartUsed, PartInstalments, PartUnpaidMinimum, PartOverLimit, PartFees, PartInterest:
		return true
	}
	return false
}

func (m *Minimum) lint() error {
	if len(m.Parts) == 0 {
		return errors.New("no parts; write for example [{percent: 10%, of: purchases}, {percent: 100%, of: fees}]")
	}
	seen := map[Part]bool{}
	for _, p := range m.Parts {
		switch {
		case !p.Of.known():
			return fmt.Errorf("%q is no part; write purchases, cash, used, instalments, unpaid_minimum, over_limit, fees or interest", p.Of)
		case seen[p.Of]:
			return fmt.Errorf("%s stands twice", p.Of)
		case !p.Percent.Known():
			return fmt.Errorf("%s: no percentage; write it as 10%%", p.Of)
		}
		seen[p.Of] = true
	}
	return inCurrency(m.Currency, m.Floor, m.AllBelow)
}

// MinimumOf is the least to pay of a statement in the currency, with a line for
// each part, as banks print the formula on their statements; false where no rule
// is known, or a part that it needs. The sum is rounded once, half up.
func (t *Terms) MinimumOf(currency string, parts map[Part]bill.Money) (bill.Money, []Line, bool) {
	c := calculation{f: Facts{Currency: currency}}
	for i := range t.Minimum {
		m := &t.Minimum[i]
		if !c.in(m.Currency) {
			continue
		}
		least, ok := c.minimum(m, parts)
		if !ok {
			return bill.Money{}, c.e.Lines, false
		}
		return c.money(least), c.e.Lines, true
	}
	return bill.Money{}, nil, false
}

func (c *calculation) minimum(m *Minimum, parts map[Part]bill.Money) (int64, bool) {
	sum := new(big.Rat)
	var all, inPart int64
	for _, p := range m.Parts {
		of, ok := parts[p.Of]
		if !ok || of.Currency != c.f.Currency {
			c.missing("minimum_unknown")
			return 0, false
		}
		share := p.Percent.of(of.Minor)
		sum.Add(sum, share)
		all += of.Minor
		if p.Percent.share.Cmp(big.NewRat(1, 1)) < 0 {
			inPart += of.Minor
		}
		c.line("minimum_"+string(p.Of), c.money(RoundHalfUp.round(share)), "base", of.String(), "rate", p.Percent.String())
	}
	least := RoundHalfUp.round(sum)
	switch {
	case m.AllBelow.Known() && inPart <= m.AllBelow.Minor && least < all:
		c.line("minimum_all", c.money(all), "below", m.AllBelow.String())
		return all, true
	case m.Floor.Known() && least < m.Floor.Minor:
		c.line("minimum_floor", m.Floor)
		least = m.Floor.Minor
	}
	return max(min(least, all), 0), true
}
