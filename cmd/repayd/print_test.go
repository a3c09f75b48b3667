package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

func TestTableColumnsLineUpWithChinese(t *testing.T) {
	t.Parallel()
	tab := table{head: []string{"NAME", "EMPTY", "SUM", "X"}, right: map[int]bool{2: true}}
	tab.add("支付宝花呗", "", "¥1.00", "a")
	tab.add("cmb", "", "¥1,234.56", "b")
	tab.add("ｆｕｌｌ e\u0301", "", "", "c")
	var b bytes.Buffer
	if err := tab.print(&b, nil); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"NAME              SUM  X\n" +
		"支付宝花呗      ¥1.00  a\n" +
		"cmb         ¥1,234.56  b\n" +
		"ｆｕｌｌ e\u0301             c\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestTableLinesAreEquallyWide(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOfN(rapid.SampledFrom([]rune("ab 花呗，¥é\u0301🎉")), 0, 8, -1)
		tab := table{head: []string{"A", "B", "END"}, right: map[int]bool{1: true}}
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			tab.add(cell.Draw(t, "a"), cell.Draw(t, "b"), "|")
		}
		var b bytes.Buffer
		if err := tab.print(&b, nil); err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
			before, _, _ := strings.Cut(line, "|")
			if i == 0 {
				before = strings.TrimSuffix(line, "END")
			}
			if head, _, _ := strings.Cut(b.String(), "END"); displayWidth(before) != displayWidth(head) {
				t.Fatalf("the last column begins at %d and at %d\n%s", displayWidth(before), displayWidth(head), b.String())
			}
		}
	})
}

func TestCleanTakesWhatATerminalObeys(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\x1b[31mb":           "a[31mb",
		"a\nb\tc":              "a b c",
		"\u202egnp.exe":        "gnp.exe",
		"花\u200b呗":             "花呗",
		"\x00\x07\u009b8t":     "8t",
		"\ufffd":               "",
		"《花呗》1,234.56 é":       "《花呗》1,234.56 é",
		"bell\aand\bbackspace": "bellandbackspace",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestHarmlessCells(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+86": "'+86", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1",
		"": "", "花呗": "花呗", "1234.56": "1234.56", "a=b": "a=b",
	} {
		if got := harmless(in); got != want {
			t.Errorf("harmless(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMarkedWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		words      []string
		want       string
	}{
		{"nothing read", "no bill", nil, "no bill"},
		{"one", "应还100元,谢谢", []string{"应还100元"}, "«应还100元»,谢谢"},
		{"overlapping", "abcdef", []string{"abcd", "cdef"}, "«abcdef»"},
		{"every place", "5 and 5", []string{"5"}, "«5» and «5»"},
		{"over a line break", "due\n5 May", []string{"due\n5 May"}, "«due»\n«5 May»"},
		{"label and value on two lines", "date | sum\n01-01 | 5", []string{"sum | 5"}, "date | «sum»\n01-01 | «5»"},
		{"value only after its label", "5\nsum\n5", []string{"sum | 5"}, "5\n«sum»\n«5»"},
		{"not there", "date", []string{"sum | 5"}, "date"},
		{"control characters", "a\x1b[1mb", []string{"a"}, "«a»[1mb"},
	} {
		if got := markWords(c.text, c.words, false); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func day(t *testing.T, s string) bill.Day {
	t.Helper()
	d, err := bill.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestUrgency(t *testing.T) {
	t.Parallel()
	today := day(t, "2026-03-10")
	item := func(id string, stage bill.Stage, due, safe bill.Day) listed {
		return listed{bill: &bill.Bill{ID: id, DueDate: due, LastSafeDay: safe}, row: plan.Row{Stage: stage}}
	}
	// In the order in which they must come.
	want := []listed{
		item("late", bill.StageLate, today-9, today-9),
		item("late-grace", bill.StageLate, today-9, today-1),
		item("review", bill.StageNeedsReview, 0, 0),
		item("today", bill.StageDue, today, today),
		item("tomorrow", bill.StageUpcoming, today+1, today+1),
		item("grace", bill.StageGrace, today-1, today+2),
		item("later", bill.StageUpcoming, today+30, today+30),
		item("old", bill.StageUnconfirmed, today-400, today-400),
		item("settled", bill.StageSettled, today-1, today-1),
		item("dropped", bill.StageDropped, today-1, today-1),
	}
	for i := range want {
		for j := range want {
			got := urgency(want[i], want[j], today)
			if (i < j && got >= 0) || (i > j && got <= 0) || (i == j && got != 0) {
				t.Errorf("%s against %s: %d", want[i].bill.ID, want[j].bill.ID, got)
			}
		}
	}
}

func TestSumsAreACurrencyEach(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	item := func(stage bill.Stage, m bill.Money) listed {
		return listed{bill: &bill.Bill{Outstanding: m}, row: plan.Row{Stage: stage}}
	}
	got := sums([]listed{
		item(bill.StageLate, bill.Money{Minor: 100, Currency: "CNY"}),
		item(bill.StageUpcoming, bill.Money{Minor: 50, Currency: "CNY"}),
		item(bill.StageUpcoming, bill.Money{Minor: 7, Currency: "JPY"}),
		item(bill.StageNeedsReview, bill.Money{}),
		item(bill.StageUnconfirmed, bill.Money{Minor: 9999, Currency: "CNY"}),
		item(bill.StageSettled, bill.Money{Minor: 0, Currency: "CNY"}),
		item(bill.StageDropped, bill.Money{Minor: 12345, Currency: "CNY"}),
	})
	want := "4 open: CN¥1.50 + ¥7, 1 of them of unknown amount; 1 unconfirmed not counted"
	if !strings.HasPrefix(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestDaysText(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	due := day(t, "2026-03-10")
	b := &bill.Bill{DueDate: due, LastSafeDay: due + 3}
	for _, c := range []struct {
		stage bill.Stage
		today bill.Day
		want  string
	}{
		{bill.StageUpcoming, due - 10, "in 10 days"},
		{bill.StageUpcoming, due - 1, "tomorrow"},
		{bill.StageDue, due, "today"},
		{bill.StageGrace, due + 1, "2 more safe days"},
		{bill.StageGrace, due + 2, "safe until tomorrow"},
		{bill.StageGrace, due + 3, "safe until today"},
		{bill.StageLate, due + 3, "late since today"}, // after the cut-off
		{bill.StageLate, due + 4, "4 days late"},
		{bill.StageLate, due + 13, "13 days late"},
		{bill.StageNeedsReview, due + 2, "2 days ago"},
		{bill.StageSettled, due, ""},
	} {
		if got := daysText(b, c.stage, c.today); got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.stage, c.today, got, c.want)
		}
	}
	if got := daysText(&bill.Bill{}, bill.StageNeedsReview, due); got != "" {
		t.Errorf("no date: %q", got)
	}
}

// TestSnoozeSaysItsRealEnd: a snooze ends before the due day, and what is
// printed does not promise more.
func TestSnoozeSaysItsRealEnd(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	due := bill.DayOf(now) + 7
	b := &bill.Bill{DueDate: due, LastSafeDay: due, SnoozedAt: now, SnoozeUntil: now.AddDate(0, 0, 2)}
	for until, want := range map[time.Time]string{
		now.AddDate(0, 0, 2):  "snoozed until 2026-11-28 12:00",
		now.AddDate(0, 0, 20): "snoozed until 2026-12-03 09:00, not 2026-12-16 12:00: a day that counts comes first",
		now:                   "",
	} {
		b.SnoozeUntil = until
		if got := snoozeText(b, time.UTC, now); got != want {
			t.Errorf("until %s: %q, want %q", until, got, want)
		}
	}
}
