package bill_test

import (
	"fmt"
	"testing"
	"time"

	"repayd/internal/bill"
)

// TestDeclaredMeetsTheIssuersWord: what the configuration declares and what the
// issuer then says about it are one bill, whichever is known first.
func TestDeclaredMeetsTheIssuersWord(t *testing.T) {
	t.Parallel()
	due, _ := bill.NewDay(2026, 12, 5)
	amount := func(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: "CNY"} }
	for name, c := range map[string]struct {
		declared, said string // references
		days           bill.Day
		amount         int64
		bills          int
	}{
		"the same day":                     {amount: 436478, bills: 1},
		"a weekend later":                  {days: 2, amount: 436478, bills: 1},
		"another amount":                   {days: 1, amount: 999, bills: 1},
		"a week later":                     {days: 7, amount: 436478, bills: 2},
		"a number of the issuer's":         {said: "20261205", days: 2, amount: 436478, bills: 2},
		"an instalment":                    {declared: "3/24", days: 2, amount: 436478, bills: 1},
		"an instalment of another amount":  {declared: "3/24", amount: 436479, bills: 1},
		"an instalment with its number":    {declared: "3/24", said: "3/24", days: 2, amount: 436479, bills: 1},
		"an instalment by contract number": {declared: "3/24", said: "L-77", days: 2, amount: 436478, bills: 1},
		"another contract":                 {declared: "3/24", said: "L-77", amount: 5000, bills: 2},
		"another instalment":               {declared: "3/24", said: "4/24", days: 7, amount: 436478, bills: 2},
	} {
		ours := bill.Notice{ID: "declared", Kind: bill.KindStatement, Issuer: "cmb", Account: "4321", Currency: "CNY", Trust: bill.TrustDeclared,
			Reference: c.declared, DueDate: due, AmountDue: amount(436478)}
		theirs := bill.Notice{ID: "mail", Message: "m", Kind: bill.KindStatement, Issuer: "cmb", Account: "4321", Currency: "CNY",
			Trust: bill.TrustVouched, Reference: c.said, DueDate: due + c.days, AmountDue: amount(c.amount)}
		for order, first := range map[string]*bill.Notice{"declared first": &ours, "told first": &theirs} {
			ours.Received = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
			theirs.Received = ours.Received
			if first == &ours {
				theirs.Received = theirs.Received.Add(time.Hour)
			} else {
				ours.Received = ours.Received.Add(time.Hour)
			}
			rules := bill.Terms{Issuer: "cmb", Zone: time.UTC}
			groups, waiting := bill.Regroup(nil, []bill.Notice{ours, theirs}, rules)
			if len(groups) != c.bills || len(waiting) > 0 {
				t.Errorf("%s, %s: %d bills, want %d", name, order, len(groups), c.bills)
				continue
			}
			if c.bills > 1 {
				continue
			}
			b := bill.Fold(groups[0], rules)
			if got, want := fmt.Sprint(b.DueDate, b.AmountDue), fmt.Sprint(theirs.DueDate, theirs.AmountDue); got != want {
				t.Errorf("%s, %s: %s, want what the issuer says: %s", name, order, got, want)
			}
		}
	}
}
