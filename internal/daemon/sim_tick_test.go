package daemon

import (
	"encoding/json"
	"math/rand/v2"
	"time"

	"repayd/internal/plan"
	"repayd/internal/store"
)

// The daemon's tickers tick every 20 seconds. Most of those ticks find nothing
// to do, and a year has one and a half million of them. The world lets them
// tick only where something may have become due, at a chance moment of the 20
// seconds after it, and every few hours besides.
const (
	ticksEvery = 20 * time.Second
	idleTick   = 8 * time.Hour
)

type ticker struct{ c chan time.Time }

// newTicker is Options.Tick.
func (s *sim) newTicker(time.Duration) (<-chan time.Time, func()) {
	t := &ticker{make(chan time.Time, 1)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tickers = append(s.tickers, t)
	return t.c, func() {}
}

// pace remembers the last tick.
type pace struct {
	activity int64
	last     time.Time // by the daemon's clock
	next     time.Time // the next one, zero = not yet worked out
	stuck    int       // ticks that left something due
}

// tick lets every ticker tick.
func (s *sim) tick() {
	if s.life == nil {
		return
	}
	s.ticks++
	s.pace.activity, s.pace.last, s.pace.next = s.activity.Load(), s.wall(), time.Time{}
	s.mu.Lock()
	all := s.tickers
	s.mu.Unlock()
	for _, t := range all {
		select {
		case t.c <- time.Now():
		default:
		}
	}
}

// nextTick is when to tick next: as worked out after the last tick, or sooner
// because something happened since.
func (s *sim) nextTick() time.Time {
	now := time.Now()
	if s.life == nil {
		s.pace.next = time.Time{}
		return now.Add(idleTick)
	}
	if n := s.activity.Load(); n != s.pace.activity {
		s.pace.activity, s.pace.stuck = n, 0
		if soon := now.Add(between(s.chance(int(now.Unix())), time.Second, ticksEvery)); s.pace.next.IsZero() || soon.Before(s.pace.next) {
			s.pace.next = soon
		}
	}
	if s.pace.next.IsZero() {
		s.pace.next = now.Add(s.idle(s.chance(int(now.Unix()))))
	}
	return s.pace.next
}

// idle is how long nothing can happen of itself.
func (s *sim) idle(r *rand.Rand) time.Duration {
	due, left := s.nextDue()
	wait := min(idleTick, max(0, due.Sub(s.wall()))+between(r, 0, ticksEvery))
	if s.full.Load() {
		wait = min(wait, 10*time.Minute) // the daemon waits for room, and for the end of the night to complain
	}
	if !left {
		s.pace.stuck = 0
	} else if s.pace.stuck++; s.pace.stuck < 1000 {
		wait = min(wait, ticksEvery<<min(s.pace.stuck, 6))
	}
	return wait
}

// nextDue is the first instant after the last tick, by the daemon's clock, at
// which anything can happen of itself, and whether the last tick left anything
// that was due.
func (s *sim) nextDue() (first time.Time, left bool) {
	last := s.pace.last
	first = s.localMidnight(last)
	take := func(t time.Time) {
		if t.After(last) && t.Before(first) {
			first = t
		}
	}
	if d := s.cfg.Digest; d != nil {
		take(d.Schedule.Next(last.In(s.cfg.Zone)))
	}
	s.view(func(tx *store.Tx) error {
		at, err := tx.EarliestPlanned()
		if err != nil {
			return err
		}
		take(at)
		if left = !at.IsZero() && !at.After(last); left {
			rows, err := tx.Planned(last.Add(time.Microsecond), last.Add(idleTick))
			if err != nil {
				return err
			}
			for _, r := range rows {
				take(r.At)
			}
		}
		if at, err = tx.EarliestAttempt(); err != nil {
			return err
		}
		take(at)
		if !at.IsZero() && !at.After(last) {
			left = true
			letters, err := tx.Letters(store.LetterFilter{State: plan.LetterTrying})
			if err != nil {
				return err
			}
			for _, l := range letters {
				take(l.NextAttempt)
			}
		}
		return s.nextTrouble(tx, take)
	})
	return first, left
}

// nextTrouble takes the instants at which troubles are to be told.
func (s *sim) nextTrouble(tx *store.Tx, take func(time.Time)) error {
	facts, err := tx.Facts(troublePrefix)
	if err != nil {
		return err
	}
	for _, fact := range facts {
		var t trouble
		if err := json.Unmarshal([]byte(fact), &t); err == nil && !t.Told {
			take(t.Since.Add(ailsFor))
		}
	}
	untold, err := tx.Untold(s.wall())
	if err != nil {
		return err
	}
	for _, r := range untold {
		take(r.StepAt.Add(untoldAfter))
	}
	return nil
}
