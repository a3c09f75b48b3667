package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"

	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/systemd"
)

func runCommand() command {
	return command{
		name: "run", short: "the daemon", config: true,
		long: "Reads the mailboxes, plans and sends until it is stopped.\n" +
			"SIGHUP reads the configuration again; a bad one is refused and the old one stays.\n" +
			"A second SIGTERM or Ctrl-C ends it at once.",
		run: func(ctx context.Context, a *app) error {
			if len(a.args) > 0 {
				return usagef("unexpected argument %q", a.args[0])
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			// What is wrong with them is a matter of the configuration: a
			// restart would not mend it.
			if _, err := issuersOf(cfg); err != nil {
				return err
			}
			if _, err := daemon.Holidays(cfg); err != nil {
				return usagef("the holiday tables cannot be used:\n%v", err)
			}
			return a.serve(ctx, cfg)
		},
	}
}

// serve runs the daemon, and again with the new configuration at each SIGHUP.
func (a *app) serve(ctx context.Context, cfg *config.Config) error {
	// The daemon is idle for most of its life, on small machines: half the
	// heap's slack for a little processor time when mail comes.
	debug.SetGCPercent(50)
	log := a.logger()
	notify := systemd.FromEnvironment()
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	for {
		next, err := a.serveOnce(ctx, cfg, hup, notify, log)
		if next == nil || err != nil {
			_ = notify.Stopping()
			return err
		}
		cfg = next
		log.Info("configuration reloaded")
	}
}

// serveOnce runs the daemon until it ends or a good new configuration is
// there, which it returns.
func (a *app) serveOnce(ctx context.Context, cfg *config.Config, hup <-chan os.Signal, notify systemd.Notifier, log *slog.Logger) (*config.Config, error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, w := range cfg.Warnings {
		log.Warn(w)
	}
	done := make(chan error, 1)
	var rejected atomic.Pointer[error]
	go func() {
		done <- daemon.Run(inner, cfg, daemon.Options{Log: log, Notify: notify, LookupTXT: daemon.LookupTXT,
			Rejected: func() error {
				if err := rejected.Load(); err != nil {
					return *err
				}
				return nil
			}})
	}()
	for {
		select {
		case err := <-done:
			return nil, err
		case <-hup:
			next, err := a.reload(notify, log)
			if err != nil {
				rejected.Store(&err)
				continue
			}
			cancel()
			if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
				return nil, err
			}
			if ctx.Err() != nil {
				return nil, nil
			}
			return next, nil
		}
	}
}

// reload reads the configuration again; the error says why it is refused.
func (a *app) reload(notify systemd.Notifier, log *slog.Logger) (*config.Config, error) {
	if err := notify.Reloading(); err != nil {
		log.Warn("tell systemd: " + err.Error())
	}
	next, err := a.load()
	if err == nil {
		_, err = daemon.Issuers(next)
	}
	if err == nil {
		_, err = daemon.Holidays(next)
	}
	if err != nil {
		log.Error("the new configuration is refused; the old one stays: " + err.Error())
		_ = notify.Ready()
		return nil, err
	}
	return next, nil
}
