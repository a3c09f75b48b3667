package mail

import (
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// BenchmarkParseHTMLStatement decodes a 40 KB statement in GBK and base64.
func BenchmarkParseHTMLStatement(b *testing.B) {
	gbk := base64.StdEncoding.EncodeToString([]byte(encode(b, simplifiedchinese.GB18030, strings.ReplaceAll(statementHTML(), "￥", "RMB"))))
	var lines strings.Builder
	for ; len(gbk) > 76; gbk = gbk[76:] {
		lines.WriteString(gbk[:76] + "\r\n")
	}
	raw := []byte(ownBorder + "\r\nFrom: =?gbk?B?1dDJzNL40NA=?= <ccsvc@cmb.example>\r\nSubject: =?gbk?B?1cu1pQ==?=\r\n" +
		"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n" + lines.String() + gbk)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if m := Parse(raw); !strings.Contains(m.Parts[0].Text, "到期还款日 Payment Due Date | 2026年9月13日") {
			b.Fatal(m.Parts[0].Text)
		}
	}
}

// BenchmarkParseForeign decodes what most of a mailbox is: mail that is no
// bill, a picture attached.
func BenchmarkParseForeign(b *testing.B) {
	raw := []byte("From: a@b.example\r\nSubject: hello\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n" +
		strings.Repeat("A line of an ordinary message, nothing in it.\r\n", 40) +
		"--x\r\nContent-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 2600) + "--x--\r\n")
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		Parse(raw)
	}
}
