// Package channel is the way out: the interface that every kind of channel
// implements, and what may come of sending one letter.
//
// Contract. A channel sends what it is given and says what happened; it never
// retries, stores or decides. A failure is temporary unless the far side said
// for good that it will not take the letter. No error ever contains a secret
// (a password, a webhook URL). Every call ends soon after its context does.
package channel

import (
	"context"
	"encoding/json"
	"time"
)

// Letter is one rendered letter, ready to be sent to one channel.
type Letter struct {
	// ID is stable over retries: Message-ID of a mail, webhook-id of a webhook.
	ID   string
	Type string // "bill.reminder", "daemon.warning", …
	// Subject, Text and HTML are for people.
	Subject, Text, HTML string
	// Data is the JSON object that a webhook carries as "data".
	Data json.RawMessage
	// Recipients are those still to be served; empty means all of the channel.
	Recipients []string
	// Thread is a stable id of the conversation ("" = none): In-Reply-To.
	Thread string
}

// Outcome is what came of one attempt for one recipient.
type Outcome int

// The outcomes. The zero Outcome is Temporary: what nobody called permanent is
// tried again.
const (
	Temporary Outcome = iota
	Accepted
	Refused // for good
)

// Result is the outcome of one attempt for one recipient.
type Result struct {
	// Recipient is an address; "" where the channel has only one far side.
	Recipient string
	Outcome   Outcome
	Err       error // nil when accepted; never contains a secret
	// RetryAfter is how long the far side asked to wait; 0 = it did not.
	RetryAfter time.Duration
	// Uncertain: everything was handed over and no answer came, so the letter
	// may have been delivered.
	Uncertain bool
}

// Channel opens sessions. Open must not fail only because the far side is
// down for one recipient; an error of Open counts as Temporary for every letter
// unless it is a *PermanentError.
type Channel interface {
	Open(ctx context.Context) (Session, error)
}

// Session sends letters one after another over one connection where the
// protocol has one. It is used by one goroutine at a time.
type Session interface {
	// Send returns one Result for each recipient asked for, at least one.
	Send(ctx context.Context, l Letter) []Result
	Close() error
}

// PermanentError marks an error that trying again will not mend.
type PermanentError struct{ Err error }

func (e *PermanentError) Error() string { return e.Err.Error() }
func (e *PermanentError) Unwrap() error { return e.Err }
