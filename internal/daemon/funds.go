package daemon

import (
	"cmp"
	"slices"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/issuer"
	"repayd/internal/outbox"
	"repayd/internal/plan"
)

// forecastDays is how far ahead a digest looks.
const forecastDays = 60

// forecast tells a digest of the money needed by when: by the bills that are
// open, and by those that are declared for later.
func forecast(cfg *config.Config, set *issuer.Set, w plan.Workdays) func(outbox.Tx, []*bill.Bill) (*plan.Forecast, error) {
	return func(tx outbox.Tx, open []*bill.Bill) (*plan.Forecast, error) {
		today := bill.DayOf(tx.Now().In(cfg.Zone))
		coming, err := Coming(tx, cfg, set, today, today+forecastDays-1)
		if err != nil {
			return nil, err
		}
		f := plan.Predict(append(slices.Clone(open), coming...), Funds(cfg, today, forecastDays), w, today, forecastDays)
		return &f, nil
	}
}

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
