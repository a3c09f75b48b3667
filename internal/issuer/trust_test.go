package issuer

import (
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

const billText = "您的花呗2月账单已出\n本期应还:100.00元\n还款日:2月9日\n"

// message builds a raw mail; head are further lines above the ordinary ones.
func message(from, subject, body string, head ...string) []byte {
	lines := append(head, "From: "+from, "To: Owner@Example.com", "Subject: "+subject, "Date: Sun, 01 Feb 2026 09:00:00 +0800",
		"MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", body)
	return []byte(strings.ReplaceAll(strings.Join(lines, "\n"), "\n", "\r\n"))
}

func TestTrust(t *testing.T) {
	t.Parallel()
	pass := "Authentication-Results: mx.example.com; dmarc=pass header.from=mail.alipay.com"
	fail := "Authentication-Results: mx.example.com; dmarc=fail header.from=mail.alipay.com"
	foreign := "Authentication-Results: mx.evil.example; dmarc=pass header.from=mail.alipay.com"
	good := []mail.Signature{{Domain: "alipay.com", Pass: true}}
	tests := []struct {
		name, from string
		head       []string
		dkim       []mail.Signature
		trust      bill.Trust
		outcome    bill.Outcome
		notices    int
		told       bool
	}{
		{"dmarc pass", "service@mail.alipay.com", []string{pass}, nil, bill.TrustVouched, bill.OutcomeNotices, 1, false},
		{"own dkim check", "service@mail.alipay.com", nil, good, bill.TrustVouched, bill.OutcomeNotices, 1, false},
		{"dkim does not hold", "service@mail.alipay.com", nil, []mail.Signature{{Domain: "alipay.com"}}, bill.TrustUnverified, bill.OutcomeNotices, 1, false},
		{"dkim leaves a part unsigned", "service@mail.alipay.com", nil, []mail.Signature{{Domain: "alipay.com", Pass: true, Partial: true}}, bill.TrustUnverified, bill.OutcomeNotices, 1, false},
		{"dkim of another domain", "service@mail.alipay.com", nil, []mail.Signature{{Domain: "evil.example", Pass: true}}, bill.TrustUnverified, bill.OutcomeNotices, 1, false},
		{"report of a strange server", "service@mail.alipay.com", []string{foreign}, nil, bill.TrustUnverified, bill.OutcomeNotices, 1, false},
		{"no proof", "service@mail.alipay.com", nil, nil, bill.TrustUnverified, bill.OutcomeNotices, 1, false},
		{"dmarc fail", "service@mail.alipay.com", []string{fail}, good, bill.TrustSuspicious, bill.OutcomeNone, 0, true},
		{"look-alike", "service@mail.a1ipay.com", nil, nil, bill.TrustSuspicious, bill.OutcomeNone, 0, true},
		{"domain inside another", "service@alipay.com.evil.example", nil, nil, bill.TrustSuspicious, bill.OutcomeNone, 0, true},
		{"display name claims the issuer", "\"Alipay\" <x@evil.example>", nil, nil, bill.TrustSuspicious, bill.OutcomeNone, 0, true},
		{"display name is an address", "\"service@mail.alipay.com\" <x@evil.example>", nil, nil, bill.TrustSuspicious, bill.OutcomeNone, 0, true},
		{"two senders", "service@mail.alipay.com, x@evil.example", nil, good, bill.TrustSuspicious, bill.OutcomeNone, 0, true},
		{"two From fields", "service@mail.alipay.com", []string{"From: x@evil.example"}, good, bill.TrustSuspicious, bill.OutcomeNone, 0, true},
		{"a stranger", "friend@example.org", nil, nil, bill.TrustUnverified, bill.OutcomeNotMine, 0, false},
	}
	s := loadSet(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := mail.Parse(message(tt.from, "huabei", billText, tt.head...))
			rd := s.Read(m, Options{Received: time.Date(2026, 2, 1, 1, 0, 0, 0, time.UTC), Authserv: []string{"mx.example.com"}, DKIM: tt.dkim})
			if rd.Trust != tt.trust || rd.Outcome != tt.outcome || len(rd.Notices) != tt.notices || (len(rd.Problems) > 0) != tt.told {
				t.Errorf("want %s %s %d notices, got\n%s", tt.trust, tt.outcome, tt.notices, rd.describe())
			}
			if rd.TrustReason == "" && rd.Outcome != bill.OutcomeNotMine {
				t.Error("no reason is given")
			}
			for _, n := range rd.Notices {
				if n.Trust != tt.trust || n.Recipient != "owner@example.com" || n.Issuer != "alipay-huabei" {
					t.Errorf("notice %+v", n)
				}
			}
		})
	}
}

func TestForwarders(t *testing.T) {
	t.Parallel()
	vouched := "Authentication-Results: mx.example.com; dmarc=pass header.from=example.net"
	o := Options{Received: time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC), Authserv: []string{"mx.example.com"}, Forwarders: []string{"Phone@example.net"}}
	forward := "请看\n\n---------- Forwarded message ---------\nFrom: 支付宝 <service@mail.alipay.com>\nDate: Sun, 28 Dec 2025 09:00:00 +0800\nSubject: 花呗1月账单\nTo: me@example.com\n\n" +
		"您的花呗1月账单已出\n本期应还:100.00元\n还款日:1月9日\n"
	s := loadSet(t)
	tests := []struct {
		name, subject, body string
		head                []string
		trust               bill.Trust
		issuer, due         string
	}{
		{"SMS names the bank", "SMS 95555", "【招商银行】您尾号1234的信用卡本期账单应还人民币1,927.79元,最低还款额96.39元,到期还款日12月26日。", []string{vouched}, bill.TrustForwarded, "cmb", "2026-12-26"},
		{"forwarder without proof", "SMS 95555", "【招商银行】您尾号1234的信用卡本期账单应还人民币1,927.79元,到期还款日12月26日。", nil, bill.TrustUnverified, "cmb", "2026-12-26"},
		{"the inner date counts", "Fwd: 花呗1月账单", forward, []string{vouched}, bill.TrustForwarded, "alipay-huabei", "2026-01-09"},
		{"SMS of a platform", "短信转发", "【支付宝】您的花呗12月账单800.00元,还款日12月10日,请按时还款。", []string{vouched}, bill.TrustForwarded, "alipay-huabei", "2026-12-10"},
		{"SMS of the shop", "106", "【1688】您的先采后付账单已逾期2天,应还3,000.00元,到期还款日11月29日,请立即还款。", []string{vouched}, bill.TrustForwarded, "1688-paylater", "2026-11-29"},
		{"names nobody", "hello", "明天记得吃饭", []string{vouched}, bill.TrustForwarded, "", ""},
		{"inner look-alike", "Fwd", strings.Replace(forward, "alipay.com", "a1ipay.com", 1), []string{vouched}, bill.TrustSuspicious, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rd := s.Read(mail.Parse(message("phone@example.net", tt.subject, tt.body, tt.head...)), o)
			issuer, due := "", ""
			if len(rd.Notices) == 1 {
				issuer, due = rd.Notices[0].Issuer, rd.Notices[0].DueDate.String()
			}
			if rd.Trust != tt.trust || issuer != tt.issuer || due != tt.due {
				t.Errorf("want %s %s %s, got\n%s", tt.trust, tt.issuer, tt.due, rd.describe())
			}
		})
	}
}

func TestMayMatter(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	tests := []struct {
		from, subject string
		want          bool
	}{
		{"service@mail.alipay.com", "hi", true},
		{"支付宝 <service@MAIL.alipay.com>", "hi", true},
		{"x@a1ipay.com", "hi", true},
		{"x@example.com", "您的账单", true},
		{"x@example.com", "Rechnung Nr. 5", true},
		{"x@example.com", "信用卡電子帳單", true},
		{"x@example.com", "3月房租", true},
		{"x@example.com", "Your premium is due", true},
		{"x@example.com", "Spring term fees", true},
		{"x@example.com", "Mise en demeure", true},
		{"x@example.com", "My current coffee order", false},
		{"x@example.com", "Lunch?", false},
		{"", "", false},
	}
	for _, tt := range tests {
		if got := s.MayMatter(tt.from, tt.subject); got != tt.want {
			t.Errorf("%s %q: %v", tt.from, tt.subject, got)
		}
	}
}
