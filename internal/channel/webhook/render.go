package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"mime"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"text/template"
	"time"

	"repayd/internal/channel"
)

// settings are a webhook's own values, as they were when a session was opened.
type settings struct {
	url     *url.URL
	keys    [][]byte // for signatures
	params  map[string]string
	headers map[string]string
	prefix  string
}

// request is a letter ready to be posted.
type request struct {
	url    *url.URL
	header http.Header
	body   []byte
	hidden []string // parts that no error may contain
}

// values are what a template sees. Subject, Text, Message and Lines are cut to
// the format's sizes and escaped by its rule.
type values struct {
	ID, Type, Time         string
	Subject, Text, Message string
	Lines                  []string // of Text
	HTML                   string
	Data                   json.RawMessage
	Params                 map[string]string
	Timestamp, Sign        string // of a signature inside the body; "" without a secret
}

func parseTemplate(text string) (*template.Template, error) {
	return template.New("line").Option("missingkey=error").Funcs(template.FuncMap{
		"json":     writeJSON,
		"query":    url.QueryEscape,
		"markdown": markdown,
		"header":   func(s string) string { return mime.BEncoding.Encode("utf-8", s) },
	}).Parse(text)
}

// writeJSON leaves <, > and & as they are: nothing here is put into HTML.
func writeJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// render makes one request, with as much of the letter as the receiver takes.
// Its time is that of the attempt, whole seconds in UTC, as in the signature.
func (f *format) render(l channel.Letter, s settings, now time.Time) (request, error) {
	v, err := f.values(l, s, now)
	if err != nil {
		return request{}, err
	}
	f.fill(&v, l, s.prefix, math.MaxInt)
	body, err := f.execute(v)
	if err == nil && !f.Sizes.Body.holds(string(body)) {
		body, err = f.shorten(&v, l, s.prefix)
	}
	if err != nil {
		return request{}, fmt.Errorf("letter %s: %w", l.ID, err)
	}
	return f.finish(body, v, s, now)
}

func (f *format) execute(v values) ([]byte, error) {
	var b bytes.Buffer
	err := f.body.Execute(&b, v)
	return b.Bytes(), err
}

// shorten finds the longest text whose body the receiver takes: encoding never
// makes a text shorter, and a longer text never makes a shorter body.
func (f *format) shorten(v *values, l channel.Letter, prefix string) ([]byte, error) {
	var failed error
	attempt := func(room int) []byte {
		f.fill(v, l, prefix, room)
		body, err := f.execute(*v)
		if err != nil {
			failed = err
		}
		return body
	}
	limit := f.Sizes.Body
	room := sort.Search(limit.Max, func(room int) bool { return !limit.holds(string(attempt(room))) }) - 1
	body := attempt(room)
	if failed == nil && !limit.holds(string(body)) {
		failed = fmt.Errorf("without any text it is still longer than the %d bytes that the receiver takes", limit.Max)
	}
	return body, failed
}

// values are what does not depend on sizes.
func (f *format) values(l channel.Letter, s settings, now time.Time) (values, error) {
	data := l.Data
	if len(data) == 0 {
		data = json.RawMessage("{}")
	}
	if trimmed := bytes.TrimSpace(data); !json.Valid(data) || trimmed[0] != '{' {
		return values{}, fmt.Errorf("letter %s: its data is no JSON object", l.ID)
	}
	v := values{ID: l.ID, Type: l.Type, Subject: l.Subject, Time: now.UTC().Format(time.RFC3339), HTML: l.HTML, Data: data, Params: s.params}
	if f.Sign == signFeishu && len(s.keys) > 0 {
		v.Timestamp = strconv.FormatInt(now.Unix(), 10)
		v.Sign = signFeishuBody(v.Timestamp, s.keys[0])
	}
	return v, nil
}

// takes reports whether a letter gets through uncut.
func (f *format) takes(l channel.Letter, prefix string, params map[string]string) bool {
	subject, text := words(l, prefix)
	if !f.Sizes.Subject.holds(f.escape(subject)) ||
		f.shows(".Message") && !f.Sizes.Message.holds(f.escape(message(subject, text))) ||
		(f.shows(".Text") || f.shows(".Lines")) && !f.Sizes.Text.holds(f.escape(text)) {
		return false
	}
	if f.Sizes.Body == nil {
		return true
	}
	signature := strings.Repeat("x", 64)
	v := values{ID: l.ID, Data: json.RawMessage("{}"), Params: params, Timestamp: signature, Sign: signature}
	f.fill(&v, l, prefix, math.MaxInt)
	body, err := f.execute(v)
	return err == nil && f.Sizes.Body.holds(string(body))
}

// words are subject and text as a format gets them.
func words(l channel.Letter, prefix string) (subject, text string) {
	subject = l.Subject
	if prefix != "" {
		subject = strings.TrimSpace(prefix + " " + subject)
	}
	return subject, strings.TrimRight(l.Text, "\n")
}

// message is subject and text in one. A headline of the text that the subject
// ends with would stand there twice.
func message(subject, text string) string {
	if headline, rest, _ := strings.Cut(text, "\n"); headline != "" && strings.HasSuffix(subject, headline) {
		text = rest
	}
	return strings.Trim(subject+"\n\n"+strings.TrimLeft(text, "\n"), "\n")
}

// mostBytes bounds how many bytes a UTF-16 unit takes in UTF-8.
const mostBytes = 3

// fill puts subject and text in, cut to the format's sizes and to room bytes
// besides.
func (f *format) fill(v *values, l channel.Letter, prefix string, room int) {
	subject, text := words(l, prefix)
	cut := func(part string, s *size) string {
		most := room // spares escaping what is too long anyway
		if s != nil {
			most = min(most, mostBytes*s.Max)
		}
		return condense(part, func(p string) bool { return len(p) <= most && s.holds(f.escape(p)) })
	}
	v.Subject = f.escape(cut(subject, f.Sizes.Subject))
	if f.shows(".Message") {
		v.Message = f.escape(cut(message(subject, text), f.Sizes.Message))
	}
	if f.shows(".Text") || f.shows(".Lines") {
		v.Text = f.escape(cut(text, f.Sizes.Text))
		v.Lines = strings.Split(v.Text, "\n")
	}
}

// finish adds headers and signatures to a body.
func (f *format) finish(body []byte, v values, s settings, now time.Time) (request, error) {
	r := request{url: s.url, body: body, header: http.Header{
		"Content-Type": {f.ContentType},
		"User-Agent":   {"repayd"},
	}}
	for name, t := range f.headers {
		var b strings.Builder
		if err := t.Execute(&b, v); err != nil {
			return request{}, fmt.Errorf("letter %s: header %s: %w", v.ID, name, err)
		}
		if b.Len() > 0 { // of an optional parameter that is not there
			r.header.Set(name, b.String())
		}
	}
	for name, value := range s.headers {
		r.header.Set(name, value)
	}
	// For every receiver that can tell a letter sent twice by it.
	r.header.Set("webhook-id", v.ID)
	if s.url != nil {
		f.address(&r, s, now)
	}
	if f.Sign == signStandard && len(s.keys) > 0 {
		timestamp := strconv.FormatInt(now.Unix(), 10)
		r.header.Set("webhook-timestamp", timestamp)
		r.header.Set("webhook-signature", sign(v.ID, timestamp, body, s.keys...))
	}
	if v.Sign != "" {
		r.hidden = append(r.hidden, v.Sign)
	}
	return r, nil
}

// address adds to the query what the format wants there.
func (f *format) address(r *request, s settings, now time.Time) {
	u := *s.url
	has := u.Query()
	add := func(name, value string) {
		if !has.Has(name) {
			u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+name+"="+url.QueryEscape(value), "&")
		}
	}
	for name, value := range f.Query {
		add(name, value)
	}
	if f.Sign == signDingtalk && len(s.keys) > 0 {
		timestamp := strconv.FormatInt(now.UnixMilli(), 10)
		signature := signDingtalkURL(timestamp, s.keys[0])
		// What the owner pasted with an old signature must not win.
		has.Del("timestamp")
		has.Del("sign")
		u.RawQuery = has.Encode()
		add("timestamp", timestamp)
		add("sign", signature)
		r.hidden = append(r.hidden, signature, url.QueryEscape(signature))
	}
	r.url = &u
}

// headersOf checks values that go into headers; its errors do not contain them.
func headersOf(values map[string]string) error {
	for name, value := range values {
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return errors.New("header " + name + ": it holds a line break or control character")
		}
	}
	return nil
}
