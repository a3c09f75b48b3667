package plan

import (
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/calendar"
)

func TestLadder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-13").step("2026-12-01 12:00")
	w.want("a ladder with grace", w.planned()[:9],
		"due-7d 12-03 09:00", "due-3d 12-07 09:00", "due-1d 12-09 09:00", "due 12-10 10:00",
		"grace-1d 12-12 09:00", "grace 12-13 10:00", "late 12-14 09:00", "late+2d 12-16 09:00", "late+4d 12-18 09:00")
}

func TestLadderWithoutGrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-08 12:00")
	w.want("one step a day", w.planned()[:3], "due-3d 12-08 12:00", "due-1d 12-09 09:00", "due 12-10 10:00")
	w.want("ledger", w.states()[:5], "due 12-10 planned", "due-1d 12-10 planned", "due-3d 12-10 planned",
		"due-7d 12-10 folded due-3d", "grace 12-10 folded due")
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cutoff string
		zone   string
		quiet  bool
		steps  []string
		want   []string
	}{
		"cut-off in the morning": {cutoff: "10:00", steps: []string{"due 10:00"}, want: []string{"due 12-10 09:00"}},
		"cut-off inside the last quiet hours": {cutoff: "06:00", quiet: true, steps: []string{"due 10:00"},
			want: []string{"due 12-09 22:00"}},
		"an hour before is quiet, though the end of quiet is not": {cutoff: "08:30", quiet: true, steps: []string{"due 10:00"},
			want: []string{"due 12-09 22:00"}},
		"a step after the deadline joins the last day": {steps: []string{"due", "due+1d"}, want: []string{"due 12-10 09:00"}},
		"alone it moves":                    {steps: []string{"due+1d"}, want: []string{"due+1d 12-10 23:00"}},
		"alone and quiet":                   {quiet: true, steps: []string{"due+1d"}, want: []string{"due+1d 12-10 22:00"}},
		"late never before a far deadline":  {zone: "America/Los_Angeles", steps: []string{"late"}, want: []string{"late 12-11 16:00"}},
		"in quiet hours, released in time":  {cutoff: "12:00", quiet: true, steps: []string{"due 07:00"}, want: []string{"due 12-10 08:00"}},
		"in quiet hours, released too late": {quiet: true, steps: []string{"due 23:30"}, want: []string{"due 12-10 22:00"}},
		"a moved step yields to one on its own day": {steps: []string{"due+1d 12:00", "grace 10:00"},
			want: []string{"grace 12-10 10:00"}},
		"late is held": {quiet: true, steps: []string{"late 00:00"}, want: []string{"late 12-11 08:00"}},
	} {
		w := newWorld(t, "2026-12-10", "2026-12-10")
		if c.cutoff != "" {
			w.b.CutOff = clock(t, c.cutoff)
		}
		if c.zone != "" {
			w.b.Zone = c.zone
		}
		if !c.quiet {
			w.env.Quiet = nil
		}
		w.env.Policies[0].Steps = ladderOf(t, c.steps...)
		w.step("2026-12-01 12:00")
		w.want(name, w.planned(), c.want...)
	}
}

func TestFirstKnownInQuietHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-10 23:10")
	w.want("at once, the deadline is near", w.planned()[:1], "due 12-10 23:10")
	w = newWorld(t, "2026-12-10", "2026-12-13").step("2026-12-10 23:10")
	w.want("held, the deadline is far", w.planned()[:1], "due 12-11 08:00")
	w.step("2026-12-11 08:00")
	w.want("released", w.accept(), "due")
}

func TestWorkdays(t *testing.T) {
	t.Parallel()
	// 12 and 13 December 2026 are a weekend.
	w := newWorld(t, "2026-12-14", "2026-12-14")
	w.env.Workdays = weekends{}
	w.b.NeedsWorkday = true
	w.step("2026-12-01 12:00")
	w.want("moved together", w.planned()[:4], "due-7d 12-07 09:00", "due-3d 12-11 09:00", "due 12-14 10:00", "late 12-15 09:00")
	w = newWorld(t, "2026-12-12", "2026-12-13")
	w.env.Workdays = weekends{}
	w.b.NeedsWorkday = true
	w.step("2026-12-10 12:00")
	w.want("due itself and what follows stay", w.planned()[1:5],
		"due-1d 12-11 09:00", "due 12-12 10:00", "grace 12-13 10:00", "late 12-14 09:00")
	w.b.NeedsWorkday = false
	w.b.DueDate, w.b.LastSafeDay = day(t, "2026-12-14"), day(t, "2026-12-14")
	w.step("2026-12-10 12:00")
	w.want("paying is instant", w.planned()[1:3], "due-3d 12-11 09:00", "due-1d 12-13 09:00")
}

// The working days are those of the issuer's country where its file names one.
func TestWorkdaysOfTheIssuersCountry(t *testing.T) {
	t.Parallel()
	days, err := calendar.Load(calendar.Options{Country: "cn"})
	if err != nil {
		t.Fatal(err)
	}
	for country, want := range map[string][]string{
		"":   {"due-1d 11-23 09:00", "due 11-24 10:00"}, // a Monday like others
		"jp": {"due-1d 11-20 09:00", "due 11-24 10:00"}, // Labour Thanksgiving Day
	} {
		w := withSteps(newWorld(t, "2026-11-24", "2026-11-24"), "due-1d", "due 10:00")
		w.env.Workdays, w.b.NeedsWorkday, w.b.Calendar = days, true, country
		w.step("2026-11-10 12:00")
		w.want(country, w.planned(), want...)
	}
	b := &bill.Bill{DueDate: day(t, "2026-11-23"), LastSafeDay: day(t, "2026-11-23"), NeedsWorkday: true, Calendar: "jp"}
	if got := PayBy(b, days, day(t, "2026-11-10")); got != day(t, "2026-11-20") {
		t.Errorf("to a Japanese bank by %s", got)
	}
}

// A step in an hour that the clocks skip, or that occurs twice, is sent once,
// however often it is looked at in between.
func TestClockChangesSendOnce(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for due, want := range map[string]string{
		"2026-03-29": "due 2026-03-29T03:00:00+02:00", // 02:30 does not occur
		"2026-10-25": "due 2026-10-25T02:30:00+02:00", // and here twice
	} {
		w := withSteps(newWorld(t, due, due), "due 02:30")
		w.env.Zone, w.b.Zone, w.env.Quiet = berlin, "Europe/Berlin", nil
		var sent []string
		for now := day(t, due).At(clock(t, "00:00"), berlin); now.Before(day(t, due).At(clock(t, "06:00"), berlin)); now = now.Add(10 * time.Minute) {
			w.step(now.In(shanghai(t)).Format("2006-01-02 15:04"))
			for _, step := range w.accept() {
				sent = append(sent, step+" "+now.Format(time.RFC3339))
			}
		}
		w.want(due, sent, want)
	}
}

func TestHorizon(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-31", "2026-12-31")
	w.env.Policies[0].Steps = ladderOf(t, "due-1d", "due 21:00", "late")
	w.step("2026-11-20 10:00")
	w.want("forty days end on 30 December", w.planned(), "due-1d 12-30 09:00")
	w.step("2026-11-21 00:00")
	w.want("whole days", w.planned(), "due-1d 12-30 09:00", "due 12-31 21:00")
	w = newWorld(t, "2026-12-31", "2026-12-31")
	w.env.Horizon = 30 * 24 * time.Hour
	w.step("2026-11-20 10:00")
	w.want("a shorter one", w.planned())
}

// Repeats planned before an outage longer than the horizon are folded, none
// is taken for a step that the policy lost.
func TestLongOutage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-10", "2026-01-10").step("2026-01-12 10:00")
	w.accept()
	w.step("2026-06-01 10:00")
	for _, r := range w.rows {
		if r.State == StateCancelled {
			t.Errorf("%s is cancelled: %s", r.Step, r.Reason)
		}
	}
	w.want("one", w.accept(), "late+140d")
}

func TestStatementSteps(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-14", "2026-12-14")
	w.b.StatementDate = day(t, "2026-12-06") // a Sunday
	w.b.NeedsWorkday, w.env.Workdays = true, weekends{}
	w.env.Policies[0].Steps = ladderOf(t, "statement", "statement+1d", "due-7d")
	w.b.MovedFrom, w.b.MovedAt = day(t, "2026-12-12"), at(t, "2026-12-01 09:00")
	w.step("2026-12-01 12:00")
	w.want("a statement's day is a fact", w.planned(), "statement 12-06 09:00", "statement+1d 12-07 09:00")
	for _, r := range w.rows {
		if moved := r.Step == "due-7d"; r.MovedFrom.Known() != moved {
			t.Errorf("%s moved from %s", r.Step, r.MovedFrom)
		}
	}
	w.want("due-7d is the same day", w.states(), "due-7d 12-14 folded statement+1d", "statement 12-06 planned", "statement+1d 12-06 planned")
}
