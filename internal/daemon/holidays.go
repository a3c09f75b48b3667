package daemon

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/calendar"
	"repayd/internal/config"
)

// tableAhead is how long before a year its holidays must be known. China
// announces them in November.
const tableAhead = 60 * 24 * time.Hour

// Holidays loads the tables of days off, the built-in ones and the owner's.
func Holidays(cfg *config.Config) (*calendar.Tables, error) {
	o := calendar.Options{Country: cfg.Holidays.Country, Dir: cfg.Holidays.Dir}
	if MissingHolidayDir(cfg) {
		o.Dir = "" // to be made when the first file is; check says so
	}
	return calendar.Load(o)
}

// MissingHolidayDir reports whether the folder for the owner's tables is
// configured and not there. That is no mistake: it only holds none yet.
func MissingHolidayDir(cfg *config.Config) bool {
	if cfg.Holidays.Dir == "" {
		return false
	}
	_, err := os.Stat(cfg.Holidays.Dir)
	return errors.Is(err, fs.ErrNotExist)
}

// Gap is a year of a country of which only the weekends are known.
type Gap struct {
	Country string
	Year    int
}

// HolidayGaps lists, of the owner's country where none is named, the years
// without a table: this one, and the next once it is near.
func HolidayGaps(w bill.Workdays, now time.Time, countries ...string) []Gap {
	if len(countries) == 0 {
		countries = []string{""}
	}
	var out []Gap
	for _, country := range countries {
		for _, at := range []time.Time{now, now.Add(tableAhead)} {
			gap := Gap{Country: country, Year: at.Year()}
			if !w.Known(country, gap.Year) && !slices.Contains(out, gap) {
				out = append(out, gap)
			}
		}
	}
	return out
}

// holidays are the years without a table that steps on working days go by.
func (d *daemon) holidays(now time.Time, countries map[string]bool, known map[string]string) []ailment {
	const kind = "holidays:"
	w := d.in.Env.Workdays
	missing := map[string]bool{}
	for country := range countries {
		for _, gap := range HolidayGaps(w, now.In(d.cfg.Zone), country) {
			missing[kind+cmp.Or(gap.Country, d.cfg.Holidays.Country)+":"+strconv.Itoa(gap.Year)] = true
		}
	}
	for fact := range known {
		if what := strings.TrimPrefix(fact, troublePrefix); strings.HasPrefix(what, kind) && !missing[what] {
			missing[what] = false
		}
	}
	var out []ailment
	for _, what := range slices.Sorted(maps.Keys(missing)) {
		lacks := missing[what]
		country, year, _ := strings.Cut(strings.TrimPrefix(what, kind), ":")
		a := ailment{what: what, code: "holidays-unknown", args: map[string]string{"year": year, "country": strings.ToUpper(country)}}
		if n, err := strconv.Atoi(year); err == nil && w.Known(country, n) {
			a.over = "holidays-ok"
		}
		if lacks {
			a.failure = "no table"
		}
		out = append(out, a)
	}
	return out
}
