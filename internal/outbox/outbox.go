// Package outbox gathers what is due into letters, sends them, records what
// came of it and decides on the next attempt.
//
// Contract. The table is the queue: nothing about the future lives only in
// memory. A letter and its reminders are stored, and the letter is frozen and
// claimed, before it is sent; it is marked accepted after the far side
// accepted it. A crash between the two sends the same letter again under the
// same id. Failures are temporary unless the far side said otherwise; pauses
// grow from a minute to an hour; a letter is given up when every reminder in it
// has been overtaken by a newer step, or a week after the last safe day.
//
// One goroutine a channel sends, so that a slow or dead one delays no other.
// What a target limits is kept, across restarts too: how much it takes in a
// minute or a day, how long a letter may be (the most urgent bills first, the
// others counted), the minutes in which it is overloaded. A failure that goes on
// is logged once. That a channel does not deliver is told by another one, where
// it must be by one that no policy names.
// What channels want written at the same time shares one transaction; each goes
// on when its own part is on the disk.
package outbox

import (
	"context"
	"log/slog"
	"runtime/pprof"
	"sync"
	"time"

	"repayd/internal/bill"
	"repayd/internal/bill/terms"
	"repayd/internal/channel"
	"repayd/internal/plan"
)

// Tx is what the outbox needs of a transaction of the store.
type Tx interface {
	Now() time.Time
	Reading(mailboxes ...string) (bool, error)
	NextAttempt(channel string) (time.Time, error)
	Current(letterIDs []string) (map[string]bool, error)
	Ready(now time.Time, channel string, n int) ([]plan.Reminder, error)
	RemindersOfBill(id string) ([]plan.Reminder, error)
	RemindersOf(subjects ...plan.Subject) ([]plan.Reminder, error)
	RemindersOfLetter(id string) ([]plan.Reminder, error)
	PutReminders([]plan.Reminder) error
	AddReminders([]plan.Reminder) error
	PutLetter(plan.Letter) error
	Claim(who string, until, now time.Time, channel string, n int) ([]plan.Letter, error)
	Record([]plan.LetterResult) error
	Bill(id string) (*bill.Bill, bool, error)
	OpenBills() ([]*bill.Bill, error)
	BillsOf(issuer, currency string) ([]*bill.Bill, error)
	BillOf(noticeID string) (string, error)
	Origin(billID string) (plan.Origin, error)
	Sent(channel string, since time.Time, n int) ([]time.Time, error)
}

// Store runs transactions.
type Store interface {
	Update(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(Tx) error) error
}

// Exit is one channel as the outbox uses it.
type Exit struct {
	Channel channel.Channel
	// Recipients are the far sides of the channel; nil for a webhook.
	Recipients []string
	// ReplyTo is the address at which answers are read, "" for none.
	ReplyTo string
	// Fallback is the channel used when this one cannot deliver, "" for none.
	Fallback string
}

// Options configure an outbox.
type Options struct {
	// Who names this process in claims.
	Who      string
	Language string
	Env      plan.Env // Now is set from each transaction
	Channels map[string]Exit
	Log      *slog.Logger
	// NewID makes the id of a letter; nil = plan.NewLetterID, which nobody can
	// guess.
	NewID func() string
	// Gather is how long what becomes due waits for more; 0 = 3 s. While a
	// reading runs it is at most ten times that.
	Gather time.Duration
	// Forecast is what a digest says of the money needed by when; open are all
	// open bills. Nil for none.
	Forecast func(tx Tx, open []*bill.Bill) (*plan.Forecast, error)
	// Terms are the issuer's rules for a bill, nil where none are known; nil for
	// none at all.
	Terms func(*bill.Bill) *terms.Terms
	// Trouble is told of each failure of a channel as a whole, and with nil
	// when it works; it must not block.
	Trouble func(channel string, err error)
	// Alive is told that a channel's loop made progress.
	Alive func(channel string)
	// Now is the wall clock; nil = time.Now.
	Now func() time.Time
	// Tick makes the ticker at which the table is asked when nothing wakes the
	// outbox; nil = real time.
	Tick func(time.Duration) (ticks <-chan time.Time, stop func())
}

// The sizes of one round of work.
const (
	// askEvery is how often the table is asked: another process may have put
	// something there.
	askEvery = 20 * time.Second
	// mostClaimed is about how many letters are claimed, and are in memory, at a
	// time; of one channel at most mostBatch and at least leastBatch.
	mostClaimed = 4000
	mostBatch   = 200
	leastBatch  = 20
	// mostItems is how many reminders one letter carries at most: more than
	// any reader takes in, and a bound for its size.
	mostItems = 1000
	// claimFor is how long a claim holds. No letter is begun in its second half:
	// a channel bounds each letter and recipient to a few minutes at most.
	claimFor = 10 * time.Minute
	// recordEvery bounds how many sent letters a crash can send again.
	recordEvery = 2 * time.Second
)

// Outbox sends what is due.
type Outbox struct {
	o     Options
	store Store
	wake  map[string]chan struct{}
	paces map[string]*pace
	batch int // how many letters a channel claims at a time
	turn  *shared
	owed  unrecorded
	said  said
}

// New returns an outbox over a store.
func New(o Options, s Store) *Outbox {
	if o.Gather == 0 {
		o.Gather = 3 * time.Second
	}
	if o.Tick == nil {
		o.Tick = func(d time.Duration) (<-chan time.Time, func()) {
			t := time.NewTicker(d)
			return t.C, t.Stop
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = plan.NewLetterID
	}
	if o.Trouble == nil {
		o.Trouble = func(string, error) {}
	}
	if o.Alive == nil {
		o.Alive = func(string) {}
	}
	b := &Outbox{o: o, store: s, turn: newShared(s), wake: map[string]chan struct{}{}, paces: map[string]*pace{}}
	b.batch = min(max(mostClaimed/max(len(o.Channels), 1), leastBatch), mostBatch)
	for name, exit := range o.Channels {
		b.wake[name] = make(chan struct{}, 1)
		b.paces[name] = newPace(exit.Channel, b.sentBefore(name))
	}
	return b
}

// Wake makes every channel look at the table soon. It never blocks.
func (b *Outbox) Wake() {
	for _, c := range b.wake {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Run sends until the context ends. What is being sent then is finished and
// recorded, within the bounds of the channel.
func (b *Outbox) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for name := range b.o.Channels {
		// The label names the loop in a profile.
		wg.Go(func() {
			pprof.Do(ctx, pprof.Labels("loop", "channel:"+name), func(ctx context.Context) { b.loop(ctx, name) })
		})
	}
	wg.Wait()
	return nil
}

// loop serves one channel: at each tick and each wake it sends all that is
// due. The ticker also catches what another process put into the table.
func (b *Outbox) loop(ctx context.Context, name string) {
	ticks, stop := b.o.Tick(askEvery)
	defer stop()
	defer b.lastRecord(ctx, name)
	lastError := ""
	for {
		if err := b.Send(ctx, name); err != nil && ctx.Err() == nil {
			if err.Error() != lastError {
				b.o.Log.Error("outbox: "+err.Error(), "channel", name)
			}
			lastError = err.Error()
		} else {
			lastError = ""
		}
		// One that asks in vain lives too: a restart would not help it.
		b.o.Alive(name)
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			spent(b.wake[name])
		case <-b.wake[name]:
			spent(ticks)
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// spent takes a second call that came together with the first: one look at the
// table answers both.
func spent[T any](c <-chan T) {
	select {
	case <-c:
	default:
	}
}

// Send gathers and sends everything that is due on one channel. Where results of
// an earlier time could not be recorded it does that first.
func (b *Outbox) Send(ctx context.Context, name string) error {
	if err := b.record(ctx, name, nil); err != nil {
		return err
	}
	if due, err := b.gather(ctx, name); err != nil || !due {
		return err
	}
	l := &line{channel: b.o.Channels[name].Channel}
	defer l.close()
	for ctx.Err() == nil {
		letters, err := b.take(ctx, name)
		if err != nil || len(letters) == 0 {
			return err
		}
		if more, err := b.deliver(ctx, name, l, letters); err != nil || !more {
			return err
		}
		b.o.Alive(name) // many letters to a slow far side take longer than a loop may be silent
	}
	return nil
}

// gather reports whether there is anything to do. Where reminders are due it
// waits first for what becomes due with them: a few seconds, or while a mailbox
// is being read up to ten times as long.
func (b *Outbox) gather(ctx context.Context, name string) (bool, error) {
	for i := 0; ; i++ {
		var fresh, again, reading bool
		err := b.store.View(ctx, func(tx Tx) error {
			ready, err := tx.Ready(tx.Now(), name, 1)
			if err != nil {
				return err
			}
			next, err := tx.NextAttempt(name)
			if err != nil {
				return err
			}
			fresh, again = len(ready) > 0, !next.IsZero() && !next.After(tx.Now())
			reading, err = tx.Reading()
			return err
		})
		if err != nil || !fresh || i == 10 || (i > 0 && !reading) {
			return fresh || again, err
		}
		select {
		case <-ctx.Done():
			return false, nil
		case <-time.After(b.o.Gather):
		}
	}
}
