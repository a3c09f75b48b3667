package demo

import (
	"context"
	"sync"
	"time"
)

// clock is the daemon's clock: it stands still until it is set.
type clock struct {
	mu      sync.Mutex
	at      time.Time
	tickers map[*ticker]bool
}

// ticker is one ticker of the clock. Its channel has no buffer: a tick that
// was taken means that its receiver has done with the one before.
type ticker struct {
	ticks   chan time.Time
	stopped chan struct{}
}

func newClock() *clock { return &clock{tickers: map[*ticker]bool{}} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = t
}

// tick makes a ticker that fires when the driver says so, whatever its pace.
func (c *clock) tick(time.Duration) (<-chan time.Time, func()) {
	t := &ticker{ticks: make(chan time.Time), stopped: make(chan struct{})}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tickers[t] = true
	stop := sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.tickers, t)
		close(t.stopped)
	})
	return t.ticks, stop
}

// fire lets every ticker tick once and returns when all ticks have been taken.
func (c *clock) fire(ctx context.Context) error {
	c.mu.Lock()
	now := c.at
	var all []*ticker
	for t := range c.tickers {
		all = append(all, t)
	}
	c.mu.Unlock()
	for _, t := range all {
		select {
		case t.ticks <- now:
		case <-t.stopped:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// tickersAre reports whether that many tickers run.
func (c *clock) tickersAre(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.tickers) == n
}
