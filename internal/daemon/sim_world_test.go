package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/imapbox"
	"repayd/internal/intake"
	"repayd/internal/outbox"
	"repayd/internal/store"
)

// sim is one world: the owner, the mailbox, the far sides of the channels, the
// disk, the clock, and the daemon that lives and dies among them.
type sim struct {
	t     *testing.T
	seed  int64
	rng   *rand.Rand // of the plan only: what is drawn while the world runs depends on how it went
	cfg   *config.Config
	log   *slog.Logger
	began time.Time

	mail  *server
	hand  *intake.Intake // the owner's commands
	far   map[string]*farSide
	debts []*debt
	queue []event // by time
	spans []span  // in which something failed

	ahead    atomic.Int64 // of the daemon's clock before the true one, nanoseconds
	full     atomic.Bool  // the disk
	activity atomic.Int64 // counts what a tick may have to react to
	turns    turns
	ids      *rand.Rand // of letters

	mu       sync.Mutex
	problems []string
	journal  *journal // of what happens, nil = nobody reads it
	tickers  []*ticker
	life     *life
	lives    int
	commands int
	ticks    int
	eye      *store.Store // looks at the database from outside
	pace     pace
	stuck    struct{ first, last time.Time } // since when a loop is
}

// event is something that happens in the world.
type event struct {
	at   time.Time
	what string
	do   func()
}

// span is a time in which something failed; its end is zero while it lasts.
type span struct {
	what       string // "down", "disk", "clock", "mailbox", "channel:me"
	start, end time.Time
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func between(r *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(r.Int64N(int64(most-least)+1))
}

func newSim(t *testing.T, seed int64, cfg *config.Config, keep *journal) *sim {
	s := &sim{t: t, seed: seed, cfg: cfg, journal: keep, rng: rand.New(rand.NewPCG(uint64(seed), 1)), far: map[string]*farSide{}}
	s.turns = turns{rng: rand.New(rand.NewPCG(uint64(seed), 3)), came: make(chan struct{}, 1)}
	s.ids = rand.New(rand.NewPCG(uint64(seed), 4))
	s.log = slog.New(listener{slog.DiscardHandler, s})
	if keep != nil {
		s.log = slog.New(listener{slog.NewTextHandler(keep, &slog.HandlerOptions{Level: slog.LevelInfo}), s})
	}
	s.hand = s.newHand()
	s.mail = &server{s: s, validity: 7, rng: rand.New(rand.NewPCG(uint64(seed), 2))}
	for i, c := range s.cfg.Channels {
		f := &farSide{s: s, name: c.Name, rng: rand.New(rand.NewPCG(uint64(seed), uint64(10+i)))}
		if c.Email != nil {
			f.recipients = c.Email.To
		}
		s.far[c.Name] = f
	}
	return s
}

// listener hears in the daemon's log what would make systemd kill it.
type listener struct {
	slog.Handler
	s *sim
}

func (l listener) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

func (l listener) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "a loop makes no progress" {
		l.s.stuckAt(r.Time)
	}
	return l.Handler.Handle(ctx, r)
}

func (l listener) WithAttrs(attrs []slog.Attr) slog.Handler {
	return listener{l.Handler.WithAttrs(attrs), l.s}
}

// stuckAt notes that a loop made no progress. Between two far ticks none does:
// only what lasts is wrong.
func (s *sim) stuckAt(now time.Time) {
	if now.Sub(s.stuck.last) > 2*time.Minute {
		s.stuck.first = now
	}
	s.stuck.last = now
	if now.Sub(s.stuck.first) > stuckAfter {
		s.wrong("%s: a loop makes no progress", s.stamp(now))
	}
}

// chance makes a source of chance of its own, so that what one part of the
// world draws moves no other.
func (s *sim) chance(of int) *rand.Rand {
	return rand.New(rand.NewPCG(uint64(s.seed), uint64(1000+of)))
}

// wall is what the daemon's clock shows.
func (s *sim) wall() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// say notes what happens.
func (s *sim) say(format string, args ...any) {
	if s.journal != nil {
		fmt.Fprintf(s.journal, "%s --- %s\n", time.Now().In(s.cfg.Zone).Format("01-02 15:04:05"), fmt.Sprintf(format, args...))
	}
}

// newID is seams.newID: the ids of a year are the same every time.
func (s *sim) newID() string {
	const base32 = "abcdefghijklmnopqrstuvwxyz234567"
	id := []byte("rl_")
	for range 26 {
		id = append(id, base32[s.ids.IntN(len(base32))])
	}
	return string(id)
}

// at puts something on the world's calendar.
func (s *sim) at(when time.Time, what string, do func()) {
	i, _ := slices.BinarySearchFunc(s.queue, when, func(e event, t time.Time) int {
		if e.at.After(t) {
			return 1
		}
		return -1
	})
	s.queue = slices.Insert(s.queue, i, event{when, what, do})
}

// fails notes that something fails from now on; works that it does so again.
func (s *sim) fails(what string) { s.spans = append(s.spans, span{what: what, start: time.Now()}) }

func (s *sim) works(what string) {
	for i := range s.spans {
		if s.spans[i].what == what && s.spans[i].end.IsZero() {
			s.spans[i].end = time.Now()
		}
	}
}

// until lets the world go on to an instant: from one event or tick to the next.
func (s *sim) until(end time.Time) {
	for time.Now().Before(end) {
		s.goOn()
		switch tick := s.nextTick(); {
		case s.life != nil && s.life.dead.Load():
			s.bury()
		case len(s.queue) > 0 && !s.queue[0].at.After(time.Now()):
			e := s.queue[0]
			s.queue = s.queue[1:]
			s.say("%s", e.what)
			e.do()
		case !tick.After(time.Now()):
			s.tick()
		case len(s.queue) > 0 && s.queue[0].at.Before(tick) && s.queue[0].at.Before(end):
			s.sleep(s.queue[0].at)
		case tick.Before(end):
			s.sleep(tick)
		default:
			s.sleep(end)
		}
	}
	s.goOn()
}

// stirs notes that something happened that a tick may have to react to.
func (s *sim) stirs() { s.activity.Add(1) }

// life is one run of the daemon.
type life struct {
	s      *sim
	name   string // of the process
	cancel context.CancelFunc
	done   chan error
	dead   atomic.Bool
	fuse   atomic.Int64 // so many calls to the store or a channel until it is killed; 0 = it is not
}

var errKilled = errors.New("killed")

// call is made at each store and send call, in the turn of the loop that ctx
// belongs to: a killed process makes none.
func (l *life) call(ctx context.Context) error {
	if who, alone := l.s.turns.take(ctx); !alone {
		l.s.wrong("%s: two loops are called %q", l.s.stamp(time.Now()), who)
	}
	return l.burn()
}

// burn burns the fuse down by one call.
func (l *life) burn() error {
	if !l.dead.Load() && l.fuse.Load() > 0 && l.fuse.Add(-1) == 0 {
		l.dead.Store(true)
	}
	if l.dead.Load() {
		return errKilled
	}
	return nil
}

// start begins a life of the daemon.
func (s *sim) start() {
	if s.life != nil {
		return
	}
	s.lives++
	s.run(fmt.Sprintf("life%d", s.lives))
}

// run begins a life of the process that is called so. A process has one name
// for all its lives: it reloads its configuration by ending one and beginning
// another.
func (s *sim) run(name string) {
	ctx, cancel := context.WithCancel(context.Background())
	l := &life{s: s, name: name, cancel: cancel, done: make(chan error, 1)}
	host, _ := os.Hostname()
	o := Options{Log: s.log, Now: s.wall, Tick: s.newTicker, seams: seams{
		// A process number that runs, with another start: its lease is a dead one's.
		who:     fmt.Sprintf("%s/%d/%s", host, os.Getpid(), name),
		in:      s.hand,
		exits:   map[string]outbox.Exit{},
		openBox: func(_ config.Mailbox, h imapbox.Handler) mailbox { return s.mail.open(l, h) },
		jumps:   true,
		newID:   s.newID,
		rest:    func() {},
		free:    func(string) (int64, error) { return 1 << 40, nil },
	}}
	o.seams.fault = func(ctx context.Context, write bool) error {
		switch {
		case !write: // it has taken the turn when the transaction began
			return l.call(ctx)
		case s.full.Load():
			return cmp.Or(l.burn(), store.ErrFull)
		}
		return l.burn()
	}
	for _, c := range s.cfg.Channels {
		f := s.far[c.Name]
		o.seams.exits[c.Name] = outbox.Exit{Channel: line{f, l}, Recipients: f.recipients, Fallback: c.Fallback}
	}
	s.life = l
	go func() {
		err := Run(ctx, s.cfg, o)
		if ctx.Err() == nil && !l.dead.Load() {
			s.wrong("%s: the daemon ended by itself: %v", s.stamp(time.Now()), err)
			l.dead.Store(true)
		}
		l.done <- err
	}()
	s.goOn()
	s.works("down")
	s.works("killed")
	s.stirs()
	s.openEye()
}

// stop ends the life in the orderly way.
func (s *sim) stop() {
	if s.life == nil {
		return
	}
	l := s.life
	l.cancel()
	if err := s.end(l); err != nil && !l.dead.Load() {
		s.wrong("%s: the daemon ended with: %v", s.stamp(time.Now()), err)
	}
	s.buried()
}

// bury waits for the remains of a killed daemon and starts it again later.
func (s *sim) bury() {
	s.say("killed")
	s.fails("killed")
	s.life.cancel()
	_ = s.end(s.life) // it cannot but fail
	s.buried()
	r := s.chance(s.lives)
	pause := pick(r, time.Second, time.Minute, between(r, time.Minute, 5*time.Hour), between(r, time.Hour, 80*time.Hour))
	s.at(time.Now().Add(pause), "start after the kill", s.start)
}

func (s *sim) buried() {
	s.life, s.tickers = nil, nil
	s.fails("down")
}

// openEye opens the database beside the daemon, as a command does.
func (s *sim) openEye() {
	if s.eye != nil {
		return
	}
	eye, err := store.Open(context.Background(), s.cfg.Database, store.Options{Now: s.wall})
	if err != nil {
		return // not there yet
	}
	s.eye = eye
	s.t.Cleanup(func() { eye.Close() })
}

func (s *sim) view(fn func(*store.Tx) error) {
	if s.eye == nil {
		return
	}
	if err := s.eye.View(context.Background(), fn); err != nil {
		s.wrong("%s: look at the database: %v", s.stamp(time.Now()), err)
	}
}

// stamp shows an instant in the owner's zone.
func (s *sim) stamp(t time.Time) string { return t.In(s.cfg.Zone).Format("2006-01-02 15:04:05") }

// localMidnight is the next midnight of the owner after t.
func (s *sim) localMidnight(t time.Time) time.Time {
	return bill.DayOf(t.In(s.cfg.Zone)).End(s.cfg.Zone)
}
