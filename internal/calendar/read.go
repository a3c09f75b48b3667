package calendar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"repayd/internal/bill"
)

// table is one file of days before it is put into a calendar.
type table struct {
	name    string
	years   map[int]int // complete for, with the line that says so
	days    []entry
	seen    map[bill.Day]bool
	weekend *weekend // nil = the file does not say
	problem []error  // NAME:LINE: what is wrong
}

// entry is one line of a table.
type entry struct {
	first, last bill.Day
	off         bool
	line        int
}

func newTable(name string) *table {
	return &table{name: name, years: map[int]int{}, seen: map[bill.Day]bool{}}
}

func (t *table) bad(line int, format string, args ...any) {
	t.problem = append(t.problem, fmt.Errorf("%s:%d: %s", t.name, line, fmt.Sprintf(format, args...)))
}

// readText reads lines of "off DAY..DAY", "work DAY", "year YYYY" (the table is
// complete for that year) and "weekend fri sat"; # starts a comment.
func readText(name string, r io.Reader) *table {
	t := newTable(name)
	lines, n := bufio.NewScanner(r), 0
	for lines.Scan() {
		n++
		text := lines.Text()
		if n == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		text, _, _ = strings.Cut(text, "#")
		if fields := strings.Fields(text); len(fields) > 0 {
			t.line(n, fields)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		t.bad(n+1, "the line is too long")
	} else if err != nil {
		t.problem = append(t.problem, fmt.Errorf("read %s: %w", name, err))
	}
	return t
}

func (t *table) line(n int, fields []string) {
	switch word := fields[0]; {
	case word == "weekend":
		t.setWeekend(n, fields[1:])
	case len(fields) != 2:
		t.bad(n, "%q: write one word and one day or range", strings.Join(fields, " "))
	case word == "year":
		t.setYear(n, fields[1])
	case word == "off" || word == "work":
		first, last, err := parseRange(fields[1])
		if err != nil {
			t.bad(n, "%v", err)
			return
		}
		t.add(entry{first: first, last: last, off: word == "off", line: n})
	default:
		t.bad(n, "%q: write off, work, year or weekend", word)
	}
}

func (t *table) setYear(line int, s string) {
	day, err := bill.ParseDay(s + "-01-01")
	year, _, _ := day.Date()
	switch {
	case err != nil:
		t.bad(line, "%q is not a year", s)
	case t.years[year] != 0:
		t.bad(line, "year %d stands twice", year)
	default:
		t.years[year] = line
	}
}

func (t *table) setWeekend(line int, words []string) {
	if t.weekend != nil {
		t.bad(line, "weekend stands twice")
		return
	}
	t.weekend = &weekend{}
	for _, word := range words {
		day, ok := weekday(word)
		if !ok {
			t.bad(line, "%q is no weekday; write sun, mon, tue, wed, thu, fri or sat", word)
			return
		}
		t.weekend[day] = true
	}
	if *t.weekend == (weekend{}) || *t.weekend == (weekend{true, true, true, true, true, true, true}) {
		t.bad(line, "weekend: name the weekdays that are off, as in: weekend fri sat")
	}
}

func weekday(word string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.EqualFold(word, d.String()[:3]) {
			return d, true
		}
	}
	return 0, false
}

// add takes a line of days in, none of them for the second time.
func (t *table) add(e entry) {
	for d := e.first; d <= e.last; d++ {
		if t.seen[d] {
			t.bad(e.line, "%s stands twice", d)
			return
		}
		t.seen[d] = true
	}
	t.days = append(t.days, e)
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
	if last < first || last-first >= maxRange {
		return 0, 0, fmt.Errorf("%q is not a range of at most %d days", s, maxRange)
	}
	return first, last, nil
}

// claim takes out of a country's calendar the years that the table is complete
// for.
func (t *table) claim(w *workdays) {
	if t.weekend != nil {
		w.weekend = *t.weekend
	}
	for year := range t.years {
		w.forget(year)
		w.years[year] = true
	}
}

// fill puts the days of the table in. A day of another year must be of one that
// is known, or lie before one of its own: a festival of January may begin in
// December.
func (t *table) fill(w *workdays) {
	for _, e := range t.days {
		for d := e.first; d <= e.last; d++ {
			year, month, _ := d.Date()
			if !w.years[year] && (month != time.December || t.years[year+1] == 0) {
				t.bad(e.line, "%s: write \"year %d\" if the file has all days off of that year", d, year)
				break
			}
			if !e.off && w.isWorkday(d) {
				t.bad(e.line, "%s is a %s and worked anyway", d, d.Weekday())
				break
			}
			w.set(d, e.off)
		}
	}
}
