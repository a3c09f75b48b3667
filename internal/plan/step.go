package plan

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"repayd/internal/bill"
)

// maxOffset bounds the days of a step: a ladder is about one bill, and a typo
// such as due-300d should be seen, not planned.
const maxOffset = 120

var (
	stepShape  = regexp.MustCompile(`^([a-z_]+)(?:([+-])([0-9]+)d)?(?: +([^ ]+))?$`)
	everyShape = regexp.MustCompile(`^([a-z_]+) +every +([0-9]+)d(?: +([^ ]+))?$`)
)

// ParseStep reads one step of a ladder: ANCHOR[+Nd|-Nd] [HH:MM] with the
// anchors statement, due, grace, late, debit and milestone, or late every Nd
// [HH:MM]. The error says what to write instead.
func ParseStep(s string) (Step, error) {
	text := strings.TrimSpace(s)
	if m := everyShape.FindStringSubmatch(text); m != nil {
		return parseEvery(s, m[1], m[2], m[3])
	}
	m := stepShape.FindStringSubmatch(text)
	if m == nil {
		return Step{}, fmt.Errorf("%q is not a step; write an anchor, days and an hour, "+
			"as in due-3d, \"grace 10:00\" or \"late every 2d\"", s)
	}
	step := Step{Anchor: Anchor(m[1])}
	if err := knownAnchor(s, step.Anchor); err != nil {
		return Step{}, err
	}
	if m[2] != "" {
		n, err := parseDays(s, m[3])
		if err != nil {
			return Step{}, err
		}
		if m[2] == "-" {
			n = -n
		}
		step.Offset = n
	}
	if err := sensible(s, step); err != nil {
		return Step{}, err
	}
	var err error
	step.At, err = parseHour(s, m[4])
	return step, err
}

func parseEvery(s, anchor, days, hour string) (Step, error) {
	if Anchor(anchor) != AnchorLate {
		return Step{}, fmt.Errorf("%q: only late repeats; write \"late every %sd\"", s, days)
	}
	n, err := parseDays(s, days)
	if err != nil {
		return Step{}, err
	}
	at, err := parseHour(s, hour)
	if err != nil {
		return Step{}, err
	}
	return Step{Anchor: AnchorLate, Every: n, At: at}, nil
}

func knownAnchor(s string, a Anchor) error {
	switch a {
	case AnchorStatement, AnchorDue, AnchorGrace, AnchorLate, AnchorDebit, AnchorMilestone:
		return nil
	}
	return fmt.Errorf("%q: %q is not an anchor; write statement, due, grace, late, debit or milestone", s, string(a))
}

func parseDays(s, digits string) (int, error) {
	n, err := strconv.Atoi(digits)
	if err != nil || n > maxOffset {
		return 0, fmt.Errorf("%q: %s days are too many; write at most %d", s, digits, maxOffset)
	}
	if n == 0 {
		return 0, fmt.Errorf("%q: 0 days; leave the number out or write 1d or more", s)
	}
	return n, nil
}

// sensible refuses steps that could only ever be told at another one's instant.
func sensible(s string, step Step) error {
	switch {
	case step.Anchor == AnchorStatement && step.Offset < 0:
		return fmt.Errorf("%q: nothing is known before the statement; write statement or a step such as due-7d", s)
	case step.Anchor == AnchorLate && step.Offset < 0:
		return fmt.Errorf("%q: a bill is late from the day after its last safe day on; "+
			"write grace or grace-1d for the days before", s)
	case step.Anchor == AnchorGrace && step.Offset > 0:
		return fmt.Errorf("%q: after the last safe day a bill is late; write late or late+1d", s)
	case step.Anchor == AnchorMilestone && step.Offset > 0:
		return fmt.Errorf("%q: after a milestone its consequence is there; write milestone or milestone-2d", s)
	}
	return nil
}

func parseHour(s, hour string) (bill.Clock, error) {
	if hour == "" {
		return 0, nil
	}
	at, err := bill.ParseClock(hour)
	if err != nil {
		return 0, fmt.Errorf("%q: %w", s, err)
	}
	if at.Minutes() == 24*60 {
		return 0, fmt.Errorf("%q: 24:00 is the next day; write 00:00 and one day more", s)
	}
	return at, nil
}

// Name is the step's name in tables, letters and on the wire: due-7d, grace.
// The hour is not part of it. A repeated step's first occurrence is "late".
func (s Step) Name() string { return stepName(s.Anchor, s.Offset) }

// String is the step as it is configured, hour included.
func (s Step) String() string {
	text := s.Name()
	if s.Every > 0 {
		text = fmt.Sprintf("%s every %dd", s.Anchor, s.Every)
	}
	if s.At.Known() {
		text += " " + s.At.String()
	}
	return text
}

func stepName(a Anchor, offset int) string {
	if names, ok := stepNames[a]; ok && -maxOffset <= offset && offset <= maxOffset {
		return names[maxOffset+offset]
	}
	return makeName(string(a), offset)
}

func makeName(anchor string, offset int) string {
	switch {
	case offset > 0:
		return anchor + "+" + strconv.Itoa(offset) + "d"
	case offset < 0:
		return anchor + strconv.Itoa(offset) + "d"
	}
	return anchor
}

// stepNames are made once: a hundred thousand ladders share them.
var stepNames = func() map[Anchor]*[2*maxOffset + 1]string {
	all := map[Anchor]*[2*maxOffset + 1]string{}
	for _, a := range []Anchor{AnchorStatement, AnchorDue, AnchorGrace, AnchorLate, AnchorDebit, AnchorMilestone} {
		all[a] = new([2*maxOffset + 1]string)
		for i := range all[a] {
			all[a][i] = makeName(string(a), i-maxOffset)
		}
	}
	return all
}()

// Validate reports everything that makes the policy's ladder contradictory.
// That its channels exist is the configuration's matter.
func (p Policy) Validate() []error {
	if len(p.Steps) == 0 {
		return []error{errors.New("no steps; write at least one, as in [due-3d, due]")}
	}
	var errs []error
	for i, s := range p.Steps {
		for _, earlier := range p.Steps[:i] {
			if err := clash(earlier, s, p.At); err != nil {
				errs = append(errs, err)
				break
			}
		}
	}
	return errs
}

// clash reports why two steps cannot stand in one ladder: their reminders
// would have the same name on the same day.
func clash(a, b Step, at bill.Clock) error {
	if a.Every > 0 && b.Every > 0 {
		return fmt.Errorf("%q and %q: late repeats in one rhythm only; leave one out", a, b)
	}
	if !sameDay(a, b) && !sameDay(b, a) {
		return nil
	}
	if a.Every == b.Every && hourOf(a, at) == hourOf(b, at) {
		return fmt.Errorf("%q stands twice; leave one out", b)
	}
	if a.Every != b.Every {
		return fmt.Errorf("%q and %q speak on the same day; leave one out", a, b)
	}
	return fmt.Errorf("%q and %q: a step speaks once a day; choose one hour", a, b)
}

// sameDay reports whether b is one of the occurrences of a.
func sameDay(a, b Step) bool {
	if a.Anchor != b.Anchor {
		return false
	}
	if a.Every > 0 && b.Every == 0 {
		return b.Offset >= a.Offset && (b.Offset-a.Offset)%a.Every == 0
	}
	return a.Offset == b.Offset
}

// defaultHour is when a step is told that gives no hour, under a policy that
// gives none either.
const defaultHour = 9

func hourOf(s Step, at bill.Clock) bill.Clock {
	if s.At.Known() {
		return s.At
	}
	if at.Known() {
		return at
	}
	nine, _ := bill.NewClock(defaultHour, 0)
	return nine
}
