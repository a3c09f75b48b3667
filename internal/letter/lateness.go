package letter

import (
	"slices"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// reminderCard is a bill's card with what is to be said of its debit, of the
// cost of lateness, of ways to reach the issuer and of arranging.
func (w *writer) reminderCard(e *entry) card {
	c := w.card(e)
	if !w.pastDue(e) && e.item.Milestone == "" {
		return c
	}
	w.cost(&c, e)
	if g := e.item.GraceSaid; g != nil {
		c.Hints = append(c.Hints, w.c.graceSaid(g, e.row.Issuer))
	}
	if e.item.DebitOffered && !e.item.Autopay && w.isLate(e) {
		c.Hints = append(c.Hints, w.c.text("hint.autopay"))
	}
	if ways := w.contacts(e.item.Contacts); ways != "" {
		key := "hint.contact"
		if slices.ContainsFunc(e.item.Contacts, func(c terms.Contact) bool { return !c.Origin.Certainty.Proven() }) {
			key = "hint.contact_unproven"
		}
		c.Hints = append(c.Hints, w.c.text(key, "ways", ways))
	}
	return c
}

// pastDue reports whether the due date has passed on the day of the letter.
func (w *writer) pastDue(e *entry) bool {
	return e.due.Known() && (w.today > e.due || w.isLate(e))
}

// cost shows what lateness costs on a few days, by which rule and how certain
// that is. Where no rule is known it says so; an amount of zero is a rule's.
func (w *writer) cost(c *card, e *entry) {
	p := e.item.Cost
	if p == nil {
		c.Hints = append(c.Hints, w.c.text("cost.no_rule"))
		return
	}
	if len(p.Points) == 0 {
		c.Hints = append(c.Hints, w.c.text("cost.no_rule"))
	}
	for _, at := range p.Points {
		if at.On < w.today {
			continue // the last safe day of a bill that is late
		}
		c.Costs = append(c.Costs, field{w.pointName(at), w.costText(at.Total, p.Origin.Certainty)})
	}
	if n := p.Next; n != nil && n.Day.Known() {
		what := w.c.text("cost.event", "day", w.c.shortDay(n.Day, w.today), "what", w.c.named("milestone.", n.Name))
		c.Costs = append(c.Costs, field{w.c.text("cost.next"), what})
		if !n.Origin.Certainty.Proven() {
			c.CostNotes = append(c.CostNotes, w.c.origin("cost.event_basis", n.Origin))
		}
	}
	if len(c.Costs) > 0 {
		c.CostTitle = w.c.text("cost.title")
	}
	if len(p.Points) > 0 {
		c.CostNotes = append(c.CostNotes, w.c.origin("cost.basis", p.Origin))
	}
	if p.Incomplete {
		c.CostNotes = append(c.CostNotes, w.c.text("cost.incomplete"))
	}
	if len(p.Consequences) > 0 {
		var all []string
		for _, code := range p.Consequences {
			all = append(all, w.c.named("consequence.", code))
		}
		c.CostNotes = append(c.CostNotes, w.c.text("cost.besides", "what", strings.Join(all, w.c.text("list.and"))))
	}
}

// pointName names the day of an estimate.
func (w *writer) pointName(p terms.Point) string {
	key := "cost.on"
	if w.c.has("cost." + p.Name) {
		key = "cost." + p.Name
	}
	return w.c.text(key, "day", w.c.shortDay(p.On, w.today))
}

// costText shows an estimated amount; one without a proven rule is only a
// possibility.
func (w *writer) costText(m bill.Money, c terms.Certainty) string {
	switch {
	case !m.Known():
		return w.c.text("cost.unknown")
	case m.Minor == 0 && c.Proven():
		return w.c.text("cost.nothing")
	case m.Minor == 0:
		return w.c.text("cost.perhaps_nothing")
	case c.Proven():
		return w.c.text("cost.about", "amount", w.c.amount(m))
	}
	return w.c.text("cost.perhaps", "amount", w.c.amount(m))
}

// origin tells in plain words where a rule comes from and how certain it is.
func (c *catalogue) origin(key string, o terms.Origin) string {
	certainty := c.certainty(o.Certainty)
	as := foreign(o.AsOf, maxName, c.text("link.removed"))
	if d, err := bill.ParseDay(as); err == nil {
		as = c.day("date.short_year", d)
	}
	switch {
	case as == "" && o.Certainty == terms.Owner:
		return c.text(key+"_own", "certainty", certainty)
	case as == "":
		return c.text(key+"_undated", "certainty", certainty)
	}
	return c.text(key, "certainty", certainty, "as_of", as)
}

// certainty says in plain words how well a rule is founded.
func (c *catalogue) certainty(of terms.Certainty) string {
	if c.has("certainty." + string(of)) {
		return c.text("certainty." + string(of))
	}
	return c.text("certainty.unknown")
}

// contacts names the official ways to reach the issuer; what no official
// source confirms says so.
func (w *writer) contacts(all []terms.Contact) string {
	var ways []string
	for _, c := range all {
		key := "contact.way"
		if !c.Origin.Certainty.Proven() {
			key = "contact.way_unproven"
		}
		ways = append(ways, w.c.text(key, "what", w.c.named("contact.", c.What), "value", w.foreignNumber(c.Value)))
	}
	return strings.Join(ways, w.c.text("list.semicolon"))
}

// debit says what to do about a debit by the issuer: have the money in place
// while it is ahead, and see whether it was taken once it should have been.
func (w *writer) debit(e *entry) []string {
	on := e.debitDay()
	args := []string{"amount", w.owedText(e), "day", w.c.shortDay(on, w.today), "eve", w.c.shortDay(on-1, w.today)}
	var r []string
	switch {
	case w.willBeDebited(e) && on == w.today:
		r = append(r, w.c.text("remark.debit_today", args...))
	case w.willBeDebited(e):
		r = append(r, w.c.text("remark.debit_ahead", args...))
	default:
		return []string{w.c.text("remark.debit_past", args...)}
	}
	if from := w.foreign(e.item.Debit, maxText); from != "" {
		r = append(r, w.c.text("remark.debit_order", "from", from))
	}
	if note := w.foreign(e.item.DebitNote, maxText); note != "" {
		r = append(r, w.c.text("remark.debit_limits", "note", note))
	}
	return r
}

// debitDay is the day of the issuer's debit: as it announced, else the due date.
func (e *entry) debitDay() bill.Day {
	if e.item.DebitDay.Known() {
		return e.item.DebitDay
	}
	return e.due
}

// willBeDebited reports whether the issuer's debit is still ahead, so that the
// reader has to have the money in place and not to pay.
func (w *writer) willBeDebited(e *entry) bool {
	return e.item.Autopay && e.due.Known() && w.today <= e.debitDay() && e.status.tone != "late"
}

// milestone says what happens on the day that a milestone step speaks of.
func (w *writer) milestone(e *entry) string {
	if e.item.Milestone == "" || !e.item.MilestoneDay.Known() {
		return ""
	}
	args := []string{"day", w.c.longDay(e.item.MilestoneDay), "what", w.c.named("milestone.", e.item.Milestone)}
	if c := e.item.MilestoneCertainty; !c.Proven() {
		return w.c.text("remark.milestone_unproven", append(args, "certainty", w.c.certainty(c))...)
	}
	return w.c.text("remark.milestone", args...)
}

// arrange offers to open a case, or tells where one stands.
func (w *writer) arrange(e *entry) (actions []action, remark string) {
	if e.item.Case != "" {
		return nil, w.c.text("remark.case", "state", w.c.named("talk_state.", e.item.Case))
	}
	if !w.isLate(e) {
		return nil, ""
	}
	return []action{{w.c.text("act.arrange"), "repayd arrange " + e.row.ID}}, ""
}
