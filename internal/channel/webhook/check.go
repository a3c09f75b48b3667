package webhook

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// Check connects to the webhook's server, through the proxy where there is one
// and with TLS where the URL says so, and sends nothing. It reads the secrets
// as Open does.
func (c *Channel) Check(ctx context.Context) error {
	if _, err := c.Open(ctx); err != nil {
		return err
	}
	u, err := c.url()
	if err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := c.reach(bounded, u); err != nil {
		return explain(ctx, errors.Join(err, bounded.Err()), secretsOf(u))
	}
	return nil
}

// reach connects to the server of a URL.
func (c *Channel) reach(ctx context.Context, u *url.URL) error {
	proxy, err := c.o.Proxy(&http.Request{Method: http.MethodPost, URL: u})
	if err != nil {
		return fmt.Errorf("proxy: %w", err)
	}
	first := u
	if proxy != nil {
		first = proxy
	}
	conn, err := c.o.Dial(ctx, "tcp", addressOf(first))
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if proxy != nil {
		if proxy.Scheme != "http" {
			return nil // that the proxy is there must do
		}
		if err := tunnel(conn, proxy, addressOf(u)); err != nil {
			return fmt.Errorf("proxy: %w", err)
		}
	}
	if u.Scheme == "http" {
		return nil
	}
	return tls.Client(conn, c.tlsConfig(u.Hostname())).HandshakeContext(ctx)
}

// tunnel asks a proxy for a connection to an address.
func tunnel(conn net.Conn, proxy *url.URL, address string) error {
	ask := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if password, ok := proxy.User.Password(); ok {
		basic := &http.Request{Header: http.Header{}}
		basic.SetBasicAuth(proxy.User.Username(), password)
		ask.Header.Set("Proxy-Authorization", basic.Header.Get("Authorization"))
	}
	if err := ask.Write(conn); err != nil {
		return err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), ask)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	return nil
}

func addressOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "socks5": "1080"}[u.Scheme]
	}
	if port == "" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}
