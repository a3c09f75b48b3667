package terms

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
)

// codes are those of an estimate's lines.
func codes(lines []Line) string {
	var all []string
	for _, l := range lines {
		all = append(all, l.Code)
	}
	return strings.Join(all, " ")
}

// TestInterestRules: each field of a rule, on 1000.00 that was due on 10
// January 2025 and is paid on the 20th.
func TestInterestRules(t *testing.T) {
	t.Parallel()
	base := func(change func(*Interest)) Interest {
		n := Interest{Currency: "CNY", Rate: rate(t, "0.05%"), Base: BaseOutstanding}
		change(&n)
		return n
	}
	from := func(s, r string) RateFrom { return RateFrom{day(t, s), rate(t, r)} }
	dated := []RateFrom{from("2024-07-01", "0.1%"), from("2025-01-15", "0.2%"), from("2025-01-20", "0.4%")}
	for name, c := range map[string]struct {
		rule       Interest
		safe       string // the last safe day, as a rule the due date
		want, code string
	}{
		"split: 4 days, 5 days, 1 day": {base(func(n *Interest) { n.Rate, n.Rates = Rate{}, dated }), "", "18.00 CNY", "rate_since interest_day rate_since interest_day rate_since interest_day"},
		"the rate of the start":        {base(func(n *Interest) { n.Rate, n.Rates, n.Fix = Rate{}, dated, FixStart }), "", "10.00 CNY", "rate_since interest_day"},
		"the rate of the payment":      {base(func(n *Interest) { n.Rate, n.Rates, n.Fix = Rate{}, dated, FixPayment }), "", "40.00 CNY", "rate_since interest_day"},
		"a reference and a margin": {base(func(n *Interest) {
			n.Rate, n.Rates, n.Fix, n.Margin, n.Reference = Rate{}, dated, FixStart, rate(t, "0.4%"), "base rate"
		}), "", "50.00 CNY", "rate_margin interest_day"},
		"rounded up to a half": {base(func(n *Interest) {
			n.Rate, n.Rates, n.Fix, n.Margin, n.RateStep = Rate{}, dated, FixStart, rate(t, "0.41%"), rate(t, "0.5%")
		}), "", "100.00 CNY", "rate_margin_step interest_day"},
		"a multiple stays": {base(func(n *Interest) {
			n.Rate, n.Rates, n.Fix, n.Margin, n.RateStep = Rate{}, dated, FixStart, rate(t, "0.4%"), rate(t, "0.5%")
		}), "", "50.00 CNY", "rate_margin_step interest_day"},
		"the due date counts":           {base(func(n *Interest) { n.Start = StartDue }), "", "5.50 CNY", "interest_day"},
		"after the grace":               {base(func(n *Interest) { n.Start = StartAfterGrace }), "2025-01-13", "3.50 CNY", "interest_day"},
		"from the statement":            {base(func(n *Interest) { n.Start = StartStatement }), "", "10.50 CNY", "interest_day"},
		"after the statement":           {base(func(n *Interest) { n.Start = StartAfterStatement }), "", "10.00 CNY", "interest_day"},
		"from an unknown posting":       {base(func(n *Interest) { n.Start, n.Base = StartPosting, BaseStatement }), "", "25.50 CNY", "posting_assumed interest_day"}, // 1 December
		"the last day is free":          {base(func(n *Interest) { n.LastDayFree = true }), "", "4.50 CNY", "interest_day"},
		"a cent a day at least":         {base(func(n *Interest) { n.Rate, n.MinDay = rate(t, "0.0001%"), money(t, "0.01 CNY") }), "", "0.10 CNY", "interest_day_least"},
		"a day's least is met":          {base(func(n *Interest) { n.MinDay = money(t, "0.01 CNY") }), "", "5.00 CNY", "interest_day"},
		"each day is rounded":           {base(func(n *Interest) { n.Rate, n.RoundDaily = rate(t, "0.0505%"), true }), "", "5.10 CNY", "interest_day_each"},
		"rounded up at the end":         {base(func(n *Interest) { n.Rate, n.Round = rate(t, "0.050001%"), RoundUp }), "", "5.01 CNY", "interest_day"},
		"at most":                       {base(func(n *Interest) { n.Max = money(t, "3.00 CNY") }), "", "3.00 CNY", "interest_day interest_max"},
		"only hundreds":                 {base(func(n *Interest) { n.Unit = money(t, "300.00 CNY") }), "", "4.50 CNY", "interest_unit interest_day"},
		"a month of 3 %, a year of 360": {base(func(n *Interest) { n.Rate, n.Per, n.DayCount = rate(t, "3%"), PerMonth, Year360 }), "", "10.00 CNY", "rate_month interest_year"},
		"months of 30 days":             {base(func(n *Interest) { n.Rate, n.DayCount = rate(t, "36%"), Thirty360 }), "", "10.00 CNY", "interest_year"},
		"compounded":                    {base(func(n *Interest) { n.Rate, n.Compound, n.Start = rate(t, "1%"), CompoundMonthly, StartStatement }), "", "210.00 CNY", "interest_day"},
		"the minimum is unpaid":         {base(func(n *Interest) { n.When = WhenMinimumUnpaid }), "", "5.00 CNY", "interest_day"},
	} {
		f := facts(t, "1000.00 CNY", "2025-01-10", "2025-01-10")
		f.Statement = day(t, "2024-12-31")
		if c.safe != "" {
			f.LastSafe = day(t, c.safe)
		}
		terms := interest(c.rule)
		if errs := sourced(terms).Lint(); errs != nil {
			t.Errorf("%s: %v", name, errs)
		}
		got := terms.Cost(f, day(t, "2025-01-20"))
		if got.Total.String() != c.want || codes(got.Lines) != c.code || got.Incomplete {
			t.Errorf("%s: %s by %q %+v, want %s by %q", name, got.Total, codes(got.Lines), got.Lines, c.want, c.code)
		}
	}
}

// TestCompound: what has grown by the day of the next statement bears interest
// from the day after on.
func TestCompound(t *testing.T) {
	t.Parallel()
	rule := Interest{Rate: rate(t, "1%"), Base: BaseOutstanding, Start: StartStatement, Compound: CompoundMonthly}
	f := facts(t, "1000.00 CNY", "2025-01-20", "2025-01-20")
	f.Statement = day(t, "2025-01-11")
	terms := interest(rule)
	got := terms.Cost(f, day(t, "2025-02-16"))
	if want := "interest_day compound interest_day"; codes(got.Lines) != want {
		t.Errorf("%q, want %q", codes(got.Lines), want)
	}
	if got.Total.String() != "386.00 CNY" { // 1000 × 1 % × 32 = 320; 1320 × 1 % × 5 = 66
		t.Errorf("%s: %+v", got.Total, got.Lines)
	}
	taken := f.posted(t, "2025-01-11", "2025-01-10") // cash: on its own statement, too
	terms = interest(Interest{Rate: rate(t, "1%"), Base: BaseStatement, Start: StartPosting, Compound: CompoundMonthly, Condition: Condition{When: WhenAlways}})
	if got := terms.Cost(taken, day(t, "2025-01-15")); got.Total.String() != "60.80 CNY" { // 20, then 1020 × 1 % × 4
		t.Errorf("cash: %s: %+v", got.Total, got.Lines)
	}
	f.Statement = 0
	rule.Start = StartAfterDue // the due date's day of the month then
	terms = interest(rule)
	if got := terms.Cost(f, day(t, "2025-02-21")); got.Total.String() != "323.10 CNY" { // 310 + 13.10
		t.Errorf("%s: %+v", got.Total, got.Lines)
	}
	if got := terms.Cost(f, day(t, "2025-02-20")); got.Total.String() != "310.00 CNY" || strings.Contains(codes(got.Lines), "compound") {
		t.Errorf("on the day itself: %s: %+v", got.Total, got.Lines)
	}
}

// TestFromPosting: items bear interest each from its own day; what was paid in
// time until it was paid, or not at all where only the unpaid does.
func TestFromPosting(t *testing.T) {
	t.Parallel()
	f := facts(t, "1000.00 CNY", "2025-01-20", "2025-01-20").paid(t, "2025-01-15", "700.00 CNY")
	f.Statement = day(t, "2025-01-05")
	f.Items = []Item{{day(t, "2025-01-02"), money(t, "400.00 CNY")}, {day(t, "2025-01-01"), money(t, "600.00 CNY")}}
	full := Interest{Rate: rate(t, "1%"), Base: BaseStatement, Start: StartPosting}
	unpaid := full
	unpaid.Base = BaseOutstanding
	for rule, want := range map[*Interest]string{
		&full:   "164.00 CNY", // 600 for a day, 1000 for the 14 to the payment, 300 for the 6 after it
		&unpaid: "60.00 CNY",  // the 600 and 100 of the 400 were paid in time: 300 from the 2nd, 20 days
	} {
		terms := interest(*rule)
		if got := terms.Cost(f, day(t, "2025-01-21")); got.Total.String() != want {
			t.Errorf("%s: %s %+v, want %s", rule.Base, got.Total, got.Lines, want)
		}
		if got := terms.Cost(f, day(t, "2025-01-20")); got.Total.Minor != 0 {
			t.Errorf("%s: in time it costs %s", rule.Base, got.Total)
		}
	}
}

// TestConditions: a fee for a missed minimum, and one for those who were late
// before.
func TestConditions(t *testing.T) {
	t.Parallel()
	terms := Terms{Fees: []Fee{
		{Currency: "USD", Amount: Amount{Flat: money(t, "30.00 USD")}, Condition: Condition{When: WhenMinimumUnpaid}},
		{Currency: "USD", Amount: Amount{Flat: money(t, "11.00 USD")}, Condition: Condition{When: WhenMinimumUnpaid, Repeat: Repeat{Late: 1, Within: 6}}}},
		FeeCaps: []FeeCap{{Currency: "USD", Amount: Amount{Percent: rate(t, "100%"), Base: BaseMinimumDue}}}}
	past := func(late ...bool) []Past {
		all := []Past{}
		for _, l := range late {
			all = append(all, Past{Late: l})
		}
		return all
	}
	for name, c := range map[string]struct {
		minimum, paid string
		before        []Past
		want, code    string
	}{
		"missed":                      {"50.00 USD", "", past(), "30.00 USD", "fee_flat"},
		"missed again":                {"50.00 USD", "", past(false, false, false, false, false, true), "41.00 USD", "fee_flat repeat fee_flat"},
		"missed, and seven bills ago": {"50.00 USD", "", past(false, false, false, false, false, false, true), "30.00 USD", "fee_flat"},
		"the past is not known":       {"50.00 USD", "", nil, "30.00 USD", "fee_flat repeat_unknown"},
		"not above the minimum":       {"25.00 USD", "", past(true), "25.00 USD", "fee_flat repeat fee_flat amount_percent cap"},
		"the minimum is paid":         {"50.00 USD", "50.00 USD", past(true), "0.00 USD", "fee_minimum_met fee_minimum_met"},
		"a part of the minimum":       {"50.00 USD", "49.00 USD", past(), "30.00 USD", "fee_flat"},
		"a minimum that is not known": {"", "49.00 USD", past(), "30.00 USD", "fee_flat cap_unknown"},
		"everything was paid":         {"50.00 USD", "80.00 USD", past(true), "0.00 USD", ""},
	} {
		f := facts(t, "80.00 USD", "2025-01-10", "2025-01-10")
		f.Before = c.before
		if c.minimum != "" {
			f.MinimumDue = money(t, c.minimum)
		}
		if c.paid != "" {
			f = f.paid(t, "2025-01-10", c.paid)
		}
		got := terms.Cost(f, day(t, "2025-01-15"))
		if got.Total.String() != c.want || codes(got.Lines) != c.code {
			t.Errorf("%s: %s by %q, want %s by %q", name, got.Total, codes(got.Lines), c.want, c.code)
		}
	}
}

// TestMissingInputs: a rule that cannot be reckoned makes the sum the least, and
// a sum of nothing unknown.
func TestMissingInputs(t *testing.T) {
	t.Parallel()
	share := func(b Base) Interest { return Interest{Rate: rate(t, "1%"), Base: b} }
	flat := []Fee{{Amount: Amount{Flat: money(t, "5.00 CNY")}}}
	later := []RateFrom{{day(t, "2026-01-01"), rate(t, "1%")}}
	for code, terms := range map[string]Terms{
		"base_unknown":  interest(share(BaseAccelerated)),
		"slabs_unknown": {Fees: []Fee{{Amount: Amount{Base: BaseOrder, Slabs: []Slab{{Flat: money(t, "5.00 CNY")}}}}}},
		"rate_unknown":  interest(Interest{Rates: later, Base: BaseOutstanding}),
	} {
		f := facts(t, "80.00 CNY", "2025-01-10", "2025-01-10")
		if got := terms.Cost(f, day(t, "2025-01-15")); got.Known || got.Total.Known() || got.Interest.Known() || codes(got.Lines) != code {
			t.Errorf("%s alone: %+v", code, got)
		}
		terms.Fees = append(terms.Fees, flat...)
		if got := terms.Cost(f, day(t, "2025-01-15")); !got.Known || !got.Incomplete || got.Total.String() != "5.00 CNY" || !strings.Contains(codes(got.Lines), code) {
			t.Errorf("%s and a fee: %+v", code, got)
		}
		if got := terms.Cost(f, day(t, "2025-01-10")); !got.Known || got.Total.Minor != 0 {
			t.Errorf("%s in time: %+v", code, got)
		}
	}
}

// TestNoStatementDate: interest from before the due date is at least that from
// the due date on.
func TestNoStatementDate(t *testing.T) {
	t.Parallel()
	f := facts(t, "100.00 CNY", "2025-01-10", "2025-01-10")
	for _, n := range []Interest{{Base: BaseStatement, Start: StartPosting}, {Base: BaseOutstanding, Start: StartStatement}} {
		n.Rate = rate(t, "1%")
		terms := interest(n)
		if got := terms.Cost(f, day(t, "2025-01-12")); !got.Incomplete || got.Total.String() != "3.00 CNY" || codes(got.Lines) != "statement_unknown interest_day" {
			t.Errorf("%+v", got)
		}
		if got := terms.Cost(f, day(t, "2025-01-10")); got.Incomplete || got.Total.Minor != 0 || !got.Known {
			t.Errorf("in time: %+v", got)
		}
	}
}

func TestSlabs(t *testing.T) {
	t.Parallel()
	terms := Terms{Fees: []Fee{{Currency: "INR", Amount: Amount{Base: BaseOutstanding, Slabs: []Slab{
		{money(t, "500.00 INR"), money(t, "0.00 INR")}, {money(t, "1000.00 INR"), money(t, "400.00 INR")}, {Flat: money(t, "1300.00 INR")}}}}}}
	for owed, want := range map[string]string{"500.00 INR": "0.00 INR", "500.01 INR": "400.00 INR", "1000.00 INR": "400.00 INR", "1000.01 INR": "1300.00 INR"} {
		vector{terms, facts(t, owed, "2025-01-10", "2025-01-13"), "2025-01-14", want}.check(t)
	}
}

// TestPaidBeforeAStage: a stage is charged only while something is left when
// its day begins, of what was left then.
func TestPaidBeforeAStage(t *testing.T) {
	t.Parallel()
	terms := Terms{Fees: []Fee{{Amount: Amount{Flat: money(t, "10.00 CNY")}}, {Amount: Amount{Percent: rate(t, "10%"), Base: BaseOutstanding}, After: 8}}}
	f := facts(t, "100.00 CNY", "2025-01-10", "2025-01-10")
	for paid, want := range map[string]string{"2025-01-17": "10.00 CNY", "2025-01-18": "20.00 CNY"} {
		if got := terms.Cost(f.paid(t, paid, "100.00 CNY"), day(t, "2025-02-01")); got.Total.String() != want {
			t.Errorf("paid on %s: %s, want %s", paid, got.Total, want)
		}
	}
}

func TestMinimum(t *testing.T) {
	t.Parallel()
	terms := Terms{Minimum: []Minimum{{Currency: "CNY", Floor: money(t, "50.00 CNY"), Parts: []MinimumPart{
		{PartPurchases, rate(t, "10%")}, {PartInstalments, rate(t, "100%")}}}}}
	for name, c := range map[string]struct{ purchases, instalments, want string }{
		"the sum":           {"1000.05 CNY", "200.00 CNY", "300.01 CNY"},
		"the floor":         {"100.00 CNY", "5.00 CNY", "50.00 CNY"},
		"no more than owed": {"20.00 CNY", "5.00 CNY", "25.00 CNY"},
		"nothing":           {"0.00 CNY", "0.00 CNY", "0.00 CNY"},
	} {
		got, _, ok := terms.MinimumOf("CNY", map[Part]bill.Money{PartPurchases: money(t, c.purchases), PartInstalments: money(t, c.instalments)})
		if !ok || got.String() != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if _, _, ok := terms.MinimumOf("USD", nil); ok {
		t.Error("a minimum without a rule for the currency")
	}
}

func TestOffers(t *testing.T) {
	t.Parallel()
	o := Origin{"https://issuer.example", "2024", Hearsay}
	terms := Terms{Extensions: []Extension{{Origin: o, Currency: "CNY", Days: 30, Amount: Amount{Percent: rate(t, "3%"), Base: BaseOutstanding}},
		{Origin: o, Currency: "USD", Days: 30, Amount: Amount{Flat: money(t, "3.00 USD")}}}}
	got := terms.Offers(facts(t, "500.00 CNY", "2025-01-10", "2025-01-10"), day(t, "2025-01-12"))
	want := []Offer{{Until: day(t, "2025-02-09"), Fee: money(t, "15.00 CNY"), Origin: o,
		Lines: []Line{{Code: "amount_percent", Args: map[string]string{"base": "500.00 CNY", "rate": "3%"}, Amount: money(t, "15.00 CNY")}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestTheLesserOfAnUnknownShare is the amount that is known, the most it can be:
// of a fee and of a cap.
func TestTheLesserOfAnUnknownShare(t *testing.T) {
	t.Parallel()
	lesser := Amount{Flat: money(t, "5.00 GBP"), Percent: rate(t, "25%"), Base: BaseOrder, Choose: ChooseLesser}
	terms := Terms{Fees: []Fee{{Currency: "GBP", Amount: Amount{Flat: money(t, "9.00 GBP")}}}, FeeCaps: []FeeCap{{Currency: "GBP", Amount: lesser}}}
	for _, terms := range []Terms{{Fees: []Fee{{Currency: "GBP", Amount: lesser}}}, terms} {
		got := terms.Cost(facts(t, "80.00 GBP", "2025-01-10", "2025-01-10"), day(t, "2025-01-15"))
		if got.Total.String() != "5.00 GBP" || got.Incomplete || !strings.Contains(codes(got.Lines), "_at_most") {
			t.Errorf("%+v", got)
		}
		if !terms.LooksAround() {
			t.Error("the order is not looked for")
		}
	}
	var none *Terms
	if none.LooksAround() || (&Terms{Fees: []Fee{{}}}).LooksAround() {
		t.Error("rules of one bill look at others")
	}
}
