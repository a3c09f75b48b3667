package imapbox

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// dialTimeout bounds connecting and, again, the TLS handshake.
const dialTimeout = 30 * time.Second

// connect opens a connection and logs in. The connection ends with ctx or by
// session.close.
// alive, which may be nil, is told while a long answer keeps coming.
func connect(ctx context.Context, o Options, dial dialFunc, alive func()) (*session, error) {
	if err := o.Validate(); err != nil {
		return nil, &Error{Kind: KindOptions, Text: err.Error()}
	}
	password, err := o.Password.Read()
	if err != nil {
		return nil, &Error{Kind: KindSecret, Text: err.Error()}
	}
	w, err := open(ctx, o, dial)
	if err != nil {
		return nil, err
	}
	w.alive = alive
	s := &session{ctx: ctx, o: o, w: w, password: password, news: make(chan struct{}, 1)}
	s.release = context.AfterFunc(ctx, func() { w.kill(ctx.Err()) })
	s.c = imapclient.New(w, &imapclient.Options{
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: s.announce, Expunge: s.expunged},
	})
	if err := s.begin(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// open connects and makes the connection safe.
func open(ctx context.Context, o Options, dial dialFunc) (*wire, error) {
	raw, err := dial(ctx, "tcp", o.Server)
	if err != nil {
		return nil, dialError(o.Server, err)
	}
	if tcp, ok := raw.RemoteAddr().(*net.TCPAddr); ok && o.TLS == "none" && !tcp.IP.IsLoopback() {
		raw.Close()
		return nil, &Error{Kind: KindTLS, Text: fmt.Sprintf("%s is not this machine", o.Server), Hint: "use tls implicit or starttls"}
	}
	if o.TLS == "none" {
		return newWire(raw, raw, ""), nil
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()
	greeting := ""
	if o.TLS == "starttls" {
		if err := startTLS(raw); err != nil {
			raw.Close()
			return nil, tlsError(o.Server, err)
		}
		greeting = "* OK ready\r\n" // the library waits for one; the real one came in clear
	}
	clear := tls.Client(raw, tlsConfig(o))
	if err := clear.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, tlsError(o.Server, err)
	}
	return newWire(clear, raw, greeting), nil
}

func tlsConfig(o Options) *tls.Config {
	c := &tls.Config{}
	if o.TLSConfig != nil {
		c = o.TLSConfig.Clone()
	}
	if c.ServerName == "" {
		c.ServerName, _, _ = net.SplitHostPort(o.Server)
	}
	c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	return c
}

// startTLS speaks the few lines before the handshake itself, so that the wire
// always stands above TLS. Nothing said in clear is believed, and an answer
// that comes before it was asked for (an injected one) ends the attempt.
func startTLS(raw net.Conn) error {
	const maxLines, maxBytes = 50, 8 << 10
	r := bufio.NewReaderSize(raw, maxBytes)
	line, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !strings.HasPrefix(strings.ToUpper(string(line)), "* OK") {
		return fmt.Errorf("the server greets with %q", clean(string(line)))
	}
	if _, err := raw.Write([]byte("s1 STARTTLS\r\n")); err != nil {
		return err
	}
	for range maxLines {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		answer, ok := strings.CutPrefix(string(line), "s1 ")
		if !ok {
			continue
		}
		if !strings.HasPrefix(strings.ToUpper(answer), "OK") {
			return fmt.Errorf("the server refuses STARTTLS: %s", clean(answer))
		}
		if r.Buffered() > 0 {
			return errors.New("the server sent something in clear after STARTTLS")
		}
		return nil
	}
	return errors.New("the server does not answer STARTTLS")
}

// begin waits for the greeting, logs in, and says who we are.
func (s *session) begin() error {
	if err := s.do("connect", s.c.WaitGreeting); err != nil {
		return err
	}
	if s.c.State() == imap.ConnStateNotAuthenticated {
		if err := s.login(); err != nil {
			return err
		}
	}
	// The library asks again for the capabilities after the log-in, beside us.
	// Once a later command is answered it has begun to, and then Caps waits for
	// it: neither are they the old ones, nor does that command come in the way
	// of IDLE.
	if err := s.do("begin", s.c.Noop().Wait); err != nil {
		return err
	}
	if err := s.askCaps(); err != nil {
		return err
	}
	if s.caps.Has(imap.CapID) {
		return s.identify()
	}
	return nil
}

// login uses LOGIN, which every server takes, unless it is switched off or
// could not carry the characters.
func (s *session) login() error {
	if err := s.askCaps(); err != nil {
		return err
	}
	plain := s.caps.Has(imap.CapLoginDisabled) || !ascii(s.o.Username+s.password)
	defer s.w.expect()()
	var err error
	if plain && s.caps.Has("AUTH=PLAIN") {
		err = s.c.Authenticate(sasl.NewPlainClient("", s.o.Username, s.password))
	} else {
		err = s.c.Login(s.o.Username, s.password).Wait()
	}
	if err != nil {
		return s.loginError(err)
	}
	return nil
}

// askCaps waits for what the server can do.
func (s *session) askCaps() error {
	return s.do("ask what the server can do", func() error {
		if s.caps = s.c.Caps(); s.caps == nil {
			return errors.New("no capabilities")
		}
		return nil
	})
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

// identify sends ID. NetEase opens no folder for a client that did not; others
// only log it, so a refusal does not matter here.
func (s *session) identify() error {
	err := s.do("say who we are", func() error {
		_, err := s.c.ID(&imap.IDData{Name: "repayd", Version: "1.0", Vendor: "repayd"}).Wait()
		return err
	})
	var e *Error
	if errors.As(err, &e) && e.Kind == KindServer && !e.unreadable {
		return nil
	}
	return err
}
