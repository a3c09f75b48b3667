package calendar

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"repayd/internal/bill"

	"pgregory.net/rapid"
)

func day(t testing.TB, s string) bill.Day {
	t.Helper()
	d, err := bill.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func clock(t testing.TB, s string) bill.Clock {
	t.Helper()
	c, err := bill.ParseClock(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestChina(t *testing.T) {
	t.Parallel()
	w, err := China()
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]bool{
		"2026-01-04": true,  // Sunday, make-up
		"2026-02-14": true,  // Saturday, make-up
		"2026-02-16": false, // Monday in the Spring Festival
		"2026-02-23": false,
		"2026-02-24": true,
		"2026-10-10": true,
		"2026-11-28": false, // plain Saturday
		"2026-11-30": true,
		"2025-01-27": true,  // Monday before the festival of 2025
		"2025-10-08": false, // eight days in 2025
		"2022-12-31": false,
		"2027-01-01": true, // a Friday of a year not announced: weekends only
	} {
		if got := w.IsWorkday(day(t, date)); got != want {
			t.Errorf("IsWorkday(%s) = %v; want %v", date, got, want)
		}
	}
	for year, want := range map[int]bool{2022: false, 2023: true, 2026: true, 2027: false} {
		if w.Known(year) != want {
			t.Errorf("Known(%d) = %v; want %v", year, !want, want)
		}
	}
	for date, want := range map[string]string{
		"2026-02-24": "2026-02-14", // over nine days off to the make-up Saturday
		"2026-02-14": "2026-02-13",
		"2026-11-30": "2026-11-27",
	} {
		if got := w.Before(day(t, date)); got != day(t, want) {
			t.Errorf("Before(%s) = %s; want %s", date, got, want)
		}
	}
}

// Every make-up workday of the table is a weekend day: one that is not would
// be a slip in the data.
func TestChinaMakeUpDays(t *testing.T) {
	t.Parallel()
	w, err := China()
	if err != nil {
		t.Fatal(err)
	}
	if len(w.work) < 20 || len(w.off) < 90 {
		t.Errorf("%d make-up days and %d days off; the table is cut short", len(w.work), len(w.off))
	}
	for d := range w.work {
		if wd := d.Weekday(); wd != time.Saturday && wd != time.Sunday {
			t.Errorf("%s is a %s", d, wd)
		}
	}
}

func TestWithoutTable(t *testing.T) {
	t.Parallel()
	var none *Workdays
	if none.IsWorkday(day(t, "2026-11-29")) || !none.IsWorkday(day(t, "2026-10-01")) || none.Known(2026) {
		t.Error("without a table, weekends alone are off and no year is known")
	}
}

func TestReadErrors(t *testing.T) {
	t.Parallel()
	for table, want := range map[string]string{
		"off":                               "line 1",
		"\noff 2026-02-30":                  "line 2",
		"free 2026-01-01":                   "write off, work or year",
		"year 26":                           "not a year",
		"off 2026-01-05..2026-01-01":        "range",
		"off 2026-01-01..2027-01-01":        "range",
		"off 2026-01-01\nwork 2026-01-01":   "stands twice",
		"off 2026-01-01..x":                 "not a date",
		"off 2026-01-01..2026-01-03 please": "one word",
	} {
		if _, err := Read(strings.NewReader(table)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%q) error = %v; want it to say %q", table, err, want)
		}
	}
}

func TestQuiet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to, zone, at string
		start, end         string // "" = not quiet
	}{
		"evening":       {"22:00", "08:00", "Asia/Shanghai", "2026-11-25T22:00:00+08:00", "2026-11-25T22:00:00+08:00", "2026-11-26T08:00:00+08:00"},
		"morning":       {"22:00", "08:00", "Asia/Shanghai", "2026-11-26T07:59:59+08:00", "2026-11-25T22:00:00+08:00", "2026-11-26T08:00:00+08:00"},
		"released":      {"22:00", "08:00", "Asia/Shanghai", "2026-11-26T08:00:00+08:00", "", ""},
		"before":        {"22:00", "08:00", "Asia/Shanghai", "2026-11-25T21:59:59+08:00", "", ""},
		"one day":       {"12:00", "14:00", "Asia/Shanghai", "2026-11-25T13:00:00+08:00", "2026-11-25T12:00:00+08:00", "2026-11-25T14:00:00+08:00"},
		"to midnight":   {"22:00", "24:00", "Asia/Shanghai", "2026-11-25T23:00:00+08:00", "2026-11-25T22:00:00+08:00", "2026-11-26T00:00:00+08:00"},
		"from midnight": {"00:00", "08:00", "Asia/Shanghai", "2026-11-26T00:00:00+08:00", "2026-11-26T00:00:00+08:00", "2026-11-26T08:00:00+08:00"},
		"no length":     {"08:00", "08:00", "Asia/Shanghai", "2026-11-26T08:00:00+08:00", "", ""},
		"short night":   {"22:00", "08:00", "Europe/Berlin", "2026-03-29T03:30:00+02:00", "2026-03-28T22:00:00+01:00", "2026-03-29T08:00:00+02:00"},
		"ends in gap":   {"22:00", "02:30", "Europe/Berlin", "2026-03-29T01:59:00+01:00", "2026-03-28T22:00:00+01:00", "2026-03-29T03:00:00+02:00"},
		"starts in gap": {"02:30", "08:00", "Europe/Berlin", "2026-03-29T03:00:00+02:00", "2026-03-29T03:00:00+02:00", "2026-03-29T08:00:00+02:00"},
		"hour twice":    {"02:30", "08:00", "Europe/Berlin", "2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00+02:00", "2026-10-25T08:00:00+01:00"},
		"ends once":     {"22:00", "02:30", "Europe/Berlin", "2026-10-25T02:10:00+01:00", "", ""},
	} {
		q := &Quiet{From: clock(t, c.from), To: clock(t, c.to), Zone: zone(t, c.zone)}
		at := instant(t, c.at)
		start, end := at, at
		if c.start != "" {
			start, end = instant(t, c.start), instant(t, c.end)
		}
		if q.Holds(at) != (c.start != "") || !q.Start(at).Equal(start) || !q.Release(at).Equal(end) {
			t.Errorf("%s: Holds %v, Start %s, Release %s; want %s to %s", name, q.Holds(at), q.Start(at), q.Release(at), start, end)
		}
	}
	var none *Quiet
	if at := instant(t, "2026-11-25T23:00:00+08:00"); none.Holds(at) || !none.Release(at).Equal(at) {
		t.Error("no quiet hours hold nothing")
	}
}

// A quiet period contains what it holds, ends in the open, and everything
// inside it has the same ends, whatever the zone does to its clocks.
func TestQuietPeriods(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom([]string{
			"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC",
		}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		from, _ := bill.NewClock(rapid.IntRange(0, 23).Draw(t, "from"), rapid.SampledFrom([]int{0, 30}).Draw(t, "from min"))
		to, _ := bill.NewClock(rapid.IntRange(0, 24).Draw(t, "to"), 0)
		q := &Quiet{From: from, To: to, Zone: loc}
		at := time.Unix(1767225600+rapid.Int64Range(0, 365*86400).Draw(t, "at"), 0)
		if !q.Holds(at) {
			if !q.Start(at).Equal(at) || !q.Release(at).Equal(at) {
				t.Fatal("an open instant has moved")
			}
			return
		}
		start, end := q.Start(at), q.Release(at)
		if at.Before(start) || !at.Before(end) || end.Sub(start) > 26*time.Hour {
			t.Fatalf("%s is held from %s to %s", at, start, end)
		}
		if !q.Release(start).Equal(end) || !q.Start(end.Add(-time.Second)).Equal(start) {
			t.Fatalf("the period from %s to %s has other ends at its edges", start, end)
		}
		if from != to && q.Holds(end) && !q.Start(end).Equal(end) {
			t.Fatalf("still quiet at the end %s", end)
		}
	})
}

func BenchmarkQuietHolds(b *testing.B) {
	q := &Quiet{From: clock(b, "22:00"), To: clock(b, "08:00"), Zone: zone(b, "Asia/Shanghai")}
	at := instant(b, "2026-11-25T09:00:00+08:00")
	for b.Loop() {
		at = at.Add(time.Minute)
		q.Holds(at)
	}
}
