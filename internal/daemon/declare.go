package daemon

import (
	"context"
	"fmt"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// declareAhead is how far ahead the schedules' due dates are bills. Longer
// than the longest ladder and at least 30 days, so that a monthly bill is
// always there.
const declareAhead = 35

// declare takes in the bills that the configuration says are owed, up to the
// horizon, and the next one of each schedule whenever that is.
func (d *daemon) declare(ctx context.Context) error {
	return d.store.Update(ctx, func(tx *store.Tx) error {
		today := bill.DayOf(tx.Now().In(d.cfg.Zone))
		for _, b := range d.cfg.Bills {
			for _, due := range dueDates(b, today, ahead(d.cfg.Reminders)) {
				if _, err := d.in.Declare(tx, declared(b, due)); err != nil {
					return fmt.Errorf("declared bill %s: %w", b.Name, err)
				}
			}
		}
		return nil
	})
}

// ahead is how many days before its due date a declared bill must be known:
// its first step, and at least declareAhead.
func ahead(policies []plan.Policy) bill.Day {
	most := declareAhead
	for _, p := range policies {
		for _, s := range p.Steps {
			most = max(most, 5-s.Offset)
		}
	}
	return bill.Day(most)
}

// dueDates are the schedule's days from today on. The schedule is asked in
// UTC, where no clock change skips a midnight.
func dueDates(b config.DeclaredBill, today, ahead bill.Day) []bill.Day {
	clock, _ := bill.NewClock(0, 0)
	at := today.At(clock, time.UTC).Add(-time.Second)
	var days []bill.Day
	for range 400 {
		at = b.Schedule.Next(at)
		if at.IsZero() || bill.DayOf(at) > today+ahead {
			break
		}
		if day := bill.DayOf(at); len(days) == 0 || days[len(days)-1] != day {
			days = append(days, day)
		}
	}
	return days
}

// declared is the notice that a schedule's due date stands for. Its id is the
// name and the date, so that declaring it again is known.
func declared(b config.DeclaredBill, due bill.Day) bill.Notice {
	by := bill.Evidence{Part: "configuration", Text: b.Name + ": " + b.Spec}
	n := bill.Notice{
		ID: "declared-" + b.Name + "-" + due.String(), Issuer: b.Name, IssuerName: b.Name, Account: b.Account,
		Currency: b.Amount.Currency, AmountDue: b.Amount, DueDate: due,
		Evidence: map[bill.Field]bill.Evidence{bill.FieldDueDate: by, bill.FieldAmountDue: by},
	}
	if b.Grace != nil {
		n.LastSafeDay = due + bill.Day(*b.Grace)
		n.Evidence[bill.FieldLastSafeDay] = by
	}
	return n
}
