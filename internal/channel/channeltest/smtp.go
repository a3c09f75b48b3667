package channeltest

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// SMTPOptions configure an SMTP sink.
type SMTPOptions struct {
	// TLS offers STARTTLS, or with Implicit speaks TLS from the start.
	TLS      *tls.Config
	Implicit bool
	// Username and Password are asked for when there is a username, over TLS
	// where there is TLS, by these Mechanisms (default: PLAIN).
	Username, Password string
	Mechanisms         []string
	// Fault is asked at each stage of each connection; nil = nothing goes wrong.
	Fault func(Event) Fault
	// Listener is where to listen; nil = a free port of 127.0.0.1.
	Listener net.Listener
}

// Stage is a point of an SMTP connection.
type Stage int

// The stages.
const (
	AtConnect Stage = iota // before the greeting, and before implicit TLS
	AtHello
	AtAuth // Arg: the password where the mechanism shows it
	AtMail // Arg: the sender
	AtRcpt // Arg: the recipient
	AtData // the letter has been asked for and not yet read
	AtDot  // the letter has been read and not yet answered for
)

// Event is what an SMTP sink is about to answer.
type Event struct {
	Stage      Stage
	Connection int // from 1
	Letter     int // transactions begun on the connection, from 1
	Arg        string
}

// Fault is what an SMTP sink does instead of going on. The zero Fault is none.
type Fault struct {
	Code int // answer with this code and Text
	Text string
	Drop bool // close the connection
	Hang bool // say nothing until the sink is closed
}

// Mail is one letter that an SMTP sink has accepted.
type Mail struct {
	From       string
	To         []string
	Data       []byte // as sent, without dot stuffing
	Helo, User string
	TLS        bool
	Connection int
}

// SMTPSink is a running SMTP server that keeps all mail.
type SMTPSink struct {
	o       SMTPOptions
	server  *smtp.Server
	door    *door
	mail    *record[Mail]
	done    chan struct{}
	once    sync.Once
	stopped sync.WaitGroup
}

// ioTimeout ends connections that a client has forgotten.
const ioTimeout = 10 * time.Minute

// NewSMTPSink starts a sink. Close it.
func NewSMTPSink(o SMTPOptions) (*SMTPSink, error) {
	if o.Listener == nil {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("smtp sink: %w", err)
		}
		o.Listener = l
	}
	if o.Fault == nil {
		o.Fault = func(Event) Fault { return Fault{} }
	}
	if len(o.Mechanisms) == 0 {
		o.Mechanisms = []string{mechanismPlain}
	}
	s := &SMTPSink{o: o, mail: newRecord[Mail](), done: make(chan struct{})}
	s.door = &door{Listener: o.Listener, sink: s}
	s.server = smtp.NewServer(smtp.BackendFunc(s.newSession))
	s.server.Domain = "sink.example"
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	s.server.ReadTimeout, s.server.WriteTimeout = ioTimeout, ioTimeout
	s.server.MaxMessageBytes = 32 << 20
	s.server.AllowInsecureAuth = o.TLS == nil
	if o.TLS != nil && !o.Implicit {
		s.server.TLSConfig = o.TLS
	}
	s.stopped.Go(func() { _ = s.server.Serve(s.door) }) // ends with Close
	return s, nil
}

// Addr is the sink's host:port.
func (s *SMTPSink) Addr() string { return s.o.Listener.Addr().String() }

// Mail returns all mail accepted so far.
func (s *SMTPSink) Mail() []Mail { return s.mail.all() }

// Wait returns all mail once there are n, or what there is with the context's
// error.
func (s *SMTPSink) Wait(ctx context.Context, n int) ([]Mail, error) { return s.mail.wait(ctx, n) }

// Connections is how many connections were made so far.
func (s *SMTPSink) Connections() int { return s.door.count() }

// Close ends the sink and its connections.
func (s *SMTPSink) Close() error {
	s.once.Do(func() {
		close(s.done)
		s.door.closeHeld()
		_ = s.server.Close()
		_ = s.o.Listener.Close() // the server knows it only once Serve has begun
		s.stopped.Wait()
	})
	return nil
}

// session is one connection's smtp.Session.
type session struct {
	sink    *SMTPSink
	conn    *smtp.Conn
	number  int
	letters int
	mail    Mail
	user    string
}

func (s *SMTPSink) newSession(c *smtp.Conn) (smtp.Session, error) {
	n := &session{sink: s, conn: c, number: numberOf(c.Conn())}
	if err := n.fault(AtHello, c.Hostname()); err != nil {
		return nil, err
	}
	return n, nil
}

// fault does what Fault wants; its error is what the sink answers.
func (s *session) fault(stage Stage, arg string) error {
	f := s.sink.o.Fault(Event{Stage: stage, Connection: s.number, Letter: s.letters, Arg: arg})
	switch {
	case f.Hang:
		<-s.sink.done
		fallthrough
	case f.Drop:
		_ = s.conn.Conn().Close()
		return smtp.ErrServerClosed
	case f.Code != 0:
		return &smtp.SMTPError{Code: f.Code, EnhancedCode: smtp.NoEnhancedCode, Message: f.Text}
	default:
		return nil
	}
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.sink.o.Username != "" && s.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "log in first"}
	}
	s.letters++
	s.mail = Mail{From: from}
	return s.fault(AtMail, from)
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.fault(AtRcpt, to); err != nil {
		return err
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	if err := s.fault(AtData, ""); err != nil {
		return err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.fault(AtDot, ""); err != nil {
		return err
	}
	m := s.mail
	m.Data, m.Helo, m.User, m.Connection = data, s.conn.Hostname(), s.user, s.number
	_, m.TLS = s.conn.TLSConnectionState()
	s.sink.mail.add(m)
	return nil
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.mail = Mail{} }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }
