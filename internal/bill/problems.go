package bill

import (
	"slices"
	"time"
)

// openProblems keeps the problems that no later word has answered.
func (f *folder) openProblems() {
	b := &f.b
	for _, p := range f.problems {
		if !p.ask && f.cured(p) {
			continue
		}
		if f.answered(p.at) {
			continue
		}
		if !slices.Contains(b.Problems, p.Problem) {
			b.Problems = append(b.Problems, p.Problem)
		}
		if b.ProblemAt.IsZero() || p.at.Before(b.ProblemAt) {
			b.ProblemAt = p.at
		}
	}
	if !b.Open() {
		b.Problems, b.ProblemAt = nil, time.Time{}
	}
	if len(b.Problems) == 0 && !b.DueDate.Known() {
		b.ProblemAt = b.Seen
	}
}

// cured: another notice or the owner gives the field with certainty.
func (f *folder) cured(p problem) bool {
	return f.b.hasSource(p.Field)
}

// answered: the owner set or reopened the bill after the problem arose, and
// the date is known.
func (f *folder) answered(at time.Time) bool {
	return f.b.DueDate.Known() && slices.ContainsFunc(f.group.Commands, func(c Command) bool {
		return (c.Kind == CommandSet || c.Kind == CommandReopen) && !c.At.Before(at) && !c.At.After(f.last)
	})
}

func (b *Bill) hasSource(field Field) bool {
	_, ok := b.Sources[field]
	return ok
}
