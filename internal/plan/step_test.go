package plan

import (
	"strings"
	"testing"

	"repayd/internal/bill"

	"pgregory.net/rapid"
)

func clock(t testing.TB, s string) bill.Clock {
	t.Helper()
	c, err := bill.ParseClock(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParseStep(t *testing.T) {
	t.Parallel()
	ten := clock(t, "10:00")
	for text, want := range map[string]Step{
		"statement":           {Anchor: AnchorStatement},
		"statement+2d":        {Anchor: AnchorStatement, Offset: 2},
		"due-7d":              {Anchor: AnchorDue, Offset: -7},
		"due":                 {Anchor: AnchorDue},
		"due+1d":              {Anchor: AnchorDue, Offset: 1},
		"due 10:00":           {Anchor: AnchorDue, At: ten},
		" due-1d   10:00 ":    {Anchor: AnchorDue, Offset: -1, At: ten},
		"grace-1d":            {Anchor: AnchorGrace, Offset: -1},
		"grace 00:00":         {Anchor: AnchorGrace, At: clock(t, "00:00")},
		"late":                {Anchor: AnchorLate},
		"late+3d":             {Anchor: AnchorLate, Offset: 3},
		"late every 2d":       {Anchor: AnchorLate, Every: 2},
		"late every 2d 10:00": {Anchor: AnchorLate, Every: 2, At: ten},
	} {
		got, err := ParseStep(text)
		if err != nil || got != want {
			t.Errorf("ParseStep(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestParseStepErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "write an anchor",
		"7d":                        "write an anchor",
		"due - 7d":                  "write an anchor",
		"due-7":                     "write an anchor",
		"due-7d 9":                  "09:00",
		"due 24:00":                 "next day",
		"due 25:00":                 "09:00",
		"due-0d":                    "0 days",
		"due-999d":                  "at most 120",
		"paid-3d":                   "write statement, due, grace, late, debit or milestone",
		"due every 2d":              `write "late every 2d"`,
		"late every 0d":             "0 days",
		"late-1d":                   "write grace",
		"grace+1d":                  "write late",
		"statement-2d":              "due-7d",
		"due-3d 10:00 x":            "write an anchor",
		"due-99999999999999999999d": "at most 120",
	} {
		_, err := ParseStep(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseStep(%q) error = %v; want it to say %q", text, err, want)
		}
	}
}

func TestStepName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"due-7d 10:00": "due-7d", "grace": "grace", "late+2d": "late+2d",
		"late every 2d 08:00": "late", "statement+1d": "statement+1d",
	} {
		step, err := ParseStep(text)
		if err != nil || step.Name() != want {
			t.Errorf("ParseStep(%q).Name() = %q, %v; want %q", text, step.Name(), err, want)
		}
	}
}

// What a step prints as is what it was read from.
func TestStepRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		step := anyStep().Draw(t, "step")
		got, err := ParseStep(step.String())
		if err != nil || got != step {
			t.Fatalf("ParseStep(%q) = %+v, %v; want %+v", step, got, err, step)
		}
	})
}

func anyStep() *rapid.Generator[Step] {
	return rapid.Custom(func(t *rapid.T) Step {
		s := Step{Anchor: rapid.SampledFrom([]Anchor{
			AnchorStatement, AnchorDue, AnchorGrace, AnchorLate, AnchorDebit, AnchorMilestone,
		}).Draw(t, "anchor")}
		switch s.Anchor {
		case AnchorStatement:
			s.Offset = rapid.IntRange(0, 5).Draw(t, "offset")
		case AnchorDue:
			s.Offset = rapid.IntRange(-10, 3).Draw(t, "offset")
		case AnchorDebit:
			s.Offset = rapid.IntRange(-3, 3).Draw(t, "offset")
		case AnchorMilestone:
			s.Offset = rapid.IntRange(-4, 0).Draw(t, "offset")
		case AnchorGrace:
			s.Offset = rapid.IntRange(-4, 0).Draw(t, "offset")
		case AnchorLate:
			s.Every = rapid.IntRange(0, 4).Draw(t, "every")
			if s.Every == 0 {
				s.Offset = rapid.IntRange(0, 5).Draw(t, "offset")
			}
		}
		if rapid.Bool().Draw(t, "has hour") {
			s.At, _ = bill.NewClock(rapid.IntRange(0, 23).Draw(t, "hour"), 0)
		}
		return s
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps []string
		want  []string
	}{
		"fine":                              {[]string{"due-7d", "due 10:00", "grace-1d", "grace", "late every 2d"}, nil},
		"different rhythms that never meet": {[]string{"late+1d", "late every 2d"}, nil},
		"none":                              {nil, []string{"no steps"}},
		"twice":                             {[]string{"due-7d", "due-7d"}, []string{"stands twice"}},
		"twice spelt out":                   {[]string{"due-7d", "due-7d 09:00"}, []string{"stands twice"}},
		"two hours":                         {[]string{"due 10:00", "due 18:00"}, []string{"choose one hour"}},
		"late and every":                    {[]string{"late", "late every 2d"}, []string{"same day"}},
		"every and later":                   {[]string{"late every 2d", "late+4d 10:00"}, []string{"same day"}},
		"two rhythms":                       {[]string{"late every 2d", "late every 3d"}, []string{"one rhythm"}},
		"all are told":                      {[]string{"due", "due", "late", "late"}, []string{"stands twice", "stands twice"}},
	} {
		p := Policy{At: clock(t, "09:00")}
		for _, text := range c.steps {
			step, err := ParseStep(text)
			if err != nil {
				t.Fatal(err)
			}
			p.Steps = append(p.Steps, step)
		}
		errs := p.Validate()
		if len(errs) != len(c.want) {
			t.Errorf("%s: %v; want %d errors", name, errs, len(c.want))
			continue
		}
		for i, err := range errs {
			if !strings.Contains(err.Error(), c.want[i]) {
				t.Errorf("%s: %v; want it to say %q", name, err, c.want[i])
			}
		}
	}
}
