package issuer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Programs that write mails split values over cells and lines: a currency sign
// in a cell of its own, the parts of a date one by one. Both are joined before
// anything is looked for.

// dateParts is a date from its year on, with borders and breaks between parts.
var dateParts = regexp.MustCompile(`^([0-9]{4})[\s|/]*年[\s|/]*([0-9]{1,2})[\s|/]*月[\s|/]*([0-9]{1,2})[\s|/]*日`)

// joinDates puts the parts of split dates together.
func joinDates(text string) string {
	from := 0
	for {
		i := strings.Index(text[from:], "年")
		if i < 0 {
			return text
		}
		i += from
		from = i + len("年")
		start := len(strings.TrimRight(text[:i], " \n|/")) - 4
		if start < 0 || start > 0 && digit(text[start-1]) {
			continue
		}
		m := dateParts.FindStringSubmatch(text[start:min(len(text), i+60)])
		if m == nil || !strings.ContainsAny(m[0], "|/\n") {
			continue
		}
		whole := m[1] + "年" + m[2] + "月" + m[3] + "日"
		text = text[:start] + whole + text[start+len(m[0]):]
		from = start + len(whole)
	}
}

// joinSigns puts a currency sign that fills a cell before the number of the
// next one. A currency in words or letters may be a column of its own.
func joinSigns(cells []string) []string {
	split := func(i int) bool {
		return i+1 < len(cells) && onlySign(cells[i]) && !named(cells[i]) && startsNumber(cells[i+1])
	}
	first := 0
	for first < len(cells) && !split(first) {
		first++
	}
	if first == len(cells) {
		return cells
	}
	out := slices.Clone(cells[:first])
	for i := first; i < len(cells); i++ {
		if split(i) {
			out = append(out, cells[i]+" "+cells[i+1])
			i++
			continue
		}
		out = append(out, cells[i])
	}
	return out
}

// named reports whether a currency is written as a word or code.
func named(sign string) bool { return strings.IndexFunc(sign, unicode.IsLetter) >= 0 }

// textLines splits a part into lines; a currency sign alone on its line
// belongs to the number below it.
func textLines(text string) []string {
	lines := strings.Split(joinDates(text), "\n")
	out := lines[:0]
	for i := 0; i < len(lines); i++ {
		if len(lines[i]) < 10 && i+1 < len(lines) && onlySign(strings.TrimSpace(lines[i])) && startsNumber(lines[i+1]) && !strings.Contains(lines[i+1], "|") {
			lines[i+1] = strings.TrimSpace(lines[i]) + " " + strings.TrimSpace(lines[i+1])
			continue
		}
		out = append(out, lines[i])
	}
	return out
}
