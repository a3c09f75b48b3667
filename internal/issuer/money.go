package issuer

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"repayd/internal/bill"
)

// amountText is one amount as printed: the longest run of characters that
// could belong to it.
type amountText struct {
	text     string // the whole run
	number   string // digits and separators only
	currency string // code, or a family sign ("¥", "$", "元"), or ""
	negative bool
	unit     bool // a unit stands behind the number and ends it
}

// scanMoney takes the longest run at the start of s that could be an amount.
// It reports false where s does not begin with one, or where what follows
// shows that the number is something else (a date, a count, a rate).
func scanMoney(s string) (amountText, bool) {
	var a amountText
	i, open, ok := a.prefix(s)
	if !ok {
		return a, false
	}
	n := numberLen(s[i:])
	if n == 0 {
		return a, false
	}
	a.number = s[i : i+n]
	i += n
	n = a.suffix(s[i:])
	i += n
	a.unit = n > 0
	if open && strings.HasPrefix(s[i:], ")") {
		a.negative = true
		i++
	}
	if m := creditMark.FindString(s[i:]); m != "" {
		a.negative = a.negative || strings.ContainsAny(m, "cC")
		a.unit = true
		i += len(m)
	}
	if a.otherwise(s[i:]) || !a.unit && !strings.Contains(a.number, ".") && setApart.MatchString(s[i:]) {
		return a, false
	}
	a.text = strings.TrimSpace(s[:i])
	return a, true
}

// setApart follows a number whose digits a program has set apart: "5559 .33",
// "12 34.56", "5 5 5 9". Which number was meant is not certain.
var setApart = regexp.MustCompile(`^ (?:\.[0-9]|[0-9]{1,3}\.[0-9]{2}(?:[^0-9]|$)|[0-9](?: [0-9.,])+(?: |$))`)

// creditMark is "Dr" or "Cr" behind an amount: owed, or held in credit.
var creditMark = regexp.MustCompile(`^ ?(?:[Cc][Rr]|[Dd][Rr])\b\.?`)

// prefix reads signs, blanks and currency words in front of the digits.
func (a *amountText) prefix(s string) (n int, open, ok bool) {
	for n < len(s) {
		switch c := s[n]; {
		case c >= '0' && c <= '9':
			return n, open, true
		case c == ' ':
			n++
		case c == '-':
			if a.negative {
				return 0, false, false
			}
			a.negative = true
			n++
		case c == '+':
			n++
		case c == '(' && n == 0:
			open = true
			n++
		case c == ':' && a.currency != "":
			n++
		case c == '(' && a.currency != "" && currencyNote.MatchString(s[n:]):
			n += len(currencyNote.FindString(s[n:]))
		default:
			word, code := currencyAt(s[n:])
			if word == 0 || (a.currency != "" && !family(a.currency, code)) {
				return 0, false, false
			}
			if len(a.currency) < 3 || len(code) == 3 {
				a.currency = code
			}
			n += word
		}
	}
	return 0, false, false
}

// suffix reads a unit behind the digits: "元", "/RMB", " USD".
func (a *amountText) suffix(s string) int {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == '/') {
		i++
	}
	if i > 1 {
		return 0
	}
	word, code := currencyAt(s[i:])
	if word == 0 || (a.currency != "" && !family(a.currency, code)) {
		return 0
	}
	// "USD 5.00 RMB 3.00": a code behind a blank belongs to the next number.
	if i == 1 && s[0] == ' ' && startsNumber(s[i+word:]) {
		return 0
	}
	if len(a.currency) < 3 || len(code) == 3 {
		a.currency = code
	}
	return i + word
}

func startsNumber(s string) bool {
	s = strings.TrimLeft(s, " :-")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// family reports whether two currency words can stand beside one amount.
func family(a, b string) bool {
	yuan := func(c string) bool { return c == "¥" || c == "元" || c == "CNY" }
	yen := func(c string) bool { return c == "¥" || c == "JPY" }
	dollar := func(c string) bool { return strings.ContainsAny(c, "$D") && c != "CNY" }
	return a == b || (yuan(a) && yuan(b)) || (yen(a) && yen(b)) || ((a == "$" || b == "$") && dollar(a) && dollar(b))
}

var (
	decimalThenDate = regexp.MustCompile(`^[0-9][0-9,]*\.[0-9]{2},(?:[0-9]{1,2}月|[0-9]{4}[-年/.][0-9])`)
	decimalHead     = regexp.MustCompile(`^[0-9][0-9,]*\.[0-9]{2}`)
)

// numberLen is the length of the longest run of digits and separators. A
// comma that ends a clause belongs to it only when more digits follow, and
// not where a complete decimal is followed by a date ("1,234.56,8月10日"): no
// way of grouping puts a comma behind decimals.
func numberLen(s string) int {
	if decimalThenDate.MatchString(s) {
		return len(decimalHead.FindString(s))
	}
	n := 0
	for n < len(s) {
		switch c := s[n]; {
		case c >= '0' && c <= '9', c == '.', c == ',', c == '\'':
			n++
		case strings.HasPrefix(s[n:], "’"):
			n += len("’")
		case c == ' ' && groupFollows(s[:n], s[n+1:]):
			n++
		default:
			return len(strings.TrimRight(s[:n], ".,'’"))
		}
	}
	return len(strings.TrimRight(s[:n], ".,'’"))
}

// groupFollows reports whether a blank between before and after groups
// thousands ("1 234,56"), which needs a decimal part to be certain.
func groupFollows(before, after string) bool {
	if len(before) > 3 && !strings.Contains(before, " ") {
		return false
	}
	return spacedGroup.MatchString(after)
}

var spacedGroup = regexp.MustCompile(`^[0-9]{3}(?: [0-9]{3})*[.,][0-9]{2}(?:[^0-9.,]|$)`)

// otherwise reports whether the text behind a number makes it something else:
// a part of a date, a count, a percentage, a larger unit.
func (a amountText) otherwise(rest string) bool {
	adjacent, n := utf8.DecodeRuneInString(rest)
	if n == 0 {
		return false
	}
	if adjacent < 0x80 && (unicode.IsLetter(adjacent) || unicode.IsDigit(adjacent) || adjacent == '_' || adjacent == '*') {
		return true
	}
	if a.currency == "" && partOfMany.MatchString(rest) {
		return true
	}
	if next, _ := utf8.DecodeRuneInString(rest[n:]); !a.unit && strings.ContainsRune("-/:", adjacent) && unicode.IsDigit(next) {
		return true
	}
	if !a.unit && !strings.Contains(a.number, ".") && brokenGroup.MatchString(rest) {
		return true
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, " "))
	if strings.ContainsRune("万亿千百%‰倍起折", r) {
		return true
	}
	bare := a.currency == "" && (adjacent == r || !strings.Contains(a.number, "."))
	if a.currency == "" && strings.Trim(a.number, "0123456789") == "" && unicode.Is(unicode.Han, adjacent) {
		return true // "1688先采后付": in Chinese a whole number in a sentence bears a unit
	}
	return bare && strings.ContainsRune("年月日天期笔个次号分时点张单位岁", r)
}

// partOfMany follows the number of an instalment: "2 of 4".
var partOfMany = regexp.MustCompile(`^ of [0-9]`)

// brokenGroup is a group of thousands behind a blank or a comma that ended a
// clause: "1, 234" and "1 234" may be one number or two.
var brokenGroup = regexp.MustCompile(`^,? ?[0-9]{3}(?:[^0-9]|$)`)

// parseMoney turns a printed amount into an exact one. base is the currency
// of the issuer's file, which holds where the text proves no other.
func parseMoney(a amountText, base string) (bill.Money, error) {
	code := proof(a.currency, base)
	if code == "" {
		return bill.Money{}, fmt.Errorf("%q: the currency is not certain", a.text)
	}
	digits, ok := bill.Digits(code)
	if !ok {
		return bill.Money{}, fmt.Errorf("%q: %s is not a currency", a.text, code)
	}
	plain, ok := plainNumber(a.number, digits, commaCurrency(code))
	if !ok {
		return bill.Money{}, fmt.Errorf("%q can be read in more than one way", a.text)
	}
	if a.negative {
		plain = "-" + plain
	}
	m, err := bill.ParseMoney(plain, code)
	if err != nil {
		return bill.Money{}, fmt.Errorf("%q is not an amount", a.text)
	}
	return m, nil
}

// proof decides the currency from a printed sign and the file's currency.
func proof(sign, base string) string {
	switch sign {
	case "":
		return base
	case "¥":
		if base == "JPY" {
			return base
		}
		return "CNY"
	case "元":
		if base == "TWD" || base == "HKD" || base == "MOP" {
			return base
		}
		return "CNY"
	case "`":
		if base != "INR" {
			return ""
		}
		return base
	case "$":
		if strings.HasSuffix(base, "D") {
			return base
		}
		return "USD"
	}
	return sign
}

// commaCurrency reports whether the currency's home prints decimal commas, so
// that "1,23" has one meaning there.
func commaCurrency(code string) bool {
	switch code {
	case "EUR", "BRL", "TRY":
		return true
	}
	return false
}

// plainNumber turns digits with separators into a plain decimal, or reports
// false where they are malformed or could mean two numbers.
func plainNumber(s string, decimals int, comma bool) (string, bool) {
	s = strings.ReplaceAll(s, "’", "'")
	if strings.Count(s, " ") > 0 {
		s = strings.ReplaceAll(s, " ", "'")
	}
	whole, frac, ok := splitDecimal(s, decimals, comma)
	if !ok || len(frac) > decimals {
		return "", false
	}
	whole, ok = ungroup(whole)
	if !ok || (len(whole) > 1 && whole[0] == '0') {
		return "", false
	}
	if frac == "" {
		return whole, true
	}
	return whole + "." + frac, true
}

// splitDecimal finds the decimal sign from the number itself.
func splitDecimal(s string, decimals int, comma bool) (whole, frac string, ok bool) {
	last := strings.LastIndexAny(s, ".,")
	if last < 0 {
		return s, "", true
	}
	sep, tail := s[last:last+1], s[last+1:]
	other := ","
	if sep == "," {
		other = "."
	}
	switch {
	case strings.Contains(s[:last], other), strings.Contains(s[:last], "'"):
		// Both signs: the last one is the decimal sign and stands once.
		if strings.Count(s, sep) > 1 {
			return "", "", false
		}
		if strings.Contains(s[:last], "'") && len(tail) > decimals {
			return "", "", false
		}
		return s[:last], tail, tail != "" && len(tail) <= decimals
	case strings.Count(s, sep) > 1:
		return s, "", true // grouping only; ungroup checks it
	case sep == "." && len(tail) == 3 && decimals != 3, sep == "," && len(tail) == 3:
		// "1.234" is either; "1,234" is a grouped number wherever money has
		// fewer than three decimals.
		return s, "", sep == "," && decimals < 3
	case sep == "," && !comma:
		return "", "", false
	}
	return s[:last], tail, tail != "" && decimals > 0
}

// ungroup removes thousands separators: one kind only, groups of three, or the
// Indian three and then twos.
func ungroup(s string) (string, bool) {
	i := strings.IndexAny(s, ".,'")
	if i < 0 {
		return s, s != ""
	}
	groups := strings.Split(s, s[i:i+1])
	last := groups[len(groups)-1]
	if len(last) != 3 || strings.Trim(last, "0123456789") != "" || len(groups[0]) < 1 || len(groups[0]) > 3 || groups[0][0] == '0' {
		return "", false
	}
	size := 3
	if len(groups) > 2 {
		size = len(groups[1])
	}
	if size == 2 && len(groups[0]) > 2 {
		return "", false
	}
	for i, g := range groups {
		inner := i > 0 && i < len(groups)-1
		if strings.Trim(g, "0123456789") != "" || (inner && len(g) != size) || size < 2 {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// noAmount reports whether s begins with words that print the absence of an
// amount: dashes, 无欠款, N/A.
func noAmount(s string) (string, bool) {
	for _, p := range []string{"¥", "$", "RMB", "USD"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, p))
	}
	for _, w := range []string{"---", "--", "——", "无欠款", "无需还款", "无账单", "N/A", "n/a"} {
		if strings.HasPrefix(s, w) {
			return w, true
		}
	}
	return s, s == "-" || s == "无" || s == "—"
}
