package bill

import "testing"

// TestEdgesOfPaying holds each comparison of the fold at the value where it
// turns: the day, the cent and the days between two words about one payment.
func TestEdgesOfPaying(t *testing.T) {
	t.Parallel()
	pay := func(id, amount, on string, more ...func(*Notice)) Notice {
		n := notice(id, KindPayment, on+" 12:00", amount, on, more...)
		n.Evidence = nil
		return n
	}
	told := func(on string) Notice { // on 7 January, of an earlier payment
		n := pay("p", "100.00", on)
		n.Received = at("2026-01-07 12:00")
		return n
	}
	word := Command{ID: "c", Bill: "b", At: at("2026-01-06 12:00"), Kind: CommandPaid, Amount: cny("100.00")}
	safe := Fold(groupOf(), terms).LastSafeDay
	for name, c := range map[string]struct {
		minimum, penalty string
		commands         []Command
		notices          []Notice
		left             string
		minimumMet, asks bool
	}{
		"on the statement's day":          {notices: []Notice{pay("p", "100.00", "2026-01-01")}, left: "400.00"},
		"the day before the statement":    {notices: []Notice{pay("p", "100.00", "2025-12-31")}, left: "500.00"},
		"three days after the word":       {commands: []Command{word}, notices: []Notice{pay("p", "100.00", "2026-01-09")}, left: "400.00"},
		"four days after the word":        {commands: []Command{word}, notices: []Notice{pay("p", "100.00", "2026-01-10")}, left: "300.00"},
		"three days before the word":      {commands: []Command{word}, notices: []Notice{told("2026-01-03")}, left: "400.00"},
		"four days before the word":       {commands: []Command{word}, notices: []Notice{told("2026-01-02")}, left: "300.00"},
		"the minimum to the cent":         {minimum: "50.00", notices: []Notice{pay("p", "50.00", "2026-01-05")}, left: "450.00", minimumMet: true},
		"a cent short of the minimum":     {minimum: "50.00", notices: []Notice{pay("p", "49.99", "2026-01-05")}, left: "450.01"},
		"the minimum on the last safe":    {minimum: "50.00", notices: []Notice{pay("p", "50.00", safe.String())}, left: "450.00", minimumMet: true},
		"the minimum a day too late":      {minimum: "50.00", notices: []Notice{pay("p", "50.00", (safe + 1).String())}, left: "450.00"},
		"all of it on the last safe day":  {minimum: "50.00", notices: []Notice{pay("p", "500.00", safe.String())}, left: "0.00", minimumMet: true},
		"all of it a day too late":        {minimum: "50.00", notices: []Notice{pay("p", "500.00", (safe + 1).String())}, left: "0.00"},
		"with the penalty":                {penalty: "7.00", notices: []Notice{pay("p", "507.00", "2026-01-05")}, left: "0.00"},
		"a cent more than with a penalty": {penalty: "7.00", notices: []Notice{pay("p", "507.01", "2026-01-05")}, left: "500.00", asks: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := groupOf(c.commands...)
			if c.minimum != "" {
				g.Notices[0].MinimumDue = cny(c.minimum)
			}
			if c.penalty != "" {
				g.Notices[0].Penalty = cny(c.penalty)
			}
			g.Notices = append(g.Notices, c.notices...)
			b := Fold(g, terms)
			if b.Outstanding != cny(c.left) || b.MinimumMet != c.minimumMet || (len(b.Problems) > 0) != c.asks || b.Credit.Minor != 0 {
				t.Errorf("left %v, minimum met %t, problems %v, credit %v; want %s, %t, asks %t, no credit", b.Outstanding, b.MinimumMet, b.Problems, b.Credit, c.left, c.minimumMet, c.asks)
			}
		})
	}
}
