package issuer

import "testing"

func loadSet(t testing.TB) *Set {
	t.Helper()
	s, err := Load("", nil)
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
