package issuer

import (
	"fmt"
	"slices"
	"strings"

	"repayd/internal/bill"
)

// notices turns the values of one message into notices: one, or one a row,
// order or instalment, and of each one a currency.
func (t *task) notices(values []found) []bill.Notice {
	values = amountElse(fromBalance(values))
	groups, problem := t.split(values)
	var out []bill.Notice
	for _, g := range groups {
		for _, n := range t.notice(t.inCurrency(g)) {
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

// fromBalance reads the balance of an account as what is due where nothing
// clearer is printed: a negative one is owed.
func fromBalance(values []found) []found {
	clear := slices.ContainsFunc(values, func(v found) bool { return v.field == bill.FieldAmountDue || v.field == fieldAmountElse })
	out := slices.DeleteFunc(values, func(v found) bool { return clear && v.field == fieldBalance })
	for i := range out {
		if out[i].field == fieldBalance {
			out[i].field = bill.FieldAmountDue
			out[i].val.amount.Minor = max(-out[i].val.amount.Minor, 0)
			out[i].val.raw.negative = !out[i].val.raw.negative
			out[i].val.credit = out[i].val.amount.Minor == 0
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
	if len(rows) == 0 && t.severalRows() {
		plain, rows = t.repeated(plain)
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
	plain, rows = t.sumsApart(plain, rows, field)
	plain = withoutCopies(plain, rows)
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
	for i := range groups {
		groups[i] = t.inCurrency(groups[i])
	}
	total := amounts(plain, field)
	sums := totalsFit(total, groups, field)
	groups = ownRows(groups, field)
	if len(groups) == 0 || (t.n.rows && t.n.kind == bill.KindStatement && len(total) > 0 && sums && !ownTerms(groups)) {
		// The rows only list what the total sums up.
		return [][]found{plain}, nil
	}
	if !t.severalRows() {
		if sums || len(amounts(rows, field)) == 0 {
			return [][]found{plain}, nil
		}
		return [][]found{append(plain, rows...)}, nil
	}
	var problem *bill.Problem
	if len(total) > 0 && !sums {
		problem = &bill.Problem{Field: field, Why: fmt.Sprintf("the total %s is not the sum of the rows", total[0].Decimal())}
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

// withoutCopies drops what another part of the message says as well: the plain
// text of a mail repeats its tables line by line.
func withoutCopies(values, of []found) []found {
	return slices.DeleteFunc(slices.Clone(values), func(v found) bool {
		return v.val.part != "subject" && slices.ContainsFunc(of, func(o found) bool {
			same := o.val.amount == v.val.amount && o.val.date == v.val.date && o.val.str == v.val.str && o.val.days == v.val.days
			return o.field == v.field && o.val.part != v.val.part && same
		})
	})
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

// totalsFit reports whether every total is the sum of the rows of its
// currency.
func totalsFit(totals []bill.Money, groups [][]found, field bill.Field) bool {
	sums := map[string]int64{}
	for _, g := range groups {
		a := amounts(g, field)
		if len(a) > 1 {
			return false
		}
		for _, m := range a {
			sums[m.Currency] += m.Minor
		}
	}
	for _, m := range totals {
		if sums[m.Currency] != m.Minor {
			return false
		}
	}
	return len(totals) > 0
}

// ownTerms reports whether rows say more of a bill than its amount.
func ownTerms(groups [][]found) bool {
	return slices.ContainsFunc(groups, func(g []found) bool { return has(g, bill.FieldMinimumDue) || has(g, bill.FieldDueDate) })
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
	part := t.doc.lines[starts[0]].part
	inPart := slices.DeleteFunc(slices.Clone(values), func(v found) bool { return v.val.part != part })
	values = withoutCopies(values, inPart)
	var head []found
	for _, v := range values {
		i := len(starts) - 1
		for i >= 0 && v.at < starts[i] {
			i--
		}
		if i < 0 || v.val.part != part {
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
