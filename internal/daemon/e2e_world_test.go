package daemon_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"repayd/internal/imapbox/dovecottest"
)

// world is everything around one daemon: the mailbox that it reads, the server
// that it sends through, and the mailbox of the owner that letters arrive in.
type world struct {
	t      *testing.T
	binary string
	dir    string
	env    []string
	inbox  *dovecottest.Server
	smtp   *exim
	owner  *letters
	// What the configuration says; write puts it into the file.
	server string // host:port of SMTP
	tls    string // starttls or none
	to     string
	hook   string // URL of a second channel, "" = none
	steps  string
}

// newWorld starts the servers; the SMTP server only if wanted now.
func newWorld(t *testing.T, tools, binary string, smtp bool) *world {
	t.Helper()
	out := dovecottest.Start(t, tools)
	w := &world{t: t, binary: binary, dir: t.TempDir(), inbox: dovecottest.Start(t, tools),
		tls: "starttls", to: "owner@example.com", steps: `["due-7d 00:00", "due 10:00"]`}
	w.smtp = newExim(t, filepath.Join(tools, "exim4"), maildir(out))
	w.server = w.smtp.addr
	if smtp {
		w.smtp.start()
	}
	w.owner = readLetters(t, out)
	// In a folder of its own: the daemon opens and closes all files there, and
	// closing the database behind SQLite's back would drop its locks.
	trust := t.TempDir()
	roots := filepath.Join(trust, "roots.pem")
	must(t, os.WriteFile(roots, append(trusted(t, w.inbox), w.smtp.cert...), 0o600))
	w.env = append(os.Environ(), "SSL_CERT_FILE="+roots, "SSL_CERT_DIR="+trust, "NOTIFY_SOCKET=")
	must(t, os.WriteFile(w.path("imap-password"), []byte(w.inbox.Password+"\n"), 0o600))
	w.password(smtpPassword)
	w.write()
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// password writes the file that the daemon reads the SMTP password from.
func (w *world) password(p string) {
	w.t.Helper()
	must(w.t, os.WriteFile(w.path("smtp-password"), []byte(p+"\n"), 0o600))
}

// write writes the configuration.
func (w *world) write() {
	w.t.Helper()
	hook, channels := "", "[me]"
	if w.hook != "" {
		hook = fmt.Sprintf("  - {name: hook, webhook: {url: \"%s\", secret: whsec_%s}}\n", w.hook, strings.Repeat("AAAA", 8))
		channels = "[me, hook]"
	}
	must(w.t, os.WriteFile(w.path("config.yaml"), fmt.Appendf(nil, `timezone: Asia/Shanghai
database: repayd.db
mailboxes:
  - {name: shop, server: "%s", username: "%s", password: {file: imap-password}, authserv: [mx.example.com], poll: "@every 10s"}
channels:
  - name: me
    email: {server: "%s", tls: %s, username: "%s", password: {file: smtp-password}, from: shop@example.com, to: ["%s"]}
%sreminders:
  - {name: default, steps: %s, channels: %s}
`, w.inbox.TLS, w.inbox.Username, w.server, w.tls, smtpUser, w.to, hook, w.steps, channels), 0o600))
}

// run starts the daemon.
func (w *world) run() *process {
	w.t.Helper()
	p := w.process("run")
	w.t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may have ended already
		<-p.done
		if w.t.Failed() {
			w.t.Logf("log of process %d:\n%s\nlog of exim:\n%s", p.cmd.Process.Pid, last(p.log.String()), last(w.smtp.log()))
		}
	})
	return p
}

func (w *world) process(args ...string) *process {
	w.t.Helper()
	p := &process{t: w.t, log: &lines{}, done: make(chan struct{})}
	p.cmd = exec.Command(w.binary, append(args, "--config", w.path("config.yaml"))...)
	p.cmd.Env, p.cmd.Dir = w.env, w.dir
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	must(w.t, p.cmd.Start())
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p
}

// bills asks the command line what is owed.
func (w *world) bills() []struct{ ID, Issuer, Stage, Trust, Outstanding string } {
	w.t.Helper()
	var rows []struct{ ID, Issuer, Stage, Trust, Outstanding string }
	w.ask(&rows, "bills")
	return rows
}

// sent asks the command line for the letters.
func (w *world) sent() []sentLetter {
	w.t.Helper()
	var rows []sentLetter
	w.ask(&rows, "letters")
	return rows
}

type sentLetter struct {
	ID, State string
	Attempts  int
	LastError string `json:"last_error"`
}

// accepted is how many letters the far side has taken, as the daemon knows.
func (w *world) accepted() int {
	n := 0
	for _, l := range w.sent() {
		if l.State == "accepted" {
			n++
		}
	}
	return n
}

// ask runs a command with --json. Before the daemon has made the database
// there is nothing to say.
func (w *world) ask(into any, args ...string) {
	w.t.Helper()
	if _, err := os.Stat(w.path("repayd.db")); err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.binary, append(args, "--json", "--config", w.path("config.yaml"))...)
	cmd.Env, cmd.Dir = w.env, w.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("repayd %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	must(w.t, json.Unmarshal(out, into))
}

// until waits for something that the daemon does.
func (w *world) until(what string, bound time.Duration, ok func() bool) {
	w.t.Helper()
	waitFor(w.t, what, bound, ok, w.owner.String)
}

// process is one running repayd.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	log  *lines
	done chan struct{}
	err  error // of Wait, once done is closed
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	p.t.Helper()
	must(p.t, p.cmd.Process.Kill())
	<-p.done
}

// code waits for the end of the process and returns its exit code.
func (p *process) code(bound time.Duration) int {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(bound):
		p.t.Fatalf("still running after %v\n%s", bound, p.log)
	}
	var exit *exec.ExitError
	switch {
	case p.err == nil:
		return 0
	case errors.As(p.err, &exit):
		return exit.ExitCode()
	}
	p.t.Fatal(p.err)
	return -1
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	must(p.t, p.cmd.Process.Signal(s))
}

// says waits until the process has written a line with these words.
func (p *process) says(words string, bound time.Duration) {
	p.t.Helper()
	waitFor(p.t, "the log says "+words, bound, func() bool { return strings.Contains(p.log.String(), words) }, p.log.String)
}

// memory returns a field of /proc/PID/status in MB: VmRSS, VmHWM.
func (p *process) memory(field string) float64 {
	p.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	must(p.t, err)
	_, rest, _ := strings.Cut(string(status), field+":")
	var kb float64
	_, err = fmt.Sscan(rest, &kb)
	must(p.t, err)
	return kb / 1024
}

// last cuts a log to its end.
func last(log string) string {
	const enough = 8000
	return log[max(0, len(log)-enough):]
}

// lines collects what a process writes.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
