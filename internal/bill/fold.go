package bill

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

func (t Terms) zone() *time.Location {
	if t.Zone == nil {
		return time.UTC
	}
	return t.Zone
}

// event is a notice or a command on the line of time.
type event struct {
	at time.Time
	id string
	n  *Notice
	c  *Command
}

// Fold works out the bill that a group's notices and commands make, in the
// order of receipt. Folding is pure: the same group gives the same bill,
// whatever the order of its slices.
//
// Authority for a date or an amount: the owner's command, then vouched
// notices, then the issuer's rule, then unverified notices. A later vouched
// notice that says something new is believed over an earlier command; one that
// repeats what the owner already overruled is not.
func Fold(g Group, t Terms) Bill {
	f := newFolder(g, t)
	for _, e := range events(g) {
		f.apply(e)
	}
	return f.finish()
}

func (f *folder) apply(e event) {
	f.last = e.at
	if e.c != nil {
		f.command(e.c)
	} else {
		f.notice(e.n)
	}
}

// now is the bill as it stands after the events applied so far.
func (f *folder) now() Bill {
	c := *f
	c.b.Sources = maps.Clone(f.b.Sources)
	c.problems = slices.Clone(f.problems)
	c.undos = slices.Clip(f.undos)
	return c.finish()
}

func events(g Group) []event {
	es := make([]event, 0, len(g.Notices)+len(g.Commands))
	for i := range g.Notices {
		es = append(es, event{at: g.Notices[i].At(), id: g.Notices[i].ID, n: &g.Notices[i]})
	}
	for i := range g.Commands {
		es = append(es, event{at: g.Commands[i].At, id: g.Commands[i].ID, c: &g.Commands[i]})
	}
	slices.SortStableFunc(es, func(a, b event) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id))
	})
	return es
}

// folder is a bill in the making and what is needed only meanwhile.
type folder struct {
	b     Bill
	t     Terms
	group Group
	// trusted: something better than an unverified notice stands behind it, so
	// unverified ones change nothing.
	trusted bool
	// open is what the latest claim or payment left to pay; unknown at first.
	open Money
	// statement is the first statement, against which a second is held.
	statement *Notice
	// overruled are the values the owner's set replaced: hearing them again
	// is no news.
	overruledDue    Day
	overruledAmount Money
	grace           *int // the owner's
	printedSafe     Day
	firstDue        Day
	payments        []payment
	problems        []problem
	settled         settlement
	kase            *Case
	undos           []undo
	backlog         bool
	last            time.Time // of the event in hand
}

type problem struct {
	Problem
	at time.Time
	// from is the notice it stems from; a better notice on the field cures it.
	ask bool // only the owner can answer
}

type settlement struct {
	at   time.Time // of the notice or command
	by   string
	day  Day   // the money went
	left Money // what was left before
	rest Money // what the issuer's tolerance leaves unpaid
}

func newFolder(g Group, t Terms) *folder {
	f := &folder{t: t, group: g, backlog: len(g.Notices) > 0}
	f.b = Bill{ID: g.ID, Issuer: t.Issuer, IssuerName: t.Name, Zone: t.zone().String(), NeedsWorkday: t.NeedsWorkday, TransferDays: t.TransferDays, Calendar: t.Calendar,
		Sources: map[Field]Source{}}
	for i := range g.Notices {
		f.trusted = f.trusted || (trusted(g.Notices[i].Trust) && g.Notices[i].Kind.forms())
	}
	for i := range g.Commands {
		f.trusted = f.trusted || g.Commands[i].Kind == CommandAdd
	}
	return f
}

var ranks = map[Trust]int{TrustOwner: 5, TrustDeclared: 4, TrustVouched: 3, TrustForwarded: 2, TrustUnverified: 1}

func (f *folder) seen(at time.Time) {
	if f.b.Seen.IsZero() {
		f.b.Seen = at
	}
}

func (f *folder) notice(n *Notice) {
	if f.trusted && !trusted(n.Trust) {
		f.earlierDue(n)
		return
	}
	f.seen(n.Received)
	f.identity(n)
	if ranks[n.Trust] > ranks[f.b.Trust] {
		f.b.Trust = n.Trust
	}
	if n.Backlog.IsZero() {
		f.backlog = false
	} else if n.Backlog.After(f.b.Backlog) {
		f.b.Backlog = n.Backlog
	}
	switch n.Kind {
	case KindPayment, KindRefund, KindZero:
		f.payment(n)
		return
	}
	for _, p := range n.Problems {
		f.problems = append(f.problems, problem{Problem: p, at: n.Received})
	}
	if n.Trust == TrustDeclared && f.statement != nil && f.statement.Trust != TrustDeclared {
		return // the issuer has spoken already
	}
	if f.conflict(n) {
		return
	}
	f.dueDate(n)
	f.amounts(n)
	f.autopay(n)
	f.reopen(n)
}

// identity completes the bill with what this notice shows and none did before.
func (f *folder) identity(n *Notice) {
	b := &f.b
	set := func(to *string, v string, field Field) {
		if *to == "" && v != "" {
			*to = v
			f.source(field, n)
		}
	}
	set(&b.Issuer, n.Issuer, FieldIssuer)
	if n.IssuerName != "" && b.IssuerName == b.Issuer {
		b.IssuerName = n.IssuerName
	}
	set(&b.IssuerName, n.IssuerName, FieldIssuer)
	b.Merchant = cmp.Or(b.Merchant, n.Merchant)
	if n.Trust != TrustForwarded {
		b.Recipient = cmp.Or(b.Recipient, n.Recipient)
	}
	set(&b.Account, n.Account, FieldAccount)
	if n.Kind.forms() {
		set(&b.Reference, n.Reference, FieldReference)
		if f.t.Per != PerDueDate {
			set(&b.Period, n.Period, FieldPeriod)
		}
	}
	set(&b.Currency, n.Currency, FieldCurrency)
}

func (f *folder) source(field Field, n *Notice) {
	f.b.Sources[field] = Source{From: n.ID, Trust: n.Trust, Evidence: n.Evidence[field]}
}

func (f *folder) earlierDue(n *Notice) {
	if n.DueDate.Known() && (!f.b.EarlierDue.Known() || n.DueDate < f.b.EarlierDue) {
		f.b.EarlierDue = n.DueDate
	}
}

func (f *folder) ask(field Field, why string, at time.Time) {
	f.problems = append(f.problems, problem{Problem: Problem{field, why}, at: at, ask: true})
}

// finish computes what follows from the whole.
func (f *folder) finish() Bill {
	b := &f.b
	b.Currency = cmp.Or(b.Currency, b.AmountDue.Currency)
	if b.Sources[FieldIssuer] == (Source{}) {
		delete(b.Sources, FieldIssuer)
	}
	b.Period = cmp.Or(b.Period, f.firstDue.String())
	f.safeDay()
	if f.open.Known() && f.open.Minor <= 0 && f.settled.by == "" {
		f.settle(f.last, "zero", f.lastPaid())
	}
	b.Outstanding = f.open
	if f.settled.by != "" {
		b.SettledAt, b.SettledBy, b.SettledDay, b.Tolerated = f.settled.at, f.settled.by, f.settled.day, f.settled.rest
		if b.AmountDue.Known() {
			b.Outstanding = Money{0, b.AmountDue.Currency}
		}
	}
	if !b.Replaced.IsZero() && b.Outstanding.Known() {
		b.Outstanding.Minor = 0 // its instalments owe it
	}
	f.money()
	f.consequences()
	f.finishCase()
	if !f.backlog {
		b.Backlog = time.Time{}
	}
	if b.EarlierDue.Known() && b.DueDate.Known() && b.EarlierDue >= b.DueDate {
		b.EarlierDue = 0
	}
	for _, p := range f.group.Problems {
		if !b.DueDate.Known() || !f.answered(b.Seen) {
			f.problems = append(f.problems, problem{Problem: p, at: b.Seen})
		}
	}
	f.openProblems()
	if len(b.Sources) == 0 {
		b.Sources = nil
	}
	return f.b
}

// safeDay adds the grace: what the notice printed, else the owner's, else the
// issuer's rule, else none. The owner's own word on this bill comes first.
func (f *folder) safeDay() {
	b := &f.b
	if !b.DueDate.Known() {
		return
	}
	switch {
	case f.grace != nil:
		b.LastSafeDay = b.DueDate + Day(*f.grace)
		b.Sources[FieldLastSafeDay] = Source{From: "command", Trust: TrustOwner}
	case f.printedSafe >= b.DueDate:
		b.LastSafeDay = f.printedSafe
	default:
		b.LastSafeDay = b.DueDate + Day(f.t.Grace)
		delete(b.Sources, FieldLastSafeDay)
		if f.t.Grace > 0 {
			b.Sources[FieldLastSafeDay] = Source{From: f.t.GraceBy, Evidence: Evidence{Part: "rule", Text: f.t.GraceBy}}
		}
	}
	if !b.CutOff.Known() {
		b.CutOff = f.t.CutOff
	}
}
