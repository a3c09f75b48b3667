// Package casefile writes everything that is known of one bill into one file
// that can be shown to customer service: the notices with their message ids,
// dates and amounts, days late, payments, letters sent, what lateness costs by
// the rules known, the arrangement and the bill's history with its evidence.
//
// Contract. Everything is pure: the same File gives the same bytes. HTML is one
// page without scripts and without anything loaded from elsewhere, made to be
// printed; every foreign word in it is cleaned and escaped. JSON has the keys
// of the structs below; what is not known is an empty string or an empty list,
// amounts carry their currency ("12.50 CNY"), days are YYYY-MM-DD and instants
// RFC 3339. Costs are estimates and called so.
package casefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// File is the case of one bill as it stood at Made.
type File struct {
	Made time.Time `json:"made"`
	// Name is the issuer as a person would call it; Owner may be empty.
	Name  string   `json:"name"`
	Owner string   `json:"owner"`
	Bill  plan.Row `json:"bill"`
	// Penalty is what the issuer says lateness has cost, Credit what was paid
	// beyond what was owed.
	Penalty bill.Money `json:"penalty"`
	Credit  bill.Money `json:"credit"`
	// Deadline is the instant the last safe day ends.
	Deadline time.Time `json:"deadline,omitzero"`
	// DaysLate counts from the due date to Made, or to the day of settlement.
	DaysLate int `json:"days_late"`
	// SettledDay is the day on which nothing was left.
	SettledDay bill.Day `json:"settled_day"`

	Evidence    []Evidence   `json:"evidence"`
	Notices     []Notice     `json:"notices"`
	Payments    []Payment    `json:"payments"`
	Costs       []Cost       `json:"costs"`
	Arrangement *Arrangement `json:"arrangement,omitempty"`
	History     []Change     `json:"history"`
	Letters     []Letter     `json:"letters"`
}

// Evidence says from which words a fact of the bill was read.
type Evidence struct {
	Field bill.Field `json:"field"`
	Value string     `json:"value"`
	// By is a message id, "command", "configuration" or "rule".
	By   string `json:"by"`
	Part string `json:"part"`
	Text string `json:"text"`
}

// Notice is one message about the bill and what it claims.
type Notice struct {
	Received  time.Time  `json:"received"`
	Kind      bill.Kind  `json:"kind"`
	Trust     bill.Trust `json:"trust"`
	From      string     `json:"from"`
	Subject   string     `json:"subject"`
	MessageID string     `json:"message_id"`
	Amount    bill.Money `json:"amount"` // due, or paid in a notice of a payment
	Due       bill.Day   `json:"due_date"`
	DaysLate  int        `json:"days_late,omitempty"` // as printed
	Penalty   bill.Money `json:"penalty"`
}

// Payment is one payment or refund that was counted.
type Payment struct {
	Day    bill.Day   `json:"day"`
	Amount bill.Money `json:"amount"`
	Kind   bill.Kind  `json:"kind"` // payment or refund
	// By is the message id that told it, or "command".
	By    string     `json:"by"`
	Trust bill.Trust `json:"trust"`
}

// Cost is an estimate of what lateness has cost by a day. Lines tell every
// input and step in the file's language, as letter.Explain gives them.
type Cost struct {
	On    bill.Day   `json:"on"`
	Known bool       `json:"known"` // a rule is known at all
	Total bill.Money `json:"total"`
	Lines []string   `json:"lines"`
}

// Arrangement is the talk with the issuer and its outcome.
type Arrangement struct {
	State       string       `json:"state"` // preparing, contacted, requested, waiting, agreed, rejected, performing, settled, broken
	Opened      time.Time    `json:"opened"`
	Changed     time.Time    `json:"changed"`
	Cause       string       `json:"cause"`
	Ask         string       `json:"ask"` // extension, plan, waiver
	Due         bill.Day     `json:"due_date"`
	Amount      bill.Money   `json:"amount"` // to be paid in all by then, where it is another one
	Waived      bill.Money   `json:"waived"`
	Fee         bill.Money   `json:"fee"` // that the agreement costs
	Conditions  string       `json:"conditions"`
	FollowUp    bill.Day     `json:"follow_up"`
	Revives     bool         `json:"revives"` // a broken instalment brings the old terms back
	Instalments []Instalment `json:"instalments"`
	Notes       []Note       `json:"notes"`
}

// Instalment is one part of an agreed or asked plan.
type Instalment struct {
	Part    string     `json:"part"` // "2/6"
	Bill    string     `json:"bill"` // the id of the bill it became, if any
	Due     bill.Day   `json:"due_date"`
	Amount  bill.Money `json:"amount"`
	Settled bill.Day   `json:"settled_day"`
}

// Note is what was written down about the talk.
type Note struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Change is one step of the bill's history.
type Change struct {
	At    time.Time  `json:"at"`
	Field string     `json:"field"` // a field of the bill, or another code of what changed
	From  string     `json:"from"`
	To    string     `json:"to"`
	By    string     `json:"by"` // a message id, "command", "configuration" or "rule"
	Trust bill.Trust `json:"trust"`
	Text  string     `json:"text"` // the words it was read from
}

// Letter is one letter in which the owner was told of the bill.
type Letter struct {
	ID       string           `json:"id"`
	Channel  string           `json:"channel"`
	State    plan.LetterState `json:"state"`
	Created  time.Time        `json:"created"`
	Accepted time.Time        `json:"accepted,omitzero"`
	Steps    []string         `json:"steps"`
}

// JSON returns the file as indented JSON with a newline at its end.
func (f File) JSON() ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(f.filled(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("case file of %s: %w", f.Bill.ID, err)
	}
	return append(raw, '\n'), nil
}

// filled has empty lists where there were none, so that readers need no case
// for null.
func (f File) filled() File {
	f.Evidence = append([]Evidence{}, f.Evidence...)
	f.Notices = append([]Notice{}, f.Notices...)
	f.Payments = append([]Payment{}, f.Payments...)
	f.Costs = append([]Cost{}, f.Costs...)
	f.History = append([]Change{}, f.History...)
	f.Letters = append([]Letter{}, f.Letters...)
	for i := range f.Costs {
		f.Costs[i].Lines = append([]string{}, f.Costs[i].Lines...)
	}
	for i := range f.Letters {
		f.Letters[i].Steps = append([]string{}, f.Letters[i].Steps...)
	}
	if f.Arrangement != nil {
		a := *f.Arrangement
		a.Instalments = append([]Instalment{}, a.Instalments...)
		a.Notes = append([]Note{}, a.Notes...)
		f.Arrangement = &a
	}
	return f
}

func (f *File) check() error {
	switch {
	case f.Bill.ID == "":
		return errors.New("case file: no bill is given")
	case f.Made.IsZero():
		return errors.New("case file: the instant it is made is missing")
	}
	return nil
}
