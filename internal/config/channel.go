package config

import (
	"fmt"

	"repayd/internal/channel/email"
)

// channels reads the ways out.
func (g group) channels() []Channel {
	nodes, _ := g.items("channels")
	if g.has("channels") && len(nodes) == 0 && !g.broken["channels"] {
		g.fail("channels", "an empty list reminds nobody; write at least one channel")
	}
	var out []Channel
	var groups []group
	taken := map[string]int{}
	for _, n := range nodes {
		c, ok := g.w.group(n, "a channel", channelKeys())
		if !ok {
			continue
		}
		ch := Channel{Name: c.name(taken)}
		ch.Fallback, _ = c.text("fallback")
		if c.has("email") == c.has("webhook") {
			c.w.fail(c.line, "a channel is either email or webhook; write one of them")
		}
		if c.has("email") {
			ch.Email = c.email()
		}
		if c.has("webhook") {
			ch.Webhook = c.webhook()
		}
		ch.Quiet = c.quiet()
		out, groups = append(out, ch), append(groups, c)
	}
	checkFallbacks(out, groups)
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

// problem passes on what a channel says of its options, except of a key that
// was reported already.
func (g group) problem(name, why string) {
	k, _ := find(g.keys, name)
	if !g.broken[name] && (g.has(name) || !k.required) {
		g.fail(name, "%s", why)
	}
}
