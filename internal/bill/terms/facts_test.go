package terms

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// TestFactsAmong: the bills of an account tell how it was paid before, the parts
// of an order what the whole is and what its earlier parts have cost: TV19, from
// the bills alone.
func TestFactsAmong(t *testing.T) {
	t.Parallel()
	part := func(id, reference, due string) *bill.Bill {
		return &bill.Bill{ID: id, Issuer: "afterpay", Currency: "AUD", Reference: reference, AmountDue: money(t, "25.00 AUD"), Outstanding: money(t, "25.00 AUD"),
			DueDate: day(t, due), LastSafeDay: day(t, due)}
	}
	paid := part("p1", "112233 1/4", "2025-01-01")
	paid.Outstanding.Minor, paid.SettledAt, paid.SettledDay = 0, time.Unix(1, 0), day(t, "2025-01-01")
	paid.Payments = []bill.Payment{{Day: paid.SettledDay}}
	order := []*bill.Bill{part("p4", "112233 4/4", "2025-02-12"), part("p2", "112233 2/4", "2025-01-15"), paid, part("p3", "112233 3/4", "2025-01-29")}
	another := part("q", "445566 1/4", "2025-01-02")
	rules, today := afterpay(t), day(t, "2025-02-10")
	for id, want := range map[string]string{"p1": "0.00 AUD", "p2": "17.00 AUD", "p3": "8.00 AUD", "p4": "0.00 AUD"} {
		for _, b := range order {
			if b.ID != id {
				continue
			}
			f := rules.FactsAmong(b, append([]*bill.Bill{another}, order...), today)
			if got := rules.Cost(f, today); got.Fee.String() != want || f.Order.String() != "100.00 AUD" {
				t.Errorf("%s: %s of an order of %s: %+v, want %s", id, got.Fee, f.Order, got.Lines, want)
			}
		}
	}
	f := rules.FactsAmong(order[0], order, today)
	want := []Past{{Due: day(t, "2025-01-29"), Late: true}, {Due: day(t, "2025-01-15"), Late: true}, {Due: day(t, "2025-01-01")}}
	if diff := cmp.Diff(want, f.Before); diff != "" {
		t.Error(diff)
	}
	if f := rules.FactsAmong(order[0], order[:2], today); f.Order.Known() {
		t.Errorf("the order is not whole: %s", f.Order)
	}
	if f := rules.FactsAmong(paid, order, today); f.Before != nil {
		t.Errorf("nothing is known of the time before: %+v", f.Before)
	}
}

// TestAPaymentOfTheRest: a payment without an amount is what others left.
func TestAPaymentOfTheRest(t *testing.T) {
	t.Parallel()
	b := &bill.Bill{Currency: "CNY", AmountDue: money(t, "10.00 CNY"), Outstanding: money(t, "0.00 CNY"), DueDate: day(t, "2025-01-10"),
		Payments: []bill.Payment{{Day: day(t, "2025-01-12")}, {Day: day(t, "2025-01-11"), Amount: money(t, "4.00 CNY")}}}
	f := FactsOf(b)
	if f.Payments[1].Amount != money(t, "6.00 CNY") || f.leftOn(day(t, "2025-01-12")) != 600 {
		t.Errorf("%+v", f.Payments)
	}
}
