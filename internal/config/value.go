package config

import (
	"fmt"
	"net"
	"net/mail"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
	"repayd/internal/secret"
)

var (
	namePattern       = regexp.MustCompile(`^[A-Za-z0-9\p{Han}_-]{1,64}$`)
	issuerPattern     = regexp.MustCompile(`^[A-Za-z0-9\p{Han}@._+-]{1,254}$`) // also an address
	accountPattern    = regexp.MustCompile(`^[0-9]{1,4}$`)
	durationPattern   = regexp.MustCompile(`^([0-9]{1,6})([mhdw])$`)
	envPattern        = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	credentialPattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
	countryPattern    = regexp.MustCompile(`^[a-z]{2}$`)
	domainPattern     = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)
)

const day = 24 * time.Hour

// name reads the name of an entry and reports one that is taken.
func (g group) name(taken map[string]int) string {
	s, ok := g.text("name")
	if !ok {
		return ""
	}
	if !namePattern.MatchString(s) {
		g.fail("name", "%s is no name; write up to 64 letters, digits, - or _", quote(s))
		return ""
	}
	if line, again := taken[s]; again {
		g.fail("name", "%s is taken by the entry on line %d; choose another", quote(s), line)
	} else {
		taken[s] = g.lineOf("name")
	}
	return s
}

// oneOf reads one of a few words.
func (g group) oneOf(name string, allowed ...string) string {
	s, ok := g.text(name)
	if !ok {
		return ""
	}
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	g.fail(name, "%s is unknown; write %s", quote(s), strings.Join(allowed, " or "))
	return ""
}

// duration reads 12h, 60d or 2w between least and most.
func (g group) duration(name string, least, most time.Duration) time.Duration {
	s, ok := g.text(name)
	if !ok {
		return 0
	}
	d, err := parseDuration(s)
	switch {
	case err != nil:
		g.fail(name, "%v", err)
	case d < least:
		g.fail(name, "%s is too short; write at least %s", quote(s), spell(least))
	case d > most:
		g.fail(name, "%s is too long; write at most %s", quote(s), spell(most))
	}
	return d
}

func parseDuration(s string) (time.Duration, error) {
	m := durationPattern.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%s is no duration; write for example 12h, 60d or 2w", quote(s))
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0, err // the pattern has at most six digits
	}
	unit := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": day, "w": 7 * day}[m[2]]
	if time.Duration(n) > (1<<63-1)/unit {
		return 0, fmt.Errorf("%s is too long; write for example 60d", quote(s))
	}
	return time.Duration(n) * unit, nil
}

func spell(d time.Duration) string {
	if d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	if d%time.Hour != 0 {
		return strconv.Itoa(int(d/time.Minute)) + "m"
	}
	return strconv.Itoa(int(d/time.Hour)) + "h"
}

// days reads a grace in whole days; nil when the key is absent.
func (g group) days(name string) *int {
	if !g.has(name) {
		return nil
	}
	d := g.duration(name, 0, 366*day)
	if d%day != 0 {
		g.fail(name, "a grace is whole days; write for example 5d")
		return nil
	}
	n := int(d / day)
	return &n
}

// amount reads an amount with its currency, more than nothing.
func (g group) amount(name string) bill.Money {
	s, ok := g.text(name)
	if !ok {
		return bill.Money{}
	}
	m, err := parseAmount(s)
	switch {
	case err != nil:
		g.fail(name, "%v", err)
	case m.Minor <= 0:
		g.fail(name, "%s is not more than nothing; write for example 3000 CNY", quote(s))
	}
	return m
}

func parseAmount(s string) (bill.Money, error) {
	parts := strings.Fields(s)
	if len(parts) != 2 {
		return bill.Money{}, fmt.Errorf("%s is no amount with a currency; write for example 3000 CNY", quote(s))
	}
	return bill.ParseMoney(parts[0], parts[1])
}

// date reads a day.
func (g group) date(name string) bill.Day {
	s, ok := g.text(name)
	if !ok {
		return 0
	}
	d, err := bill.ParseDay(s)
	if err != nil {
		g.fail(name, "%s is no day; write for example 2026-11-20", quote(s))
	}
	return d
}

// yes reads true or false; nil when the key is absent.
func (g group) yes(name string) *bool {
	if !g.has(name) {
		return nil
	}
	yes := g.oneOf(name, "true", "false") == "true"
	return &yes
}

// clock reads a time of day. midnight is what 24:00 counts as; a time that
// does not allow it gets an unknown clock as midnight.
func (g group) clock(name string, midnight bill.Clock) bill.Clock {
	s, ok := g.text(name)
	if !ok {
		return 0
	}
	c, err := bill.ParseClock(s)
	switch {
	case err != nil:
		g.fail(name, "%v", err)
	case c.Minutes() == 24*60 && !midnight.Known():
		g.fail(name, "24:00 is the next day; write 00:00 or another time")
	case c.Minutes() == 24*60:
		return midnight
	}
	return c
}

// server reads host:port.
func (g group) server(example string) string {
	s, ok := g.text("server")
	if !ok {
		return ""
	}
	host, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	switch {
	case strings.Contains(s, "://"):
		g.fail("server", "write host:port without a scheme, as in %s; tls says how to connect", example)
	case strings.ContainsAny(s, " /@\t"):
		g.fail("server", "%s is not host:port; write for example %s", quote(s), example)
	case err != nil || host == "" || strings.Trim(port, "0") == "":
		g.fail("server", "%s has no usable port; write host:port, as in %s", quote(s), example)
	}
	return s
}

// tls reads how to connect to server; "none" is for loopback addresses only,
// for passwords and letters would cross the network in the clear.
func (g group) tls(server string) string {
	mode := g.oneOf("tls", "implicit", "starttls", "none")
	if host, _, err := net.SplitHostPort(server); mode == "none" && err == nil && !loopback(host) {
		g.fail("tls", "none is allowed on a loopback address only; write implicit or starttls")
	}
	return mode
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// path reads a file's path; a relative one begins at the configuration's own
// directory.
func (g group) path(name string) string {
	s, ok := g.text(name)
	if !ok {
		return ""
	}
	if strings.HasPrefix(s, "~") {
		g.fail(name, "~ has no meaning for a service; write an absolute path")
		return ""
	}
	if filepath.IsAbs(s) {
		return filepath.Clean(s)
	}
	return filepath.Join(g.w.dir, s)
}

// secret reads where a secret comes from. What is wrong is never shown.
func (g group) secret(name string) secret.String {
	n := g.values[name]
	if n == nil {
		return secret.String{}
	}
	if len(n.Content) == 0 && kindOf(n) == "text" {
		s, _ := g.text(name)
		if g.w.open && !harmless(name) {
			g.w.warn(n.Line, "%s: stands in a file that other users can read; use {credential: NAME} or {file: PATH}, or chmod 600", name)
		}
		return secret.Plain(s)
	}
	if n.Kind != yaml.MappingNode {
		g.broken[name] = true
		g.w.wrongType(n, name, "text, {file: PATH}, {env: NAME} or {credential: NAME}")
		return secret.String{}
	}
	src, _ := g.w.group(n, name, secretKeys())
	if len(src.values) != 1 {
		if len(n.Content) <= 2 && len(n.Content) > 0 {
			return secret.String{} // an unknown key, reported
		}
		g.fail(name, "a secret has one source; write one of {file: PATH}, {env: NAME} or {credential: NAME}")
		return secret.String{}
	}
	return src.source()
}

// source reads the one source of a secret.
func (g group) source() secret.String {
	switch {
	case g.has("file"):
		if p := g.path("file"); p != "" {
			return secret.File(p)
		}
	case g.has("env"):
		if s, ok := g.text("env"); ok && envPattern.MatchString(s) {
			return secret.Env(s)
		} else if ok {
			g.fail("env", "not a variable's name; write letters, digits and _, as in SHOP_PASSWORD")
		}
	case g.has("credential"):
		if s, ok := g.text("credential"); ok && credentialPattern.MatchString(s) {
			return secret.Credential(s)
		} else if ok {
			g.fail("credential", "not a credential's name; write the name that LoadCredential= gives it, as in shop-imap")
		}
	}
	return secret.String{}
}

// address checks an RFC 5322 address, with or without a name.
func (w *walk) address(key string, at word) (*mail.Address, bool) {
	a, err := mail.ParseAddress(at.text)
	if err != nil || strings.ContainsAny(a.Name+a.Address, "\r\n\x00") {
		w.fail(at.line, "%s: %s is not an e-mail address; write for example owner@example.com", key, quote(at.text))
		return nil, false
	}
	return a, true
}
