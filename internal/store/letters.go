package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"repayd/internal/plan"
)

const letterColumns = `id, channel, type, state, created, attempts, next_attempt, last_error, accepted, done`

// letterFields are the columns with what the letter says.
const letterFields = letterColumns + ", (SELECT content FROM contents WHERE contents.n = letters.n)"

func readLetter(scan scan) (plan.Letter, error) {
	var l plan.Letter
	err := scan(&l.ID, &l.Channel, &l.Type, &l.State, instant(&l.Created), &l.Attempts, instant(&l.NextAttempt),
		&l.LastError, instant(&l.Accepted), asJSON(&l.Done), asJSON(&l.Content))
	return l, err
}

// PutLetter adds a letter or replaces it. An accepted one stays as it is. A
// claim on it is not touched.
func (t *Tx) PutLetter(l plan.Letter) error {
	content, err := text(l.Content)
	if err != nil {
		return fmt.Errorf("letter %s: %w", l.ID, err)
	}
	done, err := text(l.Done)
	if err != nil {
		return fmt.Errorf("letter %s: %w", l.ID, err)
	}
	n, err := t.exec(`INSERT INTO letters (`+letterColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET channel = excluded.channel, type = excluded.type,
		state = excluded.state, created = excluded.created,
		attempts = excluded.attempts, next_attempt = excluded.next_attempt,
		last_error = excluded.last_error, accepted = excluded.accepted, done = excluded.done
		WHERE letters.state <> 'accepted'`,
		l.ID, l.Channel, l.Type, l.State, micros(l.Created), l.Attempts,
		micros(l.NextAttempt), l.LastError, micros(l.Accepted), done)
	if err != nil || n == 0 {
		return err
	}
	_, err = t.exec(`INSERT INTO contents (n, content) SELECT n, ? FROM letters WHERE id = ?
		ON CONFLICT (n) DO UPDATE SET content = excluded.content`, content, l.ID)
	if err != nil {
		return err
	}
	return t.putLetterBills(l)
}

// putLetterBills notes which bills a letter speaks of.
func (t *Tx) putLetterBills(l plan.Letter) error {
	if _, err := t.exec("DELETE FROM letter_bills WHERE letter = ?", l.ID); err != nil {
		return err
	}
	var sets [][]any
	for _, item := range l.Content.Items {
		switch item.Subject.Kind {
		case plan.SubjectBill, plan.SubjectReview, plan.SubjectBacklog:
			sets = append(sets, []any{item.Subject.ID, l.ID})
		}
	}
	return t.each("INSERT INTO letter_bills (bill, letter) VALUES (?, ?) ON CONFLICT DO NOTHING", sets)
}

// DeleteLetter removes a letter that is formed anew under another ID. Only one
// that is new and was never attempted may go; its reminders must point to the
// other one by the end of the transaction, else that fails.
func (t *Tx) DeleteLetter(id string) error {
	_, err := t.exec("DELETE FROM letters WHERE id = ? AND state = 'new' AND attempts = 0", id)
	return err
}

// Letter returns the letter with this ID.
func (t *Tx) Letter(id string) (plan.Letter, bool, error) {
	return first(list(t, readLetter, "SELECT "+letterFields+" FROM letters WHERE id = ?", id))
}

// LetterFilter chooses letters; an empty field fits all.
type LetterFilter struct {
	State   plan.LetterState
	Channel string
	Bill    string // the ID of a bill that it speaks of
	Limit   int    // the newest so many
}

// Letters lists letters, newest first.
func (t *Tx) Letters(f LetterFilter) ([]plan.Letter, error) {
	var w where
	w.add(f.State != "", "state = ?", f.State)
	w.add(f.Channel != "", "channel = ?", f.Channel)
	w.add(f.Bill != "", "id IN (SELECT letter FROM letter_bills WHERE bill = ?)", f.Bill)
	return list(t, readLetter, "SELECT "+letterFields+" FROM letters"+w.sql()+
		" ORDER BY created DESC, id LIMIT ?", append(w.args, limit(f.Limit))...)
}

// EarliestAttempt is the instant of the next attempt of any letter, which may
// have passed; zero when no letter waits.
func (t *Tx) EarliestAttempt() (time.Time, error) {
	var at time.Time
	_, err := t.get("SELECT next_attempt FROM letters WHERE state IN ('new', 'trying') ORDER BY next_attempt LIMIT 1",
		nil, instant(&at))
	return at, err
}

// NextAttempt is the instant of the next attempt of any letter of a channel,
// which may have passed; zero when none waits.
func (t *Tx) NextAttempt(channel string) (time.Time, error) {
	var at time.Time
	_, err := t.get(`SELECT next_attempt FROM letters WHERE state IN ('new', 'trying') AND channel = ?
		ORDER BY next_attempt LIMIT 1`, []any{channel}, instant(&at))
	return at, err
}

// Current are those of the letters with at least one reminder that still has to
// be told: it was not cancelled, it is about no bill or an open one, and no newer
// step of its subject is due on its channel. One query answers for all of them,
// because this is asked of every letter before it is sent.
func (t *Tx) Current(letterIDs []string) (map[string]bool, error) {
	wanted, err := text(letterIDs)
	if err != nil {
		return nil, err
	}
	ids, err := list(t, readString, `SELECT value FROM json_each(:letters) WHERE EXISTS (
		SELECT 1 FROM reminders AS r WHERE r.letter = value AND r.state <> 'cancelled' AND (
			NOT `+ofBill+` OR EXISTS (SELECT 1 FROM bills WHERE bills.id = r.subject_id AND open = 1)
			AND NOT EXISTS (SELECT 1 FROM reminders AS o
				WHERE o.subject_id = r.subject_id AND o.subject_kind = r.subject_kind
				AND o.channel = r.channel AND o.step_at > r.step_at
				AND (o.state IN ('in_letter', 'accepted') OR o.state = 'planned' AND o.at <= :now))))`,
		t.args("letters", wanted)...)
	if err != nil {
		return nil, err
	}
	current := make(map[string]bool, len(ids))
	for _, id := range ids {
		current[id] = true
	}
	return current, nil
}

// Claim takes up to n letters of a channel to be sent by who, up to until:
// those new or trying whose next attempt has come and that nobody else has
// claimed. From here on they are trying, that is frozen: should the process
// die, they may have been sent. What who itself has claimed is given again, so
// it must not claim for one channel from two goroutines.
func (t *Tx) Claim(who string, until, now time.Time, channel string, n int) ([]plan.Letter, error) {
	if !t.write {
		return nil, ErrReadOnly
	}
	letters, err := list(t, readLetter, `UPDATE letters
		SET state = 'trying', claim_who = :who, claim_at = :now, claim_until = :until
		WHERE id IN (SELECT id FROM letters
			WHERE state IN ('new', 'trying') AND channel = :channel AND next_attempt <= :now
			AND (claim_who = :who OR NOT `+live("claim_at", "claim_until")+`)
			ORDER BY next_attempt, id LIMIT :limit)
		RETURNING `+letterFields,
		sql.Named("who", who), sql.Named("until", micros(until)), sql.Named("now", micros(now)),
		sql.Named("channel", channel), sql.Named("limit", limit(n)))
	t.changed = t.changed || len(letters) > 0
	slices.SortFunc(letters, func(a, b plan.Letter) int {
		return cmp.Or(a.NextAttempt.Compare(b.NextAttempt), cmp.Compare(a.ID, b.ID))
	})
	return letters, err
}

// ReleaseClaims ends the claims of everybody but who. Only the holder of the
// lease may call it: nobody else sends then, so those claims are of processes
// that died, and waiting for their end would only delay the letters.
func (t *Tx) ReleaseClaims(who string) error {
	_, err := t.exec(`UPDATE letters SET claim_who = '', claim_at = 0, claim_until = 0
		WHERE state IN ('new', 'trying') AND claim_who NOT IN ('', ?)`, who)
	return err
}

// Record writes down what came of a batch of letters and ends their claims.
func (t *Tx) Record(results []plan.LetterResult) error {
	var letters, reminders [][]any
	var attempts []plan.Attempt
	for _, r := range results {
		l := r.Letter
		done, err := text(l.Done)
		if err != nil {
			return fmt.Errorf("letter %s: %w", l.ID, err)
		}
		letters = append(letters, []any{l.State, l.Attempts, micros(l.NextAttempt), l.LastError,
			micros(l.Accepted), done, l.ID})
		if r.Reminders != "" {
			reminders = append(reminders, []any{r.Reminders, l.ID})
		}
		attempts = append(attempts, r.Attempts...)
	}
	err := t.each(`UPDATE letters SET state = ?, attempts = ?, next_attempt = ?, last_error = ?,
		accepted = ?, done = ?, claim_who = '', claim_at = 0, claim_until = 0
		WHERE id = ? AND state <> 'accepted'`, letters)
	if err != nil {
		return err
	}
	if err := t.each("UPDATE reminders SET state = ? WHERE letter = ? AND state = 'in_letter'", reminders); err != nil {
		return err
	}
	return t.PutAttempts(attempts)
}

// PutAttempts adds attempts to the ledger.
func (t *Tx) PutAttempts(as []plan.Attempt) error {
	sets := make([][]any, 0, len(as))
	for _, a := range as {
		sets = append(sets, []any{a.Letter, a.Recipient, micros(a.At), a.Outcome, a.Error, a.Uncertain})
	}
	return t.each("INSERT INTO attempts (letter, recipient, at, outcome, error, uncertain) VALUES (?, ?, ?, ?, ?, ?)", sets)
}

// AttemptsOf are the attempts to send a letter, oldest first.
func (t *Tx) AttemptsOf(letterID string) ([]plan.Attempt, error) {
	return list(t, readAttempt, `SELECT letter, recipient, at, outcome, error, uncertain
		FROM attempts WHERE letter = ? ORDER BY at, id`, letterID)
}

// Sent are the instants of the newest n attempts on a channel from an instant
// on, the newest first.
func (t *Tx) Sent(channel string, since time.Time, n int) ([]time.Time, error) {
	return list(t, func(scan scan) (at time.Time, err error) {
		err = scan(instant(&at))
		return at, err
	}, `SELECT attempts.at FROM attempts JOIN letters ON letters.id = attempts.letter
		WHERE letters.channel = ? AND attempts.at >= ? ORDER BY attempts.id DESC LIMIT ?`, channel, micros(since), n)
}

func readAttempt(scan scan) (plan.Attempt, error) {
	var a plan.Attempt
	err := scan(&a.Letter, &a.Recipient, instant(&a.At), &a.Outcome, &a.Error, &a.Uncertain)
	return a, err
}

// HastenLetters brings attempts that are set for later than latest back to an
// instant that has come: they were decided by a clock that has since been set
// back.
func (t *Tx) HastenLetters(latest, to time.Time) error {
	_, err := t.exec("UPDATE letters SET next_attempt = ? WHERE state IN ('new', 'trying') AND next_attempt > ?",
		micros(to), micros(latest))
	return err
}
