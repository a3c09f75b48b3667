package einvoice

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/bill"
)

// TestCorpus reads a folder of public example invoices named einvoice below
// REPAYD_CORPUS and holds the counts, so that a change that loses a due date
// shows. Without that variable it is no part of the suite.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("REPAYD_CORPUS")
	if dir == "" {
		return
	}
	counts := map[string]int{}
	err := filepath.WalkDir(filepath.Join(dir, "einvoice"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.EqualFold(filepath.Ext(path), ".xml") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		invs, ok := Read(raw)
		if !ok {
			counts["not ours"]++
		}
		for _, inv := range invs {
			for _, n := range Notices(inv, 0) {
				certain(t, n)
				counts[inv.Syntax+" "+result(n)]++
				t.Logf("%s: %s %s", filepath.Base(path), inv.Syntax, brief(n))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// A zero of CII is an example whose amounts are all 0; the reviews are two
	// due dates before the issue date and one invoice that names only a law.
	want := map[string]int{
		"CII due": 12, "CII review": 2, "CII zero": 1,
		"UBL due": 15, "UBL autopay": 1, "UBL review": 1, "UBL zero": 2,
	}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("counts:\n%s", diff)
	}
	t.Log(counts)
}

func result(n bill.Notice) string {
	switch {
	case n.Kind == bill.KindZero:
		return "zero"
	case len(n.Problems) > 0:
		return "review"
	case n.Kind == bill.KindAutopay:
		return "autopay"
	}
	return "due"
}
