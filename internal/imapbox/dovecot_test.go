package imapbox

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"repayd/internal/imapbox/dovecottest"
	"repayd/internal/secret"
)

// TestDovecot reads a real server. Without one named by the environment it
// only says so by having no parts.
func TestDovecot(t *testing.T) {
	if dovecottest.Dir() == "" {
		return
	}
	t.Run("FirstReading", dovecotFirstReading)
}

func mail(i int, body string) []byte {
	return fmt.Appendf(nil, "From: sender%d@example.com\r\nTo: shop@example.com\r\nSubject: number %d\r\nMessage-ID: <%d@example.com>\r\n\r\n%s\r\n", i, i, i, body)
}

func dovecotOptions(s *dovecottest.Server) Options {
	return Options{Name: "shop", Server: s.TLS, Username: s.Username, Password: secret.Plain(s.Password), TLSConfig: s.Config}
}

// start runs a Box for the rest of the test.
func start(t testing.TB, o Options, m *memory) (*Box, context.Context) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	b := New(o, m, nil)
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return b, ctx
}

func dovecotFirstReading(t *testing.T) {
	s := dovecottest.Start(t, dovecottest.Dir())
	now := time.Now()
	s.Deliver("INBOX", now.Add(-90*24*time.Hour), mail(1, "too old"))
	s.Deliver("INBOX", now.Add(-10*24*time.Hour), mail(2, "wanted"))
	s.Deliver("INBOX", now.Add(-9*24*time.Hour), mail(3, "unwanted"))
	m := newMemory()
	m.want = func(h Header) bool { return !strings.Contains(string(h.Raw), "number 3") }
	_, ctx := start(t, dovecotOptions(s), m)
	if !m.until(ctx, func() bool { return m.count("caught INBOX") == 1 }) {
		t.Fatalf("not caught up: %q\n%s", m.events, s.Log())
	}
	t.Log(m.events)
	arrived := time.Now()
	s.Deliver("INBOX", now, mail(4, "news"))
	if !m.until(ctx, func() bool { return len(m.seen["INBOX"]) == 2 }) {
		t.Fatalf("news did not come: %q\n%s", m.events, s.Log())
	}
	t.Log(time.Since(arrived), m.events)
}
