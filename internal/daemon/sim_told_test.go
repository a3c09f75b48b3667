package daemon

import (
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// slack is what gathering, the tick and a slow far side take.
const slack = 3 * time.Minute

// release is when what is meant for t may leave on the channels among ways,
// whichever of them comes last.
func (s *sim) release(t time.Time, ways []string) time.Time {
	last := t
	for _, way := range ways {
		name, ok := strings.CutPrefix(way, "channel:")
		if !ok {
			continue
		}
		if q := s.quietOf(name); q != nil && q.Release(t).After(last) {
			last = q.Release(t)
		}
	}
	return last
}

// bound is the latest instant for what is to happen at t, after the failures
// that were in its way: a channel is asked again within an hour, a mailbox
// within minutes.
func (s *sim) bound(t time.Time, ways ...string) time.Time {
	if !slices.ContainsFunc(ways, func(way string) bool { return strings.HasPrefix(way, "channel:") }) {
		return s.boundBy(func(t time.Time) time.Time { return s.release(t, []string{"channel:"}) }, t, ways...)
	}
	return s.boundBy(func(t time.Time) time.Time { return s.release(t, ways) }, t, ways...)
}

// boundAwake is the bound of what quiet hours do not hold.
func (s *sim) boundAwake(t time.Time, ways ...string) time.Time {
	return s.boundBy(func(t time.Time) time.Time { return t }, t, ways...)
}

func (s *sim) boundBy(release func(time.Time) time.Time, t time.Time, ways ...string) time.Time {
	x := release(t)
	for again := true; again; {
		again = false
		for _, p := range s.spans {
			if !slices.Contains(ways, p.what) || !p.start.Before(x.Add(slack)) {
				continue
			}
			end := p.end
			if end.IsZero() {
				end = time.Now().Add(time.Hour)
			}
			pause := 11 * time.Minute
			switch {
			case strings.HasPrefix(p.what, "channel:"):
				pause = time.Hour
			case p.what == "down" && !s.failedBetween(p.start.Add(-time.Minute), end, "clock"):
				pause = time.Minute // who comes back looks at once, unless the clock is behind the last commit
			}
			if end = end.Add(pause); end.After(x) {
				x, again = release(end), true
			}
		}
	}
	return x.Add(slack)
}

// expected is one step of a ladder as this test works it out.
type expected struct {
	name   string
	anchor plan.Anchor
	at     time.Time
}

// ladder works out the steps of a debt: those whose instant nothing moves.
func (s *sim) ladder(d *debt, p plan.Policy, end time.Time) []expected {
	var out []expected
	safe := d.due + bill.Day(d.grace)
	deadline := safe.End(s.zoneOf(d))
	for _, step := range p.Steps {
		anchor := map[plan.Anchor]bill.Day{plan.AnchorDue: d.due, plan.AnchorGrace: safe, plan.AnchorLate: safe + 1, plan.AnchorDebit: d.debit}[step.Anchor]
		if !anchor.Known() || (d.issuer == "1688-terms" && anchor+bill.Day(step.Offset) < d.due) {
			continue
		}
		clock := step.At
		if !clock.Known() {
			clock = p.At
		}
		for offset := step.Offset; ; offset += step.Every {
			at := (anchor + bill.Day(offset)).At(clock, s.cfg.Zone)
			if at.After(end) {
				break
			}
			moves := at.Before(deadline) == (step.Anchor == plan.AnchorLate)
			if !moves {
				one := plan.Step{Anchor: step.Anchor, Offset: offset}
				out = append(out, expected{one.Name(), step.Anchor, at})
			}
			if step.Every == 0 {
				break
			}
		}
	}
	slices.SortFunc(out, func(a, b expected) int { return a.at.Compare(b.at) })
	return s.oneADay(out)
}

// oneADay leaves of one day's steps the one that stays: due before grace
// before late.
func (s *sim) oneADay(ladder []expected) []expected {
	order := []plan.Anchor{plan.AnchorDue, plan.AnchorGrace, plan.AnchorLate, plan.AnchorDebit}
	var out []expected
	for _, e := range ladder {
		n := len(out) - 1
		switch {
		case n < 0 || dayIn(out[n].at, s.cfg.Zone) != dayIn(e.at, s.cfg.Zone):
			out = append(out, e)
		case slices.Index(order, e.anchor) < slices.Index(order, out[n].anchor):
			out[n] = e
		}
	}
	return out
}

func (s *sim) zoneOf(d *debt) *time.Location {
	if d.issuer == "rent" || strings.HasPrefix(d.issuer, "friend") {
		return s.cfg.Zone
	}
	return china
}

func (s *sim) policyOf(d *debt) plan.Policy {
	if strings.HasPrefix(d.issuer, "alibaba-") {
		return s.cfg.Reminders[0]
	}
	return s.cfg.Reminders[1]
}

// checkTold: every step of an open bill reached every recipient in time, or
// failed visibly.
func (s *sim) checkTold(d *debt) {
	p := s.policyOf(d)
	end := s.began.Add(yearLasts + calm - 48*time.Hour)
	since := d.known
	if d.moved.After(since) {
		since = d.moved
	}
	for _, e := range s.ladder(d, p, end) {
		if !e.at.After(since) || s.snoozed(d, e.at) {
			continue
		}
		from := bill.DayOf(e.at.In(s.cfg.Zone)).At(0, s.cfg.Zone)
		told := false
		for _, name := range p.Channels {
			bound := s.bound(e.at, "down", "disk", "clock", "channel:"+name)
			told = s.told(d, name, from, s.bound(e.at.Add(24*time.Hour), "down", "disk", "clock")) || told
			if !s.openAll(d, e.at, bound) {
				continue
			}
			if s.failedVisibly(d, name, e.at, bound) {
				s.checkStoodIn(d, name, e, from)
				continue
			}
			if !s.told(d, name, from, bound) {
				s.wrong("%s: %s of %s on %s was not told by %s (bill %s)", d.name(), e.name, s.stamp(e.at), name, s.stamp(bound), d.id)
			}
		}
		for name := range s.far { // also in place of another
			told = told || s.told(d, name, from, s.bound(e.at.Add(24*time.Hour), "down", "disk", "clock"))
		}
		s.checkWarned(d, e, told)
	}
	s.checkToldAtOnce(d, p, end)
}

// snoozed reports whether the owner put a step off, also one that was on its
// way then.
func (s *sim) snoozed(d *debt, at time.Time) bool {
	by := s.bound(at, "down", "disk", "clock", "channel:me", "channel:office")
	return within(d.snooze, at) || slices.ContainsFunc(d.snooze, func(c spell) bool { return c.from.After(at) && c.from.Before(by) })
}

// openAll reports whether the bill was open from an instant to another.
func (s *sim) openAll(d *debt, from, to time.Time) bool {
	return !slices.ContainsFunc(d.closed, func(c spell) bool {
		return c.from.Before(to) && (c.to.IsZero() || c.to.After(from.Add(-24*time.Hour)))
	})
}

// told reports whether every recipient of the channel took a letter about the
// debt in that time.
func (s *sim) told(d *debt, name string, from, to time.Time) bool {
	f := s.far[name]
	recipients := f.recipients
	if len(recipients) == 0 {
		recipients = []string{""}
	}
	for _, r := range recipients {
		if !slices.ContainsFunc(f.log, func(a attempt) bool {
			early := a.at.Before(from) && f.latest(a.id).Before(from) // a clock that was ahead told it before its day
			return a.took && a.to == r && !early && !a.at.After(to) && slices.Contains(a.bills, d.id)
		}) {
			return false
		}
	}
	return true
}

// failedVisibly reports whether the far side refused the letter for good.
func (s *sim) failedVisibly(d *debt, name string, from, to time.Time) bool {
	return slices.ContainsFunc(s.far[name].log, func(a attempt) bool {
		early := a.at.Before(from.Add(-24*time.Hour)) && a.wall.Before(from.Add(-24*time.Hour))
		return a.said.String() == "refused" && !early && a.at.Before(to) && slices.Contains(a.bills, d.id)
	})
}

// checkToldAtOnce: a bill that is first known when steps of it have passed is
// told then.
func (s *sim) checkToldAtOnce(d *debt, p plan.Policy, end time.Time) {
	ladder := s.ladder(d, p, end)
	if len(ladder) == 0 || ladder[0].at.After(d.known) || !d.moved.IsZero() || d.known.Equal(s.began) || !d.puzzled.IsZero() {
		return
	}
	for _, name := range p.Channels {
		bound := s.bound(d.known, "down", "disk", "clock", "channel:"+name)
		if s.openAll(d, d.known, bound) && !s.failedVisibly(d, name, d.known, bound) && len(d.snooze) == 0 && !s.told(d, name, d.known, bound) {
			s.wrong("%s: known at %s with a step passed, but not told on %s by %s", d.name(), s.stamp(d.known), name, s.stamp(bound))
		}
	}
}

// checkWarned: a bill with no accepted letter 24 hours after a step is named in
// a warning by another way, where there is one. A channel's warning comes once
// a day, so one more day may pass.
func (s *sim) checkWarned(d *debt, e expected, told bool) {
	const within = 2 * untoldAfter
	own := s.policyOf(d).Channels
	left := s.bound(e.at, "down", "channel:"+own[0]).Add(-slack)
	by := s.bound(left.Add(within), "down", "disk", "clock")
	if told || !s.openAll(d, e.at, by) || s.failedBetween(e.at, by, "clock") {
		return
	}
	for _, name := range s.cfg.Reminders[1].Channels {
		if len(own) == 1 && own[0] == name {
			continue
		}
		by := s.bound(left.Add(within), "down", "disk", "clock", "channel:"+name, "channel:"+own[0])
		named := slices.ContainsFunc(s.far[name].log, func(a attempt) bool {
			return a.kind == string(plan.LetterWarning) && a.at.After(e.at) && !a.at.After(by) && strings.Contains(a.content, d.id)
		})
		// What was told on its own channel in the meantime needs no warning.
		if !named && !s.told(d, own[0], e.at, by) {
			s.wrong("%s: %s of %s was told nobody and %s got no warning by %s (bill %s)", d.name(), e.name, s.stamp(e.at), name, s.stamp(by), d.id)
		}
	}
}
