package daemon_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/intake"
	"repayd/internal/store"
)

// benchConfig is a configuration with one mailbox and a channel that nothing
// is sent through, because no step has come yet.
func benchConfig(b *testing.B, server string) *config.Config {
	b.Helper()
	cfg, err := config.Parse(filepath.Join(b.TempDir(), "config.yaml"), fmt.Appendf(nil, `timezone: Asia/Shanghai
database: repayd.db
mailboxes:
  - {name: shop, server: "%s", tls: none, username: shop, password: "secret", authserv: [mx.example.com]}
channels:
  - {name: me, email: {server: "127.0.0.1:1", tls: none, from: shop@example.com, to: [owner@example.com]}}
reminders:
  - {name: default, steps: [due-7d, due], channels: [me]}
`, server))
	must(b, err)
	return cfg
}

// openStore opens the configured database, made anew.
func openStore(b *testing.B, cfg *config.Config) *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), cfg.Database, store.Options{Create: true})
	must(b, err)
	b.Cleanup(func() { must(b, s.Close()) })
	return s
}

// BenchmarkIntake takes in notices of bills that were not known before, into a
// database that already holds many of the same issuer: orders by their number,
// cards by their tail.
func BenchmarkIntake(b *testing.B) {
	due := time.Now().In(shanghai).AddDate(0, 0, 20)
	for name, message := range map[string]func(int, time.Time) []byte{"orders": order, "cards": card} {
		for _, known := range []int{0, 2000} {
			b.Run(fmt.Sprintf("%s/known=%d", name, known), func(b *testing.B) {
				cfg := benchConfig(b, "127.0.0.1:1")
				in, err := daemon.Intake(cfg, nil, nil)
				must(b, err)
				s := openStore(b, cfg)
				n := 0
				take := func() {
					it := intake.Item{Raw: message(n, due), Source: daemon.Sources(cfg)}
					res, err := in.Message(b.Context(), it, daemon.Update(b.Context(), s))
					if err != nil || len(res.Bills) != 1 {
						b.Fatalf("%+v %v", res, err)
					}
					n++
				}
				for range known {
					take()
				}
				for b.Loop() {
					take()
				}
			})
		}
	}
}

// BenchmarkFirstReading runs the whole chain over a mailbox of 20,000 messages,
// two in a hundred of them bills: from an empty database until the folder was
// read to its end. The IMAP server is one in memory, in this process.
func BenchmarkFirstReading(b *testing.B) {
	address := memoryServer(b, firstMailbox(b))
	for b.Loop() {
		cfg := benchConfig(b, address)
		ctx, cancel := context.WithCancel(b.Context())
		done := make(chan error, 1)
		go func() { done <- daemon.Run(ctx, cfg, daemon.Options{}) }()
		s := openStore(b, cfg)
		waitFor(b, "the folder is read", 2*time.Minute, func() bool {
			var p bill.Position
			must(b, s.View(ctx, func(tx *store.Tx) error {
				var err error
				p, _, err = tx.Position("shop", "INBOX")
				return err
			}))
			return p.Caught
		}, func() string { return "" })
		cancel()
		must(b, <-done)
	}
}

// firstMailbox is a user with the messages of a first reading.
func firstMailbox(b *testing.B) *imapmemserver.User {
	b.Helper()
	user := imapmemserver.NewUser("shop", "secret")
	must(b, user.Create("INBOX", nil))
	for i := range manyMessages {
		raw := message(i)
		lit := literal{bytes.NewReader(raw), int64(len(raw))}
		_, err := user.Append("INBOX", lit, &imap.AppendOptions{Time: time.Now().Add(time.Duration(i-manyMessages) * time.Minute)})
		must(b, err)
	}
	return user
}

// message is the i-th of a first reading: a bill or something else.
func message(i int) []byte {
	if every := manyMessages / billsAmong; i%every == 0 {
		return card(i/every, time.Now().In(shanghai).AddDate(0, 0, 20))
	}
	return fmt.Appendf(nil, "From: sender%d@example.net\r\nTo: shop@example.com\r\nSubject: number %d\r\nMessage-ID: <%d@example.net>\r\n\r\n%s",
		i, i, i, strings.Repeat("nothing to do with owing, only some text to fill the message\r\n", 80))
}

type literal struct {
	*bytes.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

// memoryServer serves the user until the benchmark ends.
func memoryServer(b *testing.B, user *imapmemserver.User) string {
	b.Helper()
	mem := imapmemserver.New()
	mem.AddUser(user)
	srv := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		InsecureAuth: true,
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	b.Cleanup(func() {
		must(b, srv.Close())
		<-served
	})
	return l.Addr().String()
}
