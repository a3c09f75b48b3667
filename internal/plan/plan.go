// Package plan works out which reminders should exist: bill + policy +
// calendar + now → reminders, and the difference from those that do.
//
// Contract. Everything is pure: no clock, no database. Steps hang on the
// bill's own dates, never on when a check last ran, so planning twice gives
// the same reminders. No two reminders share subject, step, channel and date.
// Due dates are days; this is the only package where they become instants.
package plan

import (
	"time"

	"repayd/internal/bill"
)

// Anchor is the day of a bill that a step hangs on.
type Anchor string

// The anchors, in the order in which the first wins when several steps of one
// bill fall on one day.
const (
	AnchorStatement Anchor = "statement"
	AnchorDue       Anchor = "due"
	AnchorGrace     Anchor = "grace" // the last safe day
	AnchorLate      Anchor = "late"  // the day after it
	// AnchorDebit is the day the issuer will debit; only with autopay.
	AnchorDebit Anchor = "debit"
	// AnchorMilestone is every day on which lateness gets a consequence of its own.
	AnchorMilestone Anchor = "milestone"
)

// Step is one configured point of a ladder: "due-3d 09:00", "late every 2d".
type Step struct {
	Anchor Anchor
	Offset int        // days after (+) or before (-) the anchor
	At     bill.Clock // unknown = the policy's
	Every  int        // days between repeats; 0 = once
}

// Policy is one entry of reminders: whom it fits, when to speak and where.
type Policy struct {
	Name     string
	Match    Match
	At       bill.Clock
	Steps    []Step
	Channels []string
	// Raises are further channels that hear of a bill when it gets serious.
	Raises []Raise
}

// Raise brings in more channels: from a step of the ladder on, or after a time
// in which nobody answered what was told.
type Raise struct {
	From     Step          // the step, where Silence is 0
	Silence  time.Duration // since the first step that was accepted; the owner's word ends it
	Channels []string
}

// Match limits a policy; an empty field fits everything.
type Match struct {
	Issuer    string // exact, or with * for any run of characters
	Account   string
	Currency  string
	MinAmount bill.Money
	Kind      bill.Kind
}

// SubjectKind says what a reminder is about.
type SubjectKind string

// The kinds of subject.
const (
	SubjectBill    SubjectKind = "bill"
	SubjectReview  SubjectKind = "review"  // a bill that could not be read with certainty; ID is the bill's
	SubjectBacklog SubjectKind = "backlog" // an unconfirmed bill of a first reading; ID is the bill's
	SubjectDaemon  SubjectKind = "daemon"  // the daemon itself; ID names the trouble, "mailbox:shop"
	SubjectDigest  SubjectKind = "digest"  // all open bills; ID is the instant it was due
	SubjectMissing SubjectKind = "missing" // an account without its statement; ID names the account
	SubjectTask    SubjectKind = "task"    // something to do; ID is the task's
	SubjectAlive   SubjectKind = "alive"   // that all is well; ID is the instant it was due
	SubjectTest    SubjectKind = "test"
)

// Subject is what a reminder is about.
type Subject struct {
	Kind SubjectKind `json:"kind"`
	ID   string      `json:"id"`
}

// State is where a reminder is.
type State string

// The states of a reminder. Planned ones are a cache and may be rebuilt, and
// so may folded ones until what they were folded into is told; the others are
// the ledger.
const (
	StatePlanned   State = "planned"
	StateInLetter  State = "in_letter"
	StateAccepted  State = "accepted"
	StateFolded    State = "folded"    // into a newer step of the same subject
	StateCancelled State = "cancelled" // with a reason
	StateFailed    State = "failed"
)

// Reason says why a reminder was cancelled.
type Reason string

// The reasons for cancelling.
const (
	ReasonSettled Reason = "settled"
	ReasonDropped Reason = "dropped"
	ReasonMoved   Reason = "moved"
	ReasonPolicy  Reason = "policy"
)

// Reminder is the promise to speak about one subject at one step to one
// channel at one instant.
type Reminder struct {
	ID      string // stable hash of Subject, Step, Channel and Date
	Subject Subject
	// Step is the step's name as configured, without a time: "due-3d", "late+4d".
	Step    string
	Channel string
	// Date is the anchor day the step hangs on: a moved due date makes a new key.
	Date bill.Day
	// Step's own instant, before quiet hours or a snooze held it.
	StepAt time.Time
	// At is when it is to be sent.
	At  time.Time
	Why string // one phrase for plan: why then ("quiet hours end", "moved before the deadline")

	State      State
	Reason     Reason
	FoldedInto string // ID of the newer reminder
	Letter     string // ID of the letter that carries it
	// For is the ID of the reminder in whose place this one goes to the
	// fallback of a channel that cannot deliver; "" for one of a ladder.
	For       string
	MovedFrom bill.Day
	// Deadline is the subject's deadline; quiet hours and retries look at it. Zero = none.
	Deadline time.Time
	// Detail is the text of a warning, review or test: a message code and its arguments.
	Detail Detail
}

// Detail is what a letter about something else than a step of a bill says:
// the code of a catalogue text and its arguments.
type Detail struct {
	Code string            `json:"code,omitempty"`
	Args map[string]string `json:"args,omitempty"`
}
