package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

const (
	// suspiciousFact is the day whose suspicious messages are counted, and how
	// many there were.
	suspiciousFact = "suspicious"
	// toldSuspicious is how many of a day are told one by one. Anybody can send
	// a thousand of them, and a letter of a thousand warnings hides the bills.
	toldSuspicious = 3
	// shownSenders is how many senders of the others are named.
	shownSenders = 5
)

// warn tells the owner of a message that looks forged: the first few of a day
// one by one and at once, the others by their number the next morning.
func (in *Intake) warn(tx Tx, r Read) error {
	if r.Reading.Trust != bill.TrustSuspicious {
		return nil
	}
	n, err := in.countSuspicious(tx)
	if err != nil {
		return err
	}
	if n > toldSuspicious {
		return in.warnOfMore(tx, sender(r.Message))
	}
	env := in.env(tx)
	args := map[string]string{"from": sender(r.Message), "subject": r.Message.Subject, "reason": r.Reading.TrustReason}
	return tx.AddReminders(plan.Warning("suspicious:"+r.Message.Hash[:16], env.Now, "suspicious-mail", args, env))
}

// countSuspicious counts one more and returns how many there were today.
func (in *Intake) countSuspicious(tx Tx) (int, error) {
	today := bill.DayOf(tx.Now().In(in.Env.Zone)).String()
	text, _, err := tx.Fact(suspiciousFact)
	if err != nil {
		return 0, err
	}
	n := 0
	if day, count, ok := strings.Cut(text, " "); ok && day == today {
		n, _ = strconv.Atoi(count) // a damaged count begins anew
	}
	n++
	return n, tx.SetFact(suspiciousFact, fmt.Sprintf("%s %d", today, n))
}

// warnOfMore adds one to the warning of the next morning.
func (in *Intake) warnOfMore(tx Tx, from string) error {
	env := in.env(tx)
	rows := plan.Warning("suspicious:more", nextMorning(env), "suspicious-more", nil, env)
	for i := range rows {
		known, err := tx.RemindersOf(rows[i].Subject)
		if err != nil {
			return err
		}
		n, senders := 0, []string{}
		if k := slices.IndexFunc(known, func(h plan.Reminder) bool { return h.ID == rows[i].ID }); k >= 0 {
			if known[k].State != plan.StatePlanned {
				continue // told already: a clock was set back
			}
			n, _ = strconv.Atoi(known[k].Detail.Args["n"])
			senders = strings.Split(known[k].Detail.Args["from"], ", ")
		}
		if len(senders) < shownSenders && !slices.Contains(senders, from) {
			senders = append(senders, from)
		}
		rows[i].Detail.Args = map[string]string{"n": strconv.Itoa(n + 1), "from": strings.Join(senders, ", ")}
		if err := tx.PutReminders(rows[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// nextMorning is the next hour of the default policy.
func nextMorning(env plan.Env) time.Time {
	hour, _ := bill.NewClock(9, 0)
	if n := len(env.Policies); n > 0 && env.Policies[n-1].At.Known() {
		hour = env.Policies[n-1].At
	}
	today := bill.DayOf(env.Now.In(env.Zone))
	if at := today.At(hour, env.Zone); at.After(env.Now) {
		return at
	}
	return (today + 1).At(hour, env.Zone)
}
