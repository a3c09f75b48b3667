package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/intake"
	"repayd/internal/issuer"
	"repayd/internal/mail"
	"repayd/internal/plan"
)

func explainCommand() command {
	var dns bool
	return command{
		name: "explain", args: "PATH...", short: "what is read from a message, from which words, and why it is trusted or not",
		config: true, json: true, now: true,
		long: "Takes .eml files, directories, mbox files and Maildirs, or - for the standard input; stores nothing.\n" +
			"Works without a configuration; with one, its authserv, forwarders and issuers count.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.BoolVar(&dns, "dns", false, "look up DKIM keys in the DNS, as the daemon does")
		},
		run: func(ctx context.Context, a *app) error {
			if len(a.args) == 0 {
				return usagef("say what to explain: files, directories, or -")
			}
			cfg, set, err := a.issuers()
			if err != nil {
				return err
			}
			e := explainer{a: a, cfg: cfg, reader: intake.Reader{Set: set, PDF: daemon.PDF(cfg), Passwords: daemon.Passwords(cfg)}}
			if cfg != nil {
				e.src = daemon.Sources(cfg)
			}
			if dns {
				e.reader.LookupTXT = daemon.LookupTXT
			}
			return e.run(ctx)
		},
	}
}

// explainer reads messages and tells what it made of them.
type explainer struct {
	a      *app
	cfg    *config.Config // nil without one
	src    intake.Source
	reader intake.Reader
}

// explained is one message as `explain --json` prints it.
type explained struct {
	Path     string           `json:"path,omitempty"` // where there are several
	Message  explainedMessage `json:"message"`
	Outcome  bill.Outcome     `json:"outcome"`
	Notices  []noticeRow      `json:"notices"`
	Problems []bill.Problem   `json:"problems"`
}

type explainedMessage struct {
	MessageID   string     `json:"message_id"`
	From        string     `json:"from"`
	Subject     string     `json:"subject"`
	Received    string     `json:"received"`
	Trust       bill.Trust `json:"trust"`
	TrustReason string     `json:"trust_reason"`
}

// noticeRow is one notice for programs: what is not known is empty.
type noticeRow struct {
	Kind          bill.Kind                    `json:"kind"` // empty where not even that is certain
	Issuer        string                       `json:"issuer"`
	Account       string                       `json:"account"`
	Reference     string                       `json:"reference"`
	Period        string                       `json:"period"`
	Currency      string                       `json:"currency"`
	AmountDue     string                       `json:"amount_due"`
	MinimumDue    string                       `json:"minimum_due"`
	StatementDate string                       `json:"statement_date"`
	DueDate       string                       `json:"due_date"`
	LastSafeDay   string                       `json:"last_safe_day"`
	Penalty       string                       `json:"penalty"`
	PaidAmount    string                       `json:"paid_amount"`
	PaidDate      string                       `json:"paid_date"`
	DaysLate      int                          `json:"days_late,omitempty"` // only where printed
	Evidence      map[bill.Field]bill.Evidence `json:"evidence"`
}

// noticeOf shows a notice with what the issuer's terms add to it: the last
// safe day, and the due date as the period where no month counts.
func noticeOf(n *bill.Notice, t bill.Terms) noticeRow {
	r := noticeRow{Kind: n.Kind, Issuer: n.Issuer, Account: n.Account, Reference: n.Reference, Period: n.Period,
		Currency: n.Currency, AmountDue: n.AmountDue.Decimal(), MinimumDue: n.MinimumDue.Decimal(),
		StatementDate: n.StatementDate.String(), DueDate: n.DueDate.String(), Penalty: n.Penalty.Decimal(),
		PaidAmount: n.PaidAmount.Decimal(), PaidDate: n.PaidDate.String(), DaysLate: n.DaysLate, Evidence: n.Evidence}
	if r.Kind == bill.KindUnread {
		r.Kind = ""
	}
	if r.Evidence == nil {
		r.Evidence = map[bill.Field]bill.Evidence{}
	}
	if r.Period == "" || t.Per == bill.PerDueDate {
		r.Period = n.DueDate.String()
	}
	safe := n.LastSafeDay
	if !safe.Known() && n.DueDate.Known() {
		safe = n.DueDate + bill.Day(t.Grace)
	}
	r.LastSafeDay = safe.String()
	return r
}

// run explains every message of the paths. One message alone is one object;
// of several each is a line.
func (e *explainer) run(ctx context.Context) error {
	many, n := len(e.a.args) > 1, 0
	for _, p := range e.a.args {
		info, err := os.Stat(p)
		many = many || (err == nil && info.IsDir())
	}
	// A file may turn out to hold several messages, so the first one waits.
	var held *explained
	err := e.a.eachMessage(e.a.args, func(path string, raw []byte) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n++
		read := e.read(ctx, raw)
		if !e.a.json {
			return e.print(path, read, n > 1)
		}
		x := e.explain(read)
		x.Path = path
		if !many && n == 1 {
			held = &x
			return nil
		}
		if held != nil {
			if err := printJSONLine(e.a.out, held); err != nil {
				return err
			}
			held = nil
		}
		return printJSONLine(e.a.out, x)
	})
	if n == 0 && err == nil {
		fmt.Fprintln(e.a.err, text("explain.nothing"))
	}
	if held != nil {
		held.Path = ""
		if printErr := printJSON(e.a.out, held); err == nil {
			err = printErr
		}
	}
	return err
}

// read is the reading that the daemon would make of the message.
func (e *explainer) read(ctx context.Context, raw []byte) intake.Read {
	r := e.reader.Read(ctx, raw, time.Time{}, e.src)
	if quotesLetter(r.Message) {
		r.Reading = issuer.Reading{Outcome: bill.OutcomeNone, Trust: r.Reading.Trust,
			TrustReason: "A letter of repayd, or a message that quotes one, is never a notice."}
	}
	return r
}

// quotesLetter reports whether a message is a letter of ours or shows one. The
// daemon knows the ids of its letters; here their form must do.
func quotesLetter(m *mail.Message) bool {
	if len(m.Header["X-Repayd-Letter"]) > 0 || plan.QuotesLetter(m.MessageID) || plan.QuotesLetter(m.Subject) {
		return true
	}
	for _, id := range m.InReplyTo {
		if plan.QuotesLetter(id) {
			return true
		}
	}
	for _, p := range m.Parts {
		if plan.QuotesLetter(p.Text) {
			return true
		}
	}
	for _, inner := range m.Inner {
		if quotesLetter(inner) {
			return true
		}
	}
	return false
}

func (e *explainer) explain(r intake.Read) explained {
	m := r.Message
	x := explained{Outcome: r.Reading.Outcome, Notices: []noticeRow{}, Problems: []bill.Problem{},
		Message: explainedMessage{MessageID: m.MessageID, Subject: m.Subject, Received: e.received(r),
			Trust:       cmp.Or(r.Reading.Trust, bill.TrustUnverified),
			TrustReason: cmp.Or(r.Reading.TrustReason, "No issuer file describes the sender, so nobody's word is looked for.")}}
	if len(m.From) > 0 {
		x.Message.From = m.From[0].Address
	}
	for i := range r.Reading.Notices {
		n := &r.Reading.Notices[i]
		x.Notices = append(x.Notices, noticeOf(n, e.reader.Set.Terms(n.Issuer)))
	}
	x.Problems = append(x.Problems, r.Reading.Problems...)
	return x
}

// received is the instant of receipt, in the owner's zone where it is known.
func (e *explainer) received(r intake.Read) string {
	zone := r.Received.Location()
	if e.cfg != nil {
		zone = e.cfg.Zone
	}
	return rfc3339(r.Received, zone)
}
