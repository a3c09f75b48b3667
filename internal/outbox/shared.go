package outbox

import (
	"context"
	"slices"
	"sync"
)

// maxShared bounds how many pieces of work one transaction does, and thereby
// how long everybody else waits for it.
const maxShared = 64

// shared runs pieces of work of several channels in one transaction. Those that
// come while another transaction runs wait together for the next one and for
// one write to the disk: a hundred channels would else each wait for the
// ninety-nine small ones of the others.
//
// Contract. Update returns when fn's work is on the disk, or when none of it
// is. Work is done in the order in which it came. An error of one piece is that
// piece's alone: the others are done again without it, so fn may run several
// times, the last one counting.
type shared struct {
	store   Store
	writing chan struct{} // holds one while a goroutine works for all
	mu      sync.Mutex    // guards waiting
	waiting []*piece
}

// newShared shares the transactions of s. The lock is a channel and no mutex, so
// that simulated time knows who waits for it.
func newShared(s Store) *shared {
	return &shared{store: s, writing: make(chan struct{}, 1)}
}

// piece is one channel's work; its fields but fn belong to whoever holds
// writing.
type piece struct {
	fn   func(Tx) error
	done bool
	err  error
}

// Update does fn's work. Once it waits for its turn it does not look at ctx any
// more: others may depend on the same transaction.
func (s *shared) Update(ctx context.Context, fn func(Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	own := &piece{fn: fn}
	s.mu.Lock()
	s.waiting = append(s.waiting, own)
	s.mu.Unlock()
	s.writing <- struct{}{}
	defer func() { <-s.writing }()
	for !own.done { // else another goroutine did it meanwhile
		s.work(context.WithoutCancel(ctx), s.next())
	}
	return own.err
}

// next takes the oldest waiting pieces.
func (s *shared) next() []*piece {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.waiting), maxShared)
	pieces := s.waiting[:n:n]
	s.waiting = s.waiting[n:]
	return pieces
}

// work does pieces together, and again without each one that fails. Where only
// the commit failed nobody knows whose fault it was, and each is done alone.
func (s *shared) work(ctx context.Context, pieces []*piece) {
	for len(pieces) > 0 {
		began, failed, err := s.together(ctx, pieces)
		switch {
		case failed != nil:
			finish(err, failed)
			pieces = slices.DeleteFunc(pieces, func(p *piece) bool { return p == failed })
		case err != nil && began && len(pieces) > 1:
			for _, p := range pieces {
				s.work(ctx, []*piece{p})
			}
			return
		default:
			finish(err, pieces...)
			return
		}
	}
}

// together does pieces in one transaction. began is false where it could not
// even begin; failed is the piece whose error it is, nil for none.
func (s *shared) together(ctx context.Context, pieces []*piece) (began bool, failed *piece, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		began = true
		for _, p := range pieces {
			if err := p.fn(tx); err != nil {
				failed = p
				return err
			}
		}
		return nil
	})
	return began, failed, err
}

// finish ends pieces with what came of them.
func finish(err error, pieces ...*piece) {
	for _, p := range pieces {
		p.done, p.err = true, err
	}
}
