package intake

import (
	"reflect"
	"slices"

	"repayd/internal/bill"
)

// same reports whether two folds are one and the same bill; instants are
// compared as instants, for the store drops their zone.
func same(a, b *bill.Bill) bool {
	x, y := *a, *b
	for _, p := range []*bill.Bill{&x, &y} {
		p.Seen, p.MovedAt, p.SettledAt = p.Seen.UTC(), p.MovedAt.UTC(), p.SettledAt.UTC()
		p.DroppedAt, p.ReopenedAt, p.SnoozedAt = p.DroppedAt.UTC(), p.ReopenedAt.UTC(), p.SnoozedAt.UTC()
		p.SnoozeUntil, p.Backlog, p.ProblemAt = p.SnoozeUntil.UTC(), p.Backlog.UTC(), p.ProblemAt.UTC()
		p.AnsweredAt, p.Replaced = p.AnsweredAt.UTC(), p.Replaced.UTC()
		p.Case = caseUTC(p.Case)
	}
	return reflect.DeepEqual(x, y)
}

func caseUTC(k *bill.Case) *bill.Case {
	if k == nil {
		return nil
	}
	c := *k
	c.OpenedAt, c.ChangedAt = c.OpenedAt.UTC(), c.ChangedAt.UTC()
	c.Notes = slices.Clone(c.Notes)
	for i := range c.Notes {
		c.Notes[i].At = c.Notes[i].At.UTC()
	}
	if c.Agreement != nil {
		a := *c.Agreement
		a.At = a.At.UTC()
		c.Agreement = &a
	}
	return &c
}
