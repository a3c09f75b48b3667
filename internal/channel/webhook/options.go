package webhook

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"repayd/internal/channel"
	"repayd/internal/secret"
)

// Options configure one webhook.
type Options struct {
	// URL is the receiver's address as its own page shows it; https, or http on
	// a loopback address.
	URL    secret.String
	Format string // a name of formats/*.yaml; "" = standard
	// Secret signs: for standard, whsec_ + base64 of 24 to 64 bytes; for robots,
	// the text that their page shows.
	Secret secret.String
	// Secrets are further keys while one replaces another, for standard only:
	// each letter is signed with all of them.
	Secrets []secret.String
	// Params are what the format needs besides the URL, such as chat_id.
	Params map[string]secret.String
	// Prefix stands before every subject, for receivers that take only what
	// contains a keyword.
	Prefix string
	// Template, Headers and Success are for the format json: the body, a Go
	// template; headers, which may hold tokens; and what a delivered letter is
	// answered with.
	Template string
	Headers  map[string]secret.String
	Success  Match
	// Size is how much the receiver takes, for the format json too: "4096 bytes"
	// of the whole request, or "2000 characters" of .Text and .Message each; ""
	// = everything.
	Size string

	TLSConfig *tls.Config      // nil = the system's roots; set by tests and the demo
	Now       func() time.Time // nil = time.Now; timestamps and signatures
	Dial      channel.DialFunc // nil = channel.Dial; set by tests
	// Proxy says through which HTTP proxy a request goes; nil = that of the
	// environment (HTTPS_PROXY, NO_PROXY), which never holds for this machine.
	Proxy func(*http.Request) (*url.URL, error)
}

// format loads the format that the options name and, where the format leaves
// that to them, puts template and success rule in.
func (o Options) format() (*format, error) {
	name := o.Format
	if name == "" {
		name = defaultFormat
	}
	f, err := loadFormat(name)
	if err != nil || !f.Own {
		return f, err
	}
	f.Body, f.Success = o.Template, []Match{o.Success}
	if f.Sizes, err = parseSize(o.Size); err != nil {
		return nil, err
	}
	for name := range o.Params {
		f.Params = append(f.Params, param{Name: name})
	}
	for name := range o.Headers {
		if strings.EqualFold(name, "Content-Type") {
			f.ContentType = "" // ours does not hold, so neither does what it demands
		}
	}
	return f, f.compile()
}

// parseSize reads a receiver's limit.
func parseSize(text string) (sizes, error) {
	if text == "" {
		return sizes{}, nil
	}
	number, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < minSize || n > maxSize {
		return sizes{}, fmt.Errorf("%q is no size: write %d to %d with its unit, such as 2000 characters or 4096 bytes", text, minSize, maxSize)
	}
	switch s := (&size{Max: n, Unit: unit}); unit {
	case unitBytes:
		return sizes{Body: s}, nil
	case unitCharacters:
		return sizes{Text: s, Message: s}, nil
	}
	return sizes{}, fmt.Errorf("%q has no unit that is known: write for example 2000 characters (of the text) or 4096 bytes (of the whole request)", text)
}

// A size below minSize leaves no room for words, and one above maxSize limits
// nothing.
const (
	minSize = 100
	maxSize = 10 << 20
)

// keyed is a signing key and where it stands in the options.
type keyed struct {
	key   string
	value secret.String
}

// secrets lists the signing keys.
func (o Options) secrets() []keyed {
	var out []keyed
	if !o.Secret.IsZero() {
		out = append(out, keyed{"secret", o.Secret})
	}
	for i, s := range o.Secrets {
		out = append(out, keyed{fmt.Sprintf("secret[%d]", i), s})
	}
	return out
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

// key returns the bytes that the format signs with. Its errors do not contain
// them.
func (f *format) key(text string) ([]byte, error) {
	if f.Sign == signStandard {
		return parseKey(text)
	}
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the key has spaces or letters that no such key has: copy it whole from the robot's page")
	}
	return []byte(text), nil
}

// parseKey returns the bytes of a standard signing key. Its errors do not
// contain it.
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
