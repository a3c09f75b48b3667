package mail

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// checkMessage states what holds for a message decoded from any bytes.
func checkMessage(t testing.TB, m *Message) {
	t.Helper()
	for _, p := range m.Parts {
		if p.Name == "" || p.Type == "" {
			t.Fatalf("a part without a name: %+v", p)
		}
		if Fold(p.Text) != p.Text {
			t.Fatalf("text of %s is not folded: %q", p.Name, p.Text)
		}
	}
	if strings.Contains(m.Subject, "\n") {
		t.Fatalf("line break in the subject %q", m.Subject)
	}
	first, err := json.Marshal(m)
	if err != nil {
		t.Fatalf("cannot be kept: %v", err)
	}
	var back Message
	if err := json.Unmarshal(first, &back); err != nil {
		t.Fatalf("cannot be read back: %v", err)
	}
	second, err := json.Marshal(&back)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(first), string(second)); d != "" {
		t.Fatalf("changed by keeping it:\n%s", d)
	}
	for _, in := range m.Inner {
		checkMessage(t, in)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("From: a <a@b.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--"))
	f.Add([]byte("Subject: =?gb2312?B?0MXTw7+oz?= =?gb2312?Q?=CB?=\nContent-Type: text/html; name*0*=GBK''%D5; name*1*=%CB\n\n<table><td>a<td>b"))
	f.Add([]byte("Content-Transfer-Encoding: base64\n\nYTE=\nfooter text (x)\n"))
	f.Add([]byte("Content-Transfer-Encoding: uuencode\n\nbegin 644 a\n%86)C9&4 \nend"))
	f.Add([]byte("Content-Type: message/rfc822\n\nDate: 2026-08-01\nReceived: from a (b [1.2.3.4]) by c; x\n\n\xd3\xa6\xbb\xb9"))
	f.Add([]byte("Subject: Fw: x\n\n---------- Forwarded message ----------\nFrom: a <a@b>\nDate: 2026-08-01\nSubject: y\n\nz"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw)
		checkMessage(t, m)
		Received(m, time.Time{}, []string{"b"})
		if in, ok := m.InnerForward(); ok && in == nil {
			t.Fatal("a forward without a message")
		}
	})
}

func FuzzHTMLToText(f *testing.F) {
	f.Add("<table><tr><td rowspan=2>a<td colspan=3>b<tr><td>c</table>")
	f.Add("<div style='font-size:0;display:none'>a<p>b</div><img src=x alt><pre>\n</pre>")
	f.Add("<style>.a{display:none}@media x{.b{}}</style><table><table><td></tr></td>x")
	f.Fuzz(func(t *testing.T, document string) {
		got := HTMLToText(document)
		if Fold(got) != got {
			t.Fatalf("%q is not folded", got)
		}
	})
}

func FuzzFold(f *testing.F) {
	f.Add("最 后 还 款 日 ｜ ￥１，２３４ ①")
	f.Add(" | a |  | b | \r\n\u2028x\u0301")
	f.Fuzz(func(t *testing.T, s string) { checkFolded(t, s, Fold(s)) })
}

// FuzzVouch: whatever stands below the border of our server changes nothing.
func FuzzVouch(f *testing.F) {
	f.Add("mx.163.com; dmarc=pass header.from=alipay.com", "from a by mx.163.com; x")
	f.Add("mx.163.com 1; dkim/1 = pass (a) header.d=\"x;dmarc=pass\"", "by 2002:a05:: with SMTP")
	f.Fuzz(func(t *testing.T, results, received string) {
		below := func(m *Message) *Message {
			m.Trace = append(m.Trace, TraceField{Received: true, Value: received}, TraceField{Value: results})
			return m
		}
		border := strings.TrimPrefix(evilBorder, "Received: ")
		m := below(&Message{Trace: []TraceField{{Received: true, Value: border}}})
		if got := m.Vouch([]string{"mx.163.com"}); !cmp.Equal(got, Vouch{}) {
			t.Fatalf("a field below the border vouches: %+v", got)
		}
		m = below(&Message{Trace: []TraceField{{Value: strings.TrimPrefix(fail, "Authentication-Results: ")}, {Received: true, Value: border}}})
		if got := m.Vouch([]string{"mx.163.com"}); got.DMARC != "fail" || len(got.DKIM) > 0 {
			t.Fatalf("a field below the border changed the verdict: %+v", got)
		}
		(&Message{Trace: []TraceField{{Value: results}, {Received: true, Value: received}}}).Vouch([]string{"mx.163.com", "outlook.com", "mx.google.com"})
	})
}
