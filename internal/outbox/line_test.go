package outbox_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/channel"
	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/email"
	"repayd/internal/outbox"
	"repayd/internal/secret"
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

// TestLoginsOfARun: three claims through a real SMTP server are one login. One
// that hangs up between two claims costs a second login, and no letter comes
// twice or not at all.
func TestLoginsOfARun(t *testing.T) {
	for name, tc := range map[string]struct {
		drops  int // at the so-manyth letter of the first connection
		logins int64
	}{
		"kept":    {0, 1},
		"dropped": {201, 2},
	} {
		t.Run(name, func(t *testing.T) {
			var logins atomic.Int64
			sink, err := channeltest.NewSMTPSink(channeltest.SMTPOptions{Username: "shop", Password: "word", Fault: func(e channeltest.Event) channeltest.Fault {
				if e.Stage == channeltest.AtAuth {
					logins.Add(1)
				}
				return channeltest.Fault{Drop: e.Stage == channeltest.AtMail && e.Connection == 1 && e.Letter == tc.drops}
			}})
			if err != nil {
				t.Fatal(err)
			}
			defer sink.Close()
			c, err := email.New(email.Options{Server: sink.Addr(), TLS: "none", Username: "shop", Password: secret.Plain("word"),
				From: "shop@example.com", To: []string{"owner@example.com"}})
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, "due-1d")
			w.exits["me"] = outbox.Exit{Channel: c, Recipients: c.Recipients()}
			const letters = 450
			for i := range letters {
				w.test(i)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := w.outbox().Send(ctx, "me"); err != nil {
				t.Fatal(err)
			}
			ids := map[string]bool{}
			for _, m := range sink.Mail() {
				_, rest, _ := strings.Cut(string(m.Data), "X-Repayd-Letter: ")
				id, _, _ := strings.Cut(rest, "\r\n")
				ids[id] = true
			}
			check(t, "letters", len(sink.Mail()), letters)
			check(t, "different letters", len(ids), letters)
			check(t, "logins", logins.Load(), tc.logins)
		})
	}
}
