package plan

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"repayd/internal/bill"
)

// Predict tells what money the open bills need on which of so many days from
// today on, today included, a currency. A bill that will be debited needs it on
// the day of the debit, any other on the day to pay by (PayBy; w may be nil);
// what fell due before today is needed at once and counted into every sum, for
// it is owed whether or not it is still harmless. Without funds nothing is left
// or lacking; of a currency in which neither a balance nor income is given
// neither. What comes on a day is there from the next day on: a debit may run
// before it, and a forecast that errs shall err towards caution. Old bills that
// only the owner can confirm are left out, and asked about elsewhere. The bills
// of a day are named in the order given.
func Predict(bills []*bill.Bill, funds *Funds, w Workdays, today bill.Day, days int) Forecast {
	f := Forecast{From: today, To: today + bill.Day(max(days, 1)) - 1, Currencies: []MoneyForecast{}}
	needs := map[string]*need{}
	for _, b := range bills {
		if !b.Open() || b.Unconfirmed() || b.Currency == "" {
			continue
		}
		n := needs[b.Currency]
		if n == nil {
			n = &need{byDay: map[bill.Day]int64{}, bills: map[bill.Day][]string{}}
			needs[b.Currency] = n
		}
		n.add(b, w, f)
	}
	for _, currency := range slices.Sorted(maps.Keys(needs)) {
		f.Currencies = append(f.Currencies, needs[currency].forecast(currency, funds, f))
	}
	return f
}

// need is what one currency needs.
type need struct {
	late    int64
	byDay   map[bill.Day]int64
	bills   map[bill.Day][]string
	lateIDs []string
	unknown int
}

func (n *need) add(b *bill.Bill, w Workdays, f Forecast) {
	day := b.DueDate
	switch {
	case b.DebitDay.Known():
		day = b.DebitDay
	case day >= f.From:
		day = max(PayBy(b, w, f.From), f.From)
	}
	owed := b.Owed()
	switch {
	case !day.Known() || !owed.Known():
		n.unknown++
	case day < f.From:
		n.late += owed.Minor
		n.lateIDs = append(n.lateIDs, b.ID)
	case day <= f.To:
		n.byDay[day] += owed.Minor
		n.bills[day] = append(n.bills[day], b.ID)
	}
}

func (n *need) forecast(currency string, funds *Funds, f Forecast) MoneyForecast {
	money := func(minor int64) bill.Money { return bill.Money{Minor: minor, Currency: currency} }
	m := MoneyForecast{Currency: currency, Days: []Need{}, Weeks: []Need{}, Unknown: n.unknown}
	if n.late > 0 {
		m.Late, m.LateBills = money(n.late), n.lateIDs
	}
	have := funds.of(currency)
	total := n.late
	if have != nil && total > have(f.From) {
		m.Short = &Short{Day: f.From, Missing: money(total - have(f.From))}
	}
	week := Need{From: f.From, Amount: money(0)}
	for day := f.From; day <= f.To; day++ {
		amount := n.byDay[day]
		total += amount
		one := Need{From: day, To: day, Amount: money(amount), Cumulated: money(total)}
		if have != nil {
			left := have(day) - total
			one.Left = money(left)
			if left < 0 && m.Short == nil {
				m.Short = &Short{Day: day, Missing: money(-left)}
			}
		}
		if amount > 0 {
			one.Bills = n.bills[day]
			m.Days = append(m.Days, one)
		}
		week.To, week.Cumulated, week.Left = day, one.Cumulated, one.Left
		week.Amount.Minor += amount
		if day == f.To || (day+1).Weekday() == time.Monday {
			m.Weeks = append(m.Weeks, week)
			week = Need{From: day + 1, Amount: money(0)}
		}
	}
	m.Total = money(total)
	return m
}

// of is what the owner has of a currency on a day, if nothing is paid; nil where
// nothing of that currency is given.
func (f *Funds) of(currency string) func(bill.Day) int64 {
	if f == nil {
		return nil
	}
	base, given := int64(0), false
	for _, m := range f.Balances {
		if m.Currency == currency {
			base, given = base+m.Minor, true
		}
	}
	var income []Income
	for _, i := range f.Income {
		if i.Amount.Currency == currency {
			income, given = append(income, i), true
		}
	}
	if !given {
		return nil
	}
	slices.SortFunc(income, func(a, b Income) int { return cmp.Compare(a.Day, b.Day) })
	return func(day bill.Day) int64 {
		sum := base
		for _, i := range income {
			if i.Day < day {
				sum += i.Amount.Minor
			}
		}
		return sum
	}
}
