package plan

import (
	"slices"
	"time"

	"repayd/internal/bill"
)

// whySilence says that a channel is brought in because nobody answered.
const whySilence = "nobody answered"

// raised plans the part of the ladder that goes to further channels: from the
// named step on, or from the moment at which the silence has lasted.
func (p *Planner) raised(ladder []slot) {
	done := slices.Clone(p.policy.Channels)
	for i := range p.policy.Raises {
		raise := &p.policy.Raises[i]
		part := p.part(raise, ladder)
		for _, channel := range raise.Channels {
			if slices.Contains(done, channel) || len(part) == 0 {
				continue
			}
			done = append(done, channel)
			slots := append(p.slots[:0], part...)
			slots = p.leaveBehind(slots, channel)
			p.track(SubjectBill, channel, slots)
			p.slots = slots
		}
	}
}

// part is what of the ladder a raise tells; nothing while its time has no
// instant yet.
func (p *Planner) part(raise *Raise, ladder []slot) []slot {
	if raise.Silence == 0 {
		anchor := p.anchor(raise.From.Anchor)
		if !anchor.Known() {
			return nil
		}
		own, stage := anchor+bill.Day(raise.From.Offset), rank(raise.From.Anchor)
		for i := range ladder {
			if ladder[i].rank == stage && ladder[i].own == own || ladder[i].own > own {
				return ladder[i:]
			}
		}
		return nil
	}
	start, ok := p.silentSince()
	if !ok {
		return nil
	}
	start = start.Add(raise.Silence)
	next := 0
	for next < len(ladder) && !ladder[next].stepAt.After(start) {
		next++
	}
	if next == 0 {
		return ladder
	}
	part := slices.Clone(ladder[next-1:])
	part[0].stepAt, part[0].day, part[0].why = start, bill.DayOf(start.In(p.zone)), whySilence
	return part
}

// silentSince is when the bill was first told to one of the policy's own
// channels, while the owner has not said a word since.
func (p *Planner) silentSince() (time.Time, bool) {
	var first time.Time
	for i := range p.have {
		r := &p.have[i]
		if r.Subject.Kind == SubjectBill && r.State == StateAccepted && slices.Contains(p.policy.Channels, r.Channel) &&
			(first.IsZero() || r.StepAt.Before(first)) {
			first = r.StepAt
		}
	}
	return first, !first.IsZero() && p.b.AnsweredAt.Before(first)
}

// hears reports whether the policy ever speaks to the channel.
func (p *Policy) hears(channel string) bool {
	return slices.Contains(p.Channels, channel) ||
		slices.ContainsFunc(p.Raises, func(r Raise) bool { return slices.Contains(r.Channels, channel) })
}

// RaisesOnSilence reports whether any policy waits for an answer.
func RaisesOnSilence(policies []Policy) bool {
	return slices.ContainsFunc(policies, func(p Policy) bool {
		return slices.ContainsFunc(p.Raises, func(r Raise) bool { return r.Silence > 0 })
	})
}
