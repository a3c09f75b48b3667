package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/letter"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// printJSON writes v for programs: indented, and with < > & as they are.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// printJSONLine writes v as one line.
func printJSONLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// noArguments refuses what stands on the command line besides flags.
func (a *app) noArguments() error {
	if len(a.args) > 0 {
		return usagef("unexpected argument %q", a.args[0])
	}
	return nil
}

// look opens the database for reading and runs fn on one snapshot of it.
func (a *app) look(ctx context.Context, cfg *config.Config, fn func(*store.Tx) error) error {
	s, err := a.openStore(ctx, cfg, false, true)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.View(ctx, fn)
}

// hinted adds to an unknown ID where to find the known ones.
func hinted(err error) error {
	if errors.Is(err, store.ErrUnknownBill) {
		return fmt.Errorf("%w; `repayd bills --all` lists all of them", err)
	}
	return err
}

// printBill shows one bill as it is after an owner's command.
func (a *app) printBill(ctx context.Context, cfg *config.Config, s *store.Store, b *bill.Bill) error {
	var next *plan.Reminder
	err := s.View(ctx, func(tx *store.Tx) error {
		all, err := tx.NextOf([]string{b.ID})
		if r, ok := all[b.ID]; ok {
			next = &r
		}
		return err
	})
	if err != nil {
		return err
	}
	row := plan.RowOf(b, time.Now(), cfg.Zone, next)
	if a.json {
		return printJSON(a.out, row)
	}
	parts := []string{row.ID, nameOf(b)}
	for _, s := range []string{tail(b.Account), clean(b.Reference), money(b.Outstanding), stageText(b, row.Stage)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if b.DueDate.Known() {
		parts = append(parts, text("bill.due", "day", b.DueDate))
	}
	if s := snoozeText(b, cfg.Zone, time.Now()); s != "" {
		parts = append(parts, s)
	}
	if next != nil {
		parts = append(parts, text("bill.next", "step", next.Step, "at", instant(next.At, cfg.Zone)))
	}
	_, err = fmt.Fprintln(a.out, strings.Join(parts, "  "))
	return err
}

// snoozeText says until when a bill is really silent, and that it is not as long
// as the owner said where a day that counts comes first; "" where it is not.
func snoozeText(b *bill.Bill, zone *time.Location, now time.Time) string {
	end := plan.SnoozeEnd(b, plan.Env{Zone: zone})
	switch {
	case !end.After(now):
		return ""
	case end.Before(b.SnoozeUntil):
		return text("bill.snoozed_cut", "at", instant(end, zone), "asked", instant(b.SnoozeUntil, zone))
	}
	return text("bill.snoozed", "at", instant(end, zone))
}

// nameOf is the issuer as a person would call it.
func nameOf(b *bill.Bill) string {
	name := clean(cmp.Or(b.IssuerName, b.Issuer, text("bill.nobody")))
	if b.Merchant != "" {
		name += " / " + clean(b.Merchant)
	}
	return name
}

func tail(account string) string {
	if account == "" {
		return ""
	}
	return "*" + clean(account)
}

// money shows an amount in the reader's language, "?" for an unknown one.
func money(m bill.Money) string {
	return cmp.Or(letter.FormatMoney(m, language()), "?")
}

// reason says why something is trusted or not certain in the reader's language.
// JSON keeps it in English, as the log does.
func reason(given string) string { return clean(letter.Reason(given, language())) }

// instant shows an instant in the owner's zone to the minute.
func instant(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// rfc3339 is an instant for programs, "" for none.
func rfc3339(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

// stageText names the stage and, where it matters, that nobody vouched.
func stageText(b *bill.Bill, stage bill.Stage) string {
	s := letter.StageName(stage, language())
	if stage == bill.StageDropped && !b.Replaced.IsZero() {
		s = text("bill.replaced")
	}
	if b.Trust == bill.TrustUnverified {
		s += text("bill.unverified")
	}
	return s
}

// daysText says how long there is until the due date, the last safe day or,
// past both, since when it is late.
func daysText(b *bill.Bill, stage bill.Stage, today bill.Day) string {
	if !b.DueDate.Known() {
		return ""
	}
	key, n := "", 0
	switch stage {
	case bill.StageSettled, bill.StageDropped:
		return ""
	case bill.StageGrace:
		key, n = "days.safe", int(b.LastSafeDay-today)
	case bill.StageLate, bill.StageUnconfirmed:
		key = "days.late" // counted from the due date, as in letters
		if today != b.LastSafeDay {
			n = int(today - b.DueDate)
		}
	default:
		key, n = "days.left", int(b.DueDate-today)
		if n < 0 {
			key, n = "days.past", -n
		}
	}
	switch n {
	case 0:
		return text(key + ".0")
	case 1:
		return text(key + ".1")
	}
	return text(key, "n", strconv.Itoa(n))
}
