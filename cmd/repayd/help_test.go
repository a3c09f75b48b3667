package main

import (
	"bytes"
	"flag"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// The help lists flags without running a command; this holds its list against
// what the command takes.
func TestHelpListsTheFlagsThatCommandsTake(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		a := &app{out: io.Discard, err: io.Discard, now: time.Now()}
		if err := a.parse(c, nil); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		list := func(fs *flag.FlagSet) (out []string) {
			fs.VisitAll(func(f *flag.Flag) { out = append(out, f.Name+"|"+f.Usage+"|"+f.DefValue) })
			return out
		}
		if got, want := list(flagsOf(c)), list(a.flags); !slices.Equal(got, want) {
			t.Errorf("%s: the help lists\n%v\nthe command takes\n%v", c.name, got, want)
		}
	}
}

func TestEveryCommandIsInTheHelp(t *testing.T) {
	t.Parallel()
	var grouped []string
	for _, g := range groups {
		grouped = append(grouped, g.names...)
	}
	for _, c := range commands() {
		if !slices.Contains(grouped, c.name) {
			t.Errorf("the help does not list %s", c.name)
		}
		if c.short == "" {
			t.Errorf("%s says nothing about itself", c.name)
		}
	}
	if len(grouped) != len(commands()) {
		t.Errorf("the help lists %d commands, there are %d", len(grouped), len(commands()))
	}
}

func TestHelpIsTranslated(t *testing.T) {
	t.Parallel()
	zh := catalogues()[chinese]
	known := map[string]bool{}
	want := func(key string) {
		known[key] = true
		if zh[key] == "" {
			t.Errorf("zh-CN.yaml lacks %s", key)
		}
	}
	for _, c := range commands() {
		want("help.short." + c.name)
		if c.long != "" {
			want("help.long." + c.name)
		}
		flagsOf(c).VisitAll(func(f *flag.Flag) {
			known["help.flag."+c.name+"."+f.Name] = true
			if zh["help.flag."+c.name+"."+f.Name] == "" {
				want("help.flag." + f.Name)
			}
		})
	}
	for key := range zh {
		if strings.HasPrefix(key, "help.") && helpOnly(key) && !known[key] {
			t.Errorf("%s belongs to no command or flag", key)
		}
	}
}

// Manners that the rules in help.go promise.
func TestShortHelpsAreOneCalmLine(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		if strings.ContainsAny(c.short, "\n!") || strings.HasSuffix(c.short, ".") || strings.ToLower(c.short[:1]) != c.short[:1] {
			t.Errorf("%s: %q", c.name, c.short)
		}
	}
}

func TestCompletionsKnowEveryCommandAndFlag(t *testing.T) {
	t.Parallel()
	for shell, write := range map[string]func(io.Writer) error{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		for _, c := range commands() {
			if !strings.Contains(b.String(), c.name) {
				t.Errorf("%s does not know %s", shell, c.name)
			}
			for _, f := range flagWords(c) {
				if shell == "fish" {
					f = "-l " + strings.TrimPrefix(f, "--")
				}
				if !strings.Contains(b.String(), f) {
					t.Errorf("%s does not know %s of %s", shell, f, c.name)
				}
			}
		}
	}
}
