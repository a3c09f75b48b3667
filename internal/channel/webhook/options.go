package webhook

import (
	"crypto/tls"
	"time"

	"repayd/internal/secret"
)

// Options configure one webhook.
type Options struct {
	URL       secret.String    // https, or http on a loopback address
	Format    string           // "standard"
	Secret    secret.String    // whsec_ + base64
	TLSConfig *tls.Config      // nil = the system's roots; set by tests and the demo
	Now       func() time.Time // nil = time.Now; the timestamp header
}
