package issuer

import (
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// What vouched strangers write beside bills: it must never become one.
var strangerOther = []strangerMail{
	{name: "en newsletter with a date", subject: "Tax tips for freelancers", text: "The filing due date is April 15, 2026. Save up to $500 with our guide."},
	{name: "en order", subject: "Your order #5521 has shipped", text: "Order total: $89.00\nEstimated delivery: Feb 5, 2026"},
	{name: "en quote", subject: "Quote Q-1002 for your project", text: "Total amount: EUR 900.00\nValid until: 2026-02-28"},
	{name: "en subscription renewed", subject: "Your receipt from Acme", text: "Amount paid: $12.00\nDate paid: 2026-02-01\nAmount due: $0.00"},
	{name: "en meeting", subject: "Project review", text: "The deliverable is due by February 10, 2026. Budget is $5,000."},
	{name: "en job", subject: "Application received", text: "We received your application on 2026-02-01. Salary: $50,000."},
	{name: "en offer", subject: "Last chance: save 40% before Sunday", text: "Pay by 2026-02-05 and your total due is only $60.00!"},
	{name: "en statement of a bank account", subject: "Your account summary", text: "Available balance: $1,200.00\nTransactions: 12"},
	{name: "de newsletter", subject: "Newsletter: Angebote im Februar", text: "Nur bis 15.02.2026: 20 EUR Rabatt auf alles."},
	{name: "de order", subject: "Bestellbestätigung 4711", text: "Gesamtbetrag: 59,00 EUR\nLieferdatum: 05.02.2026"},
	{name: "de credit note", subject: "Gutschrift GS-11", text: "Betrag: 59,00 EUR\nDatum: 01.02.2026"},
	{name: "fr order", subject: "Confirmation de commande", text: "Montant total : 45,00 €\nDate de livraison : 05/02/2026"},
	{name: "nl offer", subject: "Aanbieding: 20% korting", text: "Betaal voor 10-02-2026 en krijg € 20,00 korting."},
	{name: "es order", subject: "Confirmación de pedido", text: "Importe total: 45,00 €\nFecha de entrega: 05/02/2026"},
	{name: "pt offer", subject: "Oferta especial", text: "Compre até 10/02/2026 por R$ 99,90."},
	{name: "it shipped", subject: "Ordine spedito", text: "Importo: 45,00 €\nData consegna: 05/02/2026"},
	{name: "tr campaign", subject: "Kampanya: %50 indirim", text: "10.02.2026 tarihine kadar 99,90 TL"},
	{name: "ja usage", subject: "カードご利用のお知らせ", text: "ご利用日：2026年2月1日\nご利用金額：1,200円"},
	{name: "ja order", subject: "ご注文ありがとうございます", text: "合計金額：3,000円\n発送日：2026年2月3日"},
	{name: "zh order", subject: "订单已发货", text: "订单金额：129.00元\n发货时间：2026-02-01"},
	{name: "zh quotation", subject: "报价单", text: "总金额：12,000.00元\n有效期至：2026-02-28"},
	{name: "zh sale", subject: "会员日限时优惠", text: "2月10日前充值100元送20元"},
	{name: "zh fapiao", subject: "您有一张电子发票", text: "开票金额：300.00元\n开票日期：2026-02-01"},
	{name: "zh-hant order", subject: "訂單成立通知", text: "總金額：1,200元\n訂購日期：2026/02/01"},
	{name: "code", subject: "Your verification code", text: "Your code is 482913. It expires in 10 minutes."},
	{name: "thread about money", subject: "Dinner", text: "You owe me $20.00 for dinner :)"},
}

func TestGeneralRefuses(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	for _, w := range strangerOther {
		rd := readStrangerMail(s, w, shopVouched)
		for _, n := range rd.Notices {
			if !settles(n.Kind) {
				t.Errorf("%s: a %s\n%s", w.name, n.Kind, rd.describe())
			}
		}
	}
}

// More bills, in wordings and layouts of their own.
var strangerMore = []strangerMail{
	{name: "en bilingual utility", subject: "Your water bill is ready", html: "<table><tr><td>Account number</td><td>****1234</td></tr><tr><td>Current charges</td><td>$30.00</td></tr><tr><td>Total amount due</td><td>$42.17</td></tr><tr><td>Due date</td><td>02/25/2026</td></tr></table>",
		want: "kind=statement amount_due=42.17 due_date=2026-02-25"},
	{name: "en header row", subject: "Invoice 4411", html: "<table><tr><th>Invoice date</th><th>Due date</th><th>Balance due</th></tr><tr><td>2026-01-31</td><td>2026-03-02</td><td>GBP 640.00</td></tr></table>",
		want: "kind=statement reference=4411 statement_date=2026-01-31 amount_due=640.00 due_date=2026-03-02"},
	{name: "en final notice", subject: "Final notice: invoice 4411 past due", text: "Invoice: 4411\nPast due amount: GBP 640.00\nOriginal due date: 2 January 2026\nPlease pay immediately.",
		want: "kind=overdue reference=4411 amount_due=640.00 due_date=2026-01-02"},
	{name: "de table with words around", subject: "Abschlagsrechnung Strom", html: "<p>Guten Tag,</p><table><tr><td>Rechnungs-Nr.</td><td>S-99812</td></tr><tr><td>Zu zahlender Betrag</td><td>84,00 €</td></tr><tr><td>Fällig am</td><td>16.02.2026</td></tr></table><p>Ihr Team</p>",
		want: "kind=statement reference=S-99812 amount_due=84.00 due_date=2026-02-16"},
	{name: "de month name", subject: "Rechnung Februar", text: "Offener Betrag: 84,00 €\nZahlbar bis zum: 16. Februar 2026", want: "kind=statement amount_due=84.00 due_date=2026-02-16"},
	{name: "de skonto", subject: "Rechnung RE-77", text: "Zahlbetrag: 100,00 EUR\nSkonto bis: 08.02.2026\nZahlbar bis: 28.02.2026", want: "kind=statement reference=RE-77 amount_due=100.00 due_date=2026-02-28"},
	{name: "fr month name", subject: "Votre facture de février", text: "Montant à payer : 59,99 €\nÀ régler avant le 20 février 2026", want: "kind=statement amount_due=59.99 due_date=2026-02-20"},
	{name: "fr capitals", subject: "FACTURE F-2026-9", text: "NET À PAYER : 59,99 €\nDATE D'ÉCHÉANCE : 20/02/2026", want: "kind=statement amount_due=59.99 due_date=2026-02-20 reference=F-2026-9"},
	{name: "fr unpaid", subject: "Relance : facture impayée", text: "Facture n° F-2026-9\nReste à payer : 59,99 €\nÉchéance : 05/01/2026", want: "kind=overdue reference=F-2026-9 amount_due=59.99 due_date=2026-01-05"},
	{name: "es card", subject: "Estado de cuenta febrero", text: "Pago mínimo: 350,00 €\nTotal a pagar: 4.500,00 €\nFecha límite de pago: 25/02/2026", want: "kind=statement minimum_due=350.00 amount_due=4500.00 due_date=2026-02-25"},
	{name: "pt boleto", subject: "Boleto disponível", html: "<table><tr><td>Vencimento</td><td>Valor a pagar</td></tr><tr><td>10/02/2026</td><td>R$ 230,00</td></tr></table>", want: "kind=statement amount_due=230.00 due_date=2026-02-10"},
	{name: "it overdue", subject: "Sollecito di pagamento fattura n. 88/2026", text: "Importo dovuto: € 310,00\nScadenza: 15/01/2026", want: "kind=overdue amount_due=310.00 due_date=2026-01-15 reference=88/2026"},
	{name: "tr capitals", subject: "FATURA BİLGİLENDİRME", text: "ÖDENECEK TUTAR: 1.250,00 TL\nSON ÖDEME TARİHİ: 20.02.2026", want: "kind=statement amount_due=1250.00 due_date=2026-02-20"},
	{name: "ja card debit", subject: "口座振替のお知らせ", text: "ご請求金額：45,600円\n振替日：2026年2月27日（金）", want: "kind=autopay amount_due=45600 due_date=2026-02-27"},
	{name: "zh rent", subject: "2月房租账单", text: "应付租金：3,500.00元\n请于2026年2月5日前转账至房东账户。", want: "kind=statement period=2026-02 amount_due=3500.00 due_date=2026-02-05"},
	{name: "zh arrears", subject: "欠费提醒", text: "您的宽带已欠费，欠费金额88.00元，请尽快缴费。", want: "review amount_due=88.00"},
	{name: "zh-hant card", subject: "信用卡電子帳單", html: "<table><tr><td>本期應繳總金額</td><td>NT$12,345</td></tr><tr><td>本期最低應繳金額</td><td>NT$1,235</td></tr><tr><td>繳款截止日</td><td>2026/02/20</td></tr></table>",
		want: "kind=statement amount_due=12345.00 minimum_due=1235.00 due_date=2026-02-20"},
}

func TestGeneralReadsMore(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	for _, w := range strangerMore {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			rd := readStrangerMail(s, w, shopVouched)
			if got := short1(rd); got != normal(w.want) {
				t.Errorf("got  %s\nwant %s\n%s", got, normal(w.want), rd.describe())
			}
		})
	}
}

// FuzzGeneral: whatever a vouched stranger writes, a certain bill has amount
// and due date, and nothing is negative.
func FuzzGeneral(f *testing.F) {
	for _, w := range strangerMails {
		f.Add(w.subject, w.text)
	}
	s := loadSet(f)
	at := time.Date(2026, 2, 1, 4, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, subject, text string) {
		m := &mail.Message{From: []mail.Address{{Address: "a@shop.example"}}, FromFields: 1, Subject: mail.Fold(subject),
			Parts: []mail.Part{{Name: "text/plain", Type: "text/plain", Text: mail.Fold(text)}}}
		rd := s.Read(m, Options{Received: at, DKIM: []mail.Signature{{Domain: "shop.example", Pass: true}}})
		for _, n := range rd.Notices {
			certain := rd.Outcome == bill.OutcomeNotices && !settles(n.Kind)
			if n.AmountDue.Minor < 0 || n.Issuer != "a@shop.example" || certain && (!n.AmountDue.Known() || !n.DueDate.Known()) {
				t.Fatalf("%+v", n)
			}
		}
	})
}
