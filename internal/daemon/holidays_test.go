package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/store"
)

// TestANewHolidayTableMovesSteps: a table that the owner puts down counts from
// the next reload on, and only for bills that need a working day to be paid.
func TestANewHolidayTableMovesSteps(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "holidays.d")
	w := newWatched(t, time.Date(2027, 1, 20, 9, 0, 0, 0, time.UTC))
	w.cfg.Holidays = config.Holidays{Country: "cn", Dir: dir}
	w.cfg.Reminders[0].Steps[0].Offset = -1
	due := civil(t, "2027-02-10")
	w.update(func(tx *store.Tx) error {
		for id, slow := range map[string]bool{"slow": true, "quick": false} {
			b := &bill.Bill{ID: id, Issuer: id, Seen: w.now, NeedsWorkday: slow, Trust: bill.TrustVouched,
				DueDate: due, LastSafeDay: due, Currency: "CNY", AmountDue: cny(100), Outstanding: cny(100)}
			if err := tx.PutBill(b); err != nil {
				return err
			}
		}
		return nil
	})
	reload := func() map[string]string {
		var err error
		if w.in.Env, err = Env(w.cfg); err != nil {
			t.Fatal(err)
		}
		w.restart()
		if err := w.replan(t.Context()); err != nil {
			t.Fatal(err)
		}
		days := map[string]string{}
		for _, r := range w.planned() {
			days[r.Subject.ID] = r.At.Format(time.DateOnly)
		}
		return days
	}
	if got := reload(); got["slow"] != "2027-02-09" || got["quick"] != "2027-02-09" {
		t.Errorf("without a folder: %v", got)
	}
	table := filepath.Join(dir, "2027.txt")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(table, []byte("year 2027\noff 2027-02-05..2027-02-11\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := reload(); got["slow"] != "2027-02-04" || got["quick"] != "2027-02-09" {
		t.Errorf("with a table: %v", got)
	}
	if err := os.WriteFile(table, []byte("year 2027\nof 2027-02-05\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Env(w.cfg); err == nil || !strings.HasPrefix(err.Error(), table+":2: ") {
		t.Errorf("a bad table: %v", err)
	}
}

func TestHolidayGaps(t *testing.T) {
	t.Parallel()
	tables, err := Holidays(&config.Config{Holidays: config.Holidays{Country: "hk"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at, country string
		want        []Gap
	}{
		{"2026-10-20", "", []Gap{{"", 2026}}},
		{"2026-11-25", "", []Gap{{"", 2026}, {"", 2027}}},
		{"2026-11-25", "jp", nil},
		{"2025-12-31", "cn", nil},
	} {
		at := civil(t, c.at).End(time.UTC).Add(-time.Hour)
		got := HolidayGaps(tables, at, c.country)
		if len(got) != len(c.want) || len(got) > 0 && got[len(got)-1] != c.want[len(got)-1] {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}
