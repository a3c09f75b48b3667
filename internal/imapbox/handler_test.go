package imapbox

import (
	"bytes"
	"context"
	"fmt"
	"sync"
)

// memory is a Handler that keeps everything, as a database would: the cursor
// moves with what is stored.
type memory struct {
	want func(Header) bool // nil wants all
	fail func(m Message) error
	size bool // keep sizes, not bodies

	mu      sync.Mutex
	cursors map[string]Cursor
	seen    map[string][]Message
	heads   int
	bytes   int64
	events  []string
	alive   int

	changed chan struct{} // one slot: something was recorded
}

func newMemory() *memory {
	return &memory{cursors: map[string]Cursor{}, seen: map[string][]Message{}, changed: make(chan struct{}, 1)}
}

func (m *memory) note(format string, args ...any) {
	m.events = append(m.events, fmt.Sprintf(format, args...))
	select {
	case m.changed <- struct{}{}:
	default:
	}
}

func (m *memory) Cursor(_ context.Context, folder string) (Cursor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursors[folder], nil
}

func (m *memory) Begin(_ context.Context, folder string, validity uint32, first bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cursors[folder] = Cursor{UIDValidity: validity}
	m.note("begin %s first=%v", folder, first)
	return nil
}

func (m *memory) Wanted(h Header) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heads++
	return m.want == nil || m.want(h)
}

func (m *memory) move(folder string, to Cursor) error {
	at := m.cursors[folder]
	if at.UIDValidity != to.UIDValidity || to.UID <= at.UID {
		return fmt.Errorf("cursor of %s moves from %v to %v", folder, at, to)
	}
	m.cursors[folder] = to
	return nil
}

func (m *memory) Passed(_ context.Context, folder string, validity, uid uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.note("passed %s %d", folder, uid)
	return m.move(folder, Cursor{validity, uid})
}

func (m *memory) Message(_ context.Context, folder string, validity uint32, msg Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		if err := m.fail(msg); err != nil {
			return err
		}
	}
	m.bytes += int64(len(msg.Raw))
	if m.size {
		msg.Raw, msg.Head = nil, nil
	}
	m.seen[folder] = append(m.seen[folder], msg)
	m.note("message %s %d", folder, msg.UID)
	return m.move(folder, Cursor{validity, msg.UID})
}

func (m *memory) Caught(_ context.Context, folder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.note("caught %s", folder)
	return nil
}

func (m *memory) Alive() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.alive++
}

func (m *memory) Trouble(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.note("trouble %v", err)
}

// until waits for a state of the memory; the test's context bounds the wait.
func (m *memory) until(ctx context.Context, ok func() bool) bool {
	for {
		m.mu.Lock()
		done := ok()
		m.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-m.changed:
		case <-ctx.Done():
			return false
		}
	}
}

// count returns how often an event that starts so was recorded; the caller is
// in until or holds mu.
func (m *memory) count(prefix string) int {
	n := 0
	for _, e := range m.events {
		if bytes.HasPrefix([]byte(e), []byte(prefix)) {
			n++
		}
	}
	return n
}
