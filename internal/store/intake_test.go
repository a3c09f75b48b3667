package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"repayd/internal/bill"
)

func date(t testing.TB, s string) bill.Day {
	t.Helper()
	return must[bill.Day](t)(bill.ParseDay(s))
}

func TestPositions(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	p := bill.Position{Mailbox: "shop", Folder: "INBOX", UIDValidity: 1<<32 - 1, UID: 4_000_000_000, FirstRead: day0}
	update(t, s, func(tx *Tx) error {
		_, ok, err := tx.Position("shop", "INBOX")
		same(t, "before", ok, false)
		return errors.Join(err, tx.SetPosition(p))
	})
	reading := func(want bool, mailboxes ...string) {
		t.Helper()
		view(t, s, func(tx *Tx) error {
			got, err := tx.Reading(mailboxes...)
			same(t, fmt.Sprint("reading ", mailboxes), got, want)
			return err
		})
	}
	reading(true)
	reading(true, "other", "shop")
	reading(false, "other")
	p.Caught, p.UID = true, p.UID+1
	update(t, s, func(tx *Tx) error { return tx.SetPosition(p) })
	reading(false)
	view(t, s, func(tx *Tx) error {
		got, ok, err := tx.Position("shop", "INBOX")
		same(t, "found", ok, true)
		same(t, "position", got, p)
		all, err2 := tx.Positions()
		same(t, "all", all, []bill.Position{p})
		return errors.Join(err, err2)
	})
}

func message(hash string, received time.Time) bill.MessageRecord {
	return bill.MessageRecord{Hash: hash, MessageID: hash + "@example.com", From: "bill@example.com",
		To: "owner@example.net", Subject: "账单 " + hash, Received: received, Trust: bill.TrustVouched,
		TrustReason: "dkim", Outcome: bill.OutcomeNone, Digest: "d1", Kept: []byte(`{"x":1}`)}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	m := message("aa", day0.Add(-time.Hour))
	m.Backlog = day0
	update(t, s, func(tx *Tx) error { return tx.PutMessage(m) })
	view(t, s, func(tx *Tx) error {
		got, ok, err := tx.Message("aa")
		same(t, "found", ok, true)
		same(t, "message", got, m)
		for digest, want := range map[string]bool{"d1": true, "d2": false} {
			seen, err := tx.Seen("aa", digest)
			same(t, "seen "+digest, seen, want)
			if err != nil {
				return err
			}
		}
		_, ok, err2 := tx.Message("bb")
		same(t, "unknown", ok, false)
		return errors.Join(err, err2)
	})
	// Read again by a better issuer set: one row, the new outcome.
	m.Outcome, m.Digest, m.Kept = bill.OutcomeNotices, "d2", nil
	clock.at = day0.Add(time.Hour)
	update(t, s, func(tx *Tx) error { return tx.PutMessage(m) })
	view(t, s, func(tx *Tx) error {
		all, err := tx.Messages(MessageFilter{})
		same(t, "after reread", all, []bill.MessageRecord{m})
		return err
	})
}

func TestMessagesFilter(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	update(t, s, func(tx *Tx) error {
		for i, o := range []bill.Outcome{bill.OutcomeNone, bill.OutcomeNeedsReview, bill.OutcomeNeedsReview} {
			m := message(fmt.Sprint(i), day0.Add(time.Duration(i)*time.Hour))
			m.Outcome = o
			if i == 2 {
				m.Trust = bill.TrustSuspicious
			}
			if err := tx.PutMessage(m); err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range []struct {
		name string
		f    MessageFilter
		want []string
	}{
		{"all, newest first", MessageFilter{}, []string{"2", "1", "0"}},
		{"outcome", MessageFilter{Outcome: bill.OutcomeNeedsReview}, []string{"2", "1"}},
		{"trust", MessageFilter{Trust: bill.TrustSuspicious}, []string{"2"}},
		{"since", MessageFilter{Since: day0.Add(time.Hour)}, []string{"2", "1"}},
		{"limit", MessageFilter{Limit: 1}, []string{"2"}},
		{"both", MessageFilter{Outcome: bill.OutcomeNone, Trust: bill.TrustSuspicious}, nil},
	} {
		view(t, s, func(tx *Tx) error {
			ms, err := tx.Messages(c.f)
			var got []string
			for _, m := range ms {
				got = append(got, m.Hash)
				same(t, "kept text is left out", len(m.Kept), 0)
			}
			same(t, c.name, got, c.want)
			return err
		})
	}
}

func TestKept(t *testing.T) {
	t.Parallel()
	s, clock := newStore(t)
	const n = 2*keptBatch + 7
	update(t, s, func(tx *Tx) error {
		for i := range n {
			// Pairs share an instant, so that the order within it matters.
			m := message(fmt.Sprintf("%04d", i), day0.Add(time.Duration(i/2)*time.Minute))
			if i == 5 {
				m.Kept = nil
			}
			if err := tx.PutMessage(m); err != nil {
				return err
			}
		}
		return nil
	})
	kept := func(since time.Time) (hashes []string) {
		t.Helper()
		view(t, s, func(tx *Tx) error {
			return tx.EachKept(since, func(m bill.MessageRecord) error {
				hashes = append(hashes, m.Hash)
				same(t, "text of "+m.Hash, string(m.Kept), `{"x":1}`)
				return nil
			})
		})
		return hashes
	}
	all := kept(time.Time{})
	same(t, "all but the one without text", len(all), n-1)
	for i := 1; i < len(all); i++ {
		if all[i-1] >= all[i] {
			t.Fatalf("%s came before %s", all[i-1], all[i])
		}
	}
	same(t, "since", kept(day0.Add(103 * time.Minute))[0], "0206")
	stop := errors.New("enough")
	err := s.View(t.Context(), func(tx *Tx) error {
		return tx.EachKept(time.Time{}, func(bill.MessageRecord) error { return stop })
	})
	if !errors.Is(err, stop) {
		t.Errorf("the error of fn was lost: %v", err)
	}

	// What counts is when it was read, not when it was received.
	clock.at = day0.Add(48 * time.Hour)
	update(t, s, func(tx *Tx) error { return tx.PutMessage(message("late", day0.Add(-24*365*time.Hour))) })
	update(t, s, func(tx *Tx) error {
		gone, err := tx.ForgetKept(day0.Add(24 * time.Hour))
		same(t, "forgotten", gone, int64(n-1))
		return err
	})
	same(t, "left", kept(time.Time{}), []string{"late"})
	view(t, s, func(tx *Tx) error {
		_, ok, err := tx.Message("0000")
		same(t, "the record stays", ok, true)
		return err
	})
}

func TestAnyTextComesBack(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	rapid.Check(t, func(rt *rapid.T) {
		m := message(text.Draw(rt, "hash"), day0)
		m.Subject, m.From, m.MessageID = text.Draw(rt, "subject"), text.Draw(rt, "from"), text.Draw(rt, "id")
		m.Kept = append([]byte("{"), text.Draw(rt, "kept")...)
		n := notice(text.Draw(rt, "notice"))
		n.Reference = rapid.String().Draw(rt, "reference")
		undo := errors.New("undo")
		err := s.Update(t.Context(), func(tx *Tx) error {
			if err := errors.Join(tx.PutMessage(m), tx.PutNotices(m.Hash, []bill.Notice{n})); err != nil {
				return err
			}
			got, ok, err := tx.Message(m.Hash)
			if d := cmp.Diff(m, got); err != nil || !ok || d != "" {
				rt.Fatalf("%v %v %s", ok, err, d)
			}
			ns, err := tx.NoticesOfMessage(m.Hash)
			if err != nil || len(ns) != 1 && m.Hash != "" || len(ns) == 1 && ns[0].Reference != n.Reference {
				rt.Fatalf("%v: notices %+v", err, ns)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			rt.Fatal(err)
		}
	})
}
