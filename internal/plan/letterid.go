package plan

import (
	"crypto/rand"
	"regexp"
	"strings"
	"time"
)

// letterID is how every letter is called: rl_ and 26 letters of base32, 130
// bits that nobody guesses. It stands in the Message-ID and in the text, so
// that a quoted letter is known wherever it turns up.
var letterID = regexp.MustCompile(`\brl_[a-z2-7]{26}\b`)

// NewLetterID returns a fresh letter id.
func NewLetterID() string { return "rl_" + strings.ToLower(rand.Text()) }

// QuotesLetter reports whether a text names a letter of ours.
func QuotesLetter(s string) bool {
	return strings.Contains(s, "rl_") && letterID.MatchString(s)
}

// LetterID returns the first letter id in a text, "" where there is none.
func LetterID(s string) string {
	if !strings.Contains(s, "rl_") {
		return ""
	}
	return letterID.FindString(s)
}

// TypeOf returns the type of the letters that speak of such a subject.
func TypeOf(k SubjectKind) LetterType {
	switch k {
	case SubjectReview:
		return LetterReview
	case SubjectBacklog:
		return LetterBacklog
	case SubjectDaemon:
		return LetterWarning
	case SubjectDigest:
		return LetterDigest
	case SubjectMissing:
		return LetterMissing
	case SubjectTask:
		return LetterTask
	case SubjectAlive:
		return LetterAlive
	case SubjectTest:
		return LetterTest
	}
	return LetterReminder
}

// Hold returns when something meant for t may be sent: quiet hours hold it
// until they end, unless the deadline (zero = none) would pass before.
func (e *Env) Hold(t, deadline time.Time) time.Time {
	return e.hold(t, deadline)
}

// gathers is how long what became due just before the quiet hours may still
// take to leave: a tick, the wait for more, a letter before it.
const gathers = 2 * time.Minute

// PutOff moves a reminder that is due to the end of the quiet hours around
// Now, and reports whether it had to: it may have become due while nothing
// could be sent. A test never waits; somebody asked for it.
func (e *Env) PutOff(r *Reminder) bool {
	if r.Subject.Kind == SubjectTest {
		return false
	}
	on := e.On(r.Channel)
	at, held := on.Wait(r.At, r.Deadline)
	if held {
		r.At, r.Why = at, whyQuiet
	}
	return held
}

// Wait returns when what is due since then may be sent, and whether that is
// later than Now.
func (e *Env) Wait(since, deadline time.Time) (at time.Time, held bool) {
	if e.Now.Sub(since) < gathers {
		return e.Now, false
	}
	at = e.hold(e.Now, deadline)
	return at, at.After(e.Now)
}
