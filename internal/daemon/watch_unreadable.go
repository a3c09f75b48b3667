package daemon

import (
	"maps"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/store"
)

const (
	// unreadableIn is how far back reviews in a row are counted: a month's
	// mails, and some days.
	unreadableIn = 40 * 24 * time.Hour
	// unreadableRow is how many reviews in a row, with no readable mail between
	// them, mean that an issuer writes its mails differently now.
	unreadableRow = 3
)

// reading is what became of an issuer's latest mails.
type reading struct {
	reviews  []time.Time // received, newest first
	readable time.Time   // the newest that could be read
}

// unreadable finds the issuers whose mails stopped being readable, and those
// of which that was told and that can be read again.
func (d *daemon) unreadable(tx *store.Tx, known map[string]string) ([]ailment, error) {
	const kind = "unreadable:"
	issuers := map[string]*reading{}
	for fact := range known {
		if what := strings.TrimPrefix(fact, troublePrefix); strings.HasPrefix(what, kind) {
			issuers[strings.TrimPrefix(what, kind)] = &reading{}
		}
	}
	suspects := len(issuers) > 0
	since := tx.Now().Add(-unreadableIn)
	err := eachOf(tx, bill.OutcomeNeedsReview, since, func(issuer string, at time.Time) {
		if issuers[issuer] == nil {
			issuers[issuer] = &reading{}
		}
		r := issuers[issuer]
		r.reviews = append(r.reviews, at)
		suspects = suspects || len(r.reviews) >= unreadableRow
	})
	if err != nil || !suspects {
		return nil, err
	}
	err = eachOf(tx, bill.OutcomeNotices, since, func(issuer string, at time.Time) {
		if r := issuers[issuer]; r != nil && at.After(r.readable) {
			r.readable = at
		}
	})
	var out []ailment
	for _, issuer := range slices.Sorted(maps.Keys(issuers)) {
		r := issuers[issuer]
		a := ailment{what: kind + issuer, code: "issuer-unreadable",
			args: map[string]string{"issuer": issuer, "name": d.in.Reader.Set.Terms(issuer).Name}}
		switch {
		case len(r.reviews) >= unreadableRow && r.reviews[unreadableRow-1].After(r.readable):
			a.failure = "not readable"
		case len(r.reviews) == 0 && r.readable.IsZero():
			// Nothing came for so long that nobody knows: no word about it.
		case len(r.reviews) == 0 || r.readable.After(r.reviews[0]):
			a.over = "issuer-readable"
		}
		out = append(out, a)
	}
	return out, err
}

// eachOf calls fn with the issuer and the instant of each message with that
// outcome, newest first. A message counts once for an issuer.
func eachOf(tx *store.Tx, o bill.Outcome, since time.Time, fn func(issuer string, at time.Time)) error {
	messages, err := tx.Messages(store.MessageFilter{Outcome: o, Since: since})
	if err != nil {
		return err
	}
	for _, m := range messages {
		if m.Trust == bill.TrustSuspicious {
			continue
		}
		notices, err := tx.NoticesOfMessage(m.Hash)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, n := range notices {
			if !seen[n.Issuer] {
				seen[n.Issuer] = true
				fn(n.Issuer, m.Received)
			}
		}
	}
	return nil
}
