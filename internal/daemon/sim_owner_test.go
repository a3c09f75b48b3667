package daemon

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/channel"
	"repayd/internal/config"
	"repayd/internal/plan"
)

// What the owner does besides typing commands: he reloads the configuration,
// answers letters, and puts right what could not be read; and what he is told
// besides reminders: reviews, digests, and by another channel.

// reload is SIGHUP with the configuration as it is: the process goes on in
// another life, at once.
func (s *sim) reload() {
	if s.life == nil {
		return
	}
	name := s.life.name
	s.stop()
	s.run(name)
}

// answer lets the owner answer the latest letter about a debt alone, if there
// is one; then is called when the daemon has read it.
func (s *sim) answer(d *debt, words string, then func()) bool {
	b, f := s.billOf(d), s.far["me"]
	if b == nil {
		return false
	}
	for _, a := range slices.Backward(f.log) {
		if a.said == channel.Accepted && a.took && a.to == "owner@example.com" && slices.Equal(a.bills, []string{b.ID}) {
			raw := mailOf("owner@example.com", vouched, "Re: 还款提醒", words, time.Now(), len(s.mail.stored))
			raw = bytes.Replace(raw, []byte("From: "), fmt.Appendf(nil, "In-Reply-To: <%s@example.com>\r\nFrom: ", a.id), 1)
			s.say("answer %s to letter %s about %s", words, a.id, d.name())
			s.mail.deliver(raw, once(then))
			return true
		}
	}
	return false
}

// puzzle is an order whose notice shows no date: the owner is asked, and sets it
// after a while.
func (s *sim) puzzle(born time.Time) {
	set := born.Add(between(s.rng, time.Hour, 9*24*time.Hour))
	d := s.debt("1688-terms", dayIn(set, china)+bill.Day(1+s.rng.IntN(20)))
	d.reference = fmt.Sprintf("P%05d", 50000+len(s.debts))
	s.at(born, "a notice without a date: "+d.name(), func() {
		s.mayDie(d)
		d.posted = time.Now()
		s.post(seller, vouched, "1688账期订单到期提醒", fmt.Sprintf("您的账期订单即将到期,请按时付款。\n订单号:%s\n应付金额:%s元\n到期日:见订单详情",
			d.reference, d.amount()), func() { d.puzzled = time.Now() })
	})
	s.at(set, "set "+d.name(), func() {
		s.command(d, bill.CommandSet, func(c *bill.Command) { c.Due = d.due }, func() { d.known = time.Now() })
	})
	s.settle(d, set.Add(10*time.Hour))
}

// checkReviewed: what could not be read was told the same day, on the third
// and on the seventh, until the owner had set it.
func (s *sim) checkReviewed(d *debt) {
	if d.puzzled.IsZero() {
		return
	}
	for _, days := range []int{0, 3, 7} {
		from, due := d.puzzled, d.puzzled
		if days > 0 { // counted from the day it came, at an hour of that day
			at := d.posted.Add(time.Duration(days) * 24 * time.Hour)
			from, due = at.Add(-24*time.Hour), at.Add(24*time.Hour)
		}
		if from.Before(d.puzzled) || s.failedBetween(from.Add(-4*24*time.Hour), due, "clock") {
			continue // passed before it was read, or told by a clock that was ahead
		}
		for _, name := range s.cfg.Reminders[1].Channels {
			by := s.bound(due, "down", "disk", "clock", "channel:"+name)
			if d.known.Before(by) || s.took(name, plan.LetterReview, d.id, from, by) || s.refused(name, plan.LetterReview, from, by) {
				continue
			}
			s.wrong("%s: the review was not told on %s from %s to %s (bill %s)", d.name(), name, s.stamp(from), s.stamp(by), d.id)
		}
	}
}

// took reports whether every recipient of a channel took a letter of that kind
// that says something in that time.
func (s *sim) took(name string, kind plan.LetterType, words string, from, to time.Time) bool {
	f := s.far[name]
	for _, r := range append(f.recipients, make([]string, max(0, 1-len(f.recipients)))...) {
		if !slices.ContainsFunc(f.log, func(a attempt) bool {
			return a.took && a.to == r && a.kind == string(kind) && !a.at.Before(from) && !a.at.After(to) && strings.Contains(a.content, words)
		}) {
			return false
		}
	}
	return true
}

// refused reports whether a letter of that kind was refused for good.
func (s *sim) refused(name string, kind plan.LetterType, from, to time.Time) bool {
	return slices.ContainsFunc(s.far[name].log, func(a attempt) bool {
		return a.said == channel.Refused && a.kind == string(kind) && !a.at.Before(from) && !a.at.After(to)
	})
}

// checkStoodIn: a step that a channel refused was told by its fallback.
func (s *sim) checkStoodIn(d *debt, name string, e expected, from time.Time) {
	i := slices.IndexFunc(s.cfg.Channels, func(c config.Channel) bool { return c.Name == name })
	stand := s.cfg.Channels[i].Fallback
	if stand == "" || s.failedBetween(e.at, e.at.Add(24*time.Hour), "clock") {
		return
	}
	by := s.bound(e.at, "down", "disk", "clock", "channel:"+name)
	by = s.bound(by, "down", "disk", "clock", "channel:"+stand)
	if s.openAll(d, e.at, by) && !s.failedVisibly(d, stand, e.at, by) && !s.told(d, stand, from, by) && !s.told(d, name, from, by) {
		s.wrong("%s: %s of %s was refused on %s and not told on %s by %s (bill %s)", d.name(), e.name, s.stamp(e.at), name, stand, s.stamp(by), d.id)
	}
}

// checkDigests: every week brought one overview, of all that was open.
func (s *sim) checkDigests() {
	end := s.began.Add(yearLasts + calm - 48*time.Hour)
	for at := s.cfg.Digest.Schedule.Next(s.began.Add(24 * time.Hour).In(s.cfg.Zone)); at.Before(end); at = s.cfg.Digest.Schedule.Next(at) {
		by := s.bound(at, "down", "disk", "clock", "channel:me")
		if s.failedBetween(at.Add(-4*24*time.Hour), by, "clock") || s.refused("me", plan.LetterDigest, at, by) {
			continue // a wrong clock may have told it before
		}
		if !s.took("me", plan.LetterDigest, "", at, by) {
			s.wrong("the digest of %s did not come by %s", s.stamp(at), s.stamp(by))
		}
	}
	for _, a := range s.far["me"].log {
		if a.kind != string(plan.LetterDigest) || s.failedBetween(a.opened.Add(-4*24*time.Hour), a.at, "clock", "channel:me", "down") {
			continue
		}
		for _, d := range s.debts {
			lately := a.opened.Add(-time.Hour)
			open := !d.old && !d.known.IsZero() && d.known.Before(lately) && s.openAll(d, a.opened, a.at)
			if open && !strings.Contains(a.content, d.id) {
				s.wrong("%s: not in the digest of %s (bill %s)", d.name(), s.stamp(a.at), d.id)
			}
		}
	}
}
