package intake

import (
	"cmp"
	"slices"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// arranged looks at a message that tells of several instalments, which became
// bills of their own. Where they certainly are the plan that the owner asked
// the issuer for, the old bill is replaced: a case about it is open, and they
// add up to what it owes. Where they may be, the owner is asked and all
// ladders go on. Instalments of a purchase replace nothing.
func (in *Intake) arranged(tx Tx, r Read, notices []bill.Notice) ([]string, error) {
	a, sum := agreementOf(notices)
	if len(a.Instalments) < 2 {
		return nil, nil
	}
	for _, n := range notices {
		home, err := tx.BillOf(n.ID)
		if err != nil {
			return nil, err
		}
		if home == "" {
			return nil, nil
		}
		a.Parts = append(a.Parts, home)
	}
	asked, equal, err := in.arrangeable(tx, notices[0], a.Parts, sum)
	if err != nil {
		return nil, err
	}
	hash := r.Message.Hash[:16]
	if len(asked) == 1 && slices.Contains(equal, asked[0]) {
		b, _, err := tx.Bill(asked[0])
		if err != nil {
			return nil, err
		}
		if a.Check(b, in.today(tx)) == nil {
			_, err := in.order(tx, bill.Command{ID: "arranged-" + hash, Bill: b.ID, Kind: bill.CommandArrange, At: tx.Now(), Arrange: &a})
			return asked, err
		}
	}
	may := slices.Concat(asked, equal)
	if slices.Sort(may); len(may) == 0 {
		return nil, nil
	}
	env := in.env(tx)
	args := map[string]string{"name": cmp.Or(notices[0].IssuerName, notices[0].Issuer), "amount": sum.String(), "bills": strings.Join(slices.Compact(may), ", ")}
	return nil, tx.AddReminders(plan.Warning("plan:"+hash, env.Now, "plan-unsure", args, env))
}

// agreementOf is the agreement that a message's instalments make; none where
// another notice is among them, a part of one is not certain or its sender is
// not vouched for.
func agreementOf(notices []bill.Notice) (a bill.Arrangement, sum bill.Money) {
	for _, n := range notices {
		if n.Kind != bill.KindArrangement || n.Trust != bill.TrustVouched || !n.AmountDue.Known() || !n.DueDate.Known() || len(n.Problems) > 0 ||
			(sum.Known() && sum.Currency != n.AmountDue.Currency) {
			return bill.Arrangement{}, bill.Money{}
		}
		a.Instalments = append(a.Instalments, bill.Instalment{Due: n.DueDate, Amount: n.AmountDue})
		sum = bill.Money{Minor: sum.Minor + n.AmountDue.Minor, Currency: n.AmountDue.Currency}
	}
	slices.SortStableFunc(a.Instalments, func(x, y bill.Instalment) int { return int(x.Due - y.Due) })
	a.State = bill.CaseAgreed
	return a, sum
}

// arrangeable lists the open bills of the issuer that a plan may be about:
// those with a case that waits for an answer, and those that owe just its sum.
func (in *Intake) arrangeable(tx Tx, n bill.Notice, parts []string, sum bill.Money) (asked, equal []string, err error) {
	q := bill.Around(n)
	q.Reference = ""
	groups, _, err := tx.Neighbours(q)
	if err != nil {
		return nil, nil, err
	}
	terms := in.terms(n.Issuer)
	for _, g := range groups {
		b := bill.Fold(g, terms)
		if slices.Contains(parts, b.ID) || !b.Open() || b.Parent != "" || b.Currency != sum.Currency || b.DueDate > n.DueDate {
			continue
		}
		if b.Case != nil && b.Case.State.Active() {
			asked = append(asked, b.ID)
		}
		if b.Owed() == sum {
			equal = append(equal, b.ID)
		}
	}
	return asked, equal, nil
}
