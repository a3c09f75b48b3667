package letter

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"repayd/internal/plan"
)

// ownID is a letter id as a token of its own: in a footer line, behind quote
// marks, or as the left part of a Message-ID.
var ownID = regexp.MustCompile(`(?:^|[^0-9A-Za-z_])(rl_[a-z2-7]{26})(?:$|[^0-9A-Za-z_])`)

// Marker returns the footer line by which a letter is known again wherever it
// is quoted: the id alone.
func Marker(id string) string { return clean(id, 64) }

// IsOwn reports whether text is, or quotes, one of our letters.
func IsOwn(text string) bool { return ownID.MatchString(text) }

// OwnIDs returns the letter ids in text, each once, in order. Anyone can write
// something of that shape into a mail, so a caller that is about to ignore a
// message should look them up.
func OwnIDs(text string) []string {
	var ids []string
	seen := map[string]bool{}
	for {
		m := ownID.FindStringSubmatchIndex(text)
		if m == nil {
			return ids
		}
		if id := text[m[2]:m[3]]; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
		text = text[m[3]:] // the separator may begin the next match
	}
}

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
