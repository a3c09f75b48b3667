package config

import (
	"encoding/base64"
	"net/url"
	"strings"

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
	o := &email.Options{Server: e.server("smtp.163.com:465"), Password: e.secret("password")}
	o.TLS = e.tls(o.Server)
	o.Username, _ = e.text("username")
	o.From, _ = e.text("from")
	o.ReplyTo, _ = e.text("reply_to")
	if e.has("username") != e.has("password") {
		e.w.fail(e.line, "email: username and password belong together; write both, or none for a server that asks for none")
	}
	to := e.words("to")
	if e.has("to") && len(to) == 0 && !e.broken["to"] {
		e.fail("to", "an empty list reminds nobody; write for example [owner@example.com]")
	}
	for _, a := range to {
		e.w.address("to", a)
	}
	o.To = texts(to)
	if o.From != "" {
		e.w.address("from", word{o.From, e.lineOf("from")})
	}
	if o.ReplyTo != "" {
		e.w.address("reply_to", word{o.ReplyTo, e.lineOf("reply_to")})
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
	if s, ok := h.text("format"); ok && s != "standard" {
		h.fail("format", "%s is not built into this version; write standard", quote(s))
	} else {
		o.Format = s
	}
	if why := checkURL(o.URL); why != "" {
		h.fail("url", "%s", why)
	}
	if why := checkSigning(o.Secret); why != "" {
		h.fail("secret", "%s", why)
	}
	return o
}

// checkURL says what is wrong with a webhook's address written as text; one
// from elsewhere is checked when it is read.
func checkURL(s secret.String) string {
	if !s.IsPlain() {
		return ""
	}
	text, err := s.Read()
	if err != nil {
		return "cannot be read"
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "":
		return "not a web address; write for example https://example.com/hook"
	case u.Scheme == "https":
		return ""
	case u.Scheme == "http" && loopback(u.Hostname()):
		return ""
	case u.Scheme == "http":
		return "http is allowed on a loopback address only; write https"
	}
	return "not a web address; write for example https://example.com/hook"
}

// checkSigning says what is wrong with a signing secret written as text.
func checkSigning(s secret.String) string {
	if !s.IsPlain() {
		return ""
	}
	text, err := s.Read()
	if err != nil {
		return "cannot be read"
	}
	key, prefixed := strings.CutPrefix(text, "whsec_")
	if raw, err := base64.StdEncoding.DecodeString(key); !prefixed || err != nil || len(raw) == 0 {
		return "not a signing secret; write whsec_ followed by base64 of 24 to 64 bytes"
	}
	return ""
}
