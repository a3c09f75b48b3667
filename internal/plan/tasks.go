package plan

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"repayd/internal/bill"
)

const (
	// taskStale is for how many days after its due day a task is worth a first
	// word: an old mailbox that is read for the first time, or a daemon that was
	// off for long, shall not tell of what was to be done months ago.
	taskStale = 30
	// taskAhead is how many days ahead tasks are planned; they are looked at
	// every day.
	taskAhead = 1
	// week is between one word about a task and the next, in days.
	week = 7
)

// taskStep is what a task is told of at, by the days since the first word.
type taskStep struct {
	name string
	days bill.Day
}

// DueTasks brings the reminders about tasks that are not done up to date: at
// the hour of the task's own schedule (Args "at", HH:MM), else of the default
// policy, on the channels of that policy. A task is told three times at most:
// on its day, or the day it is first to be told of, and weekly after that; one
// that is due a week later than first told is told of again when it is due. Of
// the steps that have passed only the newest is told. Reminders of tasks that
// are done or gone are ended. have are all reminders of these
// tasks and every one about tasks that is planned or in a letter; what is
// returned is to be put.
func DueTasks(tasks []bill.Task, have []Reminder, env Env) []Reminder {
	policy := env.fallback()
	if policy == nil {
		return nil
	}
	var out []Reminder
	wanted, open := map[string]bool{}, map[string]bill.Day{}
	today := bill.DayOf(env.Now.In(env.zone()))
	for _, t := range tasks {
		open[t.ID] = t.Due
		step, ok := stepOf(t, today)
		if !ok {
			continue
		}
		for _, channel := range policy.Channels {
			r := taskReminder(t, step, channel, policy, env)
			wanted[r.ID] = true
			if !slices.ContainsFunc(have, func(h Reminder) bool { return h.ID == r.ID }) {
				out = append(out, r)
			}
		}
	}
	for _, h := range have {
		waits := h.State == StatePlanned || h.State == StateInLetter
		first := stoodFor(h, have)
		if h.Subject.Kind != SubjectTask || !waits || wanted[first.ID] {
			continue
		}
		h.Reason = ReasonSettled
		switch due, is := open[h.Subject.ID]; {
		case !is:
		case !slices.Contains(policy.Channels, first.Channel):
			h.Reason = ReasonPolicy
		case due != h.Date:
			h.Reason = ReasonMoved
		default:
			continue // the first word is late itself, and still on its way
		}
		h.State = StateCancelled
		out = append(out, h)
	}
	return out
}

// stepOf is the step of a task that is to be told by today, or tomorrow.
func stepOf(t bill.Task, today bill.Day) (taskStep, bool) {
	first := t.First()
	second := max(first+week, t.Due)
	for _, day := range [3]bill.Day{second + week, second, first} {
		if today+taskAhead < day {
			continue
		}
		name := "task"
		if day > first {
			name += "+" + strconv.Itoa(int(day-first)) + "d"
		}
		return taskStep{name, day - first}, today <= t.Due+taskStale
	}
	return taskStep{}, false
}

func taskReminder(t bill.Task, step taskStep, channel string, policy *Policy, env Env) Reminder {
	hour := hourOf(Step{}, policy.At)
	if at, err := bill.ParseClock(t.Args["at"]); err == nil {
		hour = at
	}
	args := maps.Clone(t.Args)
	if args == nil {
		args = map[string]string{}
	}
	delete(args, "at")
	args["due"], args["bill"] = t.Due.String(), t.Bill
	at := (t.First() + step.days).At(hour, env.zone())
	r := Reminder{Subject: Subject{SubjectTask, t.ID}, Step: step.name, Channel: channel, Date: t.Due, StepAt: at,
		At: env.holdOn(channel, at, time.Time{}), State: StatePlanned, Why: "something is to be done", Detail: Detail{Code: t.Code, Args: args}}
	if r.At.After(at) {
		r.Why = whyQuiet
	}
	r.ID = ID(r.Subject, r.Step, r.Channel, r.Date)
	return r
}
