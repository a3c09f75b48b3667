package webhook

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"repayd/internal/channel"
	"repayd/internal/secret"
)

// Options configure one webhook.
type Options struct {
	URL       secret.String    // https, or http on a loopback address
	Format    string           // "standard" (default)
	Secret    secret.String    // whsec_ + base64 of 24 to 64 bytes
	TLSConfig *tls.Config      // nil = the system's roots; set by tests and the demo
	Now       func() time.Time // nil = time.Now; the timestamp header
	Dial      channel.DialFunc // nil = channel.Dial; set by tests
}

// Validate returns everything that is wrong with the options. A secret that
// cannot be read now is no problem here: it may be readable only to the
// service. One that can be read is looked at.
func (o Options) Validate() []channel.Problem {
	var problems []channel.Problem
	add := func(key string, err error) {
		problems = append(problems, channel.Problem{Key: key, Why: err.Error()})
	}
	name := o.Format
	if name == "" {
		name = defaultFormat
	}
	f, err := loadFormat(name)
	if err != nil {
		add("format", err)
	}
	if o.URL.IsZero() {
		add("url", errors.New("missing: write the address to call, best as {credential: NAME} or {file: PATH}"))
	} else if text, err := o.URL.Read(); err == nil {
		if _, err := parseURL(text); err != nil {
			add("url", err)
		}
	}
	switch {
	case err != nil: // without a format nobody knows whether it signs
	case o.Secret.IsZero() && f.Sign != signNone:
		add("secret", errors.New("missing: write the key that the receiver checks signatures with, whsec_ and base64"))
	case !o.Secret.IsZero():
		if text, err := o.Secret.Read(); err == nil {
			if _, err := parseKey(text); err != nil {
				add("secret", err)
			}
		}
	}
	return problems
}

// parseURL checks a webhook's address. Its errors do not contain it.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("not a URL: write https://HOST/PATH")
	}
	if u.Hostname() == "" || u.Opaque != "" {
		return nil, errors.New("no host in the URL: write https://HOST/PATH")
	}
	switch strings.ToLower(u.Scheme) {
	case "https":
	case "http":
		if !channel.IsLoopback(u.Hostname()) {
			return nil, errors.New("http is for loopback addresses only: write https://")
		}
	default:
		return nil, errors.New("the URL's scheme is not https: write https://HOST/PATH")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

const (
	keyPrefix = "whsec_"
	minKey    = 24
	maxKey    = 64
)

// parseKey returns the bytes of a signing key. Its errors do not contain it.
func parseKey(text string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(text, keyPrefix)
	if !ok {
		return nil, errors.New("the key does not begin with whsec_: copy it whole from the receiver, or make one with: " +
			"echo whsec_$(head -c 32 /dev/urandom | base64)")
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errors.New("after whsec_ comes no base64: copy the key whole from the receiver")
	}
	if len(key) < minKey || len(key) > maxKey {
		return nil, fmt.Errorf("the key has %d bytes, not %d to %d: make one with: "+
			"echo whsec_$(head -c 32 /dev/urandom | base64)", len(key), minKey, maxKey)
	}
	return key, nil
}
