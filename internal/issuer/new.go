package issuer

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// New writes a first issuer file from one message of a sender that no file
// describes: its domain, the labels beside the fields that were found, and the
// message as a sample, blurred and cut down to the lines that were read. The
// file passes TestFile; what New guesses (zone, name) is marked to be checked.
func (s *Set) New(m *mail.Message, o Options) ([]byte, error) {
	content, received := m, o.Received
	if inner, ok := m.InnerForward(); ok && len(inner.From) == 1 {
		content = inner
		if !inner.Date.IsZero() {
			received = inner.Date
		}
	}
	if received.IsZero() {
		received = content.Date
	}
	d, err := s.draft(content, received)
	if err != nil {
		return nil, err
	}
	embedded, err := embeddedFiles()
	if err != nil {
		return nil, err
	}
	// Only the shared wording takes part in what the file reads.
	templates := slices.DeleteFunc(embedded, func(f sourceFile) bool { return !strings.HasPrefix(f.name, "like-") })
	return d.settle(templates)
}

// draft is an issuer file being written.
type draft struct {
	issuer, name, domain, zone, currency, order string
	like                                        []string
	kind                                        bill.Kind
	when                                        string
	whenSubject                                 bool
	fields                                      []draftField
	sentences                                   []string
	reference                                   bool
	from, subject, text                         string
	received                                    time.Time
	want                                        string
}

type draftField struct {
	field bill.Field
	label string
}

// manyPeople are domains at which anybody has an address.
var manyPeople = []string{"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "qq.com", "foxmail.com",
	"163.com", "126.com", "yeah.net", "sina.com", "sohu.com", "139.com", "189.cn", "aliyun.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "proton.me",
	"protonmail.com", "mail.ru", "yandex.ru", "orange.fr", "free.fr", "libero.it", "uol.com.br", "naver.com", "aol.com"}

// draft gathers what the file will say.
func (s *Set) draft(m *mail.Message, received time.Time) (*draft, error) {
	if len(m.From) != 1 {
		return nil, errors.New("the message names no single sender; save the original one, not a collection")
	}
	host := hostOf(m.From[0])
	if rules := s.forDomain(host); len(rules) > 0 {
		return nil, fmt.Errorf("%s is described already, by %s; see what \"repayd explain\" says of the message", host, rules[0].terms.Issuer)
	}
	domain := mail.OrganisationalDomain(host)
	if !domainOK.MatchString(domain) || slices.Contains(manyPeople, domain) {
		return nil, fmt.Errorf("anybody may write from %q, so a file for it would believe everybody", domain)
	}
	lang, ok := s.general.language(m)
	if !ok {
		return nil, errors.New("the message shows no due label beside a date or amount in a language that is known; write the file by hand")
	}
	d := &draft{domain: domain, like: lang.like, order: lang.rule.order, received: received, from: roleAddress(m.From[0].Address)}
	d.issuer = s.freeName(domain)
	d.name = strings.TrimSpace(strings.Trim(m.From[0].Name, `"'`))
	if d.name == "" || strings.Contains(d.name, "@") {
		d.name = domain
	}
	d.read(lang, m, bill.DayOf(received))
	if d.zone = zoneOf(lang.name, d.currency); d.zone == "" {
		d.zone = "UTC"
	}
	return d, nil
}

// freeName is the domain's own label as an issuer's name, or the whole domain
// where that name is taken.
func (s *Set) freeName(domain string) string {
	label, _, _ := strings.Cut(domain, ".")
	if s.byName[label] == nil {
		return label
	}
	return strings.ReplaceAll(domain, ".", "-")
}

// roleAddress keeps an address that names a duty, not a person.
func roleAddress(address string) string {
	local, host, _ := strings.Cut(strings.ToLower(address), "@")
	for _, role := range []string{"billing", "invoice", "rechnung", "noreply", "no-reply", "service", "info", "accounts", "payments", "support", "notify", "notice", "statement", "bill", "facture", "factuur", "fatura", "zhangdan"} {
		if strings.Contains(local, role) && !digitRun.MatchString(local) {
			return local + "@" + host
		}
	}
	return "billing@" + host
}

// read finds kind, labels and the lines that matter.
func (d *draft) read(lang language, m *mail.Message, received bill.Day) {
	r := lang.rule
	doc := newDocument(m.Subject, readable(m.Parts), r)
	scan := scanner{currency: r.currency, dateOrder: r.order, received: received}
	n := r.decide(doc, &Fared{})
	forest := slices.Clone(r.any)
	d.kind = bill.KindStatement
	if n != nil && n.kind != kindNone {
		d.kind = n.kind
		forest = append([]*labelTree{n.labels}, forest...)
		d.knownBy(n, doc)
	}
	if d.when == "" {
		d.when, d.whenSubject = words(m.Subject), true
	}
	sentences := slices.Clone(r.sentences)
	if n != nil {
		sentences = append(sentences, n.sentences...)
	}
	values := append(readLabels(doc.lines, forest, &r.lead, scan), readSentences(doc, sentences, &r.lead, scan)...)
	part := mainPart(values)
	for _, v := range values {
		label := labelOf(v)
		if v.from.labels == nil && v.val.part == part {
			if label = v.from.source; strings.Contains(label, ":"+string(v.field)+"}") {
				if !slices.Contains(d.sentences, label) {
					d.sentences = append(d.sentences, label)
				}
				continue
			}
		}
		f := draftField{v.field, label}
		if label == "" || v.val.bad != "" || slices.Contains(d.fields, f) || (v.val.part != part && v.val.part != "subject") {
			continue
		}
		d.fields = append(d.fields, f)
		d.reference = d.reference || v.field == bill.FieldReference
		if d.currency == "" && v.val.amount.Known() {
			d.currency = v.val.amount.Currency
		}
	}
	if d.currency == "" {
		d.currency = "EUR"
	}
	b := newBlur(m)
	d.subject = b.text(m.Subject)
	var lines []string
	for i, l := range doc.lines[doc.heads:] {
		at := i + doc.heads
		read := slices.ContainsFunc(values, func(v found) bool { return v.at == at })
		if l.part == part && (read || matters(l, forest, r, scan) || strings.Contains(l.lower, d.when)) {
			lines = append(lines, b.text(strings.TrimSpace(l.text)))
		}
	}
	d.text = strings.Join(lines, "\n")
}

// knownBy takes the words by which the kind was known.
func (d *draft) knownBy(n *notice, doc *document) {
	by, subject := doc.first(n.whenSubject, true), true
	if by == nil {
		by, subject = doc.first(n.when, false), false
	}
	if by == nil {
		return
	}
	at, _ := doc.where(by, subject)
	phrase := by.expr().FindString(doc.lines[at].lower)
	d.when, d.whenSubject = words(phrase), subject
}

// words is the longest run of a text without digits, braces and quotes: what
// other messages of the kind are likely to say as well. Shorter than two
// letters is nothing.
func words(s string) string {
	best := ""
	for _, run := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune("0123456789{}|#:,;\"'()[]<>", r) }) {
		if run = strings.TrimSpace(run); len(run) > len(best) {
			best = run
		}
	}
	if len([]rune(best)) < 2 {
		return ""
	}
	return best
}

// mainPart is the part most values stand in.
func mainPart(values []found) string {
	count := map[string]int{}
	best := ""
	for _, v := range values {
		if v.val.part == "subject" {
			continue
		}
		count[v.val.part]++
		if best == "" || count[v.val.part] > count[best] {
			best = v.val.part
		}
	}
	return best
}

// labelOf is the spelling of the label that a value stands beside.
func labelOf(v found) string {
	shown, best := lowerSame(v.val.shown), ""
	for _, l := range v.from.labels {
		if strings.HasPrefix(shown, l) && len(l) > len(best) {
			best = l
		}
	}
	if strings.ContainsAny(best, "{}|") {
		return ""
	}
	return best
}

// matters reports whether a line bears a label or nothing but values: what the
// layout of the others rests on.
func matters(l line, f forest, r *rule, scan scanner) bool {
	return slices.ContainsFunc(l.cells, func(c string) bool {
		return c != "" && (scan.isValue(c) || len(f.marks(c, &r.lead)) > 0)
	})
}

// zoneOf guesses in which zone the days of an issuer end.
func zoneOf(lang, currency string) string {
	byCurrency := map[string]string{"USD": "America/New_York", "GBP": "Europe/London", "CAD": "America/Toronto", "AUD": "Australia/Sydney", "BRL": "America/Sao_Paulo",
		"CNY": "Asia/Shanghai", "JPY": "Asia/Tokyo", "TWD": "Asia/Taipei", "HKD": "Asia/Hong_Kong", "TRY": "Europe/Istanbul", "INR": "Asia/Kolkata", "CHF": "Europe/Zurich"}
	if z := byCurrency[currency]; z != "" {
		return z
	}
	return map[string]string{"any-de": "Europe/Berlin", "any-fr": "Europe/Paris", "any-nl": "Europe/Amsterdam", "any-es": "Europe/Madrid",
		"any-pt": "Europe/Lisbon", "any-it": "Europe/Rome", "any-tr": "Europe/Istanbul"}[lang]
}
