package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"time"

	"repayd/internal/channel"
)

// session implements channel.Session over one connection at a time.
type session struct {
	c    *Channel
	link *link // nil after an error
	// dead is why a connection could not be opened again. The rest of the
	// session then fails with it at once: waiting a minute for each letter
	// would hold up everything behind it.
	dead error
}

// Send implements channel.Session: one Result for each recipient, in the order
// asked for; one asked for twice is served once. Of a server that took longer
// than one transaction may last for those before, no more is asked: the whole
// letter has an end, and who is left comes first at the next attempt.
func (s *session) Send(ctx context.Context, l channel.Letter) []channel.Result {
	recipients := unique(l.Recipients)
	if len(recipients) == 0 {
		recipients = s.c.Recipients()
	}
	raw, err := render(l, s.c.envelope, s.c.o.Now())
	results := make([]channel.Result, 0, len(recipients))
	began := time.Now()
	for _, to := range recipients {
		r := channel.Result{Outcome: channel.Refused, Err: err}
		switch {
		case err != nil:
		case time.Since(began) >= sendTimeout:
			r = channel.Result{Err: fmt.Errorf("not tried: %s was too slow for the recipients before", s.c.o.Server)}
		default:
			r = s.deliver(ctx, to, raw)
		}
		r.Recipient = to
		results = append(results, r)
	}
	return results
}

func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	var out []string
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// deliver makes one transaction. Where a connection that has already carried
// letters turns out to be closed (some providers take twenty letters on one and
// then hang up), and nothing of this one was handed over, a new connection is
// tried once.
func (s *session) deliver(ctx context.Context, to string, raw []byte) channel.Result {
	address, err := parseAddress(to)
	if err != nil {
		return channel.Result{Outcome: channel.Refused, Err: fmt.Errorf("recipient: %w", err)}
	}
	for {
		if err := ctx.Err(); err != nil {
			return channel.Result{Err: fmt.Errorf("not sent: %w", err)}
		}
		if err := s.reopen(ctx); err != nil {
			return channel.Result{Err: err}
		}
		used := s.link.used
		t := &transaction{letter: raw, link: s.link}
		err := t.run(ctx, s.c.envelope.from.Address, address.Address)
		if err == nil {
			s.link.used = true
			return channel.Result{Outcome: channel.Accepted}
		}
		s.hangUp(ctx, err)
		if used && t.stale(err) && ctx.Err() == nil {
			continue
		}
		return t.result(err)
	}
}

func (s *session) reopen(ctx context.Context) error {
	if s.dead != nil {
		return s.dead
	}
	if s.link != nil {
		return nil
	}
	l, err := s.c.connect(ctx)
	if err != nil {
		if ctx.Err() == nil {
			s.dead = err
		}
		return err
	}
	s.link = l
	return nil
}

// hangUp ends the connection after an error: go-mail cannot reset a
// transaction. Only a server that still answers is told.
func (s *session) hangUp(ctx context.Context, err error) {
	var answer *textproto.Error
	if errors.As(err, &answer) && answer.Code != 421 {
		s.link.quit(ctx)
	} else {
		s.link.close()
	}
	s.link = nil
}

// Close implements channel.Session. What was accepted stays accepted however
// the farewell goes, so it has no error.
func (s *session) Close() error {
	if s.link != nil {
		s.link.quit(context.Background())
		s.link = nil
	}
	return nil
}

// transaction is one letter on its way to one recipient. It is the io.WriterTo
// that go-mail calls when the server is ready for the letter.
type transaction struct {
	letter []byte
	link   *link
	begun  bool  // the server asked for the letter
	handed bool  // all of it was written
	ended  error // why the time was up, if it was
}

func (t *transaction) run(ctx context.Context, from, to string) error {
	end := t.link.guard.begin(ctx, sendTimeout)
	err := t.link.sender.Send(from, []string{to}, t)
	late := end()
	if err == nil {
		return nil // accepted, even if the context ended in the same moment
	}
	if late != nil {
		t.ended = late
		if ctx.Err() != nil {
			t.ended = ctx.Err()
		}
	}
	return err
}

// WriteTo implements io.WriterTo.
func (t *transaction) WriteTo(w io.Writer) (int64, error) {
	t.begun = true
	n, err := w.Write(t.letter)
	if err != nil {
		// go-mail now ends the letter as if it were whole. That must not
		// arrive.
		t.link.close()
		return int64(n), err
	}
	t.handed = true
	return int64(n), nil
}
