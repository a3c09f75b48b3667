package issuer

import "repayd/internal/bill"

// found is one value beside a label, or captured by a sentence.
type found struct {
	field bill.Field
	val   value
	at    int // line
	// table and row place a value that was read below the head of a table with
	// several rows; table 0 is none.
	table, row int
	from       *pattern
	// match and begins are where the sentence begins that said it; match is 0
	// beside a label.
	match, begins int
}

// value is one parsed value of a field.
type value struct {
	text   string // as printed
	part   string
	shown  string // label and value, for evidence
	amount bill.Money
	date   dateText
	str    string // tail, reference, period, currency
	days   int
	clock  bill.Clock
	none   bool   // the text says that there is no amount
	bare   bool   // an amount that is only digits
	bad    string // why the run was refused
	raw    amountText
	credit bool // printed as a credit: nothing is owed
}
