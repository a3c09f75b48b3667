package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"repayd/internal/store"
)

// leaseFor is how long the database stays ours without a sign of life.
const leaseFor = 2 * time.Minute

// retryOpen is the pause between two looks at a database that cannot be read.
const retryOpen = time.Minute

// identity names this process: host, process number and when it started, so
// that a successor on the same machine can tell that it is dead.
func identity() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), startOf(os.Getpid()))
}

// startOf returns the start time of a process in clock ticks since boot
// (proc_pid_stat(5), field 22), "" when there is no such process.
func startOf(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	// The second field is the name in brackets and may hold anything.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 20 {
		return ""
	}
	return fields[19]
}

// dead reports whether the holder of a lease was a process of this machine
// that runs no more.
func dead(holder string) bool {
	host, _ := os.Hostname()
	parts := strings.Split(holder, "/")
	if len(parts) < 3 || parts[0] != host {
		return false
	}
	var pid int
	if _, err := fmt.Sscan(parts[1], &pid); err != nil {
		return false
	}
	return startOf(pid) != parts[2]
}

// open opens the database, creating it the first time.
func (d *daemon) open(ctx context.Context) error {
	s, err := store.Open(ctx, d.cfg.Database, store.Options{Now: d.o.Now, Create: true, Fault: d.o.seams.fault})
	d.store = s
	return err
}

// insist does what needs the database until it works. One that cannot be used
// now, or a full disk, is said once and tried again each minute; only what
// waiting cannot mend is an error.
func (d *daemon) insist(ctx context.Context, try func(context.Context) error) error {
	var ill illness
	for ctx.Err() == nil {
		err := try(ctx)
		if err == nil || errors.Is(err, store.ErrNewerSchema) || errors.Is(err, ErrInUse) {
			return err
		}
		if ctx.Err() == nil {
			d.complain(ctx, &ill, err)
			if err := d.o.Notify.Ready(); err != nil {
				d.o.Log.Warn("tell systemd: " + err.Error())
			}
		}
		d.alive()
		pause := retryOpen
		if w := d.o.Notify.Watchdog(); w > 0 {
			pause = min(pause, w)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return nil
}

// lease makes this process the only one to run on the database. It waits for
// a test letter that is being sent.
func (d *daemon) lease(ctx context.Context) error {
	for {
		holder, ok, err := acquire(ctx, d.store, d.who)
		switch {
		case err != nil || ok:
			return err
		case !strings.HasSuffix(holder, sending):
			return fmt.Errorf("%w (%s); stop that one first, or wait %s if it is gone", ErrInUse, holder, leaseFor)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// sending ends the identity of a process that holds the lease only for a test
// letter.
const sending = "/send"

// acquire takes the lease. One that a killed process of this machine left
// behind does not count, and neither do its claims on letters.
func acquire(ctx context.Context, s *store.Store, who string) (holder string, ok bool, err error) {
	err = s.Update(ctx, func(tx *store.Tx) error {
		if holder, ok, err = take(tx, who); err != nil || ok || !dead(holder) {
			return err
		}
		if err := tx.ReleaseLease(holder); err != nil {
			return err
		}
		holder, ok, err = take(tx, who)
		return err
	})
	return holder, ok, err
}

// take takes the lease where it is free. Only its holder sends: what others
// have claimed they died with, and it is sent again without waiting.
func take(tx *store.Tx, who string) (holder string, ok bool, err error) {
	holder, ok, err = tx.AcquireLease(who, tx.Now().Add(leaseFor))
	if err != nil || !ok {
		return holder, ok, err
	}
	return holder, true, tx.ReleaseClaims(who)
}

// The clock at start: one far behind the last commit is waited for.
const (
	behind      = time.Hour
	waitForSync = 10 * time.Minute
)

// trustClock waits for a clock that is more than an hour behind the last
// commit: a machine without a battery clock starts in the past until time
// synchronisation sets it. After ten minutes it is believed.
func (d *daemon) trustClock(ctx context.Context) error {
	last, err := d.store.LastCommit(ctx)
	if err != nil {
		return err
	}
	end := time.Now().Add(waitForSync)
	warned := false
	for ctx.Err() == nil && d.o.now().Before(last.Add(-behind)) && time.Now().Before(end) {
		if !warned {
			d.o.Log.Warn("the clock is behind the last commit; waiting for it to be set", "last", last)
			warned = true
		}
		d.alive()
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	if ctx.Err() != nil || !d.o.now().Before(last.Add(-behind)) {
		return nil
	}
	d.o.Log.Warn("the clock is still behind the last commit; believing it", "last", last)
	return d.setBack(ctx, "clock-behind", nil)
}
