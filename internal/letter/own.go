package letter

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"repayd/internal/plan"
)

// Marker returns the footer line by which a letter is known again wherever it
// is quoted: the id alone.
func Marker(id string) string { return clean(id, 64) }

// thread names the conversation of a letter about one subject. It goes into a
// mail header, so only plain characters remain and a hash tells apart what
// they no longer can.
func thread(l plan.Letter) string {
	s := l.Content.Items[0].Subject
	for _, it := range l.Content.Items[1:] {
		if it.Subject != s {
			return ""
		}
	}
	if s.ID == "" || s.Kind == plan.SubjectTest {
		return ""
	}
	// A review that is resolved becomes an ordinary bill: one conversation.
	kind := s.Kind
	if kind == plan.SubjectReview || kind == plan.SubjectBacklog {
		kind = plan.SubjectBill
	}
	id := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s.ID)
	if id != s.ID || len(id) > 64 {
		sum := sha256.Sum256([]byte(s.ID))
		id = hex.EncodeToString(sum[:10])
	}
	return string(kind) + "-" + id
}
