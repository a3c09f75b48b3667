package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"repayd/internal/channel"
)

// Match recognises an answer by one thing: a value in its JSON, its whole body,
// or its status.
type Match struct {
	JSON string `yaml:"json"` // path of keys with dots: "data.code"
	// Is lists the values that JSON may have, as text: 0, true, ok.
	Is   []string `yaml:"is"`
	Body string   `yaml:"body"` // the whole text, spaces around it aside
	// Status lists numbers, and "2xx" for all of a class.
	Status []string `yaml:"status"`
}

// IsZero reports whether nothing is to be recognised.
func (m Match) IsZero() bool {
	return m.JSON == "" && len(m.Is) == 0 && m.Body == "" && len(m.Status) == 0
}

var statusPattern = regexp.MustCompile(`^[1-5](xx|[0-9][0-9])$`)

// check refuses a Match that could never decide, or by two things at once.
func (m Match) check() error {
	ways := 0
	for _, used := range []bool{m.JSON != "", m.Body != "", len(m.Status) > 0} {
		if used {
			ways++
		}
	}
	if ways != 1 || (m.JSON != "") != (len(m.Is) > 0) {
		return errors.New("write one of {json: PATH, is: [VALUE]}, {body: TEXT} and {status: [2xx]}")
	}
	if slices.Contains(strings.Split(m.JSON, "."), "") && m.JSON != "" {
		return errors.New("the path " + strconv.Quote(m.JSON) + " has an empty key: write keys with one dot between them, such as data.code")
	}
	for _, status := range m.Status {
		if !statusPattern.MatchString(status) {
			return errors.New("status " + strconv.Quote(status) + " is none of HTTP's: write for example 200, or 2xx for all of them")
		}
	}
	return nil
}

// checkSuccess is check for a rule of success, which a status other than 2xx
// never is.
func (m Match) checkSuccess() error {
	if err := m.check(); err != nil {
		return err
	}
	for _, status := range m.Status {
		if status[0] != '2' {
			return errors.New("status " + status + " is a failure: write 2xx, or some of 200 to 299")
		}
	}
	return nil
}

// match compares an answer; known is false where the answer lacks the field
// that decides.
func (m Match) match(r reply) (yes, known bool) {
	switch {
	case m.JSON != "":
		value, ok := r.field(m.JSON)
		return ok && slices.Contains(m.Is, value), ok
	case m.Body != "":
		return strings.TrimSpace(string(r.body)) == m.Body, len(bytes.TrimSpace(r.body)) > 0
	default:
		text := strconv.Itoa(r.status)
		return slices.Contains(m.Status, text) || slices.Contains(m.Status, text[:1]+"xx"), true
	}
}

// show names what was compared.
func (m Match) show(r reply) string {
	if m.JSON == "" {
		return statusText(r.status)
	}
	value, _ := r.field(m.JSON)
	return m.JSON + " " + r.words(value)
}

// reply is an answer as far as it was read.
type reply struct {
	status int
	body   []byte
	doc    any // its JSON, nil when it is none
	hidden []string
}

// words makes text from the receiver fit to be shown. What is hidden is taken
// out first: cut in two, it would not be found any more.
func (r reply) words(text string) string {
	text = channel.Scrub(errors.New(text), r.hidden...).Error()
	return condense(strings.TrimSpace(text), func(s string) bool { return len(s) <= maxTold })
}

// readJSON returns nil for what is not one JSON value.
func readJSON(body []byte) any {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var doc any
	if d.Decode(&doc) != nil {
		return nil
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil
	}
	return doc
}

// field returns a text, number or truth value at a path, as text.
func (r reply) field(path string) (string, bool) {
	at := r.doc
	for name := range strings.SplitSeq(path, ".") {
		object, ok := at.(map[string]any)
		if !ok {
			return "", false
		}
		if at, ok = object[name]; !ok {
			return "", false
		}
	}
	switch value := at.(type) {
	case string:
		return value, true
	case json.Number:
		return value.String(), true
	case bool:
		return strconv.FormatBool(value), true
	}
	return "", false
}
