package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"repayd/internal/bill"
	"repayd/internal/daemon"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// soonest and latest bound the days on which a proposed plan may begin: an
// issuer needs some days to answer, and will not wait long for the first part.
const (
	soonest = 7
	latest  = 45
)

// proposal is a plan worked out for the owner to ask for.
type proposal struct {
	Instalments []bill.Instalment `json:"instalments"`
	// Judged says that money is configured, so that the forecast could tell
	// whether the owner can keep to the plan; Carried that it can.
	Judged  bool `json:"judged"`
	Carried bool `json:"carried"`
	// Short is the first day on which money would be missing, "" where none is.
	Short bill.Day `json:"short,omitzero"`
	// Enough is how many instalments the forecast could carry, where it cannot
	// carry as many as were asked for; 0 where no number is known to do.
	Enough int `json:"enough,omitempty"`
}

// carrier says whether the forecast can carry a plan, and else the first day
// on which money is missing.
type carrier func([]bill.Instalment) (short bill.Day, ok bool)

// propose divides a sum into n parts a month apart. They begin on the first day
// from which on the forecast carries them; where there is none, on the day from
// which on money is missing latest. A nil carrier knows no funds: then the plan
// begins in a month.
func propose(sum bill.Money, n int, today bill.Day, carries carrier) (*proposal, error) {
	if !sum.Known() || sum.Minor < int64(n) {
		return nil, fmt.Errorf("%s cannot be divided into %d instalments; give the amount with repayd set first", orUnknown(sum), n)
	}
	if carries == nil {
		return &proposal{Instalments: divided(sum, n, today+30)}, nil
	}
	best := &proposal{Judged: true}
	for first := today + soonest; first <= today+latest; first++ {
		parts := divided(sum, n, first)
		short, ok := carries(parts)
		if ok {
			return &proposal{Instalments: parts, Judged: true, Carried: true}, nil
		}
		if short > best.Short {
			best.Instalments, best.Short = parts, short
		}
	}
	return best, nil
}

// proposal works out a plan of n instalments for what a bill owes less what is
// to be waived; where the forecast does not carry it, it looks for the smallest
// number of instalments that it would.
func (a *app) proposal(ctx context.Context, w workplace, b *bill.Bill, waive bill.Money, n int) (*proposal, error) {
	if !b.Open() {
		return nil, fmt.Errorf("bill %s is not open; there is nothing to arrange", b.ID)
	}
	sum := b.Owed()
	sum.Minor -= waive.Minor
	today := bill.DayOf(a.now.In(w.cfg.Zone))
	carries, err := a.carrier(ctx, w, b, today)
	if err != nil {
		return nil, err
	}
	p, err := propose(sum, n, today, carries)
	if err != nil || carries == nil || p.Carried {
		return p, err
	}
	for more := n + 1; more <= maxParts && int64(more) <= sum.Minor; more++ {
		if other, err := propose(sum, more, today, carries); err == nil && other.Carried {
			p.Enough = more
			break
		}
	}
	return p, nil
}

// carrier asks the forecast of all other bills, those declared for later too,
// whether the owner's money suffices with a plan in place of b; nil where no
// money of that currency is configured.
func (a *app) carrier(ctx context.Context, w workplace, b *bill.Bill, today bill.Day) (carrier, error) {
	const days = latest + 31*maxParts
	funds := daemon.Funds(w.cfg, today, days)
	if funds == nil {
		return nil, nil
	}
	env, err := daemon.Env(w.cfg)
	if err != nil {
		return nil, err
	}
	var others []*bill.Bill
	err = w.store.View(ctx, func(tx *store.Tx) (err error) {
		others, err = a.owed(tx, w.cfg, today+latest+31*12)
		return err
	})
	if err != nil {
		return nil, err
	}
	others = slices.DeleteFunc(others, func(o *bill.Bill) bool { return o.ID == b.ID || o.Currency != b.Currency })
	carries := func(parts []bill.Instalment) (bill.Day, bool) {
		bills := slices.Clone(others)
		for _, p := range parts {
			bills = append(bills, &bill.Bill{Currency: p.Amount.Currency, Outstanding: p.Amount, DueDate: p.Due, LastSafeDay: p.Due})
		}
		f := plan.Predict(bills, funds, env.Workdays, today, int(parts[len(parts)-1].Due-today)+1)
		if short := f.Currencies[0].Short; short != nil {
			return short.Day, false
		}
		return 0, true
	}
	trial := plan.Predict([]*bill.Bill{b}, funds, env.Workdays, today, 1)
	if len(trial.Currencies) == 0 || !trial.Currencies[0].Weeks[0].Left.Known() {
		return nil, nil
	}
	return carries, nil
}

// orUnknown is an amount for an error message.
func orUnknown(m bill.Money) string {
	if !m.Known() {
		return "an unknown amount"
	}
	return m.String()
}

// divided cuts a sum into n equal parts to the minor unit, a month apart; the
// last one takes what the division leaves.
func divided(sum bill.Money, n int, first bill.Day) []bill.Instalment {
	parts := make([]bill.Instalment, n)
	each := sum.Minor / int64(n)
	for i := range parts {
		parts[i] = bill.Instalment{Due: monthsAfter(first, i), Amount: bill.Money{Minor: each, Currency: sum.Currency}}
	}
	parts[n-1].Amount.Minor = sum.Minor - each*int64(n-1)
	return parts
}

// monthsAfter is the same day of a later month, or its last day where the month
// is shorter.
func monthsAfter(d bill.Day, months int) bill.Day {
	year, month, day := d.Date()
	at := int(month) - 1 + months
	for ; ; day-- {
		if to, ok := bill.NewDay(year+at/12, time.Month(at%12+1), day); ok {
			return to
		}
	}
}
