// Package dovecottest runs a real Dovecot 2.3 for tests: its own configuration
// and directory, free loopback ports, one user with a password, TLS with a
// certificate made on the spot, and Maildir folders into which tests put
// messages. It touches nothing outside a temporary directory.
//
// Tests use it when the environment variable of Env names the directory of the
// dovecot binary (usually /usr/sbin).
package dovecottest

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Env is the environment variable that names the directory of the binary.
const Env = "REPAYD_DOVECOT"

// Dir returns what Env says, "" when these tests are not wanted.
func Dir() string { return os.Getenv(Env) }

// Server is one running Dovecot.
type Server struct {
	Plain    string // host:port of IMAP in clear with STARTTLS
	TLS      string // host:port of IMAP over TLS
	Username string
	Password string
	Config   *tls.Config // trusts the server's certificate

	tb       testing.TB
	dir      string
	uid, gid int
	count    atomic.Int64
}

// Start runs a server until the test ends. bin is the directory of the dovecot
// binary. Started by root, mail belongs to nobody, because Dovecot refuses to
// serve root's; started by anyone else, everything runs as that user.
func Start(tb testing.TB, bin string) *Server {
	tb.Helper()
	dir, err := os.MkdirTemp("", "dovecot")
	check(tb, err)
	tb.Cleanup(func() { os.RemoveAll(dir) })
	check(tb, os.Chmod(dir, 0o755))
	s := &Server{
		Username: "shop@example.com", Password: "correct horse", tb: tb, dir: dir,
		Plain: freePort(tb), TLS: freePort(tb), uid: os.Getuid(), gid: os.Getgid(),
	}
	if s.uid == 0 {
		s.uid, s.gid = lookup(tb, "nobody")
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate(tb, dir))
	s.Config = &tls.Config{RootCAs: roots}
	s.Folder("INBOX")
	check(tb, os.WriteFile(filepath.Join(dir, "passwd"), []byte(s.Username+":{PLAIN}"+s.Password+"\n"), 0o644))
	check(tb, os.WriteFile(filepath.Join(dir, "dovecot.conf"), []byte(s.config()), 0o644))
	s.run(filepath.Join(bin, "dovecot"))
	return s
}

// run starts the process and waits until it answers.
func (s *Server) run(binary string) {
	s.tb.Helper()
	cmd := exec.Command(binary, "-F", "-c", filepath.Join(s.dir, "dovecot.conf"))
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	check(s.tb, cmd.Start())
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	s.tb.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
		<-done
	})
	deadline := time.After(20 * time.Second)
	for {
		if s.answers() {
			return
		}
		select {
		case err := <-done:
			done <- err
			s.tb.Fatalf("dovecot ended: %v\n%s", err, s.Log())
		case <-deadline:
			s.tb.Fatalf("dovecot does not answer\n%s", s.Log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *Server) answers() bool {
	c, err := net.DialTimeout("tcp", s.Plain, time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	check(s.tb, c.SetDeadline(time.Now().Add(5*time.Second)))
	greeting := make([]byte, 4)
	_, err = c.Read(greeting)
	return err == nil && string(greeting) == "* OK"
}

// Log returns the server's log.
func (s *Server) Log() string {
	b, _ := os.ReadFile(filepath.Join(s.dir, "log")) // none yet is as good as empty
	return string(b)
}

// Folder makes a folder; one that exists is left alone.
func (s *Server) Folder(name string) {
	s.tb.Helper()
	for _, sub := range []string{"", "cur", "new", "tmp"} {
		p := filepath.Join(s.path(name), sub)
		check(s.tb, os.MkdirAll(p, 0o755))
		s.own(p)
	}
	s.own(filepath.Join(s.dir, "mail"))
}

// Deliver puts a message into a folder as a delivery agent would, received at
// the given time, and returns its file.
func (s *Server) Deliver(folder string, received time.Time, raw []byte) string {
	s.tb.Helper()
	name := fmt.Sprintf("%d.M%08d.test", received.Unix(), s.count.Add(1)) // served in this order
	tmp := filepath.Join(s.path(folder), "tmp", name)
	final := filepath.Join(s.path(folder), "new", name)
	check(s.tb, os.WriteFile(tmp, raw, 0o644))
	check(s.tb, os.Chtimes(tmp, received, received))
	s.own(tmp)
	check(s.tb, os.Rename(tmp, final))
	return final
}

// Forget makes the folder's next UIDVALIDITY a new one, as a restored or
// recreated folder has.
func (s *Server) Forget(folder string, validity uint32) {
	s.tb.Helper()
	files, err := filepath.Glob(filepath.Join(s.path(folder), "dovecot*"))
	check(s.tb, err)
	for _, f := range files {
		check(s.tb, os.RemoveAll(f))
	}
	list := filepath.Join(s.path(folder), "dovecot-uidlist")
	check(s.tb, os.WriteFile(list, fmt.Appendf(nil, "3 V%d N1 G00000000000000000000000000000001\n", validity), 0o644))
	s.own(list)
}

// path is where a folder lives: INBOX at the top, others below it with a dot.
func (s *Server) path(folder string) string {
	if folder == "INBOX" {
		return filepath.Join(s.dir, "mail")
	}
	return filepath.Join(s.dir, "mail", "."+folder)
}

func (s *Server) own(path string) {
	s.tb.Helper()
	if os.Getuid() == 0 {
		check(s.tb, os.Chown(path, s.uid, s.gid))
	}
}

func (s *Server) config() string {
	login, internal, group := "dovenull", "dovecot", "dovecot"
	if os.Getuid() != 0 {
		u, err := user.Current()
		check(s.tb, err)
		g, err := user.LookupGroupId(u.Gid)
		check(s.tb, err)
		login, internal, group = u.Username, u.Username, g.Name
	}
	return strings.NewReplacer(
		"DIR", s.dir, "PLAIN", port(s.Plain), "SECURE", port(s.TLS), "LOGIN", login, "INTERNAL", internal, "GROUP", group,
		"UID", strconv.Itoa(s.uid), "GID", strconv.Itoa(s.gid),
	).Replace(template)
}

const template = `
protocols = imap
listen = 127.0.0.1
base_dir = DIR/run
state_dir = DIR/state
log_path = DIR/log
default_login_user = LOGIN
default_internal_user = INTERNAL
default_internal_group = GROUP
first_valid_uid = 1
ssl = yes
ssl_cert = <DIR/cert.pem
ssl_key = <DIR/key.pem
ssl_dh =
disable_plaintext_auth = no
mail_location = maildir:DIR/mail
mailbox_idle_check_interval = 1 secs
mail_max_userip_connections = 50
namespace inbox {
  inbox = yes
  separator = .
}
passdb {
  driver = passwd-file
  args = username_format=%u DIR/passwd
}
userdb {
  driver = static
  args = uid=UID gid=GID home=DIR/mail
}
service imap-login {
  chroot =
  inet_listener imap {
    port = PLAIN
  }
  inet_listener imaps {
    port = SECURE
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`

func port(addr string) string {
	_, p, _ := net.SplitHostPort(addr)
	return p
}

func freePort(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(tb, err)
	defer l.Close()
	return l.Addr().String()
}

func lookup(tb testing.TB, name string) (uid, gid int) {
	tb.Helper()
	u, err := user.Lookup(name)
	check(tb, err)
	uid, err = strconv.Atoi(u.Uid)
	check(tb, err)
	gid, err = strconv.Atoi(u.Gid)
	check(tb, err)
	return uid, gid
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
