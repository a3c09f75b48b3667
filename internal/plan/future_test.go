package plan

import (
	"encoding/json"
	"testing"
	"time"

	"repayd/internal/bill"
)

func TestLetters(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-09 09:00")
	other := w.b
	other.ID = "b2"
	w.rows = append(w.rows, Reconcile(&other, nil, w.env)...)
	w.env.Now = at(t, "2026-12-09 23:30") // nothing left: the channel was down
	got, err := json.Marshal(Letters(w.rows, w.env)[:2])
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"at":"2026-12-10T08:00:00+08:00","channel":"me","steps":[{"bill":"b1","step":"due-1d"},{"bill":"b2","step":"due-1d"}],"why":"on its day"},` +
		`{"at":"2026-12-10T10:00:00+08:00","channel":"me","steps":[{"bill":"b1","step":"due"},{"bill":"b2","step":"due"}],"why":"on its day"}]`
	if string(got) != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got, _ := json.Marshal(Letters(nil, w.env)); string(got) != "[]" {
		t.Errorf("no letters print as %s", got)
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-01 09:00")
	if next := Next(w.rows); next == nil || next.Step != "due-7d" {
		t.Errorf("Next = %+v", next)
	}
	if Next(nil) != nil {
		t.Error("nothing planned has a next")
	}
}

func TestWarning(t *testing.T) {
	t.Parallel()
	env := Env{Zone: shanghai(t), Quiet: quietNights(t), Policies: []Policy{standard(t)}}
	args := map[string]string{"mailbox": "shop"}
	rows := Warning("mailbox:shop", at(t, "2026-12-01 23:00"), "mailbox_down", args, env)
	if len(rows) != 1 || !rows[0].At.Equal(at(t, "2026-12-02 08:00")) || rows[0].Subject != (Subject{SubjectDaemon, "mailbox:shop"}) ||
		rows[0].Detail.Args["mailbox"] != "shop" || rows[0].Step != "warning" {
		t.Errorf("Warning = %+v", rows)
	}
	if again := Warning("mailbox:shop", at(t, "2026-12-01 23:50"), "mailbox_down", args, env); again[0].ID != rows[0].ID {
		t.Error("one trouble has two reminders on one day")
	}
	a, b := Test("me", at(t, "2026-12-01 23:00")), Test("me", at(t, "2026-12-01 23:01"))
	if a.ID == b.ID || !a.At.Equal(a.StepAt) {
		t.Error("each test is a letter of its own, at once")
	}
}

func TestItemOf(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-09 09:00")
	w.b.IssuerName, w.b.Penalty = "招商银行", bill.Money{Minor: 150, Currency: "CNY"}
	next := *Next(w.rows)
	for late, want := range map[time.Duration]int{-time.Hour: 0, 4 * time.Minute: 0, 5 * time.Minute: 5, 26*time.Hour + 59*time.Second: 26 * 60} {
		if it := ItemOf(next, &w.b, Origin{}, next.StepAt.Add(late), w.env.Zone); it.LateBy != want {
			t.Errorf("%s late: LateBy %d; want %d", late, it.LateBy, want)
		}
	}
	it := ItemOf(next, &w.b, Origin{From: "a@b"}, w.env.Now, w.env.Zone)
	if it.Name != "招商银行" || it.Penalty != "1.50" || it.Bill.DueDate != "2026-12-10" || it.Source.From != "a@b" || !it.Deadline.Equal(w.b.Deadline()) {
		t.Errorf("ItemOf = %+v", it)
	}
	if it := ItemOf(Test("me", w.env.Now), nil, Origin{}, w.env.Now, w.env.Zone); it.Bill != nil {
		t.Errorf("an item about no bill has one: %+v", it)
	}
}
