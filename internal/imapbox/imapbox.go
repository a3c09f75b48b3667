// Package imapbox yields the new raw messages of a mailbox's folders after a
// cursor and waits for more. It is the only importer of the IMAP client
// library.
//
// What it promises:
//
//   - A folder is read in the order of its UIDs. Everything up to the UID given
//     to Handler.Message or Handler.Passed is done; the handler stores that
//     cursor in the same transaction as what it made of the message, so a crash
//     repeats at most one message and loses none.
//   - The mailbox is not changed: folders are opened with EXAMINE, bodies read
//     with BODY.PEEK. The server is never asked to SEARCH: providers answer it
//     wrongly. What is new is known by UID alone.
//   - One message that the server or the library cannot carry never blocks the
//     folder: it is handed over as broken after a few attempts.
//   - The handler is called from the goroutine of Run only (Alive excepted), and
//     never while an answer of the server is outstanding.
//   - No secret appears in an error or a log line.
//
// There is one connection a mailbox, whatever the number of its folders,
// because providers limit and throttle connections. It waits (IDLE) in the
// first folder; the others are read at each Poll, at each waking and whenever
// the waiting is renewed.
package imapbox

import (
	"context"
	"log/slog"
	"net"
	"time"
)

// Cursor says how far a folder was read. The zero Cursor means never.
type Cursor struct {
	UIDValidity uint32
	UID         uint32 // everything up to here is done
}

// Header is what is known of a message before its body is read.
type Header struct {
	UID      uint32
	Internal time.Time // when the server received it; zero where unreadable
	Raw      []byte    // the fields of HeaderFields as the server sent them
}

// Message is one message handed over.
type Message struct {
	UID      uint32
	Internal time.Time // as in Header
	Head     []byte    // Header.Raw; nil where even that could not be read
	Raw      []byte    // the whole message; nil when TooLarge or Broken
	TooLarge bool      // larger than MaxMessage
	// Broken says why the message could not be read although it is there;
	// empty otherwise. It is told once and not read again.
	Broken string
}

// MaxMessage is the largest message read, in bytes. Providers accept mails of
// 20 to 50 MB, but a bill with its PDF stays far below: 25 MB is what most
// allow for attachments, and one message has to fit in memory.
const MaxMessage = 25 << 20

// maxHeader bounds the header fields kept of one message, in bytes. Real ones
// take less than two thousand; what is longer is cut.
const maxHeader = 64 << 10

// HeaderFields are the fields in Header.Raw: enough to tell who wrote, to
// whom, in answer to what, and whether a machine did.
func HeaderFields() []string {
	return []string{
		"From", "Sender", "Reply-To", "Return-Path", "To", "Cc", "Delivered-To",
		"Subject", "Date", "Message-ID", "In-Reply-To", "References",
		"Content-Type", "Auto-Submitted", "X-Failed-Recipients", "X-Repayd-Letter",
	}
}

// Handler receives what is read. Every call is one unit that the handler
// commits on its own. An error ends the reading; it is reported by Trouble and
// tried again after a pause, from the cursor.
type Handler interface {
	// Cursor returns how far reading of the folder stands; zero = never read.
	Cursor(ctx context.Context, folder string) (Cursor, error)
	// Begin is told before a folder is read for the first time (first) or again
	// because its UIDVALIDITY changed. It is not repeated when such a reading
	// is interrupted and goes on: it lasts until Caught. The handler stores
	// Cursor{validity, 0}.
	Begin(ctx context.Context, folder string, validity uint32, first bool) error
	// Wanted says whether the body of the message is needed.
	Wanted(h Header) bool
	// Passed says that everything up to uid is done.
	Passed(ctx context.Context, folder string, validity, uid uint32) error
	// Message hands over one message; everything before it is done. The
	// handler stores what it makes of it together with Cursor{validity, m.UID}.
	Message(ctx context.Context, folder string, validity uint32, m Message) error
	// Caught is told whenever the folder has been read to its end, even when
	// nothing was new.
	Caught(ctx context.Context, folder string) error
	// Alive is told that the loop makes progress: at least every two minutes
	// besides the time that other calls of the handler take. It alone may be
	// called from any goroutine, and must not block.
	Alive()
	// Trouble is told that the mailbox cannot be read now, at each attempt
	// (usually an *Error), and nil each time all its folders have been read.
	Trouble(err error)
}

// Box reads one mailbox.
type Box struct {
	o       Options
	h       Handler
	log     *slog.Logger
	poll    chan struct{}
	folders map[string]*progress
	said    string // the trouble logged last, so that it is logged once
	dial    dialFunc
}

// dialFunc opens the network connection; tests put pipes in its place.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// progress is what Box remembers of a folder beyond the cursor.
type progress struct {
	validity uint32
	since    time.Time // the reading passes what is older; zero = reads all
	dateless bool      // the server's dates cannot be parsed: do not ask for them
	suspect  uint32    // the message at which a reading broke
	strikes  int       // how often it broke with the suspect alone
}

// New returns a Box that has not connected yet. A nil log discards.
func New(o Options, h Handler, log *slog.Logger) *Box {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	o = o.withDefaults()
	b := &Box{
		o: o, h: h, log: log.With("mailbox", o.Name),
		poll: make(chan struct{}, 1), folders: map[string]*progress{},
		dial: (&net.Dialer{Timeout: dialTimeout}).DialContext,
	}
	for _, f := range o.Folders {
		b.folders[f] = &progress{}
	}
	return b
}

// Poll asks for a reading soon and returns at once. It does not shorten the
// pause after a failure.
func (b *Box) Poll() {
	select {
	case b.poll <- struct{}{}:
	default:
	}
}
