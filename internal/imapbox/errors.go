package imapbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"unicode"

	"github.com/emersion/go-imap/v2"
)

// Kind sorts what can go wrong with a mailbox by what its owner can do.
type Kind string

// The kinds of Error.
const (
	KindOptions  Kind = "options"  // the configuration is wrong
	KindSecret   Kind = "secret"   // the password cannot be read
	KindHost     Kind = "host"     // the host name is unknown
	KindNetwork  Kind = "network"  // no connection, or it broke
	KindTLS      Kind = "tls"      // the connection cannot be made safe
	KindPassword Kind = "password" // the server refuses the log-in
	KindFolder   Kind = "folder"   // a folder is missing or cannot be opened
	KindServer   Kind = "server"   // the server answers, but not as it should
	KindHandler  Kind = "handler"  // what was read could not be stored
)

// Error is a failure in words for the mailbox's owner. It never contains the
// password, and wraps nothing that does.
type Error struct {
	Kind Kind
	Text string // what happened
	Hint string // what to do; may be empty
	// unreadable: an answer could not be parsed, so trying again the same way
	// is of little use.
	unreadable bool
	cause      error // handler errors only
}

func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Text
	}
	return e.Text + "; " + e.Hint
}

// Unwrap returns the handler's error, if that is what it was.
func (e *Error) Unwrap() error { return e.cause }

// maxText bounds what is kept of a text that the server chose.
const maxText = 200

// clean makes a server's text fit for logs and letters: one line, printable,
// short.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > maxText {
		s = string(r[:maxText]) + "…"
	}
	return s
}

// dialError says why no connection came about.
func dialError(server string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		if dns.IsNotFound {
			return &Error{Kind: KindHost, Text: fmt.Sprintf("the host of %s is unknown", server), Hint: "check the server name"}
		}
		return &Error{Kind: KindHost, Text: fmt.Sprintf("the host of %s cannot be looked up now", server), Hint: "check the machine's name service"}
	}
	return &Error{Kind: KindNetwork, Text: fmt.Sprintf("cannot connect to %s: %s", server, clean(err.Error())), Hint: "check server, port and firewall"}
}

// tlsError says why the connection cannot be made safe.
func tlsError(server string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	e := &Error{Kind: KindTLS, Text: fmt.Sprintf("no safe connection to %s: %s", server, clean(err.Error()))}
	var (
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError
		timeout net.Error
	)
	switch {
	case errors.As(err, &unknown):
		e.Hint = "its certificate is signed by nobody this machine trusts"
	case errors.As(err, &host):
		e.Hint = "its certificate is for another name; check the server name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		e.Hint = "its certificate is not valid today; check this machine's clock too"
	case errors.As(err, &record):
		e.Hint = "it does not speak TLS on this port; for port 143 write tls: starttls"
	case errors.Is(err, io.EOF) || errors.As(err, &timeout):
		e.Kind = KindNetwork
		e.Hint = "it did not finish the TLS handshake"
	}
	return e
}

// loginError says why the server refused the log-in.
func (s *session) loginError(err error) error {
	var no *imap.Error
	if !errors.As(err, &no) {
		return s.explain("log in", err)
	}
	text := s.told(no.Text)
	switch no.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit:
		return &Error{Kind: KindServer, Text: "the server does not accept a log-in now: " + text}
	}
	if no.Type == imap.StatusResponseTypeBad {
		return &Error{Kind: KindServer, Text: "the server did not understand the log-in: " + text}
	}
	return &Error{Kind: KindPassword, Text: "the server refuses the log-in: " + text, Hint: passwordHint(s.o.Server)}
}

// passwordHint says what the provider expects in place of the password. The
// providers' help pages are the source.
func passwordHint(server string) string {
	host, _, _ := net.SplitHostPort(server)
	host = strings.ToLower(host)
	for _, p := range []struct{ hosts, hint string }{
		{"qq.com foxmail.com", "QQ Mail wants an authorisation code (授权码) made in its web settings, not the password"},
		{"163.com 126.com yeah.net 188.com netease.com", "NetEase wants an authorisation code (授权码) made in its web settings, not the password"},
		{"aliyun.com", "third-party clients must be allowed in the web settings and may need a client password"},
		{"gmail.com googlemail.com", "Gmail wants an app password, made after turning on 2-step verification"},
		{"outlook.com office365.com hotmail.com live.com", "Outlook accepts only OAuth2, no password of any kind"},
		{"mail.me.com icloud.com", "iCloud wants an app-specific password"},
		{"yahoo.com fastmail.com", "the provider wants an app password, not the password"},
	} {
		for h := range strings.FieldsSeq(p.hosts) {
			if host == h || strings.HasSuffix(host, "."+h) {
				return p.hint
			}
		}
	}
	return "check username and password; many providers want an app password or authorisation code (授权码) instead"
}

// explain turns the error of a command into words. what completes "could not".
func (s *session) explain(what string, err error) error {
	if err == nil {
		return nil
	}
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	var no *imap.Error
	if errors.As(err, &no) && no.Type != imap.StatusResponseType("BYE") {
		return &Error{Kind: KindServer, Text: fmt.Sprintf("could not %s: the server answered %s %s", what, no.Type, s.told(no.Text))}
	}
	bye, unreadable, cause := s.w.ended()
	switch {
	case bye != "":
		return &Error{Kind: KindNetwork, Text: fmt.Sprintf("could not %s: the server hung up: %s", what, s.told(bye))}
	case unreadable && cause != nil:
		return &Error{Kind: KindServer, Text: fmt.Sprintf("could not %s: %v", what, cause), unreadable: true}
	case unreadable:
		return &Error{Kind: KindServer, Text: fmt.Sprintf("could not %s: the answer is not readable: %s", what, s.told(firstLine(err))), unreadable: true}
	case errors.Is(cause, io.EOF), errors.Is(cause, io.ErrUnexpectedEOF):
		return &Error{Kind: KindNetwork, Text: fmt.Sprintf("could not %s: the server hung up", what)}
	}
	return &Error{Kind: KindNetwork, Text: fmt.Sprintf("could not %s: %s", what, clean(cause.Error()))}
}

// firstLine drops the stack that the library adds after a panic.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// told makes a text of the server fit to be shown: without the password, which
// it may repeat, and clean.
func (s *session) told(text string) string {
	if s.password != "" {
		text = strings.ReplaceAll(text, s.password, "***")
	}
	return clean(text)
}

// near returns the names that could have been meant, the likeliest first; all
// of them (at most ten) when none is like it.
func near(want string, names []string) []string {
	var found []string
	for _, n := range names {
		a, b := strings.ToLower(n), strings.ToLower(want)
		if strings.Contains(a, b) || strings.Contains(b, a) || distance(a, b) <= 2 {
			found = append(found, n)
		}
	}
	if len(found) == 0 {
		found = names
	}
	return found[:min(len(found), 10)]
}

// distance is Levenshtein's.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
