package mail

import (
	"strings"
	"testing"
	"time"
)

func TestInnerForward(t *testing.T) {
	t.Parallel()
	const body = "\n您的账单应还 5.00\n到期还款日 9月13日"
	tests := []struct{ name, subject, text, from, innerSubject, date string }{
		{"163", "转发：账单", "看这个\n-------- 转发邮件信息 --------\n发件人：\"招商银行\" <ccsvc@cmb.example>\n发送日期：2026-08-10 09:05:00\n收件人：me@163.example\n主题：8月账单", "ccsvc@cmb.example", "8月账单", "2026-08-10T09:05:00+08:00"},
		{"QQ", "转发:账单", "------------------&nbsp;原始邮件&nbsp;------------------\n发件人: \"招商银行\" <ccsvc@cmb.example>;\n发送时间: 2026年8月10日(星期一) 晚上9:05\n收件人: \"我\"<me@qq.example>;\n主题: 8月账单", "ccsvc@cmb.example", "8月账单", "2026-08-10T21:05:00+08:00"},
		{"Gmail", "Fwd: bill", "---------- Forwarded message ---------\nFrom: Big Bank <b@bank.example>\nDate: Mon, Aug 10, 2026 at 9:05 AM\nSubject: August bill\nTo: <me@gmail.example>", "b@bank.example", "August bill", "2026-08-10T09:05:00+08:00"},
		{"Gmail in Chinese", "Fwd: bill", "---------- Forwarded message ---------\n发件人： Big Bank <b@bank.example>\nDate: 2026年8月10日周一 下午12:05\nSubject: August bill\nTo: <me@gmail.example>", "b@bank.example", "August bill", "2026-08-10T12:05:00+08:00"},
		{"Outlook without a mark", "FW: bill", "please pay\nFrom: Big Bank <b@bank.example>\nSent: Monday, August 10, 2026 9:05 AM\nTo: Me <me@x.example>; Other\nCc: x\nSubject: August bill", "b@bank.example", "August bill", "2026-08-10T09:05:00+08:00"},
		{"Outlook in Chinese", "转发: 账单", "________________________________\n发件人: Big Bank <b@bank.example>\n发送时间: 2026年8月10日 9:05\n收件人: me@x.example\n主题: 8月账单", "b@bank.example", "8月账单", "2026-08-10T09:05:00+08:00"},
		{"Outlook plain text with mailto", "FW: bill", "-----Original Message-----\nFrom: Big Bank [mailto:b@bank.example] \nSent: Monday, August 10, 2026 9:05 PM\nTo: me\nSubject: August bill", "b@bank.example", "August bill", "2026-08-10T21:05:00+08:00"},
		{"Apple Mail", "Fwd: bill", "Begin forwarded message:\n\n> From: Big Bank <b@bank.example>\n> Subject: August bill\n> Date: 10 August 2026 at 09:05:00 CST\n> To: me@icloud.example", "b@bank.example", "August bill", "2026-08-10T09:05:00+08:00"},
		{"Apple Mail in Chinese", "转发：账单", "开始转发的邮件：\n\n发件人: 银行 <b@bank.example>\n主题: 8月账单\n日期: 2026年8月10日 GMT+8 09:05:00\n收件人: me@icloud.example", "b@bank.example", "8月账单", "2026-08-10T09:05:00+08:00"},
		{"Thunderbird", "Fwd: bill", "-------- Forwarded Message --------\nSubject: August bill\nDate: Mon, 10 Aug 2026 09:05:00 +0200\nFrom: Big Bank <b@bank.example>\nTo: me@x.example", "b@bank.example", "August bill", "2026-08-10T09:05:00+02:00"},
		{"Thunderbird in Chinese", "Fwd: bill", "-------- 转发的消息 --------\n主题: 8月账单\n日期: Mon, 10 Aug 2026 09:05:00 +0200\n发件人: 银行 <b@bank.example>\n收件人: me@x.example", "b@bank.example", "8月账单", "2026-08-10T09:05:00+02:00"},
		{"quoted, with a forward's subject", "转发：8月账单", "在 2026-08-10 09:05:00，\"银行\" <b@bank.example> 写道：", "b@bank.example", "8月账单", "2026-08-10T09:05:00+08:00"},
		{"ambiguous numeric date", "Fwd: bill", "---------- Forwarded message ---------\nFrom: b@bank.example\nDate: 8/10/2026\nSubject: August bill", "b@bank.example", "August bill", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			html := "<div>" + strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(tt.text, "<", "&lt;"), ">", "&gt;"), "\n", "<br>") + strings.ReplaceAll(body, "\n", "<br>")
			for kind, text := range map[string]string{"plain": strings.ReplaceAll(tt.text, "&nbsp;", " ") + body, "html": html} {
				m := Parse([]byte("From: me@x.example\nDate: Tue, 11 Aug 2026 10:00:00 +0800\nSubject: " + tt.subject + "\nContent-Type: text/" + kind + "; charset=utf-8\n\n" + text))
				in, ok := m.InnerForward()
				if !ok {
					t.Fatalf("%s: no forward found in %q", kind, m.Parts[0].Text)
				}
				date := ""
				if !in.Date.IsZero() {
					date = in.Date.Format(time.RFC3339)
				}
				if len(in.From) != 1 || in.From[0].Address != tt.from || in.Subject != tt.innerSubject || date != tt.date {
					t.Errorf("%s: from %v, subject %q, date %q", kind, in.From, in.Subject, date)
				}
				if len(in.Parts) != 1 || in.Parts[0].Text != "您的账单应还 5.00\n到期还款日 9月13日" || in.Parts[0].Name != "text/"+kind {
					t.Errorf("%s: parts %+v", kind, in.Parts)
				}
				if len(in.Trace) != 0 {
					t.Errorf("%s: somebody vouches for a forward: %v", kind, in.Trace)
				}
			}
		})
	}
}

func TestNoInnerForward(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"a bill that mentions a sender and a date": "Subject: bill\n\nFrom: your bank\nDate: 2026-08-01\namount 5",
		"a reply with a quotation":                 "Subject: Re: bill\n\nok\nOn Mon, Aug 10, 2026, Bank <b@bank.example> wrote:\n> x",
		"a mark and nothing after it":              "Subject: x\n\n---------- Forwarded message ---------\nx",
		"a delivery report":                        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n--b--",
	} {
		if in, ok := Parse([]byte(raw)).InnerForward(); ok {
			t.Errorf("%s: got %+v", name, in)
		}
	}
	m := Parse([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny\n--b--"))
	if in, ok := m.InnerForward(); !ok || in.Subject != "x" {
		t.Errorf("an attached message: %+v, %v", in, ok)
	}
}
