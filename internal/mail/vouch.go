package mail

import (
	"strings"

	"github.com/emersion/go-msgauth/authres"
)

// Vouch is what the owner's own receiving server reports about the sender.
// The zero Vouch says nothing: no such report, or none that can be trusted.
type Vouch struct {
	DMARC       string   `json:"dmarc,omitempty"` // "pass", "fail", "none", "" where not reported
	DMARCDomain string   `json:"dmarc_domain,omitempty"`
	DKIM        []string `json:"dkim,omitempty"`   // domains (d=) whose signature passed, lower case
	SPF         string   `json:"spf,omitempty"`    // as reported, lower case
	Server      string   `json:"server,omitempty"` // the authserv-id that reported
}

// Vouch reads the one Authentication-Results field that counts: the topmost
// with a configured authserv-id, where it stands above the point at which the
// message entered our server. Anybody can put such a field into a message
// before sending it; it then stands below the Received field of our border.
//
// A server that stamps every message below its own Received field (Google) is
// believed directly under it and nowhere else. Microsoft writes no authserv-id
// at all: there a field without one counts, in the same place.
func (m *Message) Vouch(authserv []string) Vouch {
	servers := newServers(authserv)
	if len(servers.ids) == 0 {
		return Vouch{}
	}
	for i, f := range m.Trace {
		if !f.Received {
			if v, ok := servers.report(f.Value); ok {
				return v
			}
			continue
		}
		h := parseHop(f.Value)
		if !servers.inside(h) {
			return Vouch{}
		}
		if !servers.border(h) {
			continue
		}
		if servers.google && i+1 < len(m.Trace) && !m.Trace[i+1].Received {
			v, _ := servers.report(m.Trace[i+1].Value)
			return v
		}
		return Vouch{}
	}
	return Vouch{}
}

// report reads a field; ok says that it carries one of our authserv-ids. One
// that is ours but cannot be read with certainty vouches for nothing.
func (s servers) report(value string) (v Vouch, ok bool) {
	clean, sound := plainResults(value)
	first, _, _ := strings.Cut(clean, ";")
	if s.outlook && strings.Contains(first, "=") {
		clean = "outlook.com; " + clean
		first = "outlook.com"
	} else if !s.named(first) {
		return Vouch{}, false
	}
	if !sound {
		return Vouch{}, true
	}
	id, results, err := authres.Parse(clean)
	if err != nil {
		return Vouch{}, true
	}
	v.Server = strings.ToLower(id)
	for _, r := range results {
		v.add(r)
	}
	return v, true
}

// named reports whether the head of a field is a configured authserv-id,
// optionally with a version.
func (s servers) named(head string) bool {
	words := strings.Fields(head)
	if len(words) == 0 || len(words) > 2 {
		return false
	}
	for _, id := range s.ids {
		if strings.EqualFold(words[0], id) {
			return true
		}
	}
	return false
}

func (v *Vouch) add(r authres.Result) {
	switch r := r.(type) {
	case *authres.DMARCResult:
		value := ""
		switch r.Value {
		case authres.ResultPass:
			value = "pass"
		case authres.ResultFail:
			value = "fail"
		case authres.ResultNone, "bestguesspass":
			value = "none"
		}
		domain := cleanHost(r.From)
		if _, d, ok := cutLast(domain, '@'); ok {
			domain = d
		}
		if v.DMARC != "" && (v.DMARC != value || v.DMARCDomain != domain) {
			value, domain = "fail", "" // two verdicts about one message: believe the worse
		}
		v.DMARC, v.DMARCDomain = value, domain
	case *authres.DKIMResult:
		domain := cleanHost(r.Domain)
		if domain == "" {
			_, domain, _ = cutLast(cleanHost(r.Identifier), '@')
		}
		if r.Value == authres.ResultPass && domain != "" {
			v.DKIM = append(v.DKIM, domain)
		}
	case *authres.SPFResult:
		v.SPF = strings.ToLower(string(r.Value))
	}
}

// plainResults brings a field into the simple form that authres reads: without
// comments and versions of methods, no blanks around "=", and quoted strings
// without anything that could be taken for a result. Senders choose what
// servers quote (addresses, HELO names), so it must not act. It is not sound
// where comments or quotes do not close.
func plainResults(s string) (clean string, sound bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '(':
			n := commentLen(s[i:])
			if s[i+n-1] != ')' {
				return b.String(), false
			}
			i += n - 1
			b.WriteByte(' ')
		case ')':
			return b.String(), false
		case '"':
			end := i + 1
			for end < len(s) && s[end] != '"' {
				if s[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(s) {
				return b.String(), false
			}
			b.WriteString(inert(s[i+1 : end]))
			i = end
		case '\r', '\n', '\t':
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	return tightenResults(b.String()), true
}

// inert keeps of a quoted string only what a domain or address may consist of.
func inert(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '@', r == '_', r >= 0x80:
			return r
		}
		return '_'
	}, s)
}

// tightenResults removes blanks around "=" and the version of a method, and
// of a repeated property keeps the first: "dkim/1 = pass" → "dkim=pass".
func tightenResults(s string) string {
	var out []string
	for n, seg := range strings.Split(s, ";") {
		seg = strings.Join(strings.Fields(seg), " ")
		seg = strings.ReplaceAll(strings.ReplaceAll(seg, " =", "="), "= ", "=")
		if n == 0 && !strings.Contains(seg, "=") {
			out = append(out, seg)
			continue
		}
		var words []string
		seen := map[string]bool{}
		for k, w := range strings.Fields(seg) {
			name, value, ok := strings.Cut(w, "=")
			if k == 0 && ok {
				name, _, _ = strings.Cut(name, "/")
				w = name + "=" + value
			}
			if lower := strings.ToLower(name); ok && !seen[lower] {
				seen[lower] = true
				words = append(words, w)
			} else if k == 0 {
				words = append(words, w)
			}
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, "; ")
}
