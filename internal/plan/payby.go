package plan

import "repayd/internal/bill"

// PayBy is the day to pay by on today, never one in the past: the due date,
// once that cannot be met the last safe day. Where the issuer's terms say that
// paying needs a working day it is the last working day not after it, and the
// working days earlier that money takes to arrive; the dates themselves never
// move. It is unknown where the bill has no date, where the
// last safe day has passed, and where no working day is left before it: what is
// sent now arrives late.
func PayBy(b *bill.Bill, w Workdays, today bill.Day) bill.Day {
	for _, by := range [2]bill.Day{b.DueDate, b.LastSafeDay} {
		if by.Known() && b.NeedsWorkday && w != nil {
			by = sendBy(b, w, by)
		}
		if by.Known() && by >= today {
			return by
		}
	}
	return 0
}

// sendBy is the last day on which money can be sent that has to be there on a day.
func sendBy(b *bill.Bill, w Workdays, day bill.Day) bill.Day {
	if !w.IsWorkday(b.Calendar, day) {
		day = w.Before(b.Calendar, day)
	}
	for range b.TransferDays {
		day = w.Before(b.Calendar, day)
	}
	return day
}
