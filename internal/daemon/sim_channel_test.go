package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"repayd/internal/channel"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// The moods of a far side.
const (
	well     = iota
	down     // cannot be reached
	busy     // takes nothing now
	lying    // takes the letter and says that it failed
	silent   // takes the letter and never answers
	slow     // takes a long time
	refusing // takes nothing, for good
)

// farSide is where the letters of one channel arrive. It remembers every
// attempt.
type farSide struct {
	s          *sim
	name       string
	recipients []string

	mu   sync.Mutex
	rng  *rand.Rand
	mood int
	die  bool // the daemon dies when it knocks
	log  []attempt

	clocks map[string]time.Time // see latest
}

// attempt is one letter for one recipient, as the far side saw it.
type attempt struct {
	opened  time.Time // the session, true time
	decided time.Time // the same by the daemon's clock
	at      time.Time // true time
	wall    time.Time // by the daemon's clock
	id      string
	kind    string
	to      string
	content string
	bills   []string // those it speaks of; only of reminders
	took    bool
	said    channel.Outcome
}

func (f *farSide) set(mood int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mood = mood
}

// latest is the latest instant that the daemon's clock showed when a letter was
// written or an attempt to send it was made.
func (f *farSide) latest(id string) time.Time {
	if f.clocks == nil {
		f.clocks = map[string]time.Time{}
		f.s.view(func(tx *store.Tx) error {
			all, err := tx.Letters(store.LetterFilter{})
			for _, l := range all {
				f.clocks[l.ID] = l.Created
			}
			return err
		})
		for _, a := range f.log {
			if a.wall.After(f.clocks[a.id]) {
				f.clocks[a.id] = a.wall
			}
		}
	}
	return f.clocks[id]
}

func (f *farSide) now() (mood int, wait time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mood, between(f.rng, 100*time.Millisecond, 3*time.Second)
}

// line is the channel as one life of the daemon uses it.
type line struct {
	f *farSide
	l *life
}

type session struct {
	line
	opened, decided time.Time
}

func (c line) Open(ctx context.Context) (channel.Session, error) {
	if err := c.l.call(ctx); err != nil {
		return nil, err
	}
	if c.f.die {
		c.l.dead.Store(true)
		return nil, errKilled
	}
	c.f.s.stirs()
	opened, decided := time.Now(), c.f.s.wall()
	mood, wait := c.f.now()
	pass(ctx, wait)
	if err := c.l.call(ctx); err != nil {
		return nil, err
	}
	if mood == down {
		return nil, errors.New("connection refused")
	}
	return session{c, opened, decided}, nil
}

func pass(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (session) Close() error { return nil }

func (c session) Send(ctx context.Context, l channel.Letter) []channel.Result {
	to := l.Recipients
	if len(to) == 0 {
		to = []string{""}
	}
	var out []channel.Result
	for _, r := range to {
		out = append(out, c.one(ctx, l, r))
	}
	return out
}

// one hands the letter to one recipient. The process may be killed before or
// after the far side took it.
func (c session) one(ctx context.Context, l channel.Letter, to string) channel.Result {
	failed := channel.Result{Recipient: to, Err: errKilled, Uncertain: true}
	if c.l.call(ctx) != nil {
		return failed
	}
	c.f.s.stirs()
	mood, wait := c.f.now()
	a := attempt{opened: c.opened, decided: c.decided, at: time.Now(), wall: c.f.s.wall(), id: l.ID, kind: l.Type, to: to,
		content: l.Subject + l.Text + l.HTML + string(l.Data) + l.Thread, bills: billsOf(l)}
	res := channel.Result{Recipient: to}
	switch mood {
	case well:
		a.took, res.Outcome = true, channel.Accepted
	case slow:
		a.took, res.Outcome, wait = true, channel.Accepted, 50*time.Second
	case lying:
		a.took, res.Err = true, errors.New("451 try again")
	case silent:
		a.took, res.Err, res.Uncertain, wait = true, errors.New("no answer"), true, time.Minute
	case refusing:
		res.Outcome, res.Err = channel.Refused, errors.New("550 no")
	default:
		res.Err = errors.New("421 busy")
	}
	a.said = res.Outcome
	c.f.mu.Lock()
	c.f.log = append(c.f.log, a)
	c.f.mu.Unlock()
	pass(ctx, wait)
	if c.l.call(ctx) != nil {
		return failed
	}
	return res
}

// billsOf are the bills that a reminder speaks of, as its data say.
func billsOf(l channel.Letter) []string {
	var data struct {
		Steps []struct {
			Bill struct {
				ID string `json:"id"`
			} `json:"bill"`
		} `json:"steps"`
	}
	if l.Type != string(plan.LetterReminder) || json.Unmarshal(l.Data, &data) != nil {
		return nil
	}
	var ids []string
	for _, s := range data.Steps {
		ids = append(ids, s.Bill.ID)
	}
	return ids
}

func (s *sim) accepted() (n int) {
	for _, f := range s.far {
		for _, a := range f.log {
			if a.took {
				n++
			}
		}
	}
	return n
}

func (s *sim) attempts() (n int) {
	for _, f := range s.far {
		n += len(f.log)
	}
	return n
}
