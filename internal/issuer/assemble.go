package issuer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
)

// notices turns the values of one message into notices: one, or one a row,
// order or instalment, and of each one a currency.
func (t *task) notices(values []found) []bill.Notice {
	values = amountElse(values)
	groups, problem := t.split(values)
	var out []bill.Notice
	for _, g := range groups {
		for _, n := range t.notice(g) {
			if problem != nil {
				n.Problems = append(n.Problems, *problem)
				clearField(&n, problem.Field)
			}
			out = append(out, n)
		}
	}
	return out
}

// amountElse lets the weaker amounts stand in where no value is the amount due
// for certain.
func amountElse(values []found) []found {
	clear := slices.ContainsFunc(values, func(v found) bool { return v.field == bill.FieldAmountDue })
	out := slices.DeleteFunc(values, func(v found) bool { return clear && v.field == fieldAmountElse })
	for i := range out {
		if out[i].field == fieldAmountElse {
			out[i].field = bill.FieldAmountDue
		}
	}
	return out
}

// severalRows reports whether one message of this kind may carry several bills.
func (t *task) severalRows() bool {
	return t.n.rows || t.r.terms.Per == bill.PerReference || t.n.kind == bill.KindArrangement
}

// amountField is the field whose amount a kind of notice is about.
func amountField(k bill.Kind) bill.Field {
	if k == bill.KindPayment || k == bill.KindRefund {
		return bill.FieldPaidAmount
	}
	return bill.FieldAmountDue
}

// split groups values by the bill they belong to.
func (t *task) split(values []found) ([][]found, *bill.Problem) {
	var plain, rows []found
	for _, v := range values {
		if v.table > 0 {
			rows = append(rows, v)
		} else {
			plain = append(plain, v)
		}
	}
	if len(rows) > 0 {
		return t.splitTable(plain, rows)
	}
	if t.severalRows() {
		if groups, problem, ok := t.splitReferences(values); ok {
			return groups, problem
		}
	}
	return [][]found{values}, nil
}

// splitTable makes one bill of every row, or one of a table that only lists
// what a total sums up.
func (t *task) splitTable(plain, rows []found) ([][]found, *bill.Problem) {
	field := amountField(t.n.kind)
	var groups [][]found
	index := map[string]int{}
	seen := map[string]bool{}
	for _, v := range rows {
		key := fmt.Sprint(v.val.part, v.table, v.row)
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], v)
	}
	// The same table in the plain and the HTML part counts once.
	groups = slices.DeleteFunc(groups, func(g []found) bool {
		key := rowKey(g)
		again := seen[key] && g[0].val.part != groups[0][0].val.part
		seen[key] = true
		return again
	})
	total, sum := amounts(plain, field), sumOf(groups, field)
	sums := len(total) == 1 && sum.Known() && total[0] == sum
	if !t.severalRows() {
		if sums || len(amounts(rows, field)) == 0 {
			return [][]found{plain}, nil
		}
		return [][]found{append(plain, rows...)}, nil
	}
	var problem *bill.Problem
	if len(total) > 0 && !sums {
		problem = &bill.Problem{Field: field, Why: fmt.Sprintf("the total %s is not the sum of the rows", total[0])}
	}
	for i, g := range groups {
		groups[i] = append(g, shared(plain, g, field)...)
	}
	return groups, problem
}

func rowKey(g []found) string {
	var b strings.Builder
	for _, v := range g {
		fmt.Fprintf(&b, "%s=%s;", v.field, v.val.text)
	}
	return b.String()
}

// shared returns what the head of a message says about all of its rows: never
// an amount, and nothing that the row says itself.
func shared(plain, row []found, field bill.Field) []found {
	var out []found
	for _, v := range plain {
		own := slices.ContainsFunc(row, func(r found) bool { return r.field == v.field })
		if typ, _ := fieldTypes(v.field); own || typ == typeMoney || v.field == bill.FieldReference {
			continue
		}
		out = append(out, v)
	}
	return out
}

func amounts(values []found, field bill.Field) []bill.Money {
	var out []bill.Money
	for _, v := range values {
		if (v.field == field || v.field == fieldTotal) && v.val.amount.Known() && v.val.bad == "" && !slices.Contains(out, v.val.amount) {
			out = append(out, v.val.amount)
		}
	}
	return out
}

func sumOf(groups [][]found, field bill.Field) bill.Money {
	var sum bill.Money
	for _, g := range groups {
		a := amounts(g, field)
		if len(a) != 1 || (sum.Known() && sum.Currency != a[0].Currency) {
			return bill.Money{}
		}
		sum = bill.Money{Minor: sum.Minor + a[0].Minor, Currency: a[0].Currency}
	}
	return sum
}

// splitReferences cuts a message at its order numbers where every piece says
// the same things about its own order; else it reports false.
func (t *task) splitReferences(values []found) ([][]found, *bill.Problem, bool) {
	starts := t.referenceLines(values)
	if len(starts) < 2 {
		return nil, nil, false
	}
	groups := make([][]found, len(starts))
	var head []found
	for _, v := range values {
		i := len(starts) - 1
		for i >= 0 && v.at < starts[i] {
			i--
		}
		if i < 0 || v.val.part != t.doc.lines[starts[0]].part {
			head = append(head, v)
			continue
		}
		groups[i] = append(groups[i], v)
	}
	field := amountField(t.n.kind)
	total, sum := amounts(head, field), sumOf(groups, field)
	if len(total) > 0 && (len(total) > 1 || total[0] != sum) {
		return [][]found{values}, nil, true // which amount belongs to which order is not certain
	}
	if !sum.Known() || !alike(groups) {
		return [][]found{values}, nil, true
	}
	for i, g := range groups {
		groups[i] = append(g, shared(head, g, field)...)
	}
	return groups, nil, true
}

// referenceLines returns the lines on which a new order number stands, in the
// first part that has any.
func (t *task) referenceLines(values []found) []int {
	var starts []int
	seen := map[string]bool{}
	part := ""
	for _, v := range values {
		if v.field != bill.FieldReference || v.val.part == "subject" || (part != "" && part != v.val.part) {
			continue
		}
		part = v.val.part
		if !seen[v.val.str] {
			seen[v.val.str] = true
			starts = append(starts, v.at)
		}
	}
	slices.Sort(starts)
	return slices.Compact(starts)
}

// alike reports whether every group fills the same fields.
func alike(groups [][]found) bool {
	names := func(g []found) string {
		var out []string
		for _, v := range g {
			out = append(out, string(v.field))
		}
		slices.Sort(out)
		return strings.Join(slices.Compact(out), " ")
	}
	for _, g := range groups[1:] {
		if names(g) != names(groups[0]) {
			return false
		}
	}
	return true
}

// notice fills one notice, and one more for each further currency.
func (t *task) notice(g []found) []bill.Notice {
	codes := t.currencies(g)
	var out []bill.Notice
	for _, code := range codes {
		n := t.blank(t.n.kind)
		n.Currency = code
		t.fillMoney(&n, g, code, len(codes) == 1)
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

func (t *task) fillMoney(n *bill.Notice, g []found, code string, only bool) {
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
			n.CutOff = v.val.date.clock
		case bill.FieldLastSafeDay:
			n.LastSafeDay = day
			n.CutOff = v.val.date.clock
		case bill.FieldStatementDate:
			n.StatementDate = day
		case bill.FieldPaidDate:
			n.PaidDate, n.PaidTime = day, v.val.date.clock
		}
		n.Evidence[field] = bill.Evidence{Part: v.val.part, Text: v.val.shown}
	}
}

// oneDay resolves the dates of a field and returns the one they agree on.
func (t *task) oneDay(n *bill.Notice, g []found, field bill.Field) (bill.Day, *found) {
	var day bill.Day
	var first *found
	for i := range g {
		v := &g[i]
		if v.field != field || v.val.none {
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
