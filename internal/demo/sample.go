package demo

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"text/template"
	"time"

	"repayd/internal/bill"
)

// The samples are templates of messages: the header fields as a person reads
// them, a blank line and the body. {{day 10}} is the tenth day of the demo.
//
//go:embed samples/*.eml
var samples embed.FS

// proof is what the demo's mail server reports about a sender.
type proof int

const (
	vouched proof = iota // DMARC passed
	forged               // DMARC failed
)

// compose makes the message of a sample as the mail server would store it.
func compose(name string, start bill.Day, at time.Time, p proof) ([]byte, error) {
	fields, body, err := fill(name, start)
	if err != nil {
		return nil, err
	}
	from, err := mail.ParseAddress(fields["From"])
	if err != nil {
		return nil, fmt.Errorf("sample %s: %w", name, err)
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	verdict := "pass"
	if p == forged {
		verdict = "fail"
	}
	kind := fields["Content-Type"]
	if kind == "" {
		kind = "text/plain"
	}
	date := at.Format(time.RFC1123Z)
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("Authentication-Results: %s; dmarc=%s header.from=%s", authserv, verdict, domain)
	line("Received: from out.%s (out.%s [203.0.113.7]) by %s with ESMTPS; %s", domain, domain, authserv, date)
	line("From: %s", from)
	line("To: <%s>", username)
	line("Subject: %s", mime.BEncoding.Encode("utf-8", fields["Subject"]))
	line("Date: %s", date)
	line("Message-ID: <%s.%s@%s>", name, start, domain)
	line("MIME-Version: 1.0")
	line("Content-Type: %s; charset=utf-8", kind)
	line("Content-Transfer-Encoding: base64")
	line("")
	coded := base64.StdEncoding.EncodeToString([]byte(body))
	for len(coded) > 76 {
		line("%s", coded[:76])
		coded = coded[76:]
	}
	line("%s", coded)
	return b.Bytes(), nil
}

// fill reads a sample and puts the days of this demo into it.
func fill(name string, start bill.Day) (fields map[string]string, body string, err error) {
	raw, err := samples.ReadFile("samples/" + name + ".eml")
	if err != nil {
		return nil, "", err
	}
	t, err := template.New(name).Funcs(dates(start)).Parse(string(raw))
	if err != nil {
		return nil, "", err
	}
	var out strings.Builder
	if err := t.Execute(&out, nil); err != nil {
		return nil, "", err
	}
	head, body, _ := strings.Cut(out.String(), "\n\n")
	fields = map[string]string{}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(line, ":")
		fields[key] = strings.TrimSpace(value)
	}
	return fields, body, nil
}

// dates are the ways in which issuers write the n-th day of the demo.
func dates(start bill.Day) template.FuncMap {
	format := func(layout string) func(int) string {
		return func(n int) string {
			y, m, d := (start + bill.Day(n-1)).Date()
			return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format(layout)
		}
	}
	return template.FuncMap{
		"day": format("2006-01-02"), "slash": format("2006/01/02"), "cn": format("1月2日"),
		"month": format("2006年1月"), "en": format("January 2, 2006"),
	}
}
