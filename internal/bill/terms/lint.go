package terms

import (
	"errors"
	"fmt"
)

// linter gathers what is wrong, each with its rule.
type linter struct{ errs []error }

func (l *linter) add(what string, i int, all ...error) {
	for _, err := range all {
		if err != nil {
			l.errs = append(l.errs, fmt.Errorf("%s %d: %w", what, i+1, err))
		}
	}
}

// Lint reports every contradiction in the rules, in the order of the fields of
// Terms: what is added behind adds its errors behind.
func (t *Terms) Lint() []error {
	l := &linter{}
	t.lintDays(l)
	for i, m := range t.Minimum {
		l.add("minimum", i, m.lint(), m.Origin.lint())
		for j := range i {
			if t.Minimum[j].Currency == m.Currency {
				l.add("minimum", i, fmt.Errorf("another rule is for %s; keep one", m.Currency))
			}
		}
	}
	t.lintFees(l)
	t.lintInterest(l)
	for i, e := range t.Extensions {
		l.add("extension", i, e.lint(), e.Origin.lint())
	}
	for i, m := range t.Milestones {
		if m.After < 0 {
			l.add("milestone", i, fmt.Errorf("%s lies before the due date", m.Name))
		}
		l.add("milestone", i, m.Origin.lint())
	}
	return l.errs
}

func (t *Terms) lintDays(l *linter) {
	for i, d := range t.Due {
		l.add("due", i, d.lint(), d.Origin.lint())
		for j := range i {
			if t.Due[j].From == d.From {
				l.add("due", i, fmt.Errorf("another rule says what follows from the %s; keep one", d.From))
			}
		}
	}
	if t.Grace != nil {
		l.add("grace", 0, t.Grace.lint(), t.Grace.Origin.lint())
	}
	if t.Transfer != nil {
		l.add("transfer", 0, t.Transfer.lint(), t.Transfer.Origin.lint())
	}
}

func (t *Terms) lintFees(l *linter) {
	for i, f := range t.Fees {
		l.add("fee", i, f.lint(), f.Origin.lint())
	}
	for i, c := range t.FeeCaps {
		l.add("fee cap", i, c.Amount.lint(c.Currency), c.Origin.lint())
		for j := range i {
			if o := t.FeeCaps[j]; o.Currency == c.Currency && o.PerOrder == c.PerOrder {
				l.add("fee cap", i, errors.New("another cap is for the same fees; write the lesser of both with choose"))
			}
		}
	}
}

func (t *Terms) lintInterest(l *linter) {
	for i := range t.Interest {
		n := &t.Interest[i]
		l.add("interest", i, n.lint(), n.Origin.lint())
		for j := range i {
			if n.overlaps(&t.Interest[j]) {
				l.add("interest", i, fmt.Errorf("it holds at the same time as interest %d; end that one the day before this begins", j+1))
			}
		}
	}
}

// maxTransfer bounds how long money may be under way, in working days.
const maxTransfer = 10

func (t *Transfer) lint() error {
	if t.Workdays < 0 || t.Workdays > maxTransfer {
		return fmt.Errorf("%d working days; write 0 to %d", t.Workdays, maxTransfer)
	}
	return nil
}

func (f *Fee) lint() error {
	if f.After < 0 {
		return errors.New("nothing is charged before the due date")
	}
	if f.When == WhenAlways {
		return errors.New("a fee is charged for being late; write when: unpaid or minimum_unpaid")
	}
	return errors.Join(f.Condition.lint(), f.Amount.lint(f.Currency))
}

func (e *Extension) lint() error {
	if e.Days <= 0 || e.Times < 0 {
		return errors.New("write for how many days the bill is put off, such as days: 30d")
	}
	return e.Amount.lint(e.Currency)
}
