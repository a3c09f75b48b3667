package reply

import (
	"regexp"
	"slices"
	"strings"

	"repayd/internal/mail"
	"repayd/internal/plan"
)

// Automatic reports a mail that no person wrote: out of office, a list, a
// machine. Nothing in it is an answer.
func Automatic(m *mail.Message) bool {
	for _, v := range m.Header["Auto-Submitted"] {
		word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(v)), ";")
		if strings.TrimSpace(word) != "no" {
			return true
		}
	}
	for _, v := range m.Header["Precedence"] {
		switch strings.ToLower(strings.TrimSpace(v)) {
		case "bulk", "junk", "list", "auto_reply":
			return true
		}
	}
	for _, name := range []string{"List-Id", "X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Mail-Autoreply", "X-Failed-Recipients"} {
		if len(m.Header[name]) > 0 {
			return true
		}
	}
	return nullSender(m) || automaticSubject().MatchString(m.Subject)
}

// automaticSubject is compiled where it is used: answers are rare.
func automaticSubject() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:\[?自动(?:回复|答复)|自動回[覆复]|外出自动|休假自动|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|` +
		`out of (?:the )?office|abwesen|automatische antwort|réponse automatique|respuesta automática)`)
}

// nullSender reports the empty return path of reports and automatic answers.
func nullSender(m *mail.Message) bool {
	return slices.ContainsFunc(m.Header["Return-Path"], func(v string) bool { return strings.TrimSpace(v) == "<>" })
}

// MayConcern reports, from the header alone, whether a message may be an
// answer to a letter or a delivery report, so that its body is worth reading.
func MayConcern(m *mail.Message) bool {
	return len(Answered(m)) > 0 || reportHeader(m)
}

// Answered lists the letters that a message says it answers, the one answered
// directly first, then back along the conversation. Anybody can write such an
// id; that it is one of ours, only the database knows.
func Answered(m *mail.Message) []string {
	var ids []string
	add := func(s string) {
		id := plan.LetterID(s)
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, s := range m.InReplyTo {
		add(s)
	}
	for _, v := range m.Header["References"] {
		words := strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '<' || r == '>' || r == ',' })
		for _, w := range slices.Backward(words) {
			add(w)
		}
	}
	return ids
}
