package outbox

import (
	"context"
	"slices"
	"time"

	"repayd/internal/channel"
)

// longestWait is how long a letter waits for its turn at a target that limits
// how much it takes. Beyond it the claimed letters are given back, so that no
// claim outlives its letters.
const longestWait = 20 * time.Second

// pace keeps the limits of one target ("20 a minute, 5 a second"): in no
// stretch of that length do more letters leave. One goroutine uses it. The nil
// pace limits nothing.
type pace struct {
	limits []channel.Limit
	// sent are the latest sends, oldest first, as many as the limits look back
	// on.
	sent []time.Time
	most int
	// before reads what other processes sent, once: a restart shall not double
	// what the target gets, as DingTalk then closes for ten minutes.
	before func(ctx context.Context, since time.Time, n int) ([]time.Time, error)
}

// sentBefore reads from the ledger when letters were sent to a channel.
func (b *Outbox) sentBefore(name string) func(context.Context, time.Time, int) ([]time.Time, error) {
	return func(ctx context.Context, since time.Time, n int) (sent []time.Time, err error) {
		err = b.store.View(ctx, func(tx Tx) error {
			sent, err = tx.Sent(name, since, n)
			return err
		})
		return sent, err
	}
}

// newPace returns nil for a channel without limits.
func newPace(c channel.Channel, before func(context.Context, time.Time, int) ([]time.Time, error)) *pace {
	limited, ok := c.(channel.Limiter)
	if !ok || len(limited.Limits()) == 0 {
		return nil
	}
	p := &pace{limits: limited.Limits(), before: before}
	for _, l := range p.limits {
		p.most = max(p.most, l.N)
	}
	return p
}

// wait waits until the next letter may leave, and counts it; false when that
// would take too long (how long is delay), the context ended, or nobody knows
// what was sent before.
func (p *pace) wait(ctx context.Context) (delay time.Duration, ok bool) {
	if p == nil {
		return 0, true
	}
	if p.before != nil {
		sent, err := p.before(ctx, time.Now().Add(-p.longest()), p.most)
		if err != nil {
			return 0, false
		}
		slices.SortFunc(sent, time.Time.Compare)
		p.sent, p.before = append(sent, p.sent...), nil
	}
	delay = time.Until(p.next())
	if delay > longestWait {
		return delay, false
	}
	if delay > 0 {
		select {
		case <-ctx.Done():
			return 0, false
		case <-time.After(delay):
		}
	}
	p.sent = append(p.sent, time.Now())
	p.sent = slices.Delete(p.sent, 0, max(len(p.sent)-p.most, 0))
	return 0, true
}

// next is when the next letter may leave.
func (p *pace) next() time.Time {
	var next time.Time
	now := time.Now()
	for _, l := range p.limits {
		if len(p.sent) < l.N {
			continue
		}
		last := p.sent[len(p.sent)-l.N]
		if last.After(now) {
			last = now // the clock was set back: wait no longer than a stretch
		}
		if at := last.Add(l.Per + slack(l.Per)); at.After(next) {
			next = at
		}
	}
	return next
}

// slack is how much longer than the target's own stretch ours is: what left
// evenly may arrive closer together.
func slack(per time.Duration) time.Duration { return per/50 + 50*time.Millisecond }

func (p *pace) longest() time.Duration {
	var longest time.Duration
	for _, l := range p.limits {
		longest = max(longest, l.Per+slack(l.Per))
	}
	return longest
}
