package letter

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"repayd/internal/plan"
)

// missingReasons are why a statement may not have come, the likely ones first.
const missingReasons = 5

// missing is about accounts whose statement did not come: it says when it used
// to, why it may have failed to, and how to enter the bill by hand.
func (w *writer) missing() view {
	v := view{Tone: "soon", Lead: w.c.text("lead.missing")}
	for _, e := range w.entries {
		v.Cards = append(v.Cards, w.missingCard(e.item.Detail))
	}
	v.Title = w.c.text("subject.missing", "name", v.Cards[0].Name)
	if n := len(v.Cards); n > 1 {
		v.Title = w.c.text("subject.missing_many", "n", strconv.Itoa(n))
	}
	v.Subject = w.c.text("prefix.missing", "what", v.Title)
	why := []string{w.c.text("missing.reasons") + strings.TrimSpace(w.c.text("colon"))}
	for i := range missingReasons {
		why = append(why, "- "+w.c.text("missing.reason"+strconv.Itoa(i+1)))
	}
	if len(v.Cards) == 1 {
		v.Cards[0].Text = why
	} else {
		v.Cards = append(v.Cards, card{Tone: "calm", Name: w.c.text("missing.reasons"), Text: why[1:]})
	}
	v.Actions = []action{
		{w.c.text("act.add"), "repayd add --issuer " + w.onlyIssuer() + " --amount AMOUNT --due YYYY-MM-DD"},
		{w.c.text("act.explain"), "repayd explain FILE.eml"},
	}
	v.Footer = append(v.Footer, w.c.text("missing.ends"))
	return v
}

// onlyIssuer is the issuer of the letter where it is about one.
func (w *writer) onlyIssuer() string {
	issuer := w.foreign(w.entries[0].item.Detail.Args["issuer"], maxName)
	plain := func(r rune) bool { return r == '-' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
	if len(w.entries) > 1 || issuer == "" || strings.ContainsFunc(issuer, func(r rune) bool { return !plain(r) }) {
		return "NAME"
	}
	return issuer
}

func (w *writer) missingCard(d plan.Detail) card {
	row := plan.Row{Issuer: d.Args["issuer"], Account: tail(d.Args["account"])}
	c := card{Tone: "soon", Name: w.issuerName(d.Args["name"], &row)}
	for _, name := range []string{"usual", "last"} {
		if on := day(d.Args[name]); on.Known() {
			c.Fields = append(c.Fields, field{w.c.text("missing." + name), w.c.shortDay(on, w.today)})
		}
	}
	return c
}

// alive says that the daemon works: what it watches, what comes next, and when
// each channel last took a letter. Of several that waited, the newest counts.
func (w *writer) alive() view {
	args := w.entries[len(w.entries)-1].item.Detail.Args
	v := view{Tone: "calm", Lead: w.c.text("lead.alive")}
	if args["asked"] == "quarter" {
		v.Lead = w.c.text("lead.alive_quarter")
	}
	v.Title = w.c.text("subject.alive", "m", number(args["mailboxes"]), "n", number(args["bills"]))
	c, prefix := card{Tone: "calm"}, "prefix.alive"
	if ill := w.foreign(args["ill"], maxText); ill != "" {
		v.Tone, prefix = "soon", "prefix.alive_ill"
		c.Remarks = append(c.Remarks, w.c.text("alive.ill", "what", ill))
	}
	v.Subject = w.c.text(prefix, "what", v.Title)
	for _, group := range []string{"mailbox", "next", "channel", "to"} {
		for _, key := range argumentsInOrder(args) {
			if kind, name, named := strings.Cut(key, ":"); named && kind == group {
				c.Fields = append(c.Fields, w.aliveField(group, w.foreign(name, maxName), args[key]))
			}
		}
	}
	if !slices.ContainsFunc(c.Fields, func(f field) bool { return f.Label == w.c.text("alive.next") }) {
		c.Fields = append(c.Fields, field{w.c.text("alive.next"), w.c.text("alive.nothing")})
	}
	v.Cards = []card{c}
	v.Footer = append(v.Footer, w.c.text("alive.footer"))
	return v
}

// aliveField is one line: an instant, and for what comes next a name behind it;
// or the addresses of a channel.
func (w *writer) aliveField(group, name, value string) field {
	if group == "to" {
		return field{w.c.text("alive.to", "name", name), w.foreign(value, maxText)}
	}
	at, what, _ := strings.Cut(value, " ")
	when := w.c.text("alive.never")
	if t, err := time.Parse(time.RFC3339, at); err == nil {
		when = w.c.instant(t.In(w.loc))
	}
	if group == "next" {
		return field{w.c.text("alive.next"), w.c.text("alive.step", "at", when, "name", w.foreign(what, maxName))}
	}
	return field{w.c.text("alive."+group, "name", name), when}
}

// number is a frozen count, 0 where it makes no sense.
func number(s string) string {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return "0"
	}
	return strconv.Itoa(n)
}
