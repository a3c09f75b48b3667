package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"repayd/internal/bill"
)

// top reads the whole document into cfg.
func (w *walk) top(root *yaml.Node, cfg *Config) {
	g, ok := w.group(root, "the configuration", topKeys())
	if !ok {
		return
	}
	cfg.Zone = g.zone()
	cfg.Language = g.oneOf("language", "zh-CN", "en")
	cfg.Database = g.database()
	cfg.RereadFor = g.duration("reread_for", 0, 3660*day)
	cfg.Mailboxes = g.mailboxes()
	cfg.Channels = g.channels()
	cfg.Digest = g.digest("digest", cfg.Channels)
	cfg.Alive = g.digest("alive", cfg.Channels)
	cfg.Reminders = g.reminders(cfg.Channels, cfg.Digest, cfg.Alive)
	cfg.Quiet = g.quiet()
	cfg.Bills = g.bills()
	cfg.Issuers = g.issuers()
	cfg.Heartbeat = g.heartbeat()
	cfg.PDFPasswords = g.namedSecrets("pdf_passwords")
}

// zone reads the owner's zone by its IANA name.
func (g group) zone() *time.Location {
	s, ok := g.text("timezone")
	if !ok {
		return nil
	}
	loc, err := loadZone(s)
	if err != nil {
		g.fail("timezone", "%v", err)
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

// quiet reads the quiet hours; nil when there are none.
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
	hours := &Quiet{From: q.clock("from", midnight), To: q.clock("to", midnight)}
	if hours.From.Known() && hours.From == hours.To {
		q.fail("to", "quiet hours that end when they begin would be the whole day; remove quiet_hours or choose another end")
	}
	return hours
}

// bills reads the declared bills.
func (g group) bills() []DeclaredBill {
	k, _ := find(g.keys, "bills")
	var out []DeclaredBill
	taken := map[string]int{}
	nodes, _ := g.items("bills")
	for _, n := range nodes {
		b, ok := g.w.group(n, "a bill", k.keys)
		if !ok {
			continue
		}
		d := DeclaredBill{Name: b.name(taken), Amount: b.money("amount"), Grace: b.days("grace"), Account: b.account()}
		d.Note, _ = b.text("note")
		d.Spec, d.Schedule = b.schedule("schedule")
		if d.Schedule != nil && !onceADay(d.Schedule) {
			b.fail("schedule", "a bill is due at most once a day; write one minute and one hour, as in \"0 0 5 * *\"")
		} else if d.Schedule != nil && skipsMonths(d.Schedule) {
			b.w.warn(b.lineOf("schedule"), "schedule: %s gives no bill in months without that day; up to day 28 every month has one", quote(d.Spec))
		}
		out = append(out, d)
	}
	return out
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

// issuers reads where the owner's issuer files are and what overrides them.
func (g group) issuers() Issuers {
	n := g.values["issuers"]
	if n == nil {
		return Issuers{}
	}
	k, _ := find(g.keys, "issuers")
	i, ok := g.w.group(n, "issuers", k.keys)
	if !ok {
		return Issuers{}
	}
	out := Issuers{Dir: i.path("dir")}
	if !i.has("override") {
		return out
	}
	o, _ := find(k.keys, "override")
	out.Override = i.w.overrides(i.values["override"], o.keys)
	return out
}

// overrides reads a group whose keys are names of issuers.
func (w *walk) overrides(n *yaml.Node, keys []key) map[string]Override {
	if n.Kind != yaml.MappingNode {
		w.wrongType(n, "override", "a group of issuers")
		return nil
	}
	var names []key
	for i := 0; i < len(n.Content); i += 2 {
		if name := n.Content[i]; name.Kind == yaml.ScalarNode && name.Tag != "!!merge" {
			if !issuerPattern.MatchString(name.Value) {
				w.fail(name.Line, "override: %s is not an issuer's name; write for example alipay-huabei", quote(name.Value))
			}
			names = append(names, key{name: name.Value})
		}
	}
	all, _ := w.group(n, "override", names)
	out := map[string]Override{}
	for _, name := range names {
		v := all.values[name.name]
		if _, again := out[name.name]; again || v == nil {
			continue // reported
		}
		g, ok := w.group(v, "the override of "+quote(name.name), keys)
		out[name.name] = Override{}
		if ok {
			out[name.name] = Override{Grace: g.days("grace")}
		}
	}
	return out
}
