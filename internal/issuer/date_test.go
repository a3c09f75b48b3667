package issuer

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

func day(t testing.TB, s string) bill.Day {
	t.Helper()
	d, err := bill.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDate(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, received, want, clock string }{
		{"2026年8月25日", "2026-08-01", "2026-08-25", ""},
		{"2026-08-25", "2026-08-01", "2026-08-25", ""},
		{"2026/8/25", "2026-08-01", "2026-08-25", ""},
		{"2026.08.25", "2026-08-01", "2026-08-25", ""},
		{"20260825", "2026-08-01", "2026-08-25", ""},
		{"08/25", "2026-08-01", "2026-08-25", ""},
		{"08-25", "2026-08-01", "2026-08-25", ""},
		{"8月25日", "2026-08-01", "2026-08-25", ""},
		{"06 月 26 日", "2018-06-08", "2018-06-26", ""},
		{"2024年/01/月/06/日", "2024-01-01", "2024-01-06", ""},
		{"1月8日", "2025-12-28", "2026-01-08", ""},
		{"12月28日", "2026-01-05", "2025-12-28", ""},
		{"August 25, 2026", "2026-08-01", "2026-08-25", ""},
		{"Aug 25, 2026", "2026-08-01", "2026-08-25", ""},
		{"25 Aug 2026", "2026-08-01", "2026-08-25", ""},
		{"25th August 2026", "2026-08-01", "2026-08-25", ""},
		{"25-Aug-26", "2026-08-01", "2026-08-25", ""},
		{"Aug 25", "2026-08-01", "2026-08-25", ""},
		{"Fri, 07/08/2026", "2026-08-01", "2026-08-07", ""},
		{"25/08/2026", "2026-08-01", "2026-08-25", ""},
		{"2026-08-25 18:00", "2026-08-01", "2026-08-25", "18:00"},
		{"8月25日24时", "2026-08-01", "2026-08-25", "24:00"},
		{"2026-08-25(周二)", "2026-08-01", "2026-08-25", ""},
		{"2024年2月29日", "2024-02-01", "2024-02-29", ""},
		// Refused.
		{"2026年2月30日", "2026-02-01", "", ""},
		{"02/30", "2026-02-01", "", ""},
		{"2月29日", "2026-02-01", "", ""},
		{"13月1日", "2026-02-01", "", ""},
		{"2026-08-25(周一)", "2026-08-01", "", ""},
		{"07/08/2026", "2026-08-01", "", ""},
		{"8月25日", "2026-01-01", "", ""},
		{"2026/07/09-2026/08/08", "2026-08-09", "", ""},
		{"2026年8月1日至8月31日", "2026-08-09", "", ""},
		{"2026-08-25 25:00", "2026-08-01", "", ""},
		{"202-08-25", "2026-08-01", "", ""},
		{"2026082512", "2026-08-01", "", ""},
		{"25", "2026-08-01", "", ""},
		{"26-Aug-25", "2026-08-01", "", ""}, // or the 25th of 2026
		{"25-Aug-26x", "2026-08-01", "", ""},
	}
	for _, tt := range tests {
		got, clock := "", ""
		if d, ok := scanDate(mail.Fold(tt.text), ""); ok {
			if v, err := d.resolve(nearReceipt, day(t, tt.received), false); err == nil {
				got, clock = v.String(), d.clock.String()
			}
		}
		if got != tt.want || clock != tt.clock {
			t.Errorf("%q received %s: got %q %q, want %q %q", tt.text, tt.received, got, clock, tt.want, tt.clock)
		}
	}
}

func TestDateBackwards(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, received, want string }{
		{"12月28日", "2026-01-05", "2025-12-28"},
		{"1月5日", "2026-01-05", "2026-01-05"},
		{"6月1日", "2026-01-05", "2025-06-01"},
		{"1月20日", "2026-01-05", ""},
	}
	for _, tt := range tests {
		d, ok := scanDate(tt.text, "")
		if !ok {
			t.Fatal(tt.text)
		}
		got, err := d.resolve(beforeReceipt, day(t, tt.received), false)
		if got.String() != tt.want {
			t.Errorf("%q received %s: got %q (%v), want %q", tt.text, tt.received, got, err, tt.want)
		}
	}
	d, _ := scanDate("8月25日", "")
	if got, err := d.resolve(nearReceipt, day(t, "2026-08-01"), true); err == nil {
		t.Errorf("with a doubtful receipt a year was guessed: %s", got)
	}
}

// A date printed in any way is read back, with its year or near its receipt.
func TestDateRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := bill.Day(rapid.IntRange(10958, 29000).Draw(t, "day"))
		received := want - bill.Day(rapid.IntRange(-15, 70).Draw(t, "ahead"))
		y, m, d := want.Date()
		text := []string{
			fmt.Sprintf("%d年%d月%d日", y, m, d), fmt.Sprintf("%04d-%02d-%02d", y, m, d), fmt.Sprintf("%d/%d/%d", y, m, d),
			fmt.Sprintf("%04d.%02d.%02d", y, m, d), fmt.Sprintf("%04d%02d%02d", y, m, d), fmt.Sprintf("%02d/%02d", m, d), fmt.Sprintf("%d月%d日", m, d),
			fmt.Sprintf("%02d-%02d", m, d), fmt.Sprintf("%s %d, %d", m, d, y), fmt.Sprintf("%d %s %d", d, m.String()[:3], y),
		}[rapid.IntRange(0, 9).Draw(t, "style")]
		got, ok := scanDate(text, "")
		if !ok || got.text != text {
			t.Fatalf("%q is seen as %q", text, got.text)
		}
		if v, err := got.resolve(nearReceipt, received, false); err != nil || v != want {
			t.Fatalf("%q received %s: got %s, %v, want %s", text, received, v, err, want)
		}
	})
}

// FuzzDate: what is accepted is a day of the calendar near its numbers, and
// the run is never a part of a longer one.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026年8月25日", "08/25", "20260825", "Aug 25, 2026", "Fri, 07/08/2026", "2026/07/09-2026/08/08", "8月25日24时"} {
		f.Add(s)
	}
	received := bill.DayOf(time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC))
	f.Fuzz(func(t *testing.T, s string) {
		s = mail.Fold(s)
		d, ok := scanDate(s, "")
		if !ok {
			return
		}
		if len(d.text) > len(s) || s[:len(d.text)] != d.text {
			t.Fatalf("%q is not the head of %q", d.text, s)
		}
		if rest := s[len(d.text):]; rest != "" && digit(rest[0]) {
			t.Fatalf("%q was cut out of %q", d.text, s)
		}
		v, err := d.resolve(nearReceipt, received, false)
		if err != nil {
			return
		}
		y, m, dd := v.Date()
		if (d.year != 0 && d.year != y) || !((int(m) == d.month && dd == d.day) || (int(m) == d.day && dd == d.month)) {
			t.Fatalf("%q became %s", d.text, v)
		}
	})
}

func TestPeriod(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, received, want string }{
		{"2025年1月账单", "2025-01-01", "2025-01"},
		{"12月账单", "2026-01-01", "2025-12"},
		{"1月账单", "2025-12-28", "2026-01"},
		{"2025-01", "2025-01-01", "2025-01"},
		{"January 2025", "2025-01-01", "2025-01"},
		{"1月10日", "2025-01-01", ""},
		{"13月账单", "2025-01-01", ""},
	}
	for _, tt := range tests {
		_, got, _ := scanPeriod(tt.text, day(t, tt.received))
		if got != tt.want {
			t.Errorf("%q received %s: got %q, want %q", tt.text, tt.received, got, tt.want)
		}
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1234": "1234", "****1234": "1234", "622588******1234": "1234", "XX76": "76", "0000": "", "t***@example.com": "", "10月": "", "138****5678": "5678", "12": "",
	} {
		if _, got, _ := scanTail(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
