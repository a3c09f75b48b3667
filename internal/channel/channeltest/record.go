package channeltest

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// record is a growing list that can be waited for.
type record[T any] struct {
	mu      sync.Mutex
	items   []T
	changed chan struct{} // closed and replaced with every addition
}

func newRecord[T any]() *record[T] { return &record[T]{changed: make(chan struct{})} }

func (r *record[T]) add(item T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.items = append(r.items, item)
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *record[T]) all() []T {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.items)
}

// wait returns the list once it has n items.
func (r *record[T]) wait(ctx context.Context, n int) ([]T, error) {
	for {
		r.mu.Lock()
		items, changed := r.items, r.changed
		r.mu.Unlock()
		if len(items) >= n {
			return slices.Clone(items), nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return slices.Clone(items), fmt.Errorf("%d of %d arrived: %w", len(items), n, ctx.Err())
		}
	}
}
