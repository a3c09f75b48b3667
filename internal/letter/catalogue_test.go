package letter

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

func mustCatalogue(t testing.TB, lang string) *catalogue {
	t.Helper()
	c, err := catalogueOf(lang)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCatalogues holds the languages against each other: the same keys, no
// empty text, and the same places in every text.
func TestCatalogues(t *testing.T) {
	t.Parallel()
	zh, en := mustCatalogue(t, "zh-CN"), mustCatalogue(t, "en")
	if diff := cmp.Diff(slices.Sorted(maps.Keys(zh.texts)), slices.Sorted(maps.Keys(en.texts))); diff != "" {
		t.Errorf("the languages differ in their keys (-zh-CN +en):\n%s", diff)
	}
	for key, text := range zh.texts {
		if strings.TrimSpace(text) == "" || strings.TrimSpace(en.texts[key]) == "" {
			t.Errorf("%s is empty", key)
		}
		// A date needs a weekday or a month's name only in one language, and a
		// count can be in words; everything else must say the same.
		if strings.HasPrefix(key, "lead.") || strings.HasPrefix(key, "status.") || key == "overview.due" {
			continue
		}
		a, b := unique(places(text)), unique(places(en.texts[key]))
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s has different places (-zh-CN +en):\n%s", key, diff)
		}
	}
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// TestEveryKeyIsUsed renders every sample and finds keys nothing asks for and
// keys that do not exist.
func TestEveryKeyIsUsed(t *testing.T) {
	t.Parallel()
	for _, lang := range languages() {
		used := map[string]bool{}
		c := *mustCatalogue(t, lang)
		c.used = func(key string) { used[key] = true }
		for name, l := range samples() {
			small := func(_, text string) bool { return len(text) < 700 }
			for _, o := range []Options{{Zone: shanghai}, {Zone: shanghai, ReplyTo: "a@example.com"}, {Zone: shanghai, Fits: small}} {
				if _, err := render(&c, l, o); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
		for m := time.January; m <= time.December; m++ {
			d, _ := bill.NewDay(2025, m, 1)
			c.longDay(d)
		}
		for d := range bill.Day(7) {
			c.longDay(20000 + d)
		}
		for _, s := range stages {
			c.text("stage." + string(s))
		}
		for _, e := range estimates() {
			c.explain(e)
		}
		c.offer(terms.Offer{Origin: terms.Origin{Certainty: terms.Law}})
		c.offer(terms.Offer{})
		for group, codes := range codes {
			for _, code := range codes {
				c.named(group, code)
			}
		}
		for key := range c.texts {
			if !used[key] {
				t.Errorf("%s: nothing uses %s", lang, key)
			}
		}
		for key := range used {
			if !c.has(key) {
				t.Errorf("%s: the code asks for %s, which does not exist", lang, key)
			}
		}
	}
}

var stages = []bill.Stage{bill.StageUpcoming, bill.StageDue, bill.StageGrace, bill.StageLate, bill.StageSettled,
	bill.StageDropped, bill.StageUnconfirmed, bill.StageNeedsReview}

// TestNoPlaceIsLeftOpen finds places that the code does not fill: they show as
// a question mark between blanks or quotes.
func TestNoPlaceIsLeftOpen(t *testing.T) {
	t.Parallel()
	for name, l := range samples() {
		for _, lang := range languages() {
			r, err := Render(l, Options{Language: lang, Zone: shanghai})
			if err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(r.Text, "\n? ", "\n") // the bullet of a problem
			for _, asked := range []string{"paid or not?", "was it taken?"} {
				text = strings.ReplaceAll(text, asked, "")
			}
			if strings.Contains(text, "?") || strings.ContainsAny(text, "{}") {
				t.Errorf("%s %s: a place is not filled:\n%s", name, lang, r.Text)
			}
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	values := map[string]string{"n": "1", "m": "2", "hostile": "{n} {", "empty": ""}
	for pattern, want := range map[string]string{
		"plain":                     "plain",
		"{n} {n|day|days}":          "1 day",
		"{m} {m|day|days}":          "2 days",
		"{hostile}":                 "{n} {",
		"{absent} and {empty}":      "? and ?",
		"{n":                        "1",
		"":                          "",
		"a {n|one|many} b {m} c":    "a one b 2 c",
		"{hostile} {m|first|later}": "{n} { later",
	} {
		got := expand(pattern, func(name string) (string, bool) { v, ok := values[name]; return v, ok })
		if got != want {
			t.Errorf("expand(%q) = %q, want %q", pattern, got, want)
		}
	}
}

func TestUnknownLanguage(t *testing.T) {
	t.Parallel()
	_, err := Render(samples()["today"], Options{Language: "fr"})
	if err == nil || !strings.Contains(err.Error(), "en or zh-CN") {
		t.Errorf("error = %v, want one that names the languages", err)
	}
}
