package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	gomail "github.com/go-mail/mail/v2"

	"repayd/internal/channel"
)

// fieldOrder is the order of header fields in a letter; go-mail writes them in
// a new random order each time.
var fieldOrder = [...]string{"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To",
	"References", "Auto-Submitted", "X-Repayd-Letter", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}

// envelope is who a letter comes from and goes to.
type envelope struct {
	from, replyTo *mail.Address
	to            []*mail.Address
}

// render makes the bytes of a letter. They are complete before anything is
// sent: go-mail delivers what a failing body writer has written so far. Apart
// from the date, the same letter always gives the same bytes.
//
// There is no List-Unsubscribe: a letter goes only to addresses that the owner
// configured, it is no list, and one press of a button, or of a scanner, must not
// end the reminders of a debt. An answer "stop" ends those of one bill.
func render(l channel.Letter, e envelope, date time.Time) ([]byte, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	m := gomail.NewMessage()
	// An "address" without a name is the one value that go-mail takes as it is.
	set := func(field, value string) { m.SetAddressHeader(field, value, "") }
	set("From", formatAddress(e.from))
	set("To", formatAddresses(e.to))
	set("Reply-To", formatAddress(e.replyTo))
	set("Subject", encodeText(l.Subject))
	set("Date", m.FormatDate(date))
	domain := domainOf(e.from)
	set("Message-ID", "<"+l.ID+"@"+domain+">")
	if l.Thread != "" {
		root := "<thread-" + l.Thread + "@" + domain + ">"
		set("In-Reply-To", root)
		set("References", root)
	}
	set("Auto-Submitted", "auto-generated")
	set("X-Repayd-Letter", l.ID)
	sum := sha256.Sum256([]byte("boundary of " + l.ID))
	m.SetBoundary("repayd-" + hex.EncodeToString(sum[:16]))
	setBody(m, l)
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return nil, fmt.Errorf("render letter %s: %w", l.ID, err)
	}
	return orderFields(raw.Bytes()), nil
}

// setBody puts the text first: of alternatives the last is the preferred one.
func setBody(m *gomail.Message, l channel.Letter) {
	text, html := crlf(l.Text), crlf(l.HTML)
	if text != "" || html == "" {
		m.SetBody("text/plain", text, gomail.SetPartEncoding(encodingOf(text)))
	}
	switch {
	case html != "" && text != "":
		m.AddAlternative("text/html", html, gomail.SetPartEncoding(encodingOf(html)))
	case html != "":
		m.SetBody("text/html", html, gomail.SetPartEncoding(encodingOf(html)))
	}
}

// encodingOf is the shorter encoding: quoted-printable triples Chinese text.
func encodingOf(s string) gomail.Encoding {
	wide := 0
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			wide++
		}
	}
	if 2*wide > len(s)/3 {
		return gomail.Base64
	}
	return gomail.QuotedPrintable
}

// crlf makes every line end the one that mail knows, also inside base64.
func crlf(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	return strings.ReplaceAll(s, "\n", "\r\n")
}

// orderFields sorts the header fields by fieldOrder.
func orderFields(raw []byte) []byte {
	head, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		return raw
	}
	var fields []string
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if n := len(fields); n > 0 && line != "" && (line[0] == ' ' || line[0] == '\t') {
			fields[n-1] += "\r\n" + line
			continue
		}
		fields = append(fields, line)
	}
	rank := func(field string) int {
		name, _, _ := strings.Cut(field, ":")
		return slices.Index(fieldOrder[:], name)
	}
	slices.SortStableFunc(fields, func(a, b string) int { return rank(a) - rank(b) })
	return append([]byte(strings.Join(fields, "\r\n")+"\r\n\r\n"), body...)
}

// wordBytes is how much text goes into one encoded word: in base64, behind
// "Subject: " and with its frame, it still fits into a line of 76.
const wordBytes = 39

// maxSubject bounds a header text, in runes.
const maxSubject = 250

// encodeText makes an unstructured header text. Words are kept short because
// go-mail breaks lines only between them.
func encodeText(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return r == ' ' || isControl(r)
	}), " ")
	if r := []rune(s); len(r) > maxSubject {
		s = string(r[:maxSubject-1]) + "…"
	}
	if isPlain(s) {
		return s
	}
	var words []string
	for s != "" {
		n := min(len(s), wordBytes)
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?UTF-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}

// isPlain reports whether s can stand unencoded: ASCII, no word too long for a
// line, nothing that reads like an encoded word.
func isPlain(s string) bool {
	if strings.Contains(s, "=?") {
		return false
	}
	word := 0
	for _, r := range s {
		word++
		if r == ' ' {
			word = 0
		}
		if r >= utf8.RuneSelf || word > 60 {
			return false
		}
	}
	return true
}

func formatAddresses(list []*mail.Address) string {
	var all []string
	for _, a := range list {
		all = append(all, formatAddress(a))
	}
	return strings.Join(all, ", ")
}

// formatAddress needs a checked address (parseAddress).
func formatAddress(a *mail.Address) string {
	switch {
	case a.Name == "":
		return a.Address
	case isPlain(a.Name):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(a.Name) + `" <` + a.Address + ">"
	default:
		return encodeText(a.Name) + " <" + a.Address + ">"
	}
}

func domainOf(a *mail.Address) string {
	return a.Address[strings.LastIndexByte(a.Address, '@')+1:]
}
