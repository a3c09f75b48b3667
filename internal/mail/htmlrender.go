package mail

import (
	"strings"
	"unicode/utf8"
)

const (
	cellSeparator = " | "
	// A cell with more lines than this is a paragraph beside another, not a
	// value; the row is then layout.
	maxCellLines = 6
	// Only short cells are repeated in the rows they span: a card number, a
	// currency, a date, but not an explanation.
	maxRepeated = 40
)

// renderTable returns the lines of a table.
func renderTable(rows [][]cell) []string {
	rows = spreadRows(rows)
	used, data := usedColumns(rows)
	var lines []string
	for _, row := range rows {
		filled := 0
		for _, c := range row {
			if len(c.lines) > 0 {
				filled++
			}
		}
		switch {
		case filled == 0:
		case filled == 1 && !(data && singleLine(row)), isLayout(row):
			for _, c := range row {
				lines = appendLines(lines, c.lines)
			}
		default:
			lines = append(lines, dataRow(row, used))
		}
	}
	return lines
}

// onlyCell reports whether a table is no more than a frame around one cell of
// text: its lines are those of the cell outside.
func onlyCell(rows [][]cell) bool {
	filled := 0
	for _, row := range rows {
		for _, c := range row {
			if len(c.lines) > 0 {
				filled++
				if c.layout || filled > 1 {
					return false
				}
			}
		}
	}
	return true
}

// appendLines appends without copying where there is nothing yet: of deeply
// nested layout tables every level would copy the whole text.
func appendLines(lines, more []string) []string {
	if len(lines) == 0 {
		return more
	}
	return append(lines, more...)
}

func isLayout(row []cell) bool {
	for _, c := range row {
		if c.layout || len(c.lines) > maxCellLines {
			return true
		}
	}
	return false
}

// singleLine reports a row whose one filled cell is one column wide and one
// line high: in a data table its column says what it is.
func singleLine(row []cell) bool {
	for _, c := range row {
		if len(c.lines) > 0 {
			return len(c.lines) == 1 && c.span == 1
		}
	}
	return false
}

// usedColumns tells which columns hold anything in a data row; the others are
// spacers. data reports whether there is any data row.
func usedColumns(rows [][]cell) (used [maxColumns]bool, data bool) {
	for _, row := range rows {
		filled := 0
		for _, c := range row {
			if len(c.lines) > 0 {
				filled++
			}
		}
		if filled == 0 || isLayout(row) || filled == 1 && !singleLine(row) {
			continue
		}
		data = data || filled > 1
		col := 0
		for _, c := range row {
			if len(c.lines) > 0 && col < maxColumns {
				used[col] = true
			}
			col += c.span
		}
	}
	return used, data
}

// dataRow joins the cells of a row, without spacer columns and without empty
// cells at its end.
func dataRow(row []cell, used [maxColumns]bool) string {
	var b strings.Builder
	col, written, pending := 0, false, 0
	for _, c := range row {
		for k := range c.span {
			at := col + k
			if at < maxColumns && !used[at] || at >= maxColumns && len(c.lines) == 0 {
				continue
			}
			if written {
				pending++
			}
			written = true
			if k > 0 || len(c.lines) == 0 {
				continue
			}
			for ; pending > 0; pending-- {
				b.WriteString(cellSeparator)
			}
			b.WriteString(strings.Join(c.lines, " "))
		}
		col += c.span
	}
	return b.String()
}

// spreadRows inserts the cells that span rows into the rows below.
func spreadRows(rows [][]cell) [][]cell {
	type carried struct {
		cell cell
		left int
	}
	spanning := false
	for _, row := range rows {
		for _, c := range row {
			spanning = spanning || c.rows > 1 && len(c.lines) > 0
		}
	}
	if !spanning {
		return rows
	}
	carry := map[int]carried{} // by first column
	out := make([][]cell, 0, len(rows))
	for _, row := range rows {
		var spread []cell
		col := 0
		next := map[int]carried{}
		insert := func() {
			for {
				c, ok := carry[col]
				if !ok {
					return
				}
				spread = append(spread, c.cell)
				if c.left > 1 {
					next[col] = carried{c.cell, c.left - 1}
				}
				col += c.cell.span
			}
		}
		for _, c := range row {
			insert()
			spread = append(spread, c)
			if c.rows > 1 {
				next[col] = carried{repeated(c), c.rows - 1}
			}
			col += c.span
		}
		insert()
		out, carry = append(out, spread), next
	}
	return out
}

// repeated is what a cell that spans rows shows in the rows below its first.
func repeated(c cell) cell {
	if c.layout || len(c.lines) != 1 || utf8.RuneCountInString(c.lines[0]) > maxRepeated {
		c.lines, c.layout = nil, false
	}
	return c
}
