package letter

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

func mustDay(s string) bill.Day {
	d, err := bill.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// samples are the letters of the golden files, one for every type, stage and
// remark.
func samples() map[string]plan.Letter {
	all := map[string]plan.Letter{}
	maps.Copy(all, reminderSamples())
	maps.Copy(all, remarkSamples())
	maps.Copy(all, listSamples())
	maps.Copy(all, reviewSamples())
	maps.Copy(all, warningSamples())
	maps.Copy(all, digestSamples())
	maps.Copy(all, absenceSamples())
	maps.Copy(all, replySamples())
	maps.Copy(all, latenessSamples())
	maps.Copy(all, taskSamples())
	maps.Copy(all, forecastSamples())
	return all
}

func absenceSamples() map[string]plan.Letter {
	absent := func(issuer, name, account string) plan.Item {
		return plan.Item{Subject: plan.Subject{Kind: plan.SubjectMissing, ID: issuer + "//" + account + "/"}, Step: "missing",
			Detail: plan.Detail{Code: "missing", Args: map[string]string{"issuer": issuer, "name": name, "account": account,
				"usual": "2025-01-08", "last": "2024-12-08"}}}
	}
	alive := func(args map[string]string) plan.Item {
		return plan.Item{Subject: plan.Subject{Kind: plan.SubjectAlive, ID: "2025-01-13T01:00:00Z"}, Step: "alive",
			Detail: plan.Detail{Code: "alive", Args: args}}
	}
	return map[string]plan.Letter{
		"missing":      letterOf(plan.LetterMissing, on(13), absent("cmb-card", "招商银行信用卡", "1234")),
		"missing_many": letterOf(plan.LetterMissing, on(13), absent("cmb-card", "招商银行信用卡", "1234"), absent("bills@example.com", "", "")),
		"missing_odd":  letterOf(plan.LetterMissing, on(13), absent("bills@example.com; rm -rf", "", "")),
		"alive": letterOf(plan.LetterAlive, on(13), alive(map[string]string{"bills": "9"}), alive(map[string]string{
			"mailboxes": "1", "bills": "3", "ill": "", "mailbox:shop": "2025-01-13T00:55:00Z",
			"channel:me": "2025-01-12T01:00:00Z", "channel:office": "",
			"next:1": "2025-01-14T09:00:00+08:00 招商银行信用卡", "next:2": "2025-01-15T09:00:00+08:00 Example Hosting"})),
		"alive_ill": letterOf(plan.LetterAlive, on(13), alive(map[string]string{"mailboxes": "1", "bills": "x", "ill": "mailbox:shop", "mailbox:shop": ""})),
		"alive_quarter": letterOf(plan.LetterAlive, on(13), alive(map[string]string{"mailboxes": "1", "bills": "3", "asked": "quarter",
			"mailbox:shop": "2025-01-13T00:55:00Z", "channel:me": "2025-01-12T01:00:00Z", "to:me": "o***@example.com, s***@example.com"})),
	}
}

func digestSamples() map[string]plan.Letter {
	head := plan.Item{Subject: plan.Subject{Kind: plan.SubjectDigest, ID: "2026-01-05T00:00:00Z"}, Step: "digest"}
	doubt := huabei()
	row := *doubt.Bill
	row.ID, row.Stage, row.DueDate, row.LastSafeDay = "doubt123", bill.StageNeedsReview, "", ""
	doubt.Bill = &row
	later, past, old := cmb(), cmb(), cmb()
	laterRow, pastRow, oldRow := *later.Bill, *past.Bill, *old.Bill
	laterRow.ID, laterRow.DueDate, laterRow.LastSafeDay = "later123", "2025-01-26", "2025-01-29"
	pastRow.ID, pastRow.DueDate, pastRow.LastSafeDay = "past1234", "2025-01-03", "2025-01-06"
	oldRow.ID, oldRow.DueDate, oldRow.LastSafeDay, oldRow.Stage = "old12345", "2024-11-03", "2024-11-06", bill.StageUnconfirmed
	later.Bill, past.Bill, old.Bill = &laterRow, &pastRow, &oldRow
	return map[string]plan.Letter{
		"digest":      letterOf(plan.LetterDigest, on(5), head, huabei(), cmb(), doubt, later, past, old),
		"digest_none": letterOf(plan.LetterDigest, on(5), head),
	}
}

func one(at time.Time, it plan.Item, change func(*plan.Item)) plan.Letter {
	if change != nil {
		change(&it)
	}
	return letterOf(plan.LetterReminder, at, it)
}

func reminderSamples() map[string]plan.Letter {
	return map[string]plan.Letter{
		"statement":     one(on(1), huabei(), func(it *plan.Item) { it.Step = "statement" }),
		"upcoming":      one(on(7), huabei(), nil),
		"tomorrow":      one(on(9), huabei(), nil),
		"today":         one(on(10), huabei(), func(it *plan.Item) { it.Step = "due" }),
		"card_upcoming": one(on(3), cmb(), nil),
		"grace":         one(on(11), cmb(), func(it *plan.Item) { it.Step = "grace-2d" }),
		"grace_tomorrow": one(on(12), cmb(), func(it *plan.Item) {
			it.Step = "grace-1d"
		}),
		"grace_today": one(on(13), cmb(), func(it *plan.Item) { it.Step = "grace" }),
		"past_cut_off": one(on(10).Add(11*time.Hour), huabei(), func(it *plan.Item) {
			it.Deadline = time.Date(2025, 1, 10, 17, 0, 0, 0, shanghai)
		}),
		"late": one(on(16), cmb(), func(it *plan.Item) {
			it.Step, it.Penalty = "late+2d", "12.50"
		}),
		"sent_late":         one(on(9), huabei(), func(it *plan.Item) { it.LateBy = 2 * 24 * 60 }),
		"sent_hours_late":   one(on(9), huabei(), func(it *plan.Item) { it.LateBy = 61 }),
		"sent_minutes_late": one(on(9), huabei(), func(it *plan.Item) { it.LateBy = 5 }),
	}
}

func remarkSamples() map[string]plan.Letter {
	return map[string]plan.Letter{
		"moved": one(on(12), huabei(), func(it *plan.Item) {
			it.MovedFrom = mustDay("2025-01-10")
			it.Bill.DueDate, it.Bill.LastSafeDay = "2025-01-20", "2025-01-20"
			it.Deadline = time.Time{}
		}),
		"autopay":      one(on(9), huabei(), func(it *plan.Item) { it.Autopay = true }),
		"autopay_past": one(on(11), cmb(), func(it *plan.Item) { it.Autopay = true }),
		"unverified": one(on(7), huabei(), func(it *plan.Item) {
			it.Bill.Trust, it.Source.Trust = bill.TrustUnverified, bill.TrustUnverified
		}),
		"forwarded": one(on(7), huabei(), func(it *plan.Item) {
			it.Bill.Trust, it.Source.Trust = bill.TrustForwarded, bill.TrustForwarded
		}),
		"earlier_due": one(on(5), huabei(), func(it *plan.Item) { it.EarlierDue = mustDay("2025-01-06") }),
		"command": one(on(7), huabei(), func(it *plan.Item) {
			it.Source = plan.Origin{From: "command", Trust: bill.TrustOwner}
		}),
		"declared": one(on(7), huabei(), func(it *plan.Item) {
			it.Source = plan.Origin{From: "configuration", Trust: bill.TrustDeclared}
		}),
		"no_date": one(on(7), huabei(), func(it *plan.Item) {
			it.Bill.DueDate, it.Bill.LastSafeDay, it.Deadline = "", "", time.Time{}
		}),
		"no_amount": one(on(7), huabei(), func(it *plan.Item) {
			it.Bill.AmountDue, it.Bill.Outstanding, it.Bill.MinimumDue = "", "", ""
			it.Problems = []bill.Problem{{Field: bill.FieldAmountDue, Why: "two different amounts: 1234.56, 1243.56"}}
			it.Name = ""
			it.Bill.Issuer = ""
		}),
		"reopened": one(on(12), cmb(), func(it *plan.Item) { it.Detail.Code = "reopened" }),
		"other_zone": one(on(11), huabei(), func(it *plan.Item) {
			it.Deadline = time.Date(2025, 1, 11, 13, 0, 0, 0, shanghai)
		}),
		"other_year": one(time.Date(2024, 12, 30, 9, 0, 0, 0, shanghai), huabei(), nil),
	}
}

func listSamples() map[string]plan.Letter {
	usd := with(huabei(), func(it *plan.Item) {
		it.Subject.ID, it.Reminder, it.Name = "b_usd", "r3", "Example Hosting"
		it.Bill.ID, it.Bill.Currency, it.Bill.AmountDue, it.Bill.Outstanding = "b_usd", "USD", "86.40", "86.40"
		it.Bill.MinimumDue, it.Bill.DueDate, it.Bill.LastSafeDay = "", "2025-01-08", "2025-01-08"
		it.Deadline = time.Date(2025, 1, 9, 16, 0, 0, 0, shanghai)
	})
	unknown := with(huabei(), func(it *plan.Item) {
		it.Subject.ID, it.Reminder, it.Name = "b_unknown", "r4", "自来水公司"
		it.Bill.ID, it.Bill.AmountDue, it.Bill.Outstanding, it.Bill.MinimumDue = "b_unknown", "", "", ""
	})
	nothing := with(unknown, func(it *plan.Item) { it.Bill.ID = "b_unknown2" })
	return map[string]plan.Letter{
		"many_first":     letterOf(plan.LetterReminder, on(7), huabei(), cmb(), usd),
		"many_today":     letterOf(plan.LetterReminder, on(10), huabei(), cmb(), unknown),
		"many_late":      letterOf(plan.LetterReminder, on(16), cmb(), huabei()),
		"many_some_late": letterOf(plan.LetterReminder, on(12), cmb(), huabei(), usd),
		"many_grace":     letterOf(plan.LetterReminder, on(11), cmb(), with(cmb(), func(it *plan.Item) { it.Bill.ID = "b_cmb2" })),
		"many_unknown":   letterOf(plan.LetterReminder, on(7), unknown, nothing),
		"many_orders":    letterOf(plan.LetterReminder, on(7), orders()...),
		"hundred":        letterOf(plan.LetterReminder, on(7), crowd(60)...),
	}
}

// orders are eleven bills of three issuers: orders of one platform, several on
// one day and one of unknown amount, a card and an invoice.
func orders() []plan.Item {
	items := []plan.Item{cmb(), with(huabei(), func(it *plan.Item) {
		it.Name, it.Bill.ID, it.Bill.Issuer, it.Bill.Currency = "Example Hosting", "b_host", "hosting", "USD"
	})}
	for i, day := range []string{"2025-01-08", "2025-01-08", "2025-01-08", "2025-01-20", "2025-01-20", "2025-02-08", "2025-02-08", "2025-02-08", ""} {
		items = append(items, with(huabei(), func(it *plan.Item) {
			id := "b_order" + string(rune('1'+i))
			it.Name, it.Subject.ID, it.Reminder, it.Deadline = "1688 先采后付", id, "r"+id, time.Time{}
			*it.Bill = plan.Row{ID: id, Issuer: "1688", Reference: "2025" + strings.Repeat(string(rune('1'+i)), 12), Currency: "CNY",
				AmountDue: "100.00", Outstanding: "100.00", DueDate: day, LastSafeDay: day, Stage: bill.StageUpcoming, Trust: bill.TrustVouched}
			if i == 4 {
				it.Bill.AmountDue, it.Bill.Outstanding = "", ""
			}
		}))
	}
	return items
}

// crowd returns n bills of one issuer with different days and amounts.
func crowd(n int) []plan.Item {
	var items []plan.Item
	for i := range n {
		items = append(items, with(cmb(), func(it *plan.Item) {
			row := *it.Bill
			row.ID = "b_" + string(rune('a'+i/26%26)) + string(rune('a'+i%26))
			due := mustDay("2025-01-08") + bill.Day(i*7%40)
			row.DueDate, row.LastSafeDay = due.String(), (due + 3).String()
			row.Outstanding = bill.Money{Minor: int64(10000 + 137*i), Currency: "CNY"}.Decimal()
			it.Bill, it.Subject.ID, it.Reminder, it.Deadline = &row, row.ID, "r"+row.ID, time.Time{}
		}))
	}
	return items
}

func reviewSamples() map[string]plan.Letter {
	doubt := func(id string, fields ...bill.Field) plan.Item {
		return with(huabei(), func(it *plan.Item) {
			it.Subject = plan.Subject{Kind: plan.SubjectReview, ID: id}
			it.Step = "review"
			it.Bill.ID = id
			for _, f := range fields {
				it.Problems = append(it.Problems, bill.Problem{Field: f, Why: "two different dates: 01-08, 01-10"})
				if f == bill.FieldDueDate {
					it.Bill.DueDate, it.Bill.LastSafeDay, it.Deadline = "", "", time.Time{}
				}
			}
			it.Bill.Stage = bill.StageNeedsReview
		})
	}
	unread := with(doubt("b_unread", bill.FieldKind), func(it *plan.Item) {
		*it.Bill = plan.Row{ID: "b_unread", Issuer: "alipay-huabei", Trust: bill.TrustVouched, Stage: bill.StageNeedsReview}
		it.Deadline = time.Time{}
	})
	old := func(id string) plan.Item {
		return with(huabei(), func(it *plan.Item) {
			it.Subject = plan.Subject{Kind: plan.SubjectBacklog, ID: id}
			it.Bill.ID, it.Bill.Stage = id, bill.StageUnconfirmed
			it.Bill.DueDate, it.Bill.LastSafeDay, it.Deadline = "2024-11-10", "2024-11-10", time.Time{}
		})
	}
	noAmount := with(old("b_old3"), func(it *plan.Item) { it.Bill.AmountDue, it.Bill.Outstanding = "", "" })
	crowded := crowd(55)
	for i := range crowded {
		crowded[i].Problems = []bill.Problem{{Field: "colour", Why: "nobody knows"}}
	}
	paid := doubt("b_paid")
	paid.Problems = []bill.Problem{{Field: bill.FieldPaidAmount, Why: "a relayed message says it was paid: 1234.56 CNY"}}
	return map[string]plan.Letter{
		"review_all":     letterOf(plan.LetterReview, on(2), everyDoubt(doubt("b_all"))),
		"review_paid":    letterOf(plan.LetterReview, on(2), paid),
		"review_date":    letterOf(plan.LetterReview, on(2), doubt("b_r1", bill.FieldDueDate)),
		"review_unread":  letterOf(plan.LetterReview, on(2), unread),
		"review_plain":   letterOf(plan.LetterReview, on(2), doubt("b_r2")),
		"review_many":    letterOf(plan.LetterReview, on(2), doubt("b_r1", bill.FieldDueDate), doubt("b_r2", bill.FieldAmountDue, bill.FieldCurrency)),
		"review_crowd":   letterOf(plan.LetterReview, on(2), crowded...),
		"backlog":        letterOf(plan.LetterBacklog, on(2), old("b_old1"), old("b_old2"), noAmount),
		"backlog_one":    letterOf(plan.LetterBacklog, on(2), old("b_old1")),
		"backlog_amount": letterOf(plan.LetterBacklog, on(2), noAmount),
	}
}

// everyDoubt gives an item a problem of every field and every known reason.
func everyDoubt(it plan.Item) plan.Item {
	for _, f := range []bill.Field{
		bill.FieldKind, bill.FieldIssuer, bill.FieldAccount, bill.FieldReference, bill.FieldPeriod, bill.FieldCurrency,
		bill.FieldAmountDue, bill.FieldMinimumDue, bill.FieldPenalty, bill.FieldPaidAmount, bill.FieldPaidDate,
		bill.FieldStatementDate, bill.FieldDueDate, bill.FieldLastSafeDay, bill.FieldDaysLate, "cut_off",
	} {
		it.Problems = append(it.Problems, bill.Problem{Field: f, Why: "fits more than one bill"})
	}
	en, err := catalogueOf("en")
	if err != nil {
		panic(err)
	}
	for _, key := range slices.Sorted(maps.Keys(en.texts)) {
		if strings.HasPrefix(key, "why.") {
			text := expand(en.texts[key], func(name string) (string, bool) { return "1月8日" + name, true })
			it.Problems = append(it.Problems, bill.Problem{Field: bill.FieldDueDate, Why: text})
		}
	}
	return it
}

// warnings are the codes and arguments that the daemon tells of.
var warnings = map[string]map[string]string{
	"mailbox-trouble":   {"mailbox": "shop", "error": "LOGIN Login error or password error", "since": "2025-01-07T00:10:00Z"},
	"mailbox-ok":        {"mailbox": "shop"},
	"channel-trouble":   {"channel": "office", "error": "status 502", "since": "2025-01-07T00:10:00Z"},
	"channel-ok":        {"channel": "office"},
	"letter-failed":     {"channel": "office", "bills": "b_huabei, b_cmb", "error": "550 no such user"},
	"database-trouble":  {"error": "disk I/O error"},
	"clock-jumped":      {"by": "-2h0m0s"},
	"clock-behind":      {},
	"disk-full":         {"path": "/var/lib/repayd", "free": "12 MB"},
	"suspicious-more":   {"n": "497", "from": "service@al1pay.com, bank@example.org"},
	"suspicious-mail":   {"from": "service@al1pay.com", "subject": "您的花呗已逾期 https://evil.example/pay", "reason": "The domain al1pay.com only looks like alipay.com."},
	"disk-ok":           {"path": "/var/lib/repayd", "free": "12000 MB"},
	"config-ok":         {"file": "/etc/repayd/config.yaml"},
	"issuer-unreadable": {"issuer": "cmb-card", "name": "招商银行信用卡"},
	"issuer-readable":   {"issuer": "cmb-card", "name": "招商银行信用卡"},
	"no-bill-mail":      {"last": "2024-11-20T01:00:00Z"},
	"bill-mail-ok":      {"last": "2025-01-07T01:00:00Z"},
	"holidays-unknown":  {"year": "2026", "country": "CN"},
	"holidays-ok":       {"year": "2026", "country": "CN"},
	"config-rejected":   {"file": "/etc/repayd/config.yaml", "error": "config.yaml:12: unknown key \"chanels\""},
	"task-panicked":     {"task": "outbox", "error": "index out of range"},
	"payment-unsure":    {"name": "支付宝花呗", "amount": "500.00 CNY", "bills": "b_huabei, b_cmb", "since": "2025-01-07T00:10:00Z"},
	"payment-fits-none": {"name": "支付宝花呗", "amount": "500.00 CNY", "bills": "", "since": "2025-01-07T00:10:00Z"},
	"refund-unsure":     {"name": "京东白条", "amount": "99.00 CNY", "bills": "b_jd", "since": "2025-01-07T00:10:00Z"},
	"refund-fits-none":  {"name": "京东白条", "amount": "99.00 CNY", "bills": "", "since": "2025-01-07T00:10:00Z"},
	"plan-unsure":       {"name": "招商银行信用卡", "amount": "1200.00 CNY", "bills": "b_cmb, b_cmb2"},
	"something-unheard": {
		"mailbox": "shop", "channel": "me", "error": "e", "since": "2025-01-07T00:10:00Z", "bills": "b", "by": "1h",
		"from": "f", "subject": "s", "reason": "why not", "task": "x", "file": "f", "path": "p", "free": "1 MB",
		"colour": "red", "name": "n", "issuer": "i", "last": "2025-01-07T01:00:00Z", "year": "2026",
	},
}

func warningSamples() map[string]plan.Letter {
	all := map[string]plan.Letter{}
	var several []plan.Item
	for _, code := range slices.Sorted(maps.Keys(warnings)) {
		it := plan.Item{Subject: plan.Subject{Kind: plan.SubjectDaemon, ID: code},
			Detail: plan.Detail{Code: code, Args: warnings[code]}}
		all["warning_"+code] = letterOf(plan.LetterWarning, on(7), it)
		several = append(several, it)
	}
	all["clock_seconds"] = letterOf(plan.LetterWarning, on(7), plan.Item{Detail: plan.Detail{
		Code: "clock-jumped", Args: map[string]string{"by": "45s"}}})
	all["warnings"] = letterOf(plan.LetterWarning, on(7), several[:3]...)
	all["test"] = letterOf(plan.LetterTest, on(7), plan.Item{Subject: plan.Subject{Kind: plan.SubjectTest, ID: "me"}})
	return all
}

func languages() []string { return []string{"zh-CN", "en"} }

// TestGolden pins subject and text of every sample in both languages, and the
// HTML of a few.
func TestGolden(t *testing.T) {
	t.Parallel()
	withHTML := map[string]bool{"card_upcoming": true, "many_late": true, "review_date": true, "warning_suspicious-mail": true,
		"cost_late": true, "digest_short": true}
	for name, l := range samples() {
		for _, lang := range languages() {
			t.Run(name+"."+lang, func(t *testing.T) {
				t.Parallel()
				o := Options{Language: lang, Zone: shanghai}
				if name == "upcoming" || name == "many_first" || name == "review_date" {
					o.ReplyTo = "shop@163.com"
				}
				r, err := Render(l, o)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, name+"."+lang, "Subject: "+r.Subject+"\nThread: "+r.Thread+"\n\n"+r.Text)
				checkHTML(t, r.HTML)
				if withHTML[name] {
					golden(t, name+"."+lang+".html", r.HTML)
				}
				if !strings.Contains("\n"+r.Text, "\n"+ownIDText+"\n") || !plan.QuotesLetter(r.HTML) {
					t.Error("the letter does not carry its id on a line of its own")
				}
			})
		}
	}
}
