package calendar

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/ecb"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/us"

	"repayd/internal/bill"
)

// The years whose days the library's rules give as they were known in its
// version of 2023: the rule of Japan's September holiday is written out to 2032.
const firstComputed, lastComputed = 2023, 2032

// computed are the countries whose days off the library computes; "eu" are the
// closing days of the euro's settlement system, on which no transfer in euro is
// carried out. Countries whose government moves days each year, or whose days
// differ from region to region, are left to the owner's own tables.
func computed() map[string][]*cal.Holiday {
	return map[string][]*cal.Holiday{
		"at": at.Holidays, "au": australia(), "be": be.Holidays, "ca": ca.Holidays, "de": de.Holidays, "dk": dk.Holidays,
		"es": es.Holidays, "eu": ecb.Holidays, "fr": fr.Holidays, "gb": gb.Holidays, "ie": ie.Holidays, "it": it.Holidays,
		"jp": append(japaneseBanks(), jp.Holidays...), "nl": nl.Holidays, "no": no.Holidays, "nz": nz.Holidays, "se": se.Holidays,
		"us": us.Holidays,
	}
}

// australia are the days off in every state and territory.
func australia() []*cal.Holiday {
	return []*cal.Holiday{au.NewYear, au.AustraliaDay, au.GoodFriday, au.EasterMonday, au.AnzacDay, au.ChristmasDay, au.BoxingDay}
}

// japaneseBanks are the days on which Japanese banks are closed beside the
// national holidays: 31 December to 3 January (Order for Enforcement of the
// Banking Act, article 5).
func japaneseBanks() []*cal.Holiday {
	closed := func(month time.Month, day int) *cal.Holiday {
		return &cal.Holiday{Month: month, Day: day, Func: cal.CalcDayOfMonth}
	}
	return []*cal.Holiday{closed(time.January, 2), closed(time.January, 3), closed(time.December, 31)}
}

// compute makes the calendar of a country from the library's holidays.
func compute(holidays []*cal.Holiday) *workdays {
	w := newWorkdays(usual())
	for _, h := range holidays {
		// One year more at each end: a day off may be moved over New Year.
		for year := firstComputed - 1; year <= lastComputed+1; year++ {
			d := observed(h, year)
			if y, _, _ := d.Date(); d.Known() && y >= firstComputed && y <= lastComputed {
				w.off[d] = true
			}
		}
	}
	for year := firstComputed; year <= lastComputed; year++ {
		w.years[year] = true
	}
	return w
}

// observed is the day that is off for a holiday in a year, unknown for none. It
// asks a copy: some of the library's rules write into the holiday they compute.
// The library counts in midnights of the machine's zone; where a clock change
// skips one, the instant may lie an hour before it.
func observed(h *cal.Holiday, year int) bill.Day {
	_, day := h.Clone(nil).Calc(year)
	if day.IsZero() {
		return 0
	}
	return bill.DayOf(day.Add(2 * time.Hour))
}
