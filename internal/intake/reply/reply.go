// Package reply reads what comes back for a letter: the owner's answer and the
// delivery reports of mail servers.
//
// Contract. Pure: no clock, no network, no database; whether the sender may say
// it is for the caller to decide. An order is read only where a whole sentence
// is one of the known ones, letter by letter. Whatever merely looks like an
// order (a negation, a question, a number that can be read in two ways) is
// Unclear, and a caller must then do nothing at all: a reminder silenced by a
// misread word is a payment missed.
package reply

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// Order is one thing the person asks for.
type Order struct {
	// Kind is paid, snooze, drop or set.
	Kind bill.CommandKind
	// Bill is the id written beside it, "" for the letter's only bill. It has
	// the shape of an id; that the bill exists is not known.
	Bill string
	// Amount of a payment in part, a decimal without grouping; "" = all of it.
	Amount string
	// Currency as written: a code of three letters, a sign, or "".
	Currency string
	Span     time.Duration // snooze
	Due      bill.Day      // set
	// Words are those it was read from.
	Words string
}

// Why says what is not certain about an answer.
type Why string

// The reasons for an answer to be unclear.
const (
	WhyNothing       Why = "nothing"       // no order in it at all
	WhyWords         Why = "words"         // looks like an order and is none of the known ones
	WhyDoubt         Why = "doubt"         // a negation, a condition or a question beside an order
	WhyAmount        Why = "amount"        // the amount can be read in more than one way
	WhyDate          Why = "date"          // so can the date, or it does not lie within a year ahead
	WhyQuote         Why = "quote"         // what is quoted cannot be told from what was written
	WhyLong          Why = "long"          // more than a person answers
	WhyContradiction Why = "contradiction" // orders that cannot both be meant
)

// Unclear is a part of an answer that is not certain.
type Unclear struct {
	Words string
	Why   Why
}

const (
	maxText   = 64 << 10 // bytes of an answer
	maxOrders = 20
	maxWords  = 120 // runes of an answer that are shown again
	// wrapped is from how many runes on a line without a full stop at its end
	// may go on in the next one.
	wrapped = 45
)

// Parse reads the orders in an answer. Only the person's own words count (see
// Own). today is the day on which the answer was received, in the owner's zone:
// a date without a year is the next such day from it on. Where anything is
// unclear, none of the orders may be acted on.
func Parse(text string, today bill.Day) ([]Order, []Unclear) {
	if len(text) > maxText {
		return nil, []Unclear{{Why: WhyLong}}
	}
	text = mail.Fold(text)
	own := Own(text)
	if letterMark.MatchString(own) {
		return nil, []Unclear{{Why: WhyQuote}}
	}
	var orders []Order
	var unclear []Unclear
	for _, line := range unwrap(own) {
		found, doubts := readLine(line, today)
		for _, o := range found {
			if !slices.ContainsFunc(orders, o.equal) {
				orders = append(orders, o)
			}
		}
		unclear = append(unclear, doubts...)
		if len(orders)+len(unclear) > maxOrders {
			return nil, []Unclear{{Why: WhyLong}}
		}
	}
	if len(orders) == 0 && len(unclear) == 0 {
		unclear = append(unclear, Unclear{Words: shown(own), Why: WhyNothing})
	}
	return orders, unclear
}

// letterMark is the id in the footer of every letter of ours.
var letterMark = regexp.MustCompile(`\brl_[a-z2-7]{26}`)

// equal reports whether two sentences ask for the same.
func (o Order) equal(p Order) bool {
	o.Words, p.Words = "", ""
	return o == p
}

// unwrap joins lines that a mail program has broken.
func unwrap(text string) []string {
	var out []string
	open := false // the line above may go on
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			continue
		}
		if open {
			out[len(out)-1] += " " + line
		} else {
			out = append(out, line)
		}
		open = width(line) >= wrapped && !strings.ContainsAny(line[len(line)-1:], ".!?;:") && !strings.HasSuffix(line, "。")
	}
	return out
}

// width counts columns: a Chinese character takes two.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// readLine reads the sentences of one line. A doubt anywhere in it falls on
// all of them: "not yet, paid tomorrow".
func readLine(line string, today bill.Day) ([]Order, []Unclear) {
	var orders []Order
	var unclear []Unclear
	for _, clause := range clauses(strings.ToLower(line)) {
		o, why := readClause(clause, today)
		switch {
		case why != "":
			unclear = append(unclear, Unclear{shown(clause), why})
		case o.Kind != "":
			o.Words = shown(clause)
			orders = append(orders, o)
		}
	}
	lower := harmless.ReplaceAllString(strings.ToLower(line), "")
	if bareNo.MatchString(lower) || (len(orders) > 0 && doubt.MatchString(lower)) {
		return nil, append(unclear, Unclear{shown(line), WhyDoubt})
	}
	return orders, unclear
}

var (
	doubt = regexp.MustCompile(`没|未|不|别|勿|莫|如果|如若|若|要是|等|打算|准备|将要|将会|会在|明天|后天再|是否|吗|么|呢|\?|` +
		`\b(?:not|never|no|none|nor|neither|cannot|if|when|once|unless|until|will|would|should|could|can|may|might|shall|must|want|going|yet|tomorrow|hardly|un\w+)\b|n't|n’t`)
	bareNo = regexp.MustCompile(`^(?:not(?: yet)?|no|nope|never|没有?|还没有?|未|尚未|不|不是|否|没呢)[ .!。]*$`)
	// harmless phrases negate nothing; the month of May is no doubt.
	harmless = regexp.MustCompile(`不好意思|没问题|没关系|\b[0-9]{1,2}(?:st|nd|rd|th|\.)? ?may\b|\bmay ?[0-9]{1,2}(?:st|nd|rd|th)?\b|\bno (?:problem|worries)\b`)
	// between ends a sentence or clause. A question mark stays with it, and so
	// does what stands between two digits.
	between = regexp.MustCompile(`[;!。、]+|\.(?: |$)|,|\?`)
)

// clauses cuts a line into sentences.
func clauses(line string) []string {
	var out []string
	start := 0
	cut := func(end, next int) {
		if c := strings.Trim(line[start:end], " \t"); c != "" {
			out = append(out, c)
		}
		start = next
	}
	for _, at := range between.FindAllStringIndex(line, -1) {
		switch line[at[0]] {
		case '?':
			cut(at[1], at[1])
		case ',':
			if !joins(line, start, at[0]) {
				cut(at[0], at[1])
			}
		default:
			cut(at[0], at[1])
		}
	}
	cut(len(line), len(line))
	return out
}

// joins reports a comma that ends no clause: inside a number or a date, or
// behind a bill's id that stands in front of its order.
func joins(line string, start, comma int) bool {
	before, after := strings.TrimRight(line[start:comma], " "), strings.TrimLeft(line[comma+1:], " ")
	digit := func(b byte) bool { return b >= '0' && b <= '9' }
	if before != "" && after != "" && digit(before[len(before)-1]) && digit(after[0]) {
		return true
	}
	return idAlone.MatchString(strings.TrimSpace(before))
}

// shown clips words for a letter.
func shown(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxWords {
		return string(r[:maxWords-1]) + "…"
	}
	return s
}

// Money is the amount of a payment in part, in the currency of its bill. It
// fails where the answer names another one or the amount is none of that
// currency.
func (o Order) Money(currency string) (bill.Money, error) {
	if !fits(o.Currency, currency) {
		return bill.Money{}, fmt.Errorf("the bill is in %s, not %s", currency, o.Currency)
	}
	m, err := bill.ParseMoney(o.Amount, currency)
	if err == nil && m.Minor <= 0 {
		err = errors.New("nothing was paid")
	}
	return m, err
}

// fits reports whether an amount written so can be in this currency.
func fits(written, currency string) bool {
	switch written {
	case "", currency:
		return currency != ""
	case "¥":
		return currency == "CNY" || currency == "JPY"
	case "$":
		return slices.Contains([]string{"USD", "HKD", "SGD", "AUD", "CAD", "NZD", "TWD"}, currency)
	}
	return false
}
