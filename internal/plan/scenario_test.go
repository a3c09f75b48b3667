package plan

import (
	"slices"
	"testing"
	"time"

	"repayd/internal/bill"
)

func TestCatchUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-13").step("2026-12-01 12:00")
	w.step("2026-12-09 15:00") // down for a week
	w.want("the newest alone", w.planned()[:2], "due-1d 12-09 09:00", "due 12-10 10:00")
	w.want("told", w.accept(), "due-1d")
	w.want("the older ones fold into it", w.states()[2:4], "due-3d 12-10 folded due-1d", "due-7d 12-10 folded due-1d")
	w.step("2026-12-10 10:00")
	w.want("on time", w.accept(), "due")
}

func TestUndeliveredFoldsOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-03 09:00").step("2026-12-07 09:00").step("2026-12-09 09:00")
	w.want("links lead straight to what is planned", w.states()[1:4],
		"due-1d 12-10 planned", "due-3d 12-10 folded due-1d", "due-7d 12-10 folded due-1d")
}

func TestInLetterIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-07 09:00")
	i := slices.IndexFunc(w.rows, func(r Reminder) bool { return r.Step == "due-3d" })
	w.rows[i].State, w.rows[i].Letter = StateInLetter, "l1"
	w.step("2026-12-09 09:00")
	if w.rows[i].State != StateInLetter || w.rows[i].Letter != "l1" {
		t.Errorf("a reminder in a letter has changed: %+v", w.rows[i])
	}
	w.want("the newer one beside it", w.planned()[:1], "due-1d 12-09 09:00")
}

func TestMovedLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-09 09:00")
	w.accept()
	w.b.MovedFrom, w.b.MovedAt = w.b.DueDate, at(t, "2026-12-09 12:00")
	w.b.DueDate, w.b.LastSafeDay = day(t, "2026-12-12"), day(t, "2026-12-12")
	w.step("2026-12-09 12:00")
	w.want("only what is ahead", w.planned()[:3], "due-1d 12-11 09:00", "due 12-12 10:00", "late 12-13 09:00")
	for _, r := range w.rows {
		if r.State == StatePlanned && r.MovedFrom != day(t, "2026-12-10") {
			t.Errorf("%s does not say what it moved from", r.Step)
		}
		if r.State == StatePlanned && r.Date < day(t, "2026-12-12") {
			t.Errorf("%s is still planned under %s", r.Step, r.Date)
		}
	}
	if s := w.states(); !slices.Contains(s, "due 12-10 cancelled moved") || !slices.Contains(s, "due-1d 12-10 accepted") {
		t.Errorf("the old ladder: %q", s)
	}
}

func TestMovedEarlier(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-20", "2026-12-20").step("2026-12-08 09:00")
	w.b.MovedFrom, w.b.MovedAt = w.b.DueDate, at(t, "2026-12-08 12:00")
	w.b.DueDate, w.b.LastSafeDay = day(t, "2026-12-10"), day(t, "2026-12-10")
	w.step("2026-12-08 12:00")
	w.want("the newest passed at once", w.planned()[:3], "due-3d 12-08 12:00", "due-1d 12-09 09:00", "due 12-10 10:00")
	w.want("told once", w.accept(), "due-3d")
	w.step("2026-12-08 13:00")
	w.want("told once", w.accept())
}

func TestMovedAndBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-01 09:00")
	w.b.MovedFrom, w.b.MovedAt = w.b.DueDate, at(t, "2026-12-01 10:00")
	w.b.DueDate, w.b.LastSafeDay = w.b.DueDate+5, w.b.LastSafeDay+5
	w.step("2026-12-01 10:00")
	w.b.MovedFrom, w.b.MovedAt = w.b.DueDate, at(t, "2026-12-01 11:00")
	w.b.DueDate, w.b.LastSafeDay = w.b.DueDate-5, w.b.LastSafeDay-5
	w.step("2026-12-01 11:00")
	w.want("the first ladder lives again", w.planned()[:2], "due-7d 12-03 09:00", "due-3d 12-07 09:00")
}

func TestSettledAndReopened(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-13").step("2026-12-09 09:00")
	w.accept()
	w.b.SettledAt = at(t, "2026-12-09 12:00")
	w.step("2026-12-09 12:00")
	w.want("silence", w.planned())
	if !slices.Contains(w.states(), "due 12-10 cancelled settled") {
		t.Errorf("no reason: %q", w.states())
	}
	w.b.SettledAt, w.b.ReopenedAt = time.Time{}, at(t, "2026-12-09 18:00")
	w.step("2026-12-09 18:00")
	w.want("told at once though told before", w.planned()[:3], "due-1d 12-09 18:00", "due 12-10 10:00", "grace-1d 12-12 09:00")
	w.want("once", w.accept(), "due-1d")
	w.env.Policies[0].Steps = ladderOf(t, "due-2d", "due 10:00") // even under another ladder
	w.step("2026-12-09 19:00")
	w.want("once", w.accept())
}

func TestReopenedOnTheDayItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-13").step("2026-12-10 10:00")
	w.accept()
	w.b.SettledAt = at(t, "2026-12-10 11:00")
	w.step("2026-12-10 11:00")
	w.b.SettledAt, w.b.ReopenedAt = time.Time{}, at(t, "2026-12-10 15:00")
	w.step("2026-12-10 15:00")
	w.want("under a key of its own", w.accept(), "due")
}

func TestReopenedBeforeAnyStep(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-20", "2026-12-20").step("2026-12-01 10:00")
	w.b.SettledAt = at(t, "2026-12-01 11:00")
	w.step("2026-12-01 11:00")
	w.b.SettledAt, w.b.ReopenedAt = time.Time{}, at(t, "2026-12-01 15:00")
	w.step("2026-12-01 15:00")
	w.want("the same day", w.planned()[:2], "due-7d 12-01 15:00", "due-7d 12-13 09:00")
}

func TestPolicyChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-07 09:00")
	w.accept()
	w.env.Policies[0].At = clock(t, "11:00")
	w.env.Policies[0].Channels = []string{"me", "office"}
	w.env.Policies[0].Steps = ladderOf(t, "due-7d", "due-3d", "due-1d", "due+1d", "late")
	id := w.rows[slices.IndexFunc(w.rows, func(r Reminder) bool { return r.Step == "due-1d" })].ID
	w.step("2026-12-07 12:00")
	w.want("the new channel hears the newest step", w.planned()[:3], "due-3d 12-07 12:00", "due-1d 12-09 11:00", "due-1d 12-09 11:00")
	if i := slices.IndexFunc(w.rows, func(r Reminder) bool { return r.ID == id }); !w.rows[i].At.Equal(at(t, "2026-12-09 11:00")) {
		t.Errorf("not updated in place: %+v", w.rows[i])
	}
	if !slices.Contains(w.states(), "due 12-10 cancelled policy") {
		t.Errorf("a step that is gone: %q", w.states())
	}
	w.env.Policies[0].Channels = []string{"office"}
	w.step("2026-12-07 12:01")
	for _, r := range w.rows {
		if r.Channel == "me" && r.State == StatePlanned {
			t.Errorf("still planned to a channel that is gone: %+v", r)
		}
	}
	w.env.Policies[0].Channels = []string{"me"}
	w.step("2026-12-09 12:00")
	w.want("the channel is back", w.accept(), "due-1d")
}

func TestQuietHoursChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10")
	w.env.Policies[0].Steps = ladderOf(t, "due-1d 06:00")
	w.step("2026-12-01 10:00")
	w.want("held", w.planned(), "due-1d 12-09 08:00")
	w.env.Quiet.To = clock(t, "07:00")
	w.step("2026-12-01 10:00")
	w.want("held shorter", w.planned(), "due-1d 12-09 07:00")
}

// What the owner heard today is not told again under the name of a step that
// comes first in order.
func TestToldTodayStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10")
	w.env.Policies[0].Steps = ladderOf(t, "grace 10:00")
	w.step("2026-12-10 10:00").accept()
	w.env.Policies[0].Steps = ladderOf(t, "due 18:00", "grace 10:00")
	w.step("2026-12-10 18:00")
	w.want("folded", w.states(), "due 12-10 folded grace", "grace 12-10 accepted")
}

// Every link leads straight to the one that will be told.
func TestLinksAreDirect(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-10 10:00").step("2026-12-11 09:00")
	w.want("links", w.states()[:5], "due 12-10 folded late", "due-1d 12-10 folded late", "due-3d 12-10 folded late",
		"due-7d 12-10 folded late", "grace 12-10 folded late")
}

// A step folded into one that the policy then drops is told after all.
func TestFoldComesToNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-09 12:00")
	w.want("folded", w.states()[1:3], "due-1d 12-10 planned", "due-3d 12-10 folded due-1d")
	w.env.Policies[0].Steps = ladderOf(t, "due-3d", "due")
	w.step("2026-12-09 12:00")
	w.want("told", w.accept(), "due-3d")
	w = newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-09 12:00")
	w.env.Policies[0].Steps = ladderOf(t, "grace")
	w.step("2026-12-09 12:30")
	w.want("a day's second step stands up", w.planned(), "grace 12-10 09:00")
}

func TestSnooze(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-13").step("2026-12-02 10:00")
	w.b.SnoozedAt, w.b.SnoozeUntil = at(t, "2026-12-02 10:00"), at(t, "2026-12-08 07:00")
	w.step("2026-12-02 10:00")
	w.want("only the newest, out of quiet hours", w.planned()[:2], "due-3d 12-08 08:00", "due-1d 12-09 09:00")
	w.step("2026-12-08 08:00")
	w.want("released", w.accept(), "due-3d")
	w.b.SnoozedAt, w.b.SnoozeUntil = at(t, "2026-12-08 09:00"), at(t, "2026-12-20 09:00")
	w.step("2026-12-08 09:00")
	w.want("no longer than the due day", w.planned()[:2], "due-1d 12-10 09:00", "due 12-10 10:00")
	w.step("2026-12-10 10:00").accept()
	w.b.SnoozedAt, w.b.SnoozeUntil = at(t, "2026-12-10 11:00"), at(t, "2026-12-20 09:00")
	w.step("2026-12-10 11:00")
	w.want("no longer than the last safe day", w.planned()[:2], "grace-1d 12-13 09:00", "grace 12-13 10:00")
	w.b.SnoozedAt = at(t, "2026-12-14 10:00")
	w.step("2026-12-14 10:00")
	w.want("late, as long as the owner likes", w.planned()[:1], "late+6d 12-20 09:00")
	w.b.Milestones = []bill.Milestone{{Name: "credit_bureau", Day: day(t, "2026-12-17")}}
	w.step("2026-12-14 10:00")
	w.want("but not past the day on which it is reported", w.planned()[:1], "late+2d 12-17 09:00")
	w.b.Milestones = nil
	w.b.ReopenedAt = at(t, "2026-12-15 10:00")
	w.step("2026-12-15 10:00")
	w.want("reopened, it ends", w.accept(), "late")
}

func TestEarlierDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-20", "2026-12-20")
	w.b.EarlierDue = day(t, "2026-12-15")
	w.step("2026-12-01 10:00")
	w.want("one more", w.planned()[:3], "due-7d 12-13 09:00", "due 12-15 09:00", "due-3d 12-17 09:00")
	w.step("2026-12-16 12:00")
	w.want("it does not fold", w.accept(), "due-7d", "due")
	w = newWorld(t, "2026-12-20", "2026-12-20")
	w.b.EarlierDue = day(t, "2026-11-15")
	w.step("2026-12-01 10:00")
	w.want("passed: now", w.planned()[:1], "due 12-01 10:00")
	w = newWorld(t, "2026-12-20", "2026-12-20")
	w.b.EarlierDue = day(t, "2026-12-21")
	w.step("2026-12-15 10:00")
	if slices.ContainsFunc(w.rows, func(r Reminder) bool { return r.Date == w.b.EarlierDue && r.Step == "due" }) {
		t.Error("a later date adds a reminder")
	}
}

func TestReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-20", "2026-12-20")
	special := standard(t)
	special.Match.Issuer, special.Channels = "bank", []string{"office"}
	w.env.Policies = []Policy{special, w.env.Policies[0]}
	w.b.Problems = []bill.Problem{{Field: bill.FieldAmountDue, Why: "two amounts"}}
	w.b.ProblemAt = at(t, "2026-12-01 23:00")
	w.step("2026-12-01 23:00")
	w.want("review and ladder", w.planned()[:4],
		"review 12-02 08:00", "review+3d 12-04 09:00", "review+7d 12-08 09:00", "due-7d 12-13 09:00")
	if i := slices.IndexFunc(w.rows, func(r Reminder) bool { return r.Step == "review" }); w.rows[i].Channel != "me" {
		t.Errorf("a review goes to %s", w.rows[i].Channel)
	}
	w.step("2026-12-09 10:00")
	w.want("one for all", w.accept(), "review+7d")
	w.b.Problems, w.b.ProblemAt = nil, time.Time{}
	w.step("2026-12-09 11:00")
	w.want("resolved", w.planned()[:1], "due-7d 12-13 09:00")
	w.b.DueDate, w.b.LastSafeDay, w.b.Seen = 0, 0, at(t, "2026-12-09 11:30")
	w.step("2026-12-09 12:00")
	w.want("without a date only the review", w.planned(), "review 12-09 12:00", "review+3d 12-12 09:00", "review+7d 12-16 09:00")
	w.b.DroppedAt = at(t, "2026-12-09 13:00")
	w.step("2026-12-09 13:00")
	w.want("dropped", w.planned())
}

func TestBacklog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-11-10", "2026-11-10")
	w.b.Backlog = at(t, "2026-12-01 10:00")
	w.step("2026-12-01 10:05")
	w.want("no ladder", w.planned(), "backlog 12-01 10:05")
	w.b.Confirmed = true
	w.step("2026-12-01 11:00")
	if !slices.Contains(w.states(), "backlog 12-01 cancelled settled") {
		t.Errorf("confirmed: %q", w.states())
	}
	w.want("late", w.accept(), "late+20d")
}

// Decisions dated ahead of a clock that was set back are void, accepted ones
// stand.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-10").step("2026-12-09 10:00")
	w.step("2026-12-07 10:00")
	w.want("told now, and the others later", w.planned()[:3], "due-3d 12-07 10:00", "due-1d 12-09 09:00", "due 12-10 10:00")
	w.accept()
	w.step("2028-01-01 10:00").accept()
	w.step("2026-12-09 10:00")
	w.want("the ladder goes on", w.planned()[:2], "due-1d 12-09 10:00", "due 12-10 10:00")
}

func TestLongLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2024-01-10", "2024-01-10").step("2026-12-01 12:00")
	if n := len(w.rows); n > 60 {
		t.Errorf("%d reminders about one old bill", n)
	}
	w.want("the newest at once", w.accept(), "late+1054d")
}

func TestPick(t *testing.T) {
	t.Parallel()
	ps := []Policy{
		{Name: "card", Match: Match{Issuer: "cmb-*", Account: "1234"}},
		{Name: "big", Match: Match{MinAmount: bill.Money{Minor: 100000, Currency: "CNY"}}},
		{Name: "yen", Match: Match{Currency: "JPY"}},
		{Name: "auto", Match: Match{Kind: bill.KindAutopay}},
		{Name: "default"},
	}
	for want, b := range map[string]bill.Bill{
		"card":    {Issuer: "cmb-credit", Account: "1234"},
		"big":     {Issuer: "cmb-credit", Account: "4321", AmountDue: bill.Money{Minor: 100000, Currency: "CNY"}},
		"yen":     {Currency: "JPY", AmountDue: bill.Money{Minor: 900000, Currency: "JPY"}},
		"auto":    {Autopay: true},
		"default": {AmountDue: bill.Money{Minor: 99999, Currency: "CNY"}},
	} {
		if got := Pick(ps, &b); got.Name != want {
			t.Errorf("Pick = %s; want %s", got.Name, want)
		}
	}
	if got := Pick(nil, &bill.Bill{}); got != nil {
		t.Errorf("without policies: %v", got)
	}
	if got := Reconcile(&bill.Bill{ID: "b1"}, nil, Env{}); got != nil {
		t.Errorf("without policies: %v", got)
	}
}

func TestWildcard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"a", "a", true}, {"a", "ab", false}, {"*", "", true}, {"a*", "abc", true}, {"*c", "abc", true},
		{"a*c", "abc", true}, {"a*b*c", "axxbyyc", true}, {"a*b*c", "axxc", false}, {"ab*ba", "aba", false},
		{"*@shop.example", "bills@shop.example", true}, {"a**c", "abc", true},
	} {
		if got := wildcard(c.pattern, c.s); got != c.want {
			t.Errorf("wildcard(%q, %q) = %v", c.pattern, c.s, got)
		}
	}
}
