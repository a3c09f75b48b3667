package einvoice

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
)

// tooMuch is the largest amount believed, in minor units.
const tooMuch = 100_000_000_000

// parseAmount reads an XML decimal exactly: decimals beyond the currency's
// must be zeros.
func parseAmount(s, code string) (bill.Money, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "+")
	digits, ok := bill.Digits(code)
	if !ok {
		return bill.Money{}, fmt.Errorf("%q is not a currency code", shorten(code))
	}
	if whole, frac, dot := strings.Cut(s, "."); dot {
		if whole == "" || whole == "-" {
			whole += "0"
		}
		if len(frac) > digits && strings.Trim(frac[digits:], "0") == "" {
			frac = frac[:digits]
		}
		s = whole
		if frac != "" {
			s += "." + frac
		}
	}
	m, err := bill.ParseMoney(s, code)
	if err == nil && (m.Minor > tooMuch || m.Minor < -tooMuch) {
		return bill.Money{}, fmt.Errorf("%s is too much to be certain", m.Decimal())
	}
	if err != nil {
		return bill.Money{}, fmt.Errorf("%q is not certainly an amount in %s", shorten(s), code)
	}
	return m, nil
}

// money reads the one amount at nodes, in the invoice's currency. Elements
// that repeat it in another currency are passed by; different ones are a problem.
func (inv *Invoice) money(f bill.Field, nodes []*node) bill.Money {
	var one bill.Money
	foreign := ""
	for _, n := range nodes {
		if n.text == "" {
			continue
		}
		if code := strings.ToUpper(n.attr("currencyID")); code != "" && inv.Currency != "" && code != inv.Currency {
			foreign = code
			continue
		}
		m, err := parseAmount(n.text, inv.Currency)
		switch {
		case err != nil:
			inv.problem(f, n.name+": "+err.Error())
			return bill.Money{}
		case one.Known() && one != m:
			inv.problem(f, fmt.Sprintf("two different values of %s: %s, %s", n.name, one.Decimal(), m.Decimal()))
			return bill.Money{}
		}
		one = m
	}
	if !one.Known() && foreign != "" {
		inv.problem(f, fmt.Sprintf("%s is in %s, the invoice in %s", nodes[0].name, foreign, inv.Currency))
	}
	return one
}

// aside reads an amount that is only held against the one to pay: unreadable,
// it is unknown and no problem.
func (inv *Invoice) aside(nodes []*node) bill.Money {
	kept := inv.Problems
	m := inv.money(bill.FieldAmountDue, nodes)
	inv.Problems = kept
	return m
}

// currency takes the code of the document, else the one its payable amount
// names.
func (inv *Invoice) currency(codes, amounts []*node) {
	var found []string
	for _, n := range codes {
		found = append(found, strings.ToUpper(n.text))
	}
	if len(found) == 0 {
		for _, n := range amounts {
			found = append(found, strings.ToUpper(n.attr("currencyID")))
		}
	}
	found = distinct(found)
	switch {
	case len(found) == 0:
		inv.problem(bill.FieldCurrency, "no currency is stated")
	case len(found) > 1:
		inv.problem(bill.FieldCurrency, "two different currencies: "+strings.Join(found[:2], ", "))
	default:
		if _, ok := bill.Digits(found[0]); !ok {
			inv.problem(bill.FieldCurrency, fmt.Sprintf("%q is not a currency code", shorten(found[0])))
			return
		}
		inv.Currency = found[0]
		inv.evidence(bill.FieldCurrency, found[0])
	}
}

func distinct(in []string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, s := range in {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// day reads the one date at nodes; different ones are a problem.
func (inv *Invoice) day(f bill.Field, nodes []*node) bill.Day {
	var one bill.Day
	for _, n := range nodes {
		if n.text == "" {
			continue
		}
		d, ok := parseDay(n.text, n.attr("format"))
		switch {
		case !ok:
			inv.problem(f, fmt.Sprintf("%s: %q is not a date", n.name, shorten(n.text)))
			return 0
		case one.Known() && one != d:
			inv.problem(f, fmt.Sprintf("two different values of %s: %s, %s", n.name, one, d))
			return 0
		}
		one = d
	}
	return one
}

var (
	isoDay = regexp.MustCompile(`^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2}|T00:00:00(?:\.0+)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?$`)
	// Formats 102 and 203 of UN/CEFACT: a day, and a day with a time.
	plainDay = regexp.MustCompile(`^([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{4})?$`)
)

// parseDay reads a date field as the civil day it is written as, in ISO form
// or one of UN/CEFACT's formats.
func parseDay(s, format string) (bill.Day, bool) {
	s = strings.TrimSpace(s)
	m := isoDay.FindStringSubmatch(s)
	if m == nil && (format == "" || format == "102" || format == "203") {
		m = plainDay.FindStringSubmatch(s)
	}
	if m == nil {
		return 0, false
	}
	return newDay(m[1], m[2], m[3])
}

func newDay(year, month, day string) (bill.Day, bool) {
	y, _ := strconv.Atoi(year)
	m, _ := strconv.Atoi(month)
	d, _ := strconv.Atoi(day)
	return bill.NewDay(y, time.Month(m), d)
}

// word reads the one text at nodes; different ones are a problem.
func (inv *Invoice) word(f bill.Field, nodes []*node) string {
	var found []string
	for _, n := range nodes {
		found = append(found, strings.Join(strings.Fields(n.text), " "))
	}
	found = distinct(found)
	switch {
	case len(found) == 0:
		return ""
	case len(found) > 1:
		inv.problem(f, fmt.Sprintf("two different values: %s, %s", shorten(found[0]), shorten(found[1])))
		return ""
	case len(found[0]) > 200:
		return ""
	}
	return found[0]
}

// lines joins the texts of nodes, a line each, each text once.
func lines(groups ...[]*node) string {
	var out []string
	for _, g := range groups {
		for _, n := range g {
			out = append(out, strings.TrimSpace(n.text))
		}
	}
	return strings.Join(distinct(out), "\n")
}

func (inv *Invoice) has(f bill.Field) bool {
	return slices.ContainsFunc(inv.Problems, func(p bill.Problem) bool { return p.Field == f })
}
