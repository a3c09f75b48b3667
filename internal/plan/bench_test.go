package plan

import (
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
