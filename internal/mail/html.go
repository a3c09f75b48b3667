package mail

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// The limits of HTMLToText.
const (
	maxOpenElements = 250 // deeper elements count as transparent; real statements reach 80
	maxTables       = 60  // nested; a table further in is read as plain blocks
	maxColumns      = 60
	maxSpan         = 20    // columns or rows one cell may cover
	maxSpans        = 10000 // cells covered in all
)

// HTMLToText returns the visible text of an HTML document, folded. One table
// row is one line and its cells are separated by " | "; an empty cell keeps
// its place unless its whole column is empty. A cell that spans columns is
// followed by empty cells, one that spans rows is repeated in each if short.
// A row whose cells hold tables of several rows is layout: its cells follow
// one another as blocks. Line breaks inside a cell of a data row are blanks,
// so that a label in two languages stays one cell. Images give their alternative
// text, else "[img:name]"; hidden text, style, script and comments give nothing.
//
// The document is read as a stream of tokens, not as a tree, so time and
// memory are linear in its length for any nesting.
func HTMLToText(document string) string {
	w := &htmlWalker{css: map[string]string{}}
	w.frame = &w.root
	w.styles = hiddenSelectors(document)
	z := html.NewTokenizer(strings.NewReader(document))
	for {
		switch z.Next() {
		case html.ErrorToken:
			for w.frame != &w.root {
				w.closeTop()
			}
			w.root.flush()
			return Fold(strings.Join(w.root.lines, "\n"))
		case html.TextToken:
			w.text(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			w.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			w.end(atom.Lookup(name))
		}
	}
}

// element is one open element.
type element struct {
	atom  atom.Atom
	style style // inherited state inside it
	frame *frame
	kind  frameKind // what it opened, noFrame for an ordinary element
}

// style is the part of CSS that hides text. A font size of zero and hidden
// visibility are inherited but may be undone further in; the rest may not.
type style struct {
	gone      bool
	zeroFont  bool
	invisible bool
	pre       bool
	raised    bool // superscript or subscript
}

func (s style) hidden() bool { return s.gone || s.zeroFont || s.invisible }

type htmlWalker struct {
	root   frame
	frame  *frame // where text goes
	stack  []element
	styles selectors
	css    map[string]string // style attributes in lower case: mails repeat a few of them
	raw    atom.Atom         // style, script: their text is dropped
	tables int               // open tables
	beyond int               // open tables beyond the limit
	spans  int               // cells covered by spanning ones so far
}

func (w *htmlWalker) style() style {
	if n := len(w.stack); n > 0 {
		return w.stack[n-1].style
	}
	return style{}
}

func (w *htmlWalker) text(b []byte) {
	if w.raw != 0 {
		return
	}
	s := w.style()
	if s.hidden() {
		return
	}
	switch {
	case w.frame.kind == tableFrame || w.frame.kind == rowFrame, s.raised, s.pre:
		if len(bytes.TrimSpace(b)) > 0 || s.pre {
			w.visible(s, string(b))
		}
	default:
		w.frame.write(b)
	}
}

// visible writes text where it belongs; outside any cell of a table it gets a
// cell of its own, so that nothing is lost.
func (w *htmlWalker) visible(s style, text string) {
	if w.frame.kind == tableFrame || w.frame.kind == rowFrame {
		if strings.TrimSpace(text) == "" {
			return
		}
		w.toRow()
		w.openCell(s, 1, 1)
	}
	if s.raised {
		text = raise(text)
	}
	if !s.pre {
		w.frame.write([]byte(text))
		return
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			w.frame.flush()
		}
		w.frame.write([]byte(line))
	}
}

// raise writes digits as superscripts, which Fold leaves alone: a footnote's
// mark right behind an amount must not become its last digit.
func raise(text string) string {
	return strings.Map(func(r rune) rune {
		if isDigit(r) {
			return []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0']
		}
		return r
	}, text)
}

func (w *htmlWalker) start(z *html.Tokenizer) {
	name, more := z.TagName()
	a := atom.Lookup(name)
	var at attributes
	if more {
		w.read(z, a, &at)
	}
	switch a {
	case atom.Script, atom.Style, atom.Title, atom.Iframe, atom.Noframes, atom.Noembed:
		w.raw = a
		return
	case atom.Br:
		if !w.style().hidden() {
			w.frame.flush()
		}
		return
	case atom.Img:
		w.image(&at)
		return
	case atom.Hr:
		w.frame.flush()
		return
	case atom.Input, atom.Meta, atom.Link, atom.Base, atom.Area, atom.Col, atom.Colgroup, atom.Wbr, atom.Param,
		atom.Source, atom.Track, atom.Embed, atom.Html, atom.Body, atom.Head, atom.Form:
		return
	}
	w.open(a, &at)
}

// open starts an element that may hold text. What its start tag ends implicitly
// is closed before its style is computed, so that nothing hidden leaks into it.
func (w *htmlWalker) open(a atom.Atom, at *attributes) {
	switch {
	case a == atom.Table:
		w.openTable(at)
	case w.beyond > 0 && isTablePart(a):
		w.frame.flush()
	case a == atom.Tr:
		if w.closeTo(tableFrame) {
			w.pushFrame(a, w.apply(a, at), &frame{kind: rowFrame})
		} else {
			w.openBlock(a, at)
		}
	case a == atom.Td || a == atom.Th:
		if w.toRow() {
			w.openCell(w.apply(a, at), at.colspan, at.rowspan)
		} else {
			w.openBlock(a, at)
		}
	case isTablePart(a):
		w.closeTo(tableFrame)
	default:
		w.openBlock(a, at)
	}
}

// openBlock starts an ordinary element. A block ends an open paragraph, and a
// list entry the one before it.
func (w *htmlWalker) openBlock(a atom.Atom, at *attributes) {
	if isBlock(a) || isTablePart(a) {
		w.endElement(atom.P)
		w.frame.flush()
	}
	w.push(element{atom: a, style: w.apply(a, at), frame: w.frame})
}

func (w *htmlWalker) apply(a atom.Atom, at *attributes) style {
	return w.styles.apply(w.style(), a, at)
}

// push opens an element; beyond the depth limit it stays transparent.
func (w *htmlWalker) push(e element) {
	if len(w.stack) < maxOpenElements || e.kind != noFrame {
		w.stack = append(w.stack, e)
	}
}

func (w *htmlWalker) end(a atom.Atom) {
	if w.raw != 0 {
		if a == w.raw {
			w.raw = 0
		}
		return
	}
	switch {
	case a == atom.Table && w.beyond > 0:
		w.beyond--
		w.frame.flush()
	case w.beyond > 0 && isTablePart(a):
		w.frame.flush()
	case a == atom.Table:
		w.closeAt(tableFrame)
	case a == atom.Tr && w.closeTo(rowFrame), (a == atom.Td || a == atom.Th) && w.closeTo(cellFrame):
		w.closeTop()
	case isTablePart(a) && w.closeTo(tableFrame):
	case a == atom.Br || a == atom.P: // </br> and a lone </p> break the line
		w.endElement(a)
		w.frame.flush()
	default:
		w.endElement(a)
	}
}

// endElement closes the innermost open element of that name inside the
// current cell; an end tag that matches nothing there means nothing.
func (w *htmlWalker) endElement(a atom.Atom) {
	for i := len(w.stack) - 1; i >= 0 && w.stack[i].kind == noFrame; i-- {
		if w.stack[i].atom != a {
			continue
		}
		for len(w.stack) > i {
			w.closeTop()
		}
		return
	}
}

// isTablePart reports the elements that only mean something in a table.
func isTablePart(a atom.Atom) bool {
	switch a {
	case atom.Tr, atom.Td, atom.Th, atom.Tbody, atom.Thead, atom.Tfoot:
		return true
	}
	return false
}

// isBlock reports the elements that stand on lines of their own.
func isBlock(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.H1, atom.H2, atom.H3, atom.H4,
		atom.H5, atom.H6, atom.Blockquote, atom.Pre, atom.Center, atom.Section, atom.Article, atom.Header, atom.Footer,
		atom.Main, atom.Nav, atom.Aside, atom.Address, atom.Fieldset, atom.Legend, atom.Caption, atom.Figure,
		atom.Figcaption, atom.Option, atom.Details, atom.Summary, atom.Dir, atom.Menu:
		return true
	}
	return false
}
