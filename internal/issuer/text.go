package issuer

import (
	"regexp"
	"strings"

	"repayd/internal/mail"
)

// line is one line of a message: the subject, a line of plain text, or a row
// of a table.
type line struct {
	part  string   // as in evidence: "subject", "text/plain", "text/html"
	text  string   // the whole line, cells separated by " | "
	cells []string // at least one
	// asserted is text without its conditional clauses, which say what would
	// happen and not what did.
	asserted string
}

// document is the readable text of one message.
type document struct {
	lines []line
	// subject and body are the asserted text, for deciding the kind.
	subject, body string
}

// maxLines bounds how much of one message is read for notices.
const maxLines = 4000

// newDocument lays the subject and parts out as lines. ignore holds the
// conditional wordings of the issuer's file.
func newDocument(subject string, parts []mail.Part, ignore []*pattern) *document {
	d := &document{}
	d.add("subject", subject, ignore)
	d.subject = d.join(0)
	body := len(d.lines)
	for _, p := range parts {
		d.add(p.Name, p.Text, ignore)
	}
	d.body = d.join(body)
	return d
}

func (d *document) add(part, text string, ignore []*pattern) {
	for _, s := range strings.Split(text, "\n") {
		if strings.Trim(s, " |") == "" || len(d.lines) >= maxLines {
			continue
		}
		cells := strings.Split(s, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		d.lines = append(d.lines, line{part: part, text: s, cells: cells, asserted: asserted(s, ignore)})
	}
}

func (d *document) join(from int) string {
	var b strings.Builder
	for _, l := range d.lines[from:] {
		b.WriteString(strings.ToLower(l.asserted))
		b.WriteByte('\n')
	}
	return b.String()
}

var clauseEnd = regexp.MustCompile(`[,，。;；!！?？|]|\. `)

// asserted blanks the clauses that an ignore pattern begins or fits. A clause
// that begins with a condition takes the rest of its sentence with it.
func asserted(s string, ignore []*pattern) string {
	if len(ignore) == 0 {
		return s
	}
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
	lower := strings.ToLower(clause)
	lead := len(lower) - len(strings.TrimLeft(lower, " ()（）·*、-:1234567890."))
	for _, p := range ignore {
		if p.needle != "" && !strings.Contains(lower, p.needle) {
			continue
		}
		if loc := p.expr.FindStringIndex(lower); loc != nil {
			hit = true
			opens = opens || loc[0] <= lead
		}
	}
	return hit, opens
}

// found reports whether a phrase occurs in text, which is lower case.
func (p *pattern) found(text string) bool {
	if p.needle != "" && !strings.Contains(text, p.needle) {
		return false
	}
	return p.expr.MatchString(text)
}
