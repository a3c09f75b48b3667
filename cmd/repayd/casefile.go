package main

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/letter"
	"repayd/internal/letter/casefile"
)

// exportCase writes everything about one bill as a page to print, or as JSON.
func (a *app) exportCase(ctx context.Context, cfg *config.Config, id, format, out string) error {
	d, err := a.dossier(ctx, cfg, id)
	if err != nil {
		return hinted(err)
	}
	f := a.caseFile(&d, cfg)
	var raw []byte
	if format == "json" {
		raw, err = f.JSON()
	} else {
		raw, err = f.HTML(language(), cfg.Zone)
	}
	if err != nil {
		return err
	}
	return a.output(out, func(w io.Writer) error { _, err := w.Write(raw); return err })
}

// caseFile gathers a bill's case from its dossier.
func (a *app) caseFile(d *dossier, cfg *config.Config) casefile.File {
	b := d.bill
	today := bill.DayOf(a.now.In(cfg.Zone))
	f := casefile.File{Made: a.now, Name: nameOf(b), Bill: d.Row, Penalty: b.Penalty, Credit: b.Credit, Deadline: b.Deadline(),
		SettledDay: b.SettledDay}
	until := today
	if b.SettledDay.Known() {
		until = b.SettledDay
	}
	if b.DueDate.Known() && until > b.DueDate {
		f.DaysLate = int(until - b.DueDate)
	}
	by := d.carriers()
	for _, field := range slices.Sorted(maps.Keys(d.Evidence)) {
		ev := d.Evidence[field]
		f.Evidence = append(f.Evidence, casefile.Evidence{Field: field, Value: ev.Value, By: cmp.Or(ev.Message, ev.Part), Part: ev.Part, Text: ev.Text})
	}
	for _, n := range d.Notices {
		f.Notices = append(f.Notices, casefile.Notice{Received: n.received, Kind: n.Kind, Trust: n.Trust, From: n.From, Subject: n.Subject,
			MessageID: n.Message, Amount: sumOf(n, b.Currency), Due: dayOrNone(n.DueDate), DaysLate: n.DaysLate, Penalty: moneyOrNone(n.Penalty, n.Currency)})
	}
	for _, p := range b.Payments {
		kind, trust := bill.KindPayment, bill.TrustOwner
		for _, n := range d.Notices {
			if n.ID == p.By {
				kind, trust = n.Kind, n.Trust
			}
		}
		f.Payments = append(f.Payments, casefile.Payment{Day: p.Day, Amount: p.Amount, Kind: kind, By: cmp.Or(by[p.By], "command"), Trust: trust})
	}
	if b.Open() {
		for _, on := range []bill.Day{today, today + 30} {
			e := d.rules.Cost(d.facts, on)
			f.Costs = append(f.Costs, casefile.Cost{On: on, Known: e.Known, Total: e.Total, Lines: letter.Explain(language(), e)})
		}
	}
	for _, c := range d.History {
		f.History = append(f.History, casefile.Change{At: c.At, Field: c.What, From: c.From, To: c.To,
			By: cmp.Or(by[c.By], c.Part, "command"), Trust: c.Trust, Text: c.Text})
	}
	f.Arrangement = arrangementOf(b)
	for _, l := range d.Letters {
		one := casefile.Letter{ID: l.ID, Channel: l.Channel, State: l.State, Created: l.created, Accepted: instantOrNone(l.Accepted)}
		for _, r := range d.Reminders {
			if r.Letter == l.ID {
				one.Steps = append(one.Steps, r.Step)
			}
		}
		f.Letters = append(f.Letters, one)
	}
	return f
}

// carriers are the Message-IDs by notice, and what stands for them where a
// notice or command came by no message.
func (d *dossier) carriers() map[string]string {
	by := map[string]string{}
	for _, n := range d.Notices {
		by[n.ID] = cmp.Or(n.Message, "configuration")
	}
	for _, c := range d.Commands {
		by[c.ID] = "command"
	}
	return by
}

// sumOf is what a notice says is due, or was paid.
func sumOf(n receivedRow, currency string) bill.Money {
	return moneyOrNone(cmp.Or(n.PaidAmount, n.AmountDue), cmp.Or(n.Currency, currency))
}

// The fields of a row are text that was written from values, so that what
// cannot be read back is what was not known.
func moneyOrNone(s, currency string) bill.Money {
	m, err := bill.ParseMoney(s, currency)
	if err != nil {
		return bill.Money{}
	}
	return m
}

func dayOrNone(s string) bill.Day {
	d, err := bill.ParseDay(s)
	if err != nil {
		return 0
	}
	return d
}

func instantOrNone(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// arrangementOf is the talk about a bill and its outcome, nil where there is none.
func arrangementOf(b *bill.Bill) *casefile.Arrangement {
	k := b.Case
	if k == nil {
		return nil
	}
	a := &casefile.Arrangement{State: string(k.State), Opened: k.OpenedAt, Changed: k.ChangedAt, Cause: causeText(wording(), k.Cause),
		Ask: string(k.Ask.Kind), Due: k.Ask.Due, Waived: k.Ask.Waive, FollowUp: k.FollowUp}
	parts := k.Ask.Instalments
	if g := k.Agreement; g != nil {
		a.Due, a.Amount, a.Waived, a.Fee, parts = g.Due, g.Amount, g.Waived, g.Fee, g.Instalments
		a.Conditions, a.Revives = g.Conditions, g.Revives
	}
	for i, p := range parts {
		one := casefile.Instalment{Part: partName(i, len(parts)), Due: p.Due, Amount: p.Amount}
		if g := k.Agreement; g != nil && i < len(g.Parts) {
			one.Bill = g.Parts[i]
		}
		a.Instalments = append(a.Instalments, one)
	}
	for _, n := range k.Notes {
		if n.Text != "" {
			a.Notes = append(a.Notes, casefile.Note{At: n.At, Text: n.Text})
		}
	}
	return a
}
