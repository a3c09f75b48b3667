package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/channel"
	"repayd/internal/outbox"
	"repayd/internal/plan"
)

// failing is a store that cannot record what came of letters, fail times; it
// notes each result that was recorded.
type failing struct {
	viaStore
	mu   sync.Mutex
	fail int
	log  []string
}

func (s *failing) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, line)
}

func (s *failing) Update(ctx context.Context, fn func(outbox.Tx) error) error {
	var noted []string
	err := s.viaStore.Update(ctx, func(tx outbox.Tx) error {
		noted = nil
		return fn(failingTx{tx, s, &noted})
	})
	if err == nil {
		for _, line := range noted {
			s.note(line)
		}
	}
	return err
}

type failingTx struct {
	outbox.Tx
	s     *failing
	noted *[]string
}

func (t failingTx) Record(results []plan.LetterResult) error {
	t.s.mu.Lock()
	t.s.fail--
	failed := t.s.fail >= 0
	t.s.mu.Unlock()
	if failed {
		return errors.New("the disk is full")
	}
	for _, r := range results {
		*t.noted = append(*t.noted, fmt.Sprintf("recorded %s %d", r.Letter.State, r.Letter.Attempts))
	}
	return t.Tx.Record(results)
}

func (w *world) boxOver(s outbox.Store) *outbox.Outbox {
	return outbox.New(outbox.Options{Who: "test", Language: "en", Env: w.env, Channels: w.exits, Log: slog.New(slog.DiscardHandler)}, s)
}

// TestAFullDiskSendsNothingTwice: results that cannot be written down are kept
// and written first, before the channel takes anything again.
func TestAFullDiskSendsNothingTwice(t *testing.T) {
	for _, fails := range []int{1, 2, 7} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, "due-1d")
			w.owe("a", 1)
			pass(9*time.Hour + time.Minute)
			s := &failing{viaStore: viaStore{w.store}, fail: fails}
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			defer cancel()
			if err := w.boxOver(s).Run(ctx); err != nil {
				t.Fatal(err)
			}
			check(t, "sent", len(w.far.letters()), 1)
			check(t, "letters", w.letterStates(), []string{"accepted after 1"})
			check(t, "reminder", w.states("a"), []string{"due-1d accepted"})
		})
	}
}

// TestTheEndRecordsWhatWasKept: the last chance is the end of the outbox.
func TestTheEndRecordsWhatWasKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.owe("a", 1)
		pass(9*time.Hour + time.Minute)
		ctx, cancel := context.WithCancel(context.Background())
		w.far.answer = func(int, channel.Letter) channel.Result {
			cancel()
			return channel.Result{Outcome: channel.Accepted}
		}
		if err := w.boxOver(&failing{viaStore: viaStore{w.store}, fail: 1}).Run(ctx); err != nil {
			t.Fatal(err)
		}
		check(t, "letters", w.letterStates(), []string{"accepted after 1"})
	})
}

// TestRecordedBeforeTheNextAttempt: each attempt is on the disk before the next
// one begins.
func TestRecordedBeforeTheNextAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.owe("a", 1)
		pass(9*time.Hour + time.Minute)
		s := &failing{viaStore: viaStore{w.store}, fail: 3}
		w.far.answer = func(n int, _ channel.Letter) channel.Result {
			s.note(fmt.Sprint("sent ", n))
			if n < 3 {
				return channel.Result{Err: errors.New("later")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		if err := w.boxOver(s).Run(ctx); err != nil {
			t.Fatal(err)
		}
		check(t, "order", s.log, []string{"sent 1", "recorded trying 1", "sent 2", "recorded trying 2", "sent 3", "recorded accepted 3"})
	})
}

// TestACrashOfManyChannels: the process dies with the transaction that several
// channels share. Each letter comes once more under its id, none is lost.
func TestACrashOfManyChannels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		fars := map[string]*far{}
		for i := range 8 {
			name := fmt.Sprint("c", i)
			fars[name] = &far{}
			w.exits[name] = outbox.Exit{Channel: fars[name]}
			w.env.Policies[0].Channels = append(w.env.Policies[0].Channels, name)
		}
		w.owe("a", 1)
		pass(9*time.Hour + time.Minute)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = w.boxOver(&crashing{viaStore{w.store}}).Run(ctx)
		w.run(30 * time.Minute)
		for name, f := range fars {
			var ids []string
			for _, l := range f.letters() {
				ids = append(ids, l.ID)
			}
			check(t, name+" sent", len(ids), 2)
			check(t, name+" letters", len(slices.Compact(ids)), 1)
		}
		check(t, "letters", slices.Compact(w.letterStates()), []string{"accepted after 1"})
	})
}
