// Package calendar knows which days are working days and which hours are
// quiet.
//
// Contract. Everything but Load is pure. Holidays are data, not rules: those of
// mainland China are announced once a year and come as a table; those of some
// other countries are computed by a library, as far ahead as its rules were
// checked; the owner's own tables replace either, a year at a time. A year
// without a table has weekends only, and Known says so: nobody is told that all
// days of it are working days.
package calendar
