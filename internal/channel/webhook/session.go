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
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"repayd/internal/channel"
)

// session implements channel.Session. It holds secrets as they were when it was
// opened.
type session struct {
	c      *Channel
	url    *url.URL
	keys   [][]byte
	hidden []string // what no error may contain
}

// Close implements channel.Session: it lets go of connections nobody uses.
func (s *session) Close() error {
	s.c.transport.CloseIdleConnections()
	return nil
}

// Send implements channel.Session: always one Result.
func (s *session) Send(ctx context.Context, l channel.Letter) []channel.Result {
	now := s.c.o.Now()
	body, err := s.body(l, now)
	if err != nil {
		return []channel.Result{{Outcome: channel.Refused, Err: channel.Scrub(err, s.hidden...)}}
	}
	return []channel.Result{s.post(ctx, l.ID, body, now)}
}

func (s *session) body(l channel.Letter, now time.Time) ([]byte, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	return s.c.format.render(l, now)
}

func (s *session) post(ctx context.Context, id string, body []byte, now time.Time) channel.Result {
	bounded, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	var written atomic.Bool // the callback runs on the connection's goroutine
	traced := httptrace.WithClientTrace(bounded, &httptrace.ClientTrace{
		WroteRequest: func(i httptrace.WroteRequestInfo) { written.Store(i.Err == nil) },
	})
	// RoundTrip and not Client.Do: that would look at redirects.
	answer, err := s.c.transport.RoundTrip(s.request(traced, id, body, now))
	if err != nil {
		r := channel.Result{Uncertain: written.Load()}
		r.Err = explain(ctx, err, s.hidden)
		return r
	}
	defer answer.Body.Close()
	// The status decides; what follows is read only to free the connection.
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer))
	return judge(answer.StatusCode, answer.Header, now)
}

func (s *session) request(ctx context.Context, id string, body []byte, now time.Time) *http.Request {
	header := http.Header{
		"Content-Type": {s.c.format.ContentType},
		"User-Agent":   {"repayd"},
	}
	if s.c.format.Sign == signStandard {
		timestamp := strconv.FormatInt(now.Unix(), 10)
		header.Set("webhook-id", id)
		header.Set("webhook-timestamp", timestamp)
		header.Set("webhook-signature", sign(id, timestamp, body, s.keys...))
	}
	r := &http.Request{
		Method:        http.MethodPost,
		URL:           s.url,
		Header:        header,
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		// Lets a request that found its kept connection closed go out on a new
		// one, as long as nothing was written.
		GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil },
	}
	if password, ok := s.url.User.Password(); ok {
		r.SetBasicAuth(s.url.User.Username(), password)
	}
	return r.WithContext(ctx)
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
	for _, part := range parts {
		if len(part) >= minHidden {
			hidden = append(hidden, part)
		}
	}
	return hidden
}
