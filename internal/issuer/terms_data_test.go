package issuer

import (
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// lateBill is one situation of TestTermsOfEveryIssuer; amounts are decimals in
// the currency.
type lateBill struct {
	issuer, currency string
	days             bill.Day // after the due date, 10 July 2026 unless due says
	due              string
	amount, minimum  string
	order, orderFees string
	late             []bool // how the bills before were paid, the newest first
	want             string // the lines that cost, then the total
}

func (l lateBill) facts(t *testing.T, grace int) (terms.Facts, bill.Day) {
	t.Helper()
	money := func(s string) bill.Money {
		if s == "" {
			return bill.Money{}
		}
		m, err := bill.ParseMoney(s, l.currency)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	due, err := bill.ParseDay(map[bool]string{true: "2026-07-10", false: l.due}[l.due == ""])
	if err != nil {
		t.Fatal(err)
	}
	f := terms.Facts{Currency: l.currency, Outstanding: money(l.amount), AmountDue: money(l.amount), MinimumDue: money(l.minimum),
		Order: money(l.order), OrderFees: money(l.orderFees), Due: due, LastSafe: due + bill.Day(grace), Before: []terms.Past{}}
	for i, late := range l.late {
		f.Before = append(f.Before, terms.Past{Due: due - bill.Day(30*(i+1)), Late: late})
	}
	return f, due + l.days
}

// said spells an estimate: its lines with an amount, and the total.
func said(e terms.Estimate) string {
	var out []string
	for _, l := range e.Lines {
		if l.Amount.Known() {
			out = append(out, l.Code+" "+l.Amount.Decimal())
		}
	}
	total := "unknown"
	if e.Known {
		total = e.Total.Decimal()
	}
	if e.Incomplete {
		total += " at least"
	}
	return strings.Join(append(out, "= "+total), "; ")
}

// TestTermsOfEveryIssuer: what each file's rules come to, reckoned by hand from
// the pages that the file names (TV: a test vector of the facts).
func TestTermsOfEveryIssuer(t *testing.T) {
	t.Parallel()
	set, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	tested := map[string]bool{}
	for _, c := range []lateBill{
		// 114.1688.com: principal × 0.05 % a day.
		{issuer: "1688-paylater", currency: "CNY", days: 10, amount: "1000", want: "interest_day 5.00; = 5.00"},
		{issuer: "1688-terms", currency: "CNY", days: 10, amount: "1000", want: "= unknown"},
		{issuer: "taobao-paylater", currency: "CNY", days: 20, amount: "88", want: "interest_day 0.88; = 0.88"},
		{issuer: "pdd-paylater", currency: "CNY", days: 2, amount: "50", want: "interest_day 0.05; = 0.05"},
		// TV1: 500 due on the 10th, paid on the 15th.
		{issuer: "alipay-huabei", currency: "CNY", days: 5, amount: "500", want: "interest_day 1.25; = 1.25"},
		{issuer: "alipay-huabei", currency: "CNY", days: 0, amount: "500", want: "= 0.00"},
		// The rate is the contract's.
		{issuer: "alipay-jiebei", currency: "CNY", days: 5, amount: "500", want: "= unknown"},
		{issuer: "jd-jintiao", currency: "CNY", days: 5, amount: "500", want: "= unknown"},
		// TV8: 0.07 % before May 2024; 0.015 % since; never less than 0.01 a day.
		{issuer: "jd-baitiao", currency: "CNY", days: 5, due: "2023-03-17", amount: "1000", want: "interest_day 3.50; = 3.50"},
		{issuer: "jd-baitiao", currency: "CNY", days: 20, due: "2024-04-20", amount: "1000", want: "interest_day 7.00; interest_day 1.50; = 8.50"},
		{issuer: "jd-baitiao", currency: "CNY", days: 100, amount: "1000", want: "interest_day 15.00; = 15.00"},
		{issuer: "jd-baitiao", currency: "CNY", days: 10, amount: "20", want: "interest_day_least 0.10; = 0.10"},
		// 5000 × 0.04 % × 1.5 × 10.
		{issuer: "wechat-fenfu", currency: "CNY", days: 10, amount: "5000", want: "interest_day_factor 30.00; = 30.00"},
		{issuer: "meituan-yuefu", currency: "CNY", days: 1, amount: "1000", want: "interest_day 0.50; = 0.50"},
		// The grace of three days is only said.
		{issuer: "douyin-yuefu", currency: "CNY", days: 3, amount: "1000", want: "interest_day 1.50; = 1.50"},
		// 1000 × 0.05 % × 30, and 2 % a month: 1000 × 24 % × 30 ÷ 365.
		{issuer: "fenqile", currency: "CNY", days: 30, amount: "1000", want: "interest_day 15.00; interest_year 19.73; = 34.73"},
		// Klarna: USA up to 7 after the retry; TV21 for the United Kingdom; Australia by the order.
		{issuer: "klarna", currency: "USD", days: 10, amount: "100", want: "= 0.00"},
		{issuer: "klarna", currency: "USD", days: 11, amount: "100", want: "fee_flat 7.00; = 7.00"},
		{issuer: "klarna", currency: "GBP", days: 8, amount: "6.33", order: "19", want: "fee_percent 4.75; fee_lesser 4.75; = 4.75"},
		{issuer: "klarna", currency: "GBP", days: 8, amount: "6.67", order: "20", want: "fee_percent 5.00; fee_lesser 5.00; = 5.00"},
		{issuer: "klarna", currency: "AUD", days: 1, amount: "25", order: "100", want: "fee_slab 6.00; = 6.00"},
		{issuer: "klarna", currency: "AUD", days: 1, amount: "25", order: "100", orderFees: "18", want: "fee_slab 6.00; amount_slab 18.00; cap_order 0.00; cap 0.00; = 0.00"},
		// TV19: 10 + 7, of the second instalment 8 of 17; TV20: 5 of an order of 20.
		{issuer: "afterpay", currency: "AUD", days: 8, amount: "25", order: "100", orderFees: "0", want: "fee_flat 10.00; fee_flat 7.00; = 17.00"},
		{issuer: "afterpay", currency: "AUD", days: 8, amount: "25", order: "100", orderFees: "17", want: "fee_flat 10.00; fee_flat 7.00; amount_percent 25.00; amount_lesser 25.00; cap_order 8.00; cap 8.00; = 8.00"},
		{issuer: "afterpay", currency: "AUD", days: 1, amount: "5", order: "20", orderFees: "0", want: "fee_flat 10.00; amount_percent 5.00; amount_lesser 5.00; cap_order 5.00; cap 5.00; = 5.00"},
		{issuer: "affirm", currency: "USD", days: 5, amount: "100", want: "= unknown"},
		{issuer: "paypal", currency: "AUD", days: 5, amount: "100", want: "= unknown"},
		{issuer: "paypal", currency: "USD", days: 5, amount: "100", want: "= 0.00"},
		// TV27: nothing within three days, then from the due date on. 800 × 3.35 % × 12 × 4 ÷ 365.
		{issuer: "sbicard", currency: "INR", days: 3, amount: "800", want: "= 0.00"},
		{issuer: "sbicard", currency: "INR", days: 4, amount: "800", want: "fee_slab 400.00; interest_year 3.52; = 403.52"},
		{issuer: "sbicard", currency: "INR", days: 4, amount: "800", late: []bool{true, true}, want: "fee_slab 400.00; fee_flat 100.00; interest_year 3.52; = 503.52"},
		{issuer: "hdfc", currency: "INR", days: 4, amount: "80", want: "fee_slab 0.00; = 0.00"},
		{issuer: "hdfc", currency: "INR", days: 4, amount: "450", want: "fee_slab 100.00; = 100.00"},
		{issuer: "hdfc", currency: "INR", days: 4, amount: "60000", want: "fee_slab_above 1300.00; = 1300.00"},
		{issuer: "axis", currency: "INR", days: 4, amount: "450", want: "= unknown"},
		{issuer: "icici", currency: "INR", days: 4, amount: "450", want: "= unknown"},
		// 30, 41 within six cycles, never more than the minimum.
		{issuer: "chase", currency: "USD", days: 1, amount: "900", minimum: "40", want: "fee_flat 30.00; = 30.00"},
		{issuer: "amex", currency: "USD", days: 1, amount: "900", minimum: "20", want: "fee_flat 30.00; amount_percent 20.00; cap 20.00; = 20.00"},
		{issuer: "bofa", currency: "USD", days: 1, amount: "900", minimum: "100", late: []bool{false, true}, want: "fee_flat 30.00; fee_flat 11.00; = 41.00"},
		{issuer: "capitalone", currency: "USD", days: 1, amount: "900", minimum: "40", late: []bool{true}, want: "fee_flat 30.00; fee_flat 11.00; amount_percent 40.00; cap 40.00; = 40.00"},
		{issuer: "paypal-credit", currency: "USD", days: 1, amount: "900", minimum: "40", want: "fee_flat 30.00; = 30.00"},
		// 5 % of the minimum; interest is from posting, which no notice tells: at
		// least that from the due date on, eleven days of 0.05 %.
		{issuer: "cmb", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; fee_min 10.00; interest_day 5.50; = 15.50 at least"},
		{issuer: "cmb", currency: "USD", days: 10, amount: "100", minimum: "10", want: "fee_percent 0.50; fee_min 1.00; interest_day 0.55; = 1.55 at least"},
		{issuer: "icbc", currency: "CNY", days: 10, amount: "200000", minimum: "20000", want: "fee_percent 1000.00; fee_max 500.00; interest_day 1100.00; = 1600.00 at least"},
		{issuer: "ccb", currency: "CNY", days: 10, amount: "200", minimum: "20", want: "fee_percent 1.00; fee_min 5.00; interest_day 1.10; = 6.10 at least"},
		{issuer: "boc", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "psbc", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "bocom", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; fee_min 10.00; interest_day 5.50; = 15.50 at least"},
		{issuer: "abc", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "citic", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "bob", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "bosc", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "ceb", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "cgb", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "cib", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "cmbc", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "hunan", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "hxb", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "njcb", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "pab", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		{issuer: "spdb", currency: "CNY", days: 10, amount: "1000", minimum: "100", want: "fee_percent 5.00; interest_day 5.50; = 10.50 at least"},
		// How it debits is all that is said of it.
		{issuer: "smbc-card", currency: "JPY", days: 10, amount: "20000", want: "= unknown"},
	} {
		tested[c.issuer] = true
		f, on := c.facts(t, set.Terms(c.issuer).Grace)
		if got := said(set.FullTerms(c.issuer).Cost(f, on)); got != c.want {
			t.Errorf("%s %+v\n got %s\nwant %s", c.issuer, c, got, c.want)
		}
	}
	for _, i := range set.Issuers() {
		if full := set.FullTerms(i.Name); full != nil && !tested[i.Name] {
			t.Errorf("%s has terms that no situation tests", i.Name)
		}
	}
}

// TestSharedTermsByOverride: what no issuer's notice can know applies, the owner
// says by name.
func TestSharedTermsByOverride(t *testing.T) {
	t.Parallel()
	for _, c := range []lateBill{
		// TV15: 3.22 a day at 11.75 %, here ten days: 32.19, and 100 for a debt of 10000.
		{issuer: "uk-invoice", currency: "GBP", due: "2026-07-31", days: 10, amount: "10000", want: "fee_slab_above 100.00; interest_year 32.19; = 132.19"},
		{issuer: "uk-invoice", currency: "GBP", due: "2026-07-31", days: 10, amount: "999.99", want: "fee_slab 40.00; interest_year 3.22; = 43.22"},
		// The Bank Rate of that half-year is not known here.
		{issuer: "uk-invoice", currency: "GBP", due: "2025-07-31", days: 10, amount: "1000", want: "fee_slab 70.00; = 70.00 at least"},
		{issuer: "eu-invoice", currency: "EUR", days: 1, amount: "1000", want: "fee_flat 40.00; = 40.00"},
		{issuer: "uk-card", currency: "GBP", days: 1, amount: "1000", want: "fee_flat 12.00; = 12.00"},
		// DBS: the lesser of 350 and the minimum.
		{issuer: "hk-card", currency: "HKD", days: 1, amount: "1000", minimum: "300", want: "fee_percent 300.00; fee_lesser 300.00; = 300.00"},
		{issuer: "hk-card", currency: "HKD", days: 1, amount: "9000", minimum: "500", want: "fee_percent 500.00; fee_lesser 350.00; = 350.00"},
		// 20000 × 14.6 % × 7 ÷ 365, yen cut off.
		{issuer: "jp-card", currency: "JPY", days: 7, amount: "20000", want: "interest_year 56; = 56"},
		// TV28: 0.15 is charged as one yuan.
		{issuer: "cn-electricity", currency: "CNY", days: 3, amount: "50", want: "interest_day 0.15; interest_min 1.00; = 1.00"},
	} {
		set, err := owned(t, "  bills@host.example: {terms: {like: "+c.issuer+"}}\n")
		if err != nil {
			t.Fatal(err)
		}
		f, on := c.facts(t, 0)
		if got := said(set.FullTerms("bills@host.example").Cost(f, on)); got != c.want {
			t.Errorf("%s %+v\n got %s\nwant %s", c.issuer, c, got, c.want)
		}
	}
	// What the owner writes beside it comes over it.
	set, err := owned(t, "  bills@host.example: {terms: {like: eu-invoice, interest: [{rate: 10.15%, year_days: 365, base: outstanding}]}}\n")
	if err != nil {
		t.Fatal(err)
	}
	c := lateBill{currency: "EUR", days: 10, amount: "1000"}
	f, on := c.facts(t, 0)
	if got, want := said(set.FullTerms("bills@host.example").Cost(f, on)), "fee_flat 40.00; interest_year 2.78; = 42.78"; got != want {
		t.Errorf("with the owner's rate: %s, want %s", got, want)
	}
	if _, err := owned(t, "  cmb:\n    terms: {like: eu-invoices}\n"); err == nil || !strings.Contains(err.Error(), "my.yaml:4: like: there are no shared terms \"eu-invoices\"; there are cn-card, ") {
		t.Error(err)
	}
}

// TestGraceThatIsOnlySaid: no last safe day moves by what is not proven; it is
// kept with what is said of it, and the owner grants it in one line.
func TestGraceThatIsOnlySaid(t *testing.T) {
	t.Parallel()
	three := 3
	set, err := Load("", map[string]Override{"boc": {Changes: Changes{Grace: &three}}})
	if err != nil {
		t.Fatal(err)
	}
	for issuer, c := range map[string]struct{ grace, said int }{
		"cmb": {0, 3}, "abc": {0, 2}, "psbc": {0, 4}, "cgb": {0, 1}, "cib": {0, 3}, "bocom": {0, 3}, "douyin-yuefu": {0, 3}, "alipay-huabei": {0, 3},
		"meituan-yuefu": {0, 3}, "alipay-jiebei": {0, 3}, "icbc": {0, 3}, "ccb": {0, 3}, "njcb": {0, 0}, "klarna": {0, 0},
		"boc":  {3, 0},                                                     // granted by the owner
		"hdfc": {3, 0}, "sbicard": {3, 0}, "axis": {3, 0}, "icici": {3, 0}, // the central bank's rule
	} {
		fold, said := set.Terms(issuer), set.FullTerms(issuer).GraceSaid()
		if fold.Grace != c.grace || fold.CutOff.Known() || (said != nil) != (c.said > 0) || said != nil && said.Safe() != c.said {
			t.Errorf("%s: %d days until %s, said %+v; want %d and %d", issuer, fold.Grace, fold.CutOff, said, c.grace, c.said)
		}
	}
	for _, i := range set.Issuers() {
		if set.Terms(i.Name).Zone.String() == "Asia/Shanghai" && i.Grace > 0 && i.Name != "boc" {
			t.Errorf("%s: %d days of grace that no sound source attests", i.Name, i.Grace)
		}
	}
}

// TestABlockReplacesEveryPart: each key of the language, in a block of its own,
// comes into the rules that it is put over.
func TestABlockReplacesEveryPart(t *testing.T) {
	t.Parallel()
	blocks := map[string]string{
		"due": "[{from: invoice, days: 5d}]", "grace": "{days: 7d}", "transfer": "{workdays: 2}", "tolerance": "[5.00]", "fees": "[{flat: 1.00}]",
		"minimum": "[{parts: [{percent: 7%, of: fees}]}]", "fee_caps": "[{flat: 2.00}]", "interest": "[{rate: 7%, base: outstanding}]",
		"extensions": "[{flat: 1.00, days: 7d}]", "milestones": "[{name: fee, after: 7d}]", "consequences": "[legal]",
		"debit": "{offered: true, confirm: 7d}", "contacts": "[{what: app, value: x}]",
	}
	for key, text := range blocks {
		y := &termsYAML{}
		if err := yaml.Unmarshal([]byte("certainty: owner\n"+key+": "+text), y); err != nil {
			t.Fatal(err)
		}
		p := &problems{}
		b := newBlock(y, "x", "CNY", 1, p)
		if err := p.err(); err != nil {
			t.Fatal(err)
		}
		l := b.over(laws{})
		if reflect.ValueOf(*l.full).IsZero() && reflect.ValueOf(l.fold).IsZero() {
			t.Errorf("%s: changes nothing", key)
		}
	}
	parts := reflect.TypeFor[termsYAML]()
	for i := range parts.NumField() {
		if key, _, _ := strings.Cut(parts.Field(i).Tag.Get("yaml"), ","); key != "" && blocks[key] == "" {
			t.Errorf("%s: not tested above", key)
		}
	}
}
