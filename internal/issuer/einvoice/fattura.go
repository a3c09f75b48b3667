package einvoice

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"repayd/internal/bill"
)

// readFattura reads every body of a FatturaPA file: one file may carry many
// invoices of one seller to one buyer.
func readFattura(root *node) []Invoice {
	shared := newInvoice(FatturaPA)
	head := root.first("FatturaElettronicaHeader")
	shared.Seller, shared.SellerTaxID = fatturaParty(head.first("CedentePrestatore"))
	shared.Buyer, _ = fatturaParty(head.first("CessionarioCommittente"))
	shared.BySelf = strings.EqualFold(head.value("SoggettoEmittente"), "CC")
	var out []Invoice
	for _, body := range root.all("FatturaElettronicaBody") {
		inv := shared.clone()
		inv.fatturaBody(body)
		out = append(out, inv)
	}
	if len(out) == 0 {
		return []Invoice{broken(FatturaPA, fmt.Errorf("it has no FatturaElettronicaBody"))}
	}
	return out
}

func (inv *Invoice) fatturaBody(body *node) {
	doc := inv.only(inv.only(body, "DatiGenerali"), "DatiGeneraliDocumento")
	inv.currency(doc.all("Divisa"), nil)
	inv.number(doc.all("Numero"))
	inv.Type = inv.word(bill.FieldKind, doc.all("TipoDocumento"))
	inv.issued(doc.all("Data"))
	inv.Notes = lines(doc.all("Causale"))
	if inv.Currency == "" {
		return
	}
	inv.Total = inv.aside(doc.all("ImportoTotaleDocumento"))
	for _, d := range body.all("DatiPagamento", "DettaglioPagamento") {
		inv.fatturaTerm(d)
	}
	inv.withheld()
	inv.alternatives()
	inv.fatturaPayable(doc, body)
}

// fatturaTerm reads one payment: its printed date, or its days from a date.
func (inv *Invoice) fatturaTerm(d *node) {
	t := Term{Means: d.value("ModalitaPagamento"), Amount: inv.money(bill.FieldAmountDue, d.all("ImportoPagamento"))}
	inv.Means = append(inv.Means, t.Means)
	t.Due = inv.day(bill.FieldDueDate, d.all("DataScadenzaPagamento"))
	if t.Due.Known() {
		t.Text = "DataScadenzaPagamento " + t.Due.String()
	} else if s := d.value("GiorniTerminiPagamento"); s != "" && !inv.has(bill.FieldDueDate) {
		base, from := inv.day(bill.FieldDueDate, d.all("DataRiferimentoTerminiPagamento")), "DataRiferimentoTerminiPagamento"
		if !base.Known() {
			base, from = inv.IssueDate, "issue date"
		}
		if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < 1000 && base.Known() {
			t.Due = base + bill.Day(n)
			t.Text = fmt.Sprintf("%s %s, GiorniTerminiPagamento %d", from, base, n)
		}
	}
	inv.Terms = append(inv.Terms, t)
	if by := inv.day(bill.FieldDueDate, d.all("DataLimitePagamentoAnticipato")); by.Known() {
		inv.Terms = append(inv.Terms, Term{Due: by, Discount: true, Text: "DataLimitePagamentoAnticipato " + by.String()})
	}
}

// withheld leaves out what the seller keeps of money he already has (MP22),
// unless that is all.
func (inv *Invoice) withheld() {
	inv.Means = distinct(inv.Means)
	if len(inv.Means) < 2 || !slices.Contains(inv.Means, "MP22") {
		return
	}
	inv.Means = slices.DeleteFunc(inv.Means, func(m string) bool { return m == "MP22" })
	inv.Terms = slices.DeleteFunc(inv.Terms, func(t Term) bool { return t.Means == "MP22" })
}

// alternatives drops payments that repeat the whole sum for the same day: the
// same debt, payable to one of several accounts.
func (inv *Invoice) alternatives() {
	sum := inv.sum()
	if !inv.Total.Known() || sum.Minor <= inv.Total.Minor {
		return
	}
	var out []Term
	for _, t := range inv.Terms {
		same := func(o Term) bool { return o.Due == t.Due && o.Amount == t.Amount && o.Discount == t.Discount }
		if !slices.ContainsFunc(out, same) {
			out = append(out, t)
		}
	}
	inv.Terms = out
}

// sum adds up what the terms ask for; unknown where one does not say.
func (inv *Invoice) sum() bill.Money {
	sum := bill.Money{Currency: inv.Currency}
	n := 0
	for _, t := range inv.Terms {
		if t.Discount {
			continue
		}
		if !t.Amount.Known() {
			return bill.Money{}
		}
		sum.Minor += t.Amount.Minor
		n++
	}
	if n == 0 {
		return bill.Money{}
	}
	return sum
}

// fatturaPayable works out what is left to pay: what the payments ask for,
// else the total where nothing is withheld from it.
func (inv *Invoice) fatturaPayable(doc, body *node) {
	if len(inv.Terms) > 0 {
		inv.Payable = inv.sum()
		if !inv.Payable.Known() {
			inv.problem(bill.FieldAmountDue, "a payment does not say its amount")
			return
		}
		if inv.Total.Minor > 0 && inv.Payable.Minor > inv.Total.Minor {
			inv.problem(bill.FieldAmountDue, fmt.Sprintf("the payments add up to %s, more than the total of %s", inv.Payable.Decimal(), inv.Total.Decimal()))
		}
		inv.evidence(bill.FieldAmountDue, "ImportoPagamento "+inv.Payable.String())
		return
	}
	split := slices.ContainsFunc(body.all("DatiBeniServizi", "DatiRiepilogo", "EsigibilitaIVA"), func(n *node) bool { return n.text == "S" })
	if inv.Total.Known() && !split && doc.first("DatiRitenuta") == nil {
		inv.Payable = inv.Total
		inv.evidence(bill.FieldAmountDue, "ImportoTotaleDocumento "+inv.Total.String())
	}
}

func fatturaParty(p *node) (name, tax string) {
	who := p.first("DatiAnagrafici")
	if who == nil {
		who = p // the simplified form has the fields right below
	}
	name = who.value("Anagrafica", "Denominazione")
	if name == "" {
		name = who.value("Anagrafica", "Nome") + " " + who.value("Anagrafica", "Cognome")
	}
	if strings.TrimSpace(name) == "" {
		name = who.value("Denominazione")
	}
	return shorten(name), shorten(who.value("IdFiscaleIVA", "IdPaese") + who.value("IdFiscaleIVA", "IdCodice"))
}
