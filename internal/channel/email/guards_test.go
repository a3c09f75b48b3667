package email_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/channel"
	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/email"
	"repayd/internal/secret"
)

func letter(id string) channel.Letter {
	return channel.Letter{ID: id, Subject: "还款", Text: "还款日 12 月 10 日", HTML: "<p>还款日</p>", Recipients: []string{"owner@example.com"}}
}

func open(t *testing.T, c *email.Channel) channel.Session {
	t.Helper()
	s, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// plain returns a channel to a sink without TLS.
func plain(t *testing.T, fault func(channeltest.Event) channeltest.Fault) (*email.Channel, *channeltest.SMTPSink) {
	t.Helper()
	sink := newSink(t, channeltest.SMTPOptions{Username: "shop@example.com", Password: password, Fault: fault})
	return newChannel(t, sink, "none", nil), sink
}

func TestOneConnectionForSeveralLetters(t *testing.T) {
	t.Parallel()
	c, sink := plain(t, nil)
	s := open(t, c)
	for n := range 20 {
		if r := s.Send(t.Context(), letter(fmt.Sprint("lt_", n)))[0]; r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	if n := sink.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// A server that drops at MAIL FROM gets one connection for one letter, not
// thousands.
func TestNoReconnectStorm(t *testing.T) {
	t.Parallel()
	c, sink := plain(t, faultOf(channeltest.HangsUp))
	s := open(t, c)
	r := s.Send(t.Context(), letter("lt_1"))[0]
	if r.Outcome != channel.Temporary || r.Uncertain || r.Err == nil {
		t.Errorf("%+v", r)
	}
	if n := sink.Connections(); n != 1 {
		t.Errorf("%d connections for one letter", n)
	}
}

// Some providers close a connection after twenty letters. The next letter
// notices and goes out on a new one, once.
func TestClosedBetweenLetters(t *testing.T) {
	t.Parallel()
	for _, f := range []channeltest.Fault{{Drop: true}, {Code: 421, Text: "4.7.0 too many letters"}} {
		c, sink := plain(t, func(e channeltest.Event) channeltest.Fault {
			if e.Stage == channeltest.AtMail && e.Letter == 3 {
				return f
			}
			return channeltest.Fault{}
		})
		s := open(t, c)
		for n := range 7 {
			if r := s.Send(t.Context(), letter(fmt.Sprint("lt_", n)))[0]; r.Err != nil {
				t.Errorf("letter %d: %v", n, r.Err)
			}
		}
		if n := len(sink.Mail()); n != 7 {
			t.Errorf("%d letters arrived", n)
		}
		if n := sink.Connections(); n != 4 {
			t.Errorf("%d connections, want 4", n)
		}
	}
}

// When a connection cannot be had again, the rest of the session fails at once.
func TestDeadServerIsAskedOnce(t *testing.T) {
	t.Parallel()
	c, sink := plain(t, func(e channeltest.Event) channeltest.Fault {
		return channeltest.Fault{Drop: e.Connection > 1 || e.Stage == channeltest.AtRcpt}
	})
	s := open(t, c)
	for n := range 10 {
		if r := s.Send(t.Context(), letter(fmt.Sprint("lt_", n)))[0]; r.Outcome != channel.Temporary {
			t.Errorf("%+v", r)
		}
	}
	if n := sink.Connections(); n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
}

// One bad recipient does not cost the others their letter.
func TestOutcomePerRecipient(t *testing.T) {
	t.Parallel()
	c, sink := plain(t, func(e channeltest.Event) channeltest.Fault {
		if e.Stage == channeltest.AtRcpt && strings.HasPrefix(e.Arg, "gone") {
			return channeltest.Fault{Code: 550, Text: "5.1.1 <gone@example.com> unknown"}
		}
		return channeltest.Fault{}
	})
	l := letter("lt_1")
	l.Recipients = []string{"gone@example.com", "owner@example.com", "bad\r\naddress", "owner@example.com"}
	results := open(t, c).Send(t.Context(), l)
	var got []string
	for _, r := range results {
		got = append(got, fmt.Sprintf("%q %v", r.Recipient, r.Outcome))
	}
	want := []string{`"gone@example.com" refused`, `"owner@example.com" accepted`, `"bad\r\naddress" refused`}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if strings.Contains(results[0].Err.Error(), "gone@") {
		t.Errorf("the error names the recipient: %v", results[0].Err)
	}
	if n := len(sink.Mail()); n != 1 {
		t.Errorf("%d letters arrived", n)
	}
}

func TestAnswerCodes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		stage channeltest.Stage
		code  int
		text  string
		want  channel.Outcome
		login bool
	}{
		{channeltest.AtMail, 421, "4.3.2 shutting down", channel.Temporary, false},
		{channeltest.AtMail, 451, "4.3.0 later", channel.Temporary, false},
		{channeltest.AtMail, 530, "5.7.0 log in first", channel.Temporary, true},
		{channeltest.AtMail, 535, "5.7.8 token expired", channel.Temporary, true},
		{channeltest.AtMail, 503, "need EHLO and AUTH first", channel.Temporary, false},
		{channeltest.AtMail, 553, "mail from must equal authorized user", channel.Refused, false},
		{channeltest.AtRcpt, 450, "4.2.1 mailbox busy", channel.Temporary, false},
		{channeltest.AtRcpt, 452, "4.5.3 too many", channel.Temporary, false},
		{channeltest.AtRcpt, 550, "5.1.1 unknown", channel.Refused, false},
		{channeltest.AtRcpt, 551, "not here", channel.Refused, false},
		{channeltest.AtRcpt, 552, "5.2.2 mailbox full", channel.Temporary, false},
		{channeltest.AtRcpt, 554, "5.7.1 no", channel.Refused, false},
		{channeltest.AtDot, 421, "4.3.2 bye", channel.Temporary, false},
		{channeltest.AtDot, 451, "4.7.1 try again", channel.Temporary, false},
		{channeltest.AtDot, 552, "5.3.4 too large", channel.Refused, false},
		{channeltest.AtDot, 554, "5.7.1 spam", channel.Refused, false},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("stage %d %d %s", tt.stage, tt.code, tt.text), func(t *testing.T) {
			t.Parallel()
			c, sink := plain(t, func(e channeltest.Event) channeltest.Fault {
				if e.Stage == tt.stage {
					return channeltest.Fault{Code: tt.code, Text: tt.text}
				}
				return channeltest.Fault{}
			})
			r := open(t, c).Send(t.Context(), letter("lt_1"))[0]
			if r.Outcome != tt.want || r.Uncertain {
				t.Errorf("%v, uncertain %v; want %v", r.Outcome, r.Uncertain, tt.want)
			}
			if errors.Is(r.Err, channel.ErrLogin) != tt.login || !strings.Contains(r.Err.Error(), fmt.Sprint(tt.code)) {
				t.Errorf("error %v", r.Err)
			}
			if n := len(sink.Mail()); n > 0 {
				t.Errorf("%d letters arrived", n)
			}
		})
	}
}

// script is a server that answers with fixed lines, for what a proper server
// would not do: each answer is sent after one line was read, the first at once.
func script(t *testing.T, answers ...string) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		for i, a := range answers {
			if i > 0 {
				if _, err := in.ReadString('\n'); err != nil {
					return
				}
			}
			if _, err := io.WriteString(conn, a+"\r\n"); err != nil {
				return
			}
		}
		_, _ = io.Copy(io.Discard, in)
	}()
	return l.Addr().String()
}

func scripted(t *testing.T, mode string, answers ...string) *email.Channel {
	t.Helper()
	c, err := email.New(email.Options{Server: script(t, answers...), TLS: mode, Username: "shop@example.com",
		Password: secret.Plain(password), From: "shop@example.com", To: []string{"owner@example.com"}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOpenExplains(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		mode    string
		answers []string
		want    string
		login   bool
	}{
		{"no STARTTLS", "starttls", []string{"220 hi", "250 me"}, "offers no STARTTLS", false},
		{"no TLS", "implicit", []string{"220 hi"}, "does not speak TLS from the start", false},
		{"turned away", "none", []string{"554 not you"}, "554 not you", false},
		{"no AUTH", "none", []string{"220 hi", "250 me", "221 bye"}, "no way to log in", false},
		{"wrong password", "none", []string{"220 hi", "250-me\r\n250 AUTH PLAIN", "535 5.7.8 wrong " + password, "501 so be it", "221 bye"}, "authorisation code", true},
		{"busy", "none", []string{"220 hi", "250-me\r\n250 AUTH PLAIN", "454 4.7.0 later", "501 so be it", "221 bye"}, "454 4.7.0 later", false},
		{"endless line", "none", []string{"220 hi", "250-" + strings.Repeat("x", 2<<20)}, "without end", false},
		{"nonsense", "none", []string{"HTTP/1.1 400 Bad Request"}, "connect to 127.0.0.1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			_, err := scripted(t, tt.mode, tt.answers...).Open(ctx)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v, want something about %q", err, tt.want)
			}
			if errors.Is(err, channel.ErrLogin) != tt.login {
				t.Errorf("login error: %v", !tt.login)
			}
			if strings.Contains(fmt.Sprintf("%#v", err), password) {
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

// Nothing is left waiting without a context's help: a silent server costs a
// minute before the login and two after.
func TestSilenceIsBounded(t *testing.T) {
	t.Parallel()
	tests := []struct {
		mode  string
		stage channeltest.Stage
		want  time.Duration
	}{
		{"none", channeltest.AtConnect, time.Minute},
		{"implicit", channeltest.AtConnect, time.Minute},
		{"none", channeltest.AtHello, time.Minute},
		{"none", channeltest.AtAuth, time.Minute},
		{"none", channeltest.AtMail, 2 * time.Minute},
		{"none", channeltest.AtRcpt, 2 * time.Minute},
		{"none", channeltest.AtData, 2 * time.Minute},
		{"none", channeltest.AtDot, 2 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.mode, tt.stage), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { testSilence(t, tt.mode, tt.stage, tt.want) })
		})
	}
}

func testSilence(t *testing.T, mode string, stage channeltest.Stage, want time.Duration) {
	pipe := channeltest.NewPipe()
	sink := newSink(t, channeltest.SMTPOptions{Listener: pipe, Username: "shop@example.com", Password: password,
		Fault: func(e channeltest.Event) channeltest.Fault { return channeltest.Fault{Hang: e.Stage == stage} }})
	o := options(sink, mode, nil)
	o.Dial = pipe.Dial
	c, err := email.New(o)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	s, err := c.Open(t.Context())
	uncertain := false
	if err == nil {
		r := s.Send(t.Context(), letter("lt_1"))[0]
		uncertain, err = r.Uncertain, r.Err
		s.Close()
	}
	if spent := time.Since(begun); spent != want {
		t.Errorf("it took %v, want %v", spent, want)
	}
	if err == nil {
		t.Error("no error")
	}
	if stage == channeltest.AtDot && !uncertain {
		t.Error("not uncertain, though all was handed over")
	}
	sink.Close()
}

// TestManyRecipientsOfASilentServer: the letter ends with the first of them.
func TestManyRecipientsOfASilentServer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := channeltest.NewPipe()
		sink := newSink(t, channeltest.SMTPOptions{Listener: pipe, Username: "shop@example.com", Password: password,
			Fault: func(e channeltest.Event) channeltest.Fault {
				return channeltest.Fault{Hang: e.Stage == channeltest.AtRcpt}
			}})
		o := options(sink, "none", nil)
		o.Dial = pipe.Dial
		c, err := email.New(o)
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l := letter("lt_1")
		l.Recipients = []string{"a@example.com", "b@example.com", "c@example.com", "d@example.com", "e@example.com"}
		begun := time.Now()
		results := s.Send(t.Context(), l)
		if spent := time.Since(begun); spent > 3*time.Minute {
			t.Errorf("it took %v", spent)
		}
		for _, r := range results {
			if r.Outcome != channel.Temporary || r.Err == nil {
				t.Errorf("%s: %v %v", r.Recipient, r.Outcome, r.Err)
			}
		}
		if len(results) != len(l.Recipients) {
			t.Errorf("%d results", len(results))
		}
		s.Close()
		sink.Close()
	})
}

func TestMechanisms(t *testing.T) {
	t.Parallel()
	for _, mechanisms := range [][]string{{"PLAIN"}, {"LOGIN"}, {"CRAM-MD5"}, {"LOGIN", "PLAIN"}, {"PLAIN", "CRAM-MD5", "LOGIN"}} {
		for _, right := range []bool{true, false} {
			server, client := certificate(t)
			sink := newSink(t, channeltest.SMTPOptions{TLS: server, Username: "shop@example.com", Password: password, Mechanisms: mechanisms})
			o := options(sink, "starttls", client)
			if !right {
				o.Password = secret.Plain("wrong-one")
			}
			c, err := email.New(o)
			if err != nil {
				t.Fatal(err)
			}
			err = c.Check(t.Context())
			if right && err != nil || !right && !errors.Is(err, channel.ErrLogin) {
				t.Errorf("%v, right password %v: %v", mechanisms, right, err)
			}
			if !right && strings.Contains(err.Error(), "wrong-one") {
				t.Errorf("the error shows the password: %v", err)
			}
		}
	}
}

func TestEncryptedAndIntroduced(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"implicit", "starttls"} {
		server, client := certificate(t)
		sink := newSink(t, channeltest.SMTPOptions{TLS: server, Implicit: mode == "implicit", Username: "shop@example.com", Password: password})
		if r := open(t, newChannel(t, sink, mode, client)).Send(t.Context(), letter("lt_1"))[0]; r.Err != nil {
			t.Fatal(r.Err)
		}
		m := sink.Mail()[0]
		if !m.TLS || m.User != "shop@example.com" || m.Helo != "example.com" || m.From != "shop@example.com" {
			t.Errorf("%s: TLS %v, user %q, EHLO %q, from %q", mode, m.TLS, m.User, m.Helo, m.From)
		}
	}
}

// BenchmarkSend sends letters through one session to a server on this machine.
func BenchmarkSend(b *testing.B) {
	sink, err := channeltest.NewSMTPSink(channeltest.SMTPOptions{Username: "shop@example.com", Password: password})
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	c, err := email.New(options(sink, "none", nil))
	if err != nil {
		b.Fatal(err)
	}
	s, err := c.Open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		if r := s.Send(b.Context(), letter("lt_1"))[0]; r.Err != nil {
			b.Fatal(r.Err)
		}
	}
	b.ReportMetric(float64(sink.Connections()), "connections")
}
