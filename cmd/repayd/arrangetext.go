package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/letter"
	"repayd/internal/letter/draft"
	"repayd/internal/plan"
)

// talk is a case as it is shown, with what the command line added to it.
type talk struct {
	bill     *bill.Bill
	today    bill.Day
	flags    *arrangeFlags
	ask      bill.Ask
	proposal *proposal
}

// talkRow is a case for programs.
type talkRow struct {
	plan.Row
	Case      *bill.Case    `json:"case"` // null before it is opened
	Steps     []talkStep    `json:"steps"`
	Documents []documentRow `json:"documents"`
	Contacts  []string      `json:"contacts"`
	Warnings  []string      `json:"warnings"`
	Proposal  *proposal     `json:"proposal,omitempty"`
	Draft     *draftRow     `json:"draft,omitempty"`
}

type talkStep struct {
	Code string `json:"code"`
	Text string `json:"text"`
	Done bool   `json:"done"`
}

type documentRow struct {
	Code  string `json:"code"`
	Text  string `json:"text"`
	After bool   `json:"after"` // needed once the bill is paid
}

type draftRow struct {
	Language string `json:"language"`
	Subject  string `json:"subject"`
	Body     string `json:"body"`
}

// wording are the words of letters in the reader's language.
func wording() *letter.Words {
	w, err := letter.NewWords(language(), nil)
	if err != nil {
		panic(fmt.Sprintf("built-in texts of letters: %v", err)) // a test reads them all
	}
	return w
}

// request is what the draft says.
func (t *talk) request(lang string, contacts []draft.Contact) draft.Request {
	b := t.bill
	r := draft.Request{Language: lang, Today: t.today, Owner: t.flags.ownerName, Issuer: nameOf(b), Account: b.Account,
		Reference: b.Reference, Period: b.Period, AmountDue: b.AmountDue, Paid: b.Paid, Outstanding: b.Outstanding, Penalty: b.Penalty,
		Due: b.DueDate, Cause: t.flags.cause, Finances: t.flags.ownerMoney, Carried: t.proposal != nil && t.proposal.Carried,
		Ask: draft.Ask{Until: t.ask.Due, Waive: t.ask.Waive}, Contacts: contacts}
	if b.DueDate.Known() && t.today > b.DueDate {
		r.DaysLate = int(t.today - b.DueDate)
	}
	if r.Cause == "" && b.Case != nil {
		r.Cause = b.Case.Cause
	}
	for _, p := range t.ask.Instalments {
		r.Ask.Instalments = append(r.Ask.Instalments, draft.Instalment{Due: p.Due, Amount: p.Amount})
	}
	return r
}

// showTalk prints a draft where one was asked for, else the case.
func (a *app) showTalk(w workplace, t talk) error {
	rules, err := rulesOf(w.cfg, t.bill)
	if err != nil {
		return err
	}
	contacts := contacts(rules)
	var made *draftRow
	if lang := draftLanguage(t.flags.draft); lang != "" {
		if !t.bill.Open() {
			return fmt.Errorf("bill %s is not open; there is nothing to ask for", t.bill.ID)
		}
		d, err := draft.Write(t.request(lang, contacts))
		if err != nil {
			return fmt.Errorf("%w (--due, --instalments, --propose and --waive say what to ask for)", err)
		}
		if !a.json || t.flags.out != "" {
			if err := a.output(t.flags.out, func(o io.Writer) error { _, err := io.WriteString(o, d.Text()); return err }); err != nil || !a.json {
				return err
			}
		}
		made = &draftRow{Language: lang, Subject: d.Subject, Body: d.Body}
	}
	row := a.talkRow(w, t, contacts)
	row.Draft = made
	if a.json {
		return printJSON(a.out, row)
	}
	return a.printTalk(w, t, row)
}

// talkRow lists steps, documents and contacts. They are those of any request,
// so that they show before it is known what will be asked.
func (a *app) talkRow(w workplace, t talk, contacts []draft.Contact) talkRow {
	row := talkRow{Row: plan.RowOf(t.bill, a.now, w.cfg.Zone, nil), Case: t.bill.Case, Proposal: t.proposal,
		Steps: []talkStep{}, Documents: []documentRow{}, Contacts: []string{}, Warnings: []string{}}
	r := t.request(language(), contacts)
	r.Ask = draft.Ask{WaiveSome: true}
	d, err := draft.Write(r)
	if err != nil {
		return row // nothing is left to pay, or nobody knows how much
	}
	done := stepsDone(t.bill.Case)
	for i, s := range d.Steps {
		row.Steps = append(row.Steps, talkStep{s.Code, s.Text, i < done})
	}
	for _, doc := range d.Documents {
		row.Documents = append(row.Documents, documentRow{doc.Code, doc.Text, doc.After})
	}
	row.Contacts, row.Warnings = append(row.Contacts, d.Contacts...), append(row.Warnings, d.Warnings...)
	return row
}

// stepsDone is how many of the steps of a talk (draft: learn, pay, prepare,
// contact, explain, request, wait, read, perform) are behind the owner.
func stepsDone(k *bill.Case) int {
	if k == nil {
		return 0
	}
	switch k.State {
	case bill.CaseContacted:
		return 4
	case bill.CaseRequested, bill.CaseWaiting:
		return 6
	case bill.CaseAgreed, bill.CasePerforming, bill.CaseBroken:
		return 8
	case bill.CaseRejected:
		return 7
	case bill.CaseSettled:
		return 9
	}
	return 0
}

// printTalk shows a case to a person.
func (a *app) printTalk(w workplace, t talk, row talkRow) error {
	b, o := t.bill, &textWriter{w: a.out, colour: a.colour()}
	o.heading(strings.Join(strings.Fields(b.ID+"  "+nameOf(b)+" "+tail(b.Account)+" "+clean(b.Reference)), " "))
	o.field(text("show.stage"), strings.TrimSpace(stageText(b, row.Stage)+"  "+daysText(b, row.Stage, t.today)))
	o.field(text("show.outstanding"), money(b.Outstanding))
	o.printCase(b, w)
	if t.proposal != nil {
		o.printProposal(t.proposal)
	}
	if len(row.Steps) > 0 && (b.Case == nil || b.Case.State.Active() || b.Case.State == bill.CaseRejected) {
		o.section(text("arrange.steps"))
		for i, s := range row.Steps {
			o.line(fmt.Sprintf("  [%s] %d. %s", checkbox(s.Done), i+1, clean(s.Text)))
		}
		o.section(text("arrange.documents"))
		for _, d := range row.Documents {
			o.line("  - " + clean(d.Text))
		}
		o.section(text("arrange.contacts"))
		for _, c := range row.Contacts {
			o.line("  - " + clean(c))
		}
		o.section(text("arrange.warnings"))
		for _, c := range row.Warnings {
			o.line("  - " + clean(c))
		}
	}
	if hint := nextStep(b, t.proposal); hint != "" {
		o.section(text("arrange.next"))
		for _, line := range alignRemarks(strings.Split(hint, "\n")) {
			o.line("  " + line)
		}
	}
	return o.err
}

func checkbox(done bool) string {
	if done {
		return "x"
	}
	return " "
}

// nextStep is what to type next.
func nextStep(b *bill.Bill, p *proposal) string {
	key := "arrange.next_none"
	switch {
	case b.Case == nil && !b.Open():
		return ""
	case b.Case == nil:
	case b.Case.State == bill.CaseAgreed, b.Case.State == bill.CaseSettled:
		return ""
	case b.Case.State == bill.CaseWaiting:
		key = "arrange.next_requested"
	default:
		key = "arrange.next_" + string(b.Case.State)
	}
	n := 3
	if p != nil {
		n = len(p.Instalments)
		if p.Enough > 0 {
			n = p.Enough
		}
	}
	return text(key, "id", b.ID, "n", strconv.Itoa(n), "lang", language()[:2])
}

// alignRemarks puts what follows two spaces in a line into one column. The
// catalogues cannot: how wide a command is shows only with its ID.
func alignRemarks(lines []string) []string {
	widest := 0
	for _, line := range lines {
		if command, _, ok := strings.Cut(line, "  "); ok {
			widest = max(widest, displayWidth(command))
		}
	}
	aligned := make([]string, len(lines))
	for i, line := range lines {
		command, remark, ok := strings.Cut(line, "  ")
		if ok {
			command += strings.Repeat(" ", widest-displayWidth(command)) + "  " + remark
		}
		aligned[i] = command
	}
	return aligned
}

// printCase shows how far the talk has come and what was agreed.
func (w *textWriter) printCase(b *bill.Bill, at workplace) {
	k, words := b.Case, wording()
	if b.Parent != "" {
		w.field(text("show.part"), text("show.part_of", "part", b.Part, "id", b.Parent))
	}
	if k == nil {
		return
	}
	w.section(text("arrange.case"))
	w.field(text("arrange.state"), words.CaseState(string(k.State))+"  "+instant(k.ChangedAt, at.cfg.Zone))
	if k.Cause != "" {
		w.field(text("arrange.cause"), causeText(words, k.Cause))
	}
	if k.FollowUp.Known() {
		w.field(text("arrange.follow_up"), words.Day(k.FollowUp))
	}
	if k.Ask.Kind != "" {
		w.field(text("arrange.asked"), termsText(words, bill.Agreement{Due: k.Ask.Due, Instalments: k.Ask.Instalments, Waived: k.Ask.Waive}))
	}
	if g := k.Agreement; g != nil {
		w.field(text("arrange.agreed"), termsText(words, *g))
		if g.Conditions != "" {
			w.field("", g.Conditions)
		}
		if g.Revives {
			w.field("", text("arrange.revives"))
		}
		if len(g.Parts) > 0 {
			w.field(text("arrange.parts"), strings.Join(g.Parts, " "))
		}
	}
	for _, n := range k.Notes {
		if n.Text != "" {
			w.field(instant(n.At, at.cfg.Zone), n.Text)
		}
	}
}

// causeText says one of the causes that have words of their own, or the owner's.
func causeText(words *letter.Words, cause string) string {
	switch cause {
	case draft.CauseCashFlow, draft.CauseNotReceived, draft.CauseOverlooked:
		return text("arrange.cause_" + cause)
	}
	return words.Line(cause, 500)
}

// termsText is what was asked or agreed in one line.
func termsText(words *letter.Words, g bill.Agreement) string {
	var out []string
	switch {
	case g.Due.Known() && g.Amount.Known():
		out = append(out, text("arrange.until_amount", "day", words.Day(g.Due), "amount", words.Amount(g.Amount)))
	case g.Due.Known():
		out = append(out, text("arrange.until", "day", words.Day(g.Due)))
	}
	if len(g.Instalments) > 0 {
		list := make([]string, len(g.Instalments))
		for i, p := range g.Instalments {
			list[i] = p.Due.String() + " " + words.Amount(p.Amount)
		}
		out = append(out, text("arrange.plan", "n", len(g.Instalments), "parts", strings.Join(list, text("arrange.and"))))
	}
	if g.Waived.Minor != 0 {
		out = append(out, text("arrange.waive", "amount", words.Amount(g.Waived)))
	}
	if g.Fee.Minor != 0 {
		out = append(out, text("arrange.fee", "amount", words.Amount(g.Fee)))
	}
	return strings.Join(slices.Clip(out), text("arrange.and"))
}

// printProposal shows a plan and what the forecast says of it.
func (w *textWriter) printProposal(p *proposal) {
	words := wording()
	w.section(text("arrange.proposal"))
	t := table{head: []string{"", text("col.due"), text("col.part")}, right: map[int]bool{2: true}}
	for i, part := range p.Instalments {
		t.add("  "+partName(i, len(p.Instalments)), words.Day(part.Due), words.Amount(part.Amount))
	}
	for _, line := range t.lines(nil)[1:] {
		w.line(line)
	}
	switch {
	case !p.Judged:
		w.line("  " + text("arrange.unjudged"))
	case p.Carried:
		w.line("  " + text("arrange.carried"))
	case p.Enough > 0:
		w.line("  " + text("arrange.short", "day", words.Day(p.Short)) + text("arrange.enough", "n", p.Enough))
	default:
		w.line("  " + text("arrange.short", "day", words.Day(p.Short)))
	}
}

// partName is the i-th instalment of n, counted from 0, as it is called: "2/6".
func partName(i, n int) string { return fmt.Sprintf("%d/%d", i+1, n) }
