package webhook

import (
	"bytes"
	"embed"
	"encoding/json"
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

// format is one file of formats/: how a letter is put into a request.
type format struct {
	Name        string   `yaml:"name"`
	About       string   `yaml:"about"`
	Sign        string   `yaml:"sign"`
	ContentType string   `yaml:"content_type"`
	Body        string   `yaml:"body"`
	Samples     []sample `yaml:"samples"`

	body *template.Template
}

// The values of format.Sign.
const (
	signNone     = "none"
	signStandard = "standard-webhooks"
)

// sample is a letter and the request that the format makes of it.
type sample struct {
	Letter struct {
		ID, Type, Subject, Text, Data string
	} `yaml:"letter"`
	At        time.Time `yaml:"at"`
	Secret    string    `yaml:"secret"`
	Body      string    `yaml:"body"`
	Timestamp string    `yaml:"timestamp"`
	Signature string    `yaml:"signature"`
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

func parseFormat(raw []byte) (*format, error) {
	var f format
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("webhook format: %w", err)
	}
	if f.Sign != signNone && f.Sign != signStandard {
		return nil, fmt.Errorf("webhook format %s: unknown sign %q: write %s or %s", f.Name, f.Sign, signNone, signStandard)
	}
	var err error
	f.body, err = template.New(f.Name).Option("missingkey=error").Funcs(template.FuncMap{"json": writeJSON}).Parse(f.Body)
	if err != nil {
		return nil, fmt.Errorf("webhook format %s: body: %w", f.Name, err)
	}
	return &f, nil
}

// writeJSON leaves <, > and & as they are: nothing here is put into HTML.
func writeJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// render makes the body of one request. Its time is that of the attempt, whole
// seconds in UTC, as in the signature.
func (f *format) render(l channel.Letter, now time.Time) ([]byte, error) {
	data := l.Data
	if len(data) == 0 {
		data = json.RawMessage("{}")
	}
	if trimmed := bytes.TrimSpace(data); !json.Valid(data) || trimmed[0] != '{' {
		return nil, fmt.Errorf("letter %s: its data is no JSON object", l.ID)
	}
	var b bytes.Buffer
	err := f.body.Execute(&b, struct {
		ID, Type, Subject, Text, Time string
		Data                          json.RawMessage
	}{l.ID, l.Type, l.Subject, l.Text, now.UTC().Format(time.RFC3339), data})
	if err != nil {
		return nil, fmt.Errorf("letter %s: %w", l.ID, err)
	}
	return b.Bytes(), nil
}
