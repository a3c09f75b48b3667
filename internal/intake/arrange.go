package intake

import (
	"errors"

	"repayd/internal/bill"
)

// Arrange files one step of a case about a bill; id is the command's.
func (in *Intake) Arrange(tx Tx, id, billID string, a bill.Arrangement) (*bill.Bill, error) {
	return nil, errors.New("arranging is not possible yet")
}

// Revive looks at the plan that replaced a bill. It reports whether anything
// changed.
func (in *Intake) Revive(tx Tx, billID string) (bool, error) {
	return false, nil
}

// Undeclare drops the future bills of a declared name that nobody touched.
// keep says which notice ids are still declared.
func (in *Intake) Undeclare(tx Tx, name string, keep func(noticeID string) bool) ([]string, error) {
	return nil, nil
}
