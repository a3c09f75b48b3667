package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"repayd/internal/channel/email"
	"repayd/internal/channel/webhook"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/imapbox"
	"repayd/internal/mail"
	"repayd/internal/secret"
)

func checkCommand() command {
	var connect bool
	return command{
		name: "check", short: "look at the configuration without running it", config: true, json: true, now: true,
		long: "Reads the configuration, the secrets and the issuer files and prints every problem with its line.\n" +
			"--connect also logs in to every mailbox and channel and suggests the authserv of each mailbox.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.BoolVar(&connect, "connect", false, "log in to every mailbox and channel")
		},
		run: func(ctx context.Context, a *app) error {
			if len(a.args) > 0 {
				return usagef("unexpected argument %q; name the file with --config", a.args[0])
			}
			return a.check(ctx, connect)
		},
	}
}

// findings is what a check came to.
type findings struct {
	OK       bool     `json:"ok"`
	Problems []string `json:"problems"`
	Warnings []string `json:"warnings"`
	Notes    []string `json:"notes"`
}

func (f *findings) problem(format string, a ...any) {
	f.Problems = append(f.Problems, fmt.Sprintf(format, a...))
}
func (f *findings) warn(format string, a ...any) {
	f.Warnings = append(f.Warnings, fmt.Sprintf(format, a...))
}
func (f *findings) note(format string, a ...any) {
	f.Notes = append(f.Notes, fmt.Sprintf(format, a...))
}

func (a *app) check(ctx context.Context, connect bool) error {
	f := findings{Problems: []string{}, Warnings: []string{}, Notes: []string{}}
	cfg, err := a.load()
	var bad *config.Errors
	switch {
	case errors.As(err, &bad):
		f.Problems = append(f.Problems, strings.Split(bad.Error(), "\n")...)
		return a.report(f)
	case err != nil:
		return err
	}
	f.Warnings = append(f.Warnings, cfg.Warnings...)
	f.secrets(cfg)
	if set, err := daemon.Issuers(cfg); err != nil {
		f.Problems = append(f.Problems, strings.Split(err.Error(), "\n")...)
	} else {
		f.note("%d issuers described", len(set.Issuers()))
	}
	if daemon.MissingIssuerDir(cfg) {
		f.warn("issuers.dir: %s does not exist, so no issuer files of your own are read", cfg.Issuers.Dir)
	}
	f.holidays(cfg, a.now)
	f.replies(cfg)
	if connect && len(f.Problems) == 0 {
		f.connect(ctx, cfg)
	}
	return a.report(f)
}

// holidays reads the tables of days off and says which years have none.
func (f *findings) holidays(cfg *config.Config, now time.Time) {
	if daemon.MissingHolidayDir(cfg) {
		f.warn("holidays.dir: %s does not exist, so no holiday tables of your own are read", cfg.Holidays.Dir)
	}
	tables, err := daemon.Holidays(cfg)
	if err != nil {
		f.Problems = append(f.Problems, strings.Split(err.Error(), "\n")...)
		return
	}
	for _, gap := range daemon.HolidayGaps(tables, now.In(cfg.Zone)) {
		f.warn("holidays: there is no table of %s for %d, so only weekends count as days off; put %s-%d.txt into holidays.dir, or update repayd",
			tables.Country(), gap.Year, tables.Country(), gap.Year)
	}
}

// secrets tries to read every secret. Outside the unit there are no systemd
// credentials; that is no mistake of the configuration.
func (f *findings) secrets(cfg *config.Config) {
	for _, s := range cfg.Secrets() {
		switch _, err := s.Secret.Read(); {
		case errors.Is(err, secret.ErrNoCredentials):
			f.note("%s: %s can only be read inside the service", s.Key, s.Secret.Source())
		case err != nil:
			f.problem("%s: %v", s.Key, err)
		}
	}
}

// replies says which channels ask for answers at an address nobody reads.
func (f *findings) replies(cfg *config.Config) {
	read := map[string]bool{}
	for _, m := range cfg.Mailboxes {
		read[strings.ToLower(m.Username)] = true
	}
	for _, c := range cfg.Channels {
		if c.Email == nil {
			continue
		}
		to := c.Email.ReplyTo
		if to == "" {
			to = c.Email.From
		}
		if i := strings.LastIndex(to, "<"); i >= 0 {
			to = strings.Trim(to[i:], "<>")
		}
		if !read[strings.ToLower(strings.TrimSpace(to))] {
			f.note("channel %s: answers would go to %s, which none of the mailboxes receives", c.Name, to)
		}
	}
}

// connect logs in everywhere.
func (f *findings) connect(ctx context.Context, cfg *config.Config) {
	for _, m := range cfg.Mailboxes {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		f.mailbox(ctx, m)
		cancel()
	}
	for _, c := range cfg.Channels {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		if err := checkChannel(ctx, c); err != nil {
			f.problem("channel %s: %v", c.Name, err)
		} else {
			f.note("channel %s: ok", c.Name)
		}
		cancel()
	}
}

func checkChannel(ctx context.Context, c config.Channel) error {
	if c.Email != nil {
		ch, err := email.New(*c.Email)
		if err != nil {
			return err
		}
		return ch.Check(ctx)
	}
	ch, err := webhook.New(*c.Webhook)
	if err != nil {
		return err
	}
	return ch.Check(ctx)
}

func (f *findings) mailbox(ctx context.Context, m config.Mailbox) {
	rep, err := imapbox.Check(ctx, m.Options)
	if err != nil {
		f.problem("mailbox %s: %v", m.Name, err)
		return
	}
	how := "announces new mail itself"
	if !rep.Idle {
		how = "is asked at each poll only"
	}
	f.note("mailbox %s: ok; the server %s", m.Name, how)
	var headers [][]byte
	for _, folder := range rep.Folders {
		if folder.Err != nil {
			f.problem("mailbox %s: folder %s: %v", m.Name, folder.Name, folder.Err)
			continue
		}
		f.note("mailbox %s: folder %s holds %d messages", m.Name, folder.Name, folder.Messages)
		headers = append(headers, folder.Headers...)
	}
	f.authserv(m, headers)
}

// authserv suggests the name under which the mailbox's server reports who
// vouched for a sender: the one that most of the newest messages carry on top.
func (f *findings) authserv(m config.Mailbox, headers [][]byte) {
	votes, best := map[string]int{}, ""
	for _, h := range headers {
		id := mail.AuthservID(mail.Parse(append(bytes.TrimRight(h, "\r\n"), "\r\n\r\n"...)))
		if id == "" {
			continue
		}
		votes[id]++
		if votes[id] > votes[best] {
			best = id
		}
	}
	switch {
	case best == "":
		f.note("mailbox %s: no recent message carries Authentication-Results; senders are vouched for by our own DKIM check", m.Name)
	case len(m.Authserv) == 0:
		f.warn("mailbox %s: no authserv is set; %d of the newest messages say `authserv: [%s]`", m.Name, votes[best], best)
	default:
		for _, a := range m.Authserv {
			if a == best {
				return
			}
		}
		f.warn("mailbox %s: authserv is %v, but the newest messages say %s", m.Name, m.Authserv, best)
	}
}

// report prints the findings; with any problem the exit code is 2.
func (a *app) report(f findings) error {
	f.OK = len(f.Problems) == 0
	if a.json {
		if err := printJSON(a.out, f); err != nil {
			return err
		}
	} else {
		for _, p := range f.Problems {
			fmt.Fprintln(a.err, p)
		}
		for _, w := range f.Warnings {
			fmt.Fprintln(a.err, "warning: "+w)
		}
		for _, n := range f.Notes {
			fmt.Fprintln(a.out, n)
		}
	}
	if !f.OK {
		return fmt.Errorf("%w: %d problems", errConfig, len(f.Problems))
	}
	if !a.json {
		fmt.Fprintln(a.out, "ok")
	}
	return nil
}
