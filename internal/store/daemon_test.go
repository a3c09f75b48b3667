package store

import (
	"errors"
	"testing"
	"time"

	"repayd/internal/plan"
)

func TestKeptHashes(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	update(t, s, func(tx *Tx) error {
		gone, done := message("gone", day0), message("done", day0)
		gone.Kept, done.Digest = nil, "d2"
		return errors.Join(tx.PutMessage(message("b", day0.Add(time.Hour))), tx.PutMessage(message("c", day0)),
			tx.PutMessage(message("old", day0.Add(-time.Hour))), tx.PutMessage(gone), tx.PutMessage(done))
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.KeptHashes(day0, "d2")
		same(t, "to be read again", got, []string{"c", "b"})
		return err
	})
}

func TestHastenLetters(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	sent := letter("sent", "me", day0.Add(48*time.Hour))
	sent.State = plan.LetterAccepted
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutLetter(letter("far", "me", day0.Add(48*time.Hour))),
			tx.PutLetter(letter("near", "me", day0.Add(time.Hour))), tx.PutLetter(sent))
	})
	clock.at = day0.Add(time.Minute)
	update(t, s, func(tx *Tx) error { return tx.HastenLetters(day0.Add(time.Hour), clock.at) })
	for id, want := range map[string]time.Time{"far": clock.at, "near": day0.Add(time.Hour), "sent": sent.NextAttempt} {
		view(t, s, func(tx *Tx) error {
			l, _, err := tx.Letter(id)
			same(t, id, l.NextAttempt, want)
			return err
		})
	}
}

func TestUntold(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	settled := newBill("settled", 20000)
	settled.SettledAt = day0
	rem := func(id, subject string, state plan.State, age time.Duration) plan.Reminder {
		r := reminder(id, plan.SubjectBill, subject, "me", day0)
		r.StepAt, r.At, r.State = day0.Add(-age), day0.Add(-age), state
		return r
	}
	const d = 24 * time.Hour
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutBill(newBill("open", 20000)), tx.PutBill(newBill("told", 20000)), tx.PutBill(settled),
			tx.PutReminders([]plan.Reminder{
				rem("failed", "open", plan.StateFailed, 3*d),
				rem("tried", "open", plan.StateInLetter, 2*d),
				rem("earlier", "open", plan.StateAccepted, 4*d), // does not stand for the newer ones
				rem("recent", "open", plan.StateFailed, d/2),
				rem("ancient", "open", plan.StateFailed, 60*d),
				rem("planned", "open", plan.StatePlanned, 2*d),
				rem("paid", "settled", plan.StateFailed, 2*d),
				rem("lost", "told", plan.StateFailed, 3*d),
				rem("newer", "told", plan.StateAccepted, 2*d),
			}))
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.Untold(day0.Add(-d))
		same(t, "untold", reminderIDs(got), []string{"failed", "tried"})
		return err
	})
}

// TestAddRemindersLeavesWhatIsThere: a warning that comes up again the same day
// must not take its reminder out of the letter that carries it.
func TestAddRemindersLeavesWhatIsThere(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	r := reminder("warning", plan.SubjectDaemon, "mailbox:shop", "me", day0)
	update(t, s, func(tx *Tx) error {
		sent := r
		sent.State, sent.Letter = plan.StateInLetter, "l1"
		return errors.Join(tx.PutLetter(letter("l1", "me", day0)), tx.PutReminders([]plan.Reminder{sent}))
	})
	update(t, s, func(tx *Tx) error { return tx.AddReminders([]plan.Reminder{r}) })
	view(t, s, func(tx *Tx) error {
		got, err := tx.RemindersOfLetter("l1")
		if err == nil && (len(got) != 1 || got[0].State != plan.StateInLetter) {
			t.Errorf("reminders of the letter: %+v", got)
		}
		return err
	})
}

// TestInLetters: only of the kind, only what nobody has accepted yet.
func TestInLetters(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	update(t, s, func(tx *Tx) error {
		var rows []plan.Reminder
		for id, state := range map[string]plan.State{"waits": plan.StateInLetter, "failed": plan.StateFailed, "told": plan.StateAccepted} {
			r := reminder(id, plan.SubjectMissing, id, "me", day0)
			r.State = state
			rows = append(rows, r)
		}
		other, old := reminder("other", plan.SubjectDaemon, "x", "me", day0), reminder("old", plan.SubjectMissing, "y", "me", day0.AddDate(0, -4, 0))
		other.State, old.State = plan.StateInLetter, plan.StateInLetter
		return tx.PutReminders(append(rows, other, old))
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.InLetters(plan.SubjectMissing, day0.AddDate(0, -3, 0))
		same(t, "in letters", reminderIDs(got), []string{"waits"})
		return err
	})
}
