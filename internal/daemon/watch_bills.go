package daemon

import (
	"context"
	"fmt"

	"repayd/internal/bill"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// debts is what one walk over all bills collects.
type debts struct {
	receipts []plan.Receipt  // of the last months
	workdays map[string]bool // countries on whose working days any lately had to be paid
	tasks    []bill.Task     // that are worth a word about now
	plans    []string        // bills that instalments took the place of
}

// taskWindow is how many days after its due day a task is still looked at; plan
// tells of it for less.
const taskWindow = 45

// bills goes through all bills, those that are closed too.
func (d *daemon) bills(ctx context.Context) (debts, error) {
	const batch = 500
	var out debts
	env := d.env()
	for after, n := "", batch; n == batch && ctx.Err() == nil; {
		err := d.store.View(ctx, func(tx *store.Tx) error {
			all, err := tx.EachBill(false, after, batch)
			if err != nil {
				return err
			}
			n = len(all)
			for _, b := range all {
				after = b.ID
				out.add(b, env)
			}
			return nil
		})
		if err != nil {
			return debts{}, err
		}
	}
	return out, ctx.Err()
}

func (o *debts) add(b *bill.Bill, env plan.Env) {
	today := bill.DayOf(env.Now.In(env.Zone))
	for _, t := range b.Tasks(env.Zone) {
		if t.First() <= today+1 && t.Due+taskWindow >= today {
			o.tasks = append(o.tasks, t)
		}
	}
	if !b.Replaced.IsZero() && b.SettledAt.IsZero() {
		o.plans = append(o.plans, b.ID)
	}
	if b.Seen.Before(env.Now.AddDate(0, -8, 0)) {
		return
	}
	if b.NeedsWorkday {
		if o.workdays == nil {
			o.workdays = map[string]bool{}
		}
		o.workdays[b.Calendar] = true
	}
	if r, ok := plan.ReceiptOf(b, env); ok {
		o.receipts = append(o.receipts, r)
	}
}

// followUp does what is due once a day about bills that are not simply to be
// paid: plans of instalments that were broken, and tasks. It reports whether
// anything is to be sent.
func (d *daemon) followUp(tx *store.Tx, look survey, env plan.Env) (bool, error) {
	changed := false
	for _, id := range look.plans {
		did, err := d.in.Revive(tx, id)
		if err != nil {
			return changed, fmt.Errorf("plan of instalments for bill %s: %w", id, err)
		}
		if did {
			d.o.Log.Info("a plan of instalments was broken", "bill", id)
		}
		changed = changed || did
	}
	did, err := d.planTasks(tx, look.tasks, env)
	return changed || did, err
}
