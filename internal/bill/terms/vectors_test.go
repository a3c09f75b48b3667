package terms

import (
	"testing"
	"time"

	"repayd/internal/bill"
)

// A vector is a published worked example, by its number in the collected facts.
// The inputs are those of the source; all figures were worked out again by hand.
type vector struct {
	terms Terms
	facts Facts
	on    string
	want  string // the total
}

func (v vector) check(t *testing.T) {
	t.Helper()
	if errs := sourced(v.terms).Lint(); errs != nil {
		t.Errorf("the rules are refused: %v", errs)
	}
	got := v.terms.Cost(v.facts, day(t, v.on))
	if !got.Known || got.Incomplete || got.Total.String() != v.want || got.Fee.Minor+got.Interest.Minor != got.Total.Minor {
		t.Errorf("%+v, want %s", got, v.want)
	}
}

// sourced gives every rule an origin, without which none is accepted.
func sourced(t Terms) *Terms {
	o := Origin{"https://issuer.example", "2024-06", Official}
	var out Terms
	for _, f := range t.Fees {
		f.Origin = o
		out.Fees = append(out.Fees, f)
	}
	for _, c := range t.FeeCaps {
		c.Origin = o
		out.FeeCaps = append(out.FeeCaps, c)
	}
	for _, n := range t.Interest {
		n.Origin = o
		out.Interest = append(out.Interest, n)
	}
	return &out
}

func interest(n Interest) Terms { return Terms{Interest: []Interest{n}} }

// paid adds a payment, which Outstanding does not hold any more.
func (f Facts) paid(t *testing.T, on, amount string) Facts {
	m := money(t, amount)
	f.Outstanding.Minor -= m.Minor
	f.Payments = append(f.Payments, bill.Payment{Day: day(t, on), Amount: m})
	return f
}

// posted says when the whole statement was posted.
func (f Facts) posted(t *testing.T, statement, on string) Facts {
	f.Statement = day(t, statement)
	f.Items = []Item{{day(t, on), f.AmountDue}}
	return f
}

func TestVectorsOfInterest(t *testing.T) {
	t.Parallel()
	daily := func(r string) Interest { return Interest{Rate: rate(t, r), Base: BaseOutstanding} }
	yearly := func(r string) Interest {
		return Interest{Rate: rate(t, r), DayCount: Year365, Base: BaseOutstanding}
	}
	// Both ends of a leg count, as the card statement of the source has them.
	legs := Interest{Rate: rate(t, "3.35%"), Per: PerMonth, DayCount: Year365, Base: BaseOutstanding, Start: StartDue}
	// citic bears interest from posting; the day of a payment is free.
	citic := Interest{Rate: rate(t, "0.05%"), Base: BaseStatement, Start: StartPosting, PaidDayFree: true}
	citicFree := citic
	citicFree.LastDayFree = true
	accelerated := daily("0.07%")
	accelerated.Base = BaseAccelerated
	orderMode := facts(t, "1000.00 CNY", "2025-03-17", "2025-03-17")
	orderMode.Accelerated = money(t, "1015.00 CNY")
	for name, v := range map[string]vector{
		"TV1":            {interest(daily("0.05%")), facts(t, "500.00 CNY", "2025-07-10", "2025-07-10"), "2025-07-15", "1.25 CNY"},
		"TV2":            {interest(daily("0.05%")), facts(t, "900.00 CNY", "2025-07-10", "2025-07-10"), "2025-07-11", "0.45 CNY"},
		"TV3":            {interest(citic), facts(t, "1000.00 CNY", "2025-04-20", "2025-04-20").posted(t, "2025-04-01", "2025-03-15").paid(t, "2025-04-20", "50.00 CNY"), "2025-05-01", "23.70 CNY"},
		"TV4":            {interest(cash(t)), facts(t, "1020.00 CNY", "2025-04-20", "2025-04-20").posted(t, "2025-04-01", "2025-03-10"), "2025-04-01", "11.73 CNY"},
		"TV5":            {interest(citicFree), facts(t, "3000.00 CNY", "2025-09-27", "2025-09-27").posted(t, "2025-09-10", "2025-09-02").paid(t, "2025-09-27", "300.00 CNY"), "2025-10-10", "55.05 CNY"},
		"TV6":            {interest(citicFree), facts(t, "15000.00 CNY", "2026-01-13", "2026-01-13").posted(t, "2025-12-25", "2025-12-10").paid(t, "2026-01-13", "750.00 CNY"), "2026-01-25", "340.50 CNY"},
		"TV7":            {interest(daily("0.05%")), facts(t, "5000.00 CNY", "2025-01-10", "2025-01-10").paid(t, "2025-01-10", "2000.00 CNY"), "2025-01-20", "15.00 CNY"},
		"TV8":            {interest(daily("0.07%")), facts(t, "1000.00 CNY", "2025-03-17", "2025-03-17"), "2025-03-22", "3.50 CNY"},
		"TV9":            {interest(accelerated), orderMode, "2025-03-22", "3.55 CNY"},
		"TV10":           {interest(daily("0.06%")), facts(t, "3000.00 CNY", "2025-03-17", "2025-03-17"), "2025-03-22", "9.00 CNY"},
		"TV11":           {interest(penal(t, "0.05%")), facts(t, "10000.00 CNY", "2025-01-01", "2025-01-01"), "2025-01-02", "7.50 CNY"},
		"TV11 at 0.04 %": {interest(penal(t, "0.04%")), facts(t, "10000.00 CNY", "2025-01-01", "2025-01-01"), "2025-01-02", "6.00 CNY"},
		"TV11 of 50000":  {interest(penal(t, "0.04%")), facts(t, "50000.00 CNY", "2025-01-01", "2025-01-01"), "2025-01-02", "30.00 CNY"},
		"TV13":           {interest(daily("0.05%")), facts(t, "1000.00 CNY", "2025-03-17", "2025-03-17"), "2025-03-27", "5.00 CNY"},
		"TV14":           {interest(yearly("12.25%")), facts(t, "5000.00 GBP", "2025-01-01", "2025-01-01"), "2025-04-12", "169.49 GBP"},
		"TV15":           {interest(yearly("11.75%")), facts(t, "10000.00 GBP", "2025-01-01", "2025-01-01"), "2025-01-02", "3.22 GBP"},
		"TV17, 39 days":  {interest(legs), facts(t, "500.00 INR", "2016-01-01", "2016-01-01"), "2016-02-08", "21.48 INR"},
		"TV17, 34 days":  {interest(legs), facts(t, "600.00 INR", "2016-01-01", "2016-01-01"), "2016-02-03", "22.47 INR"},
		"TV17, 10 days":  {interest(legs), facts(t, "600.00 INR", "2016-01-01", "2016-01-01"), "2016-01-10", "6.61 INR"},
		"TV18":           {interest(truncated(t, "26.28%")), facts(t, "500000 JPY", "2025-01-01", "2025-01-01"), "2025-01-08", "2520 JPY"},
		"TV18, cut off":  {interest(truncated(t, "16%")), facts(t, "20000 JPY", "2025-01-01", "2025-01-01"), "2025-01-08", "61 JPY"},
		"TV27, 3 days":   {interest(daily("0.1%")), facts(t, "500.00 INR", "2025-01-01", "2025-01-04"), "2025-01-04", "0.00 INR"},
		"TV27, 4 days":   {interest(daily("0.1%")), facts(t, "500.00 INR", "2025-01-01", "2025-01-04"), "2025-01-05", "2.00 INR"},
		"TV28":           {interest(Interest{Currency: "CNY", Rate: rate(t, "0.1%"), Base: BaseOutstanding, Min: money(t, "1.00 CNY")}), facts(t, "50.00 CNY", "2025-01-01", "2025-01-01"), "2025-01-04", "1.00 CNY"},
		"TV29":           {interest(Interest{Rate: rate(t, "100%"), DayCount: Actual, Base: BaseOutstanding}), facts(t, "10000000000.00 USD", "2003-11-01", "2003-11-01"), "2004-05-01", "4977243805.67 USD"},
		"TV29, 30 days":  {interest(Interest{Rate: rate(t, "365%"), DayCount: Thirty365, Base: BaseOutstanding}), facts(t, "1.00 USD", "2025-03-31", "2025-03-31"), "2025-04-30", "0.30 USD"},
		"TV29, 180 days": {interest(Interest{Rate: rate(t, "365%"), DayCount: Thirty365, Base: BaseOutstanding}), facts(t, "1.00 USD", "2024-09-30", "2024-09-30"), "2025-03-31", "1.80 USD"},
	} {
		t.Run(name, func(t *testing.T) { v.check(t) })
	}
}

// cash bears interest from the day it was taken, late or not.
func cash(t *testing.T) Interest {
	return Interest{Rate: rate(t, "0.05%"), Base: BaseStatement, Start: StartPosting, Condition: Condition{When: WhenAlways}}
}

// penal is a contract's daily rate and a half.
func penal(t *testing.T, r string) Interest {
	return Interest{Rate: rate(t, r), Factor: rate(t, "1.5"), Base: BaseOutstanding}
}

func truncated(t *testing.T, r string) Interest {
	return Interest{Rate: rate(t, r), DayCount: Year365, Base: BaseOutstanding, Round: RoundDown}
}

// TestTV14DailyFirst: the same debt where each day's interest is rounded first,
// 1.68 a day, with the fixed compensation of its size beside it.
func TestTV14DailyFirst(t *testing.T) {
	t.Parallel()
	n := Interest{Rate: rate(t, "12.25%"), DayCount: Year365, Base: BaseOutstanding, RoundDaily: true}
	compensation := Fee{Currency: "GBP", Amount: Amount{Base: BaseAmountDue, Slabs: []Slab{
		{money(t, "999.99 GBP"), money(t, "40.00 GBP")}, {money(t, "9999.99 GBP"), money(t, "70.00 GBP")}, {Flat: money(t, "100.00 GBP")}}}}
	f := facts(t, "5000.00 GBP", "2025-01-01", "2025-01-01")
	vector{interest(n), f, "2025-04-12", "169.68 GBP"}.check(t)
	vector{Terms{Interest: []Interest{n}, Fees: []Fee{compensation}}, f, "2025-04-12", "239.68 GBP"}.check(t)
	for amount, want := range map[string]string{"999.99 GBP": "40.00 GBP", "1000.00 GBP": "70.00 GBP", "9999.99 GBP": "70.00 GBP", "10000.00 GBP": "100.00 GBP"} {
		vector{Terms{Fees: []Fee{compensation}}, facts(t, amount, "2025-01-01", "2025-01-01"), "2025-01-02", want}.check(t)
	}
}

// TestTV12: of 5000 used for 30 days, a tenth and the interest of 0.04 % a day
// are due; of the 4500 left, for 31 days, the same; of 100 everything.
func TestTV12(t *testing.T) {
	t.Parallel()
	terms := interest(Interest{Rate: rate(t, "0.04%"), Base: BaseStatement, Start: StartPosting, LastDayFree: true, Condition: Condition{When: WhenAlways}})
	terms.Minimum = []Minimum{{Currency: "CNY", AllBelow: money(t, "100.00 CNY"), Parts: []MinimumPart{{PartUsed, rate(t, "10%")}, {PartInterest, rate(t, "100%")}}}}
	for _, c := range []struct{ used, from, to, interest, least string }{
		{"5000.00 CNY", "2022-09-01", "2022-10-01", "60.00 CNY", "560.00 CNY"},
		{"4500.00 CNY", "2022-10-01", "2022-11-01", "55.80 CNY", "505.80 CNY"},
		{"100.00 CNY", "2022-10-01", "2022-11-01", "1.24 CNY", "101.24 CNY"},
	} {
		f := facts(t, c.used, "2022-12-10", "2022-12-10").posted(t, c.to, c.from)
		got := terms.Cost(f, day(t, c.to))
		least, lines, ok := terms.MinimumOf("CNY", map[Part]bill.Money{PartUsed: f.AmountDue, PartInterest: got.Interest})
		if got.Interest.String() != c.interest || !ok || least.String() != c.least || len(lines) < 2 {
			t.Errorf("of %s: interest %s, minimum %s %v %v; want %s and %s", c.used, got.Interest, least, ok, lines, c.interest, c.least)
		}
	}
	if least, _, ok := terms.MinimumOf("CNY", map[Part]bill.Money{PartUsed: money(t, "1.00 CNY")}); ok || least.Known() {
		t.Errorf("a minimum without the interest: %s", least)
	}
}

// TestTV16: due on 1 April and paid on 16 May are 45 days, 2 April to 16 May.
func TestTV16(t *testing.T) {
	t.Parallel()
	terms := interest(Interest{Rate: rate(t, "8%"), DayCount: Year365, Base: BaseOutstanding})
	got := terms.Cost(facts(t, "1000.00 GBP", "2025-04-01", "2025-04-01"), day(t, "2025-05-16"))
	if args := got.Lines[0].Args; args["days"] != "45" || args["from"] != "2025-04-02" || args["to"] != "2025-05-16" {
		t.Errorf("%+v", got.Lines)
	}
}

// afterpay is the Australian rule: 10, 7 more if still unpaid after a week, of
// one order at most the lesser of 68 and a quarter.
func afterpay(t *testing.T) Terms {
	return Terms{
		Fees:    []Fee{{Currency: "AUD", Amount: Amount{Flat: money(t, "10.00 AUD")}}, {Currency: "AUD", Amount: Amount{Flat: money(t, "7.00 AUD")}, After: 8}},
		FeeCaps: []FeeCap{{Currency: "AUD", PerOrder: true, Amount: Amount{Flat: money(t, "68.00 AUD"), Percent: rate(t, "25%"), Base: BaseOrder, Choose: ChooseLesser}}},
	}
}

// TestTV19: of an order of 100 two instalments are late by more than a week:
// 10 + 7, then 8 of the 10 and nothing of the 7: 25 in all.
func TestTV19(t *testing.T) {
	t.Parallel()
	first := facts(t, "25.00 AUD", "2025-01-14", "2025-01-14")
	first.Order = money(t, "100.00 AUD")
	vector{afterpay(t), first, "2025-01-21", "10.00 AUD"}.check(t)
	vector{afterpay(t), first, "2025-01-22", "17.00 AUD"}.check(t)
	second := facts(t, "25.00 AUD", "2025-01-28", "2025-01-28")
	second.Order, second.OrderFees = first.Order, money(t, "17.00 AUD")
	vector{afterpay(t), second, "2025-02-05", "8.00 AUD"}.check(t)
	third := second
	third.OrderFees = money(t, "25.00 AUD")
	vector{afterpay(t), third, "2025-02-05", "0.00 AUD"}.check(t)
	large := facts(t, "250.00 AUD", "2025-01-28", "2025-01-28")
	large.Order, large.OrderFees = money(t, "1000.00 AUD"), money(t, "60.00 AUD")
	vector{afterpay(t), large, "2025-02-05", "8.00 AUD"}.check(t)
}

// TestTV20: an order of 20 in four parts costs 5 at most.
func TestTV20(t *testing.T) {
	t.Parallel()
	f := facts(t, "5.00 AUD", "2025-01-14", "2025-01-14")
	f.Order = money(t, "20.00 AUD")
	vector{afterpay(t), f, "2025-01-30", "5.00 AUD"}.check(t)
	f.OrderFees = money(t, "5.00 AUD")
	vector{afterpay(t), f, "2025-01-30", "0.00 AUD"}.check(t)
}

// TestTV21: 5 for orders of 20 and more, else a quarter of the order.
func TestTV21(t *testing.T) {
	t.Parallel()
	terms := Terms{Fees: []Fee{{Currency: "GBP", Amount: Amount{Flat: money(t, "5.00 GBP"), Percent: rate(t, "25%"), Base: BaseOrder, Choose: ChooseLesser}}}}
	for order, want := range map[string]string{"5.00 GBP": "1.25 GBP", "19.00 GBP": "4.75 GBP", "20.00 GBP": "5.00 GBP"} {
		f := facts(t, order, "2025-01-14", "2025-01-21")
		f.Order = f.AmountDue
		vector{terms, f, "2025-01-22", want}.check(t)
	}
}

// TestTV30: the greater of 5 and a tenth.
func TestTV30(t *testing.T) {
	t.Parallel()
	terms := Terms{Fees: []Fee{{Currency: "USD", Amount: Amount{Flat: money(t, "5.00 USD"), Percent: rate(t, "10%"), Base: BaseOutstanding, Choose: ChooseGreater}}}}
	vector{terms, facts(t, "40.00 USD", "2025-01-15", "2025-01-15"), "2025-01-16", "5.00 USD"}.check(t)
	vector{terms, facts(t, "80.00 USD", "2025-01-15", "2025-01-15"), "2025-01-16", "8.00 USD"}.check(t)
}

// TestVectorsOfDays: the vectors that are about days.
func TestVectorsOfDays(t *testing.T) {
	t.Parallel()
	proven := Origin{Certainty: Official}
	ccb := Due{From: FromStatement, Days: 20}
	icbc := Due{From: FromStatement, Map: map[int]int{1: 25, 8: 1, 26: 19}}
	on := func(d Due, from string) bill.Day {
		due, ok := d.On(day(t, from), "", weekends{})
		if !ok {
			t.Errorf("nothing follows from %s", from)
		}
		return due
	}
	barclaycard := Grace{Origin: proven, Days: 14, CountsDue: true}
	douyin := Grace{Origin: proven, Days: 3}
	for name, c := range map[string]struct {
		got  bill.Day
		want string
	}{
		"TV22":                        {barclaycard.LastSafe(day(t, "2025-03-10"), nil, false), "2025-03-23"},
		"TV23, 17 May":                {on(ccb, "2025-05-17"), "2025-06-06"},
		"TV23, 24 January":            {on(ccb, "2025-01-24"), "2025-02-13"},
		"TV23, 24 February":           {on(ccb, "2023-02-24"), "2023-03-16"},
		"TV23, of a month of 30 days": {on(ccb, "2025-04-24"), "2025-05-14"},
		"TV24, of the 8th":            {on(icbc, "2025-01-08"), "2025-02-01"},
		"TV24, of the 26th":           {on(icbc, "2025-01-26"), "2025-02-19"},
		"TV24, of the 1st":            {on(icbc, "2025-01-01"), "2025-01-25"},
		"TV25":                        {douyin.LastSafe(day(t, "2025-01-06"), nil, false), "2025-01-09"},
	} {
		if c.got.String() != c.want {
			t.Errorf("%s: %s, want %s", name, c.got, c.want)
		}
	}
	b := bill.Bill{DueDate: day(t, "2025-01-06"), LastSafeDay: douyin.LastSafe(day(t, "2025-01-06"), nil, false), Zone: "Asia/Shanghai"}
	if last := b.Deadline().Format(time.RFC3339); last != "2025-01-10T00:00:00+08:00" {
		t.Errorf("TV25: the last moment is %s", last)
	}
}
