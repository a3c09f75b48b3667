// Package einvoice reads bills from e-invoice XML: UBL Invoice and CreditNote,
// CII (CrossIndustryInvoice), ZUGFeRD 1 (CrossIndustryDocument) and FatturaPA.
//
// Contract. The root element alone decides which syntax a document is in, not
// a file name and not a prefix. Read takes the few fields that say who is owed
// how much by when; Notices decides what they claim. Both are pure and take
// time linear in the input; what is larger, deeper or stranger than an invoice
// is refused and shown as a review, never guessed at. No DTD is obeyed and no
// entity is expanded.
//
// Structured fields come first. Free text is read only where a due date is
// not given as a field, and only in wordings whose meaning is certain: a term
// that counts from a day nobody printed ("after receipt", "end of month") is
// a review. Amounts are exact or a problem.
//
// An evidence's Part is the name of the syntax; a caller who knows the part of
// the message puts it there instead.
package einvoice

import (
	"maps"
	"slices"
	"strings"

	"repayd/internal/bill"
)

// The names of the syntaxes, as Invoice.Syntax and Evidence.Part spell them.
const (
	UBL       = "UBL"
	CII       = "CII"
	ZUGFeRD1  = "ZUGFeRD 1"
	FatturaPA = "FatturaPA"
)

// Term is one date by which a sum is to be paid, or may be paid with a
// discount. Days counts from the issue date where no date is printed.
type Term struct {
	Due      bill.Day
	Amount   bill.Money // unknown: the whole
	Discount bool       // a lower sum by an earlier day, never the due date
	Means    string     // code of the way to pay, where it is said per term
	Text     string     // the words it was read from
}

// Invoice is one e-invoice as far as paying it needs. Unknown fields are zero.
type Invoice struct {
	Syntax              string
	Type                string // UNTDID 1001 (380, 381 …), FatturaPA TD01 …
	Number              string
	Seller, SellerTaxID string
	Buyer               string
	Currency            string
	IssueDate           bill.Day
	Terms               []Term
	// Payable is what is left to pay, Total the invoice with tax.
	Payable, Prepaid, Total bill.Money
	Means                   []string // UNCL 4461 or FatturaPA MP codes
	Mandate                 string   // of a direct debit
	// TermsText holds the terms of payment, Notes all other remarks, a line each.
	TermsText, Notes string
	// CardNumber is set where the number of a charged card is printed, masked.
	CardNumber bool
	// BySelf: the buyer wrote the document, so the receiver is no debtor.
	BySelf bool
	// Unreadable: the root is known, the rest is not to be believed.
	Unreadable bool
	Problems   []bill.Problem
	Evidence   map[bill.Field]bill.Evidence
}

// Read reads the invoices of one XML document. ok reports whether its root is
// one of the known syntaxes; a known root whose content is damaged gives an
// invoice that is only problems. FatturaPA may carry several invoices.
func Read(xml []byte) (inv []Invoice, ok bool) {
	root, err := parse(xml)
	if root == nil {
		return nil, false
	}
	syntax := root.syntax()
	if syntax == "" {
		return nil, false
	}
	if err != nil {
		return []Invoice{broken(syntax, err)}, true
	}
	switch syntax {
	case UBL:
		return []Invoice{readUBL(root)}, true
	case FatturaPA:
		return readFattura(root), true
	}
	return []Invoice{readCII(root, syntax)}, true
}

// broken is the invoice of a document that cannot be believed.
func broken(syntax string, err error) Invoice {
	inv := newInvoice(syntax)
	inv.Unreadable = true
	inv.problem(bill.FieldKind, "the e-invoice cannot be read: "+err.Error())
	return inv
}

func newInvoice(syntax string) Invoice {
	return Invoice{Syntax: syntax, Evidence: map[bill.Field]bill.Evidence{}}
}

// clone copies what several invoices of one document share.
func (inv Invoice) clone() Invoice {
	inv.Problems = slices.Clone(inv.Problems)
	inv.Evidence = maps.Clone(inv.Evidence)
	return inv
}

// mostProblems is more than anybody reads of one document.
const mostProblems = 20

func (inv *Invoice) problem(f bill.Field, why string) {
	p := bill.Problem{Field: f, Why: why}
	if (len(inv.Problems) < mostProblems || !inv.has(f)) && !slices.Contains(inv.Problems, p) {
		inv.Problems = append(inv.Problems, p)
	}
}

func (inv *Invoice) evidence(f bill.Field, text string) {
	inv.Evidence[f] = bill.Evidence{Part: inv.Syntax, Text: shorten(text)}
}

// shorten keeps evidence to what a person reads at a glance.
func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 240
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
