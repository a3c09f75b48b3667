package issuer

import (
	"fmt"

	"repayd/internal/bill"
)

// Text that lost its table may also print all labels of a bill below one
// another and their values after the last one.

// block reads a stack of labels followed by an equal stack of values, or by one
// line with as many cells.
func (r *layoutReader) block(i int) int {
	n := 0
	var labels []int // the line of each label; its English name below is not one more
	for i+n < len(r.lines) && r.labelOnly(i+n) {
		if len(labels) == 0 || !r.translates(labels[len(labels)-1], i+n) {
			labels = append(labels, i+n)
		}
		n++
	}
	if len(labels) < 2 && n == len(labels) || i+2*n > len(r.lines) && n == len(labels) {
		return 0
	}
	values, used := r.stack(i+n, len(labels))
	if used == 0 {
		return 0
	}
	if len(values) != len(labels) && len(values) != 2*len(labels) {
		r.undealt(labels, i+n)
		return n // which value belongs to which label is not certain
	}
	for k, at := range labels {
		m := r.marked[at][0][0]
		if m.label.field == "" || !m.whole {
			continue
		}
		for _, v := range r.deal(values, len(labels), k, m.label.field) {
			r.emit(m, i+n+k*used/len(labels), r.lines[at].text, v, 0, 0)
		}
	}
	return n + used
}

// stack returns the values that stand below one another from line j on, or in
// the cells of that one line where they are n, and how many lines they take.
func (r *layoutReader) stack(j, n int) (values []string, used int) {
	for j+used < len(r.lines) && r.valueOnly(j+used) {
		values = append(values, r.lines[j+used].cells[0])
		used++
	}
	if used > 0 || j >= len(r.lines) || n < 2 || len(r.lines[j].cells) != n || r.rows[j] {
		return values, used
	}
	for c, cell := range r.lines[j].cells {
		if len(r.marked[j][c]) > 0 || !startsValue(cell) {
			return nil, 0
		}
	}
	return r.lines[j].cells, 1
}

// startsValue reports whether a cell begins like a value and not like words.
func startsValue(cell string) bool {
	if _, ok := noAmount(cell); ok || startsNumber(cell) {
		return true
	}
	n, _ := currencyAt(cell)
	return n > 0
}

// undealt makes a problem of labels whose values stand below them in another
// number: an amount of theirs must not be missing without a word.
func (r *layoutReader) undealt(labels []int, below int) {
	for _, at := range labels {
		m := r.marked[at][0][0]
		if m.whole && m.label.field == bill.FieldAmountDue {
			text := r.lines[below].cells[0]
			r.emit(m, below, r.lines[at].text, value{text: text, bad: fmt.Sprintf("%q stands below several labels", text)}, 0, 0)
		}
	}
}

// translates reports whether line j names the label of line i in English.
func (r *layoutReader) translates(i, j int) bool {
	a, b := r.marked[i][0][0], r.marked[j][0][0]
	return a.label.field == b.label.field && a.label.field != "" &&
		!isLatin(r.lines[i].cells[0][a.start:]) && isLatin(r.lines[j].cells[0][b.start:])
}

// labelOnly reports whether a line holds one label, in one language or two, and
// nothing else. The head of a section of one currency ("人民币账户") is none.
func (r *layoutReader) labelOnly(i int) bool {
	l := r.lines[i]
	if len(l.cells) != 1 || len(r.marked[i][0]) == 0 || currencyCell(l.cells[0], r.scan.currency) != "" {
		return false
	}
	marks := r.marked[i][0]
	if !marks[0].whole || marks[0].start >= 24 {
		return false
	}
	for k := 1; k < len(marks); k++ {
		if !gap.MatchString(l.cells[0][marks[k-1].end:marks[k].start]) {
			return false
		}
	}
	rest := l.cells[0][marks[len(marks)-1].end:]
	return len(connector.FindString(rest)) == len(rest)
}

func (r *layoutReader) valueOnly(i int) bool {
	l := r.lines[i]
	return len(l.cells) == 1 && (len(r.marked[i][0]) == 0 || standing.MatchString(l.cells[0])) && r.scan.isValue(l.cells[0])
}
