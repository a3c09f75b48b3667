package mail

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// trace builds a message with nothing but these trace fields, topmost first.
func trace(fields ...string) *Message {
	return Parse([]byte(strings.Join(fields, "\r\n") + "\r\nFrom: <service@mail.alipay.com>\r\n\r\nx"))
}

const (
	ownBorder   = "Received: from out.alipay.com (out.alipay.com [110.75.1.2]) by mx3.163.com (Coremail) with SMTP id 1; Fri, 1 Aug 2026 09:00:01 +0800"
	ownInternal = "Received: from mx3.163.com (unknown [10.0.0.7]) by imap4.163.com (Coremail) with LMTP id 2; Fri, 1 Aug 2026 09:00:02 +0800"
	evilBorder  = "Received: from evil.example (evil.example [203.0.113.9]) by mx3.163.com (Coremail) with SMTP id 1; Fri, 1 Aug 2026 09:00:01 +0800"
	theirs      = "Received: from app1 (10.1.1.1) by out.alipay.com with ESMTP id 3; Fri, 1 Aug 2026 09:00:00 +0800"
	pass        = "Authentication-Results: mx.163.com; spf=pass smtp.mailfrom=alipay.com; dkim=pass header.d=mail.alipay.com; dmarc=pass header.from=mail.alipay.com"
	fail        = "Authentication-Results: mx.163.com; dmarc=fail header.from=mail.alipay.com"
	gmailHop    = "Received: by 2002:a05:7208:3204:b0:6d:1 with SMTP id x; Fri, 1 Aug 2026 01:00:02 +0000"
	gmailBorder = "Received: from out.alipay.com (out.alipay.com. [110.75.1.2]) by mx.google.com with ESMTPS id y; Fri, 1 Aug 2026 01:00:01 +0000"
	gmailPass   = "Authentication-Results: mx.google.com;\r\n dkim=pass header.i=@mail.alipay.com header.s=s1 header.b=Ab;\r\n spf=pass (google.com: domain of x designates 1.2.3.4 as permitted sender) smtp.mailfrom=x@mail.alipay.com;\r\n dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=alipay.com"
	outlookIn   = "Received: from BN8.eop-nam11.prod.protection.outlook.com (2603:10b6:408::1) by BN9.outlook.office365.com (2603:10b6:408::2) with Microsoft SMTP Server; Fri, 1 Aug 2026 01:00:02 +0000"
	outlookEdge = "Received: from out.alipay.com (110.75.1.2) by BN8.mail.protection.outlook.com (10.13.177.22) with Microsoft SMTP Server; Fri, 1 Aug 2026 01:00:01 +0000"
	outlookPass = "Authentication-Results: spf=pass (sender IP is 110.75.1.2) smtp.mailfrom=alipay.com; dkim=pass (signature was verified) header.d=alipay.com;dmarc=pass action=none header.from=alipay.com;compauth=pass reason=100"
)

var (
	vouched = Vouch{DMARC: "pass", DMARCDomain: "mail.alipay.com", DKIM: []string{"mail.alipay.com"}, SPF: "pass", Server: "mx.163.com"}
	nothing = Vouch{}
)

func TestVouch(t *testing.T) {
	t.Parallel()
	netease, gmail, outlook := []string{"mx.163.com"}, []string{"mx.google.com"}, []string{"outlook.com"}
	gmailVouch := Vouch{DMARC: "pass", DMARCDomain: "alipay.com", DKIM: []string{"mail.alipay.com"}, SPF: "pass", Server: "mx.google.com"}
	outlookVouch := Vouch{DMARC: "pass", DMARCDomain: "alipay.com", DKIM: []string{"alipay.com"}, SPF: "pass", Server: "outlook.com"}
	tests := []struct {
		name   string
		m      *Message
		server []string
		want   Vouch
	}{
		{"above our own Received", trace(pass, ownBorder, theirs), netease, vouched},
		{"below an internal hop", trace(ownInternal, pass, ownBorder, theirs), netease, vouched},
		{"below a hop that names no public host", trace("Received: from mx3 ([10.0.0.1]) by store7.internal with LMTP; Fri, 1 Aug 2026 09:00:03 +0800", pass, ownBorder), netease, vouched},
		{"other case, version, comments, blanks", trace("Authentication-Results: (x) MX.163.COM 1 (a;b) ;\r\n dkim/1 = PASS (good; dmarc=fail) header.d = Mail.Alipay.Com; spf=pass;\r\n dmarc=pass(p=none) header.from=mail.alipay.com", ownBorder), netease, vouched},
		{"a fail", trace(fail, ownBorder), netease, Vouch{DMARC: "fail", DMARCDomain: "mail.alipay.com", Server: "mx.163.com"}},
		{"none", trace("Authentication-Results: mx.163.com; none", ownBorder), netease, Vouch{Server: "mx.163.com"}},
		{"Gmail, directly below its own Received", trace(gmailHop, gmailBorder, gmailPass, theirs), gmail, gmailVouch},
		{"Outlook writes no id", trace(outlookIn, outlookPass, outlookEdge, theirs), outlook, outlookVouch},

		{"attack: a field put in before sending ends below our Received", trace(evilBorder, pass), netease, nothing},
		{"attack: with a forged Received of ours above it", trace(evilBorder, ownBorder, pass), netease, nothing},
		{"attack: the sender calls itself our server", trace(strings.ReplaceAll(evilBorder, "from evil.example", "from mx3.163.com"), pass), netease, nothing},
		{"attack: the sender calls itself localhost", trace(strings.ReplaceAll(evilBorder, "from evil.example", "from localhost"), pass), netease, nothing},
		{"attack: a second field below the real one", trace(fail, evilBorder, pass), netease, Vouch{DMARC: "fail", DMARCDomain: "mail.alipay.com", Server: "mx.163.com"}},
		{"attack: below a stranger's Received", trace(theirs, pass, ownBorder), netease, nothing},
		{"attack: another server's id", trace("Authentication-Results: mx.163.com.evil.example; dmarc=pass header.from=alipay.com", ownBorder), netease, nothing},
		{"attack: id of a subdomain", trace("Authentication-Results: x.mx.163.com; dmarc=pass header.from=alipay.com", ownBorder), netease, nothing},
		{"attack: id in a comment", trace("Authentication-Results: evil.example (mx.163.com); dmarc=pass header.from=alipay.com", ownBorder), netease, nothing},
		{"attack: ARC results are not ours", trace("ARC-Authentication-Results: i=1; mx.163.com; dmarc=pass header.from=alipay.com", ownBorder), netease, nothing},
		{"attack: result inside a comment", trace("Authentication-Results: mx.163.com; spf=fail (x; dmarc=pass header.from=alipay.com)", ownBorder), netease, Vouch{SPF: "fail", Server: "mx.163.com"}},
		{"attack: result inside a quoted address", trace(`Authentication-Results: mx.163.com; spf=fail smtp.mailfrom="a; dmarc=pass header.from=alipay.com"@evil.example`, ownBorder), netease, Vouch{SPF: "fail", Server: "mx.163.com"}},
		{"attack: a comment that does not close", trace("Authentication-Results: mx.163.com; spf=fail (x; dmarc=fail) ); dmarc=pass header.from=alipay.com", ownBorder), netease, nothing},
		{"attack: a property repeated", trace("Authentication-Results: mx.163.com; dkim=pass header.d=evil.example header.d=alipay.com", ownBorder), netease, Vouch{DKIM: []string{"evil.example"}, Server: "mx.163.com"}},
		{"attack: two verdicts", trace("Authentication-Results: mx.163.com; dmarc=fail header.from=alipay.com; dmarc=pass header.from=alipay.com", ownBorder), netease, Vouch{DMARC: "fail", Server: "mx.163.com"}},
		{"attack: an unsupported version", trace("Authentication-Results: mx.163.com 2; dmarc=pass header.from=alipay.com", ownBorder), netease, nothing},
		{"attack: forged Gmail fields below the real border", trace(gmailHop, strings.ReplaceAll(gmailBorder, "out.alipay.com", "evil.example"), "Authentication-Results: mx.google.com; dmarc=fail header.from=alipay.com", gmailBorder, gmailPass), gmail, Vouch{DMARC: "fail", DMARCDomain: "alipay.com", Server: "mx.google.com"}},
		{"attack: a Gmail field not directly below", trace(gmailHop, gmailBorder, theirs, gmailPass), gmail, nothing},
		{"attack: a field without id before sending, Outlook", trace(outlookIn, outlookEdge, outlookPass), outlook, nothing},
		{"attack: a field without id at another server", trace(outlookPass, ownBorder), netease, nothing},
		{"no server configured", trace(pass, ownBorder), nil, nothing},
		{"no field at all", trace(ownBorder), netease, nothing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, tt.m.Vouch(tt.server)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func TestReceived(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	none := time.Time{}
	server := []string{"mx.163.com"}
	tests := []struct {
		name     string
		m        *Message
		internal time.Time
		want     time.Time
		doubtful bool
	}{
		{"our own Received, the topmost", trace(ownInternal, ownBorder, theirs), at("2026-08-02T00:00:00Z"), at("2026-08-01T09:00:02+08:00"), false},
		{"a stranger's Received above ours is passed over", trace(theirs, ownBorder), none, at("2026-08-01T09:00:01+08:00"), false},
		{"else the internal date", trace(theirs, "Date: Fri, 31 Jul 2026 00:00:00 +0000"), at("2026-08-02T00:00:00Z"), at("2026-08-02T00:00:00Z"), false},
		{"else Date", trace(theirs, "Date: Fri, 31 Jul 2026 00:00:00 +0000"), none, at("2026-07-31T00:00:00Z"), false},
		{"else anybody's", trace(theirs), none, at("2026-08-01T09:00:00+08:00"), false},
		{"Date eight days off", trace(ownBorder, "Date: Fri, 24 Jul 2026 00:00:00 +0000"), none, at("2026-08-01T09:00:01+08:00"), true},
		{"moved between mailboxes much later", trace(ownBorder), at("2026-12-01T00:00:00Z"), at("2026-08-01T09:00:01+08:00"), true},
		{"nothing known", Parse([]byte("From: a@b.example\n\nx")), none, none, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, doubtful := Received(tt.m, tt.internal, server)
			if !got.Equal(tt.want) || doubtful != tt.doubtful {
				t.Errorf("got %v, %v, want %v, %v", got, doubtful, tt.want, tt.doubtful)
			}
		})
	}
}

func TestDomains(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"mx3.Mail.alipay.com.": "alipay.com", "a.icbc.com.cn": "icbc.com.cn", "com.cn": "com.cn",
		"localhost": "localhost", "bank.example": "bank.example", "": "",
	} {
		if got := OrganisationalDomain(host); got != want {
			t.Errorf("OrganisationalDomain(%q) = %q, want %q", host, got, want)
		}
	}
	under := []string{"mail.alipay.com", "icbc.com.cn"}
	for domain, want := range map[string]bool{
		"mail.alipay.com": true, "x.MAIL.alipay.com": true, "alipay.com": true, "other.alipay.com": true, "icbc.com.cn": true,
		"evilalipay.com": false, "alipay.com.evil.example": false, "com.cn": false, "com": false, "abc.com.cn": false, "": false,
	} {
		if got := Aligned(domain, under); got != want {
			t.Errorf("Aligned(%q) = %v, want %v", domain, got, want)
		}
	}
	if Aligned("abc.com.cn", []string{"com.cn"}) {
		t.Error("a public suffix among the issuer's domains vouches for everybody")
	}
}

func TestLooksLike(t *testing.T) {
	t.Parallel()
	domains := []string{"alipay.com", "mail.taobao.com", "cmbchina.com", "icbc.com.cn", "paypal.com", "mastercard.com", "1688.com", "amazon.com"}
	tests := map[string]string{ // host → imitated domain, "" = none
		"alipay.com": "", "mail.alipay.com": "", "taobao.com": "", "paypal.co.uk": "", "icbc.com": "", "abc.com.cn": "",
		"amazon.com.au": "", "alipay.sendcloud.example": "", "alibaba.com": "", "cmbc.com.cn": "", "payment.example": "",
		"gmail.com": "", "qq.com": "", "example.com": "", "": "", "com": "",
		"a1ipay.com": "alipay.com", "mail.aIipay.com": "alipay.com", "xn--lipay-3ve.com": "alipay.com",
		"paypaI.com": "paypal.com", "paypa1.cn": "paypal.com", "rnastercard.com": "mastercard.com", "l688.com": "1688.com",
		"alipayy.com": "alipay.com", "alpay.com": "alipay.com", "cmbchlna.com": "cmbchina.com", "cmcbhina.com": "cmbchina.com",
		"alipay.com.evil.example": "alipay.com", "alipay-com.example": "alipay.com", "www-alipay-com.evil.example": "alipay.com",
		"alipaycom.example": "alipay.com", "icbc.com.cn.evil.example": "icbc.com.cn",
	}
	for host, want := range tests {
		got, ok := LooksLike(host, domains)
		if got != want || ok != (want != "") {
			t.Errorf("LooksLike(%q) = %q, %v, want %q", host, got, ok, want)
		}
	}
}
