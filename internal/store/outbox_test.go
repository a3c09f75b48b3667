package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

func reminder(id string, kind plan.SubjectKind, subject, channel string, at time.Time) plan.Reminder {
	return plan.Reminder{ID: id, Subject: plan.Subject{Kind: kind, ID: subject}, Step: "due-3d",
		Channel: channel, Date: 20500, StepAt: at.Add(-time.Hour), At: at, Why: "quiet hours end",
		State: plan.StatePlanned, MovedFrom: 20400, Deadline: at.Add(72 * time.Hour),
		Detail: plan.Detail{Code: "mailbox", Args: map[string]string{"name": "shop"}}}
}

func letter(id, channel string, next time.Time, bills ...string) plan.Letter {
	l := plan.Letter{ID: id, Channel: channel, Type: plan.LetterReminder, State: plan.LetterNew,
		Created: next.Add(-time.Minute), NextAttempt: next}
	for _, b := range bills {
		l.Content.Items = append(l.Content.Items, plan.Item{Reminder: "r-" + b, Step: "due",
			Subject: plan.Subject{Kind: plan.SubjectBill, ID: b}, Bill: &plan.Row{ID: b, AmountDue: "12.00"}})
	}
	return l
}

func reminderIDs(rs []plan.Reminder) (ids []string) {
	for _, r := range rs {
		ids = append(ids, r.ID)
	}
	return ids
}

func letterIDs(ls []plan.Letter) (ids []string) {
	for _, l := range ls {
		ids = append(ids, l.ID)
	}
	return ids
}

func TestReminders(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	hour := func(n int) time.Time { return day0.Add(time.Duration(n) * time.Hour) }
	all := []plan.Reminder{
		reminder("a", plan.SubjectBill, "x", "me", hour(0)),
		reminder("b", plan.SubjectReview, "x", "me", hour(1)),
		reminder("c", plan.SubjectBacklog, "y", "office", hour(2)),
		reminder("d", plan.SubjectDaemon, "x", "me", hour(3)),
	}
	told := reminder("e", plan.SubjectBill, "y", "me", hour(-5))
	told.State = plan.StateAccepted
	update(t, s, func(tx *Tx) error {
		at, err := tx.EarliestPlanned()
		same(t, "nothing planned", at, time.Time{})
		return errors.Join(err, tx.PutReminders(append(all, told)))
	})
	type query struct {
		name string
		run  func(tx *Tx) ([]plan.Reminder, error)
		want []string
	}
	for _, q := range []query{
		{"subject", func(tx *Tx) ([]plan.Reminder, error) { return tx.RemindersOf(all[0].Subject) }, []string{"a"}},
		{"subjects", func(tx *Tx) ([]plan.Reminder, error) { return tx.RemindersOf(all[3].Subject, told.Subject) }, []string{"e", "d"}},
		{"no subject", func(tx *Tx) ([]plan.Reminder, error) { return tx.RemindersOf() }, nil},
		{"bill", func(tx *Tx) ([]plan.Reminder, error) { return tx.RemindersOfBill("x") }, []string{"a", "b"}},
		{"planned", func(tx *Tx) ([]plan.Reminder, error) { return tx.Planned(time.Time{}, time.Time{}) }, []string{"a", "b", "c", "d"}},
		{"planned between", func(tx *Tx) ([]plan.Reminder, error) { return tx.Planned(hour(1), hour(3)) }, []string{"b", "c"}},
		{"ready", func(tx *Tx) ([]plan.Reminder, error) { return tx.Ready(hour(1), "me", 0) }, []string{"a", "b"}},
		{"ready, at most one", func(tx *Tx) ([]plan.Reminder, error) { return tx.Ready(hour(1), "me", 1) }, []string{"a"}},
		{"not yet", func(tx *Tx) ([]plan.Reminder, error) { return tx.Ready(hour(0).Add(-time.Microsecond), "me", 1) }, nil},
	} {
		view(t, s, func(tx *Tx) error {
			rs, err := q.run(tx)
			same(t, q.name, reminderIDs(rs), q.want)
			return err
		})
	}
	view(t, s, func(tx *Tx) error {
		rs, err := tx.RemindersOf(all[0].Subject)
		same(t, "every field comes back", rs, all[:1])
		channels, err2 := tx.ReadyChannels(hour(1))
		same(t, "channels", channels, []string{"me"})
		at, err3 := tx.EarliestPlanned()
		same(t, "earliest", at, hour(0))
		next, err4 := tx.NextOf([]string{"x", "y", "z"})
		same(t, "next", next, map[string]plan.Reminder{"x": all[0], "y": all[2]})
		return errors.Join(err, err2, err3, err4)
	})
}

func TestWhatWasToldStaysTold(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	told, open := reminder("told", plan.SubjectBill, "x", "me", day0), reminder("open", plan.SubjectBill, "x", "me", day0)
	told.State = plan.StateAccepted
	sent := letter("sent", "me", day0, "x")
	sent.State, sent.Accepted = plan.LetterAccepted, day0
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutReminders([]plan.Reminder{told, open}), tx.PutLetter(sent))
	})
	again, moved := told, open
	again.State, moved.At = plan.StatePlanned, day0.Add(time.Hour)
	resend := sent
	resend.State = plan.LetterNew
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutReminders([]plan.Reminder{again, moved}), tx.PutLetter(resend),
			tx.DeletePlanned("told"), tx.DeleteLetter("sent"),
			tx.Record([]plan.LetterResult{{Letter: plan.Letter{ID: "sent", State: plan.LetterRefused}}}))
	})
	update(t, s, func(tx *Tx) error {
		rs, err := tx.RemindersOfBill("x")
		same(t, "reminders", rs, []plan.Reminder{told, moved})
		l, _, err2 := tx.Letter("sent")
		same(t, "letter", l, sent)
		return errors.Join(err, err2, tx.DeletePlanned("open"))
	})
	view(t, s, func(tx *Tx) error {
		rs, err := tx.RemindersOfBill("x")
		same(t, "a planned one may go", reminderIDs(rs), []string{"told"})
		return err
	})
}

func TestLetters(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	a, b := letter("a", "me", day0, "x", "y"), letter("b", "office", day0.Add(time.Hour), "y")
	b.State, b.Done, b.LastError, b.Attempts = plan.LetterTrying, []string{"one@example.com"}, "451 later", 2
	b.Content.Items[0].Subject.Kind = plan.SubjectReview
	update(t, s, func(tx *Tx) error {
		at, err := tx.EarliestAttempt()
		same(t, "no letter", at, time.Time{})
		return errors.Join(err, tx.PutLetter(a), tx.PutLetter(b))
	})
	for _, c := range []struct {
		name string
		f    LetterFilter
		want []string
	}{
		{"all, newest first", LetterFilter{}, []string{"b", "a"}},
		{"limit", LetterFilter{Limit: 1}, []string{"b"}},
		{"state", LetterFilter{State: plan.LetterNew}, []string{"a"}},
		{"channel", LetterFilter{Channel: "office"}, []string{"b"}},
		{"bill", LetterFilter{Bill: "x"}, []string{"a"}},
		{"bill in two", LetterFilter{Bill: "y"}, []string{"b", "a"}},
		{"both", LetterFilter{Bill: "x", Channel: "office"}, nil},
	} {
		view(t, s, func(tx *Tx) error {
			ls, err := tx.Letters(c.f)
			same(t, c.name, letterIDs(ls), c.want)
			return err
		})
	}
	for id, want := range map[string]bool{"a": true, "<b@host.example>": true, "b@host": true, "c@host": false, "": false} {
		view(t, s, func(tx *Tx) error {
			own, err := tx.IsOwnLetter(id)
			same(t, "own letter "+id, own, want)
			return err
		})
	}
	// Formed anew: it no longer speaks of x.
	a.Content.Items = a.Content.Items[1:]
	update(t, s, func(tx *Tx) error { return tx.PutLetter(a) })
	view(t, s, func(tx *Tx) error {
		got, ok, err := tx.Letter("b")
		same(t, "found", ok, true)
		same(t, "every field comes back", got, b)
		ofX, err2 := tx.Letters(LetterFilter{Bill: "x"})
		same(t, "of x", letterIDs(ofX), []string(nil))
		at, err3 := tx.EarliestAttempt()
		same(t, "earliest attempt", at, day0)
		return errors.Join(err, err2, err3)
	})
}

func TestALetterIsFormedAnew(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	r := reminder("r", plan.SubjectBill, "x", "me", day0)
	r.State, r.Letter = plan.StateInLetter, "old"
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutReminders([]plan.Reminder{r}), tx.PutLetter(letter("old", "me", day0, "x")))
	})
	if err := s.Update(t.Context(), func(tx *Tx) error { return tx.DeleteLetter("old") }); err == nil {
		t.Fatal("a reminder was left in a letter that is gone")
	}
	r.Letter = "new"
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.DeleteLetter("old"), tx.PutLetter(letter("new", "me", day0, "x")), tx.PutReminders([]plan.Reminder{r}))
	})
	view(t, s, func(tx *Tx) error {
		ls, err := tx.Letters(LetterFilter{Bill: "x"})
		same(t, "letters", letterIDs(ls), []string{"new"})
		return err
	})
}

// claim takes up to n letters of channel me for a minute.
func claim(t *testing.T, s *Store, who string, now time.Time, n int) []string {
	t.Helper()
	var ids []string
	update(t, s, func(tx *Tx) error {
		ls, err := tx.Claim(who, now.Add(time.Minute), now, "me", n)
		for _, l := range ls {
			same(t, "frozen", l.State, plan.LetterTrying)
		}
		ids = letterIDs(ls)
		return err
	})
	return ids
}

func TestClaim(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	update(t, s, func(tx *Tx) error {
		done := letter("done", "me", day0)
		done.State = plan.LetterExpired
		return errors.Join(tx.PutLetter(letter("b", "me", day0)), tx.PutLetter(letter("a", "me", day0.Add(-time.Second))),
			tx.PutLetter(letter("c", "me", day0)), tx.PutLetter(letter("later", "me", day0.Add(time.Hour))),
			tx.PutLetter(letter("other", "office", day0)), tx.PutLetter(done))
	})
	same(t, "oldest two", claim(t, s, "run-1", day0, 2), []string{"a", "b"})
	same(t, "what is left", claim(t, s, "run-2", day0, 0), []string{"c"})
	same(t, "one's own again", claim(t, s, "run-1", day0.Add(time.Second), 0), []string{"a", "b"})
	same(t, "nothing for a third", claim(t, s, "run-3", day0.Add(time.Second), 0), []string(nil))
	same(t, "a claim ends", claim(t, s, "run-3", day0.Add(time.Minute), 0), []string{"c"})
	// A clock set back by a year must not leave claims that last a year.
	same(t, "a claim of the future is void", claim(t, s, "run-4", day0.Add(-time.Millisecond), 1), []string(nil))
	update(t, s, func(tx *Tx) error {
		l := letter("a", "me", day0.AddDate(-1, 0, 0))
		return tx.PutLetter(l)
	})
	same(t, "after the clock went back", claim(t, s, "run-4", day0.AddDate(-1, 0, 0), 0), []string{"a"})
}

func TestClaimsOfTheDeadAreReleased(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	sent := letter("sent", "me", day0, "z")
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutLetter(letter("a", "me", day0, "x")), tx.PutLetter(letter("b", "me", day0, "y")), tx.PutLetter(sent))
	})
	same(t, "the dead one's", claim(t, s, "dead", day0, 2), []string{"a", "b"})
	same(t, "ours", claim(t, s, "we", day0, 9), []string{"sent"})
	update(t, s, func(tx *Tx) error { return tx.ReleaseClaims("we") })
	same(t, "ours is still ours", claim(t, s, "third", day0, 1), []string{"a"})
	same(t, "the rest at once", claim(t, s, "we", day0, 9), []string{"b", "sent"})
}

func TestRecord(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	in := func(id, l string) plan.Reminder {
		r := reminder(id, plan.SubjectBill, id, "me", day0)
		r.State, r.Letter = plan.StateInLetter, l
		return r
	}
	settled := in("r3", "ok")
	settled.State, settled.Reason = plan.StateCancelled, plan.ReasonSettled
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutLetter(letter("ok", "me", day0, "r1")), tx.PutLetter(letter("no", "me", day0, "r2")),
			tx.PutReminders([]plan.Reminder{in("r1", "ok"), in("r2", "no"), settled}))
	})
	same(t, "claimed", claim(t, s, "run", day0, 0), []string{"no", "ok"})
	ok, no := letter("ok", "me", day0, "r1"), letter("no", "me", day0.Add(time.Minute), "r2")
	ok.State, ok.Attempts, ok.Accepted, ok.Done = plan.LetterAccepted, 1, day0, []string{"a@example.com"}
	no.State, no.Attempts, no.LastError, no.Created = plan.LetterTrying, 1, "connection refused", day0.Add(-time.Minute)
	good := plan.Attempt{Letter: "ok", Recipient: "a@example.com", At: day0, Outcome: "accepted"}
	bad := plan.Attempt{Letter: "no", At: day0, Outcome: "temporary", Error: "connection refused", Uncertain: true}
	update(t, s, func(tx *Tx) error {
		return tx.Record([]plan.LetterResult{
			{Letter: ok, Attempts: []plan.Attempt{good}, Reminders: plan.StateAccepted},
			{Letter: no, Attempts: []plan.Attempt{bad}},
		})
	})
	view(t, s, func(tx *Tx) error {
		var states []string
		for _, id := range []string{"r1", "r2", "r3"} {
			rs, err := tx.RemindersOfBill(id)
			if err != nil {
				return err
			}
			states = append(states, string(rs[0].State))
		}
		same(t, "reminders", states, []string{"accepted", "in_letter", "cancelled"})
		inOK, err := tx.RemindersOfLetter("ok")
		same(t, "of the letter", reminderIDs(inOK), []string{"r1", "r3"})
		for _, want := range []plan.Letter{ok, no} {
			got, _, err2 := tx.Letter(want.ID)
			same(t, "letter", got, want)
			err = errors.Join(err, err2)
		}
		as, err3 := tx.AttemptsOf("no")
		same(t, "attempts", as, []plan.Attempt{bad})
		return errors.Join(err, err3)
	})
	same(t, "the claim has ended", claim(t, s, "another", day0.Add(time.Minute), 0), []string{"no"})
	err := s.Update(t.Context(), func(tx *Tx) error {
		return tx.PutAttempts([]plan.Attempt{{Letter: "unknown", At: day0, Outcome: "accepted"}})
	})
	if err == nil {
		t.Error("an attempt was recorded for a letter that is not there")
	}
}

func TestLease(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	acquire := func(who, wantHolder string, want bool) {
		t.Helper()
		update(t, s, func(tx *Tx) error {
			holder, ok, err := tx.AcquireLease(who, tx.Now().Add(time.Minute))
			same(t, who+" acquires", fmt.Sprint(holder, " ", ok), fmt.Sprint(wantHolder, " ", want))
			return err
		})
	}
	renew := func(who string, want bool) {
		t.Helper()
		update(t, s, func(tx *Tx) error {
			ok, err := tx.RenewLease(who, tx.Now().Add(time.Minute))
			same(t, who+" renews", ok, want)
			return err
		})
	}
	renew("a", false)
	acquire("a", "a", true)
	acquire("b", "a", false)
	acquire("a", "a", true)
	clock.at = day0.Add(50 * time.Second)
	renew("a", true)
	clock.at = day0.Add(100 * time.Second)
	acquire("b", "a", false)
	clock.at = day0.Add(110 * time.Second) // the lease has ended
	acquire("b", "b", true)
	renew("a", false)
	update(t, s, func(tx *Tx) error { return tx.ReleaseLease("a") }) // not a's to give up
	acquire("a", "b", false)
	update(t, s, func(tx *Tx) error { return tx.ReleaseLease("b") })
	acquire("a", "a", true)
	clock.at = clock.at.Add(-30 * time.Second) // a small correction is no reason
	acquire("b", "a", false)
	clock.at = clock.at.Add(-24 * time.Hour) // a lease from tomorrow binds nobody
	acquire("b", "b", true)
}

func TestFacts(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	update(t, s, func(tx *Tx) error {
		_, ok, err := tx.Fact("trouble:mailbox:shop")
		same(t, "before", ok, false)
		return errors.Join(err, tx.SetFact("trouble:mailbox:shop", "1"), tx.SetFact("trouble:mailbox:shop", "2"),
			tx.SetFact("trouble:channel:me", ""), tx.SetFact("other", "x"), tx.SetFact("trouble", "y"))
	})
	update(t, s, func(tx *Tx) error {
		v, ok, err := tx.Fact("trouble:channel:me")
		same(t, "an empty value is a value", fmt.Sprint(v, ok), "true")
		all, err2 := tx.Facts("trouble:")
		same(t, "by prefix", all, map[string]string{"trouble:mailbox:shop": "2", "trouble:channel:me": ""})
		return errors.Join(err, err2, tx.DeleteFact("trouble:channel:me"))
	})
	view(t, s, func(tx *Tx) error {
		_, ok, err := tx.Fact("trouble:channel:me")
		same(t, "deleted", ok, false)
		return err
	})
}

func TestDaysAndInstantsComeBack(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	shanghai := time.FixedZone("", 8*3600)
	for i, at := range []time.Time{{}, day0, time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.Date(2999, 12, 31, 0, 0, 0, 1000, shanghai)} {
		r := reminder(fmt.Sprint(i), plan.SubjectBill, fmt.Sprint(i), "me", at)
		r.StepAt, r.Deadline, r.Date = time.Time{}, time.Time{}, bill.Day(i)
		update(t, s, func(tx *Tx) error { return tx.PutReminders([]plan.Reminder{r}) })
		view(t, s, func(tx *Tx) error {
			got, err := tx.RemindersOf(r.Subject)
			same(t, at.String(), got, []plan.Reminder{r})
			return err
		})
	}
}
