package imapbox

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	// firstPause and lastPause bound the wait before connecting again; it
	// doubles from one to the other. A refused log-in waits the longest at
	// once, since providers lock accounts after a few.
	firstPause = 5 * time.Second
	lastPause  = 10 * time.Minute
	// renewEvery bounds one IDLE and the silence of a connection that only
	// polls: some servers and routers cut at ten minutes, the protocol at 29.
	renewEvery = 9 * time.Minute
	// firstIdle bounds the first IDLE after something was found: some servers
	// do not tell in IDLE what arrived just before it.
	firstIdle = 2 * time.Second
	// aliveEvery is how often a waiting loop says that it lives.
	aliveEvery = time.Minute
)

// Run connects, reads all folders, waits for more, and connects again when the
// connection ends, until ctx does. It returns nil then, or at once an *Error
// when the options are wrong.
func (b *Box) Run(ctx context.Context) error {
	if err := b.o.Validate(); err != nil {
		return &Error{Kind: KindOptions, Text: err.Error()}
	}
	pause := firstPause
	for ctx.Err() == nil {
		read, err := b.live(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if read {
			pause = firstPause
		}
		var e *Error
		if errors.As(err, &e) && e.Kind == KindPassword {
			pause = lastPause
		}
		b.trouble(err, read)
		b.sleep(ctx, jitter(pause))
		pause = min(2*pause, lastPause)
	}
	return nil
}

// jitter spreads a pause over 80 to 120 per cent, so that many mailboxes do
// not knock at one server at the same moment.
func jitter(d time.Duration) time.Duration {
	return d*4/5 + rand.N(d*2/5)
}

// live is the life of one connection. read tells that all folders were read to
// their end at least once.
func (b *Box) live(ctx context.Context) (read bool, err error) {
	b.h.Alive()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := connect(ctx, b.o, b.dial, b.h.Alive)
	if err != nil {
		return false, err
	}
	defer s.close()
	idle := s.caps.Has(imap.CapIdle)
	for {
		b.h.Alive()
		folders, err := b.readAll(ctx, s)
		if err != nil {
			return read, err
		}
		read = true
		b.trouble(folders, false)
		if idle && s.folder.name != "" {
			err = b.idle(ctx, s, s.found)
			var refused *Error
			if errors.As(err, &refused) && refused.Kind == KindServer && !refused.unreadable {
				idle, err = false, nil // promised and then refused: poll instead
			}
		} else {
			err = b.wait(ctx, s)
		}
		if err != nil {
			return read, err
		}
	}
}

// idle waits in IDLE for news, a poll, or the time to renew it.
func (b *Box) idle(ctx context.Context, s *session, short bool) error {
	renew := renewEvery
	if short {
		renew = firstIdle
	}
	answered := s.w.expect()
	cmd, err := s.c.Idle()
	answered()
	if err != nil {
		return s.explain("wait for messages", err)
	}
	b.await(ctx, s, renew)
	return s.do("wait for messages", func() error {
		return errors.Join(cmd.Close(), cmd.Wait())
	})
}

// wait waits for a poll where the server has no IDLE, keeping the connection
// open: some providers throttle clients that connect often.
func (b *Box) wait(ctx context.Context, s *session) error {
	for b.await(ctx, s, renewEvery) == timeout {
		if err := s.do("keep the connection", s.c.Noop().Wait); err != nil {
			return err
		}
	}
	select {
	case <-s.c.Closed():
		return s.explain("keep the connection", errors.New("connection closed"))
	default:
		return ctx.Err()
	}
}

// event is why a wait ended.
type event int

const (
	ended   event = iota // the connection or the context
	wanted               // news or a poll
	timeout              // the time has passed
)

func (b *Box) await(ctx context.Context, s *session, after time.Duration) event {
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	renew := time.NewTimer(after)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
			return ended
		case <-s.c.Closed():
			return ended
		case <-s.news:
			return wanted
		case <-b.poll:
			return wanted
		case <-renew.C:
			return timeout
		case <-alive.C:
			b.h.Alive()
		}
	}
}

// sleep waits between two connections. A poll meanwhile is answered by the
// next connection, which reads everything anyway.
func (b *Box) sleep(ctx context.Context, d time.Duration) {
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	end := time.NewTimer(d)
	defer end.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-end.C:
			return
		case <-alive.C:
			b.h.Alive()
		}
	}
}

// trouble tells the handler, and the log when it is something new. ordinary
// marks the end of a connection that had read everything: servers end them now
// and then.
func (b *Box) trouble(err error, ordinary bool) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	level := slog.LevelWarn
	if ordinary {
		level = slog.LevelInfo
	}
	switch {
	case text == b.said:
	case err != nil:
		b.log.Log(context.Background(), level, "mailbox cannot be read", "err", err)
	default:
		b.log.Info("mailbox is read")
	}
	b.said = text
	b.h.Trouble(err)
}
