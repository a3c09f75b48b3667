package plan

import (
	"testing"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// TestAddTerms: a letter keeps what the rules say on its day; of the debit only
// what fits the bill, and a day to pay by only where it is another one.
func TestAddTerms(t *testing.T) {
	t.Parallel()
	b := &bill.Bill{Currency: "CNY", Outstanding: bill.Money{Minor: 5000, Currency: "CNY"}, DueDate: day(t, "2026-12-13"), LastSafeDay: day(t, "2026-12-13"), NeedsWorkday: true}
	rules := &terms.Terms{Fees: []terms.Fee{{Amount: terms.Amount{Flat: bill.Money{Minor: 500, Currency: "CNY"}}}}, Contacts: []terms.Contact{{What: "phone", Value: "95188"}},
		Debit: terms.Debit{Offered: true, Order: "余额 → 借记卡", Note: "每日一次"}}
	var it Item
	it.AddTerms(b, rules, weekends{}, day(t, "2026-12-20"))
	if it.Cost == nil || it.Cost.Points[0].Total.Minor != 500 || len(it.Contacts) != 1 || !it.DebitOffered || it.Debit != "" || it.PayBy.Known() || it.PayByMissed {
		t.Errorf("late: %+v", it)
	}
	for today, want := range map[string]Item{"2026-12-11": {PayBy: day(t, "2026-12-11")}, "2026-12-12": {PayByMissed: true}, "2026-12-14": {}} {
		it = Item{}
		it.AddTerms(b, nil, weekends{}, day(t, today))
		if it.PayBy != want.PayBy || it.PayByMissed != want.PayByMissed {
			t.Errorf("on %s: %+v", today, it)
		}
	}
	b.Autopay, b.NeedsWorkday = true, false
	it = Item{}
	it.AddTerms(b, rules, weekends{}, day(t, "2026-12-01"))
	if it.DebitOffered || it.Debit != "余额 → 借记卡" || it.DebitNote != "每日一次" || it.PayBy.Known() {
		t.Errorf("with autopay: %+v", it)
	}
	before := &bill.Bill{ID: "b0", Currency: "CNY", DueDate: day(t, "2026-11-13"), LastSafeDay: day(t, "2026-11-13")} // still open
	again := &terms.Terms{Fees: []terms.Fee{{Amount: terms.Amount{Flat: bill.Money{Minor: 700, Currency: "CNY"}}, Condition: terms.Condition{Repeat: terms.Repeat{Late: 1, Within: 6}}}}}
	it = Item{}
	it.AddTerms(b, again, nil, day(t, "2026-12-20"), before)
	if it.Cost == nil || it.Cost.Points[0].Total.Minor != 700 {
		t.Errorf("after a late bill: %+v", it.Cost)
	}
	rules.Milestones = []terms.Milestone{{Name: "fee", After: 3}, {Origin: terms.Origin{Certainty: terms.Law}, Name: "fee", After: 5}}
	it = Item{Milestone: "fee", MilestoneDay: b.DueDate + 5}
	it.AddTerms(b, rules, nil, day(t, "2026-12-17"))
	if it.MilestoneCertainty != terms.Law {
		t.Errorf("the milestone's certainty is %q", it.MilestoneCertainty)
	}
	it = Item{}
	it.AddTerms(b, nil, nil, day(t, "2026-12-20"))
	if it.Cost != nil || it.Contacts != nil || it.DebitOffered {
		t.Errorf("without terms: %+v", it)
	}
}
