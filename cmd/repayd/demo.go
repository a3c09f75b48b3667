package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"repayd/internal/demo"
)

const (
	// demoPause is how long each letter of the demo stands before the next, so
	// that a person can read along.
	demoPause = 400 * time.Millisecond
	// demoWithin is when the demo gives up: it promises to end by itself.
	demoWithin = 29 * time.Second
)

func demoCommand() command {
	var lang string
	return command{
		name: "demo", short: "five weeks of the daemon in 15 seconds, on sample notices", json: true,
		long: "Runs the whole daemon on a built-in mail server, mail sink and webhook sink, with time running fast.\n" +
			"It needs no account, no file and no network, checks itself, and exits 1 when anything was not as it had to be.\n" +
			"With --json it prints one object a letter and a summary, and does not pause.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.StringVar(&lang, "language", "", "of the letters: zh-CN or en (default: the locale's)")
		},
		run: func(ctx context.Context, a *app) error {
			if err := a.noArguments(); err != nil {
				return err
			}
			switch lang {
			case "":
				lang = language()
			case english, chinese:
			default:
				return usagef("--language %q is neither zh-CN nor en", lang)
			}
			ctx, cancel := context.WithTimeout(ctx, demoWithin)
			defer cancel()
			return a.demo(ctx, lang)
		},
	}
}

// demo runs the demo and prints it as it happens.
func (a *app) demo(ctx context.Context, lang string) error {
	o := demo.Options{Language: lang, Start: demo.FirstOfMonth(a.now), Log: slog.New(slog.DiscardHandler)}
	if os.Getenv("REPAYD_DEBUG") != "" {
		o.Log = a.logger()
	}
	if a.json {
		return a.demoJSON(ctx, o)
	}
	p := demo.NewPrinter(a.out, lang)
	o.Pause, o.Event, o.Letter = demoPause, p.Event, p.Letter
	p.Intro()
	began := time.Now()
	s, err := demo.Run(ctx, o)
	if err != nil {
		return demoEnded(err)
	}
	p.Summary(s, time.Since(began))
	return errors.Join(p.Err(), demoVerdict(s))
}

func (a *app) demoJSON(ctx context.Context, o demo.Options) error {
	var failed error
	o.Letter = func(l demo.Letter) { failed = errors.Join(failed, printJSONLine(a.out, l)) }
	s, err := demo.Run(ctx, o)
	if err != nil {
		return demoEnded(err)
	}
	return errors.Join(failed, printJSONLine(a.out, s), demoVerdict(s))
}

func demoVerdict(s demo.Summary) error {
	if n := len(s.Problems); n > 0 {
		return fmt.Errorf("%d things were not as expected; this is a defect of repayd, please report it", n)
	}
	return nil
}

func demoEnded(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("not finished after %s; is this machine very busy? (%w)", demoWithin, err)
	}
	return err
}
