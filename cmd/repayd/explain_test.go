package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"repayd/internal/bill"
	"repayd/internal/intake"
	"repayd/internal/issuer"
)

func TestMarksOnlyAddToTheText(t *testing.T) {
	t.Parallel()
	runes := rapid.StringOfN(rapid.SampledFrom([]rune("ab1 |\n花\x1b\u202e")), 0, 30, -1)
	rapid.Check(t, func(t *rapid.T) {
		s := runes.Draw(t, "text")
		got := markWords(s, rapid.SliceOfN(runes.Filter(func(w string) bool { return w != "" }), 0, 4).Draw(t, "words"), false)
		var want []string
		for _, line := range strings.Split(s, "\n") {
			want = append(want, clean(line))
		}
		if bare := strings.NewReplacer("«", "", "»", "").Replace(got); bare != strings.Join(want, "\n") {
			t.Fatalf("%q became %q", s, got)
		}
		for _, line := range strings.Split(got, "\n") {
			if strings.Count(line, "«") != strings.Count(line, "»") {
				t.Fatalf("a mark stays open: %q", line)
			}
		}
	})
}

func TestNoticeRowIsCompletedByTheTerms(t *testing.T) {
	t.Parallel()
	due := day(t, "2026-03-10")
	base := bill.Notice{Kind: bill.KindStatement, Issuer: "x", DueDate: due, Period: "2026-03"}
	with := func(change func(*bill.Notice)) bill.Notice {
		n := base
		change(&n)
		return n
	}
	for _, c := range []struct {
		name         string
		n            bill.Notice
		t            bill.Terms
		period, safe string
	}{
		{"no grace", base, bill.Terms{}, "2026-03", "2026-03-10"},
		{"grace of the terms", base, bill.Terms{Grace: 3}, "2026-03", "2026-03-13"},
		{"printed wins", with(func(n *bill.Notice) { n.LastSafeDay = due + 1 }), bill.Terms{Grace: 3}, "2026-03", "2026-03-11"},
		{"no due date", with(func(n *bill.Notice) { n.DueDate = 0 }), bill.Terms{Grace: 3}, "2026-03", ""},
		{"no month printed", with(func(n *bill.Notice) { n.Period = "" }), bill.Terms{}, "2026-03-10", "2026-03-10"},
		{"by due date", base, bill.Terms{Per: bill.PerDueDate}, "2026-03-10", "2026-03-10"},
		{"nothing", with(func(n *bill.Notice) { n.Period, n.DueDate = "", 0 }), bill.Terms{}, "", ""},
	} {
		r := noticeOf(&c.n, c.t)
		if r.Period != c.period || r.LastSafeDay != c.safe {
			t.Errorf("%s: period %q, last safe day %q, want %q and %q", c.name, r.Period, r.LastSafeDay, c.period, c.safe)
		}
		if r.AmountDue != "" || r.PaidDate != "" || r.Penalty != "" || r.Evidence == nil {
			t.Errorf("%s: what is unknown is not empty: %+v", c.name, r)
		}
	}
	if r := noticeOf(&bill.Notice{Kind: bill.KindUnread}, bill.Terms{}); r.Kind != "" {
		t.Errorf("a message of no kind says %q", r.Kind)
	}
}

// FuzzExplain: any bytes are explained, for programs with whole JSON and for
// people without a character that a terminal would obey.
func FuzzExplain(f *testing.F) {
	set, err := issuer.Load("", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("From: service@mail.alipay.com\nSubject: 花呗1月账单\nDate: Sun, 28 Dec 2025 09:59:00 +0800\n\n本期应还金额:¥1,234.56,还款日:1月8日。"))
	f.Add([]byte("From: a@alipay.com\nFrom: b@alipay.com\nContent-Type: text/html\n\n<table><tr><td>还款日<td>\x1b[31m"))
	f.Add([]byte("From: a\x14@example.org\n\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var out bytes.Buffer
		e := explainer{a: &app{out: &out}, reader: intake.Reader{Set: set}}
		read := e.read(context.Background(), raw)
		x := e.explain(read)
		if _, err := json.Marshal(x); err != nil {
			t.Fatal(err)
		}
		if x.Notices == nil || x.Problems == nil || x.Outcome == "" || x.Message.Trust == "" || x.Message.TrustReason == "" {
			t.Fatalf("a hole in %+v", x)
		}
		if err := e.print("fuzz", read, false); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(out.String(), func(r rune) bool { return (r < ' ' && r != '\n') || r == '\u202e' || r == 0x7f }); i >= 0 {
			t.Fatalf("a control character in %q", out.String()[i:])
		}
	})
}
