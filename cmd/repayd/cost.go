package main

import (
	"context"
	"flag"
	"strings"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/config"
	"repayd/internal/letter"
	"repayd/internal/letter/draft"
	"repayd/internal/store"
)

func costCommand() command {
	var on string
	return command{
		name: "cost", args: "ID", short: "what paying a bill late costs", config: true, json: true, now: true,
		long: "An estimate by the issuer's published rules, with every input and step, the date of each rule and how certain\n" +
			"it is. What the issuer itself asks for counts, not this. Where no rule is known it says so.",
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.StringVar(&on, "on", "", "as if it were paid on this `date`, not today; or in so many days, as in 7d")
		},
		run: func(ctx context.Context, a *app) error {
			if err := a.oneID(); err != nil {
				return err
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			day := bill.DayOf(a.now.In(cfg.Zone))
			if on != "" {
				if day, err = dayFrom(on, day); err != nil {
					return usagef("--on: %v", err)
				}
			}
			return a.cost(ctx, cfg, day)
		},
	}
}

// costRow is the cost of being late for programs.
type costRow struct {
	Bill       string     `json:"bill"`
	Issuer     string     `json:"issuer"`
	IssuerName string     `json:"issuer_name"`
	Stage      bill.Stage `json:"stage"`
	terms.Estimate
	// Offers are what putting the bill off would cost.
	Offers []terms.Offer `json:"offers,omitempty"`
	// Text is the estimate in the language of the locale, a sentence a line.
	Text []string `json:"text"`
}

func (a *app) cost(ctx context.Context, cfg *config.Config, on bill.Day) error {
	var b *bill.Bill
	var others []*bill.Bill
	err := a.look(ctx, cfg, func(tx *store.Tx) error {
		full, err := tx.ResolveBill(a.args[0])
		if err == nil {
			b, _, err = tx.Bill(full)
		}
		if err == nil {
			others, err = tx.BillsOf(b.Issuer, b.Currency)
		}
		return err
	})
	if err != nil {
		return hinted(err)
	}
	rules, err := rulesOf(cfg, b)
	if err != nil {
		return err
	}
	today := bill.DayOf(a.now.In(cfg.Zone))
	facts := rules.FactsAmong(b, others, today)
	e := rules.Cost(facts, on)
	row := costRow{Bill: b.ID, Issuer: b.Issuer, IssuerName: nameOf(b), Stage: b.Stage(a.now, cfg.Zone), Estimate: e, Text: costText(b, e)}
	if b.Open() {
		row.Offers = rules.Offers(facts, today)
	}
	if a.json {
		return printJSON(a.out, row)
	}
	w := &textWriter{w: a.out, colour: a.colour()}
	w.heading(strings.Join(strings.Fields(b.ID+"  "+nameOf(b)+" "+tail(b.Account)+" "+clean(b.Reference)), " "))
	if !b.Open() {
		w.line("  " + text("cost.closed", "stage", stageText(b, row.Stage)))
	}
	for _, line := range row.Text {
		w.line("  " + clean(line))
	}
	for _, o := range row.Offers {
		w.line("  " + clean(letter.ExplainOffer(language(), o)))
	}
	if e.Known && b.Open() {
		w.section(wording().Text("cost.title"))
		w.points(b, rules, facts, today)
	}
	return w.err
}

// costText tells an estimate; without a rule it names the issuer nobody knows
// one of.
func costText(b *bill.Bill, e terms.Estimate) []string {
	lines := letter.Explain(language(), e)
	if !e.Known && !e.Incomplete {
		lines = append([]string{text("cost.no_rule", "issuer", nameOf(b))}, lines...)
	}
	return lines
}

// points shows what lateness costs today, at the end of the grace and later,
// and what happens besides.
func (w *textWriter) points(b *bill.Bill, rules *terms.Terms, facts terms.Facts, today bill.Day) {
	p := rules.Preview(facts, today)
	if !b.Open() || p == nil {
		return
	}
	words := wording()
	about := "cost.perhaps"
	if p.Origin.Certainty.Proven() {
		about = "cost.about"
	}
	t := table{head: []string{"", ""}}
	for _, point := range p.Points {
		t.add("  "+words.Text("cost."+point.Name, "day", words.Day(point.On)), words.Text(about, "amount", words.Amount(point.Total)))
	}
	if p.Next != nil {
		t.add("  "+words.Text("cost.next"), words.Text("cost.event", "day", words.Day(p.Next.Day), "what", words.Milestone(p.Next.Name)))
	}
	for _, line := range t.lines(nil)[1:] {
		w.line(line)
	}
}

// rulesOf are all rules known of a bill's issuer; they are empty, and never
// nil, where none are.
func rulesOf(cfg *config.Config, b *bill.Bill) (*terms.Terms, error) {
	set, err := issuersOf(cfg)
	if err != nil {
		return nil, err
	}
	if rules := set.FullTermsFor(b); rules != nil {
		return rules, nil
	}
	return &terms.Terms{Issuer: b.Issuer}, nil
}

// contacts are the official ways to reach a bill's issuer.
func contacts(rules *terms.Terms) []draft.Contact {
	var out []draft.Contact
	for _, c := range rules.Contacts {
		out = append(out, draft.Contact{What: c.What, Value: c.Value, Unproven: !c.Origin.Certainty.Proven()})
	}
	return out
}
