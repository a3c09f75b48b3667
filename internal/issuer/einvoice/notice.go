package einvoice

import (
	"fmt"
	"maps"
	"slices"

	"repayd/internal/bill"
)

// farAhead is how many days after receipt a due date may lie.
const farAhead = 400

// Notices decides what an invoice claims. received is the day its message
// came, 0 for unknown. A debt is one statement, autopay where the seller
// collects it, or one arrangement for each instalment. What is no debt of the
// reader's (a credit note, an invoice he wrote himself through the buyer, one
// that is paid) is a zero notice; the first two carry no reference, so that
// they settle nothing that happens to bear the same number.
func Notices(inv Invoice, received bill.Day) []bill.Notice {
	n := inv.blank()
	if inv.Unreadable {
		n.Kind = bill.KindUnread
		return []bill.Notice{n}
	}
	why, foreign := inv.noDebt()
	if why != "" {
		return []bill.Notice{zero(n, inv.Syntax, why, foreign)}
	}
	inv.checkType(&n)
	n.Kind = bill.KindStatement
	if words := inv.debit(); words != "" {
		n.Kind = bill.KindAutopay
		n.Evidence[bill.FieldKind] = bill.Evidence{Part: inv.Syntax, Text: shorten(words)}
	}
	out := inv.spread(n)
	for i := range out {
		check(&out[i], received)
	}
	return out
}

func (inv Invoice) blank() bill.Notice {
	n := bill.Notice{
		IssuerName: inv.Seller, Reference: inv.Number, Currency: inv.Currency, StatementDate: inv.IssueDate,
		Problems: slices.Clone(inv.Problems), Evidence: maps.Clone(inv.Evidence),
	}
	if inv.Seller != "" {
		n.Evidence[bill.FieldIssuer] = bill.Evidence{Part: inv.Syntax, Text: inv.Seller}
	}
	if inv.Payable.Minor > 0 {
		n.AmountDue = inv.Payable
	}
	return n
}

// zero makes the notice of a document that asks for no money. Its problems
// are of no interest then.
func zero(n bill.Notice, part, why string, foreign bool) bill.Notice {
	n.Kind = bill.KindZero
	n.AmountDue = bill.Money{Currency: n.Currency}
	n.Problems = nil
	n.Evidence[bill.FieldKind] = bill.Evidence{Part: part, Text: why}
	if foreign {
		n.Reference = ""
		delete(n.Evidence, bill.FieldReference)
	}
	return n
}

// What the types of documents mean, by UNTDID 1001 and FatturaPA's TipoDocumento.
var (
	creditTypes = []string{"81", "83", "381", "396", "532", "TD04", "TD08"}
	// In these the buyer wrote the invoice, or the document is the buyer's own
	// for the tax office: its receiver owes nothing by it.
	selfTypes = []string{"389", "527", "TD16", "TD17", "TD18", "TD19", "TD20", "TD21", "TD22", "TD23", "TD27", "TD28", "TD29"}
	debtTypes = []string{"", "80", "82", "84", "130", "202", "203", "204", "211", "218", "219", "295", "326", "331", "380", "382", "383", "384",
		"385", "386", "387", "388", "390", "393", "394", "395", "456", "457", "553", "575", "623", "633", "751", "780", "817", "870", "875", "876", "877", "935",
		"TD01", "TD02", "TD03", "TD05", "TD06", "TD07", "TD09", "TD24", "TD25", "TD26"}
)

// noDebt says why nothing is owed, "" where something may be. foreign: the
// number is not that of a bill.
func (inv Invoice) noDebt() (why string, foreign bool) {
	switch {
	case slices.Contains(creditTypes, inv.Type):
		return "credit note (type " + inv.Type + ")", true
	case slices.Contains(selfTypes, inv.Type):
		return "self-billed (type " + inv.Type + ")", true
	case inv.BySelf:
		return "self-billed (SoggettoEmittente CC)", true
	case inv.Payable.Minor < 0:
		return "a credit: payable " + inv.Payable.String(), true
	case inv.has(bill.FieldAmountDue):
		return "", false
	case inv.Payable.Known() && inv.Payable.Minor == 0:
		return "nothing is left to pay: " + inv.Payable.String(), false
	case len(inv.Means) == 1 && inv.Means[0] == "MP22":
		return "withheld from money already collected (MP22)", false
	}
	if words := said(noDemand, inv.TermsText, inv.Notes); words != "" {
		return shorten(words), false
	}
	if words := inv.paid(); words != "" && !inv.dueLater() {
		return shorten(words), false
	}
	if inv.byCard() && inv.CardNumber && inv.TermsText == "" && !inv.dated() {
		return "charged to a card (means " + inv.Means[0] + ")", false
	}
	return "", false
}

// paid is the sentence that says the money is gone. Beside an amount prepaid
// it says that of the prepaid part.
func (inv Invoice) paid() string {
	if inv.Prepaid.Minor != 0 {
		return ""
	}
	if words := said(charged, inv.TermsText); words != "" {
		return words
	}
	return said(chargedNote, inv.Notes)
}

// dueLater reports whether a date field asks for money after the issue date.
func (inv Invoice) dueLater() bool {
	return slices.ContainsFunc(inv.Terms, func(t Term) bool { return !t.Discount && t.Due > inv.IssueDate })
}

// checkType makes a review of a document that may be a debt or none.
func (inv Invoice) checkType(n *bill.Notice) {
	if words := inv.paid(); words != "" {
		addProblem(n, bill.FieldKind, "it asks for money, and says: "+shorten(words))
	}
	if !slices.Contains(debtTypes, inv.Type) {
		addProblem(n, bill.FieldKind, fmt.Sprintf("document type %q may not be a demand for money", shorten(inv.Type)))
	}
}

var (
	debitMeans = []string{"49", "59", "MP09", "MP10", "MP11", "MP16", "MP17", "MP19", "MP20", "MP21"}
	cardMeans  = []string{"48", "54", "55", "MP08"}
)

func (inv Invoice) byCard() bool {
	return len(inv.Means) > 0 && !slices.ContainsFunc(inv.Means, func(m string) bool { return !slices.Contains(cardMeans, m) })
}

// debit says from what it follows that the seller collects the money, "" where
// the reader has to pay. Where several ways are offered, he has.
func (inv Invoice) debit() string {
	all := len(inv.Means) > 0
	for _, m := range inv.Means {
		all = all && slices.Contains(debitMeans, m)
	}
	switch {
	case all:
		return "direct debit (means " + inv.Means[0] + ")"
	case inv.Mandate != "" && (len(inv.Means) == 0 || slices.ContainsFunc(inv.Means, func(m string) bool { return slices.Contains(debitMeans, m) })):
		return "a mandate of direct debit"
	case inv.byCard() && inv.CardNumber:
		return "charged to a card (means " + inv.Means[0] + ")"
	}
	return said(collected, inv.TermsText, inv.Notes)
}

func (inv Invoice) dated() bool {
	return slices.ContainsFunc(inv.Terms, func(t Term) bool { return !t.Discount && t.Due.Known() })
}

// spread fills in the due dates: one notice, or one for each instalment.
func (inv Invoice) spread(n bill.Notice) []bill.Notice {
	var terms []Term
	for _, t := range inv.Terms {
		if !t.Discount {
			terms = append(terms, t)
		}
	}
	if !inv.dated() {
		inv.fromWords(&n)
		return []bill.Notice{n}
	}
	days := map[bill.Day]bool{}
	for _, t := range terms {
		days[t.Due] = true
	}
	if len(days) == 1 {
		n.DueDate = terms[0].Due
		n.Evidence[bill.FieldDueDate] = bill.Evidence{Part: inv.Syntax, Text: terms[0].Text}
		return []bill.Notice{n}
	}
	return inv.instalments(n, terms)
}

// mostInstalments of one invoice: five years of months.
const mostInstalments = 60

// instalments makes a notice of each dated part. Their sum must be the whole,
// else nobody knows which date is for what.
func (inv Invoice) instalments(n bill.Notice, terms []Term) []bill.Notice {
	if sum := inv.sum(); !sum.Known() || sum != inv.Payable || len(terms) > mostInstalments {
		addProblem(&n, bill.FieldDueDate, fmt.Sprintf("several due dates (%s, %s) whose amounts are not certainly the whole", terms[0].Due, terms[1].Due))
		return []bill.Notice{n}
	}
	out := make([]bill.Notice, 0, len(terms))
	for _, t := range terms {
		part := n
		part.Problems, part.Evidence = slices.Clone(n.Problems), maps.Clone(n.Evidence)
		if part.Kind == bill.KindStatement {
			part.Kind = bill.KindArrangement
		}
		part.AmountDue, part.DueDate = t.Amount, t.Due
		part.Evidence[bill.FieldAmountDue] = bill.Evidence{Part: inv.Syntax, Text: t.Amount.String() + " of " + inv.Payable.String()}
		if t.Due.Known() {
			part.Evidence[bill.FieldDueDate] = bill.Evidence{Part: inv.Syntax, Text: t.Text}
		}
		out = append(out, part)
	}
	return out
}

// fromWords looks for the due date in the terms, then in the other remarks.
func (inv Invoice) fromWords(n *bill.Notice) {
	if hasProblem(n, bill.FieldDueDate) {
		return
	}
	if n.Kind == bill.KindAutopay {
		sentence := said(collected, inv.TermsText, inv.Notes)
		if d := debitDay(sentence); d.Known() {
			n.DueDate = d
			n.Evidence[bill.FieldDueDate] = bill.Evidence{Part: inv.Syntax, Text: shorten(sentence)}
			return
		}
	}
	r := readTerms(inv.TermsText, inv.IssueDate, true)
	if !r.due.Known() && r.why == "" {
		r = readTerms(inv.Notes, inv.IssueDate, false)
	}
	switch {
	case r.due.Known():
		n.DueDate = r.due
		n.Evidence[bill.FieldDueDate] = bill.Evidence{Part: inv.Syntax, Text: shorten(r.text)}
	case r.why != "":
		addProblem(n, bill.FieldDueDate, shorten(r.why))
	case inv.TermsText != "":
		addProblem(n, bill.FieldDueDate, "no due date is stated; the terms say: "+shorten(inv.TermsText))
	default:
		addProblem(n, bill.FieldDueDate, "the e-invoice states no due date")
	}
}

// check holds a debt against what every bill must satisfy.
func check(n *bill.Notice, received bill.Day) {
	if !n.AmountDue.Known() && !hasProblem(n, bill.FieldAmountDue) && !hasProblem(n, bill.FieldCurrency) {
		addProblem(n, bill.FieldAmountDue, "the e-invoice states no amount to pay")
	}
	if hasProblem(n, bill.FieldAmountDue) {
		n.AmountDue = bill.Money{}
		delete(n.Evidence, bill.FieldAmountDue)
	}
	switch {
	case !n.DueDate.Known():
		if !hasProblem(n, bill.FieldDueDate) {
			addProblem(n, bill.FieldDueDate, "an instalment states no due date")
		}
	case n.StatementDate.Known() && n.DueDate < n.StatementDate:
		addProblem(n, bill.FieldDueDate, fmt.Sprintf("the due date %s lies before the issue date %s", n.DueDate, n.StatementDate))
	case received.Known() && n.DueDate > received+farAhead:
		addProblem(n, bill.FieldDueDate, fmt.Sprintf("%s lies more than %d days ahead", n.DueDate, farAhead))
	}
	if hasProblem(n, bill.FieldDueDate) {
		n.DueDate = 0
		delete(n.Evidence, bill.FieldDueDate)
	}
}

func addProblem(n *bill.Notice, f bill.Field, why string) {
	p := bill.Problem{Field: f, Why: why}
	if !slices.Contains(n.Problems, p) {
		n.Problems = append(n.Problems, p)
	}
}

func hasProblem(n *bill.Notice, f bill.Field) bool {
	return slices.ContainsFunc(n.Problems, func(p bill.Problem) bool { return p.Field == f })
}
