package main

import (
	"context"
	"time"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/plan"
	"repayd/internal/store"
)

func showCommand() command {
	return command{
		name: "show", args: "ID", short: "one bill: its story, evidence, cost, ladder and letters", config: true, json: true, now: true,
		long: "Every change in order with its cause and the words it was read from, what being late costs, the talk with the\n" +
			"issuer, every reminder with its state and every letter.",
		run: func(ctx context.Context, a *app) error {
			if err := a.oneID(); err != nil {
				return err
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			d, err := a.dossier(ctx, cfg, a.args[0])
			if err != nil {
				return hinted(err)
			}
			if a.json {
				return printJSON(a.out, d)
			}
			return a.printDossier(cfg, d)
		},
	}
}

// dossier is everything about one bill, as `show --json` prints it.
type dossier struct {
	plan.Row
	IssuerName string                     `json:"issuer_name"`
	Penalty    string                     `json:"penalty"`
	Note       string                     `json:"note"`
	Deadline   string                     `json:"deadline"` // the end of the last safe day
	Evidence   map[bill.Field]evidenceRow `json:"evidence"`
	Problems   []bill.Problem             `json:"problems"`
	Notices    []receivedRow              `json:"notices"`
	Commands   []commandRow               `json:"commands"`
	Reminders  []reminderRow              `json:"reminders"`
	Letters    []letterRow                `json:"letters"`
	beyond

	bill  *bill.Bill
	next  *plan.Reminder
	rules *terms.Terms // never nil
	facts terms.Facts  // what the rules look at
}

// evidenceRow is where one field of a bill comes from.
type evidenceRow struct {
	Value string     `json:"value"`
	Part  string     `json:"part"` // of the message, or "command", "rule", "configuration"
	Text  string     `json:"text"`
	Trust bill.Trust `json:"trust"`
	From  string     `json:"from"` // the notice's or command's id
	// Message is the Message-ID of the mail, "" where it was none.
	Message string `json:"message"`
}

// receivedRow is one notice about the bill and the message that carried it.
type receivedRow struct {
	ID       string     `json:"id"`
	Received string     `json:"received"`
	Trust    bill.Trust `json:"trust"`
	Message  string     `json:"message"` // Message-ID
	From     string     `json:"from"`
	Subject  string     `json:"subject"`
	noticeRow

	received time.Time
}

// commandRow is one word of the owner; only what was said is filled.
type commandRow struct {
	ID       string           `json:"id"`
	Kind     bill.CommandKind `json:"kind"`
	At       string           `json:"at"`
	Issuer   string           `json:"issuer,omitempty"`
	Account  string           `json:"account,omitempty"`
	Amount   string           `json:"amount,omitempty"`
	Currency string           `json:"currency,omitempty"`
	Due      string           `json:"due,omitempty"`
	Grace    *int             `json:"grace,omitempty"`
	Note     string           `json:"note,omitempty"`
	On       string           `json:"on,omitempty"`
	Until    string           `json:"until,omitempty"`

	at time.Time
}

// reminderRow is one rung of the ladder.
type reminderRow struct {
	ID         string           `json:"id"`
	About      plan.SubjectKind `json:"about"`
	Step       string           `json:"step"`
	Channel    string           `json:"channel"`
	Date       string           `json:"date"` // the day the step hangs on
	At         string           `json:"at"`
	Why        string           `json:"why"`
	State      plan.State       `json:"state"`
	Reason     plan.Reason      `json:"reason"`
	FoldedInto string           `json:"folded_into"`
	Letter     string           `json:"letter"`
	MovedFrom  string           `json:"moved_from"`

	at time.Time
}

// dossier gathers one bill at a.now.
func (a *app) dossier(ctx context.Context, cfg *config.Config, id string) (dossier, error) {
	set, err := issuersOf(cfg)
	if err != nil {
		return dossier{}, err
	}
	d := dossier{Problems: []bill.Problem{}}
	err = a.look(ctx, cfg, func(tx *store.Tx) error {
		full, err := tx.ResolveBill(id)
		if err != nil {
			return err
		}
		b, ok, err := tx.Bill(full)
		if err != nil || !ok {
			return err
		}
		d.bill = b
		if err := a.history(tx, cfg, &d, set.Terms); err != nil {
			return err
		}
		if err := a.extend(tx, cfg, &d, set); err != nil {
			return err
		}
		return a.ladder(tx, cfg, &d)
	})
	if err != nil {
		return d, err
	}
	d.IssuerName, d.Penalty, d.Note = nameOf(d.bill), d.bill.Penalty.Decimal(), d.bill.Note
	d.Deadline = rfc3339(d.bill.Deadline(), cfg.Zone)
	d.Problems = append(d.Problems, d.bill.Problems...)
	return d, nil
}

// history fills in what was said about the bill and by whom.
func (a *app) history(tx *store.Tx, cfg *config.Config, d *dossier, terms func(string) bill.Terms) error {
	notices, err := tx.NoticesOf(d.bill.ID)
	if err != nil {
		return err
	}
	carrier := map[string]string{} // Message-ID by notice
	d.Notices = make([]receivedRow, 0, len(notices))
	for i := range notices {
		n := &notices[i]
		m, _, err := tx.Message(n.Message)
		if err != nil {
			return err
		}
		carrier[n.ID] = m.MessageID
		d.Notices = append(d.Notices, receivedRow{ID: n.ID, Received: rfc3339(n.Received, cfg.Zone), Trust: n.Trust,
			Message: m.MessageID, From: m.From, Subject: m.Subject, noticeRow: noticeOf(n, terms(n.Issuer)), received: n.Received})
	}
	commands, err := tx.CommandsOf(d.bill.ID)
	if err != nil {
		return err
	}
	d.Commands = make([]commandRow, 0, len(commands))
	for _, c := range commands {
		d.Commands = append(d.Commands, commandRow{ID: c.ID, Kind: c.Kind, At: rfc3339(c.At, cfg.Zone), Issuer: c.Issuer,
			Account: c.Account, Amount: c.Amount.Decimal(), Currency: c.Amount.Currency, Due: c.Due.String(), Grace: c.Grace,
			Note: c.Note, On: c.On.String(), Until: rfc3339(c.Until, cfg.Zone), at: c.At})
	}
	d.Evidence = evidenceOf(d.bill, carrier)
	return nil
}

// evidenceOf shows where each field of a bill comes from.
func evidenceOf(b *bill.Bill, carrier map[string]string) map[bill.Field]evidenceRow {
	out := map[bill.Field]evidenceRow{}
	for f, s := range b.Sources {
		out[f] = evidenceRow{Value: valueOf(b, f), Part: s.Part, Text: s.Text, Trust: s.Trust, From: s.From, Message: carrier[s.From]}
	}
	return out
}

// valueOf is a field of the bill as the JSON shapes spell it.
func valueOf(b *bill.Bill, f bill.Field) string {
	switch f {
	case bill.FieldIssuer:
		return b.Issuer
	case bill.FieldAccount:
		return b.Account
	case bill.FieldReference:
		return b.Reference
	case bill.FieldPeriod:
		return b.Period
	case bill.FieldCurrency:
		return b.Currency
	case bill.FieldAmountDue:
		return b.AmountDue.Decimal()
	case bill.FieldMinimumDue:
		return b.MinimumDue.Decimal()
	case bill.FieldPenalty:
		return b.Penalty.Decimal()
	case bill.FieldPaidAmount:
		return b.Paid.Decimal()
	case bill.FieldStatementDate:
		return b.StatementDate.String()
	case bill.FieldDueDate:
		return b.DueDate.String()
	case bill.FieldLastSafeDay:
		return b.LastSafeDay.String()
	}
	return ""
}

// ladder fills in the reminders and letters; with --now the reminders are
// those that there would be at that instant.
func (a *app) ladder(tx *store.Tx, cfg *config.Config, d *dossier) error {
	rows, err := tx.RemindersOfBill(d.bill.ID)
	if err != nil {
		return err
	}
	if a.nowText != "" {
		env, err := daemon.Env(cfg)
		if err != nil {
			return err
		}
		env.Now = a.now
		if rows, err = planned(tx, plan.NewPlanner(env), d.bill); err != nil {
			return err
		}
	}
	d.next = plan.Next(rows)
	d.Row = plan.RowOf(d.bill, a.now, cfg.Zone, d.next)
	d.Reminders = make([]reminderRow, 0, len(rows))
	for _, r := range rows {
		d.Reminders = append(d.Reminders, reminderRow{ID: r.ID, About: r.Subject.Kind, Step: r.Step, Channel: r.Channel,
			Date: r.Date.String(), At: rfc3339(r.At, cfg.Zone), Why: r.Why, State: r.State, Reason: r.Reason,
			FoldedInto: r.FoldedInto, Letter: r.Letter, MovedFrom: r.MovedFrom.String(), at: r.At})
	}
	d.Letters, err = letterRows(tx, cfg.Zone, store.LetterFilter{Bill: d.bill.ID})
	return err
}
