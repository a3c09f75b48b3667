package calendar

import (
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
