package casefile

import (
	"strings"

	"repayd/internal/bill"
)

// orNone says that a table has no rows.
func (w *writer) orNone(s section) section {
	if len(s.Rows) == 0 {
		s.Head, s.Note = nil, w.Text("case.none")
	}
	return s
}

func (w *writer) notices() section {
	s := section{Title: w.Text("case.notices"), Head: w.columns("received", "kind", "claims", "message")}
	for _, n := range w.f.Notices {
		var claims []string
		claim := func(label, value string) {
			if value != "" {
				claims = append(claims, label+w.Text("colon")+value)
			}
		}
		amount := w.Field(bill.FieldAmountDue)
		if n.Kind == bill.KindPayment || n.Kind == bill.KindRefund {
			amount = w.Field(bill.FieldPaidAmount)
		}
		claim(amount, w.Amount(n.Amount))
		claim(w.Field(bill.FieldDueDate), w.Day(n.Due))
		claim(w.Field(bill.FieldPenalty), w.some(n.Penalty))
		if n.DaysLate > 0 {
			claim(w.Field(bill.FieldDaysLate), w.days(n.DaysLate))
		}
		s.Rows = append(s.Rows, []string{
			w.instant(n.Received),
			list(w.Kind(n.Kind), w.Trust(n.Trust)),
			strings.Join(claims, "\n"),
			list(w.Line(n.Subject, maxText), w.Line(n.From, maxText), w.Line(n.MessageID, maxID)),
		})
	}
	return w.orNone(s)
}

func (w *writer) payments() section {
	s := section{Title: w.Text("case.payments"), Head: w.columns("day", "kind", "amount", "told_by")}
	for _, p := range w.f.Payments {
		s.Rows = append(s.Rows, []string{w.Day(p.Day), w.Kind(p.Kind), w.Amount(p.Amount), w.told(p.By, p.Trust)})
	}
	return w.orNone(s)
}

func (w *writer) costs() section {
	s := section{Title: w.Text("case.costs"), Note: w.Text("case.estimate")}
	for _, c := range w.f.Costs {
		head := w.Text("case.cost_none", "day", w.Day(c.On))
		if c.Known {
			head = w.Text("case.cost_total", "day", w.Day(c.On), "total", w.Amount(c.Total))
		}
		s.Lines = append(s.Lines, head)
		for _, l := range c.Lines {
			s.Lines = append(s.Lines, w.Line(l, 2*maxText))
		}
	}
	if len(s.Lines) == 0 {
		s.Note = w.Text("case.cost_unknown")
	}
	return s
}

func (w *writer) arrangement(a *Arrangement) section {
	s := section{Title: w.Text("case.arrangement"), Head: w.columns("part", "due", "amount", "state")}
	add := func(label, value string) {
		if value != "" {
			s.Facts = append(s.Facts, fact{label, value})
		}
	}
	add(w.Text("case.state"), w.CaseState(a.State))
	add(w.Text("case.opened"), w.instant(a.Opened))
	add(w.Text("case.changed"), w.instant(a.Changed))
	add(w.Text("case.cause"), w.Line(a.Cause, 2*maxText))
	add(w.Text("case.ask"), w.AskKind(a.Ask))
	add(w.Text("case.new_due"), w.Day(a.Due))
	add(w.Text("case.new_amount"), w.some(a.Amount))
	add(w.Text("case.waived"), w.some(a.Waived))
	add(w.Text("case.fee"), w.some(a.Fee))
	add(w.Text("case.conditions"), w.Line(a.Conditions, 2*maxText))
	add(w.Text("case.follow_up"), w.Day(a.FollowUp))
	if a.Revives {
		add(w.Text("case.if_broken"), w.Text("case.revives"))
	}
	for _, n := range a.Notes {
		add(w.instant(n.At), w.Line(n.Text, 2*maxText))
	}
	for _, i := range a.Instalments {
		state := w.Text("case.open")
		if i.Settled.Known() {
			state = w.Text("case.paid_on", "day", w.Day(i.Settled))
		}
		s.Rows = append(s.Rows, []string{list(w.Name(i.Part), w.Name(i.Bill)), w.Day(i.Due), w.Amount(i.Amount), state})
	}
	if len(s.Rows) == 0 {
		s.Head = nil
	}
	return s
}

func (w *writer) history() section {
	s := section{Title: w.Text("case.history"), Head: w.columns("at", "change", "told_by", "words")}
	for _, c := range w.f.History {
		what, from, to := w.Change(c.Field), w.value(c.Field, c.From), w.value(c.Field, c.To)
		change := w.Text("case.set", "what", what, "to", to)
		switch {
		case from != "" && to != "":
			change = w.Text("case.moved", "what", what, "from", from, "to", to)
		case to == "" && from != "":
			change = w.Text("case.gone", "what", what, "from", from)
		case to == "":
			change = what
		}
		s.Rows = append(s.Rows, []string{w.instant(c.At), change, w.told(c.By, c.Trust), w.Line(c.Text, maxText)})
	}
	return w.orNone(s)
}

// value shows a changed value as a reader writes it.
func (w *writer) value(field, s string) string {
	if field == "stage" {
		return w.Stage(bill.Stage(s))
	}
	return w.ChangeValue(field, s)
}

func (w *writer) letters() section {
	s := section{Title: w.Text("case.letters"), Head: w.columns("sent", "channel", "steps", "letter_state")}
	for _, l := range w.f.Letters {
		at := l.Accepted
		if at.IsZero() {
			at = l.Created
		}
		var steps []string
		for _, st := range l.Steps {
			steps = append(steps, w.Name(st))
		}
		s.Rows = append(s.Rows, []string{w.instant(at), w.Name(l.Channel), strings.Join(steps, w.Text("list.and")),
			list(w.LetterState(l.State), w.Line(l.ID, maxID))})
	}
	return w.orNone(s)
}

func (w *writer) evidence() section {
	s := section{Title: w.Text("case.evidence"), Head: w.columns("fact", "value", "words", "told_by")}
	for _, e := range w.f.Evidence {
		s.Rows = append(s.Rows, []string{w.Field(e.Field), w.value(string(e.Field), e.Value), w.Line(e.Text, maxText), list(w.by(e.By), w.Name(e.Part))})
	}
	return w.orNone(s)
}
