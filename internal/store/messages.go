package store

import (
	"strings"
	"time"

	"repayd/internal/bill"
)

const messageColumns = `hash, message_id, sender, recipient, subject, received, trust, trust_reason,
	outcome, digest, backlog`

// keptBatch is how many kept messages are in memory at once.
const keptBatch = 100

func readMessage(scan scan) (bill.MessageRecord, error) {
	var m bill.MessageRecord
	err := scan(&m.Hash, &m.MessageID, &m.From, &m.To, &m.Subject, instant(&m.Received), &m.Trust,
		&m.TrustReason, &m.Outcome, &m.Digest, instant(&m.Backlog), &m.Kept)
	return m, err
}

// Message returns what is kept of the message with this content hash.
func (t *Tx) Message(hash string) (bill.MessageRecord, bool, error) {
	return first(list(t, readMessage, "SELECT "+messageColumns+", kept FROM messages WHERE hash = ?", hash))
}

// Seen reports whether the issuer set of this digest has read the message.
func (t *Tx) Seen(hash, digest string) (bool, error) {
	return t.get("SELECT 1 FROM messages WHERE hash = ? AND digest = ?", []any{hash, digest}, new(int))
}

// PutMessage records what came of reading a message, replacing what an earlier
// reading said.
func (t *Tx) PutMessage(m bill.MessageRecord) error {
	var kept any
	if len(m.Kept) > 0 {
		kept = m.Kept
	}
	_, err := t.exec(`INSERT INTO messages (`+messageColumns+`, kept, read_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (hash) DO UPDATE SET message_id = excluded.message_id, sender = excluded.sender,
		recipient = excluded.recipient, subject = excluded.subject, received = excluded.received,
		trust = excluded.trust, trust_reason = excluded.trust_reason, outcome = excluded.outcome,
		digest = excluded.digest, backlog = excluded.backlog, kept = excluded.kept`,
		m.Hash, m.MessageID, m.From, m.To, m.Subject, micros(m.Received), m.Trust, m.TrustReason,
		m.Outcome, m.Digest, micros(m.Backlog), kept, micros(t.now))
	return err
}

// EachKept calls fn with each message received at or after since whose text is
// still kept, oldest first, until fn returns an error.
func (t *Tx) EachKept(since time.Time, fn func(bill.MessageRecord) error) error {
	from, after := micros(since), ""
	for {
		batch, err := list(t, readMessage, `SELECT `+messageColumns+`, kept FROM messages
			WHERE kept IS NOT NULL AND (received, hash) > (?, ?) ORDER BY received, hash LIMIT ?`,
			from, after, keptBatch)
		if err != nil {
			return err
		}
		for _, m := range batch {
			if err := fn(m); err != nil {
				return err
			}
			from, after = micros(m.Received), m.Hash
		}
		if len(batch) < keptBatch {
			return nil
		}
	}
}

// KeptHashes lists the messages received at or after since whose text is kept
// and that the issuer set of this digest has not read.
func (t *Tx) KeptHashes(since time.Time, digest string) ([]string, error) {
	return list(t, readString, `SELECT hash FROM messages WHERE kept IS NOT NULL
		AND received >= ? AND digest <> ? ORDER BY received, hash`, micros(since), digest)
}

// ForgetKept drops the kept text of messages first read before the instant and
// returns how many. That it was received long ago does not count: an old
// mailbox read yesterday may be read again today.
func (t *Tx) ForgetKept(before time.Time) (int64, error) {
	return t.exec("UPDATE messages SET kept = NULL WHERE kept IS NOT NULL AND read_at < ?", micros(before))
}

// MessageFilter chooses messages; an empty field fits all.
type MessageFilter struct {
	Outcome bill.Outcome
	Trust   bill.Trust
	Since   time.Time // received at or after
	Limit   int       // the newest so many
}

// Messages lists messages, newest first, without their kept text.
func (t *Tx) Messages(f MessageFilter) ([]bill.MessageRecord, error) {
	var w where
	w.add(f.Outcome != "", "outcome = ?", f.Outcome)
	w.add(f.Trust != "", "trust = ?", f.Trust)
	w.add(!f.Since.IsZero(), "received >= ?", micros(f.Since))
	return list(t, readMessage, "SELECT "+messageColumns+", NULL FROM messages"+w.sql()+
		" ORDER BY received DESC, hash LIMIT ?", append(w.args, limit(f.Limit))...)
}

// IsOwnLetter reports whether the message ID is that of a letter of ours: the
// letter's ID, alone or before an @, with or without angle brackets.
func (t *Tx) IsOwnLetter(messageID string) (bool, error) {
	id := strings.Trim(messageID, "<> \t")
	local, _, _ := strings.Cut(id, "@")
	return t.get("SELECT 1 FROM letters WHERE id IN (?, ?)", []any{id, local}, new(int))
}

// where collects the conditions of a filter.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(on bool, term string, args ...any) {
	if on {
		w.terms = append(w.terms, term)
		w.args = append(w.args, args...)
	}
}

func (w *where) sql() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

// limit turns "no limit" into what SQLite takes for it.
func limit(n int) int {
	if n <= 0 {
		return -1
	}
	return n
}
