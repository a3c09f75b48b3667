// Package draft writes the request that an owner sends to a platform or bank
// when a bill cannot be paid as it stands: a longer term, instalments, or a
// waiver of part of the late charges; with the steps of such a talk, the
// documents to have ready and whom to ask.
//
// Contract. Everything is pure: the same Request gives the same words. Wording
// is data, one file a language under texts. Nothing is claimed that the Request
// does not hold: what the owner has to fill in shows as words in brackets.
// Amounts have to add up, else there is an error and no draft. Only official
// contacts are named, and nobody is ever advised to pay a go-between.
package draft

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/letter"
)

//go:embed texts
var files embed.FS

// Causes with a wording of their own; any other cause is the owner's words.
const (
	CauseCashFlow    = "cash_flow"
	CauseNotReceived = "not_received"
	CauseOverlooked  = "overlooked"
)

// Request is all that a draft says. Unknown parts are zero.
type Request struct {
	Language string   // "zh-CN" or "en"
	Today    bill.Day // of the owner; the draft is dated with it
	Owner    string   // the owner's name
	Issuer   string   // as a person would call it
	Account  string   // its printed tail
	// Reference is an order, invoice or contract number, Period a month
	// ("2026-01") or a due date, which says nothing new.
	Reference, Period string

	AmountDue, Paid, Outstanding bill.Money // without late charges
	Penalty                      bill.Money // late charges, apart from the above
	Due                          bill.Day
	DaysLate                     int // from the due date, 0 = not late yet

	Cause    string // one of the causes above, or the owner's words
	Finances string // the owner's words about income and spending
	Ask      Ask
	// Carried says that the owner's forecast of money can carry what is asked.
	Carried  bool
	Contacts []Contact
}

// Ask is what is asked for: a day or instalments or neither, and a waiver.
type Ask struct {
	Until       bill.Day // pay everything on this day
	Instalments []Instalment
	Waive       bill.Money // this much of the late charges
	WaiveSome   bool       // part of the late charges, as the issuer sees fit
}

// Instalment is one part of a plan.
type Instalment struct {
	Due    bill.Day
	Amount bill.Money
}

// Contact is an official way to reach the issuer.
type Contact struct {
	What, Value string
	// Unproven: no official source confirms it, which the draft then says.
	Unproven bool
}

// Draft is a request ready to be copied, and what goes with it.
type Draft struct {
	Subject, Body string
	Steps         []Step
	Documents     []Document
	Contacts      []string
	Warnings      []string
	headings      [4]string
}

// Step is one step of the talk with the issuer.
type Step struct{ Code, Text string }

// Document is something to have ready; After says that it is needed once the
// bill is paid, to have the limit restored.
type Document struct {
	Code, Text string
	After      bool
}

var (
	// steps are those of a negotiation, in their order.
	steps     = [...]string{"learn", "pay", "prepare", "contact", "explain", "request", "wait", "read", "perform"}
	documents = [...]Document{{Code: "identity"}, {Code: "ability"}, {Code: "bill"}, {Code: "receipt", After: true}, {Code: "statement", After: true}}
)

// Words returns the wording of a language with the texts of drafts.
func Words(lang string) (*letter.Words, error) {
	own, err := fs.Sub(files, "texts")
	if err != nil {
		return nil, err
	}
	return letter.NewWords(lang, own)
}

// Write writes the draft of r. It fails for an unknown language, for a request
// without issuer or amount, and for an ask that makes no sense: nothing asked,
// two things at once, days that have passed or amounts that do not add up.
func Write(r Request) (Draft, error) {
	w, err := Words(r.Language)
	if err != nil {
		return Draft{}, err
	}
	return write(w, r)
}

func write(w *letter.Words, r Request) (Draft, error) {
	if err := r.check(); err != nil {
		return Draft{}, fmt.Errorf("draft: %w", err)
	}
	t := &text{Words: w, r: r}
	d := Draft{Subject: t.subject(), Body: t.body(), Contacts: t.contacts()}
	for _, code := range steps {
		d.Steps = append(d.Steps, Step{code, w.Text("talk." + code)})
	}
	for _, doc := range documents {
		doc.Text = w.Text("document." + doc.Code)
		d.Documents = append(d.Documents, doc)
	}
	d.Warnings = []string{w.Text("draft.warn_repair"), w.Text("draft.warn_data")}
	for i, key := range []string{"draft.steps", "draft.documents", "draft.contacts", "draft.warnings"} {
		d.headings[i] = w.Text(key)
	}
	return d, nil
}

// Text prints the whole draft: subject and body first, then under headings the
// steps, the documents, the contacts and the warnings.
func (d Draft) Text() string {
	var b strings.Builder
	b.WriteString(d.Subject + "\n\n" + d.Body)
	section := func(i int, lines []string) {
		b.WriteString("\n" + d.headings[i] + "\n" + strings.Join(lines, "\n") + "\n")
	}
	var lines []string
	for i, s := range d.Steps {
		lines = append(lines, strconv.Itoa(i+1)+". "+s.Text)
	}
	section(0, lines)
	lines = nil
	for _, doc := range d.Documents {
		lines = append(lines, "- "+doc.Text)
	}
	section(1, lines)
	section(2, bullets(d.Contacts))
	section(3, bullets(d.Warnings))
	return b.String()
}

func bullets(texts []string) []string {
	var lines []string
	for _, t := range texts {
		lines = append(lines, "- "+t)
	}
	return lines
}

// check refuses what could not be sent as it is.
func (r *Request) check() error {
	owed := r.Outstanding
	switch {
	case r.Issuer == "":
		return errors.New("the bill has no issuer to write to")
	case !r.Today.Known():
		return errors.New("the day of the request is missing")
	case !owed.Known() || owed.Minor <= 0:
		return errors.New("nothing is known to be left to pay; give the amount with repayd set first")
	}
	for _, m := range []bill.Money{r.AmountDue, r.Paid, r.Penalty, r.Ask.Waive} {
		if m.Known() && m.Currency != owed.Currency {
			return fmt.Errorf("%s is not in %s, the currency of the bill", m, owed.Currency)
		}
	}
	return r.Ask.check(owed, r.Penalty, r.Today)
}

func (a *Ask) check(owed, penalty bill.Money, today bill.Day) error {
	waive := a.Waive.Known() && a.Waive.Minor != 0
	switch {
	case a.Until.Known() && len(a.Instalments) > 0:
		return errors.New("ask for a later day or for instalments, not for both")
	case !a.Until.Known() && len(a.Instalments) == 0 && !waive && !a.WaiveSome:
		return errors.New("nothing is asked; give a day, instalments or an amount to waive")
	case a.Until.Known() && a.Until <= today:
		return fmt.Errorf("%s has passed; ask for a later day", a.Until)
	case a.Waive.Minor < 0 || a.Waive.Minor > owed.Minor+penalty.Minor:
		return fmt.Errorf("%s cannot be waived of %s and %s of late charges", a.Waive, owed, orZero(penalty, owed))
	case len(a.Instalments) == 0:
		return nil
	}
	var sum int64
	last := today
	for i, part := range a.Instalments {
		switch {
		case part.Amount.Currency != owed.Currency:
			return fmt.Errorf("instalment %d is not in %s, the currency of the bill", i+1, owed.Currency)
		case part.Amount.Minor <= 0:
			return fmt.Errorf("instalment %d has no amount above zero", i+1)
		case part.Due <= last:
			return fmt.Errorf("instalment %d is due on %s, which is not after %s", i+1, part.Due, last)
		}
		sum += part.Amount.Minor
		last = part.Due
	}
	// The late charges may be part of the plan or be settled apart from it.
	if left := owed.Minor - a.Waive.Minor; sum != left && sum != left+penalty.Minor && sum != owed.Minor {
		return fmt.Errorf("the instalments add up to %s, but %s is left; change them so that they add up",
			bill.Money{Minor: sum, Currency: owed.Currency}, bill.Money{Minor: left, Currency: owed.Currency})
	}
	return nil
}

func orZero(m, like bill.Money) bill.Money {
	m.Currency = like.Currency
	return m
}
