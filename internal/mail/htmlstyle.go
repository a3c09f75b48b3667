package mail

import (
	"path"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// attributes are the ones of a start tag that matter here.
type attributes struct {
	style, class, id, alt, src string
	width, height              string
	hidden                     bool
	colspan, rowspan           int
}

// read reads the attributes that matter for this element. The others are not
// copied: bulk mail has several on every cell.
func (w *htmlWalker) read(z *html.Tokenizer, a atom.Atom, at *attributes) {
	image, cell, sheet := a == atom.Img, a == atom.Td || a == atom.Th, len(w.styles) > 0
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		switch name := string(key); {
		case name == "style":
			at.style = w.lowerCSS(val)
		case name == "hidden":
			at.hidden = true
		case sheet && name == "class":
			at.class = string(val)
		case sheet && name == "id":
			at.id = string(val)
		case image && name == "alt":
			at.alt = string(val)
		case image && name == "src":
			at.src = clip(string(val), 2048)
		case image && name == "width":
			at.width = string(val)
		case image && name == "height":
			at.height = string(val)
		case cell && name == "colspan":
			at.colspan, _ = strconv.Atoi(strings.TrimSpace(string(val)))
		case cell && name == "rowspan":
			at.rowspan, _ = strconv.Atoi(strings.TrimSpace(string(val)))
		}
	}
}

// maxStyles bounds how many style attributes are remembered.
const maxStyles = 500

func (w *htmlWalker) lowerCSS(val []byte) string {
	s, ok := w.css[string(val)]
	if !ok {
		s = strings.ToLower(string(val))
		if len(w.css) < maxStyles {
			w.css[string(val)] = s
		}
	}
	return s
}

// image writes what stands for a picture. Tracking pixels and spacers give
// nothing.
func (w *htmlWalker) image(at *attributes) {
	st := w.styles.apply(w.style(), atom.Img, at)
	if st.gone || st.invisible {
		return
	}
	text := strings.TrimSpace(at.alt)
	if text == "" {
		if tiny(at.width) || tiny(at.height) || at.src == "" {
			return
		}
		text = "[img:" + imageName(at.src) + "]"
	}
	st.zeroFont = false // a font size does not hide a picture
	w.visible(st, text)
}

func tiny(size string) bool {
	n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(size), "px"), 64)
	return err == nil && n <= 3
}

// imageName is the last path element of a picture's address.
func imageName(src string) string {
	if strings.HasPrefix(strings.ToLower(src), "data:") {
		return "data"
	}
	src, _, _ = strings.Cut(src, "?")
	src, _, _ = strings.Cut(src, "#")
	src = strings.TrimPrefix(src, "cid:")
	src, _, _ = strings.Cut(src, "@")
	return clip(path.Base(strings.ReplaceAll(src, "\\", "/")), 60)
}

// selectors are the simple selectors (".x", "#x", "td.x") that a style sheet
// hides for every screen.
type selectors map[string]bool

// apply returns the style inside an element.
func (s selectors) apply(st style, a atom.Atom, at *attributes) style {
	st.pre = st.pre || a == atom.Pre || a == atom.Textarea
	st.raised = st.raised || a == atom.Sup || a == atom.Sub
	byClass := len(s) > 0 && s.hides(a, at)
	if at.style != "" {
		shown := false
		st, shown = st.inline(at.style)
		byClass = byClass && !shown
	}
	st.gone = st.gone || at.hidden || byClass || a == atom.Template || a == atom.Datalist
	return st
}

func (s selectors) hides(a atom.Atom, at *attributes) bool {
	if at.id != "" && s["#"+at.id] {
		return true
	}
	for class := range strings.FieldsSeq(at.class) {
		if s["."+class] || s[a.String()+"."+class] {
			return true
		}
	}
	return false
}

// inline applies a style attribute; shown reports a display other than none.
func (s style) inline(css string) (out style, shown bool) {
	clipped, flat := false, false
	for decl := range strings.SplitSeq(css, ";") {
		name, value, ok := strings.Cut(decl, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important"))
		switch strings.TrimSpace(name) {
		case "display":
			if value == "none" {
				s.gone = true
			} else {
				shown = true
			}
		case "visibility":
			s.invisible = value == "hidden" || value == "collapse"
		case "font-size", "font":
			s.zeroFont = zeroFont(s.zeroFont, strings.TrimSpace(name), value)
		case "opacity":
			s.gone = s.gone || zeroSize(value)
		case "overflow":
			clipped = value == "hidden"
		case "height", "max-height", "width", "max-width":
			flat = flat || zeroSize(value)
		}
	}
	s.gone = s.gone || clipped && flat
	return s, shown
}

// zeroFont computes whether text is too small to see. Relative sizes of
// nothing are nothing.
func zeroFont(before bool, name, value string) bool {
	if name == "font" {
		for w := range strings.FieldsSeq(value) {
			w, _, _ = strings.Cut(w, "/")
			if w != "" && (w[0] >= '0' && w[0] <= '9' || w[0] == '.') && strings.HasSuffix(w, "p"+w[len(w)-1:]) {
				return zeroSize(w)
			}
		}
		return before
	}
	if zeroSize(value) {
		return true
	}
	if strings.HasSuffix(value, "%") || strings.HasSuffix(value, "em") && !strings.HasSuffix(value, "rem") || value == "inherit" {
		return before
	}
	return false
}

// zeroSize reports a CSS length of nothing, or of at most a pixel.
func zeroSize(value string) bool {
	end := strings.IndexFunc(value, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(value)
	}
	n, err := strconv.ParseFloat(value[:end], 64)
	return err == nil && (n == 0 || n <= 1 && (value[end:] == "px" || value[end:] == "pt"))
}

// hiddenSelectors reads the style sheets of a document as far as they hide
// elements; rules for particular screens (@media) are left out.
func hiddenSelectors(document string) selectors {
	var out selectors
	rest := document
	for n := 0; n < 20; n++ {
		i := indexFold(rest, "<style")
		if i < 0 {
			break
		}
		rest = rest[i+6:]
		end := indexFold(rest, "</style")
		if end < 0 {
			break
		}
		if css := strings.ToLower(rest[:end]); strings.Contains(css, "none") || strings.Contains(css, "hidden") {
			out = readSheet(out, rest[:end])
		}
		rest = rest[end:]
	}
	return out
}

// indexFold finds a lower-case ASCII needle that begins with '<'.
func indexFold(s, needle string) int {
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '<')
		if i < 0 || at+i+len(needle) > len(s) {
			return -1
		}
		at += i
		if strings.EqualFold(s[at:at+len(needle)], needle) {
			return at
		}
		at++
	}
}

func readSheet(out selectors, css string) selectors {
	for {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			return out
		}
		head := css[:open]
		if i := strings.LastIndexAny(head, ">/;"); i >= 0 && !strings.Contains(head, "@") {
			head = head[i+1:] // after a comment or "<!--" or an @import
		}
		css = css[open+1:]
		if strings.Contains(head, "@") {
			css = css[blockLen(css):]
			continue
		}
		end := strings.IndexByte(css, '}')
		if end < 0 {
			return out
		}
		st, _ := style{}.inline(strings.ToLower(css[:end]))
		css = css[end+1:]
		if !st.gone && !st.invisible {
			continue
		}
		for sel := range strings.SplitSeq(head, ",") {
			sel = strings.TrimSpace(sel)
			if !strings.ContainsAny(sel, " >+~[:*") && strings.ContainsAny(sel, ".#") {
				if out == nil {
					out = selectors{}
				}
				out[sel] = true
			}
		}
	}
}

// blockLen returns the length up to the brace that closes an open block.
func blockLen(css string) int {
	depth := 1
	for i := 0; i < len(css); i++ {
		switch css[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(css)
}
