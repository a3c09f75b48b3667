package config

// The example file is the reference documentation; these tests hold it against
// the tables of keys, which they alone reach into.

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const examplePath = "../../config.example.yaml"

func TestExampleIsAccepted(t *testing.T) {
	t.Parallel()
	cfg, err := Load(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) > 0 {
		t.Errorf("warnings: %q", cfg.Warnings)
	}
}

var meaning = regexp.MustCompile(`\((required|default: .*)\)$`)

// TestExampleDocumentsEveryKey: each key stands in the example under a comment
// that ends with what its absence means, and that is what the code does.
func TestExampleDocumentsEveryKey(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	documented := checkKeys(t, "", topKeys(), []*yaml.Node{doc.Content[0]}, lines)
	if documented < 50 {
		t.Errorf("only %d keys were compared", documented)
	}
}

// checkKeys looks for each of keys in any of the mappings that stand for one
// group, and returns how many it found.
func checkKeys(t *testing.T, path string, keys []key, groups []*yaml.Node, lines []string) int {
	t.Helper()
	n := 0
	for _, k := range keys {
		at := path + k.name
		line, values := lookUp(groups, k.name)
		if line == 0 {
			t.Errorf("%s: not in the example", at)
			continue
		}
		n++
		if got, want := commentAbove(lines, line), wanted(k); got != want {
			t.Errorf("%s on line %d: the comment ends with (%s), the code means (%s)", at, line, got, want)
		}
		if k.keys != nil && k.keys[0].name != "file" { // secrets are explained once, at the top
			n += checkKeys(t, at+".", k.keys, inner(values, k.named), lines)
		}
	}
	return n
}

func wanted(k key) string {
	switch {
	case k.required:
		return "required"
	case k.def == "":
		return "default: none"
	}
	return "default: " + k.def
}

// lookUp returns the line on which the key first stands and all its values.
func lookUp(groups []*yaml.Node, name string) (int, []*yaml.Node) {
	line, values := 0, []*yaml.Node(nil)
	for _, g := range groups {
		for i := 0; i+1 < len(g.Content); i += 2 {
			if g.Content[i].Value == name {
				if line == 0 {
					line = g.Content[i].Line
				}
				values = append(values, g.Content[i+1])
			}
		}
	}
	return line, values
}

// inner returns the groups within values: themselves, the entries of a list,
// or what stands under the owner's names.
func inner(values []*yaml.Node, named bool) []*yaml.Node {
	var out []*yaml.Node
	for _, v := range values {
		switch {
		case v.Kind == yaml.SequenceNode:
			out = append(out, v.Content...)
		case named:
			for i := 1; i < len(v.Content); i += 2 {
				out = append(out, v.Content[i])
			}
		default:
			out = append(out, v)
		}
	}
	return out
}

// commentAbove returns what stands in brackets at the end of the comment
// directly above a line.
func commentAbove(lines []string, line int) string {
	above := strings.TrimSpace(lines[line-2])
	if m := meaning.FindStringSubmatch(above); m != nil && strings.Contains(above, "#") {
		return m[1]
	}
	return "nothing"
}

func TestSecretsListsAllOfThem(t *testing.T) {
	t.Parallel()
	cfg, err := Load(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range cfg.Secrets() {
		got = append(got, s.Key+" from "+s.Secret.Source())
	}
	want := []string{
		"mailbox shop: password from credential shop-imap",
		"channel me: password from credential shop-smtp",
		"channel office: url from credential office-url",
		"channel office: secret from credential office-key",
		"channel robot: url from credential robot-url",
		"channel robot: secret from credential robot-key",
		"channel phone: url from credential phone-url",
		"channel phone: params: chat_id from text in the configuration",
		"channel own: url from credential own-url",
		"channel own: headers: Authorization from credential own-token",
		"channel plain: url from credential plain-url",
		"channel plain: headers: Content-Type from text in the configuration",
		"channel quick: url from credential quick-url",
		"pdf_passwords: my-card from credential my-card-pdf",
		"heartbeat: url from credential heartbeat-url",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
