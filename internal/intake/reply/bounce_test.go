package reply_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"repayd/internal/intake/reply"
	"repayd/internal/mail"
)

const letterID = "rl_abcdefghijklmnopqrstuvwxyz"

// report makes a delivery report by RFC 3464.
func report(status, returned string) string {
	return "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\r\nTo: shop@163.com\r\nSubject: Undelivered Mail Returned to Sender\r\n" +
		"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry to have to inform you.\r\n\r\n" +
		"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\nArrival-Date: Wed, 25 Nov 2026 09:00:00 +0800\r\n\r\n" +
		strings.ReplaceAll(status, "\n", "\r\n") + "\r\n" + returned + "--b--\r\n"
}

const (
	wholeLetter = "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: shop@163.com\r\nTo: owner@example.com\r\nSubject: x\r\nMessage-ID: <" + letterID + "@163.com>\r\n\r\nbody\r\n"
	onlyHeader  = "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: shop@163.com\r\nSubject: x\r\nMessage-ID: <" + letterID + "@163.com>\r\n\r\n"
)

func TestBounceReports(t *testing.T) {
	t.Parallel()
	gone := "Final-Recipient: rfc822; Owner@Example.com\nAction: failed\nStatus: 5.1.1\n" +
		"Diagnostic-Code: smtp; 550 5.1.1 <owner@example.com>: user unknown; see\n    https://mx.example.net/help for more\n"
	goneFailure := reply.Failure{Recipient: "owner@example.com", Status: "5.1.1", Permanent: true,
		Diagnostic: "550 5.1.1 <owner@example.com>: user unknown; see for more"}
	for name, c := range map[string]struct {
		raw  string
		want []reply.Failure
	}{
		"failed":       {report(gone, wholeLetter), []reply.Failure{goneFailure}},
		"header alone": {report(gone, onlyHeader), []reply.Failure{goneFailure}},
		"delayed": {report("Final-Recipient: rfc822;owner@example.com\nAction: delayed\nStatus: 4.4.1\n", wholeLetter),
			[]reply.Failure{{Recipient: "owner@example.com", Status: "4.4.1"}}},
		"given up": {report("Final-Recipient: rfc822;owner@example.com\nAction: failed\nStatus: 4.4.7\n", wholeLetter),
			[]reply.Failure{{Recipient: "owner@example.com", Status: "4.4.7", Permanent: true}}},
		"forwarded": {report("Original-Recipient: rfc822;owner@example.com\nFinal-Recipient: rfc822;far@example.org\nAction: failed\nStatus: 5.2.2\n", wholeLetter),
			[]reply.Failure{{Recipient: "far@example.org", Original: "owner@example.com", Status: "5.2.2", Permanent: true}}},
		"two, one of them fine": {report("Final-Recipient: rfc822;a@example.com\nAction: relayed\nStatus: 2.0.0\n\n"+
			"Final-Recipient: rfc822;b@example.com\nOriginal-Recipient: rfc822;b@example.com\nAction: failed\nStatus: 5.0.0\n", wholeLetter),
			[]reply.Failure{{Recipient: "b@example.com", Original: "b@example.com", Status: "5.0.0", Permanent: true}}},
		"several": {report("Original-Recipient: rfc822;a@example.com\nFinal-Recipient: rfc822;a@example.com\nAction: failed\nStatus: 5.1.1\n\n"+
			"Original-Recipient: rfc822;b@example.com\nFinal-Recipient: rfc822;b@example.com\nAction: delayed\nStatus: 4.2.0\n", wholeLetter),
			[]reply.Failure{{Recipient: "a@example.com", Original: "a@example.com", Status: "5.1.1", Permanent: true},
				{Recipient: "b@example.com", Original: "b@example.com", Status: "4.2.0"}}},
		"no action": {report("Final-Recipient: rfc822;a@example.com\nStatus: 5.1.1\n", wholeLetter),
			[]reply.Failure{{Recipient: "a@example.com", Status: "5.1.1", Permanent: true}}},
		"success":         {report("Final-Recipient: rfc822;a@example.com\nAction: delivered\nStatus: 2.1.5\n", wholeLetter), nil},
		"of another mail": {report(gone, "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: shop@163.com\r\nMessage-ID: <x@163.com>\r\n\r\nbody\r\n"), nil},
	} {
		b, ok := reply.Bounce(mail.Parse([]byte(c.raw)))
		if ok != (c.want != nil) || (ok && b.Letter != letterID) {
			t.Errorf("%s: %v, %v", name, b, ok)
			continue
		}
		if diff := cmp.Diff(c.want, b.Failed); ok && diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestBounceInOwnWords: servers that keep to no standard, as QQ, NetEase, qmail
// and Exim write.
func TestBounceInOwnWords(t *testing.T) {
	t.Parallel()
	quoted := "\r\n\r\n--- Below this line is a copy of the message.\r\nMessage-ID: <" + letterID + "@163.com>\r\n"
	for name, c := range map[string]struct {
		from, extra, subject, body string
		want                       reply.Failure
	}{
		"link before the reason": {"Postmaster@qq.example", "", "退信通知",
			"您的邮件被退回，帮助 https://help.qq.example/?url_from=bounce\r\n收件人 owner@example.com\r\nSMTP error: 550 Mailbox not found",
			reply.Failure{Recipient: "owner@example.com", Status: "5", Permanent: true, Diagnostic: "SMTP error: 550 Mailbox not found"}},
		"exim": {"Mailer-Daemon@mx.example.net", "X-Failed-Recipients: owner@example.com\r\n", "Mail delivery failed: returning message to sender",
			"A message could not be delivered.\r\n\r\n  owner@example.com\r\n    host mx.example.com said: 550 No such user",
			reply.Failure{Recipient: "owner@example.com", Status: "5", Permanent: true, Diagnostic: "host mx.example.com said: 550 No such user"}},
		"qq": {"PostMaster@qq.com", "", "来自qq.com的退信",
			"很抱歉您发送的邮件被退回。\r\n收件人邮件地址：owner@qq.com\r\n退信原因：host said: 550 Mailbox not found",
			reply.Failure{Recipient: "owner@qq.com", Status: "5", Permanent: true, Diagnostic: "退信原因:host said: 550 Mailbox not found"}},
		"163": {"Postmaster@163.com", "", "系统退信",
			"抱歉，您的邮件被退回来了……\r\n无法发送到 owner@example.com\r\n退信代码 5.1.1 用户不存在",
			reply.Failure{Recipient: "owner@example.com", Status: "5.1.1", Permanent: true, Diagnostic: "退信代码 5.1.1 用户不存在"}},
		"delay": {"mailer-daemon@mx.example.net", "", "Delivery Status Notification (Delay)",
			"Delivery to owner@example.com has been delayed. We will continue to try. 4.4.1 no answer",
			reply.Failure{Recipient: "owner@example.com", Status: "4.4.1", Diagnostic: "Delivery to owner@example.com has been delayed. We will continue to try. 4.4.1 no answer"}},
	} {
		raw := "From: <" + c.from + ">\r\nTo: <shop@163.com>\r\n" + c.extra + "Subject: " + c.subject +
			"\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + c.body + quoted
		b, ok := reply.Bounce(mail.Parse([]byte(raw)))
		if !ok || b.Letter != letterID {
			t.Errorf("%s: %v, %v", name, b, ok)
			continue
		}
		if diff := cmp.Diff([]reply.Failure{c.want}, b.Failed); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestNoBounce: an answer is none, nor is a report from which it is not certain
// who failed.
func TestNoBounce(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"an answer":       "From: owner@example.com\r\nIn-Reply-To: <" + letterID + "@163.com>\r\nSubject: Re: returned\r\n\r\n550 failed",
		"two addresses":   "From: postmaster@qq.com\r\nSubject: x\r\n\r\n550 5.1.1 a@example.com or b@example.com\r\n" + letterID,
		"no letter of us": "From: postmaster@qq.com\r\nSubject: x\r\n\r\nhost said: 550 5.1.1 a@example.com",
		"nothing failed":  "From: postmaster@qq.com\r\nSubject: Welcome\r\n\r\nYour address is a@example.com\r\n" + letterID,
		"empty":           "",
	} {
		if b, ok := reply.Bounce(mail.Parse([]byte(raw))); ok {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

func TestAutomatic(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]bool{
		"Subject: Re: x":     false,
		"Auto-Submitted: no": false,
		"Auto-Submitted: auto-replied; owner-email=x":       true,
		"Auto-Submitted: auto-generated":                    true,
		"Precedence: bulk":                                  true,
		"Precedence: first-class":                           false,
		"X-Autoreply: yes":                                  true,
		"List-Id: <a.example.com>":                          true,
		"Return-Path: <>":                                   true,
		"Return-Path: <a@example.com>":                      false,
		"Subject: 自动回复: 花呗":                                 true,
		"Subject: Automatic reply: bill":                    true,
		"Subject: Out of Office: bill":                      true,
		"Subject: Re: your office is out of reach":          false,
		"Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSNOiDotKbljZU=?=": true,
	} {
		if got := reply.Automatic(mail.Parse([]byte(head + "\r\n\r\npaid\r\n"))); got != want {
			t.Errorf("%s: %v", head, got)
		}
	}
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	other := "rl_zyxwvutsrqponmlkjihgfedcba"
	m := mail.Parse([]byte("In-Reply-To: <" + letterID + "@163.com>\r\nReferences: <thread-bill-a@163.com> <" + other + "@163.com>\r\n <" + letterID + "@163.com>\r\n\r\nx"))
	if diff := cmp.Diff([]string{letterID, other}, reply.Answered(m)); diff != "" {
		t.Error(diff)
	}
	if !reply.MayConcern(m) || reply.MayConcern(mail.Parse([]byte("From: a@example.com\r\nIn-Reply-To: <x@y>\r\n\r\n"))) {
		t.Error("MayConcern")
	}
}

func TestWordsPreferThePlainPart(t *testing.T) {
	t.Parallel()
	both := func(plain, html string) string {
		return reply.Words(mail.Parse([]byte("Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + plain +
			"\r\n--b\r\nContent-Type: text/html\r\n\r\n" + html + "\r\n--b--\r\n")))
	}
	if got := both("paid", "<p>stop</p>"); got != "paid" {
		t.Errorf("plain: %q", got)
	}
	if got := both("> quoted", "<div>paid</div><blockquote>stop</blockquote>"); !strings.HasPrefix(got, "paid") {
		t.Errorf("html: %q", got)
	}
}

func FuzzBounce(f *testing.F) {
	f.Add([]byte(report("Final-Recipient: rfc822; a@b.cc\nAction: failed\nStatus: 5.1.1\n", wholeLetter)))
	f.Add([]byte("From: postmaster@qq.com\r\nX-Failed-Recipients: a@b.cc\r\n\r\n550 5.1.1 " + letterID))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, ok := reply.Bounce(mail.Parse(raw))
		if !ok {
			return
		}
		if len(b.Letter) != len(letterID) || len(b.Failed) == 0 || len(b.Failed) > 60 {
			t.Fatalf("%+v", b)
		}
		for _, x := range b.Failed {
			if x.Recipient+x.Original == "" || strings.ContainsAny(x.Diagnostic, "\r\n") || len([]rune(x.Diagnostic)) > 200 {
				t.Fatalf("%+v", x)
			}
		}
	})
}
