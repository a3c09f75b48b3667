package issuer

import "testing"

// Letters that dun, and bills of further countries.
var strangersDun = []strangerMail{
	{name: "de reminder, due since", subject: "Zahlungserinnerung zu Rechnung RE-1001", text: "sicher haben Sie übersehen, dass unsere Rechnung RE-1001 noch offen ist.\nOffener Betrag: 119,00 €\nFällig seit: 15.01.2026\nSollten Sie zwischenzeitlich gezahlt haben, betrachten Sie dieses Schreiben als gegenstandslos.",
		want: "kind=overdue reference=RE-1001 amount_due=119.00 due_date=2026-01-15"},
	{name: "de second letter, in one sentence", subject: "2. Mahnung", text: "Ihre Rechnung RE-1001 vom 01.01.2026 über 119,00 EUR war am 15.01.2026 fällig und ist noch nicht beglichen.",
		want: "kind=overdue reference=RE-1001 amount_due=119.00 due_date=2026-01-15"},
	{name: "de newsletter about dunning", subject: "Mahnwesen leicht gemacht - Newsletter", text: "Software ab 49,00 € bis 15.02.2026", want: "none"},
	{name: "fr reminder, except for an error of ours", subject: "Relance : facture FA-2001 impayée", text: "Sauf erreur de notre part, la facture FA-2001 d'un montant de 1 234,56 € reste impayée à ce jour.\nDate d'échéance : 15/01/2026",
		want: "kind=overdue reference=FA-2001 amount_due=1234.56 due_date=2026-01-15"},
	{name: "fr formal notice", subject: "Mise en demeure de payer", text: "Facture : FA-2001\nMontant dû : 1 234,56 €\nÉchéance : 15/01/2026\nNous vous mettons en demeure de régler cette somme sous huit jours.",
		want: "kind=overdue reference=FA-2001 amount_due=1234.56 due_date=2026-01-15"},
	{name: "fr amount grouped by blanks before its words", subject: "Facture FA-2001", text: "La somme de 1 234,56 € est due le 15/02/2026.", want: "kind=statement reference=FA-2001 amount_due=1234.56 due_date=2026-02-15"},
	{name: "en amount grouped by blanks before its words", subject: "Invoice INV-2001", text: "EUR 1 234.56 is due on 15 February 2026.", want: "kind=statement reference=INV-2001 amount_due=1234.56 due_date=2026-02-15"},
	{name: "it month in words", subject: "La tua bolletta è disponibile", text: "Totale da pagare: € 82,30\nScadenza: 7 febbraio 2026", want: "kind=statement amount_due=82.30 due_date=2026-02-07"},
	{name: "nl month in words", subject: "Uw factuur staat klaar", text: "Te betalen: € 75,00\nVervaldatum: 20 maart 2026", want: "kind=statement amount_due=75.00 due_date=2026-03-20"},
	{name: "pt bill of Portugal", subject: "Fatura Eletrónica", text: "Valor a pagar: 45,10 €\nData limite de pagamento: 15/02/2026", want: "kind=statement amount_due=45.10 due_date=2026-02-15"},
	{name: "ko electricity", subject: "전기요금 청구서", text: "청구금액: 45,300원\n납부기한: 2026.02.25", want: "kind=statement amount_due=45300 due_date=2026-02-25"},
	{name: "ko card", subject: "카드 이용대금 명세서", text: "결제금액: 333,672원\n결제일: 2026년 2월 14일", want: "kind=statement amount_due=333672 due_date=2026-02-14"},
	{name: "ko arrears", subject: "미납요금 안내", text: "미납금액: 45,300원\n납부기한: 2026.01.25", want: "kind=overdue amount_due=45300 due_date=2026-01-25"},
	{name: "ko paid", subject: "결제 완료 안내", text: "결제금액: 12,000원\n결제가 완료되었습니다", want: "kind=payment paid_amount=12000"},
	{name: "ko marketing", subject: "(광고) 봄 이벤트", text: "2026년 2월 14일까지 결제금액 10,000원 할인", want: "none"},
	{name: "en invoice in a sentence", subject: "Invoice INV-2001", text: "Please find attached invoice INV-2001 for USD 264.01, payable by 19 February 2026.", want: "kind=statement reference=INV-2001 amount_due=264.01 due_date=2026-02-19"},
	{name: "zh payable to a supplier", subject: "付款通知", text: "贵司应付货款人民币3,492.33元，请于2026年2月21日前支付。", want: "kind=due_soon amount_due=3492.33 due_date=2026-02-21"},
}

func TestGeneralDuns(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	for _, w := range strangersDun {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			rd := readStrangerMail(s, w, shopVouched)
			if got := short1(rd); got != normal(w.want) {
				t.Errorf("got  %s\nwant %s\n%s", got, normal(w.want), rd.describe())
			}
		})
	}
}
