package imapbox

import (
	"bytes"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"repayd/internal/secret"
)

// TestMemoryServer reads a second implementation of the protocol: one without
// ID, with IMAP4rev2, and with a password beyond ASCII.
func TestMemoryServer(t *testing.T) {
	t.Parallel()
	const password = "пароль 密码"
	user := imapmemserver.NewUser("店@example.com", password)
	store := imapmemserver.New()
	store.AddUser(user)
	put := func(folder string, i int, age time.Duration) {
		raw := mail(i, "text")
		lit := literal{bytes.NewReader(raw), int64(len(raw))}
		if _, err := user.Append(folder, lit, &imap.AppendOptions{Time: time.Now().Add(-age)}); err != nil {
			t.Error(err)
		}
	}
	for _, folder := range []string{"INBOX", "账单 & more"} {
		if err := user.Create(folder, nil); err != nil {
			t.Fatal(err)
		}
		put(folder, 1, 100*24*time.Hour)
		put(folder, 2, time.Hour)
	}
	m := newMemory()
	_, ctx := start(t, Options{
		Server: serveMemory(t, store), TLS: "none", Username: "店@example.com", Password: secret.Plain(password),
		Folders: []string{"INBOX", "账单 & more"},
	}, m)
	if !m.until(ctx, func() bool { return m.count("trouble <nil>") == 1 }) {
		t.Fatalf("not read: %q", m.events)
	}
	put("INBOX", 3, 0)
	if !m.until(ctx, func() bool { return len(m.seen["INBOX"]) == 2 }) {
		t.Fatalf("news did not come: %q", m.events)
	}
	if got := m.uids("INBOX"); !slices.Equal(got, []uint32{2, 3}) {
		t.Errorf("handed over %v", got)
	}
	if got := m.uids("账单 & more"); !slices.Equal(got, []uint32{2}) {
		t.Errorf("handed over %v", got)
	}
	if raw := m.seen["INBOX"][1].Raw; !bytes.Equal(raw, mail(3, "text")) {
		t.Errorf("%q", raw)
	}
}

type literal struct {
	*bytes.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

// serveMemory serves the store for the rest of the test and returns its address.
func serveMemory(t *testing.T, store *imapmemserver.Server) string {
	t.Helper()
	srv := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return store.NewSession(), nil, nil
		},
		InsecureAuth: true,
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		<-served
	})
	return ln.Addr().String()
}
