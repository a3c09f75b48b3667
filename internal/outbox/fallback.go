package outbox

import (
	"time"

	"repayd/internal/plan"
)

// A channel that cannot deliver hands over to its fallback: at once what was
// refused for good, and what has failed for a while before it is too late.
const (
	// handOverAfter is how long a letter may fail for the time being.
	handOverAfter = 6 * time.Hour
	// handOverBefore is how long before the earliest deadline it must not.
	handOverBefore = 3 * time.Hour
	// notToday is a pause that no retry takes by itself: the target said that
	// it takes nothing more today, or quiet hours have begun.
	notToday = 2 * time.Hour
)

// handOver gives the reminders of a letter that is not delivered to the
// channel's fallback. What that channel already has of the same step is not
// told again there; the reminder then points to it. Doing it twice changes
// nothing.
func (b *Outbox) handOver(tx Tx, l plan.Letter) error {
	fallback := b.o.Channels[l.Channel].Fallback
	if fallback == "" && l.Type == plan.LetterWarning {
		fallback = b.o.Env.OtherWay(l.Channel) // that something is ill is told by any way there is
	}
	if fallback == "" || !b.mustHandOver(l, tx.Now()) {
		return nil
	}
	reminders, err := tx.RemindersOfLetter(l.ID)
	if err != nil {
		return err
	}
	var changes []plan.Reminder
	for _, r := range reminders {
		if r.FoldedInto != "" {
			continue
		}
		stand, known, err := b.standIn(tx, r, fallback)
		if err != nil {
			return err
		}
		if !known {
			changes = append(changes, stand)
		}
		r.FoldedInto = stand.ID
		changes = append(changes, r)
	}
	return tx.PutReminders(changes)
}

// standIn is the reminder that takes r's place on the fallback; known says
// that the fallback has it already.
func (b *Outbox) standIn(tx Tx, r plan.Reminder, fallback string) (stand plan.Reminder, known bool, err error) {
	others, err := tx.RemindersOf(r.Subject)
	if err != nil {
		return r, false, err
	}
	stand, known = plan.StandIn(r, fallback, others, b.env(tx))
	return stand, known, nil
}

func (b *Outbox) mustHandOver(l plan.Letter, now time.Time) bool {
	switch {
	case l.State == plan.LetterRefused:
		return true
	case l.State != plan.LetterTrying:
		return false
	case l.NextAttempt.Sub(now) > notToday: // also where we know it and did not ask
		return true
	case l.Attempts == 0:
		return false
	case now.Sub(l.Created) >= handOverAfter:
		return true
	}
	for _, it := range l.Content.Items {
		if !it.Deadline.IsZero() && now.Before(it.Deadline) && it.Deadline.Sub(now) <= handOverBefore {
			return true
		}
	}
	return false
}

// raise plans the bills of an accepted letter anew where a policy brings in
// further channels after a silence: it begins with this letter.
func (b *Outbox) raise(tx Tx, l plan.Letter) error {
	if l.State != plan.LetterAccepted || l.Type != plan.LetterReminder || !plan.RaisesOnSilence(b.o.Env.Policies) {
		return nil
	}
	var changes []plan.Reminder
	for _, it := range l.Content.Items {
		owed, ok, err := tx.Bill(it.Subject.ID)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		have, err := tx.RemindersOfBill(owed.ID)
		if err != nil {
			return err
		}
		changes = append(changes, plan.Reconcile(owed, have, b.env(tx))...)
	}
	return tx.PutReminders(changes)
}
