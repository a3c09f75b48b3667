package config

import (
	"maps"
	"slices"

	"repayd/internal/secret"
)

// NamedSecret is a secret and the key it is configured under, for messages:
// "mailbox shop: password".
type NamedSecret struct {
	Key    string
	Secret secret.String
}

// Secrets lists every secret of the configuration, in its order, so that a
// check can try to read them. Read is left to the caller.
func (c *Config) Secrets() []NamedSecret {
	var out []NamedSecret
	add := func(key string, s secret.String) {
		if !s.IsZero() {
			out = append(out, NamedSecret{key, s})
		}
	}
	for _, m := range c.Mailboxes {
		add("mailbox "+m.Name+": password", m.Password)
	}
	for _, ch := range c.Channels {
		if ch.Email != nil {
			add("channel "+ch.Name+": password", ch.Email.Password)
		}
		if ch.Webhook != nil {
			add("channel "+ch.Name+": url", ch.Webhook.URL)
			add("channel "+ch.Name+": secret", ch.Webhook.Secret)
			for _, s := range ch.Webhook.Secrets {
				add("channel "+ch.Name+": secret", s)
			}
			for _, name := range slices.Sorted(maps.Keys(ch.Webhook.Params)) {
				add("channel "+ch.Name+": params: "+name, ch.Webhook.Params[name])
			}
			for _, name := range slices.Sorted(maps.Keys(ch.Webhook.Headers)) {
				add("channel "+ch.Name+": headers: "+name, ch.Webhook.Headers[name])
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.PDFPasswords)) {
		add("pdf_passwords: "+name, c.PDFPasswords[name])
	}
	if c.Heartbeat != nil {
		add("heartbeat: url", c.Heartbeat.URL)
	}
	return out
}
