package terms_test

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

func day(t testing.TB, s string) bill.Day {
	t.Helper()
	d, err := bill.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLoan: amounts worked out by hand or with a bank's calculator.
func TestLoan(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		minor   int64
		rate    *big.Rat
		months  int
		method  terms.LoanMethod
		amounts map[int]int64 // by number
		total   int64         // interest
	}{
		"equal instalments": {10000000, big.NewRat(45, 1000), 24, terms.EqualInstalments, map[int]int64{1: 436478, 23: 436478, 24: 436481}, 475475},
		"equal principal":   {12000000, big.NewRat(6, 100), 12, terms.EqualPrincipal, map[int]int64{1: 1060000, 2: 1055000, 12: 1005000}, 390000},
		"interest only":     {1000000, big.NewRat(36, 1000), 3, terms.InterestOnly, map[int]int64{1: 3000, 2: 3000, 3: 1003000}, 9000},
		"no interest":       {1000, new(big.Rat), 3, terms.EqualInstalments, map[int]int64{1: 333, 2: 333, 3: 334}, 0},
		"one instalment":    {1000, big.NewRat(12, 100), 1, terms.EqualPrincipal, map[int]int64{1: 1010}, 10},
	}
	for name, c := range cases {
		got, err := terms.Loan(terms.LoanTerms{Principal: bill.Money{Minor: c.minor, Currency: "CNY"}, Rate: c.rate, Months: c.months,
			Method: c.method, First: day(t, "2026-01-05")})
		if err != nil || len(got) != c.months {
			t.Errorf("%s: %d instalments, %v", name, len(got), err)
			continue
		}
		total := int64(0)
		for _, i := range got {
			total += i.Interest.Minor
			if want, ok := c.amounts[i.Number]; ok && i.Amount.Minor != want {
				t.Errorf("%s: %s is %s, want %d", name, i.Reference(), i.Amount, want)
			}
		}
		if total != c.total {
			t.Errorf("%s: interest of %d, want %d", name, total, c.total)
		}
	}
}

func TestLoanDaysKeepToTheMonth(t *testing.T) {
	t.Parallel()
	got, err := terms.Loan(terms.LoanTerms{Principal: bill.Money{Minor: 60000, Currency: "CNY"}, Rate: new(big.Rat), Months: 15,
		Method: terms.EqualPrincipal, First: day(t, "2027-10-31")})
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{1: "2027-10-31", 2: "2027-11-30", 3: "2027-12-31", 4: "2028-01-31", 5: "2028-02-29", 15: "2028-12-31"} {
		if i := got[n-1]; i.Due != day(t, want) || i.Number != n {
			t.Errorf("%s is due on %s, want %s", i.Reference(), i.Due, want)
		}
	}
}

func TestLoanRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	good := terms.LoanTerms{Principal: bill.Money{Minor: 100, Currency: "CNY"}, Rate: big.NewRat(1, 20), Months: 2,
		Method: terms.EqualInstalments, First: day(t, "2026-01-05")}
	for name, spoil := range map[string]func(*terms.LoanTerms){
		"no principal":     func(l *terms.LoanTerms) { l.Principal = bill.Money{} },
		"nothing lent":     func(l *terms.LoanTerms) { l.Principal.Minor = 0 },
		"no rate":          func(l *terms.LoanTerms) { l.Rate = nil },
		"negative rate":    func(l *terms.LoanTerms) { l.Rate = big.NewRat(-1, 20) },
		"no months":        func(l *terms.LoanTerms) { l.Months = 0 },
		"too many":         func(l *terms.LoanTerms) { l.Months = 601 },
		"no first day":     func(l *terms.LoanTerms) { l.First = 0 },
		"unknown method":   func(l *terms.LoanTerms) { l.Method = "balloon" },
		"only no interest": func(l *terms.LoanTerms) { l.Method, l.Rate = terms.InterestOnly, new(big.Rat) },
		"too little":       func(l *terms.LoanTerms) { l.Principal.Minor, l.Months, l.Rate = 100, 60, new(big.Rat) },
	} {
		l := good
		spoil(&l)
		if got, err := terms.Loan(l); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestLoanProperties: the principal parts add up exactly, nothing is negative,
// all but the last of equal instalments are equal, and the last differs by less
// than a unit a month, but for interest on it.
func TestLoanProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := terms.LoanTerms{Principal: bill.Money{Minor: rapid.Int64Range(100_00, 1e12).Draw(t, "principal"), Currency: "CNY"},
			Rate: big.NewRat(rapid.Int64Range(0, 36_0000).Draw(t, "rate"), 100_0000), Months: rapid.IntRange(1, 120).Draw(t, "months"),
			Method: rapid.SampledFrom([]terms.LoanMethod{terms.EqualInstalments, terms.EqualPrincipal, terms.InterestOnly}).Draw(t, "method"),
			First:  bill.Day(rapid.IntRange(18000, 30000).Draw(t, "first"))}
		if l.Method == terms.InterestOnly {
			l.Rate.Add(l.Rate, big.NewRat(1, 100))
		}
		got, err := terms.Loan(l)
		if err != nil {
			t.Fatal(err)
		}
		sum, before := int64(0), l.First-1
		for _, i := range got {
			sum += i.Principal.Minor
			if i.Principal.Minor < 0 || i.Interest.Minor < 0 || i.Amount.Minor != i.Principal.Minor+i.Interest.Minor || i.Left.Minor != l.Principal.Minor-sum {
				t.Fatalf("%+v", i)
			}
			if i.Due <= before || i.Due > before+32 {
				t.Fatalf("due on %s after %s", i.Due, before)
			}
			before = i.Due
		}
		if sum != l.Principal.Minor {
			t.Fatalf("the principal parts add up to %d of %d", sum, l.Principal.Minor)
		}
		if l.Method != terms.EqualInstalments {
			return
		}
		rate, _ := l.Rate.Float64()
		bound := 2 + float64(l.Months)*math.Pow(1+rate/12, float64(l.Months))
		if diff := math.Abs(float64(got[len(got)-1].Amount.Minor - got[0].Amount.Minor)); diff > bound {
			t.Fatalf("the last is off by %v, more than %v", diff, bound)
		}
	})
}
