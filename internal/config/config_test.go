package config_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/config"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestFixtures holds every file of testdata against its golden: the problems,
// or "accepted" and the warnings.
func TestFixtures(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := verdict(filepath.Base(file), data)
		golden := strings.TrimSuffix(file, ".yaml") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Errorf("%v; look at what follows and run with -update\n%s", err, got)
			continue
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s:\n%s", file, diff)
		}
		if strings.Contains(got, "hunter2") {
			t.Errorf("%s: a secret is shown:\n%s", file, got)
		}
	}
}

func verdict(name string, data []byte) string {
	cfg, err := config.Parse(name, data)
	if err != nil {
		return err.Error() + "\n"
	}
	return strings.Join(append([]string{"accepted"}, cfg.Warnings...), "\n") + "\n"
}

func TestLoadSaysWhichFileIsMissing(t *testing.T) {
	t.Parallel()
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"))
	var problems *config.Errors
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "none.yaml") || errors.As(err, &problems) {
		t.Errorf("err = %v", err)
	}
}
