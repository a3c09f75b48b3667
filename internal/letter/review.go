package letter

import (
	"slices"
	"strconv"
	"strings"

	"repayd/internal/bill"
)

// review is about bills that could not be read with certainty: what is known,
// what is not and why, and how the owner settles it.
func (w *writer) review() view {
	v := view{Tone: "soon", Lead: w.c.text("lead.review")}
	first := w.entries[0]
	if n := len(w.entries); n > 1 {
		v.Subject = w.c.text("subject.review_many", "n", strconv.Itoa(n))
		w.overview(&v)
	} else if doubt := w.doubtful(first); doubt != "" {
		v.Subject = w.c.text("subject.review", "name", first.name, "fields", doubt)
	} else {
		v.Subject = w.c.text("subject.review_plain", "name", first.name)
	}
	v.Title = v.Subject
	v.Subject = w.c.text("prefix.review", "what", v.Subject)
	shown := w.entries
	if len(shown) > manyBills {
		shown = shown[:fewCards]
		v.More = w.c.text("more", "n", strconv.Itoa(len(w.entries)-fewCards), "few", strconv.Itoa(fewCards))
	}
	for _, e := range shown {
		v.Cards = append(v.Cards, w.reviewCard(e))
	}
	v.Footer = append(v.Footer, w.explanations()...)
	return v
}

func (w *writer) reviewCard(e *entry) card {
	c := w.card(e)
	if s := w.mailSubject(e.item.Source.Subject); s != "" {
		c.Fields = append(c.Fields, field{w.c.text("field.mail_subject"), s})
	}
	id := e.row.ID
	if e.doubts(bill.FieldPaidAmount) {
		c.Actions = append(c.Actions, w.paid(id))
	}
	c.Actions = append(c.Actions,
		action{w.c.text("act.set"), "repayd set " + id + setFlags(e)},
		action{w.c.text("act.drop"), "repayd drop " + id},
		action{w.c.text("act.show"), "repayd show " + id})
	return c
}

// doubts reports whether a field of the bill is not certain.
func (e *entry) doubts(f bill.Field) bool {
	return slices.ContainsFunc(e.item.Problems, func(p bill.Problem) bool { return p.Field == f })
}

// setFlags are the flags of set for what is not certain; where the doubt is
// about something else, amount and date confirm the bill.
func setFlags(e *entry) string {
	amount := !e.owed.Known() || e.doubts(bill.FieldAmountDue)
	due := !e.due.Known() || e.doubts(bill.FieldDueDate)
	if !amount && !due {
		amount, due = true, true
	}
	var s string
	if amount {
		s += " --amount AMOUNT"
	}
	if e.row.Currency == "" || e.doubts(bill.FieldCurrency) {
		s += " --currency CODE"
	}
	if due {
		s += " --due YYYY-MM-DD"
	}
	return s
}

// maxDoubts is how many fields a subject line names.
const maxDoubts = 4

// doubtful names the fields that are not certain, each once; "" when there are
// none or too many for a subject.
func (w *writer) doubtful(e *entry) string {
	var names []string
	for _, p := range e.item.Problems {
		key := "field." + string(p.Field)
		if !w.c.has(key) {
			continue
		}
		if name := w.c.text(key); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > maxDoubts {
		return ""
	}
	return strings.Join(names, w.c.text("list.and"))
}

// backlog tells the unconfirmed old bills of a first reading in one list.
func (w *writer) backlog() view {
	n := strconv.Itoa(len(w.entries))
	v := view{Tone: "calm", Lead: w.c.text("lead.backlog", "n", n)}
	v.Title = w.c.text("subject.backlog", "n", n)
	if sum := w.sumText(w.entries); sum != "" {
		v.Title = w.c.text("subject.backlog_sum", "n", n, "sum", sum)
	}
	v.Subject = w.c.text("prefix.backlog", "what", v.Title)
	for _, e := range w.entries {
		// Nobody knows whether it is late: it may have been paid long ago.
		if days := int(w.today - e.due); e.due.Known() && days > 0 {
			e.status = status{code: "old", n: days, tone: "calm"}
		}
	}
	w.overview(&v)
	id := w.entries[0].row.ID
	if len(w.entries) > 1 {
		id = w.c.text("act.any_id")
	}
	v.Actions = []action{
		{w.c.text("act.reopen"), "repayd reopen " + id},
		{w.c.text("act.drop_all"), "repayd drop --unconfirmed"},
		{w.c.text("act.show"), "repayd show " + id},
	}
	v.Footer = append(v.Footer, w.explanations()...)
	return v
}
