//go:build race

package daemon

// Under the race detector a day takes ten times as long, and races need few.
const (
	gateYears = 1
	yearDays  = 60
)
