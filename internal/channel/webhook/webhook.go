// Package webhook sends letters as HTTP POST requests.
//
// Contract. Whether a letter was taken is what the answer means, not its status:
// many receivers say 200 to everything. What a request looks like and what the
// answers mean is data, one file a format: formats/*.yaml, each with samples.
// An answer that no rule knows is temporary. Calls go through the HTTP proxy of the
// environment, where there is one. Redirects are not followed, since
// the letter would go to an address nobody configured. An answer is never
// trusted and at most 64 KiB of it are read. A letter has 20 seconds. The URL is
// a secret, as many services put their key into it: neither it nor a part of it,
// nor a parameter, nor the letter's words are in any error. A letter that is too
// long for its receiver is condensed, never refused unsent where anything of it
// fits.
package webhook

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"repayd/internal/channel"
	"repayd/internal/secret"
)

const (
	// sendTimeout bounds one letter, from the connection to the end of the
	// answer (Standard Webhooks: 15 to 30 s).
	sendTimeout = 20 * time.Second
	// maxAnswer is how much of an answer is read, so that the connection can be
	// used again.
	maxAnswer = 64 << 10
	// idleConns is how many connections are kept for sessions that run at the
	// same time.
	idleConns = 8
	// idleTimeout is shorter than what servers usually allow, so that a
	// connection is seldom closed under a letter.
	idleTimeout = 30 * time.Second
)

// Channel is one webhook. It may be used by several goroutines.
type Channel struct {
	o         Options
	format    *format
	transport *http.Transport
}

var (
	_ channel.Channel = (*Channel)(nil)
	_ channel.Limiter = (*Channel)(nil)
	_ channel.Rusher  = (*Channel)(nil)
	_ channel.Fitter  = (*Channel)(nil)
)

// New returns a channel for valid options; its error joins the Problems of
// Validate.
func New(o Options) (*Channel, error) {
	if err := channel.Problems(o.Validate()); err != nil {
		return nil, err
	}
	if o.Format == "" {
		o.Format = defaultFormat
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Dial == nil {
		o.Dial = channel.Dial
	}
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	f, err := o.format()
	if err != nil {
		return nil, err
	}
	c := &Channel{o: o, format: f}
	c.transport = &http.Transport{
		DialContext:            o.Dial,
		Proxy:                  o.Proxy,
		TLSClientConfig:        c.tlsConfig(""),
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // a small answer could unpack to a huge one
		MaxIdleConnsPerHost:    idleConns,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxAnswer,
	}
	return c, nil
}

// tlsConfig is the configured one, at least TLS 1.2, for a server's name.
func (c *Channel) tlsConfig(server string) *tls.Config {
	config := c.o.TLSConfig.Clone()
	if config == nil {
		config = &tls.Config{}
	}
	if config.ServerName == "" {
		config.ServerName = server
	}
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	return config
}

// Limits implements channel.Limiter: what the receiver allows, as far as it is
// known.
func (c *Channel) Limits() []channel.Limit { return slices.Clone(c.format.limits) }

// Fits implements channel.Fitter. The values of parameters are secrets that are
// not read for it; they are taken to be long.
func (c *Channel) Fits(subject, text string) bool {
	const long = 64
	params := map[string]string{}
	for _, p := range c.format.Params {
		params[p.Name] = strings.Repeat("x", long)
	}
	for name := range c.o.Params {
		params[name] = strings.Repeat("x", long)
	}
	return c.format.takes(channel.Letter{ID: strings.Repeat("x", long), Subject: subject, Text: text}, c.o.Prefix, params)
}

// Rush implements channel.Rusher.
func (c *Channel) Rush() channel.Rush { return c.format.rush }

// Parts implements channel.Chooser: what the format's templates use.
func (c *Channel) Parts() channel.Parts {
	return c.format.parts()
}

// Recipients returns the one far side of a webhook, "".
func (c *Channel) Recipients() []string { return []string{""} }

// Open reads the secrets; it does not connect. Its error counts for every
// letter and is worth another try: a file can be put right without our doing.
func (c *Channel) Open(ctx context.Context) (channel.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	u, err := c.url()
	if err != nil {
		return nil, err
	}
	s := &session{c: c, settings: settings{url: u, prefix: c.o.Prefix}, hidden: secretsOf(u)}
	for _, read := range []func() error{s.readKeys, s.readParams, s.readHeaders} {
		if err := read(); err != nil {
			return nil, channel.Scrub(err, s.hidden...)
		}
	}
	return s, nil
}

// readKeys reads the keys that the format signs with.
func (s *session) readKeys() error {
	for _, k := range s.c.o.secrets() {
		text, err := k.value.Read()
		if err != nil {
			return fmt.Errorf("webhook secret: %w", err)
		}
		s.hidden = append(s.hidden, text)
		key, err := s.c.format.key(text)
		if err != nil {
			return fmt.Errorf("webhook secret: %w", err)
		}
		s.settings.keys = append(s.settings.keys, key)
		s.hidden = append(s.hidden, strings.TrimPrefix(text, keyPrefix))
	}
	return nil
}

func (s *session) readParams() (err error) {
	s.settings.params, err = readAll("params", s.c.o.Params)
	s.hide(s.settings.params)
	return err
}

func (s *session) readHeaders() (err error) {
	if s.settings.headers, err = readAll("headers", s.c.o.Headers); err != nil {
		return err
	}
	s.hide(s.settings.headers)
	return headersOf(s.settings.headers)
}

// hide keeps values and their words ("Bearer …") out of errors.
func (s *session) hide(values map[string]string) {
	for _, value := range values {
		s.hidden = append(s.hidden, long(append(strings.Fields(value), value, url.QueryEscape(value)))...)
	}
}

func readAll(what string, from map[string]secret.String) (map[string]string, error) {
	out := map[string]string{}
	for name, value := range from {
		text, err := value.Read()
		if err != nil {
			return nil, fmt.Errorf("webhook %s: %s: %w", what, name, err)
		}
		out[name] = text
	}
	return out, nil
}

func (c *Channel) url() (*url.URL, error) {
	text, err := c.o.URL.Read()
	if err != nil {
		return nil, fmt.Errorf("webhook url: %w", err)
	}
	u, err := parseURL(text)
	if err != nil {
		return nil, fmt.Errorf("webhook url: %w", err)
	}
	return u, nil
}
