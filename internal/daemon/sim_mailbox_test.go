package daemon

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"repayd/internal/imapbox"
)

// server is the mail server: it keeps what it was given and hands it out in
// order, except when it is down or breaks off.
type server struct {
	s        *sim
	mu       sync.Mutex
	rng      *rand.Rand
	validity uint32
	stored   []*stored
	down     bool
	news     chan struct{} // of the one box that waits
}

type stored struct {
	raw  []byte
	at   time.Time
	came time.Time // as the server says, where that was before at
	read func()    // called when the daemon has taken the message in; may be nil
	seen time.Time // when it was taken in or passed over first; zero = not yet
}

func (m *stored) internal() time.Time {
	if m.came.IsZero() {
		return m.at
	}
	return m.came
}

// looked notes that the daemon has seen a message.
func (m *stored) looked() {
	if m.seen.IsZero() {
		m.seen = time.Now()
	}
}

// deliver puts a message into the mailbox.
func (v *server) deliver(raw []byte, read func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stored = append(v.stored, &stored{raw: raw, at: time.Now(), read: read})
	v.s.stirs()
	if v.news != nil && !v.down {
		select {
		case v.news <- struct{}{}:
		default:
		}
	}
}

// renumber gives every message another number, as servers do after a repair.
func (v *server) renumber() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.validity++
}

func (v *server) setDown(down bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.down = down
	if v.news != nil { // the connection breaks, and whoever waits at it notices
		select {
		case v.news <- struct{}{}:
		default:
		}
	}
}

// look returns what the server says now.
func (v *server) look() (validity uint32, all []*stored, breakAfter int, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.down {
		return 0, nil, 0, errors.New("connection refused")
	}
	breakAfter = 1 << 30
	if v.rng.IntN(20) == 0 {
		breakAfter = v.rng.IntN(3)
	}
	return v.validity, v.stored, breakAfter, nil
}

// box keeps the promises of imapbox.Box to its Handler over the server above.
type box struct {
	v          *server
	l          *life
	h          imapbox.Handler
	poll, news chan struct{}
	took       bool // a message, since the last look
}

const folder = "INBOX"

var errReset = errors.New("connection reset")

func (v *server) open(l *life, h imapbox.Handler) *box {
	b := &box{v: v, l: l, h: h, poll: make(chan struct{}, 1), news: make(chan struct{}, 1)}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.news = b.news
	return b
}

func (b *box) Poll() {
	select {
	case b.poll <- struct{}{}:
	default:
	}
}

// Run reads, waits, and after a failure tries again with growing pauses.
func (b *box) Run(ctx context.Context) error {
	const firstPause = 5 * time.Second
	pause := firstPause
	for ctx.Err() == nil {
		b.h.Alive()
		err := b.read(ctx)
		if ctx.Err() != nil {
			return nil
		}
		b.h.Trouble(err)
		if err != nil || pause > firstPause || b.took {
			b.v.s.stirs()
		}
		b.took = false
		if errors.Is(err, errReset) { // it was there
			pause = firstPause
		}
		if err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
			pause = min(2*pause, 10*time.Minute)
			continue
		}
		pause = firstPause
		b.wait(ctx)
	}
	return nil
}

func (b *box) wait(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
		case <-b.poll:
			spent(b.news)
		case <-b.news:
			spent(b.poll)
		case <-time.After(10 * time.Minute):
			b.h.Alive()
			continue
		}
		return
	}
}

// spent takes a second call that came together with the first.
func spent(c <-chan struct{}) {
	select {
	case <-c:
	default:
	}
}

// read hands over everything behind the cursor.
func (b *box) read(ctx context.Context) error {
	if err := b.l.call(ctx); err != nil {
		return err
	}
	validity, all, breakAfter, err := b.v.look()
	if err != nil {
		return err
	}
	cursor, err := b.h.Cursor(ctx, folder)
	if err != nil {
		return err
	}
	if cursor.UIDValidity != validity {
		if err := b.h.Begin(ctx, folder, validity, cursor.UIDValidity == 0); err != nil {
			return err
		}
		cursor.UID = 0
	}
	passed := uint32(0)
	for uid := cursor.UID + 1; int(uid) <= len(all); uid++ {
		if breakAfter--; breakAfter < 0 {
			return errReset
		}
		m := all[uid-1]
		head, _, _ := bytes.Cut(m.raw, []byte("\r\n\r\n"))
		if !b.h.Wanted(imapbox.Header{UID: uid, Internal: m.internal(), Raw: head}) {
			passed = uid
			m.looked()
			continue
		}
		err := b.h.Message(ctx, folder, validity, imapbox.Message{UID: uid, Internal: m.internal(), Head: head, Raw: m.raw})
		if err != nil {
			return err
		}
		m.looked()
		b.took = true
		if passed = 0; m.read != nil {
			m.read()
		}
	}
	if passed != 0 {
		if err := b.h.Passed(ctx, folder, validity, passed); err != nil {
			return err
		}
	}
	return b.h.Caught(ctx, folder)
}
