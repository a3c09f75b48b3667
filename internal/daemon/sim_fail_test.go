package daemon

import (
	"fmt"
	"time"
)

// planFailures puts the failures of a year on the calendar. All end at end.
func (s *sim) planFailures(start, end time.Time) {
	s.outages(start, end, "mailbox", 8, 4*24*time.Hour, func() { s.mail.setDown(true) }, func() { s.mail.setDown(false) })
	s.outages(start, end, "disk", 4, 12*time.Hour, func() { s.full.Store(true) }, func() { s.full.Store(false) })
	for _, c := range s.cfg.Channels {
		name, f := c.Name, s.far[c.Name]
		s.outages(start, end, "channel:"+name, 12, 3*24*time.Hour, func() {
			mood := pick(s.chance(int(time.Now().Unix())), down, down, down, busy, busy, lying, silent, slow, refusing)
			s.say("%s is in mood %d", name, mood)
			f.set(mood)
		}, func() { f.set(well) })
	}
	s.outages(start, end, "clock", 5, 2*24*time.Hour, func() {
		r := s.chance(int(time.Now().Unix()))
		by := between(r, 2*time.Minute, 3*24*time.Hour)
		if r.IntN(2) == 0 {
			by = -by
		}
		s.say("the clock goes wrong by %v", by)
		s.ahead.Store(int64(by))
	}, func() { s.ahead.Store(0) })
	for range 3 {
		s.at(start.Add(between(s.rng, 0, end.Sub(start))), "the mailbox is renumbered", s.mail.renumber)
	}
	for range 10 {
		at := start.Add(between(s.rng, 0, end.Sub(start)))
		s.at(at, "orderly stop", s.stop)
		s.at(at.Add(pick(s.rng, time.Second, time.Minute, between(s.rng, time.Minute, 72*time.Hour))), "orderly start", s.start)
	}
	for range 20 {
		s.planKill(start.Add(between(s.rng, 0, end.Sub(start))))
	}
	for range 12 {
		s.at(s.letterHour(start.Add(between(s.rng, 0, end.Sub(start)))).Add(between(s.rng, 0, 20*time.Second)), "reload", s.reload)
	}
}

// planKill lights a fuse: the process dies at one of the next calls of the
// store or a channel. Half of the fuses are lit at an hour of letters.
func (s *sim) planKill(at time.Time) {
	if s.rng.IntN(2) == 0 {
		at = s.letterHour(at)
	}
	calls := 1 + s.rng.Int64N(40)
	s.at(at, fmt.Sprintf("a fuse of %d calls", calls), func() {
		if s.life != nil {
			s.life.fuse.Store(calls)
		}
	})
}

// letterHour is a second before an hour of that day at which letters leave.
func (s *sim) letterHour(day time.Time) time.Time {
	local := day.In(s.cfg.Zone)
	return time.Date(local.Year(), local.Month(), local.Day(), pick(s.rng, 7, 8, 9, 10), pick(s.rng, 0, 30), 0, 0, s.cfg.Zone).Add(-time.Second)
}

// outages lets something fail so many times, each at most so long. One that
// fails already does not fail twice.
func (s *sim) outages(start, end time.Time, what string, times int, most time.Duration, begin, over func()) {
	failing := false
	for range times {
		at := start.Add(between(s.rng, time.Hour, end.Sub(start)-time.Hour))
		until := at.Add(pick(s.rng, between(s.rng, time.Minute, time.Hour), between(s.rng, time.Minute, most)))
		if until.After(end) {
			until = end
		}
		mine := false
		s.at(at, what+" fails", func() {
			if failing {
				return
			}
			failing, mine = true, true
			s.fails(what)
			s.stirs()
			begin()
		})
		s.at(until, what+" works", func() {
			if !mine {
				return
			}
			failing, mine = false, false
			s.works(what)
			s.stirs()
			over()
		})
	}
}
