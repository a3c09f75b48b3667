package issuer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"repayd/internal/bill"
)

// repeated makes rows of a sentence that occurs several times and says each
// time how much is due and when: the schedules of instalment lenders are lines
// and no tables. plain is returned without them.
func (t *task) repeated(values []found) (plain, rows []found) {
	index, count := t.sentenceRows(values)
	if !slices.ContainsFunc(values, func(v found) bool { return count[v.val.part] > 1 }) {
		return values, nil
	}
	order := orderNumber(values)
	for _, v := range values {
		row := index[v.sentenceKey()]
		if row == 0 {
			plain = append(plain, v)
			continue
		}
		v.table, v.row = sentenceTable, row
		rows = append(rows, v)
		if v.field == bill.FieldDueDate && order != nil {
			rows = append(rows, numbered(*order, v, count[v.val.part]))
		}
	}
	return plain, rows
}

// sentenceRows numbers the rows that the sentence which occurs most makes of a
// part; a second one that fits the same lines adds none.
func (t *task) sentenceRows(values []found) (row, count map[string]int) {
	amount := amountField(t.n.kind)
	row, count = map[string]int{}, map[string]int{}
	of := map[string]map[string]int{} // by part and sentence
	best := map[string]string{}
	for _, v := range values {
		key := v.sentenceKey()
		if key == "" || row[key] > 0 || !v.from.says(amount) || !v.from.says(bill.FieldDueDate) {
			continue
		}
		if of[v.val.part] == nil {
			of[v.val.part] = map[string]int{}
		}
		of[v.val.part][v.from.source]++
		row[key] = of[v.val.part][v.from.source]
		if n := row[key]; n > count[v.val.part] {
			count[v.val.part], best[v.val.part] = n, v.from.source
		}
	}
	for _, v := range values {
		if v.match > 0 && v.from.source != best[v.val.part] {
			delete(row, v.sentenceKey())
		}
	}
	return row, count
}

// sentenceTable stands for the table that repeated sentences make.
const sentenceTable = 1 << 20

// sentenceKey tells the sentences of one message apart, "" for a label.
func (f found) sentenceKey() string {
	if f.match == 0 {
		return ""
	}
	return fmt.Sprint(f.val.part, f.from.source, f.begins, f.match)
}

// says reports whether a sentence captures a field.
func (p *pattern) says(f bill.Field) bool {
	return slices.ContainsFunc(p.fills, func(c capture) bool { return c.field == f })
}

// orderNumber returns the one order number of a message.
func orderNumber(values []found) *found {
	var one *found
	for i, v := range values {
		if v.field != bill.FieldReference || v.val.bad != "" || partNumber.MatchString(v.val.str) {
			continue
		}
		if one != nil && one.val.str != v.val.str {
			return nil
		}
		one = &values[i]
	}
	return one
}

// numbered gives the order number to one row of its schedule, which counts the
// row unless that prints its own number.
func numbered(order, row found, of int) found {
	order.table, order.row, order.at = row.table, row.row, row.at
	order.val.part = row.val.part
	order.val.str = fmt.Sprintf("%s %d/%d", order.val.str, row.row, of)
	return order
}

// partNumber is the number of an instalment alone: "2/4".
var partNumber = regexp.MustCompile(`^[0-9]{1,3}(?:/[0-9]{1,3})?$`)

// instalmentNumbers joins an order number and the number of its instalment,
// which together are the identity of one instalment: "112233 2/4".
func instalmentNumbers(g []found) []found {
	order := orderNumber(g)
	if order == nil || strings.Contains(order.val.str, " ") {
		return g
	}
	joined := false
	out := slices.Clone(g)
	for i, v := range out {
		if v.field == bill.FieldReference && partNumber.MatchString(v.val.str) && strings.Contains(v.val.str, "/") {
			out[i].val.str = order.val.str + " " + v.val.str
			joined = true
		}
	}
	if !joined {
		return g
	}
	return slices.DeleteFunc(out, func(v found) bool { return v.field == bill.FieldReference && v.val.str == order.val.str })
}
