package bill

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// arrange folds one step of a case.
func (f *folder) arrange(c *Command) {
	a := c.Arrange
	if a == nil {
		return
	}
	before := f.kase
	k := Case{OpenedAt: c.At}
	if before != nil {
		k = *before // what earlier folds hold is left as it was
	}
	k.State, k.ChangedAt = a.State, c.At
	if a.Cause != "" {
		k.Cause = a.Cause
	}
	if a.Ask.Kind != "" {
		k.Ask = a.Ask
	}
	k.FollowUp = a.FollowUp
	k.Notes = append(slices.Clip(k.Notes), CaseNote{At: c.At, State: a.State, Text: a.Note, By: c.ID})
	f.kase = &k
	switch a.State {
	case CaseAgreed:
		f.agreed(c, before)
	case CaseBroken:
		if !f.b.Replaced.IsZero() {
			f.b.Replaced, f.b.ReopenedAt = time.Time{}, c.At
			f.carry(a.Paid, c)
		}
	}
}

// agreed applies what the issuer agreed to: instalments take the bill's place,
// an extension moves it, a waiver lowers it.
func (f *folder) agreed(c *Command, before *Case) {
	a, b := c.Arrange, &f.b
	f.kase.Agreement = &Agreement{At: c.At, By: c.ID, Due: a.Due, Amount: a.Amount, Instalments: a.Instalments,
		Waived: a.Waive, Fee: a.Fee, Conditions: a.Conditions, Revives: a.Revives}
	if len(a.Instalments) > 0 {
		b.Replaced = c.At
		parts := slices.Clone(a.Parts)
		for i := len(parts); i < len(a.Instalments); i++ {
			parts = append(parts, NewID(PartID(c.ID, i)))
		}
		f.kase.Agreement.Parts = parts
		f.undos = append(f.undos, undo{what: undoPlan, by: c.ID, kase: before})
		return
	}
	if f.open.Known() {
		f.lower(a)
	}
	if a.Due.Known() && a.Due != b.DueDate {
		f.overruledDue = b.DueDate
		f.move(a.Due, c.At)
		// The grace was that of the old date; nobody promised one on the new.
		f.grace, f.printedSafe = nil, a.Due
		src := Source{From: c.ID, Trust: TrustOwner, Evidence: Evidence{Part: "command"}}
		b.Sources[FieldDueDate], b.Sources[FieldLastSafeDay] = src, src
	}
	if f.open.Known() && f.open.Minor == 0 {
		f.settle(c.At, c.ID, DayOf(c.At.In(f.t.zone())))
	}
}

// lower applies the waiver, the fee and the new sum of an agreement without
// instalments to what is left and to the amount of the bill.
func (f *folder) lower(a *Arrangement) {
	b := &f.b
	was := f.open.Minor
	waive := a.Waive.Minor
	if b.Penalty.Known() {
		off := min(waive, b.Penalty.Minor)
		b.Penalty.Minor -= off
		waive -= off
	}
	left := max(f.open.Minor-waive, 0) + a.Fee.Minor
	if a.Amount.Known() {
		// The sum counts everything; the penalty in it stays apart where
		// something of the bill itself is left.
		if b.Penalty.Minor >= a.Amount.Minor {
			b.Penalty.Minor = 0
		}
		left = a.Amount.Minor - b.Penalty.Minor
	}
	if left == was {
		return
	}
	f.overruledAmount = b.AmountDue
	b.AmountDue.Minor += left - was
	f.left(Money{left, f.open.Currency})
	b.Sources[FieldAmountDue] = Source{From: f.kase.Agreement.By, Trust: TrustOwner, Evidence: Evidence{Part: "command"}}
}

// finishCase shows the case as it stands: what was agreed is being performed
// until the bill is settled.
func (f *folder) finishCase() {
	if f.kase == nil {
		return
	}
	k := *f.kase
	switch {
	case f.settled.by != "":
		k.State = CaseSettled
	case k.State == CaseAgreed:
		k.State = CasePerforming
	}
	if !k.State.Active() {
		k.FollowUp = 0
	}
	f.b.Case = &k
}

// PartID is the id of the command that adds the i-th instalment, counted from
// 0, of the plan that a command agreed to.
func PartID(command string, i int) string { return fmt.Sprintf("%s.%d", command, i+1) }

// Check reports why a step of a case cannot be taken for a bill; today is the
// owner's day. Nothing of a step that does not pass may be stored.
func (a *Arrangement) Check(b *Bill, today Day) error {
	if !b.Replaced.IsZero() && a.State != CaseBroken && a.State != CaseSettled {
		return fmt.Errorf("bill %s was replaced by instalments; take that back with `repayd reopen %s` first", b.ID, b.ID)
	}
	if !b.Open() && b.Replaced.IsZero() {
		return fmt.Errorf("bill %s is not open; there is nothing to arrange", b.ID)
	}
	for _, m := range a.sums() {
		switch {
		case m.Known() && b.Currency != "" && m.Currency != b.Currency:
			return fmt.Errorf("%s: bill %s is in %s, and one arrangement has one currency", m, b.ID, b.Currency)
		case m.Minor < 0:
			return fmt.Errorf("%s: an amount of an arrangement cannot be negative", m)
		}
	}
	if a.State != CaseAgreed {
		return a.checkAsk(b, today)
	}
	return a.checkAgreed(b, today)
}

func (a *Arrangement) sums() []Money {
	sums := []Money{a.Amount, a.Waive, a.Fee, a.Paid, a.Ask.Waive}
	for _, parts := range [][]Instalment{a.Instalments, a.Ask.Instalments} {
		for _, p := range parts {
			sums = append(sums, p.Amount)
		}
	}
	return sums
}

func (a *Arrangement) checkAsk(b *Bill, today Day) error {
	switch a.State {
	case CasePreparing, CaseContacted, CaseRequested, CaseWaiting, CaseRejected, CaseBroken, CaseSettled:
	default:
		return fmt.Errorf("%q is no step of a case; write preparing, contacted, requested, waiting, agreed or rejected", a.State)
	}
	if a.Due.Known() || len(a.Instalments) > 0 || a.Amount.Known() || a.Waive.Known() || a.Fee.Known() {
		return errors.New("a date, instalments or a waiver can be recorded only as agreed; what is asked for belongs to the request")
	}
	if a.FollowUp.Known() && a.FollowUp < today {
		return fmt.Errorf("the follow-up on %s is already over; write a day from %s on", a.FollowUp, today)
	}
	if len(a.Ask.Instalments) > 0 {
		return checkParts(a.Ask.Instalments, today)
	}
	return nil
}

func (a *Arrangement) checkAgreed(b *Bill, today Day) error {
	switch {
	case a.Due.Known() && len(a.Instalments) > 0:
		return errors.New("an agreement is either a new due date or instalments, not both")
	case !a.Due.Known() && len(a.Instalments) == 0 && !a.Waive.Known():
		return errors.New("say what was agreed: a new due date, instalments or an amount that is waived")
	case a.Amount.Known() && (!a.Due.Known() || a.Amount.Minor == 0):
		return errors.New("another sum goes with a new due date and is above 0; say a waiver or instalments otherwise")
	case a.Amount.Known() && (a.Waive.Known() || a.Fee.Known()):
		return errors.New("the agreed sum already counts what is waived and what it costs; say either the sum or these")
	case a.Due.Known() && a.Due < today:
		return fmt.Errorf("the new due date %s is already over; write a day from %s on", a.Due, today)
	case a.Due.Known() && a.Due < b.StatementDate:
		return fmt.Errorf("the new due date %s is before the statement of %s", a.Due, b.StatementDate)
	}
	owed := b.Owed()
	if a.Waive.Known() && (!owed.Known() || a.Waive.Minor > owed.Minor) {
		return fmt.Errorf("%s cannot be waived: the bill owes %s", a.Waive, known(owed))
	}
	if len(a.Instalments) == 0 {
		return nil
	}
	if err := checkParts(a.Instalments, today); err != nil {
		return err
	}
	if !owed.Known() {
		return fmt.Errorf("bill %s has no amount yet; give it one with `repayd set %s --amount …` first", b.ID, b.ID)
	}
	sum := int64(0)
	for _, p := range a.Instalments {
		sum += p.Amount.Minor
	}
	if want := owed.Minor - a.Waive.Minor + a.Fee.Minor; sum != want {
		m := func(minor int64) Money { return Money{minor, owed.Currency} }
		why := ""
		if a.Waive.Minor != 0 || a.Fee.Minor != 0 {
			why = fmt.Sprintf(", less %s waived and plus a fee of %s, which makes %s", m(a.Waive.Minor), m(a.Fee.Minor), m(want))
		}
		return fmt.Errorf("the instalments add up to %s, but %s is owed%s: %s differs", m(sum), owed, why, m(sum-want))
	}
	return nil
}

func known(m Money) string {
	if !m.Known() {
		return "an unknown amount"
	}
	return m.String()
}

// checkParts reports why instalments are no plan: one currency, amounts above
// nothing, days that go forward from today.
func checkParts(parts []Instalment, today Day) error {
	for i, p := range parts {
		switch {
		case !p.Amount.Known() || p.Amount.Minor <= 0:
			return fmt.Errorf("instalment %d has no amount above 0", i+1)
		case p.Amount.Currency != parts[0].Amount.Currency:
			return fmt.Errorf("instalment %d is in %s, the first in %s; a plan has one currency", i+1, p.Amount.Currency, parts[0].Amount.Currency)
		case !p.Due.Known() || p.Due < today:
			return fmt.Errorf("instalment %d is due on %q; write a day from %s on", i+1, p.Due, today)
		case i > 0 && p.Due <= parts[i-1].Due:
			return fmt.Errorf("instalment %d, due on %s, does not come after the one of %s", i+1, p.Due, parts[i-1].Due)
		}
	}
	return nil
}
