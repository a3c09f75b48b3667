package issuer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"repayd/internal/mail"
)

// Most mail is nobody's bill. What follows says so in one walk over the text,
// before it is laid out as lines: no label of any language begins where a word
// does, and no currency stands beside a number. It only ever says "no" where
// the reader that looks closely would find nothing as well.

// mayOwe reports whether a text may hold a label of g, or a sum of money.
func (g *general) mayOwe(m *mail.Message) bool {
	if g.speech(m.Subject) {
		return true
	}
	for _, p := range m.Parts {
		if !isXML(p) && g.speech(p.Text) {
			return true
		}
	}
	return false
}

func (g *general) speech(text string) bool {
	if strings.Contains(text, "İ") || strings.Contains(text, "ı") {
		return true // read as "i": see plainI
	}
	for i := 0; i < len(text); {
		c := text[i]
		if c >= 0x80 {
			r, w := utf8.DecodeRuneInString(text[i:])
			if g.begin.withRune(r) && g.seek.startsIn(text[i:]) || currencySign[c] && besideDigit(text, i, w) {
				return true
			}
			i += w
			continue
		}
		if g.begin.first[c] && g.begin.holds(text[i:]) && g.seek.startsIn(text[i:]) || codes[c] && besideDigit(text, i, codeLen(text[i:])) {
			return true
		}
		// No label begins inside a Latin word.
		for i++; letter(c) && i < len(text) && letter(text[i]); {
			i++
		}
	}
	return false
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// currencySign has the first bytes of the signs of anyMoney that are not ASCII.
var currencySign = func() (first [256]bool) {
	for _, sign := range []string{"€", "£", "¥", "₹", "₺", "₩", "元", "円", "원"} {
		first[sign[0]] = true
	}
	return first
}()

// gaps are what may stand between a sign and its number before the lines and
// cells of a text are joined.
const gaps = " \n\t|"

// besideDigit reports whether a digit stands before or behind text[i:i+w].
func besideDigit(text string, i, w int) bool {
	before := strings.TrimRight(text[max(0, i-8):i], gaps)
	behind := strings.TrimLeft(text[i+w:min(len(text), i+w+8)], gaps)
	return before != "" && digit(before[len(before)-1]) || behind != "" && digit(behind[0])
}

// codes has the first letters of the codes of anyMoney, and the dollar.
var codes = func() (first [256]bool) {
	for _, c := range []byte("uegcrjbtUEGCRJBT$") {
		first[c] = true
	}
	return first
}()

// codeLen is the length of the word or sign that s begins with, three at most.
func codeLen(s string) int {
	n := 1
	for n < 3 && n < len(s) && letter(s[n]) && letter(s[0]) {
		n++
	}
	return n
}

// beginnings has a bit for the first four bytes of every label, in small
// letters; of two beginnings that share a bit, startsIn tells which it was.
type beginnings struct {
	bits  [1 << 16 / 64]uint64
	first [256]bool            // the first byte, in either case
	short bool                 // there are labels of fewer than four bytes
	runes [1 << 16 / 64]uint64 // the first character, where it is not ASCII
}

func (b *beginnings) add(label string) {
	if r, _ := utf8.DecodeRuneInString(label); r >= 0x80 {
		b.runes[uint16(r)>>6] |= 1 << (r & 63)
		return
	}
	b.first[label[0]] = true
	if c := label[0]; c >= 'a' && c <= 'z' {
		b.first[c-'a'+'A'] = true
	}
	if len(label) < 4 {
		b.short = true
		return
	}
	n, _ := beginning(label)
	b.bits[n>>6] |= 1 << (n & 63)
}

// holds reports whether a label may begin at s, whose first byte is ASCII. A
// letter that is not ASCII may be written in capitals: it may always follow.
func (b *beginnings) holds(s string) bool {
	if b.short || len(s) < 4 {
		return b.short
	}
	n, ascii := beginning(s)
	return !ascii || b.bits[n>>6]&(1<<(n&63)) != 0
}

// withRune reports whether a label may begin with r or its small form.
func (b *beginnings) withRune(r rune) bool {
	r = unicode.ToLower(r)
	return b.runes[uint16(r)>>6]&(1<<(r&63)) != 0
}

// beginning hashes the first four bytes of s to 16 bits, whatever their case.
func beginning(s string) (hash uint32, ascii bool) {
	n := uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
	return (n | 0x20202020) * 0x9e3779b1 >> 16, n&0x80808080 == 0
}

// startsIn reports whether a label stands at the start of s, in whatever case.
func (t *labelTree) startsIn(s string) bool {
	for i, node := 0, t; i < len(s); {
		var lower [utf8.UTFMax]byte
		r, w := utf8.DecodeRuneInString(s[i:])
		n := copy(lower[:], s[i:i+w])
		if small := unicode.ToLower(r); small != r && utf8.RuneLen(small) == w {
			n = utf8.EncodeRune(lower[:], small)
		}
		for _, c := range lower[:n] {
			if node = node.child(c); node == nil {
				return false
			}
		}
		i += w
		if node.here != nil && wordEnds(s[:i], s[i:]) {
			return true
		}
	}
	return false
}
