package issuer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
)

// lined is a scalar that remembers its line.
type lined struct {
	s    string
	line int
}

func (l *lined) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: write one word or sentence here, not a list or mapping", n.Line)
	}
	l.s, l.line = n.Value, n.Line
	return nil
}

// list is one scalar or several.
type list []lined

func (l *list) UnmarshalYAML(n *yaml.Node) error { return l.decode(n, 0) }

func (l *list) decode(n *yaml.Node, depth int) error {
	if depth > 4 {
		return fmt.Errorf("line %d: lists are nested too deeply", n.Line)
	}
	if n.Kind == yaml.ScalarNode {
		*l = list{{n.Value, n.Line}}
		return nil
	}
	if n.Kind == yaml.AliasNode {
		return l.decode(n.Alias, depth+1)
	}
	if n.Kind != yaml.SequenceNode {
		return fmt.Errorf("line %d: write a list of words or sentences here", n.Line)
	}
	for _, e := range n.Content {
		// An alias (*name) in a list stands for the items of the list it names.
		var some list
		if err := some.decode(e, depth+1); err != nil {
			return err
		}
		*l = append(*l, some...)
	}
	return nil
}

func (l list) strings() []string {
	out := make([]string, len(l))
	for i, v := range l {
		out[i] = v.s
	}
	return out
}

// fileYAML is one issuer file, or one template that issuer files are "like".
type fileYAML struct {
	Issuer       lined               `yaml:"issuer"`
	Template     lined               `yaml:"template"`
	Name         string              `yaml:"name"`
	NameEN       string              `yaml:"name_en"`
	Zone         lined               `yaml:"zone"`
	Currency     lined               `yaml:"currency"`
	Grace        lined               `yaml:"grace"`
	CutOff       lined               `yaml:"cut_off"`
	BillPer      lined               `yaml:"bill_per"`
	From         list                `yaml:"from"`
	NotFrom      list                `yaml:"not_from"`
	Shared       bool                `yaml:"shared"`
	Default      bool                `yaml:"default"`
	Words        list                `yaml:"words"`
	Brands       list                `yaml:"brands"`
	Others       list                `yaml:"others"`
	Wording      lined               `yaml:"wording"`
	NeedsWorkday bool                `yaml:"needs_workday"`
	Calendar     lined               `yaml:"calendar"`
	Like         list                `yaml:"like"`
	DateOrder    lined               `yaml:"date_order"`
	Negative     lined               `yaml:"negative"`
	DueRule      *dueRule            `yaml:"due_rule"`
	Fields       map[bill.Field]list `yaml:"fields"`
	Sentences    list                `yaml:"sentences"`
	Not          list                `yaml:"not"`
	Lead         list                `yaml:"lead"`
	Start        list                `yaml:"start"`
	Ignore       list                `yaml:"ignore"`
	Besides      list                `yaml:"besides"`
	NeverAfter   list                `yaml:"never_after"`
	Skip         list                `yaml:"skip"`
	Ledger       list                `yaml:"ledger"`
	Row          list                `yaml:"row"`
	Review       list                `yaml:"review"`
	Autopay      list                `yaml:"autopay"`
	Notices      []noticeYAML        `yaml:"notices"`
	Terms        *termsYAML          `yaml:"terms"`
	Samples      []Sample            `yaml:"samples"`
}

// dueRule says on which days of a month its one bill is issued and due.
type dueRule struct {
	Statement int `yaml:"statement"`
	Due       int `yaml:"due"`
}

type noticeYAML struct {
	Kind          lined               `yaml:"kind"`
	When          list                `yaml:"when"`
	WhenSubject   list                `yaml:"when_subject"`
	SureSubject   list                `yaml:"sure_subject"`
	Unless        list                `yaml:"unless"`
	UnlessSubject list                `yaml:"unless_subject"`
	Fields        map[bill.Field]list `yaml:"fields"`
	Sentences     list                `yaml:"sentences"`
	Rows          bool                `yaml:"rows"`
	Beside        list                `yaml:"beside"`
	PaidInFull    list                `yaml:"paid_in_full"`
}

// problems gathers what is wrong in a file, each with its line.
type problems struct {
	file string
	list []error
}

func (p *problems) add(line int, format string, args ...any) {
	p.list = append(p.list, fmt.Errorf("%s:%d: %s", p.file, line, fmt.Sprintf(format, args...)))
}

func (p *problems) err() error { return errors.Join(p.list...) }

var yamlLine = regexp.MustCompile(`(?:yaml: )?line (\d+): (.*)`)

// decodeFile reads one file strictly: an unknown or repeated key is an error.
func decodeFile(name string, data []byte, p *problems) *fileYAML {
	f := &fileYAML{}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	err := dec.Decode(f)
	if errors.Is(err, io.EOF) {
		p.add(1, "the file is empty")
		return nil
	}
	if err != nil {
		p.addYAML(err)
		return nil
	}
	if err := dec.Decode(&fileYAML{}); !errors.Is(err, io.EOF) {
		p.add(1, "the file holds more than one document; write one issuer a file")
		return nil
	}
	return f
}

var unknownKey = regexp.MustCompile(`field (\S+) not found in type \S+`)

func (p *problems) addYAML(err error) {
	messages := []string{err.Error()}
	var typeErr *yaml.TypeError
	if errors.As(err, &typeErr) {
		messages = typeErr.Errors
	}
	for _, msg := range messages {
		line := 1
		if m := yamlLine.FindStringSubmatch(msg); m != nil {
			line, _ = strconv.Atoi(m[1])
			msg = m[2]
		}
		msg = unknownKey.ReplaceAllString(msg, `there is no key "$1" here`)
		p.add(line, "%s", msg)
	}
}

var nameOK = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// check validates the plain keys and returns the terms they make.
func (f *fileYAML) check(p *problems) bill.Terms {
	t := bill.Terms{Issuer: f.Issuer.s, Name: f.Name, NeedsWorkday: f.NeedsWorkday, Calendar: f.Calendar.s, Per: bill.Per(f.BillPer.s)}
	if !nameOK.MatchString(f.Issuer.s) {
		p.add(max(f.Issuer.line, 1), "issuer: write a name of small letters, digits and hyphens, such as my-bank")
	}
	if f.Name == "" {
		p.add(f.Issuer.line, "name: write how letters call the issuer")
	}
	t.Zone = f.zone(p)
	if _, ok := bill.Digits(f.Currency.s); !ok {
		p.add(max(f.Currency.line, 1), "currency: write an ISO 4217 code such as CNY, not %q", f.Currency.s)
	}
	if f.Grace.s != "" {
		days, ok := graceDays(f.Grace.s)
		if !ok {
			p.add(f.Grace.line, "grace: write a number of days such as 3d, not %q", f.Grace.s)
		}
		t.Grace = days
		t.GraceBy = "rule"
	}
	if f.CutOff.s != "" {
		c, err := bill.ParseClock(f.CutOff.s)
		if err != nil {
			p.add(f.CutOff.line, "cut_off: %v", err)
		}
		t.CutOff = c
	}
	if f.Calendar.s != "" && !countryOK.MatchString(f.Calendar.s) {
		p.add(f.Calendar.line, "calendar: write the country's two small letters, such as jp, not %q", f.Calendar.s)
	}
	f.oneOf(p, "bill_per", f.BillPer, "", "month", "due_date", "reference")
	f.oneOf(p, "wording", f.Wording, "seen", "code", "unproven")
	f.oneOf(p, "date_order", f.DateOrder, "", "dmy", "mdy")
	f.oneOf(p, "negative", f.Negative, "", "credit", "owed")
	f.checkFrom(p)
	return t
}

var countryOK = regexp.MustCompile(`^[a-z]{2}$`)

// graceDays reads "3d", 0 to 60 days.
func graceDays(s string) (int, bool) {
	digits, ok := strings.CutSuffix(s, "d")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n >= 0 && n <= 60
}

func (f *fileYAML) zone(p *problems) *time.Location {
	loc, err := time.LoadLocation(f.Zone.s)
	if err != nil || f.Zone.s == "" || f.Zone.s == "Local" {
		p.add(max(f.Zone.line, 1), "zone: write a time zone such as Asia/Shanghai, not %q", f.Zone.s)
		return time.UTC
	}
	return loc
}

func (f *fileYAML) oneOf(p *problems, key string, got lined, want ...string) {
	for _, w := range want {
		if got.s == w {
			return
		}
	}
	p.add(max(got.line, f.Issuer.line, 1), "%s: write one of %s, not %q", key, strings.Join(want, ", "), got.s)
}

var domainOK = regexp.MustCompile(`^[a-z0-9-]+(?:\.[a-z0-9-]+)+$`)

func (f *fileYAML) checkFrom(p *problems) {
	if len(f.From) == 0 {
		p.add(max(f.Issuer.line, 1), "from: list the domains the issuer writes from")
	}
	for _, d := range f.From {
		if !domainOK.MatchString(d.s) {
			p.add(d.line, "from: %q is not a domain; write it in small letters, such as bank.example", d.s)
		}
	}
	for _, d := range f.NotFrom {
		if _, host, ok := strings.Cut(d.s, "@"); !domainOK.MatchString(d.s) && (!ok || !domainOK.MatchString(host)) {
			p.add(d.line, "not_from: %q is neither a domain nor an address in small letters", d.s)
		}
	}
	if f.DueRule != nil && (f.DueRule.Due < 1 || f.DueRule.Due > 28 || f.DueRule.Statement < 1 || f.DueRule.Statement > f.DueRule.Due) {
		p.add(f.Issuer.line, "due_rule: statement and due are days of one month, 1 to 28, the due day not before the other")
	}
}
