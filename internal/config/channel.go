package config

import (
	"encoding/base64"
	"fmt"

	"repayd/internal/channel/email"
	"repayd/internal/channel/webhook"
	"repayd/internal/secret"
)

// channels reads the ways out.
func (g group) channels() []Channel {
	nodes, _ := g.items("channels")
	if g.has("channels") && len(nodes) == 0 && !g.broken["channels"] {
		g.fail("channels", "an empty list reminds nobody; write at least one channel")
	}
	var out []Channel
	taken := map[string]int{}
	for _, n := range nodes {
		c, ok := g.w.group(n, "a channel", channelKeys())
		if !ok {
			continue
		}
		ch := Channel{Name: c.name(taken)}
		if c.has("email") == c.has("webhook") {
			c.w.fail(c.line, "a channel is either email or webhook; write one of them")
		}
		if c.has("email") {
			ch.Email = c.email()
		}
		if c.has("webhook") {
			ch.Webhook = c.webhook()
		}
		out = append(out, ch)
	}
	return out
}

func (g group) email() *email.Options {
	k, _ := find(g.keys, "email")
	e, ok := g.w.group(g.values["email"], "email", k.keys)
	if !ok {
		return nil
	}
	o := &email.Options{Password: e.secret("password")}
	o.Server, _ = e.text("server")
	o.TLS, _ = e.text("tls")
	o.Username, _ = e.text("username")
	o.From, _ = e.text("from")
	o.ReplyTo, _ = e.text("reply_to")
	to := e.words("to")
	o.To = texts(to)
	for _, p := range o.Validate() {
		var i int
		if n, _ := fmt.Sscanf(p.Key, "to[%d]", &i); n == 1 && i < len(to) {
			e.w.fail(to[i].line, "to: %s", p.Why)
		} else {
			e.problem(p.Key, p.Why)
		}
	}
	return o
}

func (g group) webhook() *webhook.Options {
	k, _ := find(g.keys, "webhook")
	h, ok := g.w.group(g.values["webhook"], "webhook", k.keys)
	if !ok {
		return nil
	}
	o := &webhook.Options{URL: h.secret("url"), Secret: h.secret("secret")}
	o.Format, _ = h.text("format")
	for _, p := range withoutReading(*o).Validate() {
		h.problem(p.Key, p.Why)
	}
	return o
}

// problem passes on what a channel says of its options, except of a key that
// was reported already.
func (g group) problem(name, why string) {
	k, _ := find(g.keys, name)
	if !g.broken[name] && (g.has(name) || !k.required) {
		g.fail(name, "%s", why)
	}
}

// withoutReading replaces secrets from elsewhere by some that are well formed:
// a webhook reads what it checks, and a configuration is checked without its
// secrets. Those in the file itself are looked at.
func withoutReading(o webhook.Options) webhook.Options {
	if !o.URL.IsZero() && !o.URL.IsPlain() {
		o.URL = secret.Plain("https://localhost")
	}
	if !o.Secret.IsZero() && !o.Secret.IsPlain() {
		o.Secret = secret.Plain("whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	}
	return o
}
