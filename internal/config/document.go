package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"repayd/internal/secret"
)

// walk collects what is wrong while the document is read.
type walk struct {
	file     string
	dir      string    // where relative paths begin
	open     bool      // others than its owner may read the file
	now      time.Time // of the reading; zero = no day is compared with today
	problems []Problem
	warnings []Problem
	secrets  []string // plain ones in the document, never to be shown
	hide     *strings.Replacer
}

func (w *walk) fail(line int, format string, args ...any) {
	w.problems = append(w.problems, Problem{max(line, 1), w.say(format, args)})
}

func (w *walk) warn(line int, format string, args ...any) {
	w.warnings = append(w.warnings, Problem{max(line, 1), w.say(format, args)})
}

// errors returns the problems found, by line, or nil.
func (w *walk) errors() *Errors {
	if len(w.problems) == 0 {
		return nil
	}
	return &Errors{File: w.file, List: byLine(w.problems)}
}

func (w *walk) warned() []string {
	var out []string
	for _, p := range byLine(w.warnings) {
		out = append(out, fmt.Sprintf("%s:%d: %s", w.file, p.Line, p.Text))
	}
	return out
}

func byLine(list []Problem) []Problem {
	slices.SortStableFunc(list, func(a, b Problem) int { return a.Line - b.Line })
	return slices.Compact(list)
}

// minHidden is the length below which a plain secret is not looked for in the
// messages: replacing "me" everywhere would make them unreadable.
const minHidden = 4

// say formats a message and takes the plain secrets out of what it repeats.
// Messages about secrets never quote them; this is for a password that was
// pasted into another key as well.
func (w *walk) say(format string, args []any) string {
	for i, a := range args {
		switch a := a.(type) {
		case string:
			args[i] = w.hide.Replace(a)
		case error:
			args[i] = w.hide.Replace(a.Error())
		}
	}
	return fmt.Sprintf(format, args...)
}

// document decodes the one YAML document, or reports why not and returns nil.
func (w *walk) document(data []byte) *yaml.Node {
	if len(data) > maxSize {
		w.fail(1, "larger than %d KiB; a configuration is never that long, check the path", maxSize>>10)
		return nil
	}
	if line := unreadable(data); line > 0 {
		w.fail(line, "not UTF-8 text; save the file as UTF-8 and remove control characters")
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := decode(dec, &doc); errors.Is(err, io.EOF) || err == nil && implicit(doc.Content[0]) {
		w.top(&yaml.Node{Kind: yaml.MappingNode, Line: 1}, &Config{})
		return nil
	} else if err != nil {
		w.syntax(data, err)
		return nil
	}
	if err := decode(dec, &second); err == nil {
		w.fail(second.Line, "a second document begins here; keep one, without a line of ---")
	} else if !errors.Is(err, io.EOF) {
		w.syntax(data, err)
	}
	w.scan(&doc)
	w.hide = hider(w.secrets)
	return doc.Content[0]
}

// hider takes secrets out of a text, long ones first: one may begin another.
func hider(secrets []string) *strings.Replacer {
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range secrets {
		pairs = append(pairs, s, secret.Placeholder)
	}
	return strings.NewReplacer(pairs...)
}

// decode guards against panics of the library, which is no longer maintained.
func decode(dec *yaml.Decoder, into *yaml.Node) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the YAML library gave up")
		}
	}()
	return dec.Decode(into)
}

// unreadable returns the first line that holds what is not text, or 0. The
// library reports these without a line.
func unreadable(data []byte) int {
	line := 1
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == '\n':
			line++
		case r == utf8.RuneError && size == 1, r < ' ' && r != '\t' && r != '\r', r == 0x7f:
			return line
		}
		data = data[size:]
	}
	return 0
}

var (
	syntaxLine    = regexp.MustCompile(`^line (\d+): `)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
)

// hint says in an owner's words what a syntax error of the library means.
type hint struct {
	has, say string
	// The library's parser, unlike its scanner, counts lines from 0.
	parser bool
}

func hints() []hint {
	const indent = "the indentation changes within the group or list on this line or after it"
	const bracket = "a [ or { on this line or after it is not closed, or a comma is missing"
	return []hint{
		{"mapping values are not allowed", "a colon followed by a blank is not allowed here; put the text in quotes, or check the indentation", false},
		{"cannot start any token", "a text cannot begin with this character (a tab, @ or `); put it in quotes, indent with blanks", false},
		{"unexpected end of stream", "a quote on this line or before it is not closed", false},
		{"could not find expected ':'", "a colon is missing after a key", false},
		{"did not find expected key", indent, true},
		{"did not find expected '-' indicator", indent, true},
		{"did not find expected ',' or", bracket, true},
		{"did not find expected node content", bracket, true},
		{"did not find expected <document start>", "this line does not belong to what is before it; check the indentation", true},
	}
}

// syntax reports an error of the library in words that say what to do. The
// library's own words are kept only where they repeat nothing of the file.
func (w *walk) syntax(data []byte, err error) {
	text, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if m := syntaxLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = text[len(m[0]):]
	}
	if m := unknownAnchor.FindStringSubmatch(text); m != nil {
		// The name may be a password; the library does not tell its line.
		before, _, _ := bytes.Cut(data, []byte("*"+m[1]))
		w.fail(1+bytes.Count(before, []byte("\n")), "not valid YAML: text that begins with * is an alias; put it in quotes")
		return
	}
	for _, h := range hints() {
		if !strings.Contains(text, h.has) {
			continue
		}
		if h.parser {
			line++
		}
		w.fail(line, "not valid YAML: %s", h.say)
		return
	}
	if strings.ContainsAny(text, "'\"`") {
		text = "check quotes and indentation"
	}
	w.fail(line, "not valid YAML: %s", text)
}

// scan refuses the parts of YAML that have no use here, and notes secrets.
func (w *walk) scan(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode:
		w.fail(n.Line, "an alias (*name); repeat the value instead, or put text that begins with * in quotes")
		return
	case n.Anchor != "":
		w.fail(n.Line, "an anchor (&name); remove it, or put text that begins with & in quotes")
	case n.Style&yaml.TaggedStyle != 0:
		w.fail(n.Line, "a tag (!name); remove it, or put text that begins with ! in quotes")
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 {
			w.note(n.Content[i-1], child)
		}
		w.scan(child)
	}
}

// note remembers a plain secret so that no message shows it.
func (w *walk) note(k, v *yaml.Node) {
	switch {
	case v.Kind == yaml.SequenceNode && k.Value == "secret":
		for _, one := range v.Content {
			w.note(k, one)
		}
	case v.Kind == yaml.MappingNode && holdsSecrets(k.Value):
		for i := 1; i < len(v.Content); i += 2 {
			w.note(&yaml.Node{Value: "secret"}, v.Content[i])
		}
	}
	if v.Kind != yaml.ScalarNode {
		return
	}
	// Of a signing key the prefix is no secret, and messages name it.
	if s := strings.TrimPrefix(v.Value, "whsec_"); holdsSecret(k.Value) && len(s) >= minHidden {
		w.secrets = append(w.secrets, s)
	}
}
