package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/intake"
	"repayd/internal/mail"
)

// print tells a person what was made of one message.
func (e *explainer) print(path string, r intake.Read, again bool) error {
	x := e.explain(r)
	w := &textWriter{w: e.a.out, colour: e.a.colour()}
	if again {
		w.line("")
	}
	w.heading(path)
	w.field(text("explain.from"), cmp.Or(x.Message.From, "?"))
	w.field(text("explain.subject"), clean(x.Message.Subject))
	w.field(text("explain.received"), cmp.Or(x.Message.Received, "?"))
	if r.Doubtful {
		w.field("", text("explain.doubtful"))
	}
	w.field(text("explain.trust"), text("explain.trust_line", "trust", text("trust."+string(x.Message.Trust)), "reason", reason(x.Message.TrustReason)))
	if x.Message.Trust == bill.TrustUnverified && x.Outcome != bill.OutcomeNotMine && e.reader.LookupTXT == nil {
		w.field("", text("explain.try_dns"))
	}
	e.printText(w, r)
	for i := range r.Reading.Notices {
		n := &r.Reading.Notices[i]
		w.notice(n, x.Notices[i])
		if g := e.reader.Set.FullTerms(n.Issuer).GraceSaid(); g != nil && n.DueDate.Known() && x.Notices[i].LastSafeDay == x.Notices[i].DueDate {
			w.field(text("show.grace"), wording().GraceSaid(g, n.Issuer))
		}
	}
	if len(r.Reading.Fared) > 0 {
		w.heading(text("explain.fared"))
		for _, f := range r.Reading.Fared {
			w.field(f.Issuer, reason(f.Why))
			for _, note := range f.Notes {
				w.line("    " + clean(note))
			}
		}
	}
	if len(x.Problems) > 0 {
		w.heading(text("explain.problems"))
		for _, p := range x.Problems {
			w.field(string(p.Field), reason(p.Why))
		}
	}
	w.heading(text("explain.outcome"))
	w.line("  " + text("outcome."+string(x.Outcome)))
	return w.err
}

// printText shows the folded text that was read, its matches marked.
func (e *explainer) printText(w *textWriter, r intake.Read) {
	m := r.Message
	if inner, ok := m.InnerForward(); ok && e.forwarded(m) {
		m = inner
	}
	seen := map[string][]string{}
	for _, n := range r.Reading.Notices {
		for _, ev := range n.Evidence {
			if ev.Text != "" && !slices.Contains(seen[ev.Part], ev.Text) {
				seen[ev.Part] = append(seen[ev.Part], ev.Text)
			}
		}
	}
	for _, p := range m.Parts {
		if p.Text == "" {
			w.field(p.Name, text("explain.unread", "file", clean(cmp.Or(p.File, p.Type))))
			continue
		}
		w.heading(text("explain.part", "part", p.Name))
		for line := range strings.Lines(markWords(p.Text, seen[p.Name], w.colour)) {
			w.line("  " + strings.TrimRight(line, "\n"))
		}
	}
	if repairs := slices.Concat(m.Defects, m.Limits); len(repairs) > 0 {
		w.heading(text("explain.repairs"))
		for _, d := range repairs {
			w.line("  " + clean(d))
		}
	}
}

func (e *explainer) forwarded(m *mail.Message) bool {
	return len(m.From) == 1 && slices.ContainsFunc(e.src.Forwarders, func(f string) bool { return strings.EqualFold(f, m.From[0].Address) })
}

// markWords puts the words that were read in «», or in bold on a terminal. Words
// that overlap are marked together.
func markWords(s string, words []string, colour bool) string {
	on, off := "«", "»"
	if colour {
		on, off = bold, plain
	}
	inside := make([]bool, len(s))
	for _, word := range words {
		for _, at := range found(s, word) {
			for j := at.from; j < at.to; j++ {
				inside[j] = true
			}
		}
	}
	var b strings.Builder
	was := false
	for i, r := range s {
		is := inside[i] && r != '\n'
		if is && !was {
			b.WriteString(on)
		} else if was && !is {
			b.WriteString(off)
		}
		was = is
		if r == '\n' {
			b.WriteByte('\n')
		} else {
			b.WriteString(clean(string(r)))
		}
	}
	if was {
		b.WriteString(off)
	}
	return b.String()
}

// span is a stretch of a text in bytes.
type span struct{ from, to int }

// found returns where evidence stands in a text. The label and the value of a
// table are joined by " | " in evidence and may stand on different lines: then
// the value is the first one after its label.
func found(s, evidence string) []span {
	var out []span
	for from := 0; ; {
		i := strings.Index(s[from:], evidence)
		if i < 0 {
			break
		}
		out = append(out, span{from + i, from + i + len(evidence)})
		from += i + len(evidence)
	}
	if len(out) > 0 || !strings.Contains(evidence, " | ") {
		return out
	}
	from := 0
	for piece := range strings.SplitSeq(evidence, " | ") {
		i := strings.Index(s[from:], piece)
		if i < 0 {
			return nil
		}
		out = append(out, span{from + i, from + i + len(piece)})
		from += i + len(piece)
	}
	return out
}

// textWriter writes headings and labelled lines; it keeps the first error.
type textWriter struct {
	w      io.Writer
	colour bool
	err    error
}

// line writes a line as it is: what came from a mail must be clean already.
func (w *textWriter) line(s string) {
	if _, err := fmt.Fprintln(w.w, s); w.err == nil {
		w.err = err
	}
}

// section begins a part of its own after an empty line.
func (w *textWriter) section(s string) {
	w.line("")
	w.heading(s)
}

func (w *textWriter) heading(s string) {
	s = clean(s)
	if w.colour {
		s = bold + s + plain
	}
	w.line(s)
}

// labelWidth is how wide labels are made so that values stand in one column.
const labelWidth = 16

func (w *textWriter) field(label, value string) {
	label, value = clean(label), clean(value)
	pad := max(1, labelWidth-displayWidth(label))
	w.line("  " + label + strings.Repeat(" ", pad) + value)
}

// notice shows one notice, each field with the words it was read from.
func (w *textWriter) notice(n *bill.Notice, r noticeRow) {
	kind := cmp.Or(string(r.Kind), "?")
	w.heading(text("explain.notice", "kind", kind, "issuer", cmp.Or(n.IssuerName, n.Issuer, "?")))
	for _, f := range fieldsOf(r) {
		if f.value == "" {
			continue
		}
		why := ""
		switch ev, ok := n.Evidence[f.name]; {
		case ok && ev.Part == "rule":
			why = text("explain.rule", "text", clean(ev.Text))
		case ok:
			why = text("explain.words", "part", ev.Part, "text", clean(ev.Text))
		case f.name == bill.FieldLastSafeDay && r.LastSafeDay == r.DueDate:
			why = text("explain.no_grace")
		case f.name == bill.FieldLastSafeDay:
			why = text("explain.grace")
		}
		w.field(string(f.name), strings.TrimSpace(clean(f.value)+"  "+why))
	}
}

// fieldValue is one field of a notice as it is shown.
type fieldValue struct {
	name  bill.Field
	value string
}

// fieldsOf lists the fields of a notice in the order of the JSON.
func fieldsOf(r noticeRow) []fieldValue {
	late := ""
	if r.DaysLate != 0 {
		late = fmt.Sprint(r.DaysLate)
	}
	return []fieldValue{
		{bill.FieldIssuer, r.Issuer}, {bill.FieldAccount, r.Account}, {bill.FieldReference, r.Reference},
		{bill.FieldPeriod, r.Period}, {bill.FieldCurrency, r.Currency}, {bill.FieldAmountDue, r.AmountDue},
		{bill.FieldMinimumDue, r.MinimumDue}, {bill.FieldStatementDate, r.StatementDate}, {bill.FieldDueDate, r.DueDate},
		{bill.FieldLastSafeDay, r.LastSafeDay}, {bill.FieldPenalty, r.Penalty}, {bill.FieldPaidAmount, r.PaidAmount},
		{bill.FieldPaidDate, r.PaidDate}, {bill.FieldDaysLate, late},
	}
}
