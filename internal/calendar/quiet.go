package calendar

import (
	"time"

	"repayd/internal/bill"
)

// Quiet is the part of each day in which nothing is sent: from From up to and
// without To, over midnight where To is the earlier one. The zero Quiet and
// one of no length hold nothing.
type Quiet struct {
	From, To bill.Clock
	Zone     *time.Location
}

// Holds reports whether t lies in a quiet period.
func (q *Quiet) Holds(t time.Time) bool {
	_, _, ok := q.period(t)
	return ok
}

// Release returns the end of the quiet period that contains t, t itself when
// none does.
func (q *Quiet) Release(t time.Time) time.Time {
	if _, end, ok := q.period(t); ok {
		return end
	}
	return t
}

// Start returns the start of the quiet period that contains t, t itself when
// none does.
func (q *Quiet) Start(t time.Time) time.Time {
	if start, _, ok := q.period(t); ok {
		return start
	}
	return t
}

// period finds the quiet period around t. Both ends are resolved as clock
// times of their own day, so a night with a clock change is an hour shorter or
// longer, and an hour that occurs twice begins and ends quiet only once.
func (q *Quiet) period(t time.Time) (start, end time.Time, ok bool) {
	if q == nil || q.Zone == nil || q.From == q.To || !q.From.Known() || !q.To.Known() {
		return start, end, false
	}
	local := t.In(q.Zone)
	if !q.near(local) {
		return start, end, false
	}
	today := bill.DayOf(local)
	for _, day := range [2]bill.Day{today - 1, today} {
		last := day
		if q.To < q.From {
			last = day + 1
		}
		start, end = day.At(q.From, q.Zone), last.At(q.To, q.Zone)
		if !t.Before(start) && t.Before(end) {
			return start, end, true
		}
	}
	return start, end, false
}

// near is a cheap filter. Away from any clock change the wall clock alone
// tells whether t is quiet; around one, it tells only within three hours.
func (q *Quiet) near(local time.Time) bool {
	const day = 24 * 60
	margin := 0
	from, to := local.ZoneBounds()
	if (!from.IsZero() && local.Sub(from) < 48*time.Hour) || (!to.IsZero() && to.Sub(local) < 48*time.Hour) {
		margin = 3 * 60
	}
	minute := local.Hour()*60 + local.Minute()
	length := (q.To.Minutes()-q.From.Minutes()+day)%day + 2*margin
	if q.From.Minutes() == q.To.Minutes()%day {
		length = day // 00:00 to 24:00
	}
	return (minute-q.From.Minutes()+margin+day)%day < length
}
