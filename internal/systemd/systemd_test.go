package systemd_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"repayd/internal/systemd"
)

func TestMessages(t *testing.T) {
	sockets := map[string]string{
		"path":     filepath.Join(t.TempDir(), "notify"),
		"abstract": fmt.Sprintf("@repayd-test-%d", os.Getpid()),
	}
	for kind, name := range sockets {
		server, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		t.Setenv("NOTIFY_SOCKET", name)
		n := systemd.FromEnvironment()
		for _, c := range []struct {
			send func() error
			want string
		}{
			{n.Ready, "READY=1"},
			{n.Stopping, "STOPPING=1"},
			{n.Alive, "WATCHDOG=1"},
			{func() error { return n.Status("3 mailboxes\nREADY=1") }, "STATUS=3 mailboxes READY=1"},
		} {
			if got := receive(t, server, c.send); got != c.want {
				t.Errorf("%s: got %q, want %q", kind, got, c.want)
			}
		}
		reloadingIsOnTheMonotonicClock(t, receive(t, server, n.Reloading))
	}
}

func reloadingIsOnTheMonotonicClock(t *testing.T, got string) {
	t.Helper()
	m := regexp.MustCompile(`^RELOADING=1\nMONOTONIC_USEC=(\d+)$`).FindStringSubmatch(got)
	if m == nil {
		t.Fatalf("reloading: got %q", got)
	}
	sent, _ := strconv.ParseInt(m[1], 10, 64)
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		t.Fatal(err)
	}
	if passed := now.Nano()/1000 - sent; passed < 0 || passed > 60e6 {
		t.Errorf("reloading was said %d µs ago", passed)
	}
}

func receive(t *testing.T, server *net.UnixConn, send func() error) string {
	t.Helper()
	if err := send(); err != nil {
		t.Fatal(err)
	}
	if err := server.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	n, err := server.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

func TestNothingHappensOutsideAUnit(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("WATCHDOG_USEC", "")
	n := systemd.FromEnvironment()
	for _, send := range []func() error{n.Ready, n.Reloading, n.Stopping, n.Alive, func() error { return n.Status("x") }} {
		if err := send(); err != nil {
			t.Error(err)
		}
	}
	if n.Watchdog() != 0 {
		t.Errorf("watchdog %v", n.Watchdog())
	}
}

func TestSocketsThatCannotBeUsed(t *testing.T) {
	for _, name := range []string{"vsock:2:1234", "relative", filepath.Join(t.TempDir(), "absent")} {
		t.Setenv("NOTIFY_SOCKET", name)
		if err := systemd.FromEnvironment().Ready(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestWatchdog(t *testing.T) {
	me := strconv.Itoa(os.Getpid())
	for _, c := range []struct {
		usec, pid string
		want      time.Duration
	}{
		{"60000000", "", 30 * time.Second},
		{"60000000", me, 30 * time.Second},
		{"60000000", "1", 0}, // meant for another process
		{"", me, 0}, {"0", me, 0}, {"-5", me, 0}, {"soon", me, 0},
		{"9223372036854775807", me, 0},
	} {
		t.Setenv("WATCHDOG_USEC", c.usec)
		t.Setenv("WATCHDOG_PID", c.pid)
		if got := systemd.FromEnvironment().Watchdog(); got != c.want {
			t.Errorf("usec %q pid %q: %v, want %v", c.usec, c.pid, got, c.want)
		}
	}
}
