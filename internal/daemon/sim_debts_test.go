package daemon

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/intake"
	"repayd/internal/store"
)

// debt is the truth about one debt, and when the daemon was told of it.
type debt struct {
	issuer, currency string
	reference        string // order number, "" for none
	period           string // "2026-01", "" for none
	minor            int64
	due              bill.Day
	grace            int
	debit            bill.Day // when the issuer says it takes the money, unknown for never
	parent           string   // id of the bill that it is an instalment of, "" for none
	old              bool     // past all its dates before the daemon ever ran

	rng     *rand.Rand
	id      string    // of the bill; found at the end
	known   time.Time // when the daemon took it in; zero = not yet
	moved   time.Time // when it took in the last change of the date
	paid    int64     // by partial payments
	dropped bool
	closed  []spell // in which the daemon knew it closed
	snooze  []spell
	posted  time.Time // when a notice came that the daemon cannot understand
	puzzled time.Time // when it read that
}

// spell is a time; its end is zero while it lasts.
type spell struct{ from, to time.Time }

func within(spells []spell, t time.Time) bool {
	for _, c := range spells {
		if t.After(c.from) && (c.to.IsZero() || t.Before(c.to)) {
			return true
		}
	}
	return false
}

func (d *debt) close() {
	if n := len(d.closed); n == 0 || !d.closed[n-1].to.IsZero() {
		d.closed = append(d.closed, spell{from: time.Now()})
	}
}

func (d *debt) reopen() {
	if n := len(d.closed); n > 0 && d.closed[n-1].to.IsZero() {
		d.closed[n-1].to = time.Now()
	}
}

func (d *debt) isClosed() bool { return len(d.closed) > 0 && d.closed[len(d.closed)-1].to.IsZero() }

func (d *debt) name() string {
	return strings.TrimSpace(d.issuer + " " + d.reference + d.period + " due " + d.due.String())
}

// once makes a function that acts the first time only: a mailbox may be read
// again from the start.
func once(do func()) func() {
	done := false
	return func() {
		if !done {
			done = true
			do()
		}
	}
}

const (
	alipay  = "service@mail.alipay.com"
	seller  = "service@notice.1688.com"
	alibaba = "noreply@notice.alibaba.com"
	taobao  = "service@mail.taobao.com"
)

const advertising = "账单分期最高立减88元,还款更轻松"

// Who vouches for a message, as the owner's server reports it.
const (
	vouched  = "dmarc=pass"
	unproven = ""
	refuted  = "dmarc=fail"
)

var china = func() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return zone
}()

// letterOf is a message as it lies in the mailbox.
func mailOf(from, auth, subject, body string, at time.Time, serial int) []byte {
	_, domain, _ := strings.Cut(from, "@")
	date := at.In(china).Format(time.RFC1123Z)
	var b strings.Builder
	if auth != unproven {
		fmt.Fprintf(&b, "Authentication-Results: mx.example.net; %s header.from=%s\n", auth, domain)
	}
	fmt.Fprintf(&b, "Received: from out.%s by mx.example.net; %s\n", domain, date)
	fmt.Fprintf(&b, "From: <%s>\nTo: <owner@example.com>\nSubject: %s\nDate: %s\nMessage-ID: <%d@%s>\n",
		from, subject, date, serial, domain)
	fmt.Fprintf(&b, "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n", body)
	return []byte(strings.ReplaceAll(b.String(), "\n", "\r\n"))
}

// post delivers a message now; then is called when the daemon has taken it in.
func (s *sim) post(from, auth, subject, body string, then func()) {
	s.mail.deliver(mailOf(from, auth, subject, body, time.Now(), len(s.mail.stored)), once(then))
}

// postSilently delivers a message that the server tells nobody of.
func (s *sim) postSilently(subject string) *stored {
	s.mail.mu.Lock()
	defer s.mail.mu.Unlock()
	m := &stored{raw: mailOf("promo@mail.alipay.com", vouched, subject, advertising, time.Now(), len(s.mail.stored)), at: time.Now()}
	s.mail.stored = append(s.mail.stored, m)
	return m
}

func (d *debt) amount() string { return decimal(d.minor) }

func decimal(minor int64) string { return fmt.Sprintf("%d.%02d", minor/100, minor%100) }

func chinese(d bill.Day) string {
	y, m, day := d.Date()
	return fmt.Sprintf("%d年%d月%d日", y, m, day)
}

// announce sends the notice that a debt exists, or that its date moved.
func (s *sim) announce(d *debt, auth string, due bill.Day, then func()) {
	from, subject, body := d.notice(due)
	s.post(from, auth, subject, body, then)
}

// notice is how the issuer tells of a debt.
func (d *debt) notice(due bill.Day) (from, subject, body string) {
	y, m, day := due.Date()
	switch d.issuer {
	case "alipay-huabei":
		return alipay, "花呗账单提醒", fmt.Sprintf("您的%d年%d月花呗账单已生成\n本期应还金额:¥%s\n到期还款日:%s", y, m, d.amount(), chinese(due))
	case "1688-terms":
		return seller, "1688账期订单到期提醒", fmt.Sprintf("您的账期订单即将到期,请按时付款。\n订单号:%s\n应付金额:%s元\n到期日:%s\n宽限期:%d天", d.reference, d.amount(), due, d.grace)
	case "alibaba-paylater":
		return alibaba, "Alibaba.com Pay Later: your payment is due soon", fmt.Sprintf("Order number: %s\nAmount due: US$%s\nPayment due date: %s",
			d.reference, d.amount(), due.At(0, time.UTC).Format("January 2, 2006"))
	}
	return taobao, "先用后付扣款提醒", fmt.Sprintf("您的先用后付订单已确认收货,将于%d月%d日自动扣款\n订单编号:%s\n待付款金额:%s元", m, day, d.reference, d.amount())
}

// receipt sends the notice that something was paid.
func (s *sim) receipt(d *debt, auth string, minor int64, then func()) {
	now := time.Now().In(china)
	switch d.issuer {
	case "alipay-huabei":
		y, m, _ := d.due.Date()
		s.post(alipay, auth, "花呗还款成功通知", fmt.Sprintf("您的%d年%d月花呗账单还款成功。\n还款金额:%s元\n还款时间:%s", y, m, decimal(minor), now.Format(time.DateTime)), then)
	case "1688-terms":
		s.post(seller, auth, "1688账期付款成功", fmt.Sprintf("您的账期订单付款成功。\n订单号:%s\n付款金额:%s元\n付款时间:%s", d.reference, decimal(minor), now.Format(time.DateTime)), then)
	case "taobao-paylater":
		s.post(taobao, auth, "先用后付付款成功", fmt.Sprintf("订单号:%s\n付款金额:%s元\n付款时间:%s", d.reference, decimal(minor), now.Format(time.DateTime)), then)
	case "alibaba-paylater":
		s.post(alibaba, auth, "Pay Later payment received", fmt.Sprintf("Thank you for your payment.\nOrder number: %s\nAmount paid: US$%s\nPayment date: %s",
			d.reference, decimal(minor), now.Format(time.DateOnly)), then)
	}
}

// bounced sends the notice that a debit failed.
func (s *sim) bounced(d *debt, then func()) {
	if d.issuer == "taobao-paylater" {
		_, m, day := (d.due + 3).Date()
		s.post(taobao, vouched, "先用后付扣款失败", fmt.Sprintf("您的先用后付订单(订单号:%s)扣款失败,应付金额%s元,请于%d月%d日前完成付款。", d.reference, d.amount(), m, day), then)
		return
	}
	s.post(alibaba, vouched, "Your Pay Later payment failed", fmt.Sprintf("We could not process your payment.\nOrder number: %s\nAmount due: US$%s\nDue date: %s",
		d.reference, d.amount(), d.due.At(0, time.UTC).Format("January 2, 2006")), then)
}

// command lets the owner type a command about a debt, beside the daemon. As
// long as the daemon knows nothing of it the owner waits.
func (s *sim) command(d *debt, kind bill.CommandKind, fill func(*bill.Command), then func()) {
	b := s.billOf(d)
	if b == nil && kind != bill.CommandAdd {
		s.at(time.Now().Add(5*time.Hour), fmt.Sprintf("%s %s, again", kind, d.name()), func() { s.command(d, kind, fill, then) })
		return
	}
	s.commands++
	c := bill.Command{ID: fmt.Sprintf("cmd-%d", s.commands), Kind: kind}
	if b != nil {
		c.Bill = b.ID
	}
	if fill != nil {
		fill(&c)
	}
	err := s.eye.Update(context.Background(), func(tx *store.Tx) error {
		_, err := s.hand.Command(tx, c)
		return err
	})
	if err != nil {
		s.wrong("%s: %s %s: %v", s.stamp(time.Now()), kind, d.name(), err)
		return
	}
	s.stirs()
	then()
}

// billOf finds the bill of a debt in the database, nil where there is none.
func (s *sim) billOf(d *debt) *bill.Bill {
	var found *bill.Bill
	s.view(func(tx *store.Tx) error {
		all, err := tx.Bills(store.BillFilter{Issuer: d.issuer})
		for _, b := range all {
			switch {
			case b.Parent != d.parent, d.parent != "" && b.DueDate != d.due:
			case d.reference != "" && b.Reference != d.reference:
			case d.period != "" && b.Period != d.period:
			case d.reference+d.period == "" && b.DueDate != d.due:
			case found != nil:
				s.wrong("%s has two bills: %s and %s", d.name(), found.ID, b.ID)
			default:
				found = b
			}
		}
		return err
	})
	return found
}

// newHand is the owner's way to type commands.
func (s *sim) newHand() *intake.Intake {
	in, err := Intake(s.cfg, nil, s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	return in
}
