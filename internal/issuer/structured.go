package issuer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// invoice is one schema.org Invoice as a notice states it, before it is
// checked against what the message shows.
type invoice struct {
	part             string
	status           string
	total, minimum   bill.Money
	due, scheduled   bill.Day
	account, ref     string
	provider         string
	problems         []bill.Problem
	shownDue, shownT string // as printed, for evidence
}

// structured returns the invoices that the HTML parts state as JSON-LD or
// microdata, each one once.
func structured(parts []mail.Part) []invoice {
	var out []invoice
	for _, p := range parts {
		if p.Type != "text/html" || len(p.Raw) == 0 {
			continue
		}
		for _, item := range append(jsonItems(p.Raw), microItems(p.Raw)...) {
			inv := newInvoice(item, p.Name)
			same := func(o invoice) bool {
				return o.total == inv.total && o.due == inv.due && o.ref == inv.ref && o.status == inv.status && len(o.problems) == len(inv.problems)
			}
			if !slices.ContainsFunc(out, same) {
				out = append(out, inv)
			}
		}
	}
	return out
}

// newInvoice reads the properties of one Invoice.
func newInvoice(item map[string]any, part string) invoice {
	inv := invoice{part: part, status: "PaymentDue"}
	if s := lastSegment(text(item["paymentStatus"])); s != "" {
		inv.status = s
	}
	inv.shownT = priceShown(item["totalPaymentDue"])
	inv.total = inv.money(bill.FieldAmountDue, item["totalPaymentDue"])
	inv.minimum = inv.money(bill.FieldMinimumDue, item["minimumPaymentDue"])
	inv.shownDue = firstText(item, "paymentDueDate", "paymentDue")
	inv.due = inv.day(bill.FieldDueDate, inv.shownDue)
	if old, newer := text(item["paymentDue"]), text(item["paymentDueDate"]); old != "" && newer != "" {
		if inv.day(bill.FieldDueDate, old) != inv.due {
			inv.add(bill.FieldDueDate, "paymentDue and paymentDueDate differ: %s, %s", old, newer)
			inv.due = 0
		}
	}
	inv.scheduled = inv.day(bill.FieldDueDate, firstText(item, "scheduledPaymentDate"))
	inv.account = accountTail(firstText(item, "accountId"))
	inv.ref = firstText(item, "confirmationNumber", "identifier")
	if len(inv.ref) > 64 {
		inv.ref = ""
	}
	if p, ok := first(item["provider"]).(map[string]any); ok {
		inv.provider = mail.Fold(text(p["name"]))
	}
	return inv
}

func (inv *invoice) add(f bill.Field, format string, args ...any) {
	inv.problems = append(inv.problems, bill.Problem{Field: f, Why: fmt.Sprintf(format, args...)})
}

// money reads a MonetaryAmount, a PriceSpecification, or a bare price.
func (inv *invoice) money(f bill.Field, v any) bill.Money {
	v = first(v)
	if v == nil {
		return bill.Money{}
	}
	number, code := text(v), ""
	if m, ok := v.(map[string]any); ok {
		number = firstText(m, "price", "value", "amount")
		code = strings.ToUpper(firstText(m, "priceCurrency", "currency"))
	}
	if number == "" {
		return bill.Money{}
	}
	if code != "" {
		if m, err := bill.ParseMoney(number, code); err == nil {
			return m
		}
	}
	a, ok := scanMoney(mail.Fold(number))
	if !ok || a.text != strings.TrimSpace(mail.Fold(number)) || (code == "" && a.currency == "") {
		inv.add(f, "%q is not certainly an amount", number)
		return bill.Money{}
	}
	m, err := parseMoney(a, code)
	if err == nil && code != "" && m.Currency != code {
		err = fmt.Errorf("%q is not in %s", number, code)
	}
	if err != nil {
		inv.add(f, "%v", err)
		return bill.Money{}
	}
	return m
}

func priceShown(v any) string {
	v = first(v)
	if m, ok := v.(map[string]any); ok {
		return strings.TrimSpace(firstText(m, "price", "value", "amount") + " " + firstText(m, "priceCurrency", "currency"))
	}
	return text(v)
}

// day reads a date or date-time as the civil day it is written as: emitters
// write UTC midnight for a day that has no zone. A later hour of UTC may be
// another day where the reader lives, and is a problem.
func (inv *invoice) day(f bill.Field, s string) bill.Day {
	if s == "" {
		return 0
	}
	date, clock, timed := strings.Cut(s, "T")
	if !timed {
		date, clock, timed = strings.Cut(s, " ")
	}
	d, err := bill.ParseDay(date)
	if err != nil {
		inv.add(f, "%q is not a date", s)
		return 0
	}
	utc := strings.HasSuffix(clock, "Z") || strings.HasSuffix(clock, "+00:00")
	if timed && utc && len(clock) >= 5 {
		hour, err := strconv.Atoi(clock[:2])
		if err != nil || (hour >= 10 && !strings.HasPrefix(clock, "23:59")) {
			inv.add(f, "%q is a time of UTC, of which day elsewhere is not certain", s)
			return 0
		}
	}
	return d
}

// accountTail keeps at most the last four digits of an account number.
func accountTail(s string) string {
	s = strings.TrimSpace(s)
	i := len(s)
	for i > 0 && s[i-1] >= '0' && s[i-1] <= '9' && len(s)-i < 4 {
		i--
	}
	if len(s)-i < 2 {
		return ""
	}
	return s[i:]
}

// structuredAs reads the structured data of a described issuer's message.
func structuredAs(r *rule, e envelope, t *task) (bill.Outcome, []bill.Notice) {
	invoices := structured(e.content.Parts)
	if len(invoices) == 0 {
		return bill.OutcomeNone, nil
	}
	t.r = r
	notices := t.invoices(invoices, e.content)
	return outcomeOf(notices), notices
}

// invoices turns structured invoices into notices, and into reviews where the
// message shows something else to its reader.
func (t *task) invoices(invoices []invoice, m *mail.Message) []bill.Notice {
	shown := t.visible(m)
	var out []bill.Notice
	for _, inv := range invoices {
		n := t.invoice(inv)
		if n.Kind != bill.KindPayment {
			t.contradict(&n, invoices, shown)
		}
		out = append(out, n)
	}
	return out
}

// kindOf maps a payment status to the kind of notice it makes.
func kindOf(status string) (bill.Kind, bool) {
	switch status {
	case "PaymentDue":
		return bill.KindStatement, true
	case "PaymentPastDue":
		return bill.KindOverdue, true
	case "PaymentComplete":
		return bill.KindPayment, true
	case "PaymentAutomaticallyApplied":
		return bill.KindAutopay, true
	case "PaymentDeclined":
		return bill.KindAutopayFailed, true
	}
	return bill.KindUnread, false
}

func (t *task) invoice(inv invoice) bill.Notice {
	kind, known := kindOf(inv.status)
	n := t.blank(kind)
	n.Problems = slices.Clone(inv.problems)
	if !known {
		addProblem(&n, bill.FieldKind, fmt.Sprintf("the payment status %q is not known", inv.status))
	}
	if inv.provider != "" {
		n.IssuerName = inv.provider
	}
	n.Account, n.Reference, n.Currency = inv.account, inv.ref, inv.total.Currency
	ev := func(f bill.Field, s string) { n.Evidence[f] = bill.Evidence{Part: inv.part, Text: s} }
	if kind == bill.KindPayment {
		n.PaidAmount, n.PaidInFull = inv.total, true
		ev(bill.FieldPaidAmount, inv.shownT)
		return n
	}
	n.AmountDue, n.MinimumDue, n.DueDate = inv.total, inv.minimum, inv.due
	if kind == bill.KindAutopay && inv.scheduled.Known() {
		n.DueDate = inv.scheduled
	}
	if n.Currency == "" {
		n.Currency = inv.minimum.Currency
	}
	if n.AmountDue.Known() {
		ev(bill.FieldAmountDue, "totalPaymentDue "+inv.shownT)
	}
	if n.DueDate.Known() {
		ev(bill.FieldDueDate, "paymentDueDate "+inv.shownDue)
	}
	if n.AmountDue.Known() && n.AmountDue.Minor <= 0 {
		n.Kind = bill.KindZero
		n.AmountDue.Minor = 0
		return n
	}
	if !n.AmountDue.Known() && !n.MinimumDue.Known() && !hasProblem(&n, bill.FieldAmountDue) {
		addProblem(&n, bill.FieldAmountDue, "the structured data states no amount due")
	}
	if !n.DueDate.Known() && !hasProblem(&n, bill.FieldDueDate) && (kind == bill.KindStatement || kind == bill.KindAutopay) {
		addProblem(&n, bill.FieldDueDate, "the structured data states no due date")
	}
	return n
}

// visible returns what the text itself shows beside due labels.
func (t *task) visible(m *mail.Message) []found {
	d := newDocument(m.Subject, m.Parts, nil)
	lead := &t.r.lead
	return readLabels(d.lines, t.r.any, lead, scanner{currency: t.r.currency, dateOrder: t.r.order, received: t.received})
}

// contradict makes a review of a structured notice whose message shows another
// due date or amount: a reader acts on what he sees.
func (t *task) contradict(n *bill.Notice, invoices []invoice, shown []found) {
	for _, f := range shown {
		switch {
		case f.val.none || f.val.bad != "":
		case f.field == bill.FieldDueDate && n.DueDate.Known() && !t.sameDay(f.val.date, invoices):
			addProblem(n, bill.FieldDueDate, fmt.Sprintf("the structured data says %s, the text %q", n.DueDate, f.val.shown))
		case f.field == bill.FieldAmountDue && n.AmountDue.Known() && !sameAmount(f.val.amount, n.AmountDue.Currency, invoices):
			addProblem(n, bill.FieldAmountDue, fmt.Sprintf("the structured data says %s, the text %q", n.AmountDue.Decimal(), f.val.shown))
		}
	}
	for _, f := range []bill.Field{bill.FieldDueDate, bill.FieldAmountDue} {
		if hasProblem(n, f) {
			clearField(n, f)
		}
	}
}

func sameAmount(m bill.Money, code string, invoices []invoice) bool {
	return slices.ContainsFunc(invoices, func(inv invoice) bool {
		// A sign such as "$" proves no currency; the digits must agree.
		return m.Minor == inv.total.Minor && (m.Currency == inv.total.Currency || m.Currency == "" || code != "")
	})
}

func (t *task) sameDay(d dateText, invoices []invoice) bool {
	days := []dateText{d}
	if d.order == "?" {
		days = []dateText{d, d}
		days[0].order, days[1].order = "", ""
		days[1].month, days[1].day = d.day, d.month
	}
	for _, d := range days {
		day, err := d.resolve(nearReceipt, t.received, false)
		if err != nil {
			if len(days) == 1 {
				return true // unreadable, so no contradiction
			}
			continue
		}
		if slices.ContainsFunc(invoices, func(inv invoice) bool { return inv.due == day || inv.scheduled == day }) {
			return true
		}
	}
	return false
}
