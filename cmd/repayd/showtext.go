package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/letter"
	"repayd/internal/plan"
)

// printDossier shows one bill to a person.
func (a *app) printDossier(cfg *config.Config, d dossier) error {
	b, w := d.bill, &textWriter{w: a.out, colour: a.colour()}
	today := bill.DayOf(a.now.In(cfg.Zone))
	w.heading(strings.Join(strings.Fields(b.ID+"  "+nameOf(b)+" "+tail(b.Account)+" "+clean(b.Reference)), " "))
	w.field(text("show.stage"), strings.TrimSpace(stageText(b, d.Stage)+"  "+daysText(b, d.Stage, today)))
	w.field(text("show.outstanding"), money(b.Outstanding))
	for _, v := range []struct{ label, value string }{
		{"show.amount", letter.FormatMoney(b.AmountDue, language())}, {"show.minimum", letter.FormatMoney(b.MinimumDue, language())},
		{"show.paid", letter.FormatMoney(b.Paid, language())}, {"show.penalty", letter.FormatMoney(b.Penalty, language())},
		{"show.period", b.Period}, {"show.statement", letter.FormatDay(b.StatementDate, language())},
		{"show.due", letter.FormatDay(b.DueDate, language())}, {"show.safe", letter.FormatDay(b.LastSafeDay, language())},
		{"show.pay_by", d.payBy()}, {"show.debit", letter.FormatDay(b.DebitDay, language())},
		{"show.credit", letter.FormatMoney(b.Credit, language())}, {"show.tolerated", letter.FormatMoney(b.Tolerated, language())},
		{"show.deadline", instant(b.Deadline(), cfg.Zone)}, {"show.earlier", b.EarlierDue.String()},
		{"show.moved", b.MovedFrom.String()}, {"show.snoozed", instant(plan.SnoozeEnd(b, plan.Env{Zone: cfg.Zone}), cfg.Zone)},
		{"show.settled", d.settled(cfg)}, {"show.dropped", instant(b.DroppedAt, cfg.Zone)}, {"show.note", clean(b.Note)},
		{"show.before", d.Before.text()},
	} {
		if v.value != "" {
			w.field(text(v.label), v.value)
		}
	}
	if g := d.rules.GraceSaid(); g != nil && b.Open() && b.LastSafeDay <= b.DueDate {
		w.field(text("show.grace"), wording().GraceSaid(g, b.Issuer))
	}
	w.field(text("show.trust"), text("trust."+string(b.Trust)))
	if d.next != nil {
		w.field(text("show.next"), d.next.Step+" "+instant(d.next.At, cfg.Zone))
	}
	d.printBeyond(w, cfg, today)
	d.printProblems(w)
	d.printEvidence(w)
	if err := a.printStory(w, cfg, d.History); err != nil {
		return err
	}
	return cmp.Or(w.err, a.printHistory(w, cfg, d))
}

// payBy is the day to pay by where it is not the due date or the last safe day,
// or that a payment arrives late whatever is done.
func (d *dossier) payBy() string {
	if d.PayMissed {
		return text("show.pay_missed")
	}
	if d.PayBy == d.bill.DueDate || d.PayBy == d.bill.LastSafeDay {
		return ""
	}
	return letter.FormatDay(d.PayBy, language())
}

// settled says when and by whose word the bill was settled, "" while it is not.
func (d *dossier) settled(cfg *config.Config) string {
	if d.bill.SettledAt.IsZero() {
		return ""
	}
	by := text("show.by_zero")
	for _, n := range d.Notices {
		if n.ID == d.bill.SettledBy {
			by = text("show.by_notice", "kind", n.Kind, "from", clean(n.From))
		}
	}
	for _, c := range d.Commands {
		if c.ID == d.bill.SettledBy {
			by = text("trust.owner")
		}
	}
	return instant(d.bill.SettledAt, cfg.Zone) + "  (" + by + ")"
}

// printProblems says what is not certain and how the owner settles it.
func (d *dossier) printProblems(w *textWriter) {
	switch {
	case len(d.Problems) > 0:
		w.section(text("show.problems"))
		for _, p := range d.Problems {
			w.field(string(p.Field), reason(p.Why))
		}
		w.line("  " + text("show.resolve", "id", d.ID))
	case d.Stage == bill.StageNeedsReview:
		w.section(text("show.problems"))
		w.line("  " + text("show.resolve", "id", d.ID))
	case d.Stage == bill.StageUnconfirmed:
		w.section(text("show.unconfirmed"))
		w.line("  " + text("show.confirm", "id", d.ID))
	}
}

func (d *dossier) printEvidence(w *textWriter) {
	if len(d.Evidence) == 0 {
		return
	}
	w.section(text("show.evidence"))
	for _, f := range slices.Sorted(maps.Keys(d.Evidence)) {
		ev := d.Evidence[f]
		from := ev.Part
		if ev.Text != "" {
			from += ": " + clean(ev.Text)
		}
		w.field(string(f), strings.TrimSpace(fmt.Sprintf("%s  (%s)", cmp.Or(ev.Value, "?"), cmp.Or(from, text("trust."+string(ev.Trust))))))
	}
}

// printHistory shows notices, commands, the ladder and the letters.
func (a *app) printHistory(w *textWriter, cfg *config.Config, d dossier) error {
	said := table{head: []string{text("col.at"), text("col.kind"), text("col.trust"), text("col.from"), text("col.subject")}}
	for _, n := range d.Notices {
		said.add(instant(n.received, cfg.Zone), cmp.Or(string(n.Kind), "?"), text("trust."+string(n.Trust)), clean(n.From), clean(n.Subject))
	}
	told := table{head: []string{text("col.at"), text("col.command"), text("col.said")}}
	for _, c := range d.Commands {
		told.add(instant(c.at, cfg.Zone), string(c.Kind), clean(c.said()))
	}
	rungs := table{head: []string{text("col.at"), text("col.step"), text("col.channel"), text("col.state"), text("col.letter"), text("col.why")}}
	for _, r := range d.Reminders {
		state := text("reminder." + string(r.State))
		if r.Reason != "" {
			state += " (" + text("reason."+string(r.Reason)) + ")"
		}
		why := r.Why
		if r.FoldedInto != "" {
			why = text("show.folded", "step", d.stepOf(r.FoldedInto))
		}
		rungs.add(instant(r.at, cfg.Zone), r.Step, r.Channel, state, r.Letter, clean(whyThen(why)))
	}
	sent := table{right: map[int]bool{4: true}, head: []string{text("col.id"), text("col.created"), text("col.channel"), text("col.state"), text("col.attempts"), text("col.error")}}
	for _, l := range d.Letters {
		sent.add(l.ID, instant(l.created, cfg.Zone), l.Channel, text("letter."+string(l.State)), strconv.Itoa(l.Attempts), clean(l.LastError))
	}
	for _, part := range []struct {
		key string
		t   *table
	}{{"show.notices", &said}, {"show.commands", &told}, {"show.ladder", &rungs}, {"show.letters", &sent}} {
		if len(part.t.rows) == 0 {
			continue
		}
		w.section(text(part.key))
		if err := part.t.print(a.out, nil); err != nil {
			return err
		}
	}
	return nil
}

// stepOf is the step of a reminder by its id, or the id.
func (d *dossier) stepOf(id string) string {
	for _, r := range d.Reminders {
		if r.ID == id {
			return r.Step
		}
	}
	return id
}

// said is what the owner said, in the words of the command line.
func (c commandRow) said() string {
	var out []string
	for _, f := range []struct{ name, value string }{{"issuer", c.Issuer}, {"account", c.Account}, {"due", c.Due},
		{"on", c.On}, {"until", c.Until}, {"note", c.Note}} {
		if f.value != "" {
			out = append(out, f.name+" "+f.value)
		}
	}
	if c.Amount != "" {
		out = append(out, "amount "+c.Amount+" "+c.Currency)
	}
	if c.Grace != nil {
		out = append(out, fmt.Sprintf("grace %dd", *c.Grace))
	}
	return strings.Join(out, ", ")
}
