package imapbox

import (
	"crypto/tls"
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
