package outbox

import (
	"hash/fnv"
	"time"

	"repayd/internal/channel"
	"repayd/internal/plan"
)

const (
	// rushSpread is how far apart several programs come back after a rush: all
	// at once they would make another one.
	rushSpread = time.Minute
	// rushUrgent is how long before a deadline a rush is no reason to wait.
	rushUrgent = 15 * time.Minute
)

// rushEnds is when the target of a channel can be called again, now where it
// is not overloaded. A letter that waits for it is no more than a few minutes
// behind its step.
func (b *Outbox) rushEnds(name string, now time.Time) time.Time {
	busy, ok := b.o.Channels[name].Channel.(channel.Rusher)
	if !ok || busy.Rush().Every <= 0 {
		return now
	}
	rush := busy.Rush()
	h := fnv.New32a()
	h.Write([]byte(b.o.Who + " " + name))
	spread := time.Duration(h.Sum32()) * time.Millisecond % rushSpread
	if end := now.UTC().Truncate(rush.Every).Add(rush.Lasts + spread); end.After(now) {
		return end
	}
	return now
}

// sitsOut reports whether what is due on a channel waits for the end of a rush:
// nothing does that somebody waits for, or whose deadline is near.
func (b *Outbox) sitsOut(name string, kind plan.LetterType, deadline, now time.Time) bool {
	if kind == plan.LetterTest || deadline.After(now) && deadline.Sub(now) < rushUrgent {
		return false
	}
	return b.rushEnds(name, now).After(now)
}
