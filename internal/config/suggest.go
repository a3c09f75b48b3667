package config

import (
	"strconv"
	"unicode/utf8"
)

// maxShown is how much of a wrong value a message repeats, in characters.
const maxShown = 60

// quote shows a value of the file in a message.
func quote(s string) string {
	if utf8.RuneCountInString(s) > maxShown {
		s = string([]rune(s)[:maxShown]) + "…"
	}
	return strconv.Quote(s)
}

// closest returns the key that a misspelled one probably means, or "".
func closest(s string, keys []key) string {
	return closestOf(s, names(keys))
}

// closestOf returns the one of names that s probably means, or "": at most two
// typing errors away, and only one from a short name.
func closestOf(s string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		limit := min(least, max(2, len([]rune(name))/3+1))
		if d := distance(s, name); d < limit {
			best, least = name, d
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that lead from a to b, or returns a large number when the lengths
// alone show that they are far apart.
func distance(a, b string) int {
	if diff := len(a) - len(b); diff > 8 || diff < -8 {
		return 1 << 20
	}
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(x)][len(y)]
}
