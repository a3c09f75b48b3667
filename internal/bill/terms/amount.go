package terms

import (
	"errors"
	"fmt"

	"repayd/internal/bill"
)

// Base is the amount that a rule takes its share of.
type Base string

// The bases. Outstanding is what is left to pay; minimum what is left of the
// minimum, as it stood on the last safe day; minimum_due the whole minimum and
// amount_due the whole amount, whatever was paid of them. Order is the amount of
// the order that the bill is one part of. Accelerated is all that falls due with
// a late bill: the whole unpaid principal and the fees of coming instalments.
// Statement, for interest from posting, is the whole statement, of which what
// was paid in time bears interest until it was paid.
const (
	BaseOutstanding Base = "outstanding"
	BaseMinimum     Base = "minimum"
	BaseMinimumDue  Base = "minimum_due"
	BaseAmountDue   Base = "amount_due"
	BaseOrder       Base = "order"
	BaseAccelerated Base = "accelerated"
	BaseStatement   Base = "statement"
)

func (b Base) lint(also ...Base) error {
	for _, known := range append(also, BaseOutstanding, BaseMinimum, BaseMinimumDue, BaseAmountDue, BaseOrder, BaseAccelerated) {
		if b == known {
			return nil
		}
	}
	return fmt.Errorf("%q is no base; write outstanding, minimum, minimum_due, amount_due, order or accelerated", b)
}

// The ways to choose between an amount and a share.
const (
	ChooseGreater = "greater"
	ChooseLesser  = "lesser"
)

// Amount is a sum by formula: Flat, or the Slab that Base lies in, and Percent
// of Base, which is added or, with Choose, taken if greater or lesser. Min and
// Max bound the share.
type Amount struct {
	Flat     bill.Money
	Slabs    []Slab // from the lowest up; they stand in place of Flat
	Percent  Rate
	Base     Base
	Choose   string
	Min, Max bill.Money
}

// Slab is the amount for a base up to and with UpTo; the last one, without
// UpTo, is for all above.
type Slab struct {
	UpTo bill.Money
	Flat bill.Money
}

func (a *Amount) lint(currency string) error {
	flat := a.Flat.Known() || len(a.Slabs) > 0
	switch {
	case !flat && !a.Percent.Known():
		return errors.New("neither an amount nor a percentage; write one")
	case a.Flat.Known() && len(a.Slabs) > 0:
		return errors.New("an amount and slabs; write one of them")
	case a.Choose != "" && (a.Choose != ChooseGreater && a.Choose != ChooseLesser || !flat || !a.Percent.Known()):
		return errors.New("choose greater or lesser of an amount and a percentage")
	case a.Min.Known() && a.Max.Known() && a.Min.Minor > a.Max.Minor:
		return fmt.Errorf("the least, %s, is more than the most, %s", a.Min, a.Max)
	case (a.Min.Known() || a.Max.Known()) && !a.Percent.Known():
		return errors.New("min and max bound a percentage, and there is none")
	}
	if a.Percent.Known() || len(a.Slabs) > 0 {
		if err := a.Base.lint(); err != nil {
			return err
		}
	}
	if err := lintSlabs(a.Slabs, currency); err != nil {
		return err
	}
	return inCurrency(currency, a.Flat, a.Min, a.Max)
}

func lintSlabs(slabs []Slab, currency string) error {
	for i, s := range slabs {
		last := i == len(slabs)-1
		switch {
		case !s.Flat.Known():
			return fmt.Errorf("slab %d has no amount; write flat, also where it is 0", i+1)
		case last && s.UpTo.Known():
			return fmt.Errorf("the slabs leave a gap: nothing is said of more than %s; write a last one without up_to", s.UpTo)
		case !last && !s.UpTo.Known():
			return fmt.Errorf("slab %d has no up_to; only the last one has none", i+1)
		case i > 0 && !last && s.UpTo.Minor <= slabs[i-1].UpTo.Minor:
			return fmt.Errorf("slab %d ends at %s, where the one before it has ended; write them from the lowest up", i+1, s.UpTo)
		}
		if err := inCurrency(currency, s.UpTo, s.Flat); err != nil {
			return err
		}
	}
	return nil
}

func inCurrency(currency string, all ...bill.Money) error {
	for _, m := range all {
		switch {
		case m.Known() && m.Currency != currency:
			return fmt.Errorf("%s is not in %q, the currency of the rule", m, currency)
		case m.Minor < 0:
			return fmt.Errorf("%s is less than nothing", m)
		}
	}
	return nil
}
