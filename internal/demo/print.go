package demo

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"repayd/internal/letter"
)

const (
	// paperWidth is how wide the output is at most, in places of a terminal.
	paperWidth = 96
	// margin is what stands left of a letter's words: its time and channel.
	margin = 22
)

// Printer shows a run to a person, in the language of the letters.
type Printer struct {
	w    io.Writer
	lang string
	text map[string]string
	err  error
}

// NewPrinter prints to w in zh-CN or en.
func NewPrinter(w io.Writer, lang string) *Printer {
	p := &Printer{w: w, lang: lang, text: english()}
	if lang == "zh-CN" {
		p.text = chinese()
	}
	return p
}

// Err is the first error of writing.
func (p *Printer) Err() error { return p.err }

func (p *Printer) line(s string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(s, " "))
	}
}

// Intro says what is about to be seen.
func (p *Printer) Intro() {
	for _, key := range []string{"intro.what", "intro.how", "intro.read"} {
		for _, l := range wrap(p.text[key], paperWidth) {
			p.line(l)
		}
	}
	p.line("")
}

// entry prints words beside a time and a sign, wrapped into their column.
func (p *Printer) entry(at time.Time, sign string, words ...string) {
	head := pad(at.Format("01-02 15:04")+"  "+sign, margin)
	for _, w := range words {
		for _, l := range wrap(w, paperWidth-margin) {
			p.line(head + l)
			head = strings.Repeat(" ", margin)
		}
	}
}

// Event prints what happened to the daemon.
func (p *Printer) Event(e Event) {
	note := p.text["note."+e.Note]
	if e.Kind == HappensCommand {
		p.entry(e.At, "< "+p.text["owner"], e.Command+"  ("+e.Bill+")", "· "+note)
		return
	}
	from, _, _ := strings.Cut(e.From, " <")
	p.entry(e.At, "< "+p.text["mail"], from+"  "+e.Subject, "· "+note)
}

// Letter prints a letter as it arrived.
func (p *Printer) Letter(l Letter) {
	if l.Subject != "" {
		p.entry(l.At, "> "+l.Channel, append([]string{l.Subject}, gist(l.Text)...)...)
		return
	}
	words := []string{l.Type + "  " + p.text["signed"]}
	for _, s := range l.Steps {
		words = append(words, "· "+strings.TrimSpace(s.Step+"  "+s.Name+"  "+s.Outstanding))
	}
	p.entry(l.At, "> "+l.Channel, words...)
}

// gist picks from a letter's text what a person should see first: the list of
// bills, or the sentence under the title and what is marked below it.
func gist(text string) []string {
	var marked []string
	sentence := ""
	for i, l := range strings.Split(strings.TrimSpace(text), "\n") {
		switch {
		case strings.HasPrefix(l, "- "), strings.HasPrefix(l, "! "), strings.HasPrefix(l, "? "):
			marked = append(marked, l)
		case i > 0 && sentence == "" && l != "":
			sentence = l
		}
	}
	if len(marked) == 0 || !strings.HasPrefix(marked[0], "- ") {
		marked = append([]string{"· " + sentence}, marked...)
	}
	return marked[:min(len(marked), 4)]
}

// Summary prints the table of bills, and whether all went as it had to.
func (p *Printer) Summary(s Summary, took time.Duration) {
	p.line("")
	rows := [][]string{{p.text["head.bill"], p.text["head.amount"], p.text["head.due"], p.text["head.stage"], p.text["head.sent"]}}
	for _, r := range s.Bills {
		rows = append(rows, []string{strings.TrimSpace(r.Name + " " + r.Reference), letter.FormatMoney(r.AmountDue, p.lang),
			r.DueDate.String()[len("2006-"):], letter.StageName(r.Stage, p.lang), sentText(r.Sent)})
	}
	rows = append(rows, []string{p.text["warnings"], "", "", "", sentText(s.Warnings)})
	p.table(rows)
	p.line("")
	days := int(s.Until.Sub(s.From).Hours()/24) + 1
	fill := strings.NewReplacer("{days}", strconv.Itoa(days), "{letters}", strconv.Itoa(s.Letters), "{bills}", strconv.Itoa(len(s.Bills)),
		"{seconds}", fmt.Sprintf("%.0f", took.Seconds()), "{n}", strconv.Itoa(len(s.Problems)))
	verdict := p.text["verdict.good"]
	if len(s.Problems) > 0 {
		verdict = p.text["verdict.bad"]
	}
	for _, l := range wrap(fill.Replace(verdict), paperWidth) {
		p.line(l)
	}
	for _, problem := range s.Problems {
		p.line("  " + problem)
	}
}

// unbroken is a blank at which no line ends.
const unbroken = "\u00a0"

// sentText lists steps by day, with the channels where they change.
func sentText(sent []Sent) string {
	type told struct{ when, step string }
	var order []told
	channels := map[told][]string{}
	for _, s := range sent {
		t := told{s.At.Format("01-02"), s.Step}
		if channels[t] == nil {
			order = append(order, t)
		}
		channels[t] = append(channels[t], s.Channel)
	}
	var out []string
	for i, t := range order {
		slices.Sort(channels[t])
		text := t.step + unbroken + t.when
		if i == len(order)-1 || !slices.Equal(channels[t], channels[order[i+1]]) {
			text += unbroken + "→" + unbroken + strings.Join(channels[t], "+")
		}
		out = append(out, text)
	}
	return cmp.Or(strings.Join(out, ", "), "-")
}

// table prints rows whose last column is wrapped into what is left.
func (p *Printer) table(rows [][]string) {
	const gap = 2
	last := len(rows[0]) - 1
	widths := make([]int, last)
	left := paperWidth
	for i := range widths {
		for _, r := range rows {
			widths[i] = max(widths[i], displayWidth(r[i]))
		}
		left -= widths[i] + gap
	}
	for _, r := range rows {
		head := ""
		for i, w := range widths {
			head += pad(r[i], w+gap)
		}
		for _, l := range wrap(r[last], left) {
			p.line(head + l)
			head = strings.Repeat(" ", paperWidth-left)
		}
	}
}
