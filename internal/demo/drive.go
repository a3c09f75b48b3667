package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"repayd/internal/bill"
	"repayd/internal/config"
	"repayd/internal/store"
)

// Event is something that happens to the daemon in the demo.
type Event struct {
	At   time.Time
	Kind Happening
	// Note is the key of the text that says what it shows, "" for none.
	Note          string
	From, Subject string // of a mail
	Command, Bill string // of the owner: what was said, and the bill's name
}

// driver plays the world: it moves the clock, delivers mail and gives the
// owner's commands.
type driver struct {
	o     Options
	cfg   *config.Config
	far   *farSide
	zone  *time.Location
	clock *clock
	store *store.Store
	act   func(context.Context, bill.Command) error // files a command
	inbox inbox

	delivered uint32 // UID of the newest message in the mailbox
	paused    time.Duration
	letters   []Letter
	problems  []string
}

// at is the instant of an hour of the n-th day.
func (d *driver) at(day int, hour string) time.Time {
	c, err := bill.ParseClock(hour)
	if err != nil {
		panic(err) // a constant of the scenario, which a test reads
	}
	return (d.o.Start + bill.Day(day-1)).At(c, d.zone)
}

// deliverBefore fills the mailbox with what was there before the daemon.
func (d *driver) deliverBefore() error {
	for _, e := range before() {
		if _, err := d.deliver(e); err != nil {
			return err
		}
	}
	return nil
}

func (d *driver) deliver(e event) (Event, error) {
	at := d.at(e.day, e.hour)
	raw, err := compose(e.mail, d.o.Start, at, e.by)
	if err != nil {
		return Event{}, err
	}
	fields, _, err := fill(e.mail, d.o.Start)
	if err != nil {
		return Event{}, err
	}
	d.delivered, err = d.far.deliver(raw, at)
	return Event{At: at, Kind: HappensMail, Note: e.note, From: fields["From"], Subject: fields["Subject"]}, err
}

// drive lets five weeks pass.
func (d *driver) drive(ctx context.Context) (Summary, error) {
	if err := d.started(ctx); err != nil {
		return Summary{}, err
	}
	if err := d.rest(ctx); err != nil {
		return Summary{}, err
	}
	end := d.at(lastDay, closingHour)
	coming := during()
	for {
		next, err := d.next(ctx, coming)
		if err != nil {
			return Summary{}, err
		}
		if next.After(end) {
			d.clock.set(end)
			return d.summary(ctx)
		}
		d.clock.set(next)
		for len(coming) > 0 && !d.at(coming[0].day, coming[0].hour).After(next) {
			if err := d.happen(ctx, coming[0]); err != nil {
				return Summary{}, err
			}
			coming = coming[1:]
		}
		if err := d.rest(ctx); err != nil {
			return Summary{}, err
		}
	}
}

// next is the next instant at which anything can happen: midnight, when the
// daemon rebuilds its plan, a planned reminder, an attempt, or an event.
func (d *driver) next(ctx context.Context, coming []event) (time.Time, error) {
	now := d.clock.now()
	next := bill.DayOf(now.In(d.zone)).End(d.zone)
	sooner := func(t time.Time) {
		if t.After(now) && t.Before(next) {
			next = t
		}
	}
	if len(coming) > 0 {
		sooner(d.at(coming[0].day, coming[0].hour))
	}
	err := d.store.View(ctx, func(tx *store.Tx) error {
		planned, err := tx.EarliestPlanned()
		if err != nil {
			return err
		}
		sooner(planned)
		attempt, err := tx.EarliestAttempt()
		sooner(attempt)
		return err
	})
	return next, err
}

func (d *driver) happen(ctx context.Context, e event) error {
	var told Event
	var err error
	if e.mail != "" {
		told, err = d.deliver(e)
	} else {
		told, err = d.command(ctx, e)
	}
	if err != nil {
		return err
	}
	if d.o.Event != nil {
		d.o.Event(told)
	}
	return nil
}

// command gives one command of the owner, as `repayd paid` and `repayd set`
// would beside the running daemon.
func (d *driver) command(ctx context.Context, e event) (Event, error) {
	b, err := d.find(ctx, e.bill)
	if err != nil {
		return Event{}, err
	}
	c := bill.Command{ID: fmt.Sprintf("demo-%d-%s", e.day, e.hour), Bill: b.ID, Kind: bill.CommandKind(e.command)}
	said := fmt.Sprintf("repayd %s %s", e.command, b.ID)
	if e.due > 0 {
		c.Due = d.o.Start + bill.Day(e.due-1)
		said += " --due " + c.Due.String()
	}
	if len(e.parts) > 0 {
		c.Kind, c.Arrange = bill.CommandArrange, &bill.Arrangement{State: bill.CaseAgreed}
		var parts []string
		for _, p := range e.parts {
			one := bill.Instalment{Due: d.o.Start + bill.Day(p.day-1), Amount: bill.Money{Minor: p.minor, Currency: b.Currency}}
			c.Arrange.Instalments = append(c.Arrange.Instalments, one)
			parts = append(parts, one.Due.String()+" "+one.Amount.Decimal())
		}
		said += fmt.Sprintf(" --agreed --instalments %q", strings.Join(parts, ", "))
	}
	if err := d.act(ctx, c); err != nil {
		return Event{}, fmt.Errorf("%s: %w", said, err)
	}
	return Event{At: d.at(e.day, e.hour), Kind: HappensCommand, Note: e.note, Command: said, Bill: b.IssuerName}, nil
}

// find returns the bill of a key of the scenario.
func (d *driver) find(ctx context.Context, key string) (*bill.Bill, error) {
	var found *bill.Bill
	err := d.store.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Bills(store.BillFilter{})
		if err != nil {
			return err
		}
		for _, p := range promises(d.o.Start) {
			if p.key == key {
				found = p.among(all, d.o.Start)
			}
		}
		return nil
	})
	if err == nil && found == nil {
		err = fmt.Errorf("there is no bill %s", key)
	}
	return found, err
}
