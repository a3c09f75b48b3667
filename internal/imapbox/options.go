package imapbox

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"repayd/internal/secret"
)

// Options configure one mailbox.
type Options struct {
	Name      string
	Server    string // host:port
	TLS       string // "implicit" (default), "starttls", "none" (loopback only)
	Username  string
	Password  secret.String
	Folders   []string      // default INBOX
	Lookback  time.Duration // how far back the first reading goes; default 60 days
	TLSConfig *tls.Config   // nil = the system's roots; set by tests and the demo
}

// defaultLookback covers the notice of a bill with a period of grace of a
// month, two months back.
const defaultLookback = 60 * 24 * time.Hour

func (o Options) withDefaults() Options {
	if o.TLS == "" {
		o.TLS = "implicit"
	}
	if len(o.Folders) == 0 {
		o.Folders = []string{"INBOX"}
	}
	if o.Lookback == 0 {
		o.Lookback = defaultLookback
	}
	return o
}

// Validate returns everything that is wrong with the options, joined; it does
// not read the secret.
func (o Options) Validate() error {
	o = o.withDefaults()
	var errs []error
	host, port, err := net.SplitHostPort(o.Server)
	if err != nil || host == "" || port == "" {
		errs = append(errs, fmt.Errorf("server %q is not host:port; write for example imap.example.com:993", o.Server))
	}
	switch o.TLS {
	case "implicit", "starttls":
	case "none":
		if err == nil && !loopback(host) {
			errs = append(errs, errors.New("tls none sends the password in clear and is allowed only for localhost, 127.0.0.1 or [::1]; use implicit or starttls"))
		}
	default:
		errs = append(errs, fmt.Errorf("tls %q is unknown; use implicit, starttls or none", o.TLS))
	}
	if o.Username == "" {
		errs = append(errs, errors.New("username is missing"))
	}
	if o.Lookback < 0 {
		errs = append(errs, errors.New("lookback must not be negative"))
	}
	seen := map[string]bool{}
	for _, f := range o.Folders {
		if f == "" || strings.ContainsAny(f, "\r\n\x00") {
			errs = append(errs, fmt.Errorf("folder %q is not a folder name", f))
		}
		if seen[f] {
			errs = append(errs, fmt.Errorf("folder %q is listed twice", f))
		}
		seen[f] = true
	}
	return errors.Join(errs...)
}

// loopback reports whether the host is this machine by its name alone.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}
