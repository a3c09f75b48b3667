package draft

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"repayd/internal/bill"
)

var update = flag.Bool("update", false, "write the golden files")

func mustDay(s string) bill.Day {
	d, err := bill.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func cny(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: "CNY"} }

// request is a late card bill of which a part was paid.
func request(change func(*Request)) Request {
	r := Request{
		Language: "zh-CN", Today: mustDay("2025-01-20"), Owner: "张三", Issuer: "招商银行信用卡", Account: "1234",
		Period: "2025-01", AmountDue: cny(500000), Paid: cny(80000), Outstanding: cny(420000), Penalty: cny(2150),
		Due: mustDay("2025-01-10"), DaysLate: 10, Cause: CauseCashFlow,
		Finances: "每月工资 8000 元，房租 2500 元。",
		Ask: Ask{WaiveSome: true, Instalments: []Instalment{
			{mustDay("2025-02-15"), cny(140000)}, {mustDay("2025-03-15"), cny(140000)}, {mustDay("2025-04-15"), cny(140000)}}},
		Carried:  true,
		Contacts: []Contact{{What: "phone", Value: "4008205555"}, {What: "app", Value: "掌上生活"}},
	}
	if change != nil {
		change(&r)
	}
	return r
}

func requests() map[string]Request {
	return map[string]Request{
		"plan": request(nil),
		"extension": request(func(r *Request) {
			r.Ask = Ask{Until: mustDay("2025-02-16")}
			r.Cause, r.Paid, r.AmountDue, r.Penalty = CauseNotReceived, bill.Money{}, r.Outstanding, bill.Money{}
			r.Period, r.Reference = "2025-01-10", "1688-20250110-001122334455667788"
			r.Contacts = []Contact{{What: "phone", Value: "95118", Unproven: true}, {What: "branch", Value: "人民路 1 号"}}
		}),
		"waiver": request(func(r *Request) {
			r.Ask, r.Cause, r.Carried = Ask{Waive: cny(2150)}, CauseOverlooked, false
		}),
		"not_late_yet": request(func(r *Request) {
			r.Ask = Ask{Until: mustDay("2025-02-16"), Waive: cny(1000)}
			r.Cause, r.Finances, r.Contacts, r.Owner, r.Account = "", "", nil, "", ""
			r.DaysLate, r.Due, r.Carried = 0, mustDay("2025-01-25"), false
		}),
		"own_words": request(func(r *Request) {
			r.Cause = "店铺一月停业装修，没有收入。详见 https://evil.example/x 和\n第二行"
			r.Owner, r.Issuer = "李\u202e四", "Example\r\nBcc: x@example.com Hosting"
		}),
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, r := range requests() {
		for _, lang := range []string{"zh-CN", "en"} {
			r.Language = lang
			d, err := Write(r)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			golden(t, name+"."+lang, d.Text())
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

var open = regexp.MustCompile(`\{([a-z]+)[^}]*\}`)

// TestTexts holds the languages against each other and finds texts that
// nothing asks for.
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
	watched := zh.Watched(func(key string) { used[key] = true })
	for name, r := range requests() {
		if _, err := write(watched, r); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for _, key := range zh.Keys() {
		if !used[key] {
			t.Errorf("nothing uses %s", key)
		}
		if diff := cmp.Diff(names(zh.Pattern(key)), names(en.Pattern(key))); diff != "" && key != "draft.signed" {
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

func TestWhatCannotBeAsked(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*Request){
		"add up to 4199.99 CNY, but 4200.00 CNY": func(r *Request) { r.Ask.Instalments[2].Amount.Minor-- },
		"not in CNY":                             func(r *Request) { r.Ask.Instalments[1].Amount.Currency = "USD" },
		"5.00 USD is not in CNY": func(r *Request) {
			r.Ask.Waive = bill.Money{Minor: 500, Currency: "USD"}
		},
		"no amount above zero": func(r *Request) { r.Ask.Instalments[0].Amount.Minor = 0 },
		"not after 2025-02-15": func(r *Request) { r.Ask.Instalments[1].Due = mustDay("2025-02-15") },
		"not after 2025-01-20": func(r *Request) { r.Ask.Instalments[0].Due = mustDay("2025-01-20") },
		"not for both":         func(r *Request) { r.Ask.Until = mustDay("2025-03-01") },
		"nothing is asked":     func(r *Request) { r.Ask = Ask{} },
		"has passed":           func(r *Request) { r.Ask = Ask{Until: mustDay("2025-01-20")} },
		"cannot be waived":     func(r *Request) { r.Ask = Ask{Waive: cny(500000)} },
		"repayd set":           func(r *Request) { r.Outstanding = bill.Money{} },
		"no issuer":            func(r *Request) { r.Issuer = "" },
		"en or zh-CN":          func(r *Request) { r.Language = "fr" },
	} {
		d, err := Write(request(change))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want one with %q", err, want)
		}
		if d.Body != "" {
			t.Errorf("%s: there is a draft all the same:\n%s", want, d.Body)
		}
	}
}

// TestPlanAddsUp: a plan is accepted exactly when its parts are what is left,
// with or without the late charges, and a waiver is taken off once.
func TestPlanAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Int64Range(10, 1_000_000), 1, 24).Draw(t, "parts")
		waive := rapid.Int64Range(0, 5_000).Draw(t, "waive")
		off := rapid.Int64Range(-3, 3).Draw(t, "off")
		var sum int64
		r := request(func(r *Request) { r.Ask = Ask{Waive: cny(waive)}; r.Penalty = bill.Money{} })
		for i, p := range parts {
			sum += p
			r.Ask.Instalments = append(r.Ask.Instalments, Instalment{r.Today + bill.Day(30*(i+1)), cny(p)})
		}
		r.Outstanding = cny(sum + waive + off)
		r.AmountDue, r.Paid = r.Outstanding, bill.Money{}
		_, err := Write(r)
		if fits := off == 0 || sum == r.Outstanding.Minor; fits != (err == nil) {
			t.Fatalf("sum %d, outstanding %d, waived %d: %v", sum, r.Outstanding.Minor, waive, err)
		}
	})
}
