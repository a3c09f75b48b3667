package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"repayd/internal/config"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// letterStates are those that --state takes.
var letterStates = []plan.LetterState{plan.LetterNew, plan.LetterTrying, plan.LetterAccepted,
	plan.LetterRefused, plan.LetterExpired, plan.LetterWithdrawn}

// someLetters is how many letters people are shown unless they ask for more.
const someLetters = 50

func lettersCommand() command {
	var state string
	var limit int
	return command{
		name: "letters", short: "what was sent, is being tried, was refused, and why", config: true, json: true, now: true,
		long: fmt.Sprintf("The newest first. People see the newest %d unless --limit says more; --json prints all.", someLetters),
		flags: func(_ *app, fs *flag.FlagSet) {
			fs.StringVar(&state, "state", "", "only those in this `state`: "+join(letterStates))
			fs.IntVar(&limit, "limit", 0, "only the newest `number` of them")
		},
		run: func(ctx context.Context, a *app) error {
			if err := a.noArguments(); err != nil {
				return err
			}
			if state != "" && !slices.Contains(letterStates, plan.LetterState(state)) {
				return usagef("--state %q is no state of a letter; write one of %s", state, join(letterStates))
			}
			if limit < 0 || (limit == 0 && a.given("limit")) {
				return usagef("--limit %d: write a number above 0", limit)
			}
			cfg, err := a.load()
			if err != nil {
				return err
			}
			if limit == 0 && !a.json {
				limit = someLetters
			}
			var rows []letterRow
			err = a.look(ctx, cfg, func(tx *store.Tx) error {
				rows, err = letterRows(tx, cfg.Zone, store.LetterFilter{State: plan.LetterState(state), Limit: limit})
				return err
			})
			if err != nil {
				return err
			}
			if a.json {
				return printJSON(a.out, rows)
			}
			if err := a.printLetters(cfg, rows); err != nil {
				return err
			}
			return a.tellIll(ctx, cfg)
		},
	}
}

// letterRow is one letter as `letters --json` shows it.
type letterRow struct {
	ID          string           `json:"id"`
	Channel     string           `json:"channel"`
	Type        plan.LetterType  `json:"type"`
	State       plan.LetterState `json:"state"`
	Created     string           `json:"created"`
	Attempts    int              `json:"attempts"`
	NextAttempt string           `json:"next_attempt"` // while new or trying
	Accepted    string           `json:"accepted"`
	LastError   string           `json:"last_error"`
	// Returned: a mail server said later that a recipient did not get it.
	Returned bool     `json:"returned"`
	Bills    []string `json:"bills"`
	// Recipients are the attempts, one for each recipient and try.
	Recipients []attemptRow `json:"recipients"`

	created time.Time
}

// attemptRow is one try to hand a letter to one recipient.
type attemptRow struct {
	Recipient string `json:"recipient"` // "" where the channel has one far side
	At        string `json:"at"`
	Outcome   string `json:"outcome"`
	Error     string `json:"error"`
	Uncertain bool   `json:"uncertain"` // all was handed over and no answer came
}

func letterRows(tx *store.Tx, zone *time.Location, f store.LetterFilter) ([]letterRow, error) {
	letters, err := tx.Letters(f)
	if err != nil {
		return nil, err
	}
	rows := make([]letterRow, 0, len(letters))
	for _, l := range letters {
		r := letterRow{ID: l.ID, Channel: l.Channel, Type: l.Type, State: l.State, Created: rfc3339(l.Created, zone),
			Attempts: l.Attempts, Accepted: rfc3339(l.Accepted, zone), LastError: l.LastError,
			Bills: billsOf(l), Recipients: []attemptRow{}, created: l.Created}
		if l.State == plan.LetterNew || l.State == plan.LetterTrying {
			r.NextAttempt = rfc3339(l.NextAttempt, zone)
		}
		attempts, err := tx.AttemptsOf(l.ID)
		if err != nil {
			return nil, err
		}
		for _, at := range attempts {
			r.Returned = r.Returned || at.Outcome == "bounced"
			r.Recipients = append(r.Recipients, attemptRow{Recipient: at.Recipient, At: rfc3339(at.At, zone),
				Outcome: at.Outcome, Error: at.Error, Uncertain: at.Uncertain})
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// billsOf are the bills that a letter speaks of, each once.
func billsOf(l plan.Letter) []string {
	ids := []string{}
	for _, it := range l.Content.Items {
		id := billOf(it.Subject)
		if id == "" && it.Bill != nil {
			id = it.Bill.ID
		}
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (a *app) printLetters(cfg *config.Config, rows []letterRow) error {
	if len(rows) == 0 {
		_, err := fmt.Fprintln(a.out, text("letters.none"))
		return err
	}
	t := table{right: map[int]bool{5: true}, head: []string{text("col.id"), text("col.created"), text("col.channel"), text("col.type"),
		text("col.state"), text("col.attempts"), text("col.bills"), text("col.error")}}
	for _, r := range rows {
		state := text("letter." + string(r.State))
		if r.Returned {
			state = text("letter.returned")
		}
		t.add(r.ID, instant(r.created, cfg.Zone), r.Channel, string(r.Type), state,
			strconv.Itoa(r.Attempts), someOf(r.Bills), clean(r.LastError))
	}
	return t.print(a.out, nil)
}

// someOf lists a few words and how many there are more.
func someOf(words []string) string {
	const few = 3
	if len(words) <= few {
		return strings.Join(words, " ")
	}
	return strings.Join(words[:few], " ") + " " + text("list.more", "n", len(words)-few)
}
