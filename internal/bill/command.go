package bill

import (
	"slices"
	"time"
)

// undo is a word that reopen takes back, the newest first.
type undo struct {
	what undoKind
	by   string // the notice's or command's ID
	kase *Case  // as it was before a plan
}

type undoKind int

const (
	undoSettled undoKind = iota
	undoPart             // a payment in part by the owner
	undoDrop
	undoPlan
)

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
		b.Parent, b.Part = c.Parent, c.Part
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
		f.undos = append(f.undos, undo{what: undoDrop})
	case CommandReopen:
		f.takeBack(c)
	case CommandArrange:
		f.arrange(c)
	}
}

// takeBack undoes the newest of a settlement, a payment in part, a drop and a
// plan. A bill that is open and waits for the owner's word takes it as that.
func (f *folder) takeBack(c *Command) {
	waits := false
	if f.settled.by == "" && f.b.DroppedAt.IsZero() && f.b.Replaced.IsZero() {
		was := f.now()
		waits = len(was.Problems) > 0 || was.Unconfirmed()
	}
	f.b.Confirmed = true
	for i := len(f.undos) - 1; i >= 0 && !waits; i-- {
		u := f.undos[i]
		f.undos = f.undos[:i:i]
		if f.undone(u, c) {
			return
		}
	}
}

// undone takes one word back; false where something else did already.
func (f *folder) undone(u undo, c *Command) bool {
	b := &f.b
	switch u.what {
	case undoSettled:
		if f.settled.by != u.by {
			return false
		}
		f.open = f.settled.left
		if !f.open.Known() {
			f.open = b.AmountDue
		}
		f.settled = settlement{}
		f.forget(u.by)
	case undoPart:
		i := slices.IndexFunc(f.payments, func(p payment) bool { return p.by == u.by })
		if i < 0 || f.settled.by != "" {
			return false
		}
		f.open.Minor += f.payments[i].took
		f.forget(u.by)
	case undoDrop:
		if b.DroppedAt.IsZero() {
			return false
		}
		b.DroppedAt = time.Time{}
	case undoPlan:
		if b.Replaced.IsZero() {
			return false
		}
		b.Replaced, f.kase = time.Time{}, u.kase
		f.carry(c.Amount, c)
	}
	return true
}

func (f *folder) forget(by string) {
	f.payments = slices.DeleteFunc(slices.Clone(f.payments), func(p payment) bool { return p.by == by })
}

// carry counts what the instalments of a plan brought in towards the bill that
// takes their place again.
func (f *folder) carry(paid Money, c *Command) {
	if paid.Known() && paid.Minor > 0 {
		f.pay(payment{amount: paid, day: DayOf(c.At.In(f.t.zone())), byOwner: true, by: c.ID}, c.At)
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
	p := payment{amount: c.Amount, day: day, byOwner: true, by: c.ID}
	same := c.Amount.Currency == f.open.Currency
	if !c.Amount.Known() || !f.open.Known() || same && c.Amount.Minor >= f.open.Minor {
		f.payments = append(f.payments, p)
		if !c.Amount.Known() || f.open.Known() {
			f.settle(c.At, c.ID, day)
			f.open = Money{0, f.b.AmountDue.Currency}
		}
		return
	}
	if f.counted(p) {
		return
	}
	f.pay(p, c.At)
	if f.settled.by == "" {
		f.undos = append(f.undos, undo{what: undoPart, by: c.ID})
	}
}
