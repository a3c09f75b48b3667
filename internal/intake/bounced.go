package intake

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"repayd/internal/intake/reply"
	"repayd/internal/plan"
)

// bouncePrefix begins the facts about addresses that letters come back from.
const bouncePrefix = "bounce:"

// tellBounceAgain is how long one warning about an address stands while letters
// go on coming back.
const tellBounceAgain = 7 * 24 * time.Hour

// bounces is what is known of one address.
type bounces struct {
	Letters int       `json:"letters"` // that came back since the first
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Told    time.Time `json:"told,omitzero"`
}

// bounced takes a delivery report about a letter of ours: it goes into the
// ledger, the address is counted and told about, and what nobody else received
// takes the channel's fallback. is says that the message was such a report.
// Nobody vouches for reports, so one may add a reminder and never end one.
func (in *Intake) bounced(tx Tx, r Read) (is, told bool, err error) {
	b, ok := reply.Bounce(r.Message)
	if !ok {
		return false, false, nil
	}
	l, ok, err := tx.Letter(b.Letter)
	if err != nil || !ok {
		return false, false, err
	}
	if _, known, err := tx.Message(r.Message.Hash); err != nil || known {
		return true, false, err
	}
	attempts, err := tx.AttemptsOf(l.ID)
	if err != nil {
		return true, false, err
	}
	at := tx.Now()
	if !r.Doubtful && r.Received.Before(at) && !r.Received.Before(l.Created) {
		at = r.Received
	}
	for _, f := range b.Failed {
		a, ok := bounceOf(l.ID, f, attempts, at)
		if !ok {
			continue
		}
		if err := tx.PutAttempts([]plan.Attempt{a}); err != nil {
			return true, told, err
		}
		attempts = append(attempts, a)
		if !f.Permanent {
			continue
		}
		did, err := in.flag(tx, l, a, attempts)
		if err != nil {
			return true, told, err
		}
		told = told || did
	}
	routed, err := in.routeRound(tx, l, attempts)
	return true, told || routed, err
}

// bounceOf is the ledger's row for a failure, where the letter was sent to that
// recipient and the row is new. A report that names another address is about
// the only recipient there was.
func bounceOf(letter string, f reply.Failure, attempts []plan.Attempt, at time.Time) (plan.Attempt, bool) {
	sent := recipientsOf(attempts)
	to := ""
	for _, s := range sent {
		if strings.EqualFold(s, f.Recipient) || strings.EqualFold(s, f.Original) {
			to = s
		}
	}
	if to == "" && len(sent) == 1 {
		to = sent[0]
	}
	a := plan.Attempt{Letter: letter, Recipient: to, At: at, Outcome: "delayed",
		Error: strings.TrimSpace(f.Status + " " + strings.TrimPrefix(f.Diagnostic, f.Status))}
	if f.Permanent {
		a.Outcome = "bounced"
	}
	again := slices.ContainsFunc(attempts, func(o plan.Attempt) bool {
		return o.Recipient == to && o.Outcome == a.Outcome && (f.Permanent || o.Error == a.Error)
	})
	return a, to != "" && !again
}

// recipientsOf lists the addresses that took a letter.
func recipientsOf(attempts []plan.Attempt) []string {
	var out []string
	for _, a := range attempts {
		if took := a.Outcome == "accepted" || a.Uncertain; took && a.Recipient != "" && !slices.Contains(out, a.Recipient) {
			out = append(out, a.Recipient)
		}
	}
	return out
}

// reached reports whether any recipient has the letter for all that is known.
func reached(attempts []plan.Attempt) bool {
	return slices.ContainsFunc(recipientsOf(attempts), func(to string) bool {
		return !slices.ContainsFunc(attempts, func(a plan.Attempt) bool { return a.Outcome == "bounced" && a.Recipient == to })
	})
}

// flag counts an address that a letter came back from for good, and warns of it
// by another way: once, and again each week while it goes on.
func (in *Intake) flag(tx Tx, l plan.Letter, a plan.Attempt, attempts []plan.Attempt) (bool, error) {
	key := bouncePrefix + strings.ToLower(a.Recipient)
	var known bounces
	text, ok, err := tx.Fact(key)
	if err != nil {
		return false, err
	}
	if ok {
		if err := json.Unmarshal([]byte(text), &known); err != nil {
			known = bounces{} // a damaged count begins anew
		}
	}
	if known.Letters == 0 {
		known.First = a.At
	}
	known.Letters++
	known.Last = a.At
	told := false
	if now := tx.Now(); known.Told.IsZero() || now.Sub(known.Told) >= tellBounceAgain || known.Told.After(now) {
		args := map[string]string{"address": masked(a.Recipient), "channel": l.Channel, "error": a.Error,
			"bills": strings.Join(billsOf(l), ", ")}
		if told, err = in.tellOnce(tx, "bounces:"+a.Recipient, "address-bounces", args, in.otherWay(l, attempts)); err != nil {
			return false, err
		}
		if told {
			known.Told = now
		} else if in.Log != nil {
			in.Log.Error("letters come back and no other channel can say so", "channel", l.Channel, "letter", l.ID)
		}
	}
	fact, err := json.Marshal(known)
	if err != nil {
		return told, err
	}
	return told, tx.SetFact(key, string(fact))
}

// otherWay is where to tell of a letter that came back: on the fallback of its
// channel, unless somebody else there receives; on any other where it is the
// only one that tells of such things.
func (in *Intake) otherWay(l plan.Letter, attempts []plan.Attempt) func(string) string {
	return func(channel string) string {
		if channel != l.Channel || reached(attempts) {
			return channel
		}
		if fallback := in.Fallbacks[channel]; fallback != "" {
			return fallback
		}
		return in.Env.OtherWay(channel)
	}
}

// masked shows of an address its first letter and its domain.
func masked(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" {
		return "***"
	}
	return string([]rune(local)[:1]) + "***@" + domain
}

// routeRound gives the reminders of a letter that reached nobody to the
// fallback of its channel, as a refused letter's are. Doing it twice changes
// nothing.
func (in *Intake) routeRound(tx Tx, l plan.Letter, attempts []plan.Attempt) (bool, error) {
	fallback := in.Fallbacks[l.Channel]
	if fallback == "" || l.State != plan.LetterAccepted || reached(attempts) {
		return false, nil
	}
	reminders, err := tx.RemindersOfLetter(l.ID)
	if err != nil {
		return false, err
	}
	var changes []plan.Reminder
	for _, r := range reminders {
		if open, err := in.stillOpen(tx, r.Subject); err != nil {
			return false, err
		} else if !open || r.FoldedInto != "" {
			continue
		}
		others, err := tx.RemindersOf(r.Subject)
		if err != nil {
			return false, err
		}
		stand, known := plan.StandIn(r, fallback, others, in.env(tx))
		if !known {
			changes = append(changes, stand)
		}
		r.FoldedInto = stand.ID
		changes = append(changes, r)
	}
	return len(changes) > 0, tx.PutReminders(changes)
}

// stillOpen reports whether a subject is still worth telling.
func (in *Intake) stillOpen(tx Tx, s plan.Subject) (bool, error) {
	switch s.Kind {
	case plan.SubjectBill, plan.SubjectReview, plan.SubjectBacklog:
		b, ok, err := tx.Bill(s.ID)
		return ok && b.Open(), err
	case plan.SubjectTest:
		return false, nil
	}
	return true, nil
}

// letters reads what comes back for letters of ours: reports and answers. own
// says that the message is one of the two or is, or quotes, such a letter: it
// is never a notice then.
func (in *Intake) letters(tx Tx, r Read) (own bool, bills []string, told bool, err error) {
	if own, told, err = in.bounced(tx, r); err != nil || own {
		return own, nil, told, err
	}
	if own, err = in.isOwn(tx, r.Message); err != nil || !own || itself(r.Message) {
		return own, nil, false, err
	}
	bills, told, err = in.answer(tx, r)
	return own, bills, told, err
}
