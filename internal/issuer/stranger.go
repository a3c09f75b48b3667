package issuer

import (
	"strings"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// readStranger reads a message from a sender no file describes: by what it
// states as schema.org data, else by what its text shows beside due labels.
func (s *Set) readStranger(m *mail.Message, o Options, e envelope, rd *Reading) {
	rd.Outcome = bill.OutcomeNotMine
	from, name, ok := e.author(m)
	if !ok || (ownMail(m) && !e.forwarded) {
		return
	}
	rd.Trust, rd.TrustReason = e.trust, e.reason
	if !e.forwarded {
		rd.Trust, rd.TrustReason = strangerTrust(m, o)
	}
	invoices := structured(e.content.Parts)
	if len(invoices) == 0 || e.forwarded {
		s.readGeneral(s.stranger(from, name), e, rd)
		return
	}
	r := s.stranger(from, name)
	f := Fared{Issuer: from, Why: "the message carries schema.org data"}
	t := &task{r: r, received: dayIn(e.received, r.terms.Zone), doubtful: e.doubtful, recipient: e.recipient, fared: &f}
	rd.Notices = t.invoices(invoices, e.content)
	rd.Outcome = outcomeOf(rd.Notices)
	rd.Fared = append(rd.Fared, f)
}

// author is whose bill a message of an unknown sender is: its From address, or
// that of the message which a forwarder relays. Where a forward shows no inner
// sender, the forwarder's own address stands in.
func (e envelope) author(m *mail.Message) (address, name string, ok bool) {
	from := m.From
	if e.forwarded && len(e.content.From) > 0 {
		from = e.content.From
	}
	if len(from) != 1 || from[0].Address == "" {
		return "", "", false
	}
	return strings.ToLower(from[0].Address), from[0].Name, true
}

// stranger stands in for a file: the From address is the issuer.
func (s *Set) stranger(from, name string) *rule {
	if name == "" {
		name = from
	}
	return &rule{terms: bill.Terms{Issuer: from, Name: name, Zone: s.zone}, any: s.general.any, lead: s.general.lead}
}
