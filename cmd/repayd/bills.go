package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// stages are those that --stage takes, in the order of a bill's life.
var stages = []bill.Stage{bill.StageUpcoming, bill.StageDue, bill.StageGrace, bill.StageLate,
	bill.StageUnconfirmed, bill.StageNeedsReview, bill.StageSettled, bill.StageDropped}

// billsFilter says which bills are listed.
type billsFilter struct {
	all                                  bool
	issuer, account, currency, stage, by string
}

// check refuses a filter that can only be a slip of the pen, and reads an
// account and a currency as people write them: "*1234", "cny".
func (f *billsFilter) check() error {
	if f.stage != "" && !slices.Contains(stages, bill.Stage(f.stage)) {
		return usagef("--stage %q is no stage; write one of %s", f.stage, join(stages))
	}
	if f.by != "" && f.by != byIssuer && f.by != byDay {
		return usagef("--by %q is nothing to group by; write %s or %s", f.by, byIssuer, byDay)
	}
	f.account, f.currency = strings.TrimLeft(f.account, "*"), strings.ToUpper(f.currency)
	if _, known := bill.Digits(f.currency); f.currency != "" && !known {
		return usagef("--currency %q is no currency code; write for example CNY", f.currency)
	}
	return nil
}

func billsCommand() command {
	var f billsFilter
	return command{
		name: "bills", short: "what is owed, the most urgent first", config: true, json: true, now: true,
		long: "Lists all that is not settled or dropped, reviews and unconfirmed bills included.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.BoolVar(&f.all, "all", false, "settled and dropped ones too")
			fs.StringVar(&f.issuer, "issuer", "", "only those of this issuer `name`; * stands for any run of characters")
			fs.StringVar(&f.account, "account", "", "only those of the account with these last `digits`")
			fs.StringVar(&f.currency, "currency", "", "only those in this currency `code`")
			fs.StringVar(&f.by, "by", "", "a block for each `issuer|day`, with its sums")
			fs.StringVar(&f.stage, "stage", "", "only those in this `stage`")
		},
		run: func(ctx context.Context, a *app) error {
			if err := a.noArguments(); err != nil {
				return err
			}
			if err := f.check(); err != nil {
				return err
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			list, err := a.listed(ctx, cfg, f)
			if err != nil {
				return err
			}
			if a.json {
				rows := make([]plan.Row, 0, len(list))
				for _, l := range list {
					rows = append(rows, l.row)
				}
				return printJSON(a.out, rows)
			}
			if err := a.printBills(cfg, list, f.by); err != nil {
				return err
			}
			return a.tellIll(ctx, cfg)
		},
	}
}

func join[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}

// listed is one bill of a list with what is shown of it.
type listed struct {
	bill *bill.Bill
	row  plan.Row
	next *plan.Reminder
}

// listed reads the bills that the filter chooses, the most urgent first.
func (a *app) listed(ctx context.Context, cfg *config.Config, f billsFilter) ([]listed, error) {
	var list []listed
	err := a.look(ctx, cfg, func(tx *store.Tx) error {
		settled := f.stage == string(bill.StageSettled) || f.stage == string(bill.StageDropped)
		bills, err := tx.Bills(store.BillFilter{OpenOnly: !f.all && !settled, Account: f.account, Currency: f.currency})
		only := plan.Match{Issuer: f.issuer}
		bills = slices.DeleteFunc(bills, func(b *bill.Bill) bool { return !only.Fits(b) })
		if err != nil {
			return err
		}
		next, err := a.nextOf(tx, cfg, bills)
		if err != nil {
			return err
		}
		for _, b := range bills {
			l := listed{bill: b, next: next[b.ID]}
			l.row = plan.RowOf(b, a.now, cfg.Zone, l.next)
			if f.stage == "" || f.stage == string(l.row.Stage) {
				list = append(list, l)
			}
		}
		return nil
	})
	today := bill.DayOf(a.now.In(cfg.Zone))
	slices.SortStableFunc(list, func(x, y listed) int { return urgency(x, y, today) })
	gather(list, f.by)
	return list, err
}

// nextOf is the next reminder of each bill: as the ledger has it, or with
// --now as it would be planned at that instant.
func (a *app) nextOf(tx *store.Tx, cfg *config.Config, bills []*bill.Bill) (map[string]*plan.Reminder, error) {
	next := make(map[string]*plan.Reminder, len(bills))
	if a.nowText == "" {
		ids := make([]string, len(bills))
		for i, b := range bills {
			ids[i] = b.ID
		}
		all, err := tx.NextOf(ids)
		for id, r := range all {
			next[id] = &r
		}
		return next, err
	}
	env, err := daemon.Env(cfg)
	if err != nil {
		return nil, err
	}
	env.Now = a.now
	p := plan.NewPlanner(env)
	for _, b := range bills {
		rows, err := planned(tx, p, b)
		if err != nil {
			return nil, err
		}
		next[b.ID] = plan.Next(rows)
	}
	return next, nil
}

// planned returns the reminders of a bill as they would be after planning; of
// those in the ledger the changed ones are replaced. Nothing is stored.
func planned(tx *store.Tx, p *plan.Planner, b *bill.Bill) ([]plan.Reminder, error) {
	rows, err := tx.RemindersOfBill(b.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range p.Reconcile(b, rows) {
		if i := slices.IndexFunc(rows, func(h plan.Reminder) bool { return h.ID == r.ID }); i >= 0 {
			rows[i] = r
		} else {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// urgency orders bills: by the last safe day, where a review without a date
// counts as due today; then unconfirmed, settled and dropped ones.
func urgency(x, y listed, today bill.Day) int {
	day := func(b *bill.Bill) bill.Day { return cmp.Or(b.LastSafeDay, b.DueDate, today) }
	return cmp.Or(
		cmp.Compare(rankOf(x.row.Stage), rankOf(y.row.Stage)),
		cmp.Compare(day(x.bill), day(y.bill)),
		cmp.Compare(cmp.Or(x.bill.DueDate, today), cmp.Or(y.bill.DueDate, today)),
		cmp.Compare(x.bill.ID, y.bill.ID))
}

func rankOf(s bill.Stage) int {
	switch s {
	case bill.StageUnconfirmed:
		return 1
	case bill.StageSettled:
		return 2
	case bill.StageDropped:
		return 3
	}
	return 0
}

func (a *app) printBills(cfg *config.Config, list []listed, by string) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(a.out, text("bills.none"))
		return err
	}
	today := bill.DayOf(a.now.In(cfg.Zone))
	t := tableOf(list, today, cfg.Zone)
	var paint func(int, string) string
	if a.colour() {
		paint = func(i int, line string) string { return painted(list[i].row.Stage, line) }
	}
	lines := t.lines(paint)
	if by != "" {
		lines = blocks(list, lines, by, a.colour())
	}
	_, err := fmt.Fprintln(a.out, strings.Join(lines, "\n")+"\n\n"+sums(list))
	return err
}

// tableOf shows bills a row each.
func tableOf(list []listed, today bill.Day, zone *time.Location) *table {
	t := &table{right: map[int]bool{4: true}, head: []string{text("col.id"), text("col.issuer"), text("col.account"), text("col.reference"),
		text("col.outstanding"), text("col.due"), text("col.safe"), text("col.days"), text("col.stage"), text("col.next")}}
	for _, l := range list {
		b, safe, next := l.bill, "", ""
		if b.LastSafeDay != b.DueDate {
			safe = b.LastSafeDay.String()
		}
		if l.next != nil {
			next = l.next.Step + " " + instant(l.next.At, zone)
		}
		t.add(b.ID, nameOf(b), tail(b.Account), clean(b.Reference), money(b.Outstanding), cmp.Or(b.DueDate.String(), "?"), safe,
			daysText(b, l.row.Stage, today), stageText(b, l.row.Stage), next)
	}
	return t
}

func painted(s bill.Stage, line string) string {
	switch s {
	case bill.StageLate:
		return red + line + plain
	case bill.StageDue, bill.StageGrace, bill.StageNeedsReview:
		return yellow + line + plain
	}
	return line
}

// sums says what the listed bills come to, a sum a currency. What only the
// owner can confirm is counted apart, and so is what has no known amount.
func sums(list []listed) string {
	open, unknown, unconfirmed := 0, 0, 0
	for _, l := range list {
		switch {
		case l.row.Stage == bill.StageUnconfirmed:
			unconfirmed++
			continue
		case rankOf(l.row.Stage) > 0:
			continue
		case !l.bill.Outstanding.Known():
			unknown++
		}
		open++
	}
	s := text("bills.sum", "n", open, "sum", total(list))
	if unknown > 0 {
		s += text("bills.sum_unknown", "n", unknown)
	}
	if unconfirmed > 0 {
		s += text("bills.sum_unconfirmed", "n", unconfirmed)
	}
	return s
}

// total adds up what is owed for certain: "¥100.00 + US$5.00", or "0".
func total(list []listed) string {
	sum := map[string]int64{}
	for _, l := range list {
		if m := l.bill.Outstanding; m.Known() && rankOf(l.row.Stage) == 0 {
			sum[m.Currency] += m.Minor
		}
	}
	var amounts []string
	for _, code := range slices.Sorted(maps.Keys(sum)) {
		amounts = append(amounts, money(bill.Money{Minor: sum[code], Currency: code}))
	}
	return cmp.Or(strings.Join(amounts, " + "), "0")
}

// horizon turns days into a planning horizon.
func horizon(days int) time.Duration { return time.Duration(days) * 24 * time.Hour }
