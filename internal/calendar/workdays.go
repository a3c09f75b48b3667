package calendar

import (
	"maps"
	"time"

	"repayd/internal/bill"
)

// workdays is the calendar of one country: its weekend, and the days that a
// table takes off or makes working days.
type workdays struct {
	off, work map[bill.Day]bool
	years     map[int]bool
	weekend   weekend
}

// weekend says of each weekday, Sunday first, whether it is off.
type weekend [7]bool

func newWorkdays(w weekend) *workdays {
	return &workdays{off: map[bill.Day]bool{}, work: map[bill.Day]bool{}, years: map[int]bool{}, weekend: w}
}

func (w *workdays) isWorkday(d bill.Day) bool {
	switch {
	case w.off[d]:
		return false
	case w.work[d]:
		return true
	}
	return !w.weekend[d.Weekday()]
}

// forget takes the days of a year out, before a table of that year is put in.
func (w *workdays) forget(year int) {
	in := func(d bill.Day, _ bool) bool { y, _, _ := d.Date(); return y == year }
	maps.DeleteFunc(w.off, in)
	maps.DeleteFunc(w.work, in)
}

// set makes a day one that is off, or one that is worked.
func (w *workdays) set(d bill.Day, off bool) {
	delete(w.off, d)
	delete(w.work, d)
	if off {
		w.off[d] = true
	} else {
		w.work[d] = true
	}
}

// usual is the weekend of most countries.
func usual() weekend { return weekend{time.Sunday: true, time.Saturday: true} }

// weekendOf is the weekend of a country where its own tables do not say. Source
// of those that differ: Unicode CLDR, supplemental data, weekData.
func weekendOf(country string) weekend {
	switch country {
	case "bh", "dz", "eg", "il", "iq", "jo", "kw", "ly", "om", "qa", "sa", "sd", "sy", "ye":
		return weekend{time.Friday: true, time.Saturday: true}
	case "af":
		return weekend{time.Thursday: true, time.Friday: true}
	case "ir":
		return weekend{time.Friday: true}
	}
	return usual()
}
