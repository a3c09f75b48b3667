package bill

import "slices"

// matchPayments gives each payment, refund and zero statement to the one draft
// it certainly belongs to and returns the rest, which wait. A payment is used
// once. What is not vouched for matches nothing.
func matchPayments(drafts []*draft, matching []*claim, commands map[string][]Command, t Terms) (waiting []Notice) {
	for _, c := range matching {
		d := (*draft)(nil)
		if trusted(c.n.Trust) {
			d = matchOne(drafts, c, commands, t)
		}
		if d == nil {
			waiting = append(waiting, c.n)
			continue
		}
		// Not add: a payment must not widen what later claims fit.
		d.claims = append(d.claims, c)
	}
	return waiting
}

// matchOne finds the draft of a payment among the trusted ones; only where
// none of them comes into question, among the unverified: a forged bill must
// not swallow a real payment.
func matchOne(drafts []*draft, c *claim, commands map[string][]Command, t Terms) *draft {
	for _, vouched := range []bool{true, false} {
		if d := samePayment(drafts, vouched, c.n); d != nil {
			return d
		}
		m := candidates(drafts, vouched, c, commands, t)
		switch {
		case len(m.named) > 0:
			return m.only(m.named)
		case len(m.sum) > 0:
			return m.only(m.sum)
		case len(m.open) == 1 && partOf(m.open[0], c, commands, t):
			return m.open[0]
		case len(m.open) > 0:
			return nil
		}
	}
	return nil
}

// match lists the drafts that a payment can be for: those its number or month
// names, those that owe exactly its sum, and all that are open.
type match struct {
	named, sum, open []*draft
	// unsure are instalments that the owner said were paid on a day that is
	// neither near the payment's nor far from it.
	unsure []*draft
}

func candidates(drafts []*draft, vouched bool, c *claim, commands map[string][]Command, t Terms) match {
	var m match
	for _, d := range drafts {
		if d.review || d.trusted != vouched || !d.compatible(c) {
			continue
		}
		named := d.names(c)
		if named == contradicts && d.parent == "" {
			continue // most of a busy issuer's orders, before the dear fold
		}
		b := d.fold(commands, t, false)
		if !b.Replaced.IsZero() && !c.n.At().Before(b.Replaced) {
			continue // its instalments are paid now
		}
		if d.parent != "" {
			if !m.payable(d, &b, c, commands, t) {
				continue
			}
			if named == silent {
				named = d.parentNames(drafts, c)
			}
		}
		switch named {
		case contradicts:
			continue
		case names:
			m.named = append(m.named, d)
			continue
		}
		if c.n.Kind != KindPayment || !payableOn(&b, c.n, t) || !b.Open() {
			continue
		}
		m.open = append(m.open, d)
		if isDebt(&b, c.n.PaidAmount) {
			m.sum = append(m.sum, d)
		}
	}
	if len(m.named) > 1 {
		m.named = slices.DeleteFunc(m.named, func(d *draft) bool {
			b := d.fold(commands, t, false)
			return !isDebt(&b, c.n.PaidAmount)
		})
	}
	return m
}

// only is the one draft among ds, or the earliest where all are instalments of
// one plan: they are paid in turn.
func (m *match) only(ds []*draft) *draft {
	if len(ds) == 0 {
		return nil
	}
	first := ds[0]
	for _, d := range ds[1:] {
		if d.parent == "" || d.parent != first.parent {
			return nil
		}
		if d.dues[0] < first.dues[0] {
			first = d
		}
	}
	if slices.Contains(m.unsure, first) {
		return nil
	}
	return first
}

// payable reports whether an instalment can still take the payment. One that
// the owner said was paid takes it as the same payment when it is near; after
// ten days the payment is another one, and in between nobody knows.
func (m *match) payable(d *draft, b *Bill, c *claim, commands map[string][]Command, t Terms) bool {
	if !b.Open() || c.n.At().Before(b.Seen) {
		return false
	}
	said := d.fold(commands, t, true)
	if !said.SettledDay.Known() {
		return true
	}
	apart := paidDay(c.n, t) - said.SettledDay
	apart = max(apart, -apart)
	if apart > 3 {
		m.unsure = append(m.unsure, d)
	}
	return apart <= 10
}

// parentNames is how the payment speaks for the bill that the instalment
// belongs to: its number and month name the instalments now.
func (d *draft) parentNames(drafts []*draft, c *claim) int {
	for _, p := range drafts {
		if slices.ContainsFunc(p.claims, func(o *claim) bool { return o.was == d.parent }) {
			return p.names(c)
		}
	}
	return silent
}

// The ways in which a payment's printed number or month speaks for a draft.
const (
	silent = iota
	names
	contradicts
)

func (d *draft) names(c *claim) int {
	switch {
	case c.n.Reference != "" && d.reference != "":
		if c.n.Reference == d.reference {
			return names
		}
		return contradicts
	case c.n.Period != "" && len(d.periods) > 0:
		if slices.Contains(d.periods, c.n.Period) {
			return names
		}
		return contradicts
	case c.n.DueDate.Known() && len(d.dues) > 0:
		if slices.Contains(d.dues, c.n.DueDate) {
			return names
		}
		return contradicts
	}
	return silent
}

// payableOn reports whether a payment made on that day can be for the bill:
// one dated before the statement settles an earlier one.
func payableOn(b *Bill, n Notice, t Terms) bool {
	paid := paidDay(n, t)
	if b.StatementDate.Known() {
		return paid >= b.StatementDate
	}
	return paid >= DayOf(b.Seen.In(t.zone()))-1
}

func paidDay(n Notice, t Terms) Day {
	if n.PaidDate.Known() {
		return n.PaidDate
	}
	return DayOf(n.At().In(t.zone()))
}

// isDebt reports whether m is exactly a sum that is owed: what is left, the
// whole, the minimum, or what is left with its penalty.
func isDebt(b *Bill, m Money) bool {
	if !m.Known() {
		return false
	}
	withPenalty := Money{b.Outstanding.Minor + b.Penalty.Minor, b.Outstanding.Currency}
	return m == b.Outstanding || m == b.AmountDue || m == b.MinimumDue || (b.Penalty.Known() && m == withPenalty)
}

// partOf reports whether a payment may be a part, or all, of the only open
// bill it can be for. Where bills go by number, one without a number proves
// nothing.
func partOf(d *draft, c *claim, commands map[string][]Command, t Terms) bool {
	b := d.fold(commands, t, false)
	if d.reference != "" || t.Per == PerReference {
		return false
	}
	if !c.n.PaidAmount.Known() {
		return c.n.PaidInFull
	}
	return b.Outstanding.Known() && c.n.PaidAmount.Currency == b.Currency && c.n.PaidAmount.Minor < b.Outstanding.Minor
}

// samePayment finds the draft that already holds this payment, told by
// another mail.
func samePayment(drafts []*draft, vouched bool, n Notice) *draft {
	if n.Kind != KindPayment || !n.PaidAmount.Known() || !n.PaidDate.Known() {
		return nil
	}
	for _, d := range drafts {
		for _, c := range d.claims {
			if d.trusted == vouched && c.n.Kind == KindPayment && c.n.Message != n.Message && sameIdentity(c.n, n) {
				return d
			}
		}
	}
	return nil
}

// sameIdentity: account, currency, amount and paid day agree, and so do number
// and time where both print them.
func sameIdentity(a, b Notice) bool {
	differ := func(x, y string) bool { return x != "" && y != "" && x != y }
	return a.PaidAmount == b.PaidAmount && a.PaidDate == b.PaidDate &&
		!differ(a.Account, b.Account) && !differ(a.Reference, b.Reference) &&
		(!a.PaidTime.Known() || !b.PaidTime.Known() || a.PaidTime == b.PaidTime)
}

// placeUnkeyed puts a claim that shows neither number, month nor due date into
// the one open bill it fits; else it stands alone as a review.
func placeUnkeyed(drafts []*draft, c *claim, commands map[string][]Command, t Terms) []*draft {
	var fit []*draft
	if c.n.Kind != KindUnread && len(c.n.Problems) == 0 {
		for _, d := range drafts {
			if d.review || (!d.trusted && trusted(c.n.Trust)) || !d.compatible(c) {
				continue
			}
			b := d.fold(commands, t, true)
			if fitsOpen(&b, c.n, t) {
				fit = append(fit, d)
			}
		}
	}
	if len(fit) == 1 {
		fit[0].add(c)
		return drafts
	}
	d := &draft{review: true}
	switch {
	case c.byHand:
		d.review = false
	case len(fit) > 1:
		d.problems = []Problem{{FieldDueDate, "fits more than one bill"}}
	case c.n.Kind != KindUnread && len(c.n.Problems) == 0:
		d.problems = []Problem{{FieldDueDate, "no due date, and no known bill it fits"}}
	}
	d.add(c)
	return append(drafts, d)
}

// fitsOpen reports whether a notice without a date speaks of this bill: the
// printed days late lead to its due date, or the amount is what is owed, and
// the due date is near its receipt.
func fitsOpen(b *Bill, n Notice, t Terms) bool {
	if !b.DueDate.Known() || !b.DroppedAt.IsZero() {
		return false
	}
	received := DayOf(n.At().In(t.zone()))
	late := n.Kind == KindOverdue || n.Kind == KindAutopayFailed
	switch {
	case !late && !b.Open(),
		late && b.DueDate > received,
		!late && b.DueDate < received-1,
		b.DueDate < received-400 || b.DueDate > received+70:
		return false
	}
	if n.AmountDue.Known() && !isDebt(b, n.AmountDue) {
		return false
	}
	if n.DaysLate > 0 {
		off := b.DueDate - (received - Day(n.DaysLate))
		return off >= -1 && off <= 1
	}
	return true
}

// Payable says of a payment or refund that waits for a bill which open bills
// it may be for, and whether there is an open bill at all that it could have
// lowered had it shown another month. What names another account or number is
// no question, nor is what is not trusted or dated before every open statement.
func Payable(n Notice, open []Bill, t Terms) (fits []string, asks bool) {
	if !trusted(n.Trust) || (n.Kind != KindPayment && n.Kind != KindRefund) {
		return nil, false
	}
	differ := func(x, y string) bool { return x != "" && y != "" && x != y }
	for i := range open {
		b := &open[i]
		if !b.Open() || b.Trust == TrustUnverified || differ(b.Currency, n.Currency) || differ(b.Merchant, n.Merchant) ||
			differ(b.Account, n.Account) || differ(b.Reference, n.Reference) || !payableOn(b, n, t) {
			continue
		}
		asks = true
		if !(n.Period != "" && len(b.Period) == len(n.Period) && b.Period != n.Period) {
			fits = append(fits, b.ID)
		}
	}
	return fits, asks
}
