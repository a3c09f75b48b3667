package issuer

import (
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// stranger is a mail of a sender that no file describes.
type strangerMail struct{ name, subject, text, html, want string }

var strangerMails = []strangerMail{
	{name: "en list", subject: "Invoice INV-2001 from Northwind", text: "Hello,\nInvoice number: INV-2001\nInvoice date: 2026-01-20\nAmount due: USD 1,250.00\nDue date: February 15, 2026\nThank you.",
		want: "kind=statement reference=INV-2001 amount_due=1250.00 due_date=2026-02-15 statement_date=2026-01-20"},
	{name: "en dollar sign", subject: "Your invoice is ready", text: "Total due: $89.50\nDue date: Feb 20, 2026", want: "kind=statement amount_due=89.50 due_date=2026-02-20"},
	{name: "en dollar of another country", subject: "Your invoice is ready", text: "Toronto, Canada\nTotal due: $89.50\nDue date: Feb 20, 2026", want: "review amount_due=89.50 due_date=2026-02-20"},
	{name: "en day and month exchangeable", subject: "Your invoice is ready", text: "Total due: £89.50\nDue date: 03/02/2026", want: "review amount_due=89.50"},
	{name: "en table", subject: "Invoice 88012 for your hosting", html: "<table><tr><td>Subtotal</td><td>€40.00</td></tr><tr><td>VAT</td><td>€8.00</td></tr><tr><td>Total due</td><td>€48.00</td></tr><tr><td>Payment due</td><td>2026-02-10</td></tr></table>",
		want: "kind=statement reference=88012 amount_due=48.00 due_date=2026-02-10"},
	{name: "en overdue", subject: "Invoice #5512 is overdue", text: "Amount due: €300.00\nDue date: 2026-01-20\nYour invoice is 12 days overdue.", want: "kind=overdue reference=5512 amount_due=300.00 due_date=2026-01-20 days_late=12"},
	{name: "en sentence", subject: "Rent reminder", text: "Please pay EUR 950.00 by February 5, 2026.", want: "kind=due_soon amount_due=950.00 due_date=2026-02-05"},
	{name: "en autopay", subject: "Upcoming payment", text: "Your card will be charged EUR 12.00 on February 5, 2026 for invoice INV-9.", want: "kind=autopay reference=INV-9 amount_due=12.00 due_date=2026-02-05"},
	{name: "en receipt", subject: "Your receipt from Northwind", text: "Amount paid: USD 50.00\nPaid on: 2026-02-01\nInvoice number: INV-3001", want: "kind=payment paid_amount=50.00 paid_date=2026-02-01 reference=INV-3001"},
	{name: "en shop order", subject: "Order confirmation 5512", text: "Thank you for your order. Total amount: $59.00. Estimated delivery: Feb 10, 2026", want: "none"},
	{name: "en marketing", subject: "Winter sale: 50% off", text: "Pay by February 5, 2026 and save. Balance due: $0 today!", want: "none"},
	{name: "en two dates", subject: "Invoice INV-7001", text: "Amount due: EUR 10.00\nDue date: 2026-02-10\nPay by: 2026-02-12", want: "review amount_due=10.00 reference=INV-7001"},
	{name: "en date only", subject: "Invoice INV-7001", text: "Your invoice is attached.\nDue date: 2026-02-10", want: "review due_date=2026-02-10 reference=INV-7001"},
	{name: "en reply", subject: "Re: Invoice INV-7001", text: "Thanks, will do.\nAmount due: EUR 10.00\nDue date: 2026-02-10", want: "review amount_due=10.00 due_date=2026-02-10 reference=INV-7001"},
	{name: "en quoted", subject: "Re: Invoice INV-7001", text: "Thanks, will do.\n> Amount due: EUR 10.00\n> Due date: 2026-02-10", want: "none"},
	{name: "en talk", subject: "Lunch", text: "The paper is due on February 5, 2026, see you at 12.", want: "none"},
	{name: "de list", subject: "Ihre Rechnung RE-1001", text: "Rechnungsnummer: RE-1001\nRechnungsdatum: 20.01.2026\nNettobetrag: 100,00 EUR\nZahlbetrag: 119,00 EUR\nZahlbar bis: 15.02.2026",
		want: "kind=statement reference=RE-1001 statement_date=2026-01-20 amount_due=119.00 due_date=2026-02-15"},
	{name: "de sentence", subject: "Rechnung", text: "Bitte überweisen Sie den Betrag von 1.119,00 € bis zum 15.02.2026 auf unser Konto.", want: "kind=statement amount_due=1119.00 due_date=2026-02-15"},
	{name: "de reminder", subject: "1. Mahnung zu Rechnung RE-1001", text: "Offener Betrag: 119,00 €\nFällig am: 15.01.2026\nMahngebühr: 5,00 €", want: "kind=overdue reference=RE-1001 amount_due=119.00 due_date=2026-01-15 penalty=5.00"},
	{name: "de debit", subject: "Ihre Rechnung", text: "Der Rechnungsbetrag von 49,99 € wird am 05.02.2026 von Ihrem Konto abgebucht.", want: "kind=autopay amount_due=49.99 due_date=2026-02-05"},
	{name: "de paid", subject: "Zahlungsbestätigung", text: "Vielen Dank für Ihre Zahlung.\nGezahlter Betrag: 119,00 €\nBezahlt am: 01.02.2026", want: "kind=payment paid_amount=119.00 paid_date=2026-02-01"},
	{name: "fr", subject: "Votre facture FA-2026-01", text: "Numéro de facture : FA-2026-01\nNet à payer : 1 234,56 €\nDate d'échéance : 15/02/2026", want: "kind=statement reference=FA-2026-01 amount_due=1234.56 due_date=2026-02-15"},
	{name: "fr debit", subject: "Votre facture", text: "Montant à payer : 29,99 €\nIl sera prélevé le 05/02/2026.", want: "kind=autopay amount_due=29.99 due_date=2026-02-05"},
	{name: "nl", subject: "Uw factuur 20260012", text: "Factuurnummer: 20260012\nTe betalen: € 75,00\nVervaldatum: 15-02-2026", want: "kind=statement reference=20260012 amount_due=75.00 due_date=2026-02-15"},
	{name: "nl overdue", subject: "Betalingsherinnering", text: "Openstaand bedrag: € 75,00\nVervaldatum: 15-01-2026", want: "kind=overdue amount_due=75.00 due_date=2026-01-15"},
	{name: "es", subject: "Factura disponible", text: "Total a pagar: 45,10 €\nFecha de vencimiento: 15/02/2026", want: "kind=statement amount_due=45.10 due_date=2026-02-15"},
	{name: "pt", subject: "Sua fatura chegou", text: "Valor a pagar: R$ 1.234,56\nVencimento: 10/02/2026\nPagamento mínimo: R$ 123,45", want: "kind=statement amount_due=1234.56 minimum_due=123.45 due_date=2026-02-10"},
	{name: "it", subject: "La tua bolletta", html: "<table><tr><td>Totale da pagare</td><td>82,30 €</td></tr><tr><td>Scadenza</td><td>20/02/2026</td></tr></table>", want: "kind=statement amount_due=82.30 due_date=2026-02-20"},
	{name: "tr", subject: "Faturanız hazır", text: "Fatura tutarı: 345,60 TL\nSon ödeme tarihi: 18.02.2026", want: "kind=statement amount_due=345.60 due_date=2026-02-18"},
	{name: "ja", subject: "【ご請求】2月分のご利用料金", text: "ご請求額：12,345円\nお支払期限：2026年2月27日", want: "kind=statement amount_due=12345 due_date=2026-02-27"},
	{name: "ja dunning", subject: "お支払いのお願い", text: "お支払期限を過ぎております。\n未払金額：8,800円\nお支払期限：2026/01/20", want: "kind=overdue amount_due=8800 due_date=2026-01-20"},
	{name: "zh utility", subject: "电费缴费通知", text: "户号：100234\n本期电费：156.30元\n缴费截止日：2026-02-20", want: "kind=statement amount_due=156.30 due_date=2026-02-20"},
	{name: "zh supplier", subject: "付款通知书", html: "<table><tr><td>应付金额</td><td>¥8,800.00</td></tr><tr><td>付款截止日</td><td>2026年2月25日</td></tr></table>", want: "kind=due_soon amount_due=8800.00 due_date=2026-02-25"},
	{name: "zh paid", subject: "缴费成功通知", text: "缴费金额：156.30元\n缴费时间：2026-02-01 10:00", want: "kind=payment paid_amount=156.30 paid_date=2026-02-01 paid_time=10:00"},
	{name: "zh marketing", subject: "新春活动，限时优惠", text: "2月20日前付款立减50元", want: "none"},
	{name: "zh-hant taiwan", subject: "電子帳單通知", text: "台灣某某電信\n應繳金額：799元\n繳費截止日：2026/02/20", want: "kind=statement amount_due=799.00 due_date=2026-02-20"},
	{name: "zh-hant, which country", subject: "電子帳單通知", text: "應繳金額：799元\n繳費截止日：2026/02/20", want: "review amount_due=799.00 due_date=2026-02-20"},
	{name: "zh-hant hong kong", subject: "電子賬單", text: "應付金額：HK$799.00\n付款到期日：2026年2月20日", want: "kind=statement amount_due=799.00 due_date=2026-02-20"},
	{name: "names a described issuer", subject: "花呗账单提醒", text: "应还金额：100.00元\n还款日：2026-02-09", want: "review amount_due=100.00 due_date=2026-02-09"},
}

func readStrangerMail(s *Set, w strangerMail, head ...string) Reading {
	return readStrangerAt(s, time.Date(2026, 2, 1, 4, 0, 0, 0, time.UTC), w, head...)
}

func readStrangerAt(s *Set, at time.Time, w strangerMail, head ...string) Reading {
	raw := Sample{From: "billing@shop.example", Subject: w.subject, Text: w.text, HTML: w.html}
	m := mail.Parse([]byte(strings.Join(append(head, string(raw.raw(at))), "\r\n")))
	return s.Read(m, Options{Received: at, Authserv: []string{"mx.example.com"}})
}

const shopVouched = "Authentication-Results: mx.example.com; dmarc=pass header.from=shop.example"

func TestGeneral(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	for _, w := range strangerMails {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			rd := readStrangerMail(s, w, shopVouched)
			if got := short1(rd); got != normal(w.want) {
				t.Errorf("got  %s\nwant %s\n%s", got, normal(w.want), rd.describe())
			}
			for _, n := range rd.Notices {
				if n.Issuer != "billing@shop.example" || n.Trust != bill.TrustVouched {
					t.Errorf("issuer %q, trust %q", n.Issuer, n.Trust)
				}
			}
		})
	}
}

// Without proof of its sender, a certain bill is a review and nothing else is
// told at all.
func TestGeneralUnverified(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	for _, w := range strangerMails {
		rd := readStrangerMail(s, w)
		certain := !strings.HasPrefix(w.want, "review") && w.want != "none" && !strings.HasPrefix(w.want, "kind=payment")
		want := bill.OutcomeNotMine
		if certain {
			want = bill.OutcomeNeedsReview
		}
		if rd.Outcome != want {
			t.Errorf("%s: got %s, want %s\n%s", w.name, rd.Outcome, want, rd.describe())
		}
	}
}
