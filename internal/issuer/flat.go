package issuer

import (
	"regexp"
	"strings"

	"repayd/internal/bill"
)

// Text that lost its table prints labels side by side and their values behind
// them or on the next line. Which value belongs to which label is certain only
// where their counts agree and every one is of its label's type.

// gap is what may stand between two labels of one line.
var gap = regexp.MustCompile(`^[\s/:：,、]*(?:\([^()0-9]{0,12}\))?[\s/:：,、]*$`)

// columns merges the marks of a cell into columns: a Chinese label and the
// English one behind it are one. It reports false where anything but labels
// stands before the end of the last one.
func columns(cell string, marks []mark) (cols []mark, ok bool) {
	end := 0
	for _, m := range marks {
		if !gap.MatchString(cell[end:m.start]) {
			return nil, false
		}
		if n := len(cols); n > 0 && cols[n-1].label.field == m.label.field && isLatin(cell[m.start:]) && !isLatin(cell[cols[n-1].start:]) {
			cols[n-1].end = m.end
		} else {
			cols = append(cols, m)
		}
		end = m.end
	}
	return cols, true
}

// flatten gives cells to labels that stand side by side in one line above as
// many values in the next one.
func (r *layoutReader) flatten(i int) {
	if i+1 >= len(r.lines) || len(r.lines[i].cells) != 1 || len(r.marked[i][0]) < 2 || len(r.marked[i+1][0]) > 0 || r.lines[i].part != r.lines[i+1].part {
		return
	}
	cell := r.lines[i].cells[0]
	cols, ok := columns(cell, r.marked[i][0])
	if !ok || len(cols) < 2 || !gap.MatchString(cell[cols[len(cols)-1].end:]) {
		return
	}
	tokens := r.lines[i+1].cells
	if len(tokens) == 1 {
		var whole bool
		if tokens, whole = r.scan.tokens(tokens[0]); !whole {
			return
		}
	}
	if len(tokens) != len(cols) {
		return
	}
	cells := make([]string, len(cols))
	marked := make([][]mark, len(cols))
	for k, m := range cols {
		if m.label.field != "" && r.scan.values(m.label.field, tokens[k]) == nil {
			return
		}
		cells[k] = cell[m.start:m.end]
		// Blanks between Chinese labels are folded away: what begins where a
		// label ends is whole.
		marked[k] = []mark{{m.label, 0, len(cells[k]), m.whole || k > 0, m.in}}
	}
	r.lines[i].cells, r.marked[i] = cells, marked
	r.lines[i+1].cells, r.marked[i+1] = tokens, make([][]mark, len(tokens))
}

// tokens cuts the values off the start of a line; whole reports that there is
// nothing else.
func (s scanner) tokens(text string) (out []string, whole bool) {
	for text = strings.TrimLeft(text, " |"); text != ""; text = strings.TrimLeft(text, " |/") {
		n := s.tokenLen(text)
		if n == 0 {
			return out, false
		}
		out = append(out, strings.TrimSpace(text[:n]))
		text = text[n:]
	}
	return out, true
}

func (s scanner) tokenLen(text string) int {
	if d, ok := scanDate(text, s.dateOrder); ok && !d.span {
		return len(d.text)
	}
	if a, ok := scanMoney(text); ok {
		return len(a.text) + len(text) - len(strings.TrimLeft(text, " "))
	}
	if w, ok := noAmount(text); ok {
		return strings.Index(text, w) + len(w)
	}
	if run, _, ok := scanTail(text); ok && strings.Contains(run, "*") {
		return len(run)
	}
	return 0
}

// behindAmount is an amount that ends where a label begins.
var behindAmount = regexp.MustCompile(`[0-9] ?(?:元|円|RMB|CNY|USD)?$`)

// sideBySide reads labels of different fields that stand directly one behind
// the other, "本期应还金额 最低还款额 ¥12.00 ¥1.20", and returns how many marks
// of the cell it consumed: their values are dealt out, or not read at all.
func (r *layoutReader) sideBySide(i, c, k int) int {
	cell, marks := r.lines[i].cells[c], r.marked[i][c]
	if behindAmount.MatchString(cell[:marks[k].start]) {
		return 0 // "¥12.00待还款,最晚还款日": a clause with its amount, and a label
	}
	n := 1
	for k+n < len(marks) && apart(marks[k+n-1], marks[k+n]) && gap.MatchString(cell[marks[k+n-1].end:marks[k+n].start]) {
		if f := marks[k+n-1].label.field; (f == bill.FieldDaysLate || f == fieldAmountElse) && strings.HasPrefix(cell[marks[k+n-1].end:], ",") {
			break // "已逾期,逾期金额100元", "到期还款,应还100元": a clause, and a label
		}
		n++
	}
	cols, ok := columns(cell[marks[k].start:], shifted(marks[k:k+n]))
	if !ok || len(cols) < 2 || sameField(cols) {
		return 0
	}
	end := len(cell)
	if k+n < len(marks) {
		end = marks[k+n].start
	}
	text := cell[marks[k+n-1].end:end]
	if gap.MatchString(text) && len(r.lines[i].cells) > 1 {
		return 0 // labels of one cell, values elsewhere
	}
	tokens, _ := r.scan.tokens(strings.TrimLeft(text, " :/|"))
	r.doubt[i] = true
	for t, m := range cols {
		m.start, m.end = m.start+marks[k].start, m.end+marks[k].start
		for _, v := range r.deal(tokens, len(cols), t, m.label.field) {
			if m.whole && m.label.field != "" {
				r.emit(m, i, cell[m.start:m.end], v, 0, 0)
			}
		}
	}
	return n
}

// apart reports whether two labels are not one phrase: something stands
// between them, or one names what is due and the other the minimum.
func apart(a, b mark) bool {
	sums := func(f, g bill.Field) bool { return f == bill.FieldAmountDue && g == bill.FieldMinimumDue }
	return a.end < b.start || sums(a.label.field, b.label.field) || sums(b.label.field, a.label.field)
}

func shifted(marks []mark) []mark {
	out := make([]mark, len(marks))
	for i, m := range marks {
		m.start, m.end = m.start-marks[0].start, m.end-marks[0].start
		out[i] = m
	}
	return out
}

func sameField(cols []mark) bool {
	for _, m := range cols {
		if m.label.field != cols[0].label.field {
			return false
		}
	}
	return true
}

// deal gives the values of label t out of n: one each, or one a currency where
// every label has the same signs in the same order.
func (r *layoutReader) deal(tokens []string, n, t int, field bill.Field) []value {
	if len(tokens) == n {
		return r.scan.values(field, tokens[t])
	}
	if len(tokens) != 2*n {
		return nil
	}
	var out []value
	for i := range tokens {
		a, ok := scanMoney(tokens[i])
		first, _ := scanMoney(tokens[i%2])
		if !ok || a.currency == "" || a.currency != first.currency || (i == 1 && a.currency == tokenCurrency(tokens[0])) {
			return nil
		}
		if i/2 == t {
			out = append(out, r.scan.amount(a))
		}
	}
	if typ, _ := fieldTypes(field); typ != typeMoney {
		return nil
	}
	return out
}

func tokenCurrency(s string) string {
	a, _ := scanMoney(s)
	return a.currency
}
