package letter

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// entry is one item of a letter with its facts read back from the frozen row
// and its foreign words cleaned.
type entry struct {
	item plan.Item
	row  plan.Row
	name string // the issuer, with the account's tail where there is one
	// issuer is the issuer alone.
	issuer string

	statement, due, safe, earlier, moved bill.Day
	owed, amount, minimum, paid, penalty bill.Money
	status                               status
}

// status says where the bill stands on the day of the letter.
type status struct {
	code string // the catalogue's status.CODE
	n    int    // days
	tone string // calm, soon or late: how a card looks
}

// newEntry reads item; an amount or day that does not parse is unknown.
func (w *writer) newEntry(item plan.Item) *entry {
	e := &entry{item: item, earlier: item.EarlierDue, moved: item.MovedFrom}
	if item.Bill != nil {
		e.row = *item.Bill
	}
	r := &e.row
	r.Account = tail(r.Account)
	r.ID = clean(r.ID, maxName)
	e.name = w.issuerName(item.Name, r)
	e.issuer = w.issuerName(item.Name, &plan.Row{Issuer: r.Issuer})
	e.statement, e.due, e.safe = day(r.StatementDate), day(r.DueDate), day(r.LastSafeDay)
	if !e.safe.Known() {
		e.safe = e.due
	}
	e.amount, e.minimum = money(r.AmountDue, r.Currency), money(r.MinimumDue, r.Currency)
	e.paid, e.penalty = money(r.Paid, r.Currency), money(item.Penalty, r.Currency)
	if e.owed = money(r.Outstanding, r.Currency); !e.owed.Known() {
		e.owed = e.amount
	}
	e.status = w.statusOf(e)
	return e
}

func (w *writer) issuerName(name string, r *plan.Row) string {
	if name == "" {
		name = r.Issuer
	}
	if name = w.foreign(name, maxName); name == "" {
		name = w.c.text("name.unknown")
	}
	if r.Account != "" {
		name = w.c.text("name.account", "name", name, "tail", r.Account)
	}
	return name
}

func day(s string) bill.Day {
	d, err := bill.ParseDay(s)
	if err != nil {
		return 0
	}
	return d
}

// money reads a frozen amount, with or without its own currency.
func money(s, code string) bill.Money {
	var m bill.Money
	if err := m.UnmarshalText([]byte(s)); err == nil {
		return m
	}
	m, err := bill.ParseMoney(s, code)
	if err != nil {
		return bill.Money{}
	}
	return m
}

func (w *writer) statusOf(e *entry) status {
	left := int(e.due - w.today)
	switch {
	case !e.due.Known():
		return status{code: "no_date", tone: "soon"}
	case w.isLate(e) && left >= 0:
		return status{code: "late_today", tone: "late"}
	case w.isLate(e):
		return status{code: "late", n: -left, tone: "late"}
	case left > 3:
		return status{code: "future", n: left, tone: "calm"}
	case left > 1:
		return status{code: "future", n: left, tone: "soon"}
	case left == 1:
		return status{code: "tomorrow", n: 1, tone: "soon"}
	case left == 0:
		return status{code: "today", tone: "soon"}
	case e.safe < w.today: // the issuer's zone lies to the west
		return status{code: "last_hours", tone: "soon"}
	case e.safe == w.today:
		return status{code: "grace_today", tone: "soon"}
	case e.safe == w.today+1:
		return status{code: "grace_tomorrow", n: 1, tone: "soon"}
	}
	return status{code: "grace", n: int(e.safe - w.today), tone: "soon"}
}

// isLate reports whether the bill's deadline has passed.
func (w *writer) isLate(e *entry) bool {
	if !e.item.Deadline.IsZero() {
		return !w.now.Before(e.item.Deadline)
	}
	return w.today > e.safe
}

func (w *writer) statusText(e *entry) string {
	return w.c.count("status."+e.status.code, e.status.n)
}

// urgent orders entries: the nearest last safe day first, which puts the late
// ones before all others; those without a date last.
func urgent(a, b *entry) int {
	return cmp.Or(
		boolOrder(a.due.Known(), b.due.Known()),
		boolOrder(a.status.tone == "late", b.status.tone == "late"),
		cmp.Compare(a.safe, b.safe),
		cmp.Compare(a.due, b.due),
		cmp.Compare(b.owed.Minor, a.owed.Minor),
		cmp.Compare(a.row.ID, b.row.ID),
		cmp.Compare(a.item.Reminder, b.item.Reminder),
	)
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// writer builds the view of one letter.
type writer struct {
	c       *catalogue
	loc     *time.Location
	now     time.Time
	today   bill.Day
	entries []*entry
	channel string
	replyTo string
}

func newWriter(c *catalogue, l plan.Letter, o Options) *writer {
	w := &writer{c: c, loc: o.Zone, now: o.Now, channel: l.Channel, replyTo: o.ReplyTo}
	if w.loc == nil {
		w.loc = time.UTC
	}
	if w.now.IsZero() {
		w.now = l.Created
	}
	w.now = w.now.In(w.loc)
	w.today = bill.DayOf(w.now)
	for _, item := range l.Content.Items {
		w.entries = append(w.entries, w.newEntry(item))
	}
	slices.SortStableFunc(w.entries, urgent)
	return w
}

func (w *writer) foreign(s string, limit int) string {
	return foreign(s, limit, w.c.text("link.removed"))
}

// mailSubject is the subject of a bill mail as a letter may repeat it.
func (w *writer) mailSubject(s string) string {
	removed := w.c.text("link.removed")
	return bareHost.ReplaceAllLiteralString(w.foreign(s, maxText), removed)
}

// sums adds up what is owed, one amount a currency, in the order in which the
// currencies first appear, and counts the bills whose amount is unknown.
func sums(entries []*entry) (total []bill.Money, unknown int) {
	at := map[string]int{}
	for _, e := range entries {
		if !e.owed.Known() {
			unknown++
			continue
		}
		i, ok := at[e.owed.Currency]
		if !ok {
			i = len(total)
			at[e.owed.Currency] = i
			total = append(total, bill.Money{Currency: e.owed.Currency})
		}
		total[i].Minor += e.owed.Minor
	}
	return total, unknown
}

// sumText is the sum of all entries, "" when no amount is known.
func (w *writer) sumText(entries []*entry) string {
	total, unknown := sums(entries)
	if len(total) == 0 {
		return ""
	}
	s := w.c.amount(total[0])
	for _, m := range total[1:] {
		s = w.c.text("sum.and", "a", s, "b", w.c.amount(m))
	}
	if unknown > 0 {
		s = w.c.text("sum.unknown", "sum", s, "n", strconv.Itoa(unknown))
	}
	return s
}

func (w *writer) owedText(e *entry) string {
	if !e.owed.Known() {
		return w.c.text("amount.unknown")
	}
	return w.c.amount(e.owed)
}
