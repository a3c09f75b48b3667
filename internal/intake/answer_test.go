package intake_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
	"repayd/internal/store"
)

const (
	owner   = "owner@example.com"
	partner = "partner@example.org" // got the letter, is no owner in the configuration
)

// letter stores an accepted letter to the owner and the partner about bills.
func (w *world) letter(bills ...string) string {
	w.t.Helper()
	return w.letterOn("me", []string{owner, partner}, bills...)
}

func (w *world) letterOn(channel string, to []string, bills ...string) string {
	w.t.Helper()
	l := plan.Letter{ID: plan.NewLetterID(), Channel: channel, Type: plan.LetterReminder, State: plan.LetterAccepted, Created: w.now, Accepted: w.now, Done: to}
	err := w.store.Update(context.Background(), func(tx *store.Tx) error {
		var reminders []plan.Reminder
		for _, id := range bills {
			subject := plan.Subject{Kind: plan.SubjectBill, ID: id}
			r := plan.Reminder{ID: plan.ID(subject, "told", channel, bill.DayOf(w.now)), Subject: subject, Step: "told", Channel: channel,
				Date: bill.DayOf(w.now), StepAt: w.now, At: w.now, State: plan.StateAccepted, Letter: l.ID}
			reminders = append(reminders, r)
			l.Content.Items = append(l.Content.Items, plan.Item{Reminder: r.ID, Subject: subject})
		}
		if err := tx.PutLetter(l); err != nil {
			return err
		}
		if err := tx.PutReminders(reminders); err != nil {
			return err
		}
		var attempts []plan.Attempt
		for _, a := range to {
			attempts = append(attempts, plan.Attempt{Letter: l.ID, Recipient: a, At: w.now, Outcome: "accepted"})
		}
		return tx.PutAttempts(attempts)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return l.ID
}

// reply makes a vouched or unvouched answer to a letter.
func (w *world) reply(from, letter, body string, vouched bool, fields ...string) []byte {
	raw := string(mail(from, w.now.In(shanghai).Format("2006-01-02 15:04"), "Re: reminder", body, vouched))
	head := fmt.Sprintf("In-Reply-To: <%s@163.com>\r\n", letter)
	for _, f := range fields {
		head += f + "\r\n"
	}
	trace, rest, _ := strings.Cut(raw, "From: ")
	return []byte(trace + head + "From: " + rest)
}

// told lists the codes of planned warnings with their arguments.
func (w *world) told() []string {
	w.t.Helper()
	var out []string
	w.view(func(tx *store.Tx) error {
		rows, err := tx.Planned(time.Time{}, time.Time{})
		for _, r := range rows {
			if r.Subject.Kind == plan.SubjectDaemon {
				line := r.Channel + ": " + r.Detail.Code
				for _, name := range []string{"order", "amount", "left", "until", "due", "why", "words", "understood", "address"} {
					if v := r.Detail.Args[name]; v != "" {
						line += " " + name + "=" + v
					}
				}
				out = append(out, line)
			}
		}
		return err
	})
	slices.Sort(out)
	return out
}

// answering is a world with the huabei bill of 500.00 CNY, due 10 January.
func answering(t *testing.T) (w *world, id, letter string) {
	w = newWorld(t, "2026-01-02 12:00")
	w.in.Owners = []string{"Owner@example.com"}
	w.read(statement("2026-01-02 08:00"))
	id = w.ids()[0]
	letter = w.letter(id)
	w.at("2026-01-05 20:00")
	return w, id, letter
}

const untouched = "alipay-huabei 2026-01-10 500.00 upcoming vouched"

func TestAnswersAct(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct{ bill, told string }{
		"已还":       {"alipay-huabei 2026-01-10 0.00 settled vouched", "me: reply-done order=paid"},
		"还了200":    {"alipay-huabei 2026-01-10 300.00 upcoming vouched", "me: reply-done order=part amount=200.00 CNY left=300.00 CNY"},
		"还了500":    {"alipay-huabei 2026-01-10 0.00 settled vouched", "me: reply-done order=part amount=500.00 CNY left=0.00 CNY"},
		"停止提醒":     {"alipay-huabei 2026-01-10 500.00 dropped vouched", "me: reply-done order=drop"},
		"延期到1月20日": {"alipay-huabei 2026-01-20 500.00 upcoming vouched", "me: reply-done order=set due=2026-01-20"},
		// Both days are known only to plan: the due day at 09:00 bounds it.
		"推迟一周": {untouched, "me: reply-done order=snooze until=2026-01-10T01:00:00Z"},
		"推迟2天": {untouched, "me: reply-done order=snooze until=2026-01-07T12:00:00Z"},
		"已还\r\n\r\n在 2026年1月2日,09:00,repayd <shop@163.com> 写道:\r\n\r\n停止提醒\r\nrl_abcdefghijklmnopqrstuvwxyz": {"alipay-huabei 2026-01-10 0.00 settled vouched", "me: reply-done order=paid"},
	} {
		w, id, letter := answering(t)
		res := w.read(w.reply(owner, letter, body, true))
		check(t, body+": bills", w.bills(), []string{want.bill})
		check(t, body+": told", w.told(), []string{want.told})
		check(t, body+": result", []any{res.Bills, res.Told, res.Outcome}, []any{[]string{id}, true, bill.OutcomeNone})
	}
}

// TestAnswersThatChangeNothing: forged, automatic, unclear, or to nothing known.
func TestAnswersThatChangeNothing(t *testing.T) {
	t.Parallel()
	guessed := "rl_abcdefghijklmnopqrstuvwxyz"
	for name, c := range map[string]struct {
		from, body string
		letter     string // "" = the real one
		vouched    bool
		fields     []string
		told       string
	}{
		"spoofed From":        {from: owner, body: "已还", told: "me: reply-refused why=proof"},
		"a stranger":          {from: "eve@example.net", body: "已还", vouched: true, told: "me: reply-refused why=address"},
		"look-alike":          {from: "owner@examp1e.com", body: "已还", vouched: true, told: "me: reply-refused why=address"},
		"guessed id":          {from: owner, body: "已还", letter: guessed, vouched: true},
		"guessed id, spoofed": {from: owner, body: "已还", letter: guessed},
		"two senders":         {from: owner, body: "已还", vouched: true, fields: []string{"From: owner@example.com"}, told: "me: reply-refused why=proof"},
		"a forged report of passing": {from: owner, body: "已还", fields: []string{"Authentication-Results: " + authserv + "; dmarc=pass header.from=example.com"},
			told: "me: reply-refused why=proof"},
		"out of office":   {from: owner, body: "已还", vouched: true, fields: []string{"Auto-Submitted: auto-replied"}},
		"a list":          {from: owner, body: "已还", vouched: true, fields: []string{"Precedence: bulk"}},
		"only quoted":     {from: owner, body: "> 已还\r\n> paid", vouched: true, told: "me: reply-unclear why=nothing"},
		"negated":         {from: owner, body: "还没还", vouched: true, told: "me: reply-unclear why=words words=还没还"},
		"half understood": {from: owner, body: "推迟2天\r\n还没还", vouched: true, told: "me: reply-unclear why=words words=还没还 understood=推迟2天"},
		"unknown bill":    {from: owner, body: "abcdefgh 已还", vouched: true, told: "me: reply-unclear why=no-bill words=abcdefgh 已还"},
		"too much":        {from: owner, body: "还了501", vouched: true, told: "me: reply-unclear why=refused words=还了501"},
		"other currency":  {from: owner, body: "paid 5 USD", vouched: true, told: "me: reply-unclear why=amount words=paid 5 usd"},
		"contradiction":   {from: owner, body: "已还。停止提醒", vouched: true, told: "me: reply-unclear why=contradiction words=停止提醒 understood=已还"},
		"all, then later": {from: owner, body: "还了500。推迟2天", vouched: true, told: "me: reply-unclear why=contradiction words=推迟2天 understood=还了500"},
	} {
		w, _, letter := answering(t)
		if c.letter != "" {
			letter = c.letter
		}
		before := w.reminders(plan.StatePlanned)
		res := w.read(w.reply(c.from, letter, c.body, c.vouched, c.fields...))
		check(t, name+": bills", w.bills(), []string{untouched})
		check(t, name+": planned", w.reminders(plan.StatePlanned), before)
		check(t, name+": outcome", res.Outcome, bill.OutcomeNone)
		var want []string
		if c.told != "" {
			want = []string{c.told}
		}
		check(t, name+": told", w.told(), want)
	}
}

// TestOneAnswerActsOnce: again by hash, again after the issuer files changed,
// as a copy in another folder, and as the same mail sent again by somebody.
func TestOneAnswerActsOnce(t *testing.T) {
	t.Parallel()
	w, _, letter := answering(t)
	raw := w.reply(owner, letter, "还了100", true)
	w.read(raw)
	w.read(raw)
	w.load() // the set is loaded anew
	w.read(raw)
	w.read([]byte(strings.Replace(string(raw), "Received: from", "X-Copy: 1\r\nReceived: from", 1)))
	check(t, "bills", w.bills(), []string{"alipay-huabei 2026-01-10 400.00 upcoming vouched"})
	check(t, "told", w.told(), []string{"me: reply-done order=part amount=100.00 CNY left=400.00 CNY"})
	// The fold takes the same amount within three days for the same payment.
	w.at("2026-01-09 20:00")
	w.read(w.reply(owner, letter, "还了100", true))
	check(t, "four days later", w.bills(), []string{"alipay-huabei 2026-01-10 300.00 upcoming vouched"})
}

// TestAnswersNameTheirBill: a letter about two bills needs an id. Who is only a
// recipient may name the bills of that letter, an owner any.
func TestAnswersNameTheirBill(t *testing.T) {
	t.Parallel()
	w, id, _ := answering(t)
	due, _ := bill.ParseDay("2026-01-20")
	other := w.command(bill.Command{Kind: bill.CommandAdd, Issuer: "landlord", Due: due, Amount: bill.Money{Minor: 100, Currency: "USD"}}).ID
	w.now = w.now.Add(time.Minute)
	third := w.command(bill.Command{Kind: bill.CommandAdd, Issuer: "water", Due: due, Amount: bill.Money{Minor: 100, Currency: "USD"}}).ID
	letter := w.letter(id, other)
	w.now = w.now.Add(time.Minute)
	w.read(w.reply(owner, letter, "paid", true))
	check(t, "no id", w.told(), []string{"me: reply-unclear why=which-bill words=paid"})
	w.now = w.now.Add(time.Minute)
	w.read(w.reply(partner, letter, third+" paid", true))
	check(t, "not of that letter", w.bills(), []string{untouched, "landlord 2026-01-20 1.00 upcoming owner", "water 2026-01-20 1.00 upcoming owner"})
	w.now = w.now.Add(time.Minute)
	w.read(w.reply(partner, letter, "Paid "+strings.ToUpper(other), true))
	w.now = w.now.Add(time.Minute)
	w.read(w.reply(owner, letter, third+" paid\r\n"+id+" 还了500", true))
	check(t, "named", w.bills(), []string{"alipay-huabei 2026-01-10 0.00 settled vouched", "landlord 2026-01-20 0.00 settled owner", "water 2026-01-20 0.00 settled owner"})
}

// TestRefusedAnswersAreToldOnceADay, however many come.
func TestRefusedAnswersAreToldOnceADay(t *testing.T) {
	t.Parallel()
	w, _, letter := answering(t)
	for i := range 5 {
		w.read(w.reply("eve@example.net", letter, fmt.Sprintf("已还 %d", i), true))
	}
	check(t, "told", len(w.told()), 1)
	w.now = w.now.AddDate(0, 0, 1)
	w.read(w.reply("eve@example.net", letter, "已还", true))
	check(t, "the next day", len(w.told()), 2)
}

// TestAnAnswerCountsFromWhenItWasGiven: read after an outage, it stands behind
// what a vouched sender said later.
func TestAnAnswerCountsFromWhenItWasGiven(t *testing.T) {
	t.Parallel()
	w, id, letter := answering(t)
	answer := w.reply(owner, letter, "已还", true)
	w.at("2026-01-15 12:00")
	w.read(mail(huabei, "2026-01-12 08:00", "花呗逾期提醒", "您的2026年1月花呗账单已逾期\n本期应还金额:¥500.00\n到期还款日:2026年1月10日\n", true))
	w.read(answer)
	w.view(func(tx *store.Tx) error {
		b, _, err := tx.Bill(id)
		check(t, "answered at", b.AnsweredAt.In(shanghai).Format("01-02 15:04"), "01-05 20:00")
		check(t, "open again", b.Open(), true)
		return err
	})
}

// TestOwnLettersComingBackAreNoAnswers: the usual set-up reads what it sends.
func TestOwnLettersComingBackAreNoAnswers(t *testing.T) {
	t.Parallel()
	w, _, letter := answering(t)
	raw := w.reply(owner, letter, "已还", true, "X-Repayd-Letter: "+letter)
	check(t, "outcome", w.read(raw).Outcome, bill.OutcomeNone)
	check(t, "bills", w.bills(), []string{untouched})
	check(t, "told", w.told(), []string{})
}

// bounce makes the report of a mail server about a letter.
func (w *world) bounce(letter, to, action, status string) []byte {
	return []byte("Received: from mx.example.net by " + authserv + "; " + w.now.In(shanghai).Format(time.RFC1123Z) + "\r\n" +
		"From: MAILER-DAEMON@mx.example.net\r\nTo: shop@163.com\r\nSubject: Undelivered\r\nAuto-Submitted: auto-replied\r\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n" +
		"Final-Recipient: rfc822; " + to + "\r\nAction: " + action + "\r\nStatus: " + status + "\r\nDiagnostic-Code: smtp; 550 " + status + " unknown\r\n\r\n" +
		"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <" + letter + "@163.com>\r\nSubject: x\r\n\r\nbody\r\n--b--\r\n")
}

func (w *world) attempts(letter string) []string {
	w.t.Helper()
	var out []string
	w.view(func(tx *store.Tx) error {
		as, err := tx.AttemptsOf(letter)
		for _, a := range as {
			out = append(out, a.Recipient+" "+a.Outcome)
		}
		return err
	})
	return out
}

// stands lists the planned reminders of a channel with the one they stand for.
func (w *world) stands(channel string) int {
	w.t.Helper()
	n := 0
	w.view(func(tx *store.Tx) error {
		rows, err := tx.Planned(time.Time{}, time.Time{})
		for _, r := range rows {
			if r.Channel == channel && r.For != "" {
				n++
			}
		}
		return err
	})
	return n
}

// TestBouncesAreRoutedRound: the letter reached nobody, so the fallback gets
// its reminders, once; the warning goes another way and shows no address.
func TestBouncesAreRoutedRound(t *testing.T) {
	t.Parallel()
	w, id, _ := answering(t)
	w.in.Fallbacks = map[string]string{"me": "office"}
	letter := w.letterOn("me", []string{owner}, id)
	for range 2 {
		w.now = w.now.Add(time.Minute)
		w.read(w.bounce(letter, "Owner@Example.com", "failed", "5.1.1"))
	}
	check(t, "ledger", w.attempts(letter), []string{owner + " accepted", owner + " bounced"})
	check(t, "told", w.told(), []string{"office: address-bounces address=o***@example.com"})
	check(t, "in its place", w.stands("office"), 1)
	w.now = w.now.Add(time.Hour)
	next := w.letterOn("me", []string{owner}, id)
	w.read(w.bounce(next, owner, "failed", "5.1.1"))
	check(t, "not told again", len(w.told()), 1)
	w.view(func(tx *store.Tx) error {
		fact, _, err := tx.Fact("bounce:" + owner)
		check(t, "counted", strings.Contains(fact, `"letters":2`), true)
		return err
	})
}

// TestABouncingOnlyChannelIsToldAnotherWay: without a fallback the reminder has
// nowhere to go, but any other channel says so.
func TestABouncingOnlyChannelIsToldAnotherWay(t *testing.T) {
	t.Parallel()
	w, id, _ := answering(t)
	w.in.Env.Instead = map[string]string{"me": "office"}
	w.read(w.bounce(w.letterOn("me", []string{owner}, id), owner, "failed", "5.1.1"))
	check(t, "told", w.told(), []string{"office: address-bounces address=o***@example.com"})
	check(t, "in its place", w.stands("office"), 0)
}

// TestBouncesThatRouteNothing: somebody else has the letter, it is only late,
// the bill is closed, or the report is about no letter or recipient of ours.
func TestBouncesThatRouteNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		to             []string
		failed, action string
		status         string
		paid, foreign  bool
		ledger         string
		told           int
	}{
		"another has it": {to: []string{owner, partner}, failed: owner, action: "failed", status: "5.1.1", ledger: "bounced", told: 2},
		"late":           {to: []string{owner}, failed: owner, action: "delayed", status: "4.4.1", ledger: "delayed"},
		"paid meanwhile": {to: []string{owner}, failed: owner, action: "failed", status: "5.1.1", paid: true, ledger: "bounced", told: 1},
		"not ours":       {to: []string{owner}, failed: owner, action: "failed", status: "5.1.1", foreign: true},
		"not recipient":  {to: []string{owner, partner}, failed: "eve@example.net", action: "failed", status: "5.1.1"},
	} {
		w, id, _ := answering(t)
		w.in.Fallbacks = map[string]string{"me": "office"}
		w.in.Env.Policies[0].Channels = []string{"me", "office"}
		letter := w.letterOn("me", c.to, id)
		if c.paid {
			w.command(bill.Command{Kind: bill.CommandPaid, Bill: id})
		}
		about := letter
		if c.foreign {
			about = "rl_abcdefghijklmnopqrstuvwxyz"
		}
		w.now = w.now.Add(time.Minute)
		check(t, name+": outcome", w.read(w.bounce(about, c.failed, c.action, c.status)).Outcome != bill.OutcomeNotices, true)
		want := []string{}
		for _, to := range c.to {
			want = append(want, to+" accepted")
		}
		if c.ledger != "" {
			want = append(want, c.failed+" "+c.ledger)
		}
		check(t, name+": ledger", w.attempts(letter), want)
		check(t, name+": told", len(w.told()), c.told)
		check(t, name+": in its place", w.stands("office"), 0)
	}
}
