package imapbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// session is one connection after the log-in.
type session struct {
	ctx      context.Context
	o        Options
	c        *imapclient.Client
	w        *wire
	password string // to keep it out of messages
	caps     imap.CapSet
	release  func() bool

	news  chan struct{} // the server announced messages; one is enough to know
	known atomic.Int64  // how many messages it has told of
	found bool          // the last reading found something

	folder folder // the one that is open
	opened time.Time
}

// folder is what EXAMINE says.
type folder struct {
	name     string
	validity uint32
	next     uint32 // UIDNEXT; 0 where the server does not say
}

// announce and expunged run in the library's goroutine. Only a growing number
// is news: servers may repeat it with any answer, and reading at each would
// never end.
func (s *session) announce(d *imapclient.UnilateralDataMailbox) {
	if d.NumMessages == nil {
		return
	}
	n := int64(*d.NumMessages)
	if s.known.Swap(n) >= n {
		return
	}
	select {
	case s.news <- struct{}{}:
	default:
	}
}

func (s *session) expunged(uint32) { s.known.Add(-1) }

// do runs one command under watch and puts its error into words.
func (s *session) do(what string, f func() error) error {
	answered := s.w.expect()
	err := f()
	answered()
	return s.explain(what, err)
}

// close ends the connection at once and waits for the library's goroutine.
// Every FETCH has been drained by then, so that goroutine cannot be stuck.
func (s *session) close() {
	s.release()
	s.w.Close()
	<-s.c.Closed()
}

// examine opens a folder without the right to change it.
func (s *session) examine(name string) error {
	s.folder = folder{}
	s.known.Store(-1)
	data, err := s.tryExamine(name)
	var no *imap.Error
	if errors.As(err, &no) && strings.Contains(strings.ToLower(no.Text), "unsafe login") {
		if err := s.identify(); err != nil {
			return err
		}
		data, err = s.tryExamine(name)
	}
	if errors.As(err, &no) && no.Type == imap.StatusResponseTypeNo {
		return s.folderError(name, no)
	}
	if err != nil {
		return s.explain(fmt.Sprintf("open the folder %q", name), err)
	}
	s.folder = folder{name: name, validity: max(data.UIDValidity, 1), next: uint32(data.UIDNext)}
	s.opened = time.Now()
	s.counted(data.NumMessages)
	return nil
}

func (s *session) tryExamine(name string) (*imap.SelectData, error) {
	defer s.w.expect()()
	return s.c.Select(name, &imap.SelectOptions{ReadOnly: true}).Wait()
}

// folderError names the folders that could have been meant.
func (s *session) folderError(name string, no *imap.Error) error {
	e := &Error{Kind: KindFolder, Text: fmt.Sprintf("the folder %q cannot be opened: %s", name, s.told(no.Text))}
	names, err := s.list()
	if err != nil {
		return err
	}
	if len(names) > 0 && !slices.Contains(names, name) {
		e.Hint = "the mailbox has " + clean(strings.Join(near(name, names), ", "))
	}
	return e
}

// maxFolders bounds the names kept of a listing.
const maxFolders = 1000

// list returns the names of the folders that can be opened.
func (s *session) list() ([]string, error) {
	var names []string
	err := s.do("list the folders", func() error {
		cmd := s.c.List("", "*", nil)
		for d := cmd.Next(); d != nil; d = cmd.Next() {
			if len(names) < maxFolders && !slices.Contains(d.Attrs, imap.MailboxAttrNoSelect) {
				names = append(names, d.Mailbox)
			}
		}
		return cmd.Close()
	})
	return names, err
}

// entry is one message as the listing shows it.
type entry struct {
	uid, seq uint32
	internal time.Time
}

// after lists the messages above the cursor in the order of their UIDs.
func (s *session) after(uid uint32, dates bool) ([]entry, error) {
	if uid == 1<<32-1 {
		return nil, nil
	}
	if s.count() == 0 {
		// Some servers refuse any range in an empty folder, and only an answer
		// can bring the news that it is no longer empty.
		if err := s.do("ask for news", s.c.Noop().Wait); err != nil || s.count() == 0 {
			return nil, err
		}
	}
	all, err := s.listing(imap.UIDSet{imap.UIDRange{Start: imap.UID(uid + 1), Stop: 0}}, dates)
	// n:* always names the last message, even one below n.
	all = slices.DeleteFunc(all, func(e entry) bool { return e.uid <= uid })
	return all, err
}

// counted takes over the number that EXAMINE told, unless a newer one has been
// announced since. Below zero, known counts what was expunged meanwhile.
func (s *session) counted(n uint32) {
	for {
		k := s.known.Load()
		if k >= 0 || s.known.CompareAndSwap(k, int64(n)+k+1) {
			return
		}
	}
}

// count is the number of messages in the open folder as far as it was told. The
// library's own number is not there yet when its EXAMINE returns.
func (s *session) count() uint32 { return uint32(max(s.known.Load(), 0)) }

// listing asks which of the UIDs exist.
func (s *session) listing(uids imap.UIDSet, dates bool) ([]entry, error) {
	var all []entry
	err := s.fetch("list the messages", uids, &imap.FetchOptions{UID: true, InternalDate: dates}, func(p piece) {
		if p.uid != 0 {
			all = append(all, p.entry)
		}
	})
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.uid, b.uid) })
	return slices.CompactFunc(all, func(a, b entry) bool { return a.uid == b.uid }), err
}

// piece is what one FETCH response says about one message.
type piece struct {
	entry
	size int64
	data []byte // nil when no literal came
	cut  bool   // data is not all of it
}

// fetch runs one FETCH to its end and calls each with what came, also when it
// fails in the middle. Literals are copied at once; nothing waits for a handler
// here.
func (s *session) fetch(what string, set imap.NumSet, o *imap.FetchOptions, each func(piece)) error {
	limit := int64(MaxMessage)
	if len(o.BodySection) > 0 && o.BodySection[0].Specifier == imap.PartSpecifierHeader {
		limit = maxHeader
	}
	return s.do(what, func() error {
		cmd := s.c.Fetch(set, o)
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			p, err := collect(m, limit)
			if err != nil {
				// The library would go on reading the literal beside its own
				// goroutine, so that has to end first.
				s.w.Close()
				<-s.c.Closed()
				continue
			}
			each(p)
		}
		err := cmd.Close()
		var no *imap.Error
		if errors.As(err, &no) && no.Code == "EXPUNGEISSUED" {
			return nil // some are gone; the rest was sent
		}
		return err
	})
}

// collect reads one response. It fails when the connection breaks in it.
func collect(m *imapclient.FetchMessageData, limit int64) (piece, error) {
	p := piece{entry: entry{seq: m.SeqNum}}
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			p.uid = uint32(item.UID)
		case imapclient.FetchItemDataInternalDate:
			p.internal = item.Time
		case imapclient.FetchItemDataRFC822Size:
			p.size = item.Size
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue
			}
			var err error
			if p.data, p.cut, err = keep(item.Literal, limit); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}

// keep reads a literal to its end and returns at most limit bytes of it.
func keep(lit imap.LiteralReader, limit int64) (data []byte, cut bool, err error) {
	size := lit.Size()
	data = make([]byte, min(size, limit))
	if _, err := io.ReadFull(lit, data); err != nil {
		return nil, false, err
	}
	rest, err := io.Copy(io.Discard, lit)
	if err == nil && rest != size-int64(len(data)) {
		err = io.ErrUnexpectedEOF
	}
	return data, size > limit, err
}

// parts fetches one section (and the size) of the messages listed. It returns
// what came, by UID, the messages that are gone, and, besides them, why the
// rest did not come.
func (s *session) parts(what string, asked []entry, o *imap.FetchOptions) (got map[uint32]piece, gone map[uint32]bool, err error) {
	got = make(map[uint32]piece, len(asked))
	note := func(p piece) {
		if p.uid != 0 && p.data != nil {
			got[p.uid] = p
		}
	}
	if err := s.fetch(what, uidSet(asked), o, note); err != nil {
		return got, nil, err
	}
	missing := without(asked, got)
	if len(missing) == 0 {
		return got, nil, nil
	}
	// Either gone meanwhile, or the library dropped the response because the
	// server put the literal before the UID. The latter is read by number.
	if err := s.do("ask for news", s.c.Noop().Wait); err != nil {
		return got, nil, err
	}
	still, err := s.listing(uidSet(missing), false)
	if err != nil {
		return got, nil, err
	}
	gone = map[uint32]bool{}
	for _, e := range missing {
		gone[e.uid] = !slices.ContainsFunc(still, func(x entry) bool { return x.uid == e.uid })
	}
	still = slices.DeleteFunc(still, func(e entry) bool { _, asked := gone[e.uid]; return !asked })
	if len(still) == 0 {
		return got, gone, nil
	}
	var numbers imap.SeqSet
	for _, e := range still {
		numbers.AddNum(e.seq)
	}
	return got, gone, s.fetch(what, numbers, o, note)
}

func without(asked []entry, got map[uint32]piece) []entry {
	var missing []entry
	for _, e := range asked {
		if _, ok := got[e.uid]; !ok {
			missing = append(missing, e)
		}
	}
	return missing
}

func uidSet(entries []entry) imap.UIDSet {
	var set imap.UIDSet
	for _, e := range entries {
		if n := len(set); n > 0 && set[n-1].Stop+1 == imap.UID(e.uid) {
			set[n-1].Stop++
			continue
		}
		set = append(set, imap.UIDRange{Start: imap.UID(e.uid), Stop: imap.UID(e.uid)})
	}
	return set
}
