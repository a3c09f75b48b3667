// Package demo shows the whole daemon at work: daemon.Run on a built-in IMAP
// server, an SMTP sink and a webhook sink on loopback, over sample notices of
// five weeks, with a clock that jumps from one event to the next.
//
// Contract. It needs no account, no configuration and no network, and leaves
// nothing behind: its files are in a temporary directory that Run removes. The
// daemon is the real one and knows nothing of the demo but the clock. The demo
// checks itself: Run compares what arrived at the sinks with what had to, and
// Summary.Problems lists every difference, so that it is also a test of the
// whole from the mailbox to the letter.
//
// Time is stepped, not scaled: while the daemon works the clock stands still,
// and it moves on only when nothing is left to do. A slow machine makes the
// demo slower, never different.
package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/store"
)

// Options say how to run the demo.
type Options struct {
	Language string // of the letters: zh-CN or en; "" = zh-CN
	// Start is the first simulated day. The sample notices speak of months, so
	// it must be the first of one.
	Start bill.Day
	// Pause is how long, in real time, the demo waits after each letter, so
	// that a person can read along. All pauses together never exceed pausesFor.
	Pause time.Duration
	// Event and Letter are told in the order of simulated time; nil = nobody.
	Event  func(Event)
	Letter func(Letter)
	Log    *slog.Logger // of the daemon; nil discards
}

// pausesFor bounds all pauses of one run, in real time.
const pausesFor = 14 * time.Second

// Run runs the demo to its end. An error means that it could not; that the
// daemon did something else than it had to is in Summary.Problems.
func Run(ctx context.Context, o Options) (Summary, error) {
	if _, _, day := o.Start.Date(); day != 1 {
		return Summary{}, fmt.Errorf("demo: %s is not the first day of a month", o.Start)
	}
	o.Language = cmp.Or(o.Language, "zh-CN")
	dir, err := os.MkdirTemp("", "repayd-demo-")
	if err != nil {
		return Summary{}, fmt.Errorf("demo: %w", err)
	}
	defer os.RemoveAll(dir)
	far, err := newFarSide()
	if err != nil {
		return Summary{}, fmt.Errorf("demo: %w", err)
	}
	defer far.close()
	text := configText(o.Language, filepath.Join(dir, "repayd.db"), o.Start, far)
	cfg, err := config.Parse("demo.yaml", []byte(text))
	if err != nil {
		return Summary{}, fmt.Errorf("demo: %w", err)
	}
	s, err := play(ctx, o, cfg, far)
	if err != nil {
		return s, fmt.Errorf("demo: %w", err)
	}
	return s, nil
}

// play runs the daemon beside the driver. Whichever ends first ends the other.
func play(ctx context.Context, o Options, cfg *config.Config, far *farSide) (Summary, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	d := &driver{o: o, cfg: cfg, far: far, zone: cfg.Zone, clock: newClock()}
	d.clock.set(d.at(1, openingHour))
	if err := d.deliverBefore(); err != nil {
		return Summary{}, err
	}
	// The file is made here so that both sides find it; the daemon could too.
	var err error
	if d.store, err = store.Open(ctx, cfg.Database, store.Options{Now: d.clock.now, Create: true}); err != nil {
		return Summary{}, err
	}
	defer d.store.Close()
	in, err := daemon.Intake(cfg, nil, o.Log)
	if err != nil {
		return Summary{}, err
	}
	d.act = func(ctx context.Context, c bill.Command) error {
		return d.store.Update(ctx, func(tx *store.Tx) error {
			var err error
			if c.Arrange != nil {
				_, err = in.Arrange(tx, c.ID, c.Bill, *c.Arrange)
			} else {
				_, err = in.Command(tx, c)
			}
			return err
		})
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := daemon.Run(ctx, cfg, daemon.Options{Log: o.Log, Now: d.clock.now, Tick: d.clock.tick, Gather: gather})
		cancel(fmt.Errorf("the daemon ended: %w", cmp.Or(err, context.Canceled)))
	}()
	summary, err := d.drive(ctx)
	if cause := context.Cause(ctx); cause != nil && err != nil {
		err = cause
	}
	cancel(nil)
	<-ended
	return summary, err
}

// gather is how long the outbox waits for more, in real time. Everything of
// one simulated instant is there at once, so it need not be long.
const gather = 10 * time.Millisecond

// errUnfinished is returned when the daemon does not come to rest.
var errUnfinished = errors.New("the daemon did not finish what was due")

// FirstOfMonth is the first day of the month of t in the demo's zone: a Start
// that makes the letters look like today's.
func FirstOfMonth(t time.Time) bill.Day {
	today := bill.DayOf(t.In(shanghai()))
	_, _, day := today.Date()
	return today - bill.Day(day-1)
}

// shanghai is the zone of the demo's owner.
func shanghai() *time.Location {
	loc, err := time.LoadLocation(zoneName)
	if err != nil {
		return time.UTC // not reached: config compiles the zones in
	}
	return loc
}
