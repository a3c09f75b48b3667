package plan

// LetterResult is what came of sending one letter.
type LetterResult struct {
	// Letter carries the new State, Attempts, NextAttempt, LastError, Accepted
	// and Done; what it says is not changed any more.
	Letter Letter
	// Attempts are those made just now, one for each recipient.
	Attempts []Attempt
	// Reminders is the new state of the reminders in the letter; "" leaves them.
	Reminders State
}
