package mail

import "strings"

// AuthservID returns the name under which the topmost Authentication-Results
// field reports (RFC 8601, section 2.2), "" when there is none. It proves
// nothing; it is what the owner may want to trust from now on.
func AuthservID(m *Message) string {
	for _, f := range m.Trace {
		if f.Received {
			continue
		}
		id, _, _ := strings.Cut(strings.TrimSpace(f.Value), ";")
		id, _, _ = strings.Cut(strings.TrimSpace(id), " ") // a version may follow
		if strings.ContainsAny(id, "=()\"") {
			return ""
		}
		return strings.ToLower(id)
	}
	return ""
}
