package intake

import (
	"fmt"
	"slices"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// apply regroups and folds the neighbourhood of each notice, and of the bills
// that lost one, and plans anew what changed. It returns the ids of the bills
// that were made or changed.
func (in *Intake) apply(tx Tx, notices []bill.Notice, touched []string) ([]string, error) {
	var changed []string
	for _, n := range notices {
		if n.Trust == bill.TrustSuspicious {
			continue
		}
		ids, err := in.regroup(tx, bill.Around(n), nil)
		if err != nil {
			return nil, err
		}
		changed = append(changed, ids...)
	}
	for _, id := range touched {
		ids, err := in.refold(tx, id)
		if err != nil {
			return nil, err
		}
		changed = append(changed, ids...)
	}
	slices.Sort(changed)
	return slices.Compact(changed), nil
}

// Refold folds a bill anew, by today's rules of its issuer. It reports whether
// it, or a bill beside it, changed.
func (in *Intake) Refold(tx Tx, id string) (bool, error) {
	changed, err := in.refold(tx, id)
	return len(changed) > 0, err
}

// refold regroups around an existing bill.
func (in *Intake) refold(tx Tx, id string) ([]string, error) {
	b, ok, err := tx.Bill(id)
	if err != nil || !ok {
		return nil, err
	}
	g, err := in.group(tx, id)
	if err != nil {
		return nil, err
	}
	q := around(b)
	if name := reissued(b, g); name != "" {
		q.Issuer = name
	}
	return in.regroup(tx, q, &g)
}

// reissued is the issuer that all notices of a bill name today, where the bill
// still bears another and the owner named none: a file came to describe a
// sender whose bills were read without one.
func reissued(b *bill.Bill, g bill.Group) string {
	name := ""
	for i, n := range g.Notices {
		if n.Issuer == b.Issuer || (i > 0 && n.Issuer != name) {
			return ""
		}
		name = n.Issuer
	}
	if slices.ContainsFunc(g.Commands, func(c bill.Command) bool { return c.Issuer != "" }) {
		return ""
	}
	return name
}

func around(b *bill.Bill) bill.Neighbourhood {
	return bill.Around(bill.Notice{Issuer: b.Issuer, Merchant: b.Merchant, Currency: b.Currency,
		Reference: b.Reference, DueDate: b.DueDate, StatementDate: b.StatementDate, Received: b.Seen})
}

func (in *Intake) group(tx Tx, id string) (bill.Group, error) {
	notices, err := tx.NoticesOf(id)
	if err != nil {
		return bill.Group{}, err
	}
	commands, err := tx.CommandsOf(id)
	return bill.Group{ID: id, Notices: notices, Commands: commands}, err
}

// regroup sorts a neighbourhood anew and stores what changed. must is a bill
// that takes part even where the query does not find it (one just added, or
// one whose issuer the owner set).
func (in *Intake) regroup(tx Tx, q bill.Neighbourhood, must *bill.Group) ([]string, error) {
	have, loose, err := tx.Neighbours(q)
	if err != nil {
		return nil, err
	}
	if must != nil && !slices.ContainsFunc(have, func(g bill.Group) bool { return g.ID == must.ID }) {
		have = append(have, *must)
	}
	terms := in.terms(q.Issuer)
	groups, waiting := bill.Regroup(have, loose, terms)
	was := map[string]string{}
	for _, g := range have {
		for _, n := range g.Notices {
			was[n.ID] = g.ID
		}
	}
	if err := in.removeGone(tx, have, groups); err != nil {
		return nil, err
	}
	var changed []string
	for _, g := range groups {
		did, err := in.put(tx, g, terms, was)
		if err != nil {
			return nil, err
		}
		if did {
			changed = append(changed, g.ID)
		}
	}
	for _, n := range waiting {
		if was[n.ID] != "" {
			if err := tx.Assign(n.ID, ""); err != nil {
				return nil, err
			}
		}
	}
	return changed, in.unmatched(tx, waiting, groups, terms)
}

// terms are the issuer's rules. Of an issuer that no file describes nothing
// is known but that its days are the owner's.
func (in *Intake) terms(name string) bill.Terms {
	t := in.Reader.Set.Terms(name)
	if !in.Reader.Set.Describes(name) {
		t.Zone = in.Env.Zone
	}
	return t
}

// removeGone deletes the bills that were found to be another one, and cancels
// their reminders.
func (in *Intake) removeGone(tx Tx, have, groups []bill.Group) error {
	for _, g := range have {
		if slices.ContainsFunc(groups, func(o bill.Group) bool { return o.ID == g.ID }) {
			continue
		}
		reminders, err := tx.RemindersOfBill(g.ID)
		if err != nil {
			return err
		}
		if err := tx.PutReminders(cancelled(reminders)); err != nil {
			return err
		}
		if err := tx.DeleteBill(g.ID); err != nil {
			return err
		}
	}
	return nil
}

// put folds one group and stores the bill, its notices' homes and its
// reminders, where any of it changed.
func (in *Intake) put(tx Tx, g bill.Group, terms bill.Terms, was map[string]string) (bool, error) {
	b := bill.Fold(g, terms)
	if own, some := in.Reader.Set.TermsFor(&b); some {
		own.Zone = terms.Zone
		b = bill.Fold(g, own)
	}
	old, known, err := tx.Bill(g.ID)
	if err != nil {
		return false, err
	}
	changed := !known || !same(old, &b)
	if changed {
		if err := tx.PutBill(&b); err != nil {
			return false, err
		}
	}
	for _, n := range g.Notices {
		if was[n.ID] != g.ID {
			changed = true
			if err := tx.Assign(n.ID, g.ID); err != nil {
				return false, err
			}
			if err := in.foundHome(tx, n); err != nil {
				return false, err
			}
		}
	}
	for _, c := range g.Commands {
		if c.Bill != g.ID {
			c.Bill = g.ID
			if err := tx.PutCommand(c); err != nil {
				return false, err
			}
		}
	}
	if !changed {
		return false, nil
	}
	return true, in.Plan(tx, &b)
}

// Plan brings the reminders of one bill up to date.
func (in *Intake) Plan(tx Tx, b *bill.Bill) error {
	have, err := tx.RemindersOfBill(b.ID)
	if err != nil {
		return err
	}
	change := plan.Reconcile(b, have, in.env(tx))
	if len(change) == 0 {
		return nil
	}
	if err := tx.PutReminders(change); err != nil {
		return fmt.Errorf("plan bill %s: %w", b.ID, err)
	}
	return nil
}

// cancelled returns the planned ones among the reminders, cancelled because
// their bill went into another.
func cancelled(reminders []plan.Reminder) []plan.Reminder {
	var out []plan.Reminder
	for _, r := range reminders {
		if r.State == plan.StatePlanned {
			r.State, r.Reason = plan.StateCancelled, plan.ReasonMoved
			out = append(out, r)
		}
	}
	return out
}
