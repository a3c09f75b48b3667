package terms

import (
	"errors"
	"fmt"
)

// Terms are an issuer's rules: how a due date follows, how long paying after it
// is harmless, the least to pay, and what lateness does. Every rule carries its
// source, date and certainty; one with a currency holds for that currency only.
type Terms struct {
	Issuer     string
	Due        []Due
	Grace      *Grace
	Transfer   *Transfer
	Minimum    []Minimum
	Fees       []Fee
	FeeCaps    []FeeCap
	Interest   []Interest
	Extensions []Extension
	Milestones []Milestone
	// Consequences are codes of what lateness does besides costing money.
	Consequences []string
	Debit        Debit
	Contacts     []Contact
}

// Transfer is how long money is under way to the issuer: so many working days
// after the one it is sent on.
type Transfer struct {
	Origin
	Workdays int
}

// Fee is charged once; fees of several stages are several rules, and one for
// those who were late before is a rule of its own, added to the others.
type Fee struct {
	Origin
	Condition
	Amount
	Currency string
	// After is how many days after the due date it is charged; 0 = as soon as
	// the last safe day has passed.
	After int
}

// FeeCap bounds the sum of all fees of a bill; the last fee is charged in part.
// PerOrder, the fees of the order's other bills count too.
type FeeCap struct {
	Origin
	Amount
	Currency string
	PerOrder bool
}

// Extension is what putting a bill off costs, for Days each time, at most Times.
type Extension struct {
	Origin
	Amount
	Currency string
	Days     int
	Times    int // 0 = not known
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
	// ConfirmDays is within how many days a confirmation comes; before they are
	// over nobody is asked whether it was taken. 0 = not known.
	ConfirmDays int
}

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
