package letter

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/bojanz/currency"
	"gopkg.in/yaml.v3"
)

//go:embed texts
var texts embed.FS

// catalogue holds the wording of one language. A text has places {name}, and
// {name|one|many}, which chooses a word by the number in name.
type catalogue struct {
	lang  string
	texts map[string]string
	money *currency.Formatter
	// used, where set, is told every key that is looked up; tests find keys
	// with it that nothing uses.
	used func(key string)
}

var catalogues = sync.OnceValues(func() (map[string]*catalogue, error) {
	all := map[string]*catalogue{}
	for lang, locale := range map[string]string{"zh-CN": "zh", "en": "en"} {
		raw, err := texts.ReadFile("texts/" + lang + ".yaml")
		if err != nil {
			return nil, err
		}
		c := &catalogue{lang: lang, money: currency.NewFormatter(currency.NewLocale(locale))}
		if err := yaml.Unmarshal(raw, &c.texts); err != nil {
			return nil, fmt.Errorf("texts/%s.yaml: %w", lang, err)
		}
		all[lang] = c
	}
	return all, nil
})

// catalogueOf returns the wording of a language of the configuration.
func catalogueOf(lang string) (*catalogue, error) {
	all, err := catalogues()
	if err != nil {
		return nil, err
	}
	if c, ok := all[lang]; ok {
		return c, nil
	}
	known := slices.Sorted(maps.Keys(all))
	return nil, fmt.Errorf("%q is not a language of repayd; write %s", lang, strings.Join(known, " or "))
}

// has reports whether the catalogue knows key.
func (c *catalogue) has(key string) bool {
	_, ok := c.texts[key]
	return ok
}

// text fills the text of key with pairs of name and value.
func (c *catalogue) text(key string, pairs ...string) string {
	if c.used != nil {
		c.used(key)
	}
	pattern, ok := c.texts[key]
	if !ok {
		return key // a test proves that this does not happen
	}
	return expand(pattern, func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	})
}

// expand replaces the places of a pattern. Values are put in as they are and
// never looked at again, so a brace in one opens no place. A place without a
// value becomes "?", which can be seen and is not taken for a value.
func expand(pattern string, value func(name string) (string, bool)) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		place, after, _ := strings.Cut(rest, "}")
		pattern = after
		parts := strings.Split(place, "|")
		v, ok := value(parts[0])
		switch {
		case !ok || v == "":
			b.WriteByte('?')
		case len(parts) == 3 && v == "1":
			b.WriteString(parts[1])
		case len(parts) == 3:
			b.WriteString(parts[2])
		default:
			b.WriteString(v)
		}
	}
}

// places returns the names a pattern asks for.
func places(pattern string) []string {
	var names []string
	expand(pattern, func(name string) (string, bool) {
		names = append(names, name)
		return "x", true
	})
	return names
}
