package bill

import (
	"strconv"
	"strings"
	"time"
)

// How long after a late settlement each task is due. The proof is asked for by
// everything that follows, so it comes first. Platforms do not restore a limit
// by themselves: it is asked for with the proof of payment (source article 002),
// once the payment is booked. No source says when a credit record shows a
// payment: 45 days are our choice, a month's report and two weeks.
const (
	proofAfter   = 1
	serviceAfter = 2
	limitAfter   = 3
	recordAfter  = 45
)

// Tasks are what is left to do about the bill besides paying it: while a case
// waits for an answer, to ask again; after settling late, what the platforms
// leave to the payer. loc is the owner's zone. Which of them are done is not
// known here.
func (b *Bill) Tasks(loc *time.Location) []Task {
	if k := b.Case; k != nil && k.State.Active() && b.Open() {
		return []Task{b.followUp(loc)}
	}
	from, late := b.endedLate(loc)
	if !late || b.Parent != "" {
		return nil // of a plan, the bill that it replaced has the tasks
	}
	args := map[string]string{"days_late": strconv.Itoa(int(from - b.DueDate)), "settled": from.String(), "paid": b.Paid.String()}
	tasks := []Task{b.task(TaskKeepProof, from+proofAfter, args), b.task(TaskCheckService, from+serviceAfter, args)}
	limit := map[string]string{"documents": "payment_receipt,bank_statement"}
	for k, v := range args {
		limit[k] = v
	}
	tasks = append(tasks, b.task(TaskAskLimit, from+limitAfter, limit), b.task(TaskCreditRecord, from+recordAfter, args))
	for i := range tasks {
		tasks[i].Tell = tasks[0].Due // all in one letter, the day after
	}
	return tasks
}

// endedLate reports whether the bill was settled after its last safe day, by
// itself or by the instalments that replaced it, and the day that was.
func (b *Bill) endedLate(loc *time.Location) (Day, bool) {
	if b.Case != nil && b.Case.State == CaseSettled && !b.Replaced.IsZero() {
		end := DayOf(b.Case.ChangedAt.In(loc))
		return end, b.LastSafeDay.Known() && end > b.LastSafeDay
	}
	_, late := b.SettledLate()
	return b.SettledDay, late
}

func (b *Bill) task(code string, due Day, args map[string]string) Task {
	return Task{ID: b.ID + ":" + code, Bill: b.ID, Code: code, Due: due, Args: args}
}

// How many days after each step of a case the next one is asked for, where the
// owner gave no day: talks are best begun at once, an answer takes a few days.
var followUpAfter = map[CaseState]Day{CasePreparing: 1, CaseContacted: 1, CaseRequested: 3, CaseWaiting: 3}

// followUp reminds of the next step of a case. Its id carries the day of the
// step, so that a task done stays done when the case goes on.
func (b *Bill) followUp(loc *time.Location) Task {
	k := b.Case
	due := k.FollowUp
	if !due.Known() {
		due = DayOf(k.ChangedAt.In(loc)) + followUpAfter[k.State]
	}
	t := b.task(TaskFollowUp, due, map[string]string{"state": string(k.State), "since": DayOf(k.ChangedAt.In(loc)).String()})
	t.ID = strings.Join([]string{t.ID, string(k.State), due.String()}, ":")
	return t
}
