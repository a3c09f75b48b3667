package issuer

import (
	"fmt"
	"slices"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// trustFor says how far the message may act as a notice of r.
func (e envelope) trustFor(r *rule) (bill.Trust, string) {
	if e.forwarded {
		return e.trust, e.reason
	}
	if e.vouch.DMARC == "pass" && mail.Aligned(e.dmarcDomain(), r.from) {
		return bill.TrustVouched, fmt.Sprintf("The receiving server %s reports dmarc=pass for %s.", e.vouch.Server, e.dmarcDomain())
	}
	for _, d := range e.dkim {
		if mail.Aligned(d, r.from) {
			return bill.TrustVouched, fmt.Sprintf("A DKIM signature of %s holds, which is one of the issuer's domains.", d)
		}
	}
	return bill.TrustUnverified, fmt.Sprintf("Nothing proves that the message comes from %s.", e.host)
}

func (e envelope) dmarcDomain() string {
	if e.vouch.DMARCDomain != "" {
		return e.vouch.DMARCDomain
	}
	return e.host
}

// strangerTrust vouches for the From address of a sender no file describes.
func strangerTrust(m *mail.Message, o Options) (bill.Trust, string) {
	host := hostOf(m.From[0])
	v := m.Vouch(o.Authserv)
	if ownVouch(host, v, append(slices.Clone(v.DKIM), passed(o.DKIM)...)) {
		return bill.TrustVouched, fmt.Sprintf("The address %s is vouched for; only it speaks for its bills.", strings.ToLower(m.From[0].Address))
	}
	return bill.TrustUnverified, fmt.Sprintf("Nothing proves that the message comes from %s.", host)
}

// ownVouch reports whether DMARC or DKIM vouch for the sender's own domain.
func ownVouch(host string, v mail.Vouch, dkim []string) bool {
	under := []string{mail.OrganisationalDomain(host)}
	if v.DMARC == "pass" && (v.DMARCDomain == "" || mail.Aligned(v.DMARCDomain, under)) {
		return true
	}
	return v.DMARC != "fail" && slices.ContainsFunc(dkim, func(d string) bool { return mail.Aligned(d, under) })
}

// forwarder reports whether the message comes from one of the owner's own
// forwarding addresses.
func (s *Set) forwarder(m *mail.Message, o Options) bool {
	if len(m.From) != 1 || m.FromFields > 1 {
		return false
	}
	return slices.ContainsFunc(o.Forwarders, func(f string) bool { return strings.EqualFold(f, m.From[0].Address) })
}

// forwardedEnvelope reads a message of the owner's forwarder as the issuer's
// whose inner sender or words it shows.
func (s *Set) forwardedEnvelope(m *mail.Message, o Options, e *envelope) {
	e.forwarded = true
	e.trust, e.reason = bill.TrustForwarded, fmt.Sprintf("Forwarded by %s, which is vouched for.", strings.ToLower(m.From[0].Address))
	if !ownVouch(e.host, e.vouch, e.dkim) {
		e.trust, e.reason = bill.TrustUnverified, fmt.Sprintf("Nothing proves that the forwarder %s wrote this.", strings.ToLower(m.From[0].Address))
	}
	if inner, ok := m.InnerForward(); ok {
		e.content = inner
		if to := recipient(inner); to != "" {
			e.recipient = to
		}
		if inner.Date.IsZero() {
			e.doubtful = true
		} else {
			e.received, e.doubtful = inner.Date, false
		}
		if len(inner.From) > 0 {
			host := hostOf(inner.From[0])
			e.sender = host
			e.rules = s.forDomain(host)
			if like, is := s.lookAlike(host); is {
				e.suspect(fmt.Sprintf("The forwarded message comes from %s, which only looks like %s.", host, like), true)
				return
			}
			if e.rules == nil && host != "" {
				return // a known sender that no file describes
			}
		}
	}
	if e.rules == nil {
		e.rules = s.namedIn(e.content)
	}
}

// namedIn returns the rules that a text names by their words.
func (s *Set) namedIn(m *mail.Message) []*rule {
	var b strings.Builder
	b.WriteString(strings.ToLower(m.Subject))
	for _, p := range m.Parts {
		b.WriteByte('\n')
		b.WriteString(strings.ToLower(p.Text))
	}
	text := b.String()
	var out []*rule
	for _, r := range s.rules {
		if r.named(text) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// passed returns the domains of the daemon's own checks that hold. A signature
// that leaves a part of the body unsigned vouches for nothing: which words it
// covers cannot be told once the body is decoded.
func passed(sigs []mail.Signature) []string {
	var out []string
	for _, s := range sigs {
		if s.Pass && !s.Partial {
			out = append(out, strings.ToLower(s.Domain))
		}
	}
	return out
}
