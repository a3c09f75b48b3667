package channel

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"
)

// maxErrorText bounds an error's text, in runes: the far side writes part of
// it, and it is stored with every attempt.
const maxErrorText = 400

// Scrub returns an error with the text of err in which every one of the secrets
// is replaced by "***". The far side may have written part of that text, so it
// is also cut to a sane length and freed of control characters. The original
// error is not reachable through the new one: whatever prints an inner error
// would print what was taken out. Only ErrLogin and the errors of contexts are
// still found by errors.Is.
func Scrub(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	s := &scrubbed{text: printable(hide(err.Error(), secrets))}
	for _, kind := range []error{ErrLogin, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, kind) {
			s.kinds = append(s.kinds, kind)
		}
	}
	return s
}

// hide replaces longer secrets first: one may contain another.
func hide(text string, secrets []string) string {
	secrets = slices.Clone(secrets)
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}

func printable(text string) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "?"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if r := []rune(text); len(r) > maxErrorText {
		text = string(r[:maxErrorText]) + "…"
	}
	return text
}

type scrubbed struct {
	text  string
	kinds []error
}

func (s *scrubbed) Error() string   { return s.text }
func (s *scrubbed) Unwrap() []error { return s.kinds }
