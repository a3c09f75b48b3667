// Package email sends letters over SMTP.
//
// Contract. A session keeps one connection for several letters, sends to one
// recipient at a time so that each has its own outcome, closes the connection
// after any error and opens a new one for the next letter. A letter is rendered
// completely before anything is sent, with its own stable Message-ID. Nothing
// goes unencrypted beyond this machine: STARTTLS is mandatory where it is asked
// for. Every operation ends with its context and within a fixed time. No error
// contains the password, or the name part of a mail address.
//
// It is the only importer of go-mail, whose gaps it covers: no context, no
// time-out before the greeting, endless reconnects, truncated letters, no
// Message-ID, unchecked addresses.
package email

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/mail"
	"os"
	"strings"
	"time"

	gomail "github.com/go-mail/mail/v2"

	"repayd/internal/channel"
)

// Channel is one e-mail account that letters go out through. It may be used by
// several goroutines.
type Channel struct {
	o        Options
	host     string
	envelope envelope
	helo     string
}

var _ channel.Channel = (*Channel)(nil)

// New returns a channel for valid options; its error joins the Problems of
// Validate.
func New(o Options) (*Channel, error) {
	if err := channel.Problems(o.Validate()); err != nil {
		return nil, err
	}
	if o.TLS == "" {
		o.TLS = tlsImplicit
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Dial == nil {
		o.Dial = channel.Dial
	}
	c := &Channel{o: o}
	var err error
	if c.host, err = splitServer(o.Server); err != nil {
		return nil, err
	}
	if c.envelope, err = o.envelope(); err != nil {
		return nil, err
	}
	c.helo = heloName(c.envelope.from)
	return c, nil
}

func (o Options) envelope() (envelope, error) {
	var e envelope
	var err error
	if e.from, err = parseAddress(o.From); err != nil {
		return e, err
	}
	e.replyTo = e.from
	if o.ReplyTo != "" {
		if e.replyTo, err = parseAddress(o.ReplyTo); err != nil {
			return e, err
		}
	}
	for _, to := range o.To {
		a, err := parseAddress(to)
		if err != nil {
			return e, err
		}
		e.to = append(e.to, a)
	}
	return e, nil
}

// heloName is how we introduce ourselves: go-mail would say localhost, which
// some servers refuse and spam filters dislike.
func heloName(from *mail.Address) string {
	name := domainOf(from)
	if strings.Contains(name, ".") {
		return name
	}
	host, err := os.Hostname()
	if err == nil && isDotAtom(host, "-") && !strings.HasPrefix(strings.ToLower(host), "localhost") {
		return host
	}
	return "repayd.invalid"
}

// Recipients returns the addresses that a letter without recipients of its own
// goes to, without display names.
func (c *Channel) Recipients() []string {
	var all []string
	for _, a := range c.envelope.to {
		all = append(all, a.Address)
	}
	return all
}

// Open connects and logs in. Its error counts for every letter and is worth
// another try: even a wrong password is put right without our doing.
func (c *Channel) Open(ctx context.Context) (channel.Session, error) {
	l, err := c.connect(ctx)
	if err != nil {
		return nil, err
	}
	return &session{c: c, link: l}, nil
}

// Check connects, logs in and leaves without sending anything.
func (c *Channel) Check(ctx context.Context) error {
	l, err := c.connect(ctx)
	if err != nil {
		return err
	}
	l.quit(ctx)
	return nil
}

// link is one connection that is ready for letters.
type link struct {
	guard   *guard
	sender  gomail.SendCloser
	secrets []string
	used    bool // it has carried a letter
}

// connect opens a connection, secures it and logs in.
func (c *Channel) connect(ctx context.Context) (*link, error) {
	auth := &login{username: c.o.Username, loopback: c.o.TLS == tlsNone}
	if c.o.Username != "" {
		var err error
		if auth.password, err = c.o.Password.Read(); err != nil {
			return nil, fmt.Errorf("password of %s: %w", c.o.Server, err)
		}
	}
	a := attempt{c: c, auth: auth}
	dialing, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	conn, err := c.o.Dial(dialing, "tcp", c.o.Server)
	if err != nil {
		return nil, a.explain(ctx, err)
	}
	a.guard = &guard{Conn: conn}
	end := a.guard.begin(ctx, openTimeout)
	sender, err := handover.dial(c.dialer(auth), a.guard)
	a.late = end()
	if err == nil {
		err = a.late
	}
	if err != nil {
		conn.Close()
		return nil, a.explain(ctx, err)
	}
	return &link{guard: a.guard, sender: sender, secrets: auth.secrets()}, nil
}

// dialer is made anew for each connection: go-mail keeps the authentication of
// the first one in it.
func (c *Channel) dialer(auth *login) *gomail.Dialer {
	d := &gomail.Dialer{
		Host:           c.host,
		SSL:            c.o.TLS == tlsImplicit,
		StartTLSPolicy: gomail.MandatoryStartTLS,
		TLSConfig:      c.tlsConfig(),
		LocalName:      c.helo,
		Timeout:        0,     // deadlines are the guard's
		RetryFailure:   false, // true reconnects without pause and end
	}
	if c.o.TLS == tlsNone {
		d.StartTLSPolicy = gomail.NoStartTLS
	}
	if auth.username != "" {
		d.Auth = auth
	}
	return d
}

func (c *Channel) tlsConfig() *tls.Config {
	config := c.o.TLSConfig.Clone()
	if config == nil {
		config = &tls.Config{}
	}
	if config.ServerName == "" {
		config.ServerName = c.host
	}
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	return config
}

// quit takes leave and closes the connection.
func (l *link) quit(ctx context.Context) {
	end := l.guard.begin(ctx, quitTimeout)
	_ = l.sender.Close() // the answer to QUIT changes nothing
	_ = end()
	l.close()
}

// close ends the connection without a word.
func (l *link) close() {
	_ = l.guard.Close() // it may be closed already
}

var _ net.Conn = (*guard)(nil)
