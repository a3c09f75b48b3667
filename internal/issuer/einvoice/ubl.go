package einvoice

import (
	"repayd/internal/bill"
)

// readUBL reads an Invoice or CreditNote of UBL 2.
func readUBL(root *node) Invoice {
	inv := newInvoice(UBL)
	total := inv.only(root, "LegalMonetaryTotal")
	inv.currency(root.all("DocumentCurrencyCode"), total.all("PayableAmount"))
	inv.number(root.all("ID"))
	inv.Type = inv.word(bill.FieldKind, append(root.all("InvoiceTypeCode"), root.all("CreditNoteTypeCode")...))
	if inv.Type == "" && root.name == "CreditNote" {
		inv.Type = "381"
	}
	inv.issued(root.all("IssueDate"))
	inv.Seller, inv.SellerTaxID = ublParty(root.first("AccountingSupplierParty", "Party"))
	inv.Buyer, _ = ublParty(root.first("AccountingCustomerParty", "Party"))
	totals := func(name string) []*node { return root.all("LegalMonetaryTotal", name) }
	inv.totals(totals("PayableAmount"), totals("PrepaidAmount"), totals("TaxInclusiveAmount"))

	means := func(path ...string) []*node { return root.all(append([]string{"PaymentMeans"}, path...)...) }
	for _, n := range means("PaymentMeansCode") {
		inv.Means = append(inv.Means, n.text)
	}
	inv.Means = distinct(inv.Means)
	inv.Mandate = root.value("PaymentMeans", "PaymentMandate", "ID")
	inv.CardNumber = root.value("PaymentMeans", "CardAccount", "PrimaryAccountNumberID") != ""
	inv.TermsText = lines(root.all("PaymentTerms", "Note"))
	inv.Notes = lines(means("InstructionNote"), root.all("Note"))
	inv.ublTerms(root)
	return inv
}

// ublTerms reads the due date of the document, or the dated terms of payment,
// which may be instalments.
func (inv *Invoice) ublTerms(root *node) {
	whole := append(root.all("DueDate"), root.all("PaymentMeans", "PaymentDueDate")...)
	if due := inv.day(bill.FieldDueDate, whole); due.Known() {
		inv.Terms = append(inv.Terms, Term{Due: due, Text: whole[0].name + " " + due.String()})
	}
	for _, p := range root.all("PaymentTerms") {
		dates := append(p.all("PaymentDueDate"), p.all("InstallmentDueDate")...)
		t := Term{Due: inv.day(bill.FieldDueDate, dates), Amount: inv.money(bill.FieldAmountDue, p.all("Amount"))}
		t.Discount = p.value("SettlementDiscountPercent") != "" || p.value("SettlementDiscountAmount") != ""
		if !t.Due.Known() && t.Discount {
			t.Due = inv.day(bill.FieldDueDate, p.all("SettlementPeriod", "EndDate"))
		}
		if !t.Due.Known() || (len(inv.Terms) > 0 && !t.Discount && !t.Amount.Known() && t.Due == inv.Terms[0].Due) {
			continue
		}
		t.Text = "PaymentTerms " + t.Due.String()
		inv.Terms = append(inv.Terms, t)
	}
	// Where the terms are instalments, the date of the whole repeats one of them.
	if len(inv.Terms) > 1 && !inv.Terms[0].Amount.Known() && inv.Terms[1].Amount.Known() {
		inv.Terms = inv.Terms[1:]
	}
}

// ublParty returns a party's legal name, else its trading name, and tax number.
func ublParty(p *node) (name, tax string) {
	if name = p.value("PartyLegalEntity", "RegistrationName"); name == "" {
		name = p.value("PartyName", "Name")
	}
	return shorten(name), shorten(p.value("PartyTaxScheme", "CompanyID"))
}

// number takes the invoice's own number.
func (inv *Invoice) number(nodes []*node) {
	inv.Number = inv.word(bill.FieldReference, nodes)
	if len(inv.Number) > 64 {
		inv.Number = ""
	}
	if inv.Number != "" {
		inv.evidence(bill.FieldReference, inv.Number)
	}
}

func (inv *Invoice) issued(nodes []*node) {
	inv.IssueDate = inv.day(bill.FieldStatementDate, nodes)
	if inv.IssueDate.Known() {
		inv.evidence(bill.FieldStatementDate, "issue date "+inv.IssueDate.String())
	}
}

// totals reads what is left to pay. Where that element is missing and nothing
// was prepaid, the total is what is left.
func (inv *Invoice) totals(payable, prepaid, total []*node) {
	if inv.Currency == "" {
		return
	}
	inv.Payable = inv.money(bill.FieldAmountDue, payable)
	inv.Prepaid, inv.Total = inv.aside(prepaid), inv.aside(total)
	name := ""
	if len(payable) > 0 {
		name = payable[0].name
	}
	if !inv.Payable.Known() && len(payable) == 0 && inv.Total.Known() && len(prepaid) == 0 {
		inv.Payable, name = inv.Total, total[0].name
	}
	if inv.Payable.Known() {
		inv.evidence(bill.FieldAmountDue, name+" "+inv.Payable.String())
	}
	if inv.Payable.Minor > 0 && inv.Total.Minor > 0 && inv.Prepaid.Minor >= inv.Total.Minor {
		inv.problem(bill.FieldAmountDue, "it says that all was prepaid, and that "+inv.Payable.Decimal()+" is left to pay")
	}
}
