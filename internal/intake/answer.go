package intake

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/intake/reply"
	"repayd/internal/mail"
	"repayd/internal/plan"
)

// What only the bills themselves show to be unclear about an answer.
const (
	whyWhichBill reply.Why = "which-bill" // no id, and the letter is not about one bill
	whyNoBill    reply.Why = "no-bill"    // an id that no bill has, or none that may be answered
	whyRefused   reply.Why = "refused"    // a command the bill does not take; the reason follows
)

// actedPrefix begins the facts that note answers already taken.
const actedPrefix = "reply:"

// answer is one reply to a letter of ours on its way into commands.
type answer struct {
	read   Read
	letter plan.Letter
	from   string // lower case
	owner  bool   // one of Owners: may name any bill
	at     time.Time
}

// act is one order with the bill that it is about.
type act struct {
	order   reply.Order
	command bill.Command
	bill    *bill.Bill
}

// answer takes a message that answers a letter of ours. The letter's id, which
// nobody guesses, is the token; it counts only from an address that the letter
// went to, and only where the sender is vouched for. Nothing is changed unless
// all of the answer is certain. told says that a letter about it was planned.
func (in *Intake) answer(tx Tx, r Read) (bills []string, told bool, err error) {
	if _, known, err := tx.Message(r.Message.Hash); err != nil || known {
		return nil, false, err
	}
	l, ok, err := in.answered(tx, r.Message)
	if err != nil || !ok || reply.Automatic(r.Message) {
		return nil, false, err
	}
	a := answer{read: r, letter: l, from: strings.ToLower(sender(r.Message)), at: tx.Now()}
	if !r.Doubtful && r.Received.Before(a.at) && !r.Received.Before(l.Created) {
		a.at = r.Received // the word counts from when it was given
	}
	if why, err := in.refuses(tx, &a); err != nil || why != "" {
		if err == nil {
			args := map[string]string{"from": a.from, "subject": r.Message.Subject, "why": why}
			told, err = in.tellOnce(tx, "reply-refused:"+a.from, "reply-refused", args, nil)
		}
		return nil, told, err
	}
	text := reply.Words(r.Message)
	if done, err := in.acted(tx, a, text); err != nil || done {
		return nil, false, err
	}
	orders, unclear := reply.Parse(text, bill.DayOf(a.at.In(in.Env.Zone)))
	acts, doubts, reason, err := in.acts(tx, a, orders)
	if err != nil {
		return nil, false, err
	}
	if unclear = append(unclear, doubts...); len(unclear) > 0 {
		told, err := in.tellUnclear(tx, a, orders, unclear, reason)
		return nil, told, err
	}
	bills, err = in.execute(tx, a, acts)
	return bills, len(acts) > 0, err
}

// answered is the letter that a message answers: of those it names, the first
// that speaks of bills, else the first.
func (in *Intake) answered(tx Tx, m *mail.Message) (plan.Letter, bool, error) {
	const most = 20
	ids := reply.Answered(m)
	var first plan.Letter
	for _, id := range ids[:min(len(ids), most)] {
		l, ok, err := tx.Letter(id)
		if err != nil {
			return l, false, err
		}
		if ok && len(billsOf(l)) > 0 {
			return l, true, nil
		}
		if ok && first.ID == "" {
			first = l
		}
	}
	return first, first.ID != "", nil
}

// billsOf lists the bills that a letter speaks of.
func billsOf(l plan.Letter) []string {
	var ids []string
	for _, it := range l.Content.Items {
		switch it.Subject.Kind {
		case plan.SubjectBill, plan.SubjectReview, plan.SubjectBacklog:
			if !slices.Contains(ids, it.Subject.ID) {
				ids = append(ids, it.Subject.ID)
			}
		}
	}
	return ids
}

// refuses says why the sender may not answer: "address" where the letter did
// not go there, "proof" where nothing shows that the mail comes from it.
func (in *Intake) refuses(tx Tx, a *answer) (why string, err error) {
	a.owner = slices.ContainsFunc(in.Owners, func(o string) bool { return strings.EqualFold(o, a.from) })
	if !a.owner {
		attempts, err := tx.AttemptsOf(a.letter.ID)
		if err != nil {
			return "", err
		}
		if !slices.ContainsFunc(attempts, func(t plan.Attempt) bool {
			return t.Outcome == "accepted" && a.from != "" && strings.EqualFold(t.Recipient, a.from)
		}) {
			return "address", nil
		}
	}
	if !vouched(a.read) {
		return "proof", nil
	}
	return "", nil
}

// vouched reports whether the receiving server, or the daemon's own check of
// signatures, proves that the mail comes from the domain of its one sender.
func vouched(r Read) bool {
	m := r.Message
	if m.FromFields != 1 || len(m.From) != 1 || m.From[0].Domain() == "" || r.Reading.Trust == bill.TrustSuspicious {
		return false
	}
	under := []string{mail.OrganisationalDomain(m.From[0].Domain())}
	v := m.Vouch(r.Source.Authserv)
	switch v.DMARC {
	case "fail":
		return false
	case "pass":
		if v.DMARCDomain == "" || mail.Aligned(v.DMARCDomain, under) {
			return true
		}
	}
	domains := v.DKIM
	for _, s := range r.Signatures {
		if s.Pass && !s.Partial {
			domains = append(domains, s.Domain)
		}
	}
	return slices.ContainsFunc(domains, func(d string) bool { return mail.Aligned(d, under) })
}

// acted notes that an answer is taken, and reports whether it was before:
// copies of one mail in several folders, or sent again by somebody, act once.
func (in *Intake) acted(tx Tx, a answer, text string) (bool, error) {
	sum := sha256.New()
	for _, s := range []string{a.letter.ID, a.from, a.read.Message.Date.UTC().Format(time.RFC3339), text} {
		fmt.Fprintf(sum, "%d %s\n", len(s), s)
	}
	key := actedPrefix + hex.EncodeToString(sum.Sum(nil)[:16])
	if _, known, err := tx.Fact(key); err != nil || known {
		return known, err
	}
	return false, tx.SetFact(key, tx.Now().UTC().Format(time.RFC3339))
}

// acts finds the bill of each order and makes the commands, without giving
// them. reason is the program's own words for a command that a bill refuses.
func (in *Intake) acts(tx Tx, a answer, orders []reply.Order) (acts []act, unclear []reply.Unclear, reason string, err error) {
	for i, o := range orders {
		b, why, err := in.target(tx, a, o)
		if err != nil {
			return nil, nil, "", err
		}
		if why != "" {
			unclear = append(unclear, reply.Unclear{Words: o.Words, Why: why})
			continue
		}
		c := bill.Command{ID: fmt.Sprintf("reply-%s-%d", a.read.Message.Hash[:16], i), Bill: b.ID, Kind: o.Kind, At: a.at, Due: o.Due}
		if o.Amount != "" {
			if c.Amount, err = o.Money(b.Currency); err != nil {
				unclear = append(unclear, reply.Unclear{Words: o.Words, Why: reply.WhyAmount})
				continue
			}
		}
		if o.Kind == bill.CommandSnooze {
			c.Until = a.at.Add(o.Span)
		}
		if err := allowed(b, c); err != nil {
			unclear, reason = append(unclear, reply.Unclear{Words: o.Words, Why: whyRefused}), err.Error()
			continue
		}
		x := act{o, c, b}
		if slices.ContainsFunc(acts, func(other act) bool { return contradicts(other, x) }) {
			unclear = append(unclear, reply.Unclear{Words: o.Words, Why: reply.WhyContradiction})
		}
		acts = append(acts, x)
	}
	return acts, unclear, reason, nil
}

// target is the bill that an order is about: the one it names, else the only
// one of the letter. Who is no owner may name only bills of the letter.
func (in *Intake) target(tx Tx, a answer, o reply.Order) (*bill.Bill, reply.Why, error) {
	about := billsOf(a.letter)
	id := o.Bill
	switch {
	case id == "" && len(about) != 1:
		return nil, whyWhichBill, nil
	case id == "":
		id = about[0]
	case !a.owner && !slices.Contains(about, id):
		return nil, whyNoBill, nil
	}
	b, ok, err := tx.Bill(id)
	if err == nil && !ok {
		return nil, whyNoBill, nil
	}
	return b, "", err
}

// contradicts reports whether two orders cannot both be meant: only a payment
// in part, a snooze and a new date go together, one of each.
func contradicts(a, b act) bool {
	final := func(x act) bool {
		c := x.command
		return c.Kind == bill.CommandDrop || (c.Kind == bill.CommandPaid && (!c.Amount.Known() || c.Amount == x.bill.Outstanding))
	}
	return a.bill.ID == b.bill.ID && (a.command.Kind == b.command.Kind || final(a) || final(b))
}

// execute gives the commands and confirms each of them. One whose bill an
// earlier one has changed so that it is refused is told as unclear: an error
// would stop the reading of the mailbox.
func (in *Intake) execute(tx Tx, a answer, acts []act) ([]string, error) {
	var bills []string
	for i, x := range acts {
		b, ok, err := tx.Bill(x.bill.ID)
		if err != nil {
			return nil, err
		}
		if doubt := x.doubt(b, ok); doubt != nil {
			if _, err := in.tellUnclear(tx, a, nil, []reply.Unclear{{Words: x.order.Words, Why: whyRefused}}, doubt.Error()); err != nil {
				return nil, err
			}
			continue
		}
		after, err := in.order(tx, x.command)
		if errors.Is(err, ErrUnknownBill) {
			after, err = b, nil // it went into another bill, and its commands with it
		}
		if err != nil {
			return nil, err
		}
		bills = append(bills, after.ID)
		id := fmt.Sprintf("reply:%s:%d", a.read.Message.Hash[:16], i)
		if _, err := in.tellOnce(tx, id, "reply-done", in.done(tx, x, after), nil); err != nil {
			return nil, err
		}
	}
	if in.Log != nil {
		in.Log.Info("answer taken", "bills", bills)
	}
	return bills, nil
}

func (x act) doubt(b *bill.Bill, ok bool) error {
	if !ok {
		return fmt.Errorf("%w: %s", ErrUnknownBill, x.bill.ID)
	}
	return allowed(b, x.command)
}

// done says what a command did, the real end of a snooze included.
func (in *Intake) done(tx Tx, x act, b *bill.Bill) map[string]string {
	args := map[string]string{"bill": b.ID, "name": cmp.Or(b.IssuerName, b.Issuer), "order": string(x.command.Kind)}
	switch x.command.Kind {
	case bill.CommandPaid:
		if x.command.Amount.Known() {
			args["order"], args["amount"], args["left"] = "part", x.command.Amount.String(), b.Outstanding.String()
		}
	case bill.CommandSnooze:
		if end := plan.SnoozeEnd(b, in.env(tx)); !end.IsZero() {
			args["until"] = end.UTC().Format(time.RFC3339)
		}
	case bill.CommandSet:
		args["due"] = b.DueDate.String()
	}
	return args
}

// tellUnclear tells the owner that an answer changed nothing, and which of its
// words were understood.
func (in *Intake) tellUnclear(tx Tx, a answer, orders []reply.Order, unclear []reply.Unclear, reason string) (bool, error) {
	var understood, words []string
	for _, o := range orders {
		if !slices.ContainsFunc(unclear, func(u reply.Unclear) bool { return u.Words == o.Words }) {
			understood = append(understood, o.Words)
		}
	}
	for _, u := range unclear {
		if u.Words != "" && !slices.Contains(words, u.Words) && len(words) < 5 {
			words = append(words, u.Words)
		}
	}
	args := map[string]string{"from": a.from, "why": string(unclear[0].Why), "words": strings.Join(words, "; "),
		"understood": strings.Join(understood, "; "), "error": reason}
	return in.tellOnce(tx, "reply:"+a.read.Message.Hash[:16], "reply-unclear", args, nil)
}

// tellOnce plans a letter about the daemon itself, at most one a day of an id.
// route, where not nil, says which channel takes the place of one, "" for none.
func (in *Intake) tellOnce(tx Tx, id, code string, args map[string]string, route func(channel string) string) (bool, error) {
	env := in.env(tx)
	var tell []plan.Reminder
	for _, r := range plan.Warning(id, env.Now, code, args, env) {
		if route != nil {
			r.Channel = route(r.Channel)
			r.ID = plan.ID(r.Subject, r.Step, r.Channel, r.Date)
		}
		have, err := tx.RemindersOf(r.Subject)
		if err != nil {
			return false, err
		}
		same := func(h plan.Reminder) bool { return h.ID == r.ID }
		if r.Channel != "" && !slices.ContainsFunc(have, same) && !slices.ContainsFunc(tell, same) {
			tell = append(tell, r)
		}
	}
	return len(tell) > 0, tx.PutReminders(tell)
}
