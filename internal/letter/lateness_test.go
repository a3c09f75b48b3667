package letter

import (
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/plan"
)

func cny(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: "CNY"} }

// preview is what a card costs by a rule of the given certainty.
func preview(c terms.Certainty) *terms.Preview {
	return &terms.Preview{
		Points: []terms.Point{
			{Name: terms.PointToday, On: mustDay("2025-01-16"), Total: cny(1820)}, {Name: terms.PointLastSafe, On: mustDay("2025-01-13"), Total: cny(0)},
			{Name: terms.PointWeek, On: mustDay("2025-01-23"), Total: cny(2695)}, {Name: terms.PointMonth, On: mustDay("2025-02-15")},
			{Name: "year", On: mustDay("2026-01-16"), Total: cny(70000)}},
		Next:         &terms.Event{Name: "credit_bureau", Day: mustDay("2025-01-20"), Origin: terms.Origin{AsOf: "2024-06", Certainty: c}},
		Origin:       terms.Origin{Source: "https://issuer.example/terms", AsOf: "2024-06-01", Certainty: c},
		Consequences: []string{"credit_score", "service_limited", "something_new"},
	}
}

func latenessSamples() map[string]plan.Letter {
	late := func(change func(*plan.Item)) plan.Letter {
		return one(on(16), cmb(), func(it *plan.Item) { it.Step = "late+2d"; change(it) })
	}
	debit := func(at time.Time, step string, change func(*plan.Item)) plan.Letter {
		return one(at, huabei(), func(it *plan.Item) {
			it.Step, it.Autopay, it.DebitDay = step, true, mustDay("2025-01-10")
			if change != nil {
				change(it)
			}
		})
	}
	ways := []terms.Contact{{What: "phone", Value: "95555", Origin: terms.Origin{Certainty: terms.Official}},
		{What: "app", Value: "掌上生活", Origin: terms.Origin{Certainty: terms.Secondary}}}
	return map[string]plan.Letter{
		"debit_ahead": debit(on(9), "debit-1d", func(it *plan.Item) {
			it.Debit, it.DebitNote = "支付宝余额 → 借记卡 → 余额宝", "单笔不超过 10000 元 https://x.example/y"
		}),
		"debit_today": debit(on(10), "debit", nil),
		"debit_past":  debit(on(11), "debit+1d", func(it *plan.Item) { it.Bill.LastSafeDay, it.Deadline = "2025-01-13", time.Time{} }),
		// The debit steps of these days were folded into due and grace.
		"debit_due":   debit(on(10), "due", func(it *plan.Item) { it.Debit = "支付宝余额 → 借记卡" }),
		"debit_grace": debit(on(13), "grace", func(it *plan.Item) { it.Bill.LastSafeDay, it.Deadline = "2025-01-13", time.Time{} }),
		"debit_early": debit(on(11), "debit+1d", func(it *plan.Item) {
			it.Bill.DueDate, it.Bill.LastSafeDay, it.Deadline = "2025-01-15", "2025-01-15", time.Time{}
		}),
		"debit_late": debit(on(11), "debit+1d", nil),
		"cost_late": late(func(it *plan.Item) {
			it.Cost, it.DebitOffered, it.Contacts = preview(terms.Official), true, ways
		}),
		"cost_grace": one(on(12), cmb(), func(it *plan.Item) {
			it.Step, it.Cost = "grace-1d", preview(terms.Law)
			it.Cost.Points[0] = terms.Point{Name: terms.PointToday, On: mustDay("2025-01-12"), Total: cny(0)}
		}),
		"cost_hearsay": late(func(it *plan.Item) { it.Cost = preview(terms.Hearsay) }),
		"cost_own": late(func(it *plan.Item) {
			it.Cost = preview(terms.Owner)
			it.Cost.Origin = terms.Origin{Certainty: terms.Owner}
		}),
		"grace_said": late(func(it *plan.Item) {
			it.GraceSaid = &terms.Grace{Origin: terms.Origin{Certainty: terms.Hearsay}, Days: 3, PerYear: 3, PreviousOnTime: true}
		}),
		"grace_contradictory": late(func(it *plan.Item) {
			it.GraceSaid = &terms.Grace{Origin: terms.Origin{Certainty: terms.Contradictory}, Days: 1}
		}),
		"grace_on_request": late(func(it *plan.Item) {
			it.GraceSaid = &terms.Grace{Origin: terms.Origin{Certainty: terms.Official}, Days: 4, CountsDue: true, OnRequest: true}
			it.Contacts = ways[:1]
		}),
		"cost_nothing": late(func(it *plan.Item) {
			it.Cost = &terms.Preview{Points: []terms.Point{{Name: terms.PointToday, On: mustDay("2025-01-16"), Total: cny(0)}},
				Next: &terms.Event{Name: "fee", Day: mustDay("2025-01-20")}}
		}),
		"cost_undated": late(func(it *plan.Item) {
			it.Cost = preview(terms.Contradictory)
			it.Cost.Origin.AsOf, it.Cost.Next.Origin.AsOf, it.Cost.Incomplete = "", "", true
		}),
		"milestone": late(func(it *plan.Item) {
			it.Step, it.Milestone, it.MilestoneDay, it.MilestoneCertainty = "milestone-2d", "service_suspended", mustDay("2025-01-18"), terms.Official
		}),
		"milestone_unproven": late(func(it *plan.Item) {
			it.Step, it.Milestone, it.MilestoneDay, it.MilestoneCertainty = "milestone-2d", "fee", mustDay("2025-01-18"), terms.Hearsay
		}),
		"case_waiting":  late(func(it *plan.Item) { it.Case = "waiting" }),
		"many_cases":    letterOf(plan.LetterReminder, on(16), huabei(), with(cmb(), func(it *plan.Item) { it.Case = "requested" })),
		"pay_by_today":  one(on(9), huabei(), func(it *plan.Item) { it.PayBy = mustDay("2025-01-09") }),
		"pay_by_safe":   one(on(10), huabei(), func(it *plan.Item) { it.PayBy = mustDay("2025-01-12") }),
		"pay_by_missed": one(on(10), huabei(), func(it *plan.Item) { it.PayByMissed = true }),
		"pay_by_past":   one(on(10), huabei(), func(it *plan.Item) { it.PayBy = mustDay("2025-01-09") }),
		"pay_by":        one(on(7), huabei(), func(it *plan.Item) { it.PayBy = mustDay("2025-01-09") }),
	}
}

func taskSamples() map[string]plan.Letter {
	todo := func(code string, args map[string]string, change func(*plan.Item)) plan.Item {
		it := plan.Item{Subject: plan.Subject{Kind: plan.SubjectTask, ID: "b_cmb:" + code}, Step: "task",
			Detail: plan.Detail{Code: code, Args: args}}
		if change != nil {
			change(&it)
		}
		return it
	}
	ofBill := func(it *plan.Item) {
		c := cmb()
		it.Bill, it.Name = c.Bill, c.Name
	}
	all := map[string]plan.Letter{}
	for _, code := range codes["task."] {
		all["task_"+code] = letterOf(plan.LetterTask, on(16), todo(code, map[string]string{"due": "2025-01-20"}, ofBill))
	}
	for _, state := range []bill.CaseState{bill.CasePreparing, bill.CaseContacted, bill.CaseRequested, bill.CaseWaiting} {
		all["task_follow_up_"+string(state)] = letterOf(plan.LetterTask, on(16),
			todo(bill.TaskFollowUp, map[string]string{"due": "2025-01-20", "state": string(state)}, ofBill))
	}
	own := todo("own", map[string]string{"text": "查信用报告\r\nhttps://evil.example/x"}, nil)
	again := todo("ask_limit", map[string]string{"due": "2025-01-18"}, ofBill)
	again.Step = "task+7d"
	all["task_again"] = letterOf(plan.LetterTask, on(24), again)
	all["task_own"] = letterOf(plan.LetterTask, on(16), own)
	all["task_unheard"] = letterOf(plan.LetterTask, on(16), todo("something_new", map[string]string{"bill": "b_1", "name": "花呗"}, nil))
	all["tasks"] = letterOf(plan.LetterTask, on(16), own, todo("ask_limit", map[string]string{"due": "2025-01-18", "days_late": "5", "settled": "2025-01-15"}, func(it *plan.Item) {
		ofBill(it)
		row := *it.Bill
		row.Outstanding = "0.00"
		it.Bill = &row
	}))
	return all
}

func forecastSamples() map[string]plan.Letter {
	need := func(from, to string, sum, so, left int64) plan.Need {
		n := plan.Need{From: mustDay(from), To: mustDay(to), Amount: cny(sum), Cumulated: cny(so)}
		if left != 0 {
			n.Left = cny(left)
		}
		return n
	}
	digest := func(f plan.Forecast) plan.Letter {
		head := plan.Item{Subject: plan.Subject{Kind: plan.SubjectDigest, ID: "2026-01-05T00:00:00Z"}, Step: "digest"}
		l := letterOf(plan.LetterDigest, on(5), head, huabei(), cmb())
		f.From, f.To = mustDay("2025-01-05"), mustDay("2025-03-05")
		l.Content.Forecast = &f
		return l
	}
	weeks := []plan.Need{need("2025-01-05", "2025-01-11", 373456, 473456, 26544), need("2025-01-12", "2025-01-18", 0, 473456, 26544),
		need("2025-01-19", "2025-01-25", 100000, 573456, -73456), need("2025-03-05", "2025-03-05", 5000, 578456, -78456)}
	usd := bill.Money{Minor: 8640, Currency: "USD"}
	return map[string]plan.Letter{
		"digest_short": digest(plan.Forecast{Currencies: []plan.MoneyForecast{{Currency: "CNY", Late: cny(100000), Total: cny(578456), Weeks: weeks,
			Unknown: 1, Short: &plan.Short{Day: mustDay("2025-01-20"), Missing: cny(73456)}}}}),
		"digest_enough": digest(plan.Forecast{Currencies: []plan.MoneyForecast{
			{Currency: "CNY", Weeks: []plan.Need{need("2025-01-05", "2025-01-11", 373456, 373456, 26544)}},
			{Currency: "USD", Weeks: []plan.Need{{From: mustDay("2025-01-12"), To: mustDay("2025-01-18"), Amount: usd, Cumulated: usd}}},
			{Currency: "EUR"}}}),
	}
}

// TestUnprovenIsNeverCertain: no letter names an amount by a rule that nobody
// confirmed without saying so, and none shows a cost where no rule is known.
func TestUnprovenIsNeverCertain(t *testing.T) {
	t.Parallel()
	for _, c := range []terms.Certainty{terms.Secondary, terms.Hearsay, terms.Contradictory, "", "odd"} {
		l := one(on(16), cmb(), func(it *plan.Item) { it.Step, it.Cost = "late+2d", preview(c) })
		for lang, words := range map[string][2]string{"zh-CN": {"未经", "约 ¥"}, "en": {"unconfirmed", "about "}} {
			r, err := Render(l, Options{Language: lang, Zone: shanghai})
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(r.Text, words[0]) || strings.Contains(r.Text, words[1]) {
				t.Errorf("%s %q: an unproven rule is told as certain:\n%s", lang, c, r.Text)
			}
		}
	}
	for lang, zero := range map[string]string{"zh-CN": "¥0.00", "en": "CN¥0.00"} {
		r, err := Render(one(on(16), cmb(), func(it *plan.Item) { it.Step = "late+2d" }), Options{Language: lang, Zone: shanghai})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(r.Text, zero) {
			t.Errorf("%s: what is not known is shown as zero:\n%s", lang, r.Text)
		}
	}
}

// estimates are one by a known rule, one without and one of nothing.
func estimates() []terms.Estimate {
	return []terms.Estimate{
		{On: mustDay("2025-01-16"), Known: true, Total: cny(1820),
			Lines: []terms.Line{{Code: "something_new", Amount: cny(150),
				Args: map[string]string{"base": "3000.00 CNY", "from": "2025-01-11", "rate": "0.05%"}}},
			Next:    &terms.Event{Name: "credit_bureau", Day: mustDay("2025-01-20")},
			Origins: []terms.Origin{{Source: "issuer.example/terms", AsOf: "2024-06", Certainty: terms.Official}, {Certainty: terms.Hearsay}}},
		{On: mustDay("2025-01-16")},
		{On: mustDay("2025-01-16"), Incomplete: true},
		{On: mustDay("2025-01-16"), Known: true, Incomplete: true, Total: cny(1820), Origins: []terms.Origin{{Certainty: terms.Law}}},
		{On: mustDay("2025-01-16"), Known: true, Total: cny(1820),
			Next:    &terms.Event{Name: "fee", Day: mustDay("2025-01-20"), Origin: terms.Origin{Certainty: terms.Law}},
			Origins: []terms.Origin{{Source: "issuer.example", AsOf: "2024", Certainty: terms.Law}}},
		{On: mustDay("2025-01-16"), Known: true, Total: cny(0)},
	}
}

// TestExplainRules tells a real estimate by every kind of rule: no step is
// shown by its code, and no place is left open.
func TestExplainRules(t *testing.T) {
	t.Parallel()
	rate := func(s string) terms.Rate {
		r, err := terms.ParseRate(s)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	o := terms.Origin{Source: "issuer.example/terms", AsOf: "2024-06-01", Certainty: terms.Official}
	rules := terms.Terms{
		Fees: []terms.Fee{{Origin: o, Currency: "CNY", Amount: terms.Amount{Percent: rate("5%"), Base: terms.BaseMinimum, Min: cny(1000)}},
			{Origin: o, Currency: "CNY", Amount: terms.Amount{Flat: cny(500), Percent: rate("1%"), Base: terms.BaseOutstanding, Max: cny(200), Choose: "greater"}},
			{Origin: o, Currency: "CNY", Amount: terms.Amount{Flat: cny(500), Percent: rate("1%"), Base: terms.BaseOutstanding, Choose: "lesser"}},
			{Origin: o, Amount: terms.Amount{Flat: cny(300)}}},
		Interest: []terms.Interest{{Origin: o, Rate: rate("0.05%"), Base: terms.BaseOutstanding}, {Origin: o, Rate: rate("0.05%"), Factor: rate("1.5"), Base: terms.BaseAmountDue},
			{Origin: o, Rate: rate("18.25%"), DayCount: terms.Year365, Base: terms.BaseOutstanding}, {Origin: o, Rate: rate("18.25%"), DayCount: terms.Year365, Factor: rate("1.5"), Base: terms.BaseOutstanding, Min: cny(10000)}},
		Milestones: []terms.Milestone{{Origin: o, Name: bill.MilestoneBureau, After: 30}},
	}
	due := mustDay("2025-01-10")
	f := terms.Facts{Currency: "CNY", Outstanding: cny(250000), AmountDue: cny(300000), MinimumDue: cny(15000), Penalty: cny(1200), Due: due, LastSafe: due + 3}
	unknown := f
	unknown.MinimumDue = bill.Money{}
	for _, lang := range languages() {
		var told []string
		for _, e := range append([]terms.Estimate{rules.Cost(f, due+10), rules.Cost(f, due+3), rules.Cost(unknown, due+10), rules.Cost(terms.Facts{}, due)}, finer(rate)...) {
			for _, l := range e.Lines {
				if !mustCatalogue(t, lang).has("line." + l.Code) {
					t.Errorf("%s: no text for line.%s", lang, l.Code)
				}
			}
			told = append(told, strings.Join(Explain(lang, e), "\n"))
		}
		all := strings.Join(told, "\n--\n")
		if strings.Contains(all, "?") {
			t.Errorf("%s: a place is not filled:\n%s", lang, all)
		}
		golden(t, "explain_rules."+lang, all+"\n")
	}
}

// finer are estimates by the finer rules.
func finer(rate func(string) terms.Rate) []terms.Estimate {
	o := terms.Origin{Source: "issuer.example/terms", AsOf: "2024-06-01", Certainty: terms.Official}
	due := mustDay("2025-01-10")
	f := terms.Facts{Currency: "CNY", Outstanding: cny(250000), AmountDue: cny(250000), MinimumDue: cny(15000), Order: cny(1000000), OrderFees: cny(500),
		Statement: due - 20, Due: due, LastSafe: due, Before: []terms.Past{{Late: true}}}
	slabs := terms.Amount{Base: terms.BaseOutstanding, Slabs: []terms.Slab{{UpTo: cny(100000), Flat: cny(0)}, {Flat: cny(4000)}}}
	repeat := terms.Condition{Repeat: terms.Repeat{Late: 1, Within: 6}}
	dated := []terms.RateFrom{{From: due - 300, Rate: rate("5.25%")}, {From: due + 6, Rate: rate("4.8%")}}
	fees := terms.Terms{Grace: &terms.Grace{Origin: terms.Origin{Certainty: terms.Contradictory}, Days: 3},
		Fees:    []terms.Fee{{Origin: o, Amount: slabs}, {Origin: o, Condition: repeat, Amount: terms.Amount{Flat: cny(1100)}}},
		FeeCaps: []terms.FeeCap{{Origin: o, PerOrder: true, Amount: terms.Amount{Flat: cny(6800), Percent: rate("0.4%"), Base: terms.BaseOrder, Choose: terms.ChooseLesser}}}}
	card := terms.Terms{
		Fees: []terms.Fee{{Origin: o, Condition: terms.Condition{When: terms.WhenMinimumUnpaid}, Amount: terms.Amount{Flat: cny(1100)}}},
		Interest: []terms.Interest{{Origin: o, Rate: rate("0.05%"), Base: terms.BaseStatement, Start: terms.StartPosting, Compound: terms.CompoundMonthly},
			{Origin: o, Rates: dated, Reference: "Bank Rate", Margin: rate("8%"), DayCount: terms.Year365, Base: terms.BaseOutstanding},
			{Origin: o, Rates: dated, Reference: "ECB", Margin: rate("8%"), RateStep: rate("0.5%"), Fix: terms.FixStart, DayCount: terms.Actual, Base: terms.BaseOutstanding},
			{Origin: o, Rates: dated, DayCount: terms.Year360, RoundDaily: true, Base: terms.BaseOutstanding},
			{Origin: o, Rate: rate("3%"), Per: terms.PerMonth, DayCount: terms.Thirty360, Base: terms.BaseOutstanding, Unit: cny(100000), Max: cny(1000)},
			{Origin: o, Rate: rate("0.000001%"), MinDay: cny(1), Base: terms.BaseOutstanding}}}
	met := f
	met.Payments, met.Outstanding = []bill.Payment{{Day: due, Amount: cny(15000)}}, cny(235000)
	young := f
	young.Before, young.Order, young.Statement = nil, bill.Money{}, 0
	return []terms.Estimate{fees.Cost(f, due+10), card.Cost(met, due+20), fees.Cost(young, due+10), card.Cost(young, due+10)}
}

// TestExplainOffer: what is not proven is a possibility.
func TestExplainOffer(t *testing.T) {
	t.Parallel()
	o := terms.Offer{Until: mustDay("2025-02-09"), Fee: cny(1500), Origin: terms.Origin{Certainty: terms.Official}}
	for lang, want := range map[string][2]string{
		"en":    {"Putting it off until Sun 9 Feb 2025 costs CN¥15.00, by the issuer's terms", "Putting it off until Sun 9 Feb 2025 may cost CN¥15.00 (what is said online, unconfirmed); ask the issuer"},
		"zh-CN": {"按账单方的规则，延期到2025年2月9日（周日）须付 ¥15.00", "延期到2025年2月9日（周日）可能须付 ¥15.00（网上的说法，未经证实），请向账单方确认"},
	} {
		o.Origin.Certainty = terms.Official
		proven := ExplainOffer(lang, o)
		o.Origin.Certainty = terms.Hearsay
		if got := [2]string{proven, ExplainOffer(lang, o)}; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if ExplainOffer("fr", o) != "" {
		t.Error("a language that does not exist explains an offer")
	}
}

// TestExplain tells an estimate with every step, also one whose text does not
// exist, and never an amount where no rule is known.
func TestExplain(t *testing.T) {
	t.Parallel()
	for _, lang := range languages() {
		var told []string
		for _, e := range estimates() {
			lines := Explain(lang, e)
			if !e.Known && strings.ContainsAny(strings.Join(lines, ""), "¥$") {
				t.Errorf("%s: an amount without a rule: %q", lang, lines)
			}
			told = append(told, strings.Join(lines, "\n"))
		}
		golden(t, "explain."+lang, strings.Join(told, "\n--\n")+"\n")
	}
	if Explain("fr", estimates()[0]) != nil {
		t.Error("a language that does not exist explains something")
	}
}
