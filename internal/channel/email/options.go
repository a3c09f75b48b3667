package email

import (
	"crypto/tls"
	"time"

	"repayd/internal/secret"
)

// Options configure one e-mail account as a channel.
type Options struct {
	Server   string // host:port
	TLS      string // "implicit" (default), "starttls", "none" (loopback only)
	Username string // "" = no authentication
	Password secret.String
	From     string   // RFC 5322 address, may have a name
	To       []string // at least one
	ReplyTo  string   // "" = From
	// TLS roots: nil = the system's; set by tests and the demo.
	TLSConfig *tls.Config
	Now       func() time.Time // nil = time.Now; the Date header
}
