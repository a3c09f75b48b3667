package daemon

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// ownTask is the code of a task that the owner configured; Args "text" is its name.
const ownTask = "own"

// ErrUnknownTask is returned for a task that there is not, or that is done.
var ErrUnknownTask = errors.New("no such task")

// Tasks are the tasks that are not done, by due day: those that bills leave
// behind, and the owner's own. Of a recurring one that is the latest time it
// came; before it first comes, it is none.
func Tasks(tx *store.Tx, cfg *config.Config) ([]bill.Task, error) {
	const batch = 500
	var all []bill.Task
	for after, n := "", batch; n == batch; {
		bills, err := tx.EachBill(false, after, batch)
		if err != nil {
			return nil, err
		}
		n = len(bills)
		for _, b := range bills {
			after = b.ID
			all = append(all, b.Tasks(cfg.Zone)...)
		}
	}
	return undone(tx, cfg, all)
}

// undone adds the owner's own tasks to those of bills, takes out what is done,
// and sorts the rest.
func undone(tx *store.Tx, cfg *config.Config, ofBills []bill.Task) ([]bill.Task, error) {
	own, err := ownTasks(tx, cfg)
	if err != nil {
		return nil, err
	}
	done, err := tx.DoneTasks()
	if err != nil {
		return nil, err
	}
	all := slices.DeleteFunc(append(ofBills, own...), func(t bill.Task) bool { _, is := done[t.ID]; return is })
	slices.SortStableFunc(all, func(a, b bill.Task) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// taskFact is since when a task with that schedule is known: what its schedule
// gave before that was never asked for.
func taskFact(t config.Task) string { return "task:since:" + t.Name + "\n" + t.Spec }

// ownTasks are the latest occurrences of the owner's recurring tasks.
func ownTasks(tx *store.Tx, cfg *config.Config) ([]bill.Task, error) {
	now := tx.Now().In(cfg.Zone)
	var out []bill.Task
	for _, t := range cfg.Tasks {
		text, known, err := tx.Fact(taskFact(t))
		if err != nil {
			return nil, err
		}
		since, err := time.Parse(time.RFC3339, text)
		if !known || err != nil {
			continue // the daemon has not seen it yet
		}
		if at := latest(t, since.In(cfg.Zone), now); !at.IsZero() {
			out = append(out, ownAt(t, at))
		}
	}
	return out, nil
}

// latest is when a task last came, up to the end of today, so that it is
// planned before its hour; zero where it has not.
func latest(t config.Task, since, now time.Time) time.Time {
	// A schedule that comes at all comes within a few years; one that comes
	// daily is not followed for longer than a task is told of.
	if from := now.AddDate(-9, 0, 0); since.Before(from) {
		since = from
	}
	until := bill.DayOf(now).End(now.Location())
	var at time.Time
	for next := t.Schedule.Next(since); !next.IsZero() && next.Before(until); next = t.Schedule.Next(next) {
		at = next
	}
	return at
}

func ownAt(t config.Task, at time.Time) bill.Task {
	day := bill.DayOf(at)
	return bill.Task{ID: bill.NewID("task:" + t.Name + ":" + day.String()), Code: ownTask, Due: day,
		Args: map[string]string{"text": t.Name, "at": at.Format("15:04")}}
}

// seeTasks remembers since when each of the owner's tasks is known, and forgets
// those that are no longer configured.
func (d *daemon) seeTasks(tx *store.Tx) error {
	gone, err := tx.Facts("task:since:")
	if err != nil {
		return err
	}
	for _, t := range d.cfg.Tasks {
		fact := taskFact(t)
		if _, known := gone[fact]; !known {
			if err := tx.SetFact(fact, tx.Now().UTC().Format(time.RFC3339)); err != nil {
				return err
			}
		}
		delete(gone, fact)
	}
	for fact := range gone {
		if err := tx.DeleteFact(fact); err != nil {
			return err
		}
	}
	return nil
}

// planTasks brings the reminders about tasks up to date. It reports whether
// anything changed.
func (d *daemon) planTasks(tx *store.Tx, ofBills []bill.Task, env plan.Env) (bool, error) {
	if err := d.seeTasks(tx); err != nil {
		return false, err
	}
	tasks, err := undone(tx, d.cfg, ofBills)
	if err != nil {
		return false, err
	}
	have, err := untold(tx, plan.SubjectTask, env)
	if err != nil {
		return false, err
	}
	var subjects []plan.Subject
	for _, t := range tasks {
		subjects = append(subjects, plan.Subject{Kind: plan.SubjectTask, ID: t.ID})
	}
	if len(subjects) > 0 {
		told, err := tx.RemindersOf(subjects...)
		if err != nil {
			return false, err
		}
		have = append(have, told...)
	}
	rows := plan.DueTasks(tasks, have, env)
	return len(rows) > 0, tx.PutReminders(rows)
}

// TaskDone notes that a task is done and ends its reminders.
func TaskDone(tx *store.Tx, cfg *config.Config, id string) error {
	tasks, err := Tasks(tx, cfg)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(tasks, func(t bill.Task) bool { return t.ID == id }) {
		return fmt.Errorf("%w: %s; see `repayd tasks`", ErrUnknownTask, id)
	}
	rows, err := tx.RemindersOf(plan.Subject{Kind: plan.SubjectTask, ID: id})
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r plan.Reminder) bool {
		return r.State != plan.StatePlanned && r.State != plan.StateInLetter
	})
	for i := range rows {
		rows[i].State, rows[i].Reason = plan.StateCancelled, plan.ReasonSettled
	}
	if err := tx.PutReminders(rows); err != nil {
		return err
	}
	return tx.FinishTask(id)
}
