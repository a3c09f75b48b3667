package store

import (
	"fmt"
	"slices"
	"time"

	"repayd/internal/plan"
)

const reminderColumns = `id, subject_kind, subject_id, step, channel, date, step_at, at, why, state,
	reason, folded_into, coalesce(letter, ''), stands_for, moved_from, deadline, detail`

// ofBill are the kinds of subject whose ID is a bill's.
const ofBill = "subject_kind IN ('bill', 'review', 'backlog')"

func readReminder(scan scan) (plan.Reminder, error) {
	var r plan.Reminder
	err := scan(&r.ID, &r.Subject.Kind, &r.Subject.ID, &r.Step, &r.Channel, day(&r.Date),
		instant(&r.StepAt), instant(&r.At), &r.Why, &r.State, &r.Reason, &r.FoldedInto, &r.Letter, &r.For,
		day(&r.MovedFrom), instant(&r.Deadline), asJSON(&r.Detail))
	return r, err
}

func (t *Tx) reminders(rest string, args ...any) ([]plan.Reminder, error) {
	return list(t, readReminder, "SELECT "+reminderColumns+" FROM reminders WHERE "+rest, args...)
}

// PutReminders adds or replaces reminders. An accepted one stays accepted,
// whatever is put: what was told cannot be untold.
func (t *Tx) PutReminders(rs []plan.Reminder) error {
	return t.writeReminders(rs, `DO UPDATE SET subject_kind = excluded.subject_kind,
		subject_id = excluded.subject_id, step = excluded.step, channel = excluded.channel,
		date = excluded.date, step_at = excluded.step_at, at = excluded.at, why = excluded.why,
		state = excluded.state, reason = excluded.reason, folded_into = excluded.folded_into,
		letter = excluded.letter, stands_for = excluded.stands_for, moved_from = excluded.moved_from,
		deadline = excluded.deadline, detail = excluded.detail
		WHERE reminders.state <> 'accepted' OR excluded.state = 'accepted'`)
}

// AddReminders adds those that do not exist yet and leaves the others as they
// are: a warning that is in a letter must not be planned once more.
func (t *Tx) AddReminders(rs []plan.Reminder) error { return t.writeReminders(rs, "DO NOTHING") }

func (t *Tx) writeReminders(rs []plan.Reminder, onConflict string) error {
	sets := make([][]any, 0, len(rs))
	for _, r := range rs {
		detail, err := text(r.Detail)
		if err != nil {
			return fmt.Errorf("reminder %s: %w", r.ID, err)
		}
		sets = append(sets, []any{r.ID, r.Subject.Kind, r.Subject.ID, r.Step, r.Channel, r.Date,
			micros(r.StepAt), micros(r.At), r.Why, r.State, r.Reason, r.FoldedInto, null(r.Letter), r.For,
			r.MovedFrom, micros(r.Deadline), detail})
	}
	return t.each(`INSERT INTO reminders (id, subject_kind, subject_id, step, channel, date, step_at, at,
		why, state, reason, folded_into, letter, stands_for, moved_from, deadline, detail)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) `+onConflict, sets)
}

// DeletePlanned removes reminders that are only planned: they are a cache. One
// that has been decided is history and stays.
func (t *Tx) DeletePlanned(ids ...string) error {
	sets := make([][]any, 0, len(ids))
	for _, id := range ids {
		sets = append(sets, []any{id})
	}
	return t.each("DELETE FROM reminders WHERE id = ? AND state = 'planned'", sets)
}

// RemindersOf are all reminders about the subjects, decided ones included, by
// the instant of sending.
func (t *Tx) RemindersOf(subjects ...plan.Subject) ([]plan.Reminder, error) {
	wanted, err := text(subjects)
	if err != nil {
		return nil, err
	}
	return t.reminders(`(subject_id, subject_kind) IN (SELECT value ->> 'id', value ->> 'kind' FROM json_each(?))
		ORDER BY at, id`, wanted)
}

// RemindersOfBill are all reminders about a bill, as bill, review or backlog.
func (t *Tx) RemindersOfBill(billID string) ([]plan.Reminder, error) {
	return t.reminders("subject_id = ? AND "+ofBill+" ORDER BY at, id", billID)
}

// RemindersOfLetter are the reminders that point to the letter.
func (t *Tx) RemindersOfLetter(letterID string) ([]plan.Reminder, error) {
	return t.reminders("letter = ? ORDER BY at, id", letterID)
}

// Planned are the planned reminders from an instant up to and without another;
// the zero time is no bound.
func (t *Tx) Planned(from, to time.Time) ([]plan.Reminder, error) {
	var w where
	w.add(true, "state = 'planned'")
	w.add(!from.IsZero(), "at >= ?", micros(from))
	w.add(!to.IsZero(), "at < ?", micros(to))
	return list(t, readReminder, "SELECT "+reminderColumns+" FROM reminders"+w.sql()+" ORDER BY at, id", w.args...)
}

// InLetters are the reminders about such a subject that are in a letter which
// nobody has accepted yet, of those to be sent after an instant.
func (t *Tx) InLetters(kind plan.SubjectKind, since time.Time) ([]plan.Reminder, error) {
	rows, err := t.reminders("state IN ('in_letter', 'failed') AND at > ? AND subject_kind = ? ORDER BY at, id",
		micros(since), kind)
	return slices.DeleteFunc(rows, func(r plan.Reminder) bool { return r.State != plan.StateInLetter }), err
}

// NextOf is the earliest planned reminder of each bill that has one.
func (t *Tx) NextOf(billIDs []string) (map[string]plan.Reminder, error) {
	wanted, err := text(billIDs)
	if err != nil {
		return nil, err
	}
	rows, err := t.reminders(`state = 'planned' AND `+ofBill+`
		AND subject_id IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id DESC`, wanted)
	if err != nil {
		return nil, err
	}
	next := make(map[string]plan.Reminder, len(billIDs))
	for _, r := range rows {
		next[r.Subject.ID] = r
	}
	return next, nil
}

// Ready are the planned reminders of a channel whose instant has come, oldest
// first, at most n.
func (t *Tx) Ready(now time.Time, channel string, n int) ([]plan.Reminder, error) {
	return t.reminders("state = 'planned' AND channel = ? AND at <= ? ORDER BY at, id LIMIT ?",
		channel, micros(now), limit(n))
}

// ReadyChannels are the channels with a planned reminder whose instant has come.
func (t *Tx) ReadyChannels(now time.Time) ([]string, error) {
	return list(t, readString, "SELECT DISTINCT channel FROM reminders WHERE state = 'planned' AND at <= ? ORDER BY channel",
		micros(now))
}

// EarliestPlanned is the instant of the first planned reminder, which may have
// passed; zero when there is none.
func (t *Tx) EarliestPlanned() (time.Time, error) {
	var at time.Time
	_, err := t.get("SELECT at FROM reminders WHERE state = 'planned' ORDER BY at LIMIT 1", nil, instant(&at))
	return at, err
}

// Untold are the reminders of open bills that were to be sent before the given
// instant, and not a month before it, and are in a letter or failed, while
// nothing as new about the same subject was accepted anywhere.
func (t *Tx) Untold(before time.Time) ([]plan.Reminder, error) {
	return t.reminders(`state IN ('in_letter', 'failed') AND at < ? AND at > ? AND `+ofBill+`
		AND EXISTS (SELECT 1 FROM bills WHERE bills.id = subject_id AND open = 1)
		AND NOT EXISTS (SELECT 1 FROM reminders AS o WHERE o.subject_id = reminders.subject_id
			AND o.state = 'accepted' AND o.step_at >= reminders.step_at)
		ORDER BY at, id`, micros(before), micros(before.AddDate(0, -1, 0)))
}
