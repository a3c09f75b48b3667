package letter

import (
	"slices"
	"strconv"
	"strings"

	"repayd/internal/bill"
)

// Above manyBills a letter shows every bill in one line and only the most
// urgent fewCards of them in full: a letter of 300 cards is read by nobody.
const (
	manyBills = 50
	fewCards  = 10
)

func (w *writer) reminder() view {
	v := view{Tone: w.entries[0].status.tone}
	if len(w.entries) == 1 {
		w.reminderOfOne(&v, w.entries[0])
	} else {
		w.reminderOfMany(&v)
	}
	v.Subject = w.c.text(w.prefix(), "what", v.Subject)
	v.Footer = append(v.Footer, w.explanations()...)
	return v
}

// prefix chooses the bracket at the front of the subject.
func (w *writer) prefix() string {
	if w.entries[0].status.tone == "late" {
		return "prefix.late"
	}
	all := func(is func(e *entry) bool) bool {
		return !slices.ContainsFunc(w.entries, func(e *entry) bool { return !is(e) })
	}
	switch {
	case all(func(e *entry) bool { return e.item.Step == "statement" }):
		return "prefix.statement"
	case all(func(e *entry) bool { return e.item.Autopay }):
		return "prefix.debit"
	}
	return "prefix.due"
}

func (w *writer) reminderOfOne(v *view, e *entry) {
	v.Subject = w.headline(e)
	if e.earlier.Known() {
		v.Subject = w.c.text("subject.one_earlier", "what", v.Subject, "date", w.c.shortDay(e.earlier, w.today))
	}
	switch {
	case e.item.Autopay && e.due.Known() && !w.willBeDebited(e):
		v.Subject = w.c.text("subject.debit_check", "what", v.Subject)
	case e.item.Milestone != "" && e.item.MilestoneDay.Known() && e.item.MilestoneCertainty.Proven():
		v.Subject = w.c.text("subject.milestone", "what", v.Subject,
			"day", w.c.shortDay(e.item.MilestoneDay, w.today), "event", w.c.named("milestone.", e.item.Milestone))
	}
	v.Title = v.Subject
	if late := e.item.LateBy; late >= 60 {
		v.Subject = w.c.text("subject.delayed", "what", v.Subject, "dur", w.c.duration(late))
	}
	v.Lead = w.lead(e)
	c := w.reminderCard(e)
	arrange, state := w.arrange(e)
	if state != "" {
		c.Remarks = append(c.Remarks, state)
	}
	v.Cards, v.Solo = []card{c}, true
	v.Actions = append([]action{w.paid(e.row.ID)}, w.others(e.row.ID)...)
	v.Actions = append(v.Actions, arrange...)
	w.invite(v, e.row.ID)
}

// headline says issuer, amount, days and date of one bill.
func (w *writer) headline(e *entry) string {
	args := []string{"name", e.name, "amount", w.owedText(e), "status", w.statusText(e)}
	date := e.due
	if strings.HasPrefix(e.status.code, "grace") {
		date = e.safe
	}
	if !date.Known() {
		return w.c.text("subject.one_nodate", args...)
	}
	args = append(args, "date", w.c.shortDay(date, w.today))
	switch {
	case e.moved.Known() && date == e.due:
		return w.c.text("subject.one_moved", append(args, "from", w.c.shortDay(e.moved, w.today))...)
	case e.status.tone == "late":
		return w.c.text("subject.one_late", args...)
	}
	return w.c.text("subject.one", args...)
}

func (w *writer) lead(e *entry) string {
	args := []string{"due", w.c.longDay(e.due), "safe", w.c.longDay(e.safe)}
	switch {
	case w.willBeDebited(e):
		return w.c.text("lead.autopay", "due", w.c.longDay(e.debitDay()))
	case e.item.Autopay && e.due.Known() && e.status.tone == "late":
		return w.c.text("lead.autopay_late", "due", w.c.longDay(e.debitDay()))
	case e.item.Autopay && e.due.Known() && strings.HasPrefix(e.status.code, "grace"):
		return w.c.text("lead.autopay_grace", "due", w.c.longDay(e.debitDay()), "safe", w.c.longDay(e.safe))
	case e.item.Autopay && e.due.Known():
		return w.c.text("lead.autopay_past", "due", w.c.longDay(e.debitDay()))
	}
	return w.c.text("lead."+e.status.code, args...)
}

func (w *writer) reminderOfMany(v *view) {
	n := strconv.Itoa(len(w.entries))
	late, today := 0, 0
	for _, e := range w.entries {
		switch {
		case e.status.tone == "late":
			late++
		case e.status.code == "today" || e.status.code == "grace_today":
			today++
		}
	}
	v.Subject = w.c.text("subject.many", "n", n)
	if sum := w.sumText(w.entries); sum != "" {
		v.Subject = w.c.text("subject.many_sum", "n", n, "sum", sum)
	}
	first := w.entries[0]
	switch {
	case late == len(w.entries):
		v.Subject = w.c.text("subject.many_all_late", "what", v.Subject)
	case late > 0:
		v.Subject = w.c.text("subject.many_late", "what", v.Subject, "n", strconv.Itoa(late))
	case today > 0:
		v.Subject = w.c.text("subject.many_today", "what", v.Subject, "n", strconv.Itoa(today))
	case first.due.Known():
		date := first.due
		if date < w.today { // in its grace
			date = first.safe
		}
		v.Subject = w.c.text("subject.many_first", "what", v.Subject, "date", w.c.shortDay(date, w.today))
	}
	v.Title = v.Subject
	v.Lead = w.c.text("lead.many", "n", n)
	w.overview(v)
	shown := w.entries
	if len(shown) > manyBills {
		shown = shown[:fewCards]
		v.More = w.c.text("more", "n", strconv.Itoa(len(w.entries)-fewCards), "few", strconv.Itoa(fewCards))
	}
	for _, e := range shown {
		c := w.reminderCard(e)
		arrange, state := w.arrange(e)
		if state != "" {
			c.Remarks = append(c.Remarks, state)
		}
		c.Actions = append([]action{w.paid(e.row.ID)}, arrange...)
		v.Cards = append(v.Cards, c)
	}
	v.Actions = w.others(w.c.text("act.any_id"))
	w.invite(v, first.row.ID)
}

func (w *writer) paid(id string) action {
	return action{w.c.text("act.paid"), "repayd paid " + id}
}

func (w *writer) others(id string) []action {
	return []action{
		{w.c.text("act.snooze"), "repayd snooze " + id + " 2d"},
		{w.c.text("act.show"), "repayd show " + id},
	}
}

// invite says that an answer to the letter is read.
func (w *writer) invite(v *view, id string) {
	if w.replyTo != "" {
		v.Reply = w.c.text("reply", "id", id)
	}
}

// card shows everything known about one bill.
func (w *writer) card(e *entry) card {
	c := card{Name: e.name, Amount: w.owedText(e), Status: w.statusText(e), Tone: e.status.tone}
	c.Fields = w.fields(e)
	c.Remarks = w.remarks(e)
	w.problems(&c, e)
	return c
}

// fields lists what is known; what is not known has no line, except amount and
// due date, which a reader would miss.
func (w *writer) fields(e *entry) []field {
	var f []field
	add := func(key, value string) {
		if value != "" {
			f = append(f, field{w.c.text("field." + key), value})
		}
	}
	if e.owed != e.amount || !e.owed.Known() {
		add("outstanding", w.owedText(e))
	}
	add("amount_due", w.c.amount(e.amount))
	if e.minimum.Known() && e.minimum != e.owed {
		add("minimum_due", w.c.amount(e.minimum))
	}
	add("paid", w.c.amount(e.paid))
	if e.penalty.Minor != 0 {
		add("penalty", w.c.text("penalty.apart", "amount", w.c.amount(e.penalty)))
	}
	if e.due.Known() {
		add("due_date", w.c.longDay(e.due))
	} else {
		add("due_date", w.c.text("date.unknown"))
	}
	if e.safe != e.due {
		add("last_safe_day", w.c.text("safe.not_due", "date", w.c.longDay(e.safe)))
	}
	add("deadline", w.cutOff(e))
	add("period", w.period(e.row.Period))
	add("reference", w.foreignNumber(e.row.Reference))
	add("statement_date", w.c.longDay(e.statement))
	add("source", w.source(e))
	add("id", e.row.ID)
	return f
}

// cutOff is the deadline where it is not simply the end of the last safe day
// in the owner's own zone.
func (w *writer) cutOff(e *entry) string {
	d := e.item.Deadline
	if d.IsZero() || !e.safe.Known() || d.Equal(e.safe.End(w.loc)) {
		return ""
	}
	return w.c.text("deadline.before", "at", w.c.instant(d.In(w.loc)))
}

// period shows a month as a month; a period that is a due date says nothing
// new.
func (w *writer) period(s string) string {
	first := day(s + "-01")
	if !first.Known() {
		return ""
	}
	return w.c.day("date.month", first)
}

// foreignNumber keeps an order or invoice number whole, which may well be
// longer than an account number.
func (w *writer) foreignNumber(s string) string {
	return link.ReplaceAllLiteralString(clean(s, maxName), w.c.text("link.removed"))
}

func (w *writer) source(e *entry) string {
	o := e.item.Source
	switch {
	case o.From == "":
		return ""
	case o.From == "command" || e.item.Source.Trust == bill.TrustOwner:
		return w.c.text("source.command")
	case o.From == "configuration" || e.item.Source.Trust == bill.TrustDeclared:
		return w.c.text("source.configuration")
	case o.Received.IsZero():
		return w.foreign(o.From, maxText)
	}
	return w.c.text("source.mail", "from", w.foreign(o.From, maxText),
		"day", w.c.day("date.short_year", bill.DayOf(o.Received.In(w.loc))))
}

// remarks are the sentences that a reader must not miss.
func (w *writer) remarks(e *entry) []string {
	var r []string
	add := func(key string, pairs ...string) { r = append(r, w.c.text("remark."+key, pairs...)) }
	if e.row.Trust == bill.TrustUnverified || e.item.Source.Trust == bill.TrustUnverified {
		add("unverified")
	}
	if e.row.Trust == bill.TrustForwarded {
		add("forwarded")
	}
	if e.item.Autopay && e.due.Known() {
		r = append(r, w.debit(e)...)
	}
	if m := w.milestone(e); m != "" {
		r = append(r, m)
	}
	if key := w.payBy(e); key != "" {
		add(key, "day", w.c.longDay(e.item.PayBy))
	}
	if e.moved.Known() && e.due.Known() {
		add("moved", "from", w.c.longDay(e.moved), "to", w.c.longDay(e.due))
	}
	if e.earlier.Known() {
		add("earlier_due", "date", w.c.longDay(e.earlier))
	}
	if e.item.Detail.Code == "reopened" {
		add("reopened")
	}
	if e.item.LateBy > 0 {
		add("late_by", "dur", w.c.duration(e.item.LateBy))
	}
	return r
}

// payBy chooses what to say of a payment that needs a working day; "" where
// the dates of the bill say it all.
func (w *writer) payBy(e *entry) string {
	switch by := e.item.PayBy; {
	case w.willBeDebited(e):
		return ""
	case e.item.PayByMissed:
		return "pay_by_missed"
	case !by.Known() || by < w.today:
		return ""
	case by == w.today:
		return "pay_by_today"
	case e.due.Known() && by > e.due:
		return "pay_by_safe"
	}
	return "pay_by"
}

// problems lists what about the bill is not certain.
func (w *writer) problems(c *card, e *entry) {
	for _, p := range e.item.Problems {
		key := "field." + string(p.Field)
		label := clean(string(p.Field), maxName)
		if w.c.has(key) {
			label = w.c.text(key)
		}
		c.Problems = append(c.Problems, w.c.text("problem", "field", label, "why", w.reason(p.Why)))
	}
	if len(c.Problems) > 0 {
		c.ProblemsTitle = w.c.text("problems.title")
	}
}

// explanations says once what the words of the letter mean.
func (w *writer) explanations() []string {
	var notes []string
	for _, e := range w.entries {
		if e.safe != e.due {
			notes = append(notes, w.c.text("footer.safe"))
			break
		}
	}
	return append(notes, w.c.text("footer.asof", "at", w.c.instant(w.now), "zone", w.loc.String()))
}
