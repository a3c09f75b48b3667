package calendar

import (
	_ "embed" // the holiday table
	"errors"
	"fmt"
	"strings"

	"repayd/internal/bill"
)

//go:embed data/cn.txt
var chinaTable string

// Options say which working days count.
type Options struct {
	// Country is the owner's, as in "cn"; "" means mainland China.
	Country string
	// Dir holds the owner's own tables, "" for none.
	Dir string
}

// Tables are the calendars of all countries, each asked for by its code; ""
// asks for the owner's. They are immutable and safe for concurrent use.
type Tables struct {
	country string
	of      map[string]*workdays
}

var _ bill.Workdays = (*Tables)(nil)

// Load reads the built-in tables and the owner's. The error lists every problem
// of the owner's tables as FILE:LINE: what is wrong.
func Load(o Options) (*Tables, error) {
	t := &Tables{country: o.Country, of: map[string]*workdays{}}
	if t.country == "" {
		t.country = china
	}
	builtIn := readText("cn.txt", strings.NewReader(chinaTable))
	w := newWorkdays(weekendOf(china))
	builtIn.claim(w)
	if builtIn.fill(w); len(builtIn.problem) > 0 {
		return nil, fmt.Errorf("built-in holiday table: %w", errors.Join(builtIn.problem...))
	}
	t.of[china] = w
	for country, holidays := range computed() {
		t.of[country] = compute(holidays)
	}
	if t.of[t.country] == nil {
		t.of[t.country] = newWorkdays(weekendOf(t.country))
	}
	if err := t.own(o.Dir); err != nil {
		return nil, err
	}
	return t, nil
}

const china = "cn"

func (t *Tables) in(country string) *workdays {
	if country == "" {
		country = t.country
	}
	if w := t.of[country]; w != nil {
		return w
	}
	return &workdays{weekend: weekendOf(country)}
}

// Country is the owner's.
func (t *Tables) Country() string { return t.country }

// IsWorkday reports whether d is a working day in the country, "" for the
// owner's.
func (t *Tables) IsWorkday(country string, d bill.Day) bool { return t.in(country).isWorkday(d) }

// Before returns the last working day before d.
func (t *Tables) Before(country string, d bill.Day) bill.Day { return t.walk(country, d, -1) }

// After returns the first working day after d.
func (t *Tables) After(country string, d bill.Day) bill.Day { return t.walk(country, d, 1) }

func (t *Tables) walk(country string, d, by bill.Day) bill.Day {
	w := t.in(country)
	for d += by; !w.isWorkday(d); d += by {
	}
	return d
}

// Known reports whether there is a table for the year; where there is none,
// weekends alone are days off.
func (t *Tables) Known(country string, year int) bool { return t.in(country).years[year] }
