package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"repayd/internal/channel"
)

// session implements channel.Session. It holds secrets as they were when it was
// opened.
type session struct {
	c        *Channel
	settings settings
	hidden   []string // what no error may contain
}

// Close implements channel.Session: it lets go of connections nobody uses.
func (s *session) Close() error {
	s.c.transport.CloseIdleConnections()
	return nil
}

// Send implements channel.Session: always one Result.
func (s *session) Send(ctx context.Context, l channel.Letter) []channel.Result {
	now := s.c.o.Now()
	if err := l.Validate(); err != nil {
		return []channel.Result{{Outcome: channel.Refused, Err: channel.Scrub(err, s.hidden...)}}
	}
	r, err := s.c.format.render(l, s.settings, now)
	if err != nil {
		return []channel.Result{{Outcome: channel.Refused, Err: channel.Scrub(err, s.hidden...)}}
	}
	r.hidden = append(append(r.hidden, s.hidden...), wordsOf(l)...)
	return []channel.Result{s.post(ctx, r, now)}
}

func (s *session) post(ctx context.Context, r request, now time.Time) channel.Result {
	bounded, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	var written atomic.Bool // the callback runs on the connection's goroutine
	traced := httptrace.WithClientTrace(bounded, &httptrace.ClientTrace{
		WroteRequest: func(i httptrace.WroteRequestInfo) { written.Store(i.Err == nil) },
	})
	// RoundTrip and not Client.Do: that would look at redirects.
	answer, err := s.c.transport.RoundTrip(r.http(traced))
	if err != nil {
		return channel.Result{Uncertain: written.Load(), Err: explain(ctx, err, r.hidden)}
	}
	defer answer.Body.Close()
	// Where the status decides, what follows is read only to free the connection.
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if good := answer.StatusCode >= 200 && answer.StatusCode < 300; err != nil && good && s.c.format.needsBody() {
		return channel.Result{Uncertain: true, Err: explain(ctx, err, r.hidden)}
	}
	return s.c.format.judge(answer.StatusCode, answer.Header, body, now, r.hidden...)
}

// http makes the request for the wire.
func (r request) http(ctx context.Context) *http.Request {
	out := &http.Request{
		Method:        http.MethodPost,
		URL:           r.url,
		Header:        r.header,
		Body:          io.NopCloser(bytes.NewReader(r.body)),
		ContentLength: int64(len(r.body)),
		// Lets a request that found its kept connection closed go out on a new
		// one, as long as nothing was written.
		GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.body)), nil },
	}
	if password, ok := r.url.User.Password(); ok {
		out.SetBasicAuth(r.url.User.Username(), password)
	}
	return out.WithContext(ctx)
}

// explain makes an error of a failed request that says what to look at without
// any part of the URL.
func explain(ctx context.Context, err error, hidden []string) error {
	var timeout interface{ Timeout() bool }
	switch {
	case ctx.Err() != nil:
		err = fmt.Errorf("call the webhook: %w", ctx.Err())
	case errors.As(err, &timeout) && timeout.Timeout():
		err = fmt.Errorf("call the webhook: no answer within %v", sendTimeout)
	default:
		err = fmt.Errorf("call the webhook: %w", err)
	}
	return channel.Scrub(err, hidden...)
}

// minHidden is the length from which a part of a URL is taken for a secret:
// hiding "v1" or "hook" too would only spoil the error.
const minHidden = 5

// secretsOf lists the URL and the parts of it that must not be shown.
func secretsOf(u *url.URL) []string {
	hidden := []string{u.String(), u.Redacted(), u.Host}
	parts := append(strings.Split(u.EscapedPath(), "/"), strings.Split(u.Path, "/")...)
	parts = append(parts, u.RequestURI(), u.RawQuery, u.Hostname(), u.User.Username())
	if password, ok := u.User.Password(); ok {
		hidden = append(hidden, password)
	}
	parts = append(parts, strings.FieldsFunc(u.RawQuery, func(r rune) bool { return r == '&' || r == '=' })...)
	for _, values := range u.Query() {
		parts = append(parts, values...)
	}
	return append(hidden, long(parts)...)
}

// wordsOf lists the words of a letter: a receiver may repeat what it was sent,
// and amounts belong in no error.
func wordsOf(l channel.Letter) []string {
	return long(append(strings.Split(l.Text, "\n"), l.Subject))
}

// long keeps what is long enough to be hidden.
func long(parts []string) []string {
	var out []string
	for _, part := range parts {
		if len(part) >= minHidden {
			out = append(out, part)
		}
	}
	return out
}
