package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/channel"
	"repayd/internal/outbox"
	"repayd/internal/plan"
)

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

func TestPauses(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]time.Duration{0: time.Minute, 1: time.Minute, 2: 2 * time.Minute, 4: 8 * time.Minute, 6: 32 * time.Minute, 7: time.Hour, 100: time.Hour} {
		got := outbox.Pause("rl_x", n)
		if got > want || got < want*9/10 {
			t.Errorf("pause after %d attempts = %v, want %v less up to a tenth", n, got, want)
		}
	}
}
