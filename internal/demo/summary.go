package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"repayd/internal/bill"
	"repayd/internal/store"
)

// Summary is what came of a run.
type Summary struct {
	From    time.Time `json:"from"` // simulated
	Until   time.Time `json:"until"`
	Letters int       `json:"letters"`
	Bills   []Result  `json:"bills"`
	// Warnings are the letters about no bill.
	Warnings []Sent `json:"warnings"`
	// Problems are the differences from what had to happen; empty = all held.
	Problems []string `json:"problems"`
}

// Result is one bill at the end and what was sent for it.
type Result struct {
	Bill      string     `json:"bill"`
	Issuer    string     `json:"issuer"`
	Name      string     `json:"name"`
	Reference string     `json:"reference"`
	AmountDue bill.Money `json:"amount_due"`
	DueDate   bill.Day   `json:"due_date"`
	Stage     bill.Stage `json:"stage"`
	Trust     bill.Trust `json:"trust"`
	Sent      []Sent     `json:"sent"`
}

// Sent is one step that reached one channel.
type Sent struct {
	At      time.Time `json:"at"`
	Step    string    `json:"step"`
	Channel string    `json:"channel"`
	// Outstanding is what the letter said was left to pay.
	Outstanding string `json:"outstanding,omitempty"`
}

// summary compares what arrived with what had to.
func (d *driver) summary(ctx context.Context) (Summary, error) {
	s := Summary{From: d.at(1, openingHour), Until: d.at(lastDay, closingHour), Letters: len(d.letters),
		Problems: append([]string{}, d.problems...)}
	var all []*bill.Bill
	err := d.store.View(ctx, func(tx *store.Tx) error {
		var err error
		all, err = tx.Bills(store.BillFilter{})
		return err
	})
	if err != nil {
		return s, err
	}
	sent := d.sent()
	s.Warnings = sent[""]
	s.compare("warnings", d.wanted(warnings()), s.Warnings)
	delete(sent, "")
	for _, p := range promises(d.o.Start) {
		b := p.among(all, d.o.Start)
		if b == nil {
			s.Problems = append(s.Problems, p.key+": there is no such bill")
			continue
		}
		r := Result{Bill: b.ID, Issuer: b.Issuer, Name: cmp.Or(b.IssuerName, b.Issuer), Reference: b.Reference,
			AmountDue: b.AmountDue, DueDate: b.DueDate, Stage: b.Stage(s.Until, d.zone), Trust: b.Trust, Sent: sent[b.ID]}
		s.Bills = append(s.Bills, r)
		s.compare(p.key, d.wanted(p.steps), r.Sent)
		if string(r.Stage) != p.stage {
			s.Problems = append(s.Problems, fmt.Sprintf("%s: is %s and should be %s", p.key, r.Stage, p.stage))
		}
		delete(sent, b.ID)
	}
	for id, steps := range sent {
		s.compare("bill "+id, nil, steps)
	}
	s.once(d.letters)
	return s, nil
}

// sent lists what arrived by bill, "" for warnings.
func (d *driver) sent() map[string][]Sent {
	out := map[string][]Sent{}
	for _, l := range d.letters {
		for _, step := range l.Steps {
			out[step.Bill] = append(out[step.Bill], Sent{l.At, step.Step, l.Channel, step.Outstanding})
		}
	}
	return out
}

// wanted are promised steps as they have to arrive.
func (d *driver) wanted(steps []told) []Sent {
	var out []Sent
	for _, t := range steps {
		out = append(out, Sent{d.at(t.day, t.hour), t.step, t.channel, t.left})
	}
	return out
}

// String is one line of a comparison.
func (s Sent) String() string {
	return fmt.Sprintf("%s %s to %s", s.At.Format("2006-01-02 15:04"), s.Step, s.Channel)
}

// compare notes every step that is missing, every one too many and every one
// that asked for another sum.
func (s *Summary) compare(what string, want []Sent, got []Sent) {
	for _, g := range got {
		i := slices.IndexFunc(want, func(w Sent) bool { return w.String() == g.String() })
		if i < 0 {
			s.Problems = append(s.Problems, fmt.Sprintf("%s: sent and should not be: %s", what, g))
			continue
		}
		if left := want[i].Outstanding; left != "" && left != g.Outstanding {
			s.Problems = append(s.Problems, fmt.Sprintf("%s: %s: asks for %s, not %s", what, g, g.Outstanding, left))
		}
		want = slices.Delete(slices.Clone(want), i, i+1)
	}
	for _, w := range want {
		s.Problems = append(s.Problems, fmt.Sprintf("%s: not sent: %s", what, w))
	}
}

// once notes letters that arrived twice.
func (s *Summary) once(letters []Letter) {
	seen := map[string]bool{}
	for _, l := range letters {
		if seen[l.ID] {
			s.Problems = append(s.Problems, "letter "+l.ID+" arrived twice")
		}
		seen[l.ID] = true
	}
}
