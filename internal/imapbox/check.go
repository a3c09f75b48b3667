package imapbox

import (
	"context"
	"net"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// Report is what Check found.
type Report struct {
	Capabilities []string // sorted
	Idle         bool     // the server announces messages itself
	ID           bool     // the server takes our name
	Folders      []FolderReport
}

// FolderReport is one configured folder. Err is nil or an *Error.
type FolderReport struct {
	Name     string
	Messages uint32
	// Headers are the Authentication-Results, Received and From fields of the
	// newest messages as they stand, newest first.
	Headers [][]byte
	Err     error
}

// newest is how many messages Check looks at in a folder.
const newest = 20

// Check logs in and looks into each folder once. The error is nil or an *Error;
// a folder's own trouble is in its report.
func Check(ctx context.Context, o Options) (Report, error) {
	return check(ctx, o, (&net.Dialer{Timeout: dialTimeout}).DialContext)
}

func check(ctx context.Context, o Options, dial dialFunc) (Report, error) {
	o = o.withDefaults()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := connect(ctx, o, dial, nil)
	if err != nil {
		return Report{}, err
	}
	defer s.close()
	r := Report{Idle: s.caps.Has(imap.CapIdle), ID: s.caps.Has(imap.CapID)}
	for c := range s.caps {
		r.Capabilities = append(r.Capabilities, clean(string(c)))
	}
	slices.Sort(r.Capabilities)
	for _, name := range o.Folders {
		r.Folders = append(r.Folders, s.inspect(name))
	}
	// A farewell; the mailbox has been seen, so its failure does not matter.
	_ = s.do("log out", s.c.Logout().Wait)
	return r, nil
}

func (s *session) inspect(name string) FolderReport {
	f := FolderReport{Name: name}
	if f.Err = s.examine(name); f.Err != nil {
		return f
	}
	f.Messages = s.count()
	if f.Messages == 0 {
		return f
	}
	last := imap.SeqSet{{Start: max(f.Messages, newest) - newest + 1, Stop: f.Messages}}
	o := &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{
		Specifier: imap.PartSpecifierHeader, Peek: true,
		HeaderFields: []string{"Authentication-Results", "Received", "From"},
	}}}
	f.Err = s.fetch("read headers", last, o, func(p piece) {
		if p.data != nil {
			f.Headers = append(f.Headers, p.data)
		}
	})
	slices.Reverse(f.Headers)
	return f
}
