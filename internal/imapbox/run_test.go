package imapbox

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/secret"
)

// inBubble runs a Box in simulated time.
func inBubble(t *testing.T, f func() *fake, test func(t *testing.T, f *fake, m *memory, b *Box)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv, m := f(), newMemory()
		srv.run(t, m, func(b *Box) { test(t, srv, m, b) })
	})
}

func intervals(at []time.Time) []time.Duration {
	var d []time.Duration
	for i := 1; i < len(at); i++ {
		d = append(d, at[i].Sub(at[i-1]))
	}
	return d
}

// TestReconnectPauses: the pauses double from 5 seconds to 10 minutes, give or
// take a fifth.
func TestReconnectPauses(t *testing.T) {
	refused := func() *fake {
		f := newFake()
		f.refuse = &net.OpError{Op: "dial", Net: "tcp", Err: fmt.Errorf("connection refused")}
		return f
	}
	inBubble(t, refused, func(t *testing.T, f *fake, m *memory, _ *Box) {
		settle(2 * time.Hour)
		want := firstPause
		for i, got := range intervals(f.at("dial")) {
			if got < want*4/5 || got > want*6/5 {
				t.Errorf("pause %d is %v, want about %v", i, got, want)
			}
			want = min(2*want, lastPause)
		}
		if got := m.troubles(); len(got) != 1 || !strings.Contains(got[0], "connection refused") {
			t.Errorf("told %q", got)
		}
		if m.alive < 100 {
			t.Errorf("alive only %d times in two hours of trouble", m.alive)
		}
	})
}

// TestPauseStartsAnew after a connection that had read everything.
func TestPauseStartsAnew(t *testing.T) {
	dropping := func() *fake {
		f := newFake(letters(1)...)
		f.on = func(c *fakeConn, _, cmd string) bool {
			if cmd == "IDLE" {
				c.Close()
				return true
			}
			return false
		}
		return f
	}
	inBubble(t, dropping, func(t *testing.T, f *fake, _ *memory, _ *Box) {
		settle(5 * time.Minute)
		d := intervals(f.at("dial"))
		if len(d) < 20 || slices.Max(d) > 10*time.Second {
			t.Errorf("pauses %v", d)
		}
	})
}

// TestRefusedLogin: a wrong password is tried seldom, so that no provider locks
// the account; the owner learns what the provider wants, and never sees the
// password, even if the server repeats it.
func TestRefusedLogin(t *testing.T) {
	refusing := func() *fake {
		f := newFake()
		f.on = func(c *fakeConn, tag, cmd string) bool {
			if strings.HasPrefix(cmd, "LOGIN") {
				c.send("%s NO [AUTHENTICATIONFAILED] not with %s\r\n", tag, fakePassword)
				return true
			}
			return false
		}
		return f
	}
	inBubble(t, refusing, func(t *testing.T, f *fake, m *memory, b *Box) {
		for range 60 {
			settle(time.Minute)
			b.Poll()
		}
		if n := len(f.at("LOGIN")); n < 5 || n > 9 {
			t.Errorf("%d attempts in an hour", n)
		}
		got := m.troubles()
		if len(got) != 1 || !strings.Contains(got[0], "not with ***") || !strings.Contains(got[0], "授权码") {
			t.Errorf("told %q", got)
		}
	})
}

// TestIdleRenewal: IDLE is renewed within nine minutes and the folder read
// then; it is opened again within the hour, which is how a new UIDVALIDITY is
// noticed.
func TestIdleRenewal(t *testing.T) {
	inBubble(t, func() *fake { return newFake(letters(1, 2)...) }, func(t *testing.T, f *fake, m *memory, _ *Box) {
		settle(30 * time.Minute)
		if d := intervals(f.at("IDLE")); len(d) != 4 || d[0] != firstIdle || slices.Max(d) > renewEvery {
			t.Errorf("IDLE after %v", d)
		}
		if n := len(f.at("UID FETCH 3:*")); n != 4 {
			t.Errorf("looked %d times for what IDLE had not told", n)
		}
		f.mu.Lock()
		f.validity, f.msgs = 8, letters(1, 2)
		f.mu.Unlock()
		settle(40 * time.Minute)
		if n := len(f.at("dial")); n != 1 {
			t.Errorf("%d connections", n)
		}
		if got := m.uids("INBOX"); !slices.Equal(got, []uint32{1, 2, 1, 2}) {
			t.Errorf("handed over %v", got)
		}
		if m.count("begin INBOX first=true") != 1 || m.count("begin INBOX first=false") != 1 {
			t.Errorf("events %q", m.events)
		}
	})
}

// TestNews: what IDLE announces is read at once.
func TestNews(t *testing.T) {
	inBubble(t, func() *fake { return newFake(letters(1)...) }, func(t *testing.T, f *fake, m *memory, _ *Box) {
		settle(time.Minute)
		f.add(letter(2))
		settle(time.Millisecond)
		if got := m.uids("INBOX"); !slices.Equal(got, []uint32{1, 2}) {
			t.Errorf("handed over %v", got)
		}
	})
}

// TestWithoutIdle: the mailbox is read when polled, over the one connection,
// which is kept open meanwhile.
func TestWithoutIdle(t *testing.T) {
	polled := func() *fake { f := newFake(); f.caps = "IMAP4rev1"; return f }
	inBubble(t, polled, func(t *testing.T, f *fake, m *memory, b *Box) {
		settle(time.Minute)
		f.add(letter(5))
		settle(time.Minute)
		if got := m.uids("INBOX"); got != nil {
			t.Errorf("read %v unasked", got)
		}
		b.Poll()
		b.Poll() // does not block
		settle(time.Second)
		if got := m.uids("INBOX"); !slices.Equal(got, []uint32{5}) {
			t.Errorf("handed over %v", got)
		}
		settle(55 * time.Minute)
		if d := intervals(f.at("NOOP")); slices.Max(d) > renewEvery {
			t.Errorf("silence of %v", slices.Max(d))
		}
		if len(f.at("IDLE")) > 0 || len(f.at("dial")) != 1 {
			t.Errorf("%d IDLE, %d connections", len(f.at("IDLE")), len(f.at("dial")))
		}
	})
}

// TestCancel: the end comes at once, even while the server is silent.
func TestCancel(t *testing.T) {
	t.Parallel()
	for _, silent := range []string{"CAPABILITY", "LOGIN", "EXAMINE", "UID FETCH", "IDLE", "nothing"} {
		t.Run(silent, func(t *testing.T) {
			inBubble(t, func() *fake {
				f := newFake(letters(1)...)
				f.on = func(_ *fakeConn, _, cmd string) bool { return strings.HasPrefix(cmd, silent) }
				return f
			}, func(*testing.T, *fake, *memory, *Box) { settle(30 * time.Second) })
		})
	}
}

// TestFolders: a folder that is missing is told with the names that could have
// been meant and does not keep the others from being read.
func TestFolders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake(letters(1, 2)...)
		f.on = func(c *fakeConn, tag, cmd string) bool {
			if cmd == "EXAMINE Bils" || cmd == `EXAMINE "Bils"` {
				c.send("%s NO [NONEXISTENT] no such mailbox\r\n", tag)
				return true
			}
			return false
		}
		m := newMemory()
		o := f.options()
		o.Folders = []string{"INBOX", "Bils", "Bills"}
		ctx, cancel := context.WithCancel(t.Context())
		var log bytes.Buffer
		b := New(o, m, slog.New(slog.NewTextHandler(&log, nil)))
		b.dial = f.dial
		done := make(chan error)
		go func() { done <- b.Run(ctx) }()
		settle(time.Hour)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		f.wg.Wait()
		if !slices.Equal(m.uids("INBOX"), []uint32{1, 2}) || !slices.Equal(m.uids("Bills"), []uint32{1, 2}) {
			t.Errorf("handed over %v and %v", m.uids("INBOX"), m.uids("Bills"))
		}
		want := `the folder "Bils" cannot be opened: no such mailbox; the mailbox has Bills`
		if got := m.troubles(); len(got) != 1 || got[0] != want {
			t.Errorf("told %q, want %q", got, want)
		}
		if n := strings.Count(log.String(), "no such mailbox"); n != 1 {
			t.Errorf("logged %d times", n)
		}
		if d := len(f.at("dial")); d != 1 {
			t.Errorf("%d connections", d)
		}
	})
}

// TestOldMessages: a first reading passes what is older than the lookback, also
// when it is interrupted; later ones take what is moved in with an old date.
func TestOldMessages(t *testing.T) {
	var broke atomic.Bool
	aged := func() *fake {
		old := letter(1)
		old.internal = time.Now().Add(-61 * 24 * time.Hour)
		older := letter(3)
		older.internal = old.internal
		f := newFake(old, letter(2), older, letter(4))
		f.on = func(c *fakeConn, _, cmd string) bool {
			if strings.Contains(cmd, "PEEK[]") && !broke.Swap(true) {
				c.send("* 2 FETCH (%s)\r\n", f.msgs[1].items("BODY.PEEK[]"))
				c.Close()
				return true
			}
			return false
		}
		return f
	}
	inBubble(t, aged, func(t *testing.T, f *fake, m *memory, _ *Box) {
		settle(time.Minute)
		if got := m.uids("INBOX"); !slices.Equal(got, []uint32{2, 4}) {
			t.Errorf("handed over %v", got)
		}
		moved := letter(7)
		moved.internal = time.Now().Add(-300 * 24 * time.Hour)
		f.add(moved)
		settle(time.Second)
		if got := m.uids("INBOX"); !slices.Equal(got, []uint32{2, 4, 7}) {
			t.Errorf("handed over %v", got)
		}
		if m.count("begin") != 1 || m.cursors["INBOX"] != (Cursor{7, 7}) {
			t.Errorf("%q %v", m.events, m.cursors)
		}
	})
}

// TestOptions: what cannot work is refused before anything is sent.
func TestOptions(t *testing.T) {
	t.Parallel()
	ok := Options{Server: "imap.example.com:993", Username: "u", Password: secret.Plain("p")}
	tests := []struct {
		change func(o *Options)
		want   string
	}{
		{func(*Options) {}, ""},
		{func(o *Options) { o.Server = "imap.example.com" }, "not host:port"},
		{func(o *Options) { o.TLS = "none" }, "allowed only for localhost"},
		{func(o *Options) { o.TLS, o.Server = "none", "127.0.0.1.example.com:143" }, "allowed only for localhost"},
		{func(o *Options) { o.TLS, o.Server = "none", "0.0.0.0:143" }, "allowed only for localhost"},
		{func(o *Options) { o.TLS, o.Server = "none", "[::1]:143" }, ""},
		{func(o *Options) { o.TLS, o.Server = "none", "LocalHost:143" }, ""},
		{func(o *Options) { o.TLS, o.Server = "none", "127.9.9.9:143" }, ""},
		{func(o *Options) { o.TLS = "ssl" }, `tls "ssl" is unknown`},
		{func(o *Options) { o.Username = "" }, "username is missing"},
		{func(o *Options) { o.Folders = []string{"A", "A"} }, "listed twice"},
		{func(o *Options) { o.Folders = []string{"A\r\nB"} }, "not a folder name"},
	}
	for _, tt := range tests {
		o := ok
		tt.change(&o)
		err := o.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want %q", o, err, tt.want)
		}
		if err != nil {
			if ran := New(o, newMemory(), nil).Run(t.Context()); ran == nil {
				t.Errorf("%+v: Run does not refuse", o)
			}
		}
	}
}
