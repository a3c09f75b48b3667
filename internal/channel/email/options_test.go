package email_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"repayd/internal/channel"
	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/email"
	"repayd/internal/secret"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	good := email.Options{Server: "smtp.example.com:465", Username: "u", Password: secret.Plain(password),
		From: "a@example.com", To: []string{"b@example.com"}}
	if p := good.Validate(); len(p) > 0 {
		t.Fatalf("good options: %v", p)
	}
	tests := []struct {
		name   string
		change func(*email.Options)
		key    string
		want   string
	}{
		{"no server", func(o *email.Options) { o.Server = "" }, "server", "HOST:PORT"},
		{"no port", func(o *email.Options) { o.Server = "smtp.example.com" }, "server", "HOST:PORT"},
		{"bad port", func(o *email.Options) { o.Server = "smtp.example.com:99999" }, "server", "65535"},
		{"space", func(o *email.Options) { o.Server = "smtp example.com:25" }, "server", "HOST:PORT"},
		{"tls", func(o *email.Options) { o.TLS = "ssl" }, "tls", "implicit, starttls or none"},
		{"open", func(o *email.Options) { o.TLS = "none" }, "tls", "loopback"},
		{"no username", func(o *email.Options) { o.Username = "" }, "username", "missing"},
		{"no password", func(o *email.Options) { o.Password = secret.String{} }, "password", "missing"},
		{"username", func(o *email.Options) { o.Username = "a\x00b" }, "username", "control"},
		{"no from", func(o *email.Options) { o.From = "" }, "from", "missing"},
		{"bad from", func(o *email.Options) { o.From = "shop" }, "from", "not a mail address"},
		{"injected from", func(o *email.Options) { o.From = "a@b\r\nBcc: c@d" }, "from", "line break"},
		{"no to", func(o *email.Options) { o.To = nil }, "to", "missing"},
		{"bad to", func(o *email.Options) { o.To = []string{"b@example.com", "c"} }, "to[1]", "not a mail address"},
		{"twice", func(o *email.Options) { o.To = []string{"b@example.com", "B <B@example.com>"} }, "to[1]", "twice"},
		{"reply to", func(o *email.Options) { o.ReplyTo = "x" }, "reply_to", "not a mail address"},
	}
	for _, tt := range tests {
		o := good
		tt.change(&o)
		p := o.Validate()
		if len(p) != 1 || p[0].Key != tt.key || !strings.Contains(p[0].Why, tt.want) {
			t.Errorf("%s: %v, want %s about %q", tt.name, p, tt.key, tt.want)
		}
		var first channel.Problem
		if _, err := email.New(o); !errors.As(err, &first) || first.Key != tt.key {
			t.Errorf("%s: New: %v", tt.name, err)
		}
	}
	if p := (email.Options{}).Validate(); len(p) != 3 {
		t.Errorf("no options at all: %v", p)
	}
}

// Channels that connect at the same time each get their own connection, though
// go-mail has but one hook for all.
func TestHandoverAtTheSameTime(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for range 8 {
		sink := newSink(t, channeltest.SMTPOptions{Username: "shop@example.com", Password: password})
		c := newChannel(t, sink, "none", nil)
		all.Go(func() {
			for range 5 {
				if err := c.Check(t.Context()); err != nil {
					t.Error(err)
				}
			}
			if n := sink.Connections(); n != 5 {
				t.Errorf("%d connections, want 5", n)
			}
		})
	}
	all.Wait()
}

func TestRecipientsAndReplyTo(t *testing.T) {
	t.Parallel()
	sink := newSink(t, channeltest.SMTPOptions{Username: "shop@example.com", Password: password})
	o := options(sink, "none", nil)
	o.ReplyTo = "answers@example.com"
	c, err := email.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(c.Recipients(), " "); got != "owner@example.com partner@example.com" {
		t.Errorf("recipients %q", got)
	}
	if r := open(t, c).Send(t.Context(), letter("lt_1"))[0]; r.Err != nil {
		t.Fatal(r.Err)
	}
	if got := header(t, sink.Mail()[0].Data, "Reply-To"); got != "answers@example.com" {
		t.Errorf("Reply-To %q", got)
	}
}
