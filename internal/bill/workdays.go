package bill

// Workdays says which days are working days of a country, named as in "cn"; the
// empty name is the owner's country.
type Workdays interface {
	IsWorkday(country string, d Day) bool
	// Before returns the last working day before the given day, After the first
	// one after it.
	Before(country string, d Day) Day
	After(country string, d Day) Day
	// Known reports whether the days off of the year are known; where they are
	// not, weekends alone are off.
	Known(country string, year int) bool
}
