package daemon

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/robfig/cron/v3"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/config"
	"repayd/internal/issuer"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// declareAhead is how far ahead the schedules' due dates are bills. Longer
// than the longest ladder and at least 30 days, so that a monthly bill is
// always there.
const declareAhead = 35

// declare takes in the bills that the configuration says are owed, up to the
// horizon, and drops those that it no longer says and nobody touched.
func (d *daemon) declare(ctx context.Context) error {
	return d.store.Update(ctx, func(tx *store.Tx) error {
		today := bill.DayOf(tx.Now().In(d.cfg.Zone))
		still := map[string]bool{}
		for _, b := range d.cfg.Bills {
			notices, err := declarations(b, today, today+ahead(d.cfg.Reminders))
			if err != nil {
				return fmt.Errorf("declared bill %s: %w", b.Name, err)
			}
			for _, n := range notices {
				still[n.ID] = true
				if _, err := d.in.Declare(tx, n); err != nil {
					return fmt.Errorf("declared bill %s: %w", b.Name, err)
				}
			}
		}
		return d.undeclare(tx, still)
	})
}

// undeclare drops the future bills that are no longer declared and that nobody
// touched.
func (d *daemon) undeclare(tx *store.Tx, still map[string]bool) error {
	const batch = 500
	for after := ""; ; {
		bills, err := tx.EachBill(true, after, batch)
		if err != nil {
			return err
		}
		for _, b := range bills {
			after = b.ID
			if b.Trust != bill.TrustDeclared {
				continue
			}
			gone, err := d.in.Undeclare(tx, b.ID, func(id string) bool { return still[id] })
			if err != nil {
				return fmt.Errorf("bill %s, no longer declared: %w", b.ID, err)
			}
			if gone {
				d.o.Log.Info("a bill is no longer declared", "bill", b.ID)
			}
		}
		if len(bills) < batch {
			return nil
		}
	}
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

// dueDates are a schedule's days from one on up to another. The schedule is
// asked in UTC, where no clock change skips a midnight.
func dueDates(s cron.Schedule, from, until bill.Day) []bill.Day {
	clock, _ := bill.NewClock(0, 0)
	at := from.At(clock, time.UTC).Add(-time.Second)
	var days []bill.Day
	for range 400 {
		at = s.Next(at)
		if at.IsZero() || bill.DayOf(at) > until {
			break
		}
		if day := bill.DayOf(at); len(days) == 0 || days[len(days)-1] != day {
			days = append(days, day)
		}
	}
	return days
}

// declarations are the notices that a declared bill's due dates stand for, from
// one day on up to another.
func declarations(b config.DeclaredBill, from, until bill.Day) ([]bill.Notice, error) {
	var out []bill.Notice
	if b.Loan == nil {
		for _, due := range dueDates(b.Schedule, from, until) {
			out = append(out, declared(b, due, b.Amount, b.Spec))
		}
		return out, nil
	}
	parts, err := terms.Loan(b.Loan.Terms())
	if err != nil {
		return nil, err
	}
	by := fmt.Sprintf("%s, %s%%, %d × %s", b.Loan.Principal, b.Loan.Rate, b.Loan.Months, b.Loan.Method)
	for _, p := range parts {
		if p.Due < from || p.Due > until {
			continue
		}
		n := declared(b, p.Due, p.Amount, by)
		n.Reference = p.Reference()
		n.Evidence[bill.FieldReference] = n.Evidence[bill.FieldDueDate]
		out = append(out, n)
	}
	return out, nil
}

// declared is the notice that one due date stands for. Its id is the name, the
// date and the amount, so that declaring it again is known and a changed amount
// is not.
func declared(b config.DeclaredBill, due bill.Day, amount bill.Money, says string) bill.Notice {
	by := bill.Evidence{Part: "configuration", Text: b.Name + ": " + says}
	n := bill.Notice{
		ID:     "declared-" + b.Name + "-" + due.String() + "-" + amount.Decimal() + amount.Currency,
		Issuer: cmp.Or(b.Issuer, b.Name), IssuerName: b.Name, Account: b.Account,
		Currency: amount.Currency, AmountDue: amount, DueDate: due,
		Evidence: map[bill.Field]bill.Evidence{bill.FieldDueDate: by, bill.FieldAmountDue: by},
	}
	if b.Grace != nil {
		n.LastSafeDay = due + bill.Day(*b.Grace)
		n.Evidence[bill.FieldLastSafeDay] = by
	}
	return n
}

// Coming are the bills that the configuration declares and that are due by a
// day, today included, beyond those that are stored: folded, but not stored.
func Coming(tx declaredTx, cfg *config.Config, set *issuer.Set, today, until bill.Day) ([]*bill.Bill, error) {
	var out []*bill.Bill
	for _, b := range cfg.Bills {
		notices, err := declarations(b, today, until)
		if err != nil {
			return nil, fmt.Errorf("declared bill %s: %w", b.Name, err)
		}
		for _, n := range notices {
			here, err := haveBill(tx, n)
			if err != nil {
				return nil, err
			}
			if here {
				continue
			}
			n.Trust, n.Kind, n.Received = bill.TrustDeclared, bill.KindStatement, tx.Now()
			rules := set.Terms(n.Issuer)
			if !set.Describes(n.Issuer) {
				rules.Zone = cfg.Zone
			}
			folded := bill.Fold(bill.Group{ID: bill.NewID(n.ID), Notices: []bill.Notice{n}}, rules)
			out = append(out, &folded)
		}
	}
	return out, nil
}

// declaredTx is what it takes to know which declared bills are stored.
type declaredTx interface {
	Now() time.Time
	BillOf(noticeID string) (string, error)
	BillsOf(issuer, currency string) ([]*bill.Bill, error)
}

// haveBill reports whether a declared notice is a bill, or a message told of the
// bill that it would be.
func haveBill(tx declaredTx, n bill.Notice) (bool, error) {
	if id, err := tx.BillOf(n.ID); err != nil || id != "" {
		return id != "", err
	}
	same, err := tx.BillsOf(n.Issuer, n.Currency)
	for _, b := range same {
		if b.DueDate == n.DueDate && (n.Account == "" || n.Account == b.Account) {
			return true, err
		}
	}
	return false, err
}
