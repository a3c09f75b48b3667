package email

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	"repayd/internal/channel"
)

var date = time.Date(2026, 12, 5, 9, 0, 0, 0, time.FixedZone("", 8*3600))

func testEnvelope(t *testing.T, name string) envelope {
	t.Helper()
	from := &mail.Address{Name: name, Address: "shop@example.com"}
	return envelope{from: from, replyTo: from, to: []*mail.Address{{Name: "店主", Address: "owner@example.com"}, {Address: "b@example.com"}}}
}

func TestRenderGolden(t *testing.T) {
	t.Parallel()
	l := channel.Letter{ID: "lt_1", Thread: "bill_7", Subject: "还款提醒", Text: "Due tomorrow.\n", HTML: "<p>还款日 12 月 10 日，请按时还款</p>"}
	raw, err := render(l, testEnvelope(t, "还款提醒"), date)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(`From: =?UTF-8?B?6L+Y5qy+5o+Q6YaS?= <shop@example.com>
To: =?UTF-8?B?5bqX5Li7?= <owner@example.com>, b@example.com
Reply-To: =?UTF-8?B?6L+Y5qy+5o+Q6YaS?= <shop@example.com>
Subject: =?UTF-8?B?6L+Y5qy+5o+Q6YaS?=
Date: Sat, 05 Dec 2026 09:00:00 +0800
Message-ID: <lt_1@example.com>
In-Reply-To: <thread-bill_7@example.com>
References: <thread-bill_7@example.com>
Auto-Submitted: auto-generated
X-Repayd-Letter: lt_1
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary=BOUNDARY

--BOUNDARY
Content-Transfer-Encoding: quoted-printable
Content-Type: text/plain; charset=UTF-8

Due tomorrow.

--BOUNDARY
Content-Transfer-Encoding: base64
Content-Type: text/html; charset=UTF-8

PHA+6L+Y5qy+5pelIDEyIOaciCAxMCDml6XvvIzor7fmjInml7bov5jmrL48L3A+
--BOUNDARY--
`, "\n", "\r\n")
	_, boundary, _ := strings.Cut(string(raw), "boundary=")
	boundary, _, _ = strings.Cut(boundary, "\r\n")
	if got := strings.ReplaceAll(string(raw), boundary, "BOUNDARY"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	again, err := render(l, testEnvelope(t, "还款提醒"), date)
	if err != nil || !bytes.Equal(raw, again) {
		t.Error("the same letter gives other bytes")
	}
}

// FuzzRender: whatever a letter says, it comes out again as it went in, adds no
// header field and keeps to the line lengths of mail.
func FuzzRender(f *testing.F) {
	f.Add("还款提醒", "花呗 12 月账单", "text\r\n.\r\nFrom me\n", "<p>x</p>")
	f.Add(strings.Repeat("花呗还款", 60), strings.Repeat("信用卡账单到期提醒，", 30), strings.Repeat("长", 3000), "")
	f.Add("a\r\nX-Injected: 1", "s\r\nX-Injected: 1\r\n\r\nbody", "", "")
	f.Add("=?utf-8?q?x?=", "=?utf-8?q?a=0D=0AX-Injected:_1?=", "=20=\n", "\x00\xff")
	f.Add(`"quoted" \ name`, strings.Repeat("x", 500), "\r", " ")
	f.Fuzz(func(t *testing.T, name, subject, text, html string) {
		e := testEnvelope(t, "")
		if a, err := parseAddress((&mail.Address{Name: name, Address: "shop@example.com"}).String()); err == nil {
			e.from = a
		}
		raw, err := render(channel.Letter{ID: "lt_1", Subject: subject, Text: text, HTML: html}, e, date)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		for line := range strings.SplitSeq(string(head), "\r\n") {
			if len(line) > 78 {
				t.Errorf("header line of %d: %q", len(line), line)
			}
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%v in\n%s", err, raw)
		}
		if len(m.Header) > len(fieldOrder) || m.Header.Get("X-Injected") != "" {
			t.Errorf("header %v", m.Header)
		}
		got, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if want := decoded(subject); err != nil || got != want {
			t.Errorf("subject %q, want %q (%v)", got, want, err)
		}
		from, err := m.Header.AddressList("From")
		if err != nil || from[0].Address != e.from.Address || decoded(from[0].Name) != decoded(e.from.Name) {
			t.Errorf("from %v, want %v (%v)", from, e.from, err)
		}
		checkBody(t, m, crlf(text), crlf(html))
	})
}

// decoded is what encodeText keeps of a text.
func decoded(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool { return r == ' ' || isControl(r) }), " ")
	if r := []rune(s); len(r) > maxSubject {
		s = string(r[:maxSubject-1]) + "…"
	}
	return s
}

func checkBody(t *testing.T, m *mail.Message, text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "multipart/alternative" {
		want := text
		if text == "" {
			want = html
		}
		if got := body(t, m.Header.Get("Content-Transfer-Encoding"), m.Body); got != want {
			t.Errorf("%s %q, want %q", kind, got, want)
		}
		return
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{text, html} {
		p, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		if got := body(t, p.Header.Get("Content-Transfer-Encoding"), p); got != want {
			t.Errorf("%s %q, want %q", p.Header.Get("Content-Type"), got, want)
		}
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		t.Errorf("a third part: %v", err)
	}
}

func body(t *testing.T, encoding string, r io.Reader) string {
	t.Helper()
	switch encoding {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	default:
		t.Errorf("encoding %q", encoding)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a@b", "店主 <a.b+c@example.com>", `"x, y" <o'neil@ex-ample.co>`, "a@xn--fiq228c.example"} {
		if _, err := parseAddress(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "a", "a@", "@b", "a b@c", `"a b"@c`, "a@b\r\nX-Injected: 1", "a@b>\r\nRCPT TO:<c@d",
		"=?utf-8?q?a=0D=0AX-Injected:_1?= <a@b>", "a@中文.cn", "甲@b", "a@b, c@d", "a..b@c", "a@b..c", "a@[127.0.0.1]",
		strings.Repeat("a", 300) + "@b"} {
		if a, err := parseAddress(bad); err == nil {
			t.Errorf("%q was taken as %v", bad, a)
		}
	}
}

func TestHeloName(t *testing.T) {
	t.Parallel()
	if got := heloName(&mail.Address{Address: "a@example.com"}); got != "example.com" {
		t.Errorf("%q", got)
	}
	if got := heloName(&mail.Address{Address: "a@localhost"}); got == "" || strings.HasPrefix(got, "localhost") {
		t.Errorf("%q", got)
	}
}

// A connection is handed over to the dial it was made for and to no other.
func TestHandoverIsByTicket(t *testing.T) {
	t.Parallel()
	if conn, err := handover.take("tcp", "example.com:25", 0); err == nil {
		t.Errorf("got %v", conn)
	}
}

// A write that fails closes the connection before go-mail can end the letter as
// if it were whole.
func TestTruncatedLetterIsNotEnded(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	tr := &transaction{letter: []byte("x"), link: &link{guard: &guard{Conn: near}}}
	if _, err := tr.WriteTo(failingWriter{}); err == nil || tr.handed {
		t.Errorf("handed over %v: %v", tr.handed, err)
	}
	if b, err := io.ReadAll(far); err != nil || len(b) > 0 {
		t.Errorf("the connection is still open: %q %v", b, err)
	}
	if _, err := near.Write([]byte("\r\n.\r\n")); err == nil {
		t.Error("the end of the letter could be sent")
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("out of order") }
