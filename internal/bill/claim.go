package bill

import (
	"slices"
	"time"
)

// conflict reports whether n is a second statement that differs from the
// first in amount and date: nobody but the owner can say which holds.
func (f *folder) conflict(n *Notice) bool {
	if n.Kind != KindStatement {
		return false
	}
	first := f.statement
	if first == nil || first.Trust == TrustDeclared {
		// What the configuration foresees is no statement against which the
		// issuer's own would have to be held.
		f.statement = n
		return false
	}
	if n.DueDate.Known() && first.DueDate.Known() && n.DueDate != first.DueDate &&
		n.AmountDue.Known() && first.AmountDue.Known() && n.AmountDue != first.AmountDue &&
		n.DueDate != f.b.DueDate {
		f.ask(FieldDueDate, "a second statement with another date and amount: "+n.DueDate.String()+", "+n.AmountDue.String(), n.Received)
		return true
	}
	return false
}

// dueDate takes over the notice's dates as far as its trust allows.
func (f *folder) dueDate(n *Notice) {
	b := &f.b
	if n.StatementDate.Known() && !b.StatementDate.Known() {
		b.StatementDate = n.StatementDate
		f.source(FieldStatementDate, n)
	}
	if d := n.DueDate; d.Known() && d != b.DueDate && d != f.overruledDue {
		later := b.DueDate.Known() && d > b.DueDate
		switch {
		case later && n.Trust == TrustForwarded:
			f.ask(FieldDueDate, "a relayed message says the due date is later: "+d.String(), n.Received)
			return
		case later && n.Trust == TrustUnverified:
			return
		case d < b.StatementDate && b.DueDate.Known():
			f.ask(FieldDueDate, "the due date "+d.String()+" is before the statement of "+b.StatementDate.String(), n.Received)
			return
		}
		f.move(d, n.Received)
		f.source(FieldDueDate, n)
	}
	if !n.LastSafeDay.Known() || n.Trust == TrustUnverified {
		return
	}
	if n.Trust == TrustForwarded && f.printedSafe.Known() && n.LastSafeDay > f.printedSafe {
		f.ask(FieldLastSafeDay, "a relayed message says the last safe day is later: "+n.LastSafeDay.String(), n.Received)
		return
	}
	f.printedSafe, b.CutOff = n.LastSafeDay, n.CutOff
	f.source(FieldLastSafeDay, n)
}

func (f *folder) move(d Day, at time.Time) {
	if f.b.DueDate.Known() {
		f.b.MovedFrom, f.b.MovedAt = f.b.DueDate, at
	}
	f.b.DueDate = d
	if !f.firstDue.Known() {
		f.firstDue = d
	}
}

// amounts takes over what the notice says is owed. A statement says what the
// period costs; any other notice says what is left at that moment.
func (f *folder) amounts(n *Notice) {
	b := &f.b
	if n.Penalty.Known() {
		b.Penalty = n.Penalty
	}
	if n.MinimumDue.Known() && (n.Kind == KindStatement || !b.MinimumDue.Known()) {
		b.MinimumDue = n.MinimumDue
		f.source(FieldMinimumDue, n)
	}
	m := n.AmountDue
	if !m.Known() || m == f.overruledAmount {
		return
	}
	if f.open.Known() && m.Minor < f.open.Minor {
		switch n.Trust {
		case TrustForwarded:
			f.ask(FieldAmountDue, "a relayed message says less is owed: "+m.String(), n.Received)
			return
		case TrustUnverified:
			return
		}
	}
	switch {
	case n.Kind == KindStatement || n.Kind == KindArrangement || !b.AmountDue.Known():
		b.AmountDue = m
		f.source(FieldAmountDue, n)
		if n.Kind == KindStatement {
			f.open = f.minusPayments(m)
		} else {
			f.left(m)
		}
	default:
		f.left(m)
		if m.Minor > b.AmountDue.Minor || f.statement == nil {
			b.AmountDue = m
			f.source(FieldAmountDue, n)
		}
	}
	if n.Kind == KindAutopayFailed && n.PaidAmount.Known() && n.PaidAmount.Minor <= m.Minor {
		f.open = Money{m.Minor - n.PaidAmount.Minor, m.Currency}
	}
}

// left takes over what is left to pay at this moment: earlier payments are in
// it already, so that undoing one of them no longer changes it.
func (f *folder) left(m Money) {
	f.open = m
	for i := range f.payments {
		f.payments[i].took = 0
	}
}

func (f *folder) autopay(n *Notice) {
	switch {
	case n.Kind == KindAutopayFailed:
		f.b.Autopay = false
	case n.Kind == KindAutopay || n.Autopay:
		f.b.Autopay = true
	}
}

// reopen: a vouched overdue, failed or returned notice after a settlement
// means that the money did not arrive; after a plan of instalments, that the
// issuer knows of none, which only the owner can clear up.
func (f *folder) reopen(n *Notice) {
	if (n.Kind != KindOverdue && n.Kind != KindAutopayFailed) || n.Trust != TrustVouched {
		return
	}
	if !f.b.Replaced.IsZero() {
		f.b.Replaced, f.b.ReopenedAt = time.Time{}, n.Received
		f.ask(FieldDueDate, "the issuer calls it overdue, though instalments were agreed", n.Received)
	}
	if f.settled.by == "" {
		f.returned(n)
		return
	}
	f.settled = settlement{}
	f.b.ReopenedAt = n.Received
	f.payments = nil
	if !n.AmountDue.Known() || f.open.Minor <= 0 { // a sum that the owner overruled says nothing
		f.open = f.b.AmountDue
	}
}

// returned takes back a payment in part that the issuer says came back.
func (f *folder) returned(n *Notice) {
	if n.Kind != KindAutopayFailed || n.AmountDue.Known() || !n.PaidAmount.Known() {
		return
	}
	for i, p := range slices.Backward(f.payments) {
		if p.amount == n.PaidAmount && f.open.Known() {
			f.open.Minor += p.took
			f.payments = slices.Delete(slices.Clone(f.payments), i, i+1)
			return
		}
	}
}
