package mail

import (
	"bytes"

	"golang.org/x/net/html/atom"
)

// frameKind is what collects text or cells.
type frameKind int

const (
	noFrame frameKind = iota
	blockFrame
	cellFrame
	rowFrame
	tableFrame
)

// frame collects lines (document, cell), cells (row) or rows (table).
type frame struct {
	kind  frameKind
	lines []string
	cur   []byte
	// layout is set where a table inside gave several lines.
	layout  bool
	gone    bool // hidden, so the cell takes no column
	colspan int
	rowspan int
	cells   []cell
	rows    [][]cell
}

// cell is one finished cell.
type cell struct {
	lines  []string
	layout bool
	span   int // columns
	rows   int
}

// write adds text to the current line; line breaks in the source are blanks.
func (f *frame) write(text []byte) {
	start := len(f.cur)
	f.cur = append(f.cur, text...)
	for i, c := range f.cur[start:] {
		if c == '\n' || c == '\r' || c == '\t' {
			f.cur[start+i] = ' '
		}
	}
}

// flush ends the current line.
func (f *frame) flush() {
	if len(f.cur) == 0 {
		return
	}
	if line := bytes.TrimSpace(f.cur); len(line) > 0 {
		f.lines = append(f.lines, string(line))
	}
	f.cur = f.cur[:0]
}

func (w *htmlWalker) openTable(at *attributes) {
	if w.frame.kind == tableFrame || w.frame.kind == rowFrame {
		w.closeAt(tableFrame) // as browsers do with a table outside any cell
	}
	w.frame.flush()
	if w.tables >= maxTables || w.beyond > 0 {
		w.beyond++
		return
	}
	w.tables++
	w.pushFrame(atom.Table, w.apply(atom.Table, at), &frame{kind: tableFrame})
}

// toRow leaves an open cell and opens a row where there is none. It reports
// whether there is a table at all.
func (w *htmlWalker) toRow() bool {
	if w.closeTo(rowFrame) {
		return true
	}
	if !w.closeTo(tableFrame) {
		return false
	}
	w.pushFrame(atom.Tr, w.style(), &frame{kind: rowFrame})
	return true
}

func (w *htmlWalker) openCell(st style, colspan, rowspan int) {
	f := &frame{kind: cellFrame, gone: st.gone, colspan: max(colspan, 1), rowspan: max(rowspan, 1)}
	// Cells that span are multiplied, so a document may only have so many.
	w.spans += f.colspan*f.rowspan - 1
	if f.colspan > maxSpan || f.rowspan > maxSpan || w.spans > maxSpans {
		f.colspan, f.rowspan = min(f.colspan, maxSpan), 1
	}
	if w.spans > maxSpans {
		f.colspan = 1
	}
	w.pushFrame(atom.Td, st, f)
}

func (w *htmlWalker) pushFrame(a atom.Atom, st style, f *frame) {
	w.push(element{atom: a, style: st, frame: f, kind: f.kind})
	w.frame = f
}

// closeTo closes what is open above the innermost frame of that kind, without
// leaving the innermost table. It reports whether there is such a frame.
func (w *htmlWalker) closeTo(kind frameKind) bool {
	at := -1
	for i := len(w.stack) - 1; i >= 0 && at < 0; i-- {
		switch w.stack[i].kind {
		case kind:
			at = i
		case tableFrame:
			return false
		}
	}
	if at < 0 {
		return false
	}
	for len(w.stack) > at+1 {
		w.closeTop()
	}
	return true
}

// closeAt closes the innermost frame of that kind with all that is in it.
func (w *htmlWalker) closeAt(kind frameKind) {
	if w.closeTo(kind) {
		w.closeTop()
	}
}

// closeTop closes the innermost open element and hands what it collected on.
func (w *htmlWalker) closeTop() {
	e := w.stack[len(w.stack)-1]
	w.stack = w.stack[:len(w.stack)-1]
	w.frame = &w.root
	if n := len(w.stack); n > 0 {
		w.frame = w.stack[n-1].frame
	}
	switch e.kind {
	case noFrame:
		if isBlock(e.atom) {
			w.frame.flush()
		}
	case cellFrame:
		e.frame.flush()
		if !e.frame.gone {
			w.frame.cells = append(w.frame.cells, cell{
				lines: e.frame.lines, layout: e.frame.layout,
				span: e.frame.colspan, rows: e.frame.rowspan,
			})
		}
	case rowFrame:
		w.frame.rows = append(w.frame.rows, e.frame.cells)
	case tableFrame:
		w.tables--
		lines := renderTable(e.frame.rows)
		w.frame.layout = w.frame.layout || len(lines) > 1 && !onlyCell(e.frame.rows)
		w.frame.lines = appendLines(w.frame.lines, lines)
	}
}
