package daemon

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// plainOwner is in China, sleeps from ten to eight and hears by two channels.
var plainOwner = owner{zone: "Asia/Shanghai", steps: `[due-3d, "due 10:00", "grace 10:00", late every 2d]`,
	quiet: `quiet_hours: {from: "22:00", to: "08:00"}`, channels: "[me, office]"}

// inWorld runs a story in a world where nothing happens of itself. It begins
// on 2 March 2026, 12:00.
func inWorld(t *testing.T, o owner, story func(s *sim)) {
	dir := fastDir(t)
	synctest.Test(t, func(t *testing.T) {
		s := newSim(t, 1, o.configure(t, dir), nil)
		<-time.After(time.Until(time.Date(2026, 3, 2, 12, 0, 0, 0, s.cfg.Zone)))
		s.began = time.Now()
		story(s)
		s.stop()
		for _, p := range s.problems {
			t.Error(p)
		}
	})
}

// lasts lets time pass.
func (s *sim) lasts(d time.Duration) { s.until(time.Now().Add(d)) }

// owe lets a notice arrive of a bill that is due in so many days.
func (s *sim) owe(days int) *debt {
	d := &debt{issuer: "1688-terms", reference: "B20001", currency: "CNY", minor: 12300,
		due: dayIn(time.Now(), china) + bill.Day(days), rng: s.chance(0)}
	s.debts = append(s.debts, d)
	s.announce(d, vouched, d.due, func() { d.known = time.Now() })
	return d
}

// letters lists what the far side of a channel took, by the daemon's clock.
func (s *sim) letters(name, kind string) []string {
	var out []string
	for _, a := range s.far[name].log {
		if a.took && a.kind == kind && (a.to == "" || a.to == s.far[name].recipients[0]) {
			out = append(out, a.wall.In(s.cfg.Zone).Format("01-02 15:04"))
		}
	}
	return out
}

// about lists the warnings that a channel took and that say something.
func (s *sim) about(name, words string) []string {
	var out []string
	for _, a := range s.far[name].log {
		if a.took && a.kind == "daemon.warning" && strings.Contains(a.content, words) && (a.to == "" || a.to == s.far[name].recipients[0]) {
			out = append(out, a.wall.In(s.cfg.Zone).Format("01-02 15:04"))
		}
	}
	return out
}

// TestFullDiskAtStart: the daemon stays and begins its work once there is room.
func TestFullDiskAtStart(t *testing.T) {
	t.Parallel()
	inWorld(t, plainOwner, func(s *sim) {
		s.start()
		s.lasts(time.Minute)
		s.stop()
		s.full.Store(true)
		s.start()
		s.lasts(10 * time.Minute)
		if n := len(s.letters("me", "daemon.warning")); n != 1 {
			t.Errorf("%d warnings of the full disk, want 1", n)
		}
		s.full.Store(false)
		s.owe(0)
		s.lasts(5 * time.Minute)
		// The first letter was of the rent, before the disk was full.
		if got := s.letters("me", "bill.reminder"); !slices.Equal(got, []string{"03-02 12:00", "03-02 12:11"}) {
			t.Errorf("letters at %v", got)
		}
	})
}

// TestFullDiskInQuietHours: the warning of it waits until they end.
func TestFullDiskInQuietHours(t *testing.T) {
	t.Parallel()
	inWorld(t, plainOwner, func(s *sim) {
		s.start()
		s.lasts(14 * time.Hour)
		s.full.Store(true)
		s.stirs()
		s.lasts(8 * time.Hour)
		if got := s.letters("me", "daemon.warning"); len(got) != 1 || got[0] < "03-03 08:00" {
			t.Errorf("warnings at %v", got)
		}
	})
}

// TestADeadChannelIsTold: one that delivers nothing for a day is told by
// another.
func TestADeadChannelIsTold(t *testing.T) {
	t.Parallel()
	o := plainOwner
	o.channels = "[me]"
	inWorld(t, o, func(s *sim) {
		s.far["office"].set(busy)
		s.start()
		s.lasts(time.Minute)
		abroad := &debt{issuer: "alibaba-paylater", reference: "C30001", minor: 500, due: dayIn(time.Now(), china), rng: s.chance(0)}
		s.announce(abroad, vouched, abroad.due, func() {})
		s.lasts(30 * time.Hour)
		if got := s.about("me", "office"); len(got) == 0 {
			t.Error("the owner was not told that office delivers nothing")
		}
		s.lasts(18 * time.Hour) // a day after its newest step
		if got := s.about("me", s.billOf(abroad).ID); len(got) != 1 {
			t.Errorf("warnings of the bill that nobody was told of: %v", got)
		}
	})
}

// TestClockSetBackFreesWarnings: a warning that a clock far ahead put off to
// the end of its night comes at the end of the true one.
func TestClockSetBackFreesWarnings(t *testing.T) {
	t.Parallel()
	inWorld(t, plainOwner, func(s *sim) {
		s.start()
		s.lasts(12 * time.Hour) // midnight
		s.ahead.Store(int64(10 * 24 * time.Hour))
		s.mail.setDown(true)
		s.stirs()
		s.stop()
		s.start()
		s.lasts(2 * time.Hour)
		s.ahead.Store(0)
		s.stirs()
		s.lasts(8 * time.Hour)
		if got := s.about("me", "connection refused"); len(got) != 1 {
			t.Errorf("warnings of the mailbox: %v", got)
		}
	})
}

// TestARemovedChannelLeavesNothingBehind: what it had not delivered is
// cancelled as the owner's new policy, and nobody is warned of it.
func TestARemovedChannelLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	inWorld(t, plainOwner, func(s *sim) {
		s.far["office"].set(busy)
		s.start()
		d := s.owe(0)
		s.lasts(time.Hour)
		s.stop()
		s.cfg.Channels = s.cfg.Channels[:1]
		for i := range s.cfg.Reminders {
			s.cfg.Reminders[i].Channels = []string{"me"}
		}
		s.start()
		s.lasts(60 * time.Hour)
		s.view(func(tx *store.Tx) error {
			rows, err := tx.RemindersOfBill(s.billOf(d).ID)
			for _, r := range rows {
				if r.Channel == "office" && r.State != plan.StateCancelled && r.State != plan.StateFolded {
					t.Errorf("%s on office is %s", r.Step, r.State)
				}
			}
			return err
		})
		if got := s.about("me", "office"); len(got) > 1 { // the trouble's own warning, before
			t.Errorf("warnings of the removed channel at %v", got)
		}
	})
}

// TestClockSetBack: what a clock far ahead put off is done now, the mailbox is
// looked at, and the owner is told.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	inWorld(t, plainOwner, func(s *sim) {
		s.start()
		s.lasts(time.Minute)
		s.ahead.Store(int64(10 * 24 * time.Hour))
		s.stirs()
		s.lasts(time.Minute)
		s.far["me"].set(busy)
		s.owe(0)
		s.lasts(time.Minute)
		if n := len(s.far["me"].log); n == 0 {
			t.Fatal("nothing was tried while the clock was ahead")
		}
		before := len(s.letters("me", "bill.reminder"))
		s.far["me"].set(well)
		s.ahead.Store(0)
		silent := s.postSilently(advertising)
		s.stirs()
		s.lasts(5 * time.Minute)
		if n := len(s.letters("me", "bill.reminder")); n == before {
			t.Error("a letter waits for the time that a wrong clock showed")
		}
		if got := s.about("me", "系统时钟跳变"); len(got) != 1 {
			t.Errorf("told of the clock at %v", got)
		}
		if silent.seen.IsZero() {
			t.Error("no job ran after the step of the clock")
		}
	})
}

// TestKilledOverALetter: a letter that a killed process had claimed is sent by
// the next one at once, not when the claim runs out.
func TestKilledOverALetter(t *testing.T) {
	t.Parallel()
	inWorld(t, plainOwner, func(s *sim) {
		s.start()
		s.lasts(time.Minute)
		s.far["me"].die = true
		s.owe(0)
		s.lasts(time.Minute) // it dies with the letter claimed; bury starts it again within hours
		if s.life != nil {
			t.Fatal("the daemon lives")
		}
		s.far["me"].die = false
		s.start()
		s.lasts(time.Minute)
		if got := s.letters("me", "bill.reminder"); !slices.Equal(got, []string{"03-02 12:00", "03-02 12:02"}) {
			t.Errorf("letters at %v", got)
		}
	})
}

// TestABillOfLongAgo: a bill whose steps lie beyond what is planned ahead is
// told on its day by a daemon that is never restarted.
func TestABillOfLongAgo(t *testing.T) {
	t.Parallel()
	inWorld(t, plainOwner, func(s *sim) {
		s.start()
		d := s.owe(75)
		s.lasts(76 * 24 * time.Hour)
		id := s.billOf(d).ID
		var got []string
		for _, a := range s.far["office"].log {
			if slices.Contains(a.bills, id) {
				got = append(got, s.stamp(a.at)[:16])
			}
		}
		if want := []string{"2026-05-13 09:00", "2026-05-16 10:00", "2026-05-17 09:00"}; !slices.Equal(got, want) {
			t.Errorf("told at %v, want %v", got, want)
		}
	})
}
