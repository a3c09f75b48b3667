package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/issuer"
	"repayd/internal/letter"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// beyond is what `show --json` adds to the fields that bills have always had.
type beyond struct {
	Credit     bill.Money       `json:"credit"`                  // paid beyond what was owed
	Tolerated  bill.Money       `json:"tolerated"`               // a rest that the issuer counts as paid
	DebitDay   bill.Day         `json:"debit_day"`               // on which the issuer will debit it
	PayBy      bill.Day         `json:"pay_by"`                  // where paying needs a working day it comes before the due date
	PayMissed  bool             `json:"pay_by_missed,omitempty"` // no working day is left before the last safe day
	Milestones []bill.Milestone `json:"milestones"`
	Payments   []bill.Payment   `json:"payments"`
	Parent     string           `json:"parent"` // the bill whose plan this instalment belongs to
	Part       string           `json:"part"`   // "2/6"
	Case       *bill.Case       `json:"case"`
	Cost       *terms.Estimate  `json:"cost"`   // null once nothing is left to pay
	Before     *before          `json:"before"` // null where it is the account's first
	History    []bill.Change    `json:"history"`
}

// before is how the account's earlier bills were paid: platforms treat a first
// lateness otherwise than a habit.
type before struct {
	Bills    int  `json:"bills"`
	Late     int  `json:"late"`      // paid after their last safe day, or open after it
	LastLate bool `json:"last_late"` // the newest of them
}

func beforeOf(past []terms.Past) *before {
	if len(past) == 0 {
		return nil
	}
	b := &before{Bills: len(past), LastLate: past[0].Late}
	for _, p := range past {
		if p.Late {
			b.Late++
		}
	}
	return b
}

// text is "" where there is nothing before.
func (b *before) text() string {
	if b == nil {
		return ""
	}
	key := "show.before_fine"
	switch {
	case b.LastLate:
		key = "show.before_late"
	case b.Late > 0:
		key = "show.before_last_fine"
	}
	return text(key, "n", strconv.Itoa(b.Bills), "late", strconv.Itoa(b.Late))
}

// foldTerms are the rules by which a bill was folded.
func foldTerms(set *issuer.Set, cfg *config.Config, b *bill.Bill) bill.Terms {
	t := set.Terms(b.Issuer)
	if own, some := set.TermsFor(b); some {
		t = own
	}
	if !set.Describes(b.Issuer) {
		t.Zone = cfg.Zone
	}
	return t
}

// extend fills in what came of the bill besides its fields.
func (a *app) extend(tx *store.Tx, cfg *config.Config, d *dossier, set *issuer.Set) error {
	b := d.bill
	env, err := daemon.Env(cfg)
	if err != nil {
		return err
	}
	notices, err := tx.NoticesOf(b.ID)
	if err != nil {
		return err
	}
	commands, err := tx.CommandsOf(b.ID)
	if err != nil {
		return err
	}
	today := bill.DayOf(a.now.In(cfg.Zone))
	d.beyond = beyond{Credit: b.Credit, Tolerated: b.Tolerated, DebitDay: b.DebitDay, Parent: b.Parent, Part: b.Part, Case: b.Case,
		Milestones: append([]bill.Milestone{}, b.Milestones...), Payments: append([]bill.Payment{}, b.Payments...)}
	d.History = append([]bill.Change{}, bill.History(bill.Group{ID: b.ID, Notices: notices, Commands: commands}, foldTerms(set, cfg, b))...)
	d.rules = &terms.Terms{Issuer: b.Issuer}
	if full := set.FullTermsFor(b); full != nil {
		d.rules = full
	}
	others, err := tx.BillsOf(b.Issuer, b.Currency)
	if err != nil {
		return err
	}
	d.facts = d.rules.FactsAmong(b, others, today)
	d.Before = beforeOf(d.facts.Before)
	if b.Open() {
		d.PayBy = plan.PayBy(b, env.Workdays, today)
		d.PayMissed = d.PayBy != plan.PayBy(b, nil, today) && !d.PayBy.Known()
		e := d.rules.Cost(d.facts, today)
		d.Cost = &e
	}
	return nil
}

// printBeyond shows what is ahead of an open bill and its case.
func (d *dossier) printBeyond(w *textWriter, cfg *config.Config, today bill.Day) {
	b, words := d.bill, wording()
	for _, m := range b.Milestones {
		if m.Day >= today && b.Open() {
			w.field(text("show.milestone"), words.Day(m.Day)+"  "+words.Milestone(m.Name))
		}
	}
	w.printCase(b, workplace{cfg: cfg})
	late := d.Stage == bill.StageLate || d.Stage == bill.StageGrace
	if d.Cost == nil || (!late && !d.Cost.Known) {
		return
	}
	w.section(text("show.cost"))
	if late {
		cost := *d.Cost // the grace that is not proven has a field of its own
		cost.Lines = slices.DeleteFunc(slices.Clone(cost.Lines), func(l terms.Line) bool { return l.Code == "grace_unproven" })
		for _, line := range costText(b, cost) {
			w.line("  " + clean(line))
		}
	}
	w.points(b, d.rules, d.facts, today)
	w.line("  " + text("show.cost_hint", "id", b.ID))
}

// printStory tells every change of the bill in order, a cause once.
func (a *app) printStory(w *textWriter, cfg *config.Config, history []bill.Change) error {
	if len(history) == 0 {
		return nil
	}
	words := wording()
	t := table{head: []string{text("col.at"), text("col.change"), text("col.cause"), text("col.words")}}
	last, said := "", ""
	for _, c := range history {
		at, cause := instant(c.At, cfg.Zone), causeOf(words, c)
		evidence := clean(c.Text)
		switch {
		case c.By != last:
			last, said = c.By, ""
		default:
			at, cause = "", ""
		}
		if evidence == said {
			evidence = "" // the words of the cause, once
		} else {
			said = evidence
		}
		if evidence != "" && c.Part != "command" {
			evidence = c.Part + ": " + evidence
		}
		t.add(at, changeText(words, c, cfg.Zone), cause, evidence)
	}
	w.section(text("show.story"))
	return t.print(a.out, nil)
}

// causeOf says who made a change: a notice of which kind and how far it is
// trusted, or the owner's command.
func causeOf(words *letter.Words, c bill.Change) string {
	if c.Trust == bill.TrustOwner {
		return text("story.command", "kind", c.Kind)
	}
	return text("story.notice", "kind", words.Kind(bill.Kind(c.Kind)), "trust", text("trust."+string(c.Trust)))
}

// changeText says one change: what it was and is.
func changeText(words *letter.Words, c bill.Change, zone *time.Location) string {
	what := words.Change(c.What)
	if c.What == bill.ChangeHeard && c.Trust == bill.TrustOwner {
		what = text("story.no_change")
	}
	from, to := changed(words, c.What, c.From, zone), changed(words, c.What, c.To, zone)
	switch {
	case from == "" && to == "":
		return what
	case from == "":
		return text("story.is", "what", what, "to", to)
	case to == "":
		return text("story.gone", "what", what, "from", from)
	}
	return text("story.moved", "what", what, "from", from, "to", to)
}

// changed shows a value of the history as a reader writes it; instants in the
// owner's zone.
func changed(words *letter.Words, what, value string, zone *time.Location) string {
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return instant(t, zone)
	}
	switch {
	case value != "" && what == bill.ChangeTrust:
		return text("trust." + value)
	case value != "" && what == bill.ChangeAutopay:
		return text("story.on")
	case what == bill.ChangeProblem:
		return problemsText(words, value)
	}
	return clean(words.ChangeValue(what, value))
}

// problemsText says problems, "field: why; field: why", in the reader's words.
func problemsText(words *letter.Words, value string) string {
	parts := strings.Split(value, "; ")
	for i, p := range parts {
		if field, why, ok := strings.Cut(p, ": "); ok && !slices.Contains([]string{"", " "}, field) {
			parts[i] = fmt.Sprintf("%s: %s", words.Field(bill.Field(field)), reason(why))
		}
	}
	return clean(strings.Join(parts, "; "))
}
