package plan

import "repayd/internal/bill"

// Forecast is the money that open bills need, by day and week, a currency.
type Forecast struct {
	From       bill.Day        `json:"from"`
	To         bill.Day        `json:"to"`
	Currencies []MoneyForecast `json:"currencies"`
}

// MoneyForecast is the forecast of one currency. Late is what fell due before
// From and is counted into every cumulated sum.
type MoneyForecast struct {
	Currency string     `json:"currency"`
	Late     bill.Money `json:"late,omitzero"`
	Total    bill.Money `json:"total"`
	Days     []Need     `json:"days"`
	Weeks    []Need     `json:"weeks"`
	// LateBills are the ids of the bills in Late.
	LateBills []string `json:"late_bills,omitempty"`
	// Unknown counts the bills whose amount is not known.
	Unknown int `json:"unknown,omitempty"`
	// Short is the first day that the owner's money does not suffice for; nil
	// where it does, or where no money is given.
	Short *Short `json:"short,omitempty"`
}

// Need is what falls due from From to To, and all that has fallen due by then.
type Need struct {
	From   bill.Day   `json:"from"`
	To     bill.Day   `json:"to"`
	Amount bill.Money `json:"amount"`
	// Bills are the ids of those that need it, by due date; of a day only.
	Bills     []string   `json:"bills,omitempty"`
	Cumulated bill.Money `json:"cumulated"`
	// Left is what the owner's money comes to after it; unknown where no
	// money is given, negative where it does not suffice.
	Left bill.Money `json:"left,omitzero"`
}

// Short is the first day that does not suffice and how much is missing then.
type Short struct {
	Day     bill.Day   `json:"day"`
	Missing bill.Money `json:"missing"`
}

// Funds are what the owner has and gets, for the forecast.
type Funds struct {
	Balances []bill.Money // one a currency
	AsOf     bill.Day     // of the balances; unknown without any
	Income   []Income
}

// Income is money that comes on a day.
type Income struct {
	Day    bill.Day
	Amount bill.Money
}
