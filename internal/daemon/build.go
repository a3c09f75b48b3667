package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	stdmail "net/mail"
	"os"
	"slices"
	"strings"
	"time"

	"repayd/internal/calendar"
	"repayd/internal/channel/email"
	"repayd/internal/channel/webhook"
	"repayd/internal/config"
	"repayd/internal/intake"
	"repayd/internal/issuer"
	"repayd/internal/mail"
	"repayd/internal/mail/pdf"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/secret"
	"repayd/internal/store"
)

// Env is what planning looks at besides a bill, as configured.
func Env(cfg *config.Config) (plan.Env, error) {
	workdays, err := Holidays(cfg)
	if err != nil {
		return plan.Env{}, err
	}
	env := plan.Env{Zone: cfg.Zone, Workdays: workdays, Policies: cfg.Reminders}
	if q := cfg.Quiet; q != nil {
		env.Quiet = &calendar.Quiet{From: q.From, To: q.To, Zone: cfg.Zone}
	}
	env.Instead = instead(cfg.Channels)
	for _, c := range cfg.Channels {
		if c.Quiet == nil {
			continue
		}
		if env.QuietOf == nil {
			env.QuietOf = map[string]*calendar.Quiet{}
		}
		env.QuietOf[c.Name] = &calendar.Quiet{From: c.Quiet.From, To: c.Quiet.To, Zone: cmp.Or(c.Quiet.Zone, cfg.Zone)}
	}
	return env, nil
}

// instead names for each channel the one that tells of its failure where no
// other would: its fallback, else the first of the others.
func instead(channels []config.Channel) map[string]string {
	out := map[string]string{}
	for _, c := range channels {
		out[c.Name] = c.Fallback
		for _, other := range channels {
			if out[c.Name] == "" && other.Name != c.Name {
				out[c.Name] = other.Name
			}
		}
	}
	return out
}

// Issuers loads the issuer files, the embedded ones and the owner's.
func Issuers(cfg *config.Config) (*issuer.Set, error) {
	overrides := map[string]issuer.Override{}
	for name, o := range cfg.Issuers.Override {
		own := issuer.Override{Changes: changes(o.Rules), File: cfg.Path, Line: o.Line, Declared: declares(cfg, name)}
		for _, f := range o.For {
			own.For = append(own.For, issuer.OverrideFor{Account: f.Account, Merchant: f.Seller, Bill: f.Bill, Changes: changes(f.Rules)})
		}
		overrides[name] = own
	}
	dir := cfg.Issuers.Dir
	if MissingIssuerDir(cfg) {
		dir = "" // to be made when the first file is; check says so
	}
	set, err := issuer.Load(dir, overrides)
	if err != nil {
		return nil, err
	}
	return set, checkIssuers(cfg, set)
}

// checkIssuers reports declared bills of an issuer that no file describes: its
// notices would never meet them. A sender without a file is called by address.
func checkIssuers(cfg *config.Config, set *issuer.Set) error {
	var errs []error
	for _, b := range cfg.Bills {
		if b.Issuer != "" && !strings.Contains(b.Issuer, "@") && !set.Describes(b.Issuer) {
			errs = append(errs, fmt.Errorf("%s:%d: issuer: there is no issuer %q; see `repayd issuer list`, or write the sender's address", cfg.Path, b.Line, b.Issuer))
		}
	}
	return errors.Join(errs...)
}

func changes(r config.Rules) issuer.Changes {
	return issuer.Changes{Grace: r.Grace, CutOff: r.CutOff, NeedsWorkday: r.NeedsWorkday, Terms: r.Terms}
}

// declares reports whether bills are declared whose issuer is their own name.
func declares(cfg *config.Config, name string) bool {
	return slices.ContainsFunc(cfg.Bills, func(b config.DeclaredBill) bool { return b.Issuer == "" && b.Name == name })
}

// MissingIssuerDir reports whether the folder for the owner's own issuer files
// is configured and not there. That is no mistake: it only holds none yet.
func MissingIssuerDir(cfg *config.Config) bool {
	if cfg.Issuers.Dir == "" {
		return false
	}
	_, err := os.Stat(cfg.Issuers.Dir)
	return errors.Is(err, fs.ErrNotExist)
}

// Intake builds the way from a message to its reminders. lookup is the DNS for
// DKIM keys, nil for no check of our own.
func Intake(cfg *config.Config, lookup func(context.Context, string) ([]string, error), log *slog.Logger) (*intake.Intake, error) {
	env, err := Env(cfg)
	if err != nil {
		return nil, err
	}
	set, err := Issuers(cfg)
	if err != nil {
		return nil, err
	}
	in := &intake.Intake{Reader: &intake.Reader{Set: set, LookupTXT: lookup, PDF: PDF(cfg), Passwords: Passwords(cfg)}, Env: env,
		ReadAgainFor: cfg.RereadFor, Fallbacks: map[string]string{}, Log: log}
	for _, c := range cfg.Channels {
		in.Fallbacks[c.Name] = c.Fallback
		if c.Email == nil {
			continue
		}
		for _, to := range c.Email.To {
			in.Owners = append(in.Owners, bareAddress(to))
		}
	}
	return in, nil
}

// bareAddress is the address of "Name <address>", in lower case.
func bareAddress(s string) string {
	a, err := stdmail.ParseAddress(s)
	if err != nil {
		return ""
	}
	return strings.ToLower(a.Address)
}

// replyTo is the address at which answers to a channel's letters are read: the
// configured one, else the sender's, where one of the mailboxes receives it;
// "" where none does.
func replyTo(cfg *config.Config, o *email.Options) string {
	to := bareAddress(cmp.Or(o.ReplyTo, o.From))
	for _, m := range cfg.Mailboxes {
		if to != "" && strings.EqualFold(m.Username, to) {
			return to
		}
	}
	return ""
}

// PDFCommand is the hidden sub-command in which this binary reads one PDF.
const PDFCommand = "pdf-extract"

// PDF reads attached documents in a bounded child process of this binary, nil
// where the system does not say which binary that is. cfg may be nil.
func PDF(cfg *config.Config) mail.PDFReader {
	exe, err := os.Executable()
	if err != nil {
		return nil
	}
	d := documents{exe: exe}
	if cfg != nil {
		d.passwords = cfg.PDFPasswords
	}
	return d
}

// documents reads PDFs with the owner's passwords, which are read when a
// document needs them.
type documents struct {
	exe       string
	passwords map[string]secret.String
}

// Text implements mail.PDFReader.
func (d documents) Text(ctx context.Context, data []byte) (mail.Document, error) {
	r := pdf.Reader{Exe: d.exe, Args: []string{PDFCommand}}
	r.Passwords = known(d.passwords)
	return r.Text(ctx, data)
}

// Passwords gives the owner's passwords for encrypted archives; cfg may be nil.
func Passwords(cfg *config.Config) func() []string {
	if cfg == nil {
		return nil
	}
	return func() []string { return known(cfg.PDFPasswords) }
}

// known reads the passwords that can be read, in the order of their names.
func known(passwords map[string]secret.String) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(passwords)) {
		if p, err := passwords[name].Read(); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// LookupTXT asks the system's resolver.
func LookupTXT(ctx context.Context, name string) ([]string, error) {
	return net.DefaultResolver.LookupTXT(ctx, name)
}

// exits opens the channels of the configuration. now is the clock of their
// headers, nil for the real one.
func exits(cfg *config.Config, now func() time.Time) (map[string]outbox.Exit, error) {
	out := map[string]outbox.Exit{}
	for _, c := range cfg.Channels {
		switch {
		case c.Email != nil:
			o := *c.Email
			o.Now = now
			ch, err := email.New(o)
			if err != nil {
				return nil, fmt.Errorf("channel %s: %w", c.Name, err)
			}
			out[c.Name] = outbox.Exit{Channel: ch, Recipients: ch.Recipients(), Fallback: c.Fallback, ReplyTo: replyTo(cfg, c.Email)}
		case c.Webhook != nil:
			o := *c.Webhook
			o.Now = now
			ch, err := webhook.New(o)
			if err != nil {
				return nil, fmt.Errorf("channel %s: %w", c.Name, err)
			}
			out[c.Name] = outbox.Exit{Channel: ch, Fallback: c.Fallback}
		}
	}
	return out, nil
}

// Update runs an intake transaction on a store.
func Update(ctx context.Context, s *store.Store) func(func(intake.Tx) error) error {
	return func(fn func(intake.Tx) error) error {
		return s.Update(ctx, func(tx *store.Tx) error { return fn(tx) })
	}
}

// outboxStore shows the store as the outbox sees it.
type outboxStore struct{ *store.Store }

func (s outboxStore) Update(ctx context.Context, fn func(outbox.Tx) error) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error { return fn(tx) })
}

func (s outboxStore) View(ctx context.Context, fn func(outbox.Tx) error) error {
	return s.Store.View(ctx, func(tx *store.Tx) error { return fn(tx) })
}

var (
	_ intake.Tx = (*store.Tx)(nil)
	_ outbox.Tx = (*store.Tx)(nil)
)

// sources are what the mailboxes say about their servers, for messages that
// come from nowhere in particular (ingest, explain).
func Sources(cfg *config.Config) intake.Source {
	var src intake.Source
	for _, m := range cfg.Mailboxes {
		src.Authserv = append(src.Authserv, m.Authserv...)
		for _, f := range m.Forwarders {
			src.Forwarders = append(src.Forwarders, strings.ToLower(f))
		}
	}
	return src
}
