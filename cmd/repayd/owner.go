package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/daemon"
	"repayd/internal/intake"
	"repayd/internal/store"
)

// facts are the flags by which the owner says what a bill is.
type facts struct{ issuer, account, amount, currency, due, grace, note string }

func (f *facts) declare(_ *app, fs *flag.FlagSet) {
	fs.StringVar(&f.issuer, "issuer", "", "who is owed: an issuer file's `name`, or any name")
	fs.StringVar(&f.account, "account", "", "the last `digits` of the card or account, at most 4")
	fs.StringVar(&f.amount, "amount", "", "how much is due, for example `1234.56`")
	fs.StringVar(&f.currency, "currency", "", "its ISO 4217 `code`, for example CNY")
	fs.StringVar(&f.due, "due", "", "the due `date`, for example 2026-01-31")
	fs.StringVar(&f.grace, "grace", "", "how many `days` after it paying is still harmless, for example 3d")
	fs.StringVar(&f.note, "note", "", "a `text` of your own")
}

// fill puts the facts into a command; currency is what an amount without one
// is in, "" when nothing is known.
func (f *facts) fill(c *bill.Command, currency string) error {
	c.Issuer, c.Note = f.issuer, f.note
	if len(f.account) > 4 {
		return usagef("--account takes at most the last 4 digits, not %d characters", len(f.account))
	}
	c.Account = f.account
	var err error
	if f.amount != "" {
		if c.Amount, err = parseAmount(f.amount, f.currency, currency); err != nil {
			return err
		}
		if c.Amount.Minor < 0 {
			return usagef("--amount %s: what is due cannot be negative", f.amount)
		}
	} else if f.currency != "" {
		return usagef("--currency goes with --amount")
	}
	if f.due != "" {
		if c.Due, err = bill.ParseDay(f.due); err != nil {
			return usagef("--due: %v", err)
		}
	}
	if f.grace != "" {
		days, err := strconv.Atoi(strings.TrimSuffix(f.grace, "d"))
		if err != nil || days < 0 || days > 366 {
			return usagef("--grace %q is no number of days; write it as 3d", f.grace)
		}
		c.Grace = &days
	}
	return nil
}

// parseAmount reads "1234.56", "1,234.56" or "1234.56 CNY"; the currency is the
// one in the text, else the flag's, else the bill's own.
func parseAmount(text, flagged, known string) (bill.Money, error) {
	number, code, _ := strings.Cut(strings.TrimSpace(text), " ")
	for _, c := range []string{flagged, known} {
		if code == "" {
			code = c
		}
	}
	if code == "" {
		return bill.Money{}, usagef("amount %q has no currency; add for example --currency CNY", text)
	}
	m, err := bill.ParseMoney(strings.ReplaceAll(number, ",", ""), strings.ToUpper(strings.TrimSpace(code)))
	if err != nil {
		return bill.Money{}, usagef("%v", err)
	}
	return m, nil
}

func addCommand() command {
	var f facts
	return command{
		name: "add", short: "a bill that no mail announced", config: true, json: true, flags: f.declare,
		long: "Needs --issuer and --due. A notice that comes later for the same bill joins it.",
		run: func(ctx context.Context, a *app) error {
			if len(a.args) > 0 {
				return usagef("unexpected argument %q", a.args[0])
			}
			if f.issuer == "" || f.due == "" {
				return usagef("say who is owed and by when: --issuer NAME --due DATE")
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			// The words are read before the database is made.
			c := bill.Command{Kind: bill.CommandAdd}
			if err := f.fill(&c, a.issuerCurrency(cfg, f.issuer)); err != nil {
				return err
			}
			return a.withStoreOf(ctx, cfg, true, func(w workplace) error { return a.give(ctx, w, c) })
		},
	}
}

// issuerCurrency is the currency of a described issuer, "" otherwise.
func (a *app) issuerCurrency(cfg *config.Config, name string) string {
	set, err := daemon.Issuers(cfg)
	if err != nil {
		return ""
	}
	for _, i := range set.Issuers() {
		if i.Name == name {
			return i.Currency
		}
	}
	return ""
}

func setCommand() command {
	var f facts
	return command{
		name: "set", args: "ID", short: "correct a bill, or answer a review", config: true, json: true, flags: f.declare,
		long: "What you set stays until the issuer says something new.",
		run: func(ctx context.Context, a *app) error {
			if f == (facts{}) {
				return usagef("say what to set, for example --due 2026-01-31 --amount 500")
			}
			return a.onBill(ctx, func(b *bill.Bill, c *bill.Command) error {
				c.Kind = bill.CommandSet
				return f.fill(c, b.Currency)
			})
		},
	}
}

func paidCommand() command {
	var amount, on string
	var over bool
	return command{
		name: "paid", args: "ID", short: "the bill is paid, or a part of it", config: true, json: true,
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.StringVar(&amount, "amount", "", "how much, when not all of it: `500.00`")
			fs.StringVar(&on, "on", "", "the `date` it was paid, when not today")
			fs.BoolVar(&over, "over", false, "with --amount: more was really paid than is owed; the rest is shown as credit")
		},
		run: func(ctx context.Context, a *app) error {
			if over && amount == "" {
				return usagef("--over goes with --amount: say how much was paid")
			}
			return a.onBill(ctx, func(b *bill.Bill, c *bill.Command) (err error) {
				c.Kind, c.Over = bill.CommandPaid, over
				if amount != "" {
					if c.Amount, err = parseAmount(amount, "", b.Currency); err != nil {
						return err
					}
					if c.Amount.Minor <= 0 {
						return usagef("--amount %s: a payment is more than nothing", amount)
					}
				}
				if on == "" {
					return nil
				}
				if c.On, err = bill.ParseDay(on); err != nil {
					return usagef("--on: %v", err)
				}
				if c.On > bill.DayOf(a.now)+1 {
					return usagef("--on %s is in the future; say it when it is paid", on)
				}
				return nil
			})
		},
	}
}

func snoozeCommand() command {
	return command{
		name: "snooze", args: "ID 2d", short: "no reminders for a while", config: true, json: true,
		long: "Takes hours, days or weeks: 12h, 2d, 1w. It ends at the latest at 09:00 of the next day that\ncounts: the due day, the last safe day, a debit, a consequence of being late; then only the\nnewest step is told.",
		run: func(ctx context.Context, a *app) error {
			if len(a.args) != 2 {
				return usagef("say which bill and for how long: snooze ID 2d")
			}
			d, err := parseSpan(a.args[1])
			if err != nil {
				return err
			}
			a.args = a.args[:1]
			return a.onBill(ctx, func(_ *bill.Bill, c *bill.Command) error {
				c.Kind, c.Until = bill.CommandSnooze, time.Now().Add(d).UTC()
				return nil
			})
		},
	}
}

// parseSpan reads 12h, 2d or 1w.
func parseSpan(s string) (time.Duration, error) {
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if s != "" {
		n, err := strconv.Atoi(s[:len(s)-1])
		if unit := units[s[len(s)-1]]; err == nil && unit > 0 && n > 0 && n <= 1000 {
			return time.Duration(n) * unit, nil
		}
	}
	return 0, usagef("%q is no length of time; write it as 12h, 2d or 1w", s)
}

func dropCommand() command {
	var unconfirmed bool
	return command{
		name: "drop", args: "ID", short: "forget a bill", config: true, json: true,
		long: "--unconfirmed drops every old bill of a first reading that you did not reopen.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.BoolVar(&unconfirmed, "unconfirmed", false, "all unconfirmed ones")
		},
		run: func(ctx context.Context, a *app) error {
			if unconfirmed {
				if len(a.args) > 0 {
					return usagef("--unconfirmed takes no ID")
				}
				return a.dropUnconfirmed(ctx)
			}
			return a.onBill(ctx, kindOnly(bill.CommandDrop))
		},
	}
}

func reopenCommand() command {
	return command{
		name: "reopen", args: "ID", short: "a bill is owed after all", config: true, json: true,
		long: "Undoes paid and drop, and makes an unconfirmed bill an ordinary one.",
		run: func(ctx context.Context, a *app) error {
			return a.onBill(ctx, kindOnly(bill.CommandReopen))
		},
	}
}

func kindOnly(k bill.CommandKind) func(*bill.Bill, *bill.Command) error {
	return func(_ *bill.Bill, c *bill.Command) error { c.Kind = k; return nil }
}

// onBill gives one command to the bill named by the only argument.
func (a *app) onBill(ctx context.Context, fill func(*bill.Bill, *bill.Command) error) error {
	if err := a.oneID(); err != nil {
		return err
	}
	return a.withStore(ctx, func(w workplace) error {
		b, err := findBill(ctx, w.store, a.args[0])
		if err != nil {
			return err
		}
		var c bill.Command
		if err := fill(b, &c); err != nil {
			return err
		}
		c.Bill = b.ID
		return a.give(ctx, w, c)
	})
}

// oneID refuses a command line without exactly one ID.
func (a *app) oneID() error {
	if len(a.args) != 1 {
		return usagef("say which bill, by its ID; `repayd bills` lists them")
	}
	return nil
}

// findBill looks a bill up by its id or the beginning of it.
func findBill(ctx context.Context, s *store.Store, id string) (*bill.Bill, error) {
	var b *bill.Bill
	err := s.View(ctx, func(tx *store.Tx) error {
		full, err := tx.ResolveBill(id)
		if err != nil {
			return err
		}
		b, _, err = tx.Bill(full)
		return err
	})
	return b, hinted(err)
}

// give applies a command and shows the bill as it is then.
func (a *app) give(ctx context.Context, w workplace, c bill.Command) error {
	in, err := daemon.Intake(w.cfg, nil, a.logger())
	if err != nil {
		return err
	}
	c.ID = newCommandID()
	var b *bill.Bill
	err = w.store.Update(ctx, func(tx *store.Tx) error {
		b, err = in.Command(tx, c)
		return err
	})
	if err != nil {
		return err
	}
	return a.printBill(ctx, w.cfg, w.store, b)
}

// newCommandID names one word of the owner.
func newCommandID() string { return "cmd-" + strings.ToLower(rand.Text()) }

func (a *app) dropUnconfirmed(ctx context.Context) error {
	n := 0
	err := a.withStore(ctx, func(w workplace) error {
		in, err := daemon.Intake(w.cfg, nil, a.logger())
		if err != nil {
			return err
		}
		return w.store.Update(ctx, func(tx *store.Tx) error {
			n, err = dropAll(tx, in)
			return err
		})
	})
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(a.out, map[string]int{"dropped": n})
	}
	fmt.Fprintf(a.out, "%d unconfirmed bills dropped\n", n)
	return nil
}

// dropAll drops the unconfirmed bills and counts them.
func dropAll(tx *store.Tx, in *intake.Intake) (n int, err error) {
	bills, err := tx.Bills(store.BillFilter{OpenOnly: true})
	if err != nil {
		return 0, err
	}
	for _, b := range bills {
		if !b.Unconfirmed() {
			continue
		}
		if _, err := in.Command(tx, bill.Command{ID: newCommandID(), Kind: bill.CommandDrop, Bill: b.ID}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
