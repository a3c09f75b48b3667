package outbox

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"repayd/internal/channel"
)

// longestWait is how long a letter waits for its turn at a target that limits
// how much it takes. Beyond it the claimed letters are given back, so that no
// claim outlives its letters.
const longestWait = 20 * time.Second

// pace keeps the limits of one target ("20 a minute, 5 a second").
type pace []*rate.Limiter

func newPace(c channel.Channel) pace {
	limited, ok := c.(channel.Limiter)
	if !ok {
		return nil
	}
	var p pace
	for _, l := range limited.Limits() {
		// One at a time: a burst would put up to twice the limit into one of
		// the target's own windows, and DingTalk then blocks for ten minutes.
		p = append(p, rate.NewLimiter(rate.Every(l.Per/time.Duration(l.N)), 1))
	}
	return p
}

// wait waits until the next letter may leave; false when that would take too
// long or the context ended.
func (p pace) wait(ctx context.Context) bool {
	for i, l := range p {
		r := l.Reserve()
		if !r.OK() || r.Delay() > longestWait {
			r.Cancel()
			return false
		}
		if i == len(p)-1 && r.Delay() == 0 {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(r.Delay()):
		}
	}
	return true
}
