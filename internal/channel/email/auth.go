package email

import (
	"encoding/base64"
	"errors"
	"net/smtp"
	"slices"
	"strings"
)

// login is the smtp.Auth of a channel. It chooses the mechanism as go-mail
// would, CRAM-MD5, then PLAIN, then LOGIN; but where go-mail silently sends
// without logging in to a server that offers no AUTH, it refuses, and it
// remembers that it was asked, so that a failed login can be told from a failed
// connection.
type login struct {
	username, password string
	loopback           bool // a password may go unencrypted to this machine
	begun              bool
	chosen             smtp.Auth
}

var errNoAuth = errors.New("the server offers no way to log in: remove username and password, or ask for another port")

// Start implements smtp.Auth.
func (l *login) Start(server *smtp.ServerInfo) (string, []byte, error) {
	l.begun = true
	info := *server
	info.TLS = server.TLS || l.loopback
	offered := func(mechanism string) bool {
		return slices.ContainsFunc(server.Auth, func(s string) bool { return strings.EqualFold(s, mechanism) })
	}
	switch {
	case len(server.Auth) == 0:
		return "", nil, errNoAuth
	case offered("CRAM-MD5"):
		l.chosen = smtp.CRAMMD5Auth(l.username, l.password)
	case offered("LOGIN") && !offered("PLAIN"):
		l.chosen = &loginMechanism{username: l.username, password: l.password}
	default:
		l.chosen = smtp.PlainAuth("", l.username, l.password, info.Name)
	}
	return l.chosen.Start(&info)
}

// Next implements smtp.Auth.
func (l *login) Next(fromServer []byte, more bool) ([]byte, error) {
	return l.chosen.Next(fromServer, more)
}

// secrets are the forms in which the password is seen on the wire.
func (l *login) secrets() []string {
	if l.password == "" {
		return nil
	}
	encode := base64.StdEncoding.EncodeToString
	return []string{
		l.password,
		encode([]byte(l.password)),
		encode([]byte("\x00" + l.username + "\x00" + l.password)),
	}
}

// loginMechanism answers the two questions of AUTH LOGIN, in their fixed order
// and whatever their wording: servers differ in it.
type loginMechanism struct {
	username, password string
	asked              int
}

func (m *loginMechanism) Start(server *smtp.ServerInfo) (string, []byte, error) {
	if !server.TLS {
		return "", nil, errors.New("the connection is not encrypted")
	}
	return "LOGIN", nil, nil
}

func (m *loginMechanism) Next(_ []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	m.asked++
	switch m.asked {
	case 1:
		return []byte(m.username), nil
	case 2:
		return []byte(m.password), nil
	default:
		return nil, errors.New("the server asks for more than a user name and a password")
	}
}
