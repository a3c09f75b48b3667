package daemon

import (
	"cmp"
	"slices"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/plan"
)

// Funds are what the owner has and gets within so many days from today, nil
// where the configuration does not say. What came between the day of the
// balances and today is income too: the balances do not know of it.
func Funds(cfg *config.Config, today bill.Day, days int) *plan.Funds {
	m := cfg.Money
	if m == nil {
		return nil
	}
	out := &plan.Funds{Balances: m.Balances, AsOf: m.AsOf}
	from := today
	if m.AsOf.Known() && m.AsOf < today {
		from = m.AsOf + 1
	}
	for _, p := range m.Paydays {
		for _, day := range dueDates(p.Schedule, from, today+bill.Day(days)) {
			out.Income = append(out.Income, plan.Income{Day: day, Amount: p.Amount})
		}
	}
	slices.SortStableFunc(out.Income, func(a, b plan.Income) int { return cmp.Compare(a.Day, b.Day) })
	return out
}
