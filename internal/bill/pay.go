package bill

import (
	"slices"
	"time"
)

// payment is money that went to the issuer, by notice or by command.
type payment struct {
	amount  Money // unknown = all that was left
	day     Day
	byOwner bool
	number  string
	clock   Clock
	by      string // the notice's or command's ID
	took    int64  // how much it lowered what is left
	// doubt: it is more than was left, and nobody said yet what it was for.
	doubt bool
}

// payment applies a payment, refund or zero notice that was matched to this
// bill. One that is only relayed asks the owner instead.
func (f *folder) payment(n *Notice) {
	if ranks[n.Trust] < ranks[TrustVouched] {
		if n.Trust == TrustForwarded && f.settled.by == "" {
			f.ask(FieldPaidAmount, "a relayed message says it was paid: "+n.PaidAmount.String(), n.Received)
		}
		return
	}
	p := payment{amount: n.PaidAmount, day: paidDay(*n, f.t), number: n.Reference, clock: n.PaidTime, by: n.ID}
	switch n.Kind {
	case KindZero:
		f.settle(n.Received, n.ID, p.day)
		f.open = Money{0, f.b.Currency}
		return
	case KindRefund:
		f.refund(p, n.Received)
		return
	}
	if f.b.StatementDate.Known() && p.day < f.b.StatementDate {
		return
	}
	if f.counted(p) {
		return
	}
	if n.PaidInFull {
		f.payments = append(f.payments, p)
		f.settle(n.Received, n.ID, p.day)
		return
	}
	f.pay(p, n.Received)
}

// refund lowers the bill by what the issuer gives back. What that is more than
// was left is a credit; more than the whole bill can only be a mistake.
func (f *folder) refund(p payment, at time.Time) {
	over := f.b.AmountDue.Known() && p.amount.Minor > f.b.AmountDue.Minor
	switch {
	case !p.amount.Known() || f.counted(p):
	case f.settled.by == "" && !over && f.open.Known() && p.amount.Currency == f.open.Currency && p.amount.Minor > f.open.Minor:
		p.took = f.open.Minor
		f.payments = append(f.payments, p)
		f.settle(at, p.by, p.day)
		f.open.Minor = 0
	case f.settled.by != "":
		f.payments = append(f.payments, p)
	default:
		f.pay(p, at)
	}
}

// pay lowers what is left by a payment. More than is owed is a question, for
// it may have been meant for something else. A rest within the issuer's
// tolerance counts as paid.
func (f *folder) pay(p payment, at time.Time) {
	if !p.amount.Known() {
		return
	}
	if !f.open.Known() || p.amount.Currency != f.open.Currency {
		f.payments = append(f.payments, p)
		return
	}
	left := f.open.Minor - p.amount.Minor
	p.took = min(p.amount.Minor, f.open.Minor)
	p.doubt = left < 0 && (!f.b.Penalty.Known() || -left != f.b.Penalty.Minor) && !p.byOwner
	if p.doubt {
		p.took = 0
	}
	f.payments = append(f.payments, p)
	switch {
	case p.doubt:
		f.ask(FieldPaidAmount, "paid "+p.amount.String()+", more than the "+f.open.String()+" that was left", at)
	case left <= 0:
		f.settle(at, p.by, p.day)
		f.open.Minor = 0
	case left <= f.t.tolerance(f.open.Currency):
		f.settle(at, p.by, p.day)
		f.settled.rest = Money{left, f.open.Currency}
		f.open.Minor = 0
	default:
		f.open.Minor = left
	}
}

func (t Terms) tolerance(currency string) int64 {
	for _, m := range t.Tolerance {
		if m.Currency == currency {
			return m.Minor
		}
	}
	return 0
}

// settle closes the bill; what is left must not have been lowered yet.
func (f *folder) settle(at time.Time, by string, day Day) {
	if f.settled.by != "" {
		return
	}
	f.settled = settlement{at: at, by: by, day: day, left: f.open}
	f.undos = append(f.undos, undo{what: undoSettled, by: by})
}

// lastPaid is the day of the latest payment, or of the word that nothing is
// owed where there was none.
func (f *folder) lastPaid() Day {
	if len(f.payments) == 0 {
		return DayOf(f.last.In(f.t.zone()))
	}
	day := Day(0)
	for _, p := range f.payments {
		day = max(day, p.day)
	}
	return day
}

// counted reports whether the payment is one already counted: told by another
// mail, or entered by the owner within three days of it (a transfer's own
// notice may lag behind a weekend).
func (f *folder) counted(p payment) bool {
	for _, o := range f.payments {
		switch {
		case o.byOwner && !o.amount.Known():
			return true
		case o.amount != p.amount, o.byOwner && p.byOwner: // two words are two payments
			continue
		case o.byOwner && p.day-o.day <= 3 && o.day-p.day <= 3:
			return true
		case o.day == p.day && (o.number == "" || p.number == "" || o.number == p.number) &&
			(!o.clock.Known() || !p.clock.Known() || o.clock == p.clock):
			return true
		}
	}
	return false
}

// minusPayments is what a statement over m leaves after the payments that
// count, which are noted to have lowered it.
func (f *folder) minusPayments(m Money) Money {
	for i := range f.payments {
		p := &f.payments[i]
		p.took = 0
		if p.amount.Currency == m.Currency && !p.doubt && (!f.b.StatementDate.Known() || p.day >= f.b.StatementDate) {
			p.took = min(p.amount.Minor, m.Minor)
			m.Minor -= p.took
		}
	}
	return m
}

// money sums up what was paid: in all, beyond what was owed, and by the last
// safe day against the minimum. A payment of "all" counts as the whole amount;
// one in another currency than the bill's is told and not summed.
func (f *folder) money() {
	b := &f.b
	sum, inTime, all := Money{}, int64(0), false
	for _, p := range f.payments {
		b.Payments = append(b.Payments, Payment{Day: p.day, Amount: p.amount, By: p.by})
		all = all || !p.amount.Known()
		if p.amount.Known() && (!b.AmountDue.Known() || p.amount.Currency == b.AmountDue.Currency) {
			sum = Money{sum.Minor + p.amount.Minor, p.amount.Currency}
			if !p.doubt && p.day <= b.LastSafeDay {
				inTime += p.amount.Minor
			}
		}
	}
	b.Paid = sum
	settled := f.settled.by != "" && b.AmountDue.Known()
	owed := b.AmountDue.Minor
	if b.Penalty.Known() && b.Penalty.Currency == b.AmountDue.Currency {
		owed += b.Penalty.Minor
	}
	switch {
	case settled && all:
		b.Paid = b.AmountDue
	case settled && sum.Currency == b.AmountDue.Currency && sum.Minor > owed:
		b.Credit = Money{sum.Minor - owed, sum.Currency}
	}
	b.MinimumMet = b.MinimumDue.Known() && b.DueDate.Known() && (inTime >= b.MinimumDue.Minor && inTime > 0 || settled && b.SettledDay <= b.LastSafeDay)
}

// consequences dates what follows from the due date: the debit, and what being
// late brings.
func (f *folder) consequences() {
	b := &f.b
	if !b.DueDate.Known() {
		return
	}
	if b.Autopay && b.SettledAt.IsZero() {
		b.DebitDay, b.ConfirmDays = b.DueDate, f.t.ConfirmDays
	}
	for _, m := range f.t.Milestones {
		b.Milestones = append(b.Milestones, Milestone{Name: m.Name, Day: b.DueDate + Day(m.After)})
	}
	slices.SortStableFunc(b.Milestones, func(x, y Milestone) int { return int(x.Day - y.Day) })
}
