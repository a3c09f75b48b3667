package issuer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// termsFile is an issuer file with a terms block, which begins on line 15.
func termsFile(block string) string {
	return `issuer: test-bank
name: 测试银行
zone: Asia/Shanghai
currency: CNY
wording: unproven
from: [test-bank.example]
notices:
  - kind: statement
    when: 测试账单
    fields: {amount_due: "应还{:}{money}", due_date: "还款日{:}{date}"}
samples:
  - {name: statement, from: a@test-bank.example, received: 2026-01-02, subject: 测试账单, text: "应还：100.00\n还款日：2026-01-20", want: {kind: statement, amount_due: 100.00, due_date: 2026-01-20}}
  - {name: none, from: a@test-bank.example, received: 2026-01-02, subject: 新年快乐, text: 祝您新年快乐, want: none}
terms:
` + block
}

func loadTerms(t *testing.T, block string) (*Set, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "test-bank.yaml"), []byte(termsFile(block)), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(dir, nil)
}

func TestTermsOfAFile(t *testing.T) {
	t.Parallel()
	set, err := loadTerms(t, `  source: https://test-bank.example/fees
  as_of: "2026-08"
  certainty: official
  tolerance: 10.00
  fees:
    - {percent: 5%, base: minimum, min: 10.00, max: 500.00}
    - {flat: 7.50, currency: USD, after: 10d, source: a page, certainty: secondary}
  interest:
    - {rate: 0.05%, base: outstanding, from: 2021-01-01}
    - {rate: 14.6%, year_days: 365, factor: "1.5", base: amount_due, start: after_grace}
  milestones:
    - {name: credit_bureau, after: 1d}
    - {name: service_suspended, after: 30d, certainty: hearsay}
  consequences: [credit_bureau]
  debit: {offered: true, order: 借记卡, note: 单笔 5 万, confirm: 2d}
  contacts:
    - {what: phone, value: "95588"}
`)
	if err != nil {
		t.Fatal(err)
	}
	rate := func(s string) terms.Rate {
		r, err := terms.ParseRate(s)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	yuan := func(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: "CNY"} }
	from, _ := bill.NewDay(2021, 1, 1)
	official := terms.Origin{Source: "https://test-bank.example/fees", AsOf: "2026-08", Certainty: terms.Official}
	want := &terms.Terms{Issuer: "test-bank",
		Fees: []terms.Fee{
			{Origin: official, Currency: "CNY", Amount: terms.Amount{Percent: rate("5%"), Base: terms.BaseMinimum, Min: yuan(1000), Max: yuan(50000)}},
			{Origin: terms.Origin{Source: "a page", AsOf: "2026-08", Certainty: terms.Secondary}, Currency: "USD", After: 10, Amount: terms.Amount{Flat: bill.Money{Minor: 750, Currency: "USD"}}}},
		Interest: []terms.Interest{{Origin: official, Currency: "CNY", Rate: rate("0.05%"), Base: terms.BaseOutstanding, From: from},
			{Origin: official, Currency: "CNY", Rate: rate("14.6%"), DayCount: terms.Year365, Factor: rate("1.5"), Base: terms.BaseAmountDue, Start: terms.StartAfterGrace}},
		Milestones: []terms.Milestone{{Origin: official, Name: "credit_bureau", After: 1},
			{Origin: terms.Origin{Source: official.Source, AsOf: "2026-08", Certainty: terms.Hearsay}, Name: "service_suspended", After: 30}},
		Consequences: []string{"credit_bureau"},
		Debit:        terms.Debit{Origin: official, Offered: true, Order: "借记卡", Note: "单笔 5 万", ConfirmDays: 2},
		Contacts:     []terms.Contact{{What: "phone", Value: "95588", Origin: official}}}
	rates := cmp.Comparer(func(a, b terms.Rate) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, set.FullTerms("test-bank"), rates); diff != "" {
		t.Error(diff)
	}
	fold := set.Terms("test-bank")
	if diff := cmp.Diff([]bill.MilestoneRule{{Name: "credit_bureau", After: 1}}, fold.Milestones); diff != "" {
		t.Errorf("only what is proven is reminded of: %s", diff)
	}
	if fold.ConfirmDays != 2 || len(fold.Tolerance) != 1 || fold.Tolerance[0] != yuan(1000) {
		t.Errorf("for the fold: %+v", fold)
	}
	if set.FullTerms("nobody") != nil {
		t.Error("terms of nobody")
	}
}

func TestTermsAreCheckedWithTheirLine(t *testing.T) {
	t.Parallel()
	const origin = "  {source: s, as_of: 2026, certainty: official, "
	for block, want := range map[string]string{
		"  {source: s, as_of: 2026, certainty: sure, interest: [{rate: 1%, base: outstanding}]}":             `:15: terms: interest 1: "sure" is no certainty`,
		"  {interest: [{rate: 1%, base: outstanding, certainty: law}]}":                                      ":15: terms: interest 1: a rule needs its source and as_of",
		origin + "fees: [{after: 3d}]}":                                                                      ":15: terms: fee 1: neither an amount nor a percentage",
		origin + "fees: [{flat: 7.001}]}":                                                                    ":15: flat: ",
		origin + "fees: [{percent: 5, base: minimum, min: 9.00, max: 2.00}]}":                                ":15: terms: fee 1: the least, 9.00 CNY, is more than the most",
		origin + "fees: [{percent: five, base: minimum}]}":                                                   ":15: percent: ",
		origin + "interest: [{rate: 1%, base: all}]}":                                                        `:15: terms: interest 1: "all" is no base`,
		origin + "interest: [{rate: 1%, base: outstanding,\n   until: 2026-02-30}]}":                         `:16: until: "2026-02-30" is no day`,
		origin + "milestones: [{name: fee, after: 3}]}":                                                      ":15: write a number of days such as 3d",
		origin + "milestones: [{after: 3d}]}":                                                                ":15: milestones: write the name",
		origin + "tolerance: much}":                                                                          ":15: tolerance: write an amount in CNY",
		origin + "debit: {offered: perhaps}}":                                                                ":15: offered: write true or false",
		origin + "contacts: [{what: phone}]}":                                                                ":15: contacts: write what it is",
		origin + "interest: [{rate: 1%, base: outstanding, bass: x}]}":                                       `:15: there is no key "bass" here`,
		origin + "interest: [{rate: 1%, base: outstanding, from: 2026-02-01, until: 2026-01-01}], fees: []}": ":15: terms: interest 1: it ends on",
	} {
		if _, err := loadTerms(t, block+"\n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %s", block, err, want)
		}
	}
}

// TestBuiltInTerms: what a late bill of an embedded issuer costs, by the facts
// that its file names.
func TestBuiltInTerms(t *testing.T) {
	t.Parallel()
	set, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	due, _ := bill.NewDay(2026, 7, 10)
	yuan := func(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: "CNY"} }
	for issuer, c := range map[string]struct {
		days bill.Day // after the due date
		cost int64
	}{
		"alipay-huabei": {5, 250},  // due on the 10th, paid on the 15th: 1000 × 0.05 % × 5
		"1688-paylater": {10, 500}, // 1000 × 0.05 % × 10
		"jd-baitiao":    {100, 1500},
		"meituan-yuefu": {1, 50},
		"cmb":           {10, 1000}, // 5 % of the minimum is 5.00, and 10.00 the least
		"icbc":          {10, 500},
		"ccb":           {10, 500},
	} {
		rules := set.Terms(issuer)
		b := &bill.Bill{ID: "b", Issuer: issuer, Currency: "CNY", AmountDue: yuan(100000), Outstanding: yuan(100000), MinimumDue: yuan(10000),
			DueDate: due, LastSafeDay: due + bill.Day(rules.Grace)}
		e := set.FullTerms(issuer).Cost(terms.FactsOf(b), due+c.days)
		if !e.Known || e.Total != yuan(c.cost) {
			t.Errorf("%s after %d days: %v %s, want %s", issuer, c.days, e.Known, e.Total, yuan(c.cost))
		}
	}
	for _, m := range set.Terms("alipay-huabei").Milestones {
		t.Errorf("an unproven milestone is reminded of: %+v", m)
	}
}
