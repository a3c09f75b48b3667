package demo

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/intake"
)

// claim is what a sample has to be read as; days are counted from the start.
type claim struct {
	trust   bill.Trust
	outcome bill.Outcome
	notices []string
}

func claims() map[string]claim {
	v, got := bill.TrustVouched, bill.OutcomeNotices
	return map[string]claim{
		"huabei-statement": {v, got, []string{"statement alipay-huabei 1234.56 CNY due 10"}},
		"huabei-paid":      {v, got, []string{"payment alipay-huabei 1234.56 CNY on 9"}},
		"1688-statement":   {v, got, []string{"statement 1688-paylater 3000.00 CNY due 8"}},
		"1688-overdue":     {v, got, []string{"overdue 1688-paylater 3000.00 CNY due 8"}},
		"1688-paid":        {v, got, []string{"payment 1688-paylater 3004.50 CNY on 13"}},
		"taobao-orders": {v, got, []string{"due_soon taobao-paylater A10001 20.00 CNY due 6",
			"due_soon taobao-paylater A10002 30.50 CNY due 9"}},
		"taobao-paid-1":    {v, got, []string{"payment taobao-paylater A10001 20.00 CNY on 5"}},
		"taobao-paid-2":    {v, got, []string{"payment taobao-paylater A10002 30.50 CNY on 9"}},
		"taobao-paid-3":    {v, got, []string{"payment taobao-paylater A10003 88.00 CNY on 25"}},
		"taobao-debit":     {v, got, []string{"autopay taobao-paylater A10004 45.90 CNY due 20"}},
		"taobao-paid-4":    {v, got, []string{"payment taobao-paylater A10004 45.90 CNY on 20"}},
		"taobao-unclear":   {v, bill.OutcomeNeedsReview, []string{"due_soon taobao-paylater A10003 88.00 CNY"}},
		"alibaba-due":      {v, got, []string{"due_soon alibaba-paylater C30001 1250.00 USD due 15"}},
		"alibaba-part":     {v, got, []string{"payment alibaba-paylater C30001 500.00 USD on 10"}},
		"alibaba-rest":     {v, got, []string{"payment alibaba-paylater C30001 750.00 USD on 15"}},
		"jiebei-statement": {v, got, []string{"statement alipay-jiebei 1050.30 CNY due 20"}},
		"jiebei-extended":  {v, got, []string{"arrangement alipay-jiebei 1050.30 CNY due 28"}},
		"jiebei-paid":      {v, got, []string{"payment alipay-jiebei 1050.30 CNY on 28"}},
		"cmb-statement":    {v, got, []string{"statement cmb 1927.79 CNY due 26"}},
		"cmb-forged":       {bill.TrustSuspicious, bill.OutcomeNone, nil},
		"sms":              {bill.TrustForwarded, got, []string{"due_soon jd-baitiao 286.40 CNY due 18"}},
		"jd-paid":          {v, got, []string{"payment jd-baitiao 286.40 CNY on 18"}},
		"shop-news":        {v, bill.OutcomeNone, nil},
	}
}

// shown writes a notice as claims does.
func shown(n bill.Notice, start bill.Day) string {
	words := []string{string(n.Kind), n.Issuer, n.Reference, n.AmountDue.String(), n.PaidAmount.String()}
	if n.DueDate.Known() {
		words = append(words, fmt.Sprintf("due %d", n.DueDate-start+1))
	}
	if n.PaidDate.Known() {
		words = append(words, fmt.Sprintf("on %d", n.PaidDate-start+1))
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	return strings.Join(words, " ")
}

func TestSamplesAreReadAsMeant(t *testing.T) {
	t.Parallel()
	in, source := reading(t)
	for month := range 14 {
		start := bill.DayOf(time.Date(2026, time.Month(1+month), 1, 0, 0, 0, 0, time.UTC))
		d := &driver{o: Options{Start: start}, zone: shanghai()}
		seen := map[string]bool{}
		for _, e := range append(before(), during()...) {
			if e.mail == "" {
				continue
			}
			seen[e.mail] = true
			want, ok := claims()[e.mail]
			if !ok {
				t.Fatalf("%s is not in the table", e.mail)
			}
			at := d.at(e.day, e.hour)
			raw, err := compose(e.mail, start, at, e.by)
			if err != nil {
				t.Fatal(err)
			}
			r := in.Reader.Read(t.Context(), raw, at, source)
			var got []string
			for _, n := range r.Reading.Notices {
				got = append(got, shown(n, start))
			}
			if r.Reading.Trust != want.trust || r.Reading.Outcome != want.outcome || !slices.Equal(got, want.notices) {
				t.Errorf("%s %s: %s, %s, %q; want %v", start, e.mail, r.Reading.Trust, r.Reading.Outcome, got, want)
			}
			if !r.Received.Equal(at) {
				t.Errorf("%s %s: received %s, want %s", start, e.mail, r.Received, at)
			}
		}
		for name := range claims() {
			if !seen[name] {
				t.Errorf("%s never arrives", name)
			}
		}
	}
}

// reading is the demo's configuration as far as reading needs it.
func reading(t *testing.T) (*intake.Intake, intake.Source) {
	t.Helper()
	far, err := newFarSide()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := far.close(); err != nil {
			t.Error(err)
		}
	})
	cfg, err := config.Parse("demo.yaml", []byte(configText("en", t.TempDir()+"/repayd.db", parseDay(t, "2026-03-01"), far)))
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) > 0 {
		t.Errorf("the demo's configuration has warnings: %q", cfg.Warnings)
	}
	in, err := daemon.Intake(cfg, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return in, daemon.Sources(cfg)
}

func TestEverySampleIsUsed(t *testing.T) {
	t.Parallel()
	err := fs.WalkDir(samples, ".", func(path string, e fs.DirEntry, err error) error {
		name := strings.TrimSuffix(strings.TrimPrefix(path, "samples/"), ".eml")
		if _, ok := claims()[name]; err == nil && !e.IsDir() && !ok {
			t.Errorf("%s is used nowhere", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestScenarioIsInOrder(t *testing.T) {
	t.Parallel()
	d := &driver{o: Options{Start: parseDay(t, "2026-03-01")}, zone: shanghai()}
	last := time.Time{}
	for i, e := range append(before(), during()...) {
		at := d.at(e.day, e.hour)
		if at.Before(last) {
			t.Errorf("event %d (%s %s) comes before the one above it", i, e.mail, e.command)
		}
		if opening := d.at(1, openingHour); at.Before(opening) != (i < len(before())) {
			t.Errorf("event %d is at %s, the daemon starts at %s", i, at, opening)
		}
		last = at
	}
	if end := d.at(lastDay, closingHour); !last.Before(end) {
		t.Errorf("the last event is at %s, the demo ends at %s", last, end)
	}
}
