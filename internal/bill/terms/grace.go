package terms

import (
	"errors"
	"fmt"

	"repayd/internal/bill"
)

// maxGrace bounds a grace, in days: nobody grants more without an agreement.
const maxGrace = 60

// Grace is how long after the due date paying is still harmless, and for whom.
type Grace struct {
	Origin
	Days int `json:"days"`
	// CountsDue: the due date itself is the first of the days.
	CountsDue bool       `json:"counts_due,omitempty"`
	CutOff    bill.Clock `json:"cut_off,omitzero"` // on its last day; unknown = the file's
	// OnRequest: only who asks for it before has it.
	OnRequest bool `json:"on_request,omitempty"`
	// PreviousOnTime: only after a bill that was paid in time.
	PreviousOnTime bool `json:"previous_on_time,omitempty"`
	PerYear        int  `json:"per_year,omitempty"` // so many times a calendar year; 0 = always
}

func (g *Grace) lint() error {
	switch {
	case g.Days < 0 || g.Days > maxGrace:
		return fmt.Errorf("grace: %d days; write 0 to %d", g.Days, maxGrace)
	case g.Days == 0 && (g.CountsDue || g.CutOff.Known() || g.OnRequest || g.PreviousOnTime || g.PerYear != 0):
		return errors.New("grace: conditions of no grace; write days, or remove them")
	case g.PerYear < 0:
		return errors.New("grace: per_year: write how many times a year, or remove it")
	}
	return nil
}

// Unconditional reports whether everybody has it, every time.
func (g *Grace) Unconditional() bool { return !g.OnRequest && !g.PreviousOnTime && g.PerYear == 0 }

// Safe is how many days after the due date paying is still harmless.
func (g *Grace) Safe() int {
	if g.CountsDue {
		return max(g.Days-1, 0)
	}
	return g.Days
}

// LastSafe, due date + days (− 1 where the due date is the first of them, as at
// Barclaycard), is the last day on which paying is still harmless, after the bills
// before (nil = not known), asked being whether the owner has asked for it.
// What is not well founded, or not certain to hold for the bill, is no grace.
func (g *Grace) LastSafe(due bill.Day, before []Past, asked bool) bill.Day {
	if g == nil || !g.Certainty.Counts() || g.OnRequest && !asked {
		return due
	}
	if g.PreviousOnTime && (len(before) == 0 || before[0].Late) {
		return due
	}
	if g.PerYear > 0 {
		year, _, _ := due.Date()
		used := 0
		for _, p := range before {
			if y, _, _ := p.Due.Date(); y == year && p.Grace {
				used++
			}
		}
		if before == nil || used >= g.PerYear {
			return due
		}
	}
	return due + bill.Day(g.Safe())
}

// GraceSaid is the grace that is known of and does not count, because it is not
// well founded or not everybody's; nil where there is none.
func (t *Terms) GraceSaid() *Grace {
	if t == nil || t.Grace == nil || t.Grace.Safe() == 0 || t.Grace.Certainty.Counts() && t.Grace.Unconditional() {
		return nil
	}
	return t.Grace
}
