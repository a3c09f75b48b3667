package bill

import "time"

// Kind says what a notice claims.
type Kind string

// The kinds of notice. KindUnread is a message that is about owing but could
// not be read with certainty; it always carries problems.
const (
	KindStatement     Kind = "statement"
	KindDueSoon       Kind = "due_soon"
	KindOverdue       Kind = "overdue"
	KindPayment       Kind = "payment"
	KindAutopay       Kind = "autopay"
	KindAutopayFailed Kind = "autopay_failed"
	KindArrangement   Kind = "arrangement"
	KindRefund        Kind = "refund"
	KindZero          Kind = "zero"
	KindUnread        Kind = "unread"
)

// Trust says how far a claim may act; see the package comment.
type Trust string

// The levels of trust, from the owner's own word down to a likely forgery.
const (
	TrustOwner      Trust = "owner"
	TrustDeclared   Trust = "declared"
	TrustVouched    Trust = "vouched"
	TrustForwarded  Trust = "forwarded"
	TrustUnverified Trust = "unverified"
	TrustSuspicious Trust = "suspicious"
)

// Field names one fact of a notice or bill, as the JSON shapes spell it.
type Field string

// The fields that carry evidence and problems.
const (
	FieldKind          Field = "kind"
	FieldIssuer        Field = "issuer"
	FieldAccount       Field = "account"
	FieldReference     Field = "reference"
	FieldPeriod        Field = "period"
	FieldCurrency      Field = "currency"
	FieldAmountDue     Field = "amount_due"
	FieldMinimumDue    Field = "minimum_due"
	FieldPenalty       Field = "penalty"
	FieldPaidAmount    Field = "paid_amount"
	FieldPaidDate      Field = "paid_date"
	FieldStatementDate Field = "statement_date"
	FieldDueDate       Field = "due_date"
	FieldLastSafeDay   Field = "last_safe_day"
	FieldDaysLate      Field = "days_late"
)

// Evidence is where a field was read: the part of the message ("subject",
// "text/plain", "text/html", "text/html 2") and the words themselves; or, for
// what no message said, Part is "command", "rule" or "configuration".
type Evidence struct {
	Part string `json:"part"`
	Text string `json:"text"`
}

// Problem is why a field is not certain. A notice with problems makes a review.
type Problem struct {
	Field Field  `json:"field"`
	Why   string `json:"why"`
}

// Notice is what one message claims about one bill. Unknown fields are zero.
type Notice struct {
	// ID is stable: the message's content hash and the notice's row in it.
	ID string `json:"id"`
	// Message is the content hash of the message, "" for a declared bill.
	Message  string    `json:"message,omitempty"`
	Received time.Time `json:"received"`
	Trust    Trust     `json:"trust"`
	// Backlog is the instant of the first reading of the source (mailbox
	// folder, ingest) when the message was received before that; else zero.
	Backlog time.Time `json:"backlog,omitzero"`
	// Said is when a forwarded notice was sent, where its forward shows that;
	// else zero.
	Said time.Time `json:"said,omitzero"`

	Kind Kind `json:"kind"`
	// Issuer is the issuer file's name, or the vouched From address of a
	// sender that no file describes. IssuerName is how a letter calls it.
	Issuer     string `json:"issuer"`
	IssuerName string `json:"issuer_name,omitempty"`
	// Merchant stands for whom a shared issuer (Stripe, hosting) speaks.
	Merchant  string `json:"merchant,omitempty"`
	Account   string `json:"account,omitempty"`   // printed tail, at most 4 digits
	Recipient string `json:"recipient,omitempty"` // address the message went to, lower case
	Reference string `json:"reference,omitempty"` // order, invoice or instalment number
	Period    string `json:"period,omitempty"`    // YYYY-MM, only where printed
	Currency  string `json:"currency,omitempty"`

	AmountDue  Money `json:"amount_due,omitzero"` // without penalty
	MinimumDue Money `json:"minimum_due,omitzero"`
	Penalty    Money `json:"penalty,omitzero"`
	PaidAmount Money `json:"paid_amount,omitzero"`

	StatementDate Day   `json:"statement_date,omitzero"`
	DueDate       Day   `json:"due_date,omitzero"`
	LastSafeDay   Day   `json:"last_safe_day,omitzero"` // only where printed
	CutOff        Clock `json:"cut_off,omitzero"`       // only where printed
	PaidDate      Day   `json:"paid_date,omitzero"`
	PaidTime      Clock `json:"paid_time,omitzero"`
	DaysLate      int   `json:"days_late,omitempty"` // counted from the due date; 0 = not printed
	// PaidInFull is set where a payment notice says that nothing is left.
	PaidInFull bool `json:"paid_in_full,omitempty"`
	// Autopay is set where a notice of another kind mentions that the bill
	// will be debited.
	Autopay bool `json:"autopay,omitempty"`

	Problems []Problem          `json:"problems,omitempty"`
	Evidence map[Field]Evidence `json:"evidence,omitempty"`
}

// At is the instant at which the notice counts: a forward says again what was
// said before, and does not undo what came in between.
func (n *Notice) At() time.Time {
	if n.Said.IsZero() {
		return n.Received
	}
	return n.Said
}

// CommandKind names an owner's command.
type CommandKind string

// The owner's commands on a bill. CommandAdd is the birth of a bill by hand.
const (
	CommandAdd    CommandKind = "add"
	CommandSet    CommandKind = "set"
	CommandPaid   CommandKind = "paid"
	CommandSnooze CommandKind = "snooze"
	CommandDrop   CommandKind = "drop"
	CommandReopen CommandKind = "reopen"
	// CommandArrange is one step of a case; see Arrangement.
	CommandArrange CommandKind = "arrange"
)

// Command is one word of the owner about one bill. Only the fields of its
// kind are set.
type Command struct {
	ID   string      `json:"id"`
	Bill string      `json:"bill"`
	Kind CommandKind `json:"kind"`
	At   time.Time   `json:"at"`

	Issuer  string    `json:"issuer,omitempty"`  // add, set
	Account string    `json:"account,omitempty"` // add, set
	Amount  Money     `json:"amount,omitzero"`   // add, set: what is due; paid: what was paid, unknown = all
	Due     Day       `json:"due,omitzero"`      // add, set
	Grace   *int      `json:"grace,omitempty"`   // add, set: days after the due date
	Note    string    `json:"note,omitempty"`    // add, set
	On      Day       `json:"on,omitzero"`       // paid: the day it was paid
	Until   time.Time `json:"until,omitzero"`    // snooze
	// Over says that more than was owed was really paid (paid).
	Over bool `json:"over,omitempty"`

	Arrange *Arrangement `json:"arrange,omitempty"` // arrange
	// Parent and Part make an added bill an instalment of that bill's plan.
	Parent string `json:"parent,omitempty"` // add
	Part   string `json:"part,omitempty"`   // add: "2/6"
}

// Per says which notices of one account make one bill.
type Per string

// PerMonth groups by the printed statement month, PerDueDate by the first due
// date seen, PerReference by order, invoice or instalment number. The empty
// Per is PerMonth where a month is printed, else PerDueDate.
const (
	PerMonth     Per = "month"
	PerDueDate   Per = "due_date"
	PerReference Per = "reference"
)

// Terms are an issuer's rules as far as the fold and the plan need them: the
// issuer file with the owner's override applied.
type Terms struct {
	Issuer  string
	Name    string
	Per     Per
	Grace   int    // days after the due date; 0 = none
	GraceBy string // "override", "rule", or "" where nobody promised any
	CutOff  Clock  // on the last safe day; unknown = end of the day
	Zone    *time.Location
	// NeedsWorkday: paying takes a working day (bank transfer), so a step
	// before the due date moves off days off.
	NeedsWorkday bool
	// TransferDays is how many working days money takes to arrive after the one
	// it is sent on.
	TransferDays int
	// Calendar is the country whose working days count, as in "jp"; "" = the
	// owner's.
	Calendar string
	// Tolerance is an unpaid rest, a currency, up to which a bill counts as paid.
	Tolerance []Money
	// Milestones are the consequences of being late.
	Milestones []MilestoneRule
	// ConfirmDays is within how many days of a debit its confirmation comes.
	ConfirmDays int
}
