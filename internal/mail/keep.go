package mail

import (
	"bytes"
	"encoding/json"
	"strings"
)

// maxKeptRaw is how much of a part's raw content the JSON of a message keeps.
// Invoices as XML have 5 to 40 KB; a larger PDF is read before it is kept.
const maxKeptRaw = 64 << 10

// MarshalJSON writes the part with as much of Raw as structured readers need
// to read it again: XML, calendars and PDF up to maxKeptRaw bytes, HTML only
// where it carries structured data.
func (p Part) MarshalJSON() ([]byte, error) {
	type plain Part
	return json.Marshal(struct {
		plain
		Kept []byte `json:"raw,omitempty"`
	}{plain(p), p.keptRaw()})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Part) UnmarshalJSON(b []byte) error {
	type plain Part
	var v struct {
		plain
		Kept []byte `json:"raw"`
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*p = Part(v.plain)
	p.Raw = v.Kept
	return nil
}

func (p Part) keptRaw() []byte {
	if p.Type == archiveType {
		return nil // Unpack has made parts of it
	}
	if p.Type != "text/html" {
		if len(p.Raw) <= maxKeptRaw {
			return p.Raw
		}
		return nil
	}
	scripts := dataScripts(p.Raw)
	switch {
	case len(p.Raw) <= maxKeptRaw && (scripts != nil || bytes.Contains(p.Raw, []byte("itemprop"))):
		return p.Raw
	case len(scripts) <= maxKeptRaw:
		return scripts
	}
	return nil
}

// dataScripts returns the <script type="application/ld+json"> elements of an
// HTML document, one after the other.
func dataScripts(document []byte) []byte {
	const open, end = "<script", "</script"
	rest := string(document)
	var out []byte
	for {
		i := indexFold(rest, open)
		if i < 0 {
			return out
		}
		rest = rest[i:]
		n := indexFold(rest, end)
		if n < 0 {
			return out
		}
		head, _, _ := strings.Cut(rest[:n], ">")
		if strings.Contains(strings.ToLower(head), "ld+json") {
			out = append(append(out, rest[:n]...), "</script>\n"...)
		}
		rest = rest[n:]
	}
}
