package issuer

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"repayd/internal/bill"
)

// notice fills one notice, and one more for each further currency.
func (t *task) notice(g []found) []bill.Notice {
	codes := t.currencies(g)
	var out []bill.Notice
	for _, code := range codes {
		n := t.blank(t.n.kind)
		n.Currency = code
		t.fillMoney(&n, g, code)
		t.withoutPenalty(&n, g, code)
		t.period(&n, g)
		t.fillDates(&n, g)
		t.fillRest(&n, g)
		t.finish(&n, g)
		out = append(out, n)
	}
	return out
}

// currencies returns the currencies that a group owes in: the file's own first,
// others only where their amount is not zero.
func (t *task) currencies(g []found) []string {
	codes := []string{}
	for _, v := range g {
		if typ, _ := fieldTypes(v.field); typ != typeMoney || v.val.none || v.val.bad != "" {
			continue
		}
		if v.val.amount.Minor != 0 && !slices.Contains(codes, v.val.amount.Currency) {
			codes = append(codes, v.val.amount.Currency)
		}
	}
	if len(codes) == 0 {
		codes = append(codes, t.currencyOf(g))
	}
	return codes
}

// currencyOf is the currency of a group without a positive amount.
func (t *task) currencyOf(g []found) string {
	for _, v := range g {
		if v.val.amount.Known() && v.val.bad == "" {
			return v.val.amount.Currency
		}
	}
	return t.r.currency
}

func (t *task) fillMoney(n *bill.Notice, g []found, code string) {
	for _, field := range []bill.Field{bill.FieldAmountDue, bill.FieldMinimumDue, bill.FieldPenalty, bill.FieldPaidAmount} {
		var first *found
		for i, v := range g {
			switch {
			case v.field != field || v.val.none:
			case v.val.bad != "":
				addProblem(n, field, v.val.bad)
			case v.val.amount.Currency != code:
			case first == nil:
				first = &g[i]
			case first.val.amount != v.val.amount:
				addProblem(n, field, fmt.Sprintf("two different amounts: %s, %s", first.val.amount.Decimal(), v.val.amount.Decimal()))
			}
		}
		if first == nil || hasProblem(n, field) {
			continue
		}
		setMoney(n, field, first.val.amount)
		n.Evidence[field] = bill.Evidence{Part: first.val.part, Text: first.val.shown}
	}
}

// withoutPenalty brings the amount due to what it is without penalty: where
// the text shows both sums and the penalty is their difference, or says that
// the amount contains it.
func (t *task) withoutPenalty(n *bill.Notice, g []found, code string) {
	var dues []found
	var penalty, within bill.Money
	for _, v := range g {
		switch {
		case v.val.bad != "" || v.val.none || v.val.amount.Currency != code:
		case v.field == fieldPenaltyWithin:
			within = v.val.amount
			n.Penalty = within
			n.Evidence[bill.FieldPenalty] = bill.Evidence{Part: v.val.part, Text: v.val.shown}
		case v.field == bill.FieldPenalty:
			penalty = v.val.amount
		case v.field == bill.FieldAmountDue && !slices.ContainsFunc(dues, func(d found) bool { return d.val.amount == v.val.amount }):
			dues = append(dues, v)
		}
	}
	slices.SortFunc(dues, func(a, b found) int { return cmp.Compare(a.val.amount.Minor, b.val.amount.Minor) })
	switch {
	case len(dues) == 1 && within.Minor > 0 && within.Minor < dues[0].val.amount.Minor && n.AmountDue.Known():
		n.AmountDue.Minor -= within.Minor
	case len(dues) == 2 && max(penalty.Minor, within.Minor) > 0 && dues[1].val.amount.Minor-dues[0].val.amount.Minor == max(penalty.Minor, within.Minor):
		dropField(n, bill.FieldAmountDue)
		n.AmountDue = dues[0].val.amount
		n.Evidence[bill.FieldAmountDue] = bill.Evidence{Part: dues[0].val.part, Text: dues[0].val.shown}
	}
}

func setMoney(n *bill.Notice, field bill.Field, m bill.Money) {
	switch field {
	case bill.FieldAmountDue:
		n.AmountDue = m
	case bill.FieldMinimumDue:
		n.MinimumDue = m
	case bill.FieldPenalty:
		n.Penalty = m
	case bill.FieldPaidAmount:
		n.PaidAmount = m
	}
}

func addProblem(n *bill.Notice, field bill.Field, why string) {
	p := bill.Problem{Field: field, Why: why}
	if !slices.Contains(n.Problems, p) {
		n.Problems = append(n.Problems, p)
	}
}

func hasProblem(n *bill.Notice, field bill.Field) bool {
	return slices.ContainsFunc(n.Problems, func(p bill.Problem) bool { return p.Field == field })
}

func (t *task) fillDates(n *bill.Notice, g []found) {
	for _, field := range []bill.Field{bill.FieldDueDate, bill.FieldLastSafeDay, bill.FieldStatementDate, bill.FieldPaidDate} {
		day, v := t.oneDay(n, g, field)
		if !day.Known() || hasProblem(n, field) {
			continue
		}
		switch field {
		case bill.FieldDueDate:
			n.DueDate = day
			n.CutOff = cutOff(v.val.date.clock)
		case bill.FieldLastSafeDay:
			n.LastSafeDay = day
			n.CutOff = cutOff(v.val.date.clock)
		case bill.FieldStatementDate:
			n.StatementDate = day
		case bill.FieldPaidDate:
			n.PaidDate, n.PaidTime = day, v.val.date.clock
		}
		n.Evidence[field] = bill.Evidence{Part: v.val.part, Text: v.val.shown}
	}
	t.closingDay(n, g)
}

// closingDay fills the statement date where none is printed as a date: from
// the month and the day of every month, or from the last day of the cycle.
func (t *task) closingDay(n *bill.Notice, g []found) {
	if n.StatementDate.Known() || hasProblem(n, bill.FieldStatementDate) {
		return
	}
	days := map[bill.Day]found{}
	for _, v := range g {
		if v.field == fieldCycle && v.val.bad == "" {
			if day, err := v.val.date.resolve(nearReceipt, t.received, t.doubtful); err == nil {
				days[day] = v
			}
		}
		if v.field == bill.FieldStatementDate && v.val.date.every > 0 && n.Period != "" {
			month, err := time.Parse("2006-01", n.Period)
			if err != nil {
				continue
			}
			if day, ok := bill.NewDay(month.Year(), month.Month(), v.val.date.every); ok {
				days[day] = v
			}
		}
	}
	for day, v := range days {
		if len(days) == 1 && day <= t.received {
			n.StatementDate = day
			n.Evidence[bill.FieldStatementDate] = bill.Evidence{Part: v.val.part, Text: v.val.shown}
		}
	}
}

// cutOff is the time of day behind a due date. Midnight there is how programs
// print a bare day, not the instant it begins.
func cutOff(c bill.Clock) bill.Clock {
	if c.Minutes() == 0 {
		return 0
	}
	return c
}

// oneDay resolves the dates of a field and returns the one they agree on.
func (t *task) oneDay(n *bill.Notice, g []found, field bill.Field) (bill.Day, *found) {
	var day bill.Day
	var first *found
	for i := range g {
		v := &g[i]
		if v.field != field || v.val.none || v.val.date.every > 0 {
			continue
		}
		if v.val.bad != "" {
			addProblem(n, field, v.val.bad)
			continue
		}
		d, err := v.val.date.resolve(window(t.n.kind), t.received, t.doubtful)
		switch {
		case err != nil:
			addProblem(n, field, err.Error())
		case first == nil:
			day, first = d, v
		case d != day:
			addProblem(n, field, fmt.Sprintf("two different dates: %s, %s", short(day), short(d)))
		case !first.val.date.clock.Known() && v.val.date.clock.Known():
			first = v
		}
	}
	return day, first
}

func short(d bill.Day) string {
	_, m, day := d.Date()
	return fmt.Sprintf("%02d-%02d", m, day)
}

func clearField(n *bill.Notice, field bill.Field) {
	switch field {
	case bill.FieldDueDate:
		n.DueDate = 0
	case bill.FieldLastSafeDay:
		n.LastSafeDay = 0
	case bill.FieldStatementDate:
		n.StatementDate = 0
	case bill.FieldPaidDate:
		n.PaidDate = 0
	default:
		setMoney(n, field, bill.Money{})
	}
	delete(n.Evidence, field)
}

// dayIn returns the civil day of an instant in the issuer's zone.
func dayIn(at time.Time, zone *time.Location) bill.Day { return bill.DayOf(at.In(zone)) }
