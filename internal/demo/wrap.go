package demo

import (
	"strings"

	"golang.org/x/text/width"
)

// displayWidth is how many places of a terminal a text takes: a Chinese
// character takes two.
func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// pad fills a text up with blanks.
func pad(s string, to int) string {
	return s + strings.Repeat(" ", max(to-displayWidth(s), 1))
}

// wrap breaks a text into lines of at most that many places: at blanks, and
// between wide characters, but never before a closing mark.
func wrap(s string, most int) []string {
	var lines []string
	runes := []rune(s)
	for len(runes) > 0 {
		n := fitting(runes, most)
		lines = append(lines, strings.TrimRight(string(runes[:n]), " "))
		runes = []rune(strings.TrimLeft(string(runes[n:]), " "))
	}
	if lines == nil {
		return []string{""}
	}
	return lines
}

// closing are marks that do not begin a line.
const closing = "，。、；：）】！？,.;:)"

// fitting is how many runes go onto the first line, at least one.
func fitting(runes []rune, most int) int {
	used, at := 0, 0 // at is the last good place to break
	for i, r := range runes {
		used += runeWidth(r)
		if used > most {
			if at == 0 {
				return max(i, 1) // one word longer than a line
			}
			return at
		}
		if i+1 < len(runes) && breakable(r, runes[i+1]) {
			at = i + 1
		}
	}
	return len(runes)
}

func breakable(a, b rune) bool {
	if strings.ContainsRune(closing, b) {
		return false
	}
	return a == ' ' || b == ' ' || runeWidth(a) == 2 || runeWidth(b) == 2
}
