package issuer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"repayd/internal/bill"
)

// connector is what may stand between a label and its value: blanks, a colon,
// a note in brackets, "is".
var connector = regexp.MustCompile(`^\)?(?:[\s:：=*│┃｜\[\]【】「」“”"]|\((?:[^()0-9]{0,16})\)|为|是|は|が|共|即|合计|仅|约为|的日期|is\b|of\b|by\b|on\b|-> ?)*`)

// standingNote is a note in brackets that says which way the amount behind it
// is: no connector, but part of the value.
var standingNote = regexp.MustCompile(`\((?:存款|溢缴款|贷方余额|贷方|欠款)\)`)

// connected is the length of the connector that text begins with.
func connected(text string) int {
	link := connector.FindString(text)
	if loc := standingNote.FindStringIndex(link); loc != nil {
		return loc[0]
	}
	return len(link)
}

// layoutReader finds the values of labels in a document.
type layoutReader struct {
	tree   forest
	leads  *leads
	scan   scanner
	lines  []line
	marked [][][]mark // by line and cell
	out    []found
	tables int
	ledger *labelTree
	in     []string     // the currency of the section of each line
	rows   map[int]bool // lines that a row pattern reads
	doubt  map[int]bool // lines on which labels stand side by side
}

// readLabels returns every value that stands beside a label.
func readLabels(lines []line, tree forest, l *leads, scan scanner) []found {
	r := &layoutReader{tree: tree, leads: l, scan: scan, lines: lines, doubt: map[int]bool{}}
	return r.read()
}

func (r *layoutReader) read() []found {
	lines := slices.Clone(r.lines)
	r.lines = lines
	r.marked = make([][][]mark, len(lines))
	for i, ln := range lines {
		r.marked[i] = make([][]mark, len(ln.cells))
		for c, cell := range ln.cells {
			r.marked[i][c] = r.tree.marks(cell, r.leads)
		}
	}
	r.in = r.sections()
	for i := 0; i < len(lines); {
		if n := r.transactions(i); n > 0 {
			i += n
			continue
		}
		r.flatten(i)
		if n := r.currencyHead(i); n > 0 {
			i += n
			continue
		}
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
		for k, passed := 0, 0; k < len(r.marked[i][c]); k++ {
			m := r.marked[i][c][k]
			if k >= passed {
				passed = k + r.sideBySide(i, c, k)
			}
			if k < passed || !m.whole || m.label.field == "" || (m.label.field == bill.FieldAccount && payerBefore.MatchString(cell[:m.start])) {
				continue
			}
			end := len(cell)
			if k+1 < len(r.marked[i][c]) {
				end = r.marked[i][c][k+1].start
			}
			rest := cell[m.end:end]
			rest = rest[connected(rest):]
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
	if i+1 < len(r.lines) && r.lines[i+1].part == r.lines[i].part && alone(r.lines[i].cells, c) && !r.rows[i+1] {
		next := r.lines[i+1]
		if first := firstCell(next.cells); first >= 0 && len(r.marked[i+1][first]) == 0 {
			r.take(m, i+1, shown, strings.Join(next.cells[first:], " "))
		}
	}
}

func isLatin(label string) bool { return label != "" && label[0] < 0x80 }

func onlySign(s string) bool {
	if len(s) > 12 || s == "" || digit(s[0]) {
		return false
	}
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

// between is a link that stands between a label and its value.
var between = regexp.MustCompile(`^(?:\(?(?:https?://|www\.)[^\s()|]+\)?[\s|]*|[\[(<]?(?:点击|点此|点我)?(?:立即|马上|我要|快速|一键)?(?:还款|查看|查询|查看明细|查看详情|账单详情|账单明细|账单分期|分期还款|了解详情|详情)[\])>]?[\s|]+)+`)

// take reads the value at the start of text for the label m.
func (r *layoutReader) take(m mark, i int, shown, text string) {
	text = text[len(between.FindString(text)):]
	if typ, _ := fieldTypes(m.label.field); typ == typeMoney {
		text = text[len(inWords.FindString(text)):]
	}
	text = strings.TrimLeft(text, ": ")
	values := r.scan.values(m.label.field, text)
	if values == nil && !isLatin(shown) {
		if skip := foreignWords.FindString(text); skip != "" && len(skip) < len(text) {
			values = r.scan.values(m.label.field, text[len(skip):])
		}
	}
	for _, v := range values {
		if m.label.field == bill.FieldAccount && payerAfter.MatchString(text[strings.Index(text, v.text)+len(v.text):]) {
			continue
		}
		r.emit(m, i, shown, v, 0, 0)
	}
}

// The card or account that pays a bill is not the one that owes it:
// "从您尾号1234的储蓄卡扣款", "约定账户(尾号1234)".
var (
	payerBefore = regexp.MustCompile(`(?:储蓄卡|借记卡|银行卡|一卡通|账户|帐户|账号|存折)(?:为|是)? ?[(:]? ?$`)
	payerAfter  = regexp.MustCompile(`^ ?\)? ?的?(?:[^\s,。;、|()0-9]{0,8}?)(?:储蓄卡|借记卡|银行卡|一卡通|存折|储蓄账户|活期账户|扣款账户|付款账户|账户(?:自动)?(?:扣|划|支付))`)
)

func (r *layoutReader) emit(m mark, i int, shown string, v value, table, row int) {
	v = v.printedIn(m.in, r.in[i])
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
	if !slices.ContainsFunc(r.marked[i], func(m []mark) bool { return len(m) > 0 }) {
		return false
	}
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
		if len(r.marked[j][c]) > 0 && !r.scan.isValue(b.cells[c]) {
			return false
		}
		m, ok := r.headMark(i, c)
		if !ok || b.cells[c] == "" {
			continue
		}
		values := r.scan.values(m.label.field, b.cells[c])
		if r.rows[j] && (values == nil || values[0].bad != "") {
			return false // a row of another table
		}
		if slices.ContainsFunc(values, func(v value) bool { return v.bad == "" }) {
			hits++
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
		if cell == "" {
			continue
		}
		if !ok {
			if f := r.implied(cell); f != "" && len(r.marked[i][c]) == 0 {
				m = mark{label: &label{field: f, from: &pattern{source: "a cell of the row"}}}
			} else {
				continue
			}
		}
		values := r.scan.values(m.label.field, cell)
		if values == nil && m.label.field == bill.FieldCurrency {
			values = []value{{text: cell, bad: fmt.Sprintf("%q is not a currency that is known", cell)}}
		}
		for _, v := range values {
			r.emit(m, j, r.lines[i].cells[c]+" | "+cell, v, table, j-i)
		}
	}
}
