package issuer

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
)

// The generator takes the samples of the files for issuers outside China as
// layouts: it prints other amounts, days and tails in their places, adds lines
// that have nothing to do with what is due, and holds the reading against it.

// dayStyles are the ways in which samples print days; order says which of two
// exchangeable numbers is the month.
var dayStyles = []struct{ layout, order string }{
	{"2006-01-02", ""}, {"2006/01/02", ""}, {"02.01.2006", ""}, {"01/02/2006", "mdy"}, {"02/01/2006", "dmy"}, {"02-01-2006", "dmy"},
	{"January 02, 2006", ""}, {"January 2, 2006", ""}, {"Jan 02, 2006", ""}, {"Jan 2, 2006", ""}, {"02 Jan 2006", ""}, {"02 Jan, 2006", ""},
	{"02-Jan-2006", ""}, {"2 January 2006", ""}, {"2006年1月2日", ""},
}

// moneyStyles print a plain decimal.
var moneyStyles = map[string][]func(string) string{
	"INR": {indian}, "TRY": {continental, grouped}, "JPY": {grouped}, "": {grouped},
}

func grouped(s string) string {
	whole, frac, dot := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if dot {
		whole += "." + frac
	}
	return whole
}

func continental(s string) string {
	return strings.NewReplacer(",", ".", ".", ",").Replace(grouped(s))
}

func indian(s string) string {
	whole, frac, _ := strings.Cut(s, ".")
	for i, step := len(whole)-3, 2; i > 0; i -= step {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole + "." + frac
}

// noise are lines that say nothing about what is due, by currency.
var noise = map[string][]string{
	"": {"Credit limit: $35,000.00", "Available credit: $12,345.67", "Previous balance: $999.10", "Call us at 555-0100.", "Copyright 2026 Example Inc.",
		"If your payment is late, a fee of up to $40.00 may apply.", "Reference code 20260101-77", "Your last payment: $12.00"},
	"INR": {"Credit Limit: Rs. 2,00,000.00", "Available Credit Limit: Rs. 1,50,000.00", "Previous Balance: Rs. 999.00 Dr", "Call 1800 000.", "If your payment is late, late fee of Rs. 750.00 may apply."},
	"TRY": {"Kart limiti: 50.000,00 TL", "Kullanılabilir limit: 12.345,67 TL", "Önceki dönem borcu: 999,10 TL", "Müşteri hattı: 444 0 000", "Borcun ödenmemesi halinde gecikme faizi uygulanır."},
	"JPY": {"ご利用可能額：500,000円", "前回ご請求額：9,876円", "お問い合わせ：0570-000-000", "本メールに返信はできません。", "ポイント残高：1,234"},
}

// layout is a sample with the places of its values.
type layoutSample struct {
	sample Sample
	r      *rule
	want   map[string]string
}

func worldLayouts(s *Set) []layoutSample {
	var out []layoutSample
	for _, r := range s.rules {
		zone := r.terms.Zone.String()
		if zone == "Asia/Shanghai" {
			continue
		}
		for _, sample := range r.samples {
			if sample.Want.outcome == bill.OutcomeNotices && len(sample.Want.notices) == 1 {
				out = append(out, layoutSample{sample, r, sample.Want.notices[0]})
			}
		}
	}
	return out
}

// vary prints other values in the places of the sample's; it returns what must
// be read, and false where a value stands in a style it does not know.
func (l layoutSample) vary(rnd *rand.Rand) (Sample, map[string]string, bool) {
	varied, want := l.sample, map[string]string{}
	for k, v := range l.want {
		want[k] = v
	}
	var pairs []string
	swap := func(was, now string) bool {
		found := strings.Contains(l.sample.Text+l.sample.HTML+l.sample.Subject, was)
		pairs = append(pairs, was, now)
		return found
	}
	for _, f := range []string{"amount_due", "minimum_due", "paid_amount"} {
		if want[f] == "" || want[f] == "0" {
			continue
		}
		if !l.varyMoney(rnd, f, want, swap) {
			return varied, nil, false
		}
	}
	shift := rnd.IntN(12) - 3
	if k := want["kind"]; k == "overdue" || k == "payment" || k == "autopay_failed" {
		shift = -rnd.IntN(4)
	}
	for _, f := range []string{"due_date", "paid_date"} {
		if want[f] != "" && !l.varyDay(shift, f, want, swap) {
			return varied, nil, false
		}
	}
	if a := want["account"]; len(a) == 4 && strings.Contains(l.sample.Text+l.sample.HTML+l.sample.Subject, a) && !strings.Contains(l.sample.Text, "12345") {
		want["account"] = strconv.Itoa(1001 + rnd.IntN(8000))
		pairs = append(pairs, a, want["account"])
	}
	rep := strings.NewReplacer(pairs...)
	varied.Subject, varied.Text, varied.HTML = rep.Replace(varied.Subject), rep.Replace(varied.Text), rep.Replace(varied.HTML)
	l.addNoise(rnd, &varied)
	return varied, want, true
}

func (l layoutSample) varyMoney(rnd *rand.Rand, f string, want map[string]string, swap func(was, now string) bool) bool {
	now := int64(10_00 + rnd.IntN(9_999_999))
	if f == "minimum_due" {
		now = 1 + int64(rnd.IntN(9_99))
	}
	plain := bill.Money{Minor: now, Currency: "USD"}.Decimal()
	was := want[f]
	if l.r.currency == "JPY" {
		plain = strconv.FormatInt(now/100+1, 10)
	} else if !strings.Contains(was, ".") {
		was += ".00"
	}
	want[f] = plain
	styles := moneyStyles[l.r.currency]
	if styles == nil {
		styles = moneyStyles[""]
	}
	for _, style := range styles {
		if strings.Contains(l.sample.Text+l.sample.HTML, style(was)) {
			return swap(style(was), style(plain))
		}
	}
	return false
}

func (l layoutSample) varyDay(shift int, f string, want map[string]string, swap func(was, now string) bool) bool {
	was, err := time.Parse(time.DateOnly, want[f])
	if err != nil {
		return false
	}
	now := was.AddDate(0, 0, shift)
	want[f] = now.Format(time.DateOnly)
	for _, style := range dayStyles {
		if style.order != "" && style.order != l.r.order {
			continue
		}
		if strings.Contains(l.sample.Text+l.sample.HTML, was.Format(style.layout)) {
			return swap(was.Format(style.layout), now.Format(style.layout))
		}
	}
	return false
}

func (l layoutSample) addNoise(rnd *rand.Rand, s *Sample) {
	lines := noise[l.r.currency]
	if lines == nil {
		lines = noise[""]
	}
	for range rnd.IntN(4) {
		line := lines[rnd.IntN(len(lines))]
		switch {
		case s.HTML != "" && rnd.IntN(2) == 0:
			s.HTML += "<p>" + line + "</p>"
		case s.HTML != "":
			s.HTML = "<div>" + line + "</div>" + s.HTML
		case rnd.IntN(2) == 0:
			s.Text = strings.TrimRight(s.Text, "\n") + "\n" + line
		default:
			s.Text = line + "\n" + s.Text
		}
	}
}

// Whatever is printed in a known layout is read exactly or is a review; it is
// never read as something else.
func TestGeneratedWorldMails(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	exact, all, layouts := 0, 0, 0
	for n, l := range worldLayouts(s) {
		rnd := rand.New(rand.NewPCG(uint64(n), 7))
		here, tried := 0, 0
		for range 12 {
			varied, want, ok := l.vary(rnd)
			if !ok {
				break
			}
			rd, err := s.readSample(varied, l.r)
			if err != nil {
				t.Fatal(err)
			}
			tried++
			if why := misread(rd, want); why != "" {
				t.Errorf("%s, %q: %s\nsubject: %s\n%s%s\n%s", l.r.terms.Issuer, l.sample.Name, why, varied.Subject, varied.Text, varied.HTML, rd.describe())
				break
			}
			if rd.Outcome == bill.OutcomeNotices {
				here++
			}
		}
		exact, all = exact+here, all+tried
		if tried > 0 {
			layouts++
		}
		if here < tried {
			t.Errorf("%s, %q: only %d of %d are read", l.r.terms.Issuer, l.sample.Name, here, tried)
		}
	}
	if layouts < 50 {
		t.Errorf("only %d layouts are varied", layouts)
	}
	t.Logf("%d layouts, %d mails, %d read exactly, %d reviews", layouts, all, exact, all-exact)
}

// misread tells what a reading says otherwise than was printed.
func misread(rd Reading, want map[string]string) string {
	if rd.Outcome == bill.OutcomeNone {
		return "it is overlooked"
	}
	if len(rd.Notices) != 1 {
		return fmt.Sprintf("%d notices", len(rd.Notices))
	}
	got := noticeFields(rd.Notices[0])
	for _, f := range []string{"kind", "amount_due", "minimum_due", "due_date", "paid_amount", "paid_date", "account", "penalty"} {
		complete := rd.Outcome == bill.OutcomeNotices
		if got[f] != want[f] && !sameNumber(got[f], want[f]) && (got[f] != "" || complete) {
			return fmt.Sprintf("%s: got %q, want %q", f, got[f], want[f])
		}
	}
	return ""
}
