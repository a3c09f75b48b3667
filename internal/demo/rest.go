package demo

import (
	"context"
	"errors"
	"time"

	"repayd/internal/bill"
	"repayd/internal/store"
)

const (
	// lookEvery is the pace, in real time, at which the driver asks whether
	// the daemon is done.
	lookEvery = 4 * time.Millisecond
	// fireEvery is how many looks lie between two rounds of ticks.
	fireEvery = 25
	// restWithin bounds the work of one simulated instant, in real time: far
	// more than it takes on a slow machine, so that only a daemon that hangs
	// meets it.
	restWithin = 20 * time.Second
)

// started waits until every loop of the daemon has its ticker: one for each
// channel and the daemon's own.
func (d *driver) started(ctx context.Context) error {
	return until(ctx, func() (bool, error) { return d.clock.tickersAre(len(d.cfg.Channels) + 1), nil })
}

// rest waits until nothing is left to do at this instant, and takes in the
// letters that came of it.
func (d *driver) rest(ctx context.Context) error {
	if err := until(ctx, func() (bool, error) { return d.read(ctx) }); err != nil {
		return err
	}
	looks := 0
	err := until(ctx, func() (bool, error) {
		if looks%fireEvery == 0 {
			// The second tick is taken when the work of the first is done.
			if err := errors.Join(d.clock.fire(ctx), d.clock.fire(ctx)); err != nil {
				return false, err
			}
		}
		looks++
		return d.idle(ctx)
	})
	if err != nil {
		return err
	}
	return d.collect(ctx)
}

// read reports that the mailbox has been read to its end.
func (d *driver) read(ctx context.Context) (bool, error) {
	var p bill.Position
	err := d.store.View(ctx, func(tx *store.Tx) error {
		var err error
		p, _, err = tx.Position(d.cfg.Mailboxes[0].Name, folder)
		return err
	})
	return p.Caught && p.UID >= d.delivered, err
}

// idle reports that nothing planned is due, and no letter waits to be sent or
// recorded.
func (d *driver) idle(ctx context.Context) (bool, error) {
	idle := false
	now := d.clock.now()
	err := d.store.View(ctx, func(tx *store.Tx) error {
		planned, err := tx.EarliestPlanned()
		if err != nil {
			return err
		}
		attempt, err := tx.EarliestAttempt()
		idle = (planned.IsZero() || planned.After(now)) && (attempt.IsZero() || attempt.After(now))
		return err
	})
	return idle, err
}

// until asks again and again whether something is so.
func until(ctx context.Context, so func() (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, restWithin, errUnfinished)
	defer cancel()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		ok, err := so()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil || ok:
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
		}
	}
}

// pause lets a person read the letter that was just shown.
func (d *driver) pause(ctx context.Context) {
	p := min(d.o.Pause, pausesFor-d.paused)
	if p <= 0 {
		return
	}
	d.paused += p
	t := time.NewTimer(p)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
