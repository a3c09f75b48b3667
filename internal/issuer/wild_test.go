package issuer

import (
	"strings"
	"testing"
)

type wildMail struct {
	name, from, received, subject, text, html string
	want                                      string // "none", "review", or field=value...
}

// wildMails are wordings that no pattern was written for: what is read must be
// right, and what is not certain a review.
var wildMails = []wildMail{
	{name: "polite letter", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "【支付宝】花呗2月账单来啦",
		text: "亲爱的会员：\n您2月的花呗账单已经生成，本月应还总额为人民币2,345.67元，其中最低应还235.00元。请您于2026年2月9日（含）前完成还款。",
		want: "kind=statement period=2026-02 amount_due=2345.67 minimum_due=235.00 due_date=2026-02-09"},
	{name: "key value list", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗月账单",
		text: "账单月份：2026年02月\n账单金额：￥2345.67\n最低还款额：￥235\n最后还款日期：2026/02/09\n账单日：2026/02/01",
		want: "kind=statement period=2026-02 amount_due=2345.67 minimum_due=235.00 due_date=2026-02-09 statement_date=2026-02-01"},
	{name: "nested tables, four cells", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗账单通知",
		html: "<table><tr><td><table><tr><td>账单日</td><td>2026.02.01</td><td>还款日</td><td>2026.02.09</td></tr><tr><td>应还金额</td><td>¥2,345.67</td><td>最低还款</td><td>¥235.00</td></tr></table></td></tr></table>",
		want: "kind=statement amount_due=2345.67 minimum_due=235.00 due_date=2026-02-09 statement_date=2026-02-01"},
	{name: "big number, label below", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗账单通知",
		html: "<div>¥2,345.67</div><div>本期应还</div><div>还款日</div><div>02月09日</div>",
		want: "review due_date=2026-02-09"},
	{name: "divs one under another", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗账单通知",
		html: "<div>本期应还（元）</div><div>2,345.67</div><div>还款日</div><div>02月09日</div>",
		want: "kind=statement amount_due=2345.67 due_date=2026-02-09"},
	{name: "labels first, values afterwards", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗账单通知",
		text: "本期应还金额\n最低还款额\n还款日\n¥2,345.67\n¥235.00\n2026-02-09",
		want: "kind=statement amount_due=2345.67 minimum_due=235.00 due_date=2026-02-09"},
	{name: "previous bill beside this one", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗账单通知",
		text: "上期应还：1,000.00元\n上期已还：1,000.00元\n本期应还：2,345.67元\n还款日：2月9日\n下期还款日：3月9日",
		want: "kind=statement amount_due=2345.67 due_date=2026-02-09"},
	{name: "paid part in a reminder", from: "bill@mail.alipay.com", received: "2026-02-07", subject: "花呗还款日提醒",
		text: "距离还款日还有2天\n本期账单：2,345.67元\n已还金额：345.67元\n剩余应还：2,000.00元\n还款日：2月9日",
		want: "kind=due_soon amount_due=2000.00 due_date=2026-02-09"},
	{name: "ambiguous amount", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗账单通知",
		text: "本期应还：1,23元\n还款日：2月9日", want: "review due_date=2026-02-09"},
	{name: "impossible day", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗账单通知",
		text: "本期应还：100.00元\n还款日：2月30日", want: "review amount_due=100.00"},
	{name: "rule instead of a date", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗账单通知",
		text: "本期应还：100.00元\n还款日：每月9日", want: "review amount_due=100.00"},
	{name: "new wording", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗温馨提醒",
		text: "您本周期要归还的款项为 100.00 元\n归还截止：2月9日", want: "review"},
	{name: "due label without a kind", from: "bill@mail.alipay.com", received: "2026-02-01", subject: "花呗服务通知",
		text: "应还金额：100.00元", want: "review amount_due=100.00"},
	{name: "says reminder, is paid", from: "bill@mail.alipay.com", received: "2026-02-09", subject: "花呗还款提醒",
		text: "还款结果：账单已还清\n还款金额：100.00元\n还款时间：2026年02月09日 08:15",
		want: "kind=payment paid_amount=100.00 paid_date=2026-02-09 paid_in_full=true paid_time=08:15"},
	{name: "conditional sentences all over", from: "bill@mail.alipay.com", received: "2026-02-07", subject: "花呗还款提醒",
		text: "您的花呗账单2,000.00元将于02月09日到期。若已还款成功，请忽略本邮件。如逾期未还，将产生逾期费用，并可能影响您的征信。扣款失败的，可手动还款。",
		want: "kind=due_soon amount_due=2000.00 due_date=2026-02-09"},
	{name: "1688 sms style", from: "notice@service.1688.com", received: "2026-03-01", subject: "先采后付3月账单提醒",
		text: "【1688】尊敬的用户，您的先采后付3月账单已出，应还8,888.80元，还款日3月8日，届时将从您绑定的支付宝自动扣款，请确保余额充足。",
		want: "kind=autopay period=2026-03 amount_due=8888.80 due_date=2026-03-08"},
	{name: "1688 overdue with penalty table", from: "notice@service.1688.com", received: "2026-03-12", subject: "诚e赊逾期通知",
		html: "<table><tr><th>逾期本金</th><th>逾期天数</th><th>逾期费用</th><th>到期还款日</th></tr><tr><td>8,888.80</td><td>4</td><td>17.78</td><td>2026-03-08</td></tr></table>",
		want: "kind=overdue amount_due=8888.80 days_late=4 penalty=17.78 due_date=2026-03-08"},
	{name: "overdue without dates", from: "notice@service.1688.com", received: "2026-03-12", subject: "【诚e赊】您的账单已逾期",
		text: "您有一笔8888.80元的诚e赊账单已逾期4天，请尽快还款，以免影响信用。",
		want: "kind=overdue amount_due=8888.80 days_late=4"},
	{name: "terms sentence", from: "notice@service.1688.com", received: "2026-03-12", subject: "账期付款提醒",
		text: "您在【某某五金】的账期订单（订单号：TEST2001）将于2026年3月20日到期，应付货款5,600元，宽限期3天。",
		want: "kind=due_soon reference=TEST2001 amount_due=5600.00 due_date=2026-03-20 last_safe_day=2026-03-23"},
	{name: "baitiao with fullwidth digits", from: "bill@jd.com", received: "2026-05-01", subject: "京东白条账单",
		text: "您的白条５月账单：应还款金额：￥１，２３４．５６，还款日：２０２６年５月１０日",
		want: "kind=statement period=2026-05 amount_due=1234.56 due_date=2026-05-10"},
	{name: "baitiao debit success", from: "bill@jd.com", received: "2026-05-10", subject: "白条自动还款结果通知",
		text: "您的白条已于2026-05-10 14:05成功扣款1,234.56元，本期账单已还清。",
		want: "kind=payment paid_amount=1234.56 paid_date=2026-05-10 paid_in_full=true paid_time=14:05"},
	{name: "cmb sms-like reminder", from: "ccsvc@message.cmbchina.com", received: "2026-08-23", subject: "招商银行信用卡还款提醒",
		text: "您尾号1234的信用卡本期账单应还人民币1,927.79元，最低还款额96.39元，到期还款日08月26日。",
		want: "kind=due_soon account=1234 amount_due=1927.79 minimum_due=96.39 due_date=2026-08-26"},
	{name: "cmb autopay failed in part", from: "ccsvc@message.cmbchina.com", received: "2026-08-27", subject: "自动还款失败通知",
		text: "应扣金额：人民币1,927.79元\n还款金额：人民币500.00元\n失败原因：余额不足，未足额扣款",
		want: "kind=autopay_failed amount_due=1927.79 paid_amount=500.00"},
	{name: "alibaba english sentence", from: "noreply@notice.alibaba.com", received: "2026-03-01", subject: "Your Pay Later invoice for order TEST3001 is due soon",
		text: "Dear customer,\nThis is a reminder that your Pay Later payment of USD 1,250.00 for order TEST3001 is due on March 8, 2026.",
		want: "kind=due_soon reference=TEST3001 amount_due=1250.00 due_date=2026-03-08"},
	{name: "jiebei table with several labels", from: "bill@alipay.com", received: "2026-05-17", subject: "借呗还款提醒",
		html: "<table><tr><td>应还总额</td><td>1,050.30元</td></tr><tr><td>应还本金</td><td>1,000.00元</td></tr><tr><td>应还利息</td><td>50.30元</td></tr><tr><td>还款日</td><td>5月20日</td></tr></table>",
		want: "kind=due_soon amount_due=1050.30 due_date=2026-05-20"},
	{name: "taobao order in a sentence", from: "notice@mail.taobao.com", received: "2026-02-03", subject: "先用后付即将扣款",
		text: "您购买的商品（订单编号 TEST1001）已确认收货，系统将于2月5日从您的支付宝自动扣款59.90元。",
		want: "kind=autopay reference=TEST1001 amount_due=59.90 due_date=2026-02-05"},
	{name: "refund", from: "notice@mail.taobao.com", received: "2026-02-03", subject: "退款成功通知",
		text: "先用后付订单号：TEST1001\n退款金额：59.90元", want: "kind=refund reference=TEST1001 paid_amount=59.90"},
	{name: "nothing due", from: "bill@alipay.com", received: "2026-02-01", subject: "花呗2月账单",
		text: "您的花呗2月账单：本期应还 ¥0.00，无需还款。", want: "kind=zero period=2026-02 amount_due=0.00"},
	{name: "minimum only", from: "bill@alipay.com", received: "2026-02-01", subject: "花呗账单提醒",
		text: "最低还款额：235.00元\n还款日：2月9日", want: "review minimum_due=235.00 due_date=2026-02-09"},
}

func TestWildMails(t *testing.T) {
	t.Parallel()
	runWild(t, append(wildMails, moreWildMails...))
}

// runWild reads each mail as a vouched message of its sender.
func runWild(t *testing.T, mails []wildMail) {
	s := loadSet(t)
	for _, w := range mails {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			sample := Sample{From: w.from, Received: w.received, Subject: w.subject, Text: w.text, HTML: w.html}
			r := s.forDomain(w.from[strings.Index(w.from, "@")+1:])[0]
			rd, err := s.readSample(sample, r)
			if err != nil {
				t.Fatal(err)
			}
			if got := short1(rd); got != normal(w.want) {
				t.Errorf("got  %s\nwant %s\n%s", got, normal(w.want), rd.describe())
			}
		})
	}
}

// short1 spells a reading of one notice as the tables above do.
func short1(rd Reading) string {
	var words []string
	switch rd.Outcome {
	case "no_notice", "not_mine":
		return "none"
	case "needs_review":
		words = append(words, "review")
	}
	for _, n := range rd.Notices {
		fields := noticeFields(n)
		for _, k := range sortedKeys(fields) {
			skip := k == "currency" || fields[k] == "" || (rd.Outcome == "needs_review" && k == "kind")
			if !skip {
				words = append(words, k+"="+fields[k])
			}
		}
	}
	return strings.Join(words, " ")
}

func normal(want string) string {
	var out []string
	m := map[string]string{}
	flush := func() {
		for _, k := range sortedKeys(m) {
			out = append(out, k+"="+m[k])
		}
		clear(m)
	}
	for _, w := range strings.Fields(want) {
		k, v, ok := strings.Cut(w, "=")
		if !ok {
			out = append(out, w)
			continue
		}
		if m[k] != "" {
			flush() // the next notice
		}
		m[k] = v
	}
	flush()
	return strings.Join(out, " ")
}
