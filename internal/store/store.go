// Package store keeps everything repayd must not forget in one SQLite file:
// how far mailboxes were read, messages, notices, bills, the owner's commands,
// reminders, letters and attempts. It is the only package with SQL.
//
// Contract. All work happens in Update or View, one transaction each, with one
// fixed instant (Tx.Now): what belongs together is committed together or not
// at all, and a commit is on the disk when Update returns. The store decides
// nothing about bills or letters; it keeps two promises of its own: what was
// accepted stays accepted, and no ledger row is ever deleted.
//
// Instants are kept in microseconds and come back in UTC; the zero time and
// the unknown day are kept as such. SQLite's clock is never asked.
//
// Several processes may use one file: the service writes, commands read and
// write beside it. Only Open may touch the file itself, because SQLite's
// locks belong to the process and closing any other handle would drop them.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	// busyTimeout is how long a transaction waits for another process's. The
	// longest of ours takes well under a second.
	busyTimeout = 10 * time.Second
	// openAgain is the pause before a new file that was busy is opened again.
	openAgain = 20 * time.Millisecond
	// readers bounds the read connections: a page of the service, a command.
	readers = 4
)

// Options say how to open a database.
type Options struct {
	// Now is the clock of the transactions; nil means time.Now.
	Now func() time.Time
	// Create makes a new database where there is none.
	Create bool
	// ReadOnly opens for View only and never changes or creates the database.
	ReadOnly bool

	// Fault is asked, with the caller's context, before each transaction begins
	// and again before each commit of an Update (write); its error ends that
	// transaction and nothing of it remains. Nil means none. Only tests set it:
	// a full disk, the death of the process, the order in which loops run.
	Fault func(ctx context.Context, write bool) error

	// maxPages bounds the size of the database, so that tests can fill it.
	maxPages int
}

// Store is one open database. It is safe for concurrent use.
type Store struct {
	path   string
	now    func() time.Time
	fault  func(ctx context.Context, write bool) error
	writer *sql.DB // one connection; nil when opened for reading only
	reader *sql.DB
	// Prepared statements of each pool.
	writing, reading *statements
}

// Close ends all connections. The last one of all processes folds the
// write-ahead log into the database.
func (s *Store) Close() error {
	s.writing.close()
	s.reading.close()
	var errs []error
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return named(errors.Join(errs...))
}

// Path is the absolute path of the database file.
func (s *Store) Path() string { return s.path }

// Update runs fn in one immediate transaction and commits it when fn returns
// nil; on an error, a panic or the end of ctx nothing of it remains. Updates
// run one after another, so fn must not call Update and must not wait for the
// network. Errors of the database answer to errors.Is with ErrFull, ErrBusy
// and ErrUnreadable.
func (s *Store) Update(ctx context.Context, fn func(*Tx) error) error {
	if s.writer == nil {
		return ErrReadOnly
	}
	if s.fault != nil {
		if err := s.fault(ctx, false); err != nil {
			return err
		}
	}
	s.writing.prepare(ctx, s.writer)
	sqltx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return named(fmt.Errorf("begin: %w", err))
	}
	// After a commit this does nothing; after anything else its own error
	// would only hide the first.
	defer func() { _ = sqltx.Rollback() }()
	// The clock is read once the turn has come: waiting may take seconds.
	tx := &Tx{ctx: ctx, tx: sqltx, now: clean(s.now()), write: true, statements: s.writing}
	if err := fn(tx); err != nil {
		return named(err)
	}
	if err := tx.stamp(); err != nil {
		return named(err)
	}
	if s.fault != nil {
		if err := s.fault(ctx, true); err != nil {
			return err
		}
	}
	if err := sqltx.Commit(); err != nil {
		return named(fmt.Errorf("commit: %w", err))
	}
	return nil
}

// View runs fn on one unchanging snapshot of the database. Writing inside it
// fails. It may be used beside and inside an Update of another goroutine, and
// sees what was committed before it began.
func (s *Store) View(ctx context.Context, fn func(*Tx) error) error {
	if s.fault != nil {
		if err := s.fault(ctx, false); err != nil {
			return err
		}
	}
	s.reading.prepare(ctx, s.reader)
	sqltx, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return named(fmt.Errorf("begin: %w", err))
	}
	defer func() { _ = sqltx.Rollback() }()
	return named(fn(&Tx{ctx: ctx, tx: sqltx, now: clean(s.now()), statements: s.reading}))
}

// LastCommit is the instant of the last Update that changed something, by the
// clock of that time; zero for a new database.
func (s *Store) LastCommit(ctx context.Context) (time.Time, error) {
	var at time.Time
	err := s.View(ctx, func(tx *Tx) error {
		_, err := tx.get("SELECT at FROM commits WHERE id = 1", nil, instant(&at))
		return err
	})
	return at, err
}
