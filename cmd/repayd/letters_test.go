package main

import (
	"path/filepath"
	"testing"
	"time"

	"repayd/internal/plan"
	"repayd/internal/store"
)

// TestALetterThatCameBackSaysSo: its server took it, and it did not arrive.
func TestALetterThatCameBackSaysSo(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"), store.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := time.Now()
	back, fine := plan.NewLetterID(), plan.NewLetterID()
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		for _, id := range []string{back, fine} {
			l := plan.Letter{ID: id, Channel: "me", Type: plan.LetterTest, State: plan.LetterAccepted, Created: at, Accepted: at}
			if err := tx.PutLetter(l); err != nil {
				return err
			}
			if err := tx.PutAttempts([]plan.Attempt{{Letter: id, Recipient: "a@example.com", At: at, Outcome: "accepted"}}); err != nil {
				return err
			}
		}
		return tx.PutAttempts([]plan.Attempt{{Letter: back, Recipient: "a@example.com", At: at.Add(time.Minute), Outcome: "bounced", Error: "5.1.1"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.View(t.Context(), func(tx *store.Tx) error {
		rows, err := letterRows(tx, time.UTC, store.LetterFilter{})
		for _, r := range rows {
			if r.Returned != (r.ID == back) || r.State != plan.LetterAccepted {
				t.Errorf("%+v", r)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
