package store

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The errors that callers tell apart with errors.Is.
var (
	// ErrNotFound: there is no database yet and none was to be created.
	ErrNotFound = errors.New("there is no database yet")
	// ErrNewerSchema: a later repayd wrote the database; this one would
	// damage it.
	ErrNewerSchema = errors.New("the database was written by a newer repayd; install that version or a later one")
	// ErrOlderSchema: the database must be upgraded, which a reader cannot do.
	ErrOlderSchema = errors.New("the database was written by an older repayd; restart the repayd service to upgrade it")
	// ErrUnreadable: the file is damaged, is not a database of repayd, or the
	// disk or its permissions refuse to serve it.
	ErrUnreadable = errors.New("the database cannot be read or written")
	// ErrFull: the disk is full. The transaction is undone; the same one
	// succeeds once there is room.
	ErrFull = errors.New("the disk of the database is full")
	// ErrBusy: another process held the database for longer than busyTimeout.
	ErrBusy = errors.New("the database is in use by another process; try again")
	// ErrReadOnly: Update on a store opened for reading, or writing in View.
	ErrReadOnly = errors.New("this use of the database is for reading only")
	// ErrUnknownBill: no bill has this ID or begins with it.
	ErrUnknownBill = errors.New("no such bill")
	// ErrAmbiguousBill: several bills begin with this.
	ErrAmbiguousBill = errors.New("several bills begin with this ID; write more of it")
)

// named puts the name of its class before an error of the database, by its
// result code; texts of the library may change. Other errors pass unchanged.
func named(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) || isNamed(err) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: %w", ErrBusy, err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM,
		sqlite3.SQLITE_PROTOCOL:
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return err
}

func isNamed(err error) bool {
	return errors.Is(err, ErrFull) || errors.Is(err, ErrBusy) || errors.Is(err, ErrUnreadable)
}
