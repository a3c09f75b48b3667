package store

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// TestCurrent: one case a letter, each about a bill of the letter's name.
func TestCurrent(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	cases := []struct {
		name     string
		want     bool
		kind     plan.SubjectKind
		closed   bool // the bill is not open
		noBill   bool // there is no bill of that ID
		state    plan.State
		other    plan.State // of another reminder of the subject, "" for none
		otherAt  time.Duration
		elsewise string // the other reminder's channel, "" for the same
	}{
		{name: "plain", want: true, kind: plan.SubjectBill},
		{name: "review", want: true, kind: plan.SubjectReview},
		{name: "backlog", want: true, kind: plan.SubjectBacklog},
		{name: "about-no-bill", want: true, kind: plan.SubjectTask, noBill: true},
		{name: "moved-away", kind: plan.SubjectBill, noBill: true},
		{name: "settled", kind: plan.SubjectBill, closed: true},
		{name: "cancelled", kind: plan.SubjectBill, state: plan.StateCancelled},
		{name: "cancelled-task", kind: plan.SubjectTask, noBill: true, state: plan.StateCancelled},
		{name: "newer-in-letter", kind: plan.SubjectBill, other: plan.StateInLetter},
		{name: "newer-accepted", kind: plan.SubjectBill, other: plan.StateAccepted},
		{name: "newer-due", kind: plan.SubjectBill, other: plan.StatePlanned},
		{name: "newer-not-due", want: true, kind: plan.SubjectBill, other: plan.StatePlanned, otherAt: 9 * day},
		{name: "newer-cancelled", want: true, kind: plan.SubjectBill, other: plan.StateCancelled},
		{name: "newer-elsewhere", want: true, kind: plan.SubjectBill, other: plan.StateAccepted, elsewise: "office"},
		{name: "older", want: true, kind: plan.SubjectBill, other: plan.StateAccepted, otherAt: -day},
	}
	s, c := newStore(t)
	c.at = day0.Add(2 * day)
	var ids, want []string
	update(t, s, func(tx *Tx) error {
		var errs []error
		for _, c := range cases {
			ids = append(ids, c.name)
			if c.want {
				want = append(want, c.name)
			}
			if !c.noBill {
				owed := &bill.Bill{ID: c.name, Seen: day0}
				if c.closed {
					owed.SettledAt = day0
				}
				errs = append(errs, tx.PutBill(owed))
			}
			r := reminder("r-"+c.name, c.kind, c.name, "me", day0)
			r.State, r.Letter = plan.StateInLetter, c.name
			if c.state != "" {
				r.State = c.state
			}
			rows := []plan.Reminder{r}
			if c.other != "" {
				o := reminder("o-"+c.name, c.kind, c.name, "me", day0.Add(time.Hour+c.otherAt))
				o.State, o.StepAt = c.other, o.At
				if c.elsewise != "" {
					o.Channel = c.elsewise
				}
				rows = append(rows, o)
			}
			errs = append(errs, tx.PutLetter(letter(c.name, "me", day0, c.name)), tx.PutReminders(rows))
		}
		// Of two bills in one letter the open one counts; an empty letter says nothing.
		open, closed := reminder("open", plan.SubjectBill, "plain", "you", day0), reminder("closed", plan.SubjectBill, "settled", "you", day0)
		open.State, open.Letter, closed.State, closed.Letter = plan.StateInLetter, "two", plan.StateInLetter, "two"
		return errors.Join(append(errs, tx.PutLetter(letter("two", "you", day0, "plain", "settled")),
			tx.PutReminders([]plan.Reminder{open, closed}), tx.PutLetter(letter("empty", "me", day0)))...)
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.Current(append(ids, "two", "empty", "unknown"))
		want = append(want, "two")
		slices.Sort(want)
		same(t, "current", slices.Sorted(maps.Keys(got)), want)
		return err
	})
}

func TestNextAttemptOfAChannel(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	sent := letter("sent", "me", day0.Add(-time.Hour))
	sent.State = plan.LetterAccepted
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutLetter(sent), tx.PutLetter(letter("a", "me", day0.Add(time.Hour))),
			tx.PutLetter(letter("b", "me", day0.Add(2*time.Hour))), tx.PutLetter(letter("c", "office", day0)))
	})
	view(t, s, func(tx *Tx) error {
		me, err := tx.NextAttempt("me")
		same(t, "me", me, day0.Add(time.Hour))
		office, err2 := tx.NextAttempt("office")
		same(t, "office", office, day0)
		none, err3 := tx.NextAttempt("none")
		same(t, "none", none, time.Time{})
		return errors.Join(err, err2, err3)
	})
}
