package issuer

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"repayd/internal/bill"
)

// label is a spelled-out label and what it means.
type label struct {
	field bill.Field // "" for a label whose value is never read
	from  *pattern   // nil in an index of words
	word  string     // in an index of words
}

// labelTree finds labels in text, the longest one at each place first. It is
// a trie over lower-case bytes: one walk over the text whatever the number of
// labels.
type labelTree struct {
	// The first child, by its byte. Nearly every node has no other, and the
	// daemon keeps tens of thousands of nodes.
	kid   *labelTree
	more  *branch // further children; never nil in a root with labels
	here  *label
	first byte
}

// branch is what only a root and a node with several children have.
type branch struct {
	bytes []byte
	kids  []*labelTree
	// starts has a bit for each first byte of a label; only a root's counts.
	starts [4]uint64
}

// mayStart reports whether any label begins with the byte.
func (t *labelTree) mayStart(c byte) bool {
	return t.more != nil && t.more.starts[c>>6]&(1<<(c&63)) != 0
}

// child returns the node behind one more byte, nil for none.
func (t *labelTree) child(c byte) *labelTree {
	if t.kid == nil || t.first == c {
		return t.kid
	}
	if t.more != nil {
		if i := bytes.IndexByte(t.more.bytes, c); i >= 0 {
			return t.more.kids[i]
		}
	}
	return nil
}

// grow adds a child behind a byte that has none.
func (t *labelTree) grow(c byte) *labelTree {
	kid := &labelTree{}
	if t.kid == nil {
		t.first, t.kid = c, kid
		return kid
	}
	if t.more == nil {
		t.more = &branch{}
	}
	t.more.bytes, t.more.kids = append(t.more.bytes, c), append(t.more.kids, kid)
	return kid
}

// each calls f for each child with its byte.
func (t *labelTree) each(f func(c byte, kid *labelTree)) {
	if t.kid != nil {
		f(t.first, t.kid)
	}
	if t.more != nil {
		for i, kid := range t.more.kids {
			f(t.more.bytes[i], kid)
		}
	}
}

// node returns the node of a spelling, made where it does not exist.
func (t *labelTree) node(s string) *labelTree {
	at := t
	if s != "" {
		if t.more == nil {
			t.more = &branch{}
		}
		t.more.starts[s[0]>>6] |= 1 << (s[0] & 63)
	}
	for i := range len(s) {
		next := at.child(s[i])
		if next == nil {
			next = at.grow(s[i])
		}
		at = next
	}
	return at
}

// add puts every spelling of p into the tree; the first owner of a spelling
// keeps it, so an issuer's own wording goes before the shared one.
func (t *labelTree) add(p *pattern, field bill.Field) {
	for _, s := range p.labels {
		if n := t.node(s); n.here == nil {
			n.here = &label{field: field, from: p}
		}
	}
}

// forest is several trees searched as one; of labels equally long, that of the
// earlier tree counts.
type forest []*labelTree

func (f forest) longest(s string) (*label, int) {
	var found *label
	n := 0
	for _, t := range f {
		if s == "" || !t.mayStart(s[0]) {
			continue
		}
		if l, m := t.longest(s); m > n {
			found, n = l, m
		}
	}
	return found, n
}

// longest returns the longest label at the start of s and its length.
func (t *labelTree) longest(s string) (*label, int) {
	var found *label
	n := 0
	for i, node := 0, t; i < len(s); i++ {
		node = node.child(s[i])
		if node == nil {
			break
		}
		if node.here != nil && wordEnds(s[:i+1], s[i+1:]) {
			found, n = node.here, i+1
		}
	}
	return found, n
}

// wordEnds reports whether a Latin word is complete at the cut.
func wordEnds(before, after string) bool {
	a, _ := utf8.DecodeLastRuneInString(before)
	b, _ := utf8.DecodeRuneInString(after)
	return !(a < 0x80 && unicode.IsLetter(a) && b < 0x80 && unicode.IsLetter(b))
}

// mark is a label found in a cell.
type mark struct {
	label      *label
	start, end int
	// whole is false where the label is the tail of another word
	// ("上期应还" holds 应还): it is seen, so that nothing shorter matches in
	// its place, and never read.
	whole bool
	// in is the currency that the label itself names: "美元应还款额",
	// "应还款额(USD)".
	in string
}

// marks returns the labels of one cell in order.
func (f forest) marks(cell string, leads *leads) []mark {
	lower := lowerSame(cell)
	var out []mark
	for i := 0; i < len(lower); {
		l, n := f.longest(lower[i:])
		if l == nil {
			_, w := utf8.DecodeRuneInString(lower[i:])
			i += w
			continue
		}
		whole := leads.allow(lower[:i])
		out = append(out, mark{l, i, i + n, whole, labelCurrency(cell, i, i+n)})
		i += n
	}
	return out
}

// lowerSame lowers every letter whose small form is as long, so that offsets
// stay those of the original.
func lowerSame(s string) string {
	if caseless(s) {
		return s
	}
	b := []byte(s)
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c >= 'A' && c <= 'Z':
			b[i] = c | 0x20
			i++
		case c < 0x80:
			i++
		default:
			r, w := utf8.DecodeRune(b[i:])
			if small := unicode.ToLower(r); small != r && utf8.RuneLen(small) == w {
				utf8.EncodeRune(b[i:], small)
			}
			i += w
		}
	}
	return string(b)
}

// caseless reports that a text certainly holds no capital letter: only small
// letters, digits, signs and the characters of U+3000 to U+9FFF.
func caseless(s string) bool {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c < 0x80:
			if c >= 'A' && c <= 'Z' {
				return false
			}
			i++
		case c >= 0xe3 && c <= 0xe9 && i+2 < len(s):
			i += 3
		default:
			return false
		}
	}
	return true
}

var turkishI = strings.NewReplacer("İ", "I", "ı", "i")

// plainI takes the dots of the Turkish i away and back: "TARİHİ", "tarihi" and
// "tarıhı" are one word, whatever program changed its case.
func plainI(s string) string {
	if !strings.Contains(s, "İ") && !strings.Contains(s, "ı") {
		return s
	}
	return turkishI.Replace(s)
}

// leads are the words that may stand directly before a label without making
// it another word.
type leads struct {
	words []string // may repeat before a label
	start []string // begin the phrase; what stands before them does not matter
	never []string // a sentence pattern never begins right behind one of these
}

var monthLead = regexp.MustCompile(`(?:[0-9]{4}年)?[0-9]{1,2}月份?$`)

// allow reports whether a label may follow before.
func (l *leads) allow(before string) bool {
	for {
		r, n := utf8.DecodeLastRuneInString(before)
		if n == 0 || !(unicode.IsLetter(r) || unicode.IsDigit(r) && len(before) == 0) {
			return true
		}
		if r < 0x80 {
			return false
		}
		if hasSuffix(before, l.start) != "" {
			return true
		}
		word := monthLead.FindString(before)
		if word == "" {
			word = hasSuffix(before, l.words)
		}
		if word == "" {
			return false
		}
		before = strings.TrimSuffix(before, word)
		if strings.HasSuffix(before, "每") {
			return false
		}
	}
}

// hasSuffix returns the longest of words that s ends with.
func hasSuffix(s string, words []string) string {
	best := ""
	for _, w := range words {
		if len(w) > len(best) && strings.HasSuffix(s, w) {
			best = w
		}
	}
	return best
}
