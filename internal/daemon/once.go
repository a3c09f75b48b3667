package daemon

import (
	"context"
	"log/slog"
	"time"

	"repayd/internal/config"
	"repayd/internal/outbox"
	"repayd/internal/store"
)

// SendOnce sends what is due on one channel, as the daemon would, unless one
// runs on the database, which then does it.
func SendOnce(ctx context.Context, cfg *config.Config, s *store.Store, name string, log *slog.Logger) error {
	who := identity() + sending
	_, ours, err := acquire(ctx, s, who)
	if err != nil || !ours {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = s.Update(ctx, func(tx *store.Tx) error { return tx.ReleaseLease(who) })
	}()
	env, err := Env(cfg)
	if err != nil {
		return err
	}
	channels, err := exits(cfg, nil)
	if err != nil {
		return err
	}
	set, err := Issuers(cfg)
	if err != nil {
		return err
	}
	box := outbox.New(outbox.Options{Who: who, Language: cfg.Language, Env: env, Channels: channels, Log: log, Gather: time.Millisecond,
		Terms: set.FullTermsFor, Forecast: forecast(cfg, set, env.Workdays)}, outboxStore{s})
	return box.Send(ctx, name)
}
