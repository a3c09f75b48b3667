package issuer

import (
	"fmt"
	"regexp"
	"strings"

	"repayd/internal/bill"
)

// rowTable is the number of the table that the row patterns of a file read.
const rowTable = 1 << 20

// readRows reads the lines that a row pattern fits: one card, or one currency
// of one, a line. A pattern counts only where no digit of the line is left
// over, so that a table with other columns is never read as this one. Two
// patterns that read a line differently read it not at all.
func readRows(d *document, patterns []*pattern, scan scanner) map[int][]found {
	out := map[int][]found{}
	for i, ln := range d.lines {
		if i < d.heads || !strings.ContainsAny(ln.text, "0123456789") {
			continue
		}
		for _, p := range patterns {
			if row := p.rowOf(ln, i, scan); row != nil {
				out[i] = row
				break
			}
		}
	}
	for _, i := range sortedInts(out) {
		for _, j := range []int{i - 1, i + 1} {
			if j >= d.heads && j < len(d.lines) && out[j] == nil && d.lines[j].part == d.lines[i].part && rowLike(d.lines[j].text) {
				v := value{part: d.lines[j].part, text: d.lines[j].text, shown: d.lines[j].text, bad: fmt.Sprintf("%q is not a row that can be read", d.lines[j].text)}
				out[j] = []found{{field: bill.FieldAmountDue, val: v, at: j, table: rowTable, row: j, from: patterns[0]}}
			}
		}
	}
	return out
}

var (
	rowHead   = regexp.MustCompile(`^[\s|]*[0-9]{4}(?:[ (|]|$)`)
	rowAmount = regexp.MustCompile(`[0-9]\.[0-9]{2}(?:[^0-9]|$)`)
)

// rowLike reports whether a line beside a row begins with a card as well and
// shows an amount: a row in a form that no pattern knows must not be lost.
func rowLike(text string) bool {
	card := rowHead.MatchString(text) || cardRun.MatchString(strings.TrimLeft(text, " |"))
	return card && rowAmount.MatchString(text)
}

// rowOf returns the values of a line that p accounts for as a whole.
func (p *pattern) rowOf(ln line, i int, scan scanner) []found {
	loc := p.expr().FindStringSubmatchIndex(ln.text)
	if loc == nil || strings.ContainsAny(ln.text[:loc[0]]+ln.text[loc[1]:], "0123456789") {
		return nil
	}
	var out []found
	for g, c := range p.fills {
		v, ok := scan.whole(c.value, ln.text, loc[2*g+2], loc[2*g+3])
		if !ok {
			return nil
		}
		if c.field == "" {
			continue
		}
		v.part, v.shown = ln.part, strings.TrimSpace(ln.text)
		out = append(out, found{field: c.field, val: v, at: i, table: rowTable, row: i, from: p})
	}
	return out
}

// withRows adds the rows of lines from which the head of a table read nothing.
func withRows(values []found, rows map[int][]found) []found {
	read := map[int]bool{}
	for _, v := range values {
		if v.table != 0 {
			read[v.at] = true
		}
	}
	for _, i := range sortedInts(rows) {
		if !read[i] {
			values = append(values, rows[i]...)
		}
	}
	return values
}

// ownRows keeps the rows of bills: a table without the amount that the kind is
// about lists something else, and of one card a currency in which nothing is
// owed says nothing beside one in which something is.
func ownRows(groups [][]found, field bill.Field) [][]found {
	var out [][]found
	for i, g := range groups {
		if !has(g, field) {
			continue
		}
		empty := owesNothing(g, field)
		for j, o := range groups {
			if empty && i != j && has(o, field) && accountOf(o) == accountOf(g) && (!owesNothing(o, field) || j < i) {
				g = nil
				break
			}
		}
		if g != nil {
			out = append(out, g)
		}
	}
	return out
}

func has(g []found, field bill.Field) bool {
	for _, v := range g {
		if v.field == field {
			return true
		}
	}
	return false
}

func owesNothing(g []found, field bill.Field) bool {
	for _, v := range g {
		if v.field == field && (v.val.bad != "" || (!v.val.none && v.val.amount.Minor != 0)) {
			return false
		}
	}
	return true
}

func accountOf(g []found) string {
	for _, v := range g {
		if v.field == bill.FieldAccount {
			return v.val.str
		}
	}
	return ""
}

// implied is what a cell below no known label can only be: a currency, or a
// masked card number.
func (r *layoutReader) implied(cell string) bill.Field {
	if currencyCell(cell, r.scan.currency) != "" {
		return bill.FieldCurrency
	}
	if run, _, ok := scanTail(cell); ok && strings.Contains(run, "**") {
		return bill.FieldAccount
	}
	return ""
}

// transactions passes over a list of single transactions: a head that holds a
// word of the ledger, and the rows below it. It returns how many lines.
func (r *layoutReader) transactions(i int) int {
	if r.ledger == nil || len(r.lines[i].cells) < 3 {
		return 0
	}
	words := 0
	for _, cell := range r.lines[i].cells {
		if _, n := r.ledger.longest(lowerSame(cell)); n > 0 {
			words++
		}
	}
	if words == 0 {
		return 0
	}
	n := 1
	for i+n < len(r.lines) && r.lines[i+n].part == r.lines[i].part && len(r.lines[i+n].cells) == len(r.lines[i].cells) {
		n++
	}
	return n
}
