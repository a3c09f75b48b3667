package config

import (
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// group is one YAML mapping, read against its table of keys.
type group struct {
	w      *walk
	keys   []key
	line   int
	values map[string]*yaml.Node
	broken map[string]bool // keys whose value was reported already
}

// group reads a mapping called what. It reports keys that are unknown,
// repeated or missing. The bool is false when n is no mapping.
func (w *walk) group(n *yaml.Node, what string, keys []key) (group, bool) {
	g := group{w: w, keys: keys, line: n.Line, values: map[string]*yaml.Node{}, broken: map[string]bool{}}
	if n.Kind != yaml.MappingNode {
		w.wrongType(n, what, "a group of keys")
		return g, false
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if _, ok := find(keys, k.Value); !ok && k.Kind == yaml.ScalarNode && restOfSecret(n, i, keys) {
			w.fail(k.Line, "%s: an unknown key, or the rest of a secret that holds a comma; remove it, or put the secret in quotes", what)
			continue
		}
		g.pair(k, v, what, seen)
	}
	for _, k := range keys {
		if k.required && seen[k.name] == 0 {
			w.fail(n.Line, "%s: missing; add it to %s", k.name, what)
		}
	}
	return g, true
}

func (g *group) pair(k, v *yaml.Node, what string, seen map[string]int) {
	w := g.w
	if k.Kind == yaml.AliasNode || k.Tag == "!!merge" {
		if k.Tag == "!!merge" {
			w.fail(k.Line, "a merge key (<<); write the keys out instead")
		}
		return
	}
	if k.Kind != yaml.ScalarNode {
		w.fail(k.Line, "%s: a key must be a word, found %s", what, kindOf(k))
		return
	}
	_, ok := find(g.keys, k.Value)
	switch {
	case !ok:
		w.unknown(k, what, g.keys)
		return
	case seen[k.Value] > 0:
		w.fail(k.Line, "%s: stands twice, first on line %d; keep one", k.Value, seen[k.Value])
		return
	}
	seen[k.Value] = k.Line
	g.values[k.Value] = v
}

// restOfSecret reports whether the key at n.Content[i] may be the rest of a
// secret, and must not be shown: in {password: a,b} an unquoted comma makes b
// a key.
func restOfSecret(n *yaml.Node, i int, keys []key) bool {
	_, password := find(keys, "password")
	_, signing := find(keys, "secret")
	if n.Style&yaml.FlowStyle == 0 || !password && !signing || closest(n.Content[i].Value, keys) != "" {
		return false
	}
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle
	return implicit(n.Content[i+1]) || i > 1 && holdsSecret(n.Content[i-2].Value) && n.Content[i-1].Style&quoted == 0
}

// holdsSecret reports whether a key's plain value is a secret.
func holdsSecret(name string) bool { return name == "password" || name == "secret" || name == "url" }

// holdsSecrets reports whether a group's values are secrets under names that
// the owner chooses.
func holdsSecrets(name string) bool { return name == "params" || name == "headers" }

// unknown reports a key that is not in the table; its value is never shown.
func (w *walk) unknown(k *yaml.Node, what string, keys []key) {
	if guess := closest(k.Value, keys); guess != "" {
		w.fail(k.Line, "%s: unknown key in %s; did you mean %s?", quote(k.Value), what, guess)
		return
	}
	if _, ok := find(keys, "credential"); ok {
		w.fail(k.Line, "%s: unknown key; write text, {file: PATH}, {env: NAME} or {credential: NAME}", what)
		return
	}
	w.fail(k.Line, "%s: unknown key in %s; it knows %s", quote(k.Value), what, strings.Join(names(keys), ", "))
}

func names(keys []key) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k.name)
	}
	return out
}

// has reports whether the key stands in the file.
func (g group) has(name string) bool { return g.values[name] != nil }

// lineOf is where to look for a key: its value, or the group when it is absent.
func (g group) lineOf(name string) int {
	if n := g.values[name]; n != nil && n.Line > 0 {
		return n.Line
	}
	return g.line
}

// fail reports what is wrong with a key's value.
func (g group) fail(name, format string, args ...any) {
	g.broken[name] = true
	g.w.fail(g.lineOf(name), name+": "+format, args...)
}

// text returns a key's text exactly as written, or its default; false when
// there is neither or it is no text, which is then reported.
func (g group) text(name string) (string, bool) {
	n := g.values[name]
	if n == nil {
		k, _ := find(g.keys, name)
		return k.def, k.def != ""
	}
	s, ok := g.w.scalar(n, name)
	if !ok {
		g.broken[name] = true
	}
	return s, ok
}

// items returns the nodes of a list; false when the key is absent or no list.
func (g group) items(name string) ([]*yaml.Node, bool) {
	n := g.values[name]
	if n == nil {
		return nil, false
	}
	if n.Kind != yaml.SequenceNode {
		g.w.wrongType(n, name, "a list")
		g.broken[name] = true
		return nil, false
	}
	return n.Content, true
}

// word is one text of a list, with its line.
type word struct {
	text string
	line int
}

// words returns a list of texts without repetition; an absent key gives its
// default.
func (g group) words(name string) []word {
	if !g.has(name) {
		if def, ok := g.text(name); ok {
			return []word{{def, g.line}}
		}
		return nil
	}
	nodes, _ := g.items(name)
	var out []word
	seen := map[string]bool{}
	for _, n := range nodes {
		s, ok := g.w.scalar(n, name)
		switch {
		case !ok:
			g.broken[name] = true
		case seen[s]:
			g.broken[name] = true
			g.w.fail(n.Line, "%s: %s stands twice; keep one", name, quote(s))
		default:
			seen[s] = true
			out = append(out, word{s, n.Line})
		}
	}
	return out
}

func texts(words []word) []string {
	var out []string
	for _, w := range words {
		out = append(out, w.text)
	}
	return out
}

// scalar returns the text of n as it is written: 0123 stays 0123.
func (w *walk) scalar(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		w.wrongType(n, what, "text")
		return "", false
	}
	if strings.TrimSpace(n.Value) == "" {
		w.fail(n.Line, "%s: empty; write a value or remove the key", what)
		return "", false
	}
	if strings.ContainsFunc(n.Value, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) {
		w.fail(n.Line, "%s: holds a line break or control character; write it on one line", what)
		return "", false
	}
	return n.Value, true
}

func (w *walk) wrongType(n *yaml.Node, what, want string) {
	switch {
	case n.Kind == yaml.AliasNode: // reported by scan
	case implicit(n):
		w.fail(n.Line, "%s: has no value; write %s or remove the key", what, want)
	case want == "a list" && kindOf(n) == "text":
		w.fail(n.Line, "%s: expected a list, found text; put it between [ and ]", what)
	default:
		w.fail(n.Line, "%s: expected %s, found %s", what, want, kindOf(n))
	}
}

func implicit(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a group of keys"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	if implicit(n) {
		return "nothing"
	}
	return "text"
}
