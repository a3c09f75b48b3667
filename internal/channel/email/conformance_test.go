package email_test

import (
	"crypto/tls"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/email"
	"repayd/internal/secret"
)

const password = "Kennwort+17"

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"implicit", "starttls", "none"} {
		for _, c := range channeltest.Cases() {
			t.Run(mode+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				c.Run(t, func(b channeltest.Behaviour) channeltest.Far { return far(t, mode, b) })
			})
		}
	}
}

// far starts an SMTP sink that behaves as asked.
func far(t *testing.T, mode string, b channeltest.Behaviour) channeltest.Far {
	t.Helper()
	server, client := certificate(t)
	if b == channeltest.Untrusted {
		_, client = certificate(t)
	}
	o := channeltest.SMTPOptions{
		TLS: server, Implicit: mode == "implicit",
		Username: "shop@example.com", Password: password,
		Fault: faultOf(b),
	}
	if mode == "none" {
		o.TLS = nil
		if b == channeltest.Untrusted { // there is no certificate to distrust
			o.Fault = func(e channeltest.Event) channeltest.Fault {
				return channeltest.Fault{Drop: e.Stage == channeltest.AtConnect}
			}
		}
	}
	sink := newSink(t, o)
	c := newChannel(t, sink, mode, client)
	if b == channeltest.Absent {
		sink.Close()
	}
	return channeltest.Far{
		Channel: c,
		Secrets: []string{password, base64.StdEncoding.EncodeToString([]byte(password)),
			base64.StdEncoding.EncodeToString([]byte("\x00shop@example.com\x00" + password))},
		Took: func() []string {
			var took []string
			for _, m := range sink.Mail() {
				id := header(t, m.Data, "X-Repayd-Letter")
				for _, to := range m.To {
					took = append(took, id+" "+to)
				}
			}
			return took
		},
	}
}

func faultOf(b channeltest.Behaviour) func(channeltest.Event) channeltest.Fault {
	at := func(stage channeltest.Stage, f channeltest.Fault) func(channeltest.Event) channeltest.Fault {
		return func(e channeltest.Event) channeltest.Fault {
			if e.Stage == stage {
				return f
			}
			return channeltest.Fault{}
		}
	}
	switch b {
	case channeltest.Refuses:
		return at(channeltest.AtRcpt, channeltest.Fault{Code: 550, Text: "5.1.1 no such user <owner@example.com>"})
	case channeltest.Tells:
		return at(channeltest.AtDot, channeltest.Fault{Code: 554, Text: "5.7.1 not with " + password + " or " +
			base64.StdEncoding.EncodeToString([]byte("\x00shop@example.com\x00"+password))})
	case channeltest.Postpones:
		return at(channeltest.AtRcpt, channeltest.Fault{Code: 451, Text: "4.7.1 greylisted"})
	case channeltest.RefusesFirst:
		return func(e channeltest.Event) channeltest.Fault {
			if e.Stage == channeltest.AtRcpt && e.Connection == 1 {
				return channeltest.Fault{Code: 550, Text: "5.7.1 not you"}
			}
			return channeltest.Fault{}
		}
	case channeltest.HangsUp:
		return at(channeltest.AtMail, channeltest.Fault{Drop: true})
	case channeltest.TakesAndQuits:
		return at(channeltest.AtDot, channeltest.Fault{Drop: true})
	case channeltest.TakesAndHangs:
		return at(channeltest.AtDot, channeltest.Fault{Hang: true})
	case channeltest.Silent:
		return at(channeltest.AtConnect, channeltest.Fault{Hang: true})
	default:
		return nil
	}
}

func newSink(t *testing.T, o channeltest.SMTPOptions) *channeltest.SMTPSink {
	t.Helper()
	sink, err := channeltest.NewSMTPSink(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sink.Close() })
	return sink
}

func options(sink *channeltest.SMTPSink, mode string, client *tls.Config) email.Options {
	return email.Options{
		Server: sink.Addr(), TLS: mode, TLSConfig: client,
		Username: "shop@example.com", Password: secret.Plain(password),
		From: "还款提醒 <shop@example.com>", To: []string{"店主 <owner@example.com>", "partner@example.com"},
	}
}

func newChannel(t *testing.T, sink *channeltest.SMTPSink, mode string, client *tls.Config) *email.Channel {
	t.Helper()
	c, err := email.New(options(sink, mode, client))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	server, client, err := channeltest.NewTLS(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return server, client
}

// header returns a header field of a raw letter, unfolded and undecoded.
func header(t *testing.T, raw []byte, name string) string {
	t.Helper()
	head, _, _ := strings.Cut(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n\n")
	head = strings.ReplaceAll(head, "\n ", " ")
	for line := range strings.SplitSeq(head, "\n") {
		if k, v, ok := strings.Cut(line, ": "); ok && k == name {
			return v
		}
	}
	t.Fatalf("no header field %s in\n%s", name, head)
	return ""
}
