package mail

import (
	"net/netip"
	"strings"
	"time"
)

// doubtfulGap is how far the instants a message names may lie apart before a
// date without a year can no longer be resolved against them.
const doubtfulGap = 7 * 24 * time.Hour

// Received returns when the message arrived: the topmost Received field that
// our own server wrote (authserv are its names), else the internal date that
// the IMAP server reports (zero where there is none), else the Date field,
// else the topmost readable Received of anybody. doubtful is set where two of
// the first three are known and differ by more than 7 days.
func Received(m *Message, internal time.Time, authserv []string) (t time.Time, doubtful bool) {
	var own, any time.Time
	servers := newServers(authserv)
	for _, f := range m.Trace {
		if !f.Received {
			continue
		}
		h := parseHop(f.Value)
		if any.IsZero() {
			any = h.date
		}
		if own.IsZero() && servers.own(h.by) {
			own = h.date
		}
	}
	known := []time.Time{own, internal, m.Date}
	for i, a := range known {
		for _, b := range known[i+1:] {
			if !a.IsZero() && !b.IsZero() && a.Sub(b).Abs() > doubtfulGap {
				doubtful = true
			}
		}
	}
	for _, t := range append(known, any) {
		if !t.IsZero() {
			return t, doubtful
		}
	}
	return time.Time{}, false
}

// hop is one Received field taken apart.
type hop struct {
	from, by string       // hosts, lower case, "" where absent
	peer     []netip.Addr // addresses printed for the sending side
	date     time.Time
}

// parseHop reads a Received field. Comments are only searched for addresses.
func parseHop(value string) hop {
	var h hop
	clause, date, ok := cutLast(value, ';')
	if ok {
		h.date = parseDate(date)
	}
	word, after := "", ""
	for clause != "" {
		clause = strings.TrimLeft(clause, " \t\r\n")
		if strings.HasPrefix(clause, "(") {
			n := commentLen(clause)
			if h.by == "" {
				h.peer = append(h.peer, addresses(clause[:n])...)
			}
			clause = clause[n:]
			continue
		}
		end := strings.IndexAny(clause, " \t\r\n(")
		if end < 0 {
			end = len(clause)
		}
		word, clause = clause[:end], clause[end:]
		switch after {
		case "from":
			h.from = cleanHost(strings.Trim(word, "[]"))
			if h.by == "" {
				h.peer = append(h.peer, addresses(word)...)
			}
		case "by":
			h.by = cleanHost(strings.Trim(word, "[]"))
		}
		after = strings.ToLower(word)
		if after == "from" && h.from != "" || after == "by" && h.by != "" {
			after = "" // only the first of each counts
		}
	}
	return h
}

// addresses returns the IP addresses in a piece of a Received field.
func addresses(s string) []netip.Addr {
	var out []netip.Addr
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool {
		return strings.ContainsRune("()[]<>,; \t\r\n", r)
	}) {
		w = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(w), "ipv6:"), "ip=")
		if a, err := netip.ParseAddr(w); err == nil {
			out = append(out, a.Unmap())
		}
	}
	return out
}

// servers are the names under which the owner's receiving servers sign.
type servers struct {
	ids     []string // configured authserv-ids
	domains []string // these and their organisational domains
	google  bool
	outlook bool
}

func newServers(authserv []string) servers {
	var s servers
	for _, id := range authserv {
		id = cleanHost(id)
		if id == "" {
			continue
		}
		s.ids = append(s.ids, id)
		s.domains = append(s.domains, id)
		if org := OrganisationalDomain(id); org != id {
			s.domains = append(s.domains, org)
		}
		switch {
		case isUnder(id, "google.com"):
			s.google = true
		case isUnder(id, "outlook.com"), isUnder(id, "office365.com"), isUnder(id, "microsoft.com"):
			s.outlook = true
			s.domains = append(s.domains, "outlook.com", "office365.com")
		}
	}
	return s
}

// own reports whether a host of a by clause is one of our own servers.
func (s servers) own(host string) bool {
	for _, d := range s.domains {
		if host != "" && isUnder(host, d) {
			return true
		}
	}
	return false
}

// inside reports whether a field was written by a machine behind our server's
// border: our own names, machine names without a public domain and, at Google,
// bare addresses. It is only asked above the border, where no stranger writes.
func (s servers) inside(h hop) bool {
	return s.own(h.by) || privateHost(h.by) || s.google && h.from == "" && strings.Contains(h.by, ":")
}

// border reports whether the message came in from outside at this hop. What
// the peer called itself (HELO) proves nothing, so an address on the internet
// makes it the border whatever the name; only Google and Microsoft use such
// addresses among their own machines.
func (s servers) border(h hop) bool {
	if h.from == "" && len(h.peer) == 0 {
		return false
	}
	if h.from != "" && !s.own(h.from) && !privateHost(h.from) {
		return true
	}
	if s.google || s.outlook {
		return false
	}
	for _, a := range h.peer {
		if !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() {
			return true
		}
	}
	return false
}

// privateHost reports a name that exists only inside a network.
func privateHost(host string) bool {
	if host == "" {
		return false
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsPrivate() || a.IsLoopback()
	}
	if !strings.Contains(host, ".") {
		return !strings.Contains(host, ":")
	}
	for _, suffix := range []string{".local", ".internal", ".lan", ".localdomain", ".intra", ".home.arpa"} {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}
