package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"

	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/plan"
	"repayd/internal/store"
)

func sendCommand() command {
	var test string
	return command{
		name: "send", short: "a test letter through the real path", config: true, json: true,
		long: "send --test CHANNEL writes a letter into the outbox and waits until it was accepted or failed.\nA running daemon sends it; without one this command does.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.StringVar(&test, "test", "", "the `channel` to try")
		},
		run: func(ctx context.Context, a *app) error {
			if len(a.args) > 0 {
				return usagef("unexpected argument %q", a.args[0])
			}
			if test == "" {
				return usagef("say which channel: send --test CHANNEL")
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(cfg.Channels, func(c config.Channel) bool { return c.Name == test }) {
				return usagef("there is no channel %q in %s", test, cfg.Path)
			}
			return a.withStoreOf(ctx, cfg, false, func(w workplace) error { return a.sendTest(ctx, w, test) })
		},
	}
}

// testWait is how long a test letter may take.
const testWait = 90 * time.Second

func (a *app) sendTest(ctx context.Context, w workplace, name string) error {
	var r plan.Reminder
	err := w.store.Update(ctx, func(tx *store.Tx) error {
		r = plan.Test(name, tx.Now())
		return tx.PutReminders([]plan.Reminder{r})
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, testWait)
	defer cancel()
	l, err := a.followTest(ctx, w.cfg, w.store, r)
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(a.out, map[string]any{"letter": l.ID, "channel": name, "state": l.State, "error": l.LastError})
	}
	fmt.Fprintf(a.out, "letter %s accepted by channel %s\n", l.ID, name)
	return nil
}

// followTest sends, where no daemon runs, and waits for the letter's fate.
func (a *app) followTest(ctx context.Context, cfg *config.Config, s *store.Store, r plan.Reminder) (plan.Letter, error) {
	for {
		if err := daemon.SendOnce(ctx, cfg, s, r.Channel, a.logger()); err != nil && ctx.Err() == nil {
			return plan.Letter{}, err
		}
		var l plan.Letter
		err := s.View(context.WithoutCancel(ctx), func(tx *store.Tx) error {
			rows, err := tx.RemindersOf(r.Subject)
			if err != nil || len(rows) == 0 || rows[0].Letter == "" {
				return err
			}
			l, _, err = tx.Letter(rows[0].Letter)
			return err
		})
		switch {
		case err != nil:
			return l, err
		case l.State == plan.LetterAccepted:
			return l, nil
		case l.LastError != "":
			return l, fmt.Errorf("channel %s did not take the letter (%s): %s", r.Channel, l.State, l.LastError)
		}
		select {
		case <-ctx.Done():
			return l, errors.New("the letter is still in the outbox; `repayd letters` shows what becomes of it")
		case <-time.After(300 * time.Millisecond):
		}
	}
}
