// Package systemd tells the service manager how the daemon is: ready,
// reloading, stopping, still alive.
//
// Contract. Outside a unit of Type=notify ($NOTIFY_SOCKET unset) every call
// does nothing and succeeds. Nothing here waits for an answer.
// The protocol is that of sd_notify(3).
package systemd

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Notifier sends the daemon's state to the service manager. The zero Notifier
// does nothing.
type Notifier struct {
	socket   string
	watchdog time.Duration
}

// FromEnvironment returns the Notifier that systemd asked for.
func FromEnvironment() Notifier {
	return Notifier{socket: os.Getenv("NOTIFY_SOCKET"), watchdog: watchdogLimit()}
}

// watchdogLimit is how long systemd waits between two signs of life before it
// restarts the daemon; 0 when it does not watch this process.
func watchdogLimit() time.Duration {
	if pid := os.Getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	usec, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 || usec > int64(time.Duration(1<<63-1)/time.Microsecond) {
		return 0
	}
	return time.Duration(usec) * time.Microsecond
}

// Watchdog is how often Alive should be called, half of what systemd allows;
// 0 means that nobody is watching.
func (n Notifier) Watchdog() time.Duration { return n.watchdog / 2 }

// Ready says that start-up, or a reload, is complete.
func (n Notifier) Ready() error { return n.send("READY=1") }

// Reloading says that the configuration is being read again; Ready must
// follow, also when the old configuration stays.
func (n Notifier) Reloading() error {
	if n.socket == "" {
		return nil
	}
	// systemd orders reloads by this clock; Go's own monotonic reading is not
	// comparable with that of another process.
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		return fmt.Errorf("systemd: read the monotonic clock: %w", err)
	}
	return n.send("RELOADING=1", fmt.Sprintf("MONOTONIC_USEC=%d", now.Nano()/1000))
}

// Stopping says that the daemon is shutting down.
func (n Notifier) Stopping() error { return n.send("STOPPING=1") }

// Status sets the one line that `systemctl status` shows.
func (n Notifier) Status(line string) error {
	// A line end would begin another assignment.
	return n.send("STATUS=" + strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, line))
}

// Alive pats the watchdog.
func (n Notifier) Alive() error { return n.send("WATCHDOG=1") }

func (n Notifier) send(lines ...string) error {
	if n.socket == "" {
		return nil
	}
	if n.socket[0] != '/' && n.socket[0] != '@' {
		return fmt.Errorf("systemd: $NOTIFY_SOCKET %q is neither a path nor an abstract socket", n.socket)
	}
	// The net package turns a leading @ into the NUL of an abstract address.
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("systemd: %w", err)
	}
	defer conn.Close()
	// A full queue must not hold up the daemon.
	if err := conn.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
		return fmt.Errorf("systemd: %w", err)
	}
	if _, err := conn.Write([]byte(strings.Join(lines, "\n"))); err != nil {
		return fmt.Errorf("systemd: %w", err)
	}
	return nil
}
