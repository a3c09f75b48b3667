package terms

import (
	"errors"
	"fmt"
	"math/big"
	"time"

	"repayd/internal/bill"
)

// LoanMethod is how a loan is paid back.
type LoanMethod string

// The ways to pay a loan back in months.
const (
	EqualInstalments LoanMethod = "equal_instalments" // 等额本息
	EqualPrincipal   LoanMethod = "equal_principal"   // 等额本金
	InterestOnly     LoanMethod = "interest_only"     // 先息后本: the principal with the last one
)

// LoanTerms are the terms of a loan that is paid back in monthly instalments.
type LoanTerms struct {
	Principal bill.Money
	Rate      *big.Rat // of a year, 9/200 for 4.5 %
	Months    int
	Method    LoanMethod
	First     bill.Day // due day of the first instalment, one month after the loan was paid out
}

// Instalment is one monthly payment. Amount is Principal and Interest.
type Instalment struct {
	Number    int // from 1
	Of        int
	Due       bill.Day
	Amount    bill.Money
	Principal bill.Money
	Interest  bill.Money
	Left      bill.Money // principal that is still owed after it
}

// Reference is how an instalment is told from the others of its loan: "3/24".
func (i Instalment) Reference() string { return fmt.Sprintf("%d/%d", i.Number, i.Of) }

// maxMonths bounds a loan; fifty years are more than anybody lends for.
const maxMonths = 600

// Loan lists the instalments. The month's rate is a twelfth of the year's. With
// equal instalments each pays A = P·r ÷ (1 − (1+r)^−n), for then the n payments
// are worth the principal when they are discounted at r; with equal principal
// each pays P ÷ n and the interest on what was still owed; interest only pays
// P·r each month and P at the end. All of it is exact but for one rounding, half
// up to the smallest unit: of A or P ÷ n, and of each month's interest, as books
// are kept in whole units. The last instalment takes the rest, so that the
// principal parts add up exactly.
//
// Due days are on the same day of each month, its last one where the month is
// shorter.
func Loan(l LoanTerms) ([]Instalment, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	month := new(big.Rat).Quo(l.Rate, big.NewRat(12, 1))
	part := l.regular(month)
	money := func(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: l.Principal.Currency} }
	left := l.Principal.Minor
	out := make([]Instalment, 0, l.Months)
	for n := 1; n <= l.Months; n++ {
		interest := halfUp(new(big.Rat).Mul(month, new(big.Rat).SetInt64(left)))
		principal := part
		if l.Method == EqualInstalments {
			principal = part - interest
		}
		if n == l.Months {
			principal = left
		}
		if left -= principal; principal+interest <= 0 || principal < 0 || left < 0 {
			return nil, fmt.Errorf("%s is too little for %d instalments; write fewer months", l.Principal, l.Months)
		}
		out = append(out, Instalment{Number: n, Of: l.Months, Due: monthsAfter(l.First, n-1), Amount: money(principal + interest),
			Principal: money(principal), Interest: money(interest), Left: money(left)})
	}
	return out, nil
}

func (l LoanTerms) check() error {
	switch {
	case !l.Principal.Known() || l.Principal.Minor <= 0:
		return errors.New("a loan needs a principal of more than nothing")
	case l.Rate == nil || l.Rate.Sign() < 0:
		return errors.New("a loan needs a yearly rate of nothing or more")
	case l.Months < 1 || l.Months > maxMonths:
		return fmt.Errorf("a loan has 1 to %d monthly instalments, not %d", maxMonths, l.Months)
	case !l.First.Known():
		return errors.New("a loan needs the due day of its first instalment")
	case l.Method == InterestOnly && l.Rate.Sign() == 0 && l.Months > 1:
		return errors.New("of a loan without interest nothing is due before the end; write months: 1 and its last day")
	}
	switch l.Method {
	case EqualInstalments, EqualPrincipal, InterestOnly:
		return nil
	}
	return fmt.Errorf("%q is no way to pay a loan back; write equal_instalments, equal_principal or interest_only", l.Method)
}

// regular is what every instalment but the last pays, in minor units: all of it
// with equal instalments, else of the principal.
func (l LoanTerms) regular(month *big.Rat) int64 {
	principal := new(big.Rat).SetInt64(l.Principal.Minor)
	switch {
	case l.Method == InterestOnly:
		return 0
	case l.Method == EqualPrincipal, month.Sign() == 0:
		return halfUp(principal.Quo(principal, new(big.Rat).SetInt64(int64(l.Months))))
	}
	growth := new(big.Rat).Add(big.NewRat(1, 1), month)
	n := big.NewInt(int64(l.Months))
	power := new(big.Rat).SetFrac(new(big.Int).Exp(growth.Num(), n, nil), new(big.Int).Exp(growth.Denom(), n, nil))
	// 1 − (1+r)^−n = (power − 1) ÷ power
	rest := new(big.Rat).Quo(new(big.Rat).Sub(power, big.NewRat(1, 1)), power)
	return halfUp(principal.Quo(principal.Mul(principal, month), rest))
}

// halfUp rounds an amount of nothing or more to whole units.
func halfUp(r *big.Rat) int64 {
	twice := new(big.Int).Lsh(r.Num(), 1)
	twice.Add(twice, r.Denom())
	return twice.Quo(twice, new(big.Int).Lsh(r.Denom(), 1)).Int64()
}

// monthsAfter is the same day n months later, the month's last where it is
// shorter.
func monthsAfter(first bill.Day, n int) bill.Day {
	year, month, day := first.Date()
	for ; day > 0; day-- {
		at := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		if d, ok := bill.NewDay(at.Year(), at.Month(), day); ok {
			return d
		}
	}
	return first
}
