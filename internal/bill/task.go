package bill

import "time"

// Tasks are what is left to do about the bill besides paying it: while a case
// waits for an answer, to ask again; after settling late, what the platforms
// leave to the payer. loc is the owner's zone. Which of them are done is not
// known here.
func (b *Bill) Tasks(loc *time.Location) []Task {
	return nil
}
