package issuer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// settle reads the draft's own sample by the draft, leaves out what the sample
// does not use, and puts in place what was read. The result passes TestFile.
func (d *draft) settle(templates []sourceFile) ([]byte, error) {
	const name = "new.yaml"
	compile := func() (*Set, *rule, error) {
		s, err := build(append(slices.Clone(templates), sourceFile{name, name, d.yaml()}), nil)
		if err != nil {
			return nil, nil, fmt.Errorf("the file that was made of this message is not right: %w", err)
		}
		return s, s.byName[d.issuer], nil
	}
	d.want = "review"
	s, r, err := compile()
	if err != nil {
		return nil, err
	}
	rd, err := s.readSample(r.samples[0], r)
	if err != nil {
		return nil, err
	}
	if rd.Outcome != bill.OutcomeNotices && rd.Outcome != bill.OutcomeNeedsReview {
		return nil, fmt.Errorf("nothing in the message can be read as a notice; write the file by hand")
	}
	d.want = wantOf(rd)
	d.keepUsed(r, rd)
	if s, r, err = compile(); err != nil {
		return nil, err
	}
	var rep Report
	s.testRule(r, &rep)
	if len(rep.Failures) > 0 {
		return nil, fmt.Errorf("the file that was made of this message does not hold; write it by hand: %s", rep.Failures[0].Why)
	}
	return d.yaml(), nil
}

// keepUsed drops the labels that the reading did not need.
func (d *draft) keepUsed(r *rule, rd Reading) {
	used := map[string]bool{}
	for _, f := range rd.Fared {
		for _, p := range f.used {
			if slices.Contains(r.own, p) {
				used[p.source] = true
			}
		}
	}
	d.fields = slices.DeleteFunc(d.fields, func(f draftField) bool { return !used[f.label] })
	d.sentences = slices.DeleteFunc(d.sentences, func(s string) bool { return !used[s] })
	if !used[d.when] {
		d.when = ""
	}
}

// wantOf writes what a sample must come to.
func wantOf(rd Reading) string {
	var notices []string
	for _, n := range rd.Notices {
		fields := noticeFields(n)
		if n.Kind == bill.KindUnread {
			delete(fields, "kind")
		}
		var pairs []string
		if rd.Outcome == bill.OutcomeNeedsReview {
			pairs = append(pairs, "outcome: review")
		}
		for _, k := range sortedKeys(fields) {
			if fields[k] != "" {
				pairs = append(pairs, k+": "+quoted(fields[k]))
			}
		}
		notices = append(notices, "{"+strings.Join(pairs, ", ")+"}")
	}
	if len(notices) == 1 {
		return notices[0]
	}
	if rd.Outcome == bill.OutcomeNeedsReview {
		return "review"
	}
	return "\n      - " + strings.Join(notices, "\n      - ")
}

// quoted writes a scalar that YAML takes as the text it is.
func quoted(s string) string {
	return "'" + strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "'", "''") + "'"
}

// yaml writes the file as it stands.
func (d *draft) yaml() []byte {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p("# Made from one message: check the name, the zone and every label, add\n# samples of the other mails of this sender, and run: repayd issuer test FILE\n")
	p("issuer: %s\nname: %s\nzone: %s # in which its days end: check\ncurrency: %s\n", d.issuer, quoted(d.name), d.zone, d.currency)
	if d.reference {
		p("bill_per: reference\n")
	}
	if d.order != "" {
		p("date_order: %s\n", d.order)
	}
	p("from: [%s]\nwording: seen\nlike: [%s]\n", d.domain, strings.Join(d.like, ", "))
	if d.when != "" {
		key := "when"
		if d.whenSubject {
			key = "when_subject"
		}
		p("notices:\n  - kind: %s\n    %s: [%s]\n", d.kind, key, quoted(d.when))
		d.fieldLines(p, "    ")
	} else {
		d.fieldLines(p, "")
	}
	p("samples:\n  - name: the first message\n    from: %s\n    received: %s\n    subject: %s\n", d.from, d.received.Format(time.RFC3339), quoted(d.subject))
	if d.text != "" {
		p("    text: |\n      %s\n", strings.ReplaceAll(d.text, "\n", "\n      "))
	}
	p("    want: %s\n", d.want)
	p("  - name: no bill\n    from: %s\n    received: %s\n    subject: News\n    text: Good news.\n    want: none\n", d.from, d.received.Format(time.RFC3339))
	return []byte(b.String())
}

func (d *draft) fieldLines(p func(string, ...any), indent string) {
	if len(d.sentences) > 0 {
		p("%ssentences:\n", indent)
		for _, s := range d.sentences {
			p("%s  - %s\n", indent, quoted(s))
		}
	}
	if len(d.fields) == 0 {
		return
	}
	byField := map[string][]string{}
	for _, f := range d.fields {
		byField[string(f.field)] = append(byField[string(f.field)], quoted(f.label))
	}
	p("%sfields:\n", indent)
	for _, field := range sortedKeys(byField) {
		p("%s  %s: [%s]\n", indent, field, strings.Join(byField[field], ", "))
	}
}

// blur takes out of a sample what could be a real person's.
type blur struct{ names []string }

func newBlur(m *mail.Message) blur {
	var b blur
	for _, a := range m.To {
		local, _, _ := strings.Cut(a.Address, "@")
		for _, name := range []string{a.Name, local} {
			if len([]rune(name)) > 1 && !strings.Contains(name, "@") {
				b.names = append(b.names, name)
			}
		}
	}
	return b
}

var (
	greeting = regexp.MustCompile(`(?i)\b((?:dear|hello|hi|sehr geehrte[rs]?|hallo|guten tag|liebe[r]?|bonjour|cher|chère|madame|monsieur|beste|geachte|estimad[oa]|hola|prezad[oa]|olá|gentile|ciao|sayın)(?: (?:mr|mrs|ms|herr|frau|heer|mevrouw|sr|sra|señor|señora)\.?)?) [^,!:.\n|]{1,60}`)
	saluted  = regexp.MustCompile(`(尊敬的|亲爱的|親愛的)[^,。:!\s]{1,12}`)
	honoured = regexp.MustCompile(`[^\s,。:]{1,12}(様|先生|女士|小姐)`)
	iban     = regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,8}(?: ?[A-Z0-9]{1,3})?\b`)
	spacedNo = regexp.MustCompile(`\b[0-9]{4}(?:[ -][0-9]{4}){2,}\b`)
	phone    = regexp.MustCompile(`\+[0-9][0-9 ()/-]{6,}[0-9]`)
	webLink  = regexp.MustCompile(`https?://\S+`)
)

// text blurs one text: addresses, names, accounts, telephone numbers, links,
// and all but the first six digits of a long number.
func (b blur) text(s string) string {
	s = webLink.ReplaceAllString(s, "https://example.com")
	s = addressRun.ReplaceAllString(s, "someone@example.com")
	for _, name := range b.names {
		s = strings.ReplaceAll(s, name, "Customer")
	}
	s = greeting.ReplaceAllString(s, "$1 Customer")
	s = saluted.ReplaceAllString(s, "${1}客户")
	s = honoured.ReplaceAllString(s, "客户$1")
	s = iban.ReplaceAllString(s, "XX00")
	s = spacedNo.ReplaceAllString(s, "0000")
	s = phone.ReplaceAllString(s, "+1 555 0100")
	return digitRun.ReplaceAllStringFunc(s, func(run string) string {
		if len(run) == 8 && dateCompact.MatchString(run) {
			return run
		}
		return run[:6]
	})
}
