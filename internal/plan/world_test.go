package plan

import (
	"fmt"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"repayd/internal/bill"
	"repayd/internal/calendar"
)

func day(t testing.TB, s string) bill.Day {
	t.Helper()
	d, err := bill.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func shanghai(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// at reads "2026-11-25 09:00" in Shanghai.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai(t))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func ladderOf(t testing.TB, texts ...string) []Step {
	t.Helper()
	var steps []Step
	for _, text := range texts {
		s, err := ParseStep(text)
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, s)
	}
	return steps
}

// standard is the ladder of the example configuration, to one channel.
func standard(t testing.TB) Policy {
	t.Helper()
	return Policy{Name: "default", At: clock(t, "09:00"), Channels: []string{"me"},
		Steps: ladderOf(t, "due-7d", "due-3d", "due-1d", "due 10:00", "grace-1d", "grace 10:00", "late every 2d")}
}

func quietNights(t testing.TB) *calendar.Quiet {
	t.Helper()
	return &calendar.Quiet{From: clock(t, "22:00"), To: clock(t, "08:00"), Zone: shanghai(t)}
}

// world is one bill and its reminders over time.
type world struct {
	t    testing.TB
	b    bill.Bill
	rows []Reminder
	env  Env
}

func newWorld(t testing.TB, due, safe string) *world {
	t.Helper()
	return &world{t: t, env: Env{Zone: shanghai(t), Quiet: quietNights(t), Policies: []Policy{standard(t)}},
		b: bill.Bill{ID: "b1", Issuer: "bank", Zone: "Asia/Shanghai", DueDate: day(t, due), LastSafeDay: day(t, safe), Trust: bill.TrustVouched}}
}

// step plans at the given instant and keeps the result.
func (w *world) step(when string) *world {
	w.t.Helper()
	w.env.Now = at(w.t, when)
	w.apply(Reconcile(&w.b, w.rows, w.env))
	if again := Reconcile(&w.b, w.rows, w.env); len(again) != 0 {
		w.t.Fatalf("planning twice at %s changes %d reminders: %+v", when, len(again), again[0])
	}
	return w
}

func (w *world) apply(changes []Reminder) {
	for _, c := range changes {
		i := slices.IndexFunc(w.rows, func(r Reminder) bool { return r.ID == c.ID })
		if i < 0 {
			w.rows = append(w.rows, c)
		} else {
			w.rows[i] = c
		}
	}
}

// accept marks what is due by now as accepted and returns the steps.
func (w *world) accept() []string {
	var steps []string
	for i := range w.rows {
		if r := &w.rows[i]; r.State == StatePlanned && !r.At.After(w.env.Now) {
			r.State = StateAccepted
			steps = append(steps, r.Step)
		}
	}
	return steps
}

// planned lists the planned reminders about the bill as "step instant".
func (w *world) planned() []string {
	var lines []string
	rows := slices.Clone(w.rows)
	slices.SortStableFunc(rows, func(a, b Reminder) int { return a.At.Compare(b.At) })
	for _, r := range rows {
		if r.State == StatePlanned {
			lines = append(lines, r.Step+" "+r.At.In(w.env.Zone).Format("01-02 15:04"))
		}
	}
	return lines
}

// states lists every reminder as "step date state", with its reason or what
// it is folded into.
func (w *world) states() []string {
	var lines []string
	for _, r := range w.rows {
		line := fmt.Sprintf("%s %s %s", r.Step, r.Date.String()[5:], r.State)
		if r.State == StateCancelled {
			line += " " + string(r.Reason)
		}
		if r.State == StateFolded {
			i := slices.IndexFunc(w.rows, func(o Reminder) bool { return o.ID == r.FoldedInto })
			line += " " + w.rows[i].Step
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

func (w *world) want(what string, got []string, want ...string) {
	w.t.Helper()
	if !slices.Equal(got, want) {
		w.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// weekends has no holidays.
type weekends struct{}

func (weekends) IsWorkday(_ string, d bill.Day) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

func (w weekends) Before(_ string, d bill.Day) bill.Day {
	for d--; !w.IsWorkday("", d); d-- {
	}
	return d
}

func (weekends) Known(string, int) bool { return true }

func (w weekends) After(_ string, d bill.Day) bill.Day {
	for d++; !w.IsWorkday("", d); d++ {
	}
	return d
}
