package daemon

import (
	"fmt"
	"slices"
	"time"

	"repayd/internal/bill"
)

// plan puts a year of debts and failures on the world's calendar.
func (s *sim) plan(start, end time.Time) {
	s.backlog()
	for month := range yearDays / 30 {
		first := start.AddDate(0, month, 0)
		s.huabei(first)
		for range 1 + s.rng.IntN(2) {
			s.order(first.Add(between(s.rng, 0, 28*24*time.Hour)))
		}
		s.abroad(first.Add(between(s.rng, 0, 28*24*time.Hour)))
		s.rent(start, first)
		if s.rng.IntN(2) == 0 {
			s.added(first.Add(between(s.rng, 0, 28*24*time.Hour)))
		}
		if s.rng.IntN(3) == 0 {
			s.puzzle(first.Add(between(s.rng, 0, 28*24*time.Hour)))
		}
		s.debited(first.Add(between(s.rng, 0, 28*24*time.Hour)))
		if s.rng.IntN(3) == 0 {
			s.instalments(first.Add(between(s.rng, 0, 28*24*time.Hour)))
		}
		s.junk(first.Add(between(s.rng, 0, 28*24*time.Hour)))
	}
	s.planFailures(start, end.Add(-time.Hour))
}

func (s *sim) debt(issuer string, due bill.Day) *debt {
	d := &debt{issuer: issuer, currency: "CNY", due: due, minor: 100 + s.rng.Int64N(5_000_000), rng: s.chance(-1 - len(s.debts))}
	s.debts = append(s.debts, d)
	return d
}

func dayIn(t time.Time, loc *time.Location) bill.Day { return bill.DayOf(t.In(loc)) }

// huabei is a monthly bill, announced on one of the first days.
func (s *sim) huabei(first time.Time) {
	y, m, _ := first.In(china).Date()
	due, _ := bill.NewDay(y, m, pick(s.rng, 10, 15, 20))
	d := s.debt("alipay-huabei", due)
	d.period = fmt.Sprintf("%d-%02d", y, m)
	born := time.Date(y, m, 1+s.rng.IntN(5), s.rng.IntN(24), s.rng.IntN(60), 0, 0, china)
	s.bornBy(d, born)
	s.forgeries(d, born)
	s.settle(d, born)
}

// order is bought on terms; its date may move, and bank transfers take a
// working day.
func (s *sim) order(born time.Time) {
	d := s.debt("1688-terms", dayIn(born, china)+bill.Day(4+s.rng.IntN(36)))
	d.reference, d.grace = fmt.Sprintf("B%05d", 10000+len(s.debts)), s.rng.IntN(8)
	s.bornBy(d, born)
	if s.rng.IntN(3) == 0 {
		at := born.Add(between(s.rng, 24*time.Hour, 4*24*time.Hour))
		s.at(at, "move "+d.name(), func() {
			if d.isClosed() || d.paid > 0 { // a notice would say what is left, and this one says all
				return
			}
			d.due += bill.Day(pick(d.rng, -1, 3, 10, 20))
			s.announce(d, vouched, d.due, func() { d.moved = time.Now() })
		})
	}
	s.forgeries(d, born)
	s.settle(d, born)
}

// abroad is in another currency and goes by another policy; a payment of it
// may come back.
func (s *sim) abroad(born time.Time) {
	d := s.debt("alibaba-paylater", dayIn(born, china)+bill.Day(3+s.rng.IntN(20)))
	d.reference, d.currency = fmt.Sprintf("C%05d", 30000+len(s.debts)), "USD"
	s.bornBy(d, born)
	s.forgeries(d, born)
	paid := s.settle(d, born)
	if s.rng.IntN(4) == 0 {
		back := paid.Add(between(s.rng, 24*time.Hour, 6*24*time.Hour))
		again := back.Add(between(s.rng, time.Hour, 20*24*time.Hour))
		s.at(back, "the payment comes back: "+d.name(), func() {
			if !d.isClosed() || d.dropped || s.failedBetween(d.closed[len(d.closed)-1].from.Add(-time.Minute), time.Now(), "clock") {
				return // paid on a day that is still to come, as far as the owner's word goes
			}
			d.paid = 0
			read := false
			s.bounced(d, func() {
				read = true
				d.reopen()
			})
			var pay func()
			pay = func() { // the owner pays when he has heard of it
				if read {
					s.pay(d)
					return
				}
				s.at(time.Now().Add(5*time.Hour), "not heard of yet: "+d.name(), pay)
			}
			s.at(again, "paid after all: "+d.name(), pay)
		})
	}
}

// rent is declared in the configuration.
func (s *sim) rent(start, first time.Time) {
	y, m, _ := first.Date() // of UTC: in another zone two of them may lie in one month
	due, _ := bill.NewDay(y, m, 5)
	if due < dayIn(start, s.cfg.Zone) {
		return
	}
	d := s.debt("rent", due)
	d.minor, d.grace = 300000, 5
	d.known = start
	if ahead := (due - declareAhead).End(s.cfg.Zone); ahead.After(start) {
		d.known = ahead
	}
	s.settle(d, due.At(0, s.cfg.Zone).Add(-15*24*time.Hour))
}

// added is a bill that the owner wrote down.
func (s *sim) added(born time.Time) {
	d := s.debt(fmt.Sprintf("friend %d", len(s.debts)), dayIn(born, s.cfg.Zone)+bill.Day(1+s.rng.IntN(20)))
	s.at(born, "add "+d.name(), func() {
		s.command(d, bill.CommandAdd, func(c *bill.Command) {
			c.Issuer, c.Due, c.Amount = d.issuer, d.due, bill.Money{Minor: d.minor, Currency: d.currency}
		}, func() { d.known = time.Now() })
	})
	s.settle(d, born)
}

func (s *sim) bornBy(d *debt, born time.Time) {
	s.at(born, "notice of "+d.name(), func() {
		s.mayDie(d)
		s.announce(d, vouched, d.due, func() { d.known = time.Now() })
		if d.rng.IntN(5) == 0 {
			s.forward(d, d.due, time.Now())
		}
	})
}

// mayDie lights a short fuse now and then: the process dies while it takes in
// what comes next. In the calm at the end it lives.
func (s *sim) mayDie(d *debt) {
	if s.life != nil && time.Since(s.began) < yearLasts && d.rng.IntN(6) == 0 {
		calls := 1 + d.rng.Int64N(8)
		s.say("a fuse of %d calls", calls)
		s.life.fuse.Store(calls)
	}
}

// settle plans how a debt ends, and returns about when.
func (s *sim) settle(d *debt, born time.Time) time.Time {
	due := d.due.At(0, china)
	at := born.Add(between(s.rng, time.Hour, max(due.Sub(born), 2*time.Hour)))
	switch n := s.rng.IntN(20); {
	case n < 5: // late
		at = due.Add(between(s.rng, 0, 20*24*time.Hour))
	case n < 6: // forgotten
		at = due.Add(35 * 24 * time.Hour)
		s.at(at, "drop "+d.name(), func() { s.command(d, bill.CommandDrop, nil, func() { d.dropped = true; d.close() }) })
		return at
	case n < 9:
		s.snooze(d, born.Add(between(s.rng, time.Hour, 10*24*time.Hour)))
	}
	s.at(at, "pay "+d.name(), func() { s.pay(d) })
	return at
}

// pay pays what is left, in one way or another.
func (s *sim) pay(d *debt) {
	byMail := d.parent == "" && slices.Contains([]string{"alipay-huabei", "alibaba-paylater", "1688-terms", "taobao-paylater"}, d.issuer)
	rest := d.minor - d.paid
	s.mayDie(d)
	if d.paid == 0 && d.rng.IntN(3) == 0 && s.answer(d, "已还", d.close) {
		return
	}
	switch n := d.rng.IntN(10); {
	case !byMail || n < 3 || len(d.closed) > 0:
		s.command(d, bill.CommandPaid, nil, d.close)
	case n < 5 && d.paid == 0 && rest > 1:
		part := 1 + d.rng.Int64N(rest-1)
		d.paid = part
		s.receipt(d, vouched, part, func() {})
		s.at(time.Now().Add(between(d.rng, 26*time.Hour, 9*24*time.Hour)), "pay the rest of "+d.name(), func() { s.pay(d) })
	default:
		s.receipt(d, vouched, rest, d.close)
	}
}

func (s *sim) snooze(d *debt, at time.Time) {
	s.at(at, "snooze "+d.name(), func() {
		if b := s.billOf(d); b == nil || !b.Open() {
			return
		}
		if d.rng.IntN(3) == 0 && s.answer(d, "推迟 2 天", func() {
			d.snooze = append(d.snooze, spell{time.Now().Add(-time.Second), s.wall().Add(48 * time.Hour)})
		}) {
			return
		}
		until := s.wall().Add(between(d.rng, time.Hour, 4*24*time.Hour))
		s.command(d, bill.CommandSnooze, func(c *bill.Command) { c.Until = until }, func() {
			d.snooze = append(d.snooze, spell{time.Now().Add(-time.Second), until})
		})
	})
}

// forgeries are mails that want the daemon to be silent about a debt.
func (s *sim) forgeries(d *debt, born time.Time) {
	for range s.rng.IntN(3) {
		at := born.Add(between(s.rng, time.Hour, 20*24*time.Hour))
		auth := pick(s.rng, unproven, refuted)
		s.at(at, "forgery about "+d.name(), func() {
			if d.rng.IntN(2) == 0 {
				s.receipt(d, auth, d.minor, func() {})
			} else if d.period == "" { // another month is another bill
				s.announce(d, auth, d.due+bill.Day(5+d.rng.IntN(20)), func() {})
			}
		})
	}
}

// junk is everything else that lies in a mailbox.
func (s *sim) junk(at time.Time) {
	s.at(at, "advertising", func() {
		s.post("promo@mail.alipay.com", vouched, "花呗分期优惠", advertising, func() {})
		s.post("friend@example.org", vouched, "dinner on Friday?", "I will bring the wine.", func() {})
	})
	s.at(at.Add(time.Hour), "letters of our own", func() {
		for _, c := range s.cfg.Channels {
			f := s.far[c.Name]
			if n := len(f.log); n > 0 {
				s.post("shop@example.com", vouched, "Re: 还款提醒", f.log[n-1].content, func() {})
			}
		}
	})
}
