package channeltest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// Counter is the far side of a benchmark: it takes everything, keeps nothing
// and counts.
type Counter struct {
	listener net.Listener
	close    func() error
	count    atomic.Int64
	first    atomic.Int64 // instants in nanoseconds, 0 = none yet
	last     atomic.Int64
	stopped  sync.WaitGroup
}

// NewCounter starts a counter on a free port of 127.0.0.1: a "webhook" or an
// "smtp" server. Close it.
func NewCounter(kind string) (*Counter, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("counter: %w", err)
	}
	c := &Counter{listener: l}
	var serve func(net.Listener) error
	switch kind {
	case "webhook":
		s := &http.Server{Handler: c, ReadHeaderTimeout: time.Minute}
		serve, c.close = s.Serve, s.Close
	case "smtp":
		s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &counting{c}, nil }))
		s.Domain = "sink.example"
		serve, c.close = s.Serve, s.Close
	default:
		_ = l.Close()
		return nil, fmt.Errorf("counter: %q is neither webhook nor smtp", kind)
	}
	c.stopped.Go(func() { _ = serve(l) }) // ends with Close
	return c, nil
}

// Addr is the counter's host:port.
func (c *Counter) Addr() string { return c.listener.Addr().String() }

// Count is how many letters it has taken.
func (c *Counter) Count() int { return int(c.count.Load()) }

// Span is how long it took from the first letter to the newest.
func (c *Counter) Span() time.Duration { return time.Duration(c.last.Load() - c.first.Load()) }

func (c *Counter) add() {
	now := time.Now().UnixNano()
	c.first.CompareAndSwap(0, now)
	c.last.Store(now)
	c.count.Add(1)
}

// Close ends the counter and its connections.
func (c *Counter) Close() error {
	err := c.close()
	_ = c.listener.Close() // the server knows it only once Serve has begun
	c.stopped.Wait()
	return err
}

// ServeHTTP implements http.Handler.
func (c *Counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return
	}
	c.add()
	w.WriteHeader(http.StatusNoContent)
}

// counting is one connection's smtp.Session.
type counting struct{ c *Counter }

// Mail implements smtp.Session.
func (*counting) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt implements smtp.Session.
func (*counting) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Data implements smtp.Session.
func (s *counting) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	s.c.add()
	return nil
}

// Reset implements smtp.Session.
func (*counting) Reset() {}

// Logout implements smtp.Session.
func (*counting) Logout() error { return nil }
