package terms

import (
	"strings"
	"testing"

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

// TestInterestPeriods: the grace, and a rate that begins or ends.
func TestInterestPeriods(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule Interest
		want string
	}{
		"beyond the grace, from the due date": {Interest{}, "5.00 INR"},
		"beyond it, from its end on":          {Interest{Start: StartAfterGrace}, "3.50 INR"},
		"a rate that ended":                   {Interest{Until: day(t, "2025-01-05")}, "2.00 INR"},
		"a rate that begins":                  {Interest{From: day(t, "2025-01-10")}, "1.00 INR"},
		"a rate of before":                    {Interest{Until: day(t, "2025-01-01")}, "0.00 INR"},
	} {
		c.rule.Rate, c.rule.Base = rate(t, "0.1%"), BaseOutstanding
		terms := interest(c.rule)
		f := facts(t, "500.00 INR", "2025-01-01", "2025-01-04")
		if got := terms.Cost(f, day(t, "2025-01-11")); !got.Known || got.Total.String() != c.want || got.Interest != got.Total {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
		if got := terms.Cost(f, day(t, "2025-01-04")); !got.Known || got.Total.String() != "0.00 INR" {
			t.Errorf("%s: on the last safe day %+v", name, got)
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
		"the greater, the amount":   {Fee{Currency: "CNY", Amount: Amount{Flat: money(t, "5.00 CNY"), Percent: rate(t, "10%"), Base: BaseOutstanding, Choose: "greater"}}, "", "2025-01-14", "8.00 CNY"},
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
