// Package daemon builds everything from a Config and runs it until the context
// ends: one reader a mailbox, the outbox, one cron for the owner's schedules,
// and one ticker that watches the clock, the loops and the database.
//
// Contract. Run blocks and returns after every goroutine it started has ended.
// A mailbox or channel that fails is retried and told, never an end. A database
// that cannot be read keeps the daemon up, asking again each minute. Only a
// database of a newer version, or one that another process runs on, ends it.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"repayd/internal/config"
	"repayd/internal/imapbox"
	"repayd/internal/intake"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/store"
	"repayd/internal/systemd"
)

// ErrInUse is returned when another process runs on the same database.
var ErrInUse = errors.New("another repayd runs on this database")

// errHeartbeat stands for every failure of the heartbeat, whose causes would
// show its address.
var errHeartbeat = errors.New("the address did not answer as it should")

// Options are what a Config does not say.
type Options struct {
	Log    *slog.Logger
	Notify systemd.Notifier
	// LookupTXT asks the DNS for DKIM keys; nil = no check of our own.
	LookupTXT func(ctx context.Context, name string) ([]string, error)
	// Now is the wall clock and Tick makes tickers of that clock's pace. Nil
	// means real time; only the demo and tests set them.
	Now  func() time.Time
	Tick func(time.Duration) (ticks <-chan time.Time, stop func())
	// Gather is how long, in real time, what is due waits for more; 0 = a few
	// seconds. It goes with a Now that runs faster than real time.
	Gather time.Duration
	// Rejected returns why the latest new configuration was refused while this
	// one goes on, nil where none was. It is asked at every tick; nil = never.
	Rejected func() error
	// seams is set by tests of this package only.
	seams seams
}

// seams put something else in the place of what cannot stand in a bubble of
// simulated time: sockets, the identity of a process, its death.
type seams struct {
	who     string                                        // instead of identity()
	in      *intake.Intake                                // instead of loading the issuer files for each life
	exits   map[string]outbox.Exit                        // instead of opening the configured channels
	openBox func(config.Mailbox, imapbox.Handler) mailbox // instead of an imapbox.Box
	fault   func(ctx context.Context, write bool) error   // store.Options.Fault
	newID   func() string                                 // instead of plan.NewLetterID
	rest    func()                                        // instead of giving idle memory back to the system
	free    func(path string) (int64, error)              // instead of asking the file system
	jumps   bool                                          // Now keeps real time's pace, so a step of it is the clock's
}

// mailbox reads one mailbox until the context ends; Poll asks for a reading soon.
type mailbox interface {
	Run(context.Context) error
	Poll()
}

func (o *Options) fill() {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Tick == nil {
		o.Tick = func(d time.Duration) (<-chan time.Time, func()) {
			t := time.NewTicker(d)
			return t.C, t.Stop
		}
	}
	if o.seams.newID == nil {
		o.seams.newID = plan.NewLetterID
	}
	if o.seams.rest == nil {
		o.seams.rest = debug.FreeOSMemory
	}
	if o.seams.who == "" {
		o.seams.who = identity()
	}
	if o.seams.openBox == nil {
		o.seams.openBox = func(m config.Mailbox, h imapbox.Handler) mailbox { return imapbox.New(m.Options, h, o.Log) }
	}
}

func (o *Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

// daemon is one run with one configuration.
type daemon struct {
	cfg   *config.Config
	o     Options
	who   string
	store *store.Store
	in    *intake.Intake
	exits map[string]outbox.Exit
	box   *outbox.Outbox
	boxes []mailbox
	watch *watch
	jobs  jobs
	clock clockWatch
	start time.Time // monotonic origin
	midnight
	surveys    surveys
	diskLow    bool
	heart      heartbeat
	background sync.WaitGroup // short errands beside the loops
}

// Run is the daemon. It returns nil when ctx ends.
func Run(ctx context.Context, cfg *config.Config, o Options) error {
	o.fill()
	d := &daemon{cfg: cfg, o: o, who: o.seams.who, watch: newWatch(), start: time.Now()}
	var err error
	if d.in = o.seams.in; d.in == nil {
		if d.in, err = Intake(cfg, o.LookupTXT, o.Log); err != nil {
			return err
		}
	}
	if d.exits = o.seams.exits; d.exits == nil {
		if d.exits, err = exits(cfg, o.Now); err != nil {
			return err
		}
	}
	if err := d.insist(ctx, d.open); err != nil || d.store == nil {
		return err
	}
	defer d.close()
	if err := d.insist(ctx, d.prepare); err != nil || ctx.Err() != nil {
		return err
	}
	return d.loops(ctx)
}

// close gives the lease up and closes the database, whatever the context says.
func (d *daemon) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := d.store.Update(ctx, func(tx *store.Tx) error { return tx.ReleaseLease(d.who) }); err != nil {
		d.o.Log.Error("release the database: " + err.Error())
	}
	if err := d.store.Close(); err != nil {
		d.o.Log.Error("close the database: " + err.Error())
	}
}

// prepare brings the database up to this configuration and this clock.
func (d *daemon) prepare(ctx context.Context) error {
	if err := d.lease(ctx); err != nil {
		return err
	}
	if err := d.trustClock(ctx); err != nil {
		return err
	}
	if err := d.retire(ctx); err != nil {
		return err
	}
	if err := d.declare(ctx); err != nil {
		return err
	}
	if err := d.reread(ctx); err != nil {
		return err
	}
	if err := d.refold(ctx); err != nil {
		return err
	}
	return d.replan(ctx)
}

// loops starts everything and waits for its end.
func (d *daemon) loops(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	d.box = outbox.New(d.outboxOptions(), outboxStore{d.store})
	g.Go(func() error { return d.box.Run(ctx) })
	for _, m := range d.cfg.Mailboxes {
		r := newReader(m, d.in, d.store, d.o.Log)
		loop := "mailbox:" + m.Name
		r.changed = d.box.Wake
		r.alive = func() { d.watch.alive(loop, time.Now()) }
		r.trouble = func(err error) { d.watch.report(loop, err) }
		box := d.o.seams.openBox(m, r)
		d.boxes = append(d.boxes, box)
		g.Go(labelled(ctx, loop, box.Run))
	}
	d.jobs = d.schedule(ctx)
	d.jobs.start()
	defer func() { d.jobs.stop() }()
	g.Go(labelled(ctx, "tick", d.tick))
	if err := d.o.Notify.Ready(); err != nil {
		d.o.Log.Warn("tell systemd: " + err.Error())
	}
	d.o.Log.Info("running", "mailboxes", len(d.cfg.Mailboxes), "channels", len(d.cfg.Channels))
	err := g.Wait()
	d.background.Wait()
	if ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)) {
		return nil
	}
	return err
}

// labelled names a loop in profiles, as the outbox does with its own.
func labelled(ctx context.Context, loop string, run func(context.Context) error) func() error {
	return func() (err error) {
		pprof.Do(ctx, pprof.Labels("loop", loop), func(ctx context.Context) { err = run(ctx) })
		return err
	}
}

func (d *daemon) outboxOptions() outbox.Options {
	return outbox.Options{
		Who: d.who, Language: d.cfg.Language, Env: d.in.Env, Channels: d.exits, Log: d.o.Log,
		Now: d.o.now, Tick: d.o.Tick, Gather: d.o.Gather, NewID: d.o.seams.newID, Terms: d.in.Reader.Set.FullTermsFor,
		Forecast: forecast(d.cfg, d.in.Reader.Set, d.in.Env.Workdays),
		Trouble:  func(name string, err error) { d.watch.report("channel:"+name, err) },
		Alive:    func(name string) { d.watch.alive("channel:"+name, time.Now()) },
	}
}

// env is the planning environment at this instant.
func (d *daemon) env() plan.Env {
	env := d.in.Env
	env.Now = d.o.now()
	return env
}

// reread reads kept messages again when the issuer files have changed since.
func (d *daemon) reread(ctx context.Context) error {
	n, err := Reread(ctx, d.store, d.in, time.Time{})
	if n > 0 {
		d.o.Log.Info("messages read again with today's issuer files", "bills", n)
	}
	return err
}

// Reread reads the kept messages received since then again, each in its own
// transaction, and returns how many bills changed. What today's issuer files
// have read before is passed over.
func Reread(ctx context.Context, s *store.Store, in *intake.Intake, since time.Time) (int, error) {
	var hashes []string
	digest := in.Reader.Set.Digest()
	err := s.View(ctx, func(tx *store.Tx) error {
		var err error
		hashes, err = tx.KeptHashes(since, digest)
		return err
	})
	if err != nil {
		return 0, err
	}
	changed := 0
	for _, h := range hashes {
		err := s.Update(ctx, func(tx *store.Tx) error {
			rec, ok, err := tx.Message(h)
			if err != nil || !ok {
				return err
			}
			res, err := in.Again(tx, rec)
			changed += len(res.Bills)
			return err
		})
		if err != nil {
			return changed, fmt.Errorf("read message %s again: %w", h[:12], err)
		}
	}
	return changed, nil
}

// replan brings the reminders of every open bill up to date, in batches so
// that nothing else waits long.
func (d *daemon) replan(ctx context.Context) error {
	const batch = 500
	after := ""
	for ctx.Err() == nil {
		n := 0
		err := d.store.Update(ctx, func(tx *store.Tx) error {
			bills, err := tx.EachBill(true, after, batch)
			if err != nil {
				return err
			}
			n = len(bills)
			for _, b := range bills {
				after = b.ID
				if err := d.in.Plan(tx, b); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("plan anew: %w", err)
		}
		if n < batch {
			break
		}
	}
	// Every open bill went through memory just now; the daemon is idle for
	// most of its life and should look it.
	d.o.seams.rest()
	if d.box != nil {
		d.box.Wake()
	}
	return nil
}

// problems joins lines for a log or a letter.
func problems(lines []string) string { return strings.Join(lines, ", ") }
