package plan

import (
	"crypto/rand"
	"regexp"
	"strings"
)

// letterID is how every letter is called: rl_ and 26 letters of base32, 130
// bits that nobody guesses. It stands in the Message-ID and in the text, so
// that a quoted letter is known wherever it turns up.
var letterID = regexp.MustCompile(`\brl_[a-z2-7]{26}`)

// NewLetterID returns a fresh letter id.
func NewLetterID() string { return "rl_" + strings.ToLower(rand.Text()) }

// QuotesLetter reports whether a text names a letter of ours.
func QuotesLetter(s string) bool {
	return strings.Contains(s, "rl_") && letterID.MatchString(s)
}
