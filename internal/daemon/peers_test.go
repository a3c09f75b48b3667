package daemon

import (
	"slices"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
)

// TestD16TheNextPeriodHidesNothing: Wallos and SubsTracker move the due date
// of what is owed each month on to the next month, paid or not, and the unpaid
// month is gone. Here each period is a bill of its own and stays until somebody
// says that it is paid. (The other peers' defects: outbox/peers_test.go.)
func TestD16TheNextPeriodHidesNothing(t *testing.T) {
	t.Parallel()
	schedule, err := config.ParseSchedule("0 0 5 * *")
	if err != nil {
		t.Fatal(err)
	}
	w := newWatched(t, time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)) // 01:00, when Wallos moves dates
	w.cfg.Bills = []config.DeclaredBill{{Name: "rent", Amount: bill.Money{Minor: 300000, Currency: "CNY"}, Schedule: schedule, Spec: "0 0 5 * *"}}
	for range 70 {
		w.owed()
		w.now = w.now.AddDate(0, 0, 1)
	}
	want := []string{"2026-03-05 rent 3000.00", "2026-04-05 rent 3000.00", "2026-05-05 rent 3000.00", "2026-06-05 rent 3000.00"}
	if got := w.owed(); !slices.Equal(got, want) {
		t.Errorf("open are %q, want %q", got, want)
	}
}
