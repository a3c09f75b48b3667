package daemon

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/plan"
	"repayd/internal/store"
)

const (
	// aliveFact is when the word that all is well was last due.
	aliveFact = "alive:last"
	// quarterFact is when the addresses were last asked for.
	quarterFact = "quarter:last"
	// quarter is when they are: on the first morning of each.
	quarter = "0 9 1 1,4,7,10 *"
	// comingSteps is how many of the next reminders it names.
	comingSteps = 3
)

// allWell puts the regular word that the daemon is alive into the outbox when
// its schedule has come.
func (d *daemon) allWell(ctx context.Context) error {
	if d.cfg.Alive != nil {
		err := d.onSchedule(ctx, aliveFact, d.cfg.Alive.Schedule, func(tx *store.Tx, due time.Time) ([]plan.Reminder, error) {
			args, err := d.state(tx)
			return plan.Alive(d.cfg.Alive.Channels, due, args, d.env()), err
		})
		if err != nil {
			return err
		}
	}
	return d.askAddresses(ctx)
}

// askAddresses gives the same word once a quarter to the channels that do not
// get it regularly, so that an address which nobody reads any more is noticed,
// and one that is known to issuers is thought of.
func (d *daemon) askAddresses(ctx context.Context) error {
	var names []string
	for _, c := range d.cfg.Channels {
		if d.cfg.Alive == nil || !slices.Contains(d.cfg.Alive.Channels, c.Name) {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	schedule, err := config.ParseSchedule(quarter)
	if err != nil {
		return err // a test asks at it
	}
	return d.onSchedule(ctx, quarterFact, schedule, func(tx *store.Tx, due time.Time) ([]plan.Reminder, error) {
		args, err := d.state(tx)
		if err != nil {
			return nil, err
		}
		args["asked"] = "quarter"
		return plan.Alive(names, due, args, d.env()), nil
	})
}

// state is what the word says: how many bills are open, when each mailbox was
// last read and each channel last took a letter ("" = never), where its letters
// go, what is wrong, and what comes next. Instants are in RFC 3339.
func (d *daemon) state(tx *store.Tx) (map[string]string, error) {
	args := map[string]string{}
	open, err := tx.OpenBills()
	if err != nil {
		return nil, err
	}
	args["bills"] = strconv.Itoa(len(open))
	args["mailboxes"] = strconv.Itoa(len(d.cfg.Mailboxes))
	for _, m := range d.cfg.Mailboxes {
		what := "mailbox:" + m.Name
		text, _, err := tx.Fact(workedPrefix + what)
		if err != nil {
			return nil, err
		}
		if at := d.watch.works[what]; !at.IsZero() {
			text = at.Format(time.RFC3339)
		}
		args[what] = text
	}
	for _, c := range d.cfg.Channels {
		last, err := tx.Letters(store.LetterFilter{State: plan.LetterAccepted, Channel: c.Name, Limit: 1})
		if err != nil {
			return nil, err
		}
		if to := addresses(c); to != "" {
			args["to:"+c.Name] = to
		}
		args["channel:"+c.Name] = ""
		if len(last) > 0 {
			args["channel:"+c.Name] = last[0].Accepted.Format(time.RFC3339)
		}
	}
	if args["ill"], err = illNow(tx); err != nil {
		return nil, err
	}
	return args, coming(tx, open, args)
}

// addresses are where the letters of a channel go, each by its first letter and
// its domain; "" for a webhook, whose address is a secret.
func addresses(c config.Channel) string {
	if c.Email == nil {
		return ""
	}
	var to []string
	for _, s := range c.Email.To {
		local, domain, _ := strings.Cut(bareAddress(s), "@")
		if local != "" {
			to = append(to, string([]rune(local)[:1])+"***@"+domain)
		}
	}
	return strings.Join(to, ", ")
}

// Ill is a trouble that has lasted long enough to be told and is not over.
type Ill struct {
	What  string // "channel:me", "mailbox:shop", "disk:database"
	Since time.Time
	Error string // the latest, without secrets
}

// Ills are the troubles of now, by name.
func Ills(tx *store.Tx) ([]Ill, error) {
	known, err := tx.Facts(troublePrefix)
	if err != nil {
		return nil, err
	}
	var ills []Ill
	for fact, text := range known {
		var t trouble
		if err := json.Unmarshal([]byte(text), &t); err != nil {
			return nil, fmt.Errorf("fact %s: %w", fact, err)
		}
		if t.Told {
			ills = append(ills, Ill{strings.TrimPrefix(fact, troublePrefix), t.Since, t.Error})
		}
	}
	slices.SortFunc(ills, func(a, b Ill) int { return cmp.Compare(a.What, b.What) })
	return ills, nil
}

// illNow names the troubles of now.
func illNow(tx *store.Tx) (string, error) {
	ills, err := Ills(tx)
	names := make([]string, len(ills))
	for i, ill := range ills {
		names[i] = ill.What
	}
	return strings.Join(names, ", "), err
}

// coming adds the next steps of different bills: "next:1" is an instant and
// the issuer's name.
func coming(tx *store.Tx, open []*bill.Bill, args map[string]string) error {
	ids, names := make([]string, 0, len(open)), map[string]string{}
	for _, b := range open {
		ids = append(ids, b.ID)
		names[b.ID] = cmp.Or(b.IssuerName, b.Issuer)
	}
	next, err := tx.NextOf(ids)
	if err != nil {
		return err
	}
	rows := make([]plan.Reminder, 0, len(next))
	for _, r := range next {
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b plan.Reminder) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	for i, r := range rows[:min(len(rows), comingSteps)] {
		args["next:"+strconv.Itoa(i+1)] = r.At.Format(time.RFC3339) + " " + names[r.Subject.ID]
	}
	return nil
}
