package webhook

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// ellipsis stands where something was left out.
const ellipsis = "…"

// holds reports whether a text is within a size; nil holds everything.
func (s *size) holds(text string) bool {
	if s == nil {
		return true
	}
	if s.Unit == unitBytes {
		return len(text) <= s.Max
	}
	n := 0
	for _, r := range text {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n <= s.Max
}

// condense shortens a text until it fits: whole lines from the end, for what is
// urgent stands first, and a line with an ellipsis instead of them. Where that
// would lose more than half of what fits, as with one huge line, it cuts within
// the line. The result is "" when not even an ellipsis fits.
func condense(text string, fits func(string) bool) string {
	if fits(text) {
		return text
	}
	var ends []int // of lines
	for at := 0; at < len(text); at++ {
		if text[at] == '\n' {
			ends = append(ends, at)
		}
	}
	kept := func(n int) string { return strings.TrimRight(text[:ends[n]], " \n") + "\n" + ellipsis }
	n := sort.Search(len(ends), func(n int) bool { return !fits(kept(n)) })
	if n == 0 {
		return cutLetters(text, fits)
	}
	whole := kept(n - 1)
	if strings.TrimSpace(whole) != ellipsis && !fits(text[:min(2*len(whole), len(text))]+ellipsis) {
		return whole
	}
	return cutLetters(text, fits)
}

// cutLetters keeps as many runes as fit before an ellipsis.
func cutLetters(text string, fits func(string) bool) string {
	kept := func(n int) string {
		for n > 0 && n < len(text) && !utf8.RuneStart(text[n]) {
			n--
		}
		return strings.TrimRight(text[:n], " \n") + ellipsis
	}
	n := sort.Search(len(text)+1, func(n int) bool { return !fits(kept(n)) })
	if n == 0 {
		return ""
	}
	return kept(n - 1)
}
