package terms

import (
	"errors"
	"fmt"

	"repayd/internal/bill"
)

// Minimum is how the least amount to pay follows from the parts of a statement:
// the sum of Parts, at least Floor and at most everything, which is also due
// where it is not more than AllBelow.
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
