package reply

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
)

// The dates that can be read in one way only: 3/12 is not among them.
var (
	isoDate  = regexp.MustCompile(`^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$`)
	hanDate  = regexp.MustCompile(`^(?:([0-9]{4})年)?([0-9]{1,2})月([0-9]{1,2})[日号]$`)
	dayFirst = regexp.MustCompile(`^([0-9]{1,2})(?:st|nd|rd|th|\.)? ?([a-z]{3,9})\.?(?:,? ([0-9]{4}))?$`)
	monFirst = regexp.MustCompile(`^([a-z]{3,9})\.? ?([0-9]{1,2})(?:st|nd|rd|th)?(?:,? ([0-9]{4}))?$`)
)

// readDay reads a date from today on and within a year. One without a year is
// the next such day.
func readDay(s string, today bill.Day) (bill.Day, bool) {
	s = strings.TrimSpace(s)
	var year, month, day string
	if m := isoDate.FindStringSubmatch(s); m != nil {
		year, month, day = m[1], m[2], m[3]
	} else if m := hanDate.FindStringSubmatch(s); m != nil {
		year, month, day = m[1], m[2], m[3]
	} else if m := dayFirst.FindStringSubmatch(s); m != nil {
		year, month, day = m[3], monthNumber(m[2]), m[1]
	} else if m := monFirst.FindStringSubmatch(s); m != nil {
		year, month, day = m[3], monthNumber(m[1]), m[2]
	}
	mon, _ := strconv.Atoi(month)
	dom, _ := strconv.Atoi(day)
	thisYear, _, _ := today.Date()
	first, last := thisYear, thisYear+1
	if year != "" {
		first, _ = strconv.Atoi(year)
		last = first
	}
	for y := first; y <= last; y++ {
		if d, ok := bill.NewDay(y, time.Month(mon), dom); ok && d >= today && d <= today+366 {
			return d, true
		}
	}
	return 0, false
}

// monthNumber is the number of an English month, whole or of three letters.
func monthNumber(s string) string {
	if s == "sept" {
		s = "sep"
	}
	for m := time.January; m <= time.December; m++ {
		name := strings.ToLower(m.String())
		if s == name || s == name[:3] {
			return strconv.Itoa(int(m))
		}
	}
	return ""
}
