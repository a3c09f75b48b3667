package outbox

import (
	"context"
	"slices"
	"sync"

	"repayd/internal/plan"
)

// unrecorded are results that could not be written down, by channel. What was
// sent is known here until it is on the disk, so that a disk that is full for a
// while does not send a letter twice. Only the end of the process loses it: the
// letter is sent again then under the same id.
type unrecorded struct {
	mu      sync.Mutex
	results map[string][]plan.LetterResult
}

// take removes and returns what is not recorded yet of a channel.
func (u *unrecorded) take(name string) []plan.LetterResult {
	u.mu.Lock()
	defer u.mu.Unlock()
	results := u.results[name]
	delete(u.results, name)
	return results
}

func (u *unrecorded) keep(name string, results []plan.LetterResult) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.results == nil {
		u.results = map[string][]plan.LetterResult{}
	}
	u.results[name] = results
}

// record writes down results of a channel, and before them what could not be
// written down earlier, in a transaction that other channels may share. After an
// error all of it is kept for the next time; the channel takes no letter before.
func (b *Outbox) record(ctx context.Context, name string, results []plan.LetterResult) error {
	for _, r := range results {
		b.log(r)
	}
	results = slices.Concat(b.owed.take(name), results)
	if len(results) == 0 {
		return nil
	}
	err := b.turn.Update(ctx, func(tx Tx) error { return b.writeDown(tx, results) })
	if err != nil {
		b.owed.keep(name, results)
	}
	return err
}

// lastRecord tries once more when the outbox ends.
func (b *Outbox) lastRecord(ctx context.Context, name string) {
	if err := b.record(context.WithoutCancel(ctx), name, nil); err != nil {
		b.o.Log.Error("outbox: what was sent is not recorded and will be sent again: "+err.Error(), "channel", name)
	}
}

// writeDown records results and what follows from them.
func (b *Outbox) writeDown(tx Tx, results []plan.LetterResult) error {
	if err := tx.Record(results); err != nil {
		return err
	}
	for _, r := range results {
		if err := b.tell(tx, r); err != nil {
			return err
		}
		if err := b.handOver(tx, r.Letter); err != nil {
			return err
		}
		if err := b.raise(tx, r.Letter); err != nil {
			return err
		}
	}
	return nil
}
