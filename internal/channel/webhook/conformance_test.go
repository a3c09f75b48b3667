package webhook_test

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/webhook"
	"repayd/internal/secret"
)

const (
	key  = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	path = "robot/send-Zx81?access_token=tok+17en"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, scheme := range []string{"https", "http"} {
		for _, c := range channeltest.Cases() {
			t.Run(scheme+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				c.Run(t, func(b channeltest.Behaviour) channeltest.Far { return far(t, scheme, b) })
			})
		}
	}
}

// far starts a webhook sink that behaves as asked.
func far(t *testing.T, scheme string, b channeltest.Behaviour) channeltest.Far {
	t.Helper()
	server, client := certificate(t)
	o := channeltest.WebhookOptions{TLS: server, Answer: answerOf(b)}
	if b == channeltest.Untrusted {
		_, client = certificate(t)
	}
	if scheme == "http" {
		o.TLS = nil
	}
	sink := newSink(t, o)
	c := newChannel(t, sink.URL()+path, client)
	if b == channeltest.Absent || b == channeltest.HangsUp || scheme == "http" && b == channeltest.Untrusted {
		sink.Close() // a refused connection is how HTTP hangs up early
	}
	host, err := url.Parse(sink.URL())
	if err != nil {
		t.Fatal(err)
	}
	return channeltest.Far{
		Channel: c,
		Secrets: []string{path, "send-Zx81", "tok+17en", "tok 17en", sink.URL(), host.Host, key, key[len("whsec_"):]},
		Took: func() []string {
			var took []string
			for _, call := range sink.Calls() {
				if call.Status >= 200 && call.Status < 300 {
					took = append(took, call.Header.Get("webhook-id")+" ")
				}
			}
			return took
		},
	}
}

func answerOf(b channeltest.Behaviour) func(int, channeltest.Call) channeltest.Answer {
	answer := func(a channeltest.Answer) func(int, channeltest.Call) channeltest.Answer {
		return func(int, channeltest.Call) channeltest.Answer { return a }
	}
	switch b {
	case channeltest.Refuses:
		return answer(channeltest.Answer{Status: http.StatusGone})
	case channeltest.Postpones:
		return answer(channeltest.Answer{Status: http.StatusTooManyRequests})
	case channeltest.RefusesFirst:
		return func(n int, _ channeltest.Call) channeltest.Answer {
			if n == 1 {
				return channeltest.Answer{Status: http.StatusBadRequest}
			}
			return channeltest.Answer{}
		}
	case channeltest.TakesAndQuits:
		return answer(channeltest.Answer{Drop: true})
	case channeltest.TakesAndHangs, channeltest.Silent:
		return answer(channeltest.Answer{Hang: true})
	case channeltest.Tells:
		return func(_ int, c channeltest.Call) channeltest.Answer {
			return channeltest.Answer{Status: http.StatusForbidden, Body: []byte(c.Path + key),
				Header: http.Header{"Location": {"https://127.0.0.1/" + c.Path}, "Reason": {key}}}
		}
	default:
		return nil
	}
}

func newSink(t *testing.T, o channeltest.WebhookOptions) *channeltest.WebhookSink {
	t.Helper()
	sink, err := channeltest.NewWebhookSink(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	return sink
}

func newChannel(t *testing.T, address string, client *tls.Config) *webhook.Channel {
	t.Helper()
	c, err := webhook.New(webhook.Options{URL: secret.Plain(address), Secret: secret.Plain(key), TLSConfig: client,
		Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var at = time.Date(2026, 12, 5, 9, 0, 0, 5e8, time.FixedZone("", 8*3600))

func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	server, client, err := channeltest.NewTLS(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// problem returns what is said about a key.
func problem(o webhook.Options, key string) string {
	var all []string
	for _, p := range o.Validate() {
		if p.Key == key {
			all = append(all, p.Why)
		}
	}
	return strings.Join(all, "; ")
}
