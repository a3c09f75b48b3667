package imapbox

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// silentServers say nothing or goodbye.
func silentServers() []fault {
	return []fault{
		{name: "sound"},
		{
			name: "silent after EXAMINE",
			prepare: func(f *fake) {
				first := once()
				f.on = func(_ *fakeConn, _, cmd string) bool { return strings.HasPrefix(cmd, "EXAMINE") && first() }
			},
			within: 2 * time.Minute, trouble: "could not open the folder \"INBOX\": the server sent nothing for 1m30s",
		},
		{
			name: "silent in the middle of a literal",
			prepare: func(f *fake) {
				first := once()
				f.on = func(c *fakeConn, _, cmd string) bool {
					if strings.Contains(cmd, "BODY.PEEK[]") && first() {
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
				first := once()
				f.on = func(c *fakeConn, _, cmd string) bool {
					if strings.HasPrefix(cmd, "UID FETCH") && first() {
						c.send("* BYE too many connections\r\n")
						c.Close()
						return true
					}
					return false
				}
			},
			trouble: "the server hung up: too many connections",
		},
	}
}

// brokenConnections end, or would fill the memory.
func brokenConnections() []fault {
	return []fault{
		{
			name: "hangs up",
			prepare: func(f *fake) {
				first := once()
				f.on = func(c *fakeConn, _, cmd string) bool {
					if cmd == "CAPABILITY" && first() {
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
				first := once()
				f.on = func(c *fakeConn, _, cmd string) bool {
					if strings.HasPrefix(cmd, "EXAMINE") && first() {
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
				first := once()
				f.on = func(c *fakeConn, _, cmd string) bool {
					if strings.Contains(cmd, "BODY.PEEK[]") && first() {
						c.send("* 1 FETCH (UID 1 BODY[] {999999999999}\r\n")
						return true
					}
					return false
				}
			},
			trouble: "announced more than",
		},
	}
}

// unexpectedAnswers are sound protocol that the library cannot take.
func unexpectedAnswers() []fault {
	return []fault{
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
	}
}

// missingMessages are listed and then gone or unreadable.
func missingMessages() []fault {
	return []fault{
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
	}
}

// refusedCommands are commands that the server does not take.
func refusedCommands() []fault {
	return []fault{
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
}
