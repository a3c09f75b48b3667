package plan

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
)

// Future is a letter that is still to come, as `plan --json` shows it.
type Future struct {
	// At is in the owner's zone, to the second.
	At      time.Time    `json:"at"`
	Channel string       `json:"channel"`
	Steps   []FutureStep `json:"steps"`
	// Why says why then, one phrase for each reason its reminders have.
	Why string `json:"why"`
}

// FutureStep is one reminder of a letter to come. Bill is empty where it is
// about the daemon itself.
type FutureStep struct {
	Bill string `json:"bill"`
	Step string `json:"step"`
}

// Next returns the earliest planned reminder of rows, nil when there is none;
// of equal instants the earlier step.
func Next(rows []Reminder) *Reminder {
	var next *Reminder
	for i := range rows {
		r := &rows[i]
		if r.State != StatePlanned {
			continue
		}
		if next == nil || r.At.Before(next.At) || (r.At.Equal(next.At) && r.StepAt.Before(next.StepAt)) {
			next = r
		}
	}
	return next
}

// Letters groups planned reminders into the letters they will make: one a
// channel, instant and type, in the order of time. What is due already shows
// at the instant at which it may leave.
func Letters(rows []Reminder, env Env) []Future {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r Reminder) bool { return r.State != StatePlanned })
	for i := range rows {
		at := rows[i].At
		if at.Before(env.Now) {
			if at = env.holdOn(rows[i].Channel, env.Now, rows[i].Deadline); at.Before(env.Now) {
				at = env.Now
			}
		}
		rows[i].At = at.In(env.zone()).Truncate(time.Second)
	}
	slices.SortStableFunc(rows, func(a, b Reminder) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Subject.Kind, b.Subject.Kind),
			a.StepAt.Compare(b.StepAt), cmp.Compare(a.Subject.ID, b.Subject.ID), cmp.Compare(a.Step, b.Step))
	})
	letters := []Future{}
	for first := 0; first < len(rows); {
		last := first + 1
		for last < len(rows) && rows[last].At.Equal(rows[first].At) &&
			rows[last].Channel == rows[first].Channel && rows[last].Subject.Kind == rows[first].Subject.Kind {
			last++
		}
		letters = append(letters, future(rows[first:last]))
		first = last
	}
	return letters
}

func future(rows []Reminder) Future {
	f := Future{At: rows[0].At, Channel: rows[0].Channel}
	var whys []string
	for _, r := range rows {
		s := FutureStep{Step: r.Step}
		switch r.Subject.Kind {
		case SubjectBill, SubjectReview, SubjectBacklog:
			s.Bill = r.Subject.ID
		}
		f.Steps = append(f.Steps, s)
		if r.Why != "" && !slices.Contains(whys, r.Why) {
			whys = append(whys, r.Why)
		}
	}
	f.Why = strings.Join(whys, "; ")
	return f
}

// Warning makes the reminders that tell the default policy's channels about
// the daemon itself: id names the trouble ("mailbox:shop"), code and args the
// text. One trouble is told once a day; quiet hours hold it.
func Warning(id string, at time.Time, code string, args map[string]string, env Env) []Reminder {
	return WarningBy(env.ways(""), id, at, code, args, env)
}

// WarningBut is Warning by every way but a channel that does not deliver. Where
// it is the only default one, another takes its place, if there is any.
func WarningBut(except, id string, at time.Time, code string, args map[string]string, env Env) []Reminder {
	return WarningBy(env.ways(except), id, at, code, args, env)
}

// WarningBy is Warning by the given channels.
func WarningBy(channels []string, id string, at time.Time, code string, args map[string]string, env Env) []Reminder {
	at = at.Truncate(time.Second)
	rows := make([]Reminder, 0, len(channels))
	for _, channel := range channels {
		r := Reminder{Subject: Subject{SubjectDaemon, id}, Step: "warning", Channel: channel,
			Date: bill.DayOf(at.In(env.zone())), StepAt: at, At: env.holdOn(channel, at, time.Time{}), State: StatePlanned,
			Why: "the daemon is ill", Detail: Detail{Code: code, Args: args}}
		if r.At.After(at) {
			r.Why = whyQuiet
		}
		r.ID = ID(r.Subject, r.Step, r.Channel, r.Date)
		rows = append(rows, r)
	}
	return rows
}

// Digest makes the reminders of the overview of all open bills that was
// scheduled for at. Asking for the same one again gives the same reminders.
func Digest(channels []string, at time.Time, env Env) []Reminder {
	at = at.Truncate(time.Second)
	rows := make([]Reminder, 0, len(channels))
	for _, channel := range channels {
		r := Reminder{Subject: Subject{SubjectDigest, at.UTC().Format(time.RFC3339)}, Step: "digest", Channel: channel,
			Date: bill.DayOf(at.In(env.zone())), StepAt: at, At: env.holdOn(channel, at, time.Time{}), State: StatePlanned, Why: "scheduled"}
		r.ID = ID(r.Subject, r.Step, r.Channel, r.Date)
		rows = append(rows, r)
	}
	return rows
}

// Alive makes the reminders of the regular word that all is well, which args
// spell out. Asking for the same one again gives the same reminders.
func Alive(channels []string, at time.Time, args map[string]string, env Env) []Reminder {
	rows := Digest(channels, at, env)
	for i := range rows {
		r := &rows[i]
		r.Subject.Kind, r.Step, r.Detail = SubjectAlive, "alive", Detail{Code: "alive", Args: args}
		r.ID = ID(r.Subject, r.Step, r.Channel, r.Date)
	}
	return rows
}

// Test makes the reminder behind `send --test`: at once, and a new one each
// time, because somebody waits for it.
func Test(channel string, at time.Time) Reminder {
	r := Reminder{Subject: Subject{SubjectTest, at.UTC().Format(time.RFC3339Nano)}, Step: "test", Channel: channel,
		Date: bill.DayOf(at), StepAt: at, At: at, State: StatePlanned, Why: "asked for"}
	r.ID = ID(r.Subject, r.Step, r.Channel, r.Date)
	return r
}

// onTime is how much later than its step a letter may leave without saying
// so: letters gather, and a tick takes up to a minute.
const onTime = 5 * time.Minute

// ItemOf shows a reminder as part of a letter that leaves at now; b is nil
// where it is about no bill. loc is the owner's zone.
func ItemOf(r Reminder, b *bill.Bill, origin Origin, now time.Time, loc *time.Location) Item {
	it := Item{Reminder: r.ID, Subject: r.Subject, Step: r.Step, MovedFrom: r.MovedFrom, Detail: r.Detail, Deadline: r.Deadline}
	if late := now.Sub(r.StepAt); late >= onTime {
		it.LateBy = int(late / time.Minute)
	}
	if b == nil {
		return it
	}
	row := RowOf(b, now, loc, nil)
	it.Bill, it.Name, it.Source = &row, cmp.Or(b.IssuerName, b.Issuer), origin
	it.Deadline, it.Autopay, it.Penalty = b.Deadline(), b.Autopay, b.Penalty.Decimal()
	it.EarlierDue, it.Problems = b.EarlierDue, b.Problems
	it.DebitDay = debitDay(b)
	if b.Case != nil {
		it.Case = string(b.Case.State)
	}
	if m := nextMilestone(r, b, bill.DayOf(now.In(loc))); m != nil {
		it.Milestone, it.MilestoneDay = m.Name, m.Day
	}
	return it
}

// milestoneNear is for how many days before a milestone every letter about the
// bill speaks of it: a step of its own may be folded into another's.
const milestoneNear = 3

// nextMilestone is the milestone that r is about, else one that is near, nil
// where neither is.
func nextMilestone(r Reminder, b *bill.Bill, today bill.Day) *bill.Milestone {
	own := strings.HasPrefix(r.Step, string(AnchorMilestone))
	for i := range b.Milestones {
		m := &b.Milestones[i]
		if own && m.Day == r.Date || !own && b.LastSafeDay.Known() && today > b.LastSafeDay && m.Day >= today && m.Day <= today+milestoneNear {
			return m
		}
	}
	return nil
}
