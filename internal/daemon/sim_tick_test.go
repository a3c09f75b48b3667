package daemon

import (
	"encoding/json"
	"testing/synctest"
	"time"

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
	stuck    int       // ticks that left something due
}

// tick lets every ticker tick, one after another, so that a year can be
// repeated.
func (s *sim) tick() {
	if s.life == nil {
		return
	}
	s.ticks++
	s.pace.activity, s.pace.last = s.activity.Load(), s.wall()
	s.mu.Lock()
	all := s.tickers
	s.mu.Unlock()
	for _, t := range all {
		select {
		case t.c <- time.Now():
		default:
		}
		synctest.Wait()
	}
}

// nextTick is when to tick next.
func (s *sim) nextTick() time.Time {
	now := time.Now()
	r := s.chance(int(now.Unix()))
	soon := now.Add(between(r, time.Second, ticksEvery))
	switch due := s.nextDue(); {
	case s.life == nil:
		return now.Add(idleTick)
	case s.activity.Load() != s.pace.activity:
		s.pace.stuck = 0
		return soon
	case due.IsZero():
		return now.Add(idleTick)
	case due.After(s.wall()):
		s.pace.stuck = 0
		wait := due.Sub(s.wall()) + between(r, 0, ticksEvery)
		return now.Add(min(wait, idleTick))
	case due.After(s.pace.last):
		s.pace.stuck = 0
		return soon
	default:
		s.pace.stuck++
		return now.Add(min(ticksEvery<<min(s.pace.stuck, 10), 10*time.Minute))
	}
}

// nextDue is the first instant, by the daemon's clock, at which anything can
// happen of itself.
func (s *sim) nextDue() time.Time {
	first := s.localMidnight(s.pace.last)
	take := func(t time.Time) {
		if !t.IsZero() && t.Before(first) {
			first = t
		}
	}
	s.view(func(tx *store.Tx) error {
		at, err := tx.EarliestPlanned()
		if err != nil {
			return err
		}
		take(at)
		if at, err = tx.EarliestAttempt(); err != nil {
			return err
		}
		take(at)
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
			if at := r.StepAt.Add(untoldAfter); at.After(s.pace.last) {
				take(at)
			}
		}
		return nil
	})
	return first
}
