package issuer

import (
	"regexp"
	"strings"

	"repayd/internal/bill"
)

// found is one value beside a label, or captured by a sentence.
type found struct {
	field bill.Field
	val   value
	at    int // line
	// table and row place a value that was read below the head of a table with
	// several rows; table 0 is none.
	table, row int
	from       *pattern
	// match and begins are where the sentence begins that said it; match is 0
	// beside a label.
	match, begins int
}

// value is one parsed value of a field.
type value struct {
	text   string // as printed
	part   string
	shown  string // label and value, for evidence
	amount bill.Money
	date   dateText
	str    string // tail, reference, period, currency
	days   int
	clock  bill.Clock
	none   bool   // the text says that there is no amount
	bare   bool   // an amount that is only digits
	bad    string // why the run was refused
}

// connector is what may stand between a label and its value: blanks, a colon,
// a note in brackets, "is".
var connector = regexp.MustCompile(`^(?:[\s:：=*\[\]【】「」“”"]|\((?:[^()0-9]{0,16})\)|为|是|は|が|共|即|合计|仅|约为|的日期|is\b|of\b|by\b|on\b|-> ?)*`)

// layoutReader finds the values of labels in a document.
type layoutReader struct {
	tree   forest
	leads  *leads
	scan   scanner
	lines  []line
	marked [][][]mark // by line and cell
	out    []found
	tables int
}

// readLabels returns every value that stands beside a label.
func readLabels(lines []line, tree forest, l *leads, scan scanner) []found {
	r := &layoutReader{tree: tree, leads: l, scan: scan, lines: lines}
	r.marked = make([][][]mark, len(lines))
	for i, ln := range lines {
		r.marked[i] = make([][]mark, len(ln.cells))
		for c, cell := range ln.cells {
			r.marked[i][c] = tree.marks(cell, l)
		}
	}
	for i := 0; i < len(lines); {
		if n := r.head(i); n > 0 {
			i += n
			continue
		}
		if n := r.block(i); n > 0 {
			i += n
			continue
		}
		r.line(i)
		i++
	}
	return r.out
}

// line reads the labels of one line whose value follows in the same cell, the
// next cell or the next line.
func (r *layoutReader) line(i int) {
	for c, cell := range r.lines[i].cells {
		for k, m := range r.marked[i][c] {
			if !m.whole || m.label.field == "" {
				continue
			}
			end := len(cell)
			if k+1 < len(r.marked[i][c]) {
				end = r.marked[i][c][k+1].start
			}
			rest := cell[m.end:end]
			rest = rest[len(connector.FindString(rest)):]
			switch {
			case strings.TrimSpace(rest) != "":
				// The run may reach past the next label; scan all that follows.
				r.take(m, i, cell[m.start:], cell[end-len(rest):])
			case end == len(cell):
				r.beyond(m, i, c)
			}
			// Otherwise two labels stand side by side, "到期还款日 Payment Due
			// Date 2026/08/25", and the second one reads the value.
		}
	}
}

// beyond looks for a value outside the label's own cell.
func (r *layoutReader) beyond(m mark, i, c int) {
	cells := r.lines[i].cells
	shown := cells[c][m.start:]
	for n := c + 1; n < len(cells); n++ {
		if cells[n] == "" {
			continue
		}
		if len(r.marked[i][n]) > 0 {
			return
		}
		text := cells[n]
		for k := n + 1; k < len(cells) && len(r.marked[i][k]) == 0; k++ {
			// "¥ | 12.00" is one amount, "¥12.00 | $3.00" two of one label.
			if sign, _ := currencyAt(cells[k]); sign == 0 && !onlySign(cells[k-1]) {
				break
			}
			text += " " + cells[k]
		}
		r.take(m, i, shown, text)
		return
	}
	if i+1 < len(r.lines) && r.lines[i+1].part == r.lines[i].part && alone(r.lines[i].cells, c) {
		next := r.lines[i+1]
		if first := firstCell(next.cells); first >= 0 && len(r.marked[i+1][first]) == 0 {
			r.take(m, i+1, shown, strings.Join(next.cells[first:], " "))
		}
	}
}

func isLatin(label string) bool { return label != "" && label[0] < 0x80 }

func onlySign(s string) bool {
	n, _ := currencyAt(s)
	return n > 0 && strings.TrimSpace(s[n:]) == ""
}

func alone(cells []string, c int) bool { return firstCell(cells) == c }

func firstCell(cells []string) int {
	for i, s := range cells {
		if s != "" {
			return i
		}
	}
	return -1
}

// foreignWords are Latin words between a label and its value that are not in
// any list: "本期应还款额 New Balance 人民币(CNY) 99.80".
var foreignWords = regexp.MustCompile(`^[A-Za-z][A-Za-z.]*(?: [A-Za-z][A-Za-z.]*){0,4}(?: ?: ?| )`)

// take reads the value at the start of text for the label m.
func (r *layoutReader) take(m mark, i int, shown, text string) {
	text = strings.TrimLeft(text, ": ")
	values := r.scan.values(m.label.field, text)
	if values == nil && !isLatin(shown) {
		if skip := foreignWords.FindString(text); skip != "" && len(skip) < len(text) {
			values = r.scan.values(m.label.field, text[len(skip):])
		}
	}
	for _, v := range values {
		r.emit(m, i, shown, v, 0, 0)
	}
}

func (r *layoutReader) emit(m mark, i int, shown string, v value, table, row int) {
	v.part = r.lines[i].part
	v.shown = evidenceText(shown, v.text)
	r.out = append(r.out, found{field: m.label.field, val: v, at: i, table: table, row: row, from: m.label.from})
}

// evidenceText shows a label with its value in at most a line.
func evidenceText(shown, text string) string {
	if i := strings.Index(shown, text); i >= 0 {
		return shown[:i+len(text)]
	}
	return strings.TrimSpace(shown) + " " + text
}

// head reads a table: a line of labels, each alone in its cell, above lines
// with as many cells. It returns how many lines it consumed.
func (r *layoutReader) head(i int) int {
	cells := r.lines[i].cells
	if len(cells) < 2 || !r.isHead(i) {
		return 0
	}
	rows := 0
	for j := i + 1; j < len(r.lines) && r.isRow(i, j); j++ {
		rows++
	}
	if rows == 0 {
		return 0
	}
	table := 0
	if rows > 1 {
		r.tables++
		table = r.tables
	}
	for j := i + 1; j <= i+rows; j++ {
		r.tableRow(i, j, table)
	}
	return rows + 1
}

// isHead reports whether a line is the head of a table: at least one label
// that is read, every label alone in its cell, no values.
func (r *layoutReader) isHead(i int) bool {
	labels, read := 0, false
	for c, cell := range r.lines[i].cells {
		marks := r.marked[i][c]
		if len(marks) == 0 {
			if cell != "" && r.scan.isValue(cell) {
				return false
			}
			continue
		}
		for k, m := range marks {
			last := k == len(marks)-1
			if last && strings.Trim(cell[m.end:], " :") != "" && !unitNote.MatchString(cell[m.end:]) {
				return false
			}
			read = read || (m.whole && m.label.field != "")
		}
		labels++
	}
	return read && labels >= 1
}

var unitNote = regexp.MustCompile(`^ ?\([^()0-9]{1,12}\) ?:?$|^/[元%]$`)

// isRow reports whether line j holds values for the head i.
func (r *layoutReader) isRow(i, j int) bool {
	a, b := r.lines[i], r.lines[j]
	if a.part != b.part || len(a.cells) != len(b.cells) {
		return false
	}
	hits := 0
	for c := range b.cells {
		if len(r.marked[j][c]) > 0 {
			return false
		}
		m, ok := r.headMark(i, c)
		if !ok || b.cells[c] == "" {
			continue
		}
		for _, v := range r.scan.values(m.label.field, b.cells[c]) {
			if v.bad == "" {
				hits++
				break
			}
		}
	}
	return hits > 0
}

// headMark returns the label of column c of the head at line i.
func (r *layoutReader) headMark(i, c int) (mark, bool) {
	marks := r.marked[i][c]
	if len(marks) == 0 {
		return mark{}, false
	}
	m := marks[0]
	return m, m.whole && m.label.field != ""
}

func (r *layoutReader) tableRow(i, j, table int) {
	for c, cell := range r.lines[j].cells {
		m, ok := r.headMark(i, c)
		if !ok || cell == "" {
			continue
		}
		for _, v := range r.scan.values(m.label.field, cell) {
			r.emit(m, j, r.lines[i].cells[c]+" | "+cell, v, table, j-i)
		}
	}
}

// block reads a stack of labels followed by an equal stack of values.
func (r *layoutReader) block(i int) int {
	n := 0
	for i+n < len(r.lines) && r.labelOnly(i+n) {
		n++
	}
	if n < 2 || i+2*n > len(r.lines) {
		return 0
	}
	values := 0
	for i+n+values < len(r.lines) && r.valueOnly(i+n+values) {
		values++
	}
	if values != n {
		return n // which value belongs to which label is not certain
	}
	for k := range n {
		m := r.marked[i+k][0][0]
		if m.label.field == "" || !m.whole {
			continue
		}
		text := r.lines[i+n+k].cells[0]
		for _, v := range r.scan.values(m.label.field, text) {
			r.emit(m, i+n+k, r.lines[i+k].text, v, 0, 0)
		}
	}
	return 2 * n
}

func (r *layoutReader) labelOnly(i int) bool {
	l := r.lines[i]
	if len(l.cells) != 1 || len(r.marked[i][0]) == 0 {
		return false
	}
	marks := r.marked[i][0]
	rest := l.cells[0][marks[len(marks)-1].end:]
	return marks[0].whole && marks[0].start < 24 && len(connector.FindString(rest)) == len(rest)
}

func (r *layoutReader) valueOnly(i int) bool {
	l := r.lines[i]
	return len(l.cells) == 1 && len(r.marked[i][0]) == 0 && r.scan.isValue(l.cells[0])
}
