package plan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"repayd/internal/bill"
	"repayd/internal/calendar"
	"repayd/internal/plan"
)

func yuan(n int64) bill.Money { return bill.Money{Minor: n * 100, Currency: "CNY"} }

func open(id string, due bill.Day, left bill.Money) *bill.Bill {
	return &bill.Bill{ID: id, Currency: left.Currency, AmountDue: left, Outstanding: left, DueDate: due, LastSafeDay: due}
}

// TestPredict: a Wednesday; weeks end on Sundays.
func TestPredict(t *testing.T) {
	t.Parallel()
	today, _ := bill.NewDay(2026, 11, 25)
	penalty := open("late", today-3, yuan(100))
	penalty.Penalty = yuan(5)
	debit := open("debit", today+3, yuan(50))
	debit.Autopay, debit.DebitDay = true, today+2
	settled, old := open("settled", today, yuan(1000)), open("old", today-200, yuan(1000))
	settled.SettledAt = time.Now()
	old.Backlog = (today - 1).At(1, time.UTC)
	bills := []*bill.Bill{penalty, open("today", today, yuan(10)), debit, open("next week", today+6, yuan(290)), open("again", today+6, yuan(10)), open("last", today+9, yuan(1)),
		open("later", today+10, yuan(7)), open("dateless", 0, yuan(3)), {ID: "amount", Currency: "CNY", DueDate: today}, settled, old,
		open("dollars", today+1, bill.Money{Minor: 900, Currency: "USD"}), {ID: "nothing known"}}
	funds := &plan.Funds{Balances: []bill.Money{yuan(120)}, Income: []plan.Income{{Day: today + 6, Amount: yuan(100)}, {Day: today + 7, Amount: yuan(300)}}}
	need := func(from, to bill.Day, amount, sum, left int64, bills ...string) plan.Need {
		return plan.Need{From: from, To: to, Amount: yuan(amount), Cumulated: yuan(sum), Left: yuan(left), Bills: bills}
	}
	dollars := func(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: "USD"} }
	want := plan.Forecast{From: today, To: today + 9, Currencies: []plan.MoneyForecast{
		{Currency: "CNY", Late: yuan(105), LateBills: []string{"late"}, Total: yuan(466), Unknown: 2, Short: &plan.Short{Day: today + 2, Missing: yuan(45)},
			Days: []plan.Need{need(today, today, 10, 115, 5, "today"), need(today+2, today+2, 50, 165, -45, "debit"),
				need(today+6, today+6, 300, 465, -345, "next week", "again"), need(today+9, today+9, 1, 466, 54, "last")},
			Weeks: []plan.Need{need(today, today+4, 60, 165, -45), need(today+5, today+9, 301, 466, 54)}},
		{Currency: "USD", Total: dollars(900),
			Days: []plan.Need{{From: today + 1, To: today + 1, Amount: dollars(900), Cumulated: dollars(900), Bills: []string{"dollars"}}},
			Weeks: []plan.Need{{From: today, To: today + 4, Amount: dollars(900), Cumulated: dollars(900)},
				{From: today + 5, To: today + 9, Amount: dollars(0), Cumulated: dollars(900)}}},
	}}
	if diff := cmp.Diff(want, plan.Predict(bills, funds, nil, today, 10)); diff != "" {
		t.Error(diff)
	}
	late := plan.Predict(bills[:1], &plan.Funds{Balances: []bill.Money{yuan(100)}}, nil, today, 10)
	if diff := cmp.Diff(&plan.Short{Day: today, Missing: yuan(5)}, late.Currencies[0].Short); diff != "" {
		t.Errorf("what is late is needed now: %s", diff)
	}
	if got := plan.Predict(bills, nil, nil, today, 10).Currencies[0]; got.Short != nil || got.Days[0].Left.Known() {
		t.Errorf("no money is given, and yet %+v", got)
	}
	if got := plan.Predict(nil, funds, nil, today, 10); len(got.Currencies) != 0 {
		t.Errorf("nothing is owed, and yet %+v", got)
	}
}

// TestPredictErrsTowardsCaution: money that comes on a Sunday does not pay what
// must be on its way on the Friday before, nor a debit of that very day.
func TestPredictErrsTowardsCaution(t *testing.T) {
	t.Parallel()
	days, err := calendar.Load(calendar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sunday, _ := bill.NewDay(2026, 12, 6)
	transfer := open("transfer", sunday, yuan(10))
	transfer.NeedsWorkday = true
	debit := open("debit", sunday, yuan(10))
	debit.Autopay, debit.DebitDay = true, sunday
	for _, c := range []struct {
		b    *bill.Bill
		need bill.Day
	}{{transfer, sunday - 2}, {debit, sunday}} {
		funds := &plan.Funds{Income: []plan.Income{{Day: sunday, Amount: yuan(10)}}}
		m := plan.Predict([]*bill.Bill{c.b}, funds, days, sunday-4, 10).Currencies[0]
		if m.Days[0].From != c.need || m.Short == nil || m.Short.Day != c.need {
			t.Errorf("%s: needed on %s, short %+v", c.b.ID, m.Days[0].From, m.Short)
		}
		funds.Income[0].Day = c.need - 1
		if m := plan.Predict([]*bill.Bill{c.b}, funds, days, sunday-4, 10).Currencies[0]; m.Short != nil {
			t.Errorf("%s: there the day before, and yet %+v", c.b.ID, m.Short)
		}
	}
	if m := plan.Predict([]*bill.Bill{transfer}, nil, days, sunday-1, 10).Currencies[0]; m.Days[0].From != sunday-1 || m.Late.Known() {
		t.Errorf("on the Saturday: %+v", m)
	}
}

// TestPredictAddsUp: weeks and days hold the same, nothing is lost, and the
// first day that does not suffice is the first that lacks.
func TestPredictAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		today := bill.Day(rapid.IntRange(20000, 21000).Draw(t, "today"))
		days := rapid.IntRange(1, 70).Draw(t, "days")
		var bills []*bill.Bill
		sum := int64(0)
		for i := range rapid.IntRange(1, 12).Draw(t, "bills") {
			b := open(fmt.Sprint(i), today+bill.Day(rapid.IntRange(-20, 80).Draw(t, "due")), yuan(rapid.Int64Range(1, 1000).Draw(t, "amount")))
			bills = append(bills, b)
			if b.DueDate < today+bill.Day(days) {
				sum += b.Outstanding.Minor
			}
		}
		funds := &plan.Funds{Balances: []bill.Money{yuan(rapid.Int64Range(0, 5000).Draw(t, "balance"))}}
		for range rapid.IntRange(0, 3).Draw(t, "paydays") {
			funds.Income = append(funds.Income, plan.Income{Day: today + bill.Day(rapid.IntRange(-5, 80).Draw(t, "payday")), Amount: yuan(100)})
		}
		m := plan.Predict(bills, funds, nil, today, days).Currencies[0]
		if m.Total.Minor != sum || m.Weeks[len(m.Weeks)-1].Cumulated != m.Total {
			t.Fatalf("total %s of %d, by the weeks %s", m.Total, sum, m.Weeks[len(m.Weeks)-1].Cumulated)
		}
		byWeek, byDay, next := m.Late.Minor, m.Late.Minor, today
		for _, w := range m.Weeks {
			if w.From != next || w.To < w.From || w.To-w.From > 6 {
				t.Fatalf("the week %s to %s follows %s", w.From, w.To, next)
			}
			byWeek, next = byWeek+w.Amount.Minor, w.To+1
		}
		short := bill.Day(0)
		if m.Short != nil {
			short = m.Short.Day
		}
		for _, d := range m.Days {
			byDay += d.Amount.Minor
			if d.Cumulated.Minor != byDay || d.Left.Minor < 0 && (short == 0 || short > d.From) {
				t.Fatalf("%+v with %+v", d, m.Short)
			}
		}
		if byWeek != sum || byDay != sum || next != today+bill.Day(days) {
			t.Fatalf("by week %d, by day %d, of %d", byWeek, byDay, sum)
		}
	})
}
