package letter

import (
	"strconv"
	"strings"

	"repayd/internal/bill/terms"
)

// GraceSaid tells of a grace that is only said to be given, or not to
// everybody, that repayd does not count on it, and how the owner of a bill of
// the issuer grants it.
func (w *Words) GraceSaid(g *terms.Grace, issuer string) string { return w.c.graceSaid(g, issuer) }

func (c *catalogue) graceSaid(g *terms.Grace, issuer string) string {
	days := strconv.Itoa(g.Safe())
	key := "grace.hearsay"
	switch {
	case g.Certainty.Counts():
		key = "grace.conditional"
	case g.Certainty == terms.Contradictory:
		key = "grace.contradictory"
	}
	said := []string{c.text(key, "days", days)}
	var only []string
	if g.OnRequest {
		only = append(only, c.text("grace.on_request"))
	}
	if g.PreviousOnTime {
		only = append(only, c.text("grace.previous_on_time"))
	}
	if g.PerYear > 0 {
		only = append(only, c.text("grace.per_year", "n", strconv.Itoa(g.PerYear)))
	}
	if len(only) > 0 {
		said = append(said, c.text("grace.only", "when", strings.Join(only, c.text("list.and"))))
	}
	said = append(said, c.text("grace.own", "days", days, "issuer", clean(issuer, maxName)))
	between := " "
	if strings.HasSuffix(said[0], "。") {
		between = ""
	}
	return strings.Join(said, between)
}
