package channeltest

import (
	"context"
	"errors"
	"net/http"
	"net/smtp"
	"strings"
	"testing"
)

func TestSMTPSinkWaits(t *testing.T) {
	t.Parallel()
	sink, err := NewSMTPSink(SMTPOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	short, cancel := context.WithCancel(t.Context())
	cancel()
	if m, err := sink.Wait(short, 1); !errors.Is(err, context.Canceled) || len(m) > 0 {
		t.Errorf("%v %v", m, err)
	}
	sent := make(chan error, 1)
	go func() {
		sent <- smtp.SendMail(sink.Addr(), nil, "a@example.com", []string{"b@example.com"}, []byte("Subject: x\r\n\r\n.dot\r\n"))
	}()
	m, err := sink.Wait(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if m[0].From != "a@example.com" || m[0].To[0] != "b@example.com" || !strings.HasSuffix(string(m[0].Data), "\r\n.dot\r\n") {
		t.Errorf("%+v", m[0])
	}
}

func TestWebhookSinkWaits(t *testing.T) {
	t.Parallel()
	sink, err := NewWebhookSink(WebhookOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	r, err := http.Post(sink.URL()+"x", "text/plain", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	c, err := sink.Wait(t.Context(), 1)
	if err != nil || c[0].Path != "/x" || string(c[0].Body) != "body" || c[0].Status != http.StatusNoContent {
		t.Errorf("%+v %v", c, err)
	}
}

// A sink may be closed at once and more than once.
func TestSinksClose(t *testing.T) {
	t.Parallel()
	for range 20 {
		mail, err := NewSMTPSink(SMTPOptions{})
		if err != nil {
			t.Fatal(err)
		}
		web, err := NewWebhookSink(WebhookOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := errors.Join(mail.Close(), web.Close()); err != nil {
				t.Error(err)
			}
		}
	}
}
