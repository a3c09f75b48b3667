package casefile

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

var update = flag.Bool("update", false, "write the golden files")

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func mustDay(s string) bill.Day {
	d, err := bill.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func at(day int, hour int) time.Time { return time.Date(2025, 1, day, hour, 0, 0, 0, shanghai) }

func cny(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: "CNY"} }

// full is a case that has everything: a card bill that was late, partly paid
// and is being paid in instalments.
func full() File {
	return File{
		Made: at(25, 10), Name: "招商银行信用卡", Owner: "张三",
		Bill: plan.Row{ID: "b_cmb", Issuer: "cmb-card", Account: "1234", Reference: "N-77", Period: "2025-01", Currency: "CNY",
			AmountDue: "5000.00", MinimumDue: "500.00", Paid: "800.00", Outstanding: "4200.00", StatementDate: "2024-12-22",
			DueDate: "2025-01-10", LastSafeDay: "2025-01-13", Stage: bill.StageLate, Trust: bill.TrustVouched},
		Penalty: cny(2150), Credit: cny(1), Deadline: at(14, 0), DaysLate: 15, SettledDay: mustDay("2025-01-25"),
		Evidence: []Evidence{{bill.FieldDueDate, "2025-01-10", "m1@cmbchina.example", "text/html", "到期还款日 2025/01/10"},
			{bill.FieldAmountDue, "5000.00 CNY", "command", "command", "--amount 5000"}},
		Notices: []Notice{
			{at(1, 9), bill.KindStatement, bill.TrustVouched, "service@cmbchina.example", "您的信用卡电子账单", "<m1@cmbchina.example>", cny(500000), mustDay("2025-01-10"), 0, bill.Money{}},
			{at(12, 9), bill.KindPayment, bill.TrustVouched, "service@cmbchina.example", "还款成功", "<m2@cmbchina.example>", cny(80000), 0, 0, bill.Money{}},
			{at(15, 9), bill.KindOverdue, bill.TrustUnverified, "service@cmbchina.example", "逾期通知", "<m3@cmbchina.example>", cny(420000), mustDay("2025-01-10"), 5, cny(2150)}},
		Payments: []Payment{{mustDay("2025-01-12"), cny(80000), bill.KindPayment, "<m2@cmbchina.example>", bill.TrustVouched},
			{mustDay("2025-01-13"), cny(100), bill.KindRefund, "command", bill.TrustOwner}},
		Costs: []Cost{{mustDay("2025-01-25"), true, cny(5200), []string{"违约金：最低还款额未还部分 ¥500.00 的 5%"}},
			{On: mustDay("2025-02-25")}},
		Arrangement: &Arrangement{State: "performing", Opened: at(16, 10), Changed: at(20, 10), Cause: "资金周转困难", Ask: "plan",
			Due: mustDay("2025-02-15"), Amount: cny(420000), Waived: cny(2150), Fee: cny(1500), Conditions: "期间不再计收违约金", FollowUp: mustDay("2025-01-27"), Revives: true,
			Instalments: []Instalment{{"1/2", "b_p1", mustDay("2025-02-15"), cny(210000), mustDay("2025-02-14")}, {"2/2", "", mustDay("2025-03-15"), cny(210000), 0}},
			Notes:       []Note{{at(16, 11), "客服 8 号，工单 20250116"}}},
		History: []Change{
			{at(1, 9), "due_date", "", "2025-01-10", "<m1@cmbchina.example>", bill.TrustVouched, "到期还款日 2025/01/10"},
			{at(12, 9), "outstanding", "5000.00 CNY", "4200.00 CNY", "<m2@cmbchina.example>", bill.TrustVouched, "还款金额 800.00"},
			{at(14, 0), "stage", "grace", "late", "rule", "", ""},
			{at(15, 0), "reference", "N-76", "", "configuration", bill.TrustDeclared, ""},
			{at(16, 10), "arrangement", "", "", "command", bill.TrustOwner, ""}},
		Letters: []Letter{{"L1", "me", plan.LetterAccepted, at(7, 9), at(7, 10), []string{"due-3d", "due-1d"}},
			{"L2", "office", plan.LetterRefused, at(10, 9), time.Time{}, nil}},
	}
}

func cases() map[string]File {
	return map[string]File{"full": full(), "bare": {Made: at(25, 10), Bill: plan.Row{ID: "b_1", Stage: bill.StageNeedsReview, Trust: bill.TrustForwarded}}}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, f := range cases() {
		for _, lang := range []string{"zh-CN", "en"} {
			page, err := f.HTML(lang, shanghai)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+"."+lang+".html", string(page))
		}
		raw, err := f.JSON()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name+".json", string(raw))
		if strings.Contains(string(raw), "null") {
			t.Errorf("%s: there is a null in the JSON", name)
		}
		var back File
		if err := json.Unmarshal(raw, &back); err != nil || back.Bill != f.Bill || back.Penalty != f.Penalty {
			t.Errorf("%s: the JSON does not read back (%v)", name, err)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// hostile is what a mail may hold to break out of a page or a terminal.
const hostile = `</td></style><script>alert(1)</script><img src=x onerror=alert(2)>"'><a href="https://evil.example/p">pay</a> javascript:alert(3)` +
	"\u202e\x00\x1b[31m\r\nBcc: x"

// TestHostileWords puts hostile words into every text of a case: the page has
// the same elements and attributes as without them, and loads nothing.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	f := full()
	poison(reflect.ValueOf(&f).Elem())
	for _, lang := range []string{"zh-CN", "en"} {
		page, err := f.HTML(lang, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		clean, err := full().HTML(lang, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		have, allowed := shape(t, page), shape(t, clean)
		for tag := range have {
			if !allowed[tag] {
				t.Errorf("%s: the page has %s, which a harmless one has not", lang, tag)
			}
		}
		if strings.Contains(string(page), "://") || regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x{202e}]`).Match(page) {
			t.Errorf("%s: a link or a control character got through", lang)
		}
	}
	if _, err := f.JSON(); err != nil {
		t.Error(err)
	}
}

// poison sets every string and slice of strings under v.
func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(hostile)
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i))
		}
	case reflect.Struct:
		if _, ok := v.Interface().(time.Time); ok {
			return
		}
		if _, ok := v.Interface().(bill.Money); ok {
			return
		}
		for i := range v.NumField() {
			poison(v.Field(i))
		}
	}
}

// shape returns the elements of a page with the names of their attributes.
func shape(t *testing.T, page []byte) map[string]bool {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		tag := n.Data
		for _, a := range n.Attr {
			tag += " " + a.Key
		}
		all[tag] = true
	}
	return all
}

var open = regexp.MustCompile(`\{([a-z]+)[^}]*\}`)

// TestTexts holds the languages against each other and finds texts that
// nothing asks for or that do not exist.
func TestTexts(t *testing.T) {
	t.Parallel()
	zh, err := Words("zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	en, err := Words("en")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(zh.Keys(), en.Keys()); diff != "" {
		t.Fatalf("the languages differ in their keys (-zh-CN +en):\n%s", diff)
	}
	used := map[string]bool{}
	for _, f := range cases() {
		if _, err := f.html(zh.Watched(func(key string) { used[key] = true }), shanghai); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range zh.Keys() {
		if !used[key] {
			t.Errorf("nothing uses %s", key)
		}
		if diff := cmp.Diff(names(zh.Pattern(key)), names(en.Pattern(key))); diff != "" {
			t.Errorf("%s has different places (-zh-CN +en):\n%s", key, diff)
		}
	}
	for key := range used {
		if !zh.Has(key) {
			t.Errorf("the code asks for %s, which does not exist", key)
		}
	}
}

func names(pattern string) []string {
	var all []string
	for _, m := range open.FindAllStringSubmatch(pattern, -1) {
		all = append(all, m[1])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestWhatMakesNoFile(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]File{"no bill": {Made: at(1, 0)}, "instant": {Bill: plan.Row{ID: "b"}}} {
		if _, err := f.JSON(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("JSON: error = %v, want %q", err, want)
		}
		if _, err := f.HTML("en", nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("HTML: error = %v, want %q", err, want)
		}
	}
	f := full()
	if _, err := f.HTML("fr", nil); err == nil {
		t.Error("a language that does not exist is no error")
	}
}
