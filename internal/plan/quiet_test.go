package plan_test

import (
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/calendar"
	"repayd/internal/plan"
)

// TestAChannelsOwnQuietHours: instead of everybody's, for ladders, warnings,
// tasks, and what stands in on it.
func TestAChannelsOwnQuietHours(t *testing.T) {
	t.Parallel()
	hours := func(from, to string) *calendar.Quiet {
		f, err1 := bill.ParseClock(from)
		u, err2 := bill.ParseClock(to)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		return &calendar.Quiet{From: f, To: u, Zone: time.UTC}
	}
	due, _ := bill.NewDay(2026, 3, 10)
	env := taskEnv((due-1).At(1, time.UTC), "all", "early", "late")
	env.Quiet = hours("22:00", "10:00")
	env.QuietOf = map[string]*calendar.Quiet{"early": hours("22:00", "07:00"), "late": hours("22:00", "12:00")}
	want := map[string]string{"all": "10:00", "early": "09:00", "late": "12:00"}
	wants := func(what string, rows []plan.Reminder) {
		t.Helper()
		for _, r := range rows {
			if got := r.At.UTC().Format("15:04"); got != want[r.Channel] {
				t.Errorf("%s on %s at %s, want %s", what, r.Channel, got, want[r.Channel])
			}
		}
		if len(rows) != len(want) {
			t.Errorf("%s: %d reminders", what, len(rows))
		}
	}
	b := &bill.Bill{ID: "b", Issuer: "x", Currency: "CNY", Outstanding: yuan(1), AmountDue: yuan(1), DueDate: due, LastSafeDay: due, Trust: bill.TrustVouched,
		Seen: env.Now, Zone: "UTC"}
	wants("step", plan.Reconcile(b, nil, env))
	wants("task", plan.DueTasks([]bill.Task{{ID: "t", Code: "own", Due: due}}, nil, env))
	nine := due.At(1, time.UTC).Add(9 * time.Hour)
	wants("warning", plan.Warning("x", nine, "code", nil, env))
	wants("digest", plan.Digest([]string{"all", "early", "late"}, nine, env))
	env.Now = nine
	for channel := range want {
		r := plan.Reminder{ID: "r", Subject: plan.Subject{Kind: plan.SubjectDaemon, ID: "x"}, Step: "warning", Channel: "gone", At: nine.Add(-time.Hour)}
		stand, _ := plan.StandIn(r, channel, nil, env)
		if got := stand.At.UTC().Format("15:04"); got != want[channel] {
			t.Errorf("in place of another on %s at %s", channel, got)
		}
		r.Channel = channel
		if held := env.PutOff(&r); held != (channel != "early") || held && r.At.UTC().Format("15:04") != want[channel] {
			t.Errorf("put off on %s: %v, %s", channel, held, r.At)
		}
	}
}

// TestLastCallInAChannelsOwnQuietHours: what cannot wait until they end goes
// before they begin.
func TestLastCallInAChannelsOwnQuietHours(t *testing.T) {
	t.Parallel()
	due, _ := bill.NewDay(2026, 3, 10)
	env := taskEnv((due-1).At(1, time.UTC), "all", "late")
	from, _ := bill.NewClock(20, 0)
	to, _ := bill.NewClock(23, 30)
	env.QuietOf = map[string]*calendar.Quiet{"late": {From: from, To: to, Zone: time.UTC}}
	env.Policies[0].At, _ = bill.NewClock(23, 0)
	cut, _ := bill.NewClock(22, 30)
	b := &bill.Bill{ID: "b", Issuer: "x", Currency: "CNY", Outstanding: yuan(1), AmountDue: yuan(1), DueDate: due, LastSafeDay: due, CutOff: cut,
		Trust: bill.TrustVouched, Seen: env.Now, Zone: "UTC"}
	got := map[string]string{}
	for _, r := range plan.Reconcile(b, nil, env) {
		got[r.Channel] = r.At.UTC().Format("15:04")
	}
	if got["all"] != "21:30" || got["late"] != "20:00" {
		t.Errorf("%v", got)
	}
}
