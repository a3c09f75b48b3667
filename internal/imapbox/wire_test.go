package imapbox

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// input is a connection from which given bytes can be read.
type input struct {
	net.Conn
	r io.Reader
}

func (c *input) Read(p []byte) (int, error) { return c.r.Read(p) }
func (c *input) Close() error               { return nil }

func throughWire(r io.Reader) (*wire, []byte, error) {
	c := &input{r: r}
	w := newWire(c, c, "")
	out, err := io.ReadAll(w)
	return w, out, err
}

func TestWire(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, out, bye string }{
		{"plain lines", "* OK hello\r\nT1 OK done\r\n+ go\r\n", "* OK hello\r\nT1 OK done\r\n+ go\r\n", ""},
		{"literal", "* 1 FETCH (BODY[] {6}\r\n* ID \n UID 1)\r\n", "* 1 FETCH (BODY[] {6}\r\n* ID \n UID 1)\r\n", ""},
		{"two literals", "* 1 FETCH (A {1}\r\nx B {2}\r\nyz)\r\n* ID NIL\r\n", "* 1 FETCH (A {1}\r\nx B {2}\r\nyz)\r\n", ""},
		{"withheld", "* FLAGS (\\Seen)\r\n* id NIL\r\n* 3 EXISTS\r\n* 3 RECENT\r\n", "* 3 EXISTS\r\n", ""},
		{"withheld with a literal", "* X {4}\r\n* OK more {2}\r\nab end\r\n* 1 EXPUNGE\r\n", "* 1 EXPUNGE\r\n", ""},
		{"text that looks like a literal", "* OK see {100}\r\nT1 NO {7}\r\n* 1 EXISTS\r\n", "* OK see {100}\r\nT1 NO {7}\r\n* 1 EXISTS\r\n", ""},
		{"goodbye", "* BYE \x1b[31mtoo\tmany\r\n", "* BYE \x1b[31mtoo\tmany\r\n", "\x1b[31mtoo\tmany"},
	}
	for _, tt := range tests {
		w, out, err := throughWire(strings.NewReader(tt.in))
		if err != nil || string(out) != tt.out {
			t.Errorf("%s: %q, %v; want %q", tt.name, out, err, tt.out)
		}
		if bye, _, _ := w.ended(); bye != tt.bye {
			t.Errorf("%s: goodbye %q, want %q", tt.name, bye, tt.bye)
		}
	}
	for in, want := range map[string]error{
		strings.Repeat("x", maxLine+1):             errLine,
		"* 1 FETCH (BODY[] {26214401}\r\n":         errLiteral,
		"* LIST {9223372036854775807}\r\n":         errLiteral,
		"* ID {99999999}\r\n":                      errLiteral,
		"* 1 FETCH (X {1}\r\na Y {26214401}\r\nab": errLiteral,
	} {
		if _, _, err := throughWire(strings.NewReader(in)); !errors.Is(err, want) {
			t.Errorf("%.40q: %v, want %v", in, err, want)
		}
	}
}

// FuzzWire: whatever comes, what goes through is bounded by what came, and is
// the same however the network cuts it into pieces.
func FuzzWire(f *testing.F) {
	f.Add([]byte("* 1 FETCH (BODY[] {3}\r\nabc UID 1)\r\n* ID (\"a\" NIL)\r\nT1 OK x\r\n"))
	f.Add([]byte("* X {2}\r\nab\r\n* BYE\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		_, whole, err := throughWire(bytes.NewReader(in))
		_, pieces, err2 := throughWire(iotest.OneByteReader(bytes.NewReader(in)))
		if !bytes.Equal(whole, pieces) || (err == nil) != (err2 == nil) {
			t.Errorf("%q: in one piece %q (%v), in many %q (%v)", in, whole, err, pieces, err2)
		}
		if len(whole) > len(in) {
			t.Errorf("%q became %q", in, whole)
		}
	})
}

// FuzzServer: whatever a server answers after the log-in, a look into the
// mailbox ends, with a report or an error that does not show the password.
func FuzzServer(f *testing.F) {
	f.Add([]byte("* 2 EXISTS\r\n* OK [UIDVALIDITY 1]\r\nT5 OK done\r\n* 1 FETCH (UID 1 BODY[HEADER.FIELDS (A)] {2}\r\n\r\n)\r\nT6 OK x\r\nT7 OK\r\n"))
	f.Add([]byte("T5 NO s3cret-Passw0rd\r\n* LIST () \"/\" INBOX\r\nT6 OK\r\n* BYE s3cret-Passw0rd"))
	f.Add([]byte("* 1 FETCH (((((BODY[1.2.HEADER.FIELDS.NOT (\"x\")]<0> ~{1}\r\n"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		srv := newFake()
		srv.on = func(c *fakeConn, _, cmd string) bool {
			if !strings.HasPrefix(cmd, "EXAMINE") {
				return false
			}
			c.wmu.Lock()
			defer c.wmu.Unlock()
			if _, err := c.Conn.Write(answer); err == nil {
				c.Conn.Close()
			}
			return true
		}
		began := time.Now()
		r, err := check(t.Context(), srv.options(), srv.dial)
		srv.wg.Wait()
		if time.Since(began) > 10*time.Second {
			t.Errorf("took %v", time.Since(began))
		}
		for _, folder := range r.Folders {
			err = errors.Join(err, folder.Err)
		}
		if err != nil && strings.Contains(err.Error(), fakePassword) {
			t.Errorf("the password is in %q", err)
		}
	})
}
