package issuer

import (
	"strings"
	"testing"
	"time"

	"repayd/internal/mail"
)

const (
	fromCMB   = "ccsvc@message.cmbchina.com"
	fromABC   = "e-statement@creditcard.abchina.com.cn"
	fromICBC  = "webmaster@icbc.com.cn"
	fromCEB   = "cebbank@cardcenter.cebbank.com"
	fromBOC   = "boczhangdan@bankofchina.com"
	fromHXB   = "admin@creditcardmail.hxb.com.cn"
	fromCCB   = "service@vip.ccb.com"
	fromCITIC = "citiccard@bill.citiccard.com"
	fromPAB   = "creditcard@service.pingan.com"
	fromSPDB  = "estmtservice@eb.spdb.com.cn"
	fromPSBC  = "creditcardcenter@cardmail.psbcltd.cn"
	fromBOSC  = "message@service.bosc.cn"
	fromNJCB  = "cc@message.njcb.com.cn"
	fromCGB   = "creditcard@cgbchina.com.cn"
	fromBoCom = "PCCC@bocomcc.com"
)

// Ways in which Chinese statements mislead a reader; each has its name.
var chineseTraps = []wildMail{
	{name: "sign: negative is owed (ABC)", from: fromABC, received: "2026-08-20", subject: "中国农业银行金穗信用卡电子对账单",
		text: "到期还款日 Payment Due Date 2026/09/13\n本期应还款额(欠款为-) New Balance 人民币(CNY) -1,399.80\n最低还款额 人民币(CNY) -69.99",
		want: "kind=statement amount_due=1399.80 minimum_due=69.99 due_date=2026-09-13"},
	{name: "sign: negative is a credit (CMB)", from: fromCMB, received: "2020-08-09", subject: "招商银行信用卡电子账单",
		html: "<p>2020/07/09-2020/08/08</p><p>￥ 35,000</p><p>￥- 2,500.00</p><p>￥ 0.00</p><p>2020/08/26</p>",
		want: "kind=zero amount_due=0.00 minimum_due=0.00 statement_date=2020-08-08 due_date=2020-08-26"},
	{name: "sign: a balance below zero is owed (ICBC)", from: fromICBC, received: "2026-08-01", subject: "中国工商银行客户对账单(ICBC Peony Card Bank Statement)",
		html: "<p>贷记卡到期还款日 2026年8月25日</p><table><tr><td>卡号</td><td>币种</td><td>上期余额</td><td>收入</td><td>支出</td><td>本期余额</td></tr><tr><td>1234(牡丹贷记卡)</td><td>人民币(本位币)</td><td>0.00/RMB</td><td>0.00/RMB</td><td>3.50/RMB</td><td>-3.50/RMB</td></tr></table>",
		want: "kind=statement account=1234 amount_due=3.50 due_date=2026-08-25"},
	{name: "sign: credit in words (CEB)", from: fromCEB, received: "2016-08-15", subject: "光大银行信用卡电子对账单20160812",
		html: "<table><tr><td>本期应还款额</td><td>(存款)110.00</td></tr></table>", want: "kind=zero amount_due=0.00 statement_date=2016-08-12"},
	{name: "sign: debt in words (BOC)", from: fromBOC, received: "2022-08-05", subject: "中国银行信用卡电子账单",
		text: "还款日 2022-08-24\n账单日 2022-08-04\n本期应还款额 欠款 RMB 3,828.88\n最低还款额 RMB 383.00",
		want: "kind=statement amount_due=3828.88 minimum_due=383.00 statement_date=2022-08-04 due_date=2022-08-24"},
	{name: "the limit before the amount (CMB)", from: fromCMB, received: "2026-08-09", subject: "招商银行信用卡电子账单",
		html: "<div>您好</div><div>2026/07/09-2026/08/08</div><div>￥ 35,000.00</div><div>￥ 1,927.79</div><div>￥ 96.39</div><div>2026/08/26</div>",
		want: "kind=statement amount_due=1927.79 minimum_due=96.39 statement_date=2026-08-08 due_date=2026-08-26"},
	{name: "a minimum is never the total", from: fromCCB, received: "2026-08-15", subject: "中国建设银行信用卡电子账单",
		text: "本期最低还款额 200.00\n本期到期还款日 2026/09/03", want: "review minimum_due=200.00 due_date=2026-09-03"},
	{name: "应还 inside an instalment row (CEB)", from: fromCEB, received: "2026-08-15", subject: "光大信用卡电子账单（2026年08月12日）",
		text: "本期应还款额 RMB 9.07\n到期还款日 2026/08/31\n7月份账单分期3期：本期应还款748.00，余额1,498.02，余期为02期",
		want: "kind=statement amount_due=9.07 statement_date=2026-08-12 due_date=2026-08-31"},
	{name: "应还 inside an instalment row, no total (CEB)", from: fromCEB, received: "2026-08-15", subject: "光大信用卡电子账单（2026年08月12日）",
		text: "到期还款日 2026/08/31\n7月份账单分期3期：本期应还款748.00，余额1,498.02，余期为02期",
		want: "review statement_date=2026-08-12 due_date=2026-08-31"},
	{name: "dollars before yuan (HXB)", from: fromHXB, received: "2026-08-20", subject: "华夏信用卡-电子账单2026年08月",
		text: "最后还款日 2026/09/08\n本期应还款 ＄0.00 ￥10,070.71", want: "kind=statement period=2026-08 amount_due=10070.71 due_date=2026-09-08"},
	{name: "empty dollars (CITIC)", from: fromCITIC, received: "2013-08-14", subject: "中信银行信用卡电子账单",
		text: "到期还款日 2013年09月01日\n本期应还款额 Current Balance RMB 1,806.38 USD\n100.00 积分", want: "kind=statement amount_due=1806.38 due_date=2013-09-01"},
	{name: "due date before statement date (BOC)", from: fromBOC, received: "2026-08-05", subject: "中国银行信用卡电子账单",
		text: "Payment Due Date Statement Closing Date Current FCY Total Balance Due\n2026-08-24 2026-08-04 5,534.55\n6259 0700 **** 1234 2861.30 286.00\n6259 0700 **** 5678 2673.25 267.00",
		want: "kind=statement account=1234 amount_due=2861.30 minimum_due=286.00 statement_date=2026-08-04 due_date=2026-08-24 kind=statement account=5678 amount_due=2673.25 minimum_due=267.00 statement_date=2026-08-04 due_date=2026-08-24"},
	{name: "no year, December to January (CMB)", from: fromCMB, received: "2017-12-28", subject: "招商银行信用卡电子账单2018年1月",
		html: "<p>01 月 12 日</p><p>￥2,100.00</p><p>＄0.00</p><p>￥210.00</p><p>＄0.00</p>", want: "kind=statement period=2018-01 amount_due=2100.00 minimum_due=210.00 due_date=2018-01-12"},
	{name: "banner without a year (CITIC)", from: fromCITIC, received: "2020-02-03", subject: "中信银行信用卡电子账单",
		text: "到期还款日：02月21日\n本期应还款额 RMB 10.00\n到期还款日 2020年02月21日", want: "kind=statement amount_due=10.00 due_date=2020-02-21"},
	{name: "statement day as a rule (HXB)", from: fromHXB, received: "2026-08-20", subject: "华夏信用卡-电子账单",
		text: "账单日 每月19日\n最后还款日 2026/09/08\n本期应还款 ￥10.00", want: "kind=statement amount_due=10.00 due_date=2026-09-08"},
	{name: "statement day of the title's month (PSBC)", from: fromPSBC, received: "2022-02-28", subject: "邮储银行信用卡电子账单",
		text: "对账单 (2022年02月)\n账单日 27\n到期还款日 2022年03月19日\n本期应还款总额 ￥628.45",
		want: "kind=statement period=2022-02 amount_due=628.45 statement_date=2022-02-27 due_date=2022-03-19"},
	{name: "statement date as a span (BOSC)", from: fromBOSC, received: "2017-12-13", subject: "上海银行2017年12月信用卡电子对账单",
		text: "对账日期 Statement Date 2017年11月12日-2017年12月11日\n到期还款日 2018年01月05日\n本期应还金额 ￥500.00",
		want: "kind=statement period=2017-12 amount_due=500.00 statement_date=2017-12-11 due_date=2018-01-05"},
	{name: "due day as a rule is no date", from: fromHXB, received: "2026-08-20", subject: "华夏信用卡-电子账单2026年08月",
		text: "最后还款日 每月8日\n本期应还款 ￥10.00", want: "review period=2026-08 amount_due=10.00"},
	{name: "two date formats in one mail (CCB)", from: fromCCB, received: "2026-08-15", subject: "中国建设银行信用卡电子账单",
		text: "本期账单日 Statement Date 2026-08-14\n本期到期还款日 Payment Due Date 2026/09/03\n62270012****1234 人民币(CNY) 857.90 200.00",
		want: "kind=statement account=1234 amount_due=857.90 minimum_due=200.00 statement_date=2026-08-14 due_date=2026-09-03"},
	{name: "unpadded date, em dash in the cycle (ICBC)", from: fromICBC, received: "2017-09-01", subject: "中国工商银行客户对账单",
		text: "账单周期2017年8月1日—2017年8月31日\n贷记卡到期还款日 2017年9月5日\n1234(牡丹贷记卡) 人民币(本位币) 8.90/RMB 1.79/RMB 81,000.00/RMB",
		want: "kind=statement account=1234 amount_due=8.90 minimum_due=1.79 statement_date=2017-08-31 due_date=2017-09-05"},
	{name: "a number like a date (SPDB)", from: fromSPDB, received: "2026-08-20", subject: "浦发银行-信用卡电子账单",
		text: "20260819 000123\n本期应还款总额： 账单分期 ￥1182.63 ＄0.00\n到期 还 款日： 2026/09/08", want: "kind=statement amount_due=1182.63 due_date=2026-09-08"},
	{name: "minimum far from ten per cent", from: fromCMB, received: "2026-08-09", subject: "招商银行信用卡电子账单",
		html: "<p>2026/07/09-2026/08/08 ￥ 35,000.00 ￥ 1,000.00 ￥ 440.00 2026/08/26</p>", want: "kind=statement amount_due=1000.00 minimum_due=440.00 statement_date=2026-08-08 due_date=2026-08-26"},
	{name: "the whole bill is a picture (CMB)", from: fromCMB, received: "2016-06-08", subject: "招商银行信用卡电子账单", html: `<img src="a.jpg">`, want: "review"},
	{name: "the bill is only attached (CEB)", from: fromCEB, received: "2017-12-24", subject: "光大银行信用卡电子对账单20171220", text: "请见附件。", want: "review statement_date=2017-12-20"},
	{name: "sign and number in cells of their own (PAB)", from: fromPAB, received: "2026-08-19", subject: "平安信用卡电子账单",
		html: "<table><tr><td>本期应还金额</td><td>￥</td><td>1,756.01</td><td>$</td><td>0.00</td></tr><tr><td>本期还款日</td><td>2026-09-06</td></tr></table>", want: "kind=statement amount_due=1756.01 due_date=2026-09-06"},
	{name: "the date in cells of its own (NJCB)", from: fromNJCB, received: "2023-12-21", subject: "南京银行信用卡电子账单",
		html: "<table><tr><td>到期还款日</td><td>2024年</td><td>01</td><td>月</td><td>06</td><td>日</td></tr></table><p>本期应还总额 5.00 人民币</p>", want: "kind=statement amount_due=5.00 due_date=2024-01-06"},
	{name: "labels first, values afterwards (ABC)", from: fromABC, received: "2025-01-14", subject: "中国农业银行金穗信用卡电子对账单",
		text: "到期还款日\n本期应还款额\n最低还款额\n信用额度\n20250207\n-1,399.80\n-139.98\n30,000.00", want: "kind=statement amount_due=1399.80 minimum_due=139.98 due_date=2025-02-07"},
	{name: "labels and values that do not count alike", from: fromABC, received: "2025-01-14", subject: "中国农业银行金穗信用卡电子对账单",
		text: "到期还款日\n本期应还款额\n最低还款额\n20250207\n-1,399.80\n-139.98\n30,000.00\n5.00", want: "review"},
	{name: "value before the English label (HXB)", from: fromHXB, received: "2022-08-20", subject: "华夏信用卡-电子账单2022年08月",
		text: "最后还款日 2022/09/08\n本期应还款 ￥78.00 Amount Payable $0.00", want: "kind=statement period=2022-08 amount_due=78.00 due_date=2022-09-08"},
	{name: "dashes are no amount (BoCom)", from: fromBoCom, received: "2026-08-11", subject: "交通银行信用卡2026年08月电子账单",
		text: "到期还款日 2026-09-04\n本期应还款 ￥34.60 ＄---\n最低应还款 ￥1.73 ＄---", want: "kind=statement period=2026-08 amount_due=34.60 minimum_due=1.73 due_date=2026-09-04"},
	{name: "无欠款 in place of an amount (CGB)", from: fromCGB, received: "2026-07-28", subject: "广发信用卡 2026年07月电子账单",
		html: "<table><tr><td>卡号末四位</td><td>本期账单金额</td><td>最低还款额</td><td>最后还款日</td><td>入账货币</td></tr><tr><td>1234</td><td>无欠款</td><td>无欠款</td><td>2026/08/15</td><td>人民币</td></tr></table>",
		want: "kind=zero period=2026-07 account=1234 due_date=2026-08-15"},
	{name: "daily digest (CMB)", from: fromCMB, received: "2026-08-09", subject: "每日信用管家", text: "您8月8日消费120.00元，本期应还100.00元", want: "none"},
	{name: "combined debit statement (ICBC)", from: fromICBC, received: "2026-08-01", subject: "中国工商银行个人综合对账单", text: "余额 1,234.00/RMB", want: "none"},
	{name: "year-end summary", from: fromPAB, received: "2026-12-31", subject: "您的平安信用卡年度用卡报告", text: "本年累计还款金额：12,000.00元", want: "none"},
	{name: "survey", from: fromCITIC, received: "2026-08-14", subject: "中信银行信用卡满意度调研", text: "评价账单服务", want: "none"},
	{name: "marketing with AD", from: fromBoCom, received: "2026-08-14", subject: "交通银行信用卡还款享好礼(AD)", text: "本期账单还款达1,000.00元", want: "none"},
	{name: "offer to convert the bill into instalments", from: fromCMB, received: "2026-08-10", subject: "您的信用卡账单分期优惠", text: "本期账单1,927.79元可分12期，每期应还160.65元", want: "none"},
	{name: "marketing tail behind a statement's subject (CMB)", from: fromCMB, received: "2018-01-08", subject: "招商银行信用卡电子账单2018年1月-刷卡好礼等你来",
		html: "<p>01 月 26 日</p><p>￥2,100.00</p><p>＄0.00</p><p>￥210.00</p><p>＄0.00</p>", want: "kind=statement period=2018-01 amount_due=2100.00 minimum_due=210.00 due_date=2018-01-26"},
	{name: "export of transactions (BOC)", from: "ibank@bank-of-china.com", received: "2026-08-05", subject: "中国银行交易流水明细清单", text: "见附件", want: "none"},
	{name: "says reminder, is paid (SPDB)", from: fromSPDB, received: "2026-09-05", subject: "还款提醒", text: "账单还款进度:已还清", want: "kind=payment paid_in_full=true"},
	{name: "a part of the debit failed (CMB)", from: fromCMB, received: "2026-08-27", subject: "自动还款失败通知",
		text: "应扣金额:人民币1,927.79元\n还款金额:人民币500.00元\n失败原因:余额不足,未足额扣款", want: "kind=autopay_failed amount_due=1927.79 paid_amount=500.00"},
	{name: "sent again (CMB)", from: fromCMB, received: "2020-08-12", subject: "招商银行信用卡电子账单",
		html: "<p>2020/07/09-2020/08/08(补)</p><p>￥ 35,000</p><p>￥ 250.00</p><p>￥ 25.00</p><p>2020/08/26</p>", want: "kind=statement amount_due=250.00 minimum_due=25.00 statement_date=2020-08-08 due_date=2020-08-26"},
	{name: "tails of transactions are not the account", from: fromHXB, received: "2026-08-20", subject: "华夏信用卡-电子账单2026年08月",
		html: "<p>最后还款日 2026/09/08</p><p>本期应还款 ￥135.00</p><table><tr><td>交易日</td><td>记账日</td><td>卡号末四位</td><td>交易摘要</td><td>金额</td></tr><tr><td>07/21</td><td>07/22</td><td>1234</td><td>消费</td><td>35.00</td></tr><tr><td>07/23</td><td>07/24</td><td>5678</td><td>还款</td><td>100.00</td></tr><tr><td>07/23</td><td>07/24</td><td>0000</td><td>年费</td><td>0.00</td></tr></table>",
		want: "kind=statement period=2026-08 amount_due=135.00 due_date=2026-09-08"},
	{name: "a foreign currency nobody knows", from: fromCCB, received: "2026-08-15", subject: "中国建设银行信用卡电子账单",
		html: "<p>本期到期还款日 2026/09/03</p><table><tr><td>卡号</td><td>币种</td><td>应还款额</td><td>最低还款额</td></tr><tr><td>62270012****1234</td><td>里亚尔</td><td>857.90</td><td>200.00</td></tr></table>",
		want: "review account=1234 due_date=2026-09-03"},
}

func TestChineseTraps(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	for _, w := range chineseTraps {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			sample := Sample{From: w.from, Received: w.received, Subject: w.subject, Text: w.text, HTML: w.html}
			r := s.forDomain(strings.ToLower(w.from[strings.Index(w.from, "@")+1:]))[0]
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

// A bill in the text of a PDF is read; one in a PDF without text is a review
// that says so.
func TestBillInPDF(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	at := time.Date(2026, 8, 5, 4, 0, 0, 0, time.UTC)
	m := mail.Parse(message(fromBOC, "中国银行信用卡电子账单", "请见附件"))
	pdf := mail.Part{Name: "application/pdf", Type: "application/pdf", File: "账单.PDF", Text: mail.Fold("□□ Payment Due Date | □□ Statement Closing Date | □□ Current FCY Total Balance Due\n2026-08-24 | 2026-08-04 | 2,861.30\n6259 0700 **** 1234 | 2861.30 | 286.00")}
	m.Parts = append(m.Parts, pdf)
	rd := s.Read(m, Options{Received: at})
	if got, want := short1(rd), normal("kind=statement account=1234 amount_due=2861.30 minimum_due=286.00 statement_date=2026-08-04 due_date=2026-08-24"); got != want {
		t.Errorf("got  %s\nwant %s\n%s", got, want, rd.describe())
	}
	m.Parts[len(m.Parts)-1].Text = ""
	rd = s.Read(m, Options{Received: at})
	if short1(rd) != "review" || !strings.Contains(rd.describe(), "cannot be read") {
		t.Errorf("got %s", rd.describe())
	}
}
