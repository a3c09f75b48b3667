package main

import (
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
	"golang.org/x/text/width"
)

// table prints rows in columns that line up on a terminal, where a Chinese
// character takes two places.
type table struct {
	head []string
	rows [][]string
	// right holds the columns whose cells end at one place, as amounts do.
	right map[int]bool
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the table. paint may wrap a whole line in colour by the number
// of its row; nil for none.
func (t *table) print(w io.Writer, paint func(row int, line string) string) error {
	_, err := io.WriteString(w, strings.Join(t.lines(paint), "\n")+"\n")
	return err
}

// lines lays the table out, the head first, without the columns that have no
// cell filled.
func (t *table) lines(paint func(row int, line string) string) []string {
	all := append([][]string{t.head}, t.rows...)
	widths := make([]int, len(t.head))
	for i := range t.head {
		filled := false
		for n, row := range all {
			widths[i] = max(widths[i], displayWidth(row[i]))
			filled = filled || (n > 0 && row[i] != "")
		}
		if !filled {
			widths[i] = 0
		}
	}
	lines := make([]string, len(all))
	for n, row := range all {
		lines[n] = t.line(row, widths)
		if paint != nil && n > 0 {
			lines[n] = paint(n-1, lines[n])
		}
	}
	return lines
}

func (t *table) line(row []string, widths []int) string {
	var b strings.Builder
	for i, cell := range row {
		if widths[i] == 0 {
			continue
		}
		pad := strings.Repeat(" ", widths[i]-displayWidth(cell))
		if b.Len() > 0 {
			b.WriteString("  ")
		}
		if t.right[i] {
			b.WriteString(pad + cell)
		} else {
			b.WriteString(cell + pad)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// displayWidth is how many places of a terminal a text takes.
func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// clean makes words from a mail safe to print on one line: no control
// characters that a terminal would obey, none that turn the direction.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
}

// Colours, for terminals only.
const (
	red    = "\x1b[31m"
	yellow = "\x1b[33m"
	bold   = "\x1b[1m"
	plain  = "\x1b[0m"
)

// colour reports whether the output is a terminal that shows colours and whose
// owner has not said otherwise.
func (a *app) colour() bool {
	f, ok := a.out.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}
