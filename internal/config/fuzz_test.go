package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"repayd/internal/config"
	"repayd/internal/secret"
)

// FuzzParse: no file makes the parser panic or hang, an error has a line and a
// text, and no message shows a plain secret of the file.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.yaml")
	for _, file := range append(files, "../../config.example.yaml") {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		cfg, err := config.Parse("c.yaml", data)
		if (cfg == nil) == (err == nil) {
			t.Fatalf("cfg %v, err %v", cfg, err)
		}
		told := ""
		if err != nil {
			told = err.Error()
			for line := range strings.SplitSeq(told, "\n") {
				if !strings.HasPrefix(line, "c.yaml:") || strings.HasSuffix(line, ": ") {
					t.Errorf("a problem without line or text: %q", line)
				}
			}
		} else {
			told = strings.Join(cfg.Warnings, "\n")
		}
		for _, s := range plainSecrets(data) {
			if strings.Contains(told, s) {
				t.Errorf("%q is shown:\n%s", s, told)
			}
		}
	})
}

// plainSecrets finds the passwords, keys and addresses of data that are long
// enough not to be a word of a message by chance.
func plainSecrets(data []byte) []string {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil {
		return nil
	}
	var out []string
	note := func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && len(n.Value) >= 12 && !strings.Contains(secret.Placeholder, n.Value) {
			out = append(out, n.Value)
		}
	}
	var find func(*yaml.Node)
	find = func(n *yaml.Node) {
		for i, child := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 1 {
				switch n.Content[i-1].Value {
				case "password", "secret", "url":
					note(child)
				case "params", "headers":
					for j := 1; j < len(child.Content); j += 2 {
						note(child.Content[j])
					}
				}
			}
			find(child)
		}
	}
	find(&doc)
	return out
}
