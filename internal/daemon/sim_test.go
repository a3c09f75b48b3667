package daemon

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/config"
	"repayd/internal/store"
)

// The simulated years: the whole daemon but its sockets lives through years of
// notices, payments, outages, full disks, clock jumps and kills in a bubble of
// simulated time, over the real store, and the invariants are checked at the
// end of each year. The seed decides on everything, so that a failing year can
// be lived again: TestAYearIsTheSameTwice.
//
//	go test ./internal/daemon -run TestSimulatedYears -sim.seed 42 -v
//	go test ./internal/daemon -run TestSimulatedYears -sim.first 1 -sim.years 1000 -timeout 0
var (
	simSeed  = flag.Int64("sim.seed", 0, "live through this one year of the simulation and log it (with -v)")
	simFirst = flag.Int64("sim.first", 1, "the first seed of the simulated years")
	simYears = flag.Int("sim.years", gateYears, "how many years to simulate, one a seed")
)

func TestSimulatedYears(t *testing.T) {
	first, years := *simFirst, *simYears
	if *simSeed != 0 {
		first, years = *simSeed, 1
	}
	for seed := first; seed < first+int64(years); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			var keep *journal
			if *simSeed != 0 {
				keep = &journal{also: t.Output()}
			}
			liveYear(t, seed, keep)
		})
	}
}

// liveYear lives through the year of a seed and checks it.
func liveYear(t *testing.T, seed int64, keep *journal) {
	dir := fastDir(t)
	synctest.Test(t, func(t *testing.T) {
		chance := rand.New(rand.NewPCG(uint64(seed), 0))
		s := newSim(t, seed, someOwner(chance).configure(t, dir), keep)
		s.year()
		s.check()
		s.keepAll(dir)
		s.report()
	})
}

// fastDir is a directory in memory where there is one: a year writes some ten
// thousand commits, each of which waits for the disk.
func fastDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "repayd-sim-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// report prints what is wrong, and how to see it again.
func (s *sim) report() {
	s.t.Helper()
	s.t.Logf("%d bills, %d mails, %d letters accepted in %d attempts, %d lives, %d ticks",
		len(s.debts), len(s.mail.stored), s.accepted(), s.attempts(), s.lives, s.ticks)
	if len(s.problems) == 0 {
		return
	}
	if *simSeed != 0 {
		s.tellLives()
	}
	const most = 20
	for i, p := range s.problems {
		if i == most {
			s.t.Errorf("and %d more", len(s.problems)-most)
			break
		}
		s.t.Error(p)
	}
	s.t.Errorf("live it again with -run TestSimulatedYears -sim.seed %d -v", s.seed)
}

// tellLives prints what the database holds of the bills that something is
// wrong with.
func (s *sim) tellLives() {
	all := strings.Join(s.problems, "\n")
	s.view(func(tx *store.Tx) error {
		for _, d := range s.debts {
			if !strings.Contains(all, d.name()) || d.id == "" {
				continue
			}
			s.t.Logf("%s, known %s, moved %s, closed %v", d.name(), s.stamp(d.known), s.stamp(d.moved), d.closed)
			rows, err := tx.RemindersOfBill(d.id)
			if err != nil {
				return err
			}
			for _, r := range rows {
				s.t.Logf("  %s %-8s of %s on %-6s step %s at %s (%s) %s %s %s into %s", r.ID, r.Step, r.Date, r.Channel,
					s.stamp(r.StepAt), s.stamp(r.At), r.Why, r.State, r.Reason, r.Letter, r.FoldedInto)
			}
		}
		return nil
	})
}

// wrong notes a violated invariant.
func (s *sim) wrong(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// owner is what the owner configured.
type owner struct{ zone, steps, quiet, channels, fallback, office string }

// someOwner lets chance decide on the zone, the ladder, the quiet hours and
// who hears of what.
func someOwner(r *rand.Rand) owner {
	return owner{
		zone: pick(r, "Asia/Shanghai", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Auckland"),
		steps: pick(r,
			`[due-7d, due-3d, due-1d, "due 10:00", grace-1d, "grace 10:00", late every 2d, debit-1d, debit+1d]`,
			`[statement, due-5d, due-1d, due, grace, late, late+3d, "late+10d 20:00"]`,
			`["due-3d 21:30", "due 07:30", "grace 18:00", late every 3d, "debit-1d 19:00", debit+1d]`),
		quiet:    pick(r, `quiet_hours: {from: "22:00", to: "08:00"}`, `quiet_hours: {from: "21:00", to: "07:30"}`, ""),
		channels: pick(r, "[me, office]", "[me, office]", "[me]"),
		fallback: pick(r, "", "fallback: me"),
		office:   pick(r, "", "", `quiet_hours: {from: "19:00", to: "09:30"}`, `quiet_hours: {from: "20:00", to: "06:00", zone: America/New_York}`),
	}
}

// configure writes the owner's configuration.
func (o owner) configure(t *testing.T, dir string) *config.Config {
	t.Helper()
	text := fmt.Sprintf(`timezone: %s
database: %s
mailboxes:
  - {name: shop, server: "imap.example.net:993", username: shop, password: x, authserv: [mx.example.net], forwarders: [owner@example.com], poll: "@every 6h"}
channels:
  - name: me
    email: {server: "smtp.example.net:465", username: shop, password: x, from: shop@example.com, to: [owner@example.com, partner@example.com]}
  - name: office
    %s
    %s
    webhook: {url: "https://hooks.example.net/x", secret: whsec_%s}
reminders:
  - {name: abroad, match: {issuer: alibaba-*}, steps: %s, channels: [office]}
  - {name: default, steps: %s, channels: %s}
%s
digest: {schedule: "15 8 * * MON", channels: [me]}
bills:
  - {name: rent, amount: 3000 CNY, schedule: "0 0 5 * *", grace: 5d}
`, o.zone, filepath.Join(dir, "db"), o.fallback, o.office, strings.Repeat("AAAA", 8), o.steps, o.steps, o.channels, o.quiet)
	cfg, err := config.Parse("sim.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// A year lasts from its first day until everything that was owed is told.
const (
	yearLasts = yearDays * 24 * time.Hour
	// calm is the time at the end in which nothing fails any more.
	calm = 12 * 24 * time.Hour
)

// year lives through one year.
func (s *sim) year() {
	start := time.Date(2025, 1, 1, s.rng.IntN(24), s.rng.IntN(60), 0, 0, time.UTC)
	<-time.After(time.Until(start))
	s.began = time.Now()
	s.plan(start, start.Add(yearLasts))
	s.start()
	s.until(start.Add(yearLasts + calm))
	s.stop()
	s.openEye()
}
