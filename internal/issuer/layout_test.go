package issuer

import (
	"fmt"
	"strings"
	"testing"

	"repayd/internal/bill"
)

// layouts print two labels with their values in every way known.
var layouts = []struct{ name, text string }{
	{"colon", "A:V\nB:W"},
	{"blank", "A V\nB W"},
	{"one sentence", "A为V,B为W。"},
	{"next cell", "A | V\nB | W"},
	{"four cells", "A | V | B | W"},
	{"head above row", "A | B\nV | W"},
	{"head with other columns", "编号 | A | 说明 | B\nx | V | y | W"},
	{"next line", "A\nV\n其他\nB\nW"},
	{"stacked", "A\nB\nV\nW"},
	{"brackets", "【A】V\n【B】W"},
	{"unit in the label", "A(元):V\nB:W"},
	{"noise around", "尊敬的用户:您的A:V,请注意。\n您的B:W,谢谢"},
}

// Every spelling of every label of what is due is read in every layout, and
// none is read as something else.
func TestEveryLabelInEveryLayout(t *testing.T) {
	t.Parallel()
	r := loadSet(t).byName["alipay-huabei"]
	read := func(text string) map[bill.Field]string {
		d := newDocument("", parts(text), r)
		got := map[bill.Field]string{}
		for _, f := range readLabels(d.lines, r.any, &r.lead, scanner{currency: "CNY", received: day(t, "2026-02-01")}) {
			got[f.field] += f.val.text
		}
		return got
	}
	labels := spelled(r.any)
	if len(labels[bill.FieldAmountDue]) < 100 || len(labels[bill.FieldDueDate]) < 40 {
		t.Fatalf("only %d and %d labels", len(labels[bill.FieldAmountDue]), len(labels[bill.FieldDueDate]))
	}
	for _, pair := range [][2]bill.Field{{bill.FieldAmountDue, bill.FieldDueDate}, {bill.FieldMinimumDue, bill.FieldDueDate}, {bill.FieldPenalty, bill.FieldStatementDate}} {
		first, second := labels[pair[0]], labels[pair[1]]
		for i := range max(len(first), len(second)) {
			a, b := first[i%len(first)], second[i%len(second)]
			for _, l := range layouts {
				text := strings.NewReplacer("A", a, "B", b, "V", "¥1,234.56", "W", "2026-02-09").Replace(l.text)
				got := read(text)
				if got[pair[0]] != "¥1,234.56" || got[pair[1]] != "2026-02-09" || len(got) != 2 {
					t.Errorf("%s: %q reads %v, want %s and %s", l.name, text, got, pair[0], pair[1])
				}
			}
		}
	}
}

// A label inside another word is never read.
func TestLabelInsideAWord(t *testing.T) {
	t.Parallel()
	r := loadSet(t).byName["alipay-huabei"]
	labels := spelled(r.any)[bill.FieldAmountDue]
	for _, prefix := range []string{"上期", "上月", "最低", "每期", "其中", "预计", "下期", "累计已", "未来"} {
		for _, label := range labels {
			text := prefix + label + ":99.00元\n上期账单" + label + ":98.00元"
			d := newDocument("", parts(text), r)
			for _, f := range readLabels(d.lines, r.any, &r.lead, scanner{currency: "CNY", received: day(t, "2026-02-01")}) {
				if f.field == bill.FieldAmountDue {
					t.Errorf("%q is read as the amount due %s", text, f.val.text)
				}
			}
		}
	}
}

// spelled lists the spellings of a forest by field, in a fixed order.
func spelled(f forest) map[bill.Field][]string {
	out := map[bill.Field][]string{}
	for _, tree := range f {
		var walk func(t *labelTree, word string)
		walk = func(t *labelTree, word string) {
			if t.here != nil {
				out[t.here.field] = append(out[t.here.field], word)
			}
			for c := range 256 {
				if next := t.child(byte(c)); next != nil {
					walk(next, word+string([]byte{byte(c)}))
				}
			}
		}
		walk(tree, "")
	}
	return out
}

func TestRemovedLineIsNeverReplaced(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	lines := []string{"账单日:2026-02-01", "本期应还:100.00元", "最低还款额:10.00元", "还款日:2026-02-09", "上期应还:90.00元", "可用额度:5,000.00元"}
	for mask := range 1 << len(lines) {
		var text []string
		for i, l := range lines {
			if mask>>i&1 == 1 {
				text = append(text, l)
			}
		}
		sample := Sample{From: "a@mail.alipay.com", Received: "2026-02-01", Subject: "花呗账单通知", Text: strings.Join(text, "\n")}
		rd, err := s.readSample(sample, s.byName["alipay-huabei"])
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"amount_due": "100.00", "minimum_due": "10.00", "due_date": "2026-02-09", "statement_date": "2026-02-01"}
		for _, n := range rd.Notices {
			got := noticeFields(n)
			for f, w := range want {
				if got[f] != "" && got[f] != w {
					t.Errorf("%q reads %s %s", text, f, got[f])
				}
			}
			if complete := got["amount_due"] != "" && got["due_date"] != ""; complete != (rd.Outcome == bill.OutcomeNotices) {
				t.Errorf("%q: outcome %s", text, rd.Outcome)
			}
		}
		if strings.Contains(fmt.Sprint(text), "本期应还") && len(rd.Notices) == 0 {
			t.Errorf("%q gives nothing", text)
		}
	}
}
