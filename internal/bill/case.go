package bill

import "time"

// CaseState is how far the talk with an issuer about a bill that cannot be
// paid in time has come.
type CaseState string

// The states of a case, in their usual order. Steps may be skipped; after
// CaseRejected the talk may begin again.
const (
	CasePreparing  CaseState = "preparing"
	CaseContacted  CaseState = "contacted"
	CaseRequested  CaseState = "requested"
	CaseWaiting    CaseState = "waiting"
	CaseAgreed     CaseState = "agreed"
	CaseRejected   CaseState = "rejected"
	CasePerforming CaseState = "performing" // an agreed plan is being paid
	CaseSettled    CaseState = "settled"
	CaseBroken     CaseState = "broken"
)

// Active reports whether the case still waits for somebody: the owner or the
// issuer.
func (s CaseState) Active() bool {
	switch s {
	case CasePreparing, CaseContacted, CaseRequested, CaseWaiting:
		return true
	}
	return false
}

// AskKind is what is asked of the issuer, and what it agrees to.
type AskKind string

// What can be asked for.
const (
	AskExtension AskKind = "extension"
	AskPlan      AskKind = "plan"
	AskWaiver    AskKind = "waiver"
)

// Instalment is one part of a plan: how much, and the day it is due.
type Instalment struct {
	Due    Day   `json:"due"`
	Amount Money `json:"amount"`
}

// Ask is what the owner asks the issuer for. Only the fields of its kind are set.
type Ask struct {
	Kind        AskKind      `json:"kind,omitempty"`
	Due         Day          `json:"due,omitzero"`
	Instalments []Instalment `json:"instalments,omitempty"`
	Waive       Money        `json:"waive,omitzero"`
}

// Arrangement is one step of a case as the owner tells it: the payload of
// CommandArrange. Check says what must be true of it.
type Arrangement struct {
	State CaseState `json:"state"`
	// Cause is why the bill cannot be paid in time, in the owner's words.
	Cause string `json:"cause,omitempty"`
	Ask   Ask    `json:"ask,omitzero"` // what is, or will be, asked
	// FollowUp is the day to ask again while nobody answered.
	FollowUp Day    `json:"follow_up,omitzero"`
	Note     string `json:"note,omitempty"`

	// What was agreed; only with CaseAgreed. Due is a new due date for the
	// whole; Instalments replace the bill. Amount is what is to be
	// paid in all after an extension, penalty included, where that changes.
	Due         Day          `json:"due,omitzero"`
	Amount      Money        `json:"amount,omitzero"`
	Instalments []Instalment `json:"instalments,omitempty"`
	Waive       Money        `json:"waive,omitzero"` // of the penalty first, then of what is left
	Fee         Money        `json:"fee,omitzero"`   // that the agreement costs
	Conditions  string       `json:"conditions,omitempty"`
	// Revives: when an instalment is broken, the old terms hold again.
	Revives bool `json:"revives,omitempty"`

	// Parts are the ids of the instalments' bills where notices told of them;
	// those that the owner tells of are named by PartID.
	Parts []string `json:"parts,omitempty"`

	// Paid is, with CaseBroken, what the instalments brought in until then.
	Paid Money `json:"paid,omitzero"`
}

// Case is the talk with the issuer about one bill, and what came of it.
type Case struct {
	State     CaseState  `json:"state"`
	OpenedAt  time.Time  `json:"opened_at"`
	ChangedAt time.Time  `json:"changed_at"`
	Cause     string     `json:"cause,omitempty"`
	Ask       Ask        `json:"ask,omitzero"`
	FollowUp  Day        `json:"follow_up,omitzero"`
	Notes     []CaseNote `json:"notes,omitempty"`
	// Agreement is what was agreed; nil before.
	Agreement *Agreement `json:"agreement,omitempty"`
}

// CaseNote is one step of a case with the words that went with it.
type CaseNote struct {
	At    time.Time `json:"at"`
	State CaseState `json:"state"`
	Text  string    `json:"text,omitempty"`
	By    string    `json:"by"` // the command's or notice's ID
}

// Agreement is what the issuer agreed to.
type Agreement struct {
	At          time.Time    `json:"at"`
	By          string       `json:"by"` // the command's or notice's ID
	Due         Day          `json:"due,omitzero"`
	Amount      Money        `json:"amount,omitzero"`
	Instalments []Instalment `json:"instalments,omitempty"`
	Waived      Money        `json:"waived,omitzero"`
	Fee         Money        `json:"fee,omitzero"`
	Conditions  string       `json:"conditions,omitempty"`
	Revives     bool         `json:"revives,omitempty"`
	// Parts are the ids of the bills that the instalments became.
	Parts []string `json:"parts,omitempty"`
}

// Milestone is a day on which being late gets a consequence of its own.
type Milestone struct {
	Name string `json:"name"` // one of the Milestone codes
	Day  Day    `json:"day"`
}

// The names of milestones.
const (
	MilestoneFee       = "fee"
	MilestoneInterest  = "interest"
	MilestoneSuspended = "service_suspended"
	MilestoneBureau    = "credit_bureau"
	MilestoneCutOff    = "cut_off"
	MilestoneLost      = "product_lost"
)

// MilestoneRule places a milestone a number of days after the due date.
type MilestoneRule struct {
	Name  string
	After int
}

// Payment is money that went to the issuer for this bill and counts.
type Payment struct {
	Day    Day    `json:"day"`
	Amount Money  `json:"amount,omitzero"` // unknown = all that was left
	By     string `json:"by"`              // the notice's or command's ID
}

// Change is one line of a bill's history.
type Change struct {
	At   time.Time `json:"at"`
	What string    `json:"what"` // a Field, or one of the Change codes
	From string    `json:"from,omitempty"`
	To   string    `json:"to,omitempty"`
	By   string    `json:"by"` // the notice's or command's ID, "rule", "configuration"
	// Kind is the kind of that notice or command.
	Kind  string `json:"kind"`
	Trust Trust  `json:"trust,omitempty"`
	Evidence
}

// Task is something to do about a bill besides paying it.
type Task struct {
	ID   string            `json:"id"` // stable: the bill's id and the code
	Bill string            `json:"bill"`
	Code string            `json:"code"`
	Due  Day               `json:"due"`
	Tell Day               `json:"tell,omitzero"` // first told on, where that is before it is due
	Args map[string]string `json:"args,omitempty"`
}

// First is the day of the first word about the task: Tell, else the due day.
func (t Task) First() Day {
	if t.Tell.Known() && t.Tell < t.Due {
		return t.Tell
	}
	return t.Due
}

// The codes of tasks.
const (
	TaskKeepProof    = "keep_proof"    // keep the proof of payment
	TaskAskLimit     = "ask_limit"     // ask for the credit limit to be restored
	TaskCheckService = "check_service" // see that the service is open again
	TaskCreditRecord = "credit_record" // look at the credit record
	TaskFollowUp     = "follow_up"     // ask for the answer to a request
)
