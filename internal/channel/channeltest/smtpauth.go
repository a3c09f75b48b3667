package channeltest

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const (
	mechanismPlain   = "PLAIN"
	mechanismLogin   = "LOGIN"
	mechanismCRAMMD5 = "CRAM-MD5"
)

var errMechanism = errors.New("unknown mechanism")

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string {
	if s.sink.o.Username == "" {
		return nil
	}
	return s.sink.o.Mechanisms
}

// Auth implements smtp.AuthSession.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if !slices.Contains(s.AuthMechanisms(), mechanism) {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	switch mechanism {
	case mechanismPlain:
		return sasl.NewPlainServer(func(_, username, password string) error {
			return s.logIn(username, password, password == s.sink.o.Password)
		}), nil
	case mechanismLogin:
		return &loginServer{session: s}, nil
	case mechanismCRAMMD5:
		return &cramServer{session: s}, nil
	default:
		return nil, errMechanism
	}
}

func (s *session) logIn(username, password string, right bool) error {
	if err := s.fault(AtAuth, password); err != nil {
		return err
	}
	if username != s.sink.o.Username || !right {
		return smtp.ErrAuthFailed
	}
	s.user = username
	return nil
}

// loginServer is the server side of AUTH LOGIN, with wordings that differ from
// the usual ones, as some servers' do.
type loginServer struct {
	session  *session
	username string
	asked    int
}

// Next implements sasl.Server.
func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.asked++
	switch l.asked {
	case 1:
		return []byte("User Name\x00"), false, nil
	case 2:
		l.username = string(response)
		return []byte("password"), false, nil
	default:
		return nil, true, l.session.logIn(l.username, string(response), string(response) == l.session.sink.o.Password)
	}
}

// cramServer is the server side of CRAM-MD5 (RFC 2195).
type cramServer struct {
	session *session
	asked   bool
}

const cramChallenge = "<1896.697170952@sink.example>"

// Next implements sasl.Server.
func (c *cramServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if !c.asked {
		c.asked = true
		return []byte(cramChallenge), false, nil
	}
	username, digest, _ := strings.Cut(string(response), " ")
	mac := hmac.New(md5.New, []byte(c.session.sink.o.Password))
	mac.Write([]byte(cramChallenge))
	right := hmac.Equal([]byte(digest), []byte(hex.EncodeToString(mac.Sum(nil))))
	return nil, true, c.session.logIn(username, "", right)
}
