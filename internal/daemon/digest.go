package daemon

import (
	"context"
	"time"

	"github.com/robfig/cron/v3"

	"repayd/internal/plan"
	"repayd/internal/store"
)

// digestFact is when the digest was last due.
const digestFact = "digest:last"

// digest puts the overview of all open bills into the outbox when its schedule
// has come.
func (d *daemon) digest(ctx context.Context) error {
	if d.cfg.Digest == nil {
		return nil
	}
	return d.onSchedule(ctx, digestFact, d.cfg.Digest.Schedule, func(_ *store.Tx, due time.Time) ([]plan.Reminder, error) {
		return plan.Digest(d.cfg.Digest.Channels, due, d.env()), nil
	})
}

// onSchedule plans reminders when a schedule has come. It goes by what is
// stored under fact and not by a cron entry, so that one missed while the
// machine was off is sent late, and once.
func (d *daemon) onSchedule(ctx context.Context, fact string, s cron.Schedule,
	make func(tx *store.Tx, due time.Time) ([]plan.Reminder, error)) error {
	wake := false
	err := d.store.Update(ctx, func(tx *store.Tx) error {
		now := tx.Now().In(d.cfg.Zone)
		text, known, err := tx.Fact(fact)
		if err != nil {
			return err
		}
		last, err := time.Parse(time.RFC3339, text)
		if !known || err != nil || last.After(now) {
			return tx.SetFact(fact, now.Format(time.RFC3339)) // the first one is the next
		}
		due := time.Time{}
		for at := s.Next(last.In(d.cfg.Zone)); !at.IsZero() && !at.After(now); at = s.Next(at) {
			due = at
		}
		if due.IsZero() {
			return nil
		}
		wake = true
		rows, err := make(tx, due)
		if err != nil {
			return err
		}
		if err := tx.AddReminders(rows); err != nil {
			return err
		}
		return tx.SetFact(fact, due.Format(time.RFC3339))
	})
	if wake && err == nil {
		d.box.Wake()
	}
	return err
}
