package plan

import "repayd/internal/bill"

// PayBy is the day to pay by on today: the due date, once that has passed the
// last safe day; where the issuer's terms say that paying needs a working day,
// the last working day not after it. The due date itself never moves. It is
// unknown where the bill has no date.
func PayBy(b *bill.Bill, w Workdays, today bill.Day) bill.Day {
	by := b.DueDate
	if today > by && b.LastSafeDay.Known() {
		by = b.LastSafeDay
	}
	if !by.Known() || !b.NeedsWorkday || w == nil || w.IsWorkday(b.Calendar, by) {
		return by
	}
	return w.Before(b.Calendar, by)
}
