package mail

import "strings"

// readHeader fills the fields of the message that come from its header.
func (m *Message) readHeader(h fields) {
	for _, f := range h {
		switch f.name {
		case "From":
			m.FromFields++
			m.From = append(m.From, senderAddresses(f.value)...)
		case "Sender":
			m.Sender = append(m.Sender, parseAddresses(f.value)...)
		case "Reply-To":
			m.ReplyTo = append(m.ReplyTo, parseAddresses(f.value)...)
		case "To", "Cc":
			m.To = append(m.To, parseAddresses(f.value)...)
		case "Delivered-To", "X-Original-To", "Envelope-To":
			for _, a := range parseAddresses(f.value) {
				m.Delivered = append(m.Delivered, strings.ToLower(a.Address))
			}
		case "In-Reply-To":
			m.InReplyTo = append(m.InReplyTo, messageIDs(f.value)...)
		case "Received", "Authentication-Results":
			if len(m.Trace) < maxTrace {
				m.Trace = append(m.Trace, TraceField{
					Received: f.name == "Received",
					Value:    clip(headerText(f.value), maxTraceValue),
				})
			}
		default:
			m.keepField(f)
		}
	}
	if ids := messageIDs(h.get("Message-Id")); len(ids) > 0 {
		m.MessageID = ids[0]
	}
	m.Subject = strings.ReplaceAll(Fold(decodeHeader(clip(h.get("Subject"), maxSubject))), "\n", " ")
	m.Date = parseDate(h.get("Date"))
	for _, name := range []string{"From", "Date", "Subject", "Content-Type"} {
		if h.count(name) > 1 {
			m.defect("several " + name + " fields")
		}
	}
	if m.FromFields == 0 {
		m.defect("no From field")
	}
}

// keepField keeps a field for readers that look at particular ones
// (Auto-Submitted, List-Id, our own marks). Signatures and seals are long and
// of no use once checked.
func (m *Message) keepField(f field) {
	switch {
	case f.name == "Dkim-Signature", f.name == "Domainkey-Signature", strings.HasPrefix(f.name, "Arc-"),
		f.name == "Subject", f.name == "Date", f.name == "Message-Id",
		strings.HasPrefix(f.name, "X-Ms-Exchange-"), len(m.Header) >= maxKeptFields:
		return
	}
	if m.Header == nil {
		m.Header = map[string][]string{}
	}
	if len(m.Header[f.name]) < maxKeptFields {
		m.Header[f.name] = append(m.Header[f.name], clip(headerText(strings.TrimSpace(f.value)), maxKeptField))
	}
}

// messageIDs returns the identifiers in angle brackets; without any, the
// first word.
func messageIDs(s string) []string {
	s = headerText(clip(s, maxHeaderBytes/8))
	var out []string
	for len(out) < maxAddresses {
		_, rest, ok := strings.Cut(s, "<")
		if !ok {
			break
		}
		id, after, ok := strings.Cut(rest, ">")
		if id = strings.TrimSpace(id); ok && id != "" {
			out = append(out, id)
		}
		s = after
	}
	if out == nil {
		if w := strings.Fields(s); len(w) > 0 {
			out = w[:1]
		}
	}
	return out
}
