package einvoice

import (
	"slices"
	"strconv"
	"strings"

	"repayd/internal/bill"
)

// readCII reads a CrossIndustryInvoice, or a CrossIndustryDocument of ZUGFeRD 1,
// which names the same things otherwise.
func readCII(root *node, syntax string) Invoice {
	inv := newInvoice(syntax)
	doc := inv.only(root, "ExchangedDocument", "HeaderExchangedDocument")
	deal := inv.only(root, "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction")
	agreement := inv.only(deal, "ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement")
	settlement := inv.only(deal, "ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement")
	sums := inv.only(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation")

	inv.currency(settlement.all("InvoiceCurrencyCode"), sums.all("DuePayableAmount"))
	inv.number(doc.all("ID"))
	inv.Type = inv.word(bill.FieldKind, doc.all("TypeCode"))
	inv.issued(dates(doc, "IssueDateTime"))
	inv.Seller, inv.SellerTaxID = ciiParty(agreement.first("SellerTradeParty"))
	inv.Buyer, _ = ciiParty(agreement.first("BuyerTradeParty"))
	inv.totals(sums.all("DuePayableAmount"), sums.all("TotalPrepaidAmount"), sums.all("GrandTotalAmount"))

	const means = "SpecifiedTradeSettlementPaymentMeans"
	for _, n := range settlement.all(means, "TypeCode") {
		inv.Means = append(inv.Means, n.text)
	}
	inv.Means = distinct(inv.Means)
	inv.CardNumber = settlement.value(means, "ApplicableTradeSettlementFinancialCard", "ID") != ""
	inv.Mandate = settlement.value("SpecifiedTradePaymentTerms", "DirectDebitMandateID")
	inv.TermsText = lines(settlement.all("SpecifiedTradePaymentTerms", "Description"))
	inv.Notes = lines(settlement.all(means, "Information"), doc.all("IncludedNote", "Content"))
	terms := settlement.all("SpecifiedTradePaymentTerms")
	for _, t := range terms {
		inv.ciiTerm(t, len(terms) > 1)
	}
	return inv
}

// ciiTerm reads one dated term. The date of a term that carries a discount is
// the net date, unless it is where the discount's own days end, or there are
// other terms and this one speaks of the discount only.
func (inv *Invoice) ciiTerm(n *node, several bool) {
	t := Term{Due: inv.day(bill.FieldDueDate, dates(n, "DueDateDateTime"))}
	t.Amount = inv.money(bill.FieldAmountDue, n.all("PartialPaymentAmount"))
	for _, d := range n.all("ApplicableTradePaymentDiscountTerms") {
		base := inv.IssueDate
		if b := inv.day(bill.FieldDueDate, dates(d, "BasisDateTime")); b.Known() {
			base = b
		}
		days, ok := measuredDays(d.first("BasisPeriodMeasure"))
		if ok && base.Known() {
			inv.Terms = append(inv.Terms, Term{Due: base + bill.Day(days), Discount: true,
				Text: "discount within " + strconv.Itoa(days) + " days"})
			t.Discount = t.Discount || t.Due == base+bill.Day(days)
		}
	}
	if !t.Due.Known() {
		return
	}
	words := n.value("Description")
	r := readTerms(words, inv.IssueDate, true)
	ends := slices.ContainsFunc(r.discounts, func(d Term) bool { return d.Due == t.Due }) && r.due != t.Due
	t.Discount = t.Discount || ends || (several && onlyDiscount(words))
	t.Text = "DueDateDateTime " + t.Due.String()
	inv.Terms = append(inv.Terms, t)
}

func measuredDays(n *node) (int, bool) {
	if n == nil {
		return 0, false
	}
	unit := n.attr("unitCode")
	days, err := strconv.Atoi(strings.TrimSuffix(n.text, ".0000"))
	return days, err == nil && days >= 0 && days < 1000 && (unit == "" || unit == "DAY")
}

// dates returns the date below an element, in whichever of the forms.
func dates(n *node, name string) []*node {
	return append(append(n.all(name, "DateTimeString"), n.all(name, "DateString")...), n.all(name, "DateTime")...)
}

// only returns the element that stands below n by one of its names. Two of a
// part that there is one of make the whole a review.
func (inv *Invoice) only(n *node, names ...string) *node {
	var found []*node
	for _, name := range names {
		found = append(found, n.all(name)...)
	}
	if len(found) == 0 {
		return nil
	}
	if len(found) > 1 {
		inv.problem(bill.FieldKind, "it has two parts named "+found[1].name)
	}
	return found[0]
}

func ciiParty(p *node) (name, tax string) {
	return shorten(p.value("Name")), shorten(p.value("SpecifiedTaxRegistration", "ID"))
}
