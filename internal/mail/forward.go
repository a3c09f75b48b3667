package mail

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	maxForwardHeader = 12 // lines a forwarded header block may have
	maxForwardSearch = 400
)

// InnerForward returns the message inside a hand-forwarded one: what stands
// after the mark or header block that mail programs put before it ("Forwarded
// message", "转发邮件信息", "原始邮件", or a From/Date/Subject block alone as
// Outlook writes), with the From, Date, To and Subject printed there. Without
// such text it is the first message attached as message/rfc822; delivery
// reports do not count, what is attached to them was never forwarded.
//
// All of it is the word of whoever forwarded it: the inner message has no
// Trace and nobody vouches for it. A printed date without a zone is taken in
// the zone of the outer Date.
func (m *Message) InnerForward() (*Message, bool) {
	var inner *Message
	for _, p := range m.Parts {
		if p.File != "" || p.Text == "" {
			continue
		}
		block, rest, ok := findForward(p.Text, m.forwardSubject())
		if !ok {
			continue
		}
		if inner == nil {
			inner = m.synthetic(block)
		}
		inner.Parts = append(inner.Parts, Part{Name: p.Name, Type: p.Type, Text: rest})
	}
	if inner == nil {
		if len(m.Inner) == 0 || m.isReport() {
			return nil, false
		}
		return m.Inner[0], true
	}
	for _, p := range m.Parts {
		if p.File != "" {
			inner.Parts = append(inner.Parts, p)
		}
	}
	inner.Inner = m.Inner
	return inner, true
}

// synthetic builds the inner message of a forward.
func (m *Message) synthetic(block forwardBlock) *Message {
	in := &Message{Hash: m.Hash, Limits: m.Limits, Subject: block.subject}
	if block.subject == "" {
		in.Subject = stripPrefixes(m.Subject)
	}
	in.From = parseAddresses(printedAddresses(block.from))
	in.FromFields = 1
	in.To = parseAddresses(printedAddresses(block.to))
	loc := time.UTC
	if !m.Date.IsZero() {
		loc = m.Date.Location()
	}
	in.Date = parsePrintedDate(block.date, loc)
	return in
}

// isReport reports a delivery report or a read receipt.
func (m *Message) isReport() bool {
	return slices.ContainsFunc(m.Parts, func(p Part) bool {
		return p.Type == "message/delivery-status" || p.Type == "message/disposition-notification"
	})
}

func (m *Message) forwardSubject() bool {
	return stripPrefixes(m.Subject) != m.Subject && forwardPrefix().MatchString(m.Subject)
}

// forwardBlock is a printed header block.
type forwardBlock struct{ from, date, to, subject string }

// complete tells a header block from ordinary text that begins with "From:".
func (b forwardBlock) complete(marked bool) bool {
	return b.from != "" && (b.subject != "" && b.date != "" || marked && (b.subject != "" || b.date != ""))
}

// findForward finds the first header block, with or without a mark above it,
// or, where the subject says that it is a forward, the line "… wrote:".
func findForward(text string, forwarded bool) (block forwardBlock, rest string, ok bool) {
	lines := strings.Split(text, "\n")
	mark, label, wrote := markLine(), labelLine(), wroteLine()
	marked := false
	for i, line := range lines[:min(len(lines), maxForwardSearch)] {
		bare := unquote(line)
		if mark.MatchString(bare) {
			marked = true
			continue
		}
		if label.MatchString(bare) {
			block, n := readBlock(lines[i:], label)
			if block.complete(marked) {
				return block, unquoteAll(lines[i+n:]), true
			}
		} else if g := wrote.FindStringSubmatch(bare); g != nil && forwarded {
			return forwardBlock{from: g[2] + g[4], date: g[1] + g[3]}, unquoteAll(lines[i+1:]), true
		}
		marked = marked && bare == ""
	}
	return forwardBlock{}, "", false
}

// readBlock reads labelled lines; a line without a label inside the block
// continues the one above it (a long list of recipients).
func readBlock(lines []string, label *regexp.Regexp) (b forwardBlock, used int) {
	last := (*string)(nil)
	for i, line := range lines[:min(len(lines), maxForwardHeader)] {
		g := label.FindStringSubmatch(unquote(line))
		if g == nil {
			if last == &b.to && i+1 < len(lines) && label.MatchString(unquote(lines[i+1])) {
				continue
			}
			return b, i
		}
		value := strings.TrimSuffix(strings.TrimSpace(g[2]), ";")
		last = b.field(strings.ToLower(strings.ReplaceAll(g[1], " ", "")))
		if last != nil && *last == "" {
			*last = value
		}
		used = i + 1
	}
	return b, used
}

// field returns where a label's value goes, nil for those not needed.
func (b *forwardBlock) field(label string) *string {
	switch label {
	case "from", "发件人", "寄件者", "寄件人", "发送人", "差出人":
		return &b.from
	case "date", "sent", "发送时间", "发送日期", "日期", "时间", "发件日期", "发件时间", "寄件日期", "傳送時間", "已发送":
		return &b.date
	case "to", "收件人", "收件者":
		return &b.to
	case "subject", "主题", "主旨", "标题", "件名":
		return &b.subject
	}
	return nil
}

// The patterns are compiled where they are used: forwards are rare, and a
// regular expression in a package variable would be work at every start.

// labelLine matches one line of a printed header block.
func labelLine() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\*?(from|date|sent|to|cc|bcc|reply-to|subject|importance|发件人|寄件者|寄件人|发送人|差出人|` +
		`发送时间|发送日期|日期|时间|发件日期|发件时间|寄件日期|傳送時間|已发送|收件人|收件者|抄送|副本|密送|回复至|` +
		`主题|主旨|标题|件名)\*? ?:\*? ?(.*)$`)
}

// markLine matches the line above a forwarded message.
func markLine() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:[-_ ]{2,} ?(?:forwarded (?:message|by .*)|original (?:message|email|appointment)|转发邮件信息|转发的?邮件|转发的?消息|` +
		`转发信息|原始邮件|原邮件|原始信息|原始郵件|轉寄的郵件|邮件原件) ?[-_ ]{2,}|begin forwarded message ?:|` +
		`(?:以下是|下面是)?(?:开始)?(?:被)?转发的?(?:邮件|信息|消息) ?:|_{10,})$`)
}

// wroteLine matches "在 DATE，NAME <ADDRESS> 写道：", "On DATE, NAME wrote:".
func wroteLine() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:在 ?(.{6,60}?),? ?("?[^,"]*"? ?<[^>]+@[^>]+>) ?写道 ?:|(?:on|at) (.{6,60}?),? ("?[^,"]*"? ?<[^>]+@[^>]+>) wrote ?:)$`)
}

// forwardPrefix matches the prefixes that mail programs put before a subject.
func forwardPrefix() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^(?:(?:re|aw|回复|答复) ?: ?)*(?:fwd?|wg|tr|转发|轉寄) ?: ?`)
}

// stripPrefixes removes reply and forward prefixes from a folded subject.
func stripPrefixes(subject string) string {
	return regexp.MustCompile(`(?i)^(?:(?:re|aw|fwd?|wg|tr|回复|答复|转发|轉寄|回覆) ?: ?)+`).ReplaceAllString(subject, "")
}

func unquote(line string) string {
	return strings.TrimSpace(strings.TrimLeft(line, "> "))
}

func unquoteAll(lines []string) string {
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		if t := strings.TrimLeft(l, ">"); len(t) < len(l) {
			l = t
		}
		out = append(out, l)
	}
	return Fold(strings.Join(out, "\n"))
}

// printedAddresses makes "Name [mailto:a@b]" and "Name<mailto:a@b>" readable.
func printedAddresses(s string) string {
	s = strings.NewReplacer("[mailto:", "<", "<mailto:", "<", "]", ">").Replace(s)
	return strings.TrimSpace(s)
}
