package bill

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// world draws the notices of one issuer over a few weeks: few accounts, dates
// and amounts, so that they meet and collide often.
func world(rt *rapid.T, trusts []Trust, prefix string) []Notice {
	kinds := []Kind{KindStatement, KindStatement, KindDueSoon, KindOverdue, KindPayment, KindPayment, KindAutopay, KindAutopayFailed, KindZero, KindUnread}
	n := rapid.IntRange(1, 7).Draw(rt, "notices")
	out := make([]Notice, n)
	for i := range out {
		id := fmt.Sprintf("%s%d", prefix, i)
		k := rapid.SampledFrom(kinds).Draw(rt, "kind")
		amount := rapid.SampledFrom([]string{"", "100.00", "200.00", "300.00"}).Draw(rt, "amount")
		due := rapid.SampledFrom([]string{"", "2026-01-10", "2026-01-20"}).Draw(rt, "due")
		received := at("2026-01-01 08:00").Add(time.Duration(rapid.IntRange(0, 25*24).Draw(rt, "hour")) * time.Hour)
		out[i] = notice(id, k, received.In(shanghai).Format("2006-01-02 15:04"), amount, due,
			by(rapid.SampledFrom(trusts).Draw(rt, "trust")),
			account(rapid.SampledFrom([]string{"", "1111", "2222"}).Draw(rt, "account")),
			ref(rapid.SampledFrom([]string{"", "", "A1"}).Draw(rt, "ref")),
			period(rapid.SampledFrom([]string{"", "", "2026-01"}).Draw(rt, "period")))
	}
	return out
}

func foldAll(groups []Group, t Terms) []Bill {
	bills := make([]Bill, len(groups))
	for i, g := range groups {
		bills[i] = Fold(g, t)
	}
	return bills
}

// facts is a bill without its id, which is given at birth and so depends on
// what arrived first.
func facts(bills []Bill) []string {
	out := make([]string, len(bills))
	for i, b := range bills {
		b.ID = ""
		out[i] = fmt.Sprintf("%+v", b)
	}
	slices.Sort(out)
	return out
}

func TestArrivalOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		notices := world(rt, []Trust{TrustVouched, TrustForwarded, TrustUnverified, TrustDeclared}, "n")
		inOrder, waitA := arrive(nil, nil, notices, terms)
		shuffled, waitB := arrive(nil, nil, rapid.Permutation(notices).Draw(rt, "arrival"), terms)
		if diff := cmp.Diff(facts(foldAll(inOrder, terms)), facts(foldAll(shuffled, terms))); diff != "" {
			rt.Fatalf("bills depend on arrival:\n%s", diff)
		}
		if len(waitA) != len(waitB) {
			rt.Fatalf("waiting depends on arrival: %d, %d", len(waitA), len(waitB))
		}
	})
}

func TestRegroupAgainChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		groups, waiting := arrive(nil, nil, world(rt, []Trust{TrustVouched, TrustForwarded, TrustUnverified}, "n"), terms)
		again, waitingAgain := Regroup(groups, waiting, terms)
		if diff := cmp.Diff(foldAll(groups, terms), foldAll(again, terms)); diff != "" {
			rt.Fatalf("second regrouping changed:\n%s", diff)
		}
		if len(waiting) != len(waitingAgain) {
			rt.Fatalf("waiting changed: %d, %d", len(waiting), len(waitingAgain))
		}
	})
}

func TestIDsNeverChangeOwners(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var groups []Group
		var waiting []Notice
		for _, n := range world(rt, []Trust{TrustVouched, TrustUnverified}, "n") {
			before := groups
			groups, waiting = Regroup(groups, append(waiting, n), terms)
			ids := map[string]bool{}
			for _, g := range groups {
				if ids[g.ID] {
					rt.Fatalf("id %s twice", g.ID)
				}
				ids[g.ID] = true
			}
			for _, old := range before {
				for _, g := range groups {
					if g.ID == old.ID && !shares(old, g) {
						rt.Fatalf("id %s went to a bill that shares no notice with it", old.ID)
					}
				}
			}
		}
	})
}

func shares(a, b Group) bool {
	return slices.ContainsFunc(a.Notices, func(n Notice) bool {
		return slices.ContainsFunc(b.Notices, func(m Notice) bool { return m.ID == n.ID })
	})
}

// TestForgeryNeverSilences: whatever unverified notices are mixed in, each
// bill that stood without them still stands, with the same dates, amounts and
// stage.
func TestForgeryNeverSilences(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		real := world(rt, []Trust{TrustVouched, TrustForwarded}, "real")
		forged := world(rt, []Trust{TrustUnverified}, "forged")
		alone, _ := arrive(nil, nil, real, terms)
		mixed, _ := arrive(nil, nil, rapid.Permutation(append(slices.Clone(real), forged...)).Draw(rt, "arrival"), terms)
		var got []string
		for _, b := range foldAll(mixed, terms) {
			got = append(got, essence(b))
		}
		for _, b := range foldAll(alone, terms) {
			if !slices.Contains(got, essence(b)) {
				rt.Fatalf("a forgery changed %s\nnow %v", essence(b), got)
			}
		}
	})
}

func essence(b Bill) string {
	return fmt.Sprint(b.Account, b.Reference, b.Period, b.DueDate, b.LastSafeDay, b.AmountDue, b.Outstanding, b.Paid, b.Open(), b.Problems)
}

func TestOutstandingIsNeverNegative(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		groups, _ := arrive(nil, nil, world(rt, []Trust{TrustVouched, TrustForwarded, TrustUnverified}, "n"), terms)
		seen := map[string]int{}
		for _, g := range groups {
			if b := Fold(g, terms); b.Outstanding.Minor < 0 {
				rt.Fatalf("outstanding %v", b.Outstanding)
			}
			for _, n := range g.Notices {
				seen[n.ID]++
			}
		}
		for id, n := range seen {
			if n != 1 {
				rt.Fatalf("notice %s is in %d bills", id, n)
			}
		}
	})
}

func BenchmarkFold(b *testing.B) {
	g := Group{ID: "x", Notices: []Notice{
		notice("s", KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10", period("2026-01")),
		notice("d", KindDueSoon, "2026-01-07 08:00", "500.00", "2026-01-10"),
		notice("p", KindPayment, "2026-01-08 08:00", "200.00", "2026-01-08"),
	}}
	for b.Loop() {
		Fold(g, terms)
	}
}

// BenchmarkRegroup places one notice among 50 open bills of its issuer.
func BenchmarkRegroup(b *testing.B) {
	var groups []Group
	for i := range 50 {
		groups = append(groups, Group{ID: fmt.Sprint("id", i), Notices: []Notice{notice(fmt.Sprint("s", i), KindStatement, "2026-01-01 08:00", "500.00", "2026-01-10", ref(fmt.Sprint("R", i)))}})
	}
	loose := []Notice{notice("p", KindPayment, "2026-01-08 08:00", "500.00", "2026-01-08", ref("R7"))}
	for b.Loop() {
		Regroup(groups, loose, terms)
	}
}

// TestPaymentsOfAnotherCurrencyAreNotSummed: money in a currency that is not
// the bill's is kept in its history and counts for nothing else.
func TestPaymentsOfAnotherCurrencyAreNotSummed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		g := groupOf()
		own := rapid.Int64Range(1, 49999).Draw(rt, "own")
		g.Commands = []Command{
			{ID: "c1", Bill: "b", At: at("2026-01-05 08:00"), Kind: CommandPaid, Amount: Money{own, "CNY"}},
			{ID: "c2", Bill: "b", At: at("2026-01-06 08:00"), Kind: CommandPaid, Amount: Money{rapid.Int64Range(1, 1e6).Draw(rt, "foreign"), "USD"}},
		}
		alone := g
		alone.Commands = g.Commands[:1]
		got, want := Fold(g, terms), Fold(alone, terms)
		if got.Paid != want.Paid || got.Credit != want.Credit || got.MinimumMet != want.MinimumMet || got.Outstanding != want.Outstanding {
			rt.Fatalf("with a payment in USD: paid %v, credit %v, minimum met %t, left %v; without: %v, %v, %t, %v",
				got.Paid, got.Credit, got.MinimumMet, got.Outstanding, want.Paid, want.Credit, want.MinimumMet, want.Outstanding)
		}
		if len(got.Payments) != 2 {
			rt.Fatalf("%d payments are told, want both", len(got.Payments))
		}
	})
}
