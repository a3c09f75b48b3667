package channeltest

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"
)

// WebhookOptions configure a webhook sink.
type WebhookOptions struct {
	TLS *tls.Config // nil = plain http
	// Answer is asked for each call, n counting from 1; nil = 204 to all.
	Answer func(n int, c Call) Answer
	// Listener is where to listen; nil = a free port of 127.0.0.1.
	Listener net.Listener
}

// Call is one request that a webhook sink has received and read.
type Call struct {
	Method, Path string
	Header       http.Header
	Body         []byte
	Status       int // what was answered; 0 = nothing
}

// Answer is what a webhook sink answers. The zero Answer is 204.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Drop   bool // close the connection instead
	Hang   bool // say nothing until the client or the sink is gone
}

// WebhookSink is a running HTTP server that keeps all calls.
type WebhookSink struct {
	o       WebhookOptions
	server  *http.Server
	calls   *record[Call]
	done    chan struct{}
	once    sync.Once
	stopped sync.WaitGroup

	mu     sync.Mutex
	number int
	conns  int
}

// maxCall bounds the body of one call.
const maxCall = 4 << 20

// NewWebhookSink starts a sink. Close it.
func NewWebhookSink(o WebhookOptions) (*WebhookSink, error) {
	if o.Listener == nil {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("webhook sink: %w", err)
		}
		o.Listener = l
	}
	if o.Answer == nil {
		o.Answer = func(int, Call) Answer { return Answer{} }
	}
	s := &WebhookSink{o: o, calls: newRecord[Call](), done: make(chan struct{})}
	s.server = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		ErrorLog:          log.New(io.Discard, "", 0),
		ReadHeaderTimeout: time.Minute,
		ConnState:         s.countConns,
	}
	listener := o.Listener
	if o.TLS != nil {
		config := o.TLS.Clone()
		config.NextProtos = []string{"http/1.1"}
		listener = tls.NewListener(o.Listener, config)
	}
	s.stopped.Go(func() { _ = s.server.Serve(listener) }) // ends with Close
	return s, nil
}

// URL is the address of the sink's root; it takes calls under every path.
func (s *WebhookSink) URL() string {
	scheme := "http://"
	if s.o.TLS != nil {
		scheme = "https://"
	}
	return scheme + s.o.Listener.Addr().String() + "/"
}

// Calls returns all calls received so far, whatever was answered.
func (s *WebhookSink) Calls() []Call { return s.calls.all() }

// Wait returns all calls once there are n, or what there is with the context's
// error.
func (s *WebhookSink) Wait(ctx context.Context, n int) ([]Call, error) { return s.calls.wait(ctx, n) }

// Connections is how many connections were made so far.
func (s *WebhookSink) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// Close ends the sink and its connections.
func (s *WebhookSink) Close() error {
	s.once.Do(func() {
		close(s.done)
		_ = s.server.Close()
		_ = s.o.Listener.Close() // the server knows it only once Serve has begun
		s.stopped.Wait()
	})
	return nil
}

func (s *WebhookSink) countConns(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		s.mu.Lock()
		s.conns++
		s.mu.Unlock()
	}
}

func (s *WebhookSink) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall))
	if err != nil {
		http.Error(w, "body cannot be read", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.number++
	n := s.number
	s.mu.Unlock()
	c := Call{Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header.Clone(), Body: body}
	a := s.o.Answer(n, c)
	if a.Status == 0 && !a.Drop && !a.Hang {
		a.Status = http.StatusNoContent
	}
	c.Status = a.Status
	s.calls.add(c)
	switch {
	case a.Hang:
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
		fallthrough
	case a.Drop:
		panic(http.ErrAbortHandler) // the way net/http offers to close without an answer
	default:
		maps.Copy(w.Header(), a.Header)
		w.WriteHeader(a.Status)
		_, _ = w.Write(a.Body) // the client may be gone
	}
}
