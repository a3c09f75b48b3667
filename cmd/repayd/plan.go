package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// earliestStep is how many days before a due date a letter about it may leave.
const earliestStep = 60

// batchOfBills is how many bills are in memory at once.
const batchOfBills = 500

func planCommand() command {
	days := 40
	return command{
		name: "plan", short: "every letter that is still to come", config: true, json: true, now: true,
		long: "Computed from the bills at this moment, so it is right even while the daemon is stopped.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.IntVar(&days, "days", days, "how many `days` ahead")
		},
		run: func(ctx context.Context, a *app) error {
			if err := a.noArguments(); err != nil {
				return err
			}
			if days < 0 || days > 1000 {
				return usagef("--days %d: write a number from 0 to 1000", days)
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			f, err := a.future(ctx, cfg, days)
			if err != nil {
				return err
			}
			if a.json {
				return printJSON(a.out, f.letters)
			}
			return a.printPlan(cfg, f, days)
		},
	}
}

// future is what will be sent, and the bills it is about.
type future struct {
	letters []plan.Future
	bills   map[string]*bill.Bill
}

// future plans every open bill at a.now and stores nothing.
func (a *app) future(ctx context.Context, cfg *config.Config, days int) (future, error) {
	f := future{bills: map[string]*bill.Bill{}}
	env, err := daemon.Env(cfg)
	if err != nil {
		return f, err
	}
	env.Now, env.Horizon = a.now, max(horizon(days), time.Minute)
	until := bill.DayOf(a.now.Add(env.Horizon).In(cfg.Zone)).End(cfg.Zone)
	p := plan.NewPlanner(env)
	var rows []plan.Reminder
	err = a.look(ctx, cfg, func(tx *store.Tx) error {
		if err := eachOpen(tx, func(b *bill.Bill) error {
			mine, err := planned(tx, p, b)
			rows, f.bills[b.ID] = append(rows, mine...), b
			return err
		}); err != nil {
			return err
		}
		coming, err := a.coming(tx, cfg, bill.DayOf(until.In(cfg.Zone))+earliestStep)
		if err != nil {
			return err
		}
		for _, b := range coming {
			rows, f.bills[b.ID] = append(rows, p.Reconcile(b, nil)...), b
		}
		if rows, err = ofDaemon(tx, rows); err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(r plan.Reminder) bool { return !r.At.Before(until) })
		f.letters = plan.Letters(rows, env)
		waiting, err := a.waiting(tx, cfg)
		f.letters = append(f.letters, waiting...)
		slices.SortStableFunc(f.letters, func(x, y plan.Future) int { return x.At.Compare(y.At) })
		return err
	})
	return f, err
}

func eachOpen(tx *store.Tx, fn func(*bill.Bill) error) error {
	for after := ""; ; {
		bills, err := tx.EachBill(true, after, batchOfBills)
		if err != nil {
			return err
		}
		for _, b := range bills {
			if err := fn(b); err != nil {
				return err
			}
			after = b.ID
		}
		if len(bills) < batchOfBills {
			return nil
		}
	}
}

// ofDaemon adds what is planned about no bill: the daemon itself, tests.
func ofDaemon(tx *store.Tx, rows []plan.Reminder) ([]plan.Reminder, error) {
	all, err := tx.Planned(time.Time{}, time.Time{})
	for _, r := range all {
		if billOf(r.Subject) == "" {
			rows = append(rows, r)
		}
	}
	return rows, err
}

// waiting are letters that exist and were not accepted yet.
func (a *app) waiting(tx *store.Tx, cfg *config.Config) ([]plan.Future, error) {
	var out []plan.Future
	for _, state := range []plan.LetterState{plan.LetterNew, plan.LetterTrying} {
		letters, err := tx.Letters(store.LetterFilter{State: state})
		if err != nil {
			return nil, err
		}
		for _, l := range letters {
			at := l.NextAttempt
			if at.Before(a.now) {
				at = a.now
			}
			f := plan.Future{At: at.In(cfg.Zone).Truncate(time.Second), Channel: l.Channel, Steps: []plan.FutureStep{},
				Why: fmt.Sprintf("attempt %d of letter %s", l.Attempts+1, l.ID)}
			for _, it := range l.Content.Items {
				f.Steps = append(f.Steps, plan.FutureStep{Bill: billOf(it.Subject), Step: it.Step})
			}
			out = append(out, f)
		}
	}
	return out, nil
}

// billOf is the bill that a subject is or is about, "" for none.
func billOf(s plan.Subject) string {
	switch s.Kind {
	case plan.SubjectBill, plan.SubjectReview, plan.SubjectBacklog:
		return s.ID
	}
	return ""
}

// whyThen says the plan's reasons in the reader's language.
func whyThen(why string) string {
	phrases := strings.Split(why, "; ")
	for i, p := range phrases {
		phrases[i] = textOr("why."+p, p)
	}
	return strings.Join(phrases, "; ")
}

func (a *app) printPlan(cfg *config.Config, f future, days int) error {
	if len(f.letters) == 0 {
		_, err := fmt.Fprintln(a.out, text("plan.none", "n", days))
		return err
	}
	t := table{right: map[int]bool{6: true}, head: []string{text("col.at"), text("col.channel"), text("col.step"), text("col.bill"),
		text("col.issuer"), text("col.account"), text("col.outstanding"), text("col.why")}}
	for _, l := range f.letters {
		at, channel, why := instant(l.At, cfg.Zone), l.Channel, clean(whyThen(l.Why))
		for _, s := range l.Steps {
			name, account, amount := "", "", ""
			if b := f.bills[s.Bill]; b != nil {
				name, account, amount = nameOf(b), tail(b.Account), money(b.Outstanding)
			}
			t.add(at, channel, s.Step, s.Bill, name, account, amount, why)
			at, channel, why = "", "", "" // once a letter
		}
	}
	return t.print(a.out, nil)
}
