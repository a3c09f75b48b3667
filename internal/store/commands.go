package store

import (
	"fmt"

	"repayd/internal/bill"
)

// PutCommand records a word of the owner. The same ID again replaces it: when
// bills merge, their commands move.
func (t *Tx) PutCommand(c bill.Command) error {
	data, err := text(c)
	if err != nil {
		return fmt.Errorf("command %s: %w", c.ID, err)
	}
	_, err = t.exec(`INSERT INTO commands (id, bill, at, data) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET bill = excluded.bill, at = excluded.at, data = excluded.data`,
		c.ID, c.Bill, micros(c.At), data)
	return err
}

// CommandsOf are the owner's commands on a bill, oldest first.
func (t *Tx) CommandsOf(billID string) ([]bill.Command, error) {
	return list(t, readJSON[bill.Command], "SELECT data FROM commands WHERE bill = ? ORDER BY at, id", billID)
}
