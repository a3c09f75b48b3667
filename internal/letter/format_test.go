package letter

import (
	"testing"

	"pgregory.net/rapid"

	"repayd/internal/bill"
)

func TestFormatMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		decimal, code, zh, en string
	}{
		{"1234.56", "CNY", "¥1,234.56", "CN¥1,234.56"},
		{"0.00", "CNY", "¥0.00", "CN¥0.00"},
		{"-12.30", "CNY", "-¥12.30", "-CN¥12.30"},
		{"1234567", "JPY", "JP¥1,234,567", "¥1,234,567"},
		{"86.4", "USD", "US$86.40", "$86.40"},
		{"1234.567", "KWD", "KWD 1,234.567", "KWD 1,234.567"},
		{"1000", "HKD", "HK$1,000.00", "HK$1,000.00"},
		{"9.99", "EUR", "€9.99", "€9.99"},
		{"9.99", "CHF", "CHF 9.99", "CHF 9.99"},
	} {
		m, err := bill.ParseMoney(c.decimal, c.code)
		if err != nil {
			t.Fatal(err)
		}
		if got := FormatMoney(m, "zh-CN"); got != c.zh {
			t.Errorf("%v in zh-CN = %q, want %q", m, got, c.zh)
		}
		if got := FormatMoney(m, "en"); got != c.en {
			t.Errorf("%v in en = %q, want %q", m, got, c.en)
		}
	}
	if got := FormatMoney(bill.Money{}, "en"); got != "" {
		t.Errorf("the unknown amount = %q, want nothing", got)
	}
	if got := FormatMoney(bill.Money{Minor: 123, Currency: "CNY"}, "fr"); got != "1.23 CNY" {
		t.Errorf("in an unknown language = %q", got)
	}
}

// TestMoneyDigits: whatever the currency and language, the digits shown are
// those of the amount, with none lost and none added.
func TestMoneyDigits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := bill.Money{
			Minor:    rapid.Int64Range(-1e15, 1e15).Draw(t, "minor"),
			Currency: rapid.SampledFrom([]string{"CNY", "JPY", "USD", "KWD", "CHF", "TWD", "INR", "KRW"}).Draw(t, "currency"),
		}
		for _, lang := range languages() {
			got := digits(FormatMoney(m, lang))
			if want := digits(m.Decimal()); got != want {
				t.Fatalf("%v in %s shows the digits %s, want %s", m, lang, got, want)
			}
		}
	})
}

// digits keeps digits, sign and decimal point.
func digits(s string) string {
	var out []rune
	for _, r := range s {
		if r >= '0' && r <= '9' || r == '-' || r == '.' {
			out = append(out, r)
		}
	}
	return string(out)
}

func TestFormatDay(t *testing.T) {
	t.Parallel()
	d := mustDay("2025-01-10")
	for lang, want := range map[string]string{"zh-CN": "2025年1月10日（周五）", "en": "Fri 10 Jan 2025", "fr": "2025-01-10"} {
		if got := FormatDay(d, lang); got != want {
			t.Errorf("FormatDay in %s = %q, want %q", lang, got, want)
		}
		if got := FormatDay(0, lang); got != "" {
			t.Errorf("the unknown day in %s = %q, want nothing", lang, got)
		}
	}
}

func TestStageName(t *testing.T) {
	t.Parallel()
	for _, lang := range languages() {
		seen := map[string]bill.Stage{}
		for _, s := range stages {
			name := StageName(s, lang)
			if name == string(s) && lang == "zh-CN" {
				t.Errorf("%s has no name in %s", s, lang)
			}
			if other, ok := seen[name]; ok {
				t.Errorf("%s and %s have the same name %q", s, other, name)
			}
			seen[name] = s
		}
	}
	if got := StageName("nonsense", "en"); got != "nonsense" {
		t.Errorf("an unknown stage = %q, want itself", got)
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	c := mustCatalogue(t, "en")
	for minutes, want := range map[int]string{
		1: "1 minute", 59: "59 minutes", 60: "1 hour", 119: "1 hour", 47 * 60: "47 hours",
		48 * 60: "2 days", 72*60 - 1: "2 days", 72 * 60: "3 days",
	} {
		if got := c.duration(minutes); got != want {
			t.Errorf("%d minutes = %q, want %q", minutes, got, want)
		}
	}
}
