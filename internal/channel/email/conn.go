package email

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"
)

const (
	// openTimeout bounds everything up to the end of the login: some servers
	// hold their greeting back for half a minute to see who talks too early.
	openTimeout = 60 * time.Second
	// sendTimeout bounds one transaction: servers scan a letter before they
	// answer for it, and giving up then may mean a duplicate.
	sendTimeout = 2 * time.Minute
	// quitTimeout bounds the farewell, whose answer changes nothing.
	quitTimeout = 5 * time.Second
	// maxAnswer bounds what a server may send in one operation, certificates
	// included: net/smtp collects a line of any length.
	maxAnswer = 1 << 20
)

var errTooLong = errors.New("the server sends without end")

// guard is a connection that ends with a context and takes a bounded number of
// bytes for each operation.
type guard struct {
	net.Conn
	left  atomic.Int64
	heard atomic.Bool // anything was ever received
}

// begin starts an operation of at most limit. The connection is closed when the
// context ends first. The returned function ends the operation and reports
// whether it outlasted its time.
func (g *guard) begin(ctx context.Context, limit time.Duration) (end func() error) {
	g.left.Store(maxAnswer)
	bounded, cancel := context.WithTimeout(ctx, limit)
	stop := context.AfterFunc(bounded, func() { g.Conn.Close() })
	return func() error {
		defer cancel()
		if stop() {
			return nil
		}
		return bounded.Err()
	}
}

// Read implements net.Conn.
func (g *guard) Read(p []byte) (int, error) {
	left := g.left.Load()
	if left <= 0 {
		return 0, errTooLong
	}
	if int64(len(p)) > left {
		p = p[:left]
	}
	n, err := g.Conn.Read(p)
	g.left.Add(-int64(n))
	if n > 0 {
		g.heard.Store(true)
	}
	return n, err
}
