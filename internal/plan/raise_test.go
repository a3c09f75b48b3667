package plan

import (
	"testing"
	"time"
)

// to lists the planned steps of one channel.
func (w *world) to(channel string) []string {
	rows := w.rows
	defer func() { w.rows = rows }()
	w.rows = nil
	for _, r := range rows {
		if r.Channel == channel {
			w.rows = append(w.rows, r)
		}
	}
	return w.planned()
}

func TestRaiseFromAStepOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-13")
	w.env.Policies[0].Raises = []Raise{{From: ladderOf(t, "grace")[0], Channels: []string{"boss"}}}
	w.step("2026-12-01 12:00")
	w.want("boss", w.to("boss")[:2], "grace 12-13 10:00", "late 12-14 09:00")
	w.want("me", w.to("me")[:2], "due-7d 12-03 09:00", "due-3d 12-07 09:00")
}

// TestRaiseAfterSilence: the boss hears two days after the first letter that
// nobody answered, and no more once somebody did.
func TestRaiseAfterSilence(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-13")
	w.env.Policies[0].Raises = []Raise{{Silence: 48 * time.Hour, Channels: []string{"boss"}}}
	w.step("2026-12-03 09:00")
	w.want("told to me", w.accept(), "due-7d")
	w.step("2026-12-03 09:01")
	w.want("boss", w.to("boss")[:2], "due-7d 12-05 09:00", "due-3d 12-07 09:00")
	w.b.AnsweredAt = at(t, "2026-12-04 12:00")
	w.step("2026-12-04 12:00")
	w.want("boss after an answer", w.to("boss"))
	w.want("me", w.to("me")[:1], "due-3d 12-07 09:00")
}

func TestRaiseIsToldAtItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-12-10", "2026-12-13")
	w.env.Policies[0].Raises = []Raise{{Silence: 48 * time.Hour, Channels: []string{"boss"}}}
	w.step("2026-12-03 09:00")
	w.accept()
	w.step("2026-12-05 09:00")
	w.want("told to the boss", w.accept(), "due-7d")
	w.step("2026-12-06 09:00")
	w.want("not again", w.accept())
}
