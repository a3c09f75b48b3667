package outbox_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/channel"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/store"
)

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
