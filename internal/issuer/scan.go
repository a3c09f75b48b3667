package issuer

import (
	"regexp"
	"strconv"
	"strings"

	"repayd/internal/bill"
)

// scanner reads the values of one issuer's fields at the start of a text.
type scanner struct {
	currency  string
	dateOrder string
	received  bill.Day
}

// values reads the value of field at the start of text. It returns nothing
// where text begins with something else, a value with bad set where a run is
// there but no value, and several amounts where more currencies follow.
func (s scanner) values(field bill.Field, text string) []value {
	typ, _ := fieldTypes(field)
	if typ == typeMoney {
		return s.amounts(text)
	}
	if field == bill.FieldStatementDate {
		if v, ok := s.closing(text); ok {
			return []value{v}
		}
	}
	if v, ok := s.one(typ, text); ok {
		return []value{v}
	}
	return nil
}

// amounts reads one amount and those of further currencies behind it.
func (s scanner) amounts(text string) []value {
	if w, ok := noAmount(text); ok {
		return []value{{text: w, none: true}}
	}
	prefix := standing.FindString(text)
	a, ok := scanMoney(text[len(prefix):])
	if ok && prefix != "" {
		return []value{s.standing(prefix, a)}
	}
	if !ok {
		if run := refusedRun(text); run != "" {
			return []value{{text: run, bad: "\"" + run + "\" is not certainly an amount"}}
		}
		return nil
	}
	out := []value{s.amount(a)}
	if i := strings.Index(text, a.text); creditAfter.MatchString(text[i+len(a.text):]) {
		return []value{s.standing("存款", a)}
	}
	rest := text
	for range 4 {
		i := strings.Index(rest, a.text)
		rest = strings.TrimLeft(rest[i+len(a.text):], " /|")
		b, ok := scanMoney(rest)
		if !ok || b.currency == "" || proof(b.currency, s.currency) == proof(a.currency, s.currency) {
			break
		}
		out = append(out, s.amount(b))
		a = b
	}
	return out
}

var (
	// standing are the words in front of an amount that say which way it is.
	standing = regexp.MustCompile(`^\(?(?:存款|溢缴款|贷方余额|贷方|欠款)\)? ?:? ?`)
	// creditAfter are the words behind one that make it a credit.
	creditAfter = regexp.MustCompile(`^ ?(?:\((?:存款|存入|溢缴款|贷)\)|存款|CR\b)`)
)

// standing reads an amount whose words say that it is owed (欠款) or a credit
// (存款): of a credit nothing is owed, whatever its sign.
func (s scanner) standing(word string, a amountText) value {
	a.negative = false
	v := s.amount(a)
	if !strings.Contains(word, "欠款") {
		v.credit = true
		v.amount.Minor = 0
	}
	return v
}

func (s scanner) amount(a amountText) value {
	v := value{text: a.text, raw: a, bare: a.currency == "" && !strings.ContainsAny(a.number, ".,'")}
	m, err := parseMoney(a, s.currency)
	if err != nil {
		v.bad = err.Error()
	}
	v.amount = m
	return v
}

// refusedRun returns a run of digits that stands where an amount belongs but
// is none, so that the field becomes a problem instead of being overlooked.
func refusedRun(text string) string {
	text = strings.TrimLeft(text, "¥$ +-")
	n := 0
	for n < len(text) && strings.IndexByte("0123456789.,'", text[n]) >= 0 {
		n++
	}
	if n == 0 || text[0] < '0' || text[0] > '9' {
		return ""
	}
	if _, ok := scanDate(text, ""); ok {
		return ""
	}
	if counted.MatchString(text[n:]) {
		return ""
	}
	end := n
	for i, r := range text[n:] {
		if i > 8 || r == ' ' || r == '|' {
			break
		}
		end = n + i + len(string(r))
	}
	return text[:end]
}

// counted follows a number that counts something and is no value at all.
var counted = regexp.MustCompile(`^ ?(?:[笔个期天次张单]|日[后前内]|days?\b|of [0-9])`)

// masked tells a card number from any other run of digits.
var masked = regexp.MustCompile(`[*xX•·#]{2}`)

// one reads a single value that is not money.
func (s scanner) one(typ valueType, text string) (v value, ok bool) {
	switch typ {
	case typeDate:
		return s.day(text)
	case typeSpan:
		v.date, ok = scanSpan(strings.TrimLeft(text, "("), s.dateOrder)
		v.text = v.date.text
	case typeTail:
		v.text, v.str, ok = scanTail(text)
	case typeCard:
		v.text, v.str, ok = scanTail(text)
		ok = ok && masked.MatchString(v.text)
	case typeRef:
		v.text, v.str, ok = scanRef(text)
	case typePeriod:
		v.text, v.str, ok = scanPeriod(text, s.received)
	case typeDays:
		v.text, v.days, ok = scanDays(text)
	case typeTime:
		v.text, v.clock, ok = scanClock(text)
	case typeCurrency:
		v.text, v.str, ok = scanCurrency(text, s.currency)
	}
	return v, ok
}

// closing reads what may stand for a statement date besides a date: the span
// of days that it closes, or the day of every month.
func (s scanner) closing(text string) (v value, ok bool) {
	if last, ok := scanSpan(text, s.dateOrder); ok {
		return value{text: last.text, date: last}, true
	}
	if _, ok := scanDate(text, s.dateOrder); ok {
		return v, false // "7 October 2026" begins with no rule
	}
	if run, day := scanEvery(text); day > 0 {
		return value{text: run, date: dateText{text: run, every: day}}, true
	}
	return v, false
}

func (s scanner) day(text string) (value, bool) {
	if w, ok := noAmount(text); ok {
		return value{text: w, none: true}, true
	}
	text = strings.TrimPrefix(text, "(")
	d, ok := s.scanDate(text)
	if ok {
		return value{text: d.text, date: d}, true
	}
	run := text
	if i := strings.IndexAny(run, ",;。| "); i >= 0 {
		run = run[:i]
	}
	digits := strings.IndexAny(run, "0123456789") == 0
	if n := len(run) - len(strings.TrimLeft(run, "0123456789")); counted.MatchString(run[n:]) {
		digits = false
	}
	if digits || strings.HasPrefix(run, "每月") {
		return value{text: run, bad: "\"" + run + "\" is not a date"}, true
	}
	return value{}, false
}

// republic is a date of Taiwan, whose years count from 1911: "民國114年8月13日",
// "114/08/13".
var republic = regexp.MustCompile(`^((?:中華)?民國 ?)?([0-9]{2,3})( ?[年/.-] ?[0-9]{1,2} ?[月/.-] ?[0-9]{1,2})`)

// scanDate is scanDate with the years of Taiwan, where the issuer's currency is
// that of Taiwan or the date names the republic.
func (s scanner) scanDate(text string) (dateText, bool) {
	m := republic.FindStringSubmatch(text)
	if m == nil || m[1] == "" && (s.currency != "TWD" || len(m[2]) < 3) {
		return scanDate(text, s.dateOrder)
	}
	year, _ := strconv.Atoi(m[2])
	western := strconv.Itoa(year + 1911)
	d, ok := scanDate(western+text[len(m[1])+len(m[2]):], s.dateOrder)
	if !ok || d.year != year+1911 {
		return d, false
	}
	d.text = m[1] + m[2] + strings.TrimPrefix(d.text, western)
	return d, true
}

// isValue reports whether a whole cell is one value: an amount, a date, or the
// absence of one.
func (s scanner) isValue(cell string) bool {
	if _, ok := noAmount(cell); ok {
		return true
	}
	cell = cell[len(standing.FindString(cell)):]
	if a, ok := scanMoney(cell); ok && len(strings.TrimSpace(cell)) <= len(a.text)+1 {
		return true
	}
	if cell == "" || cell[0] >= 0x80 {
		return false
	}
	if run, _, ok := scanTail(cell); ok && strings.Contains(run, "**") {
		return len(cell) <= len(run)+1
	}
	d, ok := s.scanDate(cell)
	if ok && d.span {
		last, ok := scanSpan(cell, s.dateOrder)
		return ok && len(cell) <= len(last.text)+1
	}
	return ok && len(cell) <= len(d.text)+1
}
