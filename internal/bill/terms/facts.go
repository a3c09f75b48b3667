package terms

import (
	"slices"
	"strconv"
	"strings"

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

// FactsAmong reads the facts of a bill and what the other bills of its issuer
// add to them: how the ones before it were paid, and the order it is one part
// of with what lateness of its earlier parts has cost by these rules. Parts are
// told by their reference ("112233 2/4"); the order's amount is known once all
// of its parts are. today is when a part that is still open is reckoned.
func (t *Terms) FactsAmong(b *bill.Bill, others []*bill.Bill, today bill.Day) Facts {
	f := FactsOf(b)
	f.Before = pastOf(b, others, today)
	order, _, of, ok := partOf(b)
	if !ok {
		return f
	}
	parts := []*bill.Bill{b}
	for _, o := range others {
		if name, _, n, ok := partOf(o); ok && o.ID != b.ID && sameAccount(o, b) && o.Merchant == b.Merchant && name == order && n == of {
			parts = append(parts, o)
		}
	}
	slices.SortStableFunc(parts, func(a, b *bill.Bill) int { return int(a.DueDate - b.DueDate) })
	var sum, fees int64
	for _, p := range parts {
		sum += p.AmountDue.Minor
	}
	whole := bill.Money{Minor: sum, Currency: b.Currency}
	known := len(parts) == of && !slices.ContainsFunc(parts, func(p *bill.Bill) bool { return !p.AmountDue.Known() })
	for _, p := range parts {
		if p.ID == b.ID || !known {
			break
		}
		earlier := FactsOf(p)
		earlier.Order, earlier.OrderFees, earlier.Before = whole, bill.Money{Minor: fees, Currency: b.Currency}, pastOf(p, others, today)
		fees += t.Cost(earlier, today).Fee.Minor
	}
	if known {
		f.Order, f.OrderFees = whole, bill.Money{Minor: fees, Currency: b.Currency}
	}
	return f
}

// LooksAround reports whether a rule looks at other bills than the one at hand,
// so that FactsAmong needs them.
func (t *Terms) LooksAround() bool {
	if t == nil {
		return false
	}
	ordered := func(a Amount) bool { return a.Base == BaseOrder }
	return slices.ContainsFunc(t.Fees, func(f Fee) bool { return f.Repeat != (Repeat{}) || ordered(f.Amount) }) ||
		slices.ContainsFunc(t.FeeCaps, func(c FeeCap) bool { return c.PerOrder || ordered(c.Amount) }) ||
		slices.ContainsFunc(t.Interest, func(n Interest) bool { return n.Repeat != (Repeat{}) || n.Base == BaseOrder })
}

func sameAccount(a, b *bill.Bill) bool {
	return a.Issuer == b.Issuer && a.Account == b.Account && a.Currency == b.Currency
}

// partOf reads which part of which order a bill is, from a reference that ends
// in "2/4".
func partOf(b *bill.Bill) (order string, number, of int, ok bool) {
	order, part, ok := cutLast(b.Reference, " ")
	i, n, isPart := strings.Cut(part, "/")
	number, err1 := strconv.Atoi(i)
	of, err2 := strconv.Atoi(n)
	return order, number, of, ok && isPart && order != "" && err1 == nil && err2 == nil && number >= 1 && number <= of
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// pastOf tells how the bills before b of its account were paid, the newest
// first; nil where none is known. An open bill past its last safe day is late.
func pastOf(b *bill.Bill, others []*bill.Bill, today bill.Day) []Past {
	var past []Past
	for _, o := range others {
		if o.ID == b.ID || !sameAccount(o, b) || !o.DueDate.Known() || o.DueDate >= b.DueDate || !o.DroppedAt.IsZero() {
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
