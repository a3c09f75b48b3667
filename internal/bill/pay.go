package bill

import (
	"time"
)

// payment is money that went to the issuer, by notice or by command.
type payment struct {
	amount  Money // unknown = all that was left
	day     Day
	byOwner bool
	number  string
	clock   Clock
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
	switch n.Kind {
	case KindZero:
		f.open = Money{0, f.b.Currency}
		f.settle(n.Received, n.ID)
		return
	case KindRefund:
		f.pay(payment{amount: n.PaidAmount, day: paidDay(*n, f.t), number: n.Reference, clock: n.PaidTime}, n.Received, n.ID)
		return
	}
	p := payment{amount: n.PaidAmount, day: paidDay(*n, f.t), number: n.Reference, clock: n.PaidTime}
	if f.b.StatementDate.Known() && p.day < f.b.StatementDate {
		return
	}
	if f.counted(p) {
		return
	}
	if n.PaidInFull {
		f.payments = append(f.payments, p)
		f.settle(n.Received, n.ID)
		return
	}
	f.pay(p, n.Received, n.ID)
}

// pay lowers what is left by a payment. More than is owed is a question, for
// it may have been meant for something else.
func (f *folder) pay(p payment, at time.Time, by string) {
	if !p.amount.Known() {
		return
	}
	f.payments = append(f.payments, p)
	if !f.open.Known() || p.amount.Currency != f.open.Currency {
		return
	}
	left := f.open.Minor - p.amount.Minor
	switch {
	case left == 0, left < 0 && f.b.Penalty.Known() && -left == f.b.Penalty.Minor:
		f.open.Minor = 0
		f.settle(at, by)
	case left < 0:
		f.ask(FieldPaidAmount, "paid "+p.amount.String()+", more than the "+f.open.String()+" that was left", at)
	default:
		f.open.Minor = left
	}
}

func (f *folder) settle(at time.Time, by string) {
	if f.settled.by == "" {
		f.settled = settlement{at: at, by: by}
	}
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

func (f *folder) minusPayments(m Money) Money {
	for _, p := range f.payments {
		if p.amount.Currency == m.Currency && (!f.b.StatementDate.Known() || p.day >= f.b.StatementDate) {
			m.Minor -= p.amount.Minor
		}
	}
	m.Minor = max(m.Minor, 0)
	return m
}

// sumPaid is what is known to have been paid; a payment of "all" counts as
// the whole amount.
func (f *folder) sumPaid() Money {
	if f.settled.by != "" && f.b.AmountDue.Known() {
		for _, p := range f.payments {
			if !p.amount.Known() {
				return f.b.AmountDue
			}
		}
	}
	sum := Money{}
	for _, p := range f.payments {
		if p.amount.Known() {
			sum = Money{sum.Minor + p.amount.Minor, p.amount.Currency}
		}
	}
	return sum
}

// command applies one word of the owner.
func (f *folder) command(c *Command) {
	f.seen(c.At)
	b := &f.b
	if c.Kind != CommandAdd {
		b.AnsweredAt = c.At
	}
	switch c.Kind {
	case CommandAdd:
		b.Trust = TrustOwner
		f.backlog = false
		f.set(c)
	case CommandSet:
		b.Confirmed = true
		f.set(c)
	case CommandPaid:
		f.paid(c)
	case CommandSnooze:
		b.SnoozedAt, b.SnoozeUntil = c.At, c.Until
	case CommandDrop:
		b.DroppedAt = c.At
	case CommandReopen:
		b.Confirmed = true // told to nobody: the owner knows
		if f.settled.by != "" {
			f.settled, f.payments, f.open = settlement{}, nil, b.AmountDue
		}
		b.DroppedAt = time.Time{}
	}
}

func (f *folder) set(c *Command) {
	b := &f.b
	by := func(field Field) {
		b.Sources[field] = Source{From: c.ID, Trust: TrustOwner, Evidence: Evidence{Part: "command"}}
	}
	if c.Issuer != "" {
		b.Issuer, b.IssuerName = c.Issuer, c.Issuer
		if c.Issuer == f.t.Issuer {
			b.IssuerName = f.t.Name
		}
		by(FieldIssuer)
	}
	if c.Account != "" {
		b.Account = c.Account
		by(FieldAccount)
	}
	if c.Amount.Known() {
		if b.AmountDue != c.Amount {
			f.overruledAmount = b.AmountDue
		}
		b.AmountDue, b.Currency = c.Amount, c.Amount.Currency
		f.open = f.minusPayments(c.Amount)
		by(FieldAmountDue)
	}
	if c.Due.Known() && c.Due != b.DueDate {
		f.overruledDue = b.DueDate
		f.move(c.Due, c.At)
		by(FieldDueDate)
	}
	if c.Grace != nil {
		f.grace = c.Grace
	}
	if c.Note != "" {
		b.Note = c.Note
	}
}

// paid applies the owner's word that money went out. Without an amount, or
// with one that covers what is left, the bill is settled.
func (f *folder) paid(c *Command) {
	day := c.On
	if !day.Known() {
		day = DayOf(c.At.In(f.t.zone()))
	}
	p := payment{amount: c.Amount, day: day, byOwner: true}
	if !c.Amount.Known() || !f.open.Known() || c.Amount.Minor >= f.open.Minor {
		f.payments = append(f.payments, p)
		if !c.Amount.Known() || f.open.Known() {
			f.open = Money{0, f.b.AmountDue.Currency}
			f.settle(c.At, c.ID)
		}
		return
	}
	if f.counted(p) {
		return
	}
	f.pay(p, c.At, c.ID)
}
