package plan

import (
	"cmp"
	"slices"
	"time"

	"repayd/internal/bill"
)

// slot is one step of one subject with its instants worked out; which channel
// it goes to and what became of it is added by a track.
type slot struct {
	step   string
	rank   int8     // of the anchor
	date   bill.Day // of the anchor
	own    bill.Day // anchor and offset, before anything moved it
	day    bill.Day // on which it is told, in the owner's zone
	stepAt time.Time
	at     time.Time // when it is to be sent, quiet hours and snooze counted
	why    string
	// shifted: the step left its own day or hour because of the deadline.
	shifted bool
	// alone: not one of a day's steps, told beside them.
	alone bool
	// earlier: hangs on the earlier due date that nobody vouched for.
	earlier   bool
	movedFrom bill.Day

	row  *Reminder // the one that exists, nil for none
	id   string
	into int32 // index of the slot it is folded into, -1 = stands for itself
}

// earlierDue is the code of the extra reminder that an unverified notice adds.
const earlierDue = "earlier_due"

// due is the instant from which on the slot is no longer ahead: its own, or
// the start of quiet hours that would swallow it.
func (s *slot) due() time.Time {
	if s.at.Before(s.stepAt) {
		return s.at
	}
	return s.stepAt
}

// The phrases that say why a reminder is planned for its instant.
const (
	whyDay      = "on its day"
	whyWorkday  = "last working day before a day off"
	whyBefore   = "moved before the deadline"
	whyLate     = "not late before the deadline"
	whyQuiet    = "quiet hours end"
	whyStart    = "before quiet hours that outlast the deadline"
	whySnooze   = "snooze ends"
	whyPassed   = "passed: at once"
	whyReopened = "reopened: at once"
	whyEarlier  = "an unverified notice says an earlier due date"
	whyReview   = "not certain"
	whyBacklog  = "old bill of a first reading"
)

// ladder works out the steps of the policy on the bill's dates, in the order
// of their instants; on one instant, in the order of days as configured.
func (p *Planner) ladder(policy *Policy) []slot {
	slots := p.steps[:0]
	for _, step := range policy.Steps {
		if step.Anchor == AnchorMilestone {
			slots = p.milestones(slots, step, hourOf(step, policy.At))
			continue
		}
		anchor := p.anchor(step.Anchor)
		if !anchor.Known() {
			continue
		}
		hour := hourOf(step, policy.At)
		first, last, every := step.Offset, step.Offset, 1
		if step.Every > 0 {
			first, last = p.repeats(anchor, step.Every)
			every = step.Every
		}
		for offset := first; offset <= last; offset += every {
			slots = append(slots, slot{})
			p.resolve(&slots[len(slots)-1], step.Anchor, offset, anchor, hour)
		}
	}
	if !slices.IsSortedFunc(slots, inOrder) {
		slices.SortStableFunc(slots, inOrder)
	}
	p.steps = slots
	return slots
}

// milestones adds a step before each milestone of the bill; of several on one
// day it speaks once.
func (p *Planner) milestones(slots []slot, step Step, hour bill.Clock) []slot {
	for i, m := range p.b.Milestones {
		if !m.Day.Known() || i > 0 && p.b.Milestones[i-1].Day == m.Day {
			continue
		}
		slots = append(slots, slot{})
		p.resolve(&slots[len(slots)-1], AnchorMilestone, step.Offset, m.Day, hour)
	}
	return slots
}

func inOrder(a, b slot) int {
	return cmp.Or(a.stepAt.Compare(b.stepAt), cmp.Compare(a.rank, b.rank), cmp.Compare(a.own, b.own))
}

func (p *Planner) anchor(a Anchor) bill.Day {
	safe := p.b.LastSafeDay
	if !safe.Known() {
		safe = p.b.DueDate
	}
	switch a {
	case AnchorStatement:
		return p.b.StatementDate
	case AnchorDue:
		return p.b.DueDate
	case AnchorGrace:
		return safe
	case AnchorDebit:
		return debitDay(p.b)
	case AnchorMilestone:
		if len(p.b.Milestones) == 0 {
			return 0
		}
		return p.b.Milestones[0].Day
	}
	return safe + 1
}

// debitDay is the day the issuer will debit the bill, unknown where it will
// not.
func debitDay(b *bill.Bill) bill.Day {
	switch {
	case !b.Autopay:
		return 0
	case b.DebitDay.Known():
		return b.DebitDay
	}
	return b.DueDate
}

func rank(a Anchor) int8 {
	switch a {
	case AnchorStatement:
		return 0
	case AnchorDue:
		return 1
	case AnchorGrace:
		return 2
	case AnchorLate:
		return 3
	case AnchorDebit:
		return 4
	}
	return 5
}

// repeats returns the offsets of the first and last repeat to look at: from
// the newest one that has passed, and from anything still undecided, to the
// horizon. Repeats that passed unseen long ago need no rows.
func (p *Planner) repeats(anchor bill.Day, every int) (first, last int) {
	behind := p.today - bill.Day(max(every, 40))
	ahead := bill.DayOf(p.until.In(p.zone))
	for i := range p.have {
		r := &p.have[i]
		if r.State != StatePlanned || r.Subject != p.subject(SubjectBill) {
			continue
		}
		day := bill.DayOf(r.StepAt.In(p.zone))
		behind, ahead = min(behind, day), max(ahead, day)
	}
	if behind > anchor {
		first = int(behind-anchor) / every * every
	}
	return first, int(ahead - anchor)
}

// resolve turns a step into an instant: on its day at its hour, off days off
// where paying needs a working day, before the deadline or, when late, not
// before it.
func (p *Planner) resolve(s *slot, a Anchor, offset int, anchor bill.Day, hour bill.Clock) {
	s.step, s.rank, s.date, s.why, s.into = stepName(a, offset), rank(a), anchor, whyDay, -1
	if a == AnchorDebit && offset > 0 {
		// Whether it was taken is not asked while the issuer may still say so.
		offset = max(offset, p.b.ConfirmDays)
	}
	s.own = anchor + bill.Day(offset)
	s.day = s.own
	if a != AnchorStatement {
		s.movedFrom = p.b.MovedFrom
		if p.b.NeedsWorkday && p.env.Workdays != nil && s.day < p.b.DueDate && !p.env.Workdays.IsWorkday(p.b.Calendar, s.day) {
			s.day, s.why = p.env.Workdays.Before(p.b.Calendar, s.day), whyWorkday
		}
	}
	s.stepAt = p.wall.at(s.day, hour)
	if p.deadline.IsZero() {
		return
	}
	switch late := a == AnchorLate; {
	case late && s.stepAt.Before(p.deadline):
		s.stepAt, s.why, s.shifted = p.deadline, whyLate, true
	case !late && !p.afterwards(a, s.own) && !s.stepAt.Before(p.deadline):
		s.stepAt, s.why, s.shifted = p.lastCall(), whyBefore, true
	default:
		return
	}
	s.day = bill.DayOf(s.stepAt.In(p.zone))
}

// afterwards reports whether a step belongs behind the last safe day: the
// question whether a debit was taken, and what comes of lateness.
func (p *Planner) afterwards(a Anchor, own bill.Day) bool {
	return (a == AnchorDebit || a == AnchorMilestone) && own > p.b.LastSafeDay
}

// lastCall is where a step goes that would come after the deadline: an hour
// before it, and out of quiet hours.
func (p *Planner) lastCall() time.Time {
	at := p.deadline.Add(-time.Hour)
	if p.env.Quiet != nil {
		return p.env.Quiet.Start(at)
	}
	return at
}

// place sets when a slot is to be sent while its instant is ahead.
func (p *Planner) place(s *slot) {
	t := s.stepAt
	if p.waits(t) {
		t, s.why = p.snoozeEnd, whySnooze
	}
	if s.why == whyBefore {
		s.at = t // already out of quiet hours, or at their very start
		if own, ok := p.env.QuietOf[p.channel]; ok {
			s.at = own.Start(t)
		}
		return
	}
	s.at = p.env.holdOn(p.channel, t, p.deadline)
	switch {
	case s.at.After(t):
		s.why = whyQuiet
	case s.at.Before(t):
		s.why = whyStart
	}
}

// waits reports whether a snooze holds a step of instant t: one that passes
// during the snooze, or one that passed before it and is still untold.
func (p *Planner) waits(t time.Time) bool {
	if !t.Before(p.snoozeEnd) {
		return false
	}
	return t.After(p.b.SnoozedAt) || p.now.Before(p.snoozeEnd)
}

// SnoozeEnd returns when the bill's snooze ends: as the owner said, but no
// later than 09:00 of the next day that counts and lies ahead of the command:
// the due day, the last safe day, the day of a debit and those on which
// lateness gets a consequence of its own. It is the zero time when the bill is
// not snoozed.
func SnoozeEnd(b *bill.Bill, env Env) time.Time {
	if b.SnoozedAt.IsZero() || !b.SnoozeUntil.After(b.SnoozedAt) || b.ReopenedAt.After(b.SnoozedAt) {
		return time.Time{}
	}
	end := b.SnoozeUntil
	nine, _ := bill.NewClock(defaultHour, 0)
	limit := func(day bill.Day) {
		if !day.Known() {
			return
		}
		if at := day.At(nine, env.zone()); at.After(b.SnoozedAt) && at.Before(end) {
			end = at
		}
	}
	limit(b.DueDate)
	limit(b.LastSafeDay)
	limit(debitDay(b))
	for _, m := range b.Milestones {
		limit(m.Day)
	}
	return end
}
