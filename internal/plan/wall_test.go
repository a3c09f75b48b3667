package plan

import (
	"testing"
	"time"

	"repayd/internal/bill"

	"pgregory.net/rapid"
)

// The fast way gives the same instants as the slow one, also around changes
// of the clocks.
func TestWall(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom([]string{
			"Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC",
		}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		w := newWall(time.Unix(1767225600+rapid.Int64Range(0, 365*86400).Draw(t, "around"), 0).In(loc))
		d := bill.Day(20454 + rapid.IntRange(-200, 600).Draw(t, "day"))
		c, _ := bill.NewClock(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
		if got, want := w.at(d, c), d.At(c, loc); !got.Equal(want) {
			t.Fatalf("%s %s: %s; want %s", d, c, got, want)
		}
	})
}
