package plan

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/calendar"

	"pgregory.net/rapid"
)

// life is one bill through random time: the clock steps, letters are accepted
// or refused, the bill moves, is paid, reopened, snoozed, and the
// configuration changes.
type life struct {
	b    bill.Bill
	env  Env
	rows []Reminder
	sent []Reminder
	// twisted: something happened after which planning from scratch may
	// differ from planning in steps.
	twisted bool
}

func anyPolicy() *rapid.Generator[Policy] {
	return rapid.Custom(func(t *rapid.T) Policy {
		p := Policy{Name: "default"}
		p.At, _ = bill.NewClock(rapid.IntRange(0, 23).Draw(t, "hour"), 0)
		p.Channels = rapid.SampledFrom([][]string{{"me"}, {"me", "office"}, {"office"}}).Draw(t, "channels")
		for _, s := range rapid.SliceOfN(anyStep(), 1, 8).Draw(t, "steps") {
			if more := (Policy{Steps: append(slices.Clone(p.Steps), s), At: p.At}); len(more.Validate()) == 0 {
				p.Steps = more.Steps
			}
		}
		return p
	})
}

func newLife(t *rapid.T) *life {
	loc := rapid.SampledFrom([]string{"Asia/Shanghai", "Europe/Berlin", "America/New_York"})
	load := func(name string) *time.Location {
		l, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := &life{}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(t, "start")) * time.Minute)
	l.env = Env{Now: start, Zone: load(loc.Draw(t, "zone")), Policies: []Policy{anyPolicy().Draw(t, "policy")}}
	if rapid.Bool().Draw(t, "quiet") {
		from, _ := bill.NewClock(rapid.IntRange(0, 23).Draw(t, "from"), 0)
		to, _ := bill.NewClock(rapid.IntRange(0, 23).Draw(t, "to"), 0)
		l.env.Quiet = &calendar.Quiet{From: from, To: to, Zone: l.env.Zone}
	}
	today := bill.DayOf(start)
	l.b = bill.Bill{ID: "b1", Issuer: "bank", Zone: loc.Draw(t, "issuer zone"), Seen: start, Trust: bill.TrustVouched}
	l.b.DueDate = today + bill.Day(rapid.IntRange(-10, 30).Draw(t, "due"))
	l.b.LastSafeDay = l.b.DueDate + bill.Day(rapid.IntRange(0, 5).Draw(t, "grace"))
	if rapid.Bool().Draw(t, "statement") {
		l.b.StatementDate = l.b.DueDate - bill.Day(rapid.IntRange(0, 20).Draw(t, "statement day"))
	}
	if rapid.Bool().Draw(t, "cut-off") {
		l.b.CutOff, _ = bill.NewClock(rapid.IntRange(0, 24).Draw(t, "cut-off hour"), 0)
	}
	if rapid.Bool().Draw(t, "workday") {
		l.b.NeedsWorkday, l.env.Workdays = true, weekends{}
	}
	if rapid.Bool().Draw(t, "autopay") {
		l.b.Autopay = true
		l.b.DebitDay = l.b.DueDate + bill.Day(rapid.IntRange(-3, 3).Draw(t, "debit"))
		l.b.ConfirmDays = rapid.IntRange(0, 4).Draw(t, "confirmed within")
	}
	for range rapid.IntRange(0, 3).Draw(t, "milestones") {
		l.b.Milestones = append(l.b.Milestones, bill.Milestone{Name: bill.MilestoneFee, Day: l.b.LastSafeDay + bill.Day(rapid.IntRange(1, 6).Draw(t, "mday"))})
	}
	// In the order of their days, as the fold leaves them.
	slices.SortFunc(l.b.Milestones, func(a, b bill.Milestone) int { return int(a.Day - b.Day) })
	if rapid.Bool().Draw(t, "problem") {
		l.b.Problems, l.b.ProblemAt = []bill.Problem{{Field: bill.FieldAmountDue, Why: "two"}}, start
	}
	if rapid.Bool().Draw(t, "one more policy") {
		special := anyPolicy().Draw(t, "special")
		special.Match.Issuer = l.b.Issuer
		l.env.Policies = []Policy{special, l.env.Policies[0]}
	}
	return l
}

// deliver decides about what is due: the outbox in short.
func (l *life) deliver(t *rapid.T) {
	for i := range l.rows {
		r := &l.rows[i]
		due := r.State == StateInLetter || (r.State == StatePlanned && !r.At.After(l.env.Now))
		if !due {
			continue
		}
		if !l.b.Open() {
			r.State, r.Reason = StateCancelled, ReasonSettled // the outbox withdraws the letter
			continue
		}
		switch rapid.IntRange(0, 4).Draw(t, "fate") {
		case 0:
			r.State = StateInLetter
		case 1:
			r.State = StateFailed
		case 2, 3:
			r.State = StateAccepted
			l.sent = append(l.sent, *r)
		}
	}
}

func (l *life) happen(t *rapid.T) {
	switch rapid.IntRange(0, 15).Draw(t, "event") {
	case 0: // the date moves
		due := l.b.DueDate + bill.Day(rapid.IntRange(-9, 9).Draw(t, "by"))
		if due != l.b.DueDate {
			l.b.MovedFrom, l.b.MovedAt = l.b.DueDate, l.env.Now
			l.b.LastSafeDay += due - l.b.DueDate
			l.b.DueDate, l.twisted = due, true
		}
	case 1:
		if l.b.Open() {
			l.b.SettledAt = l.env.Now
		}
	case 2:
		if l.b.Open() {
			l.b.DroppedAt = l.env.Now
		}
	case 3, 4:
		if !l.b.Open() {
			l.b.SettledAt, l.b.DroppedAt, l.b.Replaced, l.b.ReopenedAt = time.Time{}, time.Time{}, time.Time{}, l.env.Now
			l.twisted = true
		}
	case 5:
		l.b.SnoozedAt = l.env.Now
		l.b.SnoozeUntil = l.env.Now.Add(time.Duration(rapid.IntRange(1, 96).Draw(t, "snooze")) * time.Hour)
		l.twisted = true
	case 6:
		l.env.Policies = []Policy{anyPolicy().Draw(t, "new policy")}
		l.twisted = true
	case 7: // the clock was ahead
		l.env.Now = l.env.Now.Add(-time.Duration(rapid.IntRange(1, 72).Draw(t, "back")) * time.Hour)
		l.twisted = true
	case 8:
		l.b.EarlierDue = l.b.DueDate - bill.Day(rapid.IntRange(1, 5).Draw(t, "earlier"))
	case 9:
		l.b.Problems, l.b.ProblemAt = []bill.Problem{{Field: bill.FieldAmountDue, Why: "two"}}, l.env.Now
	case 14:
		if l.b.Autopay {
			l.b.DebitDay += bill.Day(rapid.IntRange(-3, 3).Draw(t, "debit moves"))
			l.twisted = true
		}
	case 15:
		if l.b.Open() {
			l.b.Replaced = l.env.Now
		}
	case 10:
		l.b.Problems, l.b.ProblemAt = nil, time.Time{}
	}
}

func TestLives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t)
		for range rapid.IntRange(1, 12).Draw(t, "rounds") {
			l.plan(t)
			l.env.Now = l.env.Now.Add(time.Duration(rapid.IntRange(0, 3*24*60).Draw(t, "minutes")) * time.Minute)
			if rapid.Bool().Draw(t, "tick") {
				l.plan(t)
			}
			l.deliver(t)
			l.happen(t)
		}
		l.plan(t)
	})
}

// plan reconciles and checks everything that must hold after it.
func (l *life) plan(t *rapid.T) {
	before := slices.Clone(l.rows)
	changes := Reconcile(&l.b, l.rows, l.env)
	w := world{rows: l.rows}
	w.apply(changes)
	l.rows = w.rows
	if again := Reconcile(&l.b, l.rows, l.env); len(again) > 0 {
		t.Fatalf("planning again changes %+v", again)
	}
	l.checkKeys(t)
	l.checkLedger(t, before)
	l.checkPlanned(t)
	if l.b.Open() {
		l.checkLadder(t)
		l.checkScratch(t)
	}
}

// checkKeys: no two reminders share subject, step, channel and date.
func (l *life) checkKeys(t *rapid.T) {
	seen := map[key]bool{}
	for _, r := range l.rows {
		k := key{r.Subject.Kind, r.Step, r.Channel, r.Date}
		if seen[k] || r.ID != ID(r.Subject, r.Step, r.Channel, r.Date) {
			t.Fatalf("two of one key, or a wrong ID: %+v", r)
		}
		seen[k] = true
	}
}

// checkLedger: what was decided is as it was.
func (l *life) checkLedger(t *rapid.T, before []Reminder) {
	for i, r := range before {
		if now := l.rows[i]; (r.State == StateAccepted || r.State == StateFailed || r.State == StateInLetter) && now.State != r.State {
			t.Fatalf("%s %s was %s and is %s", r.Step, r.Date, r.State, now.State)
		}
	}
}

// checkPlanned: nothing about a closed bill; at most one passed step a
// channel; nothing inside quiet hours that could wait.
func (l *life) checkPlanned(t *rapid.T) {
	passed := map[string]int{}
	for _, r := range l.rows {
		if r.State != StatePlanned {
			continue
		}
		if !l.b.Open() {
			t.Fatalf("planned about a closed bill: %+v", r)
		}
		if r.Detail.Code == "" && !r.StepAt.After(l.env.Now) {
			passed[string(r.Subject.Kind)+r.Channel]++
		}
		if l.env.Quiet != nil && r.At.After(l.env.Now) && l.env.Quiet.Holds(r.At) {
			early := r.At.Equal(l.env.Quiet.Start(r.At)) && r.At.Before(r.Deadline)
			back := l.env.Quiet.Release(r.At)
			if !early || (back.Before(r.Deadline) && r.Why != whyBefore) {
				t.Fatalf("planned inside quiet hours: %+v", r)
			}
		}
		if r.Subject.Kind == SubjectBill && r.Detail.Code == "" && !r.StepAt.Equal(l.b.ReopenedAt) {
			step, err := ParseStep(r.Step)
			if err != nil {
				t.Fatal(err)
			}
			isLate := !r.StepAt.Before(l.b.Deadline())
			if l.onDate(r) && step.Anchor != AnchorDebit && step.Anchor != AnchorMilestone && isLate != (step.Anchor == AnchorLate) {
				t.Fatalf("%s at %s, deadline %s", r.Step, r.StepAt, l.b.Deadline())
			}
		}
	}
	for channel, n := range passed {
		if n > 1 {
			t.Fatalf("%d passed steps planned for %s", n, channel)
		}
	}
}

// onDate reports whether r hangs on one of the bill's own dates.
func (l *life) onDate(r Reminder) bool {
	return r.Date == l.b.DueDate || r.Date == l.b.LastSafeDay || r.Date == l.b.LastSafeDay+1 || r.Date == l.b.StatementDate
}

// checkLadder: every step of today's ladder up to now is accepted, visibly
// failed, on its way, planned, or folded into one that is.
func (l *life) checkLadder(t *rapid.T) {
	p := NewPlanner(l.env)
	p.begin(&l.b, l.rows)
	for _, channel := range p.policy.Channels {
		slots := p.leaveBehind(slices.Clone(p.ladder(p.policy)), channel)
		for _, s := range slots {
			if s.stepAt.After(p.env.Now.Add(DefaultHorizon)) {
				continue
			}
			i, ok := p.index[key{SubjectBill, s.step, channel, s.date}]
			if !ok {
				t.Fatalf("%s of %s at %s has no reminder to %s", s.step, s.date, s.stepAt, channel)
			}
			r := &l.rows[i]
			for hops := 0; r.State == StateFolded && hops < 100; hops++ {
				r = p.byID(r.FoldedInto)
			}
			if r.State == StateCancelled || r.State == StateFolded {
				t.Fatalf("%s of %s to %s ends in %+v", s.step, s.date, channel, r)
			}
		}
	}
}

// checkScratch: what lies ahead does not depend on how often planning ran.
func (l *life) checkScratch(t *rapid.T) {
	if l.twisted {
		return
	}
	ahead := func(rows []Reminder) map[string]string {
		m := map[string]string{}
		for _, r := range rows {
			if r.State == StatePlanned && r.At.After(l.env.Now) && r.StepAt.After(l.env.Now) && r.Subject.Kind == SubjectBill {
				m[r.ID] = fmt.Sprint(r.Step, " ", r.Channel, " ", r.At.Unix(), r.Why)
			}
		}
		return m
	}
	scratch, steps := ahead(Reconcile(&l.b, nil, l.env)), ahead(l.rows)
	if !maps.Equal(scratch, steps) {
		t.Fatalf("from scratch %v, in steps %v", scratch, steps)
	}
}

// An undisturbed bill whose letters all arrive is told each day's step once,
// in order, and no later than its step plus a day.
func TestUndisturbed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t)
		first := l.env.Now
		for range 20 * 4 {
			l.plan(t)
			for i := range l.rows {
				if r := &l.rows[i]; r.State == StatePlanned && !r.At.After(l.env.Now) {
					r.State = StateAccepted
					l.sent = append(l.sent, *r)
				}
			}
			l.env.Now = l.env.Now.Add(6 * time.Hour)
		}
		last := map[string]time.Time{}
		for _, r := range l.sent {
			if r.Subject.Kind != SubjectBill {
				continue
			}
			if !r.StepAt.After(last[r.Channel]) {
				t.Fatalf("%s at %s after %s", r.Step, r.StepAt, last[r.Channel])
			}
			last[r.Channel] = r.StepAt
			if r.StepAt.After(first) && r.At.Sub(r.StepAt) > 24*time.Hour {
				t.Fatalf("%s at %s waits until %s", r.Step, r.StepAt, r.At)
			}
		}
	})
}
