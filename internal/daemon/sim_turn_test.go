package daemon

import (
	"context"
	"math/rand/v2"
	"runtime/pprof"
	"sync"
	"testing/synctest"
	"time"
)

// turns lets the loops of the daemon go on one at a time. A loop waits for its
// turn at each call of the store or of a channel; when all loops wait, chance
// says which goes on. So a year is the same every time it is lived, and years
// differ in the order in which their loops run.
type turns struct {
	mu      sync.Mutex
	rng     *rand.Rand
	waiting []turn        // by who
	came    chan struct{} // somebody waits
}

type turn struct {
	who  string
	gate chan struct{}
}

// take waits for the turn of the loop that ctx belongs to. It reports whether
// nobody else of that name waits, which would leave the order to luck.
func (t *turns) take(ctx context.Context) (who string, alone bool) {
	who, _ = pprof.Label(ctx, "loop")
	mine := turn{who, make(chan struct{})}
	t.mu.Lock()
	i, alone := 0, true
	for ; i < len(t.waiting) && t.waiting[i].who <= who; i++ {
		alone = alone && t.waiting[i].who != who
	}
	t.waiting = append(t.waiting, turn{})
	copy(t.waiting[i+1:], t.waiting[i:])
	t.waiting[i] = mine
	t.mu.Unlock()
	select {
	case t.came <- struct{}{}:
	default:
	}
	<-mine.gate
	return who, alone
}

// give lets one loop go on; false when none waits.
func (t *turns) give() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		return false
	}
	i := 0
	if len(t.waiting) > 1 {
		i = t.rng.IntN(len(t.waiting))
	}
	close(t.waiting[i].gate)
	t.waiting = append(t.waiting[:i], t.waiting[i+1:]...)
	return true
}

// goOn lets every loop do what it can do before time passes.
func (s *sim) goOn() {
	synctest.Wait()
	for s.turns.give() {
		synctest.Wait()
	}
	select {
	case <-s.turns.came:
	default:
	}
}

// sleep lets time pass up to an instant, or until a loop wants to go on.
func (s *sim) sleep(until time.Time) {
	t := time.NewTimer(time.Until(until))
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.turns.came:
	}
}

// end waits for the end of a life.
func (s *sim) end(l *life) error {
	for {
		s.goOn()
		select {
		case err := <-l.done:
			return err
		default:
		}
		s.sleep(time.Now().Add(time.Hour))
	}
}
