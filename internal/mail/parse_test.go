package mail

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

func encode(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const label = "您的信用卡本期应还款额人民币1,234.56元,到期还款日2026年9月13日"

func TestParseCharsets(t *testing.T) {
	t.Parallel()
	gbk := encode(t, simplifiedchinese.GB18030, label)
	japaneseText, korean1 := "お支払期限は9月13日です", "결제 예정일 9월 13일"
	tests := []struct{ name, charset, body, want string }{
		{"gb2312", "gb2312", gbk, label},
		{"gb2312 with characters only GBK has", "GB2312", encode(t, simplifiedchinese.GB18030, "朱镕基喆"), "朱镕基喆"},
		{"x-gbk", "x-gbk", gbk, label},
		{"cp936 in quotes", `"cp936"`, gbk, label},
		{"gb_2312-80", "gb_2312-80", gbk, label},
		{"empty", `""`, gbk, label},
		{"unknown", "x-weird-7", gbk, label},
		{"GBK declared utf-8", "utf-8", gbk, label},
		{"GBK declared us-ascii", "us-ascii", gbk, label},
		{"GBK declared iso-8859-1", "iso-8859-1", gbk, label},
		{"GBK declared big5", "big5", encode(t, simplifiedchinese.GB18030, label+strings.Repeat("账单日还款额欠款", 20)), label + strings.Repeat("账单日还款额欠款", 20)},
		{"utf-8", "utf-8", label, label},
		{"UTF-8 declared gbk", "gbk", label, label},
		{"UTF-8 declared iso-8859-1", "iso-8859-1", label, label},
		{"UTF-8 with one broken character", "utf-8", label + "\xe6\x9c" + label, label + "\uFFFD" + label},
		{"UTF-8 with a byte order mark", "gbk", "\xef\xbb\xbf" + label, label},
		{"UTF-16 with a byte order mark", "", "\xff\xfe1\x002\x00", "12"},
		{"big5", "big5", encode(t, traditionalchinese.Big5, "繳款截止日9月13日"), "繳款截止日9月13日"},
		{"iso-2022-jp", "ISO-2022-JP", encode(t, japanese.ISO2022JP, japaneseText), japaneseText},
		{"iso-2022-jp undeclared", "", encode(t, japanese.ISO2022JP, japaneseText), japaneseText},
		{"shift_jis", "Shift_JIS", encode(t, japanese.ShiftJIS, japaneseText), japaneseText},
		{"cp932", "cp932", encode(t, japanese.ShiftJIS, japaneseText), japaneseText},
		{"euc-jp", "euc-jp", encode(t, japanese.EUCJP, japaneseText), japaneseText},
		{"euc-kr", "ks_c_5601-1987", encode(t, korean.EUCKR, korean1), korean1},
		{"windows-1254", "windows-1254", encode(t, charmap.Windows1254, "Son Ödeme Tarihi İş"), "Son Ödeme Tarihi İş"},
		{"windows-1251", "windows-1251", encode(t, charmap.Windows1251, "Срок оплаты"), "Срок оплаты"},
		{"latin1 stays latin1", "iso-8859-1", encode(t, charmap.ISO8859_1, "Fällig am 13. März für Größe"), "Fällig am 13. März für Größe"},
		{"latin1 undeclared", "", encode(t, charmap.ISO8859_1, "Échéance le 13 août, élevée"), "Échéance le 13 août, élevée"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := "From: a@b.example\r\nContent-Type: text/plain; charset=" + tt.charset + "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + tt.body
			m := Parse([]byte(raw))
			if len(m.Parts) != 1 || m.Parts[0].Text != Fold(tt.want) {
				t.Errorf("got %q, want %q", m.Parts, tt.want)
			}
			if strings.Contains(tt.name, "declared") != (len(m.Defects) > 0) && tt.charset != `""` && !strings.Contains(tt.name, "undeclared") && !strings.Contains(tt.name, "unknown") && !strings.Contains(tt.name, "broken") {
				t.Errorf("defects %q", m.Defects)
			}
		})
	}
	t.Run("HTML names its charset itself", func(t *testing.T) {
		m := Parse([]byte("Content-Type: text/html\n\n<meta http-equiv=Content-Type content='text/html; charset=big5'>" + encode(t, traditionalchinese.Big5, "繳款截止日")))
		if got := m.Parts[0].Text; got != "繳款截止日" {
			t.Errorf("got %q", got)
		}
	})
}

func TestParseHeaders(t *testing.T) {
	t.Parallel()
	gb := func(s string) string { return encode(t, simplifiedchinese.GB18030, s) }
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	word := gb("信用卡账单")
	tests := []struct{ name, subject, want string }{
		{"B word in GBK", "=?GBK?B?" + b64(word) + "?=", "信用卡账单"},
		{"Q word in gb2312", "=?gb2312?q?=D0=C5=D3=C3=BF=A8_1?=", "信用卡 1"},
		{"a character split over two words", "=?gb2312?B?" + b64(word[:3]) + "?=\r\n =?gb2312?B?" + b64(word[3:]) + "?=", "信用卡账单"},
		{"split over words of two names of one charset", "=?gb2312?B?" + b64(word[:3]) + "?= =?GBK?Q?" + "=C3=BF=A8" + "?=", "信用卡"},
		{"base64 split inside a quantum", "=?utf-8?B?5L+h5?= =?utf-8?B?5So5Y2h?=", "信用卡"},
		{"words of two charsets", "=?utf-8?B?" + b64("信") + "?= =?gbk?B?" + b64(gb("用")) + "?= x", "信用 x"},
		{"text between words stays", "=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"},
		{"raw GBK", gb("您的账单已出"), "您的账单已出"},
		{"raw UTF-8", "您的账单已出", "您的账单已出"},
		{"raw GBK beside a word", gb("您的账单") + " =?utf-8?Q?8?=", "您的账单 8"},
		{"no encoded word after all", "=?what", "=?what"},
		{"unfinished word", "=?utf-8?B?5L+h", "=?utf-8?B?5L+h"},
		{"broken folding", "a\r\nb c\r\n d", "a b c d"},
		{"language tag", "=?utf-8*zh?Q?=E4=BF=A1?=", "信"},
		{"full-width is folded", "账单（８月）", "账单(8月)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Parse([]byte("Subject: " + tt.subject + "\r\nFrom: a@b.example\r\n\r\nx"))
			if m.Subject != tt.want {
				t.Errorf("got %q, want %q", m.Subject, tt.want)
			}
			if m.FromFields != 1 {
				t.Errorf("the From field was lost: %v", m.From)
			}
		})
	}
}

// TestSenderInOneEncodedWord: a whole From field in an encoded word still names
// a sender, but never beside a real address.
func TestSenderInOneEncodedWord(t *testing.T) {
	t.Parallel()
	encoded := "=?utf-8?B?5pSv5LuY5a6dIDxzZXJ2aWNlQG1haWwuYWxpcGF5LmNvbT4=?="
	for in, want := range map[string]string{
		encoded:                       "service@mail.alipay.com",
		encoded + " <x@evil.example>": "x@evil.example",
		"x@evil.example, " + encoded:  "x@evil.example",
	} {
		m := Parse([]byte("From: " + in + "\r\n\r\nbody"))
		if len(m.From) == 0 || m.From[0].Address != want {
			t.Errorf("From: %s gave %v, want %s", in, m.From, want)
		}
	}
}

func TestParseAddresses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in string
		want     []Address
	}{
		{"plain", "service@Mail.AliPay.com", []Address{{"", "service@mail.alipay.com"}}},
		{"name in an encoded word", "=?gbk?B?1dDJzNL40NA=?= <A@cmb.example>", []Address{{"招商银行", "A@cmb.example"}}},
		{"display-name trick", `"service@alipay.com" <x@evil.example>`, []Address{{"service@alipay.com", "x@evil.example"}}},
		{"trick without quotes", `service@alipay.com <x@evil.example>`, []Address{{"service@alipay.com", "x@evil.example"}}},
		{"two angle addresses are two", `<a@alipay.com> <x@evil.example>`, []Address{{"", "a@alipay.com"}, {"", "x@evil.example"}}},
		{"an encoded word makes no address", "=?utf-8?Q?a=40alipay.com=3E?= <x@evil.example>", []Address{{"a@alipay.com>", "x@evil.example"}}},
		{"list, group, comment", "A <a@x.example>, group: b@x.example (B), c@x.example;", []Address{{"A", "a@x.example"}, {"B", "b@x.example"}, {"", "c@x.example"}}},
		{"comma in a quoted name", `"Doe, J." <j@x.example>`, []Address{{"Doe, J.", "j@x.example"}}},
		{"comment inside the address", "<pete(x)@silly.example(y)>", []Address{{"", "pete@silly.example"}}},
		{"name only", "undisclosed", []Address{{"undisclosed", ""}}},
		{"unclosed", `"A <a@x.example`, []Address{{"A", "a@x.example"}}},
		{"trailing dot", "a@x.example.", []Address{{"", "a@x.example"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, Parse([]byte("From: "+tt.in+"\n\n")).From); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
	m := Parse([]byte("From: a@x.example\nFrom: b@y.example\n\n"))
	if m.FromFields != 2 || len(m.From) != 2 {
		t.Errorf("two From fields: %d, %v", m.FromFields, m.From)
	}
}

func TestTransferEncodings(t *testing.T) {
	t.Parallel()
	b64 := base64.StdEncoding.EncodeToString([]byte("amount due 1,234.56\nby 2026-09-13"))
	const want = "amount due 1,234.56\nby 2026-09-13"
	tests := []struct{ name, encoding, body, want string }{
		{"base64", "BASE64", b64, want},
		{"base64 in odd lines", "base64;", b64[:7] + "\n" + b64[7:20] + " \r\n\r\n" + b64[20:], want},
		{"base64 with line noise", "base64", b64[:8] + "!\x01" + b64[8:], want},
		{"base64 without padding", "base64", strings.TrimRight(b64, "="), want},
		{"two blocks of base64", "base64", "YTE=\nYjI=", "a1b2"},
		{"footer after base64", "base64", b64 + "\n-- \nScanned by the mail gateway, nothing found.\n", want + "\n--\nScanned by the mail gateway, nothing found."},
		{"prose declared base64", "base64", "Your amount due is $5.00 (five).", "Your amount due is $5.00 (five)."},
		{"quoted-printable", "Quoted-Printable", "amount =\r\ndue=3A 5=2E00", "amount due: 5.00"},
		{"soft break with blanks before the line end", "quoted-printable", "a= \t\r\nb", "ab"},
		{"bad escapes stay", "quoted-printable", "a=ZZ b=4 c=", "a=ZZ b=4 c"},
		{"lower-case escapes", "quoted-printable", "=e4=bf=a1", "信"},
		{"uuencode", "x-uuencode", "before\nbegin 644 a.txt\n%86)C9&4 \n`\nend\nafter", "before\nabcdeafter"},
		{"8-bit", "8-bit", "信", "信"},
		{"7-bit;", "7-bit;", "a", "a"},
		{"nonsense", "7vladi", "a", "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Parse([]byte("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: " + tt.encoding + "\n\n" + tt.body))
			if got := m.Parts[0].Text; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseStructure(t *testing.T) {
	t.Parallel()
	gbkName := "GBK''%D5%CB%B5%A5.htm" // 账单.htm
	raw := "From: bank@x.example\nMessage-ID: <1@x>\nContent-Type: multipart/mixed; boundary=\"o u\"\n\npreamble\n" +
		"--o u\nContent-Type: multipart/alternative; boundary=in\n\n" +
		"--in\nContent-Type: text/plain\n\nplain\n--in-longer\n--in\nContent-Type: text/html\n\n<p>rich</p>\n--in--\n" +
		"--o u\nContent-Type: application/octet-stream; name*=" + gbkName + "\nContent-Disposition: attachment\n\n<table><tr><td>a<td>b</table>\n" +
		"--o u\nContent-Type: text/html; charset=gbk\nContent-Disposition: attachment; filename*0*=GBK''%D5%CB; filename*1*=%B5%A5.html\n\n" + encode(t, simplifiedchinese.GB18030, "<p>应还") + "\n" +
		"--o u\nContent-Type: application/pdf; name=" + encode(t, simplifiedchinese.GB18030, "账单.pdf") + "\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("%PDF-1.4")) + "\n" +
		"--o u\nContent-Type: application/xml\n\n<Invoice/>\n" +
		"--o u\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n" +
		"--o u\nContent-Type: message/rfc822\n\nFrom: a@in.example\nSubject: inner\n\none\n" +
		"--o u\nContent-Type: application/octet-stream; name=old.eml\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("Subject: second\n\ntwo")) + "\n" +
		"--o u\nContent-Type: image/png; name=a.png\n\nxx\n--o u--\nepilogue"
	m := Parse([]byte(raw))
	type row struct{ Name, File, Text, Raw string }
	var got []row
	for _, p := range m.Parts {
		got = append(got, row{p.Name, p.File, p.Text, string(p.Raw)})
	}
	want := []row{
		{"text/plain", "", "plain\n--in-longer", ""},
		{"text/html", "", "rich", "<p>rich</p>"},
		{"text/html 2", "账单.htm", "a | b", "<table><tr><td>a<td>b</table>"},
		{"text/html 3", "账单.html", "应还", "<p>应还"},
		{"application/pdf", "账单.pdf", "", "%PDF-1.4"},
		{"application/xml", "", "", "<Invoice/>"},
		{"text/calendar", "", "BEGIN:VCALENDAR", "BEGIN:VCALENDAR"},
		{"image/png", "a.png", "", ""},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if len(m.Inner) != 2 || m.Inner[0].Subject != "inner" || m.Inner[0].Parts[0].Text != "one" || m.Inner[1].Subject != "second" {
		t.Errorf("inner messages: %+v", m.Inner)
	}
	if m.MessageID != "1@x" || len(m.Limits) != 0 {
		t.Errorf("id %q, limits %q", m.MessageID, m.Limits)
	}
}

func TestParseRepairs(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, want string }{
		{"boundary parameter missing", "Content-Type: multipart/mixed\n\n--=_abcdefgh\nContent-Type: text/plain\n\nhello\n--=_abcdefgh--", "hello"},
		{"boundary that fits nothing", "Content-Type: multipart/mixed; boundary=x\n\n--=_abcdefgh\n\nhello\n--=_abcdefgh--", "hello"},
		{"multipart without parts", "Content-Type: multipart/mixed; boundary=x\n\nhello", "hello"},
		{"no empty line before the body", "Content-Type: text/html\n<html><body>hello</body></html>", "hello"},
		{"HTML declared plain", "Content-Type: text/plain\n\n<!DOCTYPE html><html><p>hello", "hello"},
		{"carriage returns alone", "Content-Type: text/plain\r\rhello", "hello"},
		{"mbox line", "From x@y Thu Jan  1\nContent-Type: text/plain\n\nhello", "hello"},
		{"parameters without semicolon", "Content-Type: text/html charset=utf-8\n\n<b>hello", "hello"},
		{"header only", "Subject: x", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Parse([]byte(tt.raw))
			text := ""
			for _, p := range m.Parts {
				text += p.Text
			}
			if text != tt.want {
				t.Errorf("got %q, want %q; defects %q", text, tt.want, m.Defects)
			}
		})
	}
}

func TestParseDates(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Fri, 1 Aug 2026 09:00:00 +0800 (CST)": "2026-08-01T09:00:00+08:00",
		"1 Aug 26 09:00 +0800":                 "2026-08-01T09:00:00+08:00",
		"2026-08-01 09:00:00 +0800":            "2026-08-01T09:00:00+08:00",
		"Sat Aug  1 09:00:00 2026":             "2026-08-01T09:00:00Z",
		"Sat, 1 Aug 2026 09:00:00":             "2026-08-01T09:00:00Z",
		"soon":                                 "",
		"Fri, 1 Aug 1826 09:00:00 +0800":       "",
	} {
		got := Parse([]byte("Date: " + in + "\n\n")).Date
		if want == "" != got.IsZero() || want != "" && got.Format(time.RFC3339) != want {
			t.Errorf("%q: got %v, want %q", in, got, want)
		}
	}
}

// deepMessage nests n multiparts.
func deepMessage(n int) []byte {
	var b strings.Builder
	b.WriteString("From: a@b.example\nContent-Type: multipart/mixed; boundary=b0\n\n")
	for i := range n {
		fmt.Fprintf(&b, "--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", i, i+1)
	}
	return []byte(b.String())
}

func TestKeptMessage(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("<p>x</p>", 20000)
	raw := "From: =?gbk?B?1dDJzA==?= <a@b.example>\nSubject: s\nDate: Fri, 1 Aug 2026 09:00:00 +0800\nAuto-Submitted: no\nDKIM-Signature: v=1\n" + pass + "\n" + ownBorder + "\n" +
		"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>a</p>" +
		"\n--b\nContent-Type: text/html\n\n<script type=\"application/ld+json\">{}</script>" + big +
		"\n--b\nContent-Type: application/xml\n\n<Invoice/>\n--b\nContent-Type: message/rfc822\n\nSubject: in\n\ny\n--b--"
	m := Parse([]byte(raw))
	kept, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back Message
	if err := json.Unmarshal(kept, &back); err != nil {
		t.Fatal(err)
	}
	want := *m
	want.Parts = slices.Clone(m.Parts)
	want.Parts[0].Raw = nil
	want.Parts[1].Raw = []byte("<script type=\"application/ld+json\">{}</script>\n")
	if d := cmp.Diff(want, back, cmp.AllowUnexported()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if got := back.Vouch([]string{"mx.163.com"}); got.DMARC != "pass" {
		t.Errorf("a kept message has lost who vouched: %+v", got)
	}
	if len(m.Header["Dkim-Signature"]) != 0 || m.Header["Auto-Submitted"][0] != "no" {
		t.Errorf("header %v", m.Header)
	}
}

// TestCorpus reads real broken mail where the environment names a folder of
// it: every message gives text or an attachment, and survives being kept.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("REPAYD_CORPUS")
	if dir == "" {
		return
	}
	files, err := filepath.Glob(filepath.Join(dir, "mime", "*", "*.eml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no messages in %s: %v", dir, err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			m := Parse(raw)
			if len(m.Parts)+len(m.Inner) == 0 {
				t.Error("nothing was read")
			}
			if len(m.Limits) > 0 {
				t.Errorf("limits %q in an ordinary message", m.Limits)
			}
			checkMessage(t, m)
		})
	}
}
