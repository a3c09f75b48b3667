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
			cfg, err := a.load()
			if err != nil {
				return err
			}
			var from time.Time
			if since != "" {
				d, err := bill.ParseDay(since)
				if err != nil {
					return usagef("--since: %v", err)
				}
				midnight, _ := bill.NewClock(0, 0)
				from = d.At(midnight, cfg.Zone)
			}
			in, err := daemon.Intake(cfg, nil, a.logger())
			if err != nil {
				return err
			}
			s, err := a.openStore(ctx, cfg, false, false)
			if err != nil {
				return err
			}
			defer s.Close()
			n, err := daemon.Reread(ctx, s, in, from)
			if err != nil {
				return err
			}
			if a.json {
				return printJSON(a.out, map[string]int{"bills": n})
			}
			fmt.Fprintf(a.out, "%d bills made or changed\n", n)
			return nil
		},
	}
}
