package terms

import (
	"slices"

	"repayd/internal/bill"
)

// Facts are what the rules look at of one bill. Unknown parts are zero.
type Facts struct {
	Currency                           string
	Outstanding, AmountDue, MinimumDue bill.Money
	// Penalty is what the issuer itself told that lateness has cost.
	Penalty bill.Money
	// Order is the amount of the order that the bill is one part of, OrderFees
	// what the lateness of its other parts has cost.
	Order, OrderFees bill.Money
	// Accelerated is all that falls due with the bill if it is late.
	Accelerated              bill.Money
	Statement, Due, LastSafe bill.Day
	// Payments are those that count, in the order of their days.
	Payments []bill.Payment
	// Items are what the statement consists of, in the order of their days.
	Items []Item
	// Before are the account's bills before this one, the newest first; nil =
	// not known.
	Before []Past
}

// Item is one amount of a statement and the day on which it was posted.
type Item struct {
	Posted bill.Day
	Amount bill.Money
}

// Past is how an earlier bill was paid: late, or in time for a grace only.
type Past struct {
	Due         bill.Day
	Late, Grace bool
}

// FactsOf reads the facts of a bill. A payment of all that was left, without an
// amount, has that of what other payments leave of the amount due.
func FactsOf(b *bill.Bill) Facts {
	f := Facts{Currency: b.Currency, Outstanding: b.Outstanding, AmountDue: b.AmountDue, MinimumDue: b.MinimumDue, Penalty: b.Penalty,
		Statement: b.StatementDate, Due: b.DueDate, LastSafe: b.LastSafeDay, Payments: slices.Clone(b.Payments)}
	if !f.LastSafe.Known() {
		f.LastSafe = f.Due
	}
	slices.SortStableFunc(f.Payments, func(a, b bill.Payment) int { return int(a.Day - b.Day) })
	left := f.AmountDue.Minor
	for i, p := range f.Payments {
		if !p.Amount.Known() && f.AmountDue.Known() {
			f.Payments[i].Amount = bill.Money{Minor: max(left, 0), Currency: f.Currency}
		}
		left -= f.Payments[i].Amount.Minor
	}
	return f
}

// PastOf tells how the bills before b of its account were paid, the newest
// first, as far as all knows them. An open bill past its last safe day on today
// is late.
func PastOf(b *bill.Bill, all []*bill.Bill, today bill.Day) []Past {
	past := []Past{}
	for _, o := range all {
		if o.ID == b.ID || o.Issuer != b.Issuer || o.Account != b.Account || o.Currency != b.Currency ||
			!o.DueDate.Known() || o.DueDate >= b.DueDate || !o.DroppedAt.IsZero() {
			continue
		}
		_, late := o.SettledLate()
		p := Past{Due: o.DueDate, Late: late || o.Open() && today > o.LastSafeDay}
		p.Grace = !p.Late && o.SettledDay > o.DueDate
		past = append(past, p)
	}
	slices.SortStableFunc(past, func(a, b Past) int { return int(b.Due - a.Due) })
	return past
}

// paidBefore sums the payments before a day.
func (f *Facts) paidBefore(day bill.Day) int64 {
	var sum int64
	for _, p := range f.Payments {
		if p.Day < day {
			sum += p.Amount.Minor
		}
	}
	return sum
}

// leftOn is what was left to pay when a day began.
func (f *Facts) leftOn(day bill.Day) int64 {
	left := f.Outstanding.Minor
	for _, p := range f.Payments {
		if p.Day >= day {
			left += p.Amount.Minor
		}
	}
	return max(left, 0)
}

// base is the amount that a rule takes its share of, as it was when a day
// began; false where it is not known.
func (f *Facts) base(b Base, day bill.Day) (int64, bool) {
	switch b {
	case BaseAmountDue:
		return f.AmountDue.Minor, f.AmountDue.Known()
	case BaseMinimumDue:
		return f.MinimumDue.Minor, f.MinimumDue.Known()
	case BaseMinimum:
		return max(f.MinimumDue.Minor-f.paidBefore(day), 0), f.MinimumDue.Known()
	case BaseOrder:
		return f.Order.Minor, f.Order.Known()
	case BaseAccelerated:
		return f.Accelerated.Minor, f.Accelerated.Known()
	}
	return f.leftOn(day), true
}

// breached reports whether what makes a rule hold was so when a day began. A
// minimum that is not known counts as missed while anything is left: an
// estimate errs to the dear side.
func (f *Facts) breached(w When, day bill.Day) bool {
	if f.leftOn(day) == 0 {
		return false
	}
	if left, known := f.base(BaseMinimum, day); w == WhenMinimumUnpaid && known {
		return left > 0
	}
	return true
}
