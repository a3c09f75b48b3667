package plan_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

func taskEnv(now time.Time, channels ...string) plan.Env {
	at, _ := bill.NewClock(9, 0)
	return plan.Env{Zone: time.UTC, Now: now, Policies: []plan.Policy{{Name: "default", At: at, Channels: channels,
		Steps: []plan.Step{{Anchor: plan.AnchorDue}}}}}
}

// TestDueTasks: on the day, and weekly after it, three times in all; never of
// long ago.
func TestDueTasks(t *testing.T) {
	t.Parallel()
	due, _ := bill.NewDay(2026, 3, 10)
	for name, c := range map[string]struct {
		day  int // from the due day
		at   string
		tell int    // first told, from the due day; 0 = on it
		want string // step and instant
	}{
		"two days ahead":              {day: -2},
		"the day before":              {day: -1, want: "task 03-10 09:00"},
		"its own hour":                {day: -1, at: "18:30", want: "task 03-10 18:30"},
		"on the day":                  {day: 0, want: "task 03-10 09:00"},
		"days later":                  {day: 3, want: "task 03-10 09:00"},
		"a week later":                {day: 6, want: "task+7d 03-17 09:00"},
		"two weeks later":             {day: 13, want: "task+14d 03-24 09:00"},
		"a month later":               {day: 30, want: "task+14d 03-24 09:00"},
		"told before":                 {day: -5, tell: -5, want: "task 03-05 09:00"},
		"not told yet":                {day: -7, tell: -5},
		"a week after the first word": {day: 1, tell: -5, want: "task+7d 03-12 09:00"},
		"told long before":            {day: -30, tell: -44, want: "task 01-25 09:00"},
		"its day at last":             {day: -1, tell: -44, want: "task+44d 03-10 09:00"},
		"a week after its day":        {day: 8, tell: -44, want: "task+51d 03-17 09:00"},
		"long ago":                    {day: 31},
	} {
		task := bill.Task{ID: "b-ask_limit", Bill: "b", Code: "ask_limit", Due: due, Args: map[string]string{"name": "花呗"}}
		if c.tell != 0 {
			task.Tell = due + bill.Day(c.tell)
		}
		if c.at != "" {
			task.Args["at"] = c.at
		}
		rows := plan.DueTasks([]bill.Task{task}, nil, taskEnv((due+bill.Day(c.day)).At(1, time.UTC).Add(3*time.Hour), "me"))
		got := ""
		for _, r := range rows {
			got += r.Step + " " + r.At.Format("01-02 15:04")
			if a := r.Detail.Args; r.Detail.Code != "ask_limit" || a["due"] != "2026-03-10" || a["bill"] != "b" || a["name"] != "花呗" || a["at"] != "" {
				t.Errorf("%s: detail %+v", name, r.Detail)
			}
			if plan.TypeOf(r.Subject.Kind) != plan.LetterTask {
				t.Errorf("%s: a letter of type %s", name, plan.TypeOf(r.Subject.Kind))
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestDueTasksEnd: what is done or moved is not told any more, not even out of
// a letter that has not left; what was told stays.
func TestDueTasksEnd(t *testing.T) {
	t.Parallel()
	due, _ := bill.NewDay(2026, 3, 10)
	now := due.At(1, time.UTC)
	task := bill.Task{ID: "x", Code: "own", Due: due}
	first := plan.DueTasks([]bill.Task{task}, nil, taskEnv(now, "a", "b", "c", "d"))
	if len(first) != 4 {
		t.Fatalf("%d reminders", len(first))
	}
	for i, s := range []plan.State{plan.StatePlanned, plan.StateInLetter, plan.StateAccepted, plan.StateFailed} {
		first[i].State = s
	}
	moved := task
	moved.Due++
	for name, c := range map[string]struct {
		tasks    []bill.Task
		channels []string
		want     []string
	}{
		"nothing new":      {[]bill.Task{task}, []string{"a", "b", "c", "d"}, nil},
		"done":             {nil, []string{"a", "b", "c", "d"}, []string{"a settled", "b settled"}},
		"channels removed": {[]bill.Task{task}, []string{"d"}, []string{"a policy", "b policy"}},
		"moved":            {[]bill.Task{moved}, []string{"a", "b"}, []string{"a planned", "b planned", "a moved", "b moved"}},
	} {
		var got []string
		for _, r := range plan.DueTasks(c.tasks, first, taskEnv(now, c.channels...)) {
			what := string(r.Reason)
			if r.State == plan.StatePlanned {
				what = "planned"
			}
			got = append(got, r.Channel+" "+what)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestDueTasksOnce: however the days are looked at, each step of a task is
// planned at most once a channel, and looking twice changes nothing.
func TestDueTasksOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start, _ := bill.NewDay(2026, 3, 1)
		var tasks []bill.Task
		for i := range rapid.IntRange(0, 4).Draw(t, "tasks") {
			tasks = append(tasks, bill.Task{ID: fmt.Sprint(i), Code: "own", Due: start + bill.Day(rapid.IntRange(-40, 40).Draw(t, "due")),
				Tell: start + bill.Day(rapid.IntRange(-40, 40).Draw(t, "tell"))})
		}
		have := map[string]plan.Reminder{}
		now := start.At(1, time.UTC)
		for range 20 {
			now = now.Add(time.Duration(rapid.IntRange(1, 72).Draw(t, "hours")) * time.Hour)
			env := taskEnv(now, "me", "you")
			var rows []plan.Reminder
			for _, r := range have {
				rows = append(rows, r)
			}
			for _, r := range plan.DueTasks(tasks, rows, env) {
				if old, is := have[r.ID]; is && old.State != r.State && old.State != plan.StatePlanned {
					t.Fatalf("%+v became %+v", old, r)
				}
				have[r.ID] = r
			}
			rows = rows[:0]
			for id, r := range have {
				rows = append(rows, r)
				if r.State == plan.StatePlanned && !r.At.After(now) {
					r.State = plan.StateAccepted
					have[id] = r
				}
			}
			if again := plan.DueTasks(tasks, rows, env); len(again) > 0 {
				t.Fatalf("again: %+v", again)
			}
		}
		told := map[plan.Subject]int{}
		for _, r := range have {
			if r.Channel == "me" && r.State == plan.StateAccepted {
				told[r.Subject]++
			}
		}
		for s, n := range told {
			if n > 3 {
				t.Fatalf("%v told %d times", s, n)
			}
		}
	})
}
