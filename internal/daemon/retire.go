package daemon

import (
	"context"

	"repayd/internal/plan"
	"repayd/internal/store"
)

// retire cancels what is planned for channels that no longer exist, and
// withdraws the letters that still waited for one.
func (d *daemon) retire(ctx context.Context) error {
	const batch = 500
	for ctx.Err() == nil {
		n := 0
		err := d.store.Update(ctx, func(tx *store.Tx) error {
			gone, err := d.orphans(tx, batch)
			n = len(gone)
			if err != nil {
				return err
			}
			return tx.PutReminders(gone)
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return d.withdraw(ctx)
		}
	}
	return nil
}

// orphans are up to n reminders planned for channels that no longer exist, as
// cancelled. Never all at once: there can be a hundred thousand.
func (d *daemon) orphans(tx *store.Tx, n int) ([]plan.Reminder, error) {
	end := tx.Now().AddDate(100, 0, 0)
	names, err := tx.ReadyChannels(end)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, ok := d.exits[name]; ok {
			continue
		}
		gone, err := tx.Ready(end, name, n)
		for i := range gone {
			gone[i].State, gone[i].Reason = plan.StateCancelled, plan.ReasonPolicy
		}
		return gone, err
	}
	return nil, nil
}

// withdraw ends the letters that wait for a channel that no longer exists, and
// cancels their reminders: nobody would ever send or settle them.
func (d *daemon) withdraw(ctx context.Context) error {
	return d.store.Update(ctx, func(tx *store.Tx) error {
		for _, state := range []plan.LetterState{plan.LetterNew, plan.LetterTrying} {
			letters, err := tx.Letters(store.LetterFilter{State: state})
			if err != nil {
				return err
			}
			for _, l := range letters {
				if _, ok := d.exits[l.Channel]; ok {
					continue
				}
				if err := withdrawOne(tx, l); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func withdrawOne(tx *store.Tx, l plan.Letter) error {
	rows, err := tx.RemindersOfLetter(l.ID)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].State == plan.StateInLetter {
			rows[i].State, rows[i].Reason = plan.StateCancelled, plan.ReasonPolicy
		}
	}
	l.State = plan.LetterWithdrawn
	if err := tx.Record([]plan.LetterResult{{Letter: l}}); err != nil {
		return err
	}
	return tx.PutReminders(rows)
}
