// Package bill holds the vocabulary of repayd and the rules of one debt: days,
// money, notices, the owner's commands, and the pure fold that turns the
// notices and commands of one debt into a Bill.
//
// Contract. Nothing here reads a clock, a file or the network. A bill is
// always the fold of everything known about it, in the order of receipt, so
// the order of arrival never matters and folding twice changes nothing.
//
// Trust. A claim acts by who stands behind it (TrustOwner first, down to
// TrustSuspicious). What is not vouched for may add a bill or an earlier
// reminder; it never settles, lowers or postpones.
package bill

import (
	"sync"
	"time"
)

// Stage is where a bill stands at an instant. It is computed, never stored.
type Stage string

// The stages of a bill.
const (
	StageUpcoming    Stage = "upcoming"     // before the due day
	StageDue         Stage = "due"          // on the due day
	StageGrace       Stage = "grace"        // after it, still harmless
	StageLate        Stage = "late"         // after the deadline
	StageSettled     Stage = "settled"      // nothing left to pay
	StageDropped     Stage = "dropped"      // the owner said to forget it
	StageUnconfirmed Stage = "unconfirmed"  // from a first reading and already past its last safe day
	StageNeedsReview Stage = "needs_review" // something about it is not certain
)

// Bill is what we believe about one debt after all notices and commands.
type Bill struct {
	ID         string `json:"id"`
	Issuer     string `json:"issuer"`
	IssuerName string `json:"issuer_name,omitempty"`
	Merchant   string `json:"merchant,omitempty"`
	Account    string `json:"account,omitempty"`
	Recipient  string `json:"recipient,omitempty"`
	Reference  string `json:"reference,omitempty"`
	Period     string `json:"period,omitempty"` // YYYY-MM or the first due date; it does not move
	Currency   string `json:"currency,omitempty"`

	AmountDue   Money `json:"amount_due,omitzero"`
	MinimumDue  Money `json:"minimum_due,omitzero"`
	Penalty     Money `json:"penalty,omitzero"`
	Paid        Money `json:"paid,omitzero"`        // unknown until something is paid
	Outstanding Money `json:"outstanding,omitzero"` // never negative; unknown while the amount is
	// Credit is what was paid, or paid back, beyond what was owed.
	Credit Money `json:"credit,omitzero"`
	// Tolerated is an unpaid rest that the issuer's tolerance counts as paid.
	Tolerated Money `json:"tolerated,omitzero"`
	// MinimumMet: payments until the last safe day reach the minimum.
	MinimumMet bool      `json:"minimum_met,omitempty"`
	Payments   []Payment `json:"payments,omitempty"`

	StatementDate Day `json:"statement_date,omitzero"`
	DueDate       Day `json:"due_date,omitzero"`
	// LastSafeDay is the due date plus grace; with no grace it is the due date.
	LastSafeDay Day   `json:"last_safe_day,omitzero"`
	CutOff      Clock `json:"cut_off,omitzero"`
	// Zone is the issuer's, in which the last safe day ends.
	Zone string `json:"zone,omitempty"`
	// EarlierDue is an unverified claim of an earlier due date than the
	// vouched one: it adds one extra reminder and changes nothing else.
	EarlierDue   Day  `json:"earlier_due,omitzero"`
	NeedsWorkday bool `json:"needs_workday,omitempty"`
	// TransferDays is how many working days money takes to arrive.
	TransferDays int `json:"transfer_days,omitempty"`
	// Calendar is the country whose working days count for the issuer, "" for
	// the owner's.
	Calendar string `json:"calendar,omitempty"`
	// Autopay is set where the issuer announced that it will debit the bill,
	// on DebitDay, which is known only while it will.
	Autopay  bool `json:"autopay,omitempty"`
	DebitDay Day  `json:"debit_day,omitzero"`
	// ConfirmDays is within how many days of DebitDay the issuer confirms; 0 = it
	// is not known.
	ConfirmDays int `json:"confirm_days,omitempty"`
	// Milestones are the consequences of being late, in the order of their days.
	Milestones []Milestone `json:"milestones,omitempty"`
	Trust      Trust       `json:"trust"`

	// Seen is when the first notice was received or the first command given.
	Seen time.Time `json:"seen"`
	// Moved is the latest change of the due date: the day it moved from and
	// the instant the new one became known.
	MovedFrom Day       `json:"moved_from,omitzero"`
	MovedAt   time.Time `json:"moved_at,omitzero"`

	SettledAt time.Time `json:"settled_at,omitzero"`
	SettledBy string    `json:"settled_by,omitempty"` // a notice or command ID
	// SettledDay is the day on which the money went that settled the bill.
	SettledDay  Day       `json:"settled_day,omitzero"`
	DroppedAt   time.Time `json:"dropped_at,omitzero"`
	ReopenedAt  time.Time `json:"reopened_at,omitzero"` // a vouched word against a settlement
	SnoozedAt   time.Time `json:"snoozed_at,omitzero"`
	SnoozeUntil time.Time `json:"snooze_until,omitzero"`
	// AnsweredAt is the owner's latest word on the bill.
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	// Backlog is the instant of the first reading from which everything known
	// of the bill came; zero for a bill that arrived in the ordinary way.
	Backlog time.Time `json:"backlog,omitzero"`
	// Confirmed: the owner took it out of the backlog (reopen).
	Confirmed bool `json:"confirmed,omitempty"`

	// Case is the talk with the issuer about paying later; nil where there is none.
	Case *Case `json:"case,omitempty"`
	// Replaced is when a plan of instalments took the bill's place: it is not
	// open then, and nothing is said of it any more.
	Replaced time.Time `json:"replaced,omitzero"`
	// Parent is the bill whose plan this instalment belongs to, Part which one
	// of how many it is ("2/6").
	Parent string `json:"parent,omitempty"`
	Part   string `json:"part,omitempty"`

	// Problems make the bill a review; set and drop resolve them.
	Problems  []Problem `json:"problems,omitempty"`
	ProblemAt time.Time `json:"problem_at,omitzero"`

	Note    string           `json:"note,omitempty"`
	Sources map[Field]Source `json:"sources,omitempty"`
}

// Source says which notice or command set a field, and from which words.
type Source struct {
	From  string `json:"from"` // a notice or command ID, or "rule"
	Trust Trust  `json:"trust"`
	Evidence
}

// Deadline is the instant the last safe day ends: the cut-off, else the end of
// the day, in the issuer's zone. It is the zero time while no date is known.
func (b *Bill) Deadline() time.Time {
	if !b.LastSafeDay.Known() {
		return time.Time{}
	}
	loc := zone(b.Zone)
	if b.CutOff.Known() {
		return b.LastSafeDay.At(b.CutOff, loc)
	}
	return b.LastSafeDay.End(loc)
}

// Open reports whether reminders about the bill still make sense.
func (b *Bill) Open() bool {
	return b.SettledAt.IsZero() && b.DroppedAt.IsZero() && b.Replaced.IsZero()
}

// Owed is all that is to be paid today as far as notices say: what is
// outstanding and the penalty told beside it. Unknown while the amount is.
func (b *Bill) Owed() Money {
	if !b.Outstanding.Known() || !b.Penalty.Known() || b.Penalty.Currency != b.Outstanding.Currency || !b.Open() {
		return b.Outstanding
	}
	return Money{b.Outstanding.Minor + b.Penalty.Minor, b.Outstanding.Currency}
}

// SettledLate reports whether the money went after the last safe day, and how
// many days after the due date that was.
func (b *Bill) SettledLate() (days int, late bool) {
	if b.SettledAt.IsZero() || !b.SettledDay.Known() || !b.LastSafeDay.Known() || b.SettledDay <= b.LastSafeDay {
		return 0, false
	}
	return int(b.SettledDay - b.DueDate), true
}

// Stage computes where the bill stands at now; loc is the owner's zone, in
// which the due day is a day.
func (b *Bill) Stage(now time.Time, loc *time.Location) Stage {
	switch {
	case !b.DroppedAt.IsZero(), !b.Replaced.IsZero() && b.SettledAt.IsZero():
		return StageDropped
	case !b.SettledAt.IsZero():
		return StageSettled
	case b.Unconfirmed():
		return StageUnconfirmed
	case len(b.Problems) > 0 || !b.DueDate.Known():
		return StageNeedsReview
	}
	today := DayOf(now.In(loc))
	switch {
	case !now.Before(b.Deadline()):
		return StageLate
	case today < b.DueDate:
		return StageUpcoming
	case today == b.DueDate:
		return StageDue
	}
	return StageGrace
}

// Unconfirmed reports whether the bill came from the first reading of an old
// mailbox and was past its deadline by then, so that only the owner can tell
// whether it is still owed.
func (b *Bill) Unconfirmed() bool {
	return !b.Backlog.IsZero() && !b.Confirmed && b.DueDate.Known() && !b.Deadline().After(b.Backlog)
}

var zones sync.Map // name → *time.Location; loading one parses its whole table

// zone returns the named zone, UTC when the name is unknown: issuer files are
// checked when they are loaded, so that only happens to a damaged record.
func zone(name string) *time.Location {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		loc = time.UTC
	}
	zones.Store(name, loc)
	return loc
}
