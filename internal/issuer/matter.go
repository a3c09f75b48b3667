package issuer

import "strings"

// MayMatter is the cheap test on a message's headers by which bodies are
// chosen to be fetched: a sender of a described issuer or one that looks like
// it, or a subject with a word of owing. It errs on the side of fetching.
func (s *Set) MayMatter(from, subject string) bool {
	host := strings.ToLower(from)
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = strings.Trim(host[i+1:], "> \t")
		if s.forDomain(host) != nil {
			return true
		}
		if _, like := s.lookAlike(host); like {
			return true
		}
	}
	lower := strings.ToLower(subject)
	for _, w := range subjectWords {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}

// subjectWords are words of owing in the languages of the issuers known so
// far: zh-Hans, zh-Hant, en, ja, de, fr, es, pt, it, nl, tr, ko.
var subjectWords = [...]string{
	"账单", "帳單", "还款", "還款", "应还", "應還", "待还", "欠款", "欠费", "逾期", "扣款", "对账单", "對帳單", "账期", "賬期", "先用后付", "先采后付",
	"花呗", "借呗", "白条", "缴费", "繳費", "缴款", "繳款", "付款", "催收", "催缴", "到期", "发票", "發票", "分期", "结算", "結算", "应付", "展期",
	"bill", "invoice", "statement", "payment", "overdue", "past due", "due ", "amount due", "balance", "autopay", "installment", "instalment", "reminder",
	"請求", "お支払", "支払", "ご利用代金", "引き落とし", "口座振替", "滞納", "督促",
	"rechnung", "mahnung", "fällig", "zahlung", "lastschrift", "abrechnung",
	"facture", "échéance", "paiement", "prélèvement", "relance", "impayé",
	"factura", "vencimiento", "pago", "recibo", "vencida",
	"fatura", "vencimento", "pagamento", "boleto", "cobrança",
	"fattura", "scadenza", "bolletta", "sollecito",
	"factuur", "betaling", "vervaldatum", "aanmaning", "incasso",
	"청구", "명세서", "납부", "결제", "고지서", "미납", "연체",
	"ekstre", "ödeme", "son ödeme", "borç", "gecikme",
}
