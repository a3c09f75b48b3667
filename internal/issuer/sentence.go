package issuer

import (
	"regexp"
	"slices"
	"strings"

	"repayd/internal/bill"
)

// readSentences returns the values that sentence patterns capture: each on one
// line, but for those that may cross lines with {~}, which see a whole part.
func readSentences(d *document, patterns []*pattern, l *leads, scan scanner) []found {
	var out []found
	for _, p := range patterns {
		lines, all := d.words.lines(p)
		switch {
		case p.crosses && (all || len(lines) > 0):
			out = append(out, p.acrossLines(d.lines, l, scan)...)
		case all:
			for i, ln := range d.lines {
				out = append(out, p.sentence(ln.asserted, i, ln.part, l, scan)...)
			}
		default:
			for _, i := range lines {
				out = append(out, p.sentence(d.lines[i].asserted, i, d.lines[i].part, l, scan)...)
			}
		}
	}
	return out
}

// acrossLines matches every part as one text.
func (p *pattern) acrossLines(lines []line, l *leads, scan scanner) []found {
	var out []found
	for start := 0; start < len(lines); {
		end := start
		var b strings.Builder
		for end < len(lines) && lines[end].part == lines[start].part {
			b.WriteString(lines[end].asserted)
			b.WriteByte('\n')
			end++
		}
		out = append(out, p.sentence(b.String(), start, lines[start].part, l, scan)...)
		start = end
	}
	return out
}

// sentence returns the captures of every match of p in one part.
func (p *pattern) sentence(text string, firstLine int, part string, l *leads, scan scanner) []found {
	var out []found
	for _, loc := range p.expr().FindAllStringSubmatchIndex(text, 20) {
		var here []found
		good := !p.owes() || hasSuffix(lowerSame(text[max(0, loc[0]-40):loc[0]]), l.never) == ""
		for g, c := range p.fills {
			if !good {
				break
			}
			from, to := loc[2*g+2], loc[2*g+3]
			v, ok := scan.whole(c.value, text, from, to)
			if !ok || v.bare && p.latin || c.field == bill.FieldDueDate && labelGoesOn.MatchString(text[to:loc[1]]+text[loc[1]:]) {
				good = false
				break
			}
			if c.field == "" || c.field == bill.FieldAccount && payerAfter.MatchString(text[to:]) {
				continue
			}
			if typ, _ := fieldTypes(c.field); typ == typeMoney {
				v = v.printedIn(bracketedCurrency(text[loc[0]:from]), "")
			}
			v.part = part
			v.shown = strings.TrimSpace(strings.ReplaceAll(text[loc[0]:loc[1]], "\n", " "))
			here = append(here, found{field: c.field, val: v, at: firstLine + strings.Count(text[:from], "\n"), from: p, match: loc[0] + 1, begins: firstLine})
		}
		if good {
			out = append(out, here...)
		}
	}
	return out
}

// labelGoesOn is the label of a due date behind a day that is not its own:
// "2024/01/11到期还款日" says when the bill was made, and what comes next.
var labelGoesOn = regexp.MustCompile(`^ ?(?:最后|到期|最晚|最迟)?(?:应?还款|付款|缴款)?(?:日|日期|时间|期限)(?:[:为是|]|\s|[0-9]|$)`)

// owes reports whether a pattern captures what is due.
func (p *pattern) owes() bool {
	return slices.ContainsFunc(p.fills, func(c capture) bool { return c.field == bill.FieldAmountDue || c.field == bill.FieldDueDate })
}

// whole parses text[from:to] as one value and accepts it only if that is the
// longest run there: a pattern never takes the head or tail of a longer one.
func (s scanner) whole(typ valueType, text string, from, to int) (value, bool) {
	if from < 0 || (insideRun(text[:from], text[from:]) && !(typ == typeDate && spanHead.MatchString(text[:from]))) {
		return value{}, false
	}
	rest := text[from:]
	if i := strings.IndexByte(rest, '\n'); i >= 0 && from+i >= to {
		rest = rest[:i]
	}
	want := strings.TrimSpace(text[from:to])
	var v value
	ok := false
	switch typ {
	case typeMoney:
		var a amountText
		if a, ok = scanMoney(rest); ok {
			v = s.amount(a)
		}
	case typeDay:
		v.text, v.days, ok = want, 0, true
	default:
		v, ok = s.one(typ, rest)
	}
	if !ok || v.bad != "" && typ != typeMoney {
		return v, false
	}
	rest, ok = strings.CutPrefix(v.text, want)
	if ok && typ == typeDays {
		return v, true // "3" of "3 days": the unit is the pattern's business
	}
	if ok && rest != "" && typ == typeMoney {
		// The expression proposes no unit where none is needed to go on.
		rest = strings.TrimLeft(creditMark.ReplaceAllString(rest, ""), " /")
		n, _ := currencyAt(rest)
		return v, n == len(rest)
	}
	return v, ok && rest == ""
}

// spanHead is the first day of a span of days in front of its second.
var spanHead = regexp.MustCompile(`[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2} ?[-~]$`)

// insideRun reports whether a cut goes through a longer run of digits.
func insideRun(before, after string) bool {
	if before == "" || after == "" || !digit(after[0]) {
		return false
	}
	c := before[len(before)-1]
	if digit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		return true
	}
	if c == ' ' && spacedGroup.MatchString(after) && groupBefore.MatchString(before[max(0, len(before)-16):]) {
		return true // the last group of "1 234,56"
	}
	return strings.IndexByte(".,/-:", c) >= 0 && len(before) > 1 && digit(before[len(before)-2])
}

// groupBefore are whole groups of thousands with blanks between them.
var groupBefore = regexp.MustCompile(`(?:^|[^0-9.,])[0-9]{1,3}(?: [0-9]{3})* $`)

func digit(c byte) bool { return c >= '0' && c <= '9' }

// dueLabel returns the first due date or amount label that stands beside a
// value, for messages that no kind fits.
func dueLabel(d *document, r *rule, scan scanner) (found, bool) {
	for _, f := range readLabels(d.lines, r.any, &r.lead, scan) {
		switch f.field {
		case bill.FieldAmountDue, bill.FieldDueDate, bill.FieldMinimumDue:
			if !f.val.none {
				return f, true
			}
		}
	}
	return found{}, false
}

// owing returns the first line with words of owing beside a value, as the
// review patterns of the file describe them.
func owing(d *document, r *rule) (found, bool) {
	for _, p := range r.review {
		if i, ok := d.where(p, false); ok {
			return found{field: bill.FieldKind, val: value{part: d.lines[i].part, shown: d.lines[i].text}, from: p}, true
		}
	}
	return found{}, false
}
