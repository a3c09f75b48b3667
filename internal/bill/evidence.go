package bill

import "time"

// Outcome is what reading one message came to.
type Outcome string

// The outcomes of reading.
const (
	OutcomeNotices     Outcome = "notices"
	OutcomeNone        Outcome = "no_notice"
	OutcomeNotMine     Outcome = "not_mine"
	OutcomeNeedsReview Outcome = "needs_review"
)

// MessageRecord is what is kept of one message: enough to explain a bill and
// to read the message again, never the whole mail.
type MessageRecord struct {
	Hash        string // content hash of the raw bytes, hex
	MessageID   string
	From        string
	To          string
	Subject     string
	Received    time.Time
	Trust       Trust
	TrustReason string
	Outcome     Outcome
	// Digest names the issuer set that read it; (Hash, Digest) is the
	// idempotency of reading.
	Digest  string
	Backlog time.Time
	// Kept is the folded message as JSON, for reread; empty once past
	// reread_for or where nothing could ever be read from it.
	Kept []byte
}

// Position is how far one folder of one mailbox has been read.
type Position struct {
	Mailbox     string
	Folder      string
	UIDValidity uint32
	UID         uint32    // the highest read
	FirstRead   time.Time // when its first reading began; zero before
	Caught      bool      // whether that first reading has ended
}
