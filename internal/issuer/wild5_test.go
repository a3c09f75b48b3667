package issuer

import "testing"

// unseenMore are further mails of the first issuers, each from its own sender.
var unseenMore = []wildMail{
	{name: "huabei html sentence", from: "service@mail.alipay.com", subject: "花呗月度账单", received: "2026-10-01",
		html: "<div style='font-size:14px'>您好：<br/>您<span>2026年10月</span>花呗账单共计<b style='color:red'>￥888.00</b>，请您于<b>10月10日</b>前还清。<br/><a href='#'>查看账单</a></div>",
		want: "kind=statement period=2026-10 amount_due=888.00 due_date=2026-10-10"},
	{name: "huabei year boundary", from: "service@mail.alipay.com", subject: "花呗12月账单已出", received: "2025-12-25", text: "应还总额：￥99.90\n到期还款日：01月03日",
		want: "kind=statement period=2025-12 amount_due=99.90 due_date=2026-01-03"},
	{name: "huabei slashes and weekday", from: "service@mail.alipay.com", subject: "花呗还款提醒", received: "2026-10-08", text: "待还款：888元\n最后还款日：2026/10/10（周六）",
		want: "kind=due_soon amount_due=888.00 due_date=2026-10-10"},
	{name: "huabei wrong weekday", from: "service@mail.alipay.com", subject: "花呗还款提醒", received: "2026-10-08", text: "待还款：888元\n最后还款日：2026/10/10（周一）",
		want: "review amount_due=888.00"},
	{name: "huabei last month beside this", from: "service@mail.alipay.com", subject: "花呗10月账单", received: "2026-10-01",
		html: "<table><tr><th></th><th>应还金额</th><th>还款日</th></tr><tr><td>本期</td><td>888.00</td><td>2026-10-10</td></tr></table><p>上期账单700.00元已还清。</p>",
		want: "kind=statement period=2026-10 amount_due=888.00 due_date=2026-10-10"},
	{name: "huabei instalments within the bill", from: "service@mail.alipay.com", subject: "花呗10月账单已生成", received: "2026-10-01", text: "本期应还：888.00元（含分期本金300.00元、分期手续费2.40元）\n还款日：10月10日",
		want: "kind=statement period=2026-10 amount_due=888.00 due_date=2026-10-10"},
	{name: "huabei extension refused", from: "service@mail.alipay.com", subject: "花呗延期申请未通过", received: "2026-10-08", text: "很遗憾，您的延期还款申请未通过，请于10月10日前归还888.00元。",
		want: "review"},
	{name: "jiebei plan of three", from: "service@mail.alipay.com", subject: "借呗还款计划", received: "2026-10-01",
		html: "<p>您的借款还款计划如下</p><table><tr><th>期次</th><th>应还日期</th><th>应还本息</th></tr><tr><td>1/3</td><td>2026-11-15</td><td>1,020.00</td></tr><tr><td>2/3</td><td>2026-12-15</td><td>1,013.00</td></tr><tr><td>3/3</td><td>2027-01-15</td><td>1,007.00</td></tr></table>",
		want: "kind=arrangement reference=1/3 amount_due=1020.00 due_date=2026-11-15 kind=arrangement reference=2/3 amount_due=1013.00 due_date=2026-12-15 kind=arrangement reference=3/3 amount_due=1007.00 due_date=2027-01-15"},
	{name: "jiebei cells with colons", from: "service@mail.alipay.com", subject: "借呗到期提醒", received: "2026-11-12", html: "<table><tr><td>本次应还：</td><td>1,020.00 元</td></tr><tr><td>到期日：</td><td>2026 年 11 月 15 日</td></tr></table>",
		want: "kind=due_soon amount_due=1020.00 due_date=2026-11-15"},
	{name: "baitiao two products in one mail", from: "service@mail.jd.com", subject: "京东白条还款提醒", received: "2026-11-10", text: "白条本期待还：200.00元，还款日11月12日。\n更多服务：金条可借额度50000元。", want: "kind=due_soon amount_due=200.00 due_date=2026-11-12"},
	{name: "baitiao thousands without comma", from: "service@mail.jd.com", subject: "白条11月账单", received: "2026-11-01", text: "应还总金额 12345.60 元, 还款日 2026.11.12", want: "kind=statement period=2026-11 amount_due=12345.60 due_date=2026-11-12"},
	{name: "baitiao broken number", from: "service@mail.jd.com", subject: "白条11月账单", received: "2026-11-01", text: "应还金额：12,34.60元\n还款日：2026-11-12", want: "review period=2026-11 due_date=2026-11-12"},
	{name: "baitiao overdue in the subject", from: "service@mail.jd.com", subject: "您的白条已逾期5天，请立即还款", received: "2026-11-17", text: "逾期金额 200.00 元\n还款日 2026-11-12", want: "kind=overdue amount_due=200.00 due_date=2026-11-12 days_late=5"},
	{name: "taobao plain", from: "service@mail.taobao.com", subject: "先用后付：请完成付款", received: "2026-11-01", text: "订单编号：TB30001\n待支付金额：45.50元\n请于2026-11-04前完成支付。", want: "kind=due_soon reference=TB30001 amount_due=45.50 due_date=2026-11-04"},
	{name: "taobao shop names in cells", from: "service@mail.taobao.com", subject: "先用后付还款提醒", received: "2026-11-01",
		html: "<table><tr><td>店铺</td><td>某某旗舰店</td></tr><tr><td>订单号</td><td>TB30001</td></tr><tr><td>应付款</td><td>￥45.50</td></tr><tr><td>最晚付款日</td><td>11月4日</td></tr></table>",
		want: "kind=due_soon reference=TB30001 amount_due=45.50 due_date=2026-11-04"},
	{name: "taobao already paid", from: "service@mail.taobao.com", subject: "先用后付付款提醒", received: "2026-11-04", text: "订单TB30001已付款成功，付款金额45.50元。", want: "kind=payment reference=TB30001 paid_amount=45.50"},
	{name: "1688 two bills", from: "service@notice.1688.com", subject: "先采后付账单提醒", received: "2026-11-01",
		html: "<table><tr><th>账单月份</th><th>应还金额</th><th>还款日</th></tr><tr><td>2026年9月</td><td>100.00</td><td>2026-10-08</td></tr><tr><td>2026年10月</td><td>200.00</td><td>2026-11-08</td></tr></table>",
		want: "review"},
	{name: "1688 debit in the text only", from: "service@notice.1688.com", subject: "先采后付通知", received: "2026-11-06", text: "系统将于11月8日从您的支付宝账户自动扣款3,000.00元用于偿还先采后付账单。", want: "kind=autopay amount_due=3000.00 due_date=2026-11-08"},
	{name: "1688 overdue, list", from: "service@notice.1688.com", subject: "先采后付逾期通知", received: "2026-11-12", text: "逾期天数：4天\n应还本金：3,000.00元\n违约金：6.00元\n到期还款日：2026-11-08", want: "kind=overdue amount_due=3000.00 penalty=6.00 days_late=4 due_date=2026-11-08"},
	{name: "1688 terms with the seller's grace by date", from: "service@notice.1688.com", subject: "账期订单待付款提醒", received: "2026-11-12", text: "订单号：B40001\n应付金额：900.00元\n到期日：2026-11-20\n宽限期至：2026-11-25", want: "kind=due_soon reference=B40001 amount_due=900.00 due_date=2026-11-20 last_safe_day=2026-11-25"},
	{name: "alibaba html sentence", from: "noreply@notice.alibaba.com", subject: "Pay Later: payment due in 3 days", received: "2026-11-05", html: "<p>Hi,</p><p>Your <b>Pay Later</b> payment of <b>US$640.50</b> for order <a>G70001</a> is due on <b>November 8, 2026</b>.</p>",
		want: "kind=due_soon reference=G70001 amount_due=640.50 due_date=2026-11-08"},
	{name: "alibaba grace", from: "noreply@notice.alibaba.com", subject: "Payment Terms: payment due soon", received: "2026-11-05", text: "Order number: G70001\nAmount due: US$640.50\nDue date: 2026-11-08\nGrace period: 5 days", want: "kind=due_soon reference=G70001 amount_due=640.50 due_date=2026-11-08 last_safe_day=2026-11-13"},
	{name: "alibaba euros", from: "noreply@notice.alibaba.com", subject: "Pay Later payment reminder", received: "2026-11-05", text: "Order number: G70002\nAmount due: EUR 1,640.50\nDue date: Nov 8, 2026", want: "kind=due_soon reference=G70002 amount_due=1640.50 due_date=2026-11-08"},
	{name: "alibaba refund", from: "noreply@notice.alibaba.com", subject: "Refund processed for your Pay Later order", received: "2026-11-05", text: "Order number: G70002\nRefund amount: US$40.00\nRefund date: 2026-11-04", want: "kind=refund reference=G70002 paid_amount=40.00 paid_date=2026-11-04"},
	{name: "cmb two cards", from: "ccsvc@message.cmbchina.com", subject: "招商银行信用卡电子账单", received: "2026-11-09", text: "本期应还金额：￥1,500.00\n最低还款额：￥75.00\n到期还款日：2026/11/27\n卡号末四位：6789", want: "kind=statement account=6789 amount_due=1500.00 minimum_due=75.00 due_date=2026-11-27"},
	{name: "cmb failed", from: "ccsvc@message.cmbchina.com", subject: "招商银行信用卡自动还款失败通知", received: "2026-11-27", text: "您尾号6789的信用卡自动还款失败，应还金额人民币1,500.00元，失败原因：余额不足。", want: "kind=autopay_failed account=6789 amount_due=1500.00"},
	{name: "cmb zero", from: "ccsvc@message.cmbchina.com", subject: "招商银行信用卡电子账单", received: "2026-11-09", text: "本期应还金额：￥0.00\n本期无需还款。", want: "kind=zero amount_due=0.00"},
	{name: "cmb points", from: "ccsvc@message.cmbchina.com", subject: "您的积分即将到期", received: "2026-11-09", text: "您有3,000积分将于2026年12月31日到期，快来兑换。", want: "none"},
}

func TestUnseenMore(t *testing.T) {
	t.Parallel()
	runWild(t, unseenMore)
}
