package daemon

import "time"

// jumpAt is the difference between wall and monotonic time that counts as a
// step of the clock: less is what time synchronisation smooths out.
const jumpAt = 30 * time.Second

// clockWatch compares wall time with monotonic time. A laptop's sleep, a clock
// that was set, and a machine without a battery clock all show as a step.
type clockWatch struct {
	wall time.Time     // at the last look
	mono time.Duration // at the last look
}

// step returns by how much the wall clock moved beyond the time that passed;
// zero when it did not, or within jumpAt.
func (c *clockWatch) step(wall time.Time, mono time.Duration) time.Duration {
	moved := wall.Round(0).Sub(c.wall.Round(0)) - (mono - c.mono)
	first := c.wall.IsZero()
	c.wall, c.mono = wall, mono
	if first || moved.Abs() < jumpAt {
		return 0
	}
	return moved
}
