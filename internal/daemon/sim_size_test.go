//go:build !race

package daemon

// gateYears is how many years every run of the tests lives through.
const gateYears = 20

const yearDays = 365
