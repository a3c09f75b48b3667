package store

import "repayd/internal/bill"

const positionColumns = "mailbox, folder, uid_validity, uid, first_read, caught"

func readPosition(scan scan) (bill.Position, error) {
	var p bill.Position
	err := scan(&p.Mailbox, &p.Folder, &p.UIDValidity, &p.UID, instant(&p.FirstRead), &p.Caught)
	return p, err
}

// Position is how far the folder has been read; false before its first reading.
func (t *Tx) Position(mailbox, folder string) (bill.Position, bool, error) {
	return first(list(t, readPosition,
		"SELECT "+positionColumns+" FROM positions WHERE mailbox = ? AND folder = ?", mailbox, folder))
}

// Positions are those of all folders ever read.
func (t *Tx) Positions() ([]bill.Position, error) {
	return list(t, readPosition, "SELECT "+positionColumns+" FROM positions ORDER BY mailbox, folder")
}

// SetPosition records how far a folder has been read.
func (t *Tx) SetPosition(p bill.Position) error {
	_, err := t.exec(`INSERT INTO positions (`+positionColumns+`) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (mailbox, folder) DO UPDATE SET uid_validity = excluded.uid_validity,
		uid = excluded.uid, first_read = excluded.first_read, caught = excluded.caught`,
		p.Mailbox, p.Folder, p.UIDValidity, p.UID, micros(p.FirstRead), p.Caught)
	return err
}

// Reading reports whether a first reading has begun and not ended, in one of
// the given mailboxes, or in any when none is given. Name the configured ones:
// a mailbox that was removed in the middle of it never ends its first reading.
func (t *Tx) Reading(mailboxes ...string) (bool, error) {
	all := len(mailboxes) == 0
	names, err := text(mailboxes)
	if err != nil {
		return false, err
	}
	return t.get(`SELECT 1 FROM positions WHERE first_read <> 0 AND caught = 0
		AND (? OR mailbox IN (SELECT value FROM json_each(?))) LIMIT 1`, []any{all, names}, new(int))
}

// first turns a list of at most one row into the row and whether there is one.
func first[T any](rows []T, err error) (T, bool, error) {
	if err != nil || len(rows) == 0 {
		var none T
		return none, false, err
	}
	return rows[0], true, nil
}
