package calendar

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"

	"pgregory.net/rapid"
)

// load loads the calendars with the owner's tables, by file name.
func load(t testing.TB, country string, own map[string]string) (*Tables, error) {
	t.Helper()
	o := Options{Country: country}
	if own != nil {
		o.Dir = t.TempDir()
	}
	for name, text := range own {
		if err := os.WriteFile(filepath.Join(o.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tables, err := Load(o)
	if err != nil {
		err = errorOf(strings.ReplaceAll(err.Error(), o.Dir+string(filepath.Separator), ""))
	}
	return tables, err
}

type errorOf string

func (e errorOf) Error() string { return string(e) }

func mustLoad(t testing.TB, country string, own map[string]string) *Tables {
	t.Helper()
	tables, err := load(t, country, own)
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

func checkDays(t *testing.T, tables *Tables, country string, days map[string]bool) {
	t.Helper()
	for date, want := range days {
		if got := tables.IsWorkday(country, day(t, date)); got != want {
			t.Errorf("%q: IsWorkday(%s) = %v; want %v", country, date, got, want)
		}
	}
}

func TestChina(t *testing.T) {
	t.Parallel()
	w := mustLoad(t, "", nil)
	checkDays(t, w, "", map[string]bool{
		"2026-01-04": true,  // Sunday, make-up
		"2026-02-14": true,  // Saturday, make-up
		"2026-02-16": false, // Monday in the Spring Festival
		"2026-02-23": false,
		"2026-02-24": true,
		"2026-10-10": true,
		"2026-11-28": false, // plain Saturday
		"2026-11-30": true,
		"2025-01-27": true,  // Monday before the festival of 2025
		"2025-10-08": false, // eight days in 2025
		"2022-12-31": false,
		"2027-01-01": true, // a Friday of a year not announced: weekends only
	})
	for year, want := range map[int]bool{2022: false, 2023: true, 2026: true, 2027: false} {
		if w.Known("", year) != want {
			t.Errorf("Known(%d) = %v; want %v", year, !want, want)
		}
	}
	for date, want := range map[string][2]string{
		"2026-02-24": {"2026-02-14", "2026-02-25"}, // over nine days off to the make-up Saturday
		"2026-02-14": {"2026-02-13", "2026-02-24"},
		"2026-11-30": {"2026-11-27", "2026-12-01"},
	} {
		before, after := w.Before("cn", day(t, date)), w.After("cn", day(t, date))
		if before != day(t, want[0]) || after != day(t, want[1]) {
			t.Errorf("around %s: %s, %s; want %v", date, before, after, want)
		}
	}
}

// Every make-up workday of the table is a weekend day: one that is not would
// be a slip in the data.
func TestChinaMakeUpDays(t *testing.T) {
	t.Parallel()
	w := mustLoad(t, "", nil).of["cn"]
	if len(w.work) < 20 || len(w.off) < 90 {
		t.Errorf("%d make-up days and %d days off; the table is cut short", len(w.work), len(w.off))
	}
	for d := range w.work {
		if wd := d.Weekday(); wd != time.Saturday && wd != time.Sunday {
			t.Errorf("%s is a %s", d, wd)
		}
	}
}

// Days off of other countries, as their governments and central banks publish
// them; every country of the library has at least one.
func TestOtherCountries(t *testing.T) {
	t.Parallel()
	w := mustLoad(t, "cn", nil)
	for country, days := range map[string]map[string]bool{
		"us": {"2026-11-26": false, "2026-11-27": true, "2026-06-19": false, "2026-02-16": false, "2026-10-01": true},
		"gb": {"2026-05-04": false, "2026-12-28": false, "2027-12-27": false, "2027-12-28": false, "2026-04-06": false, "2026-10-01": true},
		"ie": {"2026-02-02": false, "2026-10-26": false, "2026-03-17": false},
		// 22 September 2026 lies between two holidays; banks open on 4 January.
		"jp": {"2026-09-22": false, "2026-05-06": false, "2027-03-22": false, "2026-12-31": false, "2027-01-04": true, "2026-12-30": true, "2025-01-02": false, "2026-02-17": true},
		"au": {"2026-01-26": false, "2026-12-28": false, "2026-06-08": true},
		"ca": {"2026-07-01": false, "2026-09-30": false, "2026-10-12": false},
		"nz": {"2026-04-27": false, "2027-01-04": false},
		"de": {"2026-05-14": false, "2026-05-25": false, "2026-07-14": true},
		"fr": {"2026-07-14": false, "2026-04-03": true},
		"it": {"2026-06-02": false}, "es": {"2026-10-12": false}, "nl": {"2026-04-27": false}, "be": {"2026-07-21": false},
		"at": {"2026-10-26": false}, "se": {"2026-06-19": false}, "no": {"2027-05-17": false},
		"dk": {"2026-04-02": false, "2026-05-01": true}, // the day of prayer is none any more
		"eu": {"2026-05-01": false, "2026-04-03": false, "2026-05-14": true, "2026-12-25": false},
	} {
		checkDays(t, w, country, days)
		if !w.Known(country, 2026) || !w.Known(country, 2027) || w.Known(country, lastComputed+1) {
			t.Errorf("%s: the known years are wrong", country)
		}
	}
	for _, country := range builtIn() {
		if !w.Known(country, 2026) || w.IsWorkday(country, day(t, "2026-01-01")) {
			t.Errorf("%s: New Year's Day of 2026 is a working day", country)
		}
	}
}

// The owner's country is the one that is meant where none is named.
func TestOwnersCountry(t *testing.T) {
	t.Parallel()
	w := mustLoad(t, "jp", nil)
	checkDays(t, w, "", map[string]bool{"2026-11-23": false, "2026-10-01": true})
	checkDays(t, w, "cn", map[string]bool{"2026-11-23": true, "2026-10-01": false})
	if w.Country() != "jp" {
		t.Errorf("the country is %q", w.Country())
	}
}

// Of a country without a table weekends alone are off, and no year is known.
func TestWithoutTable(t *testing.T) {
	t.Parallel()
	w := mustLoad(t, "hk", nil)
	checkDays(t, w, "", map[string]bool{"2026-11-29": false, "2026-10-01": true})
	checkDays(t, w, "sa", map[string]bool{"2026-11-27": false, "2026-11-28": false, "2026-11-29": true})
	checkDays(t, w, "ir", map[string]bool{"2026-11-27": false, "2026-11-28": true})
	checkDays(t, w, "af", map[string]bool{"2026-11-26": false, "2026-11-28": true})
	if w.Known("", 2026) || w.Known("sa", 2026) {
		t.Error("a year of a country without a table is known")
	}
}

func TestOwnTables(t *testing.T) {
	t.Parallel()
	w := mustLoad(t, "cn", map[string]string{
		// Replaces the built-in year: the Spring Festival of this file is short.
		"2026.txt": "\ufeffyear 2026\noff 2026-02-16..2026-02-18 # short\r\nwork 2026-02-21\n",
		// The next year may begin in December.
		"cn-2027.txt": "off 2026-12-31..2027-01-03\nyear 2027\nwork 2026-12-27\n",
		"jp-bank.txt": "off 2026-06-01\nwork 2026-11-23\n", // one more, one less
		"hk.txt":      "year 2026\noff 2026-07-01\n",
		"sa-2026.txt": "weekend fri sat\nyear 2026\noff 2026-09-23\nwork 2026-11-27\n",
		".cn.txt.swp": "rubbish", ".hidden.txt": "rubbish", "README": "rubbish", "cn.yaml": "rubbish",
	})
	checkDays(t, w, "", map[string]bool{"2026-02-16": false, "2026-02-19": true, "2026-02-21": true, "2026-10-01": true,
		"2025-10-01": false, "2026-12-31": false, "2026-12-27": true, "2027-01-01": false, "2027-10-01": true})
	checkDays(t, w, "jp", map[string]bool{"2026-06-01": false, "2026-11-23": true, "2026-11-03": false})
	checkDays(t, w, "hk", map[string]bool{"2026-07-01": false, "2026-11-28": false})
	checkDays(t, w, "sa", map[string]bool{"2026-09-23": false, "2026-11-29": true, "2026-11-27": true, "2026-11-28": false})
	if !w.Known("", 2027) || !w.Known("hk", 2026) || w.Known("hk", 2027) {
		t.Error("the known years are wrong")
	}
}

// A file of the project that the built-in table comes from can be put in as it
// is; an empty one is a year not announced yet.
func TestPublishedTables(t *testing.T) {
	t.Parallel()
	w := mustLoad(t, "cn", map[string]string{
		"2026.json": `{"$id": "x", "year": 2026, "papers": [], "days": [
			{"name": "元旦", "date": "2026-01-01", "isOffDay": true},
			{"name": "元旦", "date": "2026-01-04", "isOffDay": false}]}`,
		"cn-2027.json": `{"year": 2027, "papers": [], "days": []}`,
	})
	checkDays(t, w, "", map[string]bool{"2026-01-01": false, "2026-01-04": true, "2026-01-02": true, "2025-10-01": false})
	if !w.Known("", 2026) || w.Known("", 2027) {
		t.Error("the known years are wrong")
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"off":                                `cn-2027.txt:1: "off": write one word and one day or range`,
		"\noff 2026-02-30":                   `cn-2027.txt:2: "2026-02-30" is not a date; write it as 2026-01-31`,
		"free 2026-01-01":                    `cn-2027.txt:1: "free": write off, work, year or weekend`,
		"year 26":                            `cn-2027.txt:1: "26" is not a year`,
		"year 2027\nyear 2027":               `cn-2027.txt:2: year 2027 stands twice`,
		"off 2026-01-05..2026-01-01":         `cn-2027.txt:1: "2026-01-05..2026-01-01" is not a range of at most 31 days`,
		"off 2026-01-01..2026-02-01":         `cn-2027.txt:1: "2026-01-01..2026-02-01" is not a range of at most 31 days`,
		"off 2026-01-01\nwork 2026-01-01":    `cn-2027.txt:2: 2026-01-01 stands twice`,
		"off 2026-01-01..x":                  `cn-2027.txt:1: "x" is not a date; write it as 2026-01-31`,
		"off 2026-01-01..2026-01-03 please":  `cn-2027.txt:1: "off 2026-01-01..2026-01-03 please": write one word and one day or range`,
		"off 2027-01-01":                     `cn-2027.txt:1: 2027-01-01: write "year 2027" if the file has all days off of that year`,
		"year 2026\nwork 2026-02-24":         `cn-2027.txt:2: 2026-02-24 is a Tuesday and worked anyway`,
		"weekend":                            `cn-2027.txt:1: weekend: name the weekdays that are off, as in: weekend fri sat`,
		"weekend fri\nweekend sat":           `cn-2027.txt:2: weekend stands twice`,
		"weekend friday":                     `cn-2027.txt:1: "friday" is no weekday; write sun, mon, tue, wed, thu, fri or sat`,
		"# x\n" + strings.Repeat("x", 70000): `cn-2027.txt:2: the line is too long`,
	} {
		_, err := load(t, "cn", map[string]string{"cn-2027.txt": text})
		if err == nil || err.Error() != want {
			t.Errorf("%.40q: %v; want %s", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"{\n\"year\": 2027,\n\"days\": [}":                                                  `2027.json:3: invalid character '}' looking for beginning of value`,
		"{\"year\": 2027, \"days\": []} x":                                                  `2027.json:1: something follows the end of the JSON`,
		"{\"year\": 0, \"days\": [\n{\"date\": \"2027-01-01\", \"isOffDay\": true}]}":       `2027.json:1: "0" is not a year` + "\n" + `2027.json:2: 2027-01-01: write "year 2027" if the file has all days off of that year`,
		"{\"year\": 2027, \"days\": [\n{\"date\": \"2027-13-01\", \"isOffDay\": true}]}":    `2027.json:2: "2027-13-01" is not a date; write it as 2026-01-31`,
		"{\"year\": 2027, \"days\": [\n\n{\"date\": \"2027-01-01\"}]}":                      `2027.json:3: 2027-01-01: isOffDay is missing; write true or false`,
		"{\"year\": 2027, \"days\": [{\"date\": \"2027-01-01\", \"isOffDay\":\n \"yes\"}]}": `2027.json:2: json: cannot unmarshal string into Go struct field .days.isOffDay of type bool`,
		"{\"year\": 2027, \"days\": [\n{\"date\": \"2027-01-05\",\n\"isOffDay\": false}]}":  `2027.json:2: 2027-01-05 is a Tuesday and worked anyway`,
	} {
		_, err := load(t, "cn", map[string]string{"2027.json": text})
		if err == nil || err.Error() != want {
			t.Errorf("%.60q: %v; want %s", text, err, want)
		}
	}
}

// Two tables that say different things, or the same twice, are refused: nobody
// could tell which one was forgotten.
func TestTablesDisagree(t *testing.T) {
	t.Parallel()
	_, err := load(t, "cn", map[string]string{
		"2027.txt":    "year 2027\noff 2027-01-01\nweekend sun\n",
		"cn-2027.txt": "\nyear 2027\noff 2027-01-01..2027-01-02\nweekend sat sun\n",
		"Notes.txt":   "",
	})
	const want = `Notes.txt:1: call the file by country and year, such as cn-2027.txt
cn-2027.txt:1: another weekend is in 2027.txt
cn-2027.txt:2: year 2027 is already in 2027.txt
cn-2027.txt:3: 2027-01-01 is already in 2027.txt`
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
	if _, err := Load(Options{Dir: filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a folder that is not there is no error")
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "2027.txt"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "2027.txt:1: not a file of at most") {
		t.Errorf("a folder for a table: %v", err)
	}
}

// Whatever the country, walking leads to the nearest working day and only over
// days off.
func TestWalk(t *testing.T) {
	t.Parallel()
	w := mustLoad(t, "cn", nil)
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.SampledFrom(append(builtIn(), "", "hk", "sa", "ir")).Draw(t, "country")
		d := bill.Day(rapid.IntRange(19358, 22000).Draw(t, "day"))
		before, after := w.Before(country, d), w.After(country, d)
		if before >= d || after <= d || after-before > 24 || !w.IsWorkday(country, before) || !w.IsWorkday(country, after) {
			t.Fatalf("around %s: %s and %s", d, before, after)
		}
		for off := before + 1; off < after; off++ {
			if off != d && w.IsWorkday(country, off) {
				t.Fatalf("%s lies nearer to %s", off, d)
			}
		}
	})
}

// Any bytes are either a table or an error that names a line of them.
func FuzzTable(f *testing.F) {
	f.Add("year 2027\noff 2027-01-01..2027-01-03\nwork 2027-01-09\nweekend sat sun", false)
	f.Add(`{"year": 2027, "days": [{"date": "2027-01-01", "isOffDay": true}]}`, true)
	f.Fuzz(func(t *testing.T, text string, asJSON bool) {
		var table *table
		if asJSON {
			table = readJSON("t", []byte(text))
		} else {
			table = readText("t", strings.NewReader(text))
		}
		table.claim(newWorkdays(usual()))
		w := newWorkdays(usual())
		table.claim(w)
		table.fill(w)
		for _, err := range table.problem {
			if !strings.HasPrefix(err.Error(), "t:") {
				t.Errorf("the error %q names no line", err)
			}
		}
		for d := range w.off {
			if w.isWorkday(d) || w.work[d] {
				t.Errorf("%s is off and worked", d)
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// builtIn are the countries that need no table of the owner's.
func builtIn() []string { return append(slices.Sorted(maps.Keys(computed())), china) }
