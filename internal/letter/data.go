package letter

import (
	"encoding/json"
	"fmt"

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

// data builds the webhook's object, its steps in the order of the text.
func data(l plan.Letter, entries []*entry, text string) (json.RawMessage, error) {
	p := payload{Letter: l.ID, Channel: l.Channel, Steps: []payloadStep{}}
	if l.Type == plan.LetterReminder {
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
	return raw, nil
}
