package webhook_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"repayd/internal/channel"
	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/webhook"
	"repayd/internal/secret"
)

// proxy is an HTTP proxy that knows one far side under any name, and wants a
// password.
type proxy struct {
	l    net.Listener
	to   string
	mu   sync.Mutex
	asks []string
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{l: l, to: to}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return p
}

func (p *proxy) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	r, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	p.mu.Lock()
	p.asks = append(p.asks, r.Method+" "+r.Host)
	p.mu.Unlock()
	if r.Header.Get("Proxy-Authorization") != "Basic b3duZXI6cGE1NQ==" {
		io.WriteString(conn, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
		return
	}
	out, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer out.Close()
	io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { io.Copy(out, in); out.Close() }()
	io.Copy(conn, out)
}

// through makes a webhook behind the proxy.
func (p *proxy) through(t *testing.T, password, address string, client *tls.Config) *webhook.Channel {
	t.Helper()
	c, err := webhook.New(webhook.Options{URL: secret.Plain(address), Secret: secret.Plain(key), TLSConfig: client,
		Now:   func() time.Time { return at },
		Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: p.l.Addr().String(), User: url.UserPassword("owner", password)})})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (p *proxy) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asks)
}

// TestProxy: letters and the check go through the proxy, which learns the host
// and nothing else; what it refuses is said without its password.
func TestProxy(t *testing.T) {
	t.Parallel()
	server, client := certificate(t)
	sink := newSink(t, channeltest.WebhookOptions{TLS: server})
	host := strings.TrimSuffix(strings.TrimPrefix(sink.URL(), "https://"), "/")
	p := newProxy(t, host)
	c := p.through(t, "pa55", sink.URL()+path, client)
	if err := c.Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
	if r := send(t, c, letter()); r.Outcome != channel.Accepted {
		t.Errorf("letter: %v", r.Err)
	}
	for _, ask := range p.asked() {
		if ask != "CONNECT "+host {
			t.Errorf("the proxy was asked %q", ask)
		}
	}
	if len(p.asked()) != 2 || len(sink.Calls()) != 1 {
		t.Errorf("asked %q, %d letters", p.asked(), len(sink.Calls()))
	}

	wrong := p.through(t, "wr0ng-pass", "https://hooks.example.com/"+path, client)
	r := send(t, wrong, letter())
	for what, err := range map[string]error{"check": wrong.Check(t.Context()), "letter": r.Err} {
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), "proxy") {
			t.Errorf("%s: %v", what, err)
		} else if strings.Contains(err.Error(), "wr0ng") || strings.Contains(err.Error(), "example") {
			t.Errorf("%s tells a secret: %v", what, err)
		}
	}
	if r.Outcome != channel.Temporary || r.Uncertain {
		t.Errorf("a proxy that refuses: %+v", r)
	}
}
