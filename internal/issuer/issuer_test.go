package issuer

import (
	"sync"
	"testing"

	"repayd/internal/mail"
)

var embeddedSet = sync.OnceValues(func() (*Set, error) { return Load("", nil) })

func loadSet(t testing.TB) *Set {
	t.Helper()
	s, err := embeddedSet()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every sample of every embedded file is read as the file says.
func TestSamples(t *testing.T) {
	t.Parallel()
	rep := loadSet(t).TestAll()
	for _, f := range rep.Failures {
		t.Error(f)
	}
	t.Logf("%d issuers, %d samples", rep.Issuers, rep.Samples)
}

func parts(text string) []mail.Part {
	return []mail.Part{{Name: "text/plain", Type: "text/plain", Text: mail.Fold(text)}}
}
