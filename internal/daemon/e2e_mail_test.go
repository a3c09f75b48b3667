package daemon_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"repayd/internal/imapbox"
	"repayd/internal/imapbox/dovecottest"
	"repayd/internal/mail"
	"repayd/internal/secret"
)

// stamped is a message as the owner's receiving server hands it on: it says
// that the sender is who he says he is.
func stamped(from, subject, body string, at time.Time) []byte {
	date := at.Format(time.RFC1123Z)
	_, domain, _ := strings.Cut(from, "@")
	return []byte(strings.ReplaceAll(fmt.Sprintf(`Authentication-Results: mx.example.com; dmarc=pass header.from=%s
Received: from out.%s by mx.example.com with ESMTPS; %s
From: <%s>
To: <shop@example.com>
Subject: %s
Date: %s
Message-ID: <%d@%s>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

%s
`, domain, domain, date, from, subject, date, at.UnixNano(), domain, body), "\n", "\r\n"))
}

const alipay = "service@mail.alipay.com"

// huabei is the statement of a month's bill.
func huabei(amount string, due time.Time) []byte {
	return stamped(alipay, fmt.Sprintf("您的花呗%d月账单已出", due.Month()),
		fmt.Sprintf("尊敬的用户：您的花呗%d月账单已出，\n本期应还金额：¥%s，还款日：%d月%d日。", due.Month(), amount, due.Month(), due.Day()), time.Now())
}

// jiebei is the statement of a loan's instalment.
func jiebei(amount string, due time.Time) []byte {
	return stamped(alipay, fmt.Sprintf("借呗%d月账单", due.Month()),
		fmt.Sprintf("借呗%d月账单已生成\n本期应还：%s元\n最后还款日：%s", due.Month(), amount, due.Format("2006年1月2日")), time.Now())
}

// huabeiPaid says that a month's bill was paid in full just now.
func huabeiPaid(amount string, due time.Time) []byte {
	now := time.Now()
	return stamped(alipay, "花呗还款成功通知", fmt.Sprintf("您已成功还款%s元，%d月花呗账单已还清。\n还款时间：%s",
		amount, due.Month(), now.In(shanghai).Format("2006-01-02 15:04:05")), now)
}

var shanghai = func() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return zone
}()

// deliver appends a message to the inbox over IMAP, as another client of the
// owner would, and returns when the server had taken it.
func deliver(t *testing.T, s *dovecottest.Server, raw []byte) time.Time {
	t.Helper()
	c, err := imapclient.DialTLS(s.TLS, &imapclient.Options{TLSConfig: s.Config})
	must(t, err)
	defer c.Close()
	must(t, c.Login(s.Username, s.Password).Wait())
	cmd := c.Append("INBOX", int64(len(raw)), &imap.AppendOptions{Time: time.Now()})
	_, err = cmd.Write(raw)
	must(t, err)
	must(t, cmd.Close())
	_, err = cmd.Wait()
	must(t, err)
	at := time.Now()
	must(t, c.Logout().Wait())
	return at
}

// trusted is the server's certificate as a PEM file holds it.
func trusted(t *testing.T, s *dovecottest.Server) []byte {
	t.Helper()
	c, err := tls.Dial("tcp", s.TLS, s.Config)
	must(t, err)
	defer c.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.ConnectionState().PeerCertificates[0].Raw})
}

// maildir is where the server keeps its inbox.
func maildir(s *dovecottest.Server) string {
	first := s.Deliver("INBOX", time.Now(), []byte("Subject: the first message\r\n\r\nIt is not a letter.\r\n"))
	return filepath.Dir(filepath.Dir(first))
}

// got is one letter as it lies in the owner's mailbox.
type got struct {
	id   string // Message-ID
	to   string
	text string
}

// letters reads the owner's mailbox over IMAP.
type letters struct {
	mu     sync.Mutex
	cursor imapbox.Cursor
	got    []got
}

var _ imapbox.Handler = (*letters)(nil)

// readLetters reads the mailbox until the test ends.
func readLetters(t *testing.T, s *dovecottest.Server) *letters {
	t.Helper()
	l := &letters{}
	box := imapbox.New(imapbox.Options{Name: "owner", Server: s.TLS, Username: s.Username,
		Password: secret.Plain(s.Password), TLSConfig: s.Config}, l, nil)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- box.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("reading the owner's mailbox: %v", err)
		}
	})
	return l
}

// about returns the letters whose text contains all of the words.
func (l *letters) about(words ...string) []got {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []got
	for _, g := range l.got {
		fits := true
		for _, w := range words {
			fits = fits && strings.Contains(g.text, w)
		}
		if fits {
			out = append(out, g)
		}
	}
	return out
}

func (l *letters) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, g := range l.got {
		fmt.Fprintf(&b, "letter %s to %s:\n%s\n", g.id, g.to, g.text)
	}
	return b.String()
}

// Message implements imapbox.Handler.
func (l *letters) Message(_ context.Context, _ string, validity uint32, m imapbox.Message) error {
	parsed := mail.Parse(m.Raw)
	g := got{id: parsed.MessageID, text: parsed.Subject}
	if len(parsed.To) > 0 {
		g.to = parsed.To[0].Address
	}
	for _, p := range parsed.Parts {
		if p.Type == "text/plain" {
			g.text += "\n" + p.Text
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cursor = imapbox.Cursor{UIDValidity: validity, UID: m.UID}
	if g.id != "" {
		l.got = append(l.got, g)
	}
	return nil
}

// Cursor implements imapbox.Handler.
func (l *letters) Cursor(context.Context, string) (imapbox.Cursor, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cursor, nil
}

// Begin implements imapbox.Handler.
func (l *letters) Begin(_ context.Context, _ string, validity uint32, _ bool) error {
	return l.Passed(context.Background(), "", validity, 0)
}

// Passed implements imapbox.Handler.
func (l *letters) Passed(_ context.Context, _ string, validity, uid uint32) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cursor = imapbox.Cursor{UIDValidity: validity, UID: uid}
	return nil
}

// Wanted implements imapbox.Handler.
func (l *letters) Wanted(imapbox.Header) bool { return true }

// Caught implements imapbox.Handler.
func (l *letters) Caught(context.Context, string) error { return nil }

// Alive implements imapbox.Handler.
func (l *letters) Alive() {}

// Trouble implements imapbox.Handler.
func (l *letters) Trouble(error) {}
