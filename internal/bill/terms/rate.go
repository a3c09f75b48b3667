package terms

import (
	"fmt"
	"math/big"
	"strings"
)

// Rate is an exact share, such as 0.05% = 1/2000. The zero Rate is none.
type Rate struct {
	text  string
	share *big.Rat
}

// ParseRate reads a decimal number, with % behind it for hundredths: "0.05%",
// "1.5". It is never read through a float.
func ParseRate(s string) (Rate, error) {
	digits, percent := strings.CutSuffix(s, "%")
	whole, fraction, _ := strings.Cut(digits, ".")
	r, ok := new(big.Rat).SetString(digits)
	if !ok || len(digits) > 20 || whole == "" || strings.Trim(whole+fraction, "0123456789") != "" || strings.HasSuffix(digits, ".") {
		return Rate{}, fmt.Errorf("%q is not a rate; write it as 0.05%% or 1.5", s)
	}
	if percent {
		r.Quo(r, big.NewRat(100, 1))
	}
	return Rate{s, r}, nil
}

// Known reports whether there is a rate at all.
func (r Rate) Known() bool { return r.share != nil }

// String returns the rate as it was written.
func (r Rate) String() string { return r.text }

// MarshalText writes r as String does.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.text), nil }

// UnmarshalText reads what ParseRate reads; nothing is no rate.
func (r *Rate) UnmarshalText(b []byte) (err error) {
	*r = Rate{}
	if len(b) > 0 {
		*r, err = ParseRate(string(b))
	}
	return err
}

// of is the share of an amount in minor units, exactly.
func (r Rate) of(minor int64) *big.Rat {
	return new(big.Rat).Mul(r.share, new(big.Rat).SetInt64(minor))
}

// round is the one rounding point of an estimate: to whole minor units, half
// up, or cut off where the rule says so (as Japanese issuers do).
func round(r *big.Rat, down bool) int64 {
	twice := new(big.Int).Mul(r.Num(), big.NewInt(2))
	if !down {
		twice.Add(twice, r.Denom())
	}
	q := new(big.Int).Div(twice, new(big.Int).Mul(r.Denom(), big.NewInt(2)))
	return q.Int64()
}
