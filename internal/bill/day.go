package bill

import (
	"fmt"
	"time"
)

// Day is a civil date without a zone, counted in days since 1970-01-01.
// The zero Day means "not known"; no bill of ours is due on that date.
type Day int32

// NewDay returns the given date, or false when no such date exists
// (30 February) or it lies outside the years 1970 to 2999.
func NewDay(year int, month time.Month, day int) (Day, bool) {
	if year < 1970 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day {
		return 0, false
	}
	return Day(t.Unix() / 86400), true
}

// DayOf returns the civil date of t in t's own location.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// ParseDay reads YYYY-MM-DD and nothing else.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date; write it as 2026-01-31", s)
	}
	d, ok := NewDay(t.Date())
	if !ok {
		return 0, fmt.Errorf("%q is out of range", s)
	}
	return d, nil
}

// Known reports whether d is a date at all.
func (d Day) Known() bool { return d != 0 }

func (d Day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Date returns the parts of d.
func (d Day) Date() (year int, month time.Month, day int) { return d.utc().Date() }

// Weekday returns the day of the week of d.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// At returns the instant of the clock time c on day d in loc. A time that a
// daylight-saving gap skips becomes the first instant after the gap; of a time
// that occurs twice the first is meant, so that every step fires exactly once.
func (d Day) At(c Clock, loc *time.Location) time.Time {
	wall := d.utc().Add(time.Duration(c.Minutes()) * time.Minute)
	_, before := wall.Add(-24 * time.Hour).In(loc).Zone()
	_, after := wall.Add(24 * time.Hour).In(loc).Zone()
	early := wall.Add(-time.Duration(max(before, after)) * time.Second).In(loc)
	late := wall.Add(-time.Duration(min(before, after)) * time.Second).In(loc)
	switch {
	case sameWall(early, wall):
		return early
	case sameWall(late, wall):
		return late
	}
	start, _ := late.ZoneBounds()
	return start
}

func sameWall(t, wall time.Time) bool {
	return t.Day() == wall.Day() && t.Hour() == wall.Hour() && t.Minute() == wall.Minute()
}

// End returns the first instant after day d in loc.
func (d Day) End(loc *time.Location) time.Time {
	midnight, _ := NewClock(0, 0)
	return (d + 1).At(midnight, loc)
}

// String returns YYYY-MM-DD, or "" for the unknown day.
func (d Day) String() string {
	if !d.Known() {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// MarshalText writes d as String does.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Day) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := ParseDay(string(b))
	*d = v
	return err
}

// Clock is a time of day in whole minutes, 00:00 to 24:00. The zero Clock
// means "not given", so that it can be told from midnight.
type Clock int16

// NewClock returns hour:minute, or false when that is no time of day.
// 24:00 is allowed: cut-offs are often printed so.
func NewClock(hour, minute int) (Clock, bool) {
	total := hour*60 + minute
	if hour < 0 || minute < 0 || minute > 59 || total > 24*60 {
		return 0, false
	}
	return Clock(total + 1), true
}

// ParseClock reads HH:MM.
func ParseClock(s string) (Clock, error) {
	if len(s) != 5 || s[2] != ':' || !isDigits(s[:2]) || !isDigits(s[3:]) {
		return 0, fmt.Errorf("%q is not a time of day; write it as 09:00", s)
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	c, ok := NewClock(h, m)
	if !ok {
		return 0, fmt.Errorf("%q is not a time of day; write it as 09:00", s)
	}
	return c, nil
}

// Known reports whether a time of day is given.
func (c Clock) Known() bool { return c != 0 }

// Minutes returns the minutes since midnight; 0 for a clock not given.
func (c Clock) Minutes() int {
	if c == 0 {
		return 0
	}
	return int(c) - 1
}

// String returns HH:MM, or "" when not given.
func (c Clock) String() string {
	if !c.Known() {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", c.Minutes()/60, c.Minutes()%60)
}

// MarshalText writes c as String does.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Clock) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*c = 0
		return nil
	}
	v, err := ParseClock(string(b))
	*c = v
	return err
}
