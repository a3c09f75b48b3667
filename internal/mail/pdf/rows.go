package pdf

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"repayd/internal/mail"
)

// glyph is one character and its ink, in points, y upwards. The box is tight:
// a full-width comma fills a corner of its square.
type glyph struct {
	text                     string
	left, right, bottom, top float64
	angle                    float64 // radians
}

func (g glyph) height() float64 { return g.top - g.bottom }

// The gaps that separate, in heights of a line. Word spaces of Latin text are
// up to 0.5, in justified lines 0.8; cells of tables are at least 0.9 apart.
// Inside a run the blanks of the document count, drawn or supplied by PDFium,
// which knows the widths of the font; digits and dots stand wide apart in ink.
const (
	wordGap = 0.3
	cellGap = 0.9
	// Half of a full-width punctuation mark is blank.
	punctuationBlank = 0.7
)

// rows rebuilds the text of a page: top to bottom, left to right.
func rows(glyphs []glyph) string {
	var out strings.Builder
	for _, line := range lines(spans(upright(glyphs))) {
		for i, s := range line.spans {
			if i > 0 {
				out.WriteString(between(line.spans[i-1], s))
			}
			out.WriteString(s.text.String())
		}
		out.WriteByte('\n')
	}
	return mail.Fold(out.String())
}

// upright turns a page that is written sideways and drops what stands
// slantwise on it: watermarks run through the lines.
func upright(glyphs []glyph) []glyph {
	quarter := func(g glyph) (int, bool) {
		turns := g.angle / (math.Pi / 2)
		n := math.Round(turns)
		return (int(n)%4 + 4) % 4, math.Abs(turns-n) < 0.05
	}
	var count [4]int
	for _, g := range glyphs {
		if q, straight := quarter(g); straight {
			count[q]++
		}
	}
	most := slices.Index(count[:], slices.Max(count[:]))
	var out []glyph
	for _, g := range glyphs {
		if q, straight := quarter(g); !straight || q != most {
			continue
		}
		switch l, r, b, t := g.left, g.right, g.bottom, g.top; most {
		case 1:
			g.left, g.right, g.bottom, g.top = b, t, -r, -l
		case 2:
			g.left, g.right, g.bottom, g.top = -r, -l, -t, -b
		case 3:
			g.left, g.right, g.bottom, g.top = -t, -b, l, r
		}
		out = append(out, g)
	}
	return out
}

// span is a run of glyphs that follow each other closely.
type span struct {
	text                     *strings.Builder
	first, last              rune
	left, right, bottom, top float64
}

// spans joins glyphs in the order in which the document draws them.
func spans(glyphs []glyph) []span {
	var out []span
	blank := false // one stands before the glyph at hand
	for _, g := range glyphs {
		r := []rune(g.text)
		if len(r) == 0 || unicode.IsControl(r[0]) || unicode.IsSpace(r[0]) || g.right < g.left || g.height() < 0 {
			blank = true
			continue
		}
		if r[0] == 0xFFFE || r[0] == 0xFFFF { // what PDFium makes of a hyphen at a line's end
			r[0], g.text = '-', "-"
		}
		if n := len(out); n > 0 && out[n-1].takes(g, r[0]) {
			if blank {
				g.text = " " + g.text
			}
			out[n-1].add(g, r[0])
		} else {
			s := span{text: &strings.Builder{}, first: r[0], left: g.left, right: g.right, bottom: g.bottom, top: g.top}
			s.add(g, r[0])
			out = append(out, s)
		}
		blank = false
	}
	return out
}

// takes reports whether a glyph continues the span: on its height, directly
// to the right of it.
func (s span) takes(g glyph, r rune) bool {
	middle := (g.bottom + g.top) / 2
	size := max(s.top-s.bottom, g.height())
	if middle < s.bottom-size/4 || middle > s.top+size/4 || g.left < s.right-size/2 {
		return false
	}
	return g.left-s.right < gap(s.last, r, cellGap)*size
}

func (s *span) add(g glyph, r rune) {
	s.text.WriteString(g.text)
	s.last = r
	s.right = max(s.right, g.right)
	s.bottom, s.top = min(s.bottom, g.bottom), max(s.top, g.top)
}

// gap is the least gap between two characters that means what base says.
func gap(before, after rune, base float64) float64 {
	if wideMark(before) {
		base += punctuationBlank
	}
	if wideMark(after) {
		base += punctuationBlank
	}
	return base
}

func wideMark(r rune) bool {
	return r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFF0F || r >= 0xFF1A && r <= 0xFF20 || r == 0xFFE5
}

// between returns what separates two spans of one line.
func between(a, b span) string {
	size := max(a.top-a.bottom, b.top-b.bottom)
	switch d := b.left - a.right; {
	case d >= gap(a.last, b.first, cellGap)*size:
		return " | "
	case d >= gap(a.last, b.first, wordGap)*size:
		return " "
	}
	return ""
}

// line is what stands on one height.
type line struct {
	spans       []span
	bottom, top float64
}

// lines puts spans together that overlap by at least half of the lower one's
// height.
func lines(all []span) []line {
	slices.SortStableFunc(all, func(a, b span) int { return cmp.Compare(b.bottom+b.top, a.bottom+a.top) })
	var out []line
	for _, s := range all {
		if n := len(out); n > 0 {
			l := &out[n-1]
			overlap := min(l.top, s.top) - max(l.bottom, s.bottom)
			if overlap >= min(l.top-l.bottom, s.top-s.bottom)/2 {
				l.spans = append(l.spans, s)
				// A tall neighbour must not draw the next line into this one.
				l.bottom, l.top = max(l.bottom, s.bottom), min(l.top, s.top)
				if l.top-l.bottom < (s.top-s.bottom)/2 {
					l.bottom, l.top = s.bottom, s.top
				}
				continue
			}
		}
		out = append(out, line{spans: []span{s}, bottom: s.bottom, top: s.top})
	}
	for _, l := range out {
		slices.SortStableFunc(l.spans, func(a, b span) int { return cmp.Compare(a.left, b.left) })
	}
	return out
}
