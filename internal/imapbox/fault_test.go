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

// TestFaults puts a Box before servers with one fault each: what comes through,
// and what the owner is told.
func TestFaults(t *testing.T) {
	t.Parallel()
	first := func() func() bool {
		var done atomic.Bool
		return func() bool { return !done.Swap(true) }
	}
	tests := []struct {
		name    string
		mails   func() []fakeMail
		prepare func(f *fake)
		within  time.Duration // default a minute
		want    []uint32
		trouble string // part of the one trouble told; "" none
	}{
		{name: "sound"},
		{
			name: "silent after EXAMINE",
			prepare: func(f *fake) {
				once := first()
				f.on = func(_ *fakeConn, _, cmd string) bool { return strings.HasPrefix(cmd, "EXAMINE") && once() }
			},
			within: 2 * time.Minute, trouble: "could not open the folder \"INBOX\": the server sent nothing for 1m30s",
		},
		{
			name: "silent in the middle of a literal",
			prepare: func(f *fake) {
				once := first()
				f.on = func(c *fakeConn, _, cmd string) bool {
					if strings.Contains(cmd, "BODY.PEEK[]") && once() {
						c.send("* 1 FETCH (UID 1 BODY[] {100}\r\nhalf")
						return true
					}
					return false
				}
			},
			within: 2 * time.Minute, trouble: "could not read messages: the server sent nothing for 1m30s",
		},
		{
			name: "says goodbye",
			prepare: func(f *fake) {
				once := first()
				f.on = func(c *fakeConn, _, cmd string) bool {
					if strings.HasPrefix(cmd, "UID FETCH") && once() {
						c.send("* BYE too many connections\r\n")
						c.Close()
						return true
					}
					return false
				}
			},
			trouble: "the server hung up: too many connections",
		},
		{
			name: "hangs up",
			prepare: func(f *fake) {
				once := first()
				f.on = func(c *fakeConn, _, cmd string) bool {
					if cmd == "CAPABILITY" && once() {
						c.Close()
						return true
					}
					return false
				}
			},
			trouble: "the server hung up",
		},
		{
			name: "endless line",
			prepare: func(f *fake) {
				once := first()
				f.on = func(c *fakeConn, _, cmd string) bool {
					if strings.HasPrefix(cmd, "EXAMINE") && once() {
						c.send("* OK %s", strings.Repeat("x", 2*maxLine))
						return true
					}
					return false
				}
			},
			trouble: "the server sent a line of more than 65536 bytes",
		},
		{
			name: "absurd literal",
			prepare: func(f *fake) {
				once := first()
				f.on = func(c *fakeConn, _, cmd string) bool {
					if strings.Contains(cmd, "BODY.PEEK[]") && once() {
						c.send("* 1 FETCH (UID 1 BODY[] {999999999999}\r\n")
						return true
					}
					return false
				}
			},
			trouble: "announced more than",
		},
		{
			name: "responses nobody asked for",
			prepare: func(f *fake) {
				f.on = func(c *fakeConn, _, cmd string) bool {
					c.send("* VANISHED (EARLIER) 1:9\r\n* XFANCY {5}\r\nhello world\r\n* ID (\"name\" NIL)\r\n")
					return false
				}
			},
		},
		{
			name: "flags of a message before its text",
			prepare: func(f *fake) {
				f.on = func(c *fakeConn, _, cmd string) bool {
					if strings.HasPrefix(cmd, "UID FETCH") {
						c.send("* 2 FETCH (FLAGS (\\Seen) UID 2)\r\n")
					}
					return false
				}
			},
		},
		{
			name: "literal before UID",
			prepare: func(f *fake) {
				f.on = func(c *fakeConn, tag, cmd string) bool {
					if !strings.Contains(cmd, "BODY.PEEK") {
						return false
					}
					byUID := strings.HasPrefix(cmd, "UID ")
					set, items, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(cmd, "UID "), "FETCH "), " ")
					seqs, mails := f.chosen(set, byUID)
					for i, m := range mails {
						uid, rest, _ := strings.Cut(m.items(items), " BODY[")
						c.send("* %d FETCH (BODY[%s %s)\r\n", seqs[i], rest, uid)
					}
					c.send("%s OK done\r\n", tag)
					return true
				}
			},
		},
		{
			name:  "expunged between listing and reading",
			mails: func() []fakeMail { l := letters(1, 2, 3); l[1].hidden = true; return l },
			prepare: func(f *fake) {
				f.on = func(_ *fakeConn, _, cmd string) bool {
					if cmd == "NOOP" { // from now on it is not listed either
						f.mu.Lock()
						f.msgs = slices.DeleteFunc(f.msgs, func(m fakeMail) bool { return m.hidden })
						f.mu.Unlock()
					}
					return false
				}
			},
			want: []uint32{1, 3},
		},
		{
			name: "expunge told with a refusal",
			prepare: func(f *fake) {
				f.on = func(c *fakeConn, tag, cmd string) bool {
					if strings.Contains(cmd, "BODY.PEEK[]") {
						c.send("* 1 FETCH (%s)\r\n%s NO [EXPUNGEISSUED] some are gone\r\n", f.msgs[0].items("BODY.PEEK[]"), tag)
						f.mu.Lock()
						f.msgs = f.msgs[:1]
						f.mu.Unlock()
						return true
					}
					return false
				}
			},
			want: []uint32{1},
		},
		{
			name:  "dates that are none",
			mails: func() []fakeMail { l := letters(1, 2, 3); l[1].date = `"00-???-0000"`; return l },
			// Once, then the server is not asked for dates any more.
			trouble: "the answer is not readable",
		},
		{
			name: "IDLE promised and refused",
			prepare: func(f *fake) {
				f.on = func(c *fakeConn, tag, cmd string) bool {
					if cmd == "IDLE" {
						c.send("%s BAD what\r\n", tag)
						return true
					}
					return false
				}
			},
		},
		{
			name: "opens folders only for clients it knows",
			prepare: func(f *fake) {
				f.caps = "IMAP4rev1"
				var known atomic.Bool
				f.on = func(c *fakeConn, tag, cmd string) bool {
					if cmd == `ID ("name" "repayd" "version" "1.0" "vendor" "repayd")` {
						known.Store(true)
					}
					if strings.HasPrefix(cmd, "EXAMINE") && !known.Load() {
						c.send("%s NO EXAMINE Unsafe Login. Please contact kefu@188.com for help\r\n", tag)
						return true
					}
					return false
				}
			},
		},
		{
			name: "does not know ID although it says so",
			prepare: func(f *fake) {
				f.on = func(c *fakeConn, tag, cmd string) bool {
					if strings.HasPrefix(cmd, "ID") && cmd != "IDLE" {
						c.send("%s BAD unknown\r\n", tag)
						return true
					}
					return false
				}
			},
		},
	}
	for _, tt := range tests {
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
