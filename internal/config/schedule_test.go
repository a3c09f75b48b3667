package config_test

import (
	"strings"
	"testing"
	"time"

	"repayd/internal/config"
)

func TestParseSchedule(t *testing.T) {
	t.Parallel()
	shanghai := time.FixedZone("CST", 8*3600)
	from := time.Date(2026, 3, 1, 12, 34, 56, 0, shanghai) // a Sunday
	for _, c := range []struct{ spec, next string }{
		{"@every 5m", "2026-03-01T12:39:56+08:00"},
		{"@every 1s", "2026-03-01T12:34:57+08:00"},
		{" @every   90s ", "2026-03-01T12:36:26+08:00"},
		{"@hourly", "2026-03-01T13:00:00+08:00"},
		{"0 8 * * MON", "2026-03-02T08:00:00+08:00"},
		{"*/15 * * * *", "2026-03-01T12:45:00+08:00"},
		{"0 9,18 1-5 * ?", "2026-03-01T18:00:00+08:00"},
		{"0 0 29 2 *", "2028-02-29T00:00:00+08:00"},
	} {
		s, err := config.ParseSchedule(c.spec)
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
			continue
		}
		if got := s.Next(from).Format(time.RFC3339); got != c.next {
			t.Errorf("%s: next %s, want %s", c.spec, got, c.next)
		}
	}
}

func TestParseScheduleRefuses(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"":                              "0 fields",
		"5m":                            `write "@every 5m"`,
		"* * * * * *":                   "6 fields",
		"TZ=x":                          "remove the prefix",
		"CRON_TZ=Asia/Tokyo 0 8 * * *":  "remove the prefix",
		"@every":                        "not a schedule",
		"@every soon":                   "not a schedule",
		"@every -1h":                    "at least 1s",
		"@every 0s":                     "at least 1s",
		"@every 1500ms":                 "whole seconds",
		"@every 9000h":                  "at most a year",
		"@reboot":                       "not a schedule",
		", * * * *":                     "remove the comma",
		"1,2,,3 * * * *":                "remove the comma",
		"*-5 * * * *":                   "no range",
		"5- * * * *":                    "no range",
		"*/90 * * * *":                  "step /90 must be 1 to 59",
		"0 0 */40 * *":                  "step /40 must be 1 to 31",
		"*/0 * * * *":                   "step /0",
		"*/x * * * *":                   "step /x",
		"/5 * * * *":                    "lists nothing",
		"0 0 * * 7":                     "write Sunday as 0",
		"0 0 * * 5-7":                   "write Sunday as 0",
		"0 9 31 2 *":                    "never comes",
		"0 9 30 2 *":                    "never comes",
		"60 * * * *":                    "above maximum",
		"0 0 L * *":                     "not a schedule",
		"0 0 5-3 * *":                   "not a schedule",
		"0 0 1-2-3 * *":                 "not a schedule",
		"0 0 1/2/3 * *":                 "step /2/3",
		"\x00 * * * *":                  "not a schedule",
		strings.Repeat("9", 400) + " *": "2 fields",
	} {
		if s, err := config.ParseSchedule(spec); err == nil {
			t.Errorf("%q was accepted, next %v", spec, s.Next(time.Now()))
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want an error with %q", spec, err, want)
		}
	}
}

// FuzzParseSchedule: whatever is accepted fires twice within ten years, and
// moves on each time.
func FuzzParseSchedule(f *testing.F) {
	for _, s := range []string{"@every 5m", "0 8 * * MON", "0 0 29 2 *", "TZ=x", "*/5,1-3 ? 1/2 JAN-MAR 0", ", * * * *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := config.ParseSchedule(spec)
		if err != nil {
			return
		}
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for range 2 {
			next := s.Next(at)
			if !next.After(at) || next.Year() > 2036 {
				t.Fatalf("%q: after %v comes %v", spec, at, next)
			}
			at = next
		}
	})
}
