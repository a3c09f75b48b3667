package letter

import (
	"slices"
	"strconv"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// digestWeeks is how far ahead the digest adds up what is needed: two months,
// as far as statements of a month's orders reach.
const digestWeeks = 9

// digest is the overview of all open bills and of the money they need, week by
// week and cumulated.
func (w *writer) digest(forecast *plan.Forecast) view {
	w.entries = slices.DeleteFunc(w.entries, func(e *entry) bool { return e.item.Bill == nil })
	v := view{Tone: "calm"}
	var sure, doubtful, old []*entry
	for _, e := range w.entries {
		switch e.row.Stage {
		case bill.StageNeedsReview:
			doubtful = append(doubtful, e)
		case bill.StageUnconfirmed:
			e.status = status{code: "old", n: int(w.today - e.due), tone: "calm"}
			old = append(old, e)
		default:
			sure = append(sure, e)
		}
	}
	n := strconv.Itoa(len(sure))
	v.Title = w.c.text("subject.digest_none")
	if sum := w.sumText(sure); sum != "" {
		v.Title = w.c.text("subject.digest", "n", n, "sum", sum)
	}
	v.Subject = w.c.text("prefix.digest", "what", v.Title)
	v.Lead = w.c.text("lead.digest")
	switch {
	case forecast != nil:
		v.Cards = w.forecast(forecast)
	case len(sure) > 0:
		v.Cards = append(v.Cards, w.needed(sure))
	}
	if len(doubtful) > 0 {
		v.Footer = append(v.Footer, w.c.text("digest.review", "n", strconv.Itoa(len(doubtful))))
	}
	if len(old) > 0 {
		v.Footer = append(v.Footer, w.c.text("digest.backlog", "n", strconv.Itoa(len(old))))
	}
	if len(w.entries) > 0 {
		w.overview(&v)
		v.Actions = w.others(w.c.text("act.any_id"))
		v.Footer = append(v.Footer, w.explanations()...)
	}
	return v
}

// needed adds up what the bills need: what is late, then each week that needs
// anything, with the running total.
func (w *writer) needed(entries []*entry) card {
	c := card{Text: []string{w.c.text("digest.needed")}, Tone: "calm"}
	var soFar []*entry
	add := func(label string, part []*entry) {
		if len(part) == 0 {
			return
		}
		soFar = append(soFar, part...)
		value := w.sumText(part)
		if value == "" {
			value = w.c.text("amount.unknown")
		} else if len(soFar) > len(part) {
			value = w.c.text("digest.cumulated", "sum", value, "total", w.sumText(soFar))
		}
		c.Fields = append(c.Fields, field{label, value})
	}
	within := func(from, to bill.Day) []*entry {
		return slices.DeleteFunc(slices.Clone(entries), func(e *entry) bool {
			return !e.due.Known() || e.due < from || e.due >= to
		})
	}
	add(w.c.text("digest.past"), within(1, w.today))
	for week := range digestWeeks {
		from := w.today + bill.Day(7*week)
		add(w.c.text("digest.week", "from", w.c.shortDay(from, w.today), "to", w.c.shortDay(from+6, w.today)), within(from, from+7))
	}
	return c
}
