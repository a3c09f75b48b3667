package issuer

import (
	"slices"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// kindNone is the kind of a message that is about something else, as the file
// writes it.
const kindNone bill.Kind = "none"

// rule is one compiled issuer file with the templates it is like.
type rule struct {
	overrides []ownRules // of the owner, for some bills; what is applied last wins
	terms     bill.Terms
	full      *terms.Terms // nil where the file has no terms block
	names     [2]string    // zh, en
	from      []string
	notFrom   []string // domains and addresses of theirs that send no bills
	shared    bool
	standard  bool     // the domain's issuer where a message names none
	words     []string // lower case
	brands    []string // lower case; what a stranger's display name must not bear
	others    []string // other products of the sender
	wording   string
	currency  string
	order     string
	negative  string
	due       *dueRule
	source    string // "embedded" or "user"
	file      string
	lead      leads
	ignore    []*pattern
	besides   []*pattern
	notices   []*notice
	kinds     []bill.Kind
	samples   []Sample
	own       []*pattern // written in the issuer's own file, for the linter
	// any reads due labels whatever the kind: the net for new wordings.
	any       forest
	sentences []*pattern // of every kind
	index     *wordIndex // of the phrases and sentences
	// conditions holds the words of the ignore patterns.
	conditions *wordIndex
	aside      *wordIndex // the words of besides
	review     []*pattern // words of owing that make a review where no kind fits
	autopay    []*pattern // words by which a bill mentions that it will be debited
	skip       []*pattern // lines that are never read
	skipped    *wordIndex // the words of skip
	ledger     *labelTree // heads of lists of single transactions
	row        []*pattern // one line of a table of cards
}

// notice is one compiled kind of notice.
type notice struct {
	kind                                           bill.Kind
	when, whenSubject, sure, unless, unlessSubject []*pattern
	paidInFull                                     []*pattern
	labels                                         *labelTree
	sentences                                      []*pattern
	rows                                           bool
	// beside are the kinds of notice in whose messages this one is looked for
	// as well: a receipt that lists the instalments to come.
	beside []bill.Kind
}

// layer is one compiled file, shared by every issuer that is like it.
type layer struct {
	labels      *labelTree
	sentences   []*pattern
	ignore      []*pattern
	besides     []*pattern
	review      []*pattern
	autopay     []*pattern
	skip, row   []*pattern
	ledger      []string
	lead, start []string
	never       []string
	notices     []*notice
	patterns    []*pattern // all of the file's
	terms       *block     // of a shared file; nil where it has none
}

// compiler turns the patterns of one file into a layer.
type compiler struct {
	p   *problems
	out *layer
}

// compileLayer compiles the wording of one file.
func compileLayer(f *fileYAML, p *problems) *layer {
	out := &layer{labels: &labelTree{}, lead: lowered(f.Lead), start: lowered(f.Start), never: lowered(f.NeverAfter)}
	c := compiler{p, out}
	c.fields(f.Fields, out.labels, &out.sentences)
	c.decoys(f.Not, out.labels)
	out.sentences = append(out.sentences, c.patterns(f.Sentences)...)
	ignore := len(out.patterns)
	out.ignore, out.besides, out.review = c.patterns(f.Ignore), c.patterns(f.Besides), c.patterns(f.Review)
	out.autopay, out.skip = c.patterns(f.Autopay), c.patterns(f.Skip)
	out.patterns = out.patterns[:ignore] // a condition is not evidence of a sample
	out.row = c.patterns(f.Row)
	c.ledger(f.Ledger)
	for _, n := range f.Notices {
		out.notices = append(out.notices, c.notice(n))
	}
	return out
}

func (c *compiler) pattern(l lined, field bill.Field) *pattern {
	p, err := compilePattern(l.s, field)
	if err != nil {
		c.p.add(l.line, "%v", err)
		return nil
	}
	p.line = l.line
	c.out.patterns = append(c.out.patterns, p)
	return p
}

func (c *compiler) patterns(l list) []*pattern {
	var out []*pattern
	for _, s := range l {
		if p := c.pattern(s, ""); p != nil {
			out = append(out, p)
		}
	}
	return out
}

// fields adds the patterns of a fields mapping to the tree and sentences.
func (c *compiler) fields(m map[bill.Field]list, tree *labelTree, sentences *[]*pattern) {
	for _, field := range sortedFields(m) {
		if _, ok := fieldTypes(field); !ok {
			line := 1
			if len(m[field]) > 0 {
				line = m[field][0].line
			}
			c.p.add(line, "there is no field %q", field)
			continue
		}
		for _, s := range m[field] {
			p := c.pattern(s, field)
			switch {
			case p == nil:
			case p.labels != nil:
				tree.add(p, field)
			default:
				*sentences = append(*sentences, p)
			}
		}
	}
}

func sortedFields(m map[bill.Field]list) []bill.Field {
	var out []bill.Field
	for f := range m {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}

// compileRule builds a rule from its file and the layers of its templates,
// nearest first: an issuer's own wording goes before the shared one.
func compileRule(f *fileYAML, templates []*layer, p *problems) *rule {
	r := &rule{terms: f.check(p), names: [2]string{f.Name, f.NameEN}, from: f.From.strings(), notFrom: f.NotFrom.strings(), shared: f.Shared, standard: f.Default,
		wording: f.Wording.s, currency: f.Currency.s, order: f.DateOrder.s, negative: f.Negative.s, due: f.DueRule, samples: f.Samples}
	r.full = f.compileTerms(p)
	r.terms = f.folded(r.terms, r.full, p)
	l := f.inherit(templates, laws{r.terms, r.full})
	r.terms, r.full = l.fold, l.full
	r.words, r.brands, r.others = lowered(f.Words), lowered(f.Brands), lowered(f.Others)
	r.ledger = &labelTree{}
	own := compileLayer(f, p)
	r.own = own.patterns
	for _, l := range append([]*layer{own}, templates...) {
		r.lead.words = append(r.lead.words, l.lead...)
		r.lead.start = append(r.lead.start, l.start...)
		r.lead.never = append(r.lead.never, l.never...)
		r.review = append(r.review, l.review...)
		r.autopay = append(r.autopay, l.autopay...)
		r.ignore = append(r.ignore, l.ignore...)
		r.besides = append(r.besides, l.besides...)
		r.notices = append(r.notices, l.notices...)
		r.any = append(r.any, l.labels)
		r.sentences = append(r.sentences, l.sentences...)
		r.skip = append(r.skip, l.skip...)
		r.row = append(r.row, l.row...)
		r.ledger.add(&pattern{labels: l.ledger}, "")
	}
	r.lead.words = append(r.lead.words, r.words...)
	for _, n := range r.notices {
		if !slices.Contains(r.kinds, n.kind) && n.kind != kindNone {
			r.kinds = append(r.kinds, n.kind)
		}
	}
	r.sortNotices()
	r.index, r.conditions, r.skipped = newWordIndex(r.phrases()), newWordIndex(r.ignore), newWordIndex(r.skip)
	r.aside = newWordIndex(r.besides)
	return r
}

// phrases returns every pattern of the rule that is matched as an expression
// over whole lines.
func (r *rule) phrases() []*pattern {
	out := slices.Concat(r.sentences, r.review, r.autopay)
	for _, n := range r.notices {
		out = slices.Concat(out, n.when, n.whenSubject, n.sure, n.unless, n.unlessSubject, n.paidInFull, n.sentences)
	}
	return out
}

func lowered(l list) []string {
	out := l.strings()
	for i, s := range out {
		out[i] = strings.ToLower(s)
	}
	return out
}

// notice compiles one kind of notice.
func (c *compiler) notice(n noticeYAML) *notice {
	out := &notice{kind: bill.Kind(n.Kind.s), labels: &labelTree{}, rows: n.Rows}
	if !slices.Contains(kindOrder(), out.kind) {
		c.p.add(max(n.Kind.line, 1), "kind: there is no kind %q", n.Kind.s)
	}
	if len(n.When)+len(n.WhenSubject)+len(n.SureSubject) == 0 {
		c.p.add(max(n.Kind.line, 1), "when: say by which words this kind of notice is known")
	}
	out.when, out.whenSubject, out.sure = c.patterns(n.When), c.patterns(n.WhenSubject), c.patterns(n.SureSubject)
	unless := len(c.out.patterns)
	out.unless, out.unlessSubject = c.patterns(n.Unless), c.patterns(n.UnlessSubject)
	c.out.patterns = c.out.patterns[:unless] // what hinders a kind proves itself elsewhere
	for _, k := range n.Beside {
		if !slices.Contains(kindOrder(), bill.Kind(k.s)) {
			c.p.add(k.line, "beside: there is no kind %q", k.s)
		}
		out.beside = append(out.beside, bill.Kind(k.s))
	}
	out.paidInFull = c.patterns(n.PaidInFull)
	c.fields(n.Fields, out.labels, &out.sentences)
	out.sentences = append(out.sentences, c.patterns(n.Sentences)...)
	return out
}

// ledger gathers the words that head lists of single transactions.
func (c *compiler) ledger(l list) {
	for _, s := range l {
		items, err := parsePattern(s.s, "")
		if err == nil && !isLabel(items) {
			err = errNotALabel
		}
		var words []string
		if err == nil {
			words, err = spellings(items)
		}
		if err != nil {
			c.p.add(s.line, "ledger: %v", err)
			continue
		}
		c.out.ledger = append(c.out.ledger, words...)
	}
}

// decoys adds labels whose value must never be read, and which hide every
// shorter label inside them.
func (c *compiler) decoys(l list, tree *labelTree) {
	for _, s := range l {
		items, err := parsePattern(s.s, "")
		if err == nil && !isLabel(items) {
			err = errNotALabel
		}
		var words []string
		if err == nil {
			words, err = spellings(items)
		}
		if err != nil {
			c.p.add(s.line, "not: %v", err)
			continue
		}
		tree.add(&pattern{source: s.s, line: s.line, labels: words}, "")
	}
}

// kindOrder lists the kinds of an issuer file.
func kindOrder() []bill.Kind {
	return []bill.Kind{kindNone, bill.KindRefund, bill.KindAutopayFailed, bill.KindZero, bill.KindPayment, bill.KindArrangement,
		bill.KindOverdue, bill.KindAutopay, bill.KindDueSoon, bill.KindStatement}
}
