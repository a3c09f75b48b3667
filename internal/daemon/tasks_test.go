package daemon

import (
	"errors"
	"slices"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/plan"
	"repayd/internal/store"
)

func recurring(t testing.TB, name, spec string) config.Task {
	t.Helper()
	s, err := config.ParseSchedule(spec)
	if err != nil {
		t.Fatal(err)
	}
	return config.Task{Name: name, Spec: spec, Schedule: s}
}

// tasked lists what is planned about tasks.
func (w *watched) tasked() []string {
	var out []string
	for _, r := range w.planned() {
		if r.Subject.Kind == plan.SubjectTask {
			out = append(out, r.At.Format("2006-01-02 15:04 ")+r.Step+" "+r.Detail.Args["text"])
		}
	}
	return out
}

func (w *watched) tasks() []bill.Task {
	w.t.Helper()
	var out []bill.Task
	w.update(func(tx *store.Tx) error {
		var err error
		out, err = Tasks(tx, w.cfg)
		return err
	})
	return out
}

// TestOwnTasks: from the first time that comes after they were configured, at
// their own hour, late after an outage, and no more once they are done.
func TestOwnTasks(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 6, 28, 10, 0, 0, 0, time.UTC))
	w.cfg.Tasks = []config.Task{recurring(t, "查信用报告", "30 18 1 1,7 *")}
	w.ticks(2, 24*time.Hour) // the thirtieth
	if got, open := w.tasked(), w.tasks(); len(got) > 0 || len(open) > 0 {
		t.Errorf("before it came: %q, %+v", got, open)
	}
	w.ticks(1, 14*time.Hour) // the day itself begins
	if got, want := w.tasked(), []string{"2026-07-01 18:30 task 查信用报告"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	open := w.tasks()
	if len(open) != 1 || open[0].Due != civil(t, "2026-07-01") {
		t.Fatalf("open: %+v", open)
	}
	done := func(id string) (err error) {
		w.update(func(tx *store.Tx) error { err = TaskDone(tx, w.cfg, id); return nil })
		return err
	}
	if err := done("nonesuch"); !errors.Is(err, ErrUnknownTask) {
		t.Errorf("err = %v", err)
	}
	if err := done(open[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := done(open[0].ID); !errors.Is(err, ErrUnknownTask) {
		t.Errorf("done twice: %v", err)
	}
	w.ticks(10, 24*time.Hour)
	if got, open := w.tasked(), w.tasks(); len(got) > 0 || len(open) > 0 {
		t.Errorf("after it was done: %q, %+v", got, open)
	}
	w.now = time.Date(2027, 1, 5, 8, 0, 0, 0, time.UTC) // off over the new year
	w.restart()
	w.ticks(1, time.Minute)
	if got, want := w.tasked(), []string{"2027-01-01 18:30 task 查信用报告"}; !slices.Equal(got, want) {
		t.Errorf("after an outage: %q, want %q", got, want)
	}
	w.cfg.Tasks = nil
	w.ticks(1, 24*time.Hour)
	if got := w.tasked(); len(got) > 0 {
		t.Errorf("no longer configured: %q", got)
	}
}

// TestTaskOfANewScheduleWaits: what a schedule gave before it was written down
// was never asked for.
func TestTaskOfANewScheduleWaits(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 6, 28, 10, 0, 0, 0, time.UTC))
	w.cfg.Tasks = []config.Task{recurring(t, "a", "0 9 1 1 *")}
	w.ticks(1, time.Minute)
	w.now = time.Date(2026, 8, 1, 10, 0, 0, 0, time.UTC)
	w.cfg.Tasks = []config.Task{recurring(t, "a", "0 9 1 7 *")}
	w.restart()
	w.ticks(2, 24*time.Hour)
	if got := w.tasked(); len(got) > 0 {
		t.Errorf("%q", got)
	}
}
