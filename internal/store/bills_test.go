package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

func notice(id string) bill.Notice {
	return bill.Notice{ID: id, Received: day0, Trust: bill.TrustVouched, Kind: bill.KindStatement,
		Issuer: "alipay-huabei", Currency: "CNY", Account: "1234",
		AmountDue: bill.Money{Minor: 123456, Currency: "CNY"},
		Evidence:  map[bill.Field]bill.Evidence{bill.FieldAmountDue: {Part: "text/html", Text: "本期应还 ¥1,234.56"}}}
}

func newBill(id string, due bill.Day) *bill.Bill {
	return &bill.Bill{ID: id, Issuer: "alipay-huabei", Currency: "CNY", DueDate: due, LastSafeDay: due,
		AmountDue: bill.Money{Minor: 100, Currency: "CNY"}, Trust: bill.TrustVouched, Seen: day0, Zone: "Asia/Shanghai"}
}

func noticeIDs(ns []bill.Notice) (ids []string) {
	for _, n := range ns {
		ids = append(ids, n.ID)
	}
	return ids
}

func TestNotices(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	a, b, c := notice("m:0"), notice("m:1"), notice("m:2")
	b.Received = day0.Add(-time.Hour)
	b.Currency = ""
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutMessage(message("m", day0)), tx.PutBill(newBill("x", 20000)),
			tx.PutNotices("m", []bill.Notice{a, b}), tx.Assign("m:0", "x"))
	})
	// Read again: m:0 keeps its bill, m:1 is gone, m:2 waits.
	a.AmountDue.Minor++
	update(t, s, func(tx *Tx) error { return tx.PutNotices("m", []bill.Notice{a, c}) })
	view(t, s, func(tx *Tx) error {
		of, err := tx.NoticesOf("x")
		same(t, "of the bill", of, []bill.Notice{a})
		owner, err2 := tx.BillOf("m:0")
		same(t, "its bill", owner, "x")
		msg, err3 := tx.NoticesOfMessage("m")
		same(t, "of the message", msg, []bill.Notice{a, c})
		return errors.Join(err, err2, err3)
	})
	update(t, s, func(tx *Tx) error {
		err := errors.Join(tx.PutNotices("m", []bill.Notice{a, b, c}), tx.Assign("m:0", ""))
		waiting, err2 := tx.Unassigned("alipay-huabei", "CNY")
		same(t, "waiting, by receipt", noticeIDs(waiting), []string{"m:1", "m:0", "m:2"})
		other, err3 := tx.Unassigned("alipay-huabei", "USD")
		same(t, "another currency finds the unknown one", noticeIDs(other), []string{"m:1"})
		return errors.Join(err, err2, err3)
	})
	err := s.Update(t.Context(), func(tx *Tx) error { return tx.Assign("nobody", "x") })
	if err == nil {
		t.Error("a notice that does not exist was assigned")
	}
}

func TestDeclaredNotices(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutNotices("", []bill.Notice{notice("rent:1")}),
			tx.PutNotices("", []bill.Notice{notice("rent:2")}))
	})
	update(t, s, func(tx *Tx) error {
		both, err := tx.Unassigned("alipay-huabei", "")
		same(t, "one does not replace the other", noticeIDs(both), []string{"rent:1", "rent:2"})
		return errors.Join(err, tx.DeleteNotice("rent:1"))
	})
	view(t, s, func(tx *Tx) error {
		left, err := tx.Unassigned("alipay-huabei", "CNY")
		same(t, "left", noticeIDs(left), []string{"rent:2"})
		return err
	})
}

func TestBills(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	due := date(t, "2026-12-05")
	late, early, unknown, settled := newBill("ccc", due), newBill("bbb", due-3), newBill("aaa", 0), newBill("ddd", due-9)
	early.Issuer, early.Account, early.Currency = "card", "9876", "USD"
	settled.SettledAt = day0
	late.Sources = map[bill.Field]bill.Source{bill.FieldDueDate: {From: "m:0", Trust: bill.TrustVouched,
		Evidence: bill.Evidence{Part: "subject", Text: "12月05日"}}}
	late.Problems = []bill.Problem{{Field: bill.FieldAmountDue, Why: "two amounts"}}
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutBill(late), tx.PutBill(early), tx.PutBill(unknown), tx.PutBill(settled))
	})
	view(t, s, func(tx *Tx) error {
		got, ok, err := tx.Bill("ccc")
		same(t, "found", ok, true)
		same(t, "bill", got, late)
		_, ok, err2 := tx.Bill("cc")
		same(t, "only the whole ID", ok, false)
		return errors.Join(err, err2)
	})
	for _, c := range []struct {
		name string
		f    BillFilter
		want []string
	}{
		{"all, by due date, unknown last", BillFilter{}, []string{"ddd", "bbb", "ccc", "aaa"}},
		{"open", BillFilter{OpenOnly: true}, []string{"bbb", "ccc", "aaa"}},
		{"issuer", BillFilter{Issuer: "card"}, []string{"bbb"}},
		{"account", BillFilter{Account: "9876"}, []string{"bbb"}},
		{"currency", BillFilter{Currency: "CNY", OpenOnly: true}, []string{"ccc", "aaa"}},
	} {
		view(t, s, func(tx *Tx) error {
			bs, err := tx.Bills(c.f)
			same(t, c.name, billIDs(bs), c.want)
			return err
		})
	}
	// A bill that is reopened is open again.
	settled.SettledAt = time.Time{}
	update(t, s, func(tx *Tx) error { return tx.PutBill(settled) })
	view(t, s, func(tx *Tx) error {
		one, err := tx.EachBill(true, "", 2)
		same(t, "first batch", billIDs(one), []string{"aaa", "bbb"})
		two, err2 := tx.EachBill(true, "bbb", 2)
		same(t, "second batch", billIDs(two), []string{"ccc", "ddd"})
		three, err3 := tx.EachBill(false, "ddd", 2)
		same(t, "after the last", billIDs(three), []string(nil))
		return errors.Join(err, err2, err3)
	})
}

func billIDs(bs []*bill.Bill) (ids []string) {
	for _, b := range bs {
		ids = append(ids, b.ID)
	}
	return ids
}

func TestResolveBill(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutBill(newBill("abc", 1)), tx.PutBill(newBill("abcd", 1)), tx.PutBill(newBill("x_z", 1)))
	})
	for _, c := range []struct {
		prefix, want string
		err          error
	}{
		{"abc", "abc", nil}, // exact wins over a longer one
		{"abcd", "abcd", nil},
		{"x", "x_z", nil},
		{"ab", "", ErrAmbiguousBill},
		{"abcde", "", ErrUnknownBill},
		{"", "", ErrUnknownBill},
		{"%", "", ErrUnknownBill},
		{"x%", "", ErrUnknownBill},
		{"\xff", "", ErrUnknownBill},
	} {
		view(t, s, func(tx *Tx) error {
			got, err := tx.ResolveBill(c.prefix)
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("%q: %q, %v; want %q, %v", c.prefix, got, err, c.want, c.err)
			}
			return nil
		})
	}
}

func TestCommandsMoveWithTheirBill(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	grace := 3
	second := bill.Command{ID: "c2", Bill: "a", Kind: bill.CommandSet, At: day0.Add(time.Hour), Grace: &grace,
		Amount: bill.Money{Minor: 5, Currency: "JPY"}, Due: date(t, "2026-12-01"), Note: "看过"}
	firstOne := bill.Command{ID: "c1", Bill: "a", Kind: bill.CommandSnooze, At: day0, Until: day0.Add(48 * time.Hour)}
	n := notice("m:0")
	update(t, s, func(tx *Tx) error {
		// The order inside a transaction does not matter.
		return errors.Join(tx.PutCommand(second), tx.PutCommand(firstOne),
			tx.PutNotices("", []bill.Notice{n}), tx.Assign("m:0", "a"), tx.PutBill(newBill("a", 1)), tx.PutBill(newBill("b", 1)))
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.CommandsOf("a")
		same(t, "oldest first", got, []bill.Command{firstOne, second})
		return err
	})
	if err := s.Update(t.Context(), func(tx *Tx) error { return tx.DeleteBill("a") }); err == nil {
		t.Fatal("a bill vanished under its notices and commands")
	}
	firstOne.Bill, second.Bill = "b", "b"
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.DeleteBill("a"), tx.PutCommand(firstOne), tx.PutCommand(second), tx.Assign("m:0", "b"))
	})
	view(t, s, func(tx *Tx) error {
		_, ok, err := tx.Bill("a")
		same(t, "merged away", ok, false)
		got, err2 := tx.CommandsOf("b")
		same(t, "moved", got, []bill.Command{firstOne, second})
		return errors.Join(err, err2)
	})
}

// fits is the definition of a neighbour, written a second time. bare says that
// a notice without a reference is among them.
func fits(q bill.Neighbourhood, bare bool, merchant, currency, reference string, anchor bill.Day) bool {
	either := func(a, b string) bool { return a == b || a == "" || b == "" }
	in := anchor >= q.From && (q.To == 0 || anchor <= q.To)
	return either(q.Merchant, merchant) && either(q.Currency, currency) &&
		(in && (bare || either(q.Reference, reference)) || q.Reference != "" && q.Reference == reference)
}

// world is a few bills and notices with parts from small sets, so that all
// kinds of agreement and disagreement occur.
type world struct {
	bills   []*bill.Bill
	notices []bill.Notice
	query   bill.Neighbourhood
}

func drawWorld(rt *rapid.T) world {
	pick := func(what string, from ...string) string { return rapid.SampledFrom(from).Draw(rt, what) }
	days := func(what string) bill.Day { // 0 is the unknown day
		return rapid.OneOf(rapid.Just(bill.Day(0)), rapid.Map(rapid.Int32Range(20000, 20012),
			func(d int32) bill.Day { return bill.Day(d) })).Draw(rt, what)
	}
	var w world
	for i := range rapid.IntRange(0, 8).Draw(rt, "bills") {
		w.bills = append(w.bills, &bill.Bill{ID: fmt.Sprint("b", i), Issuer: pick("issuer", "i", "j"),
			Merchant: pick("merchant", "", "m", "n"), Currency: pick("currency", "", "CNY", "USD"),
			Account: pick("account", "", "1", "2"), Reference: pick("reference", "", "r", "s"),
			Recipient: pick("recipient", "", "a", "b"), DueDate: days("due"), StatementDate: days("statement"),
			Seen: time.Unix(0, 0).AddDate(0, 0, int(days("seen")))})
	}
	for i := range rapid.IntRange(0, 8).Draw(rt, "notices") {
		w.notices = append(w.notices, bill.Notice{ID: fmt.Sprint("n", i), Issuer: pick("issuer", "i", "j"),
			Merchant: pick("merchant", "", "m", "n"), Currency: pick("currency", "", "CNY", "USD"),
			Account: pick("account", "", "1", "2"), Reference: pick("reference", "", "r", "s"),
			Recipient: pick("recipient", "", "a", "b"), PaidDate: days("paid"),
			Received: time.Unix(0, 0).AddDate(0, 0, int(days("received")))})
	}
	w.query = bill.Neighbourhood{Issuer: "i", Merchant: pick("merchant", "", "m"), Currency: pick("currency", "", "CNY"),
		Reference: pick("reference", "", "r"), From: days("from"), To: days("to")}
	return w
}

func TestNeighboursAreThoseThatFit(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		undo := errors.New("undo")
		err := s.Update(t.Context(), func(tx *Tx) error {
			for _, b := range w.bills {
				if err := tx.PutBill(b); err != nil {
					return err
				}
			}
			if err := tx.PutNotices("", w.notices); err != nil {
				return err
			}
			groups, waiting, err := tx.Neighbours(w.query)
			if err != nil {
				return err
			}
			checkNeighbours(rt, w, groups, waiting)
			return undo
		})
		if !errors.Is(err, undo) {
			rt.Fatal(err)
		}
	})
}

func checkNeighbours(rt *rapid.T, w world, groups []bill.Group, waiting []bill.Notice) {
	var got, want []string
	bare := slices.ContainsFunc(w.notices, func(n bill.Notice) bool {
		return n.Issuer == "i" && n.Reference == "" && fits(w.query, false, n.Merchant, n.Currency, "", noticeAnchor(n))
	})
	for _, g := range groups {
		got = append(got, g.ID)
	}
	for _, b := range w.bills {
		anchor := cmp.Or(b.DueDate, b.StatementDate, bill.DayOf(b.Seen.UTC()))
		if b.Issuer == "i" && fits(w.query, bare, b.Merchant, b.Currency, b.Reference, anchor) {
			want = append(want, b.ID)
		}
	}
	got = append(got, noticeIDs(waiting)...)
	for _, n := range w.notices {
		if n.Issuer == "i" && fits(w.query, bare, n.Merchant, n.Currency, n.Reference, noticeAnchor(n)) {
			want = append(want, n.ID)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		rt.Fatalf("neighbours of %+v: got %v, want %v", w.query, got, want)
	}
}

func TestNeighboursCarryTheirEvidence(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	early := notice("n1")
	early.Received = day0.Add(-time.Hour)
	c := bill.Command{ID: "c", Bill: "two", Kind: bill.CommandPaid, At: day0}
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutBill(newBill("one", 20001)), tx.PutBill(newBill("two", 20000)),
			tx.PutNotices("", []bill.Notice{notice("n2"), early, notice("n3"), notice("n4")}),
			tx.Assign("n1", "one"), tx.Assign("n2", "one"), tx.Assign("n3", "two"), tx.PutCommand(c))
	})
	view(t, s, func(tx *Tx) error {
		groups, waiting, err := tx.Neighbours(bill.Neighbourhood{Issuer: "alipay-huabei"})
		if len(groups) != 2 {
			t.Fatalf("%d groups", len(groups))
		}
		same(t, "earlier anchor first", groups[0].ID, "two")
		same(t, "its notices", noticeIDs(groups[0].Notices), []string{"n3"})
		same(t, "its commands", groups[0].Commands, []bill.Command{c})
		same(t, "notices by receipt", noticeIDs(groups[1].Notices), []string{"n1", "n2"})
		same(t, "no commands", len(groups[1].Commands), 0)
		same(t, "waiting", noticeIDs(waiting), []string{"n4"})
		return err
	})
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	late := message("late", day0.Add(time.Hour))
	late.Trust = bill.TrustUnverified
	first, second := notice("early:0"), notice("late:0")
	second.Received = late.Received
	update(t, s, func(tx *Tx) error {
		for _, id := range []string{"mail", "rent", "hand", "none"} {
			if err := tx.PutBill(newBill(id, 20000)); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutMessage(late), tx.PutMessage(message("early", day0)),
			tx.PutNotices("late", []bill.Notice{second}), tx.PutNotices("early", []bill.Notice{first}),
			tx.PutNotices("", []bill.Notice{notice("rent:1")}),
			tx.Assign("late:0", "mail"), tx.Assign("early:0", "mail"), tx.Assign("rent:1", "rent"),
			tx.PutCommand(bill.Command{ID: "c1", Bill: "rent", Kind: bill.CommandSnooze, At: day0.Add(time.Minute)}),
			tx.PutCommand(bill.Command{ID: "c2", Bill: "hand", Kind: bill.CommandAdd, At: day0}))
	})
	for id, want := range map[string]plan.Origin{
		"mail":    {From: "bill@example.com", Subject: "账单 late", Received: late.Received, Trust: bill.TrustUnverified},
		"rent":    {From: "configuration", Received: day0, Trust: bill.TrustDeclared},
		"hand":    {From: "command", Received: day0, Trust: bill.TrustOwner},
		"none":    {},
		"unknown": {},
	} {
		view(t, s, func(tx *Tx) error {
			got, err := tx.Origin(id)
			same(t, id, got, want)
			return err
		})
	}
}

func TestNeighboursUseIndexes(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	for q, wide := range map[bill.Neighbourhood]bool{{}: false, {Reference: "r"}: false, {Reference: "s"}: true} {
		for table, waiting := range map[string]string{"bills": "", "notices": "bill IS NULL AND "} {
			view(t, s, func(tx *Tx) error {
				steps, err := list(tx, func(scan scan) (string, error) {
					var step string
					err := scan(new(int), new(int), new(int), &step)
					return step, err
				}, "EXPLAIN QUERY PLAN "+near("id, anchor", table, waiting, q, wide),
					tx.args("issuer", "", "merchant", "", "currency", "", "reference", "", "from", 0, "to", 0)...)
				for _, step := range steps {
					if strings.HasPrefix(step, "SCAN "+table) {
						t.Errorf("%s of %+v: %s", table, q, step)
					}
				}
				same(t, "a plan was made", len(steps) > 0, true)
				return err
			})
		}
	}
}
