package main

import (
	"context"
	"flag"
	"strconv"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/daemon"
	"repayd/internal/store"
)

// arrangeFlags are what the owner says about the talk with an issuer. Dates
// and amounts describe what is asked, or with --agreed what was agreed.
type arrangeFlags struct {
	contacted, requested, waiting, rejected, agreed bool

	cause, note, followUp             string
	due, instalments, waive, amount   string
	fee, conditions                   string
	revives                           bool
	propose                           int
	draft, out, ownerName, ownerMoney string
}

func (f *arrangeFlags) declare(_ *app, fs *flag.FlagSet) {
	fs.BoolVar(&f.contacted, "contacted", false, "you have reached the issuer")
	fs.BoolVar(&f.requested, "requested", false, "you have made your request")
	fs.BoolVar(&f.waiting, "waiting", false, "the issuer is to answer")
	fs.BoolVar(&f.rejected, "rejected", false, "the issuer said no")
	fs.BoolVar(&f.agreed, "agreed", false, "the issuer agreed: to --due, --instalments or --waive")
	fs.StringVar(&f.cause, "cause", "", "why it is late: cash_flow, not_received, overlooked or your own `words`")
	fs.StringVar(&f.note, "note", "", "a `text` of your own, such as the case number")
	fs.StringVar(&f.followUp, "follow-up", "", "the `date` on which to ask again, or a number of days as in 5d")
	fs.StringVar(&f.due, "due", "", "a later `date` for the whole")
	fs.StringVar(&f.instalments, "instalments", "", "a plan: `\"DATE AMOUNT, DATE AMOUNT\"`")
	fs.StringVar(&f.waive, "waive", "", "the `amount` not to be paid")
	fs.StringVar(&f.amount, "amount", "", "with --agreed --due: the `amount` to be paid in all by then, where it is another one")
	fs.StringVar(&f.fee, "fee", "", "the `amount` that the agreement costs")
	fs.StringVar(&f.conditions, "conditions", "", "what else was agreed, as a `text`")
	fs.BoolVar(&f.revives, "revives", false, "a broken instalment brings the old terms back")
	fs.IntVar(&f.propose, "propose", 0, "work out a plan of this `number` of monthly instalments that your forecast can carry")
	fs.StringVar(&f.draft, "draft", "", "print the request to the issuer in this `language`: zh or en")
	fs.StringVar(&f.out, "out", "", "write the draft to this `file` instead of the standard output")
	fs.StringVar(&f.ownerName, "name", "", "your `name` under the draft")
	fs.StringVar(&f.ownerMoney, "finances", "", "your income and spending in your own `words`, for the draft")
}

func arrangeCommand() command {
	var f arrangeFlags
	return command{
		name: "arrange", args: "ID", short: "talk a bill over with its issuer: later, in parts, or less", config: true, json: true, flags: f.declare,
		long: "Opens a case and shows its steps, the documents to have ready and whom to ask; --contacted, --requested,\n" +
			"--waiting, --agreed and --rejected say how far it has come. With --agreed, --due moves the due date and\n" +
			"--instalments \"2026-12-05 500, 2027-01-05 500.50\" makes each part a bill of its own; parts, --waive and --fee\n" +
			"must come to what is owed; --due with --amount is a later day and another sum. --draft and --propose alone only print; nothing is stored.",
		run: func(ctx context.Context, a *app) error {
			if err := a.oneID(); err != nil {
				return err
			}
			if err := f.check(); err != nil {
				return err
			}
			return a.withStore(ctx, func(w workplace) error { return a.arrange(ctx, w, &f) })
		},
	}
}

// states are the flags that say how far a case has come.
func (f *arrangeFlags) states() []bill.CaseState {
	var given []bill.CaseState
	for _, s := range []struct {
		given bool
		state bill.CaseState
	}{{f.contacted, bill.CaseContacted}, {f.requested, bill.CaseRequested}, {f.waiting, bill.CaseWaiting},
		{f.rejected, bill.CaseRejected}, {f.agreed, bill.CaseAgreed}} {
		if s.given {
			given = append(given, s.state)
		}
	}
	return given
}

// check refuses flags that do not go together before anything is opened.
func (f *arrangeFlags) check() error {
	states := f.states()
	switch {
	case len(states) > 1:
		return usagef("--%s and --%s cannot both be true; say one step at a time", states[0], states[1])
	case f.amount != "" && (!f.agreed || f.due == ""):
		return usagef("--amount goes with --agreed --due: it is what is to be paid in all by the new day")
	case f.agreed && f.due == "" && f.instalments == "" && f.waive == "":
		return usagef("--agreed: say what was agreed: --due DATE, --instalments \"DATE AMOUNT, …\" or --waive AMOUNT")
	case f.amount != "" && (f.waive != "" || f.fee != ""):
		return usagef("--amount already counts what is waived and what the agreement costs; leave out --waive and --fee")
	case !f.agreed && (f.fee != "" || f.conditions != "" || f.revives):
		return usagef("--fee, --conditions and --revives go with --agreed")
	case f.due != "" && f.instalments != "":
		return usagef("--due moves the whole bill, --instalments divides it; give one of them")
	case f.propose != 0 && (f.due != "" || f.instalments != "" || f.agreed):
		return usagef("--propose works out a plan to ask for; it does not go with --due, --instalments or --agreed")
	case f.propose < 0 || f.propose == 1 || f.propose > maxParts:
		return usagef("--propose %d: write a number of instalments from 2 to %d", f.propose, maxParts)
	case f.draft == "" && f.out != "":
		return usagef("--out goes with --draft")
	case f.draft != "" && draftLanguage(f.draft) == "":
		return usagef("--draft %q is no language of drafts; write zh or en", f.draft)
	}
	return nil
}

// maxParts is the longest plan: five years of months, the most that Chinese
// law knows for a card (Measures for credit cards of 2011, article 70).
const maxParts = 60

// draftLanguage is the language of drafts as letters name it, "" for another.
func draftLanguage(s string) string {
	switch strings.ToLower(s) {
	case "zh", "zh-cn", "cn":
		return chinese
	case "en":
		return english
	}
	return ""
}

// stores reports whether the flags say something about the case.
func (f *arrangeFlags) stores(b *bill.Bill) bool {
	if len(f.states()) > 0 || f.note != "" || f.followUp != "" {
		return true // a note or a day to ask again says nothing in a draft
	}
	if f.draft != "" || f.propose != 0 {
		return false
	}
	said := f.cause + f.due + f.instalments + f.waive
	return said != "" || (b.Case == nil && b.Open())
}

// arrangement is the step of the case that the flags say.
func (f *arrangeFlags) arrangement(b *bill.Bill, today bill.Day) (bill.Arrangement, error) {
	a := bill.Arrangement{State: bill.CasePreparing, Cause: f.cause, Note: f.note, Conditions: f.conditions, Revives: f.revives}
	if states := f.states(); len(states) > 0 {
		a.State = states[0]
	} else if b.Case != nil {
		a.State = b.Case.State
	}
	ask, err := f.ask(b)
	if err != nil {
		return a, err
	}
	if a.State == bill.CaseAgreed {
		a.Due, a.Instalments, a.Waive = ask.Due, ask.Instalments, ask.Waive
	} else {
		a.Ask = ask
	}
	if f.fee != "" {
		if a.Fee, err = positive("--fee", f.fee, b.Currency); err != nil {
			return a, err
		}
	}
	if f.amount != "" {
		if a.Amount, err = positive("--amount", f.amount, b.Currency); err != nil {
			return a, err
		}
	}
	if f.followUp != "" {
		a.FollowUp, err = dayFrom(f.followUp, today)
		if err != nil || a.FollowUp <= today {
			return a, usagef("--follow-up %q is no day ahead; write it as 2026-12-01, or as 5d", f.followUp)
		}
	}
	return a, nil
}

// ask reads what is asked for, or was agreed.
func (f *arrangeFlags) ask(b *bill.Bill) (bill.Ask, error) {
	var ask bill.Ask
	var err error
	switch {
	case f.due != "":
		ask.Kind = bill.AskExtension
		if ask.Due, err = bill.ParseDay(f.due); err != nil {
			return ask, usagef("--due: %v", err)
		}
	case f.instalments != "":
		ask.Kind = bill.AskPlan
		if ask.Instalments, err = parseInstalments(f.instalments, b.Currency); err != nil {
			return ask, err
		}
	case f.waive != "":
		ask.Kind = bill.AskWaiver
	}
	if f.waive != "" {
		ask.Waive, err = positive("--waive", f.waive, b.Currency)
	}
	return ask, err
}

// parseInstalments reads "2026-12-05 500, 2027-01-05 500.50".
func parseInstalments(s, currency string) ([]bill.Instalment, error) {
	var out []bill.Instalment
	for part := range strings.SplitSeq(strings.NewReplacer("，", ",", "；", ",", ";", ",", "\n", ",").Replace(s), ",") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		if len(words) < 2 {
			return nil, usagef("--instalments: %q is no instalment; write a date and an amount, as in \"2026-12-05 500\" (no comma within an amount)", part)
		}
		due, err := bill.ParseDay(words[0])
		if err != nil {
			return nil, usagef("--instalments: %v", err)
		}
		amount, err := positive("--instalments", strings.Join(words[1:], " "), currency)
		if err != nil {
			return nil, err
		}
		out = append(out, bill.Instalment{Due: due, Amount: amount})
	}
	if len(out) == 0 {
		return nil, usagef("--instalments is empty; write \"2026-12-05 500, 2027-01-05 500.50\"")
	}
	return out, nil
}

// positive reads an amount that is more than nothing.
func positive(flagName, s, currency string) (bill.Money, error) {
	m, err := parseAmount(s, "", currency)
	if err != nil {
		return m, usagef("%s: %v", flagName, err)
	}
	if m.Minor <= 0 {
		return m, usagef("%s %s: write an amount above zero", flagName, s)
	}
	return m, nil
}

// dayFrom reads a date, or a number of days from today: "5d".
func dayFrom(s string, today bill.Day) (bill.Day, error) {
	if n, err := strconv.Atoi(strings.TrimSuffix(s, "d")); err == nil && strings.HasSuffix(s, "d") && n >= 0 && n <= 3660 {
		return today + bill.Day(n), nil
	}
	return bill.ParseDay(s)
}

// arrange files what was said and shows the case, or prints a draft.
func (a *app) arrange(ctx context.Context, w workplace, f *arrangeFlags) error {
	b, err := findBill(ctx, w.store, a.args[0])
	if err != nil {
		return err
	}
	today := bill.DayOf(a.now.In(w.cfg.Zone))
	step, err := f.arrangement(b, today)
	if err != nil {
		return err
	}
	t := talk{bill: b, today: today, flags: f, ask: step.Ask}
	if f.propose > 0 {
		if t.proposal, err = a.proposal(ctx, w, b, step.Ask.Waive, f.propose); err != nil {
			return err
		}
		t.ask = bill.Ask{Kind: bill.AskPlan, Instalments: t.proposal.Instalments, Waive: step.Ask.Waive}
		step.Ask = t.ask
	}
	if f.stores(b) {
		if t.bill, err = a.fileArrangement(ctx, w, b.ID, step); err != nil {
			return err
		}
	}
	if k := t.bill.Case; t.ask.Kind == "" && k != nil {
		t.ask = k.Ask
	}
	return a.showTalk(w, t)
}

// fileArrangement files one step of a case, with all that follows from it.
func (a *app) fileArrangement(ctx context.Context, w workplace, id string, step bill.Arrangement) (b *bill.Bill, err error) {
	in, err := daemon.Intake(w.cfg, nil, a.logger())
	if err != nil {
		return nil, err
	}
	err = w.store.Update(ctx, func(tx *store.Tx) error {
		b, err = in.Arrange(tx, newCommandID(), id, step)
		return err
	})
	return b, err
}
