package issuer

import (
	"testing"

	"repayd/internal/bill"
)

func TestOverrideForSomeBills(t *testing.T) {
	t.Parallel()
	day, yes := func(n int) *int { return &n }, true
	night, err := bill.ParseClock("22:00")
	if err != nil {
		t.Fatal(err)
	}
	overrides := map[string]Override{"cmb": {Changes: Changes{Grace: day(3), CutOff: night}, For: []OverrideFor{
		{Account: "1234", Changes: Changes{Grace: day(0)}},
		{Merchant: "shop", Bill: "b1", Changes: Changes{NeedsWorkday: &yes}},
		{Account: "1234", Merchant: "shop", Changes: Changes{Grace: day(9)}}, // the first wins
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
	}{
		"another account": {b: bill.Bill{ID: "b1", Issuer: "cmb", Account: "9"}},
		"the account":     {b: bill.Bill{ID: "b2", Issuer: "cmb", Account: "1234", Merchant: "shop"}, some: true, grace: 0},
		"merchant and id": {b: bill.Bill{ID: "b1", Issuer: "cmb", Merchant: "shop"}, some: true, grace: 3, workday: true},
		"another issuer":  {b: bill.Bill{ID: "b1", Issuer: "abc", Account: "1234"}},
		"no issuer":       {b: bill.Bill{ID: "b1", Issuer: "rent", Account: "1234"}},
	} {
		got, some := set.TermsFor(&c.b)
		if some != c.some || some && (got.Grace != c.grace || got.NeedsWorkday != c.workday || got.CutOff != night || got.Issuer != "cmb") {
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
