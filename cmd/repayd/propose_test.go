package main

import (
	"testing"

	"pgregory.net/rapid"

	"repayd/internal/bill"
)

func TestProposalsAddUp(t *testing.T) {
	t.Parallel()
	today := day(t, "2026-01-24")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, maxParts).Draw(t, "n")
		sum := bill.Money{Minor: rapid.Int64Range(int64(n), 1e12).Draw(t, "sum"), Currency: "CNY"}
		from := today + bill.Day(rapid.IntRange(0, 800).Draw(t, "from"))
		p, err := propose(sum, n, from, nil)
		if err != nil {
			t.Fatal(err)
		}
		var total int64
		last := from
		for i, part := range p.Instalments {
			if total += part.Amount.Minor; part.Due <= last || part.Due > last+31 || part.Amount.Minor <= 0 {
				t.Fatalf("part %d of %v: %v after %s", i+1, sum, part, last)
			}
			last = part.Due
		}
		if total != sum.Minor || len(p.Instalments) != n {
			t.Fatalf("%d parts add up to %d, want %d to %d", len(p.Instalments), total, n, sum.Minor)
		}
	})
}

func TestAPlanBeginsWhenTheForecastCarriesIt(t *testing.T) {
	t.Parallel()
	today, sum := day(t, "2026-01-24"), bill.Money{Minor: 100001, Currency: "CNY"}
	payday := day(t, "2026-02-15")
	fromPayday := func(parts []bill.Instalment) (bill.Day, bool) { return parts[0].Due, parts[0].Due >= payday }
	p, err := propose(sum, 3, today, fromPayday)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Carried || p.Instalments[0].Due != payday || p.Instalments[2].Due != day(t, "2026-04-15") {
		t.Errorf("%+v", p)
	}
	if got := p.Instalments[2].Amount.Minor; got != 33335 {
		t.Errorf("the last part is %d, want the rest, 33335", got)
	}
	never := func(parts []bill.Instalment) (bill.Day, bool) { return parts[1].Due, false }
	p, err = propose(sum, 3, today, never)
	if err != nil {
		t.Fatal(err)
	}
	if p.Carried || !p.Judged || p.Short != p.Instalments[1].Due || p.Instalments[0].Due != today+latest {
		t.Errorf("%+v", p)
	}
	if _, err := propose(bill.Money{Minor: 2, Currency: "CNY"}, 3, today, nil); err == nil {
		t.Error("two fen in three parts")
	}
	if _, err := propose(bill.Money{}, 3, today, nil); err == nil {
		t.Error("an unknown amount in three parts")
	}
}

func TestMonthsAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-01-31", 0, "2026-01-31"}, {"2026-01-31", 1, "2026-02-28"}, {"2027-12-31", 2, "2028-02-29"},
		{"2026-11-30", 3, "2027-02-28"}, {"2026-12-05", 1, "2027-01-05"},
	} {
		if got := monthsAfter(day(t, c.from), c.months); got.String() != c.want {
			t.Errorf("%s and %d months: %s, want %s", c.from, c.months, got, c.want)
		}
	}
}
