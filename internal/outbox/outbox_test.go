package outbox_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/bill"
	"repayd/internal/calendar"
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
	o := outbox.Options{Who: "test", Language: "en", Env: w.env, Channels: w.exits, Log: cmp.Or(w.log, slog.New(slog.DiscardHandler))}
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

func TestOneLetterForOneSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d", "due", "late every 2d")
		for i := range 300 {
			w.owe(fmt.Sprintf("bill%04d", i), 1)
		}
		w.run(20 * time.Hour) // from midnight: the reminders of 09:00
		check(t, "letters", len(w.far.letters()), 1)
		check(t, "reminders of the first bill", w.states("bill0000"), []string{"due-1d accepted"})
		w.run(14 * time.Hour)
		check(t, "letters after the due day's hour", len(w.far.letters()), 2)
	})
}

func TestNothingIsSentTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d", "due", "late every 2d")
		w.owe("a", 1)
		for range 10 { // ten restarts in ten hours
			w.run(time.Hour)
		}
		check(t, "letters", len(w.far.letters()), 1)
	})
}

// TestRetryUntilItWorks: the same letter under the same id, with growing
// pauses, the first of them within five minutes.
func TestRetryUntilItWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		var at []time.Time
		w.far.answer = func(n int, _ channel.Letter) channel.Result {
			at = append(at, time.Now())
			if n < 9 {
				return channel.Result{Err: errors.New("451 later")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		w.owe("a", 1)
		w.run(30 * time.Hour)
		got := w.far.letters()
		check(t, "attempts", len(got), 9)
		for _, l := range got {
			if l.ID != got[0].ID || l.Subject != got[0].Subject || l.Text != got[0].Text {
				t.Errorf("an attempt sent another letter: %+v", l)
			}
		}
		if first := at[1].Sub(at[0]); first > 5*time.Minute {
			t.Errorf("first retry after %v", first)
		}
		for i := 2; i < len(at); i++ {
			if pause := at[i].Sub(at[i-1]); pause > time.Hour+time.Minute || pause < at[i-1].Sub(at[i-2])/2 {
				t.Errorf("pause %d is %v", i, pause)
			}
		}
		check(t, "reminder", w.states("a"), []string{"due-1d accepted"})
	})
}

// TestTroubleIsLoggedOnce: what a target answers to every letter at every
// attempt stands in the log once, and again when it is something else.
func TestTroubleIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.every = 10 * time.Minute
		var text bytes.Buffer
		w.log = slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{Level: slog.LevelWarn}))
		w.far.answer = func(n int, _ channel.Letter) channel.Result {
			switch {
			case n <= 60:
				return channel.Result{Err: errors.New("the webhook answers 200 OK with garbage")}
			case n <= 90:
				return channel.Result{Err: errors.New("no answer within 20s")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		for i := range 10 {
			w.test(i)
		}
		for range 3 {
			w.owe("a", 1)
		}
		b := w.outbox()
		ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
		defer cancel()
		if err := b.Run(ctx); err != nil {
			t.Fatal(err)
		}
		check(t, "lines about the garbage", strings.Count(text.String(), "garbage"), 1)
		check(t, "lines about no answer", strings.Count(text.String(), "no answer"), 1)
		if n := len(w.far.letters()); n < 100 {
			t.Errorf("only %d attempts", n)
		}
	})
}

func TestRefusedForGoodIsVisible(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.far.answer = func(int, channel.Letter) channel.Result {
			return channel.Result{Outcome: channel.Refused, Err: errors.New("550 no such user")}
		}
		w.owe("a", 1)
		w.run(20 * time.Hour)
		check(t, "reminder", w.states("a"), []string{"due-1d failed"})
		check(t, "letter", w.letterStates(), []string{"refused after 1"})
	})
}

// TestADeadRecipientIsTold: one of two addresses is refused for good; the other
// one gets the letter and a warning.
func TestADeadRecipientIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.exits["me"] = outbox.Exit{Channel: w.far, Recipients: []string{"a@example.com", "gone@example.com"}}
		w.far.answer = func(_ int, l channel.Letter) channel.Result {
			if l.Recipients[0] == "gone@example.com" {
				return channel.Result{Outcome: channel.Refused, Err: errors.New("550 no such user")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		w.owe("a", 1)
		w.run(12 * time.Hour)
		var types []string
		for _, l := range w.far.letters() {
			types = append(types, l.Type)
		}
		check(t, "letters", types, []string{"bill.reminder", "daemon.warning"})
	})
}

// TestPerRecipient: who has it is not sent it again; a letter that anybody
// accepted is accepted once nobody is left to try (D4: not before).
func TestPerRecipient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.exits["me"] = outbox.Exit{Channel: w.far, Recipients: []string{"a@example.com", "b@example.com"}}
		w.far.answer = func(n int, l channel.Letter) channel.Result {
			if l.Recipients[0] == "b@example.com" && n < 3 {
				return channel.Result{Err: errors.New("451 later")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		w.owe("a", 1)
		w.run(9*time.Hour + 30*time.Second)
		check(t, "after the first attempt", w.states("a"), []string{"due-1d in_letter"})
		w.run(10 * time.Hour)
		var to []string
		for _, l := range w.far.letters() {
			to = append(to, l.Recipients...)
		}
		check(t, "recipients", to, []string{"a@example.com", "b@example.com", "b@example.com", "b@example.com"})
		check(t, "reminder", w.states("a"), []string{"due-1d accepted"})
	})
}

// TestNewerStepOvertakes: a letter that cannot be delivered ends when a newer
// step of the same bill is due, and that one goes out.
func TestNewerStepOvertakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d", "due")
		down := true
		w.far.answer = func(int, channel.Letter) channel.Result {
			if down {
				return channel.Result{Err: errors.New("connection refused")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		w.owe("a", 1)
		w.run(33*time.Hour + 30*time.Minute) // past 09:00 of the due day
		down = false
		w.run(3 * time.Hour)
		check(t, "reminders", w.states("a"), []string{"due-1d folded", "due accepted"})
		check(t, "letters", w.letterStates()[0][:7], "expired")
	})
}

func TestWithdrawnWhenSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.far.answer = func(int, channel.Letter) channel.Result {
			return channel.Result{Err: errors.New("451 later")}
		}
		b := w.owe("a", 1)
		w.run(10 * time.Hour)
		before := len(w.far.letters())
		b.SettledAt = time.Now()
		w.put(b)
		w.run(10 * time.Hour)
		if n := len(w.far.letters()); n > before {
			t.Errorf("%d letters after settlement", n-before)
		}
		check(t, "reminder", w.states("a"), []string{"due-1d cancelled"})
		check(t, "letter", w.letterStates()[0][:9], "withdrawn")
	})
}

// TestDowntime: after three days without power the newest passed step is told
// at once and says how late it is; the older ones are folded into it.
func TestDowntime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-3d", "due-1d", "due", "late every 2d")
		w.owe("a", 4)
		w.run(time.Hour)
		pass(5*24*time.Hour + 12*time.Hour)
		w.run(time.Minute)
		check(t, "reminders", w.states("a"), []string{"due-3d folded", "due-1d folded", "due folded", "late accepted"})
		check(t, "letters", len(w.far.letters()), 1)
	})
}

// TestCrashAfterSending: the process dies after the far side accepted and
// before that was recorded: the same letter comes again under the same id.
func TestCrashAfterSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.owe("a", 1)
		pass(9*time.Hour + time.Minute)
		crash := &crashing{viaStore{w.store}}
		b := outbox.New(outbox.Options{Who: "first", Language: "en", Env: w.env, Channels: w.exits, Log: slog.New(slog.DiscardHandler)}, crash)
		if err := b.Send(context.Background(), "me"); err == nil {
			t.Fatal("the crash did not happen")
		}
		check(t, "sent before the crash", len(w.far.letters()), 1)
		w.run(30 * time.Minute) // the claim of the dead process ends
		got := w.far.letters()
		if len(got) != 2 || got[0].ID != got[1].ID || got[0].Text != got[1].Text {
			t.Fatalf("after the crash: %d letters", len(got))
		}
		check(t, "reminder", w.states("a"), []string{"due-1d accepted"})
	})
}

// crashing is a store whose process dies when results are to be recorded.
type crashing struct{ viaStore }

func (c *crashing) Update(ctx context.Context, fn func(outbox.Tx) error) error {
	return c.viaStore.Update(ctx, func(tx outbox.Tx) error { return fn(dying{tx}) })
}

type dying struct{ outbox.Tx }

func (dying) Record([]plan.LetterResult) error { return errors.New("killed") }

func TestQuietHoursHoldRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-2d 21:50")
		from, _ := bill.NewClock(22, 0)
		to, _ := bill.NewClock(8, 0)
		w.env.Quiet = &calendar.Quiet{From: from, To: to, Zone: time.UTC}
		var at []time.Time
		w.far.answer = func(n int, _ channel.Letter) channel.Result {
			at = append(at, time.Now().UTC())
			if n < 6 {
				return channel.Result{Err: errors.New("451 later")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		w.owe("a", 2)
		w.run(40 * time.Hour)
		for _, a := range at {
			if h := a.Hour(); h >= 22 || h < 8 {
				t.Errorf("sent at %v", a)
			}
		}
		check(t, "reminder", w.states("a"), []string{"due-2d accepted"})
	})
}

// TestQuietHoursHoldWhatPassedMeanwhile: a step became due, or a letter was to
// be tried again, while nothing ran; the outbox comes back within quiet hours.
func TestQuietHoursHoldWhatPassedMeanwhile(t *testing.T) {
	for name, tried := range map[string]time.Duration{"a step": 0, "a retry": 21*time.Hour + 51*time.Minute + 30*time.Second} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, "due-2d 21:50")
			from, _ := bill.NewClock(22, 0)
			to, _ := bill.NewClock(8, 0)
			w.env.Quiet = &calendar.Quiet{From: from, To: to, Zone: time.UTC}
			var at []string
			w.far.answer = func(n int, _ channel.Letter) channel.Result {
				if at = append(at, time.Now().UTC().Format("15:04")); time.Now().UTC().Hour() == 21 {
					return channel.Result{Err: errors.New("451 later")}
				}
				return channel.Result{Outcome: channel.Accepted}
			}
			w.owe("a", 2)
			w.run(tried)
			before := len(at)
			pass(23*time.Hour - tried)
			w.run(12 * time.Hour)
			check(t, name+": sent", at[before:], []string{"08:00"})
			check(t, name+": reminder", w.states("a"), []string{"due-2d accepted"})
		})
	}
}

// TestRetriesBeforeADeadlineInQuietHours: they may not wait for the end of the
// quiet hours, but they do pause.
func TestRetriesBeforeADeadlineInQuietHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due 21:59")
		from, _ := bill.NewClock(22, 0)
		to, _ := bill.NewClock(8, 0)
		w.env.Quiet = &calendar.Quiet{From: from, To: to, Zone: time.UTC}
		var at []time.Time
		w.far.answer = func(n int, _ channel.Letter) channel.Result {
			at = append(at, time.Now())
			if n < 6 {
				return channel.Result{Err: errors.New("451 later")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		w.owe("a", 0)
		w.run(24 * time.Hour)
		check(t, "reminder", w.states("a"), []string{"due accepted"})
		for i := 2; i < len(at); i++ {
			if pause := at[i].Sub(at[i-1]); pause < time.Minute {
				t.Errorf("attempt %d came %v after the one before", i+1, pause)
			}
		}
	})
}

// TestASlowChannelDelaysNoOther: one channel hangs, the other is on time.
func TestASlowChannelDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.env.Policies[0].Channels = []string{"me", "slow"}
		slow := &far{answer: func(int, channel.Letter) channel.Result {
			pass(time.Hour)
			return channel.Result{Err: errors.New("timed out")}
		}}
		w.exits["slow"] = outbox.Exit{Channel: slow}
		var at time.Time
		w.far.answer = func(int, channel.Letter) channel.Result {
			at = time.Now()
			return channel.Result{Outcome: channel.Accepted}
		}
		start := time.Now()
		w.owe("a", 1)
		w.run(12 * time.Hour)
		if late := at.Sub(start.Add(9 * time.Hour)); late < 0 || late > time.Minute {
			t.Errorf("the quick channel sent %v after the step", late)
		}
	})
}

// TestFallback: what is refused for good goes to the fallback at once, under
// its own letter; a fallback that has the step already is not told again.
func TestFallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		other := &far{}
		w.exits["me"] = outbox.Exit{Channel: w.far, Fallback: "other"}
		w.exits["other"] = outbox.Exit{Channel: other}
		w.far.answer = func(int, channel.Letter) channel.Result {
			return channel.Result{Outcome: channel.Refused, Err: errors.New("410 gone")}
		}
		w.owe("a", 1)
		w.run(10 * time.Hour)
		check(t, "reminders", w.states("a"), []string{"due-1d failed", "due-1d accepted"})
		check(t, "letters of the fallback", len(other.letters()), 1)
		w.run(10 * time.Hour)
		check(t, "letters of the fallback later", len(other.letters()), 1)
	})
}

// TestADeadOnlyChannelIsToldAnotherWay: what the only default channel refuses
// for good is said on another one, and so is a warning that it refuses, even
// where it has no fallback.
func TestADeadOnlyChannelIsToldAnotherWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.every = time.Hour
		w.env.Instead = map[string]string{"me": "office", "office": "me"}
		refuse := func(int, channel.Letter) channel.Result {
			return channel.Result{Outcome: channel.Refused, Err: errors.New("410 gone")}
		}
		office := &far{}
		w.exits["office"] = outbox.Exit{Channel: office}
		w.far.answer = refuse
		w.owe("a", 1)
		w.update(func(tx *store.Tx) error {
			return tx.AddReminders(plan.Warning("disk:database", tx.Now(), "disk-full", map[string]string{"path": "db"}, w.env))
		})
		w.run(20 * time.Hour)
		var told []string
		for _, l := range office.letters() {
			told = append(told, l.Subject)
		}
		check(t, "letters of the other channel", told, []string{"[repayd warning] The disk is nearly full",
			"[repayd warning] A reminder could not be delivered through channel me"})
		check(t, "the reminder", w.states("a"), []string{"due-1d failed"})

		office.answer = refuse // both are dead: it ends
		w.owe("b", 1)
		w.run(48 * time.Hour)
		if n := len(office.letters()); n > 4 {
			t.Errorf("%d letters to two dead channels", n)
		}
	})
}

// TestFallbackForALongOutage: a channel that fails for the time being hands
// over after hours, not at once, and still delivers when it works again.
func TestFallbackForALongOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-2d")
		other := &far{}
		w.exits["me"] = outbox.Exit{Channel: w.far, Fallback: "other"}
		w.exits["other"] = outbox.Exit{Channel: other}
		start := time.Now()
		var told time.Duration
		other.answer = func(int, channel.Letter) channel.Result {
			told = time.Since(start)
			return channel.Result{Outcome: channel.Accepted}
		}
		w.far.answer = func(int, channel.Letter) channel.Result { return channel.Result{Err: errors.New("451 later")} }
		w.owe("a", 2)
		w.run(24 * time.Hour)
		check(t, "letters of the fallback", len(other.letters()), 1)
		if told < 15*time.Hour || told > 17*time.Hour { // 09:00 and six hours, at the next attempt
			t.Errorf("the fallback told it %v after midnight", told)
		}
	})
}

// limited is a far side that takes only so many letters a minute.
type limited struct {
	*far
	limits []channel.Limit
}

func (l limited) Limits() []channel.Limit { return l.limits }

// TestTargetLimits: 90 letters to a target that takes 20 a minute.
func TestTargetLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.exits["me"] = outbox.Exit{Channel: limited{w.far, []channel.Limit{{N: 20, Per: time.Minute}}}}
		var at []time.Time
		w.far.answer = func(int, channel.Letter) channel.Result {
			at = append(at, time.Now())
			return channel.Result{Outcome: channel.Accepted}
		}
		for i := range 90 {
			w.test(i)
		}
		w.run(10 * time.Minute)
		check(t, "letters", len(at), 90)
		for i := range at {
			if i >= 20 && at[i].Sub(at[i-20]) < time.Minute {
				t.Fatalf("letters %d to %d within %v", i-20, i, at[i].Sub(at[i-20]))
			}
		}
	})
}

// rushing is a far side that is overloaded at the full and half hour.
type rushing struct{ *far }

func (rushing) Rush() channel.Rush {
	return channel.Rush{Every: 30 * time.Minute, Lasts: 2 * time.Minute}
}

// TestARushIsSatOut: a letter at nine leaves a few minutes later, one that
// presses at once, and so does a test that somebody waits for.
func TestARushIsSatOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d", "due 23:50", "late 09:10")
		w.exits["me"] = outbox.Exit{Channel: rushing{w.far}}
		var at []time.Time
		w.far.answer = func(n int, _ channel.Letter) channel.Result {
			if at = append(at, time.Now().UTC()); n == 1 {
				return channel.Result{Err: errors.New("11232"), RetryAfter: 28 * time.Minute} // into the next rush
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		w.owe("a", 1)
		w.owe("b", 1)
		w.run(3 * 24 * time.Hour)
		var got []string
		for i, want := range []string{"01 09:02", "01 09:32", "02 23:50", "03 09:10"} {
			early, _ := time.Parse("02 15:04", want)
			if i < len(at) {
				d, _ := time.Parse("02 15:04:05", at[i].Format("02 15:04:05"))
				if d.Before(early) || d.After(early.Add(2*time.Minute)) {
					got = append(got, at[i].Format("02 15:04:05"))
				}
			}
		}
		check(t, "letters", len(at), 4)
		check(t, "at other times than wanted", got, []string{})
		pass(6*time.Hour + time.Second) // 06:00:01
		w.test(1)
		w.run(30 * time.Second)
		check(t, "with the test", len(at), 5)
	})
}

// TestLimitsHoldAcrossRestarts: a new process knows what the one before sent.
func TestLimitsHoldAcrossRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.exits["me"] = outbox.Exit{Channel: limited{w.far, []channel.Limit{{N: 20, Per: time.Minute}, {N: 5, Per: time.Second}}}}
		var at []time.Time
		w.far.answer = func(int, channel.Letter) channel.Result {
			at = append(at, time.Now())
			return channel.Result{Outcome: channel.Accepted}
		}
		for i := range 70 {
			w.test(i)
		}
		for range 60 {
			w.run(7 * time.Second)
		}
		check(t, "letters", len(at), 70)
		for i := range at {
			if i >= 20 && at[i].Sub(at[i-20]) < time.Minute || i >= 5 && at[i].Sub(at[i-5]) < time.Second {
				t.Fatalf("letter %d comes too early: %v", i, at[max(0, i-20):i+1])
			}
		}
	})
}

// TestAQuotaOfADayIsNoPause: 200 letters a day may all leave at nine.
func TestAQuotaOfADayIsNoPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.every = 10 * time.Minute
		w.exits["me"] = outbox.Exit{Channel: limited{w.far, []channel.Limit{{N: 4, Per: 24 * time.Hour}}}}
		for i := range 5 {
			w.test(i)
		}
		w.run(time.Minute)
		check(t, "letters within a minute", len(w.far.letters()), 4)
		w.run(23 * time.Hour)
		check(t, "letters that day", len(w.far.letters()), 4)
		w.run(3 * time.Hour)
		check(t, "letters the next day", len(w.far.letters()), 5)
	})
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

func TestPauses(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]time.Duration{0: time.Minute, 1: time.Minute, 2: 2 * time.Minute, 4: 8 * time.Minute, 6: 32 * time.Minute, 7: time.Hour, 100: time.Hour} {
		got := outbox.Pause("rl_x", n)
		if got > want || got < want*9/10 {
			t.Errorf("pause after %d attempts = %v, want %v less up to a tenth", n, got, want)
		}
	}
}
