package letter

import (
	"strconv"
	"strings"

	"repayd/internal/bill"
)

// groupFrom is how many bills an overview lists one by one; more are grouped by
// issuer, because the orders of one platform are looked for together.
const groupFrom = 10

// mostDays is how many days of an issuer are added up: more are a wall of
// numbers, and each line has its day besides.
const mostDays = 10

// group is the bills of one issuer in an overview.
type group struct {
	Title, Days string
	Lines       []line
}

// overview lists every bill of the letter in one line each, the most urgent
// first; many are grouped by issuer, with what is needed for each day.
func (w *writer) overview(v *view) {
	v.OverviewTitle = w.c.text("overview.title")
	groups := w.byIssuer()
	if len(w.entries) < groupFrom || len(groups) == 1 && groups[0][0].row.Issuer != groups[0][1].row.Issuer {
		for _, e := range w.entries {
			v.Overview = append(v.Overview, w.line(e))
		}
		return
	}
	for _, g := range groups {
		v.Groups = append(v.Groups, w.group(g))
	}
}

// group shows the bills of one issuer by their numbers, those of several by
// their names.
func (w *writer) group(entries []*entry) group {
	name, one := w.c.text("overview.others"), true
	for _, e := range entries {
		one = one && e.row.Issuer == entries[0].row.Issuer
	}
	if one {
		name = entries[0].issuer
	}
	g := group{Title: w.groupTitle("overview.group", name, entries)}
	if one {
		g.Days = w.days(entries)
	}
	for _, e := range entries {
		l := w.line(e)
		if ref := w.foreignNumber(e.row.Reference); one && ref != "" {
			l.Name = ref
		}
		g.Lines = append(g.Lines, l)
	}
	return g
}

func (w *writer) line(e *entry) line {
	l := line{Name: e.name, Amount: w.owedText(e), Status: w.statusText(e), ID: e.row.ID, Tone: e.status.tone}
	if e.due.Known() {
		l.Date = w.c.shortDay(e.due, w.today)
	}
	return l
}

// byIssuer groups the entries by issuer, those of issuers with one bill
// together, each group where its most urgent bill stands.
func (w *writer) byIssuer() [][]*entry {
	count := map[string]int{}
	for _, e := range w.entries {
		count[e.row.Issuer]++
	}
	type key struct {
		issuer string
		single bool
	}
	var groups [][]*entry
	at := map[key]int{}
	for _, e := range w.entries {
		k := key{issuer: e.row.Issuer}
		if count[e.row.Issuer] == 1 {
			k = key{single: true}
		}
		i, ok := at[k]
		if !ok {
			i = len(groups)
			at[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], e)
	}
	return groups
}

// groupTitle names a group, how many bills it has and what they come to.
func (w *writer) groupTitle(key, name string, entries []*entry) string {
	sum := w.sumText(entries)
	if sum == "" {
		sum = w.c.text("amount.unknown")
	}
	return w.c.text(key, "name", name, "n", strconv.Itoa(len(entries)), "sum", sum)
}

// days adds up what each day needs; "" where no day has more than one bill,
// since the lines say the same then.
func (w *writer) days(entries []*entry) string {
	var order []bill.Day
	at := map[bill.Day][]*entry{}
	for _, e := range entries {
		if at[e.due] == nil {
			order = append(order, e.due)
		}
		at[e.due] = append(at[e.due], e)
	}
	if len(order) == len(entries) {
		return ""
	}
	var days []string
	for i, d := range order {
		if i == mostDays {
			days = append(days, "…")
			break
		}
		name := w.c.text("status.no_date")
		if d.Known() {
			name = w.c.shortDay(d, w.today)
		}
		days = append(days, w.groupTitle("overview.day", name, at[d]))
	}
	return strings.Join(days, w.c.text("list.semicolon"))
}
