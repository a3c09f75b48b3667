package email

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"repayd/internal/channel"
	"repayd/internal/secret"
)

// Options configure one e-mail account as a channel.
type Options struct {
	Server   string // host:port
	TLS      string // "implicit" (default), "starttls", "none" (loopback only)
	Username string // "" = no authentication
	Password secret.String
	From     string   // RFC 5322 address, may have a name
	To       []string // at least one
	ReplyTo  string   // "" = From
	// TLS roots: nil = the system's; set by tests and the demo.
	TLSConfig *tls.Config
	Now       func() time.Time // nil = time.Now; the Date header
	Dial      channel.DialFunc // nil = channel.Dial; set by tests
}

// The values of Options.TLS.
const (
	tlsImplicit = "implicit"
	tlsStart    = "starttls"
	tlsNone     = "none"
)

// Validate returns everything that is wrong with the options. It reads no
// secret: whether the password can be read is known when it is used.
func (o Options) Validate() []channel.Problem {
	var problems []channel.Problem
	add := func(key, format string, a ...any) {
		problems = append(problems, channel.Problem{Key: key, Why: fmt.Sprintf(format, a...)})
	}
	host, err := splitServer(o.Server)
	if err != nil {
		add("server", "%v", err)
	}
	switch o.TLS {
	case "", tlsImplicit, tlsStart:
	case tlsNone:
		if err == nil && !channel.IsLoopback(host) {
			add("tls", "none is for loopback addresses only: write implicit or starttls")
		}
	default:
		add("tls", "unknown value %q: write implicit, starttls or none", o.TLS)
	}
	if o.Username == "" && !o.Password.IsZero() {
		add("username", "missing, but there is a password: write the account's user name")
	}
	if o.Username != "" && o.Password.IsZero() {
		add("password", "missing, but there is a username: write the account's password or authorisation code")
	}
	if strings.ContainsFunc(o.Username, isControl) {
		add("username", "contains a control character: remove it")
	}
	o.validateAddresses(add)
	return problems
}

func (o Options) validateAddresses(add func(key, format string, a ...any)) {
	if o.From == "" {
		add("from", "missing: write the address that letters come from")
	} else if _, err := parseAddress(o.From); err != nil {
		add("from", "%v", err)
	}
	if len(o.To) == 0 {
		add("to", "missing: write at least one address")
	}
	seen := make(map[string]bool)
	for i, to := range o.To {
		key := "to[" + strconv.Itoa(i) + "]"
		a, err := parseAddress(to)
		switch {
		case err != nil:
			add(key, "%v", err)
		case seen[strings.ToLower(a.Address)]:
			add(key, "%s is there twice: remove one", a.Address)
		default:
			seen[strings.ToLower(a.Address)] = true
		}
	}
	if o.ReplyTo != "" {
		if _, err := parseAddress(o.ReplyTo); err != nil {
			add("reply_to", "%v", err)
		}
	}
}

// splitServer returns the host of HOST:PORT.
func splitServer(server string) (string, error) {
	if server == "" {
		return "", fmt.Errorf("missing: write HOST:PORT, for example smtp.163.com:465")
	}
	host, port, err := net.SplitHostPort(server)
	if err != nil || host == "" || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", fmt.Errorf("%q is not HOST:PORT: write for example smtp.163.com:465", server)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("%q has no port number between 1 and 65535: write for example smtp.163.com:465", server)
	}
	return host, nil
}

// parseAddress accepts an address with or without a display name, and only
// such as may stand in an SMTP command and in a header as it is: go-mail writes
// addresses unchecked, so CR and LF in one would become header fields.
func parseAddress(s string) (*mail.Address, error) {
	if strings.ContainsFunc(s, isControl) {
		return nil, fmt.Errorf("the address contains a line break or another control character: remove it")
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a mail address: write for example owner@example.com", s)
	}
	if strings.ContainsFunc(a.Name, isControl) {
		return nil, fmt.Errorf("the name in front of %s contains a control character: remove it", a.Address)
	}
	if len(a.Address) > 254 {
		return nil, fmt.Errorf("the address is longer than 254 bytes")
	}
	at := strings.LastIndexByte(a.Address, '@')
	if !isDotAtom(a.Address[:at], "!#$%&'*+-/=?^_`{|}~") || !isDotAtom(a.Address[at+1:], "-") {
		return nil, fmt.Errorf("the address %q has characters that many servers do not take: "+
			"use ASCII letters, digits and the usual signs (a Chinese domain in its xn-- form)", a.Address)
	}
	return a, nil
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }

// isDotAtom reports whether s is one or more words of ASCII letters, digits and
// the extra characters, joined by single dots.
func isDotAtom(s, extra string) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" {
			return false
		}
		for _, r := range word {
			if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(extra, r)) {
				return false
			}
		}
	}
	return true
}
