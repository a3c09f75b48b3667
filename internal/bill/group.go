package bill

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
)

// Group is everything known about one debt: its notices and commands, and the
// problems that grouping itself found ("fits two bills").
type Group struct {
	ID       string
	Notices  []Notice
	Commands []Command
	Problems []Problem
}

// NewID derives a bill's id from the id of the notice or command it is born
// of. Eight letters of base32 keep it short enough to type.
func NewID(birth string) string {
	sum := sha256.Sum256([]byte(birth))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
}

// claim is one notice, or a bill added by hand seen as one, on its way into a
// group. The facts that identify are copied, completed by what the owner set.
type claim struct {
	n         Notice
	was       string // the bill it belonged to, "" = new
	byHand    bool   // n stands for an add command
	account   string
	reference string
	due       Day
	parent    string // the bill whose instalment it is
}

func (c *claim) keyed() bool {
	return c.reference != "" || c.n.Period != "" || c.due.Known()
}

// draft is a group in the making with the facts that later claims must fit.
type draft struct {
	claims     []*claim
	account    string
	reference  string
	periods    []string
	dues       []Day
	currency   string
	trusted    bool
	problems   []Problem
	recipients []string
	review     bool   // made of what fits no bill with certainty; nothing joins it
	parent     string // the bill whose instalment it is
}

// Regroup sorts the notices of a neighbourhood of bills into groups. have are
// the bills as they are, loose the notices that belong to none yet; everything
// must be of one issuer. It returns the groups as they should be, each with
// the id of the bill it continues, and the notices that still wait for a bill
// to match (payments, refunds, zero statements).
//
// The result does not depend on the order of arrival: claims are taken in the
// order of receipt, those that say most about their identity first, trusted
// ones before unverified ones, so that a forgery never draws notices away.
func Regroup(have []Group, loose []Notice, t Terms) (groups []Group, waiting []Notice) {
	claims, matching := claimsOf(have, loose)
	commands := commandsByBill(have)
	var drafts []*draft
	for _, pass := range passes {
		for _, c := range claims {
			if pass(c) {
				drafts = place(drafts, c, t)
			}
		}
	}
	waiting = matchPayments(drafts, matching, commands, t)
	for _, c := range claims {
		if !c.keyed() {
			drafts = placeUnkeyed(drafts, c, commands, t)
		}
	}
	return finish(drafts, commands), waiting
}

// passes picks who is placed when: account and key, then key only; trusted
// before unverified. Claims without a key come after payments are matched.
var passes = []func(*claim) bool{
	func(c *claim) bool { return trusted(c.n.Trust) && c.keyed() && c.account != "" },
	func(c *claim) bool { return trusted(c.n.Trust) && c.keyed() && c.account == "" },
	func(c *claim) bool { return !trusted(c.n.Trust) && c.keyed() && c.account != "" },
	func(c *claim) bool { return !trusted(c.n.Trust) && c.keyed() && c.account == "" },
}

func trusted(t Trust) bool { return t != TrustUnverified && t != TrustSuspicious }

// forms reports whether a notice of this kind can be the birth of a bill.
func (k Kind) forms() bool {
	return k != KindPayment && k != KindRefund && k != KindZero
}

// claimsOf splits the notices into those that form bills and those that are
// matched to bills, each in order of receipt.
func claimsOf(have []Group, loose []Notice) (claims []*claim, matching []*claim) {
	take := func(n Notice, was string, commands []Command, parent string, byHand bool) {
		c := &claim{n: n, was: was, byHand: byHand, account: n.Account, reference: n.Reference, due: n.DueDate, parent: parent}
		for _, cmd := range commands {
			if cmd.Kind != CommandSet {
				continue
			}
			if c.account == "" {
				c.account = cmd.Account
			}
			if !c.due.Known() {
				c.due = cmd.Due
			}
		}
		if n.Kind.forms() {
			claims = append(claims, c)
		} else {
			matching = append(matching, c)
		}
	}
	for _, g := range have {
		for _, n := range g.Notices {
			take(n, g.ID, g.Commands, "", false)
		}
		for _, cmd := range g.Commands {
			if cmd.Kind == CommandAdd {
				take(added(cmd), g.ID, g.Commands, cmd.Parent, true)
			}
		}
	}
	for _, n := range loose {
		take(n, "", nil, "", false)
	}
	byReceipt := func(a, b *claim) int {
		return cmp.Or(a.n.At().Compare(b.n.At()), cmp.Compare(a.n.ID, b.n.ID))
	}
	slices.SortStableFunc(claims, byReceipt)
	slices.SortStableFunc(matching, byReceipt)
	return claims, matching
}

// added shows an add command as the notice it stands for.
func added(c Command) Notice {
	return Notice{
		ID: c.ID, Received: c.At, Trust: TrustOwner, Kind: KindStatement, Issuer: c.Issuer,
		Account: c.Account, Currency: c.Amount.Currency, AmountDue: c.Amount, DueDate: c.Due,
	}
}

func commandsByBill(have []Group) map[string][]Command {
	m := make(map[string][]Command, len(have))
	for _, g := range have {
		if len(g.Commands) > 0 {
			m[g.ID] = g.Commands
		}
	}
	return m
}

// place puts a keyed claim into the one draft it fits, or a new one. Where it
// fits several the amount decides; where that does not help it is a review.
func place(drafts []*draft, c *claim, t Terms) []*draft {
	var fit []*draft
	for _, d := range drafts {
		if d.fits(c, t) && (d.trusted || !trusted(c.n.Trust)) {
			fit = append(fit, d)
		}
	}
	if len(fit) > 1 {
		if same := slices.DeleteFunc(slices.Clone(fit), func(d *draft) bool { return !d.hasAmount(c.n.AmountDue) }); len(same) == 1 {
			fit = same
		}
	}
	switch len(fit) {
	case 0:
		d := &draft{}
		d.add(c)
		return append(drafts, d)
	case 1:
		fit[0].add(c)
		return drafts
	}
	d := &draft{review: true, problems: []Problem{{FieldReference, "fits more than one bill"}}}
	d.add(c)
	return append(drafts, d)
}

func (d *draft) hasAmount(m Money) bool {
	return m.Known() && slices.ContainsFunc(d.claims, func(c *claim) bool { return c.n.AmountDue == m })
}

func (d *draft) add(c *claim) {
	d.claims = append(d.claims, c)
	if d.trusted && !trusted(c.n.Trust) {
		return // a forgery must not change what the next claim has to fit
	}
	d.trusted = d.trusted || trusted(c.n.Trust)
	d.parent = cmp.Or(d.parent, c.parent)
	d.account = cmp.Or(d.account, c.account)
	d.reference = cmp.Or(d.reference, c.reference)
	d.currency = cmp.Or(d.currency, c.n.Currency)
	if c.n.Period != "" {
		d.periods = append(d.periods, c.n.Period)
	}
	if c.due.Known() {
		d.dues = append(d.dues, c.due)
	}
	if c.n.Recipient != "" && c.n.Trust != TrustForwarded {
		d.recipients = append(d.recipients, c.n.Recipient)
	}
}

// finish turns drafts into groups. A group keeps the id that most speaks for
// it: one the owner gave commands to, else that of its earliest claim. An id is
// used once; commands follow their id, or else the group that took its place.
func finish(drafts []*draft, commands map[string][]Command) []Group {
	taken := map[string]bool{}
	groups := make([]Group, len(drafts))
	for i, d := range drafts {
		groups[i] = Group{ID: d.keepID(commands, taken), Problems: d.problems, Notices: d.notices()}
	}
	for _, d := range drafts {
		for _, c := range d.claims {
			taken[c.was] = true // an id that fell free is not given to a stranger
		}
	}
	for i, d := range drafts {
		if groups[i].ID == "" {
			groups[i].ID = d.newID(taken)
		}
	}
	moved := map[string]bool{}
	for i := range groups {
		if own := commands[groups[i].ID]; len(own) > 0 {
			groups[i].Commands = append(groups[i].Commands, own...)
			moved[groups[i].ID] = true
		}
	}
	for i, d := range drafts {
		for _, c := range d.claims {
			if !moved[c.was] {
				groups[i].Commands = append(groups[i].Commands, commands[c.was]...)
				moved[c.was] = true
			}
		}
	}
	return groups
}

func (d *draft) notices() []Notice {
	var ns []Notice
	for _, c := range d.claims {
		if !c.byHand {
			ns = append(ns, c.n)
		}
	}
	return ns
}

// keepID returns the id of the bill that the draft continues, "" for none.
func (d *draft) keepID(commands map[string][]Command, taken map[string]bool) string {
	id := ""
	for _, c := range d.claims {
		if c.was == "" || taken[c.was] {
			continue
		}
		if id == "" || (len(commands[c.was]) > 0 && len(commands[id]) == 0) {
			id = c.was
		}
	}
	taken[id] = true
	return id
}

// newID names a bill just born; a bill born of the same notice may exist.
func (d *draft) newID(taken map[string]bool) string {
	birth := d.claims[0].n.ID
	for taken[NewID(birth)] {
		birth += "'"
	}
	taken[NewID(birth)] = true
	return NewID(birth)
}

// fold shows the draft as the bill it would be; withPaid says whether the
// owner's paid commands count.
func (d *draft) fold(commands map[string][]Command, t Terms, withPaid bool) Bill {
	g := Group{Notices: d.notices(), Problems: d.problems}
	seen := map[string]bool{}
	for _, c := range d.claims {
		if c.was == "" || seen[c.was] {
			continue
		}
		seen[c.was] = true
		for _, cmd := range commands[c.was] {
			if withPaid || cmd.Kind != CommandPaid {
				g.Commands = append(g.Commands, cmd)
			}
		}
	}
	return Fold(g, t)
}

// Neighbourhood describes what may have to do with a notice or command: the
// bills that regrouping has to see. An empty Merchant, Currency or Reference
// fits every bill, as an empty one of a bill fits it. Account and recipient do
// not narrow it: what shows neither may belong to any of them, and each of
// them has to be seen for that to be decided the same in every order.
type Neighbourhood struct {
	Issuer, Merchant, Currency, Reference string
	// From and To bound the due date, else statement date, else the day first
	// seen; the unknown day is no bound. The same reference is near at any time.
	// Other references are near only where a notice between From and To has
	// none, for the same reason.
	From, To Day
}

// Around returns the neighbourhood of a notice: bills due up to four months
// before its dates, for what comes late (longer for a word about lateness), and
// as far ahead as a due date may lie.
func Around(n Notice) Neighbourhood {
	lo, hi := Day(0), Day(0)
	for _, d := range []Day{n.DueDate, n.StatementDate, n.PaidDate, DayOf(n.Received.UTC())} {
		if d.Known() && (!lo.Known() || d < lo) {
			lo = d
		}
		hi = max(hi, d)
	}
	back := Day(120)
	if n.Kind == KindOverdue || n.Kind == KindAutopayFailed {
		back = 400
	}
	return Neighbourhood{Issuer: n.Issuer, Merchant: n.Merchant, Currency: n.Currency,
		Reference: n.Reference, From: lo - back, To: hi + 75}
}
