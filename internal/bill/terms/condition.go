package terms

import (
	"errors"
	"fmt"
)

// When says what makes a rule hold once the last safe day has passed.
type When string

// The conditions: something is left to pay (the default, ""); something is left
// of the minimum, for issuers to whom only that is a breach; always, from the
// first day on and whether or not anything is late, as for cash.
const (
	WhenUnpaid        When = "unpaid"
	WhenMinimumUnpaid When = "minimum_unpaid"
	WhenAlways        When = "always"
)

// Repeat makes a rule one for those who were late before: it holds where at
// least Late of the last Within bills of the account were late. The zero Repeat
// is no condition.
type Repeat struct{ Late, Within int }

// Condition is when a rule holds.
type Condition struct {
	When   When
	Repeat Repeat
}

func (c Condition) lint() error {
	switch c.When {
	case "", WhenUnpaid, WhenMinimumUnpaid, WhenAlways:
	default:
		return fmt.Errorf("%q is no condition; write unpaid, minimum_unpaid or always", c.When)
	}
	return c.Repeat.lint()
}

func (r Repeat) lint() error {
	switch {
	case r == Repeat{}:
		return nil
	case r.Late < 1 || r.Within < r.Late:
		return errors.New("repeat: write how many (late) of how many bills before (within), such as {late: 1, within: 6}")
	}
	return nil
}
