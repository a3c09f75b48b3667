// Package intake carries one message from its raw bytes to the reminders that
// follow from it: mail → issuer → bill → plan, committed in one transaction
// together with the cursor. The owner's commands take the same way from the
// bill on.
//
// Contract. Reading a message twice changes nothing: what was read by the same
// issuer set is known by its content hash. A letter of ours, or a message that
// quotes one, is never a notice. A message that cannot be read is recorded and
// passed over; only a store that cannot be written stops the reading.
package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"repayd/internal/bill"
	"repayd/internal/intake/reply"
	"repayd/internal/issuer"
	"repayd/internal/mail"
	"repayd/internal/plan"
)

// Tx is what intake needs of a transaction of the store.
type Tx interface {
	Now() time.Time
	SetPosition(bill.Position) error
	Seen(hash, digest string) (bool, error)
	PutMessage(bill.MessageRecord) error
	Message(hash string) (bill.MessageRecord, bool, error)
	IsOwnLetter(messageID string) (bool, error)
	PutNotices(message string, ns []bill.Notice) error
	NoticesOfMessage(hash string) ([]bill.Notice, error)
	NoticesOf(billID string) ([]bill.Notice, error)
	Assign(noticeID, billID string) error
	BillOf(noticeID string) (string, error)
	Neighbours(bill.Neighbourhood) ([]bill.Group, []bill.Notice, error)
	Bill(id string) (*bill.Bill, bool, error)
	PutBill(*bill.Bill) error
	DeleteBill(id string) error
	PutCommand(bill.Command) error
	CommandsOf(billID string) ([]bill.Command, error)
	RemindersOfBill(id string) ([]plan.Reminder, error)
	RemindersOf(subjects ...plan.Subject) ([]plan.Reminder, error)
	RemindersOfLetter(id string) ([]plan.Reminder, error)
	PutReminders([]plan.Reminder) error
	AddReminders([]plan.Reminder) error
	Letter(id string) (plan.Letter, bool, error)
	AttemptsOf(letterID string) ([]plan.Attempt, error)
	PutAttempts([]plan.Attempt) error
	Fact(key string) (string, bool, error)
	SetFact(key, value string) error
}

// Intake turns messages and commands into bills and reminders.
type Intake struct {
	Reader *Reader
	// Env gives the owner's zone, policies and calendar; Now is set from each
	// transaction.
	Env plan.Env
	// ReadAgainFor is how long a message without a notice keeps its text.
	ReadAgainFor time.Duration
	// Owners are the addresses that letters go to, which may answer any of
	// them; a letter may also be answered from where that one went.
	Owners []string
	// Fallbacks names for each channel the one that stands in for it.
	Fallbacks map[string]string
	Log       *slog.Logger
}

// Item is one message as its source handed it over.
type Item struct {
	Raw      []byte
	Internal time.Time // the server's internal date; zero for a file
	Source   Source
	// Position is where the source stands once this message is read; nil for
	// a source without a cursor.
	Position *bill.Position
	// FirstRead is when the source was first read: what was received before
	// is backlog.
	FirstRead time.Time
}

// Result is what came of one message.
type Result struct {
	Hash    string
	Outcome bill.Outcome
	Bills   []string // ids of bills that were made or changed
	Known   bool     // the message had been read before
	Told    bool     // a letter about an answer or a delivery report was planned
}

// Message reads one message and commits what follows from it, through update.
func (in *Intake) Message(ctx context.Context, it Item, update func(func(Tx) error) error) (Result, error) {
	read := in.Reader.Read(ctx, it.Raw, it.Internal, it.Source)
	var res Result
	err := update(func(tx Tx) error {
		var err error
		res, err = in.commit(tx, it, read)
		return err
	})
	return res, err
}

func (in *Intake) commit(tx Tx, it Item, r Read) (Result, error) {
	res := Result{Hash: r.Message.Hash, Outcome: r.Reading.Outcome}
	if it.Position != nil {
		if err := tx.SetPosition(*it.Position); err != nil {
			return res, err
		}
	}
	known, err := tx.Seen(r.Message.Hash, in.Reader.Set.Digest())
	if err != nil || known {
		res.Known = known
		return res, err
	}
	own, answered, told, err := in.letters(tx, r)
	if err != nil {
		return res, err
	}
	if res.Told = told; own {
		r.Reading = issuer.Reading{Outcome: bill.OutcomeNone, Trust: r.Reading.Trust, TrustReason: "a letter of repayd, or a message that quotes one"}
		res.Outcome = bill.OutcomeNone
	}
	if res.Outcome == bill.OutcomeNotMine && !in.Reader.Set.MayMatter(sender(r.Message), r.Message.Subject) {
		return res, nil // nothing is kept of foreign mail
	}
	var backlog time.Time
	if r.Received.Before(it.FirstRead) {
		backlog = it.FirstRead
	}
	res.Bills, err = in.record(tx, r, backlog, own)
	res.Bills = append(res.Bills, answered...)
	return res, err
}

// record stores the evidence of one message and applies its notices.
func (in *Intake) record(tx Tx, r Read, backlog time.Time, own bool) ([]string, error) {
	m := r.Message
	rec := bill.MessageRecord{
		Hash: m.Hash, MessageID: m.MessageID, From: sender(m), Subject: m.Subject, Received: r.Received,
		Trust: r.Reading.Trust, TrustReason: r.Reading.TrustReason, Outcome: r.Reading.Outcome,
		Digest: in.Reader.Set.Digest(), Backlog: backlog,
	}
	if len(m.To) > 0 {
		rec.To = m.To[0].Address
	}
	if r.Reading.Outcome != bill.OutcomeNotices && !own {
		kept, err := json.Marshal(keptMessage{Message: m, Source: r.Source, Doubtful: r.Doubtful})
		if err != nil {
			return nil, fmt.Errorf("keep the message's text: %w", err)
		}
		rec.Kept = kept
	}
	before, err := tx.NoticesOfMessage(m.Hash)
	if err != nil {
		return nil, err
	}
	if err := tx.PutMessage(rec); err != nil {
		return nil, err
	}
	notices := in.stamp(r, backlog)
	touched, err := in.homes(tx, before)
	if err != nil {
		return nil, err
	}
	if err := tx.PutNotices(m.Hash, notices); err != nil {
		return nil, err
	}
	if err := in.warn(tx, r); err != nil {
		return nil, err
	}
	changed, err := in.apply(tx, notices, touched)
	if err != nil {
		return nil, err
	}
	replaced, err := in.arranged(tx, r, notices)
	return append(changed, replaced...), err
}

// stamp completes the notices with what only intake knows.
func (in *Intake) stamp(r Read, backlog time.Time) []bill.Notice {
	out := make([]bill.Notice, len(r.Reading.Notices))
	for i, n := range r.Reading.Notices {
		n.ID = fmt.Sprintf("%s-%d", r.Message.Hash[:16], i)
		n.Message, n.Received, n.Backlog = r.Message.Hash, r.Received, backlog
		if n.Trust == "" {
			n.Trust = r.Reading.Trust
		}
		if n.Recipient == "" && len(r.Message.To) > 0 {
			n.Recipient = r.Message.To[0].Address
		}
		out[i] = n
	}
	return out
}

// homes lists the bills that notices belong to now, so that a bill that loses
// them is folded again.
func (in *Intake) homes(tx Tx, notices []bill.Notice) ([]string, error) {
	var ids []string
	for _, n := range notices {
		id, err := tx.BillOf(n.ID)
		if err != nil {
			return nil, err
		}
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (in *Intake) env(tx Tx) plan.Env {
	env := in.Env
	env.Now = tx.Now()
	return env
}

// isOwn recognises letters of ours by their header, by what they answer, and by
// the mark that every letter's text carries.
func (in *Intake) isOwn(tx Tx, m *mail.Message) (bool, error) {
	if itself(m) || plan.QuotesLetter(m.Subject) {
		return true, nil
	}
	if len(reply.Answered(m)) > 0 {
		return true, nil
	}
	for _, id := range append([]string{m.MessageID}, m.InReplyTo...) {
		if id == "" {
			continue
		}
		if own, err := tx.IsOwnLetter(id); err != nil || own || plan.QuotesLetter(id) {
			return own || plan.QuotesLetter(id), err
		}
	}
	return quotes(m), nil
}

// itself reports a letter of ours, not one that answers or quotes one.
func itself(m *mail.Message) bool {
	return len(m.Header["X-Repayd-Letter"]) > 0 || plan.QuotesLetter(m.MessageID)
}

func quotes(m *mail.Message) bool {
	for _, p := range m.Parts {
		if plan.QuotesLetter(p.Text) {
			return true
		}
	}
	for _, inner := range m.Inner {
		if quotes(inner) {
			return true
		}
	}
	return false
}

func sender(m *mail.Message) string {
	if len(m.From) == 0 {
		return ""
	}
	return m.From[0].Address
}
