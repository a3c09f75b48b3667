package plan

import (
	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// AddTerms adds to an item what the issuer's rules and the calendar say of its
// bill on today: the day to pay by where that is not the day itself, or that
// none is left, what lateness costs, how the issuer debits, and how to reach it.
// t may be nil; others are the issuer's bills, where its rules look at them.
func (it *Item) AddTerms(b *bill.Bill, t *terms.Terms, w Workdays, today bill.Day, others ...*bill.Bill) {
	if by, plain := PayBy(b, w, today), PayBy(b, nil, today); by != plain {
		it.PayBy, it.PayByMissed = by, !by.Known()
	}
	if t == nil {
		return
	}
	it.Cost = t.Preview(t.FactsAmong(b, others, today), today)
	it.Contacts = t.Contacts
	if b.LastSafeDay <= b.DueDate {
		it.GraceSaid = t.GraceSaid()
	}
	for _, m := range t.Milestones {
		if m.Name == it.Milestone && b.DueDate+bill.Day(m.After) == it.MilestoneDay {
			it.MilestoneCertainty = m.Certainty
		}
	}
	it.DebitOffered = t.Debit.Offered && !b.Autopay
	if b.Autopay {
		it.Debit, it.DebitNote = t.Debit.Order, t.Debit.Note
	}
}
