package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/plan"
	"repayd/internal/secret"
)

const minimal = `timezone: Asia/Shanghai
channels:
  - name: me
    email: {server: "127.0.0.1:2525", tls: none, from: me@example.com, to: [me@example.com]}
reminders:
  - {name: default, steps: [due-3d, due], channels: [me]}
`

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	cfg, err := config.Parse("/etc/repayd/config.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func clock(t *testing.T, s string) bill.Clock {
	t.Helper()
	c, err := bill.ParseClock(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sameConfig compares configurations. Schedules are told apart by their spec.
func sameConfig(t *testing.T, want, got *config.Config) {
	t.Helper()
	zone := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	schedules := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Schedule" }, cmp.Ignore())
	if diff := cmp.Diff(want, got, zone, schedules); diff != "" {
		t.Error(diff)
	}
}

func TestMinimalConfigHasEveryDefault(t *testing.T) {
	t.Parallel()
	got := parse(t, minimal)
	if got.Zone.String() != "Asia/Shanghai" || got.Language != "zh-CN" || got.Database != "/var/lib/repayd/repayd.db" ||
		got.RereadFor != 90*24*time.Hour || got.Quiet != nil || got.Mailboxes != nil || got.Bills != nil ||
		got.Issuers.Dir != "" || got.Issuers.Override != nil || got.Warnings != nil || got.Holidays != (config.Holidays{Country: "cn"}) {
		t.Errorf("got %+v", got)
	}
	want := []plan.Policy{{Name: "default", At: clock(t, "09:00"), Channels: []string{"me"},
		Steps: []plan.Step{{Anchor: plan.AnchorDue, Offset: -3}, {Anchor: plan.AnchorDue}}}}
	if diff := cmp.Diff(want, got.Reminders); diff != "" {
		t.Error(diff)
	}
}

func TestWritingTheDefaultsChangesNothing(t *testing.T) {
	t.Parallel()
	const short = `mailboxes:
  - {name: shop, server: "imap.example.com:993", username: shop, password: {env: PW}}
`
	const long = `language: zh-CN
database: /var/lib/repayd/repayd.db
reread_for: 90d
mailboxes:
  - {name: shop, server: "imap.example.com:993", tls: implicit, username: shop, password: {env: PW}, folders: [INBOX],
     poll: "@every 5m", lookback: 60d, authserv: [], forwarders: []}
`
	sameConfig(t, parse(t, minimal+short), parse(t, minimal+long))
}

func TestValuesArriveAsWritten(t *testing.T) {
	t.Parallel()
	cfg := parse(t, minimal+`
quiet_hours: {from: 22:00, to: "24:00"}
mailboxes:
  - {name: 店铺, server: "[::1]:993", tls: none, username: 0123, password: 0777, lookback: 2w, poll: "*/10 8-22 * * MON-FRI",
     authserv: [MX.163.com], forwarders: ["Phone <Phone@Example.com>"]}
bills:
  - {name: rent, amount: 3000 CNY, schedule: "0 0 5 * *", grace: 1w, account: 0042, note: "a: b"}
  - {name: tax, amount: 12 JPY, schedule: "@yearly", grace: 0d}
issuers: {dir: issuers.d, override: {alipay-huabei: {grace: 3d}}}
reread_for: 0d
`)
	if cfg.Quiet.From != clock(t, "22:00") || cfg.Quiet.To != clock(t, "00:00") {
		t.Errorf("quiet %v", cfg.Quiet)
	}
	m := cfg.Mailboxes[0]
	if pw, err := m.Password.Read(); err != nil || pw != "0777" || m.Username != "0123" || m.Name != "店铺" {
		t.Errorf("mailbox %+v, %v", m, err)
	}
	if m.Lookback != 14*24*time.Hour || m.Authserv[0] != "mx.163.com" || m.Forwarders[0] != "phone@example.com" {
		t.Errorf("mailbox %+v", m)
	}
	rent, tax := cfg.Bills[0], cfg.Bills[1]
	if rent.Amount != (bill.Money{Minor: 300000, Currency: "CNY"}) || *rent.Grace != 7 || rent.Account != "0042" || rent.Note != "a: b" {
		t.Errorf("rent %+v", rent)
	}
	if tax.Amount != (bill.Money{Minor: 12, Currency: "JPY"}) || tax.Grace == nil || *tax.Grace != 0 {
		t.Errorf("tax %+v", tax)
	}
	next := rent.Schedule.Next(time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC))
	if bill.DayOf(next).String() != "2026-02-05" {
		t.Errorf("rent is due on %v", next)
	}
	if cfg.Issuers.Dir != "/etc/repayd/issuers.d" || *cfg.Issuers.Override["alipay-huabei"].Grace != 3 || cfg.RereadFor != 0 {
		t.Errorf("issuers %+v", cfg.Issuers)
	}
}

func TestLoadResolvesPathsFromTheFilesDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	text := minimal + `
database: data/repayd.db
mailboxes:
  - {name: a, server: "imap.example.com:993", username: a, password: {file: secrets/a}}
  - {name: b, server: "imap.example.com:993", username: b, password: {file: /abs/../b}}
  - {name: c, server: "imap.example.com:993", username: c, password: {credential: c}}
`
	write(t, path, text, 0o600)
	cfg, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Database != filepath.Join(dir, "data/repayd.db") || cfg.Path != path {
		t.Errorf("database %s of %s", cfg.Database, cfg.Path)
	}
	for i, want := range []secret.String{secret.File(filepath.Join(dir, "secrets/a")), secret.File("/b"), secret.Credential("c")} {
		if got := cfg.Mailboxes[i].Password; !got.Equal(want) {
			t.Errorf("password %d: %s, want %s", i, got.Source(), want.Source())
		}
	}
}

func TestPlainSecretsInAFileThatOthersReadAreWarnedOf(t *testing.T) {
	t.Parallel()
	const text = minimal + `mailboxes:
  - {name: a, server: "imap.example.com:993", username: a, password: hunter2-long}
  - {name: b, server: "imap.example.com:993", username: b, password: {env: PW}}
`
	for mode, warnings := range map[os.FileMode]int{0o600: 0, 0o400: 0, 0o640: 1, 0o644: 1} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		write(t, path, text, mode)
		cfg, err := config.Load(path)
		if err != nil || len(cfg.Warnings) != warnings {
			t.Errorf("mode %o: %v, %v", mode, cfg, err)
			continue
		}
		if warnings == 1 && (!strings.HasPrefix(cfg.Warnings[0], path+":8: password: ") || strings.Contains(cfg.Warnings[0], "hunter2")) {
			t.Errorf("mode %o: %s", mode, cfg.Warnings[0])
		}
	}
}

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestTooLargeAFileIsNotParsed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "big.yaml")
	write(t, path, minimal+strings.Repeat("#", 300<<10), 0o600)
	_, err := config.Load(path)
	var problems *config.Errors
	if !errors.As(err, &problems) || !strings.Contains(err.Error(), "big.yaml:1: larger than 256 KiB") {
		t.Errorf("err = %v", err)
	}
}

// TestHostileFilesEndSoon feeds shapes that cost other readers seconds.
func TestHostileFilesEndSoon(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nested lists":  strings.Repeat("[", 200<<10),
		"nested groups": strings.Repeat("{a: ", 50<<10),
		"nested dashes": strings.Repeat("- ", 100<<10),
		"question":      strings.Repeat("? ", 100<<10),
		"many keys":     manyKeys(20000),
		"comments":      strings.Repeat("# c\n", 60<<10),
		"comment lines": "a:\n" + strings.Repeat("  - b\n# c\n", 20<<10),
		"quotes":        strings.Repeat("\"\" ", 80<<10),
		"one long key":  strings.Repeat("k", 250<<10) + ": 1",
		"many steps":    strings.Replace(minimal, "due-3d,", strings.Repeat("due-3d,", 20<<10), 1),
		"many secrets":  manySecrets(4000),
		"many policies": minimal + strings.Repeat("  - {name: a, steps: [due], channels: [nobody]}\n", 5000),
	} {
		began := time.Now()
		_, err := config.Parse("config.yaml", []byte(text))
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		} else {
			t.Logf("%s took %v", name, took)
		}
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("key_" + strings.Repeat("x", i%3) + string(rune('a'+i%26)) + ": 1\n")
	}
	return b.String()
}

func manySecrets(n int) string {
	text := "mailboxes:\n"
	for i := range n {
		text += fmt.Sprintf("  - {password: pw%06d, name: pw%06d!, x: 1}\n", i, i)
	}
	return text
}
