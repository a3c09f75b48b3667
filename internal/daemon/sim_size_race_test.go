//go:build race

package daemon

// gateYears is how many years a run under the race detector lives through,
// where each takes many times as long.
const gateYears = 2
