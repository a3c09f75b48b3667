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
	return all, nil
})

// reason says a reason in the letter's language; one that the catalogue does
// not know stays as it was given, because a reason in English is better than
// none.
func (w *writer) reason(given string) string {
	given = w.foreign(given, maxText)
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
		return w.c.text(y.key, pairs...)
	}
	return given
}
