package bill

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, currency string
		minor        int64
		ok           bool
	}{
		{"1234.56", "CNY", 123456, true}, {"1234.5", "CNY", 123450, true}, {"0", "CNY", 0, true},
		{"-3.50", "CNY", -350, true}, {"12345", "JPY", 12345, true}, {"1.234", "KWD", 1234, true},
		{"1.5", "JPY", 0, false}, {"1.234", "CNY", 0, false}, {"1,234.56", "CNY", 0, false},
		{"", "CNY", 0, false}, {".5", "CNY", 0, false}, {"5.", "CNY", 0, false}, {"1e3", "CNY", 0, false},
		{"+5", "CNY", 0, false}, {"5", "XXX?", 0, false}, {"99999999999999999999", "CNY", 0, false}, {"--5", "CNY", 0, false},
	} {
		m, err := ParseMoney(c.in, c.currency)
		if (err == nil) != c.ok || m.Minor != c.minor {
			t.Errorf("ParseMoney(%q, %s) = %v, %v", c.in, c.currency, m, err)
		}
	}
}

func TestMoneyRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := Money{rapid.Int64Range(-1e14, 1e14).Draw(rt, "minor"), rapid.SampledFrom([]string{"CNY", "JPY", "KWD", "USD"}).Draw(rt, "currency")}
		var back Money
		text, _ := m.MarshalText()
		if err := back.UnmarshalText(text); err != nil || back != m {
			rt.Fatalf("%v became %q became %v (%v)", m, text, back, err)
		}
	})
}

func TestParseDay(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "2026-02-30", "2026-2-3", "20260203", "0001-01-01", "2026-01-01T00:00:00Z"} {
		if d, err := ParseDay(bad); err == nil {
			t.Errorf("ParseDay(%q) = %v, want an error", bad, d)
		}
	}
	d, err := ParseDay("2024-02-29")
	if err != nil || d.String() != "2024-02-29" || (d+1).String() != "2024-03-01" || d.Weekday() != time.Thursday {
		t.Errorf("2024-02-29 = %v, %v", d, err)
	}
}

// TestDayAtInGapsAndOverlaps: a step fires once on the days the clocks change
// and on a day that starts late, as robfig/cron's own schedules do not.
func TestDayAtInGapsAndOverlaps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, day, clock, want string }{
		{"America/New_York", "2026-03-08", "02:30", "2026-03-08T03:00:00-04:00"},
		{"America/New_York", "2026-11-01", "01:30", "2026-11-01T01:30:00-04:00"},
		{"America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04T01:00:00-02:00"},
		{"Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-04T02:30:00+11:00"},
		{"Asia/Shanghai", "2026-01-10", "24:00", "2026-01-11T00:00:00+08:00"},
	} {
		clock, err := ParseClock(c.clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := day(c.day).At(clock, zone(c.zone)).Format(time.RFC3339); got != c.want {
			t.Errorf("%s %s in %s = %s, want %s", c.day, c.clock, c.zone, got, c.want)
		}
	}
}

func TestParseClock(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "9:00", "24:01", "12:60", "-1:00", "12-00", "12:0x", " 9:00"} {
		if c, err := ParseClock(bad); err == nil {
			t.Errorf("ParseClock(%q) = %v, want an error", bad, c)
		}
	}
	if c, err := ParseClock("00:00"); err != nil || !c.Known() || c.Minutes() != 0 {
		t.Errorf("midnight = %v, %v; it must differ from no time at all", c, err)
	}
}

func TestNewIDIsShortAndTypeable(t *testing.T) {
	t.Parallel()
	if id := NewID("some notice"); len(id) != 8 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		t.Errorf("NewID = %q", id)
	}
}
