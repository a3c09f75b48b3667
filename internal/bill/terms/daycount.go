package terms

import (
	"fmt"
	"math/big"
	"time"

	"repayd/internal/bill"
)

// DayCount is how days become parts of a year.
type DayCount string

// The conventions: a year of 360 or 365 days; the year's own days, each year's
// part apart (actual/actual, ISDA); months of 30 days in a year of 360 or 365.
// Reference values: the test suite of QuantLib (daycounters.cpp).
const (
	Year360   DayCount = "360"
	Year365   DayCount = "365"
	Actual    DayCount = "actual"
	Thirty360 DayCount = "30/360"
	Thirty365 DayCount = "30/365"
)

func (c DayCount) lint(per Per) error {
	switch c {
	case "", Year360, Year365, Actual, Thirty360, Thirty365:
	default:
		return fmt.Errorf("a year of %q days; write 360, 365, actual, 30/360 or 30/365", c)
	}
	switch {
	case per != "" && per != PerDay && per != PerMonth && per != PerYear:
		return fmt.Errorf("%q is no time of a rate; write day, month or year", per)
	case per == PerDay && c != "":
		return fmt.Errorf("a rate a day needs no days of a year; remove %s, or write per: year", c)
	case (per == PerMonth || per == PerYear) && c == "":
		return fmt.Errorf("a rate a %s needs the days of a year; write year_days: 365, 360, actual, 30/360 or 30/365", per)
	}
	return nil
}

// fraction is the part of a year from the day from up to the day to, which is
// not counted.
func (c DayCount) fraction(from, to bill.Day) *big.Rat {
	switch c {
	case Actual:
		sum := new(big.Rat)
		for from < to {
			year, _, _ := from.Date()
			next, _ := bill.NewDay(year+1, time.January, 1)
			first, _ := bill.NewDay(year, time.January, 1)
			end := min(next, to)
			sum.Add(sum, big.NewRat(int64(end-from), int64(next-first)))
			from = end
		}
		return sum
	case Thirty360:
		return big.NewRat(thirty(from, to), 360)
	case Thirty365:
		return big.NewRat(thirty(from, to), 365)
	case Year360:
		return big.NewRat(int64(to-from), 360)
	}
	return big.NewRat(int64(to-from), 365)
}

// thirty counts days as if every month had 30: a 31st counts as a 30th, the
// last one only where the first is one too (the bond basis).
func thirty(from, to bill.Day) int64 {
	y1, m1, d1 := from.Date()
	y2, m2, d2 := to.Date()
	d1 = min(d1, 30)
	if d1 == 30 {
		d2 = min(d2, 30)
	}
	return int64(360*(y2-y1) + 30*(int(m2)-int(m1)) + d2 - d1)
}

// days counts the days from the day from up to the day to by the convention.
func (c DayCount) days(from, to bill.Day) int64 {
	if c == Thirty360 || c == Thirty365 {
		return thirty(from, to)
	}
	return int64(to - from)
}
