package terms

import (
	"errors"
	"fmt"
	"time"

	"repayd/internal/bill"
)

// Trigger is the event that a due date follows.
type Trigger string

// The triggers.
const (
	FromStatement    Trigger = "statement"
	FromInvoice      Trigger = "invoice"
	FromReceipt      Trigger = "receipt"      // of the goods
	FromConfirmation Trigger = "confirmation" // of their receipt
	FromShipment     Trigger = "shipment"
	FromPurchase     Trigger = "purchase"
	FromPrevious     Trigger = "previous" // the instalment before
)

// Shift is what a due date on a day off does.
type Shift string

// The shifts: it stays (the default, ""); to the next working day; to the one
// before; to the next, but the one before where that is of the next month.
const (
	ShiftNone      Shift = "none"
	ShiftFollowing Shift = "following"
	ShiftPreceding Shift = "preceding"
	ShiftModified  Shift = "modified_following"
)

// Due is how a due date follows from a day of the issuer's: so many Days or
// Months after it, on the first Day of a month after it, or in the Months-th
// month after it on Day; by Map, whose day is that of its day of the month; or
// on the last working day of the month. A month that lacks the day has its last
// one in its place.
type Due struct {
	Origin
	From        Trigger
	Days        int
	Months      *int
	Day         int
	Map         map[int]int
	LastWorkday bool
	Shift       Shift
}

// maxTerm bounds a term of payment, in days.
const maxTerm = 730

func (d *Due) lint() error {
	switch d.From {
	case FromStatement, FromInvoice, FromReceipt, FromConfirmation, FromShipment, FromPurchase, FromPrevious:
	default:
		return fmt.Errorf("due: %q is no event; write from: statement, invoice, receipt, confirmation, shipment, purchase or previous", d.From)
	}
	switch d.Shift {
	case "", ShiftNone, ShiftFollowing, ShiftPreceding, ShiftModified:
	default:
		return fmt.Errorf("due: %q is no shift; write none, following, preceding or modified_following", d.Shift)
	}
	ways := 0
	for _, set := range []bool{d.Days != 0, d.Day != 0 || d.Months != nil && !d.LastWorkday, len(d.Map) > 0, d.LastWorkday} {
		if set {
			ways++
		}
	}
	switch {
	case ways != 1:
		return errors.New("due: write one of days, day (with or without months), months, map or last_workday")
	case d.Days < 0 || d.Days > maxTerm || d.Day < 0 || d.Day > 31 || d.Months != nil && (*d.Months < 0 || *d.Months > 24):
		return fmt.Errorf("due: write up to %d days, a day of 1 to 31, up to 24 months", maxTerm)
	}
	for from, to := range d.Map {
		if from < 1 || from > 31 || to < 1 || to > 31 {
			return fmt.Errorf("due: map: %d: %d are no days of a month", from, to)
		}
	}
	return nil
}

// On is the due date that follows from the day from; false where the rule says
// nothing of it. The working days are those of the issuer's country.
func (d *Due) On(from bill.Day, country string, w bill.Workdays) (bill.Day, bool) {
	if !from.Known() {
		return 0, false
	}
	_, _, of := from.Date()
	due := from + bill.Day(d.Days)
	switch {
	case d.LastWorkday:
		due = ShiftPreceding.move(monthDay(from, d.months(), 31), country, w)
	case len(d.Map) > 0:
		to, ok := d.Map[of]
		if !ok {
			return 0, false
		}
		due = firstAfter(from, to)
	case d.Months != nil && d.Day == 0:
		due = monthDay(from, *d.Months, of)
	case d.Months != nil:
		due = monthDay(from, *d.Months, d.Day)
	case d.Day > 0:
		due = firstAfter(from, d.Day)
	}
	return d.Shift.move(due, country, w), true
}

// NeedsWorkdays reports whether the rule asks for working days.
func (d *Due) NeedsWorkdays() bool {
	return d.LastWorkday || d.Shift != "" && d.Shift != ShiftNone
}

func (d *Due) months() int {
	if d.Months == nil {
		return 0
	}
	return *d.Months
}

// monthDay is the day of the month n months after that of from, or its last.
func monthDay(from bill.Day, n, day int) bill.Day {
	year, month, _ := from.Date()
	first := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	for ; ; day-- {
		if d, ok := bill.NewDay(first.Year(), first.Month(), day); ok || day < 1 {
			return d
		}
	}
}

// firstAfter is the first such day of a month after from.
func firstAfter(from bill.Day, day int) bill.Day {
	if d := monthDay(from, 0, day); d > from {
		return d
	}
	return monthDay(from, 1, day)
}

func (s Shift) move(d bill.Day, country string, w bill.Workdays) bill.Day {
	if s == "" || s == ShiftNone || w.IsWorkday(country, d) {
		return d
	}
	next := w.After(country, d)
	_, of, _ := d.Date()
	if _, month, _ := next.Date(); s == ShiftPreceding || s == ShiftModified && month != of {
		return w.Before(country, d)
	}
	return next
}
