package config

import (
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"repayd/internal/imapbox"
)

// mailboxes reads the accounts that are read for notices.
func (g group) mailboxes() []Mailbox {
	var out []Mailbox
	taken := map[string]int{}
	nodes, _ := g.items("mailboxes")
	for _, n := range nodes {
		m, ok := g.w.group(n, "a mailbox", mailboxKeys())
		if !ok {
			continue
		}
		box := m.mailbox(taken)
		for _, other := range out {
			m.warnSameFolder(other, box)
		}
		out = append(out, box)
	}
	return out
}

func (g group) mailbox(taken map[string]int) Mailbox {
	m := Mailbox{Options: imapbox.Options{
		Name:     g.name(taken),
		Server:   g.server("imap.163.com:993"),
		Password: g.secret("password"),
		Folders:  texts(g.words("folders")),
		Lookback: g.duration("lookback", time.Hour, 3660*day),
	}}
	m.TLS = g.tls(m.Server)
	m.Username, _ = g.text("username")
	if len(m.Folders) == 0 && !g.broken["folders"] {
		g.fail("folders", "an empty list reads nothing; write [INBOX]")
	}
	m.Poll, m.Schedule = g.schedule("poll")
	if m.Schedule != nil && often(m.Schedule) {
		g.w.warn(g.lineOf("poll"), "poll: %s is more often than once a minute; mail servers may lock the account", quote(m.Poll))
	}
	for _, id := range g.words("authserv") {
		if !domainPattern.MatchString(id.text) {
			g.w.fail(id.line, "authserv: %s is not a server's name; write what stands first in Authentication-Results, as in mx.163.com", quote(id.text))
			continue
		}
		m.Authserv = append(m.Authserv, strings.ToLower(id.text))
	}
	for _, f := range g.words("forwarders") {
		if a, ok := g.w.address("forwarders", f); ok {
			m.Forwarders = append(m.Forwarders, strings.ToLower(a.Address))
		}
	}
	return m
}

// warnSameFolder points out a folder that two mailboxes read. Nothing is told
// twice for it, but the work is.
func (g group) warnSameFolder(a, b Mailbox) {
	if a.Server != b.Server || a.Username != b.Username || a.Server == "" {
		return
	}
	for _, f := range a.Folders {
		if slices.Contains(b.Folders, f) {
			g.w.warn(g.lineOf("folders"), "folders: %s of this account is read by mailbox %s already", quote(f), quote(a.Name))
		}
	}
}

// schedule reads a cron spec and returns it as written and parsed.
func (g group) schedule(name string) (string, cron.Schedule) {
	spec, ok := g.text(name)
	if !ok {
		return "", nil
	}
	s, err := ParseSchedule(spec)
	if err != nil {
		g.fail(name, "%v", err)
		return spec, nil
	}
	if eitherDay(s) {
		g.w.warn(g.lineOf(name), "%s: %s comes on the day of the month and on the weekday, not only where both fit", name, quote(spec))
	}
	return spec, s
}
