package issuer

import (
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

const ublInvoice = `<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cac="urn:cac" xmlns:cbc="urn:cbc">
<cbc:ID>R-17</cbc:ID><cbc:IssueDate>2026-02-01</cbc:IssueDate><cbc:DueDate>2026-03-03</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Muster GmbH</cbc:Name></cac:PartyName></cac:Party></cac:AccountingSupplierParty>
<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode></cac:PaymentMeans>
<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount currencyID="EUR">119.00</cbc:TaxInclusiveAmount><cbc:PayableAmount currencyID="EUR">119.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
</Invoice>`

func invoiceMail(from, to, text string, xml ...string) *mail.Message {
	m := &mail.Message{From: []mail.Address{{Name: "Rechnungen", Address: from}}, FromFields: 1, To: []mail.Address{{Address: to}}, Subject: "Ihre Rechnung",
		Parts: []mail.Part{{Name: "text/plain", Type: "text/plain", Text: text}}}
	for i, x := range xml {
		name := []string{"application/xml", "application/xml 2", "application/xml 3"}[i]
		m.Parts = append(m.Parts, mail.Part{Name: name, Type: []string{"application/xml", "text/xml", "application/octet-stream"}[i], File: "a.xml", Raw: []byte(x)})
	}
	return m
}

func TestEInvoices(t *testing.T) {
	t.Parallel()
	with := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(ublInvoice) }
	const shop, owner = "billing@shop.example", "owner@example.com"
	tests := []struct {
		name string
		m    *mail.Message
		want string
	}{
		{"alone", invoiceMail(shop, owner, "Anbei Ihre Rechnung.", ublInvoice), "kind=statement reference=R-17 amount_due=119.00 due_date=2026-03-03 statement_date=2026-02-01"},
		{"attached and embedded", invoiceMail(shop, owner, "", ublInvoice, ublInvoice), "kind=statement reference=R-17 amount_due=119.00 due_date=2026-03-03 statement_date=2026-02-01"},
		{"two invoices", invoiceMail(shop, owner, "Zahlbetrag: 169,00 €", ublInvoice, with("R-17", "R-18", "119.00", "50.00")),
			"kind=statement reference=R-17 amount_due=119.00 due_date=2026-03-03 statement_date=2026-02-01 kind=statement reference=R-18 amount_due=50.00 due_date=2026-03-03 statement_date=2026-02-01"},
		{"octets with an XML name", invoiceMail(shop, owner, "", "<a/>", "<b/>", ublInvoice), "kind=statement reference=R-17 amount_due=119.00 due_date=2026-03-03 statement_date=2026-02-01"},
		{"the text agrees", invoiceMail(shop, owner, "Zahlbetrag: 119,00 EUR\nZahlbar bis: 03.03.2026", ublInvoice), "kind=statement reference=R-17 amount_due=119.00 due_date=2026-03-03 statement_date=2026-02-01"},
		{"the text shows another date", invoiceMail(shop, owner, "Zahlbar bis: 20.02.2026", ublInvoice), "review reference=R-17 amount_due=119.00 statement_date=2026-02-01"},
		{"the text shows another amount", invoiceMail(shop, owner, "Zahlbetrag: 190,00 EUR", ublInvoice), "review reference=R-17 due_date=2026-03-03 statement_date=2026-02-01"},
		{"the text speaks of a payment", invoiceMail(shop, owner, "Vielen Dank für Ihre Zahlung.", ublInvoice), "review reference=R-17 amount_due=119.00 due_date=2026-03-03 statement_date=2026-02-01"},
		{"credit note", invoiceMail(shop, owner, "", with(">380<", ">381<")), "none"},
		{"nothing left to pay", invoiceMail(shop, owner, "", with(`PayableAmount currencyID="EUR">119.00`, `PayableAmount currencyID="EUR">0.00`)), "kind=zero reference=R-17 amount_due=0.00 statement_date=2026-02-01"},
		{"damaged", invoiceMail(shop, owner, "", ublInvoice[:600]), "review"},
		{"the owner's own", invoiceMail(shop, shop, "", ublInvoice), "none"},
		{"some other XML", invoiceMail(shop, owner, "", "<feed/>"), "none"},
	}
	s := loadSet(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := Options{Received: time.Date(2026, 2, 2, 1, 0, 0, 0, time.UTC), DKIM: []mail.Signature{{Domain: "shop.example", Pass: true}}}
			rd := s.Read(tt.m, o)
			if got := short1(rd); got != normal(tt.want) {
				t.Errorf("got  %s\nwant %s\n%s", got, normal(tt.want), rd.describe())
			}
			for _, n := range rd.Notices {
				if n.Issuer != shop || n.Trust != bill.TrustVouched {
					t.Errorf("issuer %q, trust %q", n.Issuer, n.Trust)
				}
				for f, ev := range n.Evidence {
					if !strings.HasPrefix(ev.Part, "application/xml") {
						t.Errorf("evidence of %s is of part %q", f, ev.Part)
					}
				}
			}
			o.DKIM = nil
			if rd := s.Read(tt.m, o); rd.Outcome == bill.OutcomeNotices {
				t.Error("an unproven stranger's e-invoice is a certain bill")
			}
		})
	}
}

// The e-invoice of a described sender is that issuer's, of a shared one its
// merchant's.
func TestEInvoiceOfDescribedIssuer(t *testing.T) {
	t.Parallel()
	file := "issuer: host\nname: Host\nzone: UTC\ncurrency: EUR\nshared: true\nfrom: [host.example]\nwording: seen\nlike: [en-trade]\n"
	files, err := embeddedFiles()
	if err != nil {
		t.Fatal(err)
	}
	s, err := build(append(files, sourceFile{"host.yaml", "host.yaml", []byte(file)}), nil)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Received: time.Date(2026, 2, 2, 1, 0, 0, 0, time.UTC), DKIM: []mail.Signature{{Domain: "host.example", Pass: true}}}
	rd := s.Read(invoiceMail("billing@host.example", "owner@example.com", "Invoice attached", ublInvoice), o)
	if rd.Outcome != bill.OutcomeNotices || len(rd.Notices) != 1 {
		t.Fatal(rd.describe())
	}
	if n := rd.Notices[0]; n.Issuer != "host" || n.IssuerName != "Muster GmbH" || n.Merchant != "Muster GmbH" || n.Trust != bill.TrustVouched {
		t.Errorf("%+v", n)
	}
}
