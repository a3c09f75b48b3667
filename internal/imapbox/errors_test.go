package imapbox

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"repayd/internal/secret"
)

func TestHints(t *testing.T) {
	t.Parallel()
	for server, want := range map[string]string{
		"imap.qq.com:993":           "授权码",
		"imap.exmail.qq.com:993":    "授权码",
		"imap.163.com:993":          "授权码",
		"imap.gmail.com:993":        "app password",
		"outlook.office365.com:993": "OAuth2",
		"imap.mail.me.com:993":      "app-specific",
		"notqq.com:993":             "check username and password",
	} {
		if got := passwordHint(server); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q in it", server, got, want)
		}
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	names := []string{"INBOX", "Bills", "Archive/2024", "账单"}
	for want, expect := range map[string]string{
		"bills": "Bills", "Bils": "Bills", "inbox": "INBOX", "2024": "Archive/2024", "我的账单": "账单",
		"Something else": "INBOX,Bills,Archive/2024,账单",
	} {
		if got := strings.Join(near(want, names), ","); got != expect {
			t.Errorf("%s: %s, want %s", want, got, expect)
		}
	}
}

// TestClean: nothing that a server says can break a line, paint a terminal or
// show the password, whole or cut.
func TestClean(t *testing.T) {
	t.Parallel()
	s := &session{password: fakePassword}
	in := "a\r\nb\x1b[2J \xff" + strings.Repeat("x", maxText-12) + fakePassword
	got := s.told(in)
	if strings.ContainsAny(got, "\r\n\x1b") || strings.Contains(got, "\xff") || strings.Contains(got, fakePassword[:4]) || len([]rune(got)) > maxText+1 {
		t.Errorf("%q", got)
	}
}

// serve greets, waits for a line, and answers: "greeting|answer".
func serve(script string) dialFunc {
	greeting, answer, _ := strings.Cut(script, "|")
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			if _, err := server.Write([]byte(greeting)); err != nil {
				return
			}
			if _, err := bufio.NewReader(server).ReadString('\n'); err == nil {
				_, _ = server.Write([]byte(answer)) // the client may have gone
			}
		}()
		return client, nil
	}
}

// deaf greets whatever it is told.
func deaf(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, server) }() // ends with the client
	go func() { _, _ = server.Write([]byte("* OK plain text here\r\n")) }()
	return client, nil
}

func fails(err error) dialFunc {
	return func(context.Context, string, string) (net.Conn, error) { return nil, err }
}

// TestConnectErrors: what the owner is told when no log-in comes about.
func TestConnectErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, mode string
		dial       dialFunc
		kind       Kind
		want       string
	}{
		{"unknown host", "implicit", fails(&net.DNSError{Name: "imap.example.com", IsNotFound: true}), KindHost, "unknown; check the server name"},
		{"no name service", "implicit", fails(&net.DNSError{IsTimeout: true}), KindHost, "cannot be looked up now"},
		{"refused", "implicit", fails(errors.New("connection refused")), KindNetwork, "cannot connect"},
		{"no TLS there", "implicit", deaf, KindTLS, "write tls: starttls"},
		{"STARTTLS refused", "starttls", serve("* OK hi\r\n|s1 NO not today\r\n"), KindTLS, "refuses STARTTLS: NO not today"},
		{"logged in before STARTTLS", "starttls", serve("* PREAUTH hi\r\n|"), KindTLS, "greets with"},
		{"answer injected", "starttls", serve("* OK hi\r\n|s1 OK go\r\n* CAPABILITY IMAP4rev1\r\n"), KindTLS, "in clear after STARTTLS"},
		{"greets with BYE", "none", serve("* BYE overloaded\r\n|"), KindNetwork, "overloaded"},
		{"greets with nonsense", "none", serve("220 smtp.example.com ESMTP\r\n|"), KindServer, "not readable"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := Options{Server: "127.0.0.1:1", TLS: tt.mode, Username: "u", Password: secret.Plain(fakePassword), TLSConfig: &tls.Config{}}
			_, err := check(t.Context(), o, tt.dial)
			var e *Error
			if !errors.As(err, &e) || e.Kind != tt.kind || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v (%+v), want %s %q", err, e, tt.kind, tt.want)
			}
		})
	}
	t.Run("no password", func(t *testing.T) {
		t.Parallel()
		o := Options{Server: "127.0.0.1:1", TLS: "none", Username: "u"}
		_, err := check(t.Context(), o, fails(nil))
		var e *Error
		if !errors.As(err, &e) || e.Kind != KindSecret {
			t.Errorf("%v", err)
		}
	})
}
