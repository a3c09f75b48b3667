package config

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"repayd/internal/channel/webhook"
	"repayd/internal/secret"
)

func webhookKeys() []key {
	return []key{
		{name: "url", required: true, keys: secretKeys()},
		{name: "format", def: "standard"},
		{name: "secret", keys: secretKeys()}, // whether it is needed is the format's matter,
		{name: "params", named: true, keys: secretKeys()},
		{name: "prefix"},
		{name: "template"},
		{name: "headers", named: true, keys: secretKeys()},
		{name: "size"},
		{name: "success", keys: []key{{name: "json"}, {name: "is"}, {name: "body"}, {name: "status"}}},
	}
}

func (g group) webhook() *webhook.Options {
	k, _ := find(g.keys, "webhook")
	h, ok := g.w.group(g.values["webhook"], "webhook", k.keys)
	if !ok {
		return nil
	}
	o := &webhook.Options{URL: h.secret("url"), Params: h.namedSecrets("params"), Headers: h.namedSecrets("headers"),
		Template: h.block("template"), Success: h.success()}
	keys := h.signingKeys(o)
	o.Format, _ = h.text("format")
	o.Prefix, _ = h.text("prefix")
	o.Size, _ = h.text("size")
	for _, p := range withoutReading(*o).Validate() {
		var i int
		if n, _ := fmt.Sscanf(p.Key, "secret[%d]", &i); n == 1 && i < len(keys) {
			h.w.fail(keys[i].Line, "secret: %s", p.Why)
		} else {
			h.problem(p.Key, p.Why)
		}
	}
	return o
}

// signingKeys reads one secret, or a list while one replaces another, and
// returns the nodes of a list.
func (g group) signingKeys(o *webhook.Options) []*yaml.Node {
	n := g.values["secret"]
	if n == nil || n.Kind != yaml.SequenceNode {
		o.Secret = g.secret("secret")
		return nil
	}
	if len(n.Content) == 0 {
		g.fail("secret", "an empty list; write a secret or remove the key")
	}
	for _, item := range n.Content {
		one := group{w: g.w, keys: g.keys, line: item.Line, values: map[string]*yaml.Node{"secret": item}, broken: g.broken}
		o.Secrets = append(o.Secrets, one.secret("secret"))
	}
	return n.Content
}

// namedSecrets reads a group whose keys the owner chooses and whose values are
// secrets; nil when it is absent.
func (g group) namedSecrets(name string) map[string]secret.String {
	n := g.values[name]
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		g.broken[name] = true
		g.w.wrongType(n, name, "a group of keys")
		return nil
	}
	var names []key
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if implicit(v) { // the key may be the rest of a secret, and is not shown
			g.fail(name, "a key without a value, or the rest of a secret that holds a comma; give it one, or put the secret in quotes")
			return nil
		}
		if k.Kind == yaml.ScalarNode && k.Tag != "!!merge" {
			names = append(names, key{name: k.Value, keys: secretKeys()})
		}
	}
	all, _ := g.w.group(n, name, names)
	out := map[string]secret.String{}
	for _, k := range names {
		if all.has(k.name) {
			out[k.name] = all.secret(k.name)
		}
	}
	for k := range all.broken {
		g.broken[name] = g.broken[name] || all.broken[k]
	}
	return out
}

// harmless are names of params and headers whose values others may read.
func harmless(name string) bool {
	return slices.Contains([]string{"chat_id", "content-type", "accept"}, strings.ToLower(name))
}

// block reads a text that may have several lines.
func (g group) block(name string) string {
	n := g.values[name]
	if n == nil {
		return ""
	}
	bad := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null":
		g.broken[name] = true
		g.w.wrongType(n, name, "text")
	case strings.TrimSpace(n.Value) == "":
		g.fail(name, "empty; write a value or remove the key")
	case strings.ContainsFunc(n.Value, bad):
		g.fail(name, "holds a control character; remove it")
	default:
		return strings.TrimRight(n.Value, "\n")
	}
	return ""
}

// success reads what a delivered letter is answered with.
func (g group) success() webhook.Match {
	n := g.values["success"]
	if n == nil {
		return webhook.Match{}
	}
	k, _ := find(g.keys, "success")
	s, ok := g.w.group(n, "success", k.keys)
	if !ok {
		g.broken["success"] = true
		return webhook.Match{}
	}
	m := webhook.Match{Is: texts(s.words("is")), Status: texts(s.words("status"))}
	m.JSON, _ = s.text("json")
	m.Body, _ = s.text("body")
	if len(s.broken) > 0 {
		g.broken["success"] = true
	} else if m.IsZero() {
		g.fail("success", "says nothing; write {json: errcode, is: [0]}, {body: ok} or {status: [2xx]}")
	}
	return m
}

// withoutReading replaces secrets from elsewhere by some that are well formed:
// a webhook reads what it checks, and a configuration is checked without its
// secrets. Those in the file itself are looked at.
func withoutReading(o webhook.Options) webhook.Options {
	wellFormed := secret.Plain("whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if !o.URL.IsZero() && !o.URL.IsPlain() {
		o.URL = secret.Plain("https://localhost")
	}
	if !o.Secret.IsZero() && !o.Secret.IsPlain() {
		o.Secret = wellFormed
	}
	var keys []secret.String
	for _, s := range o.Secrets {
		if !s.IsPlain() { // a broken one has been reported
			s = wellFormed
		}
		keys = append(keys, s)
	}
	o.Secrets = keys
	return o
}
