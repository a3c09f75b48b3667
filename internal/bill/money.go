package bill

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/bojanz/currency"
)

// Money is an exact amount: minor units (fen, cents; whole yen) of one
// ISO 4217 currency. The zero Money, which has no currency, means "not known";
// nothing owed is Money{0, "CNY"}.
type Money struct {
	Minor    int64
	Currency string
}

// Digits returns how many decimals the currency has by ISO 4217 (CNY 2,
// JPY 0, KWD 3), or false for a code that is not in use.
func Digits(code string) (int, bool) {
	n, ok := currency.GetDigits(code)
	return int(n), ok
}

// ParseMoney reads a plain decimal such as "-1234.5": no grouping, no sign of
// currency, at most as many decimals as the currency has. It never rounds.
func ParseMoney(decimal, code string) (Money, error) {
	digits, ok := Digits(code)
	if !ok {
		return Money{}, fmt.Errorf("%q is not a currency code; write for example CNY", code)
	}
	whole, frac, dot := strings.Cut(strings.TrimPrefix(decimal, "-"), ".")
	if !isDigits(whole) || (dot && !isDigits(frac)) || len(frac) > digits {
		return Money{}, fmt.Errorf("%q is not an amount in %s; write for example 1234.56", decimal, code)
	}
	minor, err := strconv.ParseInt(whole+frac+strings.Repeat("0", digits-len(frac)), 10, 64)
	if err != nil || minor > math.MaxInt64/1000 {
		return Money{}, fmt.Errorf("%q is too large for an amount", decimal)
	}
	if strings.HasPrefix(decimal, "-") {
		minor = -minor
	}
	return Money{minor, code}, nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Known reports whether m is an amount at all.
func (m Money) Known() bool { return m.Currency != "" }

// Decimal returns the amount without its currency and without grouping
// ("1234.56"), or "" when it is not known.
func (m Money) Decimal() string {
	if !m.Known() {
		return ""
	}
	digits, _ := Digits(m.Currency)
	sign, minor := "", m.Minor
	if minor < 0 {
		sign, minor = "-", -minor
	}
	s := strconv.FormatInt(minor, 10)
	if digits == 0 {
		return sign + s
	}
	if len(s) <= digits {
		s = strings.Repeat("0", digits-len(s)+1) + s
	}
	return sign + s[:len(s)-digits] + "." + s[len(s)-digits:]
}

// String returns the amount with its currency code, "1234.56 CNY", or "".
func (m Money) String() string {
	if !m.Known() {
		return ""
	}
	return m.Decimal() + " " + m.Currency
}

// MarshalText writes m as String does.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (m *Money) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = Money{}
		return nil
	}
	decimal, code, _ := strings.Cut(string(b), " ")
	v, err := ParseMoney(decimal, code)
	*m = v
	return err
}
