package intake

import (
	"errors"
	"fmt"
	"strings"

	"repayd/internal/bill"
)

// ErrUnknownBill is returned for a command about a bill that does not exist.
var ErrUnknownBill = errors.New("no such bill")

// Command applies one of the owner's commands and returns the bill as it is
// then. An add command makes a new bill, or completes one it certainly is.
func (in *Intake) Command(tx Tx, c bill.Command) (*bill.Bill, error) {
	c.At = tx.Now()
	switch {
	case c.Kind == bill.CommandAdd:
		return in.add(tx, c)
	case c.Kind == bill.CommandArrange && c.Arrange != nil:
		return in.Arrange(tx, c.ID, c.Bill, *c.Arrange)
	}
	return in.order(tx, c)
}

// order applies a command on a bill that exists, given at c.At.
func (in *Intake) order(tx Tx, c bill.Command) (*bill.Bill, error) {
	b, ok, err := tx.Bill(c.Bill)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrUnknownBill, c.Bill)
	}
	if err := allowed(b, c); err != nil {
		return nil, err
	}
	if err := in.takePlanBack(tx, b, &c); err != nil {
		return nil, err
	}
	if err := tx.PutCommand(c); err != nil {
		return nil, err
	}
	g, err := in.group(tx, c.Bill)
	if err != nil {
		return nil, err
	}
	if _, err := in.regroup(tx, around(b), &g); err != nil {
		return nil, err
	}
	return in.after(tx, c)
}

func (in *Intake) add(tx Tx, c bill.Command) (*bill.Bill, error) {
	c.Bill = bill.NewID(c.ID)
	if err := tx.PutCommand(c); err != nil {
		return nil, err
	}
	q := bill.Around(bill.Notice{Issuer: c.Issuer, Account: c.Account, Currency: c.Amount.Currency, DueDate: c.Due, Received: c.At})
	g := bill.Group{ID: c.Bill, Commands: []bill.Command{c}}
	if _, err := in.regroup(tx, q, &g); err != nil {
		return nil, err
	}
	return in.after(tx, c)
}

// after finds the bill that a command ended in: regrouping may have given it
// to the bill that it completed.
func (in *Intake) after(tx Tx, c bill.Command) (*bill.Bill, error) {
	b, ok, err := tx.Bill(c.Bill)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w: %s was joined with another bill; see `repayd bills`", ErrUnknownBill, c.Bill)
	}
	return b, nil
}

// allowed refuses what could only be a slip.
func allowed(b *bill.Bill, c bill.Command) error {
	if !b.Replaced.IsZero() && (c.Kind == bill.CommandPaid || c.Kind == bill.CommandSet || c.Kind == bill.CommandSnooze) {
		return fmt.Errorf("bill %s was replaced by instalments%s; say it of one of these, or take the plan back with `repayd reopen %s`", b.ID, partIDs(b), b.ID)
	}
	switch c.Kind {
	case bill.CommandPaid:
		if c.Amount.Known() && b.Currency != "" && c.Amount.Currency != b.Currency {
			return fmt.Errorf("bill %s is in %s, not %s", b.ID, b.Currency, c.Amount.Currency)
		}
		if c.Amount.Known() && !c.Over && b.Outstanding.Known() && c.Amount.Minor > b.Owed().Minor {
			return fmt.Errorf("%s is more than the %s that bill %s still owes; write the amount that is owed, or none for all of it, or --over if more was really paid",
				c.Amount, b.Owed(), b.ID)
		}
	case bill.CommandSet:
		if c.Due.Known() && c.Due < b.StatementDate {
			return fmt.Errorf("the due date %s is before the statement of %s", c.Due, b.StatementDate)
		}
	case bill.CommandSnooze:
		if !b.Open() {
			return fmt.Errorf("bill %s is not open; there is nothing to snooze", b.ID)
		}
	}
	return nil
}

// partIDs names the bills of the instalments that took a bill's place.
func partIDs(b *bill.Bill) string {
	if b.Case == nil || b.Case.Agreement == nil || len(b.Case.Agreement.Parts) == 0 {
		return ""
	}
	return " (" + strings.Join(b.Case.Agreement.Parts, ", ") + ")"
}

// Declare takes in a bill that the configuration says is owed on that day.
// Declaring it again changes nothing, but where Undeclare dropped it.
func (in *Intake) Declare(tx Tx, n bill.Notice) ([]string, error) {
	if home, err := tx.BillOf(n.ID); err != nil {
		return nil, err
	} else if home != "" {
		return in.redeclare(tx, home, n.ID)
	}
	n.Trust, n.Kind, n.Received = bill.TrustDeclared, bill.KindStatement, tx.Now()
	if err := tx.PutNotices("", []bill.Notice{n}); err != nil {
		return nil, err
	}
	return in.regroup(tx, bill.Around(n), nil)
}
