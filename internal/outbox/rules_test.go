package outbox_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// TestLettersCarryTheRules: what the issuer's rules say goes into the letter
// when it is formed, also where they look at the bills before, and a task's
// letter names the bill it is about.
func TestLettersCarryTheRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "late")
		w.owe("b_late", -1)
		w.owe("b_before", -40)
		w.update(func(tx *store.Tx) error {
			return tx.PutReminders([]plan.Reminder{{ID: "r_task", Subject: plan.Subject{Kind: plan.SubjectTask, ID: "t1"}, Step: "task", Channel: "me",
				Date: bill.DayOf(tx.Now()), StepAt: tx.Now(), At: tx.Now(), State: plan.StatePlanned,
				Detail: plan.Detail{Code: bill.TaskAskLimit, Args: map[string]string{"bill": "b_late"}}}})
		})
		asked := 0
		box := outbox.New(outbox.Options{Who: "test", Language: "en", Env: w.env, Channels: w.exits, Log: slog.New(slog.DiscardHandler),
			Terms: func(b *bill.Bill) *terms.Terms {
				asked++
				law := terms.Origin{Source: "x", AsOf: "2024", Certainty: terms.Law}
				return &terms.Terms{Fees: []terms.Fee{{Origin: law, Amount: terms.Amount{Flat: bill.Money{Minor: 777, Currency: b.Currency}}},
					{Origin: law, Amount: terms.Amount{Flat: bill.Money{Minor: 1000, Currency: b.Currency}}, Condition: terms.Condition{Repeat: terms.Repeat{Late: 1, Within: 6}}}}}
			}}, viaStore{w.store})
		ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
		defer cancel()
		if err := box.Run(ctx); err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, l := range w.far.letters() {
			all.WriteString(l.Text)
		}
		for _, want := range []string{"about CN¥7.77", "about CN¥17.77", "Ask for the limit to be restored (Shop)"} {
			if !strings.Contains(all.String(), want) {
				t.Errorf("no letter says %q:\n%s", want, all.String())
			}
		}
		if asked == 0 {
			t.Error("nobody asked for the rules")
		}
	})
}
