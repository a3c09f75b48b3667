package letter

import "testing"

// TestReason: the reasons as reading and folding write them come out in the
// reader's language, and a reason nobody foresaw comes out as it is.
func TestReason(t *testing.T) {
	t.Parallel()
	w := &writer{c: mustCatalogue(t, "zh-CN")}
	for given, want := range map[string]string{
		"two different dates: 01-08, 01-10":                                            "有两个不同的日期：01-08, 01-10",
		"\"01月10日\" has no year, and no such day lies near the receipt of the message": "“01月10日”没有写年份，且与收到邮件的时间相差太远",
		"paid 100.00 CNY, more than the 80.00 CNY that was left":                       "还款 100.00 CNY，多于待还的 80.00 CNY",
		"-12.00 is negative": "-12.00 是负数",
		"-12.00 is negative; whether it is owed is not certain":   "-12.00 是负数，无法确定是否需要还款",
		"the structured data says 2025-01-10, the text \"01-08\"": "邮件的结构化数据写着 2025-01-10，正文写着“01-08”",
		"something new\r\nBcc: x":                                 "something new Bcc: x",
		"two different dates: {y}":                                "有两个不同的日期：{y}",
		"":                                                        "",
	} {
		if got := w.reason(given); got != want {
			t.Errorf("reason(%q) = %q, want %q", given, got, want)
		}
	}
	en := &writer{c: mustCatalogue(t, "en")}
	if got := en.reason("fits more than one bill"); got != "fits more than one bill" {
		t.Errorf("in English the reason became %q", got)
	}
}

// TestReasonsOfTrust: why a message is trusted or not is said in the reader's
// language wherever it is shown.
func TestReasonsOfTrust(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		"The receiving server mx.example.com reports dmarc=pass for bank.example.",
		"A DKIM signature of bank.example holds, which is one of the issuer's domains.",
		"Nothing proves that the message comes from bank.example.",
		"The address a@shop.example is vouched for; only it speaks for its bills.",
		"Forwarded by me@example.com, which is vouched for.",
		"Nothing proves that the forwarder me@example.com wrote this.",
		"The domain bank-example.com only looks like bank.example.",
		"The sender calls itself \"bank\" but writes from x.example.",
		"The receiving server reports dmarc=fail for bank.example.",
		"The message names several senders, one of them an issuer.",
		"The forwarded message comes from x.example, which only looks like y.example.",
		"A letter of repayd, or a message that quotes one, is never a notice.",
		"No issuer file describes the sender, so nobody's word is looked for.",
	} {
		if got := Reason(given, "zh-CN"); got == given {
			t.Errorf("no Chinese for %q", given)
		}
		if got := Reason(given, "en"); got != given {
			t.Errorf("in English %q became %q", given, got)
		}
	}
}
