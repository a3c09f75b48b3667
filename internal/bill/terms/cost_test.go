package terms

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"repayd/internal/bill"
)

func day(t testing.TB, s string) bill.Day {
	t.Helper()
	d, err := bill.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func money(t testing.TB, s string) bill.Money {
	t.Helper()
	var m bill.Money
	if err := m.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return m
}

func rate(t testing.TB, s string) Rate {
	t.Helper()
	r, err := ParseRate(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// facts is a bill of amount due on due, safe until safe, nothing paid.
func facts(t testing.TB, amount, due, safe string) Facts {
	m := money(t, amount)
	return Facts{Currency: m.Currency, AmountDue: m, Outstanding: m, Due: day(t, due), LastSafe: day(t, safe)}
}

// TestInterest computes the published examples; TVn is the number of a vector
// of the collected facts, all recomputed by hand.
func TestInterest(t *testing.T) {
	t.Parallel()
	daily := func(r string) Interest { return Interest{Rate: rate(t, r), Base: BaseOutstanding} }
	yearly := func(r string, days int) Interest {
		return Interest{Rate: rate(t, r), DayCount: DayCount(strconv.Itoa(days)), Base: BaseOutstanding}
	}
	for name, c := range map[string]struct {
		amount, due, safe, on string
		rule                  Interest
		want                  string
	}{
		"TV1 Huabei five days":         {"500.00 CNY", "2025-07-10", "2025-07-10", "2025-07-15", daily("0.05%"), "1.25 CNY"},
		"TV2 one day":                  {"900.00 CNY", "2025-07-10", "2025-07-10", "2025-07-11", daily("0.05%"), "0.45 CNY"},
		"TV8 Baitiao":                  {"1000.00 CNY", "2025-03-17", "2025-03-17", "2025-03-22", daily("0.07%"), "3.50 CNY"},
		"TV9 Baitiao instalments":      {"1015.00 CNY", "2025-03-17", "2025-03-17", "2025-03-22", daily("0.07%"), "3.55 CNY"},
		"TV10 Jintiao":                 {"3000.00 CNY", "2025-03-17", "2025-03-17", "2025-03-22", daily("0.06%"), "9.00 CNY"},
		"TV13 Baitiao ten days":        {"1000.00 CNY", "2025-03-17", "2025-03-17", "2025-03-27", daily("0.05%"), "5.00 CNY"},
		"TV14 UK 101 days":             {"5000.00 GBP", "2025-01-01", "2025-01-01", "2025-04-12", yearly("12.25%", 365), "169.49 GBP"},
		"TV15 UK one day":              {"10000.00 GBP", "2025-01-01", "2025-01-01", "2025-01-02", yearly("11.75%", 365), "3.22 GBP"},
		"TV18 Japan, cut off":          {"20000 JPY", "2025-01-01", "2025-01-01", "2025-01-08", Interest{Rate: rate(t, "16%"), DayCount: Year365, Base: BaseOutstanding, Round: RoundDown}, "61 JPY"},
		"TV11 Jiebei with factor":      {"10000.00 CNY", "2025-01-01", "2025-01-01", "2025-01-02", Interest{Rate: rate(t, "0.05%"), Factor: rate(t, "1.5"), Base: BaseOutstanding}, "7.50 CNY"},
		"TV28 electricity, at least 1": {"50.00 CNY", "2025-01-01", "2025-01-01", "2025-01-04", Interest{Currency: "CNY", Rate: rate(t, "0.1%"), Base: BaseOutstanding, Min: money(t, "1.00 CNY")}, "1.00 CNY"},
		"TV27 three days of grace":     {"500.00 INR", "2025-01-01", "2025-01-04", "2025-01-04", daily("0.1%"), "0.00 INR"},
		"TV27 beyond it, from the due": {"500.00 INR", "2025-01-01", "2025-01-04", "2025-01-05", daily("0.1%"), "2.00 INR"},
		"beyond it, from the grace on": {"500.00 INR", "2025-01-01", "2025-01-04", "2025-01-05", Interest{Rate: rate(t, "0.1%"), Base: BaseOutstanding, Start: StartAfterGrace}, "0.50 INR"},
		"a rate that ended":            {"500.00 CNY", "2025-01-01", "2025-01-01", "2025-01-11", Interest{Rate: rate(t, "0.1%"), Base: BaseOutstanding, Until: day(t, "2025-01-05")}, "2.00 CNY"},
		"a rate that begins":           {"500.00 CNY", "2025-01-01", "2025-01-01", "2025-01-11", Interest{Rate: rate(t, "0.1%"), Base: BaseOutstanding, From: day(t, "2025-01-10")}, "1.00 CNY"},
		"on the due date":              {"500.00 CNY", "2025-01-01", "2025-01-01", "2025-01-01", daily("0.05%"), "0.00 CNY"},
	} {
		terms := Terms{Interest: []Interest{c.rule}}
		got := terms.Cost(facts(t, c.amount, c.due, c.safe), day(t, c.on))
		if !got.Known || got.Total.String() != c.want || got.Interest != got.Total {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
	}
}

// TestPartPayments: TV7, 5000 of which 2000 is paid on the due date and the
// rest ten days late; and a payment between, which bears interest until its day.
func TestPartPayments(t *testing.T) {
	t.Parallel()
	terms := Terms{Interest: []Interest{{Rate: rate(t, "0.05%"), Base: BaseOutstanding}}}
	f := facts(t, "5000.00 CNY", "2025-01-10", "2025-01-10")
	f.Outstanding = money(t, "3000.00 CNY")
	f.Payments = []bill.Payment{{Day: day(t, "2025-01-10"), Amount: money(t, "2000.00 CNY")}}
	if got := terms.Cost(f, day(t, "2025-01-20")); got.Total.String() != "15.00 CNY" {
		t.Errorf("TV7: %s", got.Total)
	}
	f.Outstanding = money(t, "1000.00 CNY")
	f.Payments = append(f.Payments, bill.Payment{Day: day(t, "2025-01-14"), Amount: money(t, "2000.00 CNY")})
	got := terms.Cost(f, day(t, "2025-01-20")) // 3000 for 4 days, 1000 for 6
	if got.Total.String() != "9.00 CNY" || len(got.Lines) != 2 {
		t.Errorf("a payment between: %s %+v", got.Total, got.Lines)
	}
	if got := terms.Cost(f, day(t, "2025-01-12")); got.Total.String() != "3.00 CNY" {
		t.Errorf("before that payment: %s", got.Total)
	}
}

func TestFees(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fee  Fee
		min  string
		on   string
		want string
	}{
		"TV30 greater, the amount":  {Fee{Currency: "CNY", Amount: Amount{Flat: money(t, "5.00 CNY"), Percent: rate(t, "10%"), Base: BaseOutstanding, Choose: "greater"}}, "", "2025-01-14", "8.00 CNY"},
		"the lesser":                {Fee{Currency: "CNY", Amount: Amount{Flat: money(t, "5.00 CNY"), Percent: rate(t, "10%"), Base: BaseOutstanding, Choose: "lesser"}}, "", "2025-01-14", "5.00 CNY"},
		"both":                      {Fee{Currency: "CNY", Amount: Amount{Flat: money(t, "5.00 CNY"), Percent: rate(t, "10%"), Base: BaseAmountDue}}, "", "2025-01-14", "13.00 CNY"},
		"5 % of the minimum":        {Fee{Currency: "CNY", Amount: Amount{Percent: rate(t, "5%"), Base: BaseMinimum}}, "40.00 CNY", "2025-01-14", "2.00 CNY"},
		"at least 10":               {Fee{Currency: "CNY", Amount: Amount{Percent: rate(t, "5%"), Base: BaseMinimum, Min: money(t, "10.00 CNY")}}, "40.00 CNY", "2025-01-14", "10.00 CNY"},
		"at most 1":                 {Fee{Currency: "CNY", Amount: Amount{Percent: rate(t, "5%"), Base: BaseMinimum, Max: money(t, "1.00 CNY")}}, "40.00 CNY", "2025-01-14", "1.00 CNY"},
		"the minimum is met":        {Fee{Currency: "CNY", Amount: Amount{Percent: rate(t, "5%"), Base: BaseMinimum, Min: money(t, "10.00 CNY")}}, "0.00 CNY", "2025-01-14", "0.00 CNY"},
		"within the grace":          {Fee{Currency: "CNY", Amount: Amount{Flat: money(t, "5.00 CNY")}}, "", "2025-01-13", "0.00 CNY"},
		"a later stage, not yet":    {Fee{Currency: "CNY", Amount: Amount{Flat: money(t, "5.00 CNY")}, After: 7}, "", "2025-01-16", "0.00 CNY"},
		"a later stage, on its day": {Fee{Currency: "CNY", Amount: Amount{Flat: money(t, "5.00 CNY")}, After: 7}, "", "2025-01-17", "5.00 CNY"},
	} {
		f := facts(t, "80.00 CNY", "2025-01-10", "2025-01-13")
		if c.min != "" {
			f.MinimumDue = money(t, c.min)
		}
		terms := Terms{Fees: []Fee{c.fee}}
		if got := terms.Cost(f, day(t, c.on)); !got.Known || got.Total.String() != c.want {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
	}
}

// TestNothingKnown: without a rule, an amount or a date there is no amount.
func TestNothingKnown(t *testing.T) {
	t.Parallel()
	f := facts(t, "80.00 CNY", "2025-01-10", "2025-01-13")
	fee := Terms{Fees: []Fee{{Currency: "USD", Amount: Amount{Flat: money(t, "5.00 USD")}}, {Amount: Amount{Percent: rate(t, "5%"), Base: BaseMinimum}}}}
	for name, got := range map[string]Estimate{
		"no rules":             (&Terms{}).Cost(f, day(t, "2025-01-20")),
		"no rule that applies": fee.Cost(f, day(t, "2025-01-20")),
		"no amount":            fee.Cost(Facts{Due: f.Due, LastSafe: f.LastSafe}, day(t, "2025-01-20")),
		"no date":              fee.Cost(Facts{Outstanding: f.Outstanding}, day(t, "2025-01-20")),
	} {
		if got.Known || got.Total.Known() || got.Fee.Known() {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if p := (&Terms{}).Preview(f, day(t, "2025-01-20")); p != nil {
		t.Errorf("a preview of nothing: %+v", p)
	}
	f.Penalty = money(t, "3.00 CNY")
	if got := (&Terms{}).Cost(f, day(t, "2025-01-20")); len(got.Lines) != 1 || got.Lines[0].Code != "told" {
		t.Errorf("what the issuer told is not told: %+v", got)
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	terms := Terms{
		Fees:       []Fee{{Origin: Origin{"a", "2024", Official}, Amount: Amount{Flat: money(t, "5.00 CNY")}}},
		Interest:   []Interest{{Origin: Origin{"b", "2024", Hearsay}, Rate: rate(t, "0.05%"), Base: BaseOutstanding}},
		Milestones: []Milestone{{Name: bill.MilestoneBureau, After: 30}, {Name: bill.MilestoneFee, After: 4}},
	}
	p := terms.Preview(facts(t, "1000.00 CNY", "2025-01-10", "2025-01-13"), day(t, "2025-01-11"))
	var got []string
	for _, at := range p.Points {
		got = append(got, at.Name+" "+at.On.String()+" "+at.Total.String())
	}
	want := "today 2025-01-11 0.00 CNY|last_safe 2025-01-13 0.00 CNY|week 2025-01-18 9.00 CNY|month 2025-02-10 20.50 CNY"
	if strings.Join(got, "|") != want || p.Origin.Certainty != Hearsay || p.Next.Name != bill.MilestoneFee || p.Next.Day != day(t, "2025-01-14") {
		t.Errorf("got %q %+v %+v, want %q", got, p.Origin, p.Next, want)
	}
}

// TestCostGrows: a later day never costs less, nothing is charged until the
// last safe day, and the parts add up.
func TestCostGrows(t *testing.T) {
	t.Parallel()
	due := day(t, "2025-01-10")
	rapid.Check(t, func(t *rapid.T) {
		owed := bill.Money{Minor: rapid.Int64Range(1, 10_000_000).Draw(t, "owed"), Currency: "CNY"}
		r, err := ParseRate("0." + rapid.StringMatching(`[0-9]{1,6}`).Draw(t, "rate") + "%")
		if err != nil {
			t.Fatal(err)
		}
		safe := due + bill.Day(rapid.IntRange(0, 10).Draw(t, "grace"))
		terms := Terms{Fees: []Fee{{Amount: Amount{Percent: r, Base: BaseOutstanding}}}, Interest: []Interest{{Rate: r, Base: BaseOutstanding}}}
		f := Facts{Currency: "CNY", Outstanding: owed, AmountDue: owed, Due: due, LastSafe: safe}
		var before int64
		for on := due - 2; on < due+40; on++ {
			e := terms.Cost(f, on)
			if e.Total.Minor < before || on <= safe && e.Total.Minor != 0 || e.Fee.Minor+e.Interest.Minor != e.Total.Minor {
				t.Fatalf("on %s: %+v after %d", on, e, before)
			}
			before = e.Total.Minor
		}
	})
}

func TestRates(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "%", ".5%", "5.", "-1%", "1e3", "0x10", "1/3", "1,5%", "５%", "1%%", strings.Repeat("9", 30)} {
		if r, err := ParseRate(s); err == nil {
			t.Errorf("%q is read as %s", s, r.share)
		}
	}
	for s, want := range map[string]string{"0.05%": "1/2000", "1.5": "3/2", "100%": "1/1"} {
		r := rate(t, s)
		var back Rate
		if err := back.UnmarshalText([]byte(r.String())); err != nil || back.share.RatString() != r.share.RatString() || r.share.String() != want {
			t.Errorf("%s is %s, want %s (%v)", s, r.share, want, err)
		}
	}
}

func TestLint(t *testing.T) {
	t.Parallel()
	o := Origin{"https://issuer.example", "2024-06", Official}
	good := Terms{Fees: []Fee{{Origin: o, Amount: Amount{Percent: rate(t, "5%"), Base: BaseMinimum}}}, Interest: []Interest{{Origin: o, Rate: rate(t, "0.05%"), Base: BaseOutstanding}},
		Milestones: []Milestone{{Origin: o, Name: bill.MilestoneFee}}}
	if errs := good.Lint(); errs != nil {
		t.Errorf("good rules: %v", errs)
	}
	for want, bad := range map[string]Terms{
		"neither an amount":     {Fees: []Fee{{Origin: o}}},
		"is no base":            {Fees: []Fee{{Origin: o, Amount: Amount{Percent: rate(t, "5%")}}}},
		"choose":                {Fees: []Fee{{Origin: o, Amount: Amount{Percent: rate(t, "5%"), Base: BaseMinimum, Choose: "greater"}}}},
		"is more than the most": {Fees: []Fee{{Origin: o, Currency: "CNY", Amount: Amount{Percent: rate(t, "5%"), Base: BaseMinimum, Min: money(t, "2.00 CNY"), Max: money(t, "1.00 CNY")}}}},
		"currency of the rule":  {Fees: []Fee{{Origin: o, Currency: "USD", Amount: Amount{Flat: money(t, "2.00 CNY")}}}},
		"no certainty":          {Fees: []Fee{{Amount: Amount{Flat: money(t, "2.00 CNY")}, Currency: "CNY"}}},
		"needs its source":      {Fees: []Fee{{Origin: Origin{Certainty: Law}, Amount: Amount{Flat: money(t, "2.00 CNY")}, Currency: "CNY"}}},
		"either a rate":         {Interest: []Interest{{Origin: o, Base: BaseOutstanding}}},
		`a year of "12" days`:   {Interest: []Interest{{Origin: o, Rate: rate(t, "5%"), DayCount: "12", Base: BaseOutstanding}}},
		"before it begins":      {Interest: []Interest{{Origin: o, Rate: rate(t, "5%"), Base: BaseOutstanding, From: 2, Until: 1}}},
		"before the due date":   {Milestones: []Milestone{{Origin: o, Name: "fee", After: -1}}},
	} {
		errs := bad.Lint()
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), want) {
			t.Errorf("%v, want one error with %q", errs, want)
		}
	}
}

// FuzzParseRate: what is read is a share that is written back as it was.
func FuzzParseRate(f *testing.F) {
	for _, s := range []string{"0.05%", "1.5", "", ".", "1e9", "0/0", "٣%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRate(s)
		if err != nil {
			return
		}
		if r.String() != s || !r.Known() || r.share.Sign() < 0 {
			t.Errorf("%q is read as %s", s, r.share)
		}
	})
}

func BenchmarkCost(b *testing.B) {
	r, err := ParseRate("0.05%")
	if err != nil {
		b.Fatal(err)
	}
	terms := Terms{Fees: []Fee{{Amount: Amount{Percent: r, Base: BaseMinimum}}}, Interest: []Interest{{Rate: r, Base: BaseOutstanding}}}
	f := facts(b, "5000.00 CNY", "2025-01-10", "2025-01-13")
	f.MinimumDue = money(b, "500.00 CNY")
	for b.Loop() {
		terms.Preview(f, f.Due+10)
	}
}
