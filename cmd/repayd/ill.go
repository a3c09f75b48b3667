package main

import (
	"context"
	"fmt"
	"strings"

	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/store"
)

// tellIll says, below what was asked for, what has been wrong for long enough
// to be told: whoever looks at a list may be one whom no letter reaches.
func (a *app) tellIll(ctx context.Context, cfg *config.Config) error {
	var ills []daemon.Ill
	err := a.look(ctx, cfg, func(tx *store.Tx) (err error) {
		ills, err = daemon.Ills(tx)
		return err
	})
	if err != nil {
		return err
	}
	keys := map[string]string{"channel": "ill.channel", "mailbox": "ill.mailbox", "disk": "ill.disk", "config": "ill.config"}
	for _, ill := range ills {
		kind, name, _ := strings.Cut(ill.What, ":")
		what := clean(ill.What)
		if key, ok := keys[kind]; ok {
			what = text(key, "name", clean(name))
		}
		fmt.Fprintln(a.err, text("ill.since", "what", what, "since", instant(ill.Since, cfg.Zone), "error", clean(ill.Error)))
	}
	return nil
}
