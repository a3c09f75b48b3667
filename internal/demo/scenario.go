package demo

import (
	"slices"

	"repayd/internal/bill"
)

// openingHour is when the daemon starts on the first day, and lastDay the day
// at whose noon it stops.
const (
	openingHour = "08:00"
	lastDay     = 34
	closingHour = "12:00"
)

// Happening is what an Event is.
type Happening string

// The happenings.
const (
	HappensMail    Happening = "mail"
	HappensCommand Happening = "command"
)

// event is one thing that happens to the daemon: a mail arrives, or the owner
// says something about a bill.
type event struct {
	day  int // 1 = the first
	hour string
	mail string // a sample's name, "" for a command
	by   proof
	// note is the key of the text that tells what it shows.
	note string
	// command ("paid", "set" or "arrange") about the bill of that key; set also
	// says that it is due on that day, arrange in which parts it is to be paid.
	command, bill string
	due           int
	parts         []part
}

// part is one instalment: the day it is due and what is to be paid.
type part struct {
	day   int
	minor int64 // of CNY
}

// before are the mails that wait in the mailbox when the daemon starts.
func before() []event {
	return []event{
		{day: 1, hour: "06:10", mail: "huabei-statement"},
		{day: 1, hour: "07:20", mail: "1688-statement"},
	}
}

// during are the events of the five weeks, in the order of time.
func during() []event {
	return []event{
		{day: 2, hour: "10:05", mail: "jiebei-statement", note: "statement"},
		{day: 3, hour: "11:20", mail: "taobao-orders", note: "passed"},
		{day: 4, hour: "15:30", mail: "alibaba-due", note: "statement"},
		{day: 5, hour: "19:00", command: "paid", bill: "rent", note: "owner-paid"},
		{day: 5, hour: "20:01", mail: "taobao-paid-1", note: "paid"},
		{day: 7, hour: "12:00", mail: "shop-news", note: "news"},
		{day: 8, hour: "18:00", mail: "cmb-statement", note: "statement"},
		{day: 9, hour: "19:30", mail: "huabei-paid", note: "paid"},
		{day: 9, hour: "21:16", mail: "taobao-paid-2", note: "paid"},
		{day: 10, hour: "16:45", mail: "alibaba-part", note: "part"},
		{day: 11, hour: "10:30", mail: "1688-overdue", note: "overdue"},
		{day: 13, hour: "10:05", mail: "1688-paid", note: "paid"},
		{day: 14, hour: "13:40", mail: "sms", note: "sms"},
		{day: 14, hour: "16:00", mail: "taobao-unclear", note: "unclear"},
		{day: 15, hour: "17:25", mail: "alibaba-rest", note: "paid"},
		{day: 16, hour: "15:12", mail: "taobao-debit", note: "debit"},
		{day: 18, hour: "09:30", mail: "jiebei-extended", note: "moved"},
		{day: 18, hour: "18:41", mail: "jd-paid", note: "paid"},
		{day: 18, hour: "20:00", command: "set", bill: "taobao-3", due: 25, note: "owner-set"},
		{day: 20, hour: "13:40", mail: "taobao-paid-4", note: "debited"},
		{day: 24, hour: "23:06", mail: "cmb-forged", by: forged, note: "forged"},
		{day: 25, hour: "13:00", mail: "taobao-paid-3", note: "paid"},
		{day: 28, hour: "12:31", mail: "jiebei-paid", note: "paid"},
		{day: 30, hour: "20:30", command: "arrange", bill: "cmb", parts: []part{{34, 92779}, {64, 100000}}, note: "arranged"},
	}
}

// promised is one bill of the demo and everything that must be sent about it.
type promised struct {
	key       string
	issuer    string
	reference string // "" = the issuer has one bill only
	due       int    // day of the due date at the end, 0 = by reference alone
	stage     string // at the end
	steps     []told
}

// told is one step that must reach one channel at one instant.
type told struct {
	day     int
	hour    string
	step    string
	channel string
	left    string // what is left to pay, where the step has to say so
}

// promises are the bills and what has to be sent for each, in the order of
// time. Nothing else may be sent. Only the second rent depends on how long the
// month is.
func promises(start bill.Day) []promised {
	const me, office = "me", "office"
	return append([]promised{
		{key: "huabei", issuer: "alipay-huabei", due: 10, stage: "settled", steps: []told{
			{7, "09:00", "due-3d", me, ""}}}, // paid on the 9th: nothing on the 10th
		{key: "1688", issuer: "1688-paylater", due: 8, stage: "settled", steps: []told{
			{5, "09:00", "due-3d", me, ""}, {5, "09:00", "due-3d", office, ""},
			{8, "09:00", "due", me, ""}, {8, "09:00", "due", office, ""},
			{9, "09:00", "late", me, ""}, {9, "09:00", "late", office, ""},
			{12, "09:00", "late+3d", me, ""}, {12, "09:00", "late+3d", office, ""},
			// Settled late on the 13th: what is left to do, in one letter, and
			// again weekly.
			{14, "09:00", "task", me, ""}, {14, "09:00", "task", me, ""}, {14, "09:00", "task", me, ""}, {14, "09:00", "task", me, ""},
			{21, "09:00", "task+7d", me, ""}, {21, "09:00", "task+7d", me, ""}, {21, "09:00", "task+7d", me, ""},
			{28, "09:00", "task+14d", me, ""}, {28, "09:00", "task+14d", me, ""}, {28, "09:00", "task+14d", me, ""}}},
		{key: "taobao-1", issuer: "taobao-paylater", reference: "A10001", due: 6, stage: "settled", steps: []told{
			{3, "11:20", "due-3d", me, ""}}}, // passed at 09:00, before the mail came
		{key: "taobao-2", issuer: "taobao-paylater", reference: "A10002", due: 9, stage: "settled", steps: []told{
			{6, "09:00", "due-3d", me, ""}, {9, "09:00", "due", me, ""}}},
		{key: "taobao-3", issuer: "taobao-paylater", reference: "A10003", due: 25, stage: "settled", steps: []told{
			{14, "16:00", "review", me, ""}, {17, "09:00", "review+3d", me, ""}, // until the owner says the date
			{22, "09:00", "due-3d", me, ""}, {25, "09:00", "due", me, ""}}},
		{key: "taobao-4", issuer: "taobao-paylater", reference: "A10004", due: 20, stage: "settled", steps: []told{
			{17, "09:00", "due-3d", me, ""}, {19, "09:00", "debit-1d", me, ""}, {20, "09:00", "due", me, ""}}},
		{key: "alibaba", issuer: "alibaba-paylater", reference: "C30001", due: 15, stage: "settled", steps: []told{
			{12, "09:00", "due-3d", me, "750.00 USD"}, {15, "09:00", "due", me, "750.00 USD"}}}, // 500 paid on the 10th
		{key: "jiebei", issuer: "alipay-jiebei", due: 28, stage: "settled", steps: []told{
			{17, "09:00", "due-3d", me, ""}, // of the 20th, before the due date moved
			{25, "09:00", "due-3d", me, ""}, {28, "09:00", "due", me, ""}}},
		{key: "cmb", issuer: "cmb", due: 26, stage: "dropped", steps: []told{
			{23, "09:00", "due-3d", me, ""}, {26, "09:00", "due", me, ""}, {29, "09:00", "grace", me, ""}, {30, "09:00", "late", me, ""}}},
		// The instalments that took its place that evening.
		{key: "cmb-1", issuer: "cmb", due: 34, stage: "due", steps: []told{
			{31, "09:00", "due-3d", me, "927.79 CNY"}, {34, "09:00", "due", me, "927.79 CNY"}}},
		{key: "cmb-2", issuer: "cmb", due: 64, stage: "upcoming"},
		{key: "baitiao", issuer: "jd-baitiao", due: 18, stage: "settled", steps: []told{
			{15, "09:00", "due-3d", me, ""}, {18, "09:00", "due", me, ""}}},
		{key: "rent", issuer: "仓库房租", due: 5, stage: "settled", steps: []told{
			{2, "09:00", "due-3d", me, ""}, {5, "09:00", "due", me, ""}}},
	}, secondRent(start, me))
}

// secondRent is that of the next month's fifth, of which the demo sees the
// beginning only.
func secondRent(start bill.Day, channel string) promised {
	y, m, _ := start.Date()
	next, _ := bill.NewDay(y+int(m)/12, m%12+1, 5)
	due := int(next-start) + 1
	p := promised{key: "rent-2", issuer: "仓库房租", due: due, stage: "upcoming",
		steps: []told{{due - 3, "09:00", "due-3d", channel, ""}}}
	if due <= lastDay {
		p.stage = "due"
		p.steps = append(p.steps, told{due, "09:00", "due", channel, ""})
	}
	if due < lastDay {
		p.stage = "late"
		p.steps = append(p.steps, told{due + 1, "09:00", "late", channel, ""})
	}
	return p
}

// among finds the promised bill: by issuer and reference, and where these fit
// several by the due date.
func (p promised) among(all []*bill.Bill, start bill.Day) *bill.Bill {
	var fit []*bill.Bill
	for _, b := range all {
		if b.Issuer == p.issuer && (p.reference == "" || b.Reference == p.reference) {
			fit = append(fit, b)
		}
	}
	if len(fit) > 1 {
		i := slices.IndexFunc(fit, func(b *bill.Bill) bool { return b.DueDate == start+bill.Day(p.due-1) })
		fit = fit[max(i, 0):]
	}
	if len(fit) == 0 {
		return nil
	}
	return fit[0]
}

// warnings are the letters about no bill that must be sent.
func warnings() []told {
	return []told{{25, "08:00", "warning", "me", ""}} // held by the quiet hours
}
