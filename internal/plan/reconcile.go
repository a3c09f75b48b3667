package plan

import (
	"slices"
	"time"

	"repayd/internal/bill"
)

// Reconcile returns every reminder about the bill that must be written: new,
// changed, folded and cancelled ones, each complete. What need not change is
// not returned, so that applying the result and calling again returns nothing.
// Of have, only reminders about this bill count.
//
// What has been accepted, has failed or is in a letter never changes here.
// A planned reminder is a cache, and so is a folded one whose instant is
// ahead, or whose fold came to nothing: the one it was folded into was
// cancelled or went back to lie ahead.
func Reconcile(b *bill.Bill, have []Reminder, env Env) []Reminder {
	return NewPlanner(env).Reconcile(b, have)
}

// Planner reconciles many bills at one instant; it keeps its work space from
// bill to bill. It is for one goroutine at a time.
type Planner struct {
	env   Env
	now   time.Time
	zone  *time.Location
	wall  wall
	today bill.Day
	until time.Time // end of what is planned ahead

	// The bill in hand.
	b        *bill.Bill
	deadline time.Time
	// snoozeEnd is zero when the bill is not snoozed.
	snoozeEnd time.Time
	policy    *Policy // of the bill; reviews and backlogs use the default
	channel   string  // of the track in hand
	have      []Reminder
	matched   []bool // of have: stands for a step of today's ladder
	index     map[key]int

	out          []Reminder
	steps, slots []slot
	heads        []int
}

// NewPlanner returns a planner for the instant env.Now.
func NewPlanner(env Env) *Planner {
	p := &Planner{env: env, now: env.Now, zone: env.zone(), until: env.planned(), index: map[key]int{}}
	p.wall = newWall(p.now.In(p.zone))
	p.today = bill.DayOf(p.now.In(p.zone))
	return p
}

// Reconcile does what the function of that name does.
func (p *Planner) Reconcile(b *bill.Bill, have []Reminder) []Reminder {
	if len(p.env.Policies) == 0 {
		return nil
	}
	p.begin(b, have)
	switch {
	case !b.Open():
		p.close()
	case b.Unconfirmed():
		p.backlog()
	default:
		if p.inReview() {
			p.review()
		}
		if b.DueDate.Known() {
			p.bill()
		}
	}
	p.cancelRest()
	return slices.Clone(p.out)
}

func (p *Planner) begin(b *bill.Bill, have []Reminder) {
	p.b, p.have, p.out = b, have, p.out[:0]
	p.deadline, p.snoozeEnd, p.policy = b.Deadline(), SnoozeEnd(b, p.env), Pick(p.env.Policies, b)
	p.matched = append(p.matched[:0], make([]bool, len(have))...)
	clear(p.index)
	for i := range have {
		if r := &have[i]; p.mine(r) {
			p.index[key{r.Subject.Kind, r.Step, r.Channel, r.Date}] = i
		}
	}
}

// key is what no two reminders of one bill share.
type key struct {
	kind          SubjectKind
	step, channel string
	date          bill.Day
}

func (p *Planner) mine(r *Reminder) bool {
	switch r.Subject.Kind {
	case SubjectBill, SubjectReview, SubjectBacklog:
		return r.Subject.ID == p.b.ID
	}
	return false
}

func (p *Planner) subject(kind SubjectKind) Subject { return Subject{Kind: kind, ID: p.b.ID} }

// bill plans the ladder to every channel of the bill's policy.
func (p *Planner) bill() {
	ladder := p.ladder(p.policy)
	for _, channel := range p.policy.Channels {
		slots := append(p.slots[:0], ladder...) // a track writes into its slots
		s, ok := p.reopened(ladder, channel)
		slots = p.leaveBehind(slots, channel)
		if ok {
			slots = append(slots, s)
		}
		p.track(SubjectBill, channel, slots)
		p.slots = slots
		if s, ok := p.earlier(); ok {
			p.track(SubjectBill, channel, []slot{s})
		}
	}
	p.raised(ladder)
}

// leaveBehind drops the steps of a ladder that moved later which were past at
// the move: they were told, or are told soon, under the date it moved from.
// A channel that has heard nothing of that date starts like a new one.
func (p *Planner) leaveBehind(slots []slot, channel string) []slot {
	if !p.b.MovedFrom.Known() || p.b.MovedFrom >= p.b.DueDate || !p.knew(slots, channel) {
		return slots
	}
	kept := slots[:0]
	for _, s := range slots {
		gone := s.rank > rank(AnchorStatement) && !s.stepAt.After(p.b.MovedAt)
		if _, exists := p.index[key{SubjectBill, s.step, channel, s.date}]; exists || !gone {
			kept = append(kept, s)
		}
	}
	return kept
}

// knew reports whether the channel has a step of the ladder under a date
// other than today's.
func (p *Planner) knew(slots []slot, channel string) bool {
	for i := range p.have {
		r := &p.have[i]
		if r.Channel != channel || r.Subject != p.subject(SubjectBill) {
			continue
		}
		for j := range slots {
			if slots[j].step == r.Step && slots[j].date != r.Date {
				return true
			}
		}
	}
	return false
}

// reopened is the extra telling that a bill taken for settled is open again:
// the newest step that had passed (the first one when none had), at once, on
// the day of the reopening because its own key may be spent.
func (p *Planner) reopened(ladder []slot, channel string) (slot, bool) {
	if p.b.ReopenedAt.IsZero() || len(ladder) == 0 || p.b.ReopenedAt.After(p.now) {
		return slot{}, false
	}
	at := p.b.ReopenedAt.Truncate(time.Second)
	s := ladder[0]
	for _, l := range ladder {
		if !l.stepAt.After(at) {
			s = l
		}
	}
	day := bill.DayOf(at.In(p.zone))
	for onLadder(ladder, &Reminder{Step: s.step, Date: day}) {
		day++ // a key of the ladder: the step's own, or another milestone's
	}
	s.date, s.day, s.stepAt, s.why, s.shifted, s.alone = day, bill.DayOf(at.In(p.zone)), at, whyReopened, false, true
	// Told once: a ladder that has changed since does not tell it again.
	for i := range p.have {
		r := &p.have[i]
		if r.Channel == channel && r.Subject == p.subject(SubjectBill) && r.StepAt.Equal(at) && !onLadder(ladder, r) {
			s.step, s.date = r.Step, r.Date
			break
		}
	}
	return s, true
}

func onLadder(ladder []slot, r *Reminder) bool {
	for i := range ladder {
		if ladder[i].step == r.Step && ladder[i].date == r.Date {
			return true
		}
	}
	return false
}

// earlier is the extra reminder on the earlier due date that an unverified
// notice claims.
func (p *Planner) earlier() (slot, bool) {
	day := p.b.EarlierDue
	if !day.Known() || day >= p.b.DueDate {
		return slot{}, false
	}
	return slot{step: string(AnchorDue), rank: rank(AnchorDue), date: day, day: day,
		stepAt: p.wall.at(day, hourOf(Step{}, p.policy.At)), why: whyEarlier,
		earlier: true, into: -1}, true
}

// inReview reports whether something about the bill is not certain.
func (p *Planner) inReview() bool { return len(p.b.Problems) > 0 || !p.b.DueDate.Known() }

// review tells that the bill could not be read with certainty: at once, on
// the third and on the seventh day.
func (p *Planner) review() {
	at := p.b.ProblemAt
	if at.IsZero() {
		at = p.b.Seen
	}
	at = at.Truncate(time.Second)
	policy := p.env.fallback()
	day := bill.DayOf(at.In(p.zone))
	first := slot{step: "review", date: day, day: day, stepAt: at, why: whyReview, into: -1}
	for _, channel := range policy.Channels {
		slots := []slot{first, first, first}
		for i, days := range [3]int{0, 3, 7} {
			if days == 0 {
				continue
			}
			slots[i].step = makeName("review", days)
			slots[i].day += bill.Day(days)
			slots[i].stepAt = p.wall.at(slots[i].day, hourOf(Step{}, policy.At))
		}
		p.track(SubjectReview, channel, slots)
	}
}

// backlog tells of an old bill of which only the owner knows whether it is
// still owed; the outbox gathers them when the first reading has ended.
func (p *Planner) backlog() {
	at := p.b.Backlog.Truncate(time.Second)
	day := bill.DayOf(at.In(p.zone))
	for _, channel := range p.env.fallback().Channels {
		p.track(SubjectBacklog, channel, []slot{
			{step: "backlog", date: day, day: day, stepAt: at, why: whyBacklog, into: -1},
		})
	}
}

// close cancels what is planned about a bill that is settled or dropped.
func (p *Planner) close() {
	reason := ReasonSettled
	if !p.b.DroppedAt.IsZero() || !p.b.Replaced.IsZero() {
		reason = ReasonDropped
	}
	for i := range p.have {
		if r := &p.have[i]; p.mine(r) && r.State == StatePlanned {
			p.matched[i] = true
			p.cancel(r, reason)
		}
	}
}

// cancelRest cancels what is planned but no longer follows from the bill.
func (p *Planner) cancelRest() {
	for i := range p.have {
		if r := &p.have[i]; !p.matched[i] && p.mine(r) && r.State == StatePlanned && r.For == "" {
			p.cancel(r, p.reason(r))
		}
	}
}

func (p *Planner) cancel(r *Reminder, reason Reason) {
	c := *r
	c.State, c.Reason, c.FoldedInto = StateCancelled, reason, ""
	p.out = append(p.out, c)
}

// reason says why a planned reminder is no longer wanted: its subject came to
// an end, the policy changed, or its date did.
func (p *Planner) reason(r *Reminder) Reason {
	policy := p.env.fallback()
	switch r.Subject.Kind {
	case SubjectReview:
		if !p.inReview() || p.b.Unconfirmed() {
			return ReasonSettled
		}
	case SubjectBacklog:
		if !p.b.Unconfirmed() {
			return ReasonSettled
		}
	default:
		policy = p.policy
		if !policy.has(r.Step) {
			return ReasonPolicy
		}
	}
	if policy.hears(r.Channel) {
		return ReasonMoved
	}
	return ReasonPolicy
}

// has reports whether a step of that name belongs to the policy's ladder.
func (p *Policy) has(name string) bool {
	step, err := ParseStep(name)
	if err != nil {
		return false
	}
	for _, s := range p.Steps {
		if sameDay(s, step) {
			return true
		}
	}
	return false
}
