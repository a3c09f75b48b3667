package letter

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"repayd/internal/plan"
)

// warning is about the daemon itself. A code that the catalogue does not know
// is told all the same, with its arguments.
func (w *writer) warning() view {
	v := view{Tone: "late"}
	for _, e := range w.entries {
		v.Cards = append(v.Cards, w.warningCard(e.item.Detail))
	}
	slices.SortStableFunc(v.Cards, func(a, b card) int { return boolOrder(a.Tone != "calm", b.Tone != "calm") })
	v.Title = v.Cards[0].Name
	prefix := w.warningPrefix(v.Cards)
	if n := len(v.Cards); n > 1 {
		v.Title = w.c.text("subject.warnings", "first", v.Title, "n", strconv.Itoa(n))
	}
	if prefix != "prefix.warning" {
		v.Tone = "calm"
	}
	v.Subject = w.c.text(prefix, "what", v.Title)
	return v
}

// warningPrefix is that of a warning where anything is wrong, else that of a
// recovery, or of a confirmation where nothing was ever wrong.
func (w *writer) warningPrefix(cards []card) string {
	if slices.ContainsFunc(cards, func(c card) bool { return c.Tone != "calm" }) {
		return "prefix.warning"
	}
	if slices.ContainsFunc(w.entries, func(e *entry) bool { return e.item.Detail.Code != "reply-done" }) {
		return "prefix.ok"
	}
	return "prefix.done"
}

// warningCard fills the three texts of a code: what happened, what it means
// and what to do. Arguments that none of them mentions are listed.
func (w *writer) warningCard(d plan.Detail) card {
	key := "warning." + d.Code
	if !w.c.has(key + ".what") {
		key = "warning.unknown"
	}
	pairs := []string{"code", w.foreign(d.Code, maxName)}
	for _, name := range argumentsInOrder(d.Args) {
		pairs = append(pairs, name, w.argument(name, d.Args[name]))
	}
	c := card{Tone: "late", Name: w.c.text(key+".what", pairs...)}
	if w.c.has(key + ".good") {
		c.Tone = "calm"
	}
	told := places(w.c.texts[key+".what"])
	for _, part := range []string{".means", ".good", ".do"} {
		if w.c.has(key + part) {
			c.Text = append(c.Text, w.c.text(key+part, pairs...))
			told = append(told, places(w.c.texts[key+part])...)
		}
	}
	for i := 2; i < len(pairs); i += 2 {
		if name, value := pairs[i], pairs[i+1]; value != "" && !slices.Contains(told, name) {
			c.Fields = append(c.Fields, field{w.argumentName(name), value})
		}
	}
	return c
}

// argumentsInOrder puts the arguments in the order in which a reader asks for
// them: who, what, since when, and the error last; unknown ones by name.
func argumentsInOrder(args map[string]string) []string {
	order := []string{"from", "subject", "reason", "why", "words", "understood", "order", "name", "bill", "amount", "left", "due", "until",
		"address", "name", "issuer", "mailbox", "channel", "task", "bills", "since", "last", "year", "by",
		"file", "path", "free", "", "error"}
	place := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return slices.Index(order, "")
	}
	return slices.SortedFunc(maps.Keys(args), func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
	})
}

func (w *writer) argumentName(name string) string {
	if w.c.has("arg." + name) {
		return w.c.text("arg." + name)
	}
	return clean(name, maxName)
}

// argument cleans one argument; an instant is shown in the owner's zone, a
// span of time in words.
func (w *writer) argument(name, s string) string {
	switch name {
	case "subject":
		return w.mailSubject(s)
	case "reason":
		return w.reason(s)
	case "order", "why":
		key := map[string]string{"order": "order.", "why": "unclear."}[name] + s
		if w.c.has(key) {
			return w.c.text(key)
		}
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return w.c.instant(t.In(w.loc))
	}
	if d, err := time.ParseDuration(s); err == nil && name == "by" {
		return w.c.span(d)
	}
	return w.foreign(s, maxText)
}

// test is what `send --test` sends.
func (w *writer) test() view {
	channel := w.foreign(w.channel, maxName)
	v := view{Tone: "calm", Title: w.c.text("subject.test", "channel", channel)}
	v.Subject = w.c.text("prefix.test", "what", v.Title)
	v.Lead = w.c.text("lead.test", "channel", channel)
	return v
}
