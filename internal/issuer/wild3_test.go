package issuer

import (
	"testing"
	"time"

	"repayd/internal/mail"
)

// foundMails are wordings that were read wrongly or not at all when first
// tried by hand.
var foundMails = []wildMail{
	{name: "amount before order before date", from: "notify@service.alibaba.com", received: "2026-01-08", subject: "Payment reminder",
		text: "Your Alibaba.com Pay Later payment of USD 1,250.00 for order 18273645501 is due on January 15, 2026.",
		want: "kind=due_soon reference=18273645501 amount_due=1250.00 due_date=2026-01-15"},
	{name: "no product is named, an order number is", from: "notify@service.alibaba.com", received: "2026-01-01", subject: "Your payment is overdue",
		text: "Order number: 18273645501\nAmount due: US$1,250.00\nPayment due date: Dec 28, 2025\nYour payment is 4 days overdue",
		want: "kind=overdue reference=18273645501 amount_due=1250.00 due_date=2025-12-28 days_late=4"},
	{name: "principal and interest in one sum", from: "service@mail.alipay.com", received: "2026-01-03", subject: "借呗还款提醒",
		text: "您的借呗本期应还本息合计1,523.30元，将于01月06日自动扣款", want: "kind=autopay amount_due=1523.30 due_date=2026-01-06"},
	{name: "principal and interest, label alone", from: "service@mail.alipay.com", received: "2026-01-03", subject: "借呗还款提醒",
		text: "应还本息合计：1,523.30元\n还款日：01月06日", want: "kind=due_soon amount_due=1523.30 due_date=2026-01-06"},
	{name: "principal and interest, short", from: "service@mail.alipay.com", received: "2026-01-03", subject: "借呗还款提醒",
		text: "您的借呗本息1,523.30元将于01月06日到期，请及时还款。", want: "kind=due_soon amount_due=1523.30 due_date=2026-01-06"},
	{name: "money in words that are not known", from: "service@mail.alipay.com", received: "2026-01-03", subject: "借呗还款提醒",
		text: "您的借呗本回合须奉还1,523.30元，将于01月06日自动扣款", want: "review due_date=2026-01-06"},
	{name: "paid through another account", from: "service@mail.alipay.com", received: "2026-01-03", subject: "花呗还款成功",
		text: "您尾号8888的账户于2026年1月3日通过余额宝成功还款花呗账单1,024.00元，本期账单已还清",
		want: "kind=payment paid_amount=1024.00 paid_date=2026-01-03 paid_in_full=true"},
	{name: "offer to pay in instalments", from: "service@mail.alipay.com", received: "2026-01-03", subject: "花呗账单分期",
		text: "您的1月账单1,024.00元可分3期，每期仅需345元，立即办理>>", want: "none"},
	{name: "offer, easier", from: "service@mail.alipay.com", received: "2026-01-03", subject: "花呗分期还款更轻松",
		text: "1月账单1,024.00元，申请分期立减20元，最低每期345元。", want: "none"},
	{name: "offer, applicable", from: "service@mail.alipay.com", received: "2026-01-03", subject: "花呗账单温馨提示",
		text: "您的1月花呗账单1,024.00元可办理分期，3期起，手续费低至0.5折，点击申请", want: "none"},
	{name: "offer in the text alone", from: "service@mail.alipay.com", received: "2026-01-03", subject: "花呗贴心服务",
		text: "本月账单压力大？支持分期还款，1,024.00元分12期，每期约91元，马上分期", want: "none"},
	{name: "statement that advertises instalments", from: "service@mail.alipay.com", received: "2026-01-01", subject: "花呗1月账单已出",
		text: "本期应还：1,024.00元\n还款日：1月9日\n账单可分3期，每期仅需345元，立即办理>>\n分期还款更轻松",
		want: "kind=statement period=2026-01 amount_due=1024.00 due_date=2026-01-09"},
	{name: "statement in a sentence that advertises instalments", from: "service@mail.alipay.com", received: "2026-01-01", subject: "花呗账单提醒",
		text: "您的1月花呗账单1,024.00元已出，还款日1月9日。申请分期立减20元。",
		want: "kind=statement period=2026-01 amount_due=1024.00 due_date=2026-01-09"},
	{name: "statement with a word of the debit", from: "service@mail.alipay.com", received: "2026-01-01", subject: "您的花呗1月账单已生成",
		text: "本期应还：1,024.00元\n还款日：1月9日\n到期系统将自动扣款，请保证余额充足。",
		want: "kind=statement period=2026-01 amount_due=1024.00 due_date=2026-01-09"},
	{name: "debit announced in the subject", from: "service@mail.alipay.com", received: "2026-01-07", subject: "花呗自动扣款提醒",
		text: "您的1月花呗账单已出，应还1,024.00元，系统将于1月9日自动扣款。",
		want: "kind=autopay period=2026-01 amount_due=1024.00 due_date=2026-01-09"},
	{name: "short message of a bank", from: "ccsvc@message.cmbchina.com", received: "2026-01-01", subject: "账单提醒",
		text: "【招商银行】您尾号1234的信用卡01月账单人民币5,300.20元，最低还款530.02元，到期还款日01月25日。",
		want: "kind=statement account=1234 period=2026-01 amount_due=5300.20 minimum_due=530.02 due_date=2026-01-25"},
	{name: "day of every month", from: "service@mail.alipay.com", received: "2026-01-01", subject: "花呗1月账单",
		text: "本期应还：1,024.00元\n还款日为每月9日", want: "review amount_due=1024.00 period=2026-01"},
}

func TestFoundMails(t *testing.T) {
	t.Parallel()
	runWild(t, foundMails)
}

// What a forwarder relays names its issuer by the brand in front.
func TestBrandDecidesBetweenSiblings(t *testing.T) {
	t.Parallel()
	vouched := "Authentication-Results: mx.example.com; dmarc=pass header.from=example.net"
	o := Options{Received: time.Date(2026, 1, 3, 1, 0, 0, 0, time.UTC), Authserv: []string{"mx.example.com"}, Forwarders: []string{"phone@example.net"}}
	s := loadSet(t)
	for body, want := range map[string]string{
		"【淘宝】您的先用后付订单TB10001待付款59.90元，将于1月5日自动扣款。":                                              "taobao-paylater",
		"【淘宝网】先用后付：订单号TB10001，应付金额59.90元，最晚付款时间1月5日。":                                           "taobao-paylater",
		"【1688】您的先用后付1月账单已出，应还300.00元，还款日1月8日。":                                                 "1688-paylater",
		"【支付宝】您的花呗1月账单800.00元，还款日1月9日，请按时还款。":                                                   "alipay-huabei",
		"【阿里巴巴国际站】您的先用后付订单（订单号 C30001）应付金额 US$1,250.00，付款截止日2026-01-15，请及时付款。":                  "alibaba-paylater",
		"[Alibaba.com] Pay Later: order C30001, amount due US$1,250.00, due date Jan 15, 2026.": "alibaba-paylater",
	} {
		rd := s.Read(mail.Parse(message("phone@example.net", "SMS 106", body, vouched)), o)
		if len(rd.Notices) != 1 || rd.Notices[0].Issuer != want || len(rd.Problems) > 0 {
			t.Errorf("%s: want %s, got\n%s", body, want, rd.describe())
		}
	}
}
