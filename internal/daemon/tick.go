package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"repayd/internal/bill"
	"repayd/internal/plan"
	"repayd/internal/store"
)

const (
	// tickEvery is the pace of the one ticker.
	tickEvery = 20 * time.Second
	// stuckAfter is how long a loop may make no progress before systemd is no
	// longer told that all is well. Readers and channels bound each of their
	// steps well below it.
	stuckAfter = 15 * time.Minute
	// untoldAfter is when a step that no channel accepted is a failure.
	untoldAfter = 24 * time.Hour
)

// midnight remembers for which day the plan was rebuilt.
type midnight struct{ day bill.Day }

// jobs are the owner's schedules: one cron. It is rebuilt after a step of the
// clock, for robfig/cron never fires again after a clock that was set back.
type jobs struct {
	cron *cron.Cron
	run  []func()
}

func (j jobs) start() { j.cron.Start() }
func (j jobs) stop()  { <-j.cron.Stop().Done() }

// schedule builds the cron: each mailbox's poll.
func (d *daemon) schedule(_ context.Context) jobs {
	j := jobs{cron: cron.New(cron.WithLocation(d.cfg.Zone), cron.WithChain(
		// In this order: the other way round a panic would keep the token of
		// SkipIfStillRunning for ever.
		cron.SkipIfStillRunning(cron.DiscardLogger), cron.Recover(cronLog{d})))}
	for i, m := range d.cfg.Mailboxes {
		poll := d.boxes[i].Poll
		j.cron.Schedule(m.Schedule, cron.FuncJob(poll))
		j.run = append(j.run, poll)
	}
	return j
}

// cronLog is where cron reports panics of jobs.
type cronLog struct{ d *daemon }

func (cronLog) Info(string, ...any) {}
func (l cronLog) Error(err error, msg string, _ ...any) {
	l.d.o.Log.Error("job broke off: "+msg, "err", err)
}

// tick is the one ticker: it watches clock, loops, disk and day.
func (d *daemon) tick(ctx context.Context) error {
	ticks, stop := d.o.Tick(tickEvery)
	defer stop()
	d.midnight.day = bill.DayOf(d.o.now().In(d.cfg.Zone))
	var ill illness
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks:
		}
		if ctx.Err() != nil {
			return nil
		}
		err := d.look(ctx)
		switch {
		case errors.Is(err, ErrInUse):
			return err
		case ctx.Err() != nil:
			return nil
		}
		d.complain(ctx, &ill, err)
		d.alive()
		d.beat(ctx)
	}
}

func emergencyCode(err error) string {
	if errors.Is(err, store.ErrFull) {
		return "disk-full"
	}
	return "database-trouble"
}

// look is what happens at every tick.
func (d *daemon) look(ctx context.Context) error {
	if err := d.renew(ctx); err != nil {
		return err
	}
	if d.o.Now == nil || d.o.seams.jumps {
		if by := d.clock.step(d.o.now(), time.Since(d.start)); by != 0 {
			if err := d.jumped(ctx, by); err != nil {
				return err
			}
		}
	}
	if today := bill.DayOf(d.o.now().In(d.cfg.Zone)); today != d.midnight.day {
		if err := d.newDay(ctx); err != nil {
			return err
		}
		d.midnight.day = today
	}
	if err := d.digest(ctx); err != nil {
		return err
	}
	warned, err := d.watch.tell(ctx, d.store, d.env())
	if err != nil {
		return err
	}
	ill, err := d.self(ctx)
	if err != nil {
		return err
	}
	if err := d.allWell(ctx); err != nil {
		return err
	}
	undelivered, err := d.undelivered(ctx)
	if warned || ill || undelivered {
		d.box.Wake()
	}
	return err
}

func (d *daemon) renew(ctx context.Context) error {
	return d.store.Update(ctx, func(tx *store.Tx) error {
		ok, err := tx.RenewLease(d.who, tx.Now().Add(leaseFor))
		if err == nil && !ok {
			holder, got, err := take(tx, d.who)
			if err != nil || got {
				return err
			}
			return fmt.Errorf("%w (%s)", ErrInUse, holder)
		}
		return err
	})
}

// newDay extends the plan by a day, declares what the schedules owe, and
// forgets texts that are too old.
func (d *daemon) newDay(ctx context.Context) error {
	if err := d.declare(ctx); err != nil {
		return err
	}
	if err := d.replan(ctx); err != nil {
		return err
	}
	return d.store.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.ForgetKept(tx.Now().Add(-d.cfg.RereadFor))
		return err
	})
}

// jumped answers a step of the clock: the cron is rebuilt, every job runs once,
// and all stored instants are computed again.
func (d *daemon) jumped(ctx context.Context, by time.Duration) error {
	d.o.Log.Warn("the clock jumped", "by", by)
	d.jobs.stop()
	d.jobs = d.schedule(ctx)
	d.jobs.start()
	for _, run := range d.jobs.run {
		run()
	}
	if by > 0 {
		return d.replan(ctx)
	}
	return d.setBack(ctx, "clock-jumped", map[string]string{"by": by.Round(time.Second).String()})
}

// setBack makes what was decided by a clock that was ahead void, unless it was
// accepted: attempts set for later than is now possible are due now, and so are
// warnings that are dated in the future. The attempts count as due for an hour:
// what becomes due this minute may still leave in quiet hours that begin.
// Bills are planned anew.
func (d *daemon) setBack(ctx context.Context, code string, args map[string]string) error {
	err := d.store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.HastenLetters(tx.Now().Add(time.Hour), tx.Now().Add(-time.Hour)); err != nil {
			return err
		}
		if err := d.hastenWarnings(tx); err != nil {
			return err
		}
		return warn(tx, "clock", code, args, "", d.env())
	})
	if err != nil {
		return err
	}
	return d.replan(ctx)
}

// hastenWarnings plans the warnings anew that a clock ahead of this one put off.
func (d *daemon) hastenWarnings(tx *store.Tx) error {
	rows, err := tx.Planned(tx.Now(), time.Time{})
	if err != nil {
		return err
	}
	env := d.env()
	rows = slices.DeleteFunc(rows, func(r plan.Reminder) bool {
		return r.Subject.Kind != plan.SubjectDaemon || !r.StepAt.After(tx.Now())
	})
	for i := range rows {
		on := env.On(rows[i].Channel)
		rows[i].StepAt, rows[i].At = tx.Now(), on.Hold(tx.Now(), time.Time{})
	}
	return tx.PutReminders(rows)
}

// undelivered warns, by another way, of steps that no channel has accepted a
// day after their instant.
func (d *daemon) undelivered(ctx context.Context) (bool, error) {
	warned := false
	err := d.store.Update(ctx, func(tx *store.Tx) error {
		rows, err := tx.Untold(tx.Now().Add(-untoldAfter))
		if err != nil || len(rows) == 0 {
			return err
		}
		byChannel := map[string][]plan.Reminder{}
		for _, r := range rows {
			byChannel[r.Channel] = append(byChannel[r.Channel], r)
		}
		for _, name := range slices.Sorted(maps.Keys(byChannel)) {
			rs := byChannel[name]
			id := "undelivered:" + name
			told, err := tx.RemindersOf(plan.Subject{Kind: plan.SubjectDaemon, ID: id})
			if err != nil {
				return err
			}
			if toldToday(told, d.env()) {
				continue
			}
			args, err := failedArgs(tx, name, rs)
			if err != nil {
				return err
			}
			if err := warn(tx, id, "letter-failed", args, name, d.env()); err != nil {
				return err
			}
			warned = true
		}
		return nil
	})
	return warned, err
}

func toldToday(rows []plan.Reminder, env plan.Env) bool {
	today := bill.DayOf(env.Now.In(env.Zone))
	for _, r := range rows {
		if r.Date >= today {
			return true
		}
	}
	return false
}

// failedArgs says which bills were not told and what the channel answered last.
func failedArgs(tx *store.Tx, name string, rs []plan.Reminder) (map[string]string, error) {
	var ids []string
	for _, r := range rs {
		if len(ids) < 20 && !slices.Contains(ids, r.Subject.ID) {
			ids = append(ids, r.Subject.ID)
		}
	}
	l, _, err := tx.Letter(rs[len(rs)-1].Letter)
	return map[string]string{"channel": name, "bills": strings.Join(ids, ", "), "error": l.LastError}, err
}

// alive tells systemd that every loop makes progress, if that is so.
func (d *daemon) alive() {
	if stuck := d.watch.stuck(time.Now(), stuckAfter); len(stuck) > 0 {
		d.o.Log.Error("a loop makes no progress", "loops", problems(stuck))
		return
	}
	if err := d.o.Notify.Alive(); err != nil {
		d.o.Log.Warn("tell systemd: " + err.Error())
	}
}
