package imapbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"repayd/internal/secret"
)

// fake is a small IMAP server over pipes whose faults a test scripts with on.
// It works inside a synctest bubble.
type fake struct {
	caps     string
	validity uint32
	msgs     []fakeMail // ascending UIDs
	// on sees every command first; true means that it has been answered.
	on func(c *fakeConn, tag, cmd string) bool
	// refuse makes dialling fail.
	refuse error

	mu    sync.Mutex
	log   []string // commands without tags, "dial" for each connection
	times []time.Time
	conns []*fakeConn
	wg    sync.WaitGroup
}

type fakeMail struct {
	uid      uint32
	internal time.Time
	raw      string
	size     int // 0 means len(raw)
	date     string
	hidden   bool // listed by UID only, never sent: gone meanwhile
}

const fakePassword = "s3cret-Passw0rd"

func newFake(mails ...fakeMail) *fake {
	return &fake{caps: "IMAP4rev1 IDLE ID", validity: 7, msgs: mails}
}

func letter(uid uint32) fakeMail {
	return fakeMail{uid: uid, internal: time.Now().Add(-time.Hour), raw: string(mail(int(uid), "text"))}
}

func letters(uids ...uint32) []fakeMail {
	var l []fakeMail
	for _, u := range uids {
		l = append(l, letter(u))
	}
	return l
}

func (f *fake) options() Options {
	return Options{Name: "shop", Server: "127.0.0.1:143", TLS: "none", Username: "shop", Password: secret.Plain(fakePassword)}
}

func (f *fake) dial(context.Context, string, string) (net.Conn, error) {
	f.record("dial")
	if f.refuse != nil {
		return nil, f.refuse
	}
	client, server := net.Pipe()
	c := &fakeConn{f: f, Conn: server, r: bufio.NewReader(server)}
	f.mu.Lock()
	f.conns = append(f.conns, c)
	f.mu.Unlock()
	f.wg.Go(c.serve)
	return client, nil
}

func (f *fake) record(line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, line)
	f.times = append(f.times, time.Now())
}

// at returns when commands that start so came.
func (f *fake) at(prefix string) []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	var at []time.Time
	for i, l := range f.log {
		if strings.HasPrefix(l, prefix) {
			at = append(at, f.times[i])
		}
	}
	return at
}

// add puts a message into the mailbox and announces it where a client idles.
func (f *fake) add(m fakeMail) {
	f.mu.Lock()
	f.msgs = append(f.msgs, m)
	n, conns := len(f.msgs), slices.Clone(f.conns)
	f.mu.Unlock()
	for _, c := range conns {
		if c.idling.Load() {
			c.send("* %d EXISTS\r\n", n)
		}
	}
}

// run runs a Box against the server until the function returns.
func (f *fake) run(t *testing.T, m *memory, test func(b *Box)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	b := New(f.options(), m, nil)
	b.dial = f.dial
	done := make(chan error, 1)
	go func() { done <- b.Run(ctx) }()
	test(b)
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
	f.wg.Wait()
	f.harmless(t)
	for _, e := range m.events {
		if strings.Contains(e, fakePassword) {
			t.Errorf("the password is in %q", e)
		}
	}
}

// harmless checks that nothing was sent that changes or searches the mailbox.
func (f *fake) harmless(t *testing.T) {
	t.Helper()
	for _, l := range f.log {
		word, _, _ := strings.Cut(strings.TrimPrefix(l, "UID "), " ")
		known := slices.Contains([]string{"dial", "CAPABILITY", "LOGIN", "ID", "EXAMINE", "FETCH", "NOOP", "LIST", "IDLE", "DONE", "LOGOUT"}, word)
		if !known || strings.Contains(strings.ReplaceAll(l, "BODY.PEEK[", ""), "BODY") || strings.Contains(l, "ENVELOPE") {
			t.Errorf("the client sent %q", l)
		}
	}
}

type fakeConn struct {
	f *fake
	net.Conn
	r      *bufio.Reader
	idling atomicBool
	wmu    sync.Mutex
}

// atomicBool is a flag with a lock, enough for a test.
type atomicBool struct {
	mu sync.Mutex
	v  bool
}

func (b *atomicBool) Load() bool   { b.mu.Lock(); defer b.mu.Unlock(); return b.v }
func (b *atomicBool) Store(v bool) { b.mu.Lock(); defer b.mu.Unlock(); b.v = v }

// send writes; a client that has gone ends the connection's reading anyway.
func (c *fakeConn) send(format string, args ...any) {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	_, err := fmt.Fprintf(c.Conn, format, args...)
	if err != nil && !errors.Is(err, net.ErrClosed) {
		c.Conn.Close()
	}
}

func (c *fakeConn) serve() {
	defer c.Conn.Close()
	c.send("* OK fake\r\n")
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return
		}
		tag, cmd, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		if tag == "DONE" {
			cmd = tag
		}
		c.f.record(cmd)
		if c.f.on != nil && c.f.on(c, tag, cmd) {
			continue
		}
		c.answer(tag, cmd)
	}
}

// answer is what a sound server does.
func (c *fakeConn) answer(tag, cmd string) {
	f := c.f
	word, args, _ := strings.Cut(cmd, " ")
	f.mu.Lock()
	n, validity := len(f.msgs), f.validity
	f.mu.Unlock()
	switch word {
	case "CAPABILITY":
		c.send("* CAPABILITY %s\r\n%s OK done\r\n", f.caps, tag)
	case "EXAMINE":
		c.send("* FLAGS ()\r\n* %d EXISTS\r\n* OK [UIDVALIDITY %d] ok\r\n%s OK [READ-ONLY] done\r\n", n, validity, tag)
	case "NOOP":
		c.send("* %d EXISTS\r\n%s OK done\r\n", n, tag)
	case "IDLE":
		c.idling.Store(true)
		c.send("+ idling\r\n")
		c.f.mu.Lock()
		c.f.log[len(c.f.log)-1] = "IDLE " + tag
		c.f.mu.Unlock()
	case "DONE":
		c.idling.Store(false)
		c.send("%s OK done\r\n", c.idleTag())
	case "LIST":
		c.send("* LIST () \"/\" INBOX\r\n* LIST () \"/\" Bills\r\n%s OK done\r\n", tag)
	case "UID", "FETCH":
		c.fetch(strings.TrimPrefix(args, "FETCH "), word == "UID")
		c.send("%s OK done\r\n", tag)
	default:
		c.send("%s OK done\r\n", tag)
	}
}

func (c *fakeConn) idleTag() string {
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	for _, l := range slices.Backward(c.f.log) {
		if tag, ok := strings.CutPrefix(l, "IDLE "); ok {
			return tag
		}
	}
	return "T0"
}

// chosen returns the messages of a set, with their sequence numbers.
func (f *fake) chosen(set string, byUID bool) (seqs []int, mails []fakeMail) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, m := range f.msgs {
		n := m.uid
		last := f.msgs[len(f.msgs)-1].uid
		if !byUID {
			n, last = uint32(i+1), uint32(len(f.msgs))
		}
		if inSet(set, n, last) {
			seqs, mails = append(seqs, i+1), append(mails, m)
		}
	}
	return seqs, mails
}

func inSet(set string, n, last uint32) bool {
	num := func(s string) uint32 {
		if s == "*" {
			return last
		}
		v, err := strconv.ParseUint(s, 10, 32)
		if err != nil {
			panic(err)
		}
		return uint32(v)
	}
	for part := range strings.SplitSeq(set, ",") {
		lo, hi, ok := strings.Cut(part, ":")
		if !ok {
			hi = lo
		}
		a, b := num(lo), num(hi)
		if min(a, b) <= n && n <= max(a, b) {
			return true
		}
	}
	return false
}

func (c *fakeConn) fetch(args string, byUID bool) {
	set, items, _ := strings.Cut(args, " ")
	seqs, mails := c.f.chosen(set, byUID)
	for i, m := range mails {
		literal := strings.Contains(items, "BODY.PEEK")
		if m.hidden && literal {
			continue
		}
		c.send("* %d FETCH (%s)\r\n", seqs[i], m.items(items))
	}
}

// items is what a FETCH response says about the message.
func (m fakeMail) items(asked string) string {
	out := []string{fmt.Sprintf("UID %d", m.uid)}
	if strings.Contains(asked, "INTERNALDATE") {
		date := m.date
		if date == "" {
			date = m.internal.UTC().Format(`"02-Jan-2006 15:04:05 -0700"`)
		}
		out = append(out, "INTERNALDATE "+date)
	}
	if strings.Contains(asked, "RFC822.SIZE") {
		out = append(out, fmt.Sprintf("RFC822.SIZE %d", max(m.size, len(m.raw))))
	}
	if _, section, ok := strings.Cut(asked, "BODY.PEEK["); ok {
		section, _, _ = strings.Cut(section, "]")
		raw := m.raw
		if section != "" {
			raw, _, _ = strings.Cut(raw, "\r\n\r\n")
			raw += "\r\n\r\n"
		}
		out = append(out, fmt.Sprintf("BODY[%s] {%d}\r\n%s", section, len(raw), raw))
	}
	return strings.Join(out, " ")
}
