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
	"errors"
	"fmt"
	"time"
)

// ErrLogin: the far side did not accept the user name or the password. It is
// temporary for a letter, since the owner can put it right, but worth a warning
// at once.
var ErrLogin = errors.New("the server does not accept the user name or password")

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

// maxID is the longest ID or Thread: with a domain it still fits on one line of
// a mail header.
const maxID = 200

// Validate refuses an ID or a Thread that could not stand unchanged in a
// Message-ID and in an HTTP header: letters, digits, "-", "_" and "." only.
func (l Letter) Validate() error {
	if !plainID(l.ID) {
		return fmt.Errorf("letter id %q: use 1 to %d letters, digits, '-', '_' and single dots inside", l.ID, maxID)
	}
	if l.Thread != "" && !plainID(l.Thread) {
		return fmt.Errorf("letter thread %q: use 1 to %d letters, digits, '-', '_' and single dots inside", l.Thread, maxID)
	}
	return nil
}

func plainID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	dot := true // a dot may not stand first, last or beside another
	for _, r := range id {
		switch {
		case r == '.':
			if dot {
				return false
			}
			dot = true
			continue
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			dot = false
		default:
			return false
		}
	}
	return !dot
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

// String names the outcome as logs and tests do.
func (o Outcome) String() string {
	switch o {
	case Accepted:
		return "accepted"
	case Refused:
		return "refused"
	default:
		return "temporary"
	}
}

// Result is the outcome of one attempt for one recipient.
type Result struct {
	// Recipient is an address; "" where the channel has only one far side.
	Recipient string
	Outcome   Outcome
	Err       error // nil when accepted; never contains a secret
	// RetryAfter is how long the far side asked to wait, at most an hour, but a
	// day with NotToday; 0 = it did not.
	RetryAfter time.Duration
	// NotToday: the far side takes nothing more today, and trying again before
	// RetryAfter would make it worse. Only with Temporary.
	NotToday bool
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

// Limit is a rate that the far side allows: N letters in any Per.
type Limit struct {
	N   int
	Per time.Duration
}

// Limiter is implemented by channels whose far side allows only so many letters.
// All limits hold at once. A channel does not keep them itself: it sends what it
// is given.
type Limiter interface {
	Limits() []Limit
}

// Rush is when the far side is overloaded: from each multiple of Every of the
// hour on, for Lasts. Every 0 = never.
type Rush struct{ Every, Lasts time.Duration }

// Rusher is implemented by channels whose far side has such times. What is not
// urgent is better sent after them.
type Rusher interface {
	Rush() Rush
}

// Parts are the parts of a letter for people that a channel sends. Words are
// Subject and Text.
type Parts struct{ Words, HTML bool }

// Chooser is implemented by channels that do not send every part of a letter:
// they may be given letters without the others. All other channels want all.
type Chooser interface {
	Parts() Parts
}

// Fitter is implemented by channels whose far side takes only so much: letters
// are better written to its size than cut by the channel.
type Fitter interface {
	// Fits reports whether a letter of such words is sent uncut, as far as can be
	// told before.
	Fits(subject, text string) bool
}

// FitsOf returns the Fits of c, nil where everything fits.
func FitsOf(c Channel) func(subject, text string) bool {
	if fitter, ok := c.(Fitter); ok {
		return fitter.Fits
	}
	return nil
}

// PartsOf returns what c sends.
func PartsOf(c Channel) Parts {
	if chooser, ok := c.(Chooser); ok {
		return chooser.Parts()
	}
	return Parts{Words: true, HTML: true}
}

// PermanentError marks an error that trying again will not mend.
type PermanentError struct{ Err error }

func (e *PermanentError) Error() string { return e.Err.Error() }
func (e *PermanentError) Unwrap() error { return e.Err }

// Problem is one thing that is wrong with a channel's options.
type Problem struct {
	// Key is the key below the channel as the configuration file spells it:
	// "server", "reply_to"; an entry of a list has its index from 0: "to[1]".
	Key string
	// Why says what is wrong and what to write instead, without any secret.
	Why string
}

// Error makes a Problem an error: "KEY: why".
func (p Problem) Error() string { return p.Key + ": " + p.Why }

// Problems joins problems into one error; nil when there are none.
func Problems(list []Problem) error {
	var errs []error
	for _, p := range list {
		errs = append(errs, p)
	}
	return errors.Join(errs...)
}
