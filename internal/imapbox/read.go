package imapbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	// chunk is how many headers are asked for at a time: some 2 MB.
	chunk = 2000
	// batch is how many bytes of bodies are asked for at a time. Bodies are in
	// memory until they are handed over.
	batch = 4 << 20
	// examineEvery is how often a folder that stays open is opened again:
	// nothing else tells that its UIDVALIDITY changed.
	examineEvery = time.Hour
	// strikesUnreadable and strikesOther are how often a message asked for
	// alone may break the reading until it is handed over as broken: an answer
	// that cannot be parsed will not be better next time, a broken connection
	// may.
	strikesUnreadable = 2
	strikesOther      = 5
)

// reading is the state of one pass over one folder.
type reading struct {
	b    *Box
	s    *session
	at   *progress
	name string
	done uint32 // what the handler has been told
}

// readAll reads every folder to its end, the first one last, so that it stays
// open and nothing that arrives in it before the waiting begins goes unnoticed.
// A folder that cannot be opened does not keep the others from being read.
func (b *Box) readAll(ctx context.Context, s *session) (folders, broken error) {
	select {
	case <-s.news:
	default:
	}
	s.found = false
	var troubles []error
	for i := len(b.o.Folders) - 1; i >= 0; i-- {
		err := b.readFolder(ctx, s, b.o.Folders[i])
		var e *Error
		if errors.As(err, &e) && e.Kind == KindFolder {
			troubles = append(troubles, err)
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	return errors.Join(troubles...), nil
}

// readFolder reads one folder to its end.
func (b *Box) readFolder(ctx context.Context, s *session, name string) error {
	opened := s.folder.name != name || time.Since(s.opened) >= examineEvery
	if opened {
		if err := s.examine(name); err != nil {
			return err
		}
	}
	r := &reading{b: b, s: s, at: b.folders[name], name: name}
	if err := r.start(ctx); err != nil {
		return err
	}
	var all []entry
	if next := s.folder.next; !opened || next == 0 || next > r.done+1 {
		var err error
		if all, err = r.list(); err != nil {
			return err
		}
	}
	rest := r.recent(all)
	for len(rest) > 0 {
		n := r.cut(rest, chunk)
		if err := r.headers(ctx, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
		b.h.Alive()
	}
	if len(all) > 0 {
		s.found = true
		if err := r.passed(ctx, all[len(all)-1].uid); err != nil {
			return err
		}
	}
	r.at.since = time.Time{}
	return handlerError(b.h.Caught(ctx, name))
}

// list returns what is new in the folder.
func (r *reading) list() ([]entry, error) {
	all, err := r.s.after(r.done, !r.at.dateless)
	var e *Error
	if errors.As(err, &e) && e.unreadable {
		r.at.dateless = true
	}
	return all, err
}

// start finds where the reading goes on and begins a new one where needed.
func (r *reading) start(ctx context.Context) error {
	cursor, err := r.b.h.Cursor(ctx, r.name)
	if err != nil {
		return handlerError(err)
	}
	validity := r.s.folder.validity
	if cursor.UIDValidity == validity {
		r.done = cursor.UID
		return nil
	}
	if err := r.b.h.Begin(ctx, r.name, validity, cursor.UIDValidity == 0); err != nil {
		return handlerError(err)
	}
	*r.at = progress{validity: validity, dateless: r.at.dateless, since: time.Now().Add(-r.b.o.Lookback)}
	return nil
}

// recent leaves out what a first reading does not look at. Later readings take
// everything: a message moved into the folder keeps its old date.
func (r *reading) recent(all []entry) []entry {
	if r.at.since.IsZero() || r.at.validity != r.s.folder.validity {
		return all
	}
	var kept []entry
	for _, e := range all {
		if e.internal.IsZero() || !e.internal.Before(r.at.since) {
			kept = append(kept, e)
		}
	}
	return kept
}

// cut returns how many of the entries to ask for at once: at most limit, none
// beyond a suspect, which is asked for alone.
func (r *reading) cut(entries []entry, limit int) int {
	for i, e := range entries[:min(len(entries), limit)] {
		if r.at.suspect != 0 && e.uid == r.at.suspect {
			return max(i, 1)
		}
	}
	return min(len(entries), limit)
}

// headers reads the headers of some messages and deals with those messages.
func (r *reading) headers(ctx context.Context, asked []entry) error {
	got, gone, err := r.s.parts("read headers", asked, &imap.FetchOptions{
		UID: true, RFC822Size: true,
		BodySection: []*imap.FetchItemBodySection{{
			Specifier: imap.PartSpecifierHeader, HeaderFields: HeaderFields(), Peek: true,
		}},
	})
	var wanted []candidate
	for _, e := range asked {
		p, ok := got[e.uid]
		if !ok && gone[e.uid] {
			continue
		}
		if !ok {
			return r.stuck(ctx, wanted, e, nil, asked, err)
		}
		c := candidate{entry: e, size: p.size, head: p.data}
		if r.b.h.Wanted(Header{UID: e.uid, Internal: e.internal, Raw: p.data}) {
			wanted = append(wanted, c)
		} else if e.uid == r.at.suspect {
			r.cleared()
		}
	}
	if err := r.bodies(ctx, wanted); err != nil {
		return err
	}
	return r.passed(ctx, asked[len(asked)-1].uid)
}

// candidate is a message whose body is wanted.
type candidate struct {
	entry
	size int64
	head []byte
}

func (c candidate) message() Message {
	return Message{UID: c.uid, Internal: c.internal, Head: c.head}
}

// bodies reads the bodies of the candidates and hands the messages over.
func (r *reading) bodies(ctx context.Context, wanted []candidate) error {
	for len(wanted) > 0 {
		n := r.fit(wanted)
		if n == 0 {
			m := wanted[0].message()
			m.TooLarge = true
			if err := r.hand(ctx, m); err != nil {
				return err
			}
			n = 1
		} else if err := r.batch(ctx, wanted[:n]); err != nil {
			return err
		}
		wanted = wanted[n:]
	}
	return nil
}

// fit returns how many of the candidates to ask for at once; 0 when the first
// is too large to be read at all.
func (r *reading) fit(wanted []candidate) int {
	var sum int64
	for i, c := range wanted {
		sum += c.size
		switch {
		case c.size > MaxMessage:
			return i
		case r.at.suspect != 0 && c.uid == r.at.suspect:
			return max(i, 1)
		case sum > batch:
			return max(i, 1)
		}
	}
	return len(wanted)
}

// batch reads some bodies with one command and hands the messages over.
func (r *reading) batch(ctx context.Context, wanted []candidate) error {
	asked := make([]entry, len(wanted))
	for i, c := range wanted {
		asked[i] = c.entry
	}
	got, gone, err := r.s.parts("read messages", asked, &imap.FetchOptions{
		UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}},
	})
	for _, c := range wanted {
		p, ok := got[c.uid]
		if !ok && gone[c.uid] {
			continue
		}
		if !ok {
			return r.stuck(ctx, nil, c.entry, c.head, asked, err)
		}
		delete(got, c.uid)
		m := c.message()
		if m.TooLarge = p.cut; !p.cut {
			m.Raw = p.data
		}
		if err := r.hand(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// stuck deals with a message that did not come although the ones before it
// did: it becomes the suspect, to be asked for alone; when it broke the reading
// often enough alone, it is handed over as broken. before are the messages
// before it that are wanted and still have to be read.
func (r *reading) stuck(ctx context.Context, before []candidate, e entry, head []byte, asked []entry, err error) error {
	if err == nil {
		err = &Error{Kind: KindServer, Text: fmt.Sprintf("the server lists message %d of %q but does not send it", e.uid, r.name)}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r.at.suspect != e.uid {
		r.at.suspect, r.at.strikes = e.uid, 0
	}
	if len(asked) > 1 {
		if len(before) == 0 && e.uid != asked[0].uid {
			if err := r.passed(ctx, e.uid-1); err != nil {
				return err
			}
		}
		return err
	}
	r.at.strikes++
	allowed := strikesOther
	var told *Error
	if errors.As(err, &told) && told.unreadable {
		allowed = strikesUnreadable
	}
	if r.at.strikes < allowed {
		return err
	}
	r.b.log.Warn("message cannot be read and is set aside", "folder", r.name, "uid", e.uid, "err", err)
	handed := r.hand(ctx, Message{UID: e.uid, Internal: e.internal, Head: head, Broken: err.Error()})
	if handed != nil {
		return handed
	}
	if told != nil && told.Kind == KindServer && !told.unreadable {
		return nil // the connection still stands
	}
	return err
}

// cleared forgets the suspect: it was read.
func (r *reading) cleared() { r.at.suspect, r.at.strikes = 0, 0 }

// hand gives one message to the handler.
func (r *reading) hand(ctx context.Context, m Message) error {
	if err := r.b.h.Message(ctx, r.name, r.s.folder.validity, m); err != nil {
		return handlerError(err)
	}
	r.done = m.UID
	if m.UID == r.at.suspect {
		r.cleared()
	}
	r.b.h.Alive()
	return nil
}

// passed tells the handler that everything up to uid is done, once.
func (r *reading) passed(ctx context.Context, uid uint32) error {
	if uid <= r.done {
		return nil
	}
	if err := r.b.h.Passed(ctx, r.name, r.s.folder.validity, uid); err != nil {
		return handlerError(err)
	}
	r.done = uid
	return nil
}

func handlerError(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return &Error{Kind: KindHandler, Text: "what was read could not be stored: " + err.Error(), cause: err}
}
