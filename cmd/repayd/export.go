package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

func exportCommand() command {
	var format, only string
	return command{
		name: "export", short: "bills for other programs", config: true, now: true,
		long: "json and csv hold all bills, settled and dropped ones too; ics holds the dates of the open ones.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.StringVar(&format, "format", "", "json, csv or ics as the `format`")
			fs.StringVar(&only, "case", "", "one bill's case file, by its `id`; not built into this version")
		},
		run: func(ctx context.Context, a *app) error {
			if err := a.noArguments(); err != nil {
				return err
			}
			var write func(io.Writer, []listed, time.Time) error
			switch {
			case a.given("case"):
				return usagef("--case is not built into this version; `repayd show ID --json` tells all about one bill")
			case format == "html":
				return usagef("--format html is not built into this version; write json, csv or ics")
			case format == "json":
				write = exportJSON
			case format == "csv":
				write = exportCSV
			case format == "ics":
				write = exportICS
			default:
				return usagef("say which format: --format json, csv or ics")
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			list, err := a.listed(ctx, cfg, billsFilter{all: true})
			if err != nil {
				return err
			}
			return write(a.out, list, a.now)
		},
	}
}

// exportedBill is one bill of the JSON export.
type exportedBill struct {
	plan.Row
	Evidence map[bill.Field]evidenceRow `json:"evidence"`
}

func exportJSON(w io.Writer, list []listed, _ time.Time) error {
	out := make([]exportedBill, 0, len(list))
	for _, l := range list {
		out = append(out, exportedBill{Row: l.row, Evidence: evidenceOf(l.bill, nil)})
	}
	return printJSON(w, out)
}

// exportCSV writes RFC 4180. A cell that a spreadsheet would take for a
// formula gets an apostrophe in front: names and references come from mails.
func exportCSV(w io.Writer, list []listed, _ time.Time) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	err := c.Write([]string{"id", "issuer", "issuer_name", "account", "reference", "period", "currency", "amount_due", "minimum_due", "paid",
		"outstanding", "statement_date", "due_date", "last_safe_day", "stage", "trust", "next_step", "next_at", "note"})
	for _, l := range list {
		r := l.row
		cells := []string{r.ID, r.Issuer, nameOf(l.bill), r.Account, r.Reference, r.Period, r.Currency, r.AmountDue, r.MinimumDue, r.Paid,
			r.Outstanding, r.StatementDate, r.DueDate, r.LastSafeDay, string(r.Stage), string(r.Trust), r.NextStep, r.NextAt, l.bill.Note}
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		err = errors.Join(err, c.Write(cells))
	}
	c.Flush()
	return errors.Join(err, c.Error())
}

// harmless keeps a spreadsheet from computing a cell.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// exportICS writes one all-day event for the due date of each open bill and
// one for its last safe day where that is another. The UIDs stay the same, so
// that importing again moves an event instead of doubling it.
func exportICS(w io.Writer, list []listed, now time.Time) error {
	cal := ics.NewCalendarFor("repayd")
	cal.SetProductId("-//repayd//bills//EN")
	cal.SetMethod(ics.MethodPublish)
	for _, l := range list {
		b := l.bill
		if !b.Open() || !b.DueDate.Known() {
			continue
		}
		addEvent(cal, b, "due", b.DueDate, now)
		if b.LastSafeDay.Known() && b.LastSafeDay != b.DueDate {
			addEvent(cal, b, "grace", b.LastSafeDay, now)
		}
	}
	return cal.SerializeTo(w, ics.WithNewLineWindows)
}

// addEvent adds one day of a bill; what tells which says which day it is.
func addEvent(cal *ics.Calendar, b *bill.Bill, which string, day bill.Day, now time.Time) {
	midnight, _ := bill.NewClock(0, 0)
	e := cal.AddEvent(fmt.Sprintf("%s-%s@repayd", b.ID, which))
	e.SetDtStampTime(now)
	e.SetAllDayStartAt(day.At(midnight, time.UTC))
	e.SetAllDayEndAt((day + 1).At(midnight, time.UTC))
	e.SetSummary(strings.Join(strings.Fields(text("ics."+which, "name", nameOf(b), "tail", tail(b.Account), "amount", money(b.Outstanding))), " "))
	e.SetDescription(text("ics.about", "due", b.DueDate, "safe", cmp.Or(b.LastSafeDay, b.DueDate), "id", b.ID))
	e.SetTimeTransparency(ics.TransparencyTransparent)
}
