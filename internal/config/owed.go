package config

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/robfig/cron/v3"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
)

var (
	ratePattern   = regexp.MustCompile(`^([0-9]{1,3}(\.[0-9]{1,6})?)%$`)
	monthsPattern = regexp.MustCompile(`^[1-9][0-9]{0,2}$`)
)

// bills reads the declared bills.
func (g group) bills() []DeclaredBill {
	var out []DeclaredBill
	taken := map[string]int{}
	nodes, _ := g.items("bills")
	for _, n := range nodes {
		if b, ok := g.w.group(n, "a bill", billKeys()); ok {
			out = append(out, b.bill(taken))
		}
	}
	return out
}

func (g group) bill(taken map[string]int) DeclaredBill {
	d := DeclaredBill{Name: g.name(taken), Grace: g.days("grace"), Account: g.account(), Line: g.line}
	d.Note, _ = g.text("note")
	d.Issuer = g.issuer()
	if g.has("loan") {
		d.Loan = g.loan()
		for _, name := range []string{"amount", "schedule"} {
			if g.has(name) {
				g.fail(name, "a loan knows its own amounts and dates; remove this key or loan")
			}
		}
		return d
	}
	for _, name := range []string{"amount", "schedule"} {
		if !g.has(name) {
			g.w.fail(g.line, "%s: missing; add it to a bill, or loan in its place", name)
		}
	}
	d.Amount = g.amount("amount")
	d.Spec, d.Schedule = g.daily("a bill is due")
	if d.Schedule != nil && skipsMonths(d.Schedule) {
		g.w.warn(g.lineOf("schedule"), "schedule: %s gives no bill in months without that day; up to day 28 every month has one", quote(d.Spec))
	}
	return d
}

// daily reads a schedule that gives days, at most one a day.
func (g group) daily(what string) (string, cron.Schedule) {
	spec, s := g.schedule("schedule")
	if s != nil && !onceADay(s) {
		g.fail("schedule", "%s at most once a day; write one minute and one hour, as in \"0 0 5 * *\"", what)
		return spec, nil
	}
	return spec, s
}

// issuer reads whose notices are about a declared bill.
func (g group) issuer() string {
	s, ok := g.text("issuer")
	if ok && !issuerPattern.MatchString(s) {
		g.fail("issuer", "%s is not an issuer's name; write for example alipay-huabei", quote(s))
		return ""
	}
	return s
}

// loan reads the terms of a loan.
func (g group) loan() *Loan {
	k, _ := find(g.keys, "loan")
	l, ok := g.w.group(g.values["loan"], "a loan", k.keys)
	if !ok {
		return nil
	}
	out := &Loan{Principal: l.amount("principal"), First: l.date("first"),
		Method: l.oneOf("method", "equal_instalments", "equal_principal", "interest_only")}
	if s, ok := l.text("rate"); ok {
		if m := ratePattern.FindStringSubmatch(s); m != nil {
			out.Rate = m[1]
		} else {
			l.fail("rate", "%s is no yearly rate; write for example 4.5%%", quote(s))
		}
	}
	if s, ok := l.text("months"); ok {
		n, err := strconv.Atoi(s)
		if err != nil || n > maxMonths || !monthsPattern.MatchString(s) {
			l.fail("months", "%s is no number of monthly instalments; write one from 1 to %d", quote(s), maxMonths)
		} else {
			out.Months = n
		}
	}
	complete := l.has("principal") && l.has("rate") && l.has("months") && l.has("first")
	if complete && len(l.broken) == 0 {
		if _, err := terms.Loan(out.Terms()); err != nil {
			l.w.fail(l.line, "loan: %v", err)
		}
	}
	return out
}

// Terms are the terms as the rules of loans take them.
func (l *Loan) Terms() terms.LoanTerms {
	rate, ok := new(big.Rat).SetString(l.Rate)
	if !ok {
		rate = new(big.Rat) // what was read is a decimal
	}
	return terms.LoanTerms{Principal: l.Principal, Rate: rate.Quo(rate, big.NewRat(100, 1)), Months: l.Months,
		Method: terms.LoanMethod(l.Method), First: l.First}
}

// maxMonths is more than any loan lasts.
const maxMonths = 600

// money reads what the owner has and gets; nil when it is not said.
func (g group) money() *Money {
	n := g.values["money"]
	if n == nil {
		return nil
	}
	k, _ := find(g.keys, "money")
	m, ok := g.w.group(n, "money", k.keys)
	if !ok {
		return nil
	}
	out := &Money{Balances: m.balances(), AsOf: m.date("as_of"), Paydays: m.paydays()}
	switch {
	case len(m.values) == 0 && len(n.Content) == 0:
		g.fail("money", "empty; write balances or paydays, or remove the key")
	case m.has("balances") && !m.has("as_of"):
		m.w.fail(m.lineOf("balances"), "as_of: missing; say of which day the balances are, as in 2026-11-20")
	case m.has("as_of") && !m.has("balances"):
		m.fail("as_of", "says of which day the balances are, but there are none; add balances or remove it")
	case !g.w.now.IsZero() && out.AsOf > bill.DayOf(g.w.now)+1: // a day is 14 hours ahead in some zone
		m.w.warn(m.lineOf("as_of"), "as_of: %s has not come yet; write the day on which you looked at the balances", out.AsOf)
	}
	return out
}

// balances reads what is there, one amount a currency.
func (g group) balances() []bill.Money {
	var out []bill.Money
	seen := map[string]int{}
	words := g.words("balances")
	if g.has("balances") && len(words) == 0 && !g.broken["balances"] {
		g.fail("balances", "an empty list; write for example [5000 CNY]")
	}
	for _, b := range words {
		m, err := parseAmount(b.text)
		switch {
		case err != nil:
			g.w.fail(b.line, "balances: %v", err)
		case m.Minor < 0:
			g.w.fail(b.line, "balances: %s is less than nothing; write 0 %s where there is none", quote(b.text), m.Currency)
		case seen[m.Currency] > 0:
			g.w.fail(b.line, "balances: %s stands on line %d too; write one sum a currency", m.Currency, seen[m.Currency])
		default:
			seen[m.Currency] = b.line
			out = append(out, m)
		}
	}
	return out
}

func (g group) paydays() []Payday {
	k, _ := find(g.keys, "paydays")
	var out []Payday
	nodes, _ := g.items("paydays")
	for _, n := range nodes {
		p, ok := g.w.group(n, "a payday", k.keys)
		if !ok {
			continue
		}
		pay := Payday{Amount: p.amount("amount")}
		pay.Spec, pay.Schedule = p.daily("money comes")
		out = append(out, pay)
	}
	return out
}

// maxTask is how long the name of a task may be, in characters.
const maxTask = 100

// tasks reads what the owner wants to be reminded of.
func (g group) tasks() []Task {
	k, _ := find(g.keys, "tasks")
	var out []Task
	taken := map[string]int{}
	nodes, _ := g.items("tasks")
	for _, n := range nodes {
		t, ok := g.w.group(n, "a task", k.keys)
		if !ok {
			continue
		}
		task := Task{}
		if s, ok := t.text("name"); ok {
			task.Name = strings.TrimSpace(s)
		}
		switch {
		case task.Name == "":
		case utf8.RuneCountInString(task.Name) > maxTask:
			t.fail("name", "longer than %d characters; write a short one", maxTask)
		case taken[task.Name] > 0:
			t.fail("name", "%s is taken by the entry on line %d; choose another", quote(task.Name), taken[task.Name])
		default:
			taken[task.Name] = t.lineOf("name")
		}
		task.Spec, task.Schedule = t.daily("a task comes")
		out = append(out, task)
	}
	return out
}
