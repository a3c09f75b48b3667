package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"repayd/internal/bill"
	"repayd/internal/intake"
	"repayd/internal/plan"
	"repayd/internal/store"
)

func day(s string) bill.Day {
	d, err := bill.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func cny(s string) bill.Money {
	m, err := bill.ParseMoney(s, "CNY")
	if err != nil {
		panic(err)
	}
	return m
}

func instalments(s ...string) (out []bill.Instalment) {
	for _, p := range s {
		d, m, _ := strings.Cut(p, " ")
		out = append(out, bill.Instalment{Due: day(d), Amount: cny(m)})
	}
	return out
}

// late is a world with one bill that is past its last safe day.
func late(t *testing.T) (*world, string) {
	w := newWorld(t, "2026-01-02 12:00")
	w.read(statement("2026-01-02 08:00"))
	w.at("2026-01-12 12:00")
	return w, w.ids()[0]
}

func (w *world) arrange(id string, a bill.Arrangement) error {
	return w.update(func(tx intake.Tx) error {
		_, err := w.in.Arrange(tx, fmt.Sprintf("arr-%d", w.now.UnixNano()), id, a)
		return err
	})
}

func (w *world) revive(id string) bool {
	w.t.Helper()
	var did bool
	if err := w.update(func(tx intake.Tx) (err error) { did, err = w.in.Revive(tx, id); return err }); err != nil {
		w.t.Fatal(err)
	}
	return did
}

// planned counts the planned reminders of a bill.
func (w *world) planned(id string) (n int) {
	w.t.Helper()
	w.view(func(tx *store.Tx) error {
		rows, err := tx.RemindersOfBill(id)
		for _, r := range rows {
			if r.State == plan.StatePlanned {
				n++
			}
		}
		return err
	})
	return n
}

func (w *world) part(amount string) string {
	w.t.Helper()
	id := ""
	w.view(func(tx *store.Tx) error {
		bs, err := tx.Bills(store.BillFilter{})
		for _, b := range bs {
			if id == "" && b.Parent != "" && b.AmountDue == cny(amount) {
				id = b.ID
			}
		}
		return err
	})
	return id
}

var threeParts = bill.Arrangement{State: bill.CaseAgreed, Revives: true,
	Instalments: instalments("2026-02-01 200.00", "2026-03-01 200.00", "2026-04-01 100.00")}

func TestPlanReplacesTheBill(t *testing.T) {
	t.Parallel()
	w, id := late(t)
	if err := w.arrange(id, threeParts); err != nil {
		t.Fatal(err)
	}
	check(t, "bills", w.bills(), []string{
		"alipay-huabei 2026-01-10 0.00 dropped vouched",
		"alipay-huabei 2026-02-01 200.00 upcoming owner", "alipay-huabei 2026-03-01 200.00 upcoming owner", "alipay-huabei 2026-04-01 100.00 upcoming owner"})
	check(t, "reminders of the old bill", w.planned(id), 0)
	if w.planned(w.part("200.00")) == 0 {
		t.Error("the first instalment has no reminders")
	}
	// What is said of the old bill would leave its instalments open.
	for _, kind := range []bill.CommandKind{bill.CommandPaid, bill.CommandSet, bill.CommandSnooze} {
		err := w.store.Update(t.Context(), func(tx *store.Tx) error {
			_, err := w.in.Command(tx, bill.Command{ID: "x", Bill: id, Kind: kind})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), w.part("100.00")) {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestWhatDoesNotAddUpIsNotStored(t *testing.T) {
	t.Parallel()
	w, id := late(t)
	a := threeParts
	a.Instalments = instalments("2026-02-01 200.00", "2026-03-01 200.00")
	if err := w.arrange(id, a); err == nil || !strings.Contains(err.Error(), "-100.00 CNY differs") {
		t.Errorf("error = %v", err)
	}
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-10 500.00 late vouched"})
}

// TestInstalmentsArePaidInTurn: a payment that names the old bill's month pays
// the earliest instalment of its sum.
func TestInstalmentsArePaidInTurn(t *testing.T) {
	t.Parallel()
	w, id := late(t)
	if err := w.arrange(id, threeParts); err != nil {
		t.Fatal(err)
	}
	w.at("2026-01-31 12:00")
	w.read(payment("2026-01-31 10:00", "200.00", true))
	check(t, "after one", w.bills()[:3], []string{"alipay-huabei 2026-01-10 0.00 dropped vouched", "alipay-huabei 2026-02-01 0.00 settled owner", "alipay-huabei 2026-03-01 200.00 upcoming owner"})
	w.at("2026-02-27 12:00")
	w.read(payment("2026-02-27 10:00", "200.00", true))
	check(t, "after two", w.bills()[2:], []string{"alipay-huabei 2026-03-01 0.00 settled owner", "alipay-huabei 2026-04-01 100.00 upcoming owner"})
	w.at("2026-03-30 12:00")
	w.read(payment("2026-03-30 10:00", "100.00", true))
	check(t, "the case closes", w.revive(id), true)
	check(t, "once", w.revive(id), false)
}

func TestBrokenPlanRevivesTheBill(t *testing.T) {
	t.Parallel()
	w, id := late(t)
	if err := w.arrange(id, threeParts); err != nil {
		t.Fatal(err)
	}
	w.at("2026-01-31 12:00")
	w.read(payment("2026-01-31 10:00", "200.00", true))
	w.at("2026-03-01 12:00")
	check(t, "not broken on the day itself", w.revive(id), false)
	w.at("2026-03-02 00:10")
	check(t, "broken", w.revive(id), true)
	check(t, "again", w.revive(id), false)
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-10 300.00 late vouched",
		"alipay-huabei 2026-02-01 0.00 settled owner", "alipay-huabei 2026-03-01 200.00 dropped owner", "alipay-huabei 2026-04-01 100.00 dropped owner"})
	if w.planned(id) == 0 {
		t.Error("nothing is said of the bill that is owed again")
	}
}

func TestReopenTakesAPlanBack(t *testing.T) {
	t.Parallel()
	w, id := late(t)
	if err := w.arrange(id, threeParts); err != nil {
		t.Fatal(err)
	}
	w.at("2026-01-12 12:05")
	w.command(bill.Command{Bill: id, Kind: bill.CommandReopen})
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-10 500.00 late vouched",
		"alipay-huabei 2026-02-01 200.00 dropped owner", "alipay-huabei 2026-03-01 200.00 dropped owner", "alipay-huabei 2026-04-01 100.00 dropped owner"})
	check(t, "reminders of an instalment", w.planned(w.part("100.00")), 0)
	// And agreed once more, differently.
	w.at("2026-01-12 12:10")
	if err := w.arrange(id, bill.Arrangement{State: bill.CaseAgreed, Due: day("2026-01-20")}); err != nil {
		t.Fatal(err)
	}
	check(t, "extended", w.bills()[0], "alipay-huabei 2026-01-20 500.00 upcoming vouched")
}

func declaredRent(due string) bill.Notice {
	return bill.Notice{ID: "declared-rent-" + due, Issuer: "alipay-huabei", Currency: "CNY", AmountDue: cny("450.00"), DueDate: day(due)}
}

func (w *world) declare(due string) {
	w.t.Helper()
	if err := w.update(func(tx intake.Tx) error { _, err := w.in.Declare(tx, declaredRent(due)); return err }); err != nil {
		w.t.Fatal(err)
	}
}

// TestDeclaredBillMeetsTheNotice: what the configuration foresees and what the
// issuer prints a day apart is one bill, with the issuer's day and amount,
// whichever came first.
func TestDeclaredBillMeetsTheNotice(t *testing.T) {
	t.Parallel()
	for _, declaredFirst := range []bool{true, false} {
		w := newWorld(t, "2026-01-01 12:00")
		if declaredFirst {
			w.declare("2026-01-11")
		}
		w.at("2026-01-02 12:00")
		w.read(statement("2026-01-02 08:00"))
		if !declaredFirst {
			w.declare("2026-01-11")
		}
		w.declare("2026-02-11")
		check(t, fmt.Sprint("declared first: ", declaredFirst), w.bills(), []string{"alipay-huabei 2026-01-10 500.00 upcoming declared", "alipay-huabei 2026-02-11 450.00 upcoming declared"})
	}
}

func TestUndeclare(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "2026-01-01 12:00")
	w.declare("2026-01-20")
	w.declare("2026-02-20")
	w.command(bill.Command{Bill: w.ids()[1], Kind: bill.CommandSet, Note: "touched"})
	undeclare := func(keep bool) (n int) {
		w.t.Helper()
		for _, id := range w.ids() {
			if err := w.update(func(tx intake.Tx) error {
				gone, err := w.in.Undeclare(tx, id, func(string) bool { return keep })
				if gone {
					n++
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	check(t, "still declared", undeclare(true), 0)
	check(t, "no longer", undeclare(false), 1)
	check(t, "twice", undeclare(false), 0)
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-20 450.00 dropped declared", "alipay-huabei 2026-02-20 450.00 upcoming declared"})
	w.at("2026-01-01 13:00")
	w.declare("2026-01-20")
	check(t, "declared again", w.bills()[0], "alipay-huabei 2026-01-20 450.00 upcoming declared")
	if !slices.Contains(w.reminders(plan.StatePlanned), "bill due 01-20 09:00") {
		t.Error("declared again, and no reminder")
	}
}
