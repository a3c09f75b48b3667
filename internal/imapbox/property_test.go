package imapbox

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// TestNothingIsLost: whatever a server does wrong now and then, every message
// is handed over exactly once and in order, except those that are gone.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		uids := rapid.SliceOfNDistinct(rapid.Uint32Range(1, 60), 1, 25, rapid.ID).Draw(rt, "uids")
		slices.Sort(uids)
		every := rapid.Uint32Range(1, 3).Draw(rt, "every")
		faults := rapid.SliceOfN(rapid.IntRange(0, 6), 0, 12).Draw(rt, "faults")
		cuts := rapid.SliceOfN(rapid.IntRange(0, 3000), len(faults), len(faults)).Draw(rt, "cuts")
		var f *fake
		m := newMemory()
		m.want = func(h Header) bool { return h.UID%every == 0 }
		synctest.Test(t, func(t *testing.T) {
			f = newFake(letters(uids...)...)
			f.on = func(c *fakeConn, tag, cmd string) bool {
				if !strings.HasPrefix(cmd, "UID FETCH") || len(faults) == 0 {
					return false
				}
				fault, at := faults[0], cuts[0]
				faults, cuts = faults[1:], cuts[1:]
				return c.misbehave(fault, at, tag, cmd)
			}
			f.run(t, m, func(*Box) { settle(3 * time.Hour) })
		})
		want := slices.DeleteFunc(slices.Clone(uids), func(u uint32) bool { return u%every != 0 })
		got := m.uids("INBOX")
		// One that breaks the reading again and again is handed over whether it
		// would be wanted or not, since its header is not known.
		got = slices.DeleteFunc(got, func(u uint32) bool { return u%every != 0 && m.broken(u) })
		if !slices.Equal(got, want) {
			rt.Fatalf("handed over %v, want %v\n%q\n%q", got, want, m.events, f.log)
		}
		for _, msg := range m.seen["INBOX"] {
			if msg.Broken == "" && string(msg.Raw) != string(mail(int(msg.UID), "text")) {
				rt.Fatalf("message %d is %q", msg.UID, msg.Raw)
			}
		}
		if m.cursors["INBOX"].UID != uids[len(uids)-1] {
			rt.Fatalf("cursor %v", m.cursors["INBOX"])
		}
	})
}

func (m *memory) broken(uid uint32) bool {
	return slices.ContainsFunc(m.seen["INBOX"], func(msg Message) bool { return msg.UID == uid && msg.Broken != "" })
}

// misbehave answers a UID FETCH in one of several wrong ways; 0 is sound.
func (c *fakeConn) misbehave(fault, at int, tag, cmd string) bool {
	set, items, _ := strings.Cut(strings.TrimPrefix(cmd, "UID FETCH "), " ")
	seqs, mails := c.f.chosen(set, true)
	var b strings.Builder
	for i, m := range mails {
		if fault == 1 && i == at%len(mails) && strings.Contains(items, "BODY") {
			continue // left out
		}
		writeFetch(&b, seqs[i], m.items(items))
	}
	answer := b.String()
	switch fault {
	case 0:
		return false
	case 2, 3: // cut anywhere, then gone or refused
		answer = answer[:at%(len(answer)+1)]
		if fault == 3 && (strings.HasSuffix(answer, ")\r\n") || answer == "") {
			answer += tag + " NO out of order\r\n"
			c.send("%s", answer)
			return true
		}
		c.send("%s", answer)
		c.Close()
		return true
	case 4: // silent
		return true
	case 5: // not what the library can read
		c.send("* 1 FETCH (UID %d X-NEW 1)\r\n", 1)
		return true
	case 6:
		c.send("* BYE later\r\n")
		c.Close()
		return true
	}
	c.send("%s%s OK done\r\n", answer, tag)
	return true
}

func writeFetch(b *strings.Builder, seq int, items string) {
	b.WriteString("* ")
	b.WriteString(strconv.Itoa(seq))
	b.WriteString(" FETCH (")
	b.WriteString(items)
	b.WriteString(")\r\n")
}
