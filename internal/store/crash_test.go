package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// crashing names the database for the child process of TestKilled; TestMain
// turns the test binary into that child.
const crashing = "REPAYD_STORE_CRASHING"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashing); path != "" {
		fmt.Fprintln(os.Stderr, crash(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// crash commits one transaction, writes more than fits into memory in a second
// one and waits in the middle of it to be killed.
func crash(path string) error {
	s, err := Open(context.Background(), path, Options{Create: true})
	if err != nil {
		return err
	}
	if err := s.Update(context.Background(), setFact("committed")); err != nil {
		return err
	}
	return s.Update(context.Background(), func(tx *Tx) error {
		// A small cache makes SQLite spill uncommitted pages into the log.
		if err := errors.Join(tx.script("PRAGMA cache_size = 10"), tx.SetFact("fact", "lost")); err != nil {
			return err
		}
		for i := range 500 {
			m := message(fmt.Sprint(i), day0)
			m.Kept = make([]byte, 4000)
			if err := tx.PutMessage(m); err != nil {
				return err
			}
		}
		fmt.Println("ready")
		select {}
	})
}

func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "repayd.db")
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashing+"="+path)
	var complaint strings.Builder
	child.Stderr = &complaint
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	_, readErr := fmt.Fscanln(out, new(string))
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	if readErr != nil {
		t.Fatalf("the child was not ready: %v %s", readErr, complaint.String())
	}
	wal, err := os.Stat(path + "-wal")
	if err != nil || wal.Size() < 500_000 {
		t.Fatalf("nothing uncommitted reached the log: %v %v", wal, err)
	}
	check := func(o Options) {
		t.Helper()
		s := openStore(t, path, o)
		wantFact(t, s, "committed")
		view(t, s, func(tx *Tx) error {
			ms, err := tx.Messages(MessageFilter{})
			same(t, "messages of the lost transaction", len(ms), 0)
			var state string
			_, err2 := tx.get("PRAGMA integrity_check", nil, &state)
			same(t, "integrity", state, "ok")
			return errors.Join(err, err2)
		})
	}
	check(Options{ReadOnly: true})
	check(Options{})
}

func TestAFullDiskUndoesOnlyItsTransaction(t *testing.T) {
	t.Parallel()
	s := openStore(t, filepath.Join(t.TempDir(), "repayd.db"), Options{Create: true, maxPages: 120})
	update(t, s, setFact("before"))
	big := message("big", day0)
	big.Kept = make([]byte, 1<<20)
	err := s.Update(context.Background(), func(tx *Tx) error {
		if err := tx.SetFact("fact", "lost"); err != nil {
			return err
		}
		if err := tx.PutMessage(big); err != nil {
			return fmt.Errorf("message: %w", err)
		}
		return nil
	})
	if !errors.Is(err, ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	wantFact(t, s, "before")
	update(t, s, setFact("after"))
	wantFact(t, s, "after")
}

func TestBusy(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	// Another process, as far as SQLite can tell, that waits for nobody.
	other := openStore(t, s.Path(), Options{})
	if _, err := other.writer.Exec("PRAGMA busy_timeout = 0"); err != nil {
		t.Fatal(err)
	}
	update(t, s, func(*Tx) error {
		err := other.Update(context.Background(), setFact("x"))
		if !errors.Is(err, ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		return nil
	})
	update(t, other, setFact("1"))
	wantFact(t, s, "1")
}

func TestUpdateUndoes(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	update(t, s, setFact("before"))
	mistake := errors.New("mistake")
	err := s.Update(context.Background(), func(tx *Tx) error { return errors.Join(tx.SetFact("fact", "x"), mistake) })
	if !errors.Is(err, mistake) {
		t.Errorf("the error was lost: %v", err)
	}
	wantFact(t, s, "before")

	func() {
		defer func() { same(t, "the panic goes on", recover(), any("panic")) }()
		_ = s.Update(context.Background(), func(tx *Tx) error {
			if err := tx.SetFact("fact", "x"); err != nil {
				t.Error(err)
			}
			panic("panic")
		})
	}()
	wantFact(t, s, "before")

	ctx, cancel := context.WithCancel(context.Background())
	err = s.Update(ctx, func(tx *Tx) error {
		err := tx.SetFact("fact", "x")
		cancel()
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	wantFact(t, s, "before")
	update(t, s, setFact("after"))
	wantFact(t, s, "after")
}

func TestOneInstantPerTransaction(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	clock.at = day0.Add(999).In(time.FixedZone("", 3600)) // nanoseconds are not kept
	for name, run := range map[string]func(context.Context, func(*Tx) error) error{"update": s.Update, "view": s.View} {
		err := run(context.Background(), func(tx *Tx) error {
			before := tx.Now()
			clock.at = clock.at.Add(time.Hour)
			same(t, name+": later", tx.Now(), before)
			same(t, name+": in UTC", before.Location().String(), "UTC")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	update(t, s, func(tx *Tx) error {
		same(t, "whole microseconds", tx.Now(), day0.Add(2*time.Hour))
		return nil
	})
}

func TestWritersTakeTurns(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	other := openStore(t, s.Path(), Options{})
	update(t, s, setFact(""))
	const each = 25
	errs := make(chan error)
	add := func(s *Store) {
		for range each {
			errs <- s.Update(context.Background(), func(tx *Tx) error {
				v, _, err := tx.Fact("fact")
				return errors.Join(err, tx.SetFact("fact", v+"x"))
			})
		}
	}
	for _, s := range []*Store{s, s, other, other} {
		go add(s)
	}
	for range 4 * each {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	wantFact(t, s, strings.Repeat("x", 4*each))
}

func TestASnapshotDoesNotMove(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	update(t, s, setFact("1"))
	view(t, s, func(tx *Tx) error {
		for range 3 {
			v, _, err := tx.Fact("fact")
			if err != nil {
				return err
			}
			same(t, "in the snapshot", v, "1")
			update(t, s, setFact("2"))
		}
		return nil
	})
	wantFact(t, s, "2")
}

func TestTwoDaysOfFakeTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "repayd.db")
		s, err := Open(t.Context(), path, Options{Create: true})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		ticker := time.NewTicker(time.Minute)
		defer ticker.Stop()
		for range 2 * 24 * 60 {
			now := <-ticker.C
			update(t, s, func(tx *Tx) error {
				same(t, "now", tx.Now(), now.UTC())
				return tx.SetFact("fact", now.Format(time.RFC3339))
			})
		}
		same(t, "fake time that passed", time.Since(start), 48*time.Hour)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
