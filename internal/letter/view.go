package letter

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	"strings"
	"sync"
	"text/template"

	"repayd/internal/plan"
)

// view is a letter in finished words; the two templates only lay it out.
type view struct {
	Lang, Subject, Title, Lead string
	Tone                       string
	OverviewTitle              string
	Overview                   []line
	Groups                     []group
	Cards                      []card
	Solo                       bool // the one card is the headline
	More                       string
	ActionsTitle               string
	Actions                    []action
	Reply                      string
	Footer                     []string
	Marker                     string
	Colon                      string
}

// line is one bill in the overview.
type line struct {
	Name, Amount, Date, Status, ID, Tone string
}

// card is everything about one bill, or one trouble of the daemon.
type card struct {
	Name, Amount, Status, Tone string
	Text                       []string
	Fields                     []field
	Remarks                    []string
	ProblemsTitle              string
	Problems                   []string
	CostTitle                  string // what lateness costs, an estimate
	Costs                      []field
	CostNotes                  []string
	Hints                      []string
	Actions                    []action
}

type field struct{ Label, Value string }

// action is something to do next and the command that does it.
type action struct{ Label, Command string }

// finish adds what every letter has.
func (w *writer) finish(v *view, l plan.Letter, o Options) {
	v.Lang = w.c.lang
	v.Colon = w.c.text("colon")
	v.Marker = Marker(l.ID)
	if o.ReplyTo == "" {
		v.Footer = append(v.Footer, w.c.text("footer.noreply"))
	} else {
		v.Footer = append(v.Footer, w.c.text("footer.auto"))
	}
	if len(v.Actions) > 0 {
		v.ActionsTitle = w.c.text("actions.title")
	}
}

type layouts struct {
	text *template.Template
	html *htmltemplate.Template
}

var parsed = sync.OnceValues(func() (layouts, error) {
	t, err := template.ParseFS(texts, "texts/letter.txt.tmpl")
	if err != nil {
		return layouts{}, err
	}
	h, err := htmltemplate.ParseFS(texts, "texts/letter.html.tmpl")
	return layouts{t, h}, err
})

// asText lays v out as plain text.
func (v *view) asText() (string, error) {
	l, err := parsed()
	if err != nil {
		return "", fmt.Errorf("layout: %w", err)
	}
	var b bytes.Buffer
	if err := l.text.Execute(&b, v); err != nil {
		return "", fmt.Errorf("text: %w", err)
	}
	return tidy(b.String()), nil
}

// asHTML lays v out as HTML.
func (v *view) asHTML() (string, error) {
	l, err := parsed()
	if err != nil {
		return "", fmt.Errorf("layout: %w", err)
	}
	var b bytes.Buffer
	if err := l.html.Execute(&b, v); err != nil {
		return "", fmt.Errorf("html: %w", err)
	}
	return b.String(), nil
}

// tidy folds the blank lines that empty parts of the layout leave.
func tidy(s string) string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		line = strings.TrimRight(line, " ")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}
