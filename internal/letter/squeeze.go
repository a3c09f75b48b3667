package letter

import (
	"sort"
	"strconv"
)

// squeeze is the text of a letter for a target that takes only so much: with
// every bill in a line instead of in full, and where that is too long too, with
// as many of the most urgent ones as fit and the number of the others. What
// does not fit even then is for the channel to cut.
func (w *writer) squeeze(v view, fits func(subject, text string) bool) (string, error) {
	whole, err := v.asText()
	if err != nil || fits == nil || fits(v.Subject, whole) {
		return whole, err
	}
	lines := w.urgentFirst(&v)
	n := len(lines)
	if n == 0 {
		n = len(v.Cards)
	}
	if n < 2 {
		return whole, nil
	}
	cards := v.Cards
	v.Lead, v.ActionsTitle, v.Actions, v.Reply, v.Footer, v.More = "", "", nil, "", nil, ""
	if len(lines) > 0 {
		v.Cards = nil
		if text, err := v.asText(); err != nil || fits(v.Subject, text) {
			return text, err
		}
		v.Groups = nil
	}
	write := func(shown int) string {
		if len(lines) > 0 {
			v.Overview = lines[:shown]
		} else {
			v.Cards = cards[:shown]
		}
		if v.More = ""; shown < n {
			v.More = w.left(n-shown, len(lines) > 0)
		}
		text, werr := v.asText()
		if werr != nil {
			err = werr
		}
		return text
	}
	shown := sort.Search(n, func(i int) bool { return !fits(v.Subject, write(i+1)) })
	if shown == 0 {
		return whole, err
	}
	return write(shown), err
}

// left says how many bills, or other things, are not in the text.
func (w *writer) left(n int, bills bool) string {
	if bills {
		return w.c.text("more.bills", "n", strconv.Itoa(n))
	}
	return w.c.text("more.others", "n", strconv.Itoa(n))
}

// urgentFirst are the lines of an overview without its groups: those of a
// reminder in the order of the bills, as a group stands where its most urgent
// bill does and may hold many that can wait.
func (w *writer) urgentFirst(v *view) []line {
	lines := v.Overview
	count := len(lines)
	for _, g := range v.Groups {
		lines = append(lines[:len(lines):len(lines)], g.Lines...)
	}
	if len(lines) == len(w.entries) && count == 0 {
		for i, e := range w.entries {
			lines[i] = w.line(e)
		}
	}
	return lines
}
