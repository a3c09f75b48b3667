package issuer

import (
	"fmt"
	"strings"
)

// single is the one statement of a mail.
func (g *statementMaker) single(account string, total, minimum int) []stated {
	w := stated{account: account, currency: "CNY", amount: plain(total), due: g.due.Format("2006-01-02"), closing: g.closing.Format("2006-01-02")}
	if minimum >= 0 {
		w.minimum = plain(minimum)
	}
	return []stated{w}
}

func (g *statementMaker) month() string { return g.closing.Format("2006年01月") }

func bankLayouts() []bankLayout {
	return []bankLayout{
		{"cmb", makeCMB}, {"icbc", makeICBC}, {"abc", makeABC}, {"boc", makeBOC}, {"ccb", makeCCB}, {"bocom", makeBoCom},
		{"citic", makeCITIC}, {"ceb", makeCEB}, {"cmbc", makeCMBC}, {"cgb", makeCGB}, {"pab", makePAB}, {"cib", makeCIB},
		{"hxb", makeHXB}, {"spdb", makeSPDB}, {"psbc", makePSBC}, {"bob", makeBOB}, {"bosc", makeBOSC}, {"njcb", makeNJCB}, {"hunan", makeHunan},
	}
}

func makeCMB(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	values := []string{g.closing.AddDate(0, -1, 1).Format("2006/01/02") + "-" + g.closing.Format("2006/01/02"), "￥ 35,000" + g.one("", ".00"), "￥ " + g.money(total), "￥ " + g.money(minimum), g.due.Format("2006/01/02")}
	block := "<p>" + strings.Join(values, " ") + "</p>"
	switch g.IntN(3) {
	case 0:
		block = `<img src="l.png">` + table(values)
	case 1:
		block = "<div>" + strings.Join(values, "</div><div>") + "</div>"
	}
	return madeStatement{fromCMB, "招商银行信用卡电子账单" + g.one("", g.closing.Format("2006年1月")), g.page(block), g.single("", total, minimum)}
}

// cards makes the rows of one card in yuan and perhaps others.
func (g *statementMaker) cards(row func(tail, currency string, total, minimum int) []string) (rows [][]string, want []stated) {
	seen := map[string]bool{}
	for range 1 + g.IntN(3) {
		tail, code := g.tail(), g.one("CNY", "CNY", "USD")
		if seen[tail] {
			continue
		}
		seen[tail] = true
		total, minimum := g.amounts()
		rows = append(rows, row(tail, code, total, minimum))
		w := g.single(tail, total, minimum)[0]
		w.currency = code
		want = append(want, w)
	}
	return rows, want
}

// lined prints rows as a table with its head, or as lines without one.
func (g *statementMaker) lined(head []string, rows [][]string) string {
	if g.IntN(2) == 0 {
		return table(append([][]string{head}, rows...)...)
	}
	var b strings.Builder
	for _, r := range rows {
		b.WriteString("<p>" + strings.Join(r, " ") + "</p>")
	}
	return b.String()
}

func makeICBC(g *statementMaker) madeStatement {
	rows, want := g.cards(func(tail, code string, total, minimum int) []string {
		unit, name := "/RMB", "人民币(本位币)"
		if code == "USD" {
			unit, name = "/USD", "美元"
		}
		return []string{tail + "(牡丹贷记卡)", name, g.money(total) + unit, g.money(minimum) + unit, "81,000.00" + unit}
	})
	html := g.page(g.due1("贷记卡到期还款日"), g.closing1("对账单生成日"), g.lined([]string{"卡号后四位", "币种", "应还款额", "最低还款额", "信用额度"}, rows))
	return madeStatement{fromICBC, "中国工商银行客户对账单(ICBC Peony Card Bank Statement)", html, want}
}

func makeABC(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	tail := g.tail()
	sign := g.one("人民币(CNY) -", "-", "CNY -")
	if g.IntN(4) == 0 {
		stack := "<p>账单周期</p><p>到期还款日</p><p>本期应还款额</p><p>最低还款额</p><p>信用额度</p><p>" + g.span() + "</p><p>" + g.day(g.due) + "</p><p>" + sign + g.money(total) + "</p><p>" + sign + g.money(minimum) + "</p><p>30,000.00</p>"
		return madeStatement{fromABC, "中国农业银行金穗信用卡电子对账单", g.page(stack), g.single("", total, minimum)}
	}
	html := g.page(g.pair("卡号", "Card No", g.masked(tail)), g.pair("账单周期", "Statement Cycle", g.span()), g.due1("到期还款日"),
		g.pair("本期应还款额(欠款为-)", "New Balance", sign+g.money(total)), g.pair("最低还款额", "Min.Payment", sign+g.money(minimum)))
	return madeStatement{fromABC, "中国农业银行金穗信用卡电子对账单", html, g.single(tail, total, minimum)}
}

func makeBOC(g *statementMaker) madeStatement {
	sum := 0
	unit := g.one("", "RMB ")
	rows, want := g.cards(func(tail, code string, total, minimum int) []string {
		sum += total
		return []string{g.one("6259 0700 **** ", "62590700****") + tail, unit + g.money(total), unit + g.money(minimum)}
	})
	for i := range want {
		want[i].currency = "CNY"
	}
	head := table([]string{"Payment Due Date", "Statement Closing Date", "Current FCY Total Balance Due"}, []string{g.day(g.due), g.day(g.closing), g.money(sum)})
	return madeStatement{fromBOC, "中国银行信用卡电子账单", "<html>" + g.noise() + head + g.noise() + table(rows...) + "</html>", want}
}

func makeCCB(g *statementMaker) madeStatement {
	rows, want := g.cards(func(tail, code string, total, minimum int) []string {
		name := "人民币(CNY)"
		if code == "USD" {
			name = "美元(USD)"
		}
		return []string{g.one("62270012****", "622700******") + tail, name, g.money(total), g.money(minimum)}
	})
	html := g.page(g.closing1("本期账单日"), g.due1("本期到期还款日"), g.lined([]string{"卡号", "币种", g.one("应还款额/溢缴款", "应还款额", "本期应还款额"), "最低还款额"}, rows))
	return madeStatement{fromCCB, "中国建设银行信用卡电子账单", html, want}
}

func makeBoCom(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	tail := g.tail()
	dollars := g.one(" ＄---", "", "</td><td>＄---")
	html := g.page("<p>您的信用卡622252******"+tail+"</p>", g.pair("账单周期", "Statement Cycle", g.span()), g.due1(g.one("到期还款日", "最后还款日")),
		table([]string{g.one("本期应还款", "本期应还款额"), g.one("￥", "¥ ") + g.money(total) + dollars}, []string{g.one("最低还款额", "最低应还款"), "￥" + g.money(minimum) + dollars}))
	return madeStatement{fromBoCom, "交通银行" + g.one("白金", "个人", "") + "信用卡" + g.month() + "电子账单", html, g.single(tail, total, minimum)}
}

func makeCITIC(g *statementMaker) madeStatement {
	rows, want := g.cards(func(tail, code string, total, minimum int) []string {
		return []string{"6226-88**-****-" + tail, code, g.money(g.IntN(100000)), g.money(g.IntN(100000)), g.money(g.IntN(100000)), g.money(total), g.money(minimum)}
	})
	html := g.page(g.closing1("账单日"), g.due1("到期还款日"), g.lined([]string{"卡号", "币种", "上期账单金额", "上期还款金额", "本期新增", "本期应还款额", "最低还款额"}, rows))
	return madeStatement{fromCITIC, "中信银行信用卡电子账单", html, want}
}

func makeCEB(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	tail := g.tail()
	subject := g.one("光大信用卡电子账单（"+g.closing.Format("2006年01月02日")+"）", "光大银行信用卡电子对账单"+g.closing.Format("20060102"))
	if g.IntN(2) == 0 {
		amount := g.money(total)
		row := "<p>62259812****" + tail + " " + g.one("VISA金卡", "银联白金卡") + " " + amount + " " + amount + " " + g.money(minimum) + "</p>"
		return madeStatement{fromCEB, subject, g.page(g.closing1("账单日"), g.due1("到期还款日"), row), g.single(tail, total, minimum)}
	}
	dollars := 100 + g.IntN(90000)
	block := "<p>美元账户</p>" + table([]string{"本期应还款额", g.money(dollars)}) + "<p>人民币账户</p>" + table([]string{"本期应还款额", g.money(total)})
	want := append(g.single("", dollars, -1), g.single("", total, -1)...)
	want[0].currency = "USD"
	return madeStatement{fromCEB, subject, g.page(g.closing1("账单日期"), g.due1("到期还款日"), block), want}
}

func makeCMBC(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	cells := []string{"人民币/美元账户 RMB/USD Account", "RMB " + g.money(total), "USD 0.00", "RMB " + g.money(minimum), "USD 0.00"}
	block := table(cells)
	if g.IntN(2) == 0 {
		block = "<p>" + strings.Join(cells, " ") + "</p>"
	}
	html := g.page(g.closing1("本期账单日"), g.due1("本期最后还款日"), block)
	return madeStatement{"master@creditcard.cmbc.com.cn", "民生信用卡" + g.month() + "电子对账单", html, g.single("", total, minimum)}
}

func makeCGB(g *statementMaker) madeStatement {
	rows, want := g.cards(func(tail, code string, total, minimum int) []string {
		name := "人民币"
		if code == "USD" {
			name = "美元"
		}
		return []string{tail + g.one("", "（"+g.tail()+"附）"), g.money(total), g.money(minimum), g.day(g.due), name}
	})
	html := g.page("<p>账单周期"+g.one(":", "：")+g.span()+"</p>", g.lined([]string{"卡号末四位", "本期账单金额", "最低还款额", "最后还款日", "入账货币"}, rows))
	return madeStatement{fromCGB, "广发信用卡 " + g.month() + "电子账单", html, want}
}

func makePAB(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	block := table([]string{"本期应还金额", "￥", g.money(total), "$", "0.00"}, []string{"本期最低应还金额", "￥", g.money(minimum), "$", "0.00"})
	if g.IntN(3) == 0 {
		block = "<p>本期应还金额</p><p>本期最低应还金额</p><p>￥ " + g.money(total) + "</p><p>$ 0.00</p><p>￥ " + g.money(minimum) + "</p><p>$ 0.00</p>"
	}
	return madeStatement{fromPAB, "平安信用卡电子账单", g.page(g.closing1("本期账单日"), g.due1("本期还款日"), block), g.single("", total, minimum)}
}

func makeCIB(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	tail := g.tail()
	html := g.page("<p>您的兴业银行信用卡（卡号末四位 "+tail+"）</p>", g.one(g.closing1("账单日"), g.pair("账单周期", "Statement Cycle", g.span())), g.due1("到期还款日"),
		g.pair("本期应还款总额", "New Balance", "RMB "+g.money(total)), g.pair("本期最低还款额", "Minimum Payment", "RMB "+g.money(minimum)))
	return madeStatement{"creditcard@message.cib.com.cn", "兴业银行信用卡" + g.month() + "电子账单", html, g.single(tail, total, minimum)}
}

func makeHXB(g *statementMaker) madeStatement {
	total, _ := g.amounts()
	amount := g.one("本期应还款 ＄0.00 ￥"+g.money(total), "本期应还款 ￥"+g.money(total)+" Amount Payable $0.00", "本期应还金额 Amount Payable RMB: "+g.money(total)+" USD: 0.00")
	html := g.page("<p>华夏银行信用卡对账单("+g.closing.Format("2006/01")+")</p>", fmt.Sprintf("<p>账单日 每月%d日</p>", g.closing.Day()), g.due1("最后还款日"), "<p>"+amount+"</p>")
	return madeStatement{fromHXB, "华夏信用卡-电子账单" + g.month(), html, g.single("", total, -1)}
}

func makeSPDB(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	link := g.one("", `<a href="https://spdb.example/a">账单分期</a> `, `<a href="https://spdb.example/a">立即还款</a> `)
	html := "<p>" + g.closing.Format("20060102") + " 000123</p>" + g.page(
		table([]string{"本期应还款总额：", link + "￥" + plain(total) + " ＄0.00"}, []string{"本期最低还款额：", "￥" + plain(minimum) + " ＄0.00"}), g.due1("到期 还 款日"))
	return madeStatement{fromSPDB, "浦发银行-信用卡电子账单", html, g.single("", total, minimum)}
}

func makePSBC(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	tail := g.tail()
	head := g.one(fmt.Sprintf("<p>您尾号为%s的信用卡对账单 (%s)</p><p>账单日 %d</p>", tail, g.month(), g.closing.Day()), "<p>您尾号为"+tail+"的信用卡账单周期为【"+g.span()+"】</p>")
	html := g.page(head, g.due1("到期还款日"), g.pair("本期应还款总额", "New Balance", "￥"+g.money(total)), g.pair("本期最低还款额", "Min.Payment", "￥"+g.money(minimum)))
	return madeStatement{fromPSBC, "邮储银行信用卡电子账单", html, g.single(tail, total, minimum)}
}

func makeBOB(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	html := g.page("<p>"+g.one("本期账单日:", "账    单    日 : ")+g.day(g.closing)+"</p>", "<p>"+g.one("本期到期还款日:", "最 后 还 款 日: ")+g.day(g.due)+"</p>",
		"<p>本期应还款金额： "+g.money(total)+" 元</p>", "<p>本期最低还款金额: ￥"+g.money(minimum)+"</p>")
	return madeStatement{"service@ebill.bankofbeijing.com.cn", "北京银行-信用卡" + g.month() + "电子账单", html, g.single("", total, minimum)}
}

func makeBOSC(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	html := g.page("<p>王某某 客户号 0000012345</p>", g.pair("对账日期", "Statement Date", g.span()), g.due1("到期还款日"),
		table([]string{"上期应还金额", "本期消费", "本期还款", "其他", "本期应还金额", "最低还款额"},
			[]string{g.money(g.IntN(100000)), g.money(g.IntN(100000)), g.money(g.IntN(100000)), "0.00", g.money(total), g.money(minimum)}))
	return madeStatement{fromBOSC, "上海银行" + g.closing.Format("2006年1月") + "信用卡电子对账单", html, g.single("", total, minimum)}
}

func makeNJCB(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	due := g.one("<p>到 期 还 款 日 "+g.day(g.due)+"</p>", table([]string{"到期还款日", g.due.Format("2006") + "年", g.due.Format("01"), "月", g.due.Format("02"), "日"}))
	html := g.page(due, "<p>账 单 日 "+g.day(g.closing)+"</p>", "<p>本 期 应 还 总 额 "+g.money(total)+" 人民币</p>", "<p>最 低 还 款 额 "+g.money(minimum)+" 人民币</p>")
	return madeStatement{fromNJCB, "南京银行信用卡电子账单", html, g.single("", total, minimum)}
}

func makeHunan(g *statementMaker) madeStatement {
	total, minimum := g.amounts()
	html := g.page(g.closing1("账单日"), g.due1("到期还款日"), g.pair("本期还款总额", "New Balance", "￥"+g.money(total)), g.pair("最低还款额", "Mininum Payment", "￥"+g.money(minimum)))
	return madeStatement{"creditcard@hunan-bank.com", "湖南银行信用卡电子账单", html, g.single("", total, minimum)}
}
