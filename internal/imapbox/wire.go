package imapbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// maxLine bounds one response line outside literals, in bytes: the library
	// has no limit of its own and would take all memory.
	maxLine = 64 << 10
	// maxSilence is how long a server may send nothing while an answer is due.
	maxSilence = 90 * time.Second
	// maxCommand bounds one command however busily the server drips: 25 MB at
	// the speed of a bad mobile line.
	maxCommand = 20 * time.Minute
	// lookEvery is how often a running command is looked at.
	lookEvery = 30 * time.Second
)

var (
	errSilent  = fmt.Errorf("the server sent nothing for %v", maxSilence)
	errSlow    = fmt.Errorf("the server took more than %v for one answer", maxCommand)
	errLine    = fmt.Errorf("the server sent a line of more than %d bytes", maxLine)
	errLiteral = fmt.Errorf("the server announced more than %d bytes in one piece", MaxMessage)
)

// wire stands between the network and the client library and does what the
// library does not: it ends a connection whose server is silent, bounds what is
// buffered, keeps the server's last words, and withholds untagged responses
// that we never need, because any of them that the library cannot parse ends
// the connection.
//
// Read is called by the library's goroutine only.
type wire struct {
	net.Conn          // the clear side, above TLS
	raw      net.Conn // the network connection, closed to end everything

	r         *bufio.Reader
	out       []byte // what is left of the line being handed out
	literal   int64  // what is left of the literal being handed out
	continued bool   // the next line continues a response after a literal

	alive func() // told while a long answer keeps coming; may be nil

	mu     sync.Mutex
	timer  *time.Timer
	start  time.Time // of the command being watched
	last   time.Time // when the last bytes came
	cause  error     // why we ended the connection
	lost   error     // how the network ended it
	bye    string    // the server's last words
	closed bool
}

// newWire takes over both connections. greeting, if any, is handed out first.
func newWire(clear, raw net.Conn, greeting string) *wire {
	w := &wire{Conn: clear, raw: raw, out: []byte(greeting)}
	w.r = bufio.NewReaderSize(source{w}, maxLine)
	return w
}

// source reads the connection and notes when something came or it broke.
type source struct{ w *wire }

func (s source) Read(p []byte) (int, error) {
	n, err := s.w.Conn.Read(p)
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if n > 0 {
		s.w.last = time.Now()
	}
	s.w.note(err)
	return n, err
}

// note remembers the first error of the network. The caller holds mu.
func (w *wire) note(err error) {
	if err != nil && w.lost == nil && !w.closed {
		w.lost = err
	}
}

func (w *wire) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(err)
	return n, err
}

// SetReadDeadline does nothing: the library's own deadlines neither cover a
// silent server nor allow a slow one. See expect.
func (w *wire) SetReadDeadline(time.Time) error { return nil }

// Close ends the connection at once, without TLS's farewell, which may block.
func (w *wire) Close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	return w.raw.Close()
}

// kill ends the connection for a reason that is remembered.
func (w *wire) kill(cause error) {
	w.mu.Lock()
	if w.cause == nil && !w.closed {
		w.cause = cause
	}
	w.mu.Unlock()
	w.Close()
}

// expect watches the connection while an answer is due; the returned function
// ends the watch. Only one watch at a time.
func (w *wire) expect() (answered func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.start = time.Now()
	w.last = w.start
	if w.timer == nil {
		w.timer = time.AfterFunc(lookEvery, w.look)
	} else {
		w.timer.Reset(lookEvery)
	}
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.start = time.Time{}
		w.timer.Stop()
	}
}

// look ends the connection when the watched command has waited too long.
func (w *wire) look() {
	w.mu.Lock()
	if w.start.IsZero() {
		w.mu.Unlock()
		return
	}
	quiet, all := time.Since(w.last), time.Since(w.start)
	if quiet < maxSilence && all < maxCommand {
		w.timer.Reset(min(lookEvery, maxSilence-quiet, maxCommand-all))
		w.mu.Unlock()
		if quiet < lookEvery && w.alive != nil {
			w.alive()
		}
		return
	}
	w.mu.Unlock()
	if quiet >= maxSilence {
		w.kill(errSilent)
	} else {
		w.kill(errSlow)
	}
}

// Read hands out literals as they come and lines only when whole.
func (w *wire) Read(p []byte) (int, error) {
	for len(w.out) == 0 {
		if w.literal > 0 {
			n, err := w.r.Read(p[:min(int64(len(p)), w.literal)])
			w.literal -= int64(n)
			return n, err
		}
		if err := w.nextLine(); err != nil {
			return 0, err
		}
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	return n, nil
}

// nextLine puts the next line that the library should see into out.
func (w *wire) nextLine() error {
	withhold := false
	for {
		line, err := w.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			w.kill(errLine)
			return errLine
		}
		if err != nil {
			return err
		}
		data := w.continued
		if !w.continued {
			typ := untagged(line)
			withhold = typ != "" && !needed(typ)
			data = typ == "FETCH" || typ == "LIST" || withhold
			if typ == "BYE" {
				w.mu.Lock()
				w.bye = strings.TrimSpace(string(line[len("* BYE"):]))
				w.mu.Unlock()
			}
		}
		w.literal, w.continued = 0, false
		if n, ok := literalSize(line); ok && data {
			if n > MaxMessage {
				w.kill(errLiteral)
				return errLiteral
			}
			w.literal, w.continued = n, true
		}
		if !withhold {
			w.out = line
			return nil
		}
		if _, err := io.CopyN(io.Discard, w.r, w.literal); err != nil {
			return err
		}
		w.literal = 0
	}
}

// untagged returns the type of an untagged response line in upper case, "" for
// any other line.
func untagged(line []byte) string {
	rest, ok := bytes.CutPrefix(line, []byte("* "))
	if !ok {
		return ""
	}
	word, rest, _ := bytes.Cut(rest, []byte(" "))
	if len(word) > 0 && word[0] >= '0' && word[0] <= '9' {
		word, _, _ = bytes.Cut(rest, []byte(" "))
	}
	return strings.ToUpper(string(bytes.TrimRight(word, "\r\n")))
}

// needed lists the untagged responses that matter to us. Not among them: ID
// (servers send NIL values the library rejects), FLAGS, VANISHED and whatever
// a server invents.
func needed(typ string) bool {
	switch typ {
	case "OK", "NO", "BAD", "BYE", "PREAUTH", "CAPABILITY", "EXISTS", "EXPUNGE", "FETCH", "LIST":
		return true
	}
	return false
}

// literalSize reads the {n} that ends a line announcing a literal.
func literalSize(line []byte) (int64, bool) {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 || line[len(line)-1] != '}' {
		return 0, false
	}
	i := bytes.LastIndexByte(line, '{')
	if i < 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(line[i+1:len(line)-1]), 10, 64)
	return n, err == nil && n >= 0
}

// ended says how the connection ended: the server's last words, whether
// neither we nor the network ended it (then the library did, because it could
// not read an answer), and why we ended it.
func (w *wire) ended() (bye string, unreadable bool, cause error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cause != nil {
		return w.bye, errors.Is(w.cause, errLine) || errors.Is(w.cause, errLiteral), w.cause
	}
	return w.bye, w.lost == nil, w.lost
}
