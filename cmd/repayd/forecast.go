package main

import (
	"context"
	"flag"
	"fmt"
	"math/big"
	"os"
	"strings"

	"golang.org/x/term"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/letter"
	"repayd/internal/plan"
	"repayd/internal/store"
)

func forecastCommand() command {
	days := 60
	return command{
		name: "forecast", short: "how much money is needed by when", config: true, json: true, now: true,
		long: "By day and by week, a currency each, with the bills that your configuration declares for later. With money:\n" +
			"in the configuration it tells the first day on which it does not suffice.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.IntVar(&days, "days", days, "how many `days` ahead, today included")
		},
		run: func(ctx context.Context, a *app) error {
			if err := a.noArguments(); err != nil {
				return err
			}
			if days < 1 || days > 1000 {
				return usagef("--days %d: write a number from 1 to 1000", days)
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			f, err := a.predicted(ctx, cfg, days)
			if err != nil {
				return err
			}
			if a.json {
				return printJSON(a.out, f)
			}
			return a.printForecast(f, cfg.Money, days)
		},
	}
}

// predicted is the forecast at a.now.
func (a *app) predicted(ctx context.Context, cfg *config.Config, days int) (plan.Forecast, error) {
	today := bill.DayOf(a.now.In(cfg.Zone))
	var bills []*bill.Bill
	err := a.look(ctx, cfg, func(tx *store.Tx) (err error) {
		bills, err = a.owed(tx, cfg, today+bill.Day(days)-1)
		return err
	})
	if err != nil {
		return plan.Forecast{}, err
	}
	env, err := daemon.Env(cfg)
	return plan.Predict(bills, daemon.Funds(cfg, today, days), env.Workdays, today, days), err
}

// printForecast shows a table by week and one by day for each currency, with
// bars where the terminal has room for them.
func (a *app) printForecast(f plan.Forecast, money *config.Money, days int) error {
	w := &textWriter{w: a.out, colour: a.colour()}
	if len(f.Currencies) == 0 {
		w.line(text("forecast.none", "n", days))
		return w.err
	}
	for i, c := range f.Currencies {
		if i > 0 {
			w.line("")
		}
		w.heading(text("forecast.head", "currency", c.Currency, "from", f.From, "to", f.To, "total", amount(c.Total)))
		if c.Late.Minor > 0 {
			w.line("  " + text("forecast.late", "amount", amount(c.Late)))
		}
		if c.Unknown > 0 {
			w.line("  " + text("forecast.unknown", "n", c.Unknown))
		}
		switch {
		case c.Short != nil:
			w.line("  " + w.strong(red, text("forecast.short", "day", letter.FormatDay(c.Short.Day, language()), "amount", amount(c.Short.Missing))))
		case len(c.Weeks) > 0 && c.Weeks[0].Left.Known():
			w.line("  " + text("forecast.enough"))
		}
		if len(c.Days) > 0 {
			w.needs(text("forecast.by_day"), c.Days, a.width())
			w.needs(text("forecast.by_week"), needed(c.Weeks), a.width())
		}
	}
	if money == nil {
		w.line("\n" + text("forecast.no_money"))
	}
	return w.err
}

// strong is a line in a colour, on a terminal.
func (w *textWriter) strong(colour, s string) string {
	if !w.colour {
		return s
	}
	return colour + s + plain
}

// needed leaves out the weeks in which nothing falls due.
func needed(weeks []plan.Need) []plan.Need {
	var out []plan.Need
	for _, n := range weeks {
		if n.Amount.Minor > 0 {
			out = append(out, n)
		}
	}
	return out
}

// amount is money in the reader's language; "-" where it is not known.
func amount(m bill.Money) string {
	if !m.Known() {
		return "-"
	}
	return letter.FormatMoney(m, language())
}

// needs prints one table of a forecast, and bars beside it in width columns.
func (w *textWriter) needs(title string, rows []plan.Need, width int) {
	t := table{right: map[int]bool{1: true, 2: true, 3: true}, head: []string{title, text("col.need"), text("col.cumulated"), text("col.left")}}
	var most int64
	for _, n := range rows {
		when, left := n.From.String()+" "+weekday(n.From), ""
		if n.To != n.From {
			when = n.From.String() + " – " + n.To.String()[5:]
		}
		if n.Left.Known() {
			left = amount(n.Left)
		}
		t.add(when, amount(n.Amount), amount(n.Cumulated), left)
		most = max(most, n.Amount.Minor)
	}
	lines := t.lines(nil)
	widest := 0
	for _, l := range lines {
		widest = max(widest, displayWidth(l))
	}
	w.line("")
	for i, l := range lines {
		if room := width - widest - 4; i > 0 && room >= minBar {
			n := rows[i-1]
			l += strings.Repeat(" ", widest-displayWidth(l)+2) + w.bar(n, most, min(room, maxBar))
		}
		w.line("  " + l)
	}
}

// A bar shorter than minBar shows nothing, and one longer than maxBar no more.
const (
	minBar = 8
	maxBar = 50
)

// bar is as long as an amount is against the largest; what there is is never
// nothing. It is red from the day on which money is missing.
func (w *textWriter) bar(n plan.Need, most int64, room int) string {
	s := strings.Repeat("#", barLength(n.Amount.Minor, most, room))
	if n.Left.Minor < 0 {
		return w.strong(red, s)
	}
	return s
}

func barLength(value, most int64, room int) int {
	if value <= 0 || most <= 0 {
		return 0
	}
	part := new(big.Int).Mul(big.NewInt(value), big.NewInt(int64(room)))
	return max(1, int(part.Quo(part, big.NewInt(most)).Int64()))
}

func weekday(d bill.Day) string { return text("weekday." + fmt.Sprint(int(d.Weekday()))) }

// width is how many columns the terminal has, 0 where the output is none: then
// there are no bars, for nobody would see them.
func (a *app) width() int {
	f, ok := a.out.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return columns
}
