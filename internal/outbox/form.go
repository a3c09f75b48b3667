package outbox

import (
	"context"
	"slices"
	"time"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/plan"
)

// take decides, forms and claims in one transaction: steps that passed while
// nobody looked are folded, what is due goes into letters, and what may be sent
// now is claimed and thereby frozen.
func (b *Outbox) take(ctx context.Context, name string) ([]plan.Letter, error) {
	var letters []plan.Letter
	err := b.turn.Update(ctx, func(tx Tx) error {
		letters = nil // it may run more than once
		ready, err := b.decide(tx, name)
		if err != nil {
			return err
		}
		if err := b.form(tx, name, ready); err != nil {
			return err
		}
		now := tx.Now()
		claimed, err := tx.Claim(b.o.Who, now.Add(claimFor), now, name, b.batch)
		if err != nil {
			return err
		}
		letters, err = b.sift(tx, claimed)
		return err
	})
	return letters, err
}

// decide brings the plan of every bill with something due up to this instant,
// so that of several passed steps only the newest is left, and returns what is
// due then.
func (b *Outbox) decide(tx Tx, name string) ([]plan.Reminder, error) {
	ready, err := tx.Ready(tx.Now(), name, mostItems)
	if err != nil || len(ready) == 0 {
		return nil, err
	}
	env := b.env(tx)
	var changes []plan.Reminder
	seen := map[string]bool{}
	for _, r := range ready {
		if !ofBill(r.Subject) || seen[r.Subject.ID] {
			continue
		}
		seen[r.Subject.ID] = true
		have, err := tx.RemindersOfBill(r.Subject.ID)
		if err != nil {
			return nil, err
		}
		owed, ok, err := tx.Bill(r.Subject.ID)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		changes = append(changes, plan.Reconcile(owed, have, env)...)
	}
	if len(changes) > 0 {
		if err := tx.PutReminders(changes); err != nil {
			return nil, err
		}
		if ready, err = tx.Ready(tx.Now(), name, mostItems); err != nil {
			return nil, err
		}
	}
	return b.putOff(tx, ready)
}

// putOff holds what became due while nothing could be sent and must not leave
// in these quiet hours; it returns the rest, but for what waits for the end of
// a rush at the target.
func (b *Outbox) putOff(tx Tx, ready []plan.Reminder) ([]plan.Reminder, error) {
	env := b.env(tx)
	var now, later []plan.Reminder
	for _, r := range ready {
		switch {
		case env.PutOff(&r):
			later = append(later, r)
		case !b.sitsOut(r.Channel, plan.TypeOf(r.Subject.Kind), r.Deadline, env.Now):
			now = append(now, r)
		}
	}
	return now, tx.PutReminders(later)
}

func (b *Outbox) env(tx Tx) plan.Env {
	env := b.o.Env
	env.Now = tx.Now()
	return env
}

func ofBill(s plan.Subject) bool {
	return s.Kind == plan.SubjectBill || s.Kind == plan.SubjectReview || s.Kind == plan.SubjectBacklog
}

// form puts what is due into letters, one for each type. Old bills of a first
// reading wait until it has ended, so that one letter tells them all.
func (b *Outbox) form(tx Tx, name string, ready []plan.Reminder) error {
	reading, err := tx.Reading()
	if err != nil {
		return err
	}
	byType := map[plan.LetterType][]plan.Reminder{}
	for _, r := range ready {
		if r.Subject.Kind == plan.SubjectBacklog && reading {
			continue
		}
		t := plan.TypeOf(r.Subject.Kind)
		byType[t] = append(byType[t], r)
	}
	for _, t := range letterTypes {
		if len(byType[t]) == 0 {
			continue
		}
		if err := b.write(tx, name, t, byType[t]); err != nil {
			return err
		}
	}
	return nil
}

// letterTypes in the order in which they are written.
var letterTypes = []plan.LetterType{plan.LetterReminder, plan.LetterReview, plan.LetterBacklog, plan.LetterMissing,
	plan.LetterTask, plan.LetterDigest, plan.LetterWarning, plan.LetterAlive, plan.LetterTest}

// write stores one letter with its reminders.
func (b *Outbox) write(tx Tx, name string, t plan.LetterType, reminders []plan.Reminder) error {
	now := tx.Now()
	l := plan.Letter{ID: b.o.NewID(), Channel: name, Type: t, State: plan.LetterNew, Created: now, NextAttempt: now}
	for i, r := range reminders {
		item, err := b.item(tx, r)
		if err != nil {
			return err
		}
		l.Content.Items = append(l.Content.Items, item)
		reminders[i].State, reminders[i].Letter = plan.StateInLetter, l.ID
	}
	if t == plan.LetterDigest {
		// One overview, however many were due while nothing could be sent.
		if err := b.overview(tx, &l.Content); err != nil {
			return err
		}
	}
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	return tx.PutReminders(reminders)
}

// overview fills in every bill that is not settled or dropped, behind the first
// item, and the money they need.
func (b *Outbox) overview(tx Tx, c *plan.Content) error {
	bills, err := tx.OpenBills()
	if err != nil {
		return err
	}
	c.Items = c.Items[:1]
	for _, owed := range bills {
		r := plan.Reminder{Subject: plan.Subject{Kind: plan.SubjectBill, ID: owed.ID}, StepAt: tx.Now(), Deadline: owed.Deadline()}
		c.Items = append(c.Items, plan.ItemOf(r, owed, plan.Origin{}, tx.Now(), b.o.Env.Zone))
	}
	if b.o.Forecast != nil {
		c.Forecast, err = b.o.Forecast(tx, bills)
	}
	return err
}

func (b *Outbox) item(tx Tx, r plan.Reminder) (plan.Item, error) {
	now := tx.Now()
	if r.Subject.Kind == plan.SubjectTask && r.Detail.Args["bill"] != "" {
		owed, _, err := tx.Bill(r.Detail.Args["bill"])
		return plan.ItemOf(r, owed, plan.Origin{}, now, b.o.Env.Zone), err
	}
	if !ofBill(r.Subject) {
		return plan.ItemOf(r, nil, plan.Origin{}, now, b.o.Env.Zone), nil
	}
	owed, _, err := tx.Bill(r.Subject.ID)
	if err != nil {
		return plan.Item{}, err
	}
	origin, err := tx.Origin(r.Subject.ID)
	if err != nil {
		return plan.Item{}, err
	}
	others, err := tx.RemindersOfBill(r.Subject.ID)
	if err != nil {
		return plan.Item{}, err
	}
	it := plan.ItemOf(r, owed, origin, now, b.o.Env.Zone)
	if r.Subject.Kind == plan.SubjectBill && owed != nil {
		if err := b.addTerms(tx, &it, owed); err != nil {
			return plan.Item{}, err
		}
	}
	ahead := slices.DeleteFunc(others, func(o plan.Reminder) bool { return !o.At.After(now) })
	if next := plan.Next(ahead); next != nil && it.Bill != nil {
		it.Bill.NextStep, it.Bill.NextAt = next.Step, next.At.In(b.o.Env.Zone).Format(time.RFC3339)
	}
	return it, nil
}

// addTerms adds to an item what the issuer's rules say of its bill.
func (b *Outbox) addTerms(tx Tx, it *plan.Item, owed *bill.Bill) (err error) {
	var others []*bill.Bill
	rules := b.rules(owed)
	if rules.LooksAround() {
		others, err = tx.BillsOf(owed.Issuer, owed.Currency)
	}
	it.AddTerms(owed, rules, b.o.Env.Workdays, bill.DayOf(tx.Now().In(b.o.Env.Zone)), others...)
	return err
}

// rules are the issuer's for a bill, nil where none are known.
func (b *Outbox) rules(owed *bill.Bill) *terms.Terms {
	if b.o.Terms == nil {
		return nil
	}
	return b.o.Terms(owed)
}

// sift drops from the claimed letters those that must not be sent any more:
// no bill in it is open, every reminder was overtaken, or its time has run out;
// and those that became due while nothing could be sent and are held now by
// quiet hours.
func (b *Outbox) sift(tx Tx, claimed []plan.Letter) ([]plan.Letter, error) {
	var send []plan.Letter
	var ended []plan.LetterResult
	current, err := tx.Current(idsOf(claimed))
	if err != nil {
		return nil, err
	}
	for _, l := range claimed {
		if l.Attempts == 0 && l.Created.Equal(tx.Now()) {
			send = append(send, l) // formed in this very transaction
			continue
		}
		state := plan.LetterTrying
		if !current[l.ID] || tx.Now().After(l.Created.AddDate(0, 0, giveUpDays)) {
			if state, err = b.fate(tx, l); err != nil {
				return nil, err
			}
		}
		at, held := b.wait(tx, l)
		switch {
		case state == plan.LetterTrying && !held:
			send = append(send, l)
			continue
		case state == plan.LetterTrying:
			l.NextAttempt = at
		}
		l.State = state
		ended = append(ended, plan.LetterResult{Letter: l})
	}
	if len(ended) > 0 {
		return send, tx.Record(ended)
	}
	return send, nil
}

func idsOf(letters []plan.Letter) []string {
	ids := make([]string, len(letters))
	for i, l := range letters {
		ids[i] = l.ID
	}
	return ids
}

// fate decides whether a letter is still to be sent, and settles its reminders
// when it is not. It looks at each of them; most letters are plainly current and
// need no such look.
func (b *Outbox) fate(tx Tx, l plan.Letter) (plan.LetterState, error) {
	reminders, err := tx.RemindersOfLetter(l.ID)
	if err != nil {
		return "", err
	}
	now := tx.Now()
	closed, overtaken := 0, 0
	expired := true
	var changes []plan.Reminder
	for _, r := range reminders {
		expired = expired && now.After(giveUp(l, r))
		reason, newer, err := overtakenBy(tx, r, now)
		if err != nil {
			return "", err
		}
		switch {
		case reason != "":
			closed++
			r.State, r.Reason = plan.StateCancelled, reason
		case newer != "":
			overtaken++
			r.State, r.FoldedInto = plan.StateFolded, newer
		default:
			r.State = plan.StateFailed
		}
		changes = append(changes, r)
	}
	state := plan.LetterTrying
	switch {
	case closed == len(reminders):
		state = plan.LetterWithdrawn
	case closed+overtaken == len(reminders), expired:
		state = plan.LetterExpired
	default:
		return state, nil
	}
	return state, tx.PutReminders(changes)
}

// giveUpDays is how long a letter is tried, at least.
const giveUpDays = 7

// giveUp is when trying ends: a week after the last safe day, or a week after
// the letter was written where there is none.
func giveUp(l plan.Letter, r plan.Reminder) time.Time {
	from := l.Created
	if r.Deadline.After(from) {
		from = r.Deadline
	}
	return from.AddDate(0, 0, giveUpDays)
}

// overtakenBy says why a reminder in a letter need not be told any more: its
// bill is closed, or what it is about no longer is (the reason), or a newer
// step of the same subject is due on the same channel (its id).
func overtakenBy(tx Tx, r plan.Reminder, now time.Time) (reason plan.Reason, newer string, err error) {
	if r.State == plan.StateCancelled {
		return r.Reason, "", nil
	}
	if !ofBill(r.Subject) {
		return "", "", nil
	}
	owed, ok, err := tx.Bill(r.Subject.ID)
	if err != nil {
		return "", "", err
	}
	switch {
	case !ok:
		return plan.ReasonMoved, "", nil
	case !owed.DroppedAt.IsZero():
		return plan.ReasonDropped, "", nil
	case !owed.Open():
		return plan.ReasonSettled, "", nil
	}
	others, err := tx.RemindersOf(r.Subject)
	if err != nil {
		return "", "", err
	}
	at := r.StepAt
	for _, o := range others {
		live := o.State == plan.StateInLetter || o.State == plan.StateAccepted || o.State == plan.StatePlanned
		// One that a clock ahead of this one told is not due yet.
		if o.ID != r.ID && o.Channel == r.Channel && live && !o.At.After(now) && o.StepAt.After(at) {
			newer, at = o.ID, o.StepAt
		}
	}
	return "", newer, nil
}

// remaining lists the recipients that have not accepted the letter yet.
func remaining(all, done []string) []string {
	var out []string
	for _, r := range all {
		if !slices.Contains(done, r) {
			out = append(out, r)
		}
	}
	return out
}
