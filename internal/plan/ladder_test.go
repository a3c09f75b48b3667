package plan

import "testing"

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
		"late is held":                      {quiet: true, steps: []string{"late 00:00"}, want: []string{"late 12-11 08:00"}},
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
