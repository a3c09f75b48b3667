package mail

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// parsePrintedDate reads the date of a forwarded header block, which programs
// print for people: "2026年8月10日(星期一) 上午9:05", "2026-08-10 09:05:00",
// "Monday, August 10, 2026 9:05 AM", "Mon, Aug 10, 2026 at 9:05 AM". Without
// a zone it is meant in loc. Numeric days and months without a year in front
// (8/10/2026) are ambiguous and give the zero time.
func parsePrintedDate(s string, loc *time.Location) time.Time {
	s = clip(s, 100)
	if t := parseDate(s); !t.IsZero() && strings.ContainsAny(s, "+-") && !startsWithYear(s) {
		return t
	}
	if t := numericDate(s, loc); !t.IsZero() {
		return t
	}
	s = regexp.MustCompile(`(?i)^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? `).ReplaceAllString(s, "")
	s = regexp.MustCompile(`(?i) at `).ReplaceAllString(s, " ")
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, ",", " ")), " ")
	for _, layout := range []string{
		"January 2 2006 3:04:05 PM", "January 2 2006 3:04 PM", "January 2 2006 15:04:05", "January 2 2006 15:04", "January 2 2006",
		"2 January 2006 3:04:05 PM", "2 January 2006 3:04 PM", "2 January 2006 15:04:05", "2 January 2006 15:04", "2 January 2006",
		"Jan 2 2006 3:04:05 PM", "Jan 2 2006 3:04 PM", "Jan 2 2006 15:04", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006",
	} {
		// What follows the layout is a zone's name, which says little.
		words := strings.Fields(s)
		n := min(len(words), len(strings.Fields(layout)))
		if t, err := time.ParseInLocation(layout, strings.Join(words[:n], " "), loc); err == nil {
			return t
		}
	}
	return parseDate(s)
}

func startsWithYear(s string) bool {
	return len(s) > 4 && strings.Trim(s[:4], "0123456789") == ""
}

// numericDate reads year-month-day in Chinese or ISO spelling, with a time of
// day on a 12 or 24 hour clock.
func numericDate(s string, loc *time.Location) time.Time {
	g := regexp.MustCompile(`^\D{0,12}(\d{4})(?:年|[-/.]) ?(\d{1,2})(?:月|[-/.]) ?(\d{1,2})日?(.*)$`).FindStringSubmatch(s)
	if g == nil {
		return time.Time{}
	}
	num := func(s string) int { n, _ := strconv.Atoi(s); return n }
	year, month, day := num(g[1]), num(g[2]), num(g[3])
	hour, minute, second := 0, 0, 0
	if c := regexp.MustCompile(`(上午|下午|晚上|中午|凌晨|早上|傍晚)? ?(\d{1,2}):(\d{2})(?::(\d{2}))? ?([AaPp][Mm])?`).FindStringSubmatch(g[4]); c != nil {
		hour, minute, second = num(c[2]), num(c[3]), num(c[4])
		late := c[1] == "下午" || c[1] == "晚上" || c[1] == "傍晚" || c[1] == "中午" && hour < 11 || strings.EqualFold(c[5], "pm")
		early := c[1] == "上午" || c[1] == "凌晨" || strings.EqualFold(c[5], "am")
		switch {
		case late && hour < 12:
			hour += 12
		case early && hour == 12:
			hour = 0
		}
	}
	if z := regexp.MustCompile(`(?:GMT|UTC)? ?([+-])(\d{1,2}):?(\d{2})?`).FindStringSubmatch(g[4]); z != nil {
		offset := num(z[2])*3600 + num(z[3])*60
		if z[1] == "-" {
			offset = -offset
		}
		loc = time.FixedZone("", offset)
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, loc)
	if t.Day() != day || year < 1990 || year > 2200 || hour > 24 {
		return time.Time{}
	}
	return t
}
