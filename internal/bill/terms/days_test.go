package terms

import (
	"testing"
	"time"

	"repayd/internal/bill"
)

// weekends is a calendar in which nothing else is off.
type weekends struct{}

func (weekends) IsWorkday(_ string, d bill.Day) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

func (w weekends) Before(_ string, d bill.Day) bill.Day {
	for d--; !w.IsWorkday("", d); d-- {
	}
	return d
}

func (w weekends) After(_ string, d bill.Day) bill.Day {
	for d++; !w.IsWorkday("", d); d++ {
	}
	return d
}

func (weekends) Known(string, int) bool { return true }

func TestDueRules(t *testing.T) {
	t.Parallel()
	n := func(i int) *int { return &i }
	for name, c := range map[string]struct {
		rule       Due
		from, want string
	}{
		"the 8th after":              {Due{Day: 8}, "2025-03-01", "2025-03-08"},
		"the 8th after the 8th":      {Due{Day: 8}, "2025-03-08", "2025-04-08"},
		"a 31st of a short month":    {Due{Day: 31}, "2025-02-05", "2025-02-28"},
		"a 31st after it":            {Due{Day: 31}, "2025-02-28", "2025-03-31"},
		"the 8th of the month after": {Due{Months: n(1), Day: 8}, "2025-12-31", "2026-01-08"},
		"the same day a month later": {Due{Months: n(1)}, "2025-01-30", "2025-02-28"},
		"30 days after":              {Due{Days: 30}, "2025-02-15", "2025-03-17"},
		"the last working day":       {Due{LastWorkday: true}, "2025-05-03", "2025-05-30"},
		"the last one two months on": {Due{LastWorkday: true, Months: n(2)}, "2025-03-03", "2025-05-30"},
		"of the map":                 {Due{Map: map[int]int{8: 1}}, "2025-12-08", "2026-01-01"},
		"not in the map":             {Due{Map: map[int]int{8: 1}}, "2025-12-09", ""},
		"a Saturday stays":           {Due{Days: 1}, "2025-05-30", "2025-05-31"},
		"a Saturday, the next":       {Due{Days: 1, Shift: ShiftFollowing}, "2025-05-30", "2025-06-02"},
		"a Saturday, the one before": {Due{Days: 1, Shift: ShiftPreceding}, "2025-05-30", "2025-05-30"},
		"a Saturday, in its month":   {Due{Days: 1, Shift: ShiftModified}, "2025-05-30", "2025-05-30"},
		"a Sunday amid a month":      {Due{Days: 1, Shift: ShiftModified}, "2025-05-17", "2025-05-19"},
		"of a day that is not known": {Due{Days: 1}, "", ""},
	} {
		var from bill.Day
		if c.from != "" {
			from = day(t, c.from)
		}
		if got, ok := c.rule.On(from, "", weekends{}); got.String() != c.want || ok != (c.want != "") {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestGrace: what is not certain to hold for the bill is no grace.
func TestGrace(t *testing.T) {
	t.Parallel()
	o := Origin{Certainty: Official}
	late, used, early := Past{Due: day(t, "2025-02-10"), Late: true}, Past{Due: day(t, "2025-01-10"), Grace: true}, Past{Due: day(t, "2024-12-10"), Grace: true}
	for name, c := range map[string]struct {
		grace  *Grace
		before []Past
		asked  bool
		want   string
	}{
		"none":                          {nil, nil, true, "2025-03-10"},
		"three days":                    {&Grace{Origin: o, Days: 3}, nil, false, "2025-03-13"},
		"the due date is the first":     {&Grace{Origin: o, Days: 3, CountsDue: true}, nil, false, "2025-03-12"},
		"unproven":                      {&Grace{Origin: Origin{Certainty: Hearsay}, Days: 3}, nil, true, "2025-03-10"},
		"contradictory":                 {&Grace{Origin: Origin{Certainty: Contradictory}, Days: 3}, nil, true, "2025-03-10"},
		"on request, not asked":         {&Grace{Origin: o, Days: 3, OnRequest: true}, nil, false, "2025-03-10"},
		"on request, asked":             {&Grace{Origin: o, Days: 3, OnRequest: true}, nil, true, "2025-03-13"},
		"if in time, the past unknown":  {&Grace{Origin: o, Days: 3, PreviousOnTime: true}, nil, false, "2025-03-10"},
		"if in time, after a late one":  {&Grace{Origin: o, Days: 3, PreviousOnTime: true}, []Past{late, used}, false, "2025-03-10"},
		"if in time, after such a one":  {&Grace{Origin: o, Days: 3, PreviousOnTime: true}, []Past{used, late}, false, "2025-03-13"},
		"twice a year, once so far":     {&Grace{Origin: o, Days: 3, PerYear: 2}, []Past{late, used, early}, false, "2025-03-13"},
		"once a year, which is over":    {&Grace{Origin: o, Days: 3, PerYear: 1}, []Past{late, used, early}, false, "2025-03-10"},
		"once a year, the past unknown": {&Grace{Origin: o, Days: 3, PerYear: 1}, nil, false, "2025-03-10"},
	} {
		if got := c.grace.LastSafe(day(t, "2025-03-10"), c.before, c.asked); got.String() != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestGraceThatIsNotCertain: it is told, and costs as none.
func TestGraceThatIsNotCertain(t *testing.T) {
	t.Parallel()
	o, weak := Origin{Certainty: Official}, Origin{Certainty: Contradictory}
	for code, c := range map[string]struct {
		Grace
		before []Past
	}{
		"grace_unproven":         {Grace{Origin: weak, Days: 3}, []Past{{}}},
		"grace_on_request":       {Grace{Origin: o, Days: 3, OnRequest: true}, []Past{{}}},
		"grace_previous_on_time": {Grace{Origin: o, Days: 3, PreviousOnTime: true}, nil},
		"grace_per_year":         {Grace{Origin: o, Days: 3, PerYear: 3}, nil},
		"grace_earned":           {Grace{Origin: o, Days: 3, PreviousOnTime: true}, []Past{{}}},
		"grace_lost":             {Grace{Origin: o, Days: 3, PreviousOnTime: true}, []Past{{Late: true}}},
		"interest_day":           {Grace{Origin: o, Days: 3}, []Past{{}}}, // the bill or its owner denies it
	} {
		terms := interest(Interest{Rate: rate(t, "1%"), Base: BaseOutstanding})
		terms.Grace = &c.Grace
		f := facts(t, "100.00 CNY", "2025-01-10", "2025-01-10")
		f.Before = c.before
		got := terms.Cost(f, day(t, "2025-01-12"))
		if until := got.Lines[0].Args["day"]; got.Lines[0].Code != code || until != "" && until != "2025-01-13" || got.Total.String() != "2.00 CNY" {
			t.Errorf("%+v", got)
		}
		if got := terms.Cost(facts(t, "100.00 CNY", "2025-01-10", "2025-01-13"), day(t, "2025-01-12")); codes(got.Lines) != "safe" {
			t.Errorf("a grace that the bill has: %+v", got)
		}
	}
}
