package issuer

import (
	"regexp"
	"slices"

	"repayd/internal/bill"
)

// currencyHead reads a table with a column a currency: a line of names of
// currencies above lines that begin with a label and hold as many values. It
// returns how many lines it consumed.
func (r *layoutReader) currencyHead(i int) int {
	codes := r.currencyColumns(i)
	if codes == nil {
		return 0
	}
	n := 1
	for ; i+n < len(r.lines); n++ {
		j := i + n
		l := r.lines[j]
		if l.part != r.lines[i].part || len(l.cells) != len(codes) || len(r.marked[j][0]) == 0 {
			break
		}
		m := r.marked[j][0][len(r.marked[j][0])-1]
		if typ, _ := fieldTypes(m.label.field); !m.whole || m.label.field == "" || typ != typeMoney {
			continue
		}
		for c := 1; c < len(codes); c++ {
			for _, v := range r.scan.values(m.label.field, l.cells[c]) {
				in := m
				in.in = codes[c]
				r.emit(in, j, l.cells[0]+" | "+r.lines[i].cells[c], v, 0, 0)
			}
		}
	}
	if n == 1 {
		return 0
	}
	return n
}

// currencyColumns returns the currency of each column, nil unless every column
// but the first names one and they differ.
func (r *layoutReader) currencyColumns(i int) []string {
	cells := r.lines[i].cells
	if len(cells) < 3 || currencyCell(cells[0], r.scan.currency) != "" {
		return nil
	}
	codes := make([]string, len(cells))
	seen := map[string]bool{}
	for c := 1; c < len(cells); c++ {
		code := currencyCell(cells[c], r.scan.currency)
		if code == "" || seen[code] {
			return nil
		}
		codes[c], seen[code] = code, true
	}
	return codes
}

// sumRow is a row that adds up the others.
var sumRow = regexp.MustCompile(`(?i)^[\s|]*(?:合计|总计|共计|小计|合計|総計|grand total|totals?|sum)(?: ?\([^()]*\))?[\s:|]`)

// sumsApart takes the rows that add up the others out of a table: their amounts
// are totals that the rows must come to, and no bill of their own.
func (t *task) sumsApart(plain, rows []found, field bill.Field) (rest, bills []found) {
	rest = slices.Clone(plain)
	for _, v := range rows {
		switch {
		case v.at >= len(t.doc.lines) || !sumRow.MatchString(t.doc.lines[v.at].text):
			bills = append(bills, v)
		case v.field == field:
			v.field, v.table, v.row = fieldTotal, 0, 0
			rest = append(rest, v)
		}
	}
	return rest, bills
}
