package email

import (
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	gomail "github.com/go-mail/mail/v2"
)

// go-mail dials by itself, without a context and without a deadline before the
// server's greeting, and its only hook is a package variable. So we dial, and
// the hook hands the finished connection over: the "port" that go-mail is told
// is a ticket for it.
//
// The variable is set once, while packages are initialised, before any
// goroutine could read it; after that only the tickets change, under a lock.
var handover = installHandover()

// firstTicket lies above every port number: were the hook ever replaced, dialling
// a ticket would fail instead of reaching some other server.
const firstTicket = 1 << 16

type tickets struct {
	mu      sync.Mutex
	next    int
	waiting map[string]net.Conn
}

func installHandover() *tickets {
	t := &tickets{next: firstTicket, waiting: make(map[string]net.Conn)}
	gomail.NetDialTimeout = t.take
	return t
}

// dial lets d greet, secure and authenticate over conn, which it changes d's
// port for. The caller owns conn and closes it on an error.
func (t *tickets) dial(d *gomail.Dialer, conn net.Conn) (gomail.SendCloser, error) {
	t.mu.Lock()
	d.Port = t.next
	t.next++
	key := ticketKey(d.Host, d.Port)
	t.waiting[key] = conn
	t.mu.Unlock()
	sender, err := d.Dial()
	t.mu.Lock()
	delete(t.waiting, key)
	t.mu.Unlock()
	return sender, err
}

// take has the signature of net.DialTimeout.
func (t *tickets) take(_, address string, _ time.Duration) (net.Conn, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	conn, ok := t.waiting[address]
	if !ok {
		return nil, fmt.Errorf("no connection was prepared for %s", address)
	}
	delete(t.waiting, address)
	return conn, nil
}

// ticketKey is the address as go-mail composes it.
func ticketKey(host string, port int) string { return host + ":" + strconv.Itoa(port) }
