package issuer

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// moneyTests are printed amounts with the currency of their file; an empty
// want is a refusal.
var moneyTests = []struct{ text, base, want string }{
	{"¥1,234.56", "CNY", "1234.56 CNY"},
	{"￥ 35,000.00", "CNY", "35000.00 CNY"},
	{"￥- 2,500.00", "CNY", "-2500.00 CNY"},
	{"¥ -3442.90", "CNY", "-3442.90 CNY"},
	{"人民币97.00元", "CNY", "97.00 CNY"},
	{"8,411.90/RMB", "CNY", "8411.90 CNY"},
	{"-3.50/RMB", "CNY", "-3.50 CNY"},
	{"1,505.50 元", "CNY", "1505.50 CNY"},
	{"5.00 人民币", "CNY", "5.00 CNY"},
	{"RMB: 1,072.99", "CNY", "1072.99 CNY"},
	{"RMB 528.96 USD 0.00", "CNY", "528.96 CNY"},
	{"USD150.00", "CNY", "150.00 USD"},
	{"＄30.00", "CNY", "30.00 USD"},
	{"$30.00", "USD", "30.00 USD"},
	{"US$1,250.00", "USD", "1250.00 USD"},
	{"HK$ 350", "CNY", "350.00 HKD"},
	{"12,345円", "JPY", "12345 JPY"},
	{"¥12,345", "JPY", "12345 JPY"},
	{"12,34,567.89", "INR", "1234567.89 INR"},
	{"Rs. 1,234.00", "INR", "1234.00 INR"},
	{"3.218,34 TL", "TRY", "3218.34 TRY"},
	{"3,218.34TL", "TRY", "3218.34 TRY"},
	{"R$ 1.234,56", "BRL", "1234.56 BRL"},
	{"1 234,56 €", "EUR", "1234.56 EUR"},
	{"1'234.50", "CHF", "1234.50 CHF"},
	{"1,234.56,8月10日前", "CNY", "1234.56 CNY"},
	{"100元,8月10日", "CNY", "100.00 CNY"},
	{"0.00", "CNY", "0.00 CNY"},
	{"1234.5", "CNY", "1234.50 CNY"},
	{"1,234", "CNY", "1234.00 CNY"},
	// Refused: no value, never a part of one.
	{"1,23", "CNY", ""},
	{"1.2.3", "CNY", ""},
	{"1.234", "CNY", ""},
	{"1.234", "EUR", ""},
	{"12,34.56", "CNY", ""},
	{"1234,567.00", "CNY", ""},
	{"01.50", "CNY", ""},
	{"1.2万元", "CNY", ""},
	{"3期", "CNY", ""},
	{"15%", "CNY", ""},
	{"2026-08-25", "CNY", ""},
	{"2026.08.25", "CNY", ""},
	{"8月25日", "CNY", ""},
	{"12:30", "CNY", ""},
	{"12.345", "CNY", ""},
	{"1, 234.56", "CNY", ""},
	{"1 234", "CNY", ""},
	{"USD RMB 3.00", "CNY", ""},
	{"¥1,234.567", "CNY", ""},
	{"12345678901234567890", "CNY", ""},
	{"100A", "CNY", ""},
	{"---", "CNY", ""},
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, tt := range moneyTests {
		got := ""
		if a, ok := scanMoney(mail.Fold(tt.text)); ok {
			if m, err := parseMoney(a, tt.base); err == nil {
				got = m.String()
			}
		}
		if got != tt.want {
			t.Errorf("%q in a file of %s: got %q, want %q", tt.text, tt.base, got, tt.want)
		}
	}
}

// Whatever way an amount is printed, it is read back as it was.
func TestMoneyRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := bill.Money{Minor: rapid.Int64Range(0, 1<<40).Draw(t, "minor"), Currency: "CNY"}
		text := printMoney(m, rapid.IntRange(0, 7).Draw(t, "style"))
		a, ok := scanMoney(mail.Fold(text))
		if !ok {
			t.Fatalf("%q is not seen", text)
		}
		got, err := parseMoney(a, "CNY")
		if err != nil || got != m {
			t.Fatalf("%q: got %v, %v", text, got, err)
		}
	})
}

func printMoney(m bill.Money, style int) string {
	plain := m.Decimal()
	whole, frac, _ := strings.Cut(plain, ".")
	grouped := ""
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			grouped += ","
		}
		grouped += string(c)
	}
	grouped += "." + frac
	return []string{"¥" + plain, "￥ " + grouped, grouped + "元", "人民币" + grouped + "元", plain + "/RMB", "RMB " + grouped, grouped, "CNY " + plain}[style]
}

// FuzzMoney: an accepted run re-prints to the same digits, and what is read
// never ends in the middle of a longer number.
func FuzzMoney(f *testing.F) {
	for _, s := range []string{"¥1,234.56", "1.2.3", "- 2,500.00", "(12.00)", "12,34,567.89", "1,234.56,8月10日", "USD 3", "1’234.50"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = mail.Fold(s)
		a, ok := scanMoney(s)
		if !ok {
			return
		}
		if !strings.Contains(s, a.number) || len(a.text) > len(s) {
			t.Fatalf("%q is not in %q", a.number, s)
		}
		m, err := parseMoney(a, "CNY")
		if err != nil {
			return
		}
		digits := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return r
				}
				return -1
			}, s)
		}
		got := strings.TrimLeft(digits(m.Decimal()), "0")
		want := strings.TrimLeft(digits(a.number), "0")
		if !strings.HasPrefix(got, want) || strings.Trim(strings.TrimPrefix(got, want), "0") != "" {
			t.Fatalf("%q reads %s", a.number, m)
		}
	})
}
