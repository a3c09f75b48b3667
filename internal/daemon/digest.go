package daemon

import (
	"context"
	"time"

	"repayd/internal/plan"
	"repayd/internal/store"
)

// digestFact is when the digest was last due.
const digestFact = "digest:last"

// digest puts the overview of all open bills into the outbox when its schedule
// has come. It goes by what is stored and not by a cron entry, so that one
// missed while the machine was off is sent late, and once.
func (d *daemon) digest(ctx context.Context) error {
	if d.cfg.Digest == nil {
		return nil
	}
	wake := false
	err := d.store.Update(ctx, func(tx *store.Tx) error {
		now := tx.Now().In(d.cfg.Zone)
		text, known, err := tx.Fact(digestFact)
		if err != nil {
			return err
		}
		last, err := time.Parse(time.RFC3339, text)
		if !known || err != nil || last.After(now) {
			return tx.SetFact(digestFact, now.Format(time.RFC3339)) // the first one is the next
		}
		due := time.Time{}
		for at := d.cfg.Digest.Schedule.Next(last.In(d.cfg.Zone)); !at.IsZero() && !at.After(now); at = d.cfg.Digest.Schedule.Next(at) {
			due = at
		}
		if due.IsZero() {
			return nil
		}
		wake = true
		if err := tx.PutReminders(plan.Digest(d.cfg.Digest.Channels, due, d.env())); err != nil {
			return err
		}
		return tx.SetFact(digestFact, due.Format(time.RFC3339))
	})
	if wake {
		d.box.Wake()
	}
	return err
}
