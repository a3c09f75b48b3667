package terms

import (
	"errors"
	"fmt"

	"repayd/internal/bill"
)

// Terms are an issuer's rules for what is late. Every rule carries its source,
// date and certainty; one with a currency holds for that currency only.
type Terms struct {
	Issuer     string
	Fees       []Fee
	Interest   []Interest
	Milestones []Milestone
	// Consequences are codes of what lateness does besides costing money.
	Consequences []string
	Debit        Debit
	Contacts     []Contact
}

// Base is the amount that a fee or interest is a share of.
type Base string

// The bases: all that is left; what is left of the minimum, as it stood on the
// last safe day; the whole amount due, whatever was paid of it.
const (
	BaseOutstanding Base = "outstanding"
	BaseMinimum     Base = "minimum"
	BaseAmountDue   Base = "amount_due"
)

// Fee is charged once: Flat, Percent of Base, or both by Choose. Min and Max
// bound the share. Fees of several stages are several rules.
type Fee struct {
	Origin
	Currency string
	// After is how many days after the due date it is charged; 0 = as soon as
	// the last safe day has passed.
	After   int
	Flat    bill.Money
	Percent Rate
	Base    Base
	// Choose is "greater" or "lesser" of Flat and the share; "" adds them.
	Choose   string
	Min, Max bill.Money
}

// Interest grows from the day after the due date to the day of payment, both
// counted; within the grace it is not charged, and beyond it from the due date
// on, unless AfterGrace.
type Interest struct {
	Origin
	Currency string
	Rate     Rate
	// YearDays makes Rate a yearly one over so many days (360, 365); 0 = daily.
	YearDays   int
	Factor     Rate // multiplies the rate: 1.5 for penalty interest
	Base       Base
	AfterGrace bool
	Min        bill.Money // of the whole, once any is charged
	RoundDown  bool
	// From and Until are the first and last day for which the rate holds;
	// unknown = always. Periods of different rates are several rules.
	From, Until bill.Day
}

// Milestone is a consequence with a day of its own, After days behind the due
// date.
type Milestone struct {
	Origin
	Name  string
	After int
}

// Debit is how the issuer takes its money where the bill is on autopay.
type Debit struct {
	Origin
	// Offered: the issuer has autopay.
	Offered bool
	// Order names what it debits, in its order; Note its limits.
	Order, Note string
	// ConfirmDays is within how many days a confirmation comes; 0 = 1.
	ConfirmDays int
}

// Lint reports every contradiction in the rules.
func (t *Terms) Lint() []error {
	var errs []error
	add := func(what string, i int, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %d: %w", what, i+1, err))
		}
	}
	for i, f := range t.Fees {
		add("fee", i, f.lint())
		add("fee", i, f.Origin.lint())
	}
	for i, n := range t.Interest {
		add("interest", i, n.lint())
		add("interest", i, n.Origin.lint())
	}
	for i, m := range t.Milestones {
		if m.After < 0 {
			add("milestone", i, fmt.Errorf("%s lies before the due date", m.Name))
		}
		add("milestone", i, m.Origin.lint())
	}
	return errs
}

func (f *Fee) lint() error {
	switch {
	case !f.Flat.Known() && !f.Percent.Known():
		return errors.New("neither an amount nor a percentage; write one")
	case f.Percent.Known() && !f.Base.known():
		return fmt.Errorf("%q is no base; write outstanding, minimum or amount_due", f.Base)
	case f.Choose != "" && (f.Choose != "greater" && f.Choose != "lesser" || !f.Flat.Known() || !f.Percent.Known()):
		return errors.New("choose greater or lesser of an amount and a percentage")
	case f.Min.Known() && f.Max.Known() && f.Min.Minor > f.Max.Minor:
		return fmt.Errorf("the least, %s, is more than the most, %s", f.Min, f.Max)
	case f.After < 0:
		return errors.New("nothing is charged before the due date")
	}
	for _, m := range []bill.Money{f.Flat, f.Min, f.Max} {
		if m.Known() && m.Currency != f.Currency {
			return fmt.Errorf("%s is not in %q, the currency of the rule", m, f.Currency)
		}
	}
	return nil
}

func (n *Interest) lint() error {
	switch {
	case !n.Rate.Known():
		return errors.New("no rate; write it as 0.05%")
	case !n.Base.known():
		return fmt.Errorf("%q is no base; write outstanding, minimum or amount_due", n.Base)
	case n.YearDays != 0 && n.YearDays != 360 && n.YearDays != 365:
		return fmt.Errorf("a year of %d days; write 360 or 365", n.YearDays)
	case n.From.Known() && n.Until.Known() && n.Until < n.From:
		return fmt.Errorf("it ends on %s before it begins on %s", n.Until, n.From)
	case n.Min.Known() && n.Min.Currency != n.Currency:
		return fmt.Errorf("%s is not in %q, the currency of the rule", n.Min, n.Currency)
	}
	return nil
}

func (b Base) known() bool { return b == BaseOutstanding || b == BaseMinimum || b == BaseAmountDue }

// lint wants a source, and a certainty that exists: a rule without them must
// not be told to anybody.
func (o Origin) lint() error {
	switch o.Certainty {
	case Owner:
		return nil // the owner's word needs no other
	case Law, Official, Secondary, Hearsay, Contradictory:
	default:
		return fmt.Errorf("%q is no certainty; write law, official, secondary, hearsay or contradictory", o.Certainty)
	}
	if o.Source == "" || o.AsOf == "" {
		return errors.New("a rule needs its source and as_of, the day it was seen")
	}
	return nil
}
