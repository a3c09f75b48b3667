// Package terms holds what issuers do when a bill is late: rules with their
// source, date and certainty, and what lateness costs by them.
//
// Contract. Everything is pure and exact. What is not known is said not to be
// known: an estimate without a rule has no amount, never zero.
package terms
