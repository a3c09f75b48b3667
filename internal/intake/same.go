package intake

import (
	"reflect"

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
		p.AnsweredAt = p.AnsweredAt.UTC()
	}
	return reflect.DeepEqual(x, y)
}
