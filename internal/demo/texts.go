package demo

// The words around the letters. The letters themselves are the daemon's.

func chinese() map[string]string {
	return map[string]string{
		"intro.what": "repayd 演示：真实的守护进程，在本机内存里过五周，约 15 秒后自己结束。不用账号、配置文件和网络。",
		"intro.how":  "邮箱、收信人和 webhook 都是内置的；时钟从一件事跳到下一件事，左边是模拟的日期和时间。",
		"intro.read": "< 发生的事（收到邮件，或主人敲了命令）    > 发出的信（me 是邮件，office 是 webhook）",
		"mail":       "邮件", "owner": "主人", "signed": "（webhook，签名有效）",

		"note.statement":  "新账单：金额和到期日已读出，提醒已排好",
		"note.passed":     "两笔订单；其中一笔的“提前三天”今早已过，立即补发",
		"note.paid":       "还款通知：账单结清，之后的提醒全部取消",
		"note.owner-paid": "没有邮件的账单由主人自己销账",
		"note.news":       "营销邮件：不是账单，不理会",
		"note.part":       "部分还款：之后只提醒剩下的 750 美元",
		"note.overdue":    "逾期通知：本金不变，违约金另记",
		"note.sms":        "手机转发的短信：照常提醒，但不会凭它销账",
		"note.unclear":    "两个不同的日期：不猜，交给主人核对",
		"note.moved":      "延期：到期日改为 28 日，原来 20 日的提醒作废",
		"note.owner-set":  "主人确认了到期日，恢复正常提醒",
		"note.debit":      "自动扣款的账单：提醒备好资金，不是去还款",
		"note.debited":    "扣款成功：不再问“扣了没有”",
		"note.arranged":   "和银行商定分两期：每期成为一笔账单，原账单由它们取代",
		"note.forged":     "冒充的“已还款”：收信服务器判定 dmarc=fail，账单不受影响；正值免打扰时段，早上 8 点再告警",

		"head.bill": "账单", "head.amount": "应还", "head.due": "到期", "head.stage": "状态", "head.sent": "发出的提醒",
		"warnings": "（关于 repayd 本身的告警）",

		"verdict.good": "全部符合预期：{days} 天，{bills} 笔账单，{letters} 封信，用时 {seconds} 秒。",
		"verdict.bad":  "有 {n} 处不符合预期（{days} 天，{bills} 笔账单，{letters} 封信，用时 {seconds} 秒）：",
	}
}

func english() map[string]string {
	return map[string]string{
		"intro.what": "repayd demo: the real daemon lives through five weeks in this process and ends by itself after about 15 seconds. No account, no file, no network.",
		"intro.how":  "Mailbox, recipient and webhook are built in; the clock jumps from one event to the next. On the left is the simulated date and time.",
		"intro.read": "< what happens (a mail arrives, the owner types a command)   > a letter that was sent (me: mail, office: webhook)",
		"mail":       "mail", "owner": "owner", "signed": "(webhook, signature verified)",

		"note.statement":  "a new bill: amount and due date were read, reminders are planned",
		"note.passed":     "two orders; \"three days before\" of one has passed this morning, so it is told at once",
		"note.paid":       "a payment notice: the bill is settled and what was still planned is cancelled",
		"note.owner-paid": "no mail announces this bill, so the owner settles it",
		"note.news":       "advertising: not a bill, passed over",
		"note.part":       "a part payment: from now on only the remaining 750 dollars are asked for",
		"note.overdue":    "an overdue notice: the amount stays, the penalty is kept apart",
		"note.sms":        "an SMS relayed by the owner's phone: it may add reminders, never settle a bill",
		"note.unclear":    "two different dates: nothing is guessed, the owner is asked",
		"note.moved":      "an extension: due on the 28th now, the reminders of the 20th are void",
		"note.owner-set":  "the owner says which date holds; the ordinary reminders follow",
		"note.debit":      "a bill that will be debited: the money has to be there, nothing is to be paid",
		"note.debited":    "the debit is confirmed, so nobody asks whether it was taken",
		"note.arranged":   "agreed with the bank: two instalments, each a bill of its own, replace the old one",
		"note.forged":     "a forged \"paid\": the mail server reports dmarc=fail, so nothing changes; it is quiet now, the warning follows at 08:00",

		"head.bill": "bill", "head.amount": "due amount", "head.due": "due", "head.stage": "stage", "head.sent": "sent",
		"warnings": "(warnings)",

		"verdict.good": "All as expected: {days} days, {bills} bills, {letters} letters, in {seconds} seconds.",
		"verdict.bad":  "{n} things were not as expected ({days} days, {bills} bills, {letters} letters, in {seconds} seconds):",
	}
}
