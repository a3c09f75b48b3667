package outbox_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/webhook"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/secret"
	"repayd/internal/store"
)

// BenchmarkSend10k claims, sends to a webhook on loopback, and records 10,000
// letters of one bill each, every one durable before it leaves.
func BenchmarkSend10k(b *testing.B) {
	const letters = 10_000
	sink, err := channeltest.NewWebhookSink(channeltest.WebhookOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	hook, err := webhook.New(webhook.Options{URL: secret.Plain(sink.URL()), Format: "standard", Secret: secret.Plain("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		s, err := store.Open(context.Background(), filepath.Join(b.TempDir(), "db"), store.Options{Create: true})
		if err != nil {
			b.Fatal(err)
		}
		fill(b, s, letters)
		box := outbox.New(outbox.Options{Who: "bench", Language: "en", Env: plan.Env{Zone: time.UTC}, Gather: time.Millisecond,
			Channels: map[string]outbox.Exit{"hook": {Channel: hook}}, Log: slog.New(slog.DiscardHandler)}, viaStore{s})
		b.StartTimer()
		if err := box.Send(context.Background(), "hook"); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(letters*float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}

// fill puts n letters of one bill each into the outbox, new and due.
func fill(b *testing.B, s *store.Store, n int) {
	b.Helper()
	for from := 0; from < n; from += 1000 {
		err := s.Update(context.Background(), func(tx *store.Tx) error {
			for i := from; i < from+1000; i++ {
				if err := letterOf(tx, fmt.Sprintf("bill%05d", i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func letterOf(tx *store.Tx, id string) error {
	due := bill.DayOf(tx.Now()) + 1
	owed := &bill.Bill{ID: id, Issuer: "shop", Currency: "CNY", AmountDue: bill.Money{Minor: 12300, Currency: "CNY"},
		Outstanding: bill.Money{Minor: 12300, Currency: "CNY"}, DueDate: due, LastSafeDay: due, Zone: "UTC", Trust: bill.TrustVouched, Seen: tx.Now()}
	if err := tx.PutBill(owed); err != nil {
		return err
	}
	r := plan.Reminder{Subject: plan.Subject{Kind: plan.SubjectBill, ID: id}, Step: "due-1d", Channel: "hook", Date: due,
		StepAt: tx.Now(), At: tx.Now(), State: plan.StateInLetter, Deadline: owed.Deadline()}
	r.ID = plan.ID(r.Subject, r.Step, r.Channel, r.Date)
	l := plan.Letter{ID: plan.NewLetterID(), Channel: "hook", Type: plan.LetterReminder, State: plan.LetterNew, Created: tx.Now(), NextAttempt: tx.Now(),
		Content: plan.Content{Items: []plan.Item{plan.ItemOf(r, owed, plan.Origin{}, tx.Now(), time.UTC)}}}
	r.Letter = l.ID
	if err := tx.PutLetter(l); err != nil {
		return err
	}
	return tx.PutReminders([]plan.Reminder{r})
}
