package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"repayd/internal/bill"
	"repayd/internal/daemon"
)

func rereadCommand() command {
	var since string
	return command{
		name: "reread", short: "read kept messages again with today's issuer files", config: true, json: true,
		long: "Messages that gave no notice keep their text for reread_for, 90 days unless configured otherwise.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.StringVar(&since, "since", "", "only those received since this `date`")
		},
		run: func(ctx context.Context, a *app) error {
			if len(a.args) > 0 {
				return usagef("unexpected argument %q", a.args[0])
			}
			var from bill.Day
			if since != "" {
				d, err := bill.ParseDay(since)
				if err != nil {
					return usagef("--since: %v", err)
				}
				from = d
			}
			return a.withStore(ctx, func(w workplace) error { return a.reread(ctx, w, from) })
		},
	}
}

// reread reads again what was received since a day; the unknown day is ever.
func (a *app) reread(ctx context.Context, w workplace, since bill.Day) error {
	in, err := daemon.Intake(w.cfg, nil, a.logger())
	if err != nil {
		return err
	}
	var from time.Time
	if since.Known() {
		midnight, _ := bill.NewClock(0, 0)
		from = since.At(midnight, w.cfg.Zone)
	}
	n, err := daemon.Reread(ctx, w.store, in, from)
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(a.out, map[string]int{"bills": n})
	}
	fmt.Fprintf(a.out, "%d bills made or changed\n", n)
	return nil
}
