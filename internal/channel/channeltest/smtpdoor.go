package channeltest

import (
	"crypto/tls"
	"fmt"
	"net"
	"sync"
)

// door is the listener of an SMTP sink: it numbers connections, secures them
// where TLS is implicit, and does the faults that come before the greeting.
type door struct {
	net.Listener
	sink *SMTPSink

	mu     sync.Mutex
	number int
	held   []net.Conn
}

// numbered is a connection with its number.
type numbered struct {
	net.Conn
	number int
}

func numberOf(c net.Conn) int {
	if secured, ok := c.(*tls.Conn); ok {
		c = secured.NetConn()
	}
	if n, ok := c.(*numbered); ok {
		return n.number
	}
	return 0
}

// Accept implements net.Listener.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		d.mu.Lock()
		d.number++
		n := d.number
		d.mu.Unlock()
		f := d.sink.o.Fault(Event{Stage: AtConnect, Connection: n})
		switch {
		case f.Hang:
			d.hold(conn)
		case f.Drop:
			_ = conn.Close()
		case f.Code != 0:
			d.sink.stopped.Go(func() {
				_, _ = fmt.Fprintf(conn, "%d %s\r\n", f.Code, f.Text)
				_ = conn.Close()
			})
		case d.sink.o.Implicit && d.sink.o.TLS != nil:
			return tls.Server(&numbered{conn, n}, d.sink.o.TLS), nil
		default:
			return &numbered{conn, n}, nil
		}
	}
}

func (d *door) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.number
}

func (d *door) hold(conn net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held = append(d.held, conn)
}

func (d *door) closeHeld() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, conn := range d.held {
		_ = conn.Close()
	}
}
