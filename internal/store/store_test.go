package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// day0 is an ordinary instant with microseconds, as clocks give them.
var day0 = time.Date(2026, 11, 16, 9, 30, 0, 123456000, time.UTC)

// clock is a clock set by hand.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// newStore opens a new database whose clock the test sets.
func newStore(t testing.TB) (*Store, *clock) {
	t.Helper()
	c := &clock{day0}
	return openStore(t, filepath.Join(t.TempDir(), "repayd.db"), Options{Create: true, Now: c.now}), c
}

func openStore(t testing.TB, path string, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func update(t testing.TB, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// same fails the test unless got is want; instants are compared as instants.
func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// must is for calls whose error ends the transaction and the test.
func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
