package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
)

// BenchmarkOpen is what each command pays first.
func BenchmarkOpen(b *testing.B) {
	s, _ := newStore(b)
	for b.Loop() {
		again, err := Open(context.Background(), s.Path(), Options{ReadOnly: true})
		if err != nil {
			b.Fatal(err)
		}
		view(b, again, func(tx *Tx) error { _, _, err := tx.Fact("x"); return err })
		if err := again.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIntake is the part of the store in reading one message.
func BenchmarkIntake(b *testing.B) {
	s, _ := newStore(b)
	i := 0
	for b.Loop() {
		i++
		hash := fmt.Sprintf("%064d", i)
		n, bl := notice(hash+":0"), newBill(hash[40:], 20500)
		r := reminder(hash, plan.SubjectBill, bl.ID, "me", day0)
		update(b, s, func(tx *Tx) error {
			return errors.Join(tx.PutMessage(message(hash, day0)), tx.PutNotices(hash, []bill.Notice{n}),
				tx.Assign(n.ID, bl.ID), tx.PutBill(bl), tx.PutReminders([]plan.Reminder{r}),
				tx.SetPosition(bill.Position{Mailbox: "shop", Folder: "INBOX", UID: uint32(i)}))
		})
	}
}

// BenchmarkNeighbours looks at one of 10,000 open bills of one issuer.
func BenchmarkNeighbours(b *testing.B) {
	s, _ := newStore(b)
	const n = 10_000
	update(b, s, func(tx *Tx) error {
		var ns []bill.Notice
		for i := range n {
			bl := newBill(fmt.Sprintf("b%05d", i), bill.Day(20500+i%60))
			bl.Reference = fmt.Sprintf("INV-%05d", i)
			one, waits := notice(fmt.Sprint("n", i)), notice(fmt.Sprint("w", i))
			one.Reference, waits.Reference = bl.Reference, "OTHER-"+bl.Reference
			ns = append(ns, one, waits)
			if err := tx.PutBill(bl); err != nil {
				return err
			}
		}
		if err := tx.PutNotices("", ns); err != nil {
			return err
		}
		return tx.each("UPDATE notices SET bill = ? WHERE id = ?", pairs(n))
	})
	i := 0
	for b.Loop() {
		i++
		view(b, s, func(tx *Tx) error {
			groups, _, err := tx.Neighbours(bill.Neighbourhood{Issuer: "alipay-huabei", Currency: "CNY",
				Reference: fmt.Sprintf("INV-%05d", i%n), From: 20400, To: 20600})
			if len(groups) != 1 || len(groups[0].Notices) != 1 {
				b.Fatalf("%d groups", len(groups))
			}
			return err
		})
	}
}

func pairs(n int) (sets [][]any) {
	for i := range n {
		sets = append(sets, []any{fmt.Sprintf("b%05d", i), fmt.Sprint("n", i)})
	}
	return sets
}

// BenchmarkOutbox claims and records 10,000 letters in batches of 200.
func BenchmarkOutbox(b *testing.B) {
	const n, batch = 10_000, 200
	for b.Loop() {
		b.StopTimer()
		s := openStore(b, filepath.Join(b.TempDir(), "repayd.db"), Options{Create: true})
		fillOutbox(b, s, n)
		b.StartTimer()
		sent := 0
		for sent < n {
			var letters []plan.Letter
			update(b, s, func(tx *Tx) (err error) {
				letters, err = tx.Claim("run", day0.Add(time.Minute), day0, "me", batch)
				return err
			})
			update(b, s, func(tx *Tx) error { return tx.Record(accept(letters)) })
			sent += len(letters)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}

func fillOutbox(b *testing.B, s *Store, n int) {
	update(b, s, func(tx *Tx) error {
		var rs []plan.Reminder
		for i := range n {
			id := fmt.Sprintf("%05d", i)
			r := reminder(id, plan.SubjectBill, id, "me", day0)
			r.State, r.Letter = plan.StateInLetter, id
			rs = append(rs, r)
			if err := tx.PutLetter(letter(id, "me", day0, id)); err != nil {
				return err
			}
		}
		return tx.PutReminders(rs)
	})
}

func accept(letters []plan.Letter) (results []plan.LetterResult) {
	for _, l := range letters {
		l.State, l.Attempts, l.Accepted = plan.LetterAccepted, 1, day0
		results = append(results, plan.LetterResult{Letter: l, Reminders: plan.StateAccepted,
			Attempts: []plan.Attempt{{Letter: l.ID, Recipient: "owner@example.com", At: day0, Outcome: "accepted"}}})
	}
	return results
}

// BenchmarkPlanned reads the rows that `plan` shows, for 10,000 bills.
func BenchmarkPlanned(b *testing.B) {
	s, _ := newStore(b)
	const n = 10_000
	update(b, s, func(tx *Tx) error {
		var rs []plan.Reminder
		for i := range n {
			rs = append(rs, reminder(fmt.Sprint(i), plan.SubjectBill, fmt.Sprint(i), "me", day0.Add(time.Duration(i)*time.Second)))
		}
		return tx.PutReminders(rs)
	})
	for b.Loop() {
		view(b, s, func(tx *Tx) error {
			rs, err := tx.Planned(day0, time.Time{})
			if len(rs) != n {
				b.Fatalf("%d rows", len(rs))
			}
			return err
		})
	}
}
