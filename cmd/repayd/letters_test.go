package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// sentAt is when the letters below were made.
var sentAt = time.Date(2026, 3, 9, 1, 0, 0, 0, time.UTC)

// withLetters makes a database with one bill, two letters about it (accepted,
// being tried) and a third about the daemon, and returns its configuration.
func withLetters(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(path, []byte(scriptConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(dir, "repayd.db"), store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	due := day(t, "2026-03-10")
	b := &bill.Bill{ID: "abcdefgh", Issuer: "cmb", IssuerName: "招商银行信用卡", Currency: "CNY", AmountDue: bill.Money{Minor: 5000, Currency: "CNY"},
		Outstanding: bill.Money{Minor: 5000, Currency: "CNY"}, DueDate: due, LastSafeDay: due + 3, Zone: "Asia/Shanghai", Trust: bill.TrustOwner, Seen: sentAt}
	about := plan.Subject{Kind: plan.SubjectBill, ID: b.ID}
	rung := func(step, letter string, state plan.State) plan.Reminder {
		return plan.Reminder{ID: plan.ID(about, step, "me", due), Subject: about, Step: step, Channel: "me", Date: due,
			StepAt: sentAt, At: sentAt, Why: "on its day", State: state, Letter: letter}
	}
	item := func(r plan.Reminder) plan.Content {
		return plan.Content{Items: []plan.Item{{Reminder: r.ID, Subject: r.Subject, Step: r.Step}}}
	}
	told, trying := rung("due-3d", "l-told", plan.StateAccepted), rung("due-1d", "l-trying", plan.StateInLetter)
	ill := plan.Subject{Kind: plan.SubjectDaemon, ID: "mailbox:shop"}
	err = s.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutBill(b); err != nil {
			return err
		}
		for _, l := range []plan.Letter{
			{ID: "l-told", Channel: "me", Type: plan.LetterReminder, State: plan.LetterAccepted, Created: sentAt, Attempts: 1, Accepted: sentAt.Add(time.Minute), Content: item(told)},
			{ID: "l-trying", Channel: "me", Type: plan.LetterReminder, State: plan.LetterTrying, Created: sentAt.Add(time.Hour), Attempts: 2,
				NextAttempt: sentAt.Add(2 * time.Hour), LastError: "451 try \x1b[31mlater", Content: item(trying)},
			{ID: "l-ill", Channel: "me", Type: plan.LetterWarning, State: plan.LetterRefused, Created: sentAt.Add(2 * time.Hour), Attempts: 1, LastError: "550 no such user",
				Content: plan.Content{Items: []plan.Item{{Subject: ill, Step: "warning"}}}},
		} {
			if err := tx.PutLetter(l); err != nil {
				return err
			}
		}
		if err := tx.PutReminders([]plan.Reminder{told, trying}); err != nil {
			return err
		}
		return tx.PutAttempts([]plan.Attempt{
			{Letter: "l-told", Recipient: "owner@example.com", At: sentAt.Add(time.Minute), Outcome: "accepted"},
			{Letter: "l-trying", Recipient: "owner@example.com", At: sentAt.Add(time.Hour), Outcome: "temporary", Error: "451 try later", Uncertain: true},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// called runs a command in this process and returns its standard output.
func called(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &errs); code != 0 {
		t.Fatalf("repayd %s: exit code %d\n%s", strings.Join(args, " "), code, errs.String())
	}
	return out.String()
}

func TestLettersAreListedWithTheirAttempts(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	config := withLetters(t)
	want := "" +
		"ID        CREATED           CHANNEL  TYPE            STATE        ATTEMPTS  BILLS     LAST ERROR\n" +
		"l-ill     2026-03-09 11:00  me       daemon.warning  refused             1            550 no such user\n" +
		"l-trying  2026-03-09 10:00  me       bill.reminder   being tried         2  abcdefgh  451 try [31mlater\n" +
		"l-told    2026-03-09 09:00  me       bill.reminder   accepted            1  abcdefgh\n"
	if diff := cmp.Diff(want, called(t, "letters", "--config", config)); diff != "" {
		t.Error(diff)
	}
	var rows []letterRow
	if err := json.Unmarshal([]byte(called(t, "letters", "--json", "--state", "trying", "--config", config)), &rows); err != nil {
		t.Fatal(err)
	}
	wantRow := letterRow{ID: "l-trying", Channel: "me", Type: plan.LetterReminder, State: plan.LetterTrying, Created: "2026-03-09T10:00:00+08:00",
		Attempts: 2, NextAttempt: "2026-03-09T11:00:00+08:00", LastError: "451 try \x1b[31mlater", Bills: []string{"abcdefgh"},
		Recipients: []attemptRow{{Recipient: "owner@example.com", At: "2026-03-09T10:00:00+08:00", Outcome: "temporary", Error: "451 try later", Uncertain: true}}}
	if diff := cmp.Diff([]letterRow{wantRow}, rows, cmp.AllowUnexported(letterRow{})); diff != "" {
		t.Error(diff)
	}
	if out := called(t, "letters", "--limit", "1", "--config", config); strings.Count(out, "l-") != 1 || !strings.Contains(out, "l-ill") {
		t.Errorf("not the newest one:\n%s", out)
	}
}

func TestShowHasTheLettersAndTheLadder(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	config := withLetters(t)
	out := called(t, "show", "abc", "--config", config)
	for _, want := range []string{
		"2026-03-09 09:00  due-3d  me       told         l-told    on its day\n",
		"2026-03-09 09:00  due-1d  me       in a letter  l-trying  on its day\n",
		"l-trying  2026-03-09 10:00  me       being tried         2  451 try [31mlater\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no line %q in\n%s", want, out)
		}
	}
	var d dossier
	if err := json.Unmarshal([]byte(called(t, "show", "abc", "--json", "--config", config)), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Letters) != 2 || len(d.Reminders) != 2 || d.Letters[0].ID != "l-trying" {
		t.Errorf("letters %v, reminders %v", d.Letters, d.Reminders)
	}
}

// A letter that was not accepted yet is still to come: it must not fall out of
// the plan between its first attempt and its last.
func TestPlanHasTheLettersThatWait(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	config := withLetters(t)
	var letters []plan.Future
	out := called(t, "plan", "--now", "2026-03-09T10:30:00+08:00", "--days", "1", "--json", "--config", config)
	if err := json.Unmarshal([]byte(out), &letters); err != nil {
		t.Fatal(err)
	}
	if len(letters) == 0 {
		t.Fatal("an empty plan")
	}
	first := letters[0]
	if at := first.At.Format(time.RFC3339); at != "2026-03-09T11:00:00+08:00" || !strings.Contains(first.Why, "attempt 3 of letter l-trying") {
		t.Errorf("the first letter leaves at %s: %s", at, first.Why)
	}
	if diff := cmp.Diff([]plan.FutureStep{{Bill: "abcdefgh", Step: "due-1d"}}, first.Steps); diff != "" {
		t.Error(diff)
	}
	for _, l := range letters[1:] {
		for _, s := range l.Steps {
			if s.Step == "due-1d" || s.Step == "due-3d" {
				t.Errorf("%s is planned again", s.Step)
			}
		}
	}
}

// What only reads must not write: the database is the same, byte by byte.
func TestReadingCommandsChangeNothing(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	config := withLetters(t)
	db := filepath.Join(filepath.Dir(config), "repayd.db")
	before, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"bills"}, {"bills", "--now", "2027-01-01T00:00:00Z"}, {"show", "abcdefgh"}, {"show", "abcdefgh", "--now", "2027-01-01T00:00:00Z"},
		{"plan"}, {"letters"}, {"export", "--format", "csv"}, {"export", "--format", "ics"}} {
		called(t, append(args, "--config", config)...)
	}
	after, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("a command that only reads wrote into the database")
	}
}
