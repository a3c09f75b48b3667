package letter

import (
	"repayd/internal/bill"
	"repayd/internal/plan"
)

// forecast shows the money needed by when, a card a currency: what is late,
// each week that needs anything with the running total, and the first day that
// the owner's money does not suffice for, where it is given.
func (w *writer) forecast(f *plan.Forecast) []card {
	var cards []card
	for _, m := range f.Currencies {
		c := card{Tone: "calm", Name: w.c.text("digest.needed_in", "currency", clean(m.Currency, 3))}
		if len(f.Currencies) == 1 {
			c.Name, c.Text = "", []string{w.c.text("digest.needed")}
		}
		if m.Late.Minor > 0 {
			c.Fields = append(c.Fields, field{w.c.text("digest.past"), w.c.amount(m.Late)})
		}
		for _, week := range m.Weeks {
			if week.Amount.Minor != 0 {
				c.Fields = append(c.Fields, field{w.week(week), w.need(week)})
			}
		}
		if m.Unknown > 0 {
			c.Hints = append(c.Hints, w.c.count("digest.unknown", m.Unknown))
		}
		c.Remarks, c.Hints = w.suffices(m, f.To, c.Hints)
		if len(c.Fields) > 0 {
			cards = append(cards, c)
		}
	}
	return cards
}

func (w *writer) week(n plan.Need) string {
	if n.To <= n.From {
		return w.c.shortDay(n.From, w.today)
	}
	return w.c.text("digest.week", "from", w.c.shortDay(n.From, w.today), "to", w.c.shortDay(n.To, w.today))
}

// need shows a week's amount; the running total where it differs, and what is
// left of the owner's money.
func (w *writer) need(n plan.Need) string {
	s := w.c.amount(n.Amount)
	if n.Cumulated != n.Amount {
		s = w.c.text("digest.cumulated", "sum", s, "total", w.c.amount(n.Cumulated))
	}
	if n.Left.Known() && n.Left.Minor >= 0 {
		s = w.c.text("digest.left", "what", s, "left", w.c.amount(n.Left))
	} else if n.Left.Known() {
		s = w.c.text("digest.lacking", "what", s, "left", w.c.amount(bill.Money{Minor: -n.Left.Minor, Currency: n.Left.Currency}))
	}
	return s
}

// suffices says whether the owner's money does, where any is given.
func (w *writer) suffices(m plan.MoneyForecast, until bill.Day, hints []string) (remarks, more []string) {
	if m.Short != nil {
		return []string{w.c.text("digest.short", "day", w.c.longDay(m.Short.Day), "missing", w.c.amount(m.Short.Missing))}, hints
	}
	for _, week := range m.Weeks {
		if week.Left.Known() {
			return nil, append(hints, w.c.text("digest.enough", "day", w.c.longDay(until)))
		}
	}
	return nil, hints
}
