package calendar

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"repayd/internal/bill"
)

// maxTable bounds one file of the owner's, in bytes.
const maxTable = 1 << 20

// tableName is COUNTRY.txt, COUNTRY-WHATEVER.txt or YEAR.txt, the last one for
// the owner's own country; .json the same.
var tableName = regexp.MustCompile(`^(?:([a-z]{2})(?:-[^.]*)?|\d{4})\.(?:txt|json)$`)

// own puts the owner's tables into the calendars, in the order of their names.
func (t *Tables) own(dir string) error {
	tables, err := t.readDir(dir)
	if err != nil {
		return err
	}
	var problems []error
	for country, files := range tables {
		w := t.of[country]
		if w == nil {
			w = newWorkdays(weekendOf(country))
			t.of[country] = w
		}
		agree(files)
		for _, f := range files {
			f.claim(w)
		}
		for _, f := range files {
			f.fill(w)
			problems = append(problems, f.problem...)
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(problems...)
}

// readDir reads the owner's tables by country.
func (t *Tables) readDir(dir string) (map[string][]*table, error) {
	if dir == "" {
		return nil, nil
	}
	found, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder of holiday tables: %w", err)
	}
	out := map[string][]*table{}
	for _, f := range found {
		ext := filepath.Ext(f.Name())
		if strings.HasPrefix(f.Name(), ".") || ext != ".txt" && ext != ".json" {
			continue
		}
		name := filepath.Join(dir, f.Name())
		m := tableName.FindStringSubmatch(f.Name())
		if m == nil {
			one := newTable(name)
			one.bad(1, "call the file by country and year, such as cn-2027%s", ext)
			out[t.country] = append(out[t.country], one)
			continue
		}
		country := m[1]
		if country == "" {
			country = t.country
		}
		one, err := readFile(name, ext == ".json")
		if err != nil {
			return nil, err
		}
		out[country] = append(out[country], one)
	}
	return out, nil
}

func readFile(name string, asJSON bool) (*table, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read a holiday table: %w", err)
	case !info.Mode().IsRegular() || info.Size() > maxTable:
		one := newTable(name)
		one.bad(1, "not a file of at most %d bytes", maxTable)
		return one, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read a holiday table: %w", err)
	}
	if asJSON {
		return readJSON(name, data), nil
	}
	return readText(name, bytes.NewReader(data)), nil
}

// agree refuses what stands in two tables of one country: nobody could tell
// which of them is right.
func agree(files []*table) {
	years, days := map[int]*table{}, map[bill.Day]*table{}
	var rest *table
	for _, f := range files {
		for year, line := range f.years {
			if other := years[year]; other != nil {
				f.bad(line, "year %d is already in %s", year, other.name)
			}
			years[year] = f
		}
		for _, e := range f.days {
			for d := e.first; d <= e.last; d++ {
				if other := days[d]; other != nil {
					f.bad(e.line, "%s is already in %s", d, other.name)
					break
				}
				days[d] = f
			}
		}
		if f.weekend == nil {
			continue
		}
		if rest != nil && *rest.weekend != *f.weekend {
			f.bad(1, "another weekend is in %s", rest.name)
		}
		rest = f
	}
}
