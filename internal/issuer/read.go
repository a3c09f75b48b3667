package issuer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// Read reads the notices out of one message. It looks at no clock and no
// network; the same message, options and set always give the same reading.
func (s *Set) Read(m *mail.Message, o Options) Reading {
	e := s.envelope(m, o)
	rd := Reading{Trust: e.trust, TrustReason: e.reason}
	switch {
	case e.trust == bill.TrustSuspicious && e.warn:
		rd.Outcome = bill.OutcomeNone
		rd.Problems = []bill.Problem{{Field: bill.FieldIssuer, Why: e.reason}}
		return rd
	case e.trust == bill.TrustSuspicious:
		rd.Outcome = bill.OutcomeNotMine
		return rd
	case reportOfMail(m):
		rd.Outcome = bill.OutcomeNotMine
		rd.Fared = []Fared{{Issuer: "a mail program", Why: "reports on another message; what it returns or quotes is no bill of its own"}}
		return rd
	case s.readEInvoices(m, o, e, &rd):
	case len(e.rules) == 0:
		s.readStranger(m, o, e, &rd)
	default:
		s.readKnown(e, &rd)
	}
	for i := range rd.Notices {
		rd.Notices[i].Trust = rd.Trust
		if rd.Trust == bill.TrustForwarded && !e.doubtful && e.received.Before(o.Received) {
			rd.Notices[i].Said = e.received
		}
		rd.Problems = append(rd.Problems, rd.Notices[i].Problems...)
	}
	return rd
}

// readKnown reads a message whose sender one or more files describe.
func (s *Set) readKnown(e envelope, rd *Reading) {
	order, certain := pickRules(e.rules, e.content, e.sender)
	rd.Outcome = bill.OutcomeNone
	var chosen *rule
	if certain || len(order) == 1 {
		chosen = order[0]
		rd.Fared = append(rd.Fared, e.readAs(chosen, rd))
	} else {
		chosen, certain = e.readSiblings(order, rd)
	}
	for _, r := range order {
		if r != chosen && certain {
			rd.Fared = append(rd.Fared, Fared{Issuer: r.terms.Issuer, Why: "writes from the same domain, but the message names " + chosen.terms.Issuer})
		}
	}
	if !certain && rd.Outcome != bill.OutcomeNone {
		s.unnamed(rd, order)
	}
	rd.Trust, rd.TrustReason = e.trustFor(chosen)
}

// readAs reads the content as one issuer's into rd and tells how that fared.
func (e envelope) readAs(r *rule, rd *Reading) Fared {
	f := Fared{Issuer: r.terms.Issuer}
	t := &task{received: dayIn(e.received, r.terms.Zone), doubtful: e.doubtful, recipient: e.recipient, fared: &f}
	if r.shared && len(e.content.From) == 1 {
		t.merchant = e.content.From[0].Name
	}
	if r.silent(e.content) {
		f.Why = "an address of theirs that sends no bills"
		rd.Outcome, rd.Notices = bill.OutcomeNone, nil
		return f
	}
	rd.Outcome, rd.Notices = r.readAs(e.content, t)
	if rd.Outcome == bill.OutcomeNone {
		rd.Outcome, rd.Notices = structuredAs(r, e, t)
	}
	return f
}

// silent reports whether the sender is one that the file says to send no bills.
func (r *rule) silent(m *mail.Message) bool {
	if len(m.From) != 1 {
		return false
	}
	from, host := strings.ToLower(m.From[0].Address), hostOf(m.From[0])
	return slices.ContainsFunc(r.notFrom, func(d string) bool {
		return from == d || host == d || strings.HasSuffix(host, "."+d)
	})
}

// unnamed makes a review of a message that several issuers of one domain could
// have written and that names none of them.
func (s *Set) unnamed(rd *Reading, rules []*rule) {
	var names []string
	for _, r := range rules {
		names = append(names, r.terms.Issuer)
	}
	rd.Outcome = bill.OutcomeNeedsReview
	for i := range rd.Notices {
		addProblem(&rd.Notices[i], bill.FieldIssuer, "the message does not say for certain that it is about one of: "+strings.Join(names, ", "))
	}
}

// pickRules orders the rules of one domain by how clearly the message names
// them; certain is false where it names none or several alike. Of two named
// alike, the one whose first domain it comes from counts.
func pickRules(rules []*rule, m *mail.Message, host string) (order []*rule, certain bool) {
	subject := strings.ToLower(m.Subject)
	var body strings.Builder
	for _, p := range m.Parts {
		body.WriteString(strings.ToLower(p.Text))
		body.WriteByte('\n')
	}
	score := func(r *rule) int {
		// A word of the subject outweighs any number in the text; there, how
		// often counts.
		n := 2 * (1000*r.named(subject) + min(r.named(body.String()), 999))
		if n > 0 && r.home(host) {
			n++
		}
		return n
	}
	order = slices.Clone(rules)
	scores := make(map[*rule]int, len(rules))
	for _, r := range rules {
		scores[r] = score(r)
	}
	slices.SortStableFunc(order, func(a, b *rule) int { return scores[b] - scores[a] })
	best := scores[order[0]]
	if len(order) == 1 {
		// A single file of a domain need not be the sender's only product.
		r := order[0]
		other := func(w string) bool { return strings.Contains(subject, w) || strings.Contains(body.String(), w) }
		return order, best > 0 || !slices.ContainsFunc(r.others, other)
	}
	return order, best > 0 && scores[order[1]] < best
}

// named counts how often a text names the issuer; longer words count double,
// so that "alibaba.com pay later" beats the "pay later" of another.
func (r *rule) named(text string) int {
	n := 0
	for _, w := range r.words {
		n += strings.Count(text, w) * len([]rune(w))
	}
	return n
}

func outcomeOf(notices []bill.Notice) bill.Outcome {
	if len(notices) == 0 {
		return bill.OutcomeNone
	}
	for _, n := range notices {
		if len(n.Problems) > 0 {
			return bill.OutcomeNeedsReview
		}
	}
	return bill.OutcomeNotices
}

// envelope is who speaks in a message, and which message is to be read.
type envelope struct {
	trust     bill.Trust
	reason    string
	warn      bool // a suspicion that concerns an issuer and must be told
	rules     []*rule
	content   *mail.Message
	received  time.Time
	doubtful  bool
	recipient string
	forwarded bool
	vouch     mail.Vouch
	dkim      []string // domains of every DKIM signature that holds
	host      string
	sender    string // whose domain the content names; the inner one of a forward
}

func (s *Set) envelope(m *mail.Message, o Options) envelope {
	e := envelope{trust: bill.TrustUnverified, content: m, received: o.Received, doubtful: o.Doubtful, recipient: recipient(m)}
	e.vouch = m.Vouch(o.Authserv)
	e.dkim = append(slices.Clone(e.vouch.DKIM), passed(o.DKIM)...)
	if len(m.From) > 0 {
		e.host = hostOf(m.From[0])
		e.sender = e.host
	}
	if why := s.severalFrom(m); why != "" {
		e.suspect(why, true)
		return e
	}
	if s.forwarder(m, o) {
		s.forwardedEnvelope(m, o, &e)
		return e
	}
	e.rules = s.forDomain(e.host)
	switch like, is := s.lookAlike(e.host); {
	case is && len(e.rules) == 0:
		e.suspect(fmt.Sprintf("The domain %s only looks like %s.", e.host, like), true)
	case len(e.rules) == 0 && len(m.From) > 0:
		if claim := s.claims(m.From[0].Name); claim != "" {
			e.suspect(fmt.Sprintf("The sender calls itself %q but writes from %s.", claim, e.host), s.MayMatter("", m.Subject) || s.owes(m))
		} else if e.vouch.DMARC == "fail" {
			e.suspect("The receiving server reports dmarc=fail for "+e.host+".", false)
		}
	case e.vouch.DMARC == "fail":
		e.suspect("The receiving server reports dmarc=fail for "+e.host+".", true)
	}
	return e
}

func (e *envelope) suspect(why string, warn bool) {
	e.trust, e.reason, e.warn = bill.TrustSuspicious, why, warn
}

// severalFrom tells why the From fields are a sign of forgery: several fields
// or addresses of which one is an issuer's.
func (s *Set) severalFrom(m *mail.Message) string {
	if m.FromFields <= 1 && len(m.From) <= 1 {
		return ""
	}
	for _, a := range m.From {
		_, like := s.lookAlike(hostOf(a))
		if s.forDomain(hostOf(a)) != nil || like || s.claims(a.Name) != "" {
			return "The message names several senders, one of them an issuer."
		}
	}
	return ""
}

// lookAlike reports the issuer's domain that host imitates. The answer for a
// host is kept: the comparison goes through every domain of the set, and the
// same strangers write again and again.
func (s *Set) lookAlike(host string) (string, bool) {
	if host == "" || s.forDomain(host) != nil {
		return "", false
	}
	like, known := s.likes.get(host)
	if !known {
		like, _ = mail.LooksLike(host, s.domains)
		s.likes.put(host, like)
	}
	return like, like != ""
}

// claims returns the issuer's name or address that a display name bears.
func (s *Set) claims(name string) string {
	name = lowerSame(mail.Fold(name))
	for i := range name {
		if _, n := s.brands.longest(name[i:]); n > 0 {
			return strings.TrimLeft(name[i:i+n], "@.")
		}
	}
	return ""
}

// owes reports whether a message speaks about a bill in any issuer's words.
func (s *Set) owes(m *mail.Message) bool {
	for _, r := range s.rules {
		d := newDocument(m.Subject, m.Parts, nil)
		if _, ok := dueLabel(d, r, scanner{currency: r.currency, received: 20000}); ok {
			return true
		}
	}
	return false
}

// recipient is the address the message was written to.
func recipient(m *mail.Message) string {
	if len(m.To) > 0 {
		return strings.ToLower(m.To[0].Address)
	}
	if len(m.Delivered) > 0 {
		return strings.ToLower(m.Delivered[0])
	}
	return ""
}
