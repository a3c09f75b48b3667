package letter

import (
	"maps"
	"slices"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// Explain tells an estimate in lang, a sentence a line: what it comes to, every
// input and step, what happens next, and where the rules come from and how
// certain they are. Without a known rule it says so and names no amount. In a
// language that does not exist it tells nothing.
func Explain(lang string, e terms.Estimate) []string {
	c, err := catalogueOf(lang)
	if err != nil {
		return nil
	}
	return c.explain(e)
}

func (c *catalogue) explain(e terms.Estimate) []string {
	var lines []string
	switch {
	case !e.Known && e.Incomplete:
		lines = append(lines, c.text("explain.unknown", "day", c.longDay(e.On)))
	case !e.Known:
		lines = append(lines, c.text("explain.no_rule", "day", c.longDay(e.On)))
	case e.Total.Minor == 0:
		lines = append(lines, c.text("explain.nothing", "day", c.longDay(e.On)))
	case e.Incomplete:
		lines = append(lines, c.text("explain.total_least", "day", c.longDay(e.On), "amount", c.amount(e.Total)))
	case slices.ContainsFunc(e.Origins, func(o terms.Origin) bool { return !o.Certainty.Proven() }):
		lines = append(lines, c.text("explain.total_unproven", "day", c.longDay(e.On), "amount", c.amount(e.Total)))
	default:
		lines = append(lines, c.text("explain.total", "day", c.longDay(e.On), "amount", c.amount(e.Total)))
	}
	for _, l := range e.Lines {
		lines = append(lines, c.line(l))
	}
	if n := e.Next; n != nil && n.Day.Known() {
		args := []string{"day", c.longDay(n.Day), "what", c.named("milestone.", n.Name)}
		if n.Origin.Certainty.Proven() {
			lines = append(lines, c.text("explain.next", args...))
		} else {
			lines = append(lines, c.text("explain.next_unproven", append(args, "certainty", c.certainty(n.Origin.Certainty))...))
		}
	}
	for _, o := range e.Origins {
		lines = append(lines, c.source(o))
	}
	return lines
}

// ExplainOffer tells in lang what putting a bill off would cost.
func ExplainOffer(lang string, o terms.Offer) string {
	c, err := catalogueOf(lang)
	if err != nil {
		return ""
	}
	return c.offer(o)
}

func (c *catalogue) offer(o terms.Offer) string {
	args := []string{"day", c.longDay(o.Until), "amount", c.amount(o.Fee)}
	if o.Origin.Certainty.Proven() {
		return c.text("explain.offer", args...)
	}
	return c.text("explain.offer_unproven", append(args, "certainty", c.certainty(o.Origin.Certainty))...)
}

// line fills the text of a line's code. A code without one is shown with its
// arguments: a step of a sum must not be missing.
func (c *catalogue) line(l terms.Line) string {
	pairs := []string{"amount", c.amount(l.Amount)}
	for _, name := range slices.Sorted(maps.Keys(l.Args)) {
		pairs = append(pairs, name, c.value(l.Args[name]))
	}
	if c.has("line." + l.Code) {
		return c.text("line."+l.Code, pairs...)
	}
	words := []string{clean(l.Code, maxName)}
	for i := 2; i < len(pairs); i += 2 {
		words = append(words, clean(pairs[i], maxName)+" "+pairs[i+1])
	}
	if l.Amount.Known() {
		words = append(words, "= "+c.amount(l.Amount))
	}
	return strings.Join(words, c.text("list.and"))
}

// value shows an argument as a reader writes it: days and amounts by their
// shape.
func (c *catalogue) value(s string) string {
	if d, err := bill.ParseDay(s); err == nil {
		return c.day("date.short_year", d)
	}
	var m bill.Money
	if err := m.UnmarshalText([]byte(s)); err == nil && m.Known() {
		return c.amount(m)
	}
	return foreign(s, maxText, c.text("link.removed"))
}

// source tells a rule's origin with its source, whose link a terminal or a
// case file may name: it is the program's own data, no mail's.
func (c *catalogue) source(o terms.Origin) string {
	basis := c.origin("cost.basis", o)
	if s := clean(o.Source, maxText); s != "" {
		return c.text("explain.source", "basis", basis, "source", s)
	}
	return basis
}
