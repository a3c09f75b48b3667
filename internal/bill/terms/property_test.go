package terms

import (
	"testing"

	"pgregory.net/rapid"

	"repayd/internal/bill"
)

// drawn draws rules and a bill for them. What is paid at one rate for all days
// is left out: a lower rate of a later day may lower the sum.
type drawn struct{ t *rapid.T }

func (d drawn) money(name string, least, most int64) bill.Money {
	return bill.Money{Minor: rapid.Int64Range(least, most).Draw(d.t, name), Currency: "CNY"}
}

func (d drawn) rate(name string) Rate {
	r, err := ParseRate("0." + rapid.StringMatching(`[0-9]{1,6}`).Draw(d.t, name) + "%")
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

func (d drawn) yes(name string) bool { return rapid.Bool().Draw(d.t, name) }

func (d drawn) facts() Facts {
	due, _ := bill.NewDay(2025, 1, 20)
	f := Facts{Currency: "CNY", AmountDue: d.money("owed", 1, 10_000_000), Due: due, Statement: due - 15,
		LastSafe: due + bill.Day(rapid.IntRange(0, 10).Draw(d.t, "grace"))}
	f.Outstanding, f.Order, f.Accelerated = f.AmountDue, f.AmountDue, f.AmountDue
	f.MinimumDue = d.money("minimum", 0, f.AmountDue.Minor)
	for day := due - 3; day < due+60 && d.yes("pays"); day += bill.Day(rapid.IntRange(1, 20).Draw(d.t, "later")) {
		p := bill.Payment{Day: day, Amount: d.money("paid", 0, f.Outstanding.Minor)}
		f.Payments = append(f.Payments, p)
		f.Outstanding.Minor -= p.Amount.Minor
	}
	if d.yes("items") {
		first := d.money("first", 0, f.AmountDue.Minor)
		f.Items = []Item{{f.Statement - 20, first}, {f.Statement - 3, bill.Money{Minor: f.AmountDue.Minor - first.Minor, Currency: "CNY"}}}
	}
	return f
}

func (d drawn) amount() Amount {
	a := Amount{Percent: d.rate("percent"), Base: rapid.SampledFrom([]Base{BaseOutstanding, BaseMinimum, BaseMinimumDue, BaseAmountDue, BaseOrder}).Draw(d.t, "base")}
	a.Min = d.money("min", 0, 1000)
	a.Max = d.money("max", a.Min.Minor, 5000)
	switch rapid.IntRange(0, 2).Draw(d.t, "flat") {
	case 1:
		a.Flat, a.Choose = d.money("flat", 0, 5000), rapid.SampledFrom([]string{"", ChooseGreater, ChooseLesser}).Draw(d.t, "choose")
	case 2:
		a.Slabs = []Slab{{d.money("up to", 0, 100000), d.money("low", 0, 5000)}, {Flat: d.money("high", 0, 5000)}}
	}
	return a
}

func (d drawn) interest() Interest {
	n := Interest{Rate: d.rate("rate"), Base: BaseOutstanding, PaidDayFree: d.yes("paid day"), LastDayFree: d.yes("last day"), Currency: "CNY"}
	n.Start = rapid.SampledFrom([]Start{StartAfterDue, StartDue, StartAfterGrace, StartStatement, StartPosting}).Draw(d.t, "start")
	if n.Start == StartPosting && d.yes("whole") {
		n.Base = BaseStatement
	}
	n.DayCount = rapid.SampledFrom([]DayCount{"", Year360, Year365, Actual, Thirty360}).Draw(d.t, "year")
	if d.yes("compound") {
		n.Compound = CompoundMonthly
	}
	if n.DayCount != Actual && n.DayCount != Thirty360 {
		n.RoundDaily = d.yes("daily")
		if d.yes("least") {
			n.MinDay = d.money("min day", 0, 3)
		}
	}
	n.Round = rapid.SampledFrom([]Rounding{RoundHalfUp, RoundDown, RoundUp}).Draw(d.t, "round")
	if d.yes("unit") {
		n.Unit = d.money("unit", 1, 100000)
	}
	if d.yes("dated") {
		n.Rates = []RateFrom{{1, n.Rate}, {20112, d.rate("later rate")}} // from 24 January 2025
		n.Rate = Rate{}
	}
	return n
}

// TestCostGrows: rules that are accepted never make a later day cheaper, never
// charge anything up to and with the last safe day, and add up.
func TestCostGrows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		f := d.facts()
		terms := Terms{Fees: []Fee{{Currency: "CNY", Amount: d.amount()}, {Currency: "CNY", Amount: d.amount(), After: 14}}, Interest: []Interest{d.interest()}}
		if errs := sourced(terms).Lint(); errs != nil {
			t.Fatal(errs)
		}
		var before int64
		for on := f.Due - 2; on < f.Due+75; on++ {
			e := terms.Cost(f, on)
			if !e.Known || e.Total.Minor < before || on <= f.LastSafe && e.Total.Minor != 0 || e.Fee.Minor+e.Interest.Minor != e.Total.Minor {
				t.Fatalf("on %s: %+v after %d", on, e, before)
			}
			before = e.Total.Minor
		}
	})
}

// TestPaidInTimeCostsNothing: whoever pays all by the last safe day is never
// charged, whatever the rules and the day.
func TestPaidInTimeCostsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		f := d.facts()
		f.Payments = []bill.Payment{{Day: f.LastSafe, Amount: f.AmountDue}}
		f.Outstanding.Minor = 0
		terms := Terms{Fees: []Fee{{Currency: "CNY", Amount: d.amount()}}, Interest: []Interest{d.interest()}}
		if e := terms.Cost(f, f.Due+bill.Day(rapid.IntRange(0, 100).Draw(t, "days"))); !e.Known || e.Total.Minor != 0 {
			t.Fatalf("%+v", e)
		}
	})
}

// TestFeeStaysInItsBounds: a percentage lies between its least and its most, the
// fees of an order together at most at the cap.
func TestFeeStaysInItsBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		f := d.facts()
		a := d.amount()
		a.Base, a.Flat, a.Slabs, a.Choose = BaseAmountDue, bill.Money{}, nil, ""
		terms := Terms{Fees: []Fee{{Currency: "CNY", Amount: a}}}
		e := terms.Cost(f, f.LastSafe+1)
		if owes := f.leftOn(f.LastSafe+1) > 0; owes && (e.Fee.Minor < a.Min.Minor || e.Fee.Minor > a.Max.Minor) || !owes && e.Fee.Minor != 0 {
			t.Fatalf("%s, not within %s and %s", e.Fee, a.Min, a.Max)
		}
		most := d.money("cap", 0, 5000)
		terms.FeeCaps = []FeeCap{{Currency: "CNY", PerOrder: true, Amount: Amount{Flat: most}}}
		f.OrderFees = d.money("before", 0, most.Minor)
		if capped := terms.Cost(f, f.LastSafe+1); capped.Fee.Minor != min(e.Fee.Minor, most.Minor-f.OrderFees.Minor) {
			t.Fatalf("%s of %s, %s of %s are left", capped.Fee, e.Fee, most, f.OrderFees)
		}
	})
}

// TestSplittingARateChangesNothing: interest is exact until its end, so that
// one rate written as two of the same is the same to the cent.
func TestSplittingARateChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawn{t}
		f := d.facts()
		n := d.interest()
		n.Rate, n.Rates, n.DayCount = d.rate("one"), nil, rapid.SampledFrom([]DayCount{"", Year360, Year365}).Draw(t, "days")
		split := n
		split.Rate, split.Rates = Rate{}, []RateFrom{{1, n.Rate}, {f.Due + 7, n.Rate}, {f.Due + 20, n.Rate}}
		one, two := interest(n), interest(split)
		on := f.Due + bill.Day(rapid.IntRange(0, 90).Draw(t, "on"))
		if a, b := one.Cost(f, on), two.Cost(f, on); a.Total != b.Total {
			t.Fatalf("%s and %s", a.Total, b.Total)
		}
	})
}

func BenchmarkCost(b *testing.B) {
	r, err := ParseRate("0.05%")
	if err != nil {
		b.Fatal(err)
	}
	f := facts(b, "5000.00 CNY", "2025-01-10", "2025-01-13")
	f.MinimumDue, f.Statement = money(b, "500.00 CNY"), f.Due-20
	for name, terms := range map[string]Terms{
		"simple": {Fees: []Fee{{Amount: Amount{Percent: r, Base: BaseMinimum}}}, Interest: []Interest{{Rate: r, Base: BaseOutstanding}}},
		"compounded": {Fees: []Fee{{Amount: Amount{Percent: r, Base: BaseMinimum}}},
			Interest: []Interest{{Rates: []RateFrom{{1, r}, {f.Due + 10, r}}, Base: BaseStatement, Start: StartPosting, Compound: CompoundMonthly}}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				terms.Cost(f, f.Due+40)
			}
		})
	}
}
