package issuer

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

func TestOverrideForSomeBills(t *testing.T) {
	t.Parallel()
	day, yes := func(n int) *int { return &n }, true
	night, err := bill.ParseClock("22:00")
	if err != nil {
		t.Fatal(err)
	}
	late, err := bill.ParseClock("23:00")
	if err != nil {
		t.Fatal(err)
	}
	overrides := map[string]Override{"cmb": {Changes: Changes{Grace: day(3), CutOff: night}, For: []OverrideFor{
		{Account: "1234", Changes: Changes{Grace: day(0)}},
		{Merchant: "shop", Bill: "b1", Changes: Changes{NeedsWorkday: &yes}},
		{Account: "1234", Merchant: "shop", Changes: Changes{Grace: day(9)}}, // says more of a bill than the account alone
		{Account: "1234", Changes: Changes{Grace: day(5), CutOff: late}},     // the first of equals wins, for what it says
	}}}
	set, err := Load("", overrides)
	if err != nil {
		t.Fatal(err)
	}
	if all := set.Terms("cmb"); all.Grace != 3 || all.GraceBy != "override" || all.CutOff != night || all.NeedsWorkday {
		t.Errorf("all bills: %+v", all)
	}
	for name, c := range map[string]struct {
		b       bill.Bill
		some    bool
		grace   int
		workday bool
		cutOff  bill.Clock
	}{
		"another account":  {b: bill.Bill{ID: "b1", Issuer: "cmb", Account: "9"}},
		"the account":      {b: bill.Bill{ID: "b2", Issuer: "cmb", Account: "1234"}, some: true, grace: 0, cutOff: late},
		"account and shop": {b: bill.Bill{ID: "b2", Issuer: "cmb", Account: "1234", Merchant: "shop"}, some: true, grace: 9, cutOff: late},
		"merchant and id":  {b: bill.Bill{ID: "b1", Issuer: "cmb", Merchant: "shop"}, some: true, grace: 3, workday: true, cutOff: night},
		"all of them":      {b: bill.Bill{ID: "b1", Issuer: "cmb", Account: "1234", Merchant: "shop"}, some: true, grace: 9, workday: true, cutOff: late},
		"another issuer":   {b: bill.Bill{ID: "b1", Issuer: "abc", Account: "1234"}},
		"no issuer":        {b: bill.Bill{ID: "b1", Issuer: "rent", Account: "1234"}},
	} {
		got, some := set.TermsFor(&c.b)
		if some != c.some || some && (got.Grace != c.grace || got.NeedsWorkday != c.workday || got.CutOff != c.cutOff || got.Issuer != "cmb") {
			t.Errorf("%s: %v %+v", name, some, got)
		}
	}
	plain, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	digests := map[string]bool{plain.Digest(): true, set.Digest(): true}
	overrides["cmb"].For[0].Account = "1235"
	if set, err = Load("", overrides); err != nil {
		t.Fatal(err)
	}
	digests[set.Digest()] = true
	if len(digests) != 3 {
		t.Error("sets that read differently have one digest")
	}
}

// owned loads an override as a configuration file would hand it over: block is
// what stands below issuers.override, from its third line on.
func owned(t *testing.T, block string) (*Set, error) {
	t.Helper()
	var doc struct {
		Override map[string]struct {
			Terms yaml.Node
			For   []struct {
				Account, Seller, Bill string
				Terms                 yaml.Node
			}
		}
	}
	if err := yaml.Unmarshal([]byte("\noverride:\n"+block), &doc); err != nil {
		t.Fatal(err)
	}
	overrides := map[string]Override{}
	for name, o := range doc.Override {
		own := Override{File: "my.yaml", Line: 3}
		if !o.Terms.IsZero() {
			own.Terms = &o.Terms
		}
		for _, f := range o.For {
			own.For = append(own.For, OverrideFor{Account: f.Account, Merchant: f.Seller, Bill: f.Bill, Changes: Changes{Terms: &f.Terms}})
		}
		own.Declared = name == "rent"
		overrides[name] = own
	}
	return Load("", overrides)
}

// TestOwnTermsReplaceWhatTheyName: a part that the owner's block names replaces
// that part of the file's, the most specific block last; the rest stays.
func TestOwnTermsReplaceWhatTheyName(t *testing.T) {
	t.Parallel()
	set, err := owned(t, `  cmb:
    terms: {interest: [{rate: 0.04%, base: outstanding}], tolerance: 20.00}
    for:
      - {account: "1234", terms: {fees: []}}
      - {account: "1234", bill: b7, terms: {fees: [{flat: 8.00}], debit: {offered: true, confirm: 3d}}}
  billing@host.example:
    terms: {interest: [{currency: EUR, rate: 10%, year_days: 365, base: outstanding}], milestones: [{name: service_suspended, after: 14d}]}
  rent:
    terms: {fees: [{currency: CNY, flat: 50.00, after: 5d}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	due, _ := bill.NewDay(2026, 7, 10)
	for name, c := range map[string]struct {
		b       bill.Bill
		cost    string // ten days late, of 1000.00 with a minimum of 100.00
		confirm int
	}{
		// 5 % of 100.00 is 5.00, at least 10.00; 0.04 % × 10 days of 1000.00
		"of the issuer": {bill.Bill{ID: "b1", Issuer: "cmb", Account: "9", Currency: "CNY"}, "14.00", 0},
		"an account":    {bill.Bill{ID: "b1", Issuer: "cmb", Account: "1234", Currency: "CNY"}, "4.00", 0},
		"one bill":      {bill.Bill{ID: "b7", Issuer: "cmb", Account: "1234", Currency: "CNY"}, "12.00", 3},
		"an address":    {bill.Bill{ID: "b2", Issuer: "billing@host.example", Currency: "EUR"}, "2.74", 0}, // 1000 × 10 % × 10 ÷ 365
		"declared":      {bill.Bill{ID: "b3", Issuer: "rent", Currency: "CNY"}, "50.00", 0},
	} {
		b := c.b
		b.AmountDue, b.MinimumDue = bill.Money{Minor: 100000, Currency: b.Currency}, bill.Money{Minor: 10000, Currency: b.Currency}
		b.Outstanding, b.DueDate, b.LastSafeDay = b.AmountDue, due, due
		e := set.FullTermsFor(&b).Cost(terms.FactsOf(&b), due+10)
		if !e.Known || e.Total.Decimal() != c.cost {
			t.Errorf("%s: %v %s, want %s", name, e.Known, e.Total, c.cost)
		}
		fold, some := set.TermsFor(&b)
		if some != (name == "an account" || name == "one bill") || fold.ConfirmDays != c.confirm {
			t.Errorf("%s: %v, %d days to confirm", name, some, fold.ConfirmDays)
		}
	}
	if all := set.Terms("cmb"); len(all.Tolerance) != 1 || all.Tolerance[0].Minor != 2000 {
		t.Errorf("tolerance: %v", all.Tolerance)
	}
	if m := set.Terms("billing@host.example").Milestones; len(m) != 1 {
		t.Errorf("the owner's milestones are reminded of: %v", m)
	}
	if set.FullTermsFor(&bill.Bill{Issuer: "nobody"}) != nil {
		t.Error("terms of nobody")
	}
}

// TestOwnTermsAreCheckedWithTheirLine: of the owner's file, not of the issuer's.
func TestOwnTermsAreCheckedWithTheirLine(t *testing.T) {
	t.Parallel()
	for block, want := range map[string]string{
		"  cmb:\n    terms:\n      fees: [{percent: 5%}]":                                        `my.yaml:5: terms: fee 1: "" is no base`,
		"  cmb:\n    terms:\n      interest:\n        - {rat: 1%, base: outstanding}":            `my.yaml:6: there is no key "rat" here`,
		"  cmb:\n    terms:\n      fee: []":                                                      `my.yaml:5: there is no key "fee" here`,
		"  cmb:\n    terms: {fees: 3}":                                                           "my.yaml:4: ",
		"  cmb:\n    terms: {interest: [{rate: much, base: outstanding}]}":                       "my.yaml:4: rate: ",
		"  cmb:\n    terms: {interest: [{rate: 1%, base: outstanding, certainty: sure}]}":        `my.yaml:4: terms: interest 1: "sure" is no certainty`,
		"  cmb:\n    terms: {tolerance: much}":                                                   "my.yaml:4: tolerance: ",
		"  cmb:\n    for:\n      - {account: '1',\n         terms: {debit: {offered: perhaps}}}": "my.yaml:6: offered: ",
		"  cmd:\n    terms: {fees: []}":                                                          `my.yaml:3: override: there is no issuer "cmd"`,
	} {
		if _, err := owned(t, block+"\n"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s:\n%v; want %s", block, err, want)
		}
	}
}

// TestOwnTermsAreInTheDigest: what is folded by other rules is folded anew.
func TestOwnTermsAreInTheDigest(t *testing.T) {
	t.Parallel()
	digests := map[string]bool{}
	for _, block := range []string{"{tolerance: 10.00}", "{tolerance: 11.00}", "{fees: []}", "{tolerance:   10.00} # as before"} {
		set, err := owned(t, "  cmb:\n    terms: "+block+"\n")
		if err != nil {
			t.Fatal(err)
		}
		digests[set.Digest()] = true
	}
	if len(digests) != 3 {
		t.Errorf("%d digests", len(digests))
	}
}
