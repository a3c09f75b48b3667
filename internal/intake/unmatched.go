package intake

import (
	"cmp"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// unmatchedPrefix begins the facts about payments that were asked about.
const unmatchedPrefix = "unmatched:"

// unmatchedAfter is how long a payment may look for its bill before the owner
// is asked: a statement of the same poll may still be on its way.
const unmatchedAfter = 30 * time.Minute

// unmatched asks the owner, once, about each payment or refund that fits no
// bill with certainty while bills of its issuer are open; their ladders go on.
// What of an old mailbox's first reading fits nothing is no news.
func (in *Intake) unmatched(tx Tx, waiting []bill.Notice, groups []bill.Group, terms bill.Terms) error {
	var open []bill.Bill
	for _, n := range waiting {
		if !n.Backlog.IsZero() {
			continue
		}
		if open == nil {
			open = foldOpen(groups, terms)
		}
		fits, asks := bill.Payable(n, open, terms)
		if !asks {
			continue
		}
		_, told, err := tx.Fact(unmatchedPrefix + n.ID)
		if err != nil {
			return err
		}
		if told {
			continue
		}
		if err := in.askAbout(tx, n, fits, terms); err != nil {
			return err
		}
	}
	return nil
}

func foldOpen(groups []bill.Group, terms bill.Terms) []bill.Bill {
	open := []bill.Bill{}
	for _, g := range groups {
		if b := bill.Fold(g, terms); b.Open() {
			open = append(open, b)
		}
	}
	return open
}

func (in *Intake) askAbout(tx Tx, n bill.Notice, fits []string, terms bill.Terms) error {
	env := in.env(tx)
	code := "payment-fits-none"
	if len(fits) > 0 {
		code = "payment-unsure"
	}
	if n.Kind == bill.KindRefund {
		code = strings.Replace(code, "payment", "refund", 1)
	}
	args := map[string]string{"name": cmp.Or(n.IssuerName, terms.Name, n.Issuer), "amount": n.PaidAmount.String(),
		"bills": strings.Join(fits, ", "), "since": n.Received.UTC().Format(time.RFC3339)}
	if err := tx.SetFact(unmatchedPrefix+n.ID, env.Now.UTC().Format(time.RFC3339)); err != nil {
		return err
	}
	return tx.AddReminders(plan.Warning("payment:"+n.ID, env.Now.Add(unmatchedAfter), code, args, env))
}

// foundHome takes the question about a payment back that found its bill before
// it was asked.
func (in *Intake) foundHome(tx Tx, n bill.Notice) error {
	if n.Kind != bill.KindPayment && n.Kind != bill.KindRefund {
		return nil
	}
	if _, asked, err := tx.Fact(unmatchedPrefix + n.ID); err != nil || !asked {
		return err
	}
	have, err := tx.RemindersOf(plan.Subject{Kind: plan.SubjectDaemon, ID: "payment:" + n.ID})
	if err != nil {
		return err
	}
	return tx.PutReminders(cancelled(have))
}
