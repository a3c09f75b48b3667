package terms

import (
	"errors"
	"fmt"

	"repayd/internal/bill"
)

// Interest grows day by day on Base. The day on which money is paid bears
// interest, unless PaidDayFree; so does the last day, the one for which it is
// reckoned, unless LastDayFree. Within the grace nothing is charged; beyond it
// from Start on, which may lie before the grace (retroactively) or even before
// the due date.
type Interest struct {
	Origin
	Condition
	Currency string

	// Rate holds from From until Until, both counted; unknown = always. Rates,
	// in its place, are effective-dated, and Fix says which of them holds.
	Rate        Rate
	From, Until bill.Day
	Rates       []RateFrom
	Fix         Fix
	// Reference names whose rates Rates are; Margin is added to them, and the sum
	// rounded up to a multiple of RateStep.
	Reference        string
	Margin, RateStep Rate
	Per              Per
	DayCount         DayCount
	Factor           Rate // multiplies the rate: 1.5 for penalty interest

	Base  Base
	Unit  bill.Money // only whole multiples of it bear interest
	Start Start

	PaidDayFree, LastDayFree bool
	// Compound adds what has grown to what bears interest, monthly: on the day of
	// the month of the statement, else of the due date.
	Compound Compound

	// MinDay is the least of one day, Min of the whole, once any is charged; Max
	// the most of the whole.
	MinDay, Min, Max bill.Money
	// Round is the rule's one rounding, to whole minor units: of the whole, or
	// RoundDaily, of each day's interest.
	Round      Rounding
	RoundDaily bool
}

// RateFrom is a rate that holds from a day on, until the next one does.
type RateFrom struct {
	From bill.Day
	Rate Rate
}

// Fix is which of several dated rates holds.
type Fix string

// The ways to fix a rate: each for its own days; the one of the day on which
// interest starts, for all; the one of the day of payment, for all.
const (
	FixSplit   Fix = "split"
	FixStart   Fix = "start"
	FixPayment Fix = "payment"
)

// Per is the time that a rate is for.
type Per string

// The times of rates; "" is a year where there is a DayCount, else a day. A
// month's rate is a twelfth of a year's.
const (
	PerDay   Per = "day"
	PerMonth Per = "month"
	PerYear  Per = "year"
)

// Start is the first day that bears interest.
type Start string

// The starts: the day after the due date (the default, ""), the due date itself, the day
// after the last safe day, the statement date, the day after it, and the
// posting day of each item of the statement.
const (
	StartAfterDue       Start = "after_due"
	StartDue            Start = "due"
	StartAfterGrace     Start = "after_grace"
	StartStatement      Start = "statement"
	StartAfterStatement Start = "after_statement"
	StartPosting        Start = "posting"
)

// Compound is how often interest bears interest.
type Compound string

// CompoundMonthly is the only way to compound; "" is not at all.
const CompoundMonthly Compound = "monthly"

// Rounding is how a fraction of a minor unit is rounded; "" is half up.
type Rounding string

// The roundings.
const (
	RoundHalfUp Rounding = "half_up"
	RoundDown   Rounding = "down"
	RoundUp     Rounding = "up"
)

func (n *Interest) lint() error {
	if err := errors.Join(n.Condition.lint(), n.lintRate(), n.Base.lint(BaseStatement), n.lintWords(), n.DayCount.lint(n.Per)); err != nil {
		return err
	}
	switch {
	case n.Base == BaseStatement && n.Start != StartPosting:
		return errors.New("the base statement is for interest that starts with posting; write start: posting")
	case n.Start == StartPosting && n.Base != BaseStatement && n.Base != BaseOutstanding:
		return errors.New("interest from posting is on the base statement or outstanding")
	case n.Min.Known() && n.Max.Known() && n.Min.Minor > n.Max.Minor:
		return fmt.Errorf("the least, %s, is more than the most, %s", n.Min, n.Max)
	case (n.RoundDaily || n.MinDay.Known()) && n.DayCount != "" && n.DayCount != Year360 && n.DayCount != Year365:
		return errors.New("round_at: day and min_day need days of one length; write year_days: 365 or 360")
	case n.Unit.Known() && n.Unit.Minor == 0:
		return errors.New("unit: write an amount of more than nothing")
	}
	return inCurrency(n.Currency, n.MinDay, n.Min, n.Max, n.Unit)
}

func (n *Interest) lintRate() error {
	switch {
	case n.Rate.Known() == (len(n.Rates) > 0):
		return errors.New("write either a rate, such as 0.05%, or rates with the day each holds from")
	case n.Rate.Known() && (n.Fix != "" || n.Margin.Known() || n.RateStep.Known() || n.Reference != ""):
		return errors.New("fix, reference, margin and rate_step are for dated rates; write rates")
	case len(n.Rates) > 0 && (n.From.Known() || n.Until.Known()):
		return errors.New("dated rates have days of their own; remove from and until")
	case n.From.Known() && n.Until.Known() && n.Until < n.From:
		return fmt.Errorf("it ends on %s before it begins on %s", n.Until, n.From)
	case n.RateStep.Known() && n.RateStep.share.Sign() == 0:
		return errors.New("rate_step: write more than nothing")
	}
	for i, r := range n.Rates {
		switch {
		case !r.From.Known() || !r.Rate.Known():
			return fmt.Errorf("rate %d needs its rate and the day it holds from", i+1)
		case i > 0 && r.From <= n.Rates[i-1].From:
			return fmt.Errorf("two rates for one time: the one from %s stands after the one from %s", r.From, n.Rates[i-1].From)
		}
	}
	return nil
}

func (n *Interest) lintWords() error {
	switch n.Fix {
	case "", FixSplit, FixStart, FixPayment:
	default:
		return fmt.Errorf("%q is no way to fix a rate; write split, start or payment", n.Fix)
	}
	switch n.Start {
	case "", StartAfterDue, StartDue, StartAfterGrace, StartStatement, StartAfterStatement, StartPosting:
	default:
		return fmt.Errorf("%q is no start; write after_due, due, after_grace, statement, after_statement or posting", n.Start)
	}
	switch n.Round {
	case "", RoundHalfUp, RoundDown, RoundUp:
	default:
		return fmt.Errorf("%q is no rounding; write half_up, down or up", n.Round)
	}
	if n.Compound != "" && n.Compound != CompoundMonthly {
		return fmt.Errorf("%q: interest is compounded monthly or not at all", n.Compound)
	}
	return nil
}

// overlaps reports whether two rules charge the same thing at one time: of
// dated rules of one kind only one may hold on a day.
func (n *Interest) overlaps(o *Interest) bool {
	dated := func(n *Interest) bool { return n.From.Known() || n.Until.Known() }
	if !dated(n) && !dated(o) || n.Currency != o.Currency || n.Base != o.Base || n.Start != o.Start || n.Condition != o.Condition {
		return false
	}
	return !(n.Until.Known() && n.Until < o.From || o.Until.Known() && o.Until < n.From)
}
