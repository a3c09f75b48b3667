package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repayd/internal/store"
)

// TestListsSayWhatIsIll: where no letter reaches the owner, the lists that they
// look at say so; what was not told yet is no news.
func TestListsSayWhatIsIll(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	dir := t.TempDir()
	config := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(config, []byte(scriptConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), filepath.Join(dir, "repayd.db"), store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.SetFact("trouble:channel:me", `{"since":"2026-03-02T01:20:00Z","error":"connection refused","told":true}`); err != nil {
			return err
		}
		return tx.SetFact("trouble:mailbox:shop", `{"since":"2026-03-02T01:20:00Z","error":"no route","told":false}`)
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for _, command := range []string{"bills", "letters"} {
		var out, errw strings.Builder
		if code := run([]string{command, "--config", config}, nil, &out, &errw); code != 0 {
			t.Fatalf("%s: %d: %s", command, code, errw.String())
		}
		if got, want := errw.String(), "! channel me does not deliver, since 2026-03-02 09:20: connection refused\n"; got != want {
			t.Errorf("%s says %q, want %q", command, got, want)
		}
	}
}
