package daemon_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// exim is a real Exim with a configuration and spool of its own on a loopback
// port. It takes letters after a login and puts them into one Maildir.
type exim struct {
	t       *testing.T
	binary  string
	dir     string
	maildir string
	addr    string
	cert    []byte // PEM, for SSL_CERT_FILE
}

const (
	smtpUser     = "shop@example.com"
	smtpPassword = "battery staple"
)

// newExim prepares a server that start runs.
func newExim(t *testing.T, binary, maildir string) *exim {
	t.Helper()
	dir, err := os.MkdirTemp("", "exim")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	e := &exim{t: t, binary: binary, dir: dir, maildir: maildir, addr: freePort(t)}
	must(t, os.Mkdir(filepath.Join(dir, "spool"), 0o755))
	e.cert = certificate(t, dir)
	who, err := user.Current()
	must(t, err)
	if who.Uid == "0" { // mail belongs to nobody, as in dovecottest
		who, err = user.Lookup("nobody")
		must(t, err)
		for _, name := range []string{"spool", "key.pem"} {
			uid, err := strconv.Atoi(who.Uid)
			must(t, err)
			must(t, os.Chown(filepath.Join(dir, name), uid, -1))
		}
	}
	group, err := user.LookupGroupId(who.Gid)
	must(t, err)
	_, port, err := net.SplitHostPort(e.addr)
	must(t, err)
	conf := strings.NewReplacer("DIR", dir, "MAILDIR", maildir, "PORT", port, "USER", who.Username, "GROUP", group.Name,
		"LOGIN", smtpUser, "PASSWORD", smtpPassword).Replace(eximTemplate)
	must(t, os.WriteFile(filepath.Join(dir, "exim.conf"), []byte(conf), 0o644))
	return e
}

const eximTemplate = `
exim_user = USER
exim_group = GROUP
deliver_drop_privilege = true
primary_hostname = mx.example.com
spool_directory = DIR/spool
log_file_path = DIR/spool/log-%s
pid_file_path = DIR/spool/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = PORT
tls_advertise_hosts = *
tls_certificate = DIR/cert.pem
tls_privatekey = DIR/key.pem
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
begin acl
acl_rcpt:
  accept authenticated = *
  deny message = log in first
acl_data:
  accept
begin routers
owner:
  driver = accept
  domains = example.com
  transport = maildir
begin transports
maildir:
  driver = appendfile
  maildir_format
  directory = MAILDIR
  create_directory = false
  user = USER
  group = GROUP
  envelope_to_add
begin retry
* * F,1h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{LOGIN}}{eq{$auth3}{PASSWORD}}}}
  server_set_id = $auth2
`

// start runs the server until the test ends.
func (e *exim) start() {
	e.t.Helper()
	cmd := exec.Command(e.binary, "-C", filepath.Join(e.dir, "exim.conf"), "-bdf")
	said, err := os.Create(filepath.Join(e.dir, "said"))
	must(e.t, err)
	defer said.Close()
	cmd.Stdout, cmd.Stderr = said, said
	must(e.t, cmd.Start())
	e.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended already
		_ = cmd.Wait()
	})
	e.until("exim answers", 20*time.Second, func() bool {
		c, err := net.DialTimeout("tcp", e.addr, time.Second)
		if err != nil {
			return false
		}
		defer c.Close()
		must(e.t, c.SetDeadline(time.Now().Add(5*time.Second)))
		greeting := make([]byte, 3)
		_, err = io.ReadFull(c, greeting)
		return err == nil && string(greeting) == "220"
	})
}

func (e *exim) until(what string, bound time.Duration, ok func() bool) {
	e.t.Helper()
	waitFor(e.t, what, bound, ok, e.log)
}

func (e *exim) log() string {
	b, _ := os.ReadFile(filepath.Join(e.dir, "spool", "log-main")) // none yet is as good as empty
	said, _ := os.ReadFile(filepath.Join(e.dir, "said"))
	return string(said) + string(b)
}

// swallower stands before an SMTP server and takes away the answer to the
// first letter that was handed over: the server has it, the sender never hears.
type swallower struct {
	t        *testing.T
	listener net.Listener
	target   string
	// swallowed is called once, instead of the answer.
	swallowed func()

	once sync.Once
	wg   sync.WaitGroup
}

func newSwallower(t *testing.T, target string, swallowed func()) *swallower {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s := &swallower{t: t, listener: l, target: target, swallowed: swallowed}
	s.wg.Go(s.serve)
	t.Cleanup(func() {
		l.Close()
		s.wg.Wait()
	})
	return s
}

func (s *swallower) serve() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.wg.Go(func() { s.pass(c) })
	}
}

func (s *swallower) pass(client net.Conn) {
	defer client.Close()
	server, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", s.target)
	if err != nil {
		return
	}
	defer server.Close()
	s.wg.Go(func() {
		_, _ = io.Copy(server, client) // ends when either side hangs up
		server.Close()
	})
	handedOver := false
	for lines := bufio.NewReader(server); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		if handedOver {
			took := false
			s.once.Do(func() { took = true; s.swallowed() })
			if took {
				return
			}
		}
		handedOver = bytes.HasPrefix(line, []byte("354"))
		if _, err := client.Write(line); err != nil {
			return
		}
	}
}

// certificate writes a certificate for 127.0.0.1 and its key into a folder and
// returns the certificate.
func certificate(t *testing.T, dir string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mx.example.com"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:        true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	must(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	must(t, os.WriteFile(filepath.Join(dir, "cert.pem"), cert, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	return cert
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// waitFor asks until ok or the bound has passed; told says what to print then.
func waitFor(tb testing.TB, what string, bound time.Duration, ok func() bool, told func() string) {
	tb.Helper()
	end := time.After(bound)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !ok() {
		select {
		case <-end:
			tb.Fatalf("not within %v: %s\n%s", bound, what, told())
		case <-again.C:
		}
	}
}
