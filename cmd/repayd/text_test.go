package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// helpOnly: keys of texts whose English stands with the commands.
func helpOnly(key string) bool {
	return strings.HasPrefix(key, "help.short.") || strings.HasPrefix(key, "help.long.") || strings.HasPrefix(key, "help.flag.") ||
		strings.HasPrefix(key, "why.")
}

// The reasons of the plan are its own words; each has a translation.
func TestReasonsOfThePlanAreTranslated(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"why.the daemon is ill": true, "why.asked for": true} // written where they arise
	src, err := os.ReadFile("../../internal/plan/ladder.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\twhy\w+ += "(.*)"$`).FindAllSubmatch(src, -1) {
		known["why."+string(m[1])] = true
	}
	if len(known) < 10 {
		t.Fatalf("only %d reasons found", len(known))
	}
	zh := catalogues()[chinese]
	for key := range known {
		if zh[key] == "" {
			t.Errorf("zh-CN.yaml lacks %q", key)
		}
	}
	for key := range zh {
		if strings.HasPrefix(key, "why.") && !known[key] {
			t.Errorf("%q is no reason of the plan", key)
		}
	}
}

var place = regexp.MustCompile(`\{\w+\}`)

func places(s string) []string {
	p := place.FindAllString(s, -1)
	slices.Sort(p)
	return slices.Compact(p)
}

func TestBothLanguagesSayTheSameThings(t *testing.T) {
	t.Parallel()
	en, zh := catalogues()[english], catalogues()[chinese]
	for key, s := range en {
		other, ok := zh[key]
		if !ok {
			t.Errorf("zh-CN.yaml lacks %s", key)
		}
		if !slices.Equal(places(s), places(other)) {
			t.Errorf("%s has the places %v in English and %v in Chinese", key, places(s), places(other))
		}
	}
	for key := range zh {
		if _, ok := en[key]; !ok && !helpOnly(key) {
			t.Errorf("en.yaml lacks %s", key)
		}
	}
}

// The keys that the code makes up at run time.
func computedKeys() []string {
	var keys []string
	add := func(prefix string, values ...string) {
		for _, v := range values {
			keys = append(keys, prefix+v)
		}
	}
	add("trust.", "owner", "declared", "vouched", "forwarded", "unverified", "suspicious")
	add("outcome.", string(bill.OutcomeNotices), string(bill.OutcomeNone), string(bill.OutcomeNotMine), string(bill.OutcomeNeedsReview))
	for _, s := range letterStates {
		add("letter.", string(s))
	}
	add("reminder.", string(plan.StatePlanned), string(plan.StateInLetter), string(plan.StateAccepted), string(plan.StateFolded),
		string(plan.StateCancelled), string(plan.StateFailed))
	add("reason.", string(plan.ReasonSettled), string(plan.ReasonDropped), string(plan.ReasonMoved), string(plan.ReasonPolicy))
	add("wording.", "seen", "code", "unproven")
	add("ics.", "due", "grace")
	add("arrange.next_", "preparing", "contacted", "requested", "rejected", "performing", "broken")
	add("letter.", "returned")
	add("cost.", "no_rule", "closed") // other keys of that beginning are words of letters
	add("arrange.cause_", "cash_flow", "not_received", "overlooked")
	add("weekday.", "0", "1", "2", "3", "4", "5", "6")
	for _, key := range []string{"days.left", "days.past", "days.safe", "days.late"} {
		add(key, "", ".1")
		if key != "days.past" {
			add(key, ".0")
		}
	}
	return keys
}

func TestEveryKeyIsThereAndUsed(t *testing.T) {
	t.Parallel()
	used := computedKeys()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	literal := regexp.MustCompile(`"((?:help|col|bills?|days|list|plan|letters|issuer|show|explain|ics|page|arrange|tasks|forecast|story|ill)\.[a-z_.]+)"`)
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllSubmatch(src, -1) {
			used = append(used, string(m[1]))
		}
	}
	for key := range catalogues()[english] {
		if !slices.Contains(used, key) {
			t.Errorf("nothing uses %s", key)
		}
	}
	for _, key := range used {
		if _, ok := catalogues()[english][key]; !ok && !strings.HasSuffix(key, ".") && !strings.HasSuffix(key, "_") {
			t.Errorf("en.yaml lacks %s", key)
		}
	}
}

func TestLanguageFollowsTheLocale(t *testing.T) {
	for _, c := range []struct{ all, messages, lang, want string }{
		{"", "", "", english},
		{"", "", "zh_CN.UTF-8", chinese},
		{"", "en_GB.UTF-8", "zh_CN.UTF-8", english},
		{"zh_TW", "en_GB.UTF-8", "C", chinese},
		{"C", "zh_CN", "zh_CN", english},
		{"", "", "ZH_cn", chinese},
		{"", "", "de_CH.UTF-8", english},
	} {
		t.Setenv("LC_ALL", c.all)
		t.Setenv("LC_MESSAGES", c.messages)
		t.Setenv("LANG", c.lang)
		if got := language(); got != c.want {
			t.Errorf("LC_ALL=%s LC_MESSAGES=%s LANG=%s: %s, want %s", c.all, c.messages, c.lang, got, c.want)
		}
	}
}

func TestRemarksStandInOneColumn(t *testing.T) {
	t.Parallel()
	got := strings.Join(alignRemarks([]string{
		"repayd bills  what is to be paid",
		"repayd reopen b_2026  到期",
		`repayd arrange b_2026 --note "longer, without a remark"`,
		"repayd paid b_2026 --amount 金额  a part",
	}), "\n")
	want := strings.Join([]string{
		"repayd bills                      what is to be paid",
		"repayd reopen b_2026              到期",
		`repayd arrange b_2026 --note "longer, without a remark"`,
		"repayd paid b_2026 --amount 金额  a part",
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
