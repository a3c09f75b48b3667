package reply

import (
	"regexp"
	"strings"

	"repayd/internal/mail"
)

// Words is the text of an answer: the plain part, or, where that says nothing
// of the person's own, the HTML one.
func Words(m *mail.Message) string {
	first := ""
	for _, kind := range []string{"text/plain", "text/html"} {
		for _, p := range m.Parts {
			if p.File != "" || p.Type != kind || p.Text == "" {
				continue
			}
			if first == "" {
				first = p.Text
			}
			if Own(p.Text) != "" {
				return p.Text
			}
			break
		}
	}
	return first
}

// Own returns the lines that the person wrote: without quoted ones, without
// what stands below the mark or header block that mail programs put over the
// mail they quote, and without a signature. text is folded.
func Own(text string) string {
	lines := strings.Split(text, "\n")
	var own []string
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "--" {
			break
		}
		if strings.HasPrefix(line, ">") || line == "" {
			continue
		}
		n := quoteMark(lines[i:])
		switch {
		case n == 0:
			if !device.MatchString(line) {
				own = append(own, line)
			}
		case i+n < len(lines) && strings.HasPrefix(strings.TrimSpace(lines[i+n]), ">"):
			i += n - 1 // the quotation is marked line by line; what follows it is the person's
		default:
			return strings.Join(own, "\n")
		}
	}
	return strings.Join(own, "\n")
}

var (
	// original stands over a quoted mail: QQ, Foxmail, Outlook, NetEase, phones.
	original = regexp.MustCompile(`(?i)^[-_=*·—─ ]*(?:原始?邮件|原始郵件|原始信息|回复的?(?:原)?邮件|转发(?:的)?邮件|邮件原件|` +
		`original (?:message|e-?mail|appointment)|replied message|forwarded message|begin forwarded message)[-_=*·—─ ]*:?$`)
	divider = regexp.MustCompile(`^[-_=*—─]{6,}$`)
	// wrote ends the line over a quotation, in many words.
	wrote = regexp.MustCompile(`(?i)^.{0,300}[@0-9].{0,300}(?:写道|写到|wrote) ?:?$`)
	// sender and other are lines of a printed header block, as lines or as
	// rows of a table.
	sender = regexp.MustCompile(`(?i)^\|? ?\*?(?:发件人|寄件者|寄件人|发送人|from|von|de|差出人)\*? ?(?::|\|)`)
	other  = regexp.MustCompile(`(?i)^\|? ?\*?(?:发送时间|发送日期|发件时间|发件日期|日期|时间|收件人|收件者|主题|主旨|date|sent|to|subject)\*? ?(?::|\|)`)
	// device is what phones write under a mail.
	device = regexp.MustCompile(`(?i)^(?:发自|来自|從我的.{1,20}傳送|从我的.{1,20}发送|sent from |get outlook for |获取 ?outlook)`)
)

// maxMark is how many bytes a line over a quotation can have.
const maxMark = 600

// quoteMark returns how many of the lines, from the first on, stand over a
// quotation; 0 for none.
func quoteMark(lines []string) int {
	line := strings.TrimSpace(lines[0])
	if len(line) > maxMark {
		return 0
	}
	if original.MatchString(line) || divider.MatchString(line) {
		return 1
	}
	joined := ""
	for n, l := range lines[:min(len(lines), 3)] {
		if strings.HasPrefix(l, ">") || len(joined)+len(l) > maxMark {
			break
		}
		joined = strings.TrimSpace(joined + " " + strings.TrimSpace(l))
		if wrote.MatchString(joined) && (n == 0 || opens.MatchString(line)) {
			return n + 1
		}
	}
	if sender.MatchString(line) {
		for _, l := range lines[1:min(len(lines), 5)] {
			if other.MatchString(strings.TrimSpace(l)) {
				return 1
			}
		}
	}
	return 0
}

// opens begins a line "On … wrote:" that goes on in the next one.
var opens = regexp.MustCompile(`(?i)^(?:on|at) .*[0-9]|^在 ?[0-9]`)
