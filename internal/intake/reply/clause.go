package reply

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
)

// A bill's id is eight letters and digits; beside an order it is what stands
// in front of or behind it.
var (
	idAlone  = regexp.MustCompile(`^(?:#|编号:? ?|id:? ?)?([a-z2-7]{8})$`)
	idFront  = regexp.MustCompile(`^(?:#|编号:? ?|id:? ?)?([a-z2-7]{8})[ :,]*([^a-z0-9 :,].*|[ :,].*)$`)
	idBehind = regexp.MustCompile(`^(.*[^a-z0-9])(?:#|编号:? ?|id:? ?)?([a-z2-7]{8})$`)
)

// readClause reads one sentence in lower case. Without an order, why is empty
// where nothing in it looks like one.
func readClause(clause string, today bill.Day) (o Order, why Why) {
	clause = strings.Trim(clause, " .~…—-*\"'“”()[]:")
	if clause == "" || polite.MatchString(compact(clause)) {
		return Order{}, ""
	}
	worst := Why("")
	try := func(id, rest string) bool {
		var w Why
		o, w = readOrder(strings.Trim(rest, " :,"), today)
		if o.Bill = id; w != "" {
			worst = w
		}
		return w == "" && o.Kind != ""
	}
	if try("", clause) {
		return o, ""
	}
	if m := idFront.FindStringSubmatch(clause); m != nil && try(m[1], m[2]) {
		return o, ""
	}
	if m := idBehind.FindStringSubmatch(clause); m != nil && try(m[2], m[1]) {
		return o, ""
	}
	switch {
	case worst != "":
		return Order{}, worst
	case looksLike.MatchString(clause) || looksLike.MatchString(compact(clause)) || idAlone.MatchString(clause):
		return Order{}, WhyWords
	}
	return Order{}, ""
}

const (
	number = `([0-9][0-9.,]*)`
	// money is an amount with a currency on at most one side.
	money   = `((?:¥|\$|€|£|rmb|人民币|[a-z]{3})? ?[0-9][0-9.,]*(?: ?(?:元整?|块钱?|圆|人民币|rmb|€|[a-z]{3}))?)`
	count   = `([0-9]{1,3}|一|二|两|三|四|五|六|七|八|九|十|半个?)`
	paidOff = `还清?|付清?|还款|付款|还上|还完|付完|支付|缴清|缴费|交清|结清`
)

var (
	paid = regexp.MustCompile(`^(?:i(?:'ve| have)? )?(?:just )?(?:already )?paid(?: it)?(?: off| in full| all)?(?: already)?$`)
	// In Chinese, 已 or 了 makes it a thing that has happened.
	paidZH = regexp.MustCompile(`^(?:这笔|这个|这期|本期|本笔)?(?:账单|款)?我?(?:已经?|刚刚?|已全部|已全额)(?:` + paidOff + `)了?$|` +
		`^(?:这笔|这个|这期|本期|本笔)?(?:账单|款)?我?(?:全部|全额)?(?:` + paidOff + `)了$`)
	part     = regexp.MustCompile(`^(?:i )?(?:part|partly|partially|part paid|partly paid|partially paid|paid part:?|paid) ` + money + `$`)
	partZH   = regexp.MustCompile(`^我?(?:部分(?:还款|付款|还了|付了)?|已?部分还款|已经?还款?了?|已经?付款?了?|还款?了|付款?了|先还了|先付了|还了部分)` + money + `$`)
	snooze   = regexp.MustCompile(`^(?:snooze|remind me(?: again)? in|later) (?:for )?([0-9]{1,3}) ?(h|hours?|d|days?|w|weeks?)$`)
	snoozeZH = regexp.MustCompile(`^(?:请|麻烦)?(?:推迟|暂缓|稍后|晚)(?:提醒)?` + count + `个?(小时|天|日|周|星期|礼拜)(?:后?再?提醒我?)?$|` +
		`^` + count + `个?(小时|天|日|周|星期|礼拜)(?:以|之)?后再?提醒我?$`)
	stop  = regexp.MustCompile(`^(?:stop|stop(?: the)? reminders?|stop reminding(?: me)?|停|停止|停止提醒|停掉提醒?|停了吧)$`)
	due   = regexp.MustCompile(`^(?:due|due date|now due|new due date)(?: is| on| to|:)? (.+)$`)
	dueZH = regexp.MustCompile(`^(?:已|已经)?(?:延期|展期|延长)(?:到|至)(.+)$|^到期日(?:期)?(?:改为|改到|改成|延至|延到|延期到)(.+)$`)
)

// polite sentences mention a reminder and ask for nothing.
var polite = regexp.MustCompile(`^(?:好的?|收到|嗯+|ok|okay|hi|hello|您?你?好|辛苦了?|(?:非常)?(?:多谢|谢谢|感谢|谢了)(?:您|你)?(?:的)?(?:提醒|通知)?了?|` +
	`(?:many)?(?:thanks|thankyou|thx|cheers)(?:you)?(?:somuch|alot|verymuch)?(?:for(?:the|your)remind(?:er|ing)s?(?:me)?)?)$`)

// looksLike tells a sentence that may be an order from chat.
var looksLike = regexp.MustCompile(`[已未没]还|还[了清款完上没钱给]|归还|[已未没]付|付[了清款完过掉]|支付|结清|缴|[已未没]交|推迟|延后|延期|展期|延长|宽限|` +
	`提醒|停|取消|部分|到期|` +
	`\b(?:paid|pays?|payed|paying|payments?|unpaid|repaid|part|partly|partial(?:ly)?|snoozed?|remind\w*|later|stop\w*|due|overdue|` +
	`extend\w*|extension|postpon\w*|delay\w*|drop\w*|settled?|cancel\w*|done|transferred)\b`)

// readOrder reads a sentence without an id. why is set where its form is that
// of an order and its amount, number or date is not certain.
func readOrder(s string, today bill.Day) (Order, Why) {
	tight := compact(s)
	switch {
	case paid.MatchString(s), paidZH.MatchString(tight):
		return Order{Kind: bill.CommandPaid}, ""
	case stop.MatchString(s), stop.MatchString(tight):
		return Order{Kind: bill.CommandDrop}, ""
	}
	if m := firstMatch(s, tight, part, partZH); m != nil {
		amount, currency, ok := readAmount(m[1])
		if !ok {
			return Order{}, WhyAmount
		}
		return Order{Kind: bill.CommandPaid, Amount: amount, Currency: currency}, ""
	}
	if m := firstMatch(s, tight, snooze, snoozeZH); m != nil {
		if len(m) > 3 && m[1] == "" {
			m[1], m[2] = m[3], m[4]
		}
		span, ok := readSpan(m[1], m[2])
		if !ok {
			return Order{}, WhyWords
		}
		return Order{Kind: bill.CommandSnooze, Span: span}, ""
	}
	if m := firstMatch(s, tight, due, dueZH); m != nil {
		text := m[1]
		if text == "" && len(m) > 2 {
			text = m[2]
		}
		d, ok := readDay(text, today)
		if !ok {
			return Order{}, WhyDate
		}
		return Order{Kind: bill.CommandSet, Due: d}, ""
	}
	return Order{}, ""
}

// firstMatch tries the English form, then the Chinese one without blanks.
func firstMatch(s, tight string, en, zh *regexp.Regexp) []string {
	if m := en.FindStringSubmatch(s); m != nil {
		return m
	}
	return zh.FindStringSubmatch(tight)
}

// compact removes blanks, which mean nothing between Chinese words.
func compact(s string) string { return strings.Join(strings.Fields(s), "") }

// longest is how far a snooze may reach; plan bounds it by the bill's dates.
const longest = 60 * 24 * time.Hour

func readSpan(n, unit string) (time.Duration, bool) {
	count := map[string]int{"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}[n]
	if count == 0 {
		count, _ = strconv.Atoi(n)
	}
	day := 24 * time.Hour
	span := time.Duration(count)
	switch unit {
	case "小时", "h", "hour", "hours":
		span *= time.Hour
	case "周", "星期", "礼拜", "w", "week", "weeks":
		span *= 7 * day
	default:
		span *= day
	}
	return span, span > 0 && span <= longest
}

var (
	plainNumber   = regexp.MustCompile(`^[0-9]{1,12}(?:\.[0-9]{1,3})?$`)
	groupedNumber = regexp.MustCompile(`^[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,2})?$`)
	moneyShape    = regexp.MustCompile(`^([^0-9]*)` + number + `(.*)$`)
)

// readAmount reads an amount with its currency. "1,234" has thousands, "12,34"
// and "1.234,5" can be read in two ways.
func readAmount(s string) (amount, currency string, ok bool) {
	m := moneyShape.FindStringSubmatch(compact(s))
	if m == nil {
		return "", "", false
	}
	front, back := currencyOf(m[1]), currencyOf(m[3])
	if front == "?" || back == "?" || (front != "" && back != "" && front != back && front != "¥" && front != "$") {
		return "", "", false
	}
	if back != "" {
		front = back
	}
	if !plainNumber.MatchString(m[2]) && !groupedNumber.MatchString(m[2]) {
		return "", "", false
	}
	return strings.ReplaceAll(m[2], ",", ""), front, true
}

// currencyOf is the code or sign of a written currency, "?" for none known.
func currencyOf(s string) string {
	switch s {
	case "", "¥", "$":
		return s
	case "元", "元整", "块", "块钱", "圆", "人民币", "rmb":
		return "CNY"
	case "€":
		return "EUR"
	case "£":
		return "GBP"
	}
	code := strings.ToUpper(s)
	if _, ok := bill.Digits(code); ok {
		return code
	}
	return "?"
}
