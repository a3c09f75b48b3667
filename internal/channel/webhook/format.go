package webhook

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"time"

	"gopkg.in/yaml.v3"

	"repayd/internal/channel"
)

// defaultFormat is used where the options name none.
const defaultFormat = "standard"

//go:embed formats
var formatFiles embed.FS

// format is one file of formats/: how a letter is put into a request, and what
// the answers to it mean.
type format struct {
	Name    string `yaml:"name"`
	About   string `yaml:"about"`
	Example string `yaml:"example"` // of a URL, shown when it is missing
	// Own: body, headers and success come from the options.
	Own         bool              `yaml:"own"`
	Sign        string            `yaml:"sign"`
	Params      []param           `yaml:"params"`
	Query       map[string]string `yaml:"query"` // added to the URL
	Headers     map[string]string `yaml:"headers"`
	ContentType string            `yaml:"content_type"`
	Body        string            `yaml:"body"`
	Escape      string            `yaml:"escape"`
	Sizes       sizes             `yaml:"sizes"`
	Rates       []string          `yaml:"rates"`
	Rush        string            `yaml:"rush"`
	Success     []Match           `yaml:"success"`
	Answers     []answer          `yaml:"answers"`
	RetryAfter  []waitField       `yaml:"retry_after"`
	Told        string            `yaml:"told"` // path of the receiver's own words
	Day         string            `yaml:"day"`  // offset of the zone its days begin in
	Samples     []sample          `yaml:"samples"`
	Seen        []seen            `yaml:"seen"`

	body    *template.Template
	headers map[string]*template.Template
	escape  func(string) string
	limits  []channel.Limit
	rush    channel.Rush
	day     *time.Location
}

// param is something that a format needs besides the URL.
type param struct {
	Name     string `yaml:"name"`
	About    string `yaml:"about"`
	Optional bool   `yaml:"optional"`
}

// sizes are the receiver's limits; what is longer is condensed.
type sizes struct {
	Subject *size `yaml:"subject"`
	Text    *size `yaml:"text"`
	Message *size `yaml:"message"` // subject, empty line, text
	Body    *size `yaml:"body"`    // the whole request, always in bytes
}

// size is a limit in its receiver's own unit.
type size struct {
	Max  int    `yaml:"max"`
	Unit string `yaml:"unit"`
}

// The values of size.Unit.
const (
	unitBytes = "bytes"
	// unitCharacters counts UTF-16 units: receivers differ in what they call a
	// character, and none counts more.
	unitCharacters = "characters"
)

// The values of format.Sign.
const (
	signNone     = "none"
	signStandard = "standard-webhooks"
	signDingtalk = "dingtalk"
	signFeishu   = "feishu"
)

// sample is a letter and the request that the format makes of it.
type sample struct {
	Letter struct {
		ID, Type, Subject, Text, Data string
	} `yaml:"letter"`
	At     time.Time         `yaml:"at"`
	Secret string            `yaml:"secret"`
	Prefix string            `yaml:"prefix"`
	Params map[string]string `yaml:"params"`
	URL    string            `yaml:"url"` // as configured
	Want   struct {
		URL     string            `yaml:"url"` // "" = as configured
		Headers map[string]string `yaml:"headers"`
		Body    string            `yaml:"body"`
	} `yaml:"want"`
}

// seen is an answer and what it means.
type seen struct {
	Status  int               `yaml:"status"`
	Headers map[string]string `yaml:"headers"`
	Body    string            `yaml:"body"`
	Means   string            `yaml:"means"`
	Wait    time.Duration     `yaml:"wait"` // of meansLater
}

// formatNames lists the formats that there are.
func formatNames() []string {
	files, err := fs.Glob(formatFiles, "formats/*.yaml")
	if err != nil {
		return nil // only a malformed pattern
	}
	for i, name := range files {
		files[i] = strings.TrimSuffix(strings.TrimPrefix(name, "formats/"), ".yaml")
	}
	return files
}

// loadFormat reads one of the embedded formats.
func loadFormat(name string) (*format, error) {
	unknown := fmt.Errorf("unknown format %q: write one of %s", name, strings.Join(formatNames(), ", "))
	if strings.ContainsAny(name, `/\.`) {
		return nil, unknown
	}
	raw, err := formatFiles.ReadFile("formats/" + name + ".yaml")
	if err != nil {
		return nil, unknown
	}
	return parseFormat(raw)
}

// parseFormat reads a format file and refuses what lint finds.
func parseFormat(raw []byte) (*format, error) {
	var f format
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("webhook format: %w", err)
	}
	if err := f.lint(); err != nil {
		return nil, fmt.Errorf("webhook format %s: %w", f.Name, err)
	}
	if f.Own {
		return &f, nil
	}
	if err := f.compile(); err != nil {
		return nil, fmt.Errorf("webhook format %s: %w", f.Name, err)
	}
	return &f, nil
}

// compile parses the templates and tries them out.
func (f *format) compile() error {
	var err error
	if f.body, err = parseTemplate(f.Body); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	f.headers = map[string]*template.Template{}
	for name, text := range f.Headers {
		if f.headers[name], err = parseTemplate(text); err != nil {
			return fmt.Errorf("header %s: %w", name, err)
		}
	}
	return f.try()
}

// showsSubject reports whether the letter's subject gets into the request.
func (f *format) showsSubject() bool { return f.shows(".Subject") || f.shows(".Message") }

// parts are the parts of a letter that get into the request.
func (f *format) parts() channel.Parts {
	return channel.Parts{Words: f.showsSubject() || f.shows(".Text") || f.shows(".Lines"), HTML: f.shows(".HTML")}
}

// shows reports whether a template uses a value.
func (f *format) shows(value string) bool {
	if strings.Contains(f.Body, value) {
		return true
	}
	for _, h := range f.Headers {
		if strings.Contains(h, value) {
			return true
		}
	}
	return false
}
