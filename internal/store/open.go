package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// Open opens the database at path. Errors answer to errors.Is: ErrNotFound,
// ErrNewerSchema, ErrOlderSchema; all others mean that the database cannot be
// used now and may be tried again.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, err)
	}
	s, err := open(ctx, path, o)
	// Of two that switch a new file to its log at once, SQLite refuses one
	// without waiting, whatever its busy timeout.
	for until := time.Now().Add(busyTimeout); errors.Is(named(err), ErrBusy) && time.Now().Before(until); s, err = open(ctx, path, o) {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("database %s: %w", path, named(err))
		case <-time.After(openAgain):
		}
	}
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, named(err))
	}
	return s, nil
}

func open(ctx context.Context, path string, o Options) (*Store, error) {
	if err := prepareFile(path, o.Create && !o.ReadOnly); err != nil {
		return nil, err
	}
	s := &Store{path: path, now: o.Now, fault: o.Fault, writing: newStatements(), reading: newStatements()}
	if s.now == nil {
		s.now = time.Now
	}
	err := s.connect(o)
	if err == nil {
		err = checkVersion(ctx, s.reader)
	}
	if err == nil {
		err = s.prepareSchema(ctx, o)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) connect(o Options) error {
	var err error
	if s.reader, err = sql.Open("sqlite", dsn(s.path, o, false)); err != nil {
		return err
	}
	s.reader.SetMaxOpenConns(readers)
	if o.ReadOnly {
		return nil
	}
	if s.writer, err = sql.Open("sqlite", dsn(s.path, o, true)); err != nil {
		return err
	}
	s.writer.SetMaxOpenConns(1)
	return nil
}

// prepareFile checks the directory and file and makes a new, empty file where
// one is asked for. Nothing here opens an existing database: see the package
// comment.
func prepareFile(path string, create bool) error {
	dir, err := os.Stat(filepath.Dir(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: the directory %s does not exist; create it or set another path", dirError(create), filepath.Dir(path))
	case err != nil:
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	file, err := os.Stat(path)
	switch {
	case err == nil && file.Mode().IsRegular():
		return nil
	case err == nil:
		return fmt.Errorf("%w: it is not a regular file", ErrUnreadable)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	case !create:
		return ErrNotFound
	}
	return createFile(path, dir)
}

// dirError: without its directory there is certainly no database, but one that
// should have been created could not be.
func dirError(create bool) error {
	if create {
		return ErrUnreadable
	}
	return ErrNotFound
}

// createFile makes the file readable for its owner only. Root gives it to the
// owner of the directory: a command of the administrator must not leave a
// database that the service cannot open. SQLite does the same for the files it
// makes beside the database.
func createFile(path string, dir fs.FileInfo) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was faster
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	if st, ok := dir.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 {
		err = f.Chown(int(st.Uid), int(st.Gid))
	}
	return errors.Join(err, f.Close())
}

// dsn holds all settings, because each connection of a pool needs them.
func dsn(path string, o Options, write bool) string {
	q := url.Values{"_dqs": {"0"}, "_defensive": {"1"}, "_error_rc": {"1"}}
	pragma := func(name, value string) { q.Add("_pragma", name+"("+value+")") }
	// One MB of pages for each reader: by default five connections would keep
	// 10 MB, and the system caches the file anyway. The one writer may keep more:
	// pages of a large transaction that do not fit are written and read again.
	cache := "-1024"
	if write {
		cache = "-4096"
	}
	pragma("cache_size", cache)
	pragma("busy_timeout", strconv.FormatInt(busyTimeout.Milliseconds(), 10))
	if o.ReadOnly {
		q.Set("mode", "ro")
	} else {
		q.Set("mode", "rw")
		pragma("journal_mode", "WAL")
		pragma("synchronous", "FULL")
		pragma("foreign_keys", "1")
		// Bounds what a long reader made the log grow to.
		pragma("journal_size_limit", strconv.Itoa(64<<20))
	}
	if o.maxPages > 0 {
		pragma("max_page_count", strconv.Itoa(o.maxPages))
	}
	if write {
		q.Set("_txlock", "immediate")
	} else {
		pragma("query_only", "1")
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String()
}
