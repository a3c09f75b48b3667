package outbox_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/channel"
	"repayd/internal/store"
)

// TestOneSessionForManyClaims: 500 letters are three claims and one session;
// after a letter that was not accepted the next claim opens a new one.
func TestOneSessionForManyClaims(t *testing.T) {
	for name, tc := range map[string]struct {
		failing  int // the so-manyth letter
		sessions int
	}{
		"all accepted":          {0, 1},
		"trouble in the first":  {10, 2},
		"trouble in the second": {210, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, "due-1d")
				opened := 0
				w.far.open = func() error { opened++; return nil }
				w.far.answer = func(n int, _ channel.Letter) channel.Result {
					if n == tc.failing {
						return channel.Result{Err: errors.New("later")}
					}
					return channel.Result{Outcome: channel.Accepted}
				}
				for i := range 500 {
					w.test(i)
				}
				w.run(10 * time.Second)
				check(t, "letters", len(w.far.letters()), 500)
				check(t, "sessions", opened, tc.sessions)
			})
		})
	}
}

// TestASlowFarSide: a far side that takes a minute for each letter. The loop
// shows that it lives, and no letter waits under a claim that has run out, which
// another process could take while it is being sent.
func TestASlowFarSide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		last, silent := time.Now(), time.Duration(0)
		w.alive = func(string) { silent, last = max(silent, time.Since(last)), time.Now() }
		ids := map[string]int{}
		w.far.answer = func(n int, l channel.Letter) channel.Result {
			pass(time.Minute)
			ids[l.ID]++
			if n == 15 {
				w.update(func(tx *store.Tx) error {
					taken, err := tx.Claim("other", tx.Now().Add(time.Minute), tx.Now(), "me", 100)
					check(t, "taken by another process", len(taken), 0)
					return err
				})
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		for i := range 40 {
			w.test(i)
		}
		w.run(time.Hour)
		check(t, "letters", len(w.far.letters()), 40)
		check(t, "different letters", len(ids), 40)
		if silent > 10*time.Minute {
			t.Errorf("the loop was silent for %v", silent)
		}
	})
}
