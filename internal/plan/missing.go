package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
)

// Receipt is the day on which something was heard of a bill for the first
// time. The habit of an account is learned from its receipts.
type Receipt struct {
	Issuer, Merchant string
	// Account is the printed tail; where there is none, Recipient tells the
	// accounts apart.
	Account, Recipient string
	Name               string // the issuer as a person would call it
	Day                bill.Day
	// Unplaced: whose account it is about is not certain, so it may be the
	// statement of any account of the issuer, and no habit is learned from it.
	Unplaced bool
}

// ReceiptOf is the receipt that a bill stands for; false where no message told
// of it, or where the owner said that it is none.
func ReceiptOf(b *bill.Bill, env Env) (Receipt, bool) {
	if b.Seen.IsZero() || !b.DroppedAt.IsZero() || !byMail(b) {
		return Receipt{}, false
	}
	r := Receipt{Issuer: b.Issuer, Merchant: b.Merchant, Account: b.Account, Name: cmp.Or(b.IssuerName, b.Issuer),
		Day: bill.DayOf(b.Seen.In(env.zone()))}
	if r.Account == "" {
		r.Recipient = b.Recipient
		r.Unplaced = len(b.Problems) > 0 || r.Recipient == ""
	}
	return r, true
}

// byMail reports whether a message told of the bill; what the owner or the
// configuration says of it besides does not count.
func byMail(b *bill.Bill) bool {
	mail := func(t bill.Trust) bool {
		return t == bill.TrustVouched || t == bill.TrustForwarded || t == bill.TrustUnverified
	}
	if mail(b.Trust) {
		return true
	}
	for _, s := range b.Sources {
		if mail(s.Trust) {
			return true
		}
	}
	return false
}

// Subject is what a reminder about the account's statements is about. The
// currency is no part of it: one statement covers all of an account.
func (r *Receipt) Subject() Subject {
	return Subject{SubjectMissing, strings.Join([]string{r.Issuer, r.Merchant, r.Account, r.Recipient}, "/")}
}

// Absence is a statement that did not come.
type Absence struct {
	Receipt          // the latest one of the account
	Usual   bill.Day // on which it was to come, by the account's habit
	Tell    bill.Day // from which on it is worth a word
}

const (
	// patience is how many days after the latest day ever a statement is
	// missed. One bank's statements came after 2 or 3 days, and once after 12.
	patience = 5
	// habit is how many months of receipts are looked at.
	habit = 6
	// mostScatter is how many days may lie between the earliest and the latest
	// arrival within the month, half of it while only two are known: what
	// varies more is no monthly statement.
	mostScatter = 15
	// stale is for how many days an absence is worth a word: a daemon that was
	// off for long does not tell of what the next statement makes clear.
	stale = 20
)

// Absences finds the accounts whose statement is overdue on today: those that
// had one in each of the last two months, or in three of the last four, at
// about the same day, and none in the month that counts. Each account has at
// most one absence a month.
func Absences(receipts []Receipt, today bill.Day) []Absence {
	accounts, unplaced := map[Subject][]Receipt{}, map[string][]bill.Day{}
	for _, r := range receipts {
		switch {
		case r.Day > today:
		case r.Unplaced:
			unplaced[r.Issuer] = append(unplaced[r.Issuer], r.Day)
		default:
			accounts[r.Subject()] = append(accounts[r.Subject()], r)
		}
	}
	var out []Absence
	byID := func(a, b Subject) int { return cmp.Compare(a.ID, b.ID) }
	for _, s := range slices.SortedFunc(maps.Keys(accounts), byID) {
		of := accounts[s]
		slices.SortFunc(of, func(a, b Receipt) int { return cmp.Compare(a.Day, b.Day) })
		a, ok := absence(of, today)
		if ok && !slices.ContainsFunc(unplaced[a.Issuer], func(d bill.Day) bool { return d > a.Usual-mostScatter }) {
			out = append(out, a)
		}
	}
	return out
}

// absence looks at one account; receipts are in the order of time.
func absence(receipts []Receipt, today bill.Day) (Absence, bool) {
	latest := receipts[len(receipts)-1]
	now := monthOf(today)
	var days []bill.Day
	for _, r := range receipts {
		if monthOf(r.Day) >= now-habit && !slices.Contains(days, r.Day) {
			days = append(days, r.Day)
		}
	}
	usual, had, scatter := rhythm(days)
	if len(had) == 0 || len(days) > len(had)+1 {
		return Absence{}, false // never, or several a month
	}
	if days := scatter.latest - scatter.earliest; days > mostScatter || len(had) < 3 && days > mostScatter/2 {
		return Absence{}, false
	}
	for month := now; month >= now-1; month-- {
		a := Absence{Receipt: latest, Usual: dayIn(month, usual)}
		a.Tell = a.Usual + bill.Day(max(scatter.latest, 0)) + patience
		if a.Tell > today {
			continue
		}
		return a, !had[month] && today < a.Tell+stale && expected(had, month) && latest.Day < a.Usual+mostScatter
	}
	return Absence{}, false
}

// expected reports whether the months before were regular enough.
func expected(had map[int]bool, month int) bool {
	n := 0
	for back := 1; back <= 4; back++ {
		if had[month-back] {
			n++
		}
	}
	return n >= 3 || had[month-1] && had[month-2]
}

// spread is how far arrivals lie from the usual day, in days.
type spread struct{ earliest, latest int }

// rhythm learns the day of the month on which statements come, and returns
// with it the months that had one and the scatter. A statement that comes on
// the 30th once and on the 1st another time comes monthly all the same, so each
// day belongs to the month whose usual day is nearest.
func rhythm(days []bill.Day) (usual int, had map[int]bool, s spread) {
	least := -1
	for _, candidate := range days {
		_, _, day := candidate.Date()
		sum := 0
		for _, d := range days {
			_, off := place(d, day)
			sum += max(off, -off)
		}
		if least < 0 || sum < least || sum == least && day < usual {
			usual, least = day, sum
		}
	}
	had = map[int]bool{}
	for i, d := range days {
		month, off := place(d, usual)
		had[month] = true
		if i == 0 {
			s = spread{off, off}
		}
		s.earliest, s.latest = min(s.earliest, off), max(s.latest, off)
	}
	return usual, had, s
}

// place returns the month to whose usual day d is nearest, and how many days
// after that day it is.
func place(d bill.Day, usual int) (month, off int) {
	best := monthOf(d)
	for _, m := range []int{best - 1, best + 1} {
		if abs(d-dayIn(m, usual)) < abs(d-dayIn(best, usual)) {
			best = m
		}
	}
	return best, int(d - dayIn(best, usual))
}

func abs(d bill.Day) bill.Day { return max(d, -d) }

// monthOf counts months.
func monthOf(d bill.Day) int {
	year, month, _ := d.Date()
	return year*12 + int(month) - 1
}

// dayIn is the usual day in a month, its last one where the month is shorter.
func dayIn(month, usual int) bill.Day {
	first := firstOf(month)
	return min(first+bill.Day(usual-1), firstOf(month+1)-1)
}

// firstOf is the first day of a month.
func firstOf(month int) bill.Day {
	d, _ := bill.NewDay(month/12, time.Month(month%12+1), 1)
	return d
}

// Missed brings the reminders about absent statements up to date: one for each
// absence and default channel, at the hour of the default policy, and an end
// to those not told yet whose statement has come. have are all reminders of
// these subjects and every one of the kind that is planned or in a letter; what
// is returned is to be put.
func Missed(absences []Absence, have []Reminder, env Env) []Reminder {
	policy := env.fallback()
	if policy == nil {
		return nil
	}
	var out []Reminder
	wanted := map[string]bool{}
	for i := range absences {
		a := &absences[i]
		for _, channel := range policy.Channels {
			r := a.reminder(channel, policy, have, env)
			wanted[r.ID] = true
			if !slices.ContainsFunc(have, func(h Reminder) bool { return h.ID == r.ID }) {
				out = append(out, r)
			}
		}
	}
	for _, h := range have {
		waits := h.State == StatePlanned || h.State == StateInLetter
		first := stoodFor(h, have)
		if h.Subject.Kind != SubjectMissing || !waits || wanted[first.ID] {
			continue
		}
		h.State, h.Reason = StateCancelled, ReasonSettled
		if !slices.Contains(policy.Channels, first.Channel) {
			h.Reason = ReasonPolicy
		}
		out = append(out, h)
	}
	return out
}

// reminder tells one channel of the absence. Its date is the month, or what an
// earlier look called it: an old message that is read later can move the usual
// day across the end of a month.
func (a *Absence) reminder(channel string, policy *Policy, have []Reminder, env Env) Reminder {
	at := a.Tell.At(hourOf(Step{}, policy.At), env.zone())
	r := Reminder{Subject: a.Subject(), Step: "missing", Channel: channel, Date: firstOf(monthOf(a.Usual)),
		StepAt: at, At: env.holdOn(channel, at, time.Time{}), State: StatePlanned, Why: "the statement did not come",
		Detail: Detail{Code: "missing", Args: map[string]string{"issuer": a.Issuer, "name": a.Name, "account": a.Account,
			"usual": a.Usual.String(), "last": a.Day.String()}}}
	if r.At.After(at) {
		r.Why = whyQuiet
	}
	for _, h := range have {
		if h.Subject == r.Subject && abs(bill.DayOf(h.StepAt.In(env.zone()))-a.Tell) < mostScatter {
			r.Date = h.Date
		}
	}
	r.ID = ID(r.Subject, r.Step, r.Channel, r.Date)
	return r
}
