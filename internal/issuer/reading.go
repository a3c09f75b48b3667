package issuer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// Options are what a reading depends on besides the message and the files.
type Options struct {
	// Received is when the message reached the owner's server; years are
	// resolved against it. Doubtful means that its sources differ by days.
	Received time.Time
	Doubtful bool
	// Authserv names the owner's receiving servers, Forwarders the addresses
	// whose forwarded notices count. DKIM holds the daemon's own checks.
	Authserv, Forwarders []string
	DKIM                 []mail.Signature
}

// Reading is what one message came to.
type Reading struct {
	Outcome     bill.Outcome
	Trust       bill.Trust
	TrustReason string // one English sentence
	Notices     []bill.Notice
	Problems    []bill.Problem
	Fared       []Fared
}

// Fared tells how one candidate issuer fared, for people.
type Fared struct {
	Issuer string   `json:"issuer"`
	Why    string   `json:"why"`
	Notes  []string `json:"notes,omitempty"`
	used   []*pattern
}

func (f *Fared) notef(format string, args ...any) {
	f.Notes = append(f.Notes, fmt.Sprintf(format, args...))
}

// task is one message being read as one issuer's.
type task struct {
	r         *rule
	n         *notice
	doc       *document
	scan      scanner
	received  bill.Day
	doubtful  bool
	recipient string
	merchant  string
	fared     *Fared
	parts     []mail.Part
}

// readAs reads the message as one of r's. With no kind and no due label the
// outcome is no_notice.
func (r *rule) readAs(m *mail.Message, t *task) (bill.Outcome, []bill.Notice) {
	t.r = r
	t.parts = m.Parts
	t.doc = newDocument(m.Subject, m.Parts, r)
	t.scan = scanner{currency: r.currency, dateOrder: r.order, received: t.received}
	t.n = r.decide(t.doc, t.fared)
	if t.n == nil {
		return t.unread()
	}
	if t.n.kind == kindNone {
		t.fared.Why = "about something other than a bill"
		return bill.OutcomeNone, nil
	}
	notices := t.read()
	for _, n := range r.notices {
		if ok, by, _ := n.fits(t.doc); ok && slices.Contains(n.beside, t.n.kind) {
			t.fared.used = append(t.fared.used, by)
			// What stands beside the kind is said in its own words only.
			second := *t
			second.n = n
			notices = append(notices, second.readBeside()...)
		}
	}
	outcome := bill.OutcomeNotices
	for i := range notices {
		t.opposeWords(&notices[i])
		if len(m.Limits) > 0 {
			notices[i].Problems = append(notices[i].Problems, bill.Problem{Field: bill.FieldKind,
				Why: "the message is larger than what is read (" + strings.Join(m.Limits, ", ") + "); it may say more"})
		}
		if len(notices[i].Problems) > 0 {
			outcome = bill.OutcomeNeedsReview
		}
	}
	t.fared.Why = fmt.Sprintf("%d %s", len(notices), t.n.kind)
	return outcome, notices
}

// read reads the notices of the kind that is decided.
func (t *task) read() []bill.Notice {
	r := t.r
	var rows map[int][]found
	if t.n.rows {
		rows = readRows(t.doc, r.row, t.scan)
	}
	trees, sentences := r.wordingOf(t.n)
	reader := layoutReader{tree: append(trees, r.any...), leads: &r.lead, scan: t.scan, lines: t.doc.lines, ledger: r.ledger, rows: map[int]bool{}, doubt: map[int]bool{}}
	for i := range rows {
		reader.rows[i] = true
	}
	values := slices.DeleteFunc(withRows(reader.read(), rows), t.threatened)
	for _, v := range readSentences(t.doc, append(sentences, r.sentences...), &r.lead, t.scan) {
		// Where labels stand side by side, what follows the last of them need
		// not be its value.
		typ, _ := fieldTypes(v.field)
		if typ == typeMoney {
			v.val = v.val.printedIn("", reader.in[v.at])
		}
		if !reader.doubt[v.at] || typ != typeMoney {
			values = append(values, v)
		}
	}
	notices := t.tell(values)
	t.doubtPayment(notices, values)
	return notices
}

// threatened reports a fee that stands in a clause about what would happen: "a
// late fee of $25 applies after April 15" is no fee yet.
func (t *task) threatened(v found) bool {
	return v.field == bill.FieldPenalty && !strings.Contains(t.doc.lines[v.at].asserted, v.val.text)
}

// readBeside reads a kind of notice beside the one that is decided.
func (t *task) readBeside() []bill.Notice {
	values := readLabels(t.doc.lines, forest{t.n.labels}, &t.r.lead, t.scan)
	return t.tell(append(values, readSentences(t.doc, t.n.sentences, &t.r.lead, t.scan)...))
}

// tell notes for people what was found and makes notices of it.
func (t *task) tell(values []found) []bill.Notice {
	for _, v := range values {
		t.fared.used = append(t.fared.used, v.from)
		t.fared.notef("%s: %q by %q", v.field, v.val.text, v.from.source)
	}
	return t.notices(values)
}

// hidesText reports a part in which a bill may stand that is not read: an
// attachment without text, or pictures in place of one.
func hidesText(p mail.Part) bool {
	if p.Text == "" {
		return p.Type == "application/pdf" || p.Type == "application/octet-stream" || strings.HasPrefix(p.Type, "image/") || p.Type == "text/html"
	}
	return p.Type == "text/html" && bytes.Contains(bytes.ToLower(p.Raw), []byte("<img"))
}

// doubtPayment makes a review of a message that is read as a payment although
// its subject announces a debt and its text still shows an amount to pay: a
// reminder may mention a payment of before, and must not settle anything.
func (t *task) doubtPayment(notices []bill.Notice, values []found) {
	if !settles(t.n.kind) {
		return
	}
	owed := slices.ContainsFunc(values, func(v found) bool {
		return v.field == bill.FieldAmountDue && v.val.bad == "" && v.val.amount.Minor > 0
	})
	subject := &document{lines: t.doc.lines[:t.doc.heads], heads: t.doc.heads, words: t.doc.words}
	for _, n := range t.r.notices {
		if !owed || settles(n.kind) || n.kind == kindNone || n.kind == bill.KindStatement || n.kind == bill.KindArrangement {
			continue
		}
		if p := subject.first(slices.Concat(n.when, n.whenSubject), true); p != nil {
			for i := range notices {
				addProblem(&notices[i], bill.FieldKind, fmt.Sprintf("the subject speaks of a bill that is %s, the text of a payment, and something is still to pay", n.kind))
			}
			return
		}
	}
}

// unread handles a message that no kind fits: with a due label beside a date
// or amount it is a new wording that a person must see.
func (t *task) unread() (bill.Outcome, []bill.Notice) {
	f, ok := dueLabel(t.doc, t.r, t.scan)
	if !ok {
		f, ok = owing(t.doc, t.r)
	}
	if !ok {
		t.fared.Why = "no kind of notice fits, and no due label stands beside a date or amount"
		return bill.OutcomeNone, nil
	}
	t.fared.Why = "no kind of notice fits, but a due label is there"
	return bill.OutcomeNeedsReview, []bill.Notice{t.unreadNotice(f)}
}

// unreadNotice is the review of a message in a new wording. What stands beside
// a due label for certain is filled in, so that its ladder can be kept.
func (t *task) unreadNotice(f found) bill.Notice {
	t.n = &notice{kind: bill.KindUnread, labels: &labelTree{}}
	values := amountElse(readLabels(t.doc.lines, t.r.any, &t.r.lead, t.scan))
	n := t.blank(bill.KindUnread)
	if codes := t.currencies(values); len(codes) == 1 {
		n.Currency = codes[0]
		t.fillMoney(&n, values, codes[0])
	}
	t.fillDates(&n, values)
	n.Problems = append([]bill.Problem{{Field: bill.FieldKind, Why: fmt.Sprintf("no known wording fits, yet it says %q", f.val.shown)}}, n.Problems...)
	if n.Evidence[f.field].Text == "" {
		n.Evidence[f.field] = bill.Evidence{Part: f.val.part, Text: f.val.shown}
	}
	return n
}

// blank is a notice with everything that does not depend on its text.
func (t *task) blank(k bill.Kind) bill.Notice {
	return bill.Notice{Kind: k, Merchant: t.merchant, Issuer: t.r.terms.Issuer, IssuerName: t.r.terms.Name, Recipient: t.recipient,
		Evidence: map[bill.Field]bill.Evidence{}}
}
