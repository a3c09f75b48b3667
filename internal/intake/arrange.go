package intake

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"repayd/internal/bill"
)

// Arrange files one step of a case about a bill; id is the command's. Agreed
// instalments become bills of their own in the same transaction. A step that
// does not pass bill.Arrangement.Check is an error and leaves nothing stored.
func (in *Intake) Arrange(tx Tx, id, billID string, a bill.Arrangement) (*bill.Bill, error) {
	b, ok, err := tx.Bill(billID)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrUnknownBill, billID)
	}
	if err := a.Check(b, in.today(tx)); err != nil {
		return nil, err
	}
	if a.State == bill.CaseBroken && !b.Replaced.IsZero() && b.Case != nil && b.Case.Agreement != nil {
		return in.breakPlan(tx, b, id)
	}
	c := bill.Command{ID: id, Bill: billID, Kind: bill.CommandArrange, At: tx.Now(), Arrange: &a}
	for i, p := range a.Instalments {
		part := bill.Command{ID: bill.PartID(id, i), Kind: bill.CommandAdd, At: c.At, Issuer: b.Issuer, Account: b.Account,
			Amount: p.Amount, Due: p.Due, Parent: b.ID, Part: strconv.Itoa(i+1) + "/" + strconv.Itoa(len(a.Instalments))}
		none := 0 // an agreed day has no grace that anybody promised
		part.Grace = &none
		if _, err := in.add(tx, part); err != nil {
			return nil, fmt.Errorf("instalment %s: %w", part.Part, err)
		}
	}
	return in.order(tx, c)
}

func (in *Intake) today(tx Tx) bill.Day {
	env := in.env(tx)
	if env.Zone == nil {
		return bill.DayOf(env.Now.UTC())
	}
	return bill.DayOf(env.Now.In(env.Zone))
}

// breakPlan opens a bill that a plan replaced again, with what is left of it,
// and drops the open instalments; id is the command's.
func (in *Intake) breakPlan(tx Tx, b *bill.Bill, id string) (*bill.Bill, error) {
	p, err := in.partsOf(tx, b)
	if err != nil {
		return nil, err
	}
	if err := in.dropParts(tx, p, id); err != nil {
		return nil, err
	}
	return in.order(tx, bill.Command{ID: id, Bill: b.ID, Kind: bill.CommandArrange, At: tx.Now(),
		Arrange: &bill.Arrangement{State: bill.CaseBroken, Paid: p.paid}})
}

// parts is what became of the instalments of a bill.
type parts struct {
	bills  []*bill.Bill
	paid   bill.Money
	open   []string
	broken bool // one is past its deadline
	gone   bool // one went into another bill: nothing can be said of the whole
}

func (in *Intake) partsOf(tx Tx, b *bill.Bill) (parts, error) {
	p := parts{paid: bill.Money{Currency: b.Currency}}
	for _, id := range b.Case.Agreement.Parts {
		part, ok, err := tx.Bill(id)
		if err != nil {
			return p, err
		}
		if !ok {
			p.gone = true
			continue
		}
		p.bills = append(p.bills, part)
		if part.Paid.Currency == b.Currency {
			p.paid.Minor += part.Paid.Minor
		}
		if part.Open() {
			p.open = append(p.open, part.ID)
			p.broken = p.broken || (part.DueDate.Known() && !tx.Now().Before(part.Deadline()))
		}
	}
	return p, nil
}

// Revive looks at the plan that replaced a bill. Where an instalment is past
// its deadline and the agreement lets the old terms revive, the bill is open
// again with what is left of it, and the open instalments are dropped. Where
// all instalments are settled, so is the case. It reports whether anything
// changed.
func (in *Intake) Revive(tx Tx, billID string) (bool, error) {
	b, ok, err := tx.Bill(billID)
	if err != nil || !ok || b.Replaced.IsZero() || b.Case == nil || b.Case.Agreement == nil {
		return false, err
	}
	p, err := in.partsOf(tx, b)
	if err != nil {
		return false, err
	}
	agreement := b.Case.Agreement
	settled := func(b *bill.Bill) bool { return !b.SettledAt.IsZero() }
	switch {
	case p.broken && agreement.Revives && b.Case.State != bill.CaseSettled:
		_, err = in.breakPlan(tx, b, agreement.By+".broken")
	case !p.gone && b.Case.State == bill.CasePerforming && len(p.bills) > 0 && !slices.ContainsFunc(p.bills, func(b *bill.Bill) bool { return !settled(b) }):
		_, err = in.order(tx, bill.Command{ID: agreement.By + ".settled", Bill: b.ID, Kind: bill.CommandArrange, At: tx.Now(),
			Arrange: &bill.Arrangement{State: bill.CaseSettled}})
	default:
		return false, nil
	}
	return err == nil, err
}

func (in *Intake) dropParts(tx Tx, p parts, cause string) error {
	for i, id := range p.open {
		c := bill.Command{ID: cause + "." + strconv.Itoa(i), Bill: id, Kind: bill.CommandDrop, At: tx.Now()}
		if _, err := in.order(tx, c); err != nil {
			return fmt.Errorf("drop instalment %s: %w", id, err)
		}
	}
	return nil
}

// takePlanBack prepares a reopen of a bill that a plan replaced: the open
// instalments are dropped, and what they brought in counts for the bill.
func (in *Intake) takePlanBack(tx Tx, b *bill.Bill, c *bill.Command) error {
	if c.Kind != bill.CommandReopen || b.Replaced.IsZero() || b.Case == nil || b.Case.Agreement == nil {
		return nil
	}
	p, err := in.partsOf(tx, b)
	if err != nil {
		return err
	}
	c.Amount = p.paid
	return in.dropParts(tx, p, c.ID)
}

// Undeclare drops a bill that only the configuration spoke of, is still ahead
// and was touched by nobody, where keep says that the configuration no longer
// declares its notice. It reports whether it did.
func (in *Intake) Undeclare(tx Tx, billID string, keep func(noticeID string) bool) (bool, error) {
	b, ok, err := tx.Bill(billID)
	if err != nil || !ok || !b.Open() || b.Trust != bill.TrustDeclared || b.DueDate < in.today(tx) {
		return false, err
	}
	g, err := in.group(tx, billID)
	if err != nil {
		return false, err
	}
	for _, n := range g.Notices {
		if n.Trust != bill.TrustDeclared || keep(n.ID) {
			return false, nil
		}
	}
	touched := slices.ContainsFunc(g.Commands, func(c bill.Command) bool { return !ofConfiguration(c) })
	if touched || len(g.Notices) == 0 {
		return false, nil
	}
	c := bill.Command{ID: undeclared + strconv.Itoa(len(g.Commands)) + "-" + g.Notices[0].ID, Bill: billID, Kind: bill.CommandDrop, At: tx.Now()}
	_, err = in.order(tx, c)
	return err == nil, err
}

// The ids of the commands that the configuration gives begin with these.
const (
	undeclared = "undeclared-"
	redeclared = "redeclared-"
)

func ofConfiguration(c bill.Command) bool {
	return len(c.ID) > len(undeclared) && (c.ID[:len(undeclared)] == undeclared || c.ID[:len(redeclared)] == redeclared)
}

// redeclare opens a bill again that was dropped because the configuration had
// stopped declaring it.
func (in *Intake) redeclare(tx Tx, billID, noticeID string) ([]string, error) {
	b, ok, err := tx.Bill(billID)
	if err != nil || !ok || b.DroppedAt.IsZero() {
		return nil, err
	}
	commands, err := tx.CommandsOf(billID)
	if err != nil || len(commands) == 0 {
		return nil, err
	}
	newest := slices.MaxFunc(commands, func(a, b bill.Command) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	if newest.Kind != bill.CommandDrop || !ofConfiguration(newest) {
		return nil, nil
	}
	c := bill.Command{ID: redeclared + strconv.Itoa(len(commands)) + "-" + noticeID, Bill: billID, Kind: bill.CommandReopen, At: tx.Now()}
	if _, err := in.order(tx, c); err != nil {
		return nil, err
	}
	return []string{billID}, nil
}
