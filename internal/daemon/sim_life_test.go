package daemon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// Bills with a longer life: such that are debited, such that instalments take
// the place of, such that the owner forwards besides, and such that lay in the
// mailbox before the daemon ever ran.

// debited is an order whose money the issuer takes by itself. It says so, or
// that it could not, or nothing.
func (s *sim) debited(born time.Time) {
	d := s.debt("taobao-paylater", dayIn(born, china)+bill.Day(2+s.rng.IntN(12)))
	d.reference, d.debit = fmt.Sprintf("D%05d", 70000+len(s.debts)), d.due
	s.bornBy(d, born)
	s.forgeries(d, born)
	taken := d.due.At(0, china).Add(between(s.rng, 6*time.Hour, 20*time.Hour))
	later := taken.Add(between(s.rng, 20*time.Hour, 9*24*time.Hour))
	switch s.rng.IntN(4) {
	case 0:
		s.at(taken, "the debit fails: "+d.name(), func() { s.bounced(d, func() { d.debit = 0 }) })
		s.at(later, "pay "+d.name(), func() { s.pay(d) })
	case 1:
		s.at(later, "paid, says the owner: "+d.name(), func() { s.command(d, bill.CommandPaid, nil, d.close) })
	default:
		s.at(taken, "taken: "+d.name(), func() { s.receipt(d, vouched, d.minor, d.close) })
	}
}

// instalments is an order that is late; then its issuer agrees to a plan,
// which may break.
func (s *sim) instalments(born time.Time) {
	d := s.debt("1688-terms", dayIn(born, china)+bill.Day(4+s.rng.IntN(20)))
	d.reference, d.grace = fmt.Sprintf("I%05d", 80000+len(s.debts)), s.rng.IntN(4)
	s.bornBy(d, born)
	s.forgeries(d, born)
	agreed := d.due.At(0, china).Add(between(s.rng, 12*time.Hour, 9*24*time.Hour))
	s.at(agreed, "a plan for "+d.name(), func() { s.agree(d) })
}

func (s *sim) agree(d *debt) {
	b := s.billOf(d)
	if b == nil || d.isClosed() {
		s.at(time.Now().Add(5*time.Hour), "a plan, again: "+d.name(), func() { s.agree(d) })
		return
	}
	n := 2 + d.rng.Int64N(3)
	a := bill.Arrangement{State: bill.CaseAgreed}
	var parts []*debt
	for i := range n {
		p := &debt{issuer: d.issuer, currency: d.currency, parent: b.ID, minor: d.minor / n, rng: s.chance(-1 - len(s.debts) - len(parts)),
			due: dayIn(s.wall(), s.cfg.Zone) + bill.Day(5+9*i)}
		if i == 0 {
			p.minor += d.minor % n
		}
		a.Instalments = append(a.Instalments, bill.Instalment{Due: p.due, Amount: bill.Money{Minor: p.minor, Currency: p.currency}})
		parts = append(parts, p)
	}
	if !s.arrange(d, b.ID, a) {
		return
	}
	d.close()
	for _, p := range parts {
		p.known = time.Now()
		s.debts = append(s.debts, p)
		s.at(p.due.At(0, s.cfg.Zone).Add(between(p.rng, -60*time.Hour, 5*24*time.Hour)), "pay an instalment: "+p.name(), func() {
			if !p.isClosed() {
				s.command(p, bill.CommandPaid, nil, p.close)
			}
		})
	}
	if d.rng.IntN(3) == 0 {
		at := parts[0].due.At(0, s.cfg.Zone).Add(between(d.rng, 0, 8*24*time.Hour))
		s.at(at, "the plan breaks: "+d.name(), func() { s.breakPlan(d, b.ID, parts) })
	}
}

// breakPlan brings the old bill back with what is left of it.
func (s *sim) breakPlan(d *debt, id string, parts []*debt) {
	if !slices.ContainsFunc(parts, func(p *debt) bool { return !p.isClosed() }) || !s.arrange(d, id, bill.Arrangement{State: bill.CaseBroken}) {
		return
	}
	for _, p := range parts {
		if p.isClosed() {
			d.paid += p.minor
		}
		p.close()
	}
	d.reopen()
	s.at(time.Now().Add(between(d.rng, 24*time.Hour, 9*24*time.Hour)), "pay the rest of "+d.name(), func() { s.command(d, bill.CommandPaid, nil, d.close) })
}

func (s *sim) arrange(d *debt, id string, a bill.Arrangement) bool {
	s.commands++
	err := s.eye.Update(context.Background(), func(tx *store.Tx) error {
		_, err := s.hand.Arrange(tx, fmt.Sprintf("cmd-%d", s.commands), id, a)
		return err
	})
	if err != nil {
		s.wrong("%s: %s %s: %v", s.stamp(time.Now()), a.State, d.name(), err)
	}
	s.stirs()
	return err == nil
}

// forward lets the owner forward a notice that came then to himself: it is
// still one bill, and says nothing new.
func (s *sim) forward(d *debt, due bill.Day, came time.Time) {
	from, subject, body := d.notice(due)
	head := fmt.Sprintf("---------- Forwarded message ---------\nFrom: <%s>\nDate: %s\nSubject: %s\nTo: <owner@example.com>\n\n",
		from, came.In(china).Format("Mon, Jan 2, 2006 at 3:04 PM"), subject)
	s.at(came.Add(between(d.rng, time.Minute, 40*time.Hour)), "forward of "+d.name(), func() {
		s.post("owner@example.com", vouched, "Fwd: "+subject, head+body, func() {})
	})
}

// backlog is what lay in the mailbox when the daemon first came: orders past
// their dates, of which only the owner knows whether they were paid.
func (s *sim) backlog() {
	for i := range s.rng.IntN(4) {
		d := s.debt("1688-terms", dayIn(s.began, china)-bill.Day(20+s.rng.IntN(20)))
		d.reference, d.old = fmt.Sprintf("O%05d", 90000+i), true
		came := d.due.At(0, china).Add(-between(s.rng, 24*time.Hour, 9*24*time.Hour))
		from, subject, body := d.notice(d.due)
		s.mail.stored = append(s.mail.stored, &stored{raw: mailOf(from, vouched, subject, body, came, i), at: s.began, came: came,
			read: once(func() { d.known = time.Now() })})
		s.at(s.began.Add(between(s.rng, 24*time.Hour, 20*24*time.Hour)), "drop "+d.name(), func() {
			s.command(d, bill.CommandDrop, nil, func() { d.dropped = true; d.close() })
		})
	}
}

// checkBacklog: the old bills were told together, once, to everybody who hears
// of what is not certain.
func (s *sim) checkBacklog() {
	for _, name := range s.cfg.Reminders[1].Channels {
		for _, d := range s.debts {
			if !d.old || d.id == "" {
				continue
			}
			by := s.bound(d.known, "down", "disk", "clock", "mailbox", "channel:"+name)
			if s.openAll(d, d.known, by) && !s.took(name, plan.LetterBacklog, d.id, d.known, by) && !s.refused(name, plan.LetterBacklog, d.known, by) {
				s.wrong("%s: not told as old on %s by %s (bill %s)", d.name(), name, s.stamp(by), d.id)
			}
		}
	}
}
