package store

import (
	"strings"
	"time"
)

// Fact is a small thing the daemon remembers, such as a trouble being told.
func (t *Tx) Fact(key string) (string, bool, error) {
	var value string
	ok, err := t.get("SELECT value FROM facts WHERE key = ?", []any{key}, &value)
	return value, ok, err
}

// SetFact remembers the value.
func (t *Tx) SetFact(key, value string) error {
	_, err := t.exec("INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
		key, value)
	return err
}

// DeleteFact forgets it.
func (t *Tx) DeleteFact(key string) error {
	_, err := t.exec("DELETE FROM facts WHERE key = ?", key)
	return err
}

// Facts are those whose keys begin with prefix.
func (t *Tx) Facts(prefix string) (map[string]string, error) {
	type fact struct{ key, value string }
	rows, err := list(t, func(scan scan) (f fact, err error) { return f, scan(&f.key, &f.value) },
		"SELECT key, value FROM facts WHERE key >= ? AND key < ?", prefix, after(prefix))
	facts := make(map[string]string, len(rows))
	for _, f := range rows {
		facts[f.key] = f.value
	}
	return facts, err
}

// taskPrefix begins the facts about tasks that are done.
const taskPrefix = "task:done:"

// FinishTask remembers that a task is done. The facts are kept for good: a bill
// that is folded anew has its tasks again.
func (t *Tx) FinishTask(id string) error {
	return t.SetFact(taskPrefix+id, t.Now().UTC().Format(time.RFC3339))
}

// DoneTasks are the ids of the tasks that are done, and when they were.
func (t *Tx) DoneTasks() (map[string]time.Time, error) {
	facts, err := t.Facts(taskPrefix)
	if err != nil {
		return nil, err
	}
	done := make(map[string]time.Time, len(facts))
	for key, value := range facts {
		// A damaged instant is none: done is done.
		done[strings.TrimPrefix(key, taskPrefix)], _ = time.Parse(time.RFC3339, value)
	}
	return done, nil
}

// after is greater than every text that begins with prefix and, for the texts
// that are keys here, less than every other greater one.
func after(prefix string) string { return prefix + "\U0010FFFF" }
