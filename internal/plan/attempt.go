package plan

import "time"

// Attempt is one try to hand a letter to one recipient, as the ledger keeps it.
type Attempt struct {
	Letter string
	// Recipient is an address; "" where the channel has only one far side.
	Recipient string
	At        time.Time
	// Outcome is "accepted", "temporary" or "refused"; or, of what was accepted
	// and reported later, "bounced" (it will not arrive) or "delayed".
	Outcome string
	Error   string // empty when accepted; never contains a secret
	// Uncertain: everything was handed over and no answer came.
	Uncertain bool
}
