package issuer

import (
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// lettersReceived is when the letters below came.
var lettersReceived = time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)

// Letters of people and small firms, written from memory of real ones and not
// from the wordings that are read: most have no label at all. Each must end as
// a bill or as a review; what is certain must be right.
var letters = []strangerMail{
	{name: "en rent in a line", subject: "rent", text: "Hey, rent for March 1200 EUR please by 10 March. cheers",
		want: "review"},
	{name: "hk card", subject: "信用卡電子結單", text: "結單日 2026年2月26日\n結單結餘 HKD 3,512.80\n最低付款額 HKD 300.00\n到期繳款日 2026年3月20日",
		want: "amount_due=3512.80 due_date=2026-03-20 kind=statement minimum_due=300.00"},
	{name: "en which is the month", subject: "Payment reminder", text: "Unit 44: please pay €129.00 by 03/04/2026.",
		want: "review amount_due=129.00"},
	{name: "en dun1", subject: "Overdue account", text: "Dear Mr Lee,\n\nAccording to our records we have not yet received your payment of £1,250.00 for invoice BW-1182, which was due on 14 February 2026.\n\nIf you have already paid, please disregard this letter. Otherwise please settle the amount within 7 days.\n\nKind regards\nCredit Control",
		want: "amount_due=1250.00 due_date=2026-02-14 kind=overdue reference=BW-1182"},
	{name: "en dun2", subject: "Second reminder - outstanding balance", text: "Hello,\n\nYour account has an outstanding balance of $185.00 from your visit on January 12, 2026. Payment was due on February 12, 2026.\n\nPlease call us or pay online.",
		want: "amount_due=185.00 due_date=2026-02-12 kind=overdue"},
	{name: "en dun3", subject: "Invoice #204 is 14 days late", text: "Hi,\n\nJust a quick note that invoice #204 for $900.00 is now 14 days late. It was due on 19 Feb 2026. Could you let me know when I can expect payment?\n\nThanks, Sam",
		want: "review days_late=14 due_date=2026-02-19"},
	{name: "en fin", subject: "FINAL DEMAND", text: "FINAL DEMAND\n\nService charge account 44021\nAmount outstanding: £612.44\n\nUnless we receive payment in full by 12 March 2026 we will refer the matter to our solicitors.",
		want: "review amount_due=612.44"},
	{name: "de mahn1", subject: "1. Mahnung", text: "Sehr geehrter Herr Muster,\n\nunsere Forderung über 128,40 EUR (Rechnung Nr. 77812, fällig am 10.02.2026) ist noch offen. Wir bitten Sie, den Betrag zzgl. 2,50 EUR Mahngebühren, insgesamt 130,90 EUR, bis spätestens 19.03.2026 auf unser Konto zu überweisen.\n\nSollten Sie inzwischen gezahlt haben, betrachten Sie dieses Schreiben als gegenstandslos.",
		want: "review amount_due=128.40 reference=77812"},
	{name: "de erin", subject: "Zahlungserinnerung zu Rechnung 2026-0815", text: "Guten Tag,\n\nsicher ist es Ihrer Aufmerksamkeit entgangen, dass unsere Rechnung 2026-0815 vom 05.02.2026 über 356,20 € noch nicht beglichen wurde. Bitte überweisen Sie den Betrag bis zum 16.03.2026.",
		want: "review reference=2026-0815"},
	{name: "fr rel", subject: "Relance facture impayée n° F-2026-118", text: "Bonjour,\n\nSauf erreur de notre part, nous n'avons pas reçu le règlement de notre facture n° F-2026-118 d'un montant de 480,00 € TTC, échue le 15/02/2026.\n\nNous vous remercions de procéder au paiement sous 8 jours.",
		want: "amount_due=480.00 due_date=2026-02-15 kind=overdue reference=F-2026-118"},
	{name: "fr med", subject: "Mise en demeure de payer", text: "Madame, Monsieur,\n\nMalgré nos relances, la somme de 1 250,50 € reste impayée à ce jour (facture 8841 du 10/01/2026). Nous vous mettons en demeure de régler cette somme avant le 20 mars 2026.",
		want: "review amount_due=1250.50 reference=8841"},
	{name: "es rec", subject: "Recordatorio de pago factura 2026/045", text: "Estimado cliente:\n\nLe recordamos que la factura 2026/045 por importe de 302,50 € venció el 28/02/2026 y todavía no hemos recibido su pago. Le rogamos efectúe la transferencia a la mayor brevedad.",
		want: "amount_due=302.50 due_date=2026-02-28 kind=overdue reference=2026/045"},
	{name: "it sol", subject: "Sollecito di pagamento fattura n. 112/2026", text: "Gentile cliente,\n\nnon ci risulta ancora pervenuto il pagamento della fattura n. 112/2026 di € 610,00, scaduta il 28/02/2026. La preghiamo di provvedere entro il 15/03/2026.",
		want: "review amount_due=610.00 reference=112/2026"},
	{name: "nl aan", subject: "Aanmaning factuur 20260077", text: "Geachte heer/mevrouw,\n\nWij hebben nog geen betaling ontvangen van factuur 20260077 ten bedrage van € 275,00. De uiterste betaaldatum was 21-02-2026. Wij verzoeken u het bedrag binnen 7 dagen over te maken.",
		want: "amount_due=275.00 due_date=2026-02-21 kind=overdue reference=20260077"},
	{name: "pt cob", subject: "Aviso de pagamento em atraso", text: "Prezado cliente,\n\nNão identificamos o pagamento da fatura nº 5512 no valor de R$ 380,00, vencida em 25/02/2026. Pedimos a regularização até 15/03/2026.",
		want: "amount_due=380.00 due_date=2026-02-25 kind=overdue reference=5512"},
	{name: "tr gec", subject: "Gecikmiş aidat borcu", text: "Sayın Kat Maliki,\n\nŞubat 2026 aidat borcunuz 1.500,00 TL olup son ödeme tarihi 28.02.2026 idi. Ödemeniz henüz alınmamıştır. Lütfen en kısa sürede ödeyiniz.",
		want: "amount_due=1500.00 due_date=2026-02-28 kind=overdue"},
	{name: "ja tok", subject: "【督促】お支払いのお願い(請求書No.1023)", text: "平素より大変お世話になっております。\n請求書No.1023(ご請求金額 55,000円)につきまして、お支払期限の2026年2月28日を過ぎておりますが、本日現在ご入金の確認ができておりません。\nお手数ですが、2026年3月13日までにお振込みくださいますようお願い申し上げます。",
		want: "review amount_due=55000"},
	{name: "zh cui", subject: "物业费催缴通知", text: "尊敬的业主：\n您2026年第一季度物业费共计1,260.00元尚未缴纳，缴费截止日期为2026年2月28日。请您尽快缴纳，逾期将按规定收取滞纳金。",
		want: "amount_due=1260.00 due_date=2026-02-28 kind=overdue"},
	{name: "zh cui2", subject: "催款函", text: "贵公司：\n截至2026年3月5日，贵公司尚欠我司货款人民币86,400.00元（合同号：HT2026-018），该款项应于2026年2月20日前支付。请于收到本函后7日内付清。",
		want: "amount_due=86400.00 due_date=2026-02-20 kind=overdue reference=HT2026-018"},
	{name: "en inv1", subject: "Invoice 31 from Jane Doe Design", text: "Hi there,\n\nPlease find attached invoice 31 for the logo work, total $750.00. Payment terms are net 14 days, so it's due March 19, 2026.\n\nBank details are on the invoice. Thanks!",
		want: "amount_due=750.00 due_date=2026-03-19 kind=statement"},
	{name: "en inv2", subject: "Acme Co sent you an invoice (0000123)", text: "Acme Co sent you an invoice for $1,200.00 that's due on March 15, 2026.\n\nView Invoice",
		want: "amount_due=1200.00 due_date=2026-03-15 kind=statement"},
	{name: "en inv3", subject: "Invoice INV-0042 from Tidy Gardens for Mr Lee", text: "Hi,\n\nHere's invoice INV-0042 for GBP 84.00.\n\nThe amount outstanding of GBP 84.00 is due on 14 Mar 2026.\n\nView your bill online: https://in.xero.example/abc",
		want: "amount_due=84.00 due_date=2026-03-14 kind=statement reference=INV-0042"},
	{name: "en qb", subject: "Invoice 1187 from Blue Sky HVAC", text: "INVOICE 1187 DETAILS\nBlue Sky HVAC\n\nDUE 03/20/2026\n$436.50\n\nReview and pay",
		want: "review due_date=2026-03-20 reference=1187"},
	{name: "en tuition", subject: "Spring term fees", text: "Dear parents,\n\nThe fees for the spring term, £4,150.00, are payable by 20 March 2026. Please quote your pupil number 8831.",
		want: "amount_due=4150.00 due_date=2026-03-20 kind=statement"},
	{name: "en ins", subject: "Your premium is due", text: "Policy number: HO-55-1234\nPremium amount: $312.00\nDue date: March 22, 2026\nPlease pay by the due date to keep your coverage active.",
		want: "amount_due=312.00 due_date=2026-03-22 kind=statement"},
	{name: "en tax", subject: "Property Tax Bill - 2nd installment", text: "Your 2nd installment property tax of $1,845.33 is due on or before April 1, 2026. Parcel 12-334.",
		want: "amount_due=1845.33 due_date=2026-04-01 kind=statement"},
	{name: "en gym", subject: "We could not process your payment", text: "Hi Alex,\nWe tried to charge your card for $39.99 on March 3, 2026 but the payment was declined. Please update your card by March 10, 2026 to keep your membership.",
		want: "review amount_due=39.99"},
	{name: "de inv", subject: "Rechnung 2026/17", text: "Sehr geehrte Frau Beispiel,\n\nanbei erhalten Sie unsere Rechnung 2026/17 über 595,00 EUR. Bitte überweisen Sie den Rechnungsbetrag innerhalb von 14 Tagen.",
		want: "review amount_due=595.00 reference=2026/17"},
	{name: "de ver", subject: "Ihre Beitragsrechnung", text: "Versicherungsnummer 123456789\nIhr Beitrag für die Zeit vom 01.04.2026 bis 31.03.2027: 412,80 EUR\nfällig zum 01.04.2026",
		want: "review due_date=2026-04-01"},
	{name: "fr inv", subject: "Votre facture Orange de mars est disponible", text: "Bonjour,\nMontant de votre facture : 34,99 €\nPrélèvement le 15/03/2026\n",
		want: "amount_due=34.99 due_date=2026-03-15 kind=autopay"},
	{name: "es inv", subject: "Ya puedes consultar tu factura de luz", text: "Importe total: 67,89 €\nFecha de vencimiento: 20/03/2026\nSe cargará en tu cuenta terminada en 1234.",
		want: "amount_due=67.89 due_date=2026-03-20 kind=autopay"},
	{name: "it inv", subject: "La tua bolletta luce è arrivata", text: "Totale da pagare: 92,15 €\nScadenza: 25/03/2026",
		want: "amount_due=92.15 due_date=2026-03-25 kind=statement"},
	{name: "nl inv", subject: "Uw termijnbedrag maart", text: "Uw termijnbedrag van € 145,00 wordt rond 27 maart 2026 automatisch afgeschreven van uw rekening.",
		want: "amount_due=145.00 due_date=2026-03-27 kind=autopay"},
	{name: "pt inv", subject: "Sua fatura chegou", text: "Valor: R$ 215,67\nVencimento: 18/03/2026\nPague com Pix.",
		want: "amount_due=215.67 due_date=2026-03-18 kind=statement"},
	{name: "tr inv", subject: "Elektrik faturanız", text: "Fatura tutarı: 642,30 TL\nSon ödeme tarihi: 24.03.2026",
		want: "amount_due=642.30 due_date=2026-03-24 kind=statement"},
	{name: "ja inv", subject: "水道料金のお知らせ", text: "ご請求金額 4,280円\nお支払期限 2026年3月31日",
		want: "amount_due=4280 due_date=2026-03-31 kind=statement"},
	{name: "zh rent", subject: "3月房租", text: "你好，3月房租2800元，请在3月10日前转给我，谢谢。",
		want: "amount_due=2800.00 due_date=2026-03-10 kind=statement"},
	{name: "zh inv", subject: "2月对账单", text: "王经理您好，附件为2月对账单，合计金额：45,230.50元，付款期限：2026年3月31日，请核对后安排付款。",
		want: "amount_due=45230.50 due_date=2026-03-31 kind=statement"},
	{name: "zh tel", subject: "话费账单", text: "尊敬的客户，您2026年02月话费账单：应缴金额128.50元，请于2026年3月25日前缴费。",
		want: "amount_due=128.50 due_date=2026-03-25 kind=statement period=2026-02"},
	{name: "zh edu", subject: "学费缴纳通知", text: "同学你好，2026春季学期学费3,800.00元，请于3月15日前完成缴费。",
		want: "amount_due=3800.00 due_date=2026-03-15 kind=statement"},
	{name: "hoa", subject: "Quarterly assessment", text: "Your quarterly assessment of $450.00 is due April 1, 2026. A late fee of $25.00 applies after April 15.",
		want: "amount_due=450.00 due_date=2026-04-01 kind=statement"},
	{name: "dentist", subject: "Balance on your account", text: "You have an unpaid balance of $75.00 for your visit on February 3, 2026. Please pay within 10 days.",
		want: "review amount_due=75.00"},
	{name: "child", subject: "March fees", text: "Hi, March fees of €640 are now due. Please transfer by Friday 13 March 2026. Thanks",
		want: "amount_due=640.00 due_date=2026-03-13 kind=statement"},
	{name: "storage", subject: "Payment reminder", text: "Unit 44: rent of $129.00 due 03/15/2026.",
		want: "amount_due=129.00 due_date=2026-03-15 kind=due_soon"},
	{name: "club", subject: "Membership subscription 2026", text: "Your subscription of £180 for 2026 is now due. Please pay by bank transfer before 31 March 2026.",
		want: "amount_due=180.00 due_date=2026-03-31 kind=statement"},
	{name: "legal", subject: "Our fees", text: "Please find attached our invoice no. 30112 in the sum of £2,400.00 plus VAT of £480.00, total £2,880.00. Payment is due within 30 days.",
		want: "review amount_due=2880.00 reference=30112"},
	{name: "de miete", subject: "Nebenkostenabrechnung 2025", text: "Aus der Abrechnung ergibt sich eine Nachzahlung von 214,36 EUR. Bitte überweisen Sie diesen Betrag bis zum 31.03.2026.",
		want: "amount_due=214.36 due_date=2026-03-31 kind=statement"},
	{name: "de steuer", subject: "Bescheid", text: "Bitte zahlen Sie spätestens am 10.04.2026: 1.204,00 EUR Einkommensteuer.",
		want: "review"},
	{name: "de verein", subject: "Mitgliedsbeitrag 2026", text: "Der Mitgliedsbeitrag in Höhe von 96,00 EUR wird am 15.03.2026 per SEPA-Lastschrift eingezogen.",
		want: "amount_due=96.00 due_date=2026-03-15 kind=autopay"},
	{name: "fr loyer", subject: "Avis d'échéance mars", text: "Loyer et charges mars 2026 : 870,00 €, à régler avant le 10/03/2026.",
		want: "amount_due=870.00 due_date=2026-03-10 kind=statement"},
	{name: "fr cot", subject: "Votre cotisation", text: "Votre cotisation de 54,20 € sera prélevée le 10 mars 2026.",
		want: "amount_due=54.20 due_date=2026-03-10 kind=autopay"},
	{name: "es com", subject: "Cuota de comunidad", text: "La cuota del primer trimestre, 180,00 €, debe abonarse antes del 15/03/2026.",
		want: "amount_due=180.00 due_date=2026-03-15 kind=statement"},
	{name: "it cond", subject: "Rata condominio", text: "La rata condominiale di € 220,00 scade il 15/03/2026.",
		want: "amount_due=220.00 due_date=2026-03-15 kind=statement"},
	{name: "nl huur", subject: "Huur maart", text: "De huur van € 950,00 voor maart graag overmaken voor 5 maart 2026.",
		want: "amount_due=950.00 due_date=2026-03-05 kind=statement"},
	{name: "pt cond", subject: "Boleto do condomínio", text: "Segue boleto no valor de R$ 540,00 com vencimento em 10/03/2026.",
		want: "amount_due=540.00 due_date=2026-03-10 kind=statement"},
	{name: "tr kira", subject: "Mart kirası", text: "Mart ayı kirası 12.000,00 TL, lütfen 10.03.2026 tarihine kadar ödeyiniz.",
		want: "review"},
	{name: "ja kaihi", subject: "年会費のご案内", text: "年会費 12,000円を2026年3月31日までにお振込みください。",
		want: "amount_due=12000 due_date=2026-03-31 kind=statement"},
	{name: "zh tuan", subject: "货款", text: "王总,上月货款合计18,600元,麻烦3月15日前安排付款,谢谢!",
		want: "review due_date=2026-03-15"},
	{name: "zh park", subject: "月租车续费", text: "您的月租车位将于2026年3月20日到期,续费金额300.00元,请及时续费。",
		want: "amount_due=300.00 due_date=2026-03-20 kind=due_soon"},
	{name: "zh daik", subject: "贷款还款提醒", text: "您尾号5566的贷款本期应还3,215.66元,还款日2026年3月20日,请在还款账户存足资金。",
		want: "amount_due=3215.66 due_date=2026-03-20 kind=due_soon"},
	{name: "zh ins", subject: "续期保费缴纳提醒", text: "您的保单(尾号7788)应于2026年3月25日缴纳续期保费6,000.00元。",
		want: "amount_due=6000.00 due_date=2026-03-25 kind=due_soon"},
	{name: "hk", subject: "3月賬單", text: "賬戶號碼:12345678\n應繳金額:HK$298.00\n到期日:2026年3月25日",
		want: "amount_due=298.00 due_date=2026-03-25 kind=statement"},
	{name: "quick", subject: "Invoice 12", text: "Amount: $300.00\nDue: 3/31/2026",
		want: "amount_due=300.00 due_date=2026-03-31 kind=statement"},
	{name: "lateinv", subject: "Gentle nudge on invoice #88", text: "Hey! Just checking in on invoice #88 ($1,200.00), which was due last Friday. Any news?",
		want: "review"},
	{name: "parking", subject: "Parking charge notice", text: "A charge of £60.00 is payable within 28 days of 2 March 2026. Reduced to £30.00 if paid within 14 days.",
		want: "review amount_due=60.00"},
}

func TestLettersAreBills(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	for _, w := range letters {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			rd := readStrangerAt(s, lettersReceived, w, shopVouched)
			if got := short1(rd); got != normal(w.want) {
				t.Errorf("got  %s\nwant %s\n%s", got, normal(w.want), rd.describe())
			}
		})
	}
}

// otherLetters speak of money and days and ask for nothing.
var otherLetters = []strangerMail{
	{name: "order", subject: "Order confirmation #88123", text: "Thank you for your order. Total: £23.98 (paid by Visa). Estimated delivery 10 March 2026."},
	{name: "quote", subject: "Quote Q-119 for your roof", text: "Please find our quote for $4,300.00. The offer is valid until March 31, 2026."},
	{name: "news", subject: "Deals: up to 50% off", text: "Phone now $499, due to popular demand extended until March 12, 2026! Pay later available."},
	{name: "payslip", subject: "Your payslip for February", text: "Net pay: £2,431.00, paid on 28 February 2026."},
	{name: "stmt", subject: "Your account statement is ready", text: "Your current account statement for February is ready. Closing balance: £1,204.55."},
	{name: "refund", subject: "Refund on its way", text: "We have refunded $45.00 to your card on 3 March 2026. Allow 5 days."},
	{name: "trial", subject: "Your trial ends March 12", text: "Your free trial ends on March 12, 2026. Subscribe for $9.99/month."},
	{name: "donate", subject: "Your $50 can save a life", text: "Please give $50 by March 31, 2026 and your gift will be doubled."},
	{name: "sent", subject: "You sent invoice #12 to Bob Ltd", text: "You sent invoice #12 for $500.00 to Bob Ltd. It is due on March 20, 2026. We will let you know when it is paid."},
	{name: "paidus", subject: "Bob Ltd paid invoice #12", text: "Good news! Bob Ltd paid $500.00 for invoice #12 on March 3, 2026."},
	{name: "job", subject: "Senior engineer, $180,000", text: "Apply by March 15, 2026. Salary $180,000 plus bonus."},
	{name: "ship", subject: "Your parcel arrives March 9", text: "Declared value $120.00. Delivery by March 9, 2026."},
	{name: "meet", subject: "dinner friday", text: "Shall we meet on 12 March at 8? You still owe me a beer :)"},
	{name: "zh promo", subject: "限时特惠", text: "满300减50，3月8日前下单，最低99元起。"},
	{name: "de best", subject: "Bestellbestätigung 4711", text: "Vielen Dank für Ihre Bestellung. Gesamtbetrag 59,90 EUR, bezahlt mit PayPal. Lieferung bis zum 12.03.2026."},
	{name: "fr cmd", subject: "Confirmation de commande", text: "Merci pour votre commande de 45,00 €. Livraison prévue avant le 12/03/2026."},
	{name: "ja ship", subject: "ご注文ありがとうございます", text: "ご注文金額 3,980円(クレジットカード決済済み)。お届け予定日 2026年3月8日"},
	{name: "event", subject: "Your tickets for March 20", text: "2 tickets, total $84.00. Event date: March 20, 2026. See you there!"},
	{name: "loan offer", subject: "You are pre-approved for $10,000", text: "Pay only $199/month. Offer expires March 31, 2026. Apply today."},
	{name: "invest", subject: "Dividend paid", text: "A dividend of $31.20 was paid to your account on March 2, 2026."},
	{name: "price", subject: "Price change", text: "From April 1, 2026 your plan will cost $17.99 a month."},
	{name: "hotel", subject: "Booking confirmed", text: "Arrival 12 March 2026. Total €320.00, pay at the property."},
	{name: "jira", subject: "[PROJ-12] Budget review", text: "Due date: 2026-03-12\nEstimate: $5,000\nAssignee: you"},
	{name: "crowd", subject: "You backed Cool Gadget", text: "Thank you for your pledge of $49.00. The campaign ends March 20, 2026. Your card will be charged if it succeeds."},
	{name: "bank in", subject: "You received a transfer", text: "You received €250.00 from Anna on 3 March 2026."},
	{name: "salary zh", subject: "2月工资条", text: "张三:您2月应发工资12,000.00元,实发9,800.00元,已于3月5日发放。"},
	{name: "reimb", subject: "Expense report approved", text: "Your expense report of $312.40 was approved and will be paid on March 10, 2026."},
	{name: "quote zh", subject: "报价单", text: "您好,附件为报价,合计金额:12,300.00元,有效期至2026年3月31日。"},
	{name: "contract", subject: "Draft contract", text: "Attached is the draft. The buyer pays €10,000 by 30 June 2026 under clause 4. Comments welcome."},
	{name: "chat zh", subject: "周末", text: "周末一起吃饭吧,上次那顿200元我请了哈,3月8日见。"},
	{name: "po", subject: "Purchase order PO-77", text: "Please find our purchase order PO-77 for $2,300.00. Delivery required by March 25, 2026. Send your invoice to ap@buyer.example."},
	{name: "ourinv", subject: "Re: your invoice 55", text: "Hi, we received your invoice 55 for $800.00 and will pay it on March 20, 2026."},
	{name: "remit", subject: "Remittance advice", text: "We have paid €1,150.00 to your account on 4 March 2026 for your invoice R-77."},
	{name: "auction", subject: "You were outbid", text: "Current bid: $120.00. Auction ends March 8, 2026."},
	{name: "rx", subject: "Prescription ready", text: "Pick up by March 12, 2026. Estimated cost $10.00."},
	{name: "hotel de", subject: "Reservierungsbestätigung", text: "Anreise 12.03.2026. Gesamtpreis 320,00 EUR, zahlbar vor Ort."},
	{name: "event fr", subject: "Invitation au dîner du 20 mars", text: "Participation : 25 € par personne. Réponse avant le 12 mars 2026."},
	{name: "spar", subject: "Ihr Kontoauszug", text: "Kontostand 1.204,55 EUR am 28.02.2026."},
	{name: "ship de", subject: "Ihre Sendung kommt morgen", text: "Warenwert 59,90 EUR. Zustellung bis 07.03.2026."},
	{name: "tax ref", subject: "Your tax refund", text: "A refund of $845.00 will be deposited by March 20, 2026."},
	{name: "cancel", subject: "Your membership is cancelled", text: "Your membership ended on March 1, 2026. No further payments of $39.99 will be taken."},
	{name: "loyal", subject: "Your miles expire", text: "12,000 miles worth $120 expire on March 31, 2026."},
	{name: "rate", subject: "Refinance today", text: "Rates from 5.1%. Borrow $250,000 and pay only $1,350 a month. Offer ends March 15, 2026."},
	{name: "insq", subject: "Your car insurance quote", text: "Annual premium £412.00. Quote valid until 20 March 2026."},
	{name: "petition", subject: "Chip in $5", text: "Can you chip in $5 before the March 31, 2026 deadline?"},
	{name: "course", subject: "Spring courses open", text: "Course fee £120. Enrol by 15 March 2026."},
	{name: "price zh", subject: "本周特价", text: "鸡蛋9.9元,大米59元,3月8日前有效。"},
	{name: "deliv zh", subject: "快递到付提醒", text: "您的快递预计3月8日送达,代收货款0元。"},
	{name: "tick zh", subject: "购票成功", text: "您已购票成功,票款553.00元,3月10日08:00开车。"},
	{name: "fund zh", subject: "基金申购确认", text: "您于3月3日申购的基金已确认,金额10,000.00元。"},
	{name: "ja mag", subject: "春のセール", text: "最大5,000円OFF。2026年3月15日まで。"},
	{name: "es of", subject: "Oferta de primavera", text: "Todo desde 9,99 €. Hasta el 15/03/2026."},
	{name: "it conf", subject: "Conferma ordine 123", text: "Totale: 45,00 €. Consegna entro il 12/03/2026."},
	{name: "nl best", subject: "Bedankt voor je bestelling", text: "Totaal € 45,00 betaald met iDEAL. Bezorging voor 12 maart 2026."},
	{name: "pt ped", subject: "Pedido confirmado", text: "Total R$ 120,00. Entrega até 12/03/2026."},
	{name: "tr sip", subject: "Siparişiniz alındı", text: "Toplam 450,00 TL. Teslimat 12.03.2026."},
	{name: "github", subject: "[org/repo] Issue #12: price is wrong", text: "The price shows $20.00 but should be $25.00. Due to rounding? Needs fix by 2026-03-12."},
	{name: "cal", subject: "Reminder: pay review with Bob @ 12 March", text: "Agenda: budget $1,000"},
	{name: "medical", subject: "Appointment reminder", text: "Your appointment is on March 12, 2026. A cancellation fee of $50 applies if you miss it."},
	{name: "applied", subject: "Scholarship awarded", text: "You have been awarded £2,000.00, payable on 1 April 2026 to your account."},
	{name: "crypto", subject: "Price alert", text: "BTC is above $90,000.00"},
	{name: "rideshare", subject: "Your Tuesday trip", text: "Total $14.20\nVisa ending 1234 $14.20\nMarch 3, 2026"},
	{name: "sub", subject: "Your subscription renews soon", text: "Your plan renews on March 12, 2026 for $9.99 with your Visa ending in 1234."},
}

func TestLettersThatAskForNothing(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	for _, w := range otherLetters {
		if rd := readStrangerAt(s, lettersReceived, w, shopVouched); rd.Outcome != bill.OutcomeNotMine {
			t.Errorf("%s: %s\n%s", w.name, rd.Outcome, rd.describe())
		}
	}
}

// TestPlainSentences: described issuers in words that none of their samples
// has.
func TestPlainSentences(t *testing.T) {
	t.Parallel()
	runWild(t, []wildMail{
		{name: "baitiao", from: "baitiao@jd.com", received: "2026-03-05", subject: "京东白条还款提醒",
			text: "亲爱的用户，您的白条本期账单应还款金额为 520.13 元，最后还款日为 2026-03-17，逾期将产生违约金。",
			want: "kind=due_soon amount_due=520.13 due_date=2026-03-17"},
		{name: "chase payment", from: "no.reply.alerts@chase.com", received: "2026-03-28", subject: "We received your payment",
			text: "Account ending in (...1234)\nWe've received your credit card payment of $1,248.90 on Mar 28, 2026.",
			want: "kind=payment account=1234 paid_amount=1248.90 paid_date=2026-03-28"},
		{name: "icici short year", from: "credit_cards@icicibank.com", received: "2026-03-05", subject: "ICICI Bank Credit Card Statement",
			text: "Your ICICI Bank Credit Card XX5005 statement is generated. Total Due INR 12,345.67; Minimum Due INR 620.00; Due Date 19-Mar-26.",
			want: "kind=statement account=5005 amount_due=12345.67 minimum_due=620.00 due_date=2026-03-19"},
	})
}

// TestARelayThatIsNotListed: a phone that relays SMS from the mailbox to itself
// is asked about, not passed over; a note to oneself is.
func TestARelayThatIsNotListed(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	read := func(text string) Reading {
		raw := "Authentication-Results: mx.example.com; dmarc=pass header.from=example.net\r\nFrom: <me@example.net>\r\nTo: <me@example.net>\r\n" +
			"Subject: 来自95555的短信\r\nDate: Thu, 05 Mar 2026 09:00:00 +0800\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text
		return s.Read(mail.Parse([]byte(raw)), Options{Received: lettersReceived, Authserv: []string{"mx.example.com"}})
	}
	rd := read("【招商银行】您尾号1234的信用卡本期账单金额人民币6284.35元,最低还款额314.22元,到期还款日03月18日。")
	if rd.Outcome != bill.OutcomeNeedsReview || rd.Trust != bill.TrustUnverified || len(rd.Notices) != 1 || rd.Notices[0].Issuer != "cmb" {
		t.Error(rd.describe())
	}
	if rd := read("记得买牛奶,还有招商银行的卡要换。"); rd.Outcome != bill.OutcomeNotMine {
		t.Error(rd.describe())
	}
}
