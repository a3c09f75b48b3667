package config

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// maxEvery bounds an @every interval; a longer one is a typing error.
const maxEvery = 366 * 24 * time.Hour

// ParseSchedule reads a cron spec of five fields, a descriptor such as @daily,
// or "@every 5m". It accepts less than the library does: no zone in the spec
// (the schedule runs in the zone of the instant it is asked with), nothing
// that never fires, nothing that means something else than it seems to.
func ParseSchedule(spec string) (s cron.Schedule, err error) {
	defer func() {
		// The library panics on some specs.
		if recover() != nil {
			s, err = nil, fmt.Errorf("%s is not a schedule; write for example \"@every 5m\" or \"0 8 * * MON\"", quote(spec))
		}
	}()
	text := strings.TrimSpace(spec)
	switch {
	case strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ="):
		return nil, fmt.Errorf("%s: a schedule runs in the zone of timezone; remove the prefix", quote(spec))
	case strings.HasPrefix(text, "@every"):
		return parseEvery(spec, strings.TrimSpace(strings.TrimPrefix(text, "@every")))
	case strings.HasPrefix(text, "@"):
		s, err := cron.ParseStandard(text)
		if err != nil {
			return nil, fmt.Errorf("%s is not a schedule; write @hourly, @daily, @weekly, @monthly, @yearly or \"@every 5m\"", quote(spec))
		}
		return s, nil
	}
	return parseFields(spec, strings.Fields(text))
}

func parseEvery(spec, interval string) (cron.Schedule, error) {
	d, err := time.ParseDuration(interval)
	if err != nil {
		return nil, fmt.Errorf("%s is not a schedule; write for example \"@every 5m\" or \"@every 1h30m\"", quote(spec))
	}
	if d < time.Second || d > maxEvery || d%time.Second != 0 {
		return nil, fmt.Errorf("%s: an interval is whole seconds, at least 1s and at most a year; write for example \"@every 5m\"", quote(spec))
	}
	return cron.Every(d), nil
}

func parseFields(spec string, fields []string) (cron.Schedule, error) {
	if _, err := time.ParseDuration(spec); err == nil {
		return nil, fmt.Errorf("%s is not a schedule; write \"@every %s\"", quote(spec), spec)
	}
	if len(fields) != 5 {
		return nil, fmt.Errorf("%s has %d fields instead of five (minute, hour, day, month, weekday); write for example \"0 8 * * MON\" or \"@every 5m\"",
			quote(spec), len(fields))
	}
	for i, f := range fields {
		if err := checkField(f, i); err != nil {
			return nil, fmt.Errorf("%s: %w", quote(spec), err)
		}
	}
	s, err := cron.ParseStandard(strings.Join(fields, " "))
	if err != nil {
		return nil, fmt.Errorf("%s is not a schedule: %w", quote(spec), err)
	}
	// In UTC the library's search always ends, five years on at the latest; in
	// a zone that skipped a day it need not. From here there is a 29 February
	// within reach of both searches.
	first := s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
	if first.IsZero() || s.Next(first).IsZero() {
		return nil, fmt.Errorf("%s never comes; choose a day that exists", quote(spec))
	}
	return s, nil
}

// checkField refuses what the library accepts and reads as something else.
func checkField(f string, i int) error {
	names := [...]string{"minute", "hour", "day", "month", "weekday"}
	largest := [...]int{59, 23, 31, 12, 6}
	for part := range strings.SplitSeq(f, ",") {
		rest, step, stepped := strings.Cut(part, "/")
		low, high, ranged := strings.Cut(rest, "-")
		switch {
		case part == "" || rest == "":
			return fmt.Errorf("the %s %s lists nothing between commas; remove the comma", names[i], quote(f))
		case ranged && (low == "*" || low == "?" || high == ""):
			return fmt.Errorf("the %s %s is no range; write for example 1-5", names[i], quote(f))
		case i == 4 && (low == "7" || high == "7"):
			return errors.New("write Sunday as 0 or SUN, not 7")
		}
		if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1 || n > largest[i]) {
			return fmt.Errorf("the %s step /%s must be 1 to %d", names[i], step, largest[i])
		}
	}
	return nil
}

// often reports whether a schedule fires more than once a minute; cron specs
// of five fields cannot.
func often(s cron.Schedule) bool {
	every, ok := s.(cron.ConstantDelaySchedule)
	return ok && every.Delay < time.Minute
}

// starBit is the library's mark of a field that was written as *.
const starBit = 1 << 63

// eitherDay reports whether a spec limits both the day and the weekday, which
// cron takes as "either", to everybody's surprise.
func eitherDay(s cron.Schedule) bool {
	spec, ok := s.(*cron.SpecSchedule)
	return ok && spec.Dom&starBit == 0 && spec.Dow&starBit == 0
}

// onceADay reports whether a schedule comes at most once a day, so that it can
// give due dates.
func onceADay(s cron.Schedule) bool {
	spec, ok := s.(*cron.SpecSchedule)
	return ok && bits.OnesCount64(spec.Minute&^starBit) == 1 && bits.OnesCount64(spec.Hour&^starBit) == 1
}

// skipsMonths reports whether a schedule names only days that some of its
// months do not have.
func skipsMonths(s cron.Schedule) bool {
	spec, ok := s.(*cron.SpecSchedule)
	if !ok || spec.Dow&starBit == 0 {
		return false
	}
	first := bits.TrailingZeros64(spec.Dom)
	for month := time.January; month <= time.December; month++ {
		// A year without a leap day: its day 0 of the next month is the last.
		if spec.Month&(1<<month) != 0 && first > time.Date(2026, month+1, 0, 0, 0, 0, 0, time.UTC).Day() {
			return true
		}
	}
	return false
}
