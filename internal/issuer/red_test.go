package issuer

import (
	"mime"
	"slices"
	"strings"
	"testing"
	"time"

	"repayd/internal/mail"
)

// unseenLayouts are statements whose tables and sentences are built otherwise
// than in any sample; each was once lost or misread.
var unseenLayouts = []wildMail{
	{name: "the head of a dollar section is no label above its amount", from: fromCEB, received: "2024-07-08", subject: "光大银行信用卡电子对账单20240705",
		text: "账单日 2024/07/05\n到期还款日 2024/07/25\n美元账户\n本期应还款额\n$755.62\n人民币账户\n本期应还款额:4,815.65",
		want: "kind=statement amount_due=755.62 statement_date=2024-07-05 due_date=2024-07-25 kind=statement amount_due=4815.65 statement_date=2024-07-05 due_date=2024-07-25"},
	{name: "fewer amounts than labels above them", from: fromCCB, received: "2026-08-15", subject: "中国建设银行信用卡电子账单",
		text: "本期到期还款日 2026/09/03\n本期应还款额\n最低还款额\n信用额度\n857.90\n200.00\n应还款额: 857.90",
		want: "review due_date=2026-09-03"},
	{name: "a label in two languages on two lines", from: fromBoCom, received: "2025-07-11", subject: "交通银行白金信用卡2025年07月电子账单",
		text: "到期还款日\nPayment Due Date\n2025-08-02\n本期应还款额\nNew Balance\n¥25,333.38 $0.00",
		want: "kind=statement period=2025-07 amount_due=25333.38 due_date=2025-08-02"},
	{name: "labels in two languages above a row of values", from: fromABC, received: "2026-04-17", subject: "中国农业银行金穗信用卡电子对账单",
		text: "卡号\nCard No\n到期还款日\nPayment Due Date\n本期应还款额(欠款为-)\nNew Balance\n最低还款额\nMinimum Payment\n519412******3442 | 2026/05/05 | 人民币(CNY) -16,130.17 | 人民币(CNY) -1774.31",
		want: "kind=statement account=3442 amount_due=16130.17 minimum_due=1774.31 due_date=2026-05-05"},
	{name: "the English label behind the value", from: fromCITIC, received: "2026-12-03", subject: "中信银行信用卡电子账单",
		text: "账单日 2026年12月02日 Statement Date\n到期还款日 2026年12月27日 Payment Due Date\n本期应还款额 CNY 100.00",
		want: "kind=statement amount_due=100.00 statement_date=2026-12-02 due_date=2026-12-27"},
	{name: "a currency in a column of its own", from: fromICBC, received: "2024-07-20", subject: "中国工商银行客户对账单(ICBC Peony Card Bank Statement)",
		html: "<p>贷记卡到期还款日2024年8月14日</p><table><tr><td>卡号后四位</td><td>币种</td><td>应还款额</td><td>最低还款额</td></tr><tr><td>4130(牡丹贷记卡)</td><td>人民币(本位币)</td><td>2,280.60/RMB</td><td>364.89/RMB</td></tr><tr><td>4130(牡丹贷记卡)</td><td>美元</td><td>126.13/USD</td><td>12.61/USD</td></tr></table>",
		want: "kind=statement account=4130 amount_due=2280.60 minimum_due=364.89 due_date=2024-08-14 kind=statement account=4130 amount_due=126.13 minimum_due=12.61 due_date=2024-08-14"},
	{name: "the word for debt inside a row (BOC)", from: fromBOC, received: "2025-04-06", subject: "中国银行信用卡电子账单",
		html: "<table><tr><td>还款日</td><td>账单日</td><td>本期应还款额</td><td>最低还款额</td></tr><tr><td>2025-04-21</td><td>2025-04-03</td><td>欠款 RMB 17,087.30</td><td>RMB 7518.41</td></tr></table>",
		want: "kind=statement amount_due=17087.30 minimum_due=7518.41 statement_date=2025-04-03 due_date=2025-04-21"},
	{name: "a picture of a label before each value (CMB)", from: fromCMB, received: "2025-12-24", subject: "招商银行信用卡电子账单",
		html: `<table><tr><td><img src="l0.gif"></td></tr><tr><td>2025/11/22-2025/12/21</td></tr><tr><td><img src="l1.gif"></td></tr><tr><td>￥ 90,000.00</td></tr><tr><td><img src="l2.gif"></td></tr><tr><td>￥11,336.47</td></tr><tr><td><img src="l3.gif"></td></tr><tr><td>￥ 1,813.83</td></tr><tr><td><img src="l4.gif"></td></tr><tr><td>2026/01/10</td></tr></table>`,
		want: "kind=statement amount_due=11336.47 minimum_due=1813.83 statement_date=2025-12-21 due_date=2026-01-10"},
	{name: "a table around each label in two languages", from: fromCCB, received: "2026-08-15", subject: "中国建设银行信用卡电子账单",
		html: "<table><tr><td><table><tr><td>本期到期还款日<br>Payment Due Date</td></tr></table></td><td><table><tr><td>本期应还款额<br>New Balance</td></tr></table></td></tr><tr><td>2026/09/03</td><td>857.90</td></tr></table>",
		want: "kind=statement amount_due=857.90 due_date=2026-09-03"},

	{name: "1688 is a name and no amount", from: "notice@service.1688.com", received: "2026-03-01", subject: "1688先采后付账单提醒",
		text: "您有一笔1688先采后付账单待还款，请登录查看。", want: "review"},
	{name: "an amount before the words of owing, then the day", from: "service@mail.alipay.com", received: "2026-06-08", subject: "花呗还款提醒",
		text: "您有一笔花呗账单20,081.69 元待还款，最晚还款日为6月10日（周三），请按时还款，以免影响信用。",
		want: "kind=due_soon amount_due=20081.69 due_date=2026-06-10"},
	{name: "advice that says what is due", from: "service@mail.alipay.com", received: "2026-06-08", subject: "花呗还款提醒",
		text: "温馨提示：花呗本期应还800.00元，请在6月10日前完成还款，如已还款请忽略。",
		want: "kind=due_soon amount_due=800.00 due_date=2026-06-10"},
	{name: "one purchase paid later", from: "notice@mail.taobao.com", received: "2026-06-08", subject: "淘宝先用后付支付成功通知",
		text: "您使用淘宝先用后付支付¥35.00，商户：某某便利店，请及时还款。", want: "none"},

	{name: "is due and the day", from: "capitalone@notification.capitalone.com", received: "2026-07-25", subject: "Payment due reminder",
		text: "Reminder: a minimum payment of $201.20 is due Jul 30, 2026.", want: "kind=due_soon minimum_due=201.20 due_date=2026-07-30"},
	{name: "a reminder with its minimum is whole beside an offer", from: "rogersbank@alerts.rogersbank.com", received: "2026-01-01", subject: "Payment Due Alert",
		text: "A minimum payment of $20.12 on your card ending in 1234 is due on 2026-01-05.\nEarn up to $1,500.00 in rewards when you refer a friend.",
		want: "kind=due_soon account=1234 minimum_due=20.12 due_date=2026-01-05"},
}

func TestUnseenLayouts(t *testing.T) {
	t.Parallel()
	runWild(t, unseenLayouts)
}

// unseenNoBills talk about bills and are none, though their words are those of
// one.
var unseenNoBills = []wildMail{
	{name: "the subscription to statements is no statement", from: fromPAB, received: "2026-08-25", subject: "您订阅的信用卡电子账单开通成功",
		text: "您已成功开通电子账单服务,每月账单日后将发送至本邮箱。", want: "none"},
	{name: "a clause that ends in 还款 before a label", from: fromICBC, received: "2026-03-28", subject: "信用卡到期还款提醒",
		text: "您的信用卡（1294）将于4月1日到期还款，本期应还金额￥2,319.26，最低应还金额￥231.92。",
		want: "kind=due_soon account=1294 amount_due=2319.26 minimum_due=231.92 due_date=2026-04-01"},
	{name: "points that run out above the small print of a bill", from: fromCEB, received: "2026-02-12", subject: "积分到期提醒",
		text: "您有12,345积分将于2026-03-04到期,请尽快兑换。\n*本期账单中如含有未出账分期,剩余未还本金请以手机银行查询为准。", want: "none"},
	{name: "an account of a bank that reports a returned mail", from: "postmaster@vip.ccb.com", received: "2026-08-15", subject: "系统退信",
		text: "您的邮件未能送达。原邮件:\n本期到期还款日 2026/09/03\n本期应还款额 857.90", want: "none"},
}

func TestUnseenNoBills(t *testing.T) {
	t.Parallel()
	runWild(t, unseenNoBills)
}

// TestReportsAreNoBills reads bounces, answers of the absent and replies of a
// list that quote somebody's bill.
func TestReportsAreNoBills(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	quoted := "Amount due: $250.00\nDue date: February 20, 2026"
	for _, tt := range []struct{ name, from, subject, text, head, want string }{
		{"mailer-daemon", "MAILER-DAEMON@shop.example", "Undelivered Mail Returned to Sender", quoted, "", "none"},
		{"delivery report", "noreply@shop.example", "Invoice 2001 is overdue", quoted, "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n", "none"},
		{"away", "billing@shop.example", "Out of office: Invoice 2001", quoted, "Auto-Submitted: auto-replied (vacation)\r\n", "none"},
		{"generated, and a bill", "billing@shop.example", "Invoice INV-2001", quoted, "Auto-Submitted: auto-generated\r\n", "kind=statement reference=INV-2001 amount_due=250.00 due_date=2026-02-20"},
		{"list reply", "jobs@shop.example", "[finance] Re: Invoice INV-2001", quoted, "", "review reference=INV-2001 amount_due=250.00 due_date=2026-02-20"},
		{"list quote", "jobs@shop.example", "[finance] Re: Invoice due date", "> " + strings.ReplaceAll(quoted, "\n", "\n> ") + "\nI think net 30 is standard.", "", "none"},
		{"receipt in the name of an issuer", "x@shop.example", "花呗还款成功通知", "您已成功还款500.00元,3月花呗账单已还清。", "", "none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			raw := "Authentication-Results: mx.box.example; dmarc=pass header.from=shop.example\r\nReceived: from shop.example by mx.box.example; Mon, 2 Feb 2026 10:00:00 +0000\r\n" +
				"From: " + tt.from + "\r\nTo: owner@box.example\r\nSubject: " + mime.BEncoding.Encode("utf-8", tt.subject) + "\r\nDate: Mon, 2 Feb 2026 10:00:00 +0000\r\n" + tt.head
			if !strings.Contains(tt.head, "Content-Type") {
				raw += "Content-Type: text/plain; charset=utf-8\r\n\r\n" + tt.text
			} else {
				raw += "\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + tt.text + "\r\n--x--\r\n"
			}
			m := mail.Parse([]byte(raw))
			rd := s.Read(m, Options{Received: time.Date(2026, 2, 2, 10, 0, 0, 0, time.UTC), Authserv: []string{"mx.box.example"}})
			if got := short1(rd); !sameWords(got, tt.want) {
				t.Errorf("got %s, want %s\n%s", got, tt.want, rd.describe())
			}
		})
	}
}

// sameWords compares two lists of words whatever their order.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// A statement that mentions its debit stays a statement, and says so; advice
// about debits says nothing.
const fromCIB = "creditcard@message.cib.com.cn"

var mentionedDebits = []wildMail{
	{name: "debited from a bank card", from: fromCIB, received: "2026-07-26", subject: "兴业银行信用卡2026年07月电子账单",
		text: "到期还款日 2026年08月14日\n本期应还款总额 RMB 6,542.97\n我行将于到期还款日从您尾号1234的储蓄卡自动扣款。",
		want: "kind=statement period=2026-07 amount_due=6542.97 due_date=2026-08-14 autopay=true"},
	{name: "debited from a card of the same bank", from: fromCMB, received: "2026-08-09", subject: "招商银行信用卡电子账单",
		html: "<p>2026/07/09-2026/08/08</p><p>￥ 35,000.00</p><p>￥ 1,927.79</p><p>￥ 96.39</p><p>2026/08/26</p><p>将从您尾号1234的招商银行储蓄卡自动扣款</p>",
		want: "kind=statement amount_due=1927.79 minimum_due=96.39 statement_date=2026-08-08 due_date=2026-08-26 autopay=true"},
	{name: "set up", from: fromCIB, received: "2026-07-26", subject: "兴业银行信用卡2026年07月电子账单",
		text: "到期还款日 2026年08月14日\n本期应还款总额 RMB 6,542.97\n您已设置自动还款,请确保账户余额充足。",
		want: "kind=statement period=2026-07 amount_due=6542.97 due_date=2026-08-14 autopay=true"},
	{name: "the account that pays", from: fromCMB, received: "2026-08-23", subject: "招商银行信用卡还款提醒",
		text: "您尾号1234的信用卡本期账单应还人民币1,927.79元，到期还款日08月26日。\n自动还款账户：尾号5678",
		want: "kind=due_soon account=1234 amount_due=1927.79 due_date=2026-08-26 autopay=true"},
	{name: "not set up", from: fromCIB, received: "2026-07-26", subject: "兴业银行信用卡2026年07月电子账单",
		text: "到期还款日 2026年08月14日\n本期应还款总额 RMB 6,542.97\n您尚未设置自动还款,立即设置。\n自动还款账户：未设置",
		want: "kind=statement period=2026-07 amount_due=6542.97 due_date=2026-08-14"},
	{name: "a condition", from: fromCIB, received: "2026-07-26", subject: "兴业银行信用卡2026年07月电子账单",
		text: "到期还款日 2026年08月14日\n本期应还款总额 RMB 6,542.97\n若您已设置自动还款,我行将于到期还款日从您指定的借记账户扣款,请确保账户余额充足。",
		want: "kind=statement period=2026-07 amount_due=6542.97 due_date=2026-08-14"},
}

func TestMentionedDebits(t *testing.T) {
	t.Parallel()
	runWild(t, mentionedDebits)
}

// mixedLayouts put the labels of one bank into the tables of another.
var mixedLayouts = []wildMail{
	{name: "a column a currency", from: fromCEB, received: "2026-03-22", subject: "光大银行信用卡电子对账单20260320",
		html: "<p>到期还款日 2026/04/10</p><table><tr><td></td><td>人民币</td><td>美元</td></tr><tr><td>本期应还款额</td><td>9,422.16</td><td>479.28</td></tr><tr><td>最低还款额</td><td>471.10</td><td>47.92</td></tr></table>",
		want: "kind=statement amount_due=9422.16 minimum_due=471.10 statement_date=2026-03-20 due_date=2026-04-10 kind=statement amount_due=479.28 minimum_due=47.92 statement_date=2026-03-20 due_date=2026-04-10"},
	{name: "sections headed in two languages", from: fromCIB, received: "2025-08-14", subject: "兴业银行信用卡2025年08月电子账单",
		text: "到期还款日 2025年09月04日\n人民币账户 RMB Account\n本期应还款总额 29,524.90\n本期最低还款额 11,219.46\n美元账户 USD Account\n本期应还款总额 173.37\n本期最低还款额 17.33",
		want: "kind=statement period=2025-08 amount_due=29524.90 minimum_due=11219.46 due_date=2025-09-04 kind=statement period=2025-08 amount_due=173.37 minimum_due=17.33 due_date=2025-09-04"},
	{name: "the currency in brackets behind each label", from: fromBOC, received: "2024-02-25", subject: "中国银行信用卡电子账单",
		html: "<p>到期还款日 2024-03-16</p><table><tr><td>本期应还款金额(人民币)</td><td>29,683.21</td></tr><tr><td>最低还款额(人民币)</td><td>3,265.15</td></tr><tr><td>本期应还款金额(美元)</td><td>855.92</td></tr><tr><td>最低还款额(美元)</td><td>85.59</td></tr></table>",
		want: "kind=statement amount_due=29683.21 minimum_due=3265.15 due_date=2024-03-16 kind=statement amount_due=855.92 minimum_due=85.59 due_date=2024-03-16"},
	{name: "a row that adds up the cards", from: fromCCB, received: "2026-05-03", subject: "中国建设银行信用卡电子账单",
		html: "<p>到期还款日 2026/05/25</p><table><tr><td>信用卡号</td><td>应还款额</td><td>最低还款额</td></tr><tr><td>1101</td><td>100.00</td><td>10.00</td></tr><tr><td>2433</td><td>50.01</td><td>5.01</td></tr><tr><td>合计</td><td>150.01</td><td>15.01</td></tr></table>",
		want: "kind=statement account=1101 amount_due=100.00 minimum_due=10.00 due_date=2026-05-25 kind=statement account=2433 amount_due=50.01 minimum_due=5.01 due_date=2026-05-25"},
	{name: "a row that does not add up the cards", from: fromCCB, received: "2026-05-03", subject: "中国建设银行信用卡电子账单",
		html: "<p>到期还款日 2026/05/25</p><table><tr><td>信用卡号</td><td>应还款额</td></tr><tr><td>1101</td><td>100.00</td></tr><tr><td>2433</td><td>50.01</td></tr><tr><td>合计</td><td>250.01</td></tr></table>",
		want: "review account=1101 due_date=2026-05-25 account=2433 due_date=2026-05-25"},
	{name: "labels glued to one another", from: fromHXB, received: "2026-02-10", subject: "华夏信用卡-电子账单2026年02月",
		text: "对账单生成日最后还款日信用额度最低应还款本期应还款额\n2026年2月9日 2026-02-28 50,000.00 6598.90元 18,854.02元",
		want: "kind=statement period=2026-02 amount_due=18854.02 minimum_due=6598.90 statement_date=2026-02-09 due_date=2026-02-28"},
	{name: "the closing day before the label of the due day", from: fromNJCB, received: "2024-01-12", subject: "南京银行信用卡电子账单",
		text: "账单日期\n2024/01/11到期还款日 Payment Due Date\n2024.02.05\n本期应还款额 26,224.63元", want: "review amount_due=26224.63"},
	{name: "closing day, due day and card in one row", from: fromBOC, received: "2025-10-24", subject: "中国银行信用卡电子账单",
		html: "<table><tr><td>账单日</td><td>还款日</td><td>卡号末四位</td><td>本期应还款额</td></tr><tr><td>2025-10-23</td><td>2025-11-11</td><td>5579</td><td>16,635.81</td></tr></table>",
		want: "kind=statement account=5579 amount_due=16635.81 statement_date=2025-10-23 due_date=2025-11-11"},
}

func TestMixedLayouts(t *testing.T) {
	t.Parallel()
	runWild(t, mixedLayouts)
}
