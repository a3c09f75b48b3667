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
	all           bool
	issuer, stage string
}

func billsCommand() command {
	var f billsFilter
	return command{
		name: "bills", short: "what is owed, the most urgent first", config: true, json: true, now: true,
		long: "Lists all that is not settled or dropped, reviews and unconfirmed bills included.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.BoolVar(&f.all, "all", false, "settled and dropped ones too")
			fs.StringVar(&f.issuer, "issuer", "", "only those of this issuer `name`")
			fs.StringVar(&f.stage, "stage", "", "only those in this `stage`")
		},
		run: func(ctx context.Context, a *app) error {
			if err := a.noArguments(); err != nil {
				return err
			}
			if f.stage != "" && !slices.Contains(stages, bill.Stage(f.stage)) {
				return usagef("--stage %q is no stage; write one of %s", f.stage, join(stages))
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
			return a.printBills(cfg, list)
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
		bills, err := tx.Bills(store.BillFilter{OpenOnly: !f.all && !settled, Issuer: f.issuer})
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

func (a *app) printBills(cfg *config.Config, list []listed) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(a.out, text("bills.none"))
		return err
	}
	t := table{right: map[int]bool{4: true}, head: []string{text("col.id"), text("col.issuer"), text("col.account"), text("col.reference"),
		text("col.outstanding"), text("col.due"), text("col.safe"), text("col.days"), text("col.stage"), text("col.next")}}
	today := bill.DayOf(a.now.In(cfg.Zone))
	for _, l := range list {
		b, safe, next := l.bill, "", ""
		if b.LastSafeDay != b.DueDate {
			safe = b.LastSafeDay.String()
		}
		if l.next != nil {
			next = l.next.Step + " " + instant(l.next.At, cfg.Zone)
		}
		t.add(b.ID, nameOf(b), tail(b.Account), clean(b.Reference), money(b.Outstanding), cmp.Or(b.DueDate.String(), "?"), safe,
			daysText(b, l.row.Stage, today), stageText(b, l.row.Stage), next)
	}
	var paint func(int, string) string
	if a.colour() {
		paint = func(i int, line string) string { return painted(list[i].row.Stage, line) }
	}
	if err := t.print(a.out, paint); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.out, "\n"+sums(list))
	return err
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
	total := map[string]int64{}
	open, unknown, unconfirmed := 0, 0, 0
	for _, l := range list {
		m := l.bill.Outstanding
		switch {
		case l.row.Stage == bill.StageUnconfirmed:
			unconfirmed++
			continue
		case rankOf(l.row.Stage) > 0:
			continue
		case m.Known():
			total[m.Currency] += m.Minor
		default:
			unknown++
		}
		open++
	}
	var amounts []string
	for _, code := range slices.Sorted(maps.Keys(total)) {
		amounts = append(amounts, money(bill.Money{Minor: total[code], Currency: code}))
	}
	s := text("bills.sum", "n", open, "sum", cmp.Or(strings.Join(amounts, " + "), "0"))
	if unknown > 0 {
		s += text("bills.sum_unknown", "n", unknown)
	}
	if unconfirmed > 0 {
		s += text("bills.sum_unconfirmed", "n", unconfirmed)
	}
	return s
}

// horizon turns days into a planning horizon.
func horizon(days int) time.Duration { return time.Duration(days) * 24 * time.Hour }
