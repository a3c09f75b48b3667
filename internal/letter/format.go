package letter

import (
	"strconv"
	"strings"
	"time"

	"github.com/bojanz/currency"

	"repayd/internal/bill"
)

// FormatMoney shows an amount as a reader of lang writes it (zh-CN: ¥1,234.56,
// US$5.00; en: CN¥1,234.56, $5.00), with as many decimals as the currency has.
// It is "" for an unknown amount, and "1234.56 CNY" in a language that does not
// exist.
func FormatMoney(m bill.Money, lang string) string {
	c, err := catalogueOf(lang)
	if err != nil {
		return m.String()
	}
	return c.amount(m)
}

// FormatDay shows a day with its year and weekday, "" for the unknown day.
func FormatDay(d bill.Day, lang string) string {
	c, err := catalogueOf(lang)
	if err != nil {
		return d.String()
	}
	return c.longDay(d)
}

// StageName names a stage in a word or two.
func StageName(s bill.Stage, lang string) string {
	c, err := catalogueOf(lang)
	if err != nil || !c.has("stage."+string(s)) {
		return string(s)
	}
	return c.text("stage." + string(s))
}

func (c *catalogue) amount(m bill.Money) string {
	if !m.Known() {
		return ""
	}
	a, err := currency.NewAmount(m.Decimal(), m.Currency)
	if err != nil {
		return m.String()
	}
	// The library puts a no-break space between a code and a number.
	return strings.ReplaceAll(c.money.Format(a), "\u00a0", " ")
}

func (c *catalogue) longDay(d bill.Day) string {
	if !d.Known() {
		return ""
	}
	return c.day("date.long", d)
}

// shortDay leaves the year out where it is the reader's own.
func (c *catalogue) shortDay(d, today bill.Day) string {
	year, _, _ := d.Date()
	if now, _, _ := today.Date(); year == now {
		return c.day("date.short", d)
	}
	return c.day("date.short_year", d)
}

func (c *catalogue) day(key string, d bill.Day) string {
	y, m, day := d.Date()
	return c.text(key, "y", strconv.Itoa(y), "mon", c.text("month."+strconv.Itoa(int(m))),
		"d", strconv.Itoa(day), "wd", c.text("weekday."+strconv.Itoa(int(d.Weekday()))))
}

// instant shows a day and a time of day in t's own zone.
func (c *catalogue) instant(t time.Time) string {
	return c.text("date.instant", "day", c.day("date.short_year", bill.DayOf(t)), "hm", t.Format("15:04"))
}

// duration shows whole minutes in the largest unit that still says enough.
func (c *catalogue) duration(minutes int) string {
	switch {
	case minutes < 60:
		return c.count("dur.minutes", minutes)
	case minutes < 48*60:
		return c.count("dur.hours", minutes/60)
	}
	return c.count("dur.days", minutes/(24*60))
}

// span shows a signed span of time.
func (c *catalogue) span(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	if d < time.Minute {
		return sign + c.count("dur.seconds", int(d/time.Second))
	}
	return sign + c.duration(int(d/time.Minute))
}

func (c *catalogue) count(key string, n int) string {
	return c.text(key, "n", strconv.Itoa(n))
}
