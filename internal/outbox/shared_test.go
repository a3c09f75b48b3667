package outbox

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
	"testing"
	"time"

	"repayd/internal/plan"
	"repayd/internal/store"
)

// realStore is the store; it counts transactions and can stop in one.
type realStore struct {
	*store.Store
	ran int // transactions that began; read when nothing runs
}

func (s *realStore) Update(ctx context.Context, fn func(Tx) error) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error {
		s.ran++
		return fn(tx)
	})
}

func (s *realStore) View(ctx context.Context, fn func(Tx) error) error {
	return s.Store.View(ctx, func(tx *store.Tx) error { return fn(tx) })
}

func sharedStore(t *testing.T, o store.Options) (*shared, *realStore) {
	t.Helper()
	o.Create = true
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	real := &realStore{Store: s}
	return newShared(real), real
}

// row puts a reminder about the named bill: work whose effect can be seen.
func row(tx Tx, id string) error {
	s := plan.Subject{Kind: plan.SubjectBill, ID: id}
	at := time.Date(2025, 1, 1, 9, 0, 0, 0, time.UTC)
	return tx.PutReminders([]plan.Reminder{{ID: id, Subject: s, Step: "due", Channel: "me", StepAt: at, At: at, State: plan.StatePlanned}})
}

// rows are the bills that have one.
func rows(t *testing.T, s *realStore) (ids []string) {
	t.Helper()
	err := s.View(t.Context(), func(tx Tx) error {
		found, err := tx.Ready(time.Now(), "me", 1000)
		for _, r := range found {
			ids = append(ids, r.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// atOnce submits n pieces of work that all wait while another transaction runs,
// in order, and returns what came of them.
func atOnce(t *testing.T, s *shared, n int, fn func(i int, tx Tx) error) []error {
	t.Helper()
	began, end := make(chan struct{}), make(chan struct{})
	errs := make([]error, n)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Update(t.Context(), func(Tx) error { close(began); <-end; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-began
	for i := range n {
		wg.Go(func() { errs[i] = s.Update(t.Context(), func(tx Tx) error { return fn(i, tx) }) })
		for queued(s) != i+1 {
			runtime.Gosched()
		}
	}
	close(end)
	wg.Wait()
	return errs
}

func queued(s *shared) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.waiting)
}

func names(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("b%03d", i))
	}
	return out
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestSharedOneTransactionForThoseThatWait(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pieces, transactions int }{{1, 2}, {10, 2}, {maxShared, 2}, {maxShared + 1, 3}} {
		s, real := sharedStore(t, store.Options{})
		var order []int
		errs := atOnce(t, s, c.pieces, func(i int, tx Tx) error {
			order = append(order, i)
			return row(tx, names(c.pieces)[i])
		})
		equal(t, "errors", errors.Join(errs...), nil)
		equal(t, "transactions", real.ran, c.transactions)
		equal(t, "rows", rows(t, real), names(c.pieces))
		for i, n := range order {
			equal(t, "order", n, i)
		}
	}
}

func TestSharedAnErrorIsOnePiecesAlone(t *testing.T) {
	t.Parallel()
	s, real := sharedStore(t, store.Options{})
	bad := errors.New("bad")
	errs := atOnce(t, s, 5, func(i int, tx Tx) error {
		if err := row(tx, names(5)[i]); err != nil || i%2 == 0 {
			return err
		}
		return bad
	})
	equal(t, "errors", errs, []error{nil, bad, nil, bad, nil})
	equal(t, "rows", rows(t, real), []string{"b000", "b002", "b004"})
}

// TestSharedACommitThatFails: nobody knows whose fault it was.
func TestSharedACommitThatFails(t *testing.T) {
	t.Parallel()
	full := errors.New("the disk is full")
	for name, c := range map[string]struct {
		fails int // so many commits fail after the first
		want  []error
		rows  []string
	}{
		"once":   {1, []error{nil, nil, nil}, names(3)},
		"twice":  {2, []error{full, nil, nil}, []string{"b001", "b002"}},
		"always": {9, []error{full, full, full}, nil},
	} {
		commits := 0
		s, real := sharedStore(t, store.Options{Fault: func(_ context.Context, write bool) error {
			if write {
				commits++
			}
			if write && commits > 1 && commits <= 1+c.fails {
				return full
			}
			return nil
		}})
		errs := atOnce(t, s, 3, func(i int, tx Tx) error { return row(tx, names(3)[i]) })
		for i, err := range errs {
			if !errors.Is(err, c.want[i]) {
				t.Errorf("%s: piece %d: got %v, want %v", name, i, err, c.want[i])
			}
		}
		equal(t, name+": rows", rows(t, real), c.rows)
	}
}

func TestSharedNoTransactionAtAll(t *testing.T) {
	t.Parallel()
	s, real := sharedStore(t, store.Options{})
	if err := real.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), func(Tx) error { t.Error("done without a transaction"); return nil }); err == nil {
		t.Error("no error from a closed database")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := s.Update(ended, func(Tx) error { t.Error("done after the end"); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
}
