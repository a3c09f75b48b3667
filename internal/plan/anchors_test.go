package plan

import (
	"testing"
	"time"

	"repayd/internal/bill"
)

func withSteps(w *world, steps ...string) *world {
	w.env.Policies[0].Steps = ladderOf(w.t, steps...)
	return w
}

// TestDebitSteps: a bill that will be debited is told of the evening before and
// of the day after, also behind a deadline; others have no such steps.
func TestDebitSteps(t *testing.T) {
	t.Parallel()
	w := withSteps(newWorld(t, "2026-12-10", "2026-12-10"), "debit-1d 20:00", "debit", "debit+1d")
	w.b.Autopay, w.b.DebitDay = true, day(t, "2026-12-11")
	w.step("2026-12-01 12:00")
	w.want("on the day the issuer named", w.planned(), "debit-1d 12-10 20:00", "debit 12-11 09:00", "debit+1d 12-12 09:00")

	w = withSteps(newWorld(t, "2026-12-10", "2026-12-10"), "due", "debit-1d 20:00", "debit", "debit+1d", "late")
	w.b.Autopay = true
	w.step("2026-12-01 12:00")
	w.want("one letter a day", w.planned(), "debit-1d 12-09 20:00", "due 12-10 09:00", "late 12-11 09:00")

	w = withSteps(newWorld(t, "2026-12-10", "2026-12-10"), "debit-1d", "debit+1d", "debit+4d")
	w.b.Autopay, w.b.ConfirmDays = true, 3
	w.step("2026-12-01 12:00")
	w.want("asked once the issuer's time to confirm is over", w.planned(), "debit-1d 12-09 09:00", "debit+1d 12-13 09:00", "debit+4d 12-14 09:00")

	w = withSteps(newWorld(t, "2026-12-10", "2026-12-10"), "due", "debit-1d", "debit+1d").step("2026-12-01 12:00")
	w.want("without autopay", w.planned(), "due 12-10 09:00")
}

// TestMilestoneSteps: every milestone has its step, those of one day one.
func TestMilestoneSteps(t *testing.T) {
	t.Parallel()
	w := withSteps(newWorld(t, "2026-12-10", "2026-12-13"), "due", "milestone-2d")
	w.b.Milestones = []bill.Milestone{{Name: bill.MilestoneFee, Day: day(t, "2026-12-14")}, {Name: bill.MilestoneInterest, Day: day(t, "2026-12-14")},
		{Name: bill.MilestoneBureau, Day: day(t, "2026-12-25")}, {Name: bill.MilestoneLost}}
	w.step("2026-12-01 12:00")
	w.want("both days", w.planned(), "due 12-10 09:00", "milestone-2d 12-12 09:00", "milestone-2d 12-23 09:00")

	w.b.SettledAt = at(t, "2026-12-12 12:00")
	w.step("2026-12-12 12:00")
	w.want("nothing once it is settled", w.planned())
}

// TestMilestoneOfALetter: a milestone's own letter names it, and so does any
// other letter of a late bill shortly before it.
func TestMilestoneOfALetter(t *testing.T) {
	t.Parallel()
	b := &bill.Bill{ID: "b", DueDate: day(t, "2026-12-10"), LastSafeDay: day(t, "2026-12-13"), Autopay: true,
		Case:       &bill.Case{State: bill.CaseWaiting},
		Milestones: []bill.Milestone{{Name: bill.MilestoneFee, Day: day(t, "2026-12-14")}, {Name: bill.MilestoneBureau, Day: day(t, "2026-12-25")}}}
	for _, c := range []struct{ step, date, now, want string }{
		{"milestone-2d", "2026-12-25", "2026-12-20 09:00", bill.MilestoneBureau},
		{"milestone-2d", "2026-12-14", "2026-12-12 09:00", bill.MilestoneFee},
		{"late+9d", "2026-12-14", "2026-12-23 09:00", bill.MilestoneBureau},
		{"late+2d", "2026-12-14", "2026-12-16 09:00", ""},
		{"grace", "2026-12-13", "2026-12-13 09:00", ""},
	} {
		it := ItemOf(Reminder{Step: c.step, Date: day(t, c.date)}, b, Origin{}, at(t, c.now), time.UTC)
		if it.Milestone != c.want || it.MilestoneDay.Known() != (c.want != "") {
			t.Errorf("%s on %s: milestone %q, want %q", c.step, c.now, it.Milestone, c.want)
		}
		if it.DebitDay != b.DueDate || it.Case != "waiting" {
			t.Errorf("the debit's day is %s, the case %q", it.DebitDay, it.Case)
		}
	}
}

// TestRaiseFromAnAnchorThatIsNotThere brings in nobody.
func TestRaiseFromAnAnchorThatIsNotThere(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"debit+1d", "milestone-2d"} {
		w := withSteps(newWorld(t, "2026-12-10", "2026-12-10"), "due")
		w.env.Policies[0].Raises = []Raise{{From: ladderOf(t, from)[0], Channels: []string{"boss"}}}
		w.step("2026-12-01 12:00")
		w.want(from, w.planned(), "due 12-10 09:00")
	}
}

func TestPayBy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, due, safe, today, want string
		workday                      bool
	}{
		{"a Sunday, paid at once", "2026-12-13", "2026-12-13", "2026-12-01", "2026-12-13", false},
		{"a Sunday, needs a working day", "2026-12-13", "2026-12-13", "2026-12-01", "2026-12-11", true},
		{"a Monday", "2026-12-14", "2026-12-14", "2026-12-01", "2026-12-14", true},
		{"in the grace that ends on a Sunday", "2026-12-10", "2026-12-13", "2026-12-11", "2026-12-11", true},
		{"before a due date with grace", "2026-12-10", "2026-12-13", "2026-12-10", "2026-12-10", true},
		{"a Sunday, first seen on the Saturday", "2026-12-13", "2026-12-13", "2026-12-12", "", true},
		{"a Sunday, first seen on the Saturday, with grace", "2026-12-13", "2026-12-15", "2026-12-12", "2026-12-15", true},
		{"a Sunday, on the Friday", "2026-12-13", "2026-12-13", "2026-12-11", "2026-12-11", true},
		{"late", "2026-12-10", "2026-12-13", "2026-12-14", "", false},
		{"grace that ends on a Sunday, on that day", "2026-12-10", "2026-12-13", "2026-12-13", "", true},
	} {
		b := &bill.Bill{DueDate: day(t, c.due), LastSafeDay: day(t, c.safe), NeedsWorkday: c.workday}
		if got := PayBy(b, weekends{}, day(t, c.today)); got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := PayBy(b, nil, day(t, c.today)); got != b.DueDate && got != b.LastSafeDay && day(t, c.today) <= b.LastSafeDay {
			t.Errorf("%s: without a calendar: %s", c.name, got)
		}
	}
	if got := PayBy(&bill.Bill{NeedsWorkday: true}, weekends{}, day(t, "2026-12-10")); got.Known() {
		t.Errorf("a bill without a date is to be paid by %s", got)
	}
}
