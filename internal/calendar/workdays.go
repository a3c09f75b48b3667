// Package calendar knows which days are working days and which hours are
// quiet.
//
// Contract. Everything is pure. Holidays are data, not rules: a year whose
// table is not there has weekends only, and Known says so, because next
// year's holidays are announced at the end of the year before.
package calendar

import (
	"bufio"
	_ "embed" // the holiday table
	"fmt"
	"io"
	"strings"
	"time"

	"repayd/internal/bill"
)

//go:embed data/cn.txt
var chinaTable string

// Workdays is a calendar of working days: weekends, and the days that a table
// takes off or makes working days. The zero Workdays has weekends only.
type Workdays struct {
	off, work map[bill.Day]bool
	years     map[int]bool
}

// China returns the public calendar of mainland China with its make-up
// workdays. An error means a damaged table; a test reads the built-in one.
func China() (*Workdays, error) { return Read(strings.NewReader(chinaTable)) }

// Read reads a table: lines of "off DAY..DAY", "work DAY" and "year YYYY" (the
// table is complete for that year); # starts a comment.
func Read(r io.Reader) (*Workdays, error) {
	w := &Workdays{off: map[bill.Day]bool{}, work: map[bill.Day]bool{}, years: map[int]bool{}}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		if err := w.add(fields); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the holiday table: %w", err)
	}
	return w, nil
}

func (w *Workdays) add(fields []string) error {
	set := w.off
	switch {
	case len(fields) != 2:
		return fmt.Errorf("%q: write one word and one day or range", strings.Join(fields, " "))
	case fields[0] == "year":
		day, err := bill.ParseDay(fields[1] + "-01-01")
		if err != nil {
			return fmt.Errorf("%q is not a year", fields[1])
		}
		year, _, _ := day.Date()
		w.years[year] = true
		return nil
	case fields[0] == "work":
		set = w.work
	case fields[0] != "off":
		return fmt.Errorf("%q: write off, work or year", fields[0])
	}
	first, last, err := parseRange(fields[1])
	if err != nil {
		return err
	}
	for d := first; d <= last; d++ {
		if w.off[d] || w.work[d] {
			return fmt.Errorf("%s stands twice", d)
		}
		set[d] = true
	}
	return nil
}

// maxRange bounds one line of a table; the longest holidays have nine days.
const maxRange = 31

func parseRange(s string) (first, last bill.Day, err error) {
	from, to, ranged := strings.Cut(s, "..")
	if first, err = bill.ParseDay(from); err != nil || !ranged {
		return first, first, err
	}
	if last, err = bill.ParseDay(to); err != nil {
		return 0, 0, err
	}
	if last < first || last-first > maxRange {
		return 0, 0, fmt.Errorf("%q is not a range of at most %d days", s, maxRange)
	}
	return first, last, nil
}

// IsWorkday reports whether d is a working day.
func (w *Workdays) IsWorkday(d bill.Day) bool {
	if w != nil && w.off[d] {
		return false
	}
	if w != nil && w.work[d] {
		return true
	}
	day := d.Weekday()
	return day != time.Saturday && day != time.Sunday
}

// Before returns the last working day before d.
func (w *Workdays) Before(d bill.Day) bill.Day {
	for d--; !w.IsWorkday(d); d-- {
	}
	return d
}

// Known reports whether the table covers the year; where it does not,
// weekends alone are days off.
func (w *Workdays) Known(year int) bool { return w != nil && w.years[year] }
