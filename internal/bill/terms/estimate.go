package terms

import "repayd/internal/bill"

// Certainty says how well a rule is founded. Only what is Law or Official, or
// the owner's own word, may be told to a user as certain.
type Certainty string

// The levels of certainty, from a law or a provider's own page down to sources
// that contradict each other.
const (
	Owner         Certainty = "owner" // written in the owner's configuration
	Law           Certainty = "law"
	Official      Certainty = "official"
	Secondary     Certainty = "secondary"
	Hearsay       Certainty = "hearsay"
	Contradictory Certainty = "contradictory"
)

// Proven reports whether a rule of this certainty may be told as certain.
func (c Certainty) Proven() bool { return c == Law || c == Official || c == Owner }

// Counts reports whether a rule of this certainty may move a date or an amount
// to the owner's risk, as a grace or a tolerance does: what a serious source
// tells of does, what is only said or contradicted does not.
func (c Certainty) Counts() bool { return c.Proven() || c == Secondary }

// Origin says where a rule comes from, as of when, and how far to believe it.
type Origin struct {
	Source    string    `json:"source,omitempty"`
	AsOf      string    `json:"as_of,omitempty"` // YYYY-MM-DD, YYYY-MM or YYYY
	Certainty Certainty `json:"certainty,omitempty"`
}

// Estimate is what being late costs by a day, with every input and step.
type Estimate struct {
	On bill.Day `json:"on"`
	// Known: a rule is known. Where it is not, the amounts are unknown and never 0.
	Known bool `json:"known"`
	// Incomplete: of a rule that holds an input is not known, so it may cost more.
	Incomplete bool `json:"incomplete,omitempty"`

	Fee      bill.Money `json:"fee"`
	Interest bill.Money `json:"interest"`
	Total    bill.Money `json:"total"`
	Lines    []Line     `json:"lines,omitempty"`
	Next     *Event     `json:"next,omitempty"`
	Origins  []Origin   `json:"origins,omitempty"`
}

// Line is one input or step of an estimate: a code of the catalogue of letters
// ("line.CODE") with its arguments, and the amount it comes to, if any.
type Line struct {
	Code   string            `json:"code"`
	Args   map[string]string `json:"args,omitempty"`
	Amount bill.Money        `json:"amount,omitzero"`
}

// Event is what happens next to a bill that stays unpaid: a milestone's code
// and its day.
type Event struct {
	Name   string   `json:"name"`
	Day    bill.Day `json:"day"`
	Origin Origin   `json:"origin,omitzero"`
}

// Preview is the small form of a few estimates that a letter keeps.
type Preview struct {
	Points []Point `json:"points,omitempty"`
	Next   *Event  `json:"next,omitempty"`
	// Origin is that of the least certain rule used.
	Origin Origin `json:"origin,omitzero"`
	// Incomplete: an input of a rule is not known, so it may cost more.
	Incomplete bool `json:"incomplete,omitempty"`
	// Consequences are codes of what lateness does besides costing money.
	Consequences []string `json:"consequences,omitempty"`
}

// The names of points.
const (
	PointToday    = "today"
	PointLastSafe = "last_safe"
	PointWeek     = "week"
	PointMonth    = "month"
)

// Point is what lateness costs by one day: today, the last safe day, in 7 and
// in 30 days.
type Point struct {
	Name  string     `json:"name"`
	On    bill.Day   `json:"on"`
	Total bill.Money `json:"total"`
}

// Contact is an official way to reach an issuer.
type Contact struct {
	What   string `json:"what"` // phone, app, web, email
	Value  string `json:"value"`
	Origin Origin `json:"origin,omitzero"`
}
