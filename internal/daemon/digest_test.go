package daemon

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// TestDigestComesOnceAndLate: one that was missed while the machine was off is
// sent late, and once.
func TestDigestComesOnceAndLate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC) // a Monday
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Options{Create: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	schedule, err := config.ParseSchedule("0 8 * * MON")
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Zone: time.UTC, Digest: &config.Digest{Schedule: schedule, Channels: []string{"me"}},
		Reminders: []plan.Policy{{Name: "default", Channels: []string{"me"}, Steps: []plan.Step{{Anchor: plan.AnchorDue}}}}}
	d := &daemon{cfg: cfg, store: s, o: Options{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}}
	if d.in, err = Intake(cfg, nil, d.o.Log); err != nil {
		t.Fatal(err)
	}
	d.box = outbox.New(outbox.Options{}, outboxStore{s})
	planned := func() int {
		t.Helper()
		if err := d.digest(context.Background()); err != nil {
			t.Fatal(err)
		}
		n := 0
		err := s.View(t.Context(), func(tx *store.Tx) error {
			rows, err := tx.Planned(time.Time{}, time.Time{})
			for _, r := range rows {
				if r.Subject.Kind == plan.SubjectDigest && r.Date > bill.Day(0) {
					n++
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, c := range []struct {
		pass time.Duration
		want int
	}{{0, 0}, {time.Minute, 0}, {time.Hour, 1}, {time.Hour, 1}, {16 * 24 * time.Hour, 2}, {time.Hour, 2}} {
		now = now.Add(c.pass)
		if got := planned(); got != c.want {
			t.Errorf("at %v: %d digests, want %d", now, got, c.want)
		}
	}
}
