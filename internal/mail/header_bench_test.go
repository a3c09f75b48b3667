package mail

import (
	"strings"
	"testing"
)

// bulkHeader is the header of a bulk mail: 30 fields, 3 KB.
func bulkHeader() []byte {
	return []byte(strings.Join([]string{ownInternal, pass, ownBorder, theirs}, "\r\n") + "\r\n" +
		strings.Repeat("ARC-Seal: i=1; a=rsa-sha256; t=1785546001; cv=none; d=google.example; s=arc-20240605;\r\n b="+strings.Repeat("Ab0+", 80)+"\r\n", 3) +
		"DKIM-Signature: v=1; a=rsa-sha256; d=mail.alipay.com; h=From:Subject;\r\n b=" + strings.Repeat("Ab0+", 80) + "\r\n" +
		"From: =?gbk?B?1dDJzNL40NA=?= <service@mail.alipay.com>\r\nTo: <shop@163.com>\r\nReply-To: <no-reply@mail.alipay.com>\r\n" +
		"Subject: =?UTF-8?B?5oKo55qE6Iqx5ZGX6LSm5Y2V?=\r\n =?UTF-8?B?5bey5Ye6?=\r\nDate: Fri, 1 Aug 2026 09:00:00 +0800\r\nMessage-ID: <1@mail.alipay.com>\r\n" +
		strings.Repeat("X-Campaign-Token: 0123456789abcdef0123456789abcdef\r\n", 12) + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n")
}

// BenchmarkParseHeader reads what decides whether a body is fetched.
func BenchmarkParseHeader(b *testing.B) {
	raw := bulkHeader()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if m := ParseHeader(raw); m.Subject != "您的花呗账单已出" {
			b.Fatal(m.Subject)
		}
	}
}
