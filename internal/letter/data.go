package letter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf8"

	"repayd/internal/plan"
)

// payload is the "data" object of a webhook.
type payload struct {
	Letter  string        `json:"letter"`
	Channel string        `json:"channel"`
	Steps   []payloadStep `json:"steps"`
	// Message is the plain text of letters that carry no steps, so that their
	// receiver has something to show.
	Message string `json:"message,omitempty"`
}

type payloadStep struct {
	Step   string    `json:"step"`
	LateBy int       `json:"late_by,omitempty"` // whole minutes; absent when on time
	Bill   *plan.Row `json:"bill"`
}

// messageIn reports whether the data of l carry its text.
func messageIn(l plan.Letter) bool { return l.Type != plan.LetterReminder }

// data builds the webhook's object, its steps in the order of the text.
func data(l plan.Letter, entries []*entry, text string) (json.RawMessage, error) {
	p := payload{Letter: l.ID, Channel: l.Channel, Steps: []payloadStep{}}
	if !messageIn(l) {
		for _, e := range entries {
			p.Steps = append(p.Steps, payloadStep{e.item.Step, max(e.item.LateBy, 0), &e.row})
		}
	} else {
		p.Message = text
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("letter %s: data: %w", l.ID, err)
	}
	return escapeControls(raw), nil
}

// escapeControls writes the control characters that JSON allows to stand as
// they are (U+007F to U+009F, RFC 8259, section 7) as escapes: a terminal that
// shows a payload must not obey a mail.
func escapeControls(raw []byte) []byte {
	if bytes.IndexFunc(raw, unicode.IsControl) < 0 {
		return raw
	}
	var out []byte
	for _, r := range string(raw) {
		if unicode.IsControl(r) {
			out = fmt.Appendf(out, "\\u%04x", r)
		} else {
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}
