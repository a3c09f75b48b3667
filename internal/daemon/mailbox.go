package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/imapbox"
	"repayd/internal/intake"
	"repayd/internal/intake/reply"
	"repayd/internal/mail"
	"repayd/internal/store"
)

// reader takes what one mailbox yields into the store. It is the only one to
// move that mailbox's cursors.
type reader struct {
	box   config.Mailbox
	in    *intake.Intake
	store *store.Store
	log   *slog.Logger
	// changed is called when bills changed, so that what is due leaves at once.
	changed func()
	alive   func()
	trouble func(error)
	source  intake.Source
}

func newReader(box config.Mailbox, in *intake.Intake, s *store.Store, log *slog.Logger) *reader {
	src := intake.Source{Authserv: box.Authserv}
	for _, f := range box.Forwarders {
		src.Forwarders = append(src.Forwarders, strings.ToLower(f))
	}
	return &reader{box: box, in: in, store: s, log: log.With("mailbox", box.Name), source: src}
}

var _ imapbox.Handler = (*reader)(nil)

// Cursor implements imapbox.Handler.
func (r *reader) Cursor(ctx context.Context, folder string) (imapbox.Cursor, error) {
	p, err := r.position(ctx, folder)
	return imapbox.Cursor{UIDValidity: p.UIDValidity, UID: p.UID}, err
}

func (r *reader) position(ctx context.Context, folder string) (bill.Position, error) {
	var p bill.Position
	err := r.store.View(ctx, func(tx *store.Tx) error {
		var err error
		p, _, err = tx.Position(r.box.Name, folder)
		return err
	})
	p.Mailbox, p.Folder = r.box.Name, folder
	return p, err
}

// Begin implements imapbox.Handler: it notes when the folder was first read.
// A folder that the server renumbered is read again but stays known.
func (r *reader) Begin(ctx context.Context, folder string, validity uint32, first bool) error {
	r.log.Info("reading folder from the start", "folder", folder, "first", first)
	p, err := r.position(ctx, folder)
	if err != nil {
		return err
	}
	return r.store.Update(ctx, func(tx *store.Tx) error {
		p.UIDValidity, p.UID, p.Caught = validity, 0, false
		if p.FirstRead.IsZero() {
			p.FirstRead = tx.Now()
		}
		return tx.SetPosition(p)
	})
}

// Wanted implements imapbox.Handler: mail of a described issuer or of the
// owner's forwarder, what has a subject like a bill's, and what comes back for
// a letter of ours: an answer or a delivery report.
func (r *reader) Wanted(h imapbox.Header) bool {
	m := mail.ParseHeader(h.Raw)
	if reply.MayConcern(m) {
		return true
	}
	if len(m.From) == 0 {
		return r.in.Reader.Set.MayMatter("", m.Subject)
	}
	for _, a := range append(slices.Clone(m.From), m.Sender...) {
		if slices.Contains(r.source.Forwarders, strings.ToLower(a.Address)) || r.in.Reader.Set.MayMatter(a.Address, m.Subject) {
			return true
		}
	}
	return false
}

// Passed implements imapbox.Handler.
func (r *reader) Passed(ctx context.Context, folder string, validity, uid uint32) error {
	p, err := r.position(ctx, folder)
	if err != nil {
		return err
	}
	p.UIDValidity, p.UID = validity, uid
	return r.store.Update(ctx, func(tx *store.Tx) error { return tx.SetPosition(p) })
}

// Message implements imapbox.Handler: the message and the cursor behind it go
// into one transaction.
func (r *reader) Message(ctx context.Context, folder string, validity uint32, m imapbox.Message) error {
	p, err := r.position(ctx, folder)
	if err != nil {
		return err
	}
	p.UIDValidity, p.UID = validity, m.UID
	if m.Raw == nil {
		return r.unreadable(ctx, p, m)
	}
	it := intake.Item{Raw: m.Raw, Internal: m.Internal, Source: r.source, Position: &p, FirstRead: p.FirstRead}
	res, err := r.in.Message(ctx, it, Update(ctx, r.store))
	if err != nil {
		return err
	}
	if len(res.Bills) > 0 {
		r.log.Info("bills read", "bills", res.Bills)
		r.changed()
	}
	if res.Outcome == bill.OutcomeNeedsReview || res.Told {
		r.changed()
	}
	return nil
}

// unreadable records a message that could not be fetched, so that it is seen
// in the ledger and the folder goes on.
func (r *reader) unreadable(ctx context.Context, p bill.Position, m imapbox.Message) error {
	why := m.Broken
	if m.TooLarge {
		why = "larger than can be read"
	}
	r.log.Warn("message passed over", "folder", p.Folder, "uid", m.UID, "err", why)
	head := mail.ParseHeader(m.Head)
	received, _ := mail.Received(head, m.Internal, r.source.Authserv)
	sum := sha256.Sum256(m.Head)
	rec := bill.MessageRecord{Hash: hex.EncodeToString(sum[:]), MessageID: head.MessageID, Subject: head.Subject,
		Received: received, Trust: bill.TrustUnverified, TrustReason: why, Outcome: bill.OutcomeNone}
	if len(head.From) > 0 {
		rec.From = head.From[0].Address
	}
	return r.store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutMessage(rec); err != nil {
			return err
		}
		return tx.SetPosition(p)
	})
}

// Caught implements imapbox.Handler.
func (r *reader) Caught(ctx context.Context, folder string) error {
	p, err := r.position(ctx, folder)
	if err != nil || p.Caught {
		return err
	}
	p.Caught = true
	if err := r.store.Update(ctx, func(tx *store.Tx) error { return tx.SetPosition(p) }); err != nil {
		return err
	}
	r.log.Info("folder read to its end", "folder", folder)
	r.changed()
	return nil
}

// Alive implements imapbox.Handler.
func (r *reader) Alive() { r.alive() }

// Trouble implements imapbox.Handler.
func (r *reader) Trouble(err error) { r.trouble(err) }
