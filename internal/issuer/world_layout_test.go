package issuer

import (
	"strings"
	"testing"
	"unicode"

	"repayd/internal/bill"
)

// worldLayoutsOf print two labels with their values in every way known.
var worldLayoutsOf = []struct{ name, text string }{
	{"colon", "A: V\nB: W"},
	{"colon without a blank", "A:V\nB:W"},
	{"blank before the colon", "A : V\nB : W"},
	{"blank", "A V\nB W"},
	{"next cell", "A | V\nB | W"},
	{"next cell with a colon", "A: | V\nB: | W"},
	{"four cells", "A | V | B | W"},
	{"head above row", "A | B\nV | W"},
	{"head with other columns", "No | A | Note | B\nx | V | y | W"},
	{"next line", "A\nV\nOther\nB\nW"},
	{"stacked", "A\nB\nV\nW"},
	{"stars", "A * V\nB: * W"},
	{"capitals", "A! V\nB! W"},
	{"Turkish capitals", "A! V\nB! W"},
}

// Every spelling of every label is read in every layout, in small letters and
// in capitals, and none is read as something else.
func TestEveryWorldLabelInEveryLayout(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	for issuer, values := range map[string][2]string{
		"capitalone": {"$1,234.56", "October 7, 2026"}, "hdfc": {"Rs. 1,23,456.00", "07/10/2026"}, "bchydro": {"$1,234.56", "Oct 07, 2026"},
		"afterpay": {"$18.61", "7 October 2026"}, "akbank": {"3.218,34 TL", "07.10.2026"}, "vakifbank": {"3,218.34TL", "07/10/2026"}, "aupay": {"12,345円", "2026年10月7日"},
	} {
		t.Run(issuer, func(t *testing.T) {
			t.Parallel()
			everyLabel(t, s.byName[issuer], values)
		})
	}
}

func everyLabel(t *testing.T, r *rule, values [2]string) {
	scan := scanner{currency: r.currency, dateOrder: r.order, received: day(t, "2026-09-14")}
	labels := spelled(r.any)
	count := 0
	for _, pair := range [][2]bill.Field{{bill.FieldAmountDue, bill.FieldDueDate}, {bill.FieldMinimumDue, bill.FieldStatementDate}} {
		first, second := labels[pair[0]], labels[pair[1]]
		if len(first) == 0 || len(second) == 0 {
			continue
		}
		for i := range max(len(first), len(second)) {
			var a, b string
			for _, l := range worldLayoutsOf {
				switch a, b = first[i%len(first)], second[i%len(second)]; l.name {
				case "capitals":
					a, b = strings.ToUpper(a), strings.ToUpper(b)
				case "Turkish capitals":
					a, b = strings.ToUpperSpecial(unicode.TurkishCase, a), strings.ToUpperSpecial(unicode.TurkishCase, b)
				}
				text := strings.NewReplacer("A!", a, "B!", b, "A", a, "B", b, "V", values[0], "W", values[1]).Replace(l.text)
				got := map[bill.Field]string{}
				for _, f := range readLabels(newDocument("", parts(text), r).lines, r.any, &r.lead, scan) {
					got[f.field] += f.val.text
				}
				count++
				if got[pair[0]] != values[0] || got[pair[1]] != values[1] || len(got) != 2 {
					t.Errorf("%s: %q reads %v", l.name, text, got)
				}
			}
		}
	}
	t.Logf("%d texts", count)
}
