package issuer

import (
	"fmt"
	"slices"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/issuer/einvoice"
	"repayd/internal/mail"
)

// attached is one e-invoice of a message and what it claims.
type attached struct {
	part    string
	inv     einvoice.Invoice
	notices []bill.Notice
}

// eInvoices returns the e-invoices among the XML parts, each one once: it may
// be attached and embedded in its PDF as well.
func eInvoices(parts []mail.Part, received bill.Day) []attached {
	var out []attached
	for _, p := range parts {
		if !isXML(p) {
			continue
		}
		list, ok := einvoice.Read(p.Raw)
		if !ok {
			continue
		}
		for _, inv := range list {
			same := func(a attached) bool {
				return a.inv.Number == inv.Number && a.inv.Seller == inv.Seller && a.inv.Payable == inv.Payable && a.inv.Unreadable == inv.Unreadable
			}
			if !slices.ContainsFunc(out, same) {
				out = append(out, attached{p.Name, inv, einvoice.Notices(inv, received)})
			}
		}
	}
	return out
}

func isXML(p mail.Part) bool {
	if len(p.Raw) == 0 || p.Type == "application/xhtml+xml" {
		return false
	}
	return strings.HasSuffix(p.Type, "/xml") || strings.HasSuffix(p.Type, "+xml") || strings.HasSuffix(strings.ToLower(p.File), ".xml")
}

// readEInvoices reads a message by its e-invoices; false where it has none
// that asks for anything.
func (s *Set) readEInvoices(m *mail.Message, o Options, e envelope, rd *Reading) bool {
	if !slices.ContainsFunc(e.content.Parts, isXML) {
		return false
	}
	from := e.content.From
	if len(from) != 1 {
		from = m.From
	}
	if len(from) != 1 {
		return false
	}
	r, certain := s.stranger(strings.ToLower(from[0].Address), from[0].Name), true
	if len(e.rules) > 0 {
		var order []*rule
		order, certain = pickRules(e.rules, e.content, e.sender)
		r = order[0]
	}
	list := eInvoices(e.content.Parts, dayIn(e.received, r.terms.Zone))
	if len(list) == 0 {
		return false
	}
	f := Fared{Issuer: r.terms.Issuer}
	t := &task{r: r, received: dayIn(e.received, r.terms.Zone), doubtful: e.doubtful, recipient: e.recipient, fared: &f}
	if !ownMail(m) {
		rd.Notices = t.attached(s, list, e.content)
	} else {
		f.notef("the owner's own invoice: sender and recipient are one")
	}
	if len(e.rules) > 0 {
		rd.Trust, rd.TrustReason = e.trustFor(r)
	} else {
		rd.Trust, rd.TrustReason = strangerTrust(m, o)
		if e.forwarded {
			rd.Trust, rd.TrustReason = e.trust, e.reason
		}
		if rd.Trust == bill.TrustUnverified && !e.forwarded {
			doubtSender(rd.Notices, from[0].Address)
		}
	}
	rd.Outcome = outcomeOf(rd.Notices)
	if !certain && rd.Outcome != bill.OutcomeNone {
		s.unnamed(rd, e.rules)
	}
	f.Why = fmt.Sprintf("%d e-invoices, %d notices", len(list), len(rd.Notices))
	rd.Fared = append(rd.Fared, f)
	return true
}

// attached turns e-invoices into notices of t's issuer, and into reviews where
// the message shows its reader something else.
func (t *task) attached(s *Set, list []attached, m *mail.Message) []bill.Notice {
	var out []bill.Notice
	for _, a := range list {
		for _, n := range a.notices {
			if n.Kind == bill.KindZero && n.Reference == "" {
				// A credit note has no bill's number: told to nobody, it settles nothing.
				t.fared.notef("%s: %s", a.part, n.Evidence[bill.FieldKind].Text)
				continue
			}
			n.Issuer, n.Recipient = t.r.terms.Issuer, t.recipient
			if n.IssuerName == "" {
				n.IssuerName = t.r.terms.Name
			}
			if t.r.shared {
				n.Merchant = a.inv.Seller
			}
			for field, ev := range n.Evidence {
				ev.Part = a.part
				n.Evidence[field] = ev
			}
			out = append(out, n)
		}
	}
	r := t.r
	if lang, ok := s.general.language(m); ok && r.index == nil {
		r = lang.rule
	}
	if r.index == nil {
		return out // words of no known language can contradict nothing
	}
	d := newDocument(m.Subject, readable(m.Parts), r)
	paid := r.decide(d, &Fared{})
	shown := readLabels(d.lines, append(slices.Clone(r.any), s.general.any...), &s.general.lead, scanner{currency: r.currency, dateOrder: r.order, received: t.received})
	for i := range out {
		if out[i].Kind == bill.KindZero {
			continue
		}
		if paid != nil && settles(paid.kind) {
			addProblem(&out[i], bill.FieldKind, "the e-invoice asks for money, the text speaks of a "+string(paid.kind))
		}
		t.opposes(&out[i], list, shown)
	}
	return out
}

// readable returns the parts that a person reads: all but the e-invoices.
func readable(parts []mail.Part) []mail.Part {
	return slices.DeleteFunc(slices.Clone(parts), isXML)
}

// opposes makes a review of an e-invoice whose message shows another due date
// or amount beside a label. The day of a discount, and the sum of several
// invoices, are no contradiction.
func (t *task) opposes(n *bill.Notice, list []attached, shown []found) {
	var days []bill.Day
	var sums []int64
	var all int64
	for _, a := range list {
		all += a.inv.Payable.Minor
		sums = append(sums, a.inv.Payable.Minor, a.inv.Total.Minor, a.inv.Prepaid.Minor)
		for _, term := range a.inv.Terms {
			days = append(days, term.Due)
			sums = append(sums, term.Amount.Minor)
		}
		for _, n := range a.notices {
			days = append(days, n.DueDate)
		}
	}
	sums = append(sums, all)
	for _, f := range shown {
		switch {
		case f.val.none || f.val.bad != "":
		case f.field == bill.FieldDueDate && n.DueDate.Known() && !t.among(f.val.date, days):
			addProblem(n, bill.FieldDueDate, fmt.Sprintf("the e-invoice says %s, the text %q", n.DueDate, f.val.shown))
		case f.field == bill.FieldAmountDue && n.AmountDue.Known() && !slices.Contains(sums, f.val.amount.Minor):
			addProblem(n, bill.FieldAmountDue, fmt.Sprintf("the e-invoice says %s, the text %q", n.AmountDue.Decimal(), f.val.shown))
		}
	}
	for _, f := range []bill.Field{bill.FieldDueDate, bill.FieldAmountDue} {
		if hasProblem(n, f) {
			clearField(n, f)
		}
	}
}

// among reports whether a printed date can be one of days; one that cannot be
// read contradicts nothing.
func (t *task) among(d dateText, days []bill.Day) bool {
	readings := []dateText{d}
	if d.order == "?" {
		readings[0].order = ""
		other := readings[0]
		other.month, other.day = d.day, d.month
		readings = append(readings, other)
	}
	read := false
	for _, d := range readings {
		day, err := d.resolve(nearReceipt, t.received, false)
		if err != nil {
			continue
		}
		read = true
		if slices.Contains(days, day) {
			return true
		}
	}
	return !read
}

// ownMail reports whether the sender is also the recipient: the copy that the
// owner keeps of his own invoice or note.
func ownMail(m *mail.Message) bool {
	if len(m.From) != 1 {
		return false
	}
	from := m.From[0].Address
	return slices.ContainsFunc(m.Delivered, func(d string) bool { return strings.EqualFold(d, from) }) ||
		slices.ContainsFunc(m.To, func(a mail.Address) bool { return strings.EqualFold(a.Address, from) })
}

// doubtSender makes reviews of notices whose unknown sender nothing vouches
// for: anybody can send an invoice.
func doubtSender(notices []bill.Notice, from string) {
	for i := range notices {
		addProblem(&notices[i], bill.FieldIssuer, "nothing proves that "+strings.ToLower(from)+" sent it, and no issuer file describes that sender")
	}
}
