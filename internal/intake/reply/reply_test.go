package reply_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"repayd/internal/bill"
	"repayd/internal/intake/reply"
)

func day(s string) bill.Day {
	d, err := bill.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

var today = day("2026-11-25")

func paid() reply.Order { return reply.Order{Kind: bill.CommandPaid} }

func part(amount, currency string) reply.Order {
	return reply.Order{Kind: bill.CommandPaid, Amount: amount, Currency: currency}
}

func snooze(d time.Duration) reply.Order { return reply.Order{Kind: bill.CommandSnooze, Span: d} }

func drop() reply.Order { return reply.Order{Kind: bill.CommandDrop} }

func due(s string) reply.Order { return reply.Order{Kind: bill.CommandSet, Due: day(s)} }

func on(id string, o reply.Order) reply.Order { o.Bill = id; return o }

const aDay = 24 * time.Hour

func TestOrders(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]reply.Order{
		"已还":           {paid()},
		"已付。":          {paid()},
		"还了":           {paid()},
		"还清了！":         {paid()},
		"已经还清了，谢谢提醒":   {paid()},
		"这笔已还款":        {paid()},
		"我已经付款了":       {paid()},
		"全部还清了":        {paid()},
		"已 还":          {paid()},
		"不好意思，回复晚了。已还": {paid()},
		"收到，谢谢\n已还\n\n发自我的iPhone": {paid()},
		"paid":                       {paid()},
		"Paid.":                      {paid()},
		"PAID":                       {paid()},
		"Already paid, thanks":       {paid()},
		"I have paid it":             {paid()},
		"paid in full":               {paid()},
		"ｐａｉｄ":                       {paid()},
		"abcdefgh 已还":                {on("abcdefgh", paid())},
		"abcdefgh已还":                 {on("abcdefgh", paid())},
		"已还 abcdefgh":                {on("abcdefgh", paid())},
		"Paid ABCDEFG7":              {on("abcdefg7", paid())},
		"abcdefg7, paid":             {on("abcdefg7", paid())},
		"编号：abcdefg7 已还":             {on("abcdefg7", paid())},
		"#abcdefg7 paid":             {on("abcdefg7", paid())},
		"部分 500":                     {part("500", "")},
		"部分还款 500元":                  {part("500", "CNY")},
		"还了500":                      {part("500", "")},
		"还了５００":                      {part("500", "")},
		"已还 1,234.56 元":              {part("1234.56", "CNY")},
		"先还了￥500":                    {part("500", "¥")},
		"part 500":                   {part("500", "")},
		"paid 500 USD":               {part("500", "USD")},
		"paid $12.50":                {part("12.50", "$")},
		"abcdefgh paid 500":          {on("abcdefgh", part("500", ""))},
		"部分 500 abcdefgh":            {on("abcdefgh", part("500", ""))},
		"推迟 2 天":                     {snooze(2 * aDay)},
		"推迟一周":                       {snooze(7 * aDay)},
		"推迟两天提醒":                     {snooze(2 * aDay)},
		"3天后再提醒我":                    {snooze(3 * aDay)},
		"snooze 2d":                  {snooze(2 * aDay)},
		"Snooze 1 week":              {snooze(7 * aDay)},
		"snooze abcdefgh 2d":         nil,
		"abcdefgh snooze 12h":        {on("abcdefgh", snooze(12*time.Hour))},
		"停":                          {drop()},
		"停止提醒":                       {drop()},
		"stop":                       {drop()},
		"Stop reminders":             {drop()},
		"延期到 12月3日":                  {due("2026-12-03")},
		"延期至１月３号":                    {due("2027-01-03")},
		"延期到2026年12月3日":              {due("2026-12-03")},
		"到期日改为12月3日":                 {due("2026-12-03")},
		"due 3 Dec":                  {due("2026-12-03")},
		"due Dec 3rd":                {due("2026-12-03")},
		"due December 3, 2026":       {due("2026-12-03")},
		"due 2026-12-03":             {due("2026-12-03")},
		"due 1 May":                  {due("2027-05-01")},
		"due May 31st":               {due("2027-05-31")},
		"due 25 Nov":                 {due("2026-11-25")},
		"due 24 Nov":                 {due("2027-11-24")},
		"abcdefgh 已还\nabcdefg7 推迟2天": {on("abcdefgh", paid()), on("abcdefg7", snooze(2*aDay))},
		"已还\n已还":                     {paid()},
	} {
		got, unclear := reply.Parse(text, today)
		if want == nil {
			if len(unclear) == 0 {
				t.Errorf("%q: %v, want it unclear", text, got)
			}
			continue
		}
		if len(unclear) > 0 {
			t.Errorf("%q: unclear %v", text, unclear)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(reply.Order{}, "Words")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestUnclear: nothing of it may be acted on. The first letters say why.
func TestUnclear(t *testing.T) {
	t.Parallel()
	for text, why := range map[string]reply.Why{
		"":                        reply.WhyNothing,
		"谢谢提醒":                    reply.WhyNothing,
		"Thanks for the reminder": reply.WhyNothing,
		"还没还":                     reply.WhyWords,
		"还没付":                     reply.WhyWords,
		"没还":                      reply.WhyWords,
		"未还":                      reply.WhyWords,
		"not paid":                reply.WhyWords,
		"Not yet paid.":           reply.WhyWords,
		"I haven't paid":          reply.WhyWords,
		"unpaid":                  reply.WhyWords,
		"not yet, paid":           reply.WhyDoubt,
		"还没呢，已还一半":                reply.WhyWords,
		"没有\n已还":                  reply.WhyDoubt,
		"may be paid 500":         reply.WhyWords,
		"paid?":                   reply.WhyWords,
		"已还？":                     reply.WhyWords,
		"已还了吗":                    reply.WhyWords,
		"will be paid tomorrow":   reply.WhyWords,
		"明天还":                     reply.WhyNothing,
		"如果没扣款,已还":                reply.WhyDoubt,
		"if it fails, paid":       reply.WhyDoubt,
		"我还有别的账单":                 reply.WhyNothing,
		"该还了":                     reply.WhyWords,
		"还款":                      reply.WhyWords,
		"还500":                    reply.WhyNothing,
		"部分":                      reply.WhyWords,
		"部分 五百":                   reply.WhyWords,
		"还了1,23":                  reply.WhyAmount,
		"还了1.234,5":               reply.WhyAmount,
		"paid 1.5k":               reply.WhyWords,
		"paid 500 now":            reply.WhyAmount,
		"paid 1e3":                reply.WhyWords,
		"还了500，2天后提醒":             reply.WhyWords,
		"paid -5":                 reply.WhyWords,
		"推迟":                      reply.WhyWords,
		"推迟 0 天":                  reply.WhyWords,
		"推迟 999 天":                reply.WhyWords,
		"推迟半年":                    reply.WhyWords,
		"推迟到12月3日":                reply.WhyWords,
		"延期 3 天":                  reply.WhyWords,
		"延期到 12/3":                reply.WhyDate,
		"due 3/12":                reply.WhyDate,
		"due 31 Feb":              reply.WhyDate,
		"due 2026-11-24":          reply.WhyDate,
		"due 2028-01-01":          reply.WhyDate,
		"due soon":                reply.WhyDate,
		"How do I stop these?":    reply.WhyWords,
		"不用停":                     reply.WhyWords,
		"abcdefgh":                reply.WhyWords,
		"已还 部分":                   reply.WhyWords,
		"repayd paid abcdefgh":    reply.WhyWords,
		"I wanted to let you know that this bill has so far really not been\npaid": reply.WhyWords,
		"这笔账单我问过银行了他们说因为系统的原因直到今天为止都还没有\n已还":                                       reply.WhyWords,
		"已还\nrl_abcdefghijklmnopqrstuvwxyz":                                        reply.WhyQuote,
		strings.Repeat("已还 abcdefgh\n", 9000):                                      reply.WhyLong,
	} {
		orders, unclear := reply.Parse(text, today)
		if len(unclear) == 0 || unclear[len(unclear)-1].Why != why {
			t.Errorf("%.60q: orders %v, unclear %v, want %s", text, orders, unclear, why)
		}
	}
}

// TestQuotedWordsAreNotTheOwners: everything here quotes "paid" or "stop", and
// the answer itself asks to be reminded later.
func TestQuotedWordsAreNotTheOwners(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"marked lines":   "snooze 2d\n\n> paid abcdefgh\n> stop",
		"gmail":          "snooze 2d\n\nOn Wed, Nov 25, 2026 at 9:00 AM repayd <shop@163.com>\nwrote:\n\n> paid abcdefgh\n> stop\n",
		"gmail, Chinese": "推迟2天\n\nrepayd <shop@163.com> 于2026年11月25日周三 09:00写道：\n\npaid abcdefgh\nstop\n",
		"apple":          "推迟2天\n\n发自我的 iPhone\n\n在 2026年11月25日，09:00，repayd <shop@163.com> 写道：\n\n\ufeffpaid\n停\n",
		"qq":             "推迟2天\n\n\n------------------ 原始邮件 ------------------\n发件人: \"repayd\" <shop@163.com>;\n发送时间: 2026年11月25日\n\npaid\n停\n",
		"qq, short":      "推迟2天\n---原始邮件---\n停",
		"163":            "推迟2天\n\nAt 2026-11-25 09:00:00, \"repayd\" <shop@163.com> wrote:\n\npaid\n",
		"163, phone":     "推迟2天\n\n---- 回复的原邮件 ----\n| 发件人 | repayd<shop@163.com> |\n| 日期 | 2026年11月25日 |\n停",
		"outlook":        "snooze 2d\n________________________________\nFrom: repayd <shop@163.com>\nSent: Wednesday\nSubject: x\n\nstop\n",
		"outlook, bare":  "snooze 2d\nFrom: repayd <shop@163.com>\nSent: Wednesday, November 25, 2026\nTo: me\nSubject: x\n\nstop\n",
		"foxmail":        "推迟2天\n\n\n发件人： repayd\n发送时间： 2026-11-25 09:00\n收件人： me\n主题： x\n\n停\n",
		"below":          "On Wed, Nov 25, 2026, repayd <shop@163.com> wrote:\n> paid\n> stop\n\nsnooze 2d",
		"signature":      "snooze 2d\n-- \npaid\nstop",
		"phone":          "推迟2天\n发自我的华为手机",
		"original":       "snooze 2 days\n\n-----Original Message-----\npaid",
	} {
		got, unclear := reply.Parse(text, today)
		if len(unclear) > 0 || len(got) != 1 || got[0].Kind != bill.CommandSnooze {
			t.Errorf("%s: orders %v, unclear %v", name, got, unclear)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ amount, written, currency, want string }{
		{"500", "", "CNY", "500.00 CNY"},
		{"500", "¥", "CNY", "500.00 CNY"},
		{"500", "¥", "JPY", "500 JPY"},
		{"500", "$", "HKD", "500.00 HKD"},
		{"500", "$", "CNY", ""},
		{"500", "USD", "CNY", ""},
		{"500.5", "", "JPY", ""},
		{"0", "", "CNY", ""},
		{"500", "", "", ""},
	} {
		m, err := reply.Order{Amount: c.amount, Currency: c.written}.Money(c.currency)
		if (err == nil) != (c.want != "") || (err == nil && m.String() != c.want) {
			t.Errorf("%+v: %v, %v", c, m, err)
		}
	}
}

// TestNegationNeverPays: whatever stands around it on the line, a negation
// leaves no order to pay.
func TestNegationNeverPays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		no := rapid.SampledFrom([]string{"没", "还没", "未", "不", "not ", "never ", "haven't ", "no, ", "还没有, ", "not yet, "}).Draw(t, "negation")
		yes := rapid.SampledFrom([]string{"已还", "还了", "paid", "还了500", "paid 500", "还", "停止提醒", "stop"}).Draw(t, "order")
		around := rapid.SampledFrom([]string{"", "abcdefgh ", "谢谢，", "sorry, ", "这笔"})
		line := around.Draw(t, "before") + no + yes + rapid.SampledFrom([]string{"", "。", " abcdefgh", "，谢谢"}).Draw(t, "after")
		orders, unclear := reply.Parse(line, today)
		if len(unclear) == 0 {
			t.Fatalf("%q: %v", line, orders)
		}
	})
}

// anOrder draws an order in Chinese or English, and what it means.
func anOrder(t *rapid.T) (string, reply.Order) {
	pick := func(label string, words ...string) string { return rapid.SampledFrom(words).Draw(t, label) }
	switch rapid.SampledFrom([]string{"paid", "part", "snooze", "stop", "due"}).Draw(t, "order") {
	case "paid":
		return pick("words", "已还", "已还清", "已付", "还了", "已付款", "paid", "Paid.", "already paid", "PAID"), paid()
	case "part":
		amount := fmt.Sprintf("%d.%02d", rapid.IntRange(1, 999999).Draw(t, "yuan"), rapid.IntRange(0, 99).Draw(t, "fen"))
		front := pick("words", "部分 ", "部分还款 ", "还了", "已还", "先还了", "part ", "paid ", "Part paid ")
		unit := pick("unit", "", "元", " USD")
		return front + amount + unit, part(amount, map[string]string{"": "", "元": "CNY", " USD": "USD"}[unit])
	case "snooze":
		n := rapid.IntRange(1, 30).Draw(t, "days")
		form := pick("words", "推迟 %d 天", "推迟%d天", "推迟提醒%d天", "晚%d天", "%d天后再提醒我", "snooze %dd", "snooze %d days", "Snooze for %d days", "remind me in %d days")
		return fmt.Sprintf(form, n), snooze(time.Duration(n) * aDay)
	case "stop":
		return pick("words", "停", "停止", "停止提醒", "stop", "Stop reminders", "STOP"), drop()
	}
	d := today + bill.Day(rapid.IntRange(0, 364).Draw(t, "days ahead"))
	y, m, n := d.Date()
	form := pick("words", "延期到 %[2]d月%[3]d日", "延期至%[1]d年%[2]d月%[3]d日", "展期到%[2]d月%[3]d号", "到期日改为%[2]d月%[3]d日", "due %[3]d %[4]s", "due %[4]s %[3]d", "Due on %[1]d-%02[2]d-%02[3]d")
	return fmt.Sprintf(form+"%[5]s", y, int(m), n, m.String()[:3], ""), reply.Order{Kind: bill.CommandSet, Due: d}
}

// TestEveryOrderIsRead: an order is read as it was meant, with or without the
// bill's id, thanks, the phone's line and whatever is quoted below it.
func TestEveryOrderIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words, want := anOrder(t)
		pick := func(label string, words ...string) string { return rapid.SampledFrom(words).Draw(t, label) }
		if id := pick("id", "", "abcdefg7"); id != "" {
			words, want.Bill = id+" "+words, id
		}
		quoted, _ := anOrder(t)
		text := pick("before", "", "收到\n", "Hi\n", "你好\n\n", "OK, thanks\n") + words + pick("after", "", "，谢谢", ", thanks", "\n谢谢提醒", "\n\n发自我的iPhone", "\n-- \n"+quoted) +
			pick("quote", "", "\n> "+quoted, "\n\n------------------ 原始邮件 ------------------\n"+quoted, "\n\n-----Original Message-----\n"+quoted+"\n"+quoted,
				"\n\nOn Wed, Nov 25, 2026 at 9:00 AM repayd <shop@163.com> wrote:\n> "+quoted, "\n在 2026-11-25 09:00:00，repayd <shop@163.com> 写道：\n"+quoted,
				"\n发件人： repayd\n发送时间： 2026-11-25 09:00\n收件人： me\n主题： x\n\n"+quoted)
		got, unclear := reply.Parse(text, today)
		if len(unclear) > 0 || len(got) != 1 {
			t.Fatalf("%q: %v, unclear %v", text, got, unclear)
		}
		if got[0].Words = ""; got[0] != want {
			t.Fatalf("%q: %+v, want %+v", text, got[0], want)
		}
	})
}

// TestTwoReadingsAreUnclear: an amount or a date that another country reads
// otherwise is none.
func TestTwoReadingsAreUnclear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.IntRange(1, 12).Draw(t, "a"), rapid.IntRange(1, 12).Draw(t, "b")
		form := rapid.SampledFrom([]string{"due %d/%d", "due %d.%d.", "延期到%d/%d", "due %d-%d", "paid %d,%02d", "part %d.%d,5", "部分 %d,%d"}).Draw(t, "form")
		text := fmt.Sprintf(form, a, b)
		if orders, unclear := reply.Parse(text, today); len(unclear) == 0 {
			t.Fatalf("%q: %v", text, orders)
		}
	})
}

// BenchmarkParse reads the worst that may come: an answer of the greatest size
// with a digit and no mark on every line.
func BenchmarkParse(b *testing.B) {
	text := strings.Repeat("on 3 "+strings.Repeat("已还 paid no ", 30)+"\n", 100)
	for b.Loop() {
		reply.Parse(text, today)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"已还", "paid 500 abcdefgh", "延期到 12月3日", "> x\nOn 3 wrote:\nstop", "due dec 3, 2026", "推迟两周", "rl_", "--"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		orders, unclear := reply.Parse(s, today)
		if len(orders)+len(unclear) == 0 {
			t.Fatal("neither an order nor unclear")
		}
		for _, o := range orders {
			if o.Kind == bill.CommandSet && (o.Due < today || o.Due > today+366) {
				t.Fatalf("due %s", o.Due)
			}
			if o.Kind == bill.CommandSnooze && (o.Span <= 0 || o.Span > 60*aDay) {
				t.Fatalf("span %s", o.Span)
			}
			// What is quoted changes nothing.
			again, _ := reply.Parse(s+"\n> stop\n> paid", today)
			if len(again) != len(orders) && len(s) < 60<<10 {
				t.Fatalf("%v and %v", orders, again)
			}
		}
	})
}
