package bill

import "slices"

// fits reports whether the claim is certainly about the draft's debt.
func (d *draft) fits(c *claim, t Terms) bool {
	if d.review || !d.compatible(c) || d.otherCard(c) {
		return false
	}
	if d.parent != "" || c.parent != "" {
		// An instalment the owner told of: only what says the same day, and no
		// other sum, is about it; a statement due that day may be all but it.
		return (d.parent == "" || c.parent == "") && c.due.Known() && slices.Contains(d.dues, c.due) &&
			(d.hasAmount(c.n.AmountDue) || !c.n.AmountDue.Known())
	}
	if d.declaredNear(c) {
		return true
	}
	if c.n.Kind == KindArrangement && !slices.Contains(d.dues, c.due) && !d.hasAmount(c.n.AmountDue) {
		// An instalment is a debt of its own, though it shares the number or
		// month; an extension names the whole amount with a new date.
		return false
	}
	if c.reference != "" && d.reference != "" {
		return c.reference == d.reference
	}
	if t.Per != PerDueDate && c.n.Period != "" && len(d.periods) > 0 {
		return slices.Contains(d.periods, c.n.Period)
	}
	return c.due.Known() && slices.Contains(d.dues, c.due)
}

// nearDays is how far the day that the configuration declares may lie from the
// one that the issuer prints: a weekend between them and the day itself.
const nearDays = 3

// declaredNear reports whether one side is only declared by the configuration
// and the other is the issuer's own word on a day close by. What the issuer
// gives a number is not meant where a schedule declares none; the instalment of
// a loan has one of its own ("3/24"), and another number is about it only with
// the very amount.
func (d *draft) declaredNear(c *claim) bool {
	declared := !slices.ContainsFunc(d.claims, func(o *claim) bool { return o.n.Trust != TrustDeclared })
	if declared == (c.n.Trust == TrustDeclared) || !trusted(c.n.Trust) || !d.trusted || !c.due.Known() {
		return false
	}
	own, said := d.reference, c.reference
	if !declared {
		own, said = said, own
	}
	if said != "" && (own == "" || own != said && !d.hasAmount(c.n.AmountDue)) {
		return false
	}
	return slices.ContainsFunc(d.dues, func(day Day) bool { return day-c.due <= nearDays && c.due-day <= nearDays })
}

// compatible reports whether nothing that both show about their identity
// differs. Rows of one message are different debts. Without an account the
// recipient tells two people's bills apart; a relayed copy has another one.
func (d *draft) compatible(c *claim) bool {
	first := d.claims[0]
	switch {
	case d.account != "" && c.account != "" && d.account != c.account,
		d.currency != "" && c.n.Currency != "" && d.currency != c.n.Currency,
		first.n.Merchant != c.n.Merchant:
		return false
	}
	for _, o := range d.claims {
		if o.n.Message != "" && o.n.Message == c.n.Message {
			return false
		}
	}
	if (d.account == "" || c.account == "") && c.n.Trust != TrustForwarded && c.n.Recipient != "" && len(d.recipients) > 0 {
		return slices.Contains(d.recipients, c.n.Recipient)
	}
	return true
}

// otherCard: of two statements, one with an account and one without, that name
// different sums, one is not a correction of the other: they may be two cards.
func (d *draft) otherCard(c *claim) bool {
	if (d.account == "") == (c.account == "") || c.n.Kind != KindStatement || !c.n.AmountDue.Known() || d.hasAmount(c.n.AmountDue) {
		return false
	}
	return slices.ContainsFunc(d.claims, func(o *claim) bool {
		return o.n.Kind == KindStatement && o.n.AmountDue.Known() && trusted(o.n.Trust) == trusted(c.n.Trust)
	})
}
