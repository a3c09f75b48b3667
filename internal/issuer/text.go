package issuer

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"repayd/internal/mail"
)

// line is one line of a message: the subject, a line of plain text, or a row
// of a table.
type line struct {
	part  string   // as in evidence: "subject", "text/plain", "text/html"
	text  string   // the whole line, cells separated by " | "
	cells []string // at least one
	// lower is text in small letters without its conditional clauses, which say
	// what would happen and not what did; asserted lacks besides the clauses
	// about something else than the bill.
	asserted, lower string
}

// document is the readable text of one message.
type document struct {
	lines []line
	heads int // the first lines are the subject's
	words hits
}

// maxLines bounds how much of one message is read for notices.
const maxLines = 4000

// newDocument lays the subject and parts out as lines. r gives the conditional
// wordings and the fixed words; nil is enough where only labels are read.
func newDocument(subject string, parts []mail.Part, r *rule) *document {
	d := &document{}
	d.add("subject", subject, r)
	d.heads = len(d.lines)
	for _, p := range parts {
		d.add(p.Name, p.Text, r)
	}
	if r != nil {
		texts := make([]string, len(d.lines))
		for i, l := range d.lines {
			texts[i] = l.lower
		}
		d.words = r.index.find(texts)
	}
	return d
}

func (d *document) add(part, text string, r *rule) {
	for _, s := range textLines(plainI(text)) {
		if strings.Trim(s, " |") == "" || len(d.lines) >= maxLines || (r != nil && part != "subject" && r.skips(s)) {
			continue
		}
		cells := strings.Split(s, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if joined := joinSigns(cells); len(joined) < len(cells) {
			cells = joined
			s = strings.Join(cells, " | ")
		}
		l := line{part: part, text: s, cells: cells, asserted: s, lower: lowerSame(s)}
		if r != nil && r.conditions.any(l.lower) {
			l.asserted = asserted(s, r.ignore)
			l.lower = lowerSame(l.asserted)
		}
		if r != nil && len(r.besides) > 0 && r.aside.any(l.lower) {
			l.asserted = asserted(l.asserted, r.besides)
		}
		d.lines = append(d.lines, l)
	}
}

// transactionLine is one transaction of a card: two days and its tail.
var transactionLine = regexp.MustCompile(`^[\s|]*(?:[0-9]{4}[-/])?([0-9]{2})[-/]([0-9]{2})[\s|]+(?:[0-9]{4}[-/])?([0-9]{2})[-/]([0-9]{2})[\s|]+[0-9]{4}[\s|]`)

// bookedWithin is how many days a transaction may take to be booked; a closing
// and a due day in one row lie further apart.
const bookedWithin = 12

// isTransaction reports whether a line is one transaction of a card.
func isTransaction(s string) bool {
	m := transactionLine.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	day := func(month, day string) int {
		a, _ := strconv.Atoi(month)
		b, _ := strconv.Atoi(day)
		return a*31 + b
	}
	const year = 12 * 31
	apart := (day(m[3], m[4]) - day(m[1], m[2]) + year) % year
	return min(apart, year-apart) <= bookedWithin
}

// skips reports whether a line is one that the file says never to read.
func (r *rule) skips(s string) bool {
	if r.ledger.kid != nil && strings.IndexByte("0123456789 |", s[0]) >= 0 && isTransaction(s) {
		return true
	}
	lower := lowerSame(s)
	if len(r.skip) == 0 || !r.skipped.any(lower) {
		return false
	}
	return slices.ContainsFunc(r.skip, func(p *pattern) bool { return p.expr().MatchString(lower) })
}

var clauseEnd = regexp.MustCompile(`[,，。;；!！?？|]|\. `)

// asserted blanks the clauses that an ignore pattern begins or fits. A clause
// that begins with a condition takes the rest of its sentence with it.
func asserted(s string, ignore []*pattern) string {
	var b strings.Builder
	skipping := false
	for rest := s; rest != ""; {
		clause, end := rest, ""
		if loc := clauseEnd.FindStringIndex(rest); loc != nil {
			clause, end = rest[:loc[0]], rest[loc[0]:loc[1]]
		}
		rest = rest[len(clause)+len(end):]
		hit, opens := ignored(clause, ignore)
		if hit || skipping {
			b.WriteByte(0)
		} else {
			b.WriteString(clause)
		}
		b.WriteString(end)
		comma := end == "," || end == "，"
		skipping = comma && (opens || skipping)
	}
	return b.String()
}

// ignored reports whether a clause is only a condition or a warning, and
// whether it opens with one.
func ignored(clause string, ignore []*pattern) (hit, opens bool) {
	lower := lowerSame(clause)
	lead := len(lower) - len(strings.TrimLeft(lower, " ()（）·*、-:1234567890."))
	for _, p := range ignore {
		if loc := p.expr().FindStringIndex(lower); loc != nil {
			hit = true
			opens = opens || loc[0] <= lead
		}
	}
	return hit, opens
}

// holds reports whether a phrase occurs in the document, only in the subject if
// so asked.
func (d *document) holds(p *pattern, subjectOnly bool) bool {
	_, ok := d.where(p, subjectOnly)
	return ok
}

// where returns the first line on which a phrase occurs.
func (d *document) where(p *pattern, subjectOnly bool) (int, bool) {
	end := len(d.lines)
	if subjectOnly {
		end = d.heads
	}
	lines, all := d.words.lines(p)
	if all {
		lines = nil
		for i := range end {
			lines = append(lines, i)
		}
	}
	for _, i := range lines {
		if i < end && p.expr().MatchString(d.lines[i].lower) {
			return i, true
		}
	}
	return 0, false
}

// first returns the first of patterns that the document holds.
func (d *document) first(patterns []*pattern, subjectOnly bool) *pattern {
	for _, p := range patterns {
		if d.holds(p, subjectOnly) {
			return p
		}
	}
	return nil
}
