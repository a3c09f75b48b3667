package intake_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"

	"repayd/internal/bill"
	"repayd/internal/intake"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// live takes one step that a bill of 500.00 may take after its last safe day.
func (w *world) live(rt *rapid.T, id string) {
	command := func(c bill.Command) error {
		return w.update(func(tx intake.Tx) error {
			c.ID, c.Bill = fmt.Sprintf("c-%d", w.now.UnixNano()), id
			_, err := w.in.Command(tx, c)
			return err
		})
	}
	switch rapid.IntRange(0, 6).Draw(rt, "step") {
	case 0:
		_ = w.arrange(id, threeParts) // refused while it is settled or replaced
	case 1:
		_ = w.arrange(id, bill.Arrangement{State: bill.CaseAgreed, Due: bill.DayOf(w.now.In(shanghai)) + 5})
	case 2:
		w.read(payment(w.now.In(shanghai).Format("2006-01-02 15:04"), rapid.SampledFrom([]string{"200.00", "100.00", "500.00"}).Draw(rt, "sum"), true))
	case 3:
		if err := command(bill.Command{Kind: bill.CommandReopen}); err != nil {
			rt.Fatal(err)
		}
	case 4:
		w.revive(id)
	case 5:
		_ = command(bill.Command{Kind: bill.CommandPaid}) // refused while it is replaced
	case 6:
		w.read(mail(huabei, w.now.In(shanghai).Format("2006-01-02 15:04"), "花呗逾期提醒", "您的2026年1月花呗账单已逾期\n逾期金额:500.00元\n到期还款日:2026年1月10日\n", true))
	}
}

// TestWhatIsNotOwedIsNotSpokenOf: whatever is agreed, paid, broken and taken
// back, what is not open has no reminder ahead, what is open and late has, and
// no reminder stands twice for one subject, step, channel and date.
func TestWhatIsNotOwedIsNotSpokenOf(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w, id := late(t)
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			w.now = w.now.Add(time.Duration(rapid.IntRange(1, 20*24).Draw(rt, "hours")) * time.Hour)
			w.midnight()
			w.live(rt, id)
			w.view(func(tx *store.Tx) error { return w.consistent(rt, tx) })
		}
	})
}

// midnight plans every bill anew, as the daemon does.
func (w *world) midnight() {
	w.t.Helper()
	if err := w.store.Update(w.t.Context(), func(tx *store.Tx) error {
		bills, err := tx.OpenBills()
		for _, b := range bills {
			if err := w.in.Plan(tx, b); err != nil {
				return err
			}
		}
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) consistent(rt *rapid.T, tx *store.Tx) error {
	bills, err := tx.Bills(store.BillFilter{})
	if err != nil {
		return err
	}
	for _, b := range bills {
		rows, err := tx.RemindersOfBill(b.ID)
		if err != nil {
			return err
		}
		keys, planned := map[string]bool{}, 0
		for _, r := range rows {
			key := fmt.Sprint(r.Subject, r.Step, r.Channel, r.Date)
			if keys[key] {
				rt.Fatalf("twice: %s", key)
			}
			keys[key] = true
			if r.State == plan.StatePlanned {
				planned++
			}
		}
		if !b.Open() && planned > 0 {
			rt.Fatalf("bill %s (replaced %v, settled %v, dropped %v) has %d reminders", b.ID, b.Replaced, b.SettledAt, b.DroppedAt, planned)
		}
		if b.Stage(w.now, shanghai) == bill.StageLate && planned == 0 {
			rt.Fatalf("bill %s is late and nothing is said of it", b.ID)
		}
		if b.Outstanding.Minor < 0 || (!b.Replaced.IsZero() && b.Outstanding.Minor != 0) {
			rt.Fatalf("outstanding %v", b.Outstanding)
		}
	}
	return nil
}

// BenchmarkFoldAndPlanMillion folds a million bills and plans their reminders
// in batches of a thousand, as the midnight rebuild streams them: "MiB" is the
// most memory in use between two batches.
func BenchmarkFoldAndPlanMillion(b *testing.B) {
	const n, batch = 1_000_000, 1000
	now := time.Date(2026, 1, 5, 12, 0, 0, 0, shanghai)
	env := plan.Env{Now: now, Zone: shanghai, Policies: []plan.Policy{{Name: "default", Channels: []string{"me"}}}}
	env.Policies[0].At, _ = bill.NewClock(9, 0)
	for _, text := range []string{"due-3d", "due", "grace", "late every 2d"} {
		step, err := plan.ParseStep(text)
		if err != nil {
			b.Fatal(err)
		}
		env.Policies[0].Steps = append(env.Policies[0].Steps, step)
	}
	terms := bill.Terms{Issuer: "x", Name: "x", Zone: shanghai, Grace: 3}
	statement := bill.Notice{Kind: bill.KindStatement, Trust: bill.TrustVouched, Received: now.AddDate(0, 0, -3), Currency: "CNY", AmountDue: cny("500.00"), Period: "2026-01"}
	paid := bill.Notice{Kind: bill.KindPayment, Trust: bill.TrustVouched, Received: now.AddDate(0, 0, -1), Currency: "CNY", PaidAmount: cny("200.00"), PaidDate: bill.DayOf(now) - 1}
	for b.Loop() {
		most, rows := uint64(0), 0
		for from := 0; from < n; from += batch {
			p := plan.NewPlanner(env)
			for i := from; i < from+batch; i++ {
				statement.ID, paid.ID = fmt.Sprint("s", i), fmt.Sprint("p", i)
				statement.DueDate = bill.DayOf(now) + bill.Day(i%30-10)
				folded := bill.Fold(bill.Group{ID: fmt.Sprint("b", i), Notices: []bill.Notice{statement, paid}}, terms)
				rows += len(p.Reconcile(&folded, nil))
			}
			if from%(100*batch) == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
		b.ReportMetric(float64(most)/(1<<20), "MiB")
		b.ReportMetric(float64(rows)/n, "reminders/bill")
	}
}
