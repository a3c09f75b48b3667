package letter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// why is one reason for a review. Reading and folding give it in English.
type why struct {
	key   string
	shape *regexp.Regexp
	names []string // of the places, in the order of shape's groups
}

var place = regexp.MustCompile(`\\\{[a-z]+\\\}`)

// whys are made from the English catalogue: a reason is known by the very text
// that its translation stands beside.
var whys = sync.OnceValues(func() ([]why, error) {
	en, err := catalogueOf("en")
	if err != nil {
		return nil, err
	}
	var all []why
	for _, key := range slices.Sorted(maps.Keys(en.texts)) {
		if !strings.HasPrefix(key, "why.") {
			continue
		}
		shape := place.ReplaceAllLiteralString(regexp.QuoteMeta(en.texts[key]), "(.+)")
		re, err := regexp.Compile("^" + shape + "$")
		if err != nil {
			return nil, fmt.Errorf("texts/en.yaml: %s: %w", key, err)
		}
		all = append(all, why{key, re, places(en.texts[key])})
	}
	// One that says more comes before one that fits because it says less.
	slices.SortStableFunc(all, func(a, b why) int { return len(b.shape.String()) - len(a.shape.String()) })
	return all, nil
})

// Reason says a reason that reading or folding gave, such as a problem's Why or
// why a message is trusted, in the language lang; one that the catalogue does
// not know stays as it was given.
func Reason(given, lang string) string {
	c, err := catalogueOf(lang)
	if err != nil {
		return given
	}
	return c.reason(given)
}

// reason says a reason in the letter's language.
func (w *writer) reason(given string) string { return w.c.reason(w.foreign(given, maxText)) }

// reason says a reason in the catalogue's language; one that it does not know
// stays as it was given, because a reason in English is better than none.
func (c *catalogue) reason(given string) string {
	all, err := whys()
	if err != nil {
		return given
	}
	for _, y := range all {
		m := y.shape.FindStringSubmatch(given)
		if m == nil {
			continue
		}
		var pairs []string
		for i, name := range y.names {
			pairs = append(pairs, name, m[i+1])
		}
		return c.text(y.key, pairs...)
	}
	return given
}
