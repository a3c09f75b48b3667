package main

import (
	"cmp"
	"fmt"
	"html/template"
	"io"
	"time"

	"repayd/internal/bill"
	"repayd/internal/letter"
)

// page is the printable list of bills in finished words.
type page struct {
	Lang, Title, AsOf, Sums string
	Head                    []pageCell
	Rows                    []pageRow
}

type pageRow struct {
	Stage bill.Stage
	Cells []pageCell
}

type pageCell struct {
	Text  string
	Right bool // amounts end at one place
}

// exportHTML writes all bills as one page that needs nothing else: no script,
// no picture, no address to fetch.
func exportHTML(w io.Writer, list []listed, now time.Time, zone *time.Location) error {
	t, err := template.ParseFS(texts, "texts/bills.html.tmpl")
	if err != nil {
		return fmt.Errorf("layout of the page: %w", err)
	}
	p := page{Lang: language(), Title: text("page.title"), AsOf: text("page.as_of", "at", instant(now, zone)), Sums: sums(list)}
	for _, h := range []string{"col.issuer", "col.account", "col.reference", "col.amount", "col.paid", "col.outstanding", "col.due", "col.safe", "col.stage", "col.note"} {
		p.Head = append(p.Head, pageCell{text(h), h == "col.amount" || h == "col.paid" || h == "col.outstanding"})
	}
	for _, l := range list {
		b := l.bill
		p.Rows = append(p.Rows, pageRow{l.row.Stage, []pageCell{
			{nameOf(b), false}, {tail(b.Account), false}, {clean(b.Reference), false},
			{money(b.AmountDue), true}, {letter.FormatMoney(b.Paid, language()), true}, {money(b.Outstanding), true},
			{cmp.Or(b.DueDate.String(), "?"), false}, {cmp.Or(b.LastSafeDay.String(), "?"), false},
			{stageText(b, l.row.Stage), false}, {clean(b.Note), false},
		}})
	}
	if err := t.Execute(w, p); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	return nil
}
