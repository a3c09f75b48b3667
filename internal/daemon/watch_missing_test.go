package daemon

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/channel"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/store"
)

func (w *watched) statement(id string, at time.Time) {
	w.t.Helper()
	b := &bill.Bill{ID: id, Issuer: "cmb-card", IssuerName: "招商银行", Account: "1234", Currency: "CNY", Trust: bill.TrustVouched,
		Seen: at, SettledAt: at.Add(time.Hour), DueDate: bill.DayOf(at) + 18}
	w.update(func(tx *store.Tx) error { return tx.PutBill(b) })
}

// TestMissingStatement: told at nine of the day on which it is missed, once,
// and no longer once it has come.
func TestMissingStatement(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 3, 12, 23, 0, 0, 0, time.UTC))
	w.statement("b1", time.Date(2026, 1, 8, 4, 0, 0, 0, time.UTC))
	w.statement("b2", time.Date(2026, 2, 8, 4, 0, 0, 0, time.UTC))
	w.ticks(1, time.Minute)
	w.wants() // the twelfth
	w.ticks(6, 30*time.Minute)
	w.wants("missing")
	r := w.planned()[0]
	if r.At.Format("01-02 15:04") != "03-13 09:00" || r.Subject.Kind != plan.SubjectMissing || plan.TypeOf(r.Subject.Kind) != plan.LetterMissing {
		t.Errorf("planned: %+v", r)
	}
	w.restart()
	w.ticks(3, time.Minute)
	w.wants("missing")
	w.statement("b3", w.now)
	w.ticks(2, surveyAgain)
	w.wants()
	if w.surveys.again {
		t.Error("nothing waits, and yet all bills are looked at again and again")
	}
}

// TestMissingStatementNeedsReading: what nobody looked for is not missing.
func TestMissingStatementNeedsReading(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC))
	w.statement("b1", time.Date(2026, 1, 8, 4, 0, 0, 0, time.UTC))
	w.statement("b2", time.Date(2026, 2, 8, 4, 0, 0, 0, time.UTC))
	w.well = false
	w.ticks(5, time.Minute) // just started: nothing was read yet
	w.wants()
	w.update(func(tx *store.Tx) error {
		return tx.SetPosition(bill.Position{Mailbox: "shop", Folder: "INBOX", FirstRead: w.now})
	})
	w.well = true
	w.ticks(2, surveyAgain) // a first reading that has not ended
	w.wants()
	w.update(func(tx *store.Tx) error {
		return tx.SetPosition(bill.Position{Mailbox: "shop", Folder: "INBOX", FirstRead: w.now, Caught: true})
	})
	w.ticks(2, surveyAgain)
	w.wants("missing")
}

// TestNothingToPayIsAStatement: a mail that says so makes no bill.
func TestNothingToPayIsAStatement(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC))
	w.statement("b1", time.Date(2026, 1, 8, 4, 0, 0, 0, time.UTC))
	w.statement("b2", time.Date(2026, 2, 8, 4, 0, 0, 0, time.UTC))
	zero := bill.Notice{ID: "z", Kind: bill.KindZero, Issuer: "cmb-card", Account: "1234", Currency: "CNY",
		Received: time.Date(2026, 3, 8, 4, 0, 0, 0, time.UTC), Trust: bill.TrustVouched}
	w.update(func(tx *store.Tx) error { return tx.PutNotices("", []bill.Notice{zero}) })
	w.ticks(3, surveyAgain)
	w.wants()
}

// deadEnd is a channel that cannot be opened; letters for it stay as they were
// frozen.
type deadEnd struct{}

func (deadEnd) Open(context.Context) (channel.Session, error) { return nil, errors.New("down") }

// TestMissingStatementIsALetter: it leaves as a letter of its own type.
func TestMissingStatementIsALetter(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC))
	w.statement("b1", time.Date(2026, 1, 8, 4, 0, 0, 0, time.UTC))
	w.statement("b2", time.Date(2026, 2, 8, 4, 0, 0, 0, time.UTC))
	w.ticks(1, time.Minute)
	box := outbox.New(outbox.Options{Who: "test", Log: w.o.Log, Language: "zh-CN", Env: w.env(), Channels: map[string]outbox.Exit{"me": {Channel: deadEnd{}}},
		Now: func() time.Time { return w.now }, Gather: time.Millisecond}, outboxStore{w.store})
	_ = box.Send(t.Context(), "me")
	err := w.store.View(t.Context(), func(tx *store.Tx) error {
		letters, err := tx.Letters(store.LetterFilter{})
		if len(letters) != 1 || letters[0].Type != plan.LetterMissing || letters[0].Content.Items[0].Detail.Args["name"] != "招商银行" {
			t.Errorf("letters: %+v", letters)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMissingStatementIsNotToldOnceItCame: not even where the letter was
// written already and only its channel was down, on its own channel or on the
// one that stands in.
func TestMissingStatementIsNotToldOnceItCame(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC))
	w.statement("b1", time.Date(2026, 1, 8, 4, 0, 0, 0, time.UTC))
	w.statement("b2", time.Date(2026, 2, 8, 4, 0, 0, 0, time.UTC))
	w.ticks(1, time.Minute)
	stand, _ := plan.StandIn(w.planned()[0], "office", nil, w.env())
	w.update(func(tx *store.Tx) error { return tx.PutReminders([]plan.Reminder{stand}) })
	box := outbox.New(outbox.Options{Who: "test", Log: w.o.Log, Language: "zh-CN", Env: w.env(),
		Channels: map[string]outbox.Exit{"me": {Channel: deadEnd{}}, "office": {Channel: deadEnd{}}},
		Now:      func() time.Time { return w.now }, Gather: time.Millisecond}, outboxStore{w.store})
	_, _ = box.Send(t.Context(), "me"), box.Send(t.Context(), "office")
	w.ticks(1, surveyAgain)
	states := func() map[string]plan.LetterState {
		out := map[string]plan.LetterState{}
		w.update(func(tx *store.Tx) error {
			letters, err := tx.Letters(store.LetterFilter{})
			for _, l := range letters {
				out[l.Channel] = l.State
			}
			return err
		})
		return out
	}
	if got := states(); got["me"] != plan.LetterTrying || got["office"] != plan.LetterTrying {
		t.Fatalf("while it is missing: %v", got)
	}
	w.statement("b3", w.now)
	w.ticks(1, surveyAgain)
	w.now = w.now.Add(2 * time.Hour)
	_, _ = box.Send(t.Context(), "me"), box.Send(t.Context(), "office")
	if got := states(); got["me"] != plan.LetterWithdrawn || got["office"] != plan.LetterWithdrawn {
		t.Errorf("after it came: %v", got)
	}
}

// BenchmarkSurvey looks at twenty thousand bills.
func BenchmarkSurvey(b *testing.B) {
	w := newWatched(b, time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC))
	for batch := range 20 {
		w.update(func(tx *store.Tx) error {
			for i := range 1000 {
				n := batch*1000 + i
				at := w.now.AddDate(0, -n%6, -n%20)
				x := &bill.Bill{ID: fmt.Sprintf("b%05d", n), Issuer: fmt.Sprint("issuer", n%50), Account: fmt.Sprintf("%04d", n%300), Currency: "CNY",
					Trust: bill.TrustVouched, Seen: at, DueDate: bill.DayOf(at) + 18}
				if err := tx.PutBill(x); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for b.Loop() {
		if _, err := w.survey(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
