package imapbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// uids returns what was handed over of a folder, in order.
func (m *memory) uids(folder string) []uint32 {
	m.mu.Lock()
	defer m.mu.Unlock()
	var u []uint32
	for _, msg := range m.seen[folder] {
		u = append(u, msg.UID)
	}
	return u
}

func (m *memory) all() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.events)
}

// troubles returns the distinct texts told, without nil.
func (m *memory) troubles() []string {
	var t []string
	for _, e := range m.all() {
		if text, ok := strings.CutPrefix(e, "trouble "); ok && text != "<nil>" && !slices.Contains(t, text) {
			t = append(t, text)
		}
	}
	return t
}

// settle lets the bubble run for some time.
func settle(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// fault is one thing a server does wrong: what comes through, and what the
// owner is told.
type fault struct {
	name    string
	mails   func() []fakeMail // default 1, 2, 3
	prepare func(f *fake)
	within  time.Duration // default a minute
	want    []uint32      // default 1, 2, 3
	trouble string        // part of the one trouble told; "" none
}

// once returns a function that is true the first time.
func once() func() bool {
	var done atomic.Bool
	return func() bool { return !done.Swap(true) }
}

// TestFaults puts a Box before servers with one fault each.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range slices.Concat(silentServers(), brokenConnections(), unexpectedAnswers(), missingMessages(), refusedCommands()) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				mails := letters(1, 2, 3)
				if tt.mails != nil {
					mails = tt.mails()
				}
				f := newFake(mails...)
				if tt.prepare != nil {
					tt.prepare(f)
				}
				m := newMemory()
				f.run(t, m, func(*Box) { settle(max(tt.within, time.Minute)) })
				want := tt.want
				if want == nil {
					want = []uint32{1, 2, 3}
				}
				if got := m.uids("INBOX"); !slices.Equal(got, want) {
					t.Errorf("handed over %v, want %v", got, want)
				}
				troubles := m.troubles()
				if tt.trouble == "" && len(troubles) > 0 || tt.trouble != "" && (len(troubles) != 1 || !strings.Contains(troubles[0], tt.trouble)) {
					t.Errorf("told %q, want %q", troubles, tt.trouble)
				}
				if m.count("caught") == 0 || m.cursors["INBOX"].UID != want[len(want)-1] && tt.want == nil {
					t.Errorf("not caught up: %v %q", m.cursors, m.events)
				}
			})
		})
	}
}

// TestPoison: one message that the library cannot parse, or that the server
// never sends, is set aside; all others are read.
func TestPoison(t *testing.T) {
	t.Parallel()
	for _, section := range []string{"HEADER", ""} {
		for name, answer := range map[string]func(c *fakeConn, tag string){
			"unreadable": func(c *fakeConn, _ string) { c.send("* 3 FETCH (UID 3 X-BROKEN ((\r\n") },
			"hangs up":   func(c *fakeConn, _ string) { c.Close() },
			"refused":    func(c *fakeConn, tag string) { c.send("%s NO internal error\r\n", tag) },
			"not sent":   func(c *fakeConn, tag string) { c.send("%s OK done\r\n", tag) },
		} {
			t.Run(fmt.Sprintf("%s/%s", name, section), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					f := newFake(letters(1, 2, 3, 4, 9)...)
					f.on = func(c *fakeConn, tag, cmd string) bool {
						asked := "BODY.PEEK[" + section
						set, items, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(cmd, "UID "), "FETCH "), " ")
						if !strings.Contains(cmd, asked) || section == "" && !strings.Contains(cmd, "PEEK[]") || !inSet(set, 3, 9) {
							return false
						}
						seqs, mails := f.chosen(set, strings.HasPrefix(cmd, "UID"))
						for i, m := range mails {
							if m.uid < 3 {
								c.send("* %d FETCH (%s)\r\n", seqs[i], m.items(items))
							}
						}
						answer(c, tag)
						return true
					}
					m := newMemory()
					f.run(t, m, func(*Box) { settle(10 * time.Minute) })
					if got := m.uids("INBOX"); !slices.Equal(got, []uint32{1, 2, 3, 4, 9}) {
						t.Fatalf("handed over %v; %q", got, m.events)
					}
					for _, msg := range m.seen["INBOX"] {
						if (msg.Broken != "") != (msg.UID == 3) || (msg.Raw == nil) != (msg.UID == 3) {
							t.Errorf("message %d: broken %q, %d bytes", msg.UID, msg.Broken, len(msg.Raw))
						}
						if section == "" && len(msg.Head) == 0 {
							t.Errorf("message %d comes without its header", msg.UID)
						}
					}
					if last := m.events[len(m.events)-1]; last != "trouble <nil>" {
						t.Errorf("ends with %q", last)
					}
				})
			})
		}
	}
}

// TestTooLarge: a message above the limit is told, not read; one that turns
// out larger than announced is cut off.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake(letters(1, 2, 3)...)
		f.msgs[1].size = MaxMessage + 1
		m := newMemory()
		f.run(t, m, func(*Box) { settle(time.Second) })
		if got := m.uids("INBOX"); !slices.Equal(got, []uint32{1, 2, 3}) {
			t.Fatalf("handed over %v", got)
		}
		if msg := m.seen["INBOX"][1]; !msg.TooLarge || msg.Raw != nil || len(msg.Head) == 0 {
			t.Errorf("%+v", msg)
		}
		for _, l := range f.log {
			if strings.HasPrefix(l, "UID FETCH 2") && strings.Contains(l, "PEEK[]") {
				t.Errorf("asked for the body: %q", l)
			}
		}
	})
}

// TestHandlerError: what could not be stored is read again from the cursor.
func TestHandlerError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake(letters(1, 2, 3)...)
		m := newMemory()
		failed := false
		errDisk := errors.New("disk is full")
		m.fail = func(msg Message) error {
			if msg.UID == 2 && !failed {
				failed = true
				return errDisk
			}
			return nil
		}
		f.run(t, m, func(*Box) { settle(time.Minute) })
		if got := m.uids("INBOX"); !slices.Equal(got, []uint32{1, 2, 3}) {
			t.Errorf("handed over %v", got)
		}
		if got := m.troubles(); len(got) != 1 || !strings.Contains(got[0], "disk is full") {
			t.Errorf("told %q", got)
		}
		if err := handlerError(errDisk); !errors.Is(err, errDisk) {
			t.Errorf("%v does not wrap the handler's error", err)
		}
	})
}
