// Package internal_test keeps the structure of the project true: which package
// may import which, and who alone uses which library.
package internal_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the table of the design. A sub-package follows its parent's
// row and may import it; "all" is everything.
var mayImport = map[string][]string{
	"bill":     {},
	"mail":     {},
	"secret":   {},
	"systemd":  {},
	"calendar": {"bill"},
	"issuer":   {"bill", "mail"},
	"plan":     {"bill", "calendar"},
	"imapbox":  {"secret"},
	"intake":   {"bill", "mail", "issuer", "plan", "calendar"},
	"store":    {"bill", "plan"},
	"letter":   {"bill", "plan"},
	"channel":  {"channel", "secret"},
	"outbox":   {"bill", "plan", "calendar", "letter", "channel"},
	// config takes over the Options of what it configures.
	"config": {"bill", "plan", "calendar", "channel", "imapbox", "secret"},
	"daemon": {"all"},
	// The demo is daemon and config plus sinks, which the tests of channels use too.
	"demo": {"daemon", "config", "store", "bill", "plan", "channel", "letter", "secret"},
}

// onlyHere names libraries that one package hides from the others.
var onlyHere = map[string][]string{
	"github.com/emersion/go-imap/v2/imapclient": {"internal/imapbox"},
	"github.com/go-mail/mail/v2":                {"internal/channel/email"},
	"database/sql":                              {"internal/store"},
	"modernc.org/sqlite":                        {"internal/store"},
	"github.com/robfig/cron/v3":                 {"internal/config", "internal/daemon"},
	"gopkg.in/yaml.v3":                          {"internal/config", "internal/issuer", "internal/letter", "internal/channel/webhook", "cmd/repayd"},
	"github.com/emersion/go-msgauth/dkim":       {"internal/mail"},
}

func TestImportsFollowTheDesign(t *testing.T) {
	for file, imports := range sources(t) {
		dir := filepath.ToSlash(filepath.Dir(file))
		for _, path := range imports {
			if !allowed(dir, path) {
				t.Errorf("%s imports %s, which the design's table does not allow", file, path)
			}
			if homes, ok := onlyHere[path]; ok && !slices.Contains(homes, dir) {
				t.Errorf("%s imports %s, which only %v may", file, path, homes)
			}
		}
	}
}

func allowed(dir, path string) bool {
	target, ours := strings.CutPrefix(path, "repayd/internal/")
	if !ours || strings.HasPrefix(dir, "cmd/") {
		return true
	}
	self := strings.Split(strings.TrimPrefix(dir, "internal/"), "/")[0]
	other := strings.Split(target, "/")[0]
	row, known := mayImport[self]
	if !known {
		return false
	}
	return self == other || slices.Contains(row, other) || slices.Contains(row, "all")
}

func TestOnlyDaemonDemoAndCommandsUseConfigAndStore(t *testing.T) {
	for file, imports := range sources(t) {
		dir := filepath.ToSlash(filepath.Dir(file))
		for _, path := range imports {
			if path != "repayd/internal/config" && path != "repayd/internal/store" {
				continue
			}
			if !strings.HasPrefix(dir, "cmd/") && !strings.HasPrefix(dir, "internal/daemon") && !strings.HasPrefix(dir, "internal/demo") {
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}

func TestSiblingChannelsDoNotKnowEachOther(t *testing.T) {
	for file, imports := range sources(t) {
		dir := filepath.ToSlash(filepath.Dir(file))
		if !strings.HasPrefix(dir, "internal/channel/") || strings.HasPrefix(dir, "internal/channel/channeltest") {
			continue
		}
		for _, path := range imports {
			if strings.HasPrefix(path, "repayd/internal/channel/") && path != "repayd/"+dir {
				t.Errorf("%s imports its sibling %s", file, path)
			}
		}
	}
}

func TestTopLevelHoldsWhatTheDesignSays(t *testing.T) {
	want := []string{"cmd", "internal", "systemd", "config.example.yaml", "go.mod", "go.sum", "README.md", "LICENSE"}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && e.Name() != "repayd" && !slices.Contains(want, e.Name()) {
			t.Errorf("%s at the top level is not in the design", e.Name())
		}
	}
}

func TestEveryPackageStatesItsContract(t *testing.T) {
	documented := map[string]bool{}
	for file := range sources(t) {
		dir := filepath.Dir(file)
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		documented[dir] = documented[dir] || f.Doc != nil
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

// sources returns the imports of every Go file of the program itself, by its
// path from the top level.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, root := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join("..", root), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			name := strings.TrimPrefix(filepath.ToSlash(path), "../")
			out[name] = []string{}
			for _, i := range f.Imports {
				p, err := strconv.Unquote(i.Path.Value)
				if err != nil {
					return err
				}
				out[name] = append(out[name], p)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 50 {
		t.Fatalf("only %d files found; is the test in the wrong folder?", len(out))
	}
	return out
}
