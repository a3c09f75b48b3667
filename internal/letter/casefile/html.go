package casefile

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"

	"repayd/internal/bill"
	"repayd/internal/letter"
)

//go:embed texts
var files embed.FS

// Longest pieces of foreign text that the page repeats, in characters.
const (
	maxID   = 200
	maxText = 300
)

// page is the file in finished words; the template only lays it out.
type page struct {
	Lang, Title, Lead, Colon string
	Sections                 []section
	Footer                   []string
}

// section shows facts, a table and lines, whichever it has; Note stands above.
type section struct {
	Title, Note string
	Facts       []fact
	Head        []string
	Rows        [][]string
	Lines       []string
}

type fact struct{ Label, Value string }

// Words returns the wording of a language with the texts of case files.
func Words(lang string) (*letter.Words, error) {
	own, err := fs.Sub(files, "texts")
	if err != nil {
		return nil, err
	}
	return letter.NewWords(lang, own)
}

var layout = sync.OnceValues(func() (*template.Template, error) {
	return template.ParseFS(files, "texts/case.html.tmpl")
})

// HTML returns the file as a page in lang ("zh-CN" or "en"), its instants shown
// in loc; nil means UTC.
func (f File) HTML(lang string, loc *time.Location) ([]byte, error) {
	w, err := Words(lang)
	if err != nil {
		return nil, err
	}
	return f.html(w, loc)
}

func (f File) html(w *letter.Words, loc *time.Location) ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	if loc == nil {
		loc = time.UTC
	}
	t, err := layout()
	if err != nil {
		return nil, fmt.Errorf("case file: layout: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, (&writer{Words: w, f: f, loc: loc}).page()); err != nil {
		return nil, fmt.Errorf("case file of %s: %w", f.Bill.ID, err)
	}
	return b.Bytes(), nil
}

// writer puts one file into words.
type writer struct {
	*letter.Words
	f   File
	loc *time.Location
}

func (w *writer) page() page {
	p := page{
		Lang: w.Language(), Colon: w.Text("colon"),
		Title: w.Text("case.title", "name", w.name()),
		Lead:  w.Text("case.lead", "at", w.instant(w.f.Made), "id", w.Name(w.f.Bill.ID)),
	}
	p.Sections = []section{w.summary(), w.notices(), w.payments(), w.costs()}
	if w.f.Arrangement != nil {
		p.Sections = append(p.Sections, w.arrangement(w.f.Arrangement))
	}
	p.Sections = append(p.Sections, w.history(), w.letters(), w.evidence())
	p.Footer = []string{w.Text("case.footer", "zone", w.loc.String())}
	return p
}

func (w *writer) name() string {
	name := w.Name(w.f.Name)
	if name == "" {
		name = w.Name(w.f.Bill.Issuer)
	}
	if name == "" {
		name = w.Text("name.unknown")
	}
	if tail := w.Line(w.f.Bill.Account, 4); tail != "" {
		name = w.Text("name.account", "name", name, "tail", tail)
	}
	return name
}

// instant shows t with its year in the zone of the page, "" when unknown.
func (w *writer) instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(w.loc)
	return t.Format("2006-01-02 15:04")
}

// money reads an amount of the row in the bill's currency.
func (w *writer) money(s string) string {
	m, err := bill.ParseMoney(s, w.f.Bill.Currency)
	if err != nil {
		return ""
	}
	return w.Amount(m)
}

func (w *writer) day(s string) string {
	d, err := bill.ParseDay(s)
	if err != nil {
		return ""
	}
	return w.Day(d)
}

// some shows an amount that is known and not zero.
func (w *writer) some(m bill.Money) string {
	if m.Minor == 0 {
		return ""
	}
	return w.Amount(m)
}

func (w *writer) summary() section {
	s := section{Title: w.Text("case.summary")}
	add := func(label, value string) {
		if value != "" {
			s.Facts = append(s.Facts, fact{label, value})
		}
	}
	r := &w.f.Bill
	add(w.Text("case.owner"), w.Name(w.f.Owner))
	add(w.Field(bill.FieldIssuer), w.name())
	add(w.Field(bill.FieldReference), w.Reference(r.Reference))
	add(w.Field(bill.FieldPeriod), w.Name(r.Period))
	add(w.Text("case.stage"), w.Stage(r.Stage))
	add(w.Field(bill.FieldAmountDue), w.money(r.AmountDue))
	add(w.Field(bill.FieldMinimumDue), w.money(r.MinimumDue))
	add(w.Text("field.paid"), w.money(r.Paid))
	add(w.Text("field.outstanding"), w.money(r.Outstanding))
	add(w.Text("case.credit"), w.some(w.f.Credit))
	if w.f.Penalty.Minor != 0 {
		add(w.Field(bill.FieldPenalty), w.Text("penalty.apart", "amount", w.Amount(w.f.Penalty)))
	}
	add(w.Field(bill.FieldStatementDate), w.day(r.StatementDate))
	add(w.Field(bill.FieldDueDate), w.day(r.DueDate))
	if r.LastSafeDay != r.DueDate {
		add(w.Field(bill.FieldLastSafeDay), w.Text("safe.not_due", "date", w.day(r.LastSafeDay)))
	}
	if !w.f.Deadline.IsZero() {
		add(w.Text("field.deadline"), w.Text("deadline.before", "at", w.instant(w.f.Deadline)))
	}
	add(w.Text("case.settled"), w.Day(w.f.SettledDay))
	if w.f.DaysLate > 0 {
		add(w.Field(bill.FieldDaysLate), w.days(w.f.DaysLate))
	}
	add(w.Text("case.trust"), w.Trust(r.Trust))
	return s
}

func (w *writer) days(n int) string { return w.Text("dur.days", "n", strconv.Itoa(n)) }

// columns names the head of a table.
func (w *writer) columns(keys ...string) []string {
	var head []string
	for _, k := range keys {
		head = append(head, w.Text("case."+k))
	}
	return head
}

// list joins the values that are there, one a line.
func list(values ...string) string {
	var some []string
	for _, v := range values {
		if v != "" {
			some = append(some, v)
		}
	}
	return strings.Join(some, "\n")
}

// by names who said something: a message, or us.
func (w *writer) by(s string) string {
	if ours(s) {
		return w.Text("case.by_" + s)
	}
	return w.Line(s, maxID)
}

func ours(by string) bool { return by == "command" || by == "configuration" || by == "rule" }

// told is by with how far a message is believed.
func (w *writer) told(by string, trust bill.Trust) string {
	if ours(by) {
		return w.by(by)
	}
	return list(w.by(by), w.Trust(trust))
}
