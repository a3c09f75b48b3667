package terms

import (
	"testing"

	"repayd/internal/bill"
)

// TestFactsOf: payments come in the order of their days and the bill keeps its
// own; a bill without grace is safe until its due date.
func TestFactsOf(t *testing.T) {
	t.Parallel()
	b := &bill.Bill{Currency: "CNY", DueDate: day(t, "2025-01-10"), Outstanding: money(t, "5.00 CNY"),
		Payments: []bill.Payment{{Day: day(t, "2025-01-12"), By: "b"}, {Day: day(t, "2025-01-11"), By: "a"}}}
	f := FactsOf(b)
	if f.LastSafe != b.DueDate || f.Outstanding != b.Outstanding || f.Payments[0].By != "a" || b.Payments[0].By != "b" {
		t.Errorf("facts = %+v, bill = %+v", f, b.Payments)
	}
}
