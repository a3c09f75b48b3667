package intake

import (
	"context"
	"encoding/json"
	"time"

	"repayd/internal/bill"
	"repayd/internal/intake/reply"
	"repayd/internal/issuer"
	"repayd/internal/mail"
)

// Source is what the owner configured about where a message came from.
type Source struct {
	// Authserv are the names under which the receiving server reports.
	Authserv []string `json:"authserv,omitempty"`
	// Forwarders are addresses of the owner that relay notices.
	Forwarders []string `json:"forwarders,omitempty"`
}

// Reader reads messages and stores nothing; explain uses it as it is.
type Reader struct {
	Set *issuer.Set
	// LookupTXT asks the DNS for DKIM keys; nil = no check of our own.
	LookupTXT func(ctx context.Context, name string) ([]string, error)
	// PDF reads attached documents; nil leaves them closed.
	PDF mail.PDFReader
	// Passwords gives what encrypted archives are tried with; nil means none.
	Passwords func() []string
}

// Read is one message as it was read.
type Read struct {
	Message  *mail.Message
	Received time.Time
	Doubtful bool // two instants of receipt differ by more than 7 days
	Source   Source
	Reading  issuer.Reading
	// Signatures are what the daemon's own check of DKIM found.
	Signatures []mail.Signature
}

// Read decodes a message and reads its notices. It does no harm to time: the
// same bytes give the same reading, but for the DNS.
func (r *Reader) Read(ctx context.Context, raw []byte, internal time.Time, src Source) Read {
	m := mail.Parse(raw)
	if r.matters(m, src) {
		// Documents of strangers stay closed: opening one costs seconds.
		mail.Unpack(ctx, m, r.PDF, r.Passwords)
	}
	out := Read{Message: m, Source: src}
	out.Received, out.Doubtful = mail.Received(m, internal, src.Authserv)
	out.Signatures = r.signatures(ctx, m, raw, src)
	out.Reading = r.Set.Read(m, issuer.Options{
		Received: out.Received, Doubtful: out.Doubtful,
		Authserv: src.Authserv, Forwarders: src.Forwarders,
		DKIM: out.Signatures,
	})
	return out
}

// signatures checks DKIM where the receiving server said nothing and the
// sender may matter: the look-up costs up to three seconds.
func (r *Reader) signatures(ctx context.Context, m *mail.Message, raw []byte, src Source) []mail.Signature {
	if r.LookupTXT == nil || len(m.From) == 0 {
		return nil
	}
	if v := m.Vouch(src.Authserv); v.DMARC != "" || len(v.DKIM) > 0 {
		return nil
	}
	if !r.matters(m, src) && len(reply.Answered(m)) == 0 {
		return nil
	}
	return mail.VerifyDKIM(ctx, raw, r.LookupTXT)
}

// matters reports whether the sender or the subject make a bill likely.
func (r *Reader) matters(m *mail.Message, src Source) bool {
	from := sender(m)
	return r.Set.MayMatter(from, m.Subject) || forwarder(from, src)
}

func forwarder(from string, src Source) bool {
	for _, f := range src.Forwarders {
		if f == from {
			return true
		}
	}
	return false
}

// keptMessage is the folded text that a message without notices keeps, so
// that a taught issuer file can read it again. The check of signatures needs
// the raw bytes, so its outcome is kept with it.
type keptMessage struct {
	Message  *mail.Message `json:"message"`
	Source   Source        `json:"source"`
	Doubtful bool          `json:"doubtful,omitempty"`
}

// Again reads a kept message with today's issuer files.
func (in *Intake) Again(tx Tx, rec bill.MessageRecord) (Result, error) {
	res := Result{Hash: rec.Hash}
	if known, err := tx.Seen(rec.Hash, in.Reader.Set.Digest()); err != nil || known {
		res.Known = known
		return res, err
	}
	var k keptMessage
	if err := json.Unmarshal(rec.Kept, &k); err != nil {
		return res, err
	}
	k.Message.Hash = rec.Hash
	r := Read{Message: k.Message, Received: rec.Received, Doubtful: k.Doubtful, Source: k.Source}
	r.Reading = in.Reader.Set.Read(k.Message, issuer.Options{Received: rec.Received, Doubtful: k.Doubtful,
		Authserv: k.Source.Authserv, Forwarders: k.Source.Forwarders})
	res.Outcome = r.Reading.Outcome
	var err error
	res.Bills, err = in.record(tx, r, rec.Backlog, false)
	return res, err
}
