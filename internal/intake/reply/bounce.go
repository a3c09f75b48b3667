package reply

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"repayd/internal/mail"
	"repayd/internal/plan"
)

// Bounced is what a mail server says about a letter that it took.
type Bounced struct {
	// Letter is the id of the letter that came back.
	Letter string
	Failed []Failure
}

// Failure is one recipient that the letter did not reach.
type Failure struct {
	// Recipient in lower case; "" where the report does not say which.
	Recipient string
	// Original is the address the letter was sent to, where a forwarder made
	// another one of it; "" where the report does not say.
	Original string
	// Status is the enhanced status, "5.1.1", or its class alone, "5"; "" where
	// there is none.
	Status string
	// Permanent: the letter will not arrive (status 5.x, or given up after
	// delays). Otherwise it is only late.
	Permanent  bool
	Diagnostic string // cleaned; at most maxDiagnostic runes
}

const (
	maxDiagnostic = 200
	maxFailures   = 50
	maxReport     = 16 << 10 // bytes of a report in a server's own words
)

// Bounce reads a delivery report: one by RFC 3464, or a mail of a mail server
// that says in its own words what happened to a letter. ok is false for any
// other message, for a report of success, and where no letter of ours can be
// made out. A report is unproven: anybody who knows the letter's id can write
// one, so it may only ever add a warning or another way.
func Bounce(m *mail.Message) (b Bounced, ok bool) {
	status := statusText(m)
	if status == "" && !reportHeader(m) {
		return Bounced{}, false
	}
	if b.Letter = returned(m); b.Letter == "" {
		return Bounced{}, false
	}
	if status != "" {
		b.Failed = failures(status)
	} else if f, ok := ownWords(m); ok {
		b.Failed = []Failure{f}
	}
	return b, len(b.Failed) > 0
}

// reportHeader reports a header as delivery reports have it.
func reportHeader(m *mail.Message) bool {
	if len(m.Header["X-Failed-Recipients"]) > 0 {
		return true
	}
	for _, t := range m.Header["Content-Type"] {
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(t)), "multipart/report") {
			return true
		}
	}
	return slices.ContainsFunc(m.From, func(a mail.Address) bool {
		local, _, _ := strings.Cut(strings.ToLower(a.Address), "@")
		return local == "mailer-daemon" || local == "postmaster" || local == "mail-daemon"
	})
}

// statusText is the machine-readable part of a report, "" where there is none.
func statusText(m *mail.Message) string {
	for _, p := range m.Parts {
		if p.Type == "message/delivery-status" || p.Type == "message/global-delivery-status" {
			return p.Text
		}
	}
	return ""
}

// returned is the letter that a report is about: the one whose Message-ID
// stands in the returned message or header, in the report's own header or, in
// the end, anywhere in its text.
func returned(m *mail.Message) string {
	for _, inner := range m.Inner {
		for _, s := range append([]string{inner.MessageID}, inner.Header["X-Repayd-Letter"]...) {
			if id := plan.LetterID(s); id != "" {
				return id
			}
		}
	}
	for _, p := range m.Parts {
		if p.Type == "text/rfc822-headers" || p.Type == "message/rfc822-headers" {
			if id := plan.LetterID(p.Text); id != "" {
				return id
			}
		}
	}
	if ids := Answered(m); len(ids) > 0 {
		return ids[0]
	}
	for _, p := range m.Parts {
		if id := plan.LetterID(p.Text); id != "" {
			return id
		}
	}
	return ""
}

// failures reads the fields of a delivery-status part. Folding has taken the
// empty lines between its groups away: a recipient field behind one of the
// other fields, or one that is there already, begins a new group.
func failures(text string) []Failure {
	var out []Failure
	group := map[string]string{}
	flush := func() {
		if f, ok := failureOf(group); ok && len(out) < maxFailures {
			out = append(out, f)
		}
		clear(group)
	}
	last := ""
	for line := range strings.SplitSeq(text, "\n") {
		name, value, isField := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if !isField || strings.Contains(name, " ") || strings.HasPrefix(value, "//") {
			if last != "" {
				group[last] += " " + line // a line that was too long
			}
			continue
		}
		if isRecipient := strings.HasSuffix(name, "-recipient"); isRecipient && (group["action"]+group["status"] != "" || group[name] != "") {
			flush()
		}
		group[name], last = strings.TrimSpace(value), name
	}
	flush()
	return out
}

// failureOf reads one group; ok is false where it reports success, or nothing.
func failureOf(group map[string]string) (f Failure, ok bool) {
	f = Failure{Recipient: recipient(group["final-recipient"]), Original: recipient(group["original-recipient"]),
		Status: enhanced.FindString(group["status"])}
	_, words, typed := strings.Cut(group["diagnostic-code"], ";")
	if !typed {
		words = group["diagnostic-code"]
	}
	f.Diagnostic = cleaned(words)
	action, _, _ := strings.Cut(strings.ToLower(group["action"]), " ")
	switch action {
	case "failed":
		f.Permanent = true // 4.x too: given up after trying
	case "delayed":
	case "":
		if f.Status == "" || f.Status[0] == '2' {
			return f, false
		}
		f.Permanent = f.Status[0] == '5'
	default: // delivered, relayed, expanded
		return f, false
	}
	return f, f.Recipient != "" || f.Original != ""
}

// recipient reads "rfc822; someone@example.com".
func recipient(value string) string {
	if _, address, ok := strings.Cut(value, ";"); ok {
		value = address
	}
	return strings.ToLower(strings.Trim(strings.TrimSpace(value), "<>"))
}

var (
	enhanced = regexp.MustCompile(`\b[245]\.[0-9]{1,3}\.[0-9]{1,3}\b`)
	// smtpCode is an answer code beside words that say it is one.
	smtpCode = regexp.MustCompile(`(?i)(?:said|error|smtp|host|server|code|reason|原因|退信|代码|返回|错误)[^0-9\n]{0,60}\b([45])[0-9]{2}\b`)
	someone  = regexp.MustCompile(`[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{1,200}\.[A-Za-z]{2,24}`)
	// late and over are how servers say in words which of the two it is.
	late = regexp.MustCompile(`(?i)delayed|delay notification|will (?:be retried|retry|continue)|still (?:being|trying)|no action is required|延迟|继续尝试|稍后重试`)
	over = regexp.MustCompile(`(?i)undeliver|(?:could|can) ?not be delivered|wasn't delivered|delivery .{0,20}failed|failure notice|returned|failed|退信|退回|投递失败|发送失败|无法送达|未送达`)
)

// ownWords reads the report of a server that keeps to no standard: the failed
// recipient as its header field names it, or the only address that its text
// names, and the first status in the text.
func ownWords(m *mail.Message) (f Failure, ok bool) {
	text := m.Subject
	for _, p := range m.Parts {
		if p.File == "" && (p.Type == "text/plain" || p.Type == "text/html") {
			text += "\n" + p.Text
			break
		}
	}
	if at := letterMark.FindStringIndex(text); at != nil {
		text = text[:at[0]] // what follows is the returned letter
	}
	text = strings.ToValidUTF8(text[:min(len(text), maxReport)], "")
	if f.Recipient = failedRecipient(m, text); f.Recipient == "" {
		return f, false
	}
	f.Diagnostic = cleaned(diagnosticLine(text))
	if f.Status = enhanced.FindString(text); f.Status == "" {
		if g := smtpCode.FindStringSubmatch(text); g != nil {
			f.Status = g[1]
		}
	}
	switch {
	case late.MatchString(text):
		return f, true
	case strings.HasPrefix(f.Status, "5"), over.MatchString(text):
		f.Permanent = true
	case f.Status == "" || f.Status[0] == '2':
		return f, false // nothing says that it failed
	}
	return f, true
}

// failedRecipient is the one recipient that failed; several in a report without
// a machine-readable part are not told apart.
func failedRecipient(m *mail.Message, text string) string {
	var found []string
	for _, v := range m.Header["X-Failed-Recipients"] {
		found = append(found, someone.FindAllString(strings.ToLower(v), -1)...)
	}
	if len(found) == 0 {
		own := map[string]bool{}
		for _, a := range slices.Concat(m.From, m.To, m.Sender, m.ReplyTo) {
			own[strings.ToLower(a.Address)] = true
		}
		for _, a := range someone.FindAllString(strings.ToLower(text), -1) {
			if local, _, _ := strings.Cut(a, "@"); !own[a] && local != "postmaster" && local != "mailer-daemon" {
				found = append(found, a)
			}
		}
	}
	slices.Sort(found)
	if found = slices.Compact(found); len(found) != 1 {
		return ""
	}
	return found[0]
}

// diagnosticLine is the line of a text that has the status, else the first.
func diagnosticLine(text string) string {
	lines := strings.Split(text, "\n")
	for _, l := range lines {
		if enhanced.MatchString(l) || smtpCode.MatchString(l) {
			return l
		}
	}
	return lines[0]
}

var link = regexp.MustCompile(`(?i)(?:https?://|www\.)\S+`)

// cleaned makes a server's words fit for a letter: one line without links and
// control characters.
func cleaned(s string) string {
	s = link.ReplaceAllString(s, "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxDiagnostic {
		s = string(r[:maxDiagnostic-1]) + "…"
	}
	return s
}
