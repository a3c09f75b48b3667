package issuer

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"repayd/internal/mail"
)

// The quick look may only say no where the close one finds no language: over
// every sample of every file, and over what is left of it when words are
// taken out and letters change their case.
func TestQuickLookLosesNothing(t *testing.T) {
	s := loadSet(t)
	var texts []string
	for _, r := range s.rules {
		for _, sample := range r.samples {
			texts = append(texts, sample.Subject+"\n"+sample.Text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "text")
		at := rapid.IntRange(0, len(text)).Draw(t, "from")
		text = text[at:min(len(text), at+rapid.IntRange(1, 80).Draw(t, "length"))]
		switch rapid.IntRange(0, 4).Draw(t, "case") {
		case 0:
			text = strings.ToUpper(text)
		case 1:
			text = strings.ReplaceAll(text, " ", "\n")
		case 2:
			text = strings.ReplaceAll(text, " ", "|")
		}
		m := &mail.Message{Parts: []mail.Part{{Name: "text/plain", Type: "text/plain", Text: text}}}
		if l, ok := s.general.closely(m); ok && !s.general.mayOwe(m) {
			t.Fatalf("%q is read as %s, and the quick look refuses it", text, l.name)
		}
	})
}

func TestQuickLook(t *testing.T) {
	g := loadSet(t).general
	for text, want := range map[string]bool{
		"See you at noon, bring 2 friends.":        false,
		"Meeting 2026-03-02 10:00, room 12, 45%":   false,
		"it costs US$12":                           true,
		"12 EUR":                                   true,
		"€\n12.00":                                 true,
		"| 12,00 | € |":                            true,
		"the Due Date is near":                     true,
		"a residue date":                           false,
		"ÉCHÉANCE":                                 true,
		"SON ÖDEME TARİHİ":                         true,
		"午饭吃什么":                                    false,
		"最后还款日":                                    true,
		strings.Repeat("nothing here at all ", 50): false,
	} {
		if got := g.speech(text); got != want {
			t.Errorf("%q may owe: %v, want %v", text, got, want)
		}
	}
}
