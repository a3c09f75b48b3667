package issuer

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"repayd/internal/bill"
)

// dateText is one date as printed.
type dateText struct {
	text             string // the whole run, time of day included
	year, month, day int    // year 0: not printed
	order            string // "?" when day and month could be exchanged
	clock            bill.Clock
	badClock         bool
	weekday          int // 1 Monday … 7 Sunday, 0 not printed
	span             bool
	shortYear        bool // printed with two digits: "19-Mar-26"
	// every is a bare day of the month, "19" or "每月19日": a rule that is a
	// date only together with a printed month.
	every int
}

var (
	dateHan     = regexp.MustCompile(`^(?:([0-9]{4}|[0-9]{2}) ?[年년] ?)?([0-9]{1,2}) ?[月월] ?([0-9]{1,2}) ?[日号일]`)
	dateYMD     = regexp.MustCompile(`^([0-9]{4}) ?([-/.]) ?([0-9]{1,2}) ?([-/.]) ?([0-9]{1,2})`)
	dateYMDHan  = regexp.MustCompile(`^([0-9]{4})年/?([0-9]{1,2})/?月/?([0-9]{1,2})/?日?`)
	dateCompact = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})`)
	dateDMY     = regexp.MustCompile(`^([0-9]{1,2})([-/.])([0-9]{1,2})([-/.])([0-9]{4})`)
	dateMD      = regexp.MustCompile(`^([0-9]{1,2})([-/])([0-9]{1,2})`)
	dateMonthD  = regexp.MustCompile(`^(?i)(\p{L}{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?(?:,? ([0-9]{4}))?`)
	dateDMonthY = regexp.MustCompile(`^(?i)([0-9]{1,2})-([a-z]{3})-([0-9]{2})(?:[^0-9]|$)`)
	dateDMonth  = regexp.MustCompile(`^(?i)([0-9]{1,2})(?:st|nd|rd|th|\.|er)?[ -](?:of |de )?(\p{L}{3,9})\.?(?:,?[ -](?:de )?([0-9]{4}))?`)

	weekdayBefore = regexp.MustCompile(`^(?i)(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? `)
	weekdayAfter  = regexp.MustCompile(`^ ?\(?(?:周|星期|礼拜)([一二三四五六日天])\)?`)
	clockAfter    = regexp.MustCompile(`^(?:T| ?,? ?(?:的|at )?)([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?`)
	hourAfter     = regexp.MustCompile(`^ ?([0-9]{1,2})[时点](?:([0-9]{1,2})分)?整?`)
)

// scanDate takes the longest date at the start of s, its time of day and
// weekday with it. order is the file's date_order: "dmy", "mdy" or "".
func scanDate(s, order string) (dateText, bool) {
	var d dateText
	i := 0
	if m := weekdayBefore.FindStringSubmatch(s); m != nil {
		d.weekday = englishWeekday(m[1])
		i = len(m[0])
	}
	n := d.digits(s[i:], order)
	if n == 0 {
		return d, false
	}
	i += n
	i += d.after(s[i:])
	rest := s[i:]
	r, w := utf8.DecodeRuneInString(rest)
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest[w:], " "))
	switch {
	case w == 0:
	case r < 0x80 && (unicode.IsDigit(r) || unicode.IsLetter(r)):
		return d, false
	case strings.ContainsRune("-/.:", r) && unicode.IsDigit(next):
		// "2026/07/09-2026/08/08" is a span, "2026.08.25.1" nothing at all.
		if r != '-' {
			return d, false
		}
		d.span = true
	case spanRest.MatchString(rest):
		d.span = true
	}
	d.text = s[:i]
	return d, true
}

var (
	spanDash = regexp.MustCompile(`^ ?(?:[-—–~至到]|--|——) ?`)
	spanRest = regexp.MustCompile(`^ ?(?:[—–~至到]|——) ?[0-9]|^ ?- ?(?:[0-9]{4}[-/.年][0-9]|[0-9]{8}(?:[^0-9]|$)|[0-9]{1,2}月|[0-9]{1,2}/[0-9])`)
	everyDay = regexp.MustCompile(`^(?:每月 ?([0-9]{1,2}) ?[日号]?|([0-9]{1,2}) ?[日号]?)(?: |\||$|[,。;)])`)
)

// scanSpan reads two days with a dash or 至 between them; its value is the
// last one.
func scanSpan(s, order string) (last dateText, ok bool) {
	first, ok := scanDate(s, order)
	if !ok {
		return last, false
	}
	dash := spanDash.FindString(s[len(first.text):])
	if dash == "" {
		return last, false
	}
	n := len(first.text) + len(dash)
	last, ok = scanDate(s[n:], order)
	if !ok || last.span {
		return last, false
	}
	last.text = s[:n+len(last.text)]
	return last, true
}

// scanEvery reads a bare day of the month.
func scanEvery(s string) (text string, day int) {
	m := everyDay.FindStringSubmatch(s)
	if m == nil {
		return "", 0
	}
	day, _ = strconv.Atoi(m[1] + m[2])
	if day < 1 || day > 31 {
		return "", 0
	}
	return strings.TrimRight(m[0], " |,。;)"), day
}

// digits reads the calendar part and returns its length, 0 for none.
func (d *dateText) digits(s, order string) int {
	if m := dateHan.FindStringSubmatch(s); m != nil {
		d.set(m[1], m[2], m[3])
		if len(m[1]) == 2 {
			d.year += 2000
		}
		return len(m[0])
	}
	if m := dateYMDHan.FindStringSubmatch(s); m != nil {
		d.set(m[1], m[2], m[3])
		return len(m[0])
	}
	if m := dateYMD.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		d.set(m[1], m[3], m[5])
		return len(m[0])
	}
	if m := dateCompact.FindStringSubmatch(s); m != nil && (len(s) == 8 || s[8] < '0' || s[8] > '9') {
		d.set(m[1], m[2], m[3])
		return len(m[0])
	}
	if m := dateDMY.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		d.set(m[5], m[1], m[3])
		d.exchange(order)
		return len(m[0])
	}
	if n := d.named(s); n > 0 {
		return n
	}
	if m := dateMD.FindStringSubmatch(s); m != nil && (len(m[1]) == 2 || m[2] == "/") {
		d.set("", m[1], m[3])
		if order == "dmy" {
			d.month, d.day = d.day, d.month
		}
		return len(m[0])
	}
	return 0
}

// named reads dates with an English month name.
func (d *dateText) named(s string) int {
	if m := dateMonthD.FindStringSubmatch(s); m != nil {
		if month := monthNamed(m[1]); month > 0 {
			d.set(m[3], strconv.Itoa(month), m[2])
			return len(m[0])
		}
	}
	if m := dateDMonthY.FindStringSubmatch(s); m != nil {
		if month := monthNamed(m[2]); month > 0 {
			d.set("20"+m[3], strconv.Itoa(month), m[1])
			d.shortYear = true
			return len(m[1] + m[2] + m[3] + "--")
		}
	}
	if m := dateDMonth.FindStringSubmatch(s); m != nil {
		if month := monthNamed(m[2]); month > 0 {
			d.set(m[3], strconv.Itoa(month), m[1])
			return len(m[0])
		}
	}
	return 0
}

func (d *dateText) set(y, m, day string) {
	d.year, _ = strconv.Atoi(y)
	d.month, _ = strconv.Atoi(m)
	d.day, _ = strconv.Atoi(day)
}

// exchange settles which of two numbers in front of a year is the month.
func (d *dateText) exchange(order string) {
	switch {
	case d.month > 12 && d.day <= 12, order == "dmy" && d.month <= 31:
		d.month, d.day = d.day, d.month
	case order == "" && d.day <= 12 && d.month != d.day:
		d.order = "?"
	}
}

// after reads a weekday and a time of day behind the date.
func (d *dateText) after(s string) int {
	n := 0
	if m := weekdayAfter.FindStringSubmatch(s); m != nil {
		d.weekday = strings.Index("一二三四五六日天", m[1])/len("一") + 1
		d.weekday = min(d.weekday, 7)
		n = len(m[0])
	}
	m := clockAfter.FindStringSubmatch(s[n:])
	if m == nil {
		m = hourAfter.FindStringSubmatch(s[n:])
	}
	if m == nil {
		return n
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	clock, ok := bill.NewClock(hour, minute)
	d.clock, d.badClock = clock, !ok
	return n + len(m[0])
}

// monthsElsewhere are the full names of months in the languages of issuers
// known so far (tr, pt, de, fr, es, it, nl) where they differ from the English ones;
// Turkish without the dots that its capitals exchange.
var monthsElsewhere = [12]string{
	"ocak janeiro januar janvier enero gennaio januari", "şubat fevereiro februar février febrero febbraio februari", "mart março märz mars marzo maart",
	"nisan abril avril aprile", "mayis maio mai mayo maggio mei", "haziran junho juni juin junio giugno", "temmuz julho juli juillet julio luglio",
	"ağustos agosto août augustus", "eylül setembro septembre septiembre settembre", "ekim outubro oktober octobre octubre ottobre",
	"kasim novembro novembre noviembre", "aralik dezembro dezember décembre diciembre dicembre",
}

// monthNamed returns the month of a name, 0 for none.
func monthNamed(s string) int {
	s = plainI(strings.ToLower(s))
	if s == "sept" {
		return 9
	}
	for m := time.January; m <= time.December; m++ {
		full := strings.ToLower(m.String())
		if s == full || s == full[:3] || slices.Contains(strings.Fields(monthsElsewhere[m-1]), s) {
			return int(m)
		}
	}
	return 0
}

func englishWeekday(s string) int {
	s = strings.ToLower(s)[:3]
	return strings.Index("montuewedthufrisatsun", s)/3 + 1
}

// clockwise says where the year of a date printed without one must lie.
type clockwise int

const (
	nearReceipt   clockwise = iota // statements, reminders, announcements of a debit
	beforeReceipt                  // overdue, failed, paid
)

// window returns the rule for a kind of notice.
func window(k bill.Kind) clockwise {
	switch k {
	case bill.KindOverdue, bill.KindAutopayFailed, bill.KindPayment, bill.KindRefund:
		return beforeReceipt
	}
	return nearReceipt
}

// The bounds within which a date without a year is certain, in days from the
// receipt of the message.
const (
	daysBack  = 15
	daysAhead = 70
)

// resolve turns a printed date into a day. received is the civil day of
// receipt in the issuer's zone; doubtful means that it is not certain.
func (d dateText) resolve(w clockwise, received bill.Day, doubtful bool) (bill.Day, error) {
	switch {
	case d.span:
		return 0, fmt.Errorf("%q is a span of days, not one day", d.text)
	case d.order == "?":
		return d.byWeekday()
	case d.badClock:
		return 0, fmt.Errorf("%q has no such time of day", d.text)
	case d.year != 0:
		day, ok := bill.NewDay(d.year, time.Month(d.month), d.day)
		if !ok {
			return 0, fmt.Errorf("%q is no day of the calendar", d.text)
		}
		if d.shortYear && (day < received-yearNearly || day > received+farAhead) {
			return 0, fmt.Errorf("%q: which number is the year is not certain", d.text)
		}
		return d.checkWeekday(day)
	case doubtful:
		return 0, fmt.Errorf("%q has no year, and when the message was received is not certain", d.text)
	}
	year, _, _ := received.Date()
	var found bill.Day
	for y := year - 8; y <= year+1; y++ {
		day, ok := bill.NewDay(y, time.Month(d.month), d.day)
		if ok && fits(day, w, received) {
			found = day
		}
	}
	if !found.Known() {
		return 0, fmt.Errorf("%q has no year, and no such day lies near the receipt of the message", d.text)
	}
	if w == beforeReceipt && found < received-yearNearly {
		// The day lies just ahead in this year: it is hardly the one of a year ago.
		return 0, fmt.Errorf("%q has no year: it is a day just ahead, or one nearly a year ago", d.text)
	}
	return d.checkWeekday(found)
}

// yearNearly is how many days back a day without a year is still certain.
const yearNearly = 330

func fits(day bill.Day, w clockwise, received bill.Day) bool {
	if w == beforeReceipt {
		return day <= received
	}
	return day >= received-daysBack && day <= received+daysAhead
}

// checkWeekday refuses a date whose printed weekday is another one.
func (d dateText) checkWeekday(day bill.Day) (bill.Day, error) {
	if d.weekday != 0 && (int(day.Weekday())+6)%7+1 != d.weekday {
		return 0, fmt.Errorf("%q: the weekday does not fit", d.text)
	}
	return day, nil
}

// byWeekday settles day and month by the printed weekday.
func (d dateText) byWeekday() (bill.Day, error) {
	var found bill.Day
	count := 0
	for _, md := range [2][2]int{{d.month, d.day}, {d.day, d.month}} {
		day, ok := bill.NewDay(d.year, time.Month(md[0]), md[1])
		if ok && d.weekday != 0 && (int(day.Weekday())+6)%7+1 == d.weekday {
			found = day
			count++
		}
	}
	if count != 1 {
		return 0, fmt.Errorf("%q: which number is the month is not certain", d.text)
	}
	return found, nil
}

var (
	periodFull = regexp.MustCompile(`^([0-9]{4}) ?(?:年|[-/.]) ?([0-9]{1,2})(?: ?月份?)?`)
	periodMon  = regexp.MustCompile(`^([0-9]{1,2}) ?月份?`)
	periodName = regexp.MustCompile(`^(?i)([a-z]{3,9}) ([0-9]{4})`)
)

// scanPeriod reads a month: "2025年1月", "2025-01", "1月", "January 2025".
// Without a year it is the one month of that name from ten months before the
// receipt to one after it.
func scanPeriod(s string, received bill.Day) (text, period string, ok bool) {
	year, month, n := 0, 0, 0
	if m := periodFull.FindStringSubmatch(s); m != nil {
		year, _ = strconv.Atoi(m[1])
		month, _ = strconv.Atoi(m[2])
		n = len(m[0])
	} else if m := periodMon.FindStringSubmatch(s); m != nil {
		month, _ = strconv.Atoi(m[1])
		n = len(m[0])
	} else if m := periodName.FindStringSubmatch(s); m != nil {
		month = monthNamed(m[1])
		year, _ = strconv.Atoi(m[2])
		n = len(m[0])
	}
	if month < 1 || month > 12 || moreDigits.MatchString(s[n:]) {
		return "", "", false
	}
	if year == 0 {
		ry, rm, _ := received.Date()
		months := ry*12 + int(rm) - 1
		diff := ((month-1-months)%12 + 12) % 12 // months ahead, 0 to 11
		if diff > 1 {
			diff -= 12
		}
		year = (months + diff) / 12
	}
	if year < 2000 || year > 2999 {
		return "", "", false
	}
	return s[:n], fmt.Sprintf("%04d-%02d", year, month), true
}
