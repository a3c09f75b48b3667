package issuer

// termsYAML is the terms block of an issuer file: how a due date follows, the
// grace, the least to pay, what the issuer does when a bill is late, how it
// debits, and where it is reached. Source, as_of and certainty stand once for
// the block and, where they differ, at a rule. The package comment of
// bill/terms describes every key.
type termsYAML struct {
	originYAML   `yaml:",inline"`
	Due          []dueYAML       `yaml:"due"`
	Grace        *graceYAML      `yaml:"grace"`
	Transfer     *transferYAML   `yaml:"transfer"`
	Tolerance    tolerances      `yaml:"tolerance"`
	Minimum      []minimumYAML   `yaml:"minimum"`
	Fees         []feeYAML       `yaml:"fees"`
	FeeCaps      []feeCapYAML    `yaml:"fee_caps"`
	Interest     []interestYAML  `yaml:"interest"`
	Extensions   []extensionYAML `yaml:"extensions"`
	Milestones   []milestoneYAML `yaml:"milestones"`
	Consequences list            `yaml:"consequences"`
	Debit        *debitYAML      `yaml:"debit"`
	Contacts     []contactYAML   `yaml:"contacts"`
}

type originYAML struct {
	Source    string `yaml:"source"`
	AsOf      string `yaml:"as_of"`
	Certainty lined  `yaml:"certainty"`
}

type dueYAML struct {
	originYAML  `yaml:",inline"`
	From        lined       `yaml:"from"`
	Days        days        `yaml:"days"`
	Months      *int        `yaml:"months"`
	Day         int         `yaml:"day"`
	Map         map[int]int `yaml:"map"`
	LastWorkday bool        `yaml:"last_workday"`
	Shift       lined       `yaml:"shift"`
}

type graceYAML struct {
	originYAML     `yaml:",inline"`
	Days           days  `yaml:"days"`
	CountsDue      bool  `yaml:"counts_due"`
	CutOff         lined `yaml:"cut_off"`
	OnRequest      bool  `yaml:"on_request"`
	PreviousOnTime bool  `yaml:"previous_on_time"`
	PerYear        int   `yaml:"per_year"`
}

type transferYAML struct {
	originYAML `yaml:",inline"`
	Workdays   int `yaml:"workdays"`
}

// tolerances are one or several; toleranceYAML is an amount alone, or a mapping.
type tolerances []toleranceYAML

type toleranceYAML struct{ amount, below, currency lined }

type minimumYAML struct {
	originYAML `yaml:",inline"`
	Currency   lined             `yaml:"currency"`
	Parts      []minimumPartYAML `yaml:"parts"`
	Floor      lined             `yaml:"floor"`
	AllBelow   lined             `yaml:"all_below"`
}

type minimumPartYAML struct {
	Percent lined `yaml:"percent"`
	Of      lined `yaml:"of"`
}

// amountYAML are the keys of an amount by formula.
type amountYAML struct {
	Flat    lined      `yaml:"flat"`
	Slabs   []slabYAML `yaml:"slabs"`
	Percent lined      `yaml:"percent"`
	Base    lined      `yaml:"base"`
	Choose  lined      `yaml:"choose"`
	Min     lined      `yaml:"min"`
	Max     lined      `yaml:"max"`
}

type slabYAML struct {
	UpTo lined `yaml:"up_to"`
	Flat lined `yaml:"flat"`
}

type conditionYAML struct {
	When   lined       `yaml:"when"`
	Repeat *repeatYAML `yaml:"repeat"`
}

type repeatYAML struct {
	Late   int `yaml:"late"`
	Within int `yaml:"within"`
}

type feeYAML struct {
	originYAML    `yaml:",inline"`
	conditionYAML `yaml:",inline"`
	amountYAML    `yaml:",inline"`
	Currency      lined `yaml:"currency"`
	After         days  `yaml:"after"`
}

type feeCapYAML struct {
	originYAML `yaml:",inline"`
	amountYAML `yaml:",inline"`
	Currency   lined `yaml:"currency"`
	PerOrder   bool  `yaml:"per_order"`
}

type extensionYAML struct {
	originYAML `yaml:",inline"`
	amountYAML `yaml:",inline"`
	Currency   lined `yaml:"currency"`
	Days       days  `yaml:"days"`
	Times      int   `yaml:"times"`
}

type interestYAML struct {
	originYAML    `yaml:",inline"`
	conditionYAML `yaml:",inline"`
	Currency      lined          `yaml:"currency"`
	Rate          lined          `yaml:"rate"`
	From          lined          `yaml:"from"`
	Until         lined          `yaml:"until"`
	Rates         []rateFromYAML `yaml:"rates"`
	Fix           lined          `yaml:"fix"`
	Reference     string         `yaml:"reference"`
	Margin        lined          `yaml:"margin"`
	RateStep      lined          `yaml:"rate_step"`
	Per           lined          `yaml:"per"`
	YearDays      lined          `yaml:"year_days"`
	Factor        lined          `yaml:"factor"`
	Base          lined          `yaml:"base"`
	Unit          lined          `yaml:"unit"`
	Start         lined          `yaml:"start"`
	PaidDay       lined          `yaml:"paid_day"`
	LastDay       lined          `yaml:"last_day"`
	Compound      lined          `yaml:"compound"`
	MinDay        lined          `yaml:"min_day"`
	Min           lined          `yaml:"min"`
	Max           lined          `yaml:"max"`
	Round         lined          `yaml:"round"`
	RoundAt       lined          `yaml:"round_at"`
}

type rateFromYAML struct {
	From lined `yaml:"from"`
	Rate lined `yaml:"rate"`
}

type milestoneYAML struct {
	originYAML `yaml:",inline"`
	Name       lined `yaml:"name"`
	After      days  `yaml:"after"`
}

type debitYAML struct {
	originYAML `yaml:",inline"`
	Offered    lined  `yaml:"offered"`
	Order      string `yaml:"order"`
	Note       string `yaml:"note"`
	Confirm    days   `yaml:"confirm"`
}

type contactYAML struct {
	originYAML `yaml:",inline"`
	What       lined `yaml:"what"`
	Value      lined `yaml:"value"`
}
