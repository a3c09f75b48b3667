package issuer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"repayd/internal/bill"
)

// fillRest fills what is neither money nor a date.
func (t *task) fillRest(n *bill.Notice, g []found) {
	t.text(n, g, bill.FieldAccount, &n.Account)
	if t.r.terms.Per == bill.PerReference || t.n.kind == bill.KindArrangement {
		t.text(n, instalmentNumbers(g), bill.FieldReference, &n.Reference)
	}
	for _, v := range g {
		switch v.field {
		case bill.FieldDaysLate:
			if n.DaysLate != 0 && n.DaysLate != v.val.days {
				addProblem(n, v.field, fmt.Sprintf("two different counts of days: %d, %d", n.DaysLate, v.val.days))
			}
			n.DaysLate = v.val.days
			n.Evidence[v.field] = bill.Evidence{Part: v.val.part, Text: v.val.shown}
		case fieldCutOff:
			if n.CutOff.Known() && n.CutOff != v.val.clock {
				addProblem(n, fieldCutOff, fmt.Sprintf("two different times of day: %s, %s", n.CutOff, v.val.clock))
			}
			n.CutOff = v.val.clock
		}
	}
	t.grace(n, g)
}

// text fills a field of words; different ones are a problem.
func (t *task) text(n *bill.Notice, g []found, field bill.Field, to *string) {
	for _, v := range g {
		if v.field != field || v.val.bad != "" {
			continue
		}
		if *to != "" && *to != v.val.str && field == bill.FieldAccount && n.Kind == bill.KindStatement {
			// One bill for several cards: which card it is called by is open.
			*to = ""
			delete(n.Evidence, field)
			return
		}
		if *to != "" && *to != v.val.str {
			addProblem(n, field, fmt.Sprintf("two different values: %s, %s", *to, v.val.str))
			*to = ""
			delete(n.Evidence, field)
			return
		}
		*to = v.val.str
		n.Evidence[field] = bill.Evidence{Part: v.val.part, Text: v.val.shown}
	}
}

// period takes the month that the subject names, else the one the text agrees
// on. Months that differ leave it empty: the due date tells the bill then.
func (t *task) period(n *bill.Notice, g []found) {
	for _, subject := range []bool{true, false} {
		one, shown := "", found{}
		for _, v := range g {
			if v.field != bill.FieldPeriod || (v.val.part == "subject") != subject {
				continue
			}
			if one != "" && one != v.val.str {
				return
			}
			one, shown = v.val.str, v
		}
		if one != "" {
			n.Period = one
			n.Evidence[bill.FieldPeriod] = bill.Evidence{Part: shown.val.part, Text: shown.val.shown}
			return
		}
	}
}

// grace turns a printed number of days of grace into the last safe day.
func (t *task) grace(n *bill.Notice, g []found) {
	days, shown, known := 0, found{}, false
	for _, v := range g {
		if v.field != fieldGrace {
			continue
		}
		if known && days != v.val.days {
			addProblem(n, bill.FieldLastSafeDay, fmt.Sprintf("two different graces: %d and %d days", days, v.val.days))
			return
		}
		days, shown, known = v.val.days, v, true
	}
	if !known || n.LastSafeDay.Known() || !n.DueDate.Known() {
		return
	}
	if days > 60 {
		addProblem(n, bill.FieldLastSafeDay, fmt.Sprintf("%d days of grace are too many to be certain", days))
		return
	}
	n.LastSafeDay = n.DueDate + bill.Day(days)
	n.Evidence[bill.FieldLastSafeDay] = bill.Evidence{Part: shown.val.part, Text: shown.val.shown}
}

// farAhead is how many days after receipt a due date may lie.
const farAhead = 120

// tooMuch is the largest amount believed, in minor units: a thousand million.
const tooMuch = 100_000_000_000

// finish applies the rules that hold for every issuer.
func (t *task) finish(n *bill.Notice, g []found) {
	if settles(n.Kind) && n.Kind != bill.KindZero {
		// What is left after a payment, and by when, is the statement's word.
		for _, f := range []bill.Field{bill.FieldAmountDue, bill.FieldMinimumDue, bill.FieldPenalty, bill.FieldDueDate, bill.FieldLastSafeDay} {
			dropField(n, f)
		}
	}
	t.sign(n)
	t.zero(n, g)
	t.rule(n)
	if n.Kind == bill.KindPayment {
		if p := t.r.paidInFull(t.doc, n.Kind); p != nil {
			n.PaidInFull = true
			t.fared.used = append(t.fared.used, p)
		}
	}
	t.debited(n)
	t.missing(n, g)
	if n.AmountDue.Minor > tooMuch {
		addProblem(n, bill.FieldAmountDue, n.AmountDue.Decimal()+" is too much to be certain")
		clearField(n, bill.FieldAmountDue)
	}
	if n.DueDate.Known() && n.StatementDate.Known() && n.DueDate < n.StatementDate {
		addProblem(n, bill.FieldDueDate, fmt.Sprintf("the due date %s lies before the statement date %s", n.DueDate, n.StatementDate))
		clearField(n, bill.FieldDueDate)
	}
	if n.DueDate > t.received+farAhead && n.Kind != bill.KindArrangement {
		addProblem(n, bill.FieldDueDate, fmt.Sprintf("%s lies more than %d days ahead", n.DueDate, farAhead))
		clearField(n, bill.FieldDueDate)
	}
	if n.Kind == bill.KindOverdue && n.DueDate > t.received {
		addProblem(n, bill.FieldDueDate, fmt.Sprintf("the message calls the bill overdue, but %s is still ahead", n.DueDate))
		clearField(n, bill.FieldDueDate)
	}
	if n.LastSafeDay.Known() && n.DueDate.Known() && n.LastSafeDay < n.DueDate {
		addProblem(n, bill.FieldLastSafeDay, fmt.Sprintf("the last safe day %s lies before the due date %s", n.LastSafeDay, n.DueDate))
		clearField(n, bill.FieldLastSafeDay)
	}
	if n.MinimumDue.Known() && n.AmountDue.Known() && n.MinimumDue.Minor > n.AmountDue.Minor && n.MinimumDue.Currency == n.AmountDue.Currency {
		addProblem(n, bill.FieldAmountDue, fmt.Sprintf("the minimum %s is larger than the amount %s", n.MinimumDue.Decimal(), n.AmountDue.Decimal()))
		clearField(n, bill.FieldAmountDue)
		clearField(n, bill.FieldMinimumDue)
	}
}

// debited notes that a bill mentions its debit, which a notice of the debit
// itself says by its kind.
func (t *task) debited(n *bill.Notice) {
	if n.Kind != bill.KindStatement && n.Kind != bill.KindDueSoon {
		return
	}
	if p := t.doc.first(t.r.autopay, false); p != nil {
		n.Autopay = true
		t.fared.notef("autopay: mentioned by %q", p.source)
		t.fared.used = append(t.fared.used, p)
	}
}

// dropField empties a field together with its problems.
func dropField(n *bill.Notice, f bill.Field) {
	clearField(n, f)
	n.Problems = slices.DeleteFunc(n.Problems, func(p bill.Problem) bool { return p.Field == f })
}

// sign gives negative amounts the meaning that the file states; without one
// they are a problem.
func (t *task) sign(n *bill.Notice) {
	if t.r.negative == "owed" && n.AmountDue.Minor > 0 && n.MinimumDue.Minor == 0 && t.saysOwedIsNegative() {
		addProblem(n, bill.FieldAmountDue, fmt.Sprintf("%s is positive, but the text says that what is owed is negative", n.AmountDue.Decimal()))
		clearField(n, bill.FieldAmountDue)
	}
	for _, f := range []bill.Field{bill.FieldAmountDue, bill.FieldMinimumDue} {
		m := n.AmountDue
		if f == bill.FieldMinimumDue {
			m = n.MinimumDue
		}
		switch {
		case m.Minor >= 0:
		case t.r.negative == "owed":
			setMoney(n, f, bill.Money{Minor: -m.Minor, Currency: m.Currency})
		case t.r.negative == "credit":
			setMoney(n, f, bill.Money{Minor: 0, Currency: m.Currency})
		default:
			addProblem(n, f, fmt.Sprintf("%s is negative; whether it is owed is not certain", m.Decimal()))
			clearField(n, f)
		}
	}
	for _, m := range []struct {
		f bill.Field
		v bill.Money
	}{{bill.FieldPaidAmount, n.PaidAmount}, {bill.FieldPenalty, n.Penalty}} {
		if m.v.Minor < 0 {
			addProblem(n, m.f, m.v.Decimal()+" is negative")
			clearField(n, m.f)
		}
	}
}

func (t *task) saysOwedIsNegative() bool {
	return slices.ContainsFunc(t.doc.lines, func(l line) bool {
		return strings.Contains(l.text, "欠款为-") || strings.Contains(l.text, "欠款为负")
	})
}

// zero turns a bill over nothing into what it is.
func (t *task) zero(n *bill.Notice, g []found) {
	switch n.Kind {
	case bill.KindStatement, bill.KindDueSoon:
	default:
		return
	}
	if hasProblem(n, bill.FieldAmountDue) {
		return
	}
	none := false
	for _, v := range g {
		none = none || (v.field == bill.FieldAmountDue && v.val.none && v.val.text != "-" && !strings.EqualFold(v.val.text, "n/a"))
	}
	if !n.AmountDue.Known() && !n.MinimumDue.Known() && !n.DueDate.Known() && !hasProblem(n, bill.FieldDueDate) && t.saysZero() {
		n.Kind = bill.KindZero
	}
	if (n.AmountDue.Known() && n.AmountDue.Minor == 0) || (none && !n.AmountDue.Known()) {
		n.Kind = bill.KindZero
	}
}

// someAmount is an amount other than nothing.
var someAmount = regexp.MustCompile(`[1-9][0-9,]*\.[0-9]{2}|[0-9]\.(?:[1-9][0-9]|0[1-9])`)

// saysZero reports whether the text says that nothing is to be paid, shows no
// amount at all and hides none.
func (t *task) saysZero() bool {
	shows := func(l line) bool { return someAmount.MatchString(l.text) }
	if slices.ContainsFunc(t.doc.lines, shows) || slices.ContainsFunc(t.parts, hidesText) {
		return false
	}
	return slices.ContainsFunc(t.r.notices, func(n *notice) bool {
		if n.kind != bill.KindZero {
			return false
		}
		ok, _, _ := n.fits(t.doc)
		return ok
	})
}

// missing states what a notice of its kind must say and does not.
func (t *task) missing(n *bill.Notice, g []found) {
	amount := n.AmountDue.Known()
	where := ""
	if !amount && !n.DueDate.Known() && slices.ContainsFunc(t.parts, hidesText) {
		where = "; the bill is in an attachment or picture that cannot be read"
	}
	lacks := func(f bill.Field, known bool, what string) {
		if !known && !hasProblem(n, f) {
			addProblem(n, f, "the message shows no "+what+" that can be read"+where)
		}
	}
	switch n.Kind {
	case bill.KindStatement, bill.KindArrangement:
		lacks(bill.FieldAmountDue, amount, "amount due")
		lacks(bill.FieldDueDate, n.DueDate.Known(), "due date")
	case bill.KindDueSoon, bill.KindOverdue, bill.KindAutopay, bill.KindAutopayFailed:
		// Such a notice may leave to the statement what it does not repeat.
		told := amount || n.MinimumDue.Known() || n.DueDate.Known() || n.DaysLate > 0
		lacks(bill.FieldAmountDue, told, "amount due")
		lacks(bill.FieldDueDate, told, "due date")
		// With a minimum and its day the notice is whole without the full amount.
		whole := n.MinimumDue.Known() && n.DueDate.Known()
		if l := t.strayAmount(g); !amount && !whole && l != "" && !hasProblem(n, bill.FieldAmountDue) {
			addProblem(n, bill.FieldAmountDue, fmt.Sprintf("an amount is shown, but whether it is due is not certain: %q", l))
		}
	case bill.KindPayment:
		lacks(bill.FieldPaidAmount, n.PaidAmount.Known() || n.PaidInFull, "amount paid")
		if l := t.strayAmount(g); !n.PaidAmount.Known() && l != "" && !hasProblem(n, bill.FieldPaidAmount) {
			addProblem(n, bill.FieldPaidAmount, fmt.Sprintf("an amount is shown, but whether it was paid is not certain: %q", l))
		}
	case bill.KindRefund:
		lacks(bill.FieldPaidAmount, n.PaidAmount.Known(), "amount refunded")
	}
}

// explained reports whether a cell holds a label that is never read.
func (t *task) explained(cell string) bool {
	return slices.ContainsFunc(t.r.any.marks(cell, &t.r.lead), func(m mark) bool { return m.label.field == "" })
}

// unexplained reports whether an amount of a cell stands behind other words
// than those of a label that is never read: "从余额宝扣除账单3.00元" holds 余额.
func (t *task) unexplained(cell string) bool {
	marks := t.r.any.marks(cell, &t.r.lead)
	if len(marks) == 0 {
		return false
	}
	for _, loc := range moneyShown.FindAllStringIndex(cell, -1) {
		near := slices.ContainsFunc(marks, func(m mark) bool {
			return m.label.field == "" && m.start <= loc[0] && loc[0]-m.end < wordsBetween
		})
		if !near {
			return true
		}
	}
	return false
}

// wordsBetween is how many bytes may stand between a label and its amount.
const wordsBetween = 16

// moneyShown is an amount with a currency beside it.
var moneyShown = regexp.MustCompile(`(?i)(?:¥|人民币|rmb|cny|us\$|usd|\$|€|£|₹|₺|\brs\.?|\binr|\btry) ?[0-9]|[0-9](?:[.,][0-9]{2})? ?(?:元|円|tl\b)`)

// strayAmount returns a line with an amount that no field took and no label
// that is never read explains: a wording of the amount due that is not known.
func (t *task) strayAmount(g []found) string {
	for i, l := range t.doc.lines {
		taken := slices.ContainsFunc(g, func(v found) bool { typ, _ := fieldTypes(v.field); return v.at == i && typ == typeMoney })
		if taken || !moneyShown.MatchString(l.asserted) {
			continue
		}
		if slices.ContainsFunc(l.cells, t.unexplained) || !slices.ContainsFunc(l.cells, t.explained) {
			return l.text
		}
	}
	return ""
}
