package bill

import "testing"

// TestD6LastMonthsPaymentPaysNothing: commontools takes any payment on the
// card from 30 days before to 60 after the due date, whatever its amount, and
// as often as it likes, so that last month's pays this month's bill. Here a
// payment settles one bill only, and none whose statement is younger than it. (The other peers'
// defects: outbox/peers_test.go.)
func TestD6LastMonthsPaymentPaysNothing(t *testing.T) {
	t.Parallel()
	last := notice("s1", KindStatement, "2025-12-01 08:00", "500.00", "2025-12-10", statementOn("2025-12-01"), period("2025-12"))
	this := notice("s2", KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10", statementOn("2026-01-01"), period("2026-01"))
	for name, paid := range map[string]Notice{
		"in time":                      notice("p", KindPayment, "2025-12-10 10:00", "500.00", "2025-12-10"),
		"told after the new statement": notice("p", KindPayment, "2026-01-02 10:00", "500.00", "2025-12-10"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settled := map[string]bool{}
			bills, _ := told(t, terms, []Notice{last, this, paid})
			for _, b := range bills {
				settled[b.Period] = !b.SettledAt.IsZero()
			}
			if !settled["2025-12"] || settled["2026-01"] || len(settled) != 2 {
				t.Errorf("settled: %v", settled)
			}
		})
	}
}
