package einvoice

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
)

// brief is a notice in one line: kind, reference, amount, due date, and the
// fields in doubt.
func brief(n bill.Notice) string {
	out := []string{string(n.Kind), n.Reference, n.AmountDue.String(), n.DueDate.String()}
	for _, p := range n.Problems {
		out = append(out, "?"+string(p.Field))
	}
	return strings.Join(out, "|")
}

func briefs(t *testing.T, doc string) []string {
	t.Helper()
	invs, ok := Read([]byte(doc))
	if !ok {
		t.Fatalf("not recognised: %.80s", doc)
	}
	var out []string
	for _, inv := range invs {
		for _, n := range Notices(inv, day("2018-06-05")) {
			out = append(out, brief(n))
		}
	}
	return out
}

func TestSamplesReadCompletely(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ doc, syntax, seller, tax, buyer string }{
		{ublDoc, UBL, "Muster & Söhne GmbH", "DE123", "Käufer AG"},
		{ciiDoc, CII, "Muster GmbH", "DE123", "Käufer AG"},
		{zfDoc, ZUGFeRD1, "Muster GmbH", "", ""},
		{fatturaDoc, FatturaPA, "Ditta Rossi", "IT0123", ""},
	} {
		invs, ok := Read([]byte(c.doc))
		if !ok || len(invs) != 1 {
			t.Fatalf("%s: %d invoices, %v", c.syntax, len(invs), ok)
		}
		inv := invs[0]
		got := []string{inv.Syntax, inv.Seller, inv.SellerTaxID, inv.Buyer, inv.Number, inv.Currency, inv.IssueDate.String(), inv.Payable.String()}
		want := []string{c.syntax, c.seller, c.tax, c.buyer, "R-17", "EUR", "2018-06-04", "119.00 EUR"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", c.syntax, diff)
		}
		ns := Notices(inv, day("2018-06-05"))
		if len(ns) != 1 || brief(ns[0]) != "statement|R-17|119.00 EUR|2018-07-04" {
			t.Errorf("%s: %v", c.syntax, ns)
		}
		for _, f := range []bill.Field{bill.FieldIssuer, bill.FieldReference, bill.FieldCurrency, bill.FieldAmountDue, bill.FieldStatementDate, bill.FieldDueDate} {
			if e := ns[0].Evidence[f]; e.Text == "" || e.Part != c.syntax {
				t.Errorf("%s: evidence of %s = %+v", c.syntax, f, e)
			}
		}
	}
}

// ublCases are the sample with one thing changed, and what it comes to.
func ublCases() map[string]struct{ doc, want string } {
	const note, total = "30 Tage netto", `<cbc:PayableAmount currencyID="EUR">119.00<`
	payable := func(s string) string { return `<cbc:PayableAmount currencyID="EUR">` + s + `<` }
	means := func(code, more string) string {
		return "<cbc:PaymentMeansCode>" + code + "</cbc:PaymentMeansCode>" + more
	}
	const mean = "<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"
	dated := "<cbc:IssueDate>2018-06-04</cbc:IssueDate><cbc:DueDate>2018-06-20</cbc:DueDate>"
	const issued = "<cbc:IssueDate>2018-06-04</cbc:IssueDate>"
	return map[string]struct{ doc, want string }{
		"due date before words":   {with(ublDoc, issued, dated), "statement|R-17|119.00 EUR|2018-06-20"},
		"date with a zone":        {with(ublDoc, issued, with(dated, "06-20<", "06-20+02:00<")), "statement|R-17|119.00 EUR|2018-06-20"},
		"due date twice the same": {with(ublDoc, issued, dated+"<cbc:DueDate>2018-06-20</cbc:DueDate>"), "statement|R-17|119.00 EUR|2018-06-20"},
		"two due dates":           {with(ublDoc, issued, dated+"<cbc:DueDate>2018-06-21</cbc:DueDate>"), "statement|R-17|119.00 EUR||?due_date"},
		"30 February":             {with(ublDoc, issued, with(dated, "06-20", "02-30")), "statement|R-17|119.00 EUR||?due_date"},
		"due date of the means":   {with(ublDoc, mean, means("30", "<cbc:PaymentDueDate>2018-06-20</cbc:PaymentDueDate>")), "statement|R-17|119.00 EUR|2018-06-20"},
		"due before issue":        {with(ublDoc, issued, with(dated, "06-20", "05-20")), "statement|R-17|119.00 EUR||?due_date"},
		"due in a far year":       {with(ublDoc, issued, with(dated, "2018-06-20", "2081-06-20")), "statement|R-17|119.00 EUR||?due_date"},
		"no date, no terms":       {with(ublDoc, note, ""), "statement|R-17|119.00 EUR||?due_date"},
		"terms that say nothing":  {with(ublDoc, note, "Es gelten unsere AGB"), "statement|R-17|119.00 EUR||?due_date"},
		"discount only":           {with(ublDoc, note, "#SKONTO#TAGE=7#PROZENT=2.00#"), "statement|R-17|119.00 EUR||?due_date"},
		"terms in a remark":       {with(ublDoc, note, "", issued, issued+"<cbc:Note>Zahlbar bis 20.06.2018</cbc:Note>"), "statement|R-17|119.00 EUR|2018-06-20"},
		"collected":               {with(ublDoc, mean, means("59", ""), issued, dated), "autopay|R-17|119.00 EUR|2018-06-20"},
		"collected, day in words": {with(ublDoc, note, "Der Betrag wird am 20.06.2018, unter Angabe des Mandats 7, per SEPA-Lastschrift eingezogen."), "autopay|R-17|119.00 EUR|2018-06-20"},
		"collected, no day":       {with(ublDoc, mean, means("59", ""), note, ""), "autopay|R-17|119.00 EUR||?due_date"},
		"transfer or collection":  {with(ublDoc, mean, mean+"</cac:PaymentMeans><cac:PaymentMeans>"+means("59", "")), "statement|R-17|119.00 EUR|2018-07-04"},
		"charged in words":        {with(ublDoc, note, "Dies ist keine Aufforderung zur Zahlung."), "zero|R-17|0.00 EUR|"},
		"paid in words":           {with(ublDoc, note, "Der Betrag wurde bereits per PayPal bezahlt."), "zero|R-17|0.00 EUR|"},
		"paid in a remark":        {with(ublDoc, note, "", issued, issued+"<cbc:Note>This invoice has been paid by card.</cbc:Note>"), "zero|R-17|0.00 EUR|"},
		"something else was paid": {with(ublDoc, issued, issued+"<cbc:Note>Customs duties have been paid. Freight was paid.</cbc:Note>"), "statement|R-17|119.00 EUR|2018-07-04"},
		"paid, and due later":     {with(ublDoc, note, "Der Betrag wurde bereits per PayPal bezahlt.", issued, dated), "statement|R-17|119.00 EUR|2018-06-20|?kind"},
		"a part was paid": {with(ublDoc, note, "Vielen Dank, wurde bereits bezahlt. Rest zahlbar in 14 Tagen", total,
			`<cbc:PrepaidAmount currencyID="EUR">100.00</cbc:PrepaidAmount>`+payable("19.00")), "statement|R-17|19.00 EUR|2018-06-18"},
		"card charged":            {with(ublDoc, mean, means("48", "<cac:CardAccount><cbc:PrimaryAccountNumberID>XX1234</cbc:PrimaryAccountNumberID></cac:CardAccount>"), note, ""), "zero|R-17|0.00 EUR|"},
		"card to be charged":      {with(ublDoc, mean, means("48", "<cac:CardAccount><cbc:PrimaryAccountNumberID>XX1234</cbc:PrimaryAccountNumberID></cac:CardAccount>"), issued, dated), "autopay|R-17|119.00 EUR|2018-06-20"},
		"card of nobody":          {with(ublDoc, mean, means("48", "")), "statement|R-17|119.00 EUR|2018-07-04"},
		"prepaid":                 {with(ublDoc, total, payable("0.00")), "zero|R-17|0.00 EUR|"},
		"negative":                {with(ublDoc, total, payable("-119.00")), "zero||0.00 EUR|"},
		"partly prepaid":          {with(ublDoc, total, `<cbc:PrepaidAmount currencyID="EUR">100.00</cbc:PrepaidAmount>`+payable("19.00")), "statement|R-17|19.00 EUR|2018-07-04"},
		"prepaid and payable":     {with(ublDoc, total, `<cbc:PrepaidAmount currencyID="EUR">119.00</cbc:PrepaidAmount>`+payable("119.00")), "statement|R-17||2018-07-04|?amount_due"},
		"credit note by type":     {with(ublDoc, ">380<", ">381<"), "zero||0.00 EUR|"},
		"self-billed":             {with(ublDoc, ">380<", ">389<"), "zero||0.00 EUR|"},
		"corrected":               {with(ublDoc, ">380<", ">384<"), "statement|R-17|119.00 EUR|2018-07-04"},
		"partial":                 {with(ublDoc, ">380<", ">326<"), "statement|R-17|119.00 EUR|2018-07-04"},
		"partial construction":    {with(ublDoc, ">380<", ">875<"), "statement|R-17|119.00 EUR|2018-07-04"},
		"proforma":                {with(ublDoc, ">380<", ">325<"), "statement|R-17|119.00 EUR|2018-07-04|?kind"},
		"zeros beyond cents":      {with(ublDoc, total, payable("119.0000")), "statement|R-17|119.00 EUR|2018-07-04"},
		"no rounding":             {with(ublDoc, total, payable("119.005")), "statement|R-17||2018-07-04|?amount_due"},
		"comma":                   {with(ublDoc, total, payable("1,119.00")), "statement|R-17||2018-07-04|?amount_due"},
		"yen":                     {with(ublDoc, `"EUR"`, `"JPY"`, ">EUR<", ">JPY<"), "statement|R-17|119 JPY|2018-07-04"},
		"yen with sen":            {with(ublDoc, total, payable("119.50"), `"EUR"`, `"JPY"`, ">EUR<", ">JPY<"), "statement|R-17||2018-07-04|?amount_due"},
		"other currency":          {with(ublDoc, total, `<cbc:PayableAmount currencyID="USD">119.00<`), "statement|R-17||2018-07-04|?amount_due"},
		"two payable amounts":     {with(ublDoc, total, payable("119.00")+"/cbc:PayableAmount>"+payable("120.00")), "statement|R-17||2018-07-04|?amount_due"},
		"unknown currency":        {with(ublDoc, ">EUR<", ">EURO<"), "statement|R-17||2018-07-04|?currency"},
		"no payable amount":       {with(ublDoc, total, `<cbc:Other>119.00<`, "/cbc:PayableAmount", "/cbc:Other"), "statement|R-17|119.00 EUR|2018-07-04"},
		"too much":                {with(ublDoc, total, payable("99999999999.00")), "statement|R-17||2018-07-04|?amount_due"},
		"total with odd decimals": {with(ublDoc, `<cbc:TaxInclusiveAmount currencyID="EUR">119.00`, `<cbc:TaxInclusiveAmount currencyID="EUR">119.0001`), "statement|R-17|119.00 EUR|2018-07-04"},
	}
}

func TestUBL(t *testing.T) {
	t.Parallel()
	for name, c := range ublCases() {
		if got := briefs(t, c.doc); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestUBLCreditNote(t *testing.T) {
	t.Parallel()
	doc := with(ublDoc, "<Invoice ", "<CreditNote ", "</Invoice>", "</CreditNote>", "xsd:Invoice-2", "xsd:CreditNote-2",
		"<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", "", "<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>", "<cbc:PaymentDueDate>2018-06-20</cbc:PaymentDueDate>")
	if got := briefs(t, doc); len(got) != 1 || got[0] != "zero||0.00 EUR|" {
		t.Errorf("credit note: %q", got)
	}
	inv, _ := Read([]byte(doc))
	if len(inv[0].Terms) != 1 || inv[0].Terms[0].Due != day("2018-06-20") || inv[0].Type != "381" {
		t.Errorf("credit note: %+v", inv[0])
	}
}

func TestUBLInstalments(t *testing.T) {
	t.Parallel()
	parts := func(a, b string) string {
		term := func(d, m string) string {
			return `<cac:PaymentTerms><cbc:Amount currencyID="EUR">` + m + `</cbc:Amount><cbc:InstallmentDueDate>` + d + `</cbc:InstallmentDueDate></cac:PaymentTerms>`
		}
		return with(ublDoc, "<cac:PaymentTerms><cbc:Note>30 Tage netto</cbc:Note></cac:PaymentTerms>", term("2018-07-04", a)+term("2018-08-04", b))
	}
	want := []string{"arrangement|R-17|19.00 EUR|2018-07-04", "arrangement|R-17|100.00 EUR|2018-08-04"}
	if diff := cmp.Diff(want, briefs(t, parts("19.00", "100.00"))); diff != "" {
		t.Error(diff)
	}
	if got := briefs(t, parts("19.00", "90.00")); len(got) != 1 || got[0] != "statement|R-17|119.00 EUR||?due_date" {
		t.Errorf("parts that are not the whole: %q", got)
	}
}

func TestCII(t *testing.T) {
	t.Parallel()
	date := func(name, d string) string {
		return "<ram:" + name + `><udt:DateTimeString format="102">` + d + "</udt:DateTimeString></ram:" + name + ">"
	}
	term := func(more ...string) string {
		return "<ram:SpecifiedTradePaymentTerms>" + strings.Join(more, "") + "</ram:SpecifiedTradePaymentTerms>"
	}
	words := func(s string) string { return "<ram:Description>" + s + "</ram:Description>" }
	discount := `<ram:ApplicableTradePaymentDiscountTerms><ram:BasisPeriodMeasure unitCode="DAY">10</ram:BasisPeriodMeasure><ram:CalculationPercent>3.00</ram:CalculationPercent></ram:ApplicableTradePaymentDiscountTerms>`
	part := func(m string) string { return "<ram:PartialPaymentAmount>" + m + "</ram:PartialPaymentAmount>" }
	const one = "statement|R-17|119.00 EUR|2018-07-04"
	for name, c := range map[string]struct {
		terms string
		want  []string
	}{
		"words of both":            {term(words("Zahlbar innerhalb 30 Tagen netto bis 04.07.2018, 3% Skonto innerhalb 10 Tagen bis 15.06.2018")), []string{one}},
		"net date, discount days":  {term(date("DueDateDateTime", "20180704"), discount), []string{one}},
		"discount date alone":      {term(words("3% Skonto innerhalb 10 Tagen"), date("DueDateDateTime", "20180614"), discount), []string{"statement|R-17|119.00 EUR||?due_date"}},
		"discount date, net words": {term(words("10 Tage 3% Skonto, 30 Tage netto"), date("DueDateDateTime", "20180614")), []string{one}},
		"a term each": {term(words("Bis zum 14.06.2018 erhalten Sie 3,000 % Skonto"), date("DueDateDateTime", "20180615"), discount) +
			term(words("Bis zum 04.07.2018 ohne Abzug"), date("DueDateDateTime", "20180704")), []string{one}},
		"discount without a number": {term(words("2 % discount if paid within 2 days"), date("DueDateDateTime", "20180704")), []string{one}},
		"instalments": {term(date("DueDateDateTime", "20180704"), part("19.00")) + term(date("DueDateDateTime", "20180804"), part("100.00")),
			[]string{"arrangement|R-17|19.00 EUR|2018-07-04", "arrangement|R-17|100.00 EUR|2018-08-04"}},
		"two dates for the whole": {term(date("DueDateDateTime", "20180704")) + term(date("DueDateDateTime", "20180804")), []string{"statement|R-17|119.00 EUR||?due_date"}},
		"ISO date":                {with(term(date("DueDateDateTime", "20180704")), ` format="102"`, "", "20180704", "2018-07-04T00:00:00"), []string{one}},
		"a week":                  {with(term(date("DueDateDateTime", "201827")), "102", "616"), []string{"statement|R-17|119.00 EUR||?due_date"}},
		"mandate with transfer":   {term(date("DueDateDateTime", "20180704"), "<ram:DirectDebitMandateID>M1</ram:DirectDebitMandateID>"), []string{one}},
		"charged to a card": {term(words("Die Leistung wurde erbracht. Der Betrag wird über Ihre Kreditkarte abgebucht. Dies ist keine Aufforderung zur Zahlung. Rechnung für Ihre Unterlagen.")),
			[]string{"zero|R-17|0.00 EUR|"}},
		"none": {"", []string{"statement|R-17|119.00 EUR||?due_date"}},
	} {
		if diff := cmp.Diff(c.want, briefs(t, with(ciiDoc, ciiTerms, c.terms))); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	_, sums, _ := strings.Cut(ciiDoc, ciiTerms)
	sums, _, _ = strings.Cut(sums, "</ram:ApplicableHeaderTradeSettlement>")
	if got := briefs(t, with(ciiDoc, sums, sums+with(sums, "119.00", "120.00"))); got[0] != "statement|R-17|119.00 EUR|2018-07-04|?kind" {
		t.Errorf("two sums: %q", got)
	}
	debit := with(ciiDoc, ">58<", ">59<", "<ram:DueDateDateTime>", "<ram:DirectDebitMandateID>M1</ram:DirectDebitMandateID><ram:DueDateDateTime>")
	if got := briefs(t, debit); got[0] != "autopay|R-17|119.00 EUR|2018-07-04" {
		t.Errorf("debit: %q", got)
	}
}

func TestFattura(t *testing.T) {
	t.Parallel()
	const one = "statement|R-17|119.00 EUR|2018-07-04"
	for name, c := range map[string]struct {
		doc  string
		want []string
	}{
		"instalments": {with(fatturaDoc, fatturaPay, payments(detail("MP05", due("2018-07-04"), "19.00"), detail("MP05", due("2018-08-04"), "100.00"))),
			[]string{"arrangement|R-17|19.00 EUR|2018-07-04", "arrangement|R-17|100.00 EUR|2018-08-04"}},
		"two accounts":         {with(fatturaDoc, fatturaPay, payments(detail("MP05", due("2018-07-04"), "119.00"), detail("MP05", due("2018-07-04"), "119.00"))), []string{one}},
		"more than the total":  {with(fatturaDoc, fatturaPay, payments(detail("MP05", due("2018-07-04"), "119.00"), detail("MP05", due("2018-08-04"), "119.00"))), []string{"arrangement|R-17||2018-07-04|?amount_due", "arrangement|R-17||2018-08-04|?amount_due"}},
		"tax paid by buyer":    {with(fatturaDoc, "<ImportoPagamento>119.00", "<ImportoPagamento>100.00"), []string{"statement|R-17|100.00 EUR|2018-07-04"}},
		"days":                 {with(fatturaDoc, due("2018-07-04"), "<GiorniTerminiPagamento>30</GiorniTerminiPagamento>"), []string{one}},
		"days from a date":     {with(fatturaDoc, due("2018-07-04"), "<DataRiferimentoTerminiPagamento>2018-06-10</DataRiferimentoTerminiPagamento><GiorniTerminiPagamento>24</GiorniTerminiPagamento>"), []string{one}},
		"no date":              {with(fatturaDoc, due("2018-07-04"), ""), []string{"statement|R-17|119.00 EUR||?due_date"}},
		"two parts, no dates":  {with(fatturaDoc, fatturaPay, payments(detail("MP05", "", "19.00"), detail("MP05", "", "100.00"))), []string{"statement|R-17|119.00 EUR||?due_date"}},
		"one part has no date": {with(fatturaDoc, fatturaPay, payments(detail("MP05", due("2018-07-04"), "19.00"), detail("MP05", "", "100.00"))), []string{"arrangement|R-17|19.00 EUR|2018-07-04", "arrangement|R-17|100.00 EUR||?due_date"}},
		"no payment data":      {with(fatturaDoc, fatturaPay, ""), []string{"statement|R-17|119.00 EUR||?due_date"}},
		"no payment, split tax": {with(fatturaDoc, fatturaPay, "<DatiBeniServizi><DatiRiepilogo><EsigibilitaIVA>S</EsigibilitaIVA></DatiRiepilogo></DatiBeniServizi>"),
			[]string{"statement|R-17|||?due_date|?amount_due"}},
		"collected":        {with(fatturaDoc, "MP05", "MP19"), []string{"autopay|R-17|119.00 EUR|2018-07-04"}},
		"withheld":         {with(fatturaDoc, "MP05", "MP22"), []string{"zero|R-17|0.00 EUR|"}},
		"partly withheld":  {with(fatturaDoc, fatturaPay, payments(detail("MP22", due("2018-06-04"), "19.00"), detail("MP05", due("2018-07-04"), "100.00"))), []string{"statement|R-17|100.00 EUR|2018-07-04"}},
		"credit note":      {with(fatturaDoc, "TD01", "TD04"), []string{"zero||0.00 EUR|"}},
		"for the office":   {with(fatturaDoc, "TD01", "TD17"), []string{"zero||0.00 EUR|"}},
		"deferred":         {with(fatturaDoc, "TD01", "TD24"), []string{one}},
		"written by buyer": {with(fatturaDoc, "</FatturaElettronicaHeader>", "<SoggettoEmittente>CC</SoggettoEmittente></FatturaElettronicaHeader>"), []string{"zero||0.00 EUR|"}},
		"several invoices": {with(fatturaDoc, fatturaBody, fatturaBody+with(fatturaBody, "R-17", "R-18", "119.00", "50.00")), []string{one, "statement|R-18|50.00 EUR|2018-07-04"}},
		"no body":          {with(fatturaDoc, fatturaBody, ""), []string{"unread||||?kind"}},
		"early with a cut": {with(fatturaDoc, due("2018-07-04"), due("2018-07-04")+"<ScontoPagamentoAnticipato>3.00</ScontoPagamentoAnticipato><DataLimitePagamentoAnticipato>2018-06-14</DataLimitePagamentoAnticipato>"), []string{one}},
	} {
		if diff := cmp.Diff(c.want, briefs(t, c.doc)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestNoticesDoNotShareWhatTheyHold: a caller that fills one instalment must
// not change its sibling, nor the invoice.
func TestNoticesDoNotShareWhatTheyHold(t *testing.T) {
	t.Parallel()
	invs, _ := Read([]byte(with(fatturaDoc, fatturaPay, payments(detail("MP05", due("2018-07-04"), "19.00"), detail("MP05", due("2018-08-04"), "100.00")))))
	ns := Notices(invs[0], 0)
	ns[0].Evidence[bill.FieldAccount] = bill.Evidence{Text: "x"}
	if _, shared := ns[1].Evidence[bill.FieldAccount]; shared {
		t.Error("instalments share their evidence")
	}
	if _, shared := invs[0].Evidence[bill.FieldAccount]; shared {
		t.Error("a notice shares its evidence with the invoice")
	}
}
