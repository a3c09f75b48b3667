package einvoice

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"repayd/internal/bill"
)

// reading is what terms of payment in words come to.
type reading struct {
	due  bill.Day
	text string // the clause the due date was read from
	// discounts are the earlier days for a lower sum: evidence, never due dates.
	discounts []Term
	// why says what kept the words from being certain, "" where they say nothing.
	why string
}

// readTerms reads a due date from words. Everything that could be one must
// agree; the day of a discount is never one. terms says that the text is the
// terms of payment themselves, in which "14 days" needs no further words.
func readTerms(s string, issued bill.Day, terms bool) reading {
	cs := clauses(s)
	first := dayFirst.MatchString(strings.ToLower(start(s, maxTerms)))
	for i := range cs {
		cs[i].resolve(issued, first, terms)
	}
	lendDiscounts(cs)
	var r reading
	if wordParts.MatchString(strings.ToLower(start(s, maxTerms))) {
		r.why = "it is due in parts: " + s
	}
	var net, loose []claim
	for i := range cs {
		c := &cs[i]
		if c.unsure != "" && !c.discount && r.why == "" {
			r.why = c.unsure
		}
		due, early := c.sort()
		net = append(net, due...)
		loose = append(loose, c.loose...)
		for _, e := range early {
			r.discounts = append(r.discounts, Term{Due: e.day, Discount: true, Text: e.text})
		}
	}
	r.settle(net, loose)
	return r
}

// lendDiscounts gives a discount that names no day to the clause beside it
// that does and does not call itself net: "within 10 days, 2 % discount".
func lendDiscounts(cs []clause) {
	for i := range cs {
		c := cs[i]
		if !c.discount || len(c.claims) > 0 || strings.HasPrefix(c.lower, "#") {
			continue
		}
		for _, j := range []int{i - 1, i + 1} {
			if j >= 0 && j < len(cs) && len(cs[j].claims) > 0 && !cs[j].net {
				cs[j].discount = true
			}
		}
	}
}

// sort tells the days to pay by from the days of a discount. A clause that
// speaks of both and names several has its net day last in time; with one day
// it is neither.
func (c *clause) sort() (net, early []claim) {
	switch {
	case !c.discount:
		return c.claims, nil
	case !c.net:
		return nil, c.claims
	case len(c.claims) < 2:
		return nil, nil
	}
	last := slices.MaxFunc(c.claims, func(a, b claim) int { return int(a.day) - int(b.day) })
	for _, cl := range c.claims {
		if cl.day == last.day {
			net = append(net, cl)
		} else {
			early = append(early, cl)
		}
	}
	return net, early
}

// settle takes the day all agree on, if no discount ends after it and no
// other date stands beside it ("in three parts: 4.7.2018, 4.8.2018").
func (r *reading) settle(net, loose []claim) {
	if len(net) == 0 || r.why != "" {
		return
	}
	for _, cl := range append(net[1:len(net):len(net)], loose...) {
		if cl.day != net[0].day {
			r.why = fmt.Sprintf("two different dates: %s, %s", net[0].day, cl.day)
			return
		}
	}
	for _, d := range r.discounts {
		if d.Due > net[0].day {
			r.why = fmt.Sprintf("a discount lasts until %s, after the due date %s", d.Due, net[0].day)
			return
		}
	}
	r.due, r.text = net[0].day, net[0].text
}

// onlyDiscount reports whether terms speak of a discount and of nothing else.
func onlyDiscount(s string) bool {
	discount := false
	for _, c := range clauses(s) {
		if c.net || (!c.discount && wordPay.MatchString(c.lower)) {
			return false
		}
		discount = discount || c.discount
	}
	return discount
}

// said returns the first sentence in which is finds something said.
func said(is func(lower string) bool, texts ...string) string {
	for _, t := range texts {
		t = norm.NFKC.String(start(t, maxNotes))
		for _, s := range cut(t, false) {
			s = strings.Join(strings.Fields(s), " ")
			if is(strings.ToLower(s)) {
				return s
			}
		}
	}
	return ""
}

// maxNotes bounds the remarks that are looked through.
const maxNotes = 8000

// collected and charged: said without a condition, a possibility or a denial.
// A document wrongly taken for charged would be silence, so there any of them
// is enough.
func collected(s string) bool { return wordCollected.MatchString(s) && !wordMaybe.MatchString(s) }

func charged(s string) bool {
	return wordCharged.MatchString(s) && !wordIf.MatchString(s) && !wordPart.MatchString(s)
}

// chargedNote holds for remarks: there it must be said of the whole.
func chargedNote(s string) bool { return charged(s) && wordWhole.MatchString(s) }

// noDemand: said outright; the denial is part of it.
func noDemand(s string) bool { return wordNoDemand.MatchString(s) }

// debitDay is the one date in the sentence that says the money is collected.
func debitDay(sentence string) bill.Day {
	c := clause{text: sentence, lower: strings.ToLower(sentence)}
	c.dates(dayFirst.MatchString(c.lower))
	if c.unsure != "" || len(c.claims) == 0 {
		return 0
	}
	for _, cl := range c.claims {
		if cl.day != c.claims[0].day {
			return 0
		}
	}
	return c.claims[0].day
}
