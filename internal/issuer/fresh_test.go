package issuer

import "testing"

// freshMails are statements written anew from what is known about real ones,
// in other layouts and with other noise than the samples; each was once lost
// or misread.
var freshMails = []wildMail{
	{name: "a credit in brackets behind the label is owed by nobody", from: fromBOC, received: "2026-04-03", subject: "中国银行信用卡电子账单",
		html: "<p>账单日：2026-04-01</p><p>本期应还款总额：(存款)88.00</p><p>最低还款额：0.00</p>", want: "kind=zero amount_due=0.00 minimum_due=0.00 statement_date=2026-04-01"},
	{name: "digits that a program has set apart", from: fromBoCom, received: "2026-07-08", subject: "交通银行信用卡电子账单",
		html: "<div>到期还款日</div><div>2026-07-26</div><div>本期应还款</div><div>￥<b>5559</b> <b>.33</b></div>", want: "review due_date=2026-07-26"},
	{name: "every digit in an element of its own", from: fromBoCom, received: "2026-07-08", subject: "交通银行信用卡电子账单",
		html: "<div>到期还款日</div><div>2026-07-26</div><div>本期应还款</div><div>￥<i>5</i> <i>5</i> <i>5</i> <i>9</i> <i>.</i> <i>3</i> <i>3</i></div>", want: "review due_date=2026-07-26"},
	{name: "points that run out are due on no day", from: fromPAB, received: "2025-05-03", subject: "平安信用卡电子账单",
		html: "<div>本期应还金额</div><div>￥ 4,747.50</div><div>本期还款日</div><div>2025-05-22</div><p>您有55152积分将于2025-06-08到期，请尽快兑换。</p>",
		want: "kind=statement amount_due=4747.50 due_date=2025-05-22"},
	{name: "the English label in brackets", from: fromCITIC, received: "2025-08-24", subject: "中信银行信用卡电子账单",
		text: "到期还款日：09月13日\n账单日（Statement Date）：2025年8月22日\n到期还款日（Payment Due Date）：2025年9月13日\n本期应还款额（Current Balance）：RMB 15,241.43 USD",
		want: "kind=statement amount_due=15241.43 statement_date=2025-08-22 due_date=2025-09-13"},
	{name: "a debt printed negative under any label that says so", from: fromABC, received: "2025-03-28", subject: "中国农业银行金穗信用卡电子对账单",
		text: "本期应还款金额(欠款为-)\n人民币(CNY) -24,102.04\n本期最低还款金额\n人民币(CNY) 2,651.22\n本期到期还款日\n2025/04/19",
		want: "kind=statement amount_due=24102.04 minimum_due=2651.22 due_date=2025-04-19"},
	{name: "lines drawn with characters", from: fromBOC, received: "2023-11-06", subject: "中国银行信用卡电子账单",
		text: "│ 账单日\t│ 2023年11月04日\n│ 本期应还款\t│ 24,559.59元\n│ 最后还款日\t│ 2023年11月26日",
		want: "kind=statement amount_due=24559.59 statement_date=2023-11-04 due_date=2023-11-26"},
	{name: "the day before the request", from: "service@jd.com", received: "2024-08-16", subject: "白条还款提醒",
		text: "白条还款日快到啦！8月20日（周二）前请还款26,166.23元。", want: "kind=due_soon amount_due=26166.23 due_date=2024-08-20"},
	{name: "whose payment is due", from: "scotiainfoalerts@scotiabank.com", received: "2023-10-12", subject: "Your payment is due soon",
		text: "Just a reminder: your credit card payment is due on October 18, 2023. Minimum payment due: $41.84.", want: "kind=due_soon minimum_due=41.84 due_date=2023-10-18"},
	{name: "years of the republic (Taiwan)", from: "estatement@esunbank.com.tw", received: "2025-08-01", subject: "玉山銀行信用卡電子帳單 114年08月",
		html: "<table><tr><td>繳款截止日</td><td>114/08/13</td></tr><tr><td>本期應繳總金額</td><td>NT$91,678</td></tr></table>", want: "kind=statement amount_due=91678.00 due_date=2025-08-13"},
	{name: "years of the republic in words (Taiwan)", from: "estatement@ctbcbank.com", received: "2025-08-01", subject: "中國信託信用卡電子帳單",
		html: "<table><tr><td>繳款截止日</td><td>民國114年8月13日</td></tr><tr><td>本期應繳總金額</td><td>新臺幣 91,678 元</td></tr></table>", want: "kind=statement amount_due=91678.00 due_date=2025-08-13"},
	{name: "figures beside their words", from: "notice@service.1688.com", received: "2026-03-01", subject: "1688先采后付账单提醒",
		text: "您的1688先采后付3月账单\n应付金额：人民币（大写）玖万玖仟玖佰陆拾捌元整（小写）￥99,968.00\n还款日：2026-03-08", want: "kind=statement period=2026-03 amount_due=99968.00 due_date=2026-03-08"},
	{name: "figures that their words contradict", from: "notice@service.1688.com", received: "2026-03-01", subject: "1688先采后付账单提醒",
		text: "您的1688先采后付3月账单\n应付金额（大写）：捌仟叁佰柒拾贰元整\n应付金额（小写）：8,396.00元\n还款日：2026-03-08", want: "review period=2026-03 amount_due=8396.00 due_date=2026-03-08"},
	{name: "the amount to be debited is settled (Japan)", from: "statement@vpass.ne.jp", received: "2026-01-05", subject: "三井住友カード：2026年1月お支払金額確定のご案内",
		text: "お支払金額：289,554円\nお支払日：2026年1月26日(月)", want: "kind=statement amount_due=289554 due_date=2026-01-26"},
	{name: "the yen sign of Japanese character sets", from: "statement@vpass.ne.jp", received: "2026-01-05", subject: "ご請求額のお知らせ",
		text: "ご請求金額：\\101,689\nお支払日：2026年1月26日", want: "kind=statement amount_due=101689 due_date=2026-01-26"},
	{name: "a link between label and value (SPDB)", from: fromSPDB, received: "2026-08-21", subject: "浦发银行-信用卡电子账单",
		html: "<div>本期应还款总额：<a href='http://x.example/a?d=20200101'>立即还款</a> ￥1182.63</div><div>到期 还 款日： 2026/09/08</div>", want: "kind=statement amount_due=1182.63 due_date=2026-09-08"},
	{name: "blanks of every kind inside labels and values", from: fromSPDB, received: "2026-08-21", subject: "浦发银行-信用卡电子账单",
		html: "<div>本&nbsp;期\u3000应 还\u200b款&ensp;总 额：&nbsp;&yen;&nbsp;１，１８２．６３</div><div>到&nbsp;期&nbsp;还&nbsp;款&nbsp;日：２０２６年９月８日</div>", want: "kind=statement amount_due=1182.63 due_date=2026-09-08"},
	{name: "numbers in comments, styles and hidden text", from: fromSPDB, received: "2026-08-21", subject: "浦发银行-信用卡电子账单",
		html: "<style>td{margin:0 8.50px}</style><!-- 到期还款日 2020/01/01 --><div style='display:none'>本期应还款总额 ￥1.00</div><!--[if mso]><p>本期应还款总额 ￥2.00</p><![endif]--><table><tr><td>本期应还款总额<td>￥1182.63<tr><td>到期还款日<td>2026/09/08</table>", want: "kind=statement amount_due=1182.63 due_date=2026-09-08"},
}

func TestFreshMails(t *testing.T) {
	t.Parallel()
	runWild(t, freshMails)
}
