package issuer

import (
	"slices"
	"strings"
	"unicode"
)

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
	words := strings.FieldsFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(w string) bool {
		_, owes := wholeWords[w]
		return owes
	})
}

// subjectWords are words of owing in the languages of the issuers known so
// far, wherever they stand: zh-Hans, zh-Hant, en, ja, de, fr, es, pt, it, nl,
// tr, ko.
var subjectWords = [...]string{
	"账单", "帳單", "賬單", "还款", "還款", "应还", "應還", "待还", "欠款", "欠费", "逾期", "扣款", "对账单", "對帳單", "账期", "賬期", "先用后付", "先采后付",
	"花呗", "借呗", "白条", "缴费", "繳費", "缴款", "繳款", "缴纳", "繳納", "交费", "续费", "付款", "催收", "催缴", "催款", "到期", "发票", "發票", "分期", "结算", "結算", "应付", "展期", "短信",
	"房租", "租金", "月租", "货款", "尾款", "欠", "学费", "学杂费", "保费", "保險費", "物业费", "管理费", "水费", "水費", "电费", "電費", "燃气费", "话费", "年费", "会费",
	"bill", "invoice", "statement", "payment", "overdue", "past due", "amount due", "balance", "autopay", "installment", "instalment", "reminder", "unpaid", "outstanding",
	"請求", "お支払", "支払", "ご利用代金", "引き落とし", "口座振替", "滞納", "督促", "未払", "未納", "家賃", "会費", "料金", "振込", "納付",
	"rechnung", "mahnung", "fällig", "zahlung", "lastschrift", "abrechnung", "forderung", "beitrag", "gebühr",
	"facture", "échéance", "paiement", "prélèvement", "relance", "impayé", "mise en demeure", "cotisation", "règlement",
	"factura", "vencimiento", "recibo", "vencida", "alquiler", "domiciliación",
	"fatura", "vencimento", "pagamento", "boleto", "cobrança", "mensalidade", "aluguel", "condomínio", "em atraso",
	"fattura", "scadenza", "bolletta", "sollecito", "canone", "affitto", "condomin",
	"factuur", "betaling", "betaal", "vervaldatum", "aanmaning", "incasso", "termijnbedrag", "contributie", "premienota",
	"청구", "명세서", "납부", "결제", "고지서", "미납", "연체",
	"ekstre", "ödeme", "son ödeme", "borç", "borcu", "gecik", "aidat", "kirası",
}

// wholeWords count only as words of their own: "rent" is no part of "current".
var wholeWords = map[string]struct{}{
	"due": {}, "dues": {}, "fee": {}, "fees": {}, "rent": {}, "premium": {}, "tax": {}, "tuition": {}, "arrears": {}, "owed": {}, "owing": {},
	"demand": {}, "assessment": {}, "subscription": {}, "money": {}, "late": {}, "charge": {}, "charges": {},
	"miete": {}, "steuer": {}, "bescheid": {}, "loyer": {}, "pago": {}, "cuota": {}, "rata": {}, "quota": {}, "huur": {}, "nota": {}, "conta": {}, "kira": {},
}
