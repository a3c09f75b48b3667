package daemon

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"repayd/internal/bill"
	"repayd/internal/calendar"
	"repayd/internal/channel"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// What each check was seen to catch: the change was made to a copy of the
// program, and the check failed.
//
//	steps of the clock are ignored                 TestClockSetBack, TestClockSetBackFreesWarnings
//	claims are not released at a restart           TestKilledOverALetter
//	no plan anew at midnight                       TestABillOfLongAgo
//	the cursor moves before the message is stored  checkTakenIn
//	a temporary failure counts as accepted         checkTold
//	retries do not heed quiet hours                checkQuiet
//	a letter says something else when tried again  checkSameContent
//	a channel that refuses does not hand over      TestARefusalGoesToTheFallback
//	nobody warns of what nobody was told           TestADeadChannelIsTold

// check holds the year against the promises of the program.
func (s *sim) check() {
	s.checkTakenIn()
	s.checkTruth()
	s.checkRows()
	for _, name := range slices.Sorted(maps.Keys(s.far)) {
		f := s.far[name]
		s.checkSameContent(name, f)
		s.checkNotTwice(name, f)
		s.checkAfterSettlement(name, f)
		s.checkQuiet(name, f)
	}
	s.checkOneLetterEach()
	s.checkDigests()
	s.checkBacklog()
	for _, d := range s.debts {
		if d.id != "" && !d.old {
			s.checkTold(d)
			s.checkReviewed(d)
		}
	}
}

// checkTakenIn: every message was seen soon after it came, also one that the
// daemon died over.
func (s *sim) checkTakenIn() {
	for i, m := range s.mail.stored {
		if by := s.boundAwake(m.at, "down", "disk", "mailbox"); m.seen.IsZero() || m.seen.After(by) {
			s.wrong("message %d of %s was seen at %s, not by %s", i+1, s.stamp(m.at), s.stamp(m.seen), s.stamp(by))
		}
	}
}

// checkTruth: every debt is a bill with its right date, amount and end,
// whatever forgeries said and however often the daemon died.
func (s *sim) checkTruth() {
	for _, d := range s.debts {
		b := s.billOf(d)
		if b == nil {
			s.wrong("%s: no bill", d.name())
			continue
		}
		d.id = b.ID
		left := d.minor - d.paid
		if d.isClosed() {
			left = 0
		}
		switch {
		case d.known.IsZero():
			s.wrong("%s: never taken in", d.name())
		case b.DueDate != d.due:
			s.wrong("%s: due %s", d.name(), b.DueDate)
		case b.LastSafeDay != d.due+bill.Day(d.grace):
			s.wrong("%s: last safe day %s", d.name(), b.LastSafeDay)
		case b.AmountDue.Minor != d.minor:
			s.wrong("%s: amount %s instead of %s", d.name(), b.AmountDue, d.amount())
		case b.Open() == d.isClosed():
			s.wrong("%s: open = %v (settled by %s), want %v", d.name(), b.Open(), b.SettledBy, !d.isClosed())
		case b.DroppedAt.IsZero() && b.Replaced.IsZero() && b.Outstanding.Minor != left:
			s.wrong("%s: outstanding %s, want %d", d.name(), b.Outstanding, left)
		case b.Trust == bill.TrustUnverified || len(b.Problems) > 0:
			s.wrong("%s: trust %s, problems %v", d.name(), b.Trust, b.Problems)
		}
	}
}

// checkRows: nothing that was promised for days ago is still undecided, and
// nothing is silently gone.
func (s *sim) checkRows() {
	now := s.wall()
	s.view(func(tx *store.Tx) error {
		for _, d := range s.debts {
			b := s.billOf(d)
			if b == nil {
				continue
			}
			rows, err := tx.RemindersOfBill(b.ID)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if r.At.Before(now.Add(-48*time.Hour)) && r.StepAt.Before(now.Add(-48*time.Hour)) {
					s.checkRow(d, b, r, rows)
				}
			}
		}
		return nil
	})
}

func (s *sim) checkRow(d *debt, b *bill.Bill, r plan.Reminder, rows []plan.Reminder) {
	name := fmt.Sprintf("%s: %s of %s on %s at %s", d.name(), r.Step, r.Date, r.Channel, s.stamp(r.At))
	switch r.State {
	case plan.StatePlanned, plan.StateInLetter:
		s.wrong("%s is still %s", name, r.State)
	case plan.StateCancelled:
		if r.Reason == "" {
			s.wrong("%s was cancelled for no reason", name)
		}
	case plan.StateFolded:
		end := r
		for range rows {
			i := slices.IndexFunc(rows, func(o plan.Reminder) bool { return o.ID == end.FoldedInto })
			if end.State != plan.StateFolded || i < 0 {
				break
			}
			end = rows[i]
		}
		told := slices.ContainsFunc(rows, func(o plan.Reminder) bool {
			return o.Channel == r.Channel && o.State == plan.StateAccepted && !o.StepAt.Before(r.StepAt)
		})
		moved := end.State == plan.StateCancelled && end.Reason == plan.ReasonMoved // to a ladder of its own
		if end.State != plan.StateAccepted && end.State != plan.StateFailed && !moved && b.Open() && !told {
			s.wrong("%s was folded into %s of %s, which is %s %s", name, end.Step, end.Date, end.State, end.Reason)
		}
	}
}

// checkSameContent: a letter is the same at every attempt.
func (s *sim) checkSameContent(name string, f *farSide) {
	seen := map[string]string{}
	for _, a := range f.log {
		if was, ok := seen[a.id]; ok && was != a.content {
			s.wrong("%s: letter %s came with two contents, at %s", name, a.id, s.stamp(a.at))
		}
		seen[a.id] = a.content
	}
}

// checkNotTwice: what was accepted comes again only where the process died or
// could not write it down.
func (s *sim) checkNotTwice(name string, f *farSide) {
	last := map[string]attempt{}
	for _, a := range f.log {
		key := a.id + " " + a.to
		if was, ok := last[key]; ok && was.took && was.said == channel.Accepted && !s.failedBetween(was.at, a.at, "killed", "disk") {
			s.wrong("%s: letter %s was accepted at %s and came again at %s", name, a.id, s.stamp(was.at), s.stamp(a.at))
		}
		last[key] = a
	}
}

func (s *sim) failedBetween(from, to time.Time, what ...string) bool {
	return slices.ContainsFunc(s.spans, func(p span) bool {
		return slices.Contains(what, p.what) && p.start.Before(to) && (p.end.IsZero() || p.end.After(from))
	})
}

// checkAfterSettlement: no letter leaves that speaks of closed bills only,
// unless it was in the act; and none is written about a closed one.
func (s *sim) checkAfterSettlement(name string, f *farSide) {
	byID := map[string]*debt{}
	for _, d := range s.debts {
		byID[d.id] = d
	}
	for _, a := range f.log {
		if len(a.bills) == 0 {
			continue
		}
		open := slices.ContainsFunc(a.bills, func(id string) bool {
			d := byID[id]
			return d == nil || !within(d.closed, a.opened)
		})
		if !open {
			s.wrong("%s: a letter left at %s about what was closed: %s (%s) %v", name, s.stamp(a.at), byID[a.bills[0]].name(), a.id, byID[a.bills[0]].closed)
		}
	}
}

// checkQuiet: in quiet hours leaves only what could not wait for their end.
func (s *sim) checkQuiet(name string, f *farSide) {
	q := s.quietOf(name)
	if q == nil {
		return
	}
	const slack = 2 * time.Minute // what gathered before
	for _, a := range f.log {
		wall := a.decided
		if !q.Holds(wall) || wall.Sub(q.Start(wall)) < slack {
			continue
		}
		s.view(func(tx *store.Tx) error {
			l, ok, err := tx.Letter(a.id)
			if err != nil || !ok {
				return err
			}
			urgent := slices.ContainsFunc(l.Content.Items, func(it plan.Item) bool {
				return it.Deadline.After(wall) && !q.Release(wall).Before(it.Deadline)
			})
			if !urgent {
				s.wrong("%s: a %s left in quiet hours, at %s by the daemon's clock (%s, created %s, attempt %d)", name, a.kind, s.stamp(wall), a.id, s.stamp(l.Created), l.Attempts)
			}
			return nil
		})
	}
}

// quietOf are the quiet hours of a channel: its own, else everybody's.
func (s *sim) quietOf(name string) *calendar.Quiet {
	q := s.cfg.Quiet
	for _, c := range s.cfg.Channels {
		if c.Name == name && c.Quiet != nil {
			q = c.Quiet
		}
	}
	if q == nil {
		return nil
	}
	return &calendar.Quiet{From: q.From, To: q.To, Zone: cmp.Or(q.Zone, s.cfg.Zone)}
}

// checkOneLetterEach: no reminder came in two letters, but where the clock was
// wrong when the first of them was ended.
func (s *sim) checkOneLetterEach() {
	took := map[string]bool{}
	for _, f := range s.far {
		for _, a := range f.log {
			took[a.id] = took[a.id] || a.took
		}
	}
	in := map[string][]plan.Letter{}
	s.view(func(tx *store.Tx) error {
		letters, err := tx.Letters(store.LetterFilter{})
		for _, l := range letters {
			for _, it := range l.Content.Items {
				if took[l.ID] && it.Reminder != "" { // a digest shows bills besides
					in[it.Reminder] = append(in[it.Reminder], l)
				}
			}
		}
		return err
	})
	for _, r := range slices.Sorted(maps.Keys(in)) {
		where := in[r]
		slices.SortFunc(where, func(a, b plan.Letter) int { return a.Created.Compare(b.Created) })
		for i, l := range where[1:] {
			if was := where[i]; !s.failedBetween(was.Created.Add(-time.Hour), l.Created.Add(time.Hour), "clock") {
				s.wrong("one reminder, %s, came in two letters: %s of %s and %s of %s", r, was.ID, s.stamp(was.Created), l.ID, s.stamp(l.Created))
			}
		}
	}
}
