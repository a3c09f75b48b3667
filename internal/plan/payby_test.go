package plan

import (
	"testing"

	"repayd/internal/bill"
)

// spring2016 has the holiday of 7 to 13 February 2016, for which 6 and 14
// February were worked (notice of the State Council of December 2015).
type spring2016 struct {
	weekends
	first, last bill.Day
}

func (w spring2016) IsWorkday(calendar string, d bill.Day) bool {
	switch {
	case d == w.first-1 || d == w.last+1:
		return true
	case d >= w.first && d <= w.last:
		return false
	}
	return w.weekends.IsWorkday(calendar, d)
}

func (w spring2016) Before(calendar string, d bill.Day) bill.Day {
	for d--; !w.IsWorkday(calendar, d); d-- {
	}
	return d
}

// TestTV26: a transfer that takes a working day and is sent on 6 February 2016
// arrives on the 14th: for a bill of that day it is in time, for any of the days
// before it the money has to go on the 5th.
func TestTV26(t *testing.T) {
	t.Parallel()
	w := spring2016{first: day(t, "2016-02-07"), last: day(t, "2016-02-13")}
	for due, want := range map[string]string{"2016-02-14": "2016-02-06", "2016-02-13": "2016-02-05", "2016-02-07": "2016-02-05", "2016-02-06": "2016-02-05", "2016-02-15": "2016-02-14"} {
		b := &bill.Bill{DueDate: day(t, due), LastSafeDay: day(t, due), NeedsWorkday: true, TransferDays: 1}
		if got := PayBy(b, w, day(t, "2016-02-01")); got.String() != want {
			t.Errorf("due on %s: %s, want %s", due, got, want)
		}
	}
}
