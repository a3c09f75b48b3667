package plan

import (
	"time"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

// LetterType is a letter's kind, as webhooks spell it.
type LetterType string

// The types of letter.
const (
	LetterReminder LetterType = "bill.reminder"
	LetterReview   LetterType = "bill.review"
	LetterBacklog  LetterType = "bill.backlog"
	LetterWarning  LetterType = "daemon.warning"
	LetterDigest   LetterType = "digest"
	LetterMissing  LetterType = "statement.missing"
	LetterAlive    LetterType = "daemon.alive"
	LetterTask     LetterType = "task.reminder"
	LetterTest     LetterType = "test"
)

// LetterState is where a letter is.
type LetterState string

// The states of a letter. A new one may be re-formed; a trying one is frozen.
const (
	LetterNew       LetterState = "new"
	LetterTrying    LetterState = "trying"
	LetterAccepted  LetterState = "accepted"
	LetterRefused   LetterState = "refused"
	LetterExpired   LetterState = "expired"
	LetterWithdrawn LetterState = "withdrawn"
)

// Letter is one message to one channel carrying one or more reminders.
type Letter struct {
	ID      string
	Channel string
	Type    LetterType
	State   LetterState
	Created time.Time
	// Content is frozen when the letter is first attempted.
	Content Content
	// Attempts made so far, and when the next may be.
	Attempts    int
	NextAttempt time.Time
	LastError   string
	Accepted    time.Time
	// Done lists the recipients that have accepted it already.
	Done []string
}

// Content is the snapshot a letter is rendered from.
type Content struct {
	Items []Item `json:"items"`
	// Forecast is the money needed by when; only in a digest.
	Forecast *Forecast `json:"forecast,omitempty"`
}

// Item is one reminder inside a letter.
type Item struct {
	Reminder string  `json:"reminder"`
	Subject  Subject `json:"subject"`
	Step     string  `json:"step,omitempty"`
	// LateBy is whole minutes after the step's instant; 0 = on time.
	LateBy    int      `json:"late_by,omitempty"`
	MovedFrom bill.Day `json:"moved_from,omitzero"`
	Detail    Detail   `json:"detail,omitzero"`
	// Bill and what a letter says about it; absent for a daemon's warning.
	Bill *Row `json:"bill,omitempty"`
	// Name is the issuer as a person would call it.
	Name string `json:"name,omitempty"`
	// Deadline is the end of the last safe day.
	Deadline   time.Time      `json:"deadline,omitzero"`
	Autopay    bool           `json:"autopay,omitempty"`
	Penalty    string         `json:"penalty,omitempty"`
	EarlierDue bill.Day       `json:"earlier_due,omitzero"`
	Problems   []bill.Problem `json:"problems,omitempty"`
	// Source says where the data came from: the sender and day of the latest
	// message, or "command", "configuration".
	Source Origin `json:"source,omitzero"`

	// PayBy is the last day on which a payment that needs a working day still
	// arrives in time; absent where that is the due date itself.
	PayBy bill.Day `json:"pay_by,omitzero"`
	// PayByMissed: no working day is left on which such a payment would arrive
	// in time, although the last safe day is still ahead.
	PayByMissed bool `json:"pay_by_missed,omitempty"`
	// DebitDay is the day the issuer will debit; only with Autopay. Debit names
	// what it debits, in its order, DebitNote its limits.
	DebitDay  bill.Day `json:"debit_day,omitzero"`
	Debit     string   `json:"debit,omitempty"`
	DebitNote string   `json:"debit_note,omitempty"`
	// DebitOffered: the issuer offers autopay, and the bill does not use it.
	DebitOffered bool `json:"debit_offered,omitempty"`
	// Milestone is the code of what happens on MilestoneDay; with milestone steps.
	Milestone    string   `json:"milestone,omitempty"`
	MilestoneDay bill.Day `json:"milestone_day,omitzero"`
	// MilestoneCertainty is how well the milestone is founded, "" = not known.
	MilestoneCertainty terms.Certainty `json:"milestone_certainty,omitempty"`
	// Case is the state of the talk with the issuer, "" where there is none.
	Case string `json:"case,omitempty"`
	// Cost is what lateness costs; nil where no rule is known.
	Cost     *terms.Preview  `json:"cost,omitempty"`
	Contacts []terms.Contact `json:"contacts,omitempty"`
	// GraceSaid is a grace that is said to be given and does not count.
	GraceSaid *terms.Grace `json:"grace_said,omitempty"`
}

// Origin is the message a bill was read from.
type Origin struct {
	From     string     `json:"from,omitempty"`
	Subject  string     `json:"subject,omitempty"`
	Received time.Time  `json:"received,omitzero"`
	Trust    bill.Trust `json:"trust,omitempty"`
}

// Row is one bill as `bills --json` and webhooks show it. What is not known
// is an empty string.
type Row struct {
	ID            string     `json:"id"`
	Issuer        string     `json:"issuer"`
	Account       string     `json:"account"`
	Reference     string     `json:"reference"`
	Period        string     `json:"period"`
	Currency      string     `json:"currency"`
	AmountDue     string     `json:"amount_due"`
	MinimumDue    string     `json:"minimum_due"`
	Paid          string     `json:"paid"`
	Outstanding   string     `json:"outstanding"`
	StatementDate string     `json:"statement_date"`
	DueDate       string     `json:"due_date"`
	LastSafeDay   string     `json:"last_safe_day"`
	Stage         bill.Stage `json:"stage"`
	Trust         bill.Trust `json:"trust"`
	NextStep      string     `json:"next_step"`
	NextAt        string     `json:"next_at"` // RFC 3339 in the owner's zone
}

// RowOf shows a bill at now; next is its earliest planned reminder or nil.
func RowOf(b *bill.Bill, now time.Time, loc *time.Location, next *Reminder) Row {
	r := Row{
		ID: b.ID, Issuer: b.Issuer, Account: b.Account, Reference: b.Reference,
		Period: b.Period, Currency: b.Currency,
		AmountDue: b.AmountDue.Decimal(), MinimumDue: b.MinimumDue.Decimal(),
		Paid: b.Paid.Decimal(), Outstanding: b.Outstanding.Decimal(),
		StatementDate: b.StatementDate.String(), DueDate: b.DueDate.String(),
		LastSafeDay: b.LastSafeDay.String(),
		Stage:       b.Stage(now, loc), Trust: b.Trust,
	}
	if next != nil {
		r.NextStep, r.NextAt = next.Step, next.At.In(loc).Format(time.RFC3339)
	}
	return r
}
