package terms

import (
	"strings"
	"testing"

	"repayd/internal/bill"
)

// TestLint: rules that contradict themselves or each other are refused, each
// with what is wrong.
func TestLint(t *testing.T) {
	t.Parallel()
	o := Origin{"https://issuer.example", "2024-06", Official}
	cny := func(s string) bill.Money { return money(t, s+" CNY") }
	five, month := rate(t, "5%"), 1
	fee := func(a Amount) Terms { return Terms{Fees: []Fee{{Origin: o, Currency: "CNY", Amount: a}}} }
	grow := func(change func(*Interest)) Terms {
		n := Interest{Origin: o, Currency: "CNY", Rate: five, Base: BaseOutstanding}
		change(&n)
		return interest(n)
	}
	rates := []RateFrom{{day(t, "2024-01-01"), five}, {day(t, "2024-07-01"), five}}
	due := func(d Due) Terms { d.Origin = o; return Terms{Due: []Due{d}} }
	grace := func(g Grace) Terms { g.Origin = o; return Terms{Grace: &g} }
	least := func(m Minimum) Terms { m.Origin, m.Currency = o, "CNY"; return Terms{Minimum: []Minimum{m}} }
	for name, good := range map[string]Terms{
		"a fee":             fee(Amount{Percent: five, Base: BaseMinimum, Min: cny("1.00"), Max: cny("1.00")}),
		"slabs":             fee(Amount{Base: BaseOutstanding, Slabs: []Slab{{cny("5.00"), cny("0.00")}, {Flat: cny("1.00")}}}),
		"a rate":            grow(func(*Interest) {}),
		"dated rates":       grow(func(n *Interest) { n.Rate, n.Rates, n.Fix = Rate{}, rates, FixStart }),
		"one after another": {Interest: []Interest{{Origin: o, Rate: five, Base: BaseOutstanding, Until: 10}, {Origin: o, Rate: five, Base: BaseOutstanding, From: 11}}},
		"two kinds":         {Interest: []Interest{{Origin: o, Rate: five, Base: BaseOutstanding}, {Origin: o, Rate: five, Base: BaseOutstanding}}},
		"two due rules":     {Due: []Due{{Origin: o, From: FromStatement, Days: 9}, {Origin: o, From: FromPurchase, Days: 30}}},
		"a grace":           grace(Grace{Days: 3, PerYear: 3}),
		"a milestone":       {Milestones: []Milestone{{Origin: o, Name: bill.MilestoneFee}}},
	} {
		if errs := good.Lint(); errs != nil {
			t.Errorf("%s: %v", name, errs)
		}
	}
	for want, bad := range map[string]Terms{
		"neither an amount":                fee(Amount{}),
		"write one of them":                fee(Amount{Flat: cny("1.00"), Base: BaseOutstanding, Slabs: []Slab{{Flat: cny("1.00")}}}),
		`"" is no base`:                    fee(Amount{Percent: five}),
		`"statement" is no base`:           fee(Amount{Percent: five, Base: BaseStatement}),
		"choose":                           fee(Amount{Percent: five, Base: BaseMinimum, Choose: ChooseGreater}),
		"the least, 2.00 CNY, is more":     fee(Amount{Percent: five, Base: BaseMinimum, Min: cny("2.00"), Max: cny("1.00")}),
		"bound a percentage":               fee(Amount{Flat: cny("2.00"), Max: cny("1.00")}),
		"less than nothing":                fee(Amount{Flat: cny("-2.00")}),
		"leave a gap":                      fee(Amount{Base: BaseOutstanding, Slabs: []Slab{{cny("5.00"), cny("1.00")}}}),
		"slab 1 has no up_to":              fee(Amount{Base: BaseOutstanding, Slabs: []Slab{{Flat: cny("1.00")}, {Flat: cny("1.00")}}}),
		"from the lowest up":               fee(Amount{Base: BaseOutstanding, Slabs: []Slab{{cny("5.00"), cny("1.00")}, {cny("5.00"), cny("2.00")}, {Flat: cny("3.00")}}}),
		"slab 1 has no amount":             fee(Amount{Base: BaseOutstanding, Slabs: []Slab{{}}}),
		"currency of the rule":             {Fees: []Fee{{Origin: o, Currency: "USD", Amount: Amount{Flat: cny("2.00")}}}},
		"no certainty":                     {Fees: []Fee{{Amount: Amount{Flat: cny("2.00")}, Currency: "CNY"}}},
		"needs its source":                 {Fees: []Fee{{Origin: Origin{Certainty: Law}, Amount: Amount{Flat: cny("2.00")}, Currency: "CNY"}}},
		"fee 1: nothing is charged before": {Fees: []Fee{{Origin: o, After: -1, Amount: Amount{Flat: cny("2.00")}, Currency: "CNY"}}},
		"charged for being late":           {Fees: []Fee{{Origin: o, Condition: Condition{When: WhenAlways}, Amount: Amount{Flat: cny("2.00")}, Currency: "CNY"}}},
		"repeat: write":                    {Fees: []Fee{{Origin: o, Condition: Condition{Repeat: Repeat{Late: 2, Within: 1}}, Amount: Amount{Flat: cny("2.00")}, Currency: "CNY"}}},
		"another cap":                      {FeeCaps: []FeeCap{{Origin: o, Amount: Amount{Flat: cny("2.00")}, Currency: "CNY"}, {Origin: o, Amount: Amount{Flat: cny("3.00")}, Currency: "CNY"}}},
		"put off":                          {Extensions: []Extension{{Origin: o, Amount: Amount{Flat: cny("2.00")}, Currency: "CNY"}}},
		"either a rate":                    grow(func(n *Interest) { n.Rate = Rate{} }),
		"either a rate, such as 0.05%, or": grow(func(n *Interest) { n.Rates = rates }),
		"two rates for one time":           grow(func(n *Interest) { n.Rate, n.Rates = Rate{}, []RateFrom{rates[1], rates[0]} }),
		"the day it holds from":            grow(func(n *Interest) { n.Rate, n.Rates = Rate{}, []RateFrom{{Rate: five}} }),
		"days of their own":                grow(func(n *Interest) { n.Rate, n.Rates, n.Until = Rate{}, rates, 9 }),
		"are for dated rates":              grow(func(n *Interest) { n.Margin = five }),
		"rate_step":                        grow(func(n *Interest) { n.Rate, n.Rates, n.RateStep = Rate{}, rates, rate(t, "0%") }),
		"no way to fix":                    grow(func(n *Interest) { n.Rate, n.Rates, n.Fix = Rate{}, rates, "now" }),
		`a year of "12" days`:              grow(func(n *Interest) { n.DayCount = "12" }),
		"needs the days of a year":         grow(func(n *Interest) { n.Per = PerYear }),
		"a rate a day needs no days":       grow(func(n *Interest) { n.Per, n.DayCount = PerDay, Year365 }),
		"is no time of a rate":             grow(func(n *Interest) { n.Per = "week" }),
		"days of one length":               grow(func(n *Interest) { n.RoundDaily, n.DayCount = true, Actual }),
		"write start: posting":             grow(func(n *Interest) { n.Base = BaseStatement }),
		"on the base statement or":         grow(func(n *Interest) { n.Base, n.Start = BaseMinimum, StartPosting }),
		"is no start":                      grow(func(n *Interest) { n.Start = "soon" }),
		"is no rounding":                   grow(func(n *Interest) { n.Round = "even" }),
		"compounded monthly":               grow(func(n *Interest) { n.Compound = "daily" }),
		"is no condition":                  grow(func(n *Interest) { n.When = "late" }),
		"unit: write":                      grow(func(n *Interest) { n.Unit = cny("0.00") }),
		"before it begins":                 grow(func(n *Interest) { n.From, n.Until = 2, 1 }),
		"the least, 3.00 CNY":              grow(func(n *Interest) { n.Min, n.Max = cny("3.00"), cny("2.00") }),
		"holds at the same time as":        {Interest: []Interest{{Origin: o, Rate: five, Base: BaseOutstanding, Until: 11}, {Origin: o, Rate: five, Base: BaseOutstanding, From: 11}}},
		"lies before the due date":         {Milestones: []Milestone{{Origin: o, Name: "fee", After: -1}}},
		"is no event":                      due(Due{Days: 3}),
		"due: write one of":                due(Due{From: FromStatement}),
		"due: write one of days, day":      due(Due{From: FromStatement, Days: 3, Day: 8}),
		"due: write up to":                 due(Due{From: FromStatement, Day: 32}),
		"are no days of a month":           due(Due{From: FromStatement, Map: map[int]int{8: 0}}),
		"is no shift":                      due(Due{From: FromStatement, Months: &month, Shift: "back"}),
		"what follows from the statement":  {Due: []Due{{Origin: o, From: FromStatement, Days: 3}, {Origin: o, From: FromStatement, Day: 3}}},
		"grace: -1 days":                   grace(Grace{Days: -1}),
		"conditions of no grace":           grace(Grace{OnRequest: true}),
		"per_year":                         grace(Grace{Days: 3, PerYear: -1}),
		"-1 working days":                  {Transfer: &Transfer{Origin: o, Workdays: -1}},
		"no parts":                         least(Minimum{}),
		"is no part":                       least(Minimum{Parts: []MinimumPart{{"rent", five}}}),
		"fees stands twice":                least(Minimum{Parts: []MinimumPart{{PartFees, five}, {PartFees, five}}}),
		"fees: no percentage":              least(Minimum{Parts: []MinimumPart{{Of: PartFees}}}),
		"another rule is for CNY":          {Minimum: []Minimum{{Origin: o, Currency: "CNY", Parts: []MinimumPart{{PartFees, five}}}, {Origin: o, Currency: "CNY", Parts: []MinimumPart{{PartFees, five}}}}},
	} {
		errs := bad.Lint()
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), want) {
			t.Errorf("%v, want one error with %q", errs, want)
		}
	}
}
