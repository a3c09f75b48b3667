package daemon

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/store"
)

func civil(t testing.TB, s string) bill.Day {
	t.Helper()
	d, err := bill.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func cny(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: "CNY"} }

// owed lists the open bills, and declares first what the configuration says.
func (w *watched) owed() []string {
	w.t.Helper()
	if err := w.declare(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	var out []string
	w.update(func(tx *store.Tx) error {
		bills, err := tx.OpenBills()
		for _, b := range bills {
			out = append(out, strings.TrimSpace(b.DueDate.String()+" "+b.Issuer+" "+b.AmountDue.Decimal()+" "+b.Reference))
		}
		return err
	})
	return out
}

func van(t testing.TB) config.DeclaredBill {
	return config.DeclaredBill{Name: "van", Issuer: "cmb", Account: "4321", Loan: &config.Loan{Principal: cny(10000000),
		Rate: "4.5", Months: 24, Method: "equal_instalments", First: civil(t, "2025-03-05")}}
}

// TestLoanIsDeclared: every instalment from 35 days ahead, with its number, the
// last one with the rest, and none after it; with the issuer that is named.
func TestLoanIsDeclared(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC))
	w.cfg.Bills = []config.DeclaredBill{van(t)}
	if got, want := w.owed(), []string{"2027-01-05 cmb 4364.78 23/24", "2027-02-05 cmb 4364.81 24/24"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	w.now = w.now.AddDate(0, 0, 40)
	if got := w.owed(); len(got) != 2 {
		t.Errorf("after the last one: %q", got)
	}
	if got := w.owed(); len(got) != 2 {
		t.Errorf("declared again: %q", got)
	}
}

// TestComing: what falls due later is there for the forecast, once.
func TestComing(t *testing.T) {
	t.Parallel()
	schedule, err := config.ParseSchedule("0 0 15 * *")
	if err != nil {
		t.Fatal(err)
	}
	w := newWatched(t, time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC))
	w.cfg.Bills = []config.DeclaredBill{van(t), {Name: "rent", Amount: cny(300000), Schedule: schedule, Spec: "0 0 15 * *"}}
	coming := func() []string {
		var out []string
		w.update(func(tx *store.Tx) error {
			bills, err := Coming(tx, w.cfg, w.in.Reader.Set, bill.DayOf(tx.Now().In(w.cfg.Zone)), civil(t, "2027-01-31"))
			for _, b := range bills {
				out = append(out, b.DueDate.String()+" "+b.Issuer+" "+b.Outstanding.Decimal()+" "+b.Reference+string(b.Trust))
			}
			return err
		})
		return out
	}
	later := []string{"2027-01-05 cmb 4364.78 23/24declared", "2027-01-15 rent 3000.00 declared"}
	want := []string{"2026-12-05 cmb 4364.78 22/24declared", later[0], "2026-12-15 rent 3000.00 declared", later[1]}
	if diff := cmp.Diff(want, coming()); diff != "" {
		t.Error(diff)
	}
	if got := w.owed(); len(got) != 2 {
		t.Errorf("declared: %q", got)
	}
	if diff := cmp.Diff(later, coming()); diff != "" {
		t.Error(diff)
	}
}

func TestFunds(t *testing.T) {
	t.Parallel()
	schedule, err := config.ParseSchedule("0 0 15 * *")
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{Zone: time.UTC}
	today := civil(t, "2026-11-20")
	if got := Funds(cfg, today, 60); got != nil {
		t.Errorf("nothing is said, and yet %+v", got)
	}
	cfg.Money = &config.Money{Balances: []bill.Money{cny(500000)}, AsOf: civil(t, "2026-11-10"),
		Paydays: []config.Payday{{Amount: cny(800000), Schedule: schedule}}}
	want := &plan.Funds{Balances: []bill.Money{cny(500000)}, AsOf: civil(t, "2026-11-10"), Income: []plan.Income{
		{Day: civil(t, "2026-11-15"), Amount: cny(800000)}, // since the owner looked
		{Day: civil(t, "2026-12-15"), Amount: cny(800000)}, {Day: civil(t, "2027-01-15"), Amount: cny(800000)}}}
	if diff := cmp.Diff(want, Funds(cfg, today, 60)); diff != "" {
		t.Error(diff)
	}
	cfg.Money.AsOf = today
	if got := Funds(cfg, today, 10); len(got.Income) != 0 {
		t.Errorf("the balances know of it: %+v", got.Income)
	}
}

// TestTaskAndForecastLeaveAsLetters: a task in a letter of its own type, and
// the digest with the money that is needed.
func TestTaskAndForecastLeaveAsLetters(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 6, 30, 23, 50, 0, 0, time.UTC))
	w.cfg.Tasks = []config.Task{recurring(t, "查信用报告", "30 8 1 1,7 *")}
	w.cfg.Money = &config.Money{Balances: []bill.Money{cny(100000)}, AsOf: civil(t, "2026-06-30")}
	w.cfg.Bills = []config.DeclaredBill{van(t)}
	w.ticks(1, time.Minute)
	w.owed()
	w.ticks(1, time.Hour)
	w.now = w.now.Add(9 * time.Hour)
	w.update(func(tx *store.Tx) error { return tx.AddReminders(plan.Digest([]string{"me"}, w.now, w.env())) })
	o := w.outboxOptions()
	o.Who, o.Channels, o.Gather = "test", map[string]outbox.Exit{"me": {Channel: deadEnd{}}}, time.Millisecond
	_ = outbox.New(o, outboxStore{w.store}).Send(t.Context(), "me")
	letters := map[plan.LetterType]plan.Content{}
	w.update(func(tx *store.Tx) error {
		all, err := tx.Letters(store.LetterFilter{})
		for _, l := range all {
			letters[l.Type] = l.Content
		}
		return err
	})
	if items := letters[plan.LetterTask].Items; len(items) != 1 || items[0].Detail.Code != "own" || items[0].Detail.Args["text"] != "查信用报告" {
		t.Errorf("tasks: %+v", items)
	}
	f := letters[plan.LetterDigest].Forecast
	if f == nil || len(f.Currencies) != 1 || f.Currencies[0].Total != cny(2*436478) || f.Currencies[0].Short == nil || f.Currencies[0].Short.Day != civil(t, "2026-07-05") {
		t.Errorf("forecast: %+v", f)
	}
}

// TestOverridesHoldForOpenBills: also for those that are there already, when
// the owner changes them.
func TestOverridesHoldForOpenBills(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
	due := civil(t, "2026-06-20")
	notice := func(account string) bill.Notice {
		return bill.Notice{ID: "n" + account, Issuer: "cmb", Account: account, Currency: "CNY", AmountDue: cny(100), DueDate: due, StatementDate: due - 18}
	}
	w.update(func(tx *store.Tx) error {
		for _, account := range []string{"1234", "5678"} {
			if _, err := w.in.Declare(tx, notice(account)); err != nil {
				return err
			}
		}
		return nil
	})
	safe := func(o config.Override) map[string]bill.Day {
		cfg := *w.cfg
		cfg.Issuers.Override = map[string]config.Override{"cmb": o}
		in, err := Intake(&cfg, nil, w.o.Log)
		if err != nil {
			t.Fatal(err)
		}
		w.in = in
		if err := w.refold(context.Background()); err != nil {
			t.Fatal(err)
		}
		out := map[string]bill.Day{}
		w.update(func(tx *store.Tx) error {
			bills, err := tx.OpenBills()
			for _, b := range bills {
				out[b.Account] = b.LastSafeDay - due
			}
			return err
		})
		return out
	}
	two, nine := 2, 9
	some := config.Override{Rules: config.Rules{Grace: &nine}, For: []config.OverrideFor{{Account: "1234", Rules: config.Rules{Grace: &two}}}}
	for _, c := range []struct {
		o    config.Override
		want map[string]bill.Day
	}{
		{some, map[string]bill.Day{"1234": 2, "5678": 9}},
		{config.Override{Rules: config.Rules{Grace: &nine}}, map[string]bill.Day{"1234": 9, "5678": 9}},
	} {
		if diff := cmp.Diff(c.want, safe(c.o)); diff != "" {
			t.Error(diff)
		}
	}
}

// TestWhatIsNoLongerDeclaredGoes: where nobody touched it, and comes back when
// it is declared again; a changed amount is the same bill.
func TestWhatIsNoLongerDeclaredGoes(t *testing.T) {
	t.Parallel()
	schedule, err := config.ParseSchedule("0 0 15 * *")
	if err != nil {
		t.Fatal(err)
	}
	w := newWatched(t, time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC))
	rent := config.DeclaredBill{Name: "rent", Amount: cny(300000), Schedule: schedule, Spec: "0 0 15 * *"}
	water := rent
	water.Name, water.Amount = "rent-2", cny(5000)
	wants := func(what string, bills []config.DeclaredBill, want ...string) {
		t.Helper()
		w.cfg.Bills = bills
		w.now = w.now.Add(time.Hour)
		if got := w.owed(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	both := []string{"2026-12-15 rent 3000.00", "2026-12-15 rent-2 50.00"}
	wants("declared", []config.DeclaredBill{rent, water}, both...)
	wants("removed", []config.DeclaredBill{water}, both[1])
	if rows := w.planned(); len(rows) != 1 {
		t.Errorf("planned: %+v", rows)
	}
	wants("again", []config.DeclaredBill{rent, water}, both...)
	rent.Amount = cny(320000)
	wants("raised", []config.DeclaredBill{rent, water}, "2026-12-15 rent 3200.00", both[1])
	var id string
	w.update(func(tx *store.Tx) error {
		bills, err := tx.Bills(store.BillFilter{Issuer: "rent", OpenOnly: true})
		if err != nil {
			return err
		}
		id = bills[0].ID
		_, err = w.in.Command(tx, bill.Command{ID: "c", Bill: id, Kind: bill.CommandSet, Note: "lift was broken"})
		return err
	})
	wants("touched", nil, "2026-12-15 rent 3200.00")
}

// TestChannelsHaveTheirOwnQuietHours: in their own zone, else in the owner's.
func TestChannelsHaveTheirOwnQuietHours(t *testing.T) {
	t.Parallel()
	cfg := parsed(t, strings.Replace(replyConfig, "    fallback: office\n",
		"    fallback: office\n    quiet_hours: {from: \"21:00\", to: \"09:00\", zone: Asia/Tokyo}\n", 1))
	env, err := Env(cfg)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC) // half past nine in the evening there
	on := env.On(cfg.Channels[0].Name)
	if !on.Hold(at, time.Time{}).Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) || !env.Hold(at, time.Time{}).Equal(at) {
		t.Errorf("held until %s there, %s elsewhere", on.Hold(at, time.Time{}), env.Hold(at, time.Time{}))
	}
}

// TestDeclaredBillsNameIssuersThatExist: a slip would keep their notices apart.
func TestDeclaredBillsNameIssuersThatExist(t *testing.T) {
	t.Parallel()
	const bill = "bills: [{name: card, issuer: %s, amount: 5 CNY, schedule: \"0 0 5 * *\"}]\n"
	for name, want := range map[string]string{"cmb": "", "bills@example.com": "", "cmbb": `config.yaml:12: issuer: there is no issuer "cmbb"`} {
		_, err := Issuers(parsed(t, replyConfig+fmt.Sprintf(bill, name)))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// TestABrokenPlanRevivesTheBill: at the next look after an instalment is past
// its last safe day, once, and not before.
func TestABrokenPlanRevivesTheBill(t *testing.T) {
	t.Parallel()
	w := newWatched(t, time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
	due := civil(t, "2026-06-20")
	var id string
	w.update(func(tx *store.Tx) error {
		n := bill.Notice{ID: "n", Issuer: "cmb", Account: "1234", Currency: "CNY", AmountDue: cny(100000), DueDate: due, StatementDate: due - 18}
		ids, err := w.in.Declare(tx, n)
		if err != nil {
			return err
		}
		id = ids[0]
		_, err = w.in.Arrange(tx, "arranged", id, bill.Arrangement{State: bill.CaseAgreed, Revives: true,
			Instalments: []bill.Instalment{{Due: due + 10, Amount: cny(50000)}, {Due: due + 40, Amount: cny(50000)}}})
		return err
	})
	open := func() []string {
		var out []string
		w.update(func(tx *store.Tx) error {
			bills, err := tx.OpenBills()
			for _, b := range bills {
				out = append(out, strings.TrimSpace(b.DueDate.String()+" "+b.Outstanding.Decimal()+" "+b.Part))
			}
			return err
		})
		return out
	}
	parts := []string{"2026-06-30 500.00 1/2", "2026-07-30 500.00 2/2"}
	w.ticks(2, time.Minute)
	if got := open(); !slices.Equal(got, parts) {
		t.Fatalf("agreed: %q, want %q", got, parts)
	}
	w.now = time.Date(2026, 6, 30, 12, 0, 0, 0, time.UTC)
	w.ticks(2, time.Minute)
	if got := open(); !slices.Equal(got, parts) {
		t.Errorf("on the due day: %q, want %q", got, parts)
	}
	w.now = time.Date(2026, 7, 8, 0, 0, 0, 0, time.UTC) // past any grace
	w.ticks(3, time.Minute)
	if got, want := open(), []string{"2026-06-20 1000.00"}; !slices.Equal(got, want) {
		t.Errorf("broken: %q, want %q", got, want)
	}
}
