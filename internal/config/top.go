package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
)

// top reads the whole document into cfg.
func (w *walk) top(root *yaml.Node, cfg *Config) {
	g, ok := w.group(root, "the configuration", topKeys())
	if !ok {
		return
	}
	cfg.Zone = g.zone("timezone")
	cfg.Language = g.oneOf("language", "zh-CN", "en")
	cfg.Database = g.database()
	cfg.RereadFor = g.duration("reread_for", 0, 3660*day)
	cfg.Mailboxes = g.mailboxes()
	cfg.Channels = g.channels()
	cfg.Digest = g.digest("digest", cfg.Channels)
	cfg.Alive = g.digest("alive", cfg.Channels)
	cfg.Reminders = g.reminders(cfg.Channels, cfg.Digest, cfg.Alive)
	cfg.Quiet = g.quiet()
	cfg.Holidays = g.holidays()
	cfg.Bills = g.bills()
	cfg.Money = g.money()
	cfg.Tasks = g.tasks()
	cfg.Issuers = g.issuers()
	cfg.Heartbeat = g.heartbeat()
	cfg.PDFPasswords = g.namedSecrets("pdf_passwords")
}

// zone reads a zone by its IANA name.
func (g group) zone(name string) *time.Location {
	s, ok := g.text(name)
	if !ok {
		return nil
	}
	loc, err := loadZone(s)
	if err != nil {
		g.fail(name, "%v", err)
	}
	return loc
}

// loadZone finds an IANA zone. What the system's folder holds beside those (a
// copy of the machine's own zone, zones with leap seconds) is refused.
func loadZone(s string) (*time.Location, error) {
	first, _, _ := strings.Cut(s, "/")
	switch first {
	case "Local", "localtime", "posixrules", "Factory", "right", "posix":
	default:
		if loc, err := time.LoadLocation(s); err == nil {
			return loc, nil
		}
	}
	for _, word := range []string{"beijing", "china", "cst", "utc+8", "gmt+8", "+08:00"} {
		if strings.Contains(strings.ToLower(s), word) {
			return nil, fmt.Errorf("%s is not an IANA zone; write for example Asia/Shanghai", quote(s))
		}
	}
	return nil, fmt.Errorf("%s is not an IANA zone; write a name such as Asia/Shanghai or Europe/Berlin", quote(s))
}

// database reads the path of the database. A URL is never shown: it may hold a
// password.
func (g group) database() string {
	s, ok := g.text("database")
	scheme, _, isURL := strings.Cut(s, ":")
	switch {
	case !ok:
		return ""
	case isURL && strings.HasPrefix(strings.ToLower(scheme), "postgres"):
		g.fail("database", "postgres:// is not built into this version; write a path such as /var/lib/repayd/repayd.db")
	case strings.Contains(s, "://"), s == ":memory:", isURL && scheme == "file":
		g.fail("database", "write a file's path such as /var/lib/repayd/repayd.db")
	case strings.HasSuffix(s, "/"), filepath.Base(s) == ".", filepath.Base(s) == "..":
		g.fail("database", "%s is a directory; write a file's path such as /var/lib/repayd/repayd.db", quote(s))
	case strings.ContainsAny(s, "?#"):
		g.fail("database", "a path must not hold ? or #; write one such as /var/lib/repayd/repayd.db")
	default:
		return g.path("database")
	}
	return ""
}

// quiet reads quiet hours; nil when there are none.
func (g group) quiet() *Quiet {
	n := g.values["quiet_hours"]
	if n == nil {
		return nil
	}
	k, _ := find(g.keys, "quiet_hours")
	q, ok := g.w.group(n, "quiet_hours", k.keys)
	if !ok {
		return nil
	}
	midnight, _ := bill.NewClock(0, 0)
	hours := &Quiet{From: q.clock("from", midnight), To: q.clock("to", midnight), Zone: q.zone("zone")}
	const whole, most = 24 * 60, 23 * 60 // minutes
	switch length := (hours.To.Minutes() - hours.From.Minutes() + whole) % whole; {
	case !hours.From.Known() || !hours.To.Known():
	case hours.From == hours.To:
		q.fail("to", "quiet hours that end when they begin would be the whole day; remove quiet_hours or choose another end")
	case length > most:
		q.fail("to", "quiet hours of %d hours and %d minutes leave no time to speak; leave an hour at least", length/60, length%60)
	}
	return hours
}

// account reads the printed tail of an account number.
func (g group) account() string {
	s, ok := g.text("account")
	if ok && !accountPattern.MatchString(s) {
		// Not shown: it may be the whole number.
		g.fail("account", "write the last digits, at most 4, as in \"1234\"")
		return ""
	}
	return s
}

// isCountry reports whether s is the code of a country in ISO 3166-1, in small
// letters, or "eu", whose days off are those of payments in euro.
func isCountry(s string) bool {
	if !countryPattern.MatchString(s) {
		return false
	}
	r, err := language.ParseRegion(s)
	return s == "eu" || err == nil && r.IsCountry() && strings.EqualFold(r.Canonicalize().String(), s)
}

// holidays reads which days are days off.
func (g group) holidays() Holidays {
	k, _ := find(g.keys, "holidays")
	n := g.values["holidays"]
	if n == nil {
		n = &yaml.Node{Kind: yaml.MappingNode, Line: g.line}
	} else if n.Kind == yaml.MappingNode && len(n.Content) == 0 {
		g.fail("holidays", "empty; write dir or country, or remove the key")
	}
	h, ok := g.w.group(n, "holidays", k.keys)
	if !ok {
		return Holidays{}
	}
	out := Holidays{Dir: h.path("dir")}
	if s, ok := h.text("country"); ok {
		if !isCountry(s) {
			h.fail("country", "%s is no country; write its two small letters, as in cn, us or gb", quote(s))
		}
		out.Country = s
	}
	return out
}
