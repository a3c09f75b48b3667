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

// shown is the rate of a share, written with % to its last decimal.
func shown(share *big.Rat) Rate {
	hundredths := new(big.Rat).Mul(share, big.NewRat(100, 1))
	decimals, exact := hundredths.FloatPrec()
	text := hundredths.FloatString(min(decimals, 12)) + "%"
	if !exact {
		text = hundredths.FloatString(6) + "%"
	}
	return Rate{text, share}
}

// round is the one rounding point of a rule: to whole minor units, half up
// unless the rule says otherwise (Japanese issuers cut off, Belgium rounds up).
func (r Rounding) round(x *big.Rat) int64 {
	q, rest := new(big.Int).DivMod(x.Num(), x.Denom(), new(big.Int))
	switch r {
	case RoundDown:
	case RoundUp:
		if rest.Sign() > 0 {
			q.Add(q, big.NewInt(1))
		}
	default:
		if rest.Lsh(rest, 1).Cmp(x.Denom()) >= 0 {
			q.Add(q, big.NewInt(1))
		}
	}
	return q.Int64()
}
