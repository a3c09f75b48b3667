package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/calendar"
	"repayd/internal/channel"
	"repayd/internal/channel/email"
	"repayd/internal/config"
	"repayd/internal/imapbox"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// watched is a daemon whose ticks a test makes one by one, at instants that it
// chooses.
type watched struct {
	*daemon
	t   testing.TB
	now time.Time
	// well: every mailbox is read without trouble at each tick.
	well bool
	disk int64
	// refusal is why a new configuration was refused.
	refusal error
}

func newWatched(t testing.TB, at time.Time) *watched {
	t.Helper()
	w := &watched{t: t, now: at, well: true, disk: 1 << 40}
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Options{Create: true, Now: func() time.Time { return w.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	cfg := &config.Config{Path: "config.yaml", Database: "db", Zone: time.UTC, Holidays: config.Holidays{Country: "cn"}, Mailboxes: []config.Mailbox{{Options: imapbox.Options{Name: "shop"}}},
		Channels:  []config.Channel{{Name: "me"}, {Name: "office"}},
		Reminders: []plan.Policy{{Name: "default", Channels: []string{"me"}, Steps: []plan.Step{{Anchor: plan.AnchorDue}}}}}
	in, err := Intake(cfg, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w.daemon = &daemon{cfg: cfg, in: in, store: s}
	w.restart()
	return w
}

// restart is what a new process knows.
func (w *watched) restart() {
	o := Options{Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return w.now },
		Rejected: func() error { return w.refusal },
		seams:    seams{free: func(string) (int64, error) { return w.disk, nil }, rest: func() {}}}
	o.fill()
	w.daemon = &daemon{cfg: w.cfg, in: w.in, store: w.store, o: o, watch: newWatch()}
	w.box = outbox.New(outbox.Options{}, outboxStore{w.store})
}

// ticks lets time pass, one look each step.
func (w *watched) ticks(n int, step time.Duration) {
	w.t.Helper()
	for range n {
		w.now = w.now.Add(step)
		if w.well {
			w.watch.report("mailbox:shop", nil)
		}
		if _, err := w.watch.tell(context.Background(), w.store, w.env()); err != nil {
			w.t.Fatal(err)
		}
		if _, err := w.self(context.Background()); err != nil {
			w.t.Fatal(err)
		}
		if err := w.allWell(context.Background()); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *watched) update(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.store.Update(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// told lists the codes of everything that was ever planned, in that order; but
// for the question after the addresses, which comes whatever happens.
func (w *watched) told() []string {
	w.t.Helper()
	var codes []string
	for _, r := range w.planned() {
		if r.Detail.Args["asked"] != "quarter" {
			codes = append(codes, r.Detail.Code)
		}
	}
	return codes
}

func (w *watched) planned() []plan.Reminder {
	w.t.Helper()
	var rows []plan.Reminder
	err := w.store.View(w.t.Context(), func(tx *store.Tx) error {
		var err error
		rows, err = tx.Planned(time.Time{}, time.Time{})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func (w *watched) wants(codes ...string) {
	w.t.Helper()
	if got := w.told(); !slices.Equal(got, codes) {
		w.t.Errorf("at %s: told %q; want %q", w.now.Format("01-02 15:04"), got, codes)
	}
}

// TestRefusedLogIn: a password that is refused is told after ten minutes, a
// single refusal never, and what may heal by itself after an hour.
func TestRefusedLogIn(t *testing.T) {
	t.Parallel()
	refusedByServer := &imapbox.Error{Kind: imapbox.KindPassword, Text: "no"}
	network := &imapbox.Error{Kind: imapbox.KindNetwork, Text: "no route"}
	login := fmt.Errorf("535: %w", channel.ErrLogin)
	for name, c := range map[string]struct {
		what string
		errs []error // one every two minutes; nil = works
		want string
	}{
		"refused for ten minutes":     {"mailbox:shop", []error{refusedByServer, refusedByServer, refusedByServer, refusedByServer, refusedByServer, refusedByServer}, "mailbox-trouble"},
		"refused for eight":           {"mailbox:shop", []error{refusedByServer, refusedByServer, refusedByServer, refusedByServer, refusedByServer}, ""},
		"a glitch between":            {"mailbox:shop", []error{refusedByServer, refusedByServer, refusedByServer, nil, refusedByServer, refusedByServer, refusedByServer}, ""},
		"another failure between":     {"mailbox:shop", []error{refusedByServer, refusedByServer, network, refusedByServer, refusedByServer, refusedByServer}, ""},
		"one after a broken network":  {"mailbox:shop", []error{network, network, network, network, network, network, refusedByServer}, ""},
		"no way there for 12 minutes": {"mailbox:shop", []error{network, network, network, network, network, network, network}, ""},
		"the SMTP server refuses":     {"channel:office", []error{login, login, login, login, login, login}, "channel-trouble"},
		"no password to give": {"mailbox:shop", []error{&imapbox.Error{Kind: imapbox.KindSecret}, &imapbox.Error{Kind: imapbox.KindSecret, Text: "x"},
			&imapbox.Error{Kind: imapbox.KindSecret, Text: "x"}, &imapbox.Error{Kind: imapbox.KindSecret, Text: "x"},
			&imapbox.Error{Kind: imapbox.KindSecret, Text: "x"}, &imapbox.Error{Kind: imapbox.KindSecret, Text: "x"}, &imapbox.Error{Kind: imapbox.KindSecret, Text: "x"}}, "mailbox-trouble"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWatched(t, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
			w.well = false
			for _, err := range c.errs {
				w.watch.report(c.what, err)
				w.ticks(1, 2*time.Minute)
			}
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			w.wants(want...)
		})
	}
}

// TestTroubleIsToldOnceAndOver: an hour of failing is told once, through
// restarts, and so is its end.
func TestTroubleIsToldOnceAndOver(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	w.well = false
	for range 8 {
		w.watch.report("mailbox:shop", errors.New("no route"))
		w.ticks(1, 20*time.Minute)
		w.restart()
	}
	w.wants("mailbox-trouble")
	w.well = true
	w.ticks(3, time.Minute)
	w.wants("mailbox-trouble", "mailbox-ok")
}

// TestTheOnlyDefaultChannelIsDead: another one says so, and where there is no
// other, the end of the trouble says how long it was and why.
func TestTheOnlyDefaultChannelIsDead(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"another":  {"channel-trouble office", "channel-ok me"},
		"no other": {"channel-ok me"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWatched(t, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
			if name == "no other" {
				w.cfg.Channels = w.cfg.Channels[:1]
			}
			w.in.Env.Instead = instead(w.cfg.Channels)
			for range 5 {
				w.watch.report("channel:me", errors.New("connection refused"))
				w.ticks(1, 20*time.Minute)
				w.restart()
			}
			w.watch.report("channel:me", nil)
			w.ticks(1, 20*time.Minute)
			var got []string
			for _, r := range w.planned() {
				got = append(got, r.Detail.Code+" "+r.Channel)
				if a := r.Detail.Args; a["since"] != "2026-03-02 09:20" || a["error"] != "connection refused" {
					t.Errorf("%s says %v", r.Detail.Code, a)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("told %q, want %q", got, want)
			}
		})
	}
}

func TestDiskIsToldOnceAndOver(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	w.ticks(2, time.Minute)
	w.wants()
	w.disk = leastFree - 1
	w.ticks(3, 26*time.Hour)
	w.restart()
	w.ticks(2, time.Hour)
	w.wants("disk-full")
	w.disk = leastFree + 1
	w.ticks(2, time.Hour)
	w.wants("disk-full") // not yet well
	w.disk = 2 * leastFree
	w.ticks(2, time.Hour)
	w.wants("disk-full", "disk-ok")
	if free := w.planned()[0].Detail.Args["free"]; free != "63 MB" {
		t.Errorf("free: %q", free)
	}
}

// TestRejectedConfiguration: each new mistake is told, the same one once, and
// that the file is used at last.
func TestRejectedConfiguration(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	w.refusal = errors.New("config.yaml:3: chanels: unknown key")
	w.ticks(3, time.Minute)
	w.wants("config-rejected")
	w.refusal = errors.New("config.yaml:4: steps: missing")
	w.ticks(3, time.Minute)
	w.wants("config-rejected", "config-rejected")
	if args := w.planned()[1].Detail.Args; args["error"] != w.refusal.Error() || args["file"] != "config.yaml" {
		t.Errorf("args: %v", args)
	}
	w.refusal = nil
	w.restart()
	w.ticks(3, time.Minute)
	w.wants("config-rejected", "config-rejected", "config-ok")
}

func (w *watched) mail(issuer string, o bill.Outcome, at time.Time) {
	w.t.Helper()
	hash := fmt.Sprintf("%s-%d", issuer, at.Unix())
	w.update(func(tx *store.Tx) error {
		return errors.Join(
			tx.PutMessage(bill.MessageRecord{Hash: hash, From: "a@example.com", Received: at, Trust: bill.TrustVouched, Outcome: o}),
			tx.PutNotices(hash, []bill.Notice{{ID: hash + "-1", Message: hash, Issuer: issuer, Received: at, Trust: bill.TrustVouched}}))
	})
}

func TestUnreadableIssuer(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	w := newWatched(t, start)
	for i := range 4 {
		w.mail("boc-card", bill.OutcomeNotices, start.AddDate(0, 0, -i))
		w.mail("cmb-card", bill.OutcomeNeedsReview, start.AddDate(0, 0, -i))
		w.mail("abc-card", bill.OutcomeNeedsReview, start.AddDate(0, 0, -i))
	}
	w.mail("abc-card", bill.OutcomeNotices, start.Add(-36*time.Hour))
	w.ticks(2, 24*time.Hour)
	w.wants("issuer-unreadable")
	if args := w.planned()[0].Detail.Args; args["issuer"] != "cmb-card" || args["name"] == "" {
		t.Errorf("args: %v", args)
	}
	w.restart()
	w.ticks(1, 24*time.Hour)
	w.mail("cmb-card", bill.OutcomeNotices, w.now)
	w.ticks(2, 24*time.Hour)
	w.wants("issuer-unreadable", "issuer-readable")
}

func TestNoBillMail(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	w.ticks(60, 24*time.Hour)
	w.wants() // there never was any
	w.mail("cmb-card", bill.OutcomeNotices, w.now)
	w.ticks(39, 24*time.Hour)
	w.wants()
	w.ticks(2, 24*time.Hour)
	w.wants("no-bill-mail")
	w.restart()
	w.ticks(10, 24*time.Hour)
	w.wants("no-bill-mail")
	w.mail("boc-card", bill.OutcomeNeedsReview, w.now)
	w.ticks(2, 24*time.Hour)
	w.wants("no-bill-mail", "bill-mail-ok")
}

// TestHolidaysUnknown: only where a bill needs working days, and two months
// before the year begins.
func TestHolidaysUnknown(t *testing.T) {
	t.Parallel()
	table, err := calendar.Load(calendar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	year := 2026
	for table.Known("", year+1) {
		year++
	}
	w := newWatched(t, time.Date(year, 10, 1, 9, 0, 0, 0, time.UTC))
	w.ticks(40, 24*time.Hour)
	w.wants()
	b := &bill.Bill{ID: "b", Issuer: "1688-terms", Seen: w.now, NeedsWorkday: true, Trust: bill.TrustVouched, DueDate: bill.DayOf(w.now) + 60}
	w.update(func(tx *store.Tx) error { return tx.PutBill(b) })
	w.ticks(30, 24*time.Hour)
	w.wants("holidays-unknown")
	if got := w.planned()[0].Detail.Args; got["year"] != fmt.Sprint(year+1) || got["country"] != "CN" {
		t.Errorf("%v", got)
	}
}

// TestAlive: what is watched, what comes next, and when each channel last took
// a letter.
func TestAlive(t *testing.T) {
	t.Parallel()
	schedule, err := config.ParseSchedule("0 9 * * MON")
	if err != nil {
		t.Fatal(err)
	}
	w := newWatched(t, time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)) // a Sunday
	w.cfg.Alive = &config.Digest{Schedule: schedule, Channels: []string{"office"}}
	for i := range 4 {
		b := &bill.Bill{ID: fmt.Sprint("b", i), Issuer: fmt.Sprint("issuer", i), Seen: w.now, Trust: bill.TrustVouched, DueDate: 22000}
		r := plan.Reminder{ID: fmt.Sprint("r", i), Subject: plan.Subject{Kind: plan.SubjectBill, ID: b.ID}, Step: "due", Channel: "me",
			Date: 22000, StepAt: w.now, At: w.now.AddDate(0, 0, 10-i), State: plan.StatePlanned}
		w.update(func(tx *store.Tx) error { return errors.Join(tx.PutBill(b), tx.PutReminders([]plan.Reminder{r})) })
	}
	w.disk = 0
	w.update(func(tx *store.Tx) error { // one that is over only because its mailbox was removed
		return errors.Join(tx.SetFact(troublePrefix+"mailbox:old", `{"told":true}`), tx.SetFact(troublePrefix+"channel:me", `{"told":false}`))
	})
	accepted := plan.Letter{ID: plan.NewLetterID(), Channel: "me", Type: plan.LetterTest, State: plan.LetterAccepted,
		Created: w.now.Add(-time.Hour), Accepted: w.now.Add(-time.Hour)}
	w.update(func(tx *store.Tx) error { return tx.PutLetter(accepted) })
	w.ticks(40, time.Hour)
	var alive []plan.Reminder
	for _, r := range w.planned() {
		if r.Subject.Kind == plan.SubjectAlive {
			alive = append(alive, r)
		}
	}
	if len(alive) != 1 || alive[0].Channel != "office" || alive[0].At.Format("01-02 15:04") != "03-02 09:00" {
		t.Fatalf("planned: %+v", alive)
	}
	args := alive[0].Detail.Args
	for key, want := range map[string]string{"bills": "4", "mailboxes": "1", "ill": "disk:database", "channel:office": "", "mailbox:shop": "2026-03-02T09:00:00Z",
		"channel:me": "2026-03-01T07:00:00Z", "next:1": "2026-03-08T08:00:00Z issuer3", "next:3": "2026-03-10T08:00:00Z issuer1", "next:4": ""} {
		if args[key] != want {
			t.Errorf("%s: %q; want %q", key, args[key], want)
		}
	}
}

// TestAddressesAreAskedOnceAQuarter: on the channels that get no regular word.
func TestAddressesAreAskedOnceAQuarter(t *testing.T) {
	t.Parallel()
	schedule, err := config.ParseSchedule("0 9 1 1 *")
	if err != nil {
		t.Fatal(err)
	}
	w := newWatched(t, time.Date(2026, 3, 25, 8, 0, 0, 0, time.UTC))
	w.cfg.Alive = &config.Digest{Schedule: schedule, Channels: []string{"office"}}
	w.cfg.Channels[0].Email = &email.Options{To: []string{"Owner <owner@example.com>", "shop@example.com"}}
	asked := func() []string {
		var out []string
		for _, r := range w.planned() {
			if r.Detail.Args["asked"] == "quarter" {
				out = append(out, r.Channel+" "+r.At.Format("01-02 15:04")+" "+r.Detail.Args["to:me"])
			}
		}
		return out
	}
	w.ticks(7, 24*time.Hour)
	if got := asked(); len(got) > 0 {
		t.Errorf("before the quarter ended: %q", got)
	}
	w.restart()
	w.ticks(100, 24*time.Hour)
	const to = " o***@example.com, s***@example.com"
	if got, want := asked(), []string{"me 04-01 09:00" + to, "me 07-01 09:00" + to}; !slices.Equal(got, want) {
		t.Errorf("asked %q; want %q", got, want)
	}
}
