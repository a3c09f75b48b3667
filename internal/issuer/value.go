package issuer

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"repayd/internal/bill"
)

var (
	tailRun = regexp.MustCompile(`^(?:[0-9]{4}(?:[ -][0-9]{4}){2,3}(?: ?[0-9]{1,3})?\b|[0-9*xX•·.#]+(?:-[0-9*xX•#]+)*)`)
	// cardRun is a masked card number: groups of digits and masks, and behind
	// the last mask the digits shown.
	cardRun  = regexp.MustCompile(`^(?:[0-9]{1,8}[ -]?){0,3}(?:[ -]?[0-9]{0,6}[*xX•#]{1,12})+[ -]?[0-9]{2,4}\b`)
	refRun   = regexp.MustCompile(`^[0-9A-Za-z](?:[0-9A-Za-z_./#-]*[0-9A-Za-z])?`)
	daysRun  = regexp.MustCompile(`^([0-9]{1,4}) ?(?:个?(?:自然)?[天日]|days?\b)?`)
	clockRun = regexp.MustCompile(`^([0-9]{1,2})(?::([0-9]{2})(?::[0-9]{2})?|[时点](?:([0-9]{1,2})分)?)`)
	partRun  = regexp.MustCompile(`^第?([0-9]{1,3})(?:期?(?: ?/共?| of )([0-9]{1,3})期?|期)`)
	decimal  = regexp.MustCompile(`[0-9]\.[0-9]`)
	// moreDigits is the rest of a number that is no count.
	moreDigits = regexp.MustCompile(`^[.,:/-]?[0-9]`)
)

// scanTail reads a card or account number and keeps its printed tail: two to
// four digits. "0000" stands for no card in fee rows and is refused.
func scanTail(s string) (text, tail string, ok bool) {
	run := tailRun.FindString(s)
	if m := cardRun.FindString(s); m != "" {
		run = m // behind a masked number a blank ends it
	}
	run = strings.TrimRight(run, " -.")
	i := len(run)
	for i > 0 && run[i-1] >= '0' && run[i-1] <= '9' {
		i--
	}
	tail = run[i:]
	if len(tail) > 4 {
		tail = tail[len(tail)-4:]
	}
	if len(run) < 3 || len(tail) < 2 || tail == "0000" || decimal.MatchString(run) {
		return "", "", false // two bare digits are a number of anything
	}
	next := s[len(run):]
	if r, _ := utf8.DecodeRuneInString(next); strings.ContainsRune("年月日期元天笔", r) {
		return "", "", false
	}
	if next != "" && (next[0] == '@' || next[0] >= 'a' && next[0] <= 'z') {
		return "", "", false // part of an address or a name
	}
	return run, tail, true
}

// scanRef reads an order, invoice or contract number (letters and digits, at
// least four characters, at least one digit) or the number of an instalment
// ("第1期", "1/3").
func scanRef(s string) (text, ref string, ok bool) {
	if m := partRun.FindStringSubmatch(s); m != nil && !moreDigits.MatchString(s[len(m[0]):]) {
		return m[0], instalment(m[1], m[2]), true
	}
	run := refRun.FindString(s)
	if len(run) < 4 || len(run) > 40 || !strings.ContainsAny(run, "0123456789") {
		return "", "", false
	}
	if next, _ := utf8.DecodeRuneInString(s[len(run):]); strings.ContainsRune("*@年月日元笔个天件", next) {
		return "", "", false
	}
	return run, run, true
}

func instalment(number, of string) string {
	if of == "" {
		return number
	}
	return number + "/" + of
}

// scanDays reads a count of days.
func scanDays(s string) (text string, days int, ok bool) {
	m := daysRun.FindStringSubmatch(s)
	if m == nil {
		return "", 0, false
	}
	if moreDigits.MatchString(s[len(m[0]):]) {
		return "", 0, false
	}
	days, err := strconv.Atoi(m[1])
	return m[0], days, err == nil
}

// scanClock reads a time of day.
func scanClock(s string) (text string, clock bill.Clock, ok bool) {
	m := clockRun.FindStringSubmatch(s)
	if m == nil {
		return "", 0, false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2] + m[3])
	clock, ok = bill.NewClock(hour, minute)
	return m[0], clock, ok
}

// scanCurrency reads a currency by its name or code.
func scanCurrency(s, base string) (text, code string, ok bool) {
	n, sign := currencyAt(s)
	if n == 0 {
		return "", "", false
	}
	return s[:n], proof(sign, base), true
}
