package channel

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// DialFunc opens a network connection, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// connectTimeout bounds name lookup and TCP connect.
const connectTimeout = 20 * time.Second

// Dial opens a TCP connection. The name localhost is believed only when it
// leads to this machine: what may go unencrypted to loopback must not leave it
// because of a changed hosts file.
func Dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: connectTimeout}
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil || !strings.EqualFold(host, "localhost") {
		return conn, nil
	}
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok && !a.IP.IsLoopback() {
		conn.Close()
		return nil, fmt.Errorf("localhost leads to %s, which is not this machine: mend the hosts file", a.IP)
	}
	return conn, nil
}

// IsLoopback reports whether host names this machine for certain: localhost or
// a loopback address, without a port.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}
