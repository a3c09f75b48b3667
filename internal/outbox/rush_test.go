package outbox

import (
	"fmt"
	"testing"
	"time"

	"repayd/internal/channel"
)

// busy is overloaded for two minutes of each half hour.
type busy struct{ channel.Channel }

func (busy) Rush() channel.Rush {
	return channel.Rush{Every: 30 * time.Minute, Lasts: 2 * time.Minute}
}

// TestProgramsComeBackApart: after a rush they use the whole minute, and none
// comes back within the rush.
func TestProgramsComeBackApart(t *testing.T) {
	t.Parallel()
	nine := time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC)
	var least, most time.Duration = time.Hour, 0
	for i := range 100 {
		b := New(Options{Who: fmt.Sprint("host", i), Channels: map[string]Exit{"a": {Channel: busy{}}}}, nil)
		wait := b.rushEnds("a", nine).Sub(nine)
		least, most = min(least, wait), max(most, wait)
	}
	if least < 2*time.Minute || most >= 3*time.Minute || most-least < 45*time.Second {
		t.Errorf("they come back %v to %v after the full hour", least, most)
	}
}
