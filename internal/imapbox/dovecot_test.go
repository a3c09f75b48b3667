package imapbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	t.Run("Reading", dovecotReading)
	t.Run("Folders", dovecotFolders)
	t.Run("Validity", dovecotValidity)
	t.Run("Expunge", dovecotExpunge)
	t.Run("Check", dovecotCheck)
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

// dovecotReading: lookback, choice by header, news within a second, over each
// way to connect; and the mail stays unread.
func dovecotReading(t *testing.T) {
	for _, mode := range []string{"implicit", "starttls", "none"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := dovecottest.Start(t, dovecottest.Dir())
			now := time.Now()
			old := s.Deliver("INBOX", now.Add(-90*24*time.Hour), mail(1, "too old"))
			s.Deliver("INBOX", now.Add(-10*24*time.Hour), mail(2, "wanted"))
			s.Deliver("INBOX", now.Add(-9*24*time.Hour), mail(3, "unwanted"))
			o := dovecotOptions(s)
			if o.TLS = mode; mode != "implicit" {
				o.Server = s.Plain
			}
			m := newMemory()
			m.want = func(h Header) bool { return !strings.Contains(string(h.Raw), "number 3") }
			_, ctx := start(t, o, m)
			if !m.until(ctx, func() bool { return m.count("caught INBOX") == 1 }) {
				t.Fatalf("not caught up: %q\n%s", m.events, s.Log())
			}
			arrived := time.Now()
			s.Deliver("INBOX", now, mail(4, "news"))
			if !m.until(ctx, func() bool { return len(m.seen["INBOX"]) == 2 }) {
				t.Fatalf("news did not come: %q\n%s", m.events, s.Log())
			}
			if d := time.Since(arrived); d > 3*time.Second {
				t.Errorf("news took %v", d)
			}
			m.mu.Lock()
			defer m.mu.Unlock()
			first := m.seen["INBOX"][0]
			if first.UID != 2 || string(first.Raw) != string(mail(2, "wanted")) || first.Internal.Unix() != now.Add(-10*24*time.Hour).Unix() {
				t.Errorf("%d %v %q", first.UID, first.Internal, first.Raw)
			}
			if seen, err := filepath.Glob(filepath.Join(filepath.Dir(old), "..", "cur", "*:2,*S*")); err != nil || seen != nil {
				t.Errorf("marked as read: %v %v", seen, err)
			}
		})
	}
}

// dovecotFolders: all folders are read; news in the second comes with a poll.
func dovecotFolders(t *testing.T) {
	t.Parallel()
	s := dovecottest.Start(t, dovecottest.Dir())
	s.Folder("Bills")
	s.Deliver("INBOX", time.Now(), mail(1, "one"))
	s.Deliver("Bills", time.Now(), mail(2, "two"))
	o := dovecotOptions(s)
	o.Folders = []string{"INBOX", "Bills", "账单"}
	m := newMemory()
	b, ctx := start(t, o, m)
	if !m.until(ctx, func() bool { return m.count("trouble") == 1 }) {
		t.Fatalf("not read: %q\n%s", m.events, s.Log())
	}
	s.Deliver("Bills", time.Now(), mail(3, "three"))
	b.Poll()
	if !m.until(ctx, func() bool { return len(m.seen["Bills"]) == 2 && len(m.seen["INBOX"]) == 1 }) {
		t.Errorf("%q\n%s", m.events, s.Log())
	}
	if got := m.troubles(); len(got) != 1 || !strings.Contains(got[0], `"账单"`) || !strings.Contains(got[0], "Bills") {
		t.Errorf("told %q", got)
	}
}

// dovecotValidity: a folder made anew is read again, within the lookback.
func dovecotValidity(t *testing.T) {
	t.Parallel()
	s := dovecottest.Start(t, dovecottest.Dir())
	s.Deliver("INBOX", time.Now().Add(-70*24*time.Hour), mail(1, "old"))
	s.Deliver("INBOX", time.Now(), mail(2, "new"))
	m := newMemory()
	m.cursors["INBOX"] = Cursor{UIDValidity: 1, UID: 900}
	s.Forget("INBOX", 4242)
	_, ctx := start(t, dovecotOptions(s), m)
	if !m.until(ctx, func() bool { return m.count("caught INBOX") == 1 }) {
		t.Fatalf("not caught up: %q\n%s", m.events, s.Log())
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.events[0] != "begin INBOX first=false" || len(m.seen["INBOX"]) != 1 || m.cursors["INBOX"].UIDValidity != 4242 {
		t.Errorf("%q %v", m.events, m.cursors)
	}
}

// dovecotExpunge: a message deleted by somebody else after it was listed is
// left out, and reading goes on in the same connection.
func dovecotExpunge(t *testing.T) {
	t.Parallel()
	s := dovecottest.Start(t, dovecottest.Dir())
	var files []string
	for i := range 3 {
		files = append(files, s.Deliver("INBOX", time.Now(), mail(i+1, "text")))
	}
	m := newMemory()
	m.want = func(h Header) bool {
		if h.UID != 1 {
			return true
		}
		// The headers of all three are here, the bodies are not.
		moved, err := filepath.Glob(filepath.Join(filepath.Dir(files[1]), "..", "*", filepath.Base(files[1])+"*"))
		if err != nil || len(moved) != 1 || os.Remove(moved[0]) != nil {
			t.Errorf("cannot remove %v: %v", moved, err)
		}
		return true
	}
	_, ctx := start(t, dovecotOptions(s), m)
	if !m.until(ctx, func() bool { return m.count("caught INBOX") == 1 }) {
		t.Fatalf("not caught up: %q\n%s", m.events, s.Log())
	}
	var intact int
	for _, msg := range m.seen["INBOX"] {
		if msg.UID != 2 && msg.Raw != nil {
			intact++
		}
	}
	if intact != 2 || slices.ContainsFunc(m.seen["INBOX"], func(msg Message) bool { return msg.UID == 2 }) {
		t.Errorf("%q\n%s", m.events, s.Log())
	}
}

func dovecotCheck(t *testing.T) {
	t.Parallel()
	s := dovecottest.Start(t, dovecottest.Dir())
	for i := range newest + 5 {
		s.Deliver("INBOX", time.Now(), append([]byte("Authentication-Results: mx.example.com; dmarc=pass\r\n"), mail(i+1, "text")...))
	}
	o := dovecotOptions(s)
	o.Folders = []string{"INBOX", "Missing"}
	r, err := Check(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	inbox, missing := r.Folders[0], r.Folders[1]
	if !r.Idle || !r.ID || inbox.Messages != newest+5 || len(inbox.Headers) != newest || inbox.Err != nil {
		t.Errorf("%+v", r)
	}
	for i, h := range inbox.Headers {
		want := fmt.Sprintf("From: sender%d@", newest+5-i)
		if !strings.Contains(string(h), want) || !strings.Contains(string(h), "mx.example.com") || strings.Contains(string(h), "Subject") {
			t.Errorf("header %d: %q, want %q", i, h, want)
		}
	}
	var e *Error
	if !errors.As(missing.Err, &e) || e.Kind != KindFolder {
		t.Errorf("missing folder: %v", missing.Err)
	}
	o.Password = secret.Plain("wrong horse")
	if _, err = Check(t.Context(), o); !errors.As(err, &e) || e.Kind != KindPassword || strings.Contains(err.Error(), "horse") {
		t.Errorf("wrong password: %v", err)
	}
	o = dovecotOptions(s)
	o.TLSConfig = nil
	if _, err = Check(t.Context(), o); !errors.As(err, &e) || e.Kind != KindTLS || !strings.Contains(e.Hint, "signed by nobody") {
		t.Errorf("unknown certificate: %v", err)
	}
}
