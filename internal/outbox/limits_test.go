package outbox_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/channel"
	"repayd/internal/outbox"
)

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

// TestASpentQuotaGoesToTheFallback: what a target takes no more today is told
// by the fallback at once.
func TestASpentQuotaGoesToTheFallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due")
		w.every = 10 * time.Minute
		other := &far{}
		w.exits["me"] = outbox.Exit{Channel: limited{w.far, []channel.Limit{{N: 1, Per: 24 * time.Hour}}}, Fallback: "other"}
		w.exits["other"] = outbox.Exit{Channel: other}
		w.test(0)
		w.run(time.Minute)
		w.owe("a", 0) // due today at nine
		w.run(9*time.Hour + 30*time.Minute)
		check(t, "letters of the fallback", len(other.letters()), 1)
		check(t, "letters of the limited one", len(w.far.letters()), 1)
	})
}
