package issuer

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/mail"
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
    fields: {amount_due: "应还{:}{money}", statement_date: "账单日{:}{date}", due_date: "还款日{:}{date}"}
samples:
  - {name: statement, from: a@test-bank.example, received: 2026-01-02, subject: 测试账单, text: "账单日：2026-01-01\n应还：100.00\n还款日：2026-01-20", want: {kind: statement, amount_due: 100.00, statement_date: 2026-01-01, due_date: 2026-01-20}}
  - {name: none, from: a@test-bank.example, received: 2026-01-02, subject: 新年快乐, text: 祝您新年快乐, want: none}
terms:
` + block
}

// compileBlock compiles a terms block alone.
func compileBlock(block string) (*terms.Terms, bill.Terms, error) {
	p := &problems{file: "test-bank.yaml"}
	y := decodeFile(p.file, []byte(termsFile(block)), p)
	if y == nil {
		return nil, bill.Terms{}, p.err()
	}
	full := y.compileTerms(p)
	fold := y.folded(bill.Terms{}, full, p)
	return full, fold, p.err()
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
		origin + "interest: [{rate: 1%, base: outstanding, until: 2026-02-01},\n   {rate: 2%, base: outstanding, from: 2026-02-01}]}": ":16: terms: interest 2: it holds at the same time as interest 1",
		origin + "interest: [{base: outstanding, rates: [{from: 2026-02-01, rate: 1%},\n   {from: 2026-02-01, rate: 2%}]}]}":          ":16: terms: interest 1: two rates for one time",
		origin + "interest: [{rate: 1%, base: outstanding,\n   paid_day: never}]}":                                                    ":16: paid_day: write counted or free",
		origin + "interest: [{rate: 1%, base: outstanding,\n   round_at: noon}]}":                                                     ":16: round_at: write total or day",
		origin + "interest: [{rate: 1%, base: outstanding, year_days: 12}]}":                                                          `:15: terms: interest 1: a year of "12" days`,
		origin + "fees: [{flat: 1.00, when: sometimes}]}":                                                                             ":15: terms: fee 1: \"sometimes\" is no condition",
		origin + "fees: [{flat: 1.00, after: -3d}]}":                                                                                  ":15: write a number of days such as 3d",
		origin + "fees: [{base: outstanding, slabs: [{up_to: 5.00, flat: 1.00}]}]}":                                                   ":15: terms: fee 1: the slabs leave a gap",
		origin + "fees: [{base: outstanding, slabs: [{up_to: 5.00, flat: 1.00, free: 1}, {flat: 2}]}]}":                               `:15: there is no key "free" here`,
		origin + "fee_caps: [{flat: 1.00}, {flat: 2.00}]}":                                                                            ":15: terms: fee cap 2: another cap",
		origin + "grace: {days: -3d}}":                                                                                                ":15: write a number of days such as 3d",
		origin + "grace: {days: 61d}}":                                                                                                ":15: terms: grace 1: grace: 61 days",
		origin + "grace: {days: 3d,\n   cut_off: late}}":                                                                              ":16: cut_off: ",
		origin + "transfer: {workdays: 11}}":                                                                                          ":15: terms: transfer 1: 11 working days",
		origin + "due: [{from: statement}]}":                                                                                          ":15: terms: due 1: due: write one of",
		origin + "minimum: [{parts: [{percent: ten, of: fees}]}]}":                                                                    ":15: percent: ",
		origin + "extensions: [{flat: 3.00}]}":                                                                                        ":15: terms: extension 1: write for how many days",
		origin + "tolerance: [{amount: 1.00, below: 2.00}]}":                                                                          ":15: tolerance: write amount",
		origin + "tolerance: [{below: 0}]}":                                                                                           ":15: tolerance: write an amount in CNY",
		origin + "tolerance: [{amount: 1.00, most: 2.00}]}":                                                                           `:15: there is no key "most" here`,
		origin + "tolerance: [1.00,\n   2.00]}":                                                                                       ":16: tolerance: CNY has another one already",
	} {
		if _, _, err := compileBlock(block + "\n"); err == nil || !strings.Contains(err.Error(), want) {
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
		"cmb":           {10, 1550}, // 5 % of the minimum is 5.00, and 10.00 the least; and 1000 × 0.05 % × 11 at least
		"icbc":          {10, 1050},
		"ccb":           {10, 1050},
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

// TestEveryKeyOfTerms: what the keys of the language mean, each rule as the
// engine has it.
func TestEveryKeyOfTerms(t *testing.T) {
	t.Parallel()
	full, fold, err := compileBlock(`  source: https://test-bank.example/fees
  as_of: 2026-08
  certainty: official
  due:
    - {from: statement, map: {1: 25, 8: 1}}
    - {from: confirmation, months: 1, day: 8, shift: following}
    - {from: invoice, days: 30d}
    - {from: purchase, last_workday: true}
  grace: {days: 3d, counts_due: true, cut_off: "17:00"}
  transfer: {workdays: 1}
  tolerance: [10.00, {amount: 1.00, currency: USD}, {below: 10.00, currency: HKD}, {amount: 200, currency: JPY}]
  minimum:
    - {parts: [{percent: 10%, of: purchases}, {percent: 100%, of: fees}], floor: 50.00, all_below: 100.00}
  fees:
    - {base: order, slabs: [{up_to: 24.99, flat: 0}, {flat: 2.00}], when: minimum_unpaid, repeat: {late: 1, within: 6}}
  fee_caps:
    - {flat: 68.00, percent: 25%, base: order, choose: lesser, per_order: true}
  interest:
    - {rates: [{from: 2024-01-01, rate: 4.5%}, {from: 2024-07-01, rate: 4.25%}], fix: payment, reference: ECB, margin: 8%, rate_step: 0.5%,
       per: year, year_days: 365, base: statement, start: posting, paid_day: free, last_day: free, compound: monthly, when: always,
       unit: 1000.00, min_day: 0.01, min: 1.00, max: 9.00, round: up, round_at: day}
  extensions:
    - {percent: 3%, base: outstanding, days: 30d, times: 1}
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
	day := func(s string) bill.Day {
		d, err := bill.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	yuan := func(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: "CNY"} }
	o := terms.Origin{Source: "https://test-bank.example/fees", AsOf: "2026-08", Certainty: terms.Official}
	one := 1
	five, _ := bill.ParseClock("17:00")
	want := &terms.Terms{Issuer: "test-bank", Consequences: []string{},
		Due: []terms.Due{{Origin: o, From: terms.FromStatement, Map: map[int]int{1: 25, 8: 1}}, {Origin: o, From: terms.FromConfirmation, Months: &one, Day: 8, Shift: terms.ShiftFollowing},
			{Origin: o, From: terms.FromInvoice, Days: 30}, {Origin: o, From: terms.FromPurchase, LastWorkday: true}},
		Transfer: &terms.Transfer{Origin: o, Workdays: 1},
		Grace:    &terms.Grace{Origin: o, Days: 3, CountsDue: true, CutOff: five},
		Minimum: []terms.Minimum{{Origin: o, Currency: "CNY", Floor: yuan(5000), AllBelow: yuan(10000),
			Parts: []terms.MinimumPart{{Of: terms.PartPurchases, Percent: rate("10%")}, {Of: terms.PartFees, Percent: rate("100%")}}}},
		Fees: []terms.Fee{{Origin: o, Currency: "CNY", Condition: terms.Condition{When: terms.WhenMinimumUnpaid, Repeat: terms.Repeat{Late: 1, Within: 6}},
			Amount: terms.Amount{Base: terms.BaseOrder, Slabs: []terms.Slab{{UpTo: yuan(2499), Flat: yuan(0)}, {Flat: yuan(200)}}}}},
		FeeCaps: []terms.FeeCap{{Origin: o, Currency: "CNY", PerOrder: true, Amount: terms.Amount{Flat: yuan(6800), Percent: rate("25%"), Base: terms.BaseOrder, Choose: terms.ChooseLesser}}},
		Interest: []terms.Interest{{Origin: o, Currency: "CNY", Condition: terms.Condition{When: terms.WhenAlways},
			Rates: []terms.RateFrom{{From: day("2024-01-01"), Rate: rate("4.5%")}, {From: day("2024-07-01"), Rate: rate("4.25%")}},
			Fix:   terms.FixPayment, Reference: "ECB", Margin: rate("8%"), RateStep: rate("0.5%"), Per: terms.PerYear, DayCount: terms.Year365,
			Base: terms.BaseStatement, Start: terms.StartPosting, PaidDayFree: true, LastDayFree: true, Compound: terms.CompoundMonthly,
			Unit: yuan(100000), MinDay: yuan(1), Min: yuan(100), Max: yuan(900), Round: terms.RoundUp, RoundDaily: true}},
		Extensions: []terms.Extension{{Origin: o, Currency: "CNY", Days: 30, Times: 1, Amount: terms.Amount{Percent: rate("3%"), Base: terms.BaseOutstanding}}}}
	rates := cmp.Comparer(func(a, b terms.Rate) bool { return a.String() == b.String() })
	if diff := cmp.Diff(want, full, rates); diff != "" {
		t.Error(diff)
	}
	// Below ten is nine ninety-nine at most; of three days of which the due date
	// is the first, two follow it.
	tolerance := []bill.Money{yuan(1000), {Minor: 100, Currency: "USD"}, {Minor: 999, Currency: "HKD"}, {Minor: 200, Currency: "JPY"}}
	if diff := cmp.Diff(bill.Terms{Grace: 2, GraceBy: "rule", CutOff: five, NeedsWorkday: true, TransferDays: 1, Tolerance: tolerance}, fold); diff != "" {
		t.Error(diff)
	}
}

// TestOnlyACertainGraceMovesTheLastSafeDay: what is unproven or not everybody's
// is kept to be told, and no grace.
func TestOnlyACertainGraceMovesTheLastSafeDay(t *testing.T) {
	t.Parallel()
	for block, want := range map[string]int{
		"{days: 3d, certainty: official}":                         3,
		"{days: 3d, certainty: secondary}":                        3,
		"{days: 3d, certainty: hearsay}":                          0,
		"{days: 3d, certainty: contradictory}":                    0,
		"{days: 3d, certainty: official, on_request: true}":       0,
		"{days: 3d, certainty: official, previous_on_time: true}": 0,
		"{days: 3d, certainty: official, per_year: 3}":            0,
	} {
		full, fold, err := compileBlock("  {source: s, as_of: 2026, grace: " + block + "}\n")
		if err != nil || fold.Grace != want || full.Grace.Days != 3 || (fold.GraceBy == "rule") != (want > 0) {
			t.Errorf("%s: %+v %v, want %d days", block, fold, err, want)
		}
	}
}

// TestTheDocumentedTermsAreRead: every example of the description of the
// language holds only keys that exist, in their shape.
func TestTheDocumentedTermsAreRead(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile(filepath.Join("..", "bill", "terms", "doc.go"))
	if err != nil {
		t.Fatal(err)
	}
	var examples []string
	inside := false
	for line := range strings.Lines(string(doc)) {
		example, is := strings.CutPrefix(line, "//\t")
		if is && !inside {
			examples = append(examples, "")
		}
		if inside = is; is {
			examples[len(examples)-1] += "  " + example
		}
	}
	keys := map[string]bool{}
	for _, e := range examples {
		e = strings.TrimPrefix(e, "  terms:\n")
		p := &problems{file: "doc.go"}
		if decodeFile("doc.go", []byte("issuer: x\nterms:\n"+e), p); p.err() != nil {
			t.Errorf("%v in\n%s", p.err(), e)
		}
		for line := range strings.Lines(e) {
			if key, _, ok := strings.Cut(line, ":"); ok {
				keys[strings.TrimSpace(key)] = true
			}
		}
	}
	block := reflect.TypeFor[termsYAML]()
	for i := range block.NumField() {
		if key := strings.Split(block.Field(i).Tag.Get("yaml"), ",")[0]; key != "" && !keys[key] {
			t.Errorf("%s is not described", key)
		}
	}
}

// TestDueByTheTerms: a bill that shows its statement date and no due date is due
// by a proven rule, and is a review without one.
func TestDueByTheTerms(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"{from: statement, days: 20d}":                     "2026-01-25",
		"{from: statement, map: {5: 25}}":                  "2026-01-25",
		"{from: statement, days: 20d, certainty: hearsay}": "",
		"{from: statement, days: 20d, shift: following}":   "",
		"{from: statement, last_workday: true}":            "",
		"{from: purchase, days: 20d}":                      "",
	} {
		set, err := loadTerms(t, "  {source: s, as_of: 2026, certainty: official, due: ["+rule+"]}\n")
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 1, 6, 4, 0, 0, 0, time.UTC)
		raw := Sample{From: "a@test-bank.example", Received: "2026-01-06", Subject: "测试账单", Text: "账单日：2026-01-05\n应还：100.00"}
		got := set.Read(mail.Parse(raw.raw(at)), Options{Received: at})
		if len(got.Notices) != 1 || got.Notices[0].DueDate.String() != want {
			t.Errorf("%s: %+v, want %s", rule, got.Notices, want)
			continue
		}
		n := got.Notices[0]
		if proven := want != ""; proven != (n.Evidence[bill.FieldDueDate].Part == "rule") || proven == (len(n.Problems) > 0) {
			t.Errorf("%s: %+v %+v", rule, n.Evidence, n.Problems)
		}
	}
}
