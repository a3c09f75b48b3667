package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"strings"

	gomail "github.com/go-mail/mail/v2"

	"repayd/internal/channel"
)

// stale reports whether the failure is that of a connection closed by the
// server between two letters: nothing of this letter was handed over.
func (t *transaction) stale(err error) bool {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return !t.begun && answer.Code == 421
	}
	return !t.begun && t.ended == nil
}

// result tells what a failed transaction means for its recipient.
func (t *transaction) result(err error) channel.Result {
	r := channel.Result{Outcome: channel.Temporary}
	var answer *textproto.Error
	switch {
	case errors.As(err, &answer):
		r.Outcome = outcomeOf(answer)
		if isLoginCode(answer.Code) {
			err = fmt.Errorf("%w: %s", channel.ErrLogin, answerText(answer))
		} else {
			err = errors.New("the server says: " + answerText(answer))
		}
	case t.handed:
		r.Uncertain = true
		err = fmt.Errorf("the letter was handed over, but no answer came: %w", t.cause(err))
	default:
		err = fmt.Errorf("the connection broke off: %w", t.cause(err))
	}
	r.Err = channel.Scrub(err, t.link.secrets...)
	return r
}

// cause prefers the reason over its symptom, a closed connection.
func (t *transaction) cause(err error) error {
	switch {
	case errors.Is(t.ended, context.DeadlineExceeded):
		return fmt.Errorf("no answer in time: %w", t.ended)
	case t.ended != nil:
		return t.ended
	default:
		return err
	}
}

// outcomeOf classifies a server's answer to MAIL, RCPT, DATA or the letter.
func outcomeOf(answer *textproto.Error) channel.Outcome {
	switch {
	case answer.Code < 500 || answer.Code > 599:
		return channel.Temporary
	case isLoginCode(answer.Code):
		return channel.Temporary // about the account, which the owner can mend
	case answer.Code == 503:
		return channel.Temporary // about the conversation, not about the letter
	case answer.Code == 552 && strings.HasPrefix(answer.Msg, "5.2.2"):
		return channel.Temporary // a full mailbox is emptied one day
	default:
		return channel.Refused
	}
}

// isLoginCode knows the codes of RFC 4954 for "log in first", "not with this
// mechanism", "wrong password" and "not without encryption".
func isLoginCode(code int) bool {
	return code == 530 || code == 534 || code == 535 || code == 538
}

// localPart finds the name part of addresses, which servers like to repeat.
var localPart = regexp.MustCompile(`[^\s<>()\[\]"':;,@]+@`)

func answerText(answer *textproto.Error) string {
	return fmt.Sprintf("%d %s", answer.Code, localPart.ReplaceAllString(answer.Msg, "…@"))
}

// attempt is what is known about an attempt to connect when it fails.
type attempt struct {
	c     *Channel
	auth  *login
	guard *guard // nil: no connection
	late  error  // why the time was up, if it was
}

// explain says in words an owner can act on why there is no connection.
func (a *attempt) explain(ctx context.Context, err error) error {
	server := a.c.o.Server
	var answer *textproto.Error
	var noTLS tls.RecordHeaderError
	var badCert *tls.CertificateVerificationError
	var noStart gomail.StartTLSUnsupportedError
	var network net.Error
	switch {
	case errors.As(err, &answer): // first: a server may refuse a login and then fall silent
		err = a.explainAnswer(answer)
	case ctx.Err() != nil:
		err = fmt.Errorf("connect to %s: %w", server, ctx.Err())
	case a.late != nil:
		err = a.explainSilence()
	case errors.As(err, &noStart):
		err = fmt.Errorf("%s offers no STARTTLS: write tls: implicit and its port, usually 465", server)
	case errors.As(err, &noTLS):
		err = fmt.Errorf("%s does not speak TLS from the start: write tls: starttls, or its other port, usually 465", server)
	case errors.As(err, &badCert):
		err = fmt.Errorf("the certificate of %s is not good: %w", server, badCert.Err)
	case a.guard == nil && errors.As(err, &network) && network.Timeout():
		err = fmt.Errorf("%s cannot be reached: no answer in time; look at the address, the port and the firewall", server)
	case a.auth.begun:
		err = fmt.Errorf("log in to %s: %w", server, err)
	default:
		err = fmt.Errorf("connect to %s: %w", server, err)
	}
	return channel.Scrub(err, a.auth.secrets()...)
}

func (a *attempt) explainSilence() error {
	server := a.c.o.Server
	switch {
	case a.guard.heard.Load():
		return fmt.Errorf("%s stopped answering: no end of the login within %v", server, openTimeout)
	case a.c.o.TLS != tlsImplicit:
		return fmt.Errorf("%s sent no greeting within %v: if its port speaks TLS from the start, as 465 does, write tls: implicit",
			server, openTimeout)
	default:
		return fmt.Errorf("%s sent no greeting within %v", server, openTimeout)
	}
}

func (a *attempt) explainAnswer(answer *textproto.Error) error {
	server, text := a.c.o.Server, answerText(answer)
	switch {
	case a.auth.begun && answer.Code >= 500:
		return fmt.Errorf("log in to %s: %w: %s (many providers want an authorisation code or an app password here)",
			server, channel.ErrLogin, text)
	case a.auth.begun:
		return fmt.Errorf("log in to %s: the server says: %s", server, text)
	default:
		return fmt.Errorf("connect to %s: the server says: %s", server, text)
	}
}
