package issuer

import (
	"slices"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// readStranger reads a message from a sender no file describes: by what it
// states as schema.org data, else by what its text shows beside due labels.
func (s *Set) readStranger(m *mail.Message, o Options, e envelope, rd *Reading) {
	rd.Outcome = bill.OutcomeNotMine
	from, name, ok := e.author(m)
	if !ok {
		return
	}
	if ownMail(m) && !e.forwarded {
		s.readRelay(m, o, rd)
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

// readRelay reads what the owner's own address sent to itself. Where it holds
// an issuer's bill, a phone that relays SMS, or the owner by hand, sent it, and
// the address is not among the forwarders: a review that says so. Whatever else
// he writes to himself is his own affair.
func (s *Set) readRelay(m *mail.Message, o Options, rd *Reading) {
	if trust, _ := strangerTrust(m, o); trust != bill.TrustVouched {
		return
	}
	o.Forwarders = append(slices.Clone(o.Forwarders), m.From[0].Address)
	relayed := s.envelope(m, o)
	if relayed.trust != bill.TrustForwarded || len(relayed.rules) == 0 {
		return
	}
	var as Reading
	s.readKnown(relayed, &as)
	as.Notices = slices.DeleteFunc(as.Notices, func(n bill.Notice) bool { return settles(n.Kind) })
	if len(as.Notices) == 0 {
		return
	}
	address := strings.ToLower(m.From[0].Address)
	for i := range as.Notices {
		addProblem(&as.Notices[i], bill.FieldIssuer, "your own address "+address+" sent it; where that is a phone that relays, list it under forwarders")
	}
	rd.Outcome, rd.Notices, rd.Fared = bill.OutcomeNeedsReview, as.Notices, as.Fared
	rd.Trust, rd.TrustReason = bill.TrustUnverified, "It comes from the owner's own address, which is not among the forwarders."
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
