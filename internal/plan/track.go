package plan

import (
	"crypto/sha256"
	"encoding/base32"
	"maps"
	"slices"
	"strconv"
	"time"

	"repayd/internal/bill"
)

// track decides about the steps of one subject on one channel. slots are
// ladder steps in the order of their instants, then those that stand alone.
func (p *Planner) track(kind SubjectKind, channel string, slots []slot) {
	p.channel = channel
	for i := range slots {
		s := &slots[i]
		if at, ok := p.index[key{kind, s.step, channel, s.date}]; ok {
			s.row, s.id = &p.have[at], p.have[at].ID
			p.matched[at] = true
		}
		p.place(s)
	}
	foldDays(slots)
	heads := p.standing(slots)
	newest := p.foldPassed(slots, heads)
	p.foldHeld(slots, heads, newest)
	for i := range slots {
		p.write(kind, channel, slots, i)
	}
}

// foldDays lets one step of each day stand and folds the others into it: one
// that is told already, else one on its own day before one that was moved
// there, then in the order statement, due, grace, late, then the earlier.
func foldDays(slots []slot) {
	for i := range slots {
		if slots[i].alone {
			continue
		}
		for j := i - 1; j >= 0 && slots[j].day == slots[i].day; j-- {
			if slots[j].into >= 0 || slots[j].alone {
				continue
			}
			if better(&slots[i], &slots[j]) {
				refold(slots, j, i)
				continue
			}
			slots[i].into = int32(j)
			break
		}
	}
}

// refold folds slot from into slot to, and with it what was folded into from.
func refold(slots []slot, from, to int) {
	for k := range slots {
		if int(slots[k].into) == from {
			slots[k].into = int32(to)
		}
	}
	slots[from].into = int32(to)
}

func better(a, b *slot) bool {
	if at, bt := a.told(), b.told(); at != bt {
		return at
	}
	if a.shifted != b.shifted {
		return b.shifted
	}
	return a.rank < b.rank
}

// told reports whether the step is or may already be in the owner's hands.
func (s *slot) told() bool {
	return s.row != nil && (s.row.State == StateAccepted || s.row.State == StateInLetter)
}

// standing lists the slots that stand for themselves in the order in which they
// fall due.
func (p *Planner) standing(slots []slot) []int {
	heads := p.heads[:0]
	for i := range slots {
		if slots[i].into < 0 {
			heads = append(heads, i)
		}
	}
	slices.SortStableFunc(heads, func(a, b int) int { return slots[a].due().Compare(slots[b].due()) })
	p.heads = heads
	return heads
}

// foldPassed folds the passed steps that nobody decided yet into the newest
// passed one, and returns that one's place among heads, -1 when none passed.
func (p *Planner) foldPassed(slots []slot, heads []int) (newest int) {
	newest = -1
	for h, i := range heads {
		if !slots[i].due().After(p.now) {
			newest = h
		}
	}
	if newest < 0 {
		return newest
	}
	for _, i := range heads[:newest] {
		if !p.decided(&slots[i]) {
			slots[i].into = int32(heads[newest])
		}
	}
	p.hurry(&slots[heads[newest]])
	return newest
}

// hurry sets when a passed step is sent: as it is planned already, when the
// quiet hours or the snooze that hold it end, else at once.
func (p *Planner) hurry(s *slot) {
	r := s.row
	switch {
	case s.at.After(p.now):
		return
	case r != nil && r.State == StatePlanned && r.StepAt.Equal(s.stepAt) && !r.At.After(p.now):
		s.at, s.why = r.At, r.Why
		return
	}
	now := p.now.Truncate(time.Second)
	s.at = p.env.holdOn(p.channel, now, p.deadline)
	switch {
	case s.at.After(now):
		s.why = whyQuiet
	case s.why == whyReopened || s.why == whyReview || s.why == whyBacklog || s.why == whyEarlier:
		s.at = now
	case now.Sub(s.stepAt) < time.Minute && s.why == whyDay:
		s.at = now
	default:
		s.at, s.why = now, whyPassed
	}
}

// foldHeld folds a step that is held until the next one is due into that one:
// they would leave together.
func (p *Planner) foldHeld(slots []slot, heads []int, newest int) {
	next := -1
	for h := len(heads) - 1; h >= max(newest, 0); h-- {
		s := &slots[heads[h]]
		if p.decided(s) || s.due().After(p.until) {
			continue
		}
		if next >= 0 && !s.at.Before(slots[next].due()) && s.at.After(s.stepAt) {
			refold(slots, heads[h], next)
			continue
		}
		next = heads[h]
	}
}

// decided reports whether what became of the slot is final.
func (p *Planner) decided(s *slot) bool {
	if s.row == nil {
		return false
	}
	switch s.row.State {
	case StateAccepted, StateInLetter, StateFailed:
		return true
	case StateFolded:
		return !s.due().After(p.now) && p.stands(s.row)
	}
	return false
}

// stands reports whether a fold still holds: what the reminder was folded
// into, in the end, is told, being told, or visibly failed, and not by a clock
// that ran ahead of now.
func (p *Planner) stands(r *Reminder) bool {
	for range p.have {
		r = p.byID(r.FoldedInto)
		switch {
		case r == nil:
			return true // history that is no longer kept
		case r.State == StateCancelled || r.State == StatePlanned:
			return false
		case r.State != StateFolded:
			return !r.At.After(p.now) || !r.StepAt.After(p.now)
		}
	}
	return true
}

func (p *Planner) byID(id string) *Reminder {
	for i := range p.have {
		if p.have[i].ID == id {
			return &p.have[i]
		}
	}
	return nil
}

// write puts what is wanted of a slot into the result where it differs from
// what exists.
func (p *Planner) write(kind SubjectKind, channel string, slots []slot, i int) {
	s := &slots[i]
	if p.decided(s) || (s.row == nil && s.due().After(p.until)) {
		return
	}
	want := Reminder{Subject: p.subject(kind), Step: s.step, Channel: channel, Date: s.date,
		StepAt: s.stepAt, At: s.at, Why: s.why, State: StatePlanned,
		MovedFrom: s.movedFrom, Deadline: p.deadline}
	if s.earlier {
		want.Detail.Code = earlierDue
	}
	want.ID = s.name(want.Subject, channel)
	if s.into >= 0 {
		head := &slots[s.into]
		for head.into >= 0 {
			head = &slots[head.into]
		}
		want.State, want.FoldedInto = StateFolded, head.name(want.Subject, channel)
	}
	if s.row == nil || !same(s.row, &want) {
		p.out = append(p.out, want)
	}
}

// name returns the slot's ID and keeps it.
func (s *slot) name(subject Subject, channel string) string {
	if s.id == "" {
		s.id = ID(subject, s.step, channel, s.date)
	}
	return s.id
}

// ID is the stable name of a reminder: 16 letters and digits made of its key.
func ID(subject Subject, step, channel string, date bill.Day) string {
	var space [192]byte
	text := strconv.AppendInt(space[:0], int64(date), 10)
	for _, part := range [4]string{string(subject.Kind), subject.ID, step, channel} {
		text = strconv.AppendInt(append(text, ' '), int64(len(part)), 10)
		text = append(append(text, ' '), part...)
	}
	sum := sha256.Sum256(text)
	var name [16]byte
	idLetters.Encode(name[:], sum[:10])
	return string(name[:])
}

// idLetters are easy to read out and to select: no 0, 1, 8 and 9.
var idLetters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func same(a, b *Reminder) bool {
	if a.State == StateFolded && b.State == StateFolded {
		return a.FoldedInto == b.FoldedInto && a.StepAt.Equal(b.StepAt)
	}
	return a.State == b.State && a.StepAt.Equal(b.StepAt) && a.At.Equal(b.At) && a.Why == b.Why &&
		a.MovedFrom == b.MovedFrom && a.Deadline.Equal(b.Deadline) &&
		a.Detail.Code == b.Detail.Code && maps.Equal(a.Detail.Args, b.Detail.Args)
}
