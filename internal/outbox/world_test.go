package outbox_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/channel"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// far is the far side of a channel: it answers as told and remembers what it
// was given.
type far struct {
	mu     sync.Mutex
	got    []channel.Letter
	answer func(n int, l channel.Letter) channel.Result // n counts from 1
	open   func() error
}

func (f *far) Open(context.Context) (channel.Session, error) {
	if f.open != nil {
		if err := f.open(); err != nil {
			return nil, err
		}
	}
	return session{f}, nil
}

type session struct{ f *far }

func (s session) Close() error { return nil }

func (s session) Send(_ context.Context, l channel.Letter) []channel.Result {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	s.f.got = append(s.f.got, l)
	out := []channel.Result{}
	for _, to := range recipients(l) {
		r := channel.Result{Outcome: channel.Accepted}
		if s.f.answer != nil {
			one := l
			one.Recipients = []string{to}
			r = s.f.answer(len(s.f.got), one)
		}
		r.Recipient = to
		out = append(out, r)
	}
	return out
}

func recipients(l channel.Letter) []string {
	if len(l.Recipients) == 0 {
		return []string{""}
	}
	return l.Recipients
}

func (f *far) letters() []channel.Letter {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.got)
}

// world is a real store with bills in it, an outbox, and a far side.
type world struct {
	t     *testing.T
	path  string
	store *store.Store
	far   *far
	env   plan.Env
	exits map[string]outbox.Exit
	// every is how often the table is asked; 0 = as often as the outbox does.
	// Tests of many days ask less often.
	every time.Duration
	log   *slog.Logger // nil = nowhere
	alive func(string)
}

type viaStore struct{ *store.Store }

func (s viaStore) Update(ctx context.Context, fn func(outbox.Tx) error) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error { return fn(tx) })
}

func (s viaStore) View(ctx context.Context, fn func(outbox.Tx) error) error {
	return s.Store.View(ctx, func(tx *store.Tx) error { return fn(tx) })
}

func newWorld(t *testing.T, steps ...string) *world {
	t.Helper()
	w := &world{t: t, path: filepath.Join(t.TempDir(), "db"), far: &far{}}
	policy := plan.Policy{Name: "default", Channels: []string{"me"}}
	policy.At, _ = bill.NewClock(9, 0)
	for _, s := range steps {
		step, err := plan.ParseStep(s)
		if err != nil {
			t.Fatal(err)
		}
		policy.Steps = append(policy.Steps, step)
	}
	w.env = plan.Env{Zone: time.UTC, Policies: []plan.Policy{policy}}
	w.exits = map[string]outbox.Exit{"me": {Channel: w.far}}
	w.open()
	return w
}

func (w *world) open() {
	w.t.Helper()
	s, err := store.Open(context.Background(), w.path, store.Options{Create: true})
	if err != nil {
		w.t.Fatal(err)
	}
	w.store = s
	w.t.Cleanup(func() { s.Close() })
}

// owe adds a bill due so many days from now and plans its reminders.
func (w *world) owe(id string, inDays int) *bill.Bill {
	w.t.Helper()
	now := time.Now()
	due := bill.DayOf(now.UTC()) + bill.Day(inDays)
	amount := bill.Money{Minor: 12300, Currency: "CNY"}
	b := &bill.Bill{ID: id, Issuer: "shop", IssuerName: "Shop", Currency: "CNY", AmountDue: amount, Outstanding: amount,
		DueDate: due, LastSafeDay: due, Zone: "UTC", Trust: bill.TrustVouched, Seen: now.Add(-time.Hour)}
	w.put(b)
	return b
}

func (w *world) put(b *bill.Bill) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error {
		if err := tx.PutBill(b); err != nil {
			return err
		}
		have, err := tx.RemindersOfBill(b.ID)
		if err != nil {
			return err
		}
		env := w.env
		env.Now = tx.Now()
		return tx.PutReminders(plan.Reconcile(b, have, env))
	})
}

func (w *world) update(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) outbox() *outbox.Outbox {
	o := outbox.Options{Who: "test", Language: "en", Env: w.env, Channels: w.exits, Log: cmp.Or(w.log, slog.New(slog.DiscardHandler)), Alive: w.alive}
	if w.every > 0 {
		o.Tick = func(time.Duration) (<-chan time.Time, func()) {
			t := time.NewTicker(w.every)
			return t.C, t.Stop
		}
	}
	return outbox.New(o, viaStore{w.store})
}

// run lets the outbox work for a while of simulated time.
func (w *world) run(d time.Duration) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if err := w.outbox().Run(ctx); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) states(id string) []string {
	w.t.Helper()
	var out []string
	w.update(func(tx *store.Tx) error {
		rows, err := tx.RemindersOfBill(id)
		for _, r := range rows {
			if r.State != plan.StatePlanned {
				out = append(out, r.Step+" "+string(r.State))
			}
		}
		return err
	})
	return out
}

func (w *world) letterStates() []string {
	w.t.Helper()
	var out []string
	w.update(func(tx *store.Tx) error {
		ls, err := tx.Letters(store.LetterFilter{})
		for _, l := range ls {
			out = append(out, fmt.Sprintf("%s after %d", l.State, l.Attempts))
		}
		slices.Reverse(out)
		return err
	})
	return out
}

// pass lets simulated time pass.
func pass(d time.Duration) { <-time.After(d) }

func check(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

// test puts one ready letter into the outbox.
func (w *world) test(i int) {
	w.update(func(tx *store.Tx) error {
		r := plan.Test("me", tx.Now())
		r.Subject.ID = fmt.Sprint("test ", i)
		r.ID = plan.ID(r.Subject, r.Step, r.Channel, r.Date)
		l := plan.Letter{ID: plan.NewLetterID(), Channel: "me", Type: plan.LetterTest, State: plan.LetterNew, Created: tx.Now(), NextAttempt: tx.Now(),
			Content: plan.Content{Items: []plan.Item{plan.ItemOf(r, nil, plan.Origin{}, tx.Now(), time.UTC)}}}
		r.State, r.Letter = plan.StateInLetter, l.ID
		if err := tx.PutLetter(l); err != nil {
			return err
		}
		return tx.PutReminders([]plan.Reminder{r})
	})
}
