package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func setFact(value string) func(*Tx) error {
	return func(tx *Tx) error { return tx.SetFact("fact", value) }
}

// wantFact fails the test unless the database holds the value.
func wantFact(t *testing.T, s *Store, want string) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		got, _, err := tx.Fact("fact")
		same(t, "fact", got, want)
		return err
	})
}

func TestOpenMakesAPrivateFile(t *testing.T) {
	t.Parallel()
	// The name has what a data source name would take for its own.
	path := filepath.Join(t.TempDir(), "a?b#c%20 账.db")
	s := openStore(t, path, Options{Create: true})
	update(t, s, setFact("1"))
	same(t, "path", s.Path(), path)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "mode of the file"+suffix, info.Mode().Perm(), fs.FileMode(0o600))
	}
	again := openStore(t, path, Options{})
	wantFact(t, again, "1")
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	write := func(content string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	execute := func(statements string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			s := openStore(t, path, Options{Create: true})
			if _, err := s.writer.Exec(statements); err != nil {
				t.Fatal(err)
			}
		}
	}
	nothing := func(*testing.T, string) {}
	for _, c := range []struct {
		name    string
		prepare func(*testing.T, string)
		o       Options
		want    error
	}{
		{"absent", nothing, Options{}, ErrNotFound},
		{"absent, for reading", nothing, Options{ReadOnly: true, Create: true}, ErrNotFound},
		{"empty", write(""), Options{}, ErrNotFound},
		{"empty, for reading", write(""), Options{ReadOnly: true}, ErrNotFound},
		{"not a database", write(strings.Repeat("no database ", 100)), Options{Create: true}, ErrUnreadable},
		{"not a database, for reading", write("short"), Options{ReadOnly: true}, ErrUnreadable},
		{"newer", execute("PRAGMA user_version = 99"), Options{Create: true}, ErrNewerSchema},
		{"newer, for reading", execute("PRAGMA user_version = 99"), Options{ReadOnly: true}, ErrNewerSchema},
		{"another program's", execute("PRAGMA application_id = 7"), Options{Create: true}, ErrUnreadable},
		{"never versioned", execute("PRAGMA user_version = 0"), Options{}, ErrUnreadable},
		{"a directory", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, Options{Create: true}, ErrUnreadable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "repayd.db")
			c.prepare(t, path)
			s, err := Open(context.Background(), path, c.o)
			if err == nil {
				t.Fatal(errors.Join(errors.New("it was opened"), s.Close()))
			}
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want %v and the path", err, c.want)
			}
		})
	}
}

func TestOpenSaysThatTheDirectoryIsMissing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "missing")
	for create, want := range map[bool]error{true: ErrUnreadable, false: ErrNotFound} {
		_, err := Open(context.Background(), filepath.Join(dir, "repayd.db"), Options{Create: create})
		if !errors.Is(err, want) || !strings.Contains(err.Error(), "directory "+dir+" does not exist") {
			t.Errorf("create %v: %v", create, err)
		}
	}
}

// owner of a file, as user:group.
func owner(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	st := info.Sys().(*syscall.Stat_t)
	return fmt.Sprint(st.Uid, ":", st.Gid)
}

// giveAway makes path belong to another user, which only root can do; for
// others the tests below still hold, with one owner for all files.
func giveAway(t *testing.T, path string) {
	t.Helper()
	if err := os.Chown(path, 65534, 65534); err != nil && !errors.Is(err, fs.ErrPermission) {
		t.Fatal(err)
	}
}

func TestFilesBelongToTheOwnerOfTheDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	giveAway(t, dir)
	path := filepath.Join(dir, "repayd.db")
	s := openStore(t, path, Options{Create: true})
	update(t, s, setFact("1"))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		same(t, "owner of the file"+suffix, owner(t, path+suffix), owner(t, dir))
	}
}

func TestAReaderLeavesNoFilesOfItsOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	giveAway(t, dir)
	path := filepath.Join(dir, "repayd.db")
	s, err := Open(context.Background(), path, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, setFact("1"))
	if err := s.Close(); err != nil { // the service has stopped and tidied up
		t.Fatal(err)
	}
	reader := openStore(t, path, Options{ReadOnly: true})
	wantFact(t, reader, "1")
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		same(t, "owner of "+filepath.Base(f), owner(t, f), owner(t, dir))
	}
	// The service starts again while the reader is there.
	service := openStore(t, path, Options{})
	update(t, service, setFact("2"))
	wantFact(t, reader, "2")
}

func TestReadOnlyBesideAWriter(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	update(t, s, setFact("1"))
	reader := openStore(t, s.Path(), Options{ReadOnly: true})
	wantFact(t, reader, "1")
	inside := make(chan struct{})
	done := make(chan error)
	go func() {
		done <- s.Update(context.Background(), func(tx *Tx) error {
			err := tx.SetFact("fact", "2")
			close(inside)
			<-done
			return err
		})
	}()
	<-inside
	wantFact(t, reader, "1") // neither blocked nor dirty
	done <- nil
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	wantFact(t, reader, "2")
	if err := reader.Update(context.Background(), setFact("3")); !errors.Is(err, ErrReadOnly) {
		t.Errorf("update of a reader: %v", err)
	}
	for name, s := range map[string]*Store{"reader": reader, "writer": s} {
		for what, write := range map[string]func(*Tx) error{
			"fact":  setFact("3"),
			"batch": func(tx *Tx) error { return tx.PutAttempts(nil) },
			"claim": func(tx *Tx) error { _, err := tx.Claim("x", day0, day0, "me", 1); return err },
			"sql": func(tx *Tx) error {
				_, err := tx.tx.Exec("DELETE FROM facts")
				return err
			},
		} {
			if err := s.View(context.Background(), write); err == nil {
				t.Errorf("%s: view wrote: %s", name, what)
			}
		}
	}
	wantFact(t, s, "2")
}

func TestEveryConnectionHasItsSettings(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	check := func(db *sql.DB, want map[string]string) {
		t.Helper()
		conns := make([]*sql.Conn, db.Stats().MaxOpenConnections)
		for i := range conns {
			var err error
			if conns[i], err = db.Conn(context.Background()); err != nil {
				t.Fatal(err)
			}
			defer conns[i].Close()
			for pragma, value := range want {
				var got string
				if err := conns[i].QueryRowContext(context.Background(), "PRAGMA "+pragma).Scan(&got); err != nil {
					t.Fatal(err)
				}
				same(t, fmt.Sprint("connection ", i, " ", pragma), got, value)
			}
		}
	}
	check(s.writer, map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1",
		"busy_timeout": "10000", "query_only": "0"})
	check(s.reader, map[string]string{"journal_mode": "wal", "busy_timeout": "10000", "query_only": "1"})
	same(t, "writers", s.writer.Stats().MaxOpenConnections, 1)
}

func TestTwoStartsAtOnceMakeOneDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "repayd.db")
	const n = 4
	errs := make(chan error, n)
	for i := range n {
		go func() {
			s, err := Open(context.Background(), path, Options{Create: true})
			if err == nil {
				err = s.Update(context.Background(), func(tx *Tx) error { return tx.SetFact(fmt.Sprint(i), "x") })
				err = errors.Join(err, s.Close())
			}
			errs <- err
		}()
	}
	for range n {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	s := openStore(t, path, Options{})
	view(t, s, func(tx *Tx) error {
		all, err := tx.Facts("")
		same(t, "facts", len(all), n)
		return err
	})
}

func TestADamagedFileIsUnreadable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "repayd.db")
	s, err := Open(context.Background(), path, Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *Tx) error {
		for i := range 500 {
			if err := tx.PutMessage(message(fmt.Sprintf("%04d", i), day0)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// All but the first pages, which the schema fills, become noise.
	damaged := bytes.Clone(raw)
	for i := len(raw) / 2; i < len(raw); i++ {
		damaged[i] = byte(i * 7)
	}
	if err := os.WriteFile(path, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path, Options{})
	err = s.View(context.Background(), func(tx *Tx) error {
		_, err := tx.Messages(MessageFilter{})
		return err
	})
	if !errors.Is(err, ErrUnreadable) {
		t.Errorf("reading damaged pages: %v", err)
	}
}

func TestOlderSQLiteIsRefused(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"3.51.2": true, "3.51.3": false, "3.9.9": true, "3.100.0": false,
		"3.54.1": false, "4.0.0": false, "3.51": true, "2.99.99": true} {
		same(t, version, olderThan(version, oldestSQLite), want)
	}
	s, _ := newStore(t)
	if err := checkVersion(context.Background(), s.reader); err != nil {
		t.Error(err)
	}
}

func TestLastCommit(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	last := func(want time.Time) {
		t.Helper()
		got, err := s.LastCommit(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "last commit", got, want)
	}
	last(time.Time{})
	update(t, s, setFact("1"))
	last(day0)
	clock.at = day0.Add(time.Hour)
	update(t, s, func(*Tx) error { return nil }) // nothing to commit
	last(day0)
	update(t, s, setFact("2"))
	last(day0.Add(time.Hour))
	clock.at = day0 // believed again after being set back
	update(t, s, setFact("3"))
	last(day0)
}
