package demo

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"repayd/internal/channel/channeltest"
)

// The demo's account. It exists in this process only.
const (
	username = "shop@shop.example"
	password = "demo"
	folder   = "INBOX"
	authserv = "mx.shop.example"
)

// farSide is the world outside the daemon: a mail server with one account, and
// what stands behind the two channels.
type farSide struct {
	imap     *imapserver.Server
	imapAddr string
	account  *imapmemserver.User
	serving  sync.WaitGroup
	smtp     *channeltest.SMTPSink
	hook     *channeltest.WebhookSink
	key      []byte // signs the webhook's calls
}

func newFarSide() (*farSide, error) {
	f := &farSide{key: make([]byte, 32)}
	if _, err := rand.Read(f.key); err != nil {
		return nil, err
	}
	if err := f.serveIMAP(); err != nil {
		return nil, err
	}
	var err error
	if f.smtp, err = channeltest.NewSMTPSink(channeltest.SMTPOptions{}); err != nil {
		return nil, errors.Join(err, f.close())
	}
	if f.hook, err = channeltest.NewWebhookSink(channeltest.WebhookOptions{}); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (f *farSide) serveIMAP() error {
	f.account = imapmemserver.NewUser(username, password)
	if err := f.account.Create(folder, nil); err != nil {
		return fmt.Errorf("imap server: %w", err)
	}
	mem := imapmemserver.New()
	mem.AddUser(f.account)
	f.imap = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return session{mem.NewSession()}, nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIdle: {}},
		InsecureAuth: true, // loopback only
		Logger:       log.New(io.Discard, "", 0),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("imap server: %w", err)
	}
	f.imapAddr = l.Addr().String()
	f.serving.Go(func() {
		_ = f.imap.Serve(l) // ends with Close
		_ = l.Close()       // Close knows it only once Serve has begun
	})
	return nil
}

// session is one connection to the mail server.
type session struct{ imapserver.Session }

// announceEvery is how often a waiting client is told of new mail.
const announceEvery = 20 * time.Millisecond

// Idle announces new mail at once and at every pace: the library's own tells
// only of what arrives while it waits, so that a message from the moment before
// would stay untold.
func (s session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	announce := time.NewTicker(announceEvery)
	defer announce.Stop()
	for {
		if err := s.Poll(w, true); err != nil {
			return err
		}
		select {
		case <-announce.C:
		case <-stop:
			return nil
		}
	}
}

// deliver puts a message into the mailbox as received at that instant and
// returns its UID.
func (f *farSide) deliver(raw []byte, at time.Time) (uint32, error) {
	data, err := f.account.Append(folder, literal{bytes.NewReader(raw)}, &imap.AppendOptions{Time: at})
	if err != nil {
		return 0, fmt.Errorf("deliver mail: %w", err)
	}
	return uint32(data.UID), nil
}

// literal is a message as the IMAP server takes it.
type literal struct{ *bytes.Reader }

// secret is the webhook's key as the configuration spells it.
func (f *farSide) secret() string { return "whsec_" + base64.StdEncoding.EncodeToString(f.key) }

// close ends all servers, whatever goes wrong with one of them.
func (f *farSide) close() error {
	var errs []error
	if f.hook != nil {
		errs = append(errs, f.hook.Close())
	}
	if f.smtp != nil {
		errs = append(errs, f.smtp.Close())
	}
	errs = append(errs, f.imap.Close())
	f.serving.Wait()
	return errors.Join(errs...)
}
