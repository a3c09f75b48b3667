package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// exporters are the formats in which all bills are written.
var exporters = map[string]func(w io.Writer, list []listed, now time.Time, zone *time.Location) error{
	"json": exportJSON, "csv": exportCSV, "ics": exportICS, "html": exportHTML,
}

func exportCommand() command {
	var format, out, only string
	return command{
		name: "export", short: "bills for other programs, or to print", config: true, now: true,
		long: "json, csv and html (a page to print) hold all bills, settled and dropped ones too; ics holds the dates\nof the open ones.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.StringVar(&format, "format", "", "json, csv, ics or html as the `format`; of a case html or json")
			fs.StringVar(&only, "case", "", "one bill's case file, by its `id`: all that is known of it, to be shown to customer service")
			fs.StringVar(&out, "out", "", "write to this `file` instead of the standard output")
		},
		run: func(ctx context.Context, a *app) error {
			if err := a.noArguments(); err != nil {
				return err
			}
			write := exporters[format]
			if a.given("case") {
				if format != "" && format != "html" && format != "json" {
					return usagef("a case file is written as html or json, not as %s", format)
				}
			} else if write == nil {
				return usagef("say which format: --format json, csv, ics or html")
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			if a.given("case") {
				return a.exportCase(ctx, cfg, only, format, out)
			}
			list, err := a.listed(ctx, cfg, billsFilter{all: true})
			if err != nil {
				return err
			}
			return a.output(out, func(w io.Writer) error { return write(w, list, a.now, cfg.Zone) })
		},
	}
}

// output runs write on the standard output or, where path names one, a file
// that only its owner may read. Nothing is left of a file that could not be
// written in full, and one that was there stays as it was.
func (a *app) output(path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(a.out)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	dir, name := filepath.Split(path)
	f, err := os.CreateTemp(cmp.Or(dir, "."), "."+name+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already once it was renamed
	_, err = f.Write(b.Bytes())
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}

// exportedBill is one bill of the JSON export.
type exportedBill struct {
	plan.Row
	Evidence map[bill.Field]evidenceRow `json:"evidence"`
}

func exportJSON(w io.Writer, list []listed, _ time.Time, _ *time.Location) error {
	out := make([]exportedBill, 0, len(list))
	for _, l := range list {
		out = append(out, exportedBill{Row: l.row, Evidence: evidenceOf(l.bill, nil)})
	}
	return printJSON(w, out)
}

// exportCSV writes RFC 4180. A cell that a spreadsheet would take for a
// formula gets an apostrophe in front: names and references come from mails.
func exportCSV(w io.Writer, list []listed, _ time.Time, _ *time.Location) error {
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
func exportICS(w io.Writer, list []listed, now time.Time, _ *time.Location) error {
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
