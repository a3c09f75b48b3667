package bill

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// words draws what an owner may say about the bill of groupOf, in order.
func words(rt *rapid.T) []Command {
	n := rapid.IntRange(0, 6).Draw(rt, "commands")
	out := make([]Command, n)
	for i := range out {
		when := at("2026-01-02 08:00").Add(time.Duration(rapid.IntRange(0, 40*24).Draw(rt, "hour")) * time.Hour)
		c := Command{ID: fmt.Sprint("c", i), Bill: "b", At: when}
		c.Kind = rapid.SampledFrom([]CommandKind{CommandPaid, CommandPaid, CommandDrop, CommandReopen, CommandSet, CommandArrange, CommandArrange}).Draw(rt, "command")
		amount := rapid.SampledFrom([]string{"", "50.00", "250.00", "500.00", "700.00"}).Draw(rt, "sum")
		if amount != "" && (c.Kind == CommandPaid || c.Kind == CommandSet) {
			c.Amount = cny(amount)
		}
		if c.Kind == CommandArrange {
			c.Arrange = rapid.SampledFrom([]*Arrangement{
				{State: CaseWaiting}, {State: CaseAgreed, Due: day("2026-03-01")}, {State: CaseAgreed, Waive: cny("30.00")},
				{State: CaseAgreed, Instalments: parts("2026-03-01 250.00", "2026-04-01 250.00"), Revives: true},
				{State: CaseBroken, Paid: cny("100.00")}, {State: CaseRejected},
			}).Draw(rt, "step")
		}
		out[i] = c
	}
	return out
}

func lived(rt *rapid.T) Group {
	g := groupOf(words(rt)...)
	for _, n := range world(rt, []Trust{TrustVouched, TrustForwarded, TrustUnverified}, "n") {
		if n.Kind != KindUnread {
			g.Notices = append(g.Notices, n)
		}
	}
	return g
}

// TestWhateverHappens: whatever notices and commands a bill meets, folding them
// in any order of its slices and as often as one likes gives the same bill,
// which owes nothing negative, says only when it is not open that nothing is
// owed, and keeps what is left, credit and debit day true to its state.
func TestWhateverHappens(t *testing.T) {
	t.Parallel()
	tolerant := terms
	tolerant.Tolerance, tolerant.Milestones = []Money{cny("10.00")}, []MilestoneRule{{MilestoneBureau, 30}, {MilestoneFee, 1}}
	rapid.Check(t, func(rt *rapid.T) {
		g := lived(rt)
		b := Fold(g, tolerant)
		mixed := Group{ID: g.ID, Notices: rapid.Permutation(g.Notices).Draw(rt, "notices"), Commands: rapid.Permutation(g.Commands).Draw(rt, "commands")}
		if diff := gocmp.Diff(b, Fold(mixed, tolerant)); diff != "" {
			rt.Fatalf("another order of the same:\n%s", diff)
		}
		if diff := gocmp.Diff(b, Fold(g, tolerant)); diff != "" {
			rt.Fatalf("folded twice:\n%s", diff)
		}
		for name, m := range map[string]Money{"outstanding": b.Outstanding, "credit": b.Credit, "penalty": b.Penalty, "tolerated": b.Tolerated, "amount due": b.AmountDue} {
			if m.Minor < 0 {
				rt.Fatalf("%s is %v", name, m)
			}
		}
		settled, replaced := !b.SettledAt.IsZero(), !b.Replaced.IsZero()
		switch {
		case (settled || replaced) && b.Outstanding.Minor != 0:
			rt.Fatalf("settled %v, replaced %v, outstanding %v", settled, replaced, b.Outstanding)
		case settled && !b.SettledDay.Known():
			rt.Fatal("settled on no day")
		case !settled && b.Credit.Known():
			rt.Fatalf("a credit of %v on a bill that is not settled", b.Credit)
		case b.DebitDay.Known() && (!b.Autopay || settled):
			rt.Fatal("a debit is announced that will not be")
		case b.DueDate.Known() && (b.LastSafeDay < b.DueDate || b.Milestones[0].Day != b.DueDate+1):
			rt.Fatalf("due %v, safe until %v, milestones %v", b.DueDate, b.LastSafeDay, b.Milestones)
		case replaced && b.Open():
			rt.Fatal("replaced and open")
		}
	})
}

// TestPartsAddUp: what Check accepts as a plan adds up to the cent, and one
// cent less or more is refused.
func TestPartsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := Fold(groupOf(), terms)
		b.Penalty = Money{rapid.Int64Range(0, 500).Draw(rt, "penalty"), "CNY"}
		a := Arrangement{State: CaseAgreed, Waive: Money{rapid.Int64Range(0, 400).Draw(rt, "waive"), "CNY"}, Fee: Money{rapid.Int64Range(0, 400).Draw(rt, "fee"), "CNY"}}
		left := b.Owed().Minor - a.Waive.Minor + a.Fee.Minor
		n := rapid.Int64Range(1, 36).Draw(rt, "instalments")
		for i := range n {
			part := left / (n - i)
			a.Instalments = append(a.Instalments, Instalment{day("2026-02-01") + Day(30*i), Money{part, "CNY"}})
			left -= part
		}
		if err := a.Check(&b, day("2026-01-12")); err != nil {
			rt.Fatal(err)
		}
		a.Instalments[rapid.Int64Range(0, n-1).Draw(rt, "which")].Amount.Minor += rapid.SampledFrom([]int64{-1, 1}).Draw(rt, "cent")
		if a.Check(&b, day("2026-01-12")) == nil {
			rt.Fatal("a plan that is a cent off was accepted")
		}
	})
}

// TestYearOfAThousandBills lets a thousand accounts live for a year: every
// month a statement, then by chance reminders, payments in part, whole or over,
// a late word, an extension. Each message is grouped and folded as it arrives.
func TestYearOfAThousandBills(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	count := map[string]int{}
	for account := range 83 { // × 12 months
		groups, waiting := []Group(nil), []Notice(nil)
		for month := range 12 {
			for _, n := range month12(rng, account, month) {
				groups, waiting = Regroup(groups, append(waiting, n), terms)
			}
			talk(rng, groups, account, month)
		}
		held := len(waiting)
		for _, g := range groups {
			b := Fold(g, terms)
			held += len(g.Notices)
			if b.Outstanding.Minor < 0 || b.Open() && b.Outstanding.Minor == 0 {
				t.Fatalf("%+v", b)
			}
			count["bills"]++
			count[string(b.Stage(at("2027-03-01 00:00"), shanghai))]++
		}
		again, _ := Regroup(groups, waiting, terms)
		if diff := gocmp.Diff(foldAll(groups, terms), foldAll(again, terms)); diff != "" {
			t.Fatalf("grouped again:\n%s", diff)
		}
		count["notices"] += held
	}
	if count["bills"] != 83*12 || count["settled"] == 0 || count["late"] == 0 || count["dropped"] == 0 {
		t.Errorf("a year without much life: %v", count)
	}
}

// month12 is what an issuer writes about one account in one month.
func month12(rng *rand.Rand, account, month int) []Notice {
	start := time.Date(2026, time.Month(month+1), 1, 8, 0, 0, 0, shanghai)
	due := DayOf(start) + 9
	amount := Money{int64(10000 + rng.IntN(90000)), "CNY"}
	made := func(kind Kind, after int, f func(*Notice)) Notice {
		id := fmt.Sprintf("%d-%d-%s-%d", account, month, kind, after)
		n := Notice{ID: id, Message: id, Received: start.AddDate(0, 0, after), Trust: TrustVouched, Kind: kind, Issuer: "alipay-huabei",
			Currency: "CNY", Account: fmt.Sprintf("%04d", account), Period: start.Format("2006-01")}
		f(&n)
		return n
	}
	pay := func(after int, m Money) Notice {
		return made(KindPayment, after, func(n *Notice) { n.PaidAmount, n.PaidDate = m, DayOf(n.Received) })
	}
	ns := []Notice{made(KindStatement, 0, func(n *Notice) { n.AmountDue, n.DueDate, n.StatementDate = amount, due, DayOf(start) })}
	if rng.IntN(2) == 0 {
		ns = append(ns, made(KindDueSoon, 6, func(n *Notice) { n.AmountDue, n.DueDate = amount, due }))
	}
	switch rng.IntN(6) {
	case 0, 1:
		ns = append(ns, pay(7, amount))
	case 2:
		part := Money{amount.Minor / 3, "CNY"}
		ns = append(ns, pay(4, part), pay(8, Money{amount.Minor - part.Minor, "CNY"}))
	case 3:
		ns = append(ns, pay(5, Money{amount.Minor + 1000, "CNY"}))
	case 4:
		ns = append(ns, made(KindOverdue, 12, func(n *Notice) { n.AmountDue, n.DueDate, n.DaysLate = amount, due, 3 }))
	}
	slices.SortFunc(ns, func(a, b Notice) int { return cmp.Or(a.Received.Compare(b.Received), cmp.Compare(a.ID, b.ID)) })
	return ns
}

// talk is what the owner says at the end of a month about that month's bill.
func talk(rng *rand.Rand, groups []Group, account, month int) {
	g := &groups[len(groups)-1]
	b := Fold(*g, terms)
	end := time.Date(2026, time.Month(month+1), 28, 9, 0, 0, 0, shanghai)
	c := Command{ID: fmt.Sprintf("c-%d-%d", account, month), Bill: g.ID, At: end, Kind: CommandPaid}
	if !b.Open() {
		return
	}
	switch rng.IntN(4) {
	case 0:
		return
	case 1:
		c.Kind, c.Arrange = CommandArrange, &Arrangement{State: CaseAgreed, Due: DayOf(end) + 20}
	case 2:
		half := Money{b.Outstanding.Minor / 2, "CNY"}
		a := Arrangement{State: CaseAgreed, Instalments: []Instalment{{DayOf(end) + 30, half}, {DayOf(end) + 60, Money{b.Owed().Minor - half.Minor, "CNY"}}}}
		c.Kind, c.Arrange = CommandArrange, &a
	}
	g.Commands = append(g.Commands, c)
}

// BenchmarkFoldMillion folds a million bills, each of a statement, a reminder
// and a payment in part, one after another: the memory in use does not grow.
func BenchmarkFoldMillion(b *testing.B) {
	notices := groupOf().Notices
	notices = append(notices,
		notice("d", KindDueSoon, "2026-01-07 08:00", "500.00", "2026-01-10"),
		notice("p", KindPayment, "2026-01-08 08:00", "200.00", "2026-01-08"))
	b.ReportAllocs()
	for b.Loop() {
		left := int64(0)
		for i := range 1_000_000 {
			g := Group{ID: "b", Notices: notices}
			g.Notices[0].AmountDue.Minor = int64(50000 + i%1000)
			bill := Fold(g, terms)
			left += bill.Outstanding.Minor
		}
		if left == 0 {
			b.Fatal("nothing is owed")
		}
	}
}
