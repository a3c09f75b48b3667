package outbox_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/bill"
	"repayd/internal/calendar"
	"repayd/internal/channel"
)

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
