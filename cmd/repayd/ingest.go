package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/intake"
	"repayd/internal/store"
)

func ingestCommand() command {
	return command{
		name: "ingest", args: "PATH...", short: "read messages from files", config: true, json: true,
		long: "Takes .eml files, directories, mbox files and Maildirs, or - for the standard input.\n" +
			"Reading a message again changes nothing. Old bills among them are told as unconfirmed.",
		run: func(ctx context.Context, a *app) error {
			if len(a.args) == 0 {
				return usagef("say what to read: files, directories, or -")
			}
			for _, p := range a.args {
				if _, err := os.Stat(p); p != "-" && err != nil {
					return err
				}
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			return a.ingest(ctx, cfg)
		},
	}
}

// tally is what an ingest came to.
type tally struct {
	Messages int `json:"messages"`
	Known    int `json:"known"`
	Notices  int `json:"with_notices"`
	Reviews  int `json:"needs_review"`
	Others   int `json:"others"`
	Bills    int `json:"bills"`
}

func (a *app) ingest(ctx context.Context, cfg *config.Config) error {
	in, err := daemon.Intake(cfg, daemon.LookupTXT, a.logger())
	if err != nil {
		return err
	}
	s, err := a.openStore(ctx, cfg, true, false)
	if err != nil {
		return err
	}
	defer s.Close()
	pos := bill.Position{Mailbox: "ingest", Folder: fmt.Sprintf("%d", os.Getpid()), FirstRead: time.Now()}
	if err := mark(ctx, s, pos); err != nil {
		return err
	}
	t, err := a.takeIn(ctx, cfg, in, s, pos.FirstRead)
	pos.Caught = true
	if markErr := mark(context.WithoutCancel(ctx), s, pos); err == nil {
		err = markErr
	}
	if a.json {
		if jsonErr := printJSON(a.out, t); err == nil {
			err = jsonErr
		}
	} else {
		fmt.Fprintf(a.out, "%d messages read: %d with notices, %d need review, %d others, %d known before; %d bills made or changed\n",
			t.Messages, t.Notices, t.Reviews, t.Others, t.Known, t.Bills)
	}
	return err
}

// mark notes where this reading stands, so that a running daemon holds the
// letter about old bills until it has ended.
func mark(ctx context.Context, s *store.Store, pos bill.Position) error {
	return s.Update(ctx, func(tx *store.Tx) error { return tx.SetPosition(pos) })
}

func (a *app) takeIn(ctx context.Context, cfg *config.Config, in *intake.Intake, s *store.Store, began time.Time) (tally, error) {
	var t tally
	bills := map[string]bool{}
	src := daemon.Sources(cfg)
	progress := a.progress()
	err := a.eachMessage(a.args, func(path string, raw []byte) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		res, err := in.Message(ctx, intake.Item{Raw: raw, Source: src, FirstRead: began}, daemon.Update(ctx, s))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		t.Messages++
		switch {
		case res.Known:
			t.Known++
		case res.Outcome == bill.OutcomeNotices:
			t.Notices++
		case res.Outcome == bill.OutcomeNeedsReview:
			t.Reviews++
		default:
			t.Others++
		}
		for _, id := range res.Bills {
			bills[id] = true
		}
		progress(t.Messages, path)
		return nil
	})
	progress(0, "")
	t.Bills = len(bills)
	return t, err
}

// progress returns a function that shows, on a terminal, how far the work is;
// with n = 0 it clears the line.
func (a *app) progress() func(n int, what string) {
	f, ok := a.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(int, string) {}
	}
	var last time.Time
	return func(n int, what string) {
		if n == 0 {
			fmt.Fprint(f, "\r\x1b[K")
			return
		}
		if time.Since(last) > 100*time.Millisecond {
			fmt.Fprintf(f, "\r\x1b[K%d  %.60s", n, what)
			last = time.Now()
		}
	}
}
