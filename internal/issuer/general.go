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

// general reads bills of senders that no file describes by the due labels of
// their language. It is sure only where amount, currency and due date each
// have one value beside a label and the kind is clear. All else that looks
// like a bill is a review, and only of a sender that is vouched for: a spammer
// must not fill the owner's list. What an unproven sender writes is a review
// where nothing but the sender is in doubt, else not the owner's.
type general struct {
	languages []language
	any       forest // the labels of every language
	lead      leads
	// seek holds every label, of the kinds as well, in one tree; speaks tells
	// in which languages a spelling is one that is read.
	seek   *labelTree
	speaks map[string][]int
	begin  beginnings // of the labels of seek
	index  *wordIndex // the fixed words of every language
}

// language is how bills in one language are read.
type language struct {
	name string
	like []string // the templates it is made of
	rule *rule
	own  *rule // without the English that stands behind it
}

// habits are the keys of a template that say how its language prints values.
type habits struct{ order, currency string }

// anyTemplate begins the names of the templates of languages.
const anyTemplate = "any-"

// anyEnglish is the one that stands behind all others.
const anyEnglish = "any-en"

// newGeneral compiles a rule for each language template. English stands behind
// each: bills of any country repeat their labels in it.
func newGeneral(templates map[string]*layer, orders map[string]habits, zone *time.Location) *general {
	g := &general{seek: &labelTree{}, speaks: map[string][]int{}}
	var phrases []*pattern
	for _, name := range sortedKeys(templates) {
		if !strings.HasPrefix(name, anyTemplate) {
			continue
		}
		layers, like := []*layer{templates[name]}, []string{name}
		for _, more := range map[string][]string{"any-zh": {"cn-pay"}}[name] {
			if templates[more] != nil {
				layers, like = append(layers, templates[more]), append(like, more)
			}
		}
		own := len(layers)
		if en := templates[anyEnglish]; en != nil && name != anyEnglish {
			layers, like = append(layers, en), append(like, anyEnglish)
		}
		l := language{name: name, like: like, rule: languageRule(layers, orders[name]), own: languageRule(layers[:own], orders[name])}
		for _, layer := range layers[:own] {
			g.any = append(g.any, layer.labels)
			g.learn(layer.labels, nil, len(g.languages))
			for _, n := range layer.notices {
				g.learn(n.labels, nil, len(g.languages))
			}
		}
		g.lead.words = append(g.lead.words, l.rule.lead.words...)
		g.lead.start = append(g.lead.start, l.rule.lead.start...)
		g.languages = append(g.languages, l)
		phrases = append(phrases, l.own.phrases()...)
	}
	g.index = newWordIndex(phrases)
	return g
}

// learn adds the labels of a tree as those of one language.
func (g *general) learn(t *labelTree, spelling []byte, language int) {
	if t.here != nil {
		s := string(spelling)
		g.seek.add(&pattern{labels: []string{s}}, t.here.field)
		g.begin.add(s)
		if t.here.field != "" && !slices.Contains(g.speaks[s], language) {
			g.speaks[s] = append(g.speaks[s], language)
		}
	}
	t.each(func(c byte, kid *labelTree) {
		g.learn(kid, append(slices.Clone(spelling), c), language)
	})
}

// languageRule compiles layers as the file of an issuer would be. A reference
// is read as where bills are told apart by it.
func languageRule(layers []*layer, h habits) *rule {
	f := &fileYAML{Issuer: lined{s: "stranger"}, Name: "stranger", Zone: lined{s: "UTC"}, Currency: lined{s: "EUR"},
		Wording: lined{s: "unproven"}, From: list{{s: "stranger.example"}}}
	r := compileRule(f, layers, &problems{})
	r.currency, r.order = h.currency, h.order
	r.terms.Per = bill.PerReference
	return r
}

// language picks the one whose labels the text holds most of; of none, the
// first whose words of owing fit.
func (g *general) language(m *mail.Message) (language, bool) {
	if len(g.languages) == 0 || !g.mayOwe(m) {
		return language{}, false
	}
	return g.closely(m)
}

// closely is language without the quick look before.
func (g *general) closely(m *mail.Message) (language, bool) {
	d := newDocument(m.Subject, readable(m.Parts), nil)
	hits := make([]int, len(g.languages))
	for _, l := range d.lines {
		for _, cell := range l.cells {
			for _, mark := range (forest{g.seek}).marks(cell, &g.lead) {
				if mark.whole {
					for _, i := range g.speaks[lowerSame(cell[mark.start:mark.end])] {
						hits[i] += mark.end - mark.start
					}
				}
			}
		}
	}
	best := 0
	for i, n := range hits {
		if n > hits[best] {
			best = i
		}
	}
	if hits[best] > 0 {
		return g.languages[best], true
	}
	if !slices.ContainsFunc(d.lines, func(l line) bool { return strings.ContainsAny(l.text, "0123456789") && anyMoney.MatchString(l.text) }) {
		return language{}, false
	}
	return g.bySentence(d)
}

// bySentence picks the first language in whose own words the beginning of a
// text speaks of a bill, for bills that are one sentence without a label.
// English, which every language falls back on, is the last to be picked: the
// order of day and month is another one there.
func (g *general) bySentence(d *document) (language, bool) {
	var lines []line
	var texts []string
	for size := 0; len(lines) < min(len(d.lines), sentenceLines) && size < sentenceBytes; {
		l := d.lines[len(lines)]
		cut := min(len(l.lower), len(l.asserted), sentenceBytes-size)
		l.lower, l.asserted = l.lower[:cut], l.asserted[:cut]
		size += cut
		lines, texts = append(lines, l), append(texts, l.lower)
	}
	head := &document{lines: lines, heads: min(d.heads, len(lines)), words: g.index.find(texts)}
	english, found := language{}, false
	for _, l := range g.languages {
		switch {
		case !l.own.speaks(head):
		case l.name != anyEnglish:
			return l, true
		default:
			english, found = l, true
		}
	}
	return english, found
}

// speaks reports whether a text speaks of a bill or asks for money.
func (r *rule) speaks(d *document) bool {
	if n := r.decide(d, &Fared{}); n != nil {
		return n.kind != kindNone
	}
	_, asks := owing(d, r)
	return asks
}

// sentenceLines and sentenceBytes are how much of a text without labels is
// looked at: a letter that asks for money soon says so.
const (
	sentenceLines = 60
	sentenceBytes = 2000
)

// anyMoney is an amount with a sign or code of a currency beside it.
var anyMoney = regexp.MustCompile(`(?i)(?:[$€£¥₹₺₩]|\b(?:usd|eur|gbp|chf|cny|rmb|jpy|brl|try|tl|r\$)\b) ?[0-9]|[0-9] ?(?:[€£元円₺원]|\b(?:usd|eur|gbp|chf|cny|tl)\b)`)

// readGeneral reads the content as a bill of the stranger.
func (s *Set) readGeneral(stranger *rule, e envelope, rd *Reading) {
	lang, ok := s.general.language(e.content)
	if !ok {
		return
	}
	r := *lang.rule
	r.terms.Issuer, r.terms.Name, r.terms.Zone = stranger.terms.Issuer, stranger.terms.Name, stranger.terms.Zone
	if lang.name == "any-zh-hant" {
		r.currency = traditional(e.content)
	}
	f := Fared{Issuer: r.terms.Issuer, Why: "no bill by any label"}
	t := &task{received: dayIn(e.received, r.terms.Zone), doubtful: e.doubtful, recipient: e.recipient, fared: &f}
	content := *e.content
	content.Parts = unquoted(readable(e.content.Parts))
	_, notices := r.readAs(&content, t)
	x := &strangerNotices{task: t, set: s, message: &content, sure: rd.Trust == bill.TrustVouched || rd.Trust == bill.TrustForwarded}
	rd.Notices = x.keep(notices)
	if len(rd.Notices) > 0 {
		rd.Outcome = outcomeOf(rd.Notices)
	} else {
		f.Why = "no bill that is certain enough for a sender that no file describes: " + f.Why
	}
	rd.Fared = append(rd.Fared, f)
}

// strangerNotices decides which notices of an unknown sender are kept.
type strangerNotices struct {
	*task
	set     *Set
	message *mail.Message
	sure    bool // the sender is vouched for, or the owner forwarded it
}

func (x *strangerNotices) keep(notices []bill.Notice) []bill.Notice {
	if len(notices) == 0 {
		return nil
	}
	due, labelled := dueLabel(x.doc, x.r, x.scan)
	dated := slices.ContainsFunc(notices, func(n bill.Notice) bool { return n.DueDate.Known() })
	owed := labelled && (due.field != bill.FieldAmountDue || due.val.amount.Minor != 0)
	var out []bill.Notice
	for _, n := range notices {
		n.Problems = slices.DeleteFunc(n.Problems, func(p bill.Problem) bool { return p.Field == bill.FieldReference })
		switch {
		case n.Kind == bill.KindZero:
			if x.sure && n.Reference != "" && len(n.Problems) == 0 {
				out = append(out, n)
			}
		case settles(n.Kind):
			if owed {
				addProblem(&n, bill.FieldKind, fmt.Sprintf("it speaks of a payment, and says %q", due.val.shown))
			}
			// A receipt that names a described issuer says nothing about that
			// issuer's bills, and seldom anything about the sender's.
			foreign := n.Reference == "" && len(x.set.namedIn(x.message)) > 0
			if x.sure && !foreign && n.PaidAmount.Known() && (owed || len(n.Problems) == 0) {
				out = append(out, n)
			}
		case (labelled || dated) && x.likeBill(n, dated) || x.asks(n):
			x.check(&n)
			switch {
			case x.sure:
				out = append(out, n)
			case len(n.Problems) == 0 && len(x.set.namedIn(x.message)) == 0:
				// One that names a described issuer is a forgery of that issuer's.
				one := []bill.Notice{n}
				doubtSender(one, n.Issuer)
				out = append(out, one...)
			}
		}
	}
	return out
}

// likeBill tells a bill from a text that only mentions a due date or a sum:
// it shows both, or the words of a kind and is no bulk mail.
func (x *strangerNotices) likeBill(n bill.Notice, dated bool) bool {
	if dated && n.AmountDue.Known() {
		return true
	}
	return n.Kind != bill.KindUnread && !x.bulk()
}

// asks tells a letter that asks for money in words of its own: it shows a sum,
// and is late or says to pay. Nobody's bulk mail is believed that much.
func (x *strangerNotices) asks(n bill.Notice) bool {
	if !x.sure || x.bulk() || !slices.ContainsFunc(x.doc.lines, func(l line) bool { return anyMoney.MatchString(l.asserted) }) {
		return false
	}
	_, asked := owing(x.doc, x.r)
	return asked || n.Kind == bill.KindOverdue || n.Kind == bill.KindAutopayFailed
}

func (x *strangerNotices) bulk() bool {
	return len(x.message.Header["List-Unsubscribe"]) > 0 || len(x.message.Header["List-Id"]) > 0
}

// check adds what makes a bill of an unknown sender less than certain.
func (x *strangerNotices) check(n *bill.Notice) {
	if !n.AmountDue.Known() && !hasProblem(n, bill.FieldAmountDue) {
		addProblem(n, bill.FieldAmountDue, "the message shows no amount due that can be read")
	}
	if !n.DueDate.Known() && !hasProblem(n, bill.FieldDueDate) {
		addProblem(n, bill.FieldDueDate, "the message shows no due date that can be read")
	}
	if why := x.doubtCurrency(n); why != "" {
		addProblem(n, bill.FieldCurrency, why)
	}
	if named := x.set.namedIn(&mail.Message{Subject: x.message.Subject}); len(named) > 0 {
		addProblem(n, bill.FieldIssuer, "it names "+named[0].terms.Name+", whose mails come from other addresses")
	}
	if replySubject.MatchString(x.message.Subject) {
		addProblem(n, bill.FieldKind, "it is a reply, and may quote a bill of somebody else")
	}
}

var (
	replySubject = regexp.MustCompile(`(?i)^ ?(?:\[[^\]]*\] ?)*(?:re|aw|antw|sv|rv|ynt|回复|回覆|答复|答覆) ?[:：]`)
	bareDollar   = regexp.MustCompile(`(?:^|[^A-Za-z$])\$`)
	bareYen      = regexp.MustCompile(`(?:^|[^A-Za-z])¥`)
	// otherDollar names a country or code whose "$" is not that of the USA.
	otherDollar = regexp.MustCompile(`(?:\b(?:CAD|AUD|NZD|SGD|HKD|TWD|MXN|ARS|CLP|COP)\b|(?:C|CA|A|AU|NZ|S|HK|NT|MX)\$|\b(?:Canada|Australia|New Zealand|Singapore|Hong Kong|Taiwan|México|Mexico|Ontario|ABN|GST)\b)`)
	dollarHost  = regexp.MustCompile(`\.(?:ca|au|nz|sg|hk|tw|mx|ar|cl|co)$`)
)

// doubtCurrency says why a sign may be another country's. "$" counts as the
// dollar of the USA where nothing in the message speaks for another one.
func (x *strangerNotices) doubtCurrency(n *bill.Notice) string {
	shown := n.Evidence[bill.FieldAmountDue].Text
	text := func(re *regexp.Regexp) bool {
		return slices.ContainsFunc(x.doc.lines, func(l line) bool { return re.MatchString(l.text) })
	}
	switch {
	case n.Currency == "USD" && bareDollar.MatchString(shown) && (text(otherDollar) || dollarHost.MatchString(n.Issuer) || x.r.currency != "" || x.r.order == "dmy"):
		return "whose dollar \"$\" means is not certain"
	case n.Currency == "CNY" && x.r.currency != "CNY" && bareYen.MatchString(shown) && !text(yuanNamed):
		return "whether \"¥\" means yuan or yen is not certain"
	case n.Currency == "CNY" && x.r.currency == "" && strings.Contains(shown, "元") && !text(yuanNamed):
		return "which country's \"元\" it is is not certain"
	}
	return ""
}

var (
	yuanNamed = regexp.MustCompile(`CNY|RMB|人民币|人民幣`)
	taiwan    = regexp.MustCompile(`NT\$|TWD|新臺幣|新台幣|臺灣|台灣|臺北|台北`)
	hongKong  = regexp.MustCompile(`HK\$|HKD|港幣|港元`)
)

// traditional is the currency of a bare amount in traditional characters, ""
// where the text names neither country or both.
func traditional(m *mail.Message) string {
	d := newDocument(m.Subject, m.Parts, nil)
	tw := slices.ContainsFunc(d.lines, func(l line) bool { return taiwan.MatchString(l.text) })
	hk := slices.ContainsFunc(d.lines, func(l line) bool { return hongKong.MatchString(l.text) })
	switch {
	case tw && !hk:
		return "TWD"
	case hk && !tw:
		return "HKD"
	}
	return ""
}

// unquoted leaves out what a reply quotes with ">", in HTML as well.
func unquoted(parts []mail.Part) []mail.Part {
	out := slices.Clone(parts)
	for i, p := range out {
		if !strings.Contains(p.Text, ">") {
			continue
		}
		lines := strings.Split(p.Text, "\n")
		lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), ">") })
		out[i].Text = strings.Join(lines, "\n")
	}
	return out
}
