package intake

import (
	"encoding/json"
	"testing"
	"time"

	"repayd/internal/bill"
)

// TestStoredIsTheSame: a bill with all that a life can bring equals itself
// after the store had it, in whatever zone its instants were.
func TestStoredIsTheSame(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CST", 8*3600)
	at := time.Date(2026, 1, 12, 9, 0, 0, 0, zone)
	m := bill.Money{Minor: 25000, Currency: "CNY"}
	g := bill.Group{ID: "b",
		Notices: []bill.Notice{{ID: "s", Kind: bill.KindStatement, Trust: bill.TrustVouched, Received: at.AddDate(0, 0, -10), Currency: "CNY",
			AmountDue: bill.Money{Minor: 50000, Currency: "CNY"}, DueDate: bill.DayOf(at) - 2, Autopay: true}},
		Commands: []bill.Command{{ID: "p", Kind: bill.CommandPaid, At: at, Amount: bill.Money{Minor: 0, Currency: "CNY"}},
			{ID: "a", Kind: bill.CommandArrange, At: at, Arrange: &bill.Arrangement{State: bill.CaseAgreed, Note: "hotline", Conditions: "none",
				Instalments: []bill.Instalment{{Due: bill.DayOf(at) + 20, Amount: m}, {Due: bill.DayOf(at) + 50, Amount: m}}, Revives: true}}}}
	b := bill.Fold(g, bill.Terms{Issuer: "x", Zone: zone, Milestones: []bill.MilestoneRule{{Name: bill.MilestoneFee, After: 1}}})
	text, err := json.Marshal(&b)
	if err != nil {
		t.Fatal(err)
	}
	var back bill.Bill
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if back.Replaced.IsZero() || !same(&b, &back) {
		t.Errorf("not the same:\n%+v\n%+v", b, back)
	}
	back.Case.Agreement.Revives = false
	if same(&b, &back) {
		t.Error("a changed agreement passes for the same")
	}
}
