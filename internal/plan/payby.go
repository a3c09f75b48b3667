package plan

import "repayd/internal/bill"

// PayBy is the day to pay by on today, never one in the past: the due date,
// once that cannot be met the last safe day. Where the issuer's terms say that
// paying needs a working day it is the last working day not after it; the dates
// themselves never move. It is unknown where the bill has no date, where the
// last safe day has passed, and where no working day is left before it: what is
// sent now arrives late.
func PayBy(b *bill.Bill, w Workdays, today bill.Day) bill.Day {
	for _, by := range [2]bill.Day{b.DueDate, b.LastSafeDay} {
		if by.Known() && b.NeedsWorkday && w != nil && !w.IsWorkday(b.Calendar, by) {
			by = w.Before(b.Calendar, by)
		}
		if by.Known() && by >= today {
			return by
		}
	}
	return 0
}
