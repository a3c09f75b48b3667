package plan

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"repayd/internal/bill"
)

// BenchmarkPlan100k plans a hundred thousand bills from nothing, and once
// more over the rows that exist, as at every midnight.
func BenchmarkPlan100k(b *testing.B) {
	const n = 100_000
	env := Env{Now: at(b, "2026-12-01 00:00"), Zone: shanghai(b), Quiet: quietNights(b), Workdays: weekends{}, Policies: []Policy{standard(b)}}
	bills := make([]bill.Bill, n)
	for i := range bills {
		due := day(b, "2026-12-01") + bill.Day(i%60-20)
		bills[i] = bill.Bill{ID: "b" + strconv.Itoa(i), Issuer: "bank", Zone: "Asia/Shanghai",
			DueDate: due, LastSafeDay: due + bill.Day(i%4), NeedsWorkday: i%3 == 0}
	}
	rows := make([][]Reminder, n)
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p := NewPlanner(env)
			for i := range bills {
				p.Reconcile(&bills[i], nil)
			}
		}
	})
	for i := range bills {
		rows[i] = Reconcile(&bills[i], nil, env)
	}
	b.Run("again", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p := NewPlanner(env)
			for i := range bills {
				if len(p.Reconcile(&bills[i], rows[i])) != 0 {
					b.Fatal("planning twice changes something")
				}
			}
		}
	})
	b.Run("next day", func(b *testing.B) {
		b.ReportAllocs()
		env.Now = env.Now.Add(24 * time.Hour)
		for b.Loop() {
			p := NewPlanner(env)
			for i := range bills {
				p.Reconcile(&bills[i], rows[i])
			}
		}
	})
}

// BenchmarkPlanMillion plans a million bills in batches of a thousand, as the
// midnight rebuild does: first from nothing, then over the rows that exist. "MiB"
// is the most memory in use between two batches, which must not grow with the
// number of bills.
func BenchmarkPlanMillion(b *testing.B) {
	const n, batch = 1_000_000, 1000
	env := Env{Now: at(b, "2026-12-01 00:00"), Zone: shanghai(b), Quiet: quietNights(b), Workdays: weekends{}, Policies: []Policy{standard(b)}}
	first := day(b, "2026-12-01")
	var most uint64
	rows := 0
	for b.Loop() {
		most, rows = 0, 0
		for from := 0; from < n; from += batch {
			p := NewPlanner(env)
			for i := from; i < from+batch; i++ {
				due := first + bill.Day(i%60-20)
				owed := bill.Bill{ID: "b" + strconv.Itoa(i), Issuer: "bank", Zone: "Asia/Shanghai",
					DueDate: due, LastSafeDay: due + bill.Day(i%4), NeedsWorkday: i%3 == 0}
				planned := p.Reconcile(&owed, nil)
				rows += len(planned)
				if len(p.Reconcile(&owed, planned)) != 0 {
					b.Fatal("planning twice changes something")
				}
			}
			if from%(100*batch) == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "bills/s")
	b.ReportMetric(float64(rows)/n, "reminders/bill")
	b.ReportMetric(float64(most)/(1<<20), "MiB")
}
