package demo

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
)

func parseDay(t *testing.T, s string) bill.Day {
	t.Helper()
	d, err := bill.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// want is what has to arrive in March 2026: bill, step and channel, in the
// order of time and name.
var want = []string{
	"03-02 09:00 仓库房租 due-3d me 3000.00 CNY",
	"03-03 11:20 taobao-paylater due-3d me 20.00 CNY",
	"03-05 09:00 1688-paylater due-3d me 3000.00 CNY",
	"03-05 09:00 1688-paylater due-3d office 3000.00 CNY",
	"03-05 09:00 仓库房租 due me 3000.00 CNY",
	"03-06 09:00 taobao-paylater due-3d me 30.50 CNY",
	"03-07 09:00 alipay-huabei due-3d me 1234.56 CNY",
	"03-08 09:00 1688-paylater due me 3000.00 CNY",
	"03-08 09:00 1688-paylater due office 3000.00 CNY",
	"03-09 09:00 1688-paylater late me 3000.00 CNY",
	"03-09 09:00 1688-paylater late office 3000.00 CNY",
	"03-09 09:00 taobao-paylater due me 30.50 CNY",
	"03-12 09:00 1688-paylater late+3d me 3000.00 CNY",
	"03-12 09:00 1688-paylater late+3d office 3000.00 CNY",
	"03-12 09:00 alibaba-paylater due-3d me 750.00 USD",
	"03-14 09:00 1688-paylater task me 0.00 CNY",
	"03-14 09:00 1688-paylater task me 0.00 CNY",
	"03-14 09:00 1688-paylater task me 0.00 CNY",
	"03-14 09:00 1688-paylater task me 0.00 CNY",
	"03-14 16:00 taobao-paylater review me 88.00 CNY",
	"03-15 09:00 alibaba-paylater due me 750.00 USD",
	"03-15 09:00 jd-baitiao due-3d me 286.40 CNY",
	"03-17 09:00 alipay-jiebei due-3d me 1050.30 CNY",
	"03-17 09:00 taobao-paylater due-3d me 45.90 CNY",
	"03-17 09:00 taobao-paylater review+3d me 88.00 CNY",
	"03-18 09:00 jd-baitiao due me 286.40 CNY",
	"03-19 09:00 taobao-paylater debit-1d me 45.90 CNY",
	"03-20 09:00 taobao-paylater due me 45.90 CNY",
	"03-21 09:00 1688-paylater task+7d me 0.00 CNY",
	"03-21 09:00 1688-paylater task+7d me 0.00 CNY",
	"03-21 09:00 1688-paylater task+7d me 0.00 CNY",
	"03-22 09:00 taobao-paylater due-3d me 88.00 CNY",
	"03-23 09:00 cmb due-3d me 1927.79 CNY",
	"03-25 08:00  warning me ",
	"03-25 09:00 alipay-jiebei due-3d me 1050.30 CNY",
	"03-25 09:00 taobao-paylater due me 88.00 CNY",
	"03-26 09:00 cmb due me 1927.79 CNY",
	"03-28 09:00 1688-paylater task+14d me 0.00 CNY",
	"03-28 09:00 1688-paylater task+14d me 0.00 CNY",
	"03-28 09:00 1688-paylater task+14d me 0.00 CNY",
	"03-28 09:00 alipay-jiebei due me 1050.30 CNY",
	"03-29 09:00 cmb grace me 1927.79 CNY",
	"03-30 09:00 cmb late me 1927.79 CNY",
	"03-31 09:00 cmb due-3d me 927.79 CNY",
	"04-02 09:00 仓库房租 due-3d me 3000.00 CNY",
	"04-03 09:00 cmb due me 927.79 CNY",
}

// TestDemo is the end-to-end test of the whole: real servers, the real daemon.
func TestDemo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var paper bytes.Buffer
	p := NewPrinter(&paper, "zh-CN")
	p.Intro()
	var letters []Letter
	s, err := Run(t.Context(), Options{
		Language: "zh-CN", Start: parseDay(t, "2026-03-01"), Event: p.Event,
		Letter: func(l Letter) { letters = append(letters, l); p.Letter(l) },
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Summary(s, time.Second)
	for _, problem := range s.Problems {
		t.Error(problem)
	}
	if got := lines(letters); !slices.Equal(got, want) {
		t.Errorf("arrived:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	checkLetters(t, letters)
	checkPaper(t, paper.String(), s)
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func lines(letters []Letter) []string {
	var out []string
	for _, l := range letters {
		for _, s := range l.Steps {
			out = append(out, fmt.Sprintf("%s %s %s %s %s", l.At.Format("01-02 15:04"), s.Issuer, s.Step, l.Channel, s.Outstanding))
		}
	}
	slices.Sort(out)
	return out
}

// checkLetters looks at what the list of steps does not show.
func checkLetters(t *testing.T, letters []Letter) {
	t.Helper()
	for _, l := range letters {
		for _, s := range l.Steps {
			at := l.At.Format("01-02 ") + s.Issuer
			if late := s.Issuer == "taobao-paylater" && l.At.Day() == 3; late != (s.LateBy == 140) {
				t.Errorf("%s: late by %d minutes", at, s.LateBy)
			}
			moved := s.Issuer == "alipay-jiebei" && l.At.Day() > 18
			if moved != (s.MovedFrom.String() == "2026-03-20") {
				t.Errorf("%s: moved from %q", at, s.MovedFrom)
			}
		}
		if mail := l.Channel == "me"; mail != (l.Subject != "" && strings.Contains(l.Text, l.ID)) {
			t.Errorf("letter %s to %s: subject %q", l.ID, l.Channel, l.Subject)
		}
	}
}

// checkPaper reads what a person sees.
func checkPaper(t *testing.T, paper string, s Summary) {
	t.Helper()
	for _, l := range strings.Split(paper, "\n") {
		if w := displayWidth(l); w > paperWidth {
			t.Errorf("%d columns: %s", w, l)
		}
		if strings.Contains(l, "{") || strings.HasSuffix(l, "· ") {
			t.Errorf("an open place: %s", l)
		}
	}
	for _, need := range []string{"已逾期 4 天", "今天是宽限截止日", "原定 3月20日", "可疑的账单邮件", "US$750.00", "需要核对", "扣款提醒", "--agreed --instalments", "全部符合预期"} {
		if !strings.Contains(paper, need) {
			t.Errorf("%q is not shown", need)
		}
	}
	for _, r := range s.Bills {
		if !strings.Contains(paper, "\n"+r.Name) {
			t.Errorf("%s is not in the table", r.Name)
		}
	}
}

// TestDemoInAShortMonth: the demo ends later in the next month then. In English.
func TestDemoInAShortMonth(t *testing.T) {
	t.Parallel()
	s, err := Run(t.Context(), Options{Language: "en", Start: parseDay(t, "2027-02-01")})
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range s.Problems {
		t.Error(problem)
	}
	if s.Letters < 26 || len(s.Bills) != 14 {
		t.Errorf("%d letters, %d bills", s.Letters, len(s.Bills))
	}
}

func TestSecondRentDependsOnTheMonth(t *testing.T) {
	t.Parallel()
	for start, want := range map[string]string{
		"2026-01-01": "36 upcoming [due-3d]", "2026-04-01": "35 upcoming [due-3d]", "2026-12-01": "36 upcoming [due-3d]",
		"2028-02-01": "34 due [due-3d due]", "2027-02-01": "33 late [due-3d due late]",
	} {
		p := secondRent(parseDay(t, start), "me")
		var steps []string
		for _, s := range p.steps {
			steps = append(steps, s.step)
		}
		if got := fmt.Sprintf("%d %s %v", p.due, p.stage, steps); got != want {
			t.Errorf("%s: %s, want %s", start, got, want)
		}
	}
}

func TestRunRefusesAnotherDay(t *testing.T) {
	t.Parallel()
	if _, err := Run(t.Context(), Options{Start: parseDay(t, "2026-03-02")}); err == nil {
		t.Error("a demo that starts on the 2nd ran")
	}
	if got := FirstOfMonth(time.Date(2026, 3, 31, 20, 0, 0, 0, time.UTC)); got != parseDay(t, "2026-04-01") {
		t.Errorf("in Shanghai it is April already, got %s", got)
	}
}

func TestSummaryFindsEveryDifference(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	due, late := Sent{at, "due", "me", "1.00 CNY"}, Sent{at, "late", "me", ""}
	for name, c := range map[string]struct {
		want, got []Sent
		problem   string
	}{
		"as promised": {[]Sent{due, late}, []Sent{late, due}, ""},
		"missing":     {[]Sent{due, late}, []Sent{due}, "not sent: 2026-03-01 09:00 late to me"},
		"too many":    {[]Sent{due}, []Sent{due, due}, "sent and should not be: 2026-03-01 09:00 due to me"},
		"other hour":  {nil, []Sent{late}, "sent and should not be: 2026-03-01 09:00 late to me"},
		"other sum":   {[]Sent{due}, []Sent{{at, "due", "me", "2.00 CNY"}}, "asks for 2.00 CNY, not 1.00 CNY"},
	} {
		var s Summary
		s.compare("bill", c.want, c.got)
		if got := strings.Join(s.Problems, "; "); (got == "") != (c.problem == "") || !strings.Contains(got, c.problem) {
			t.Errorf("%s: %q, want %q", name, got, c.problem)
		}
	}
	var s Summary
	s.once([]Letter{{ID: "a"}, {ID: "b"}, {ID: "a"}})
	if len(s.Problems) != 1 {
		t.Errorf("a letter that came twice: %q", s.Problems)
	}
}
