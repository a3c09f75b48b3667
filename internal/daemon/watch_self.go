package daemon

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"time"

	"repayd/internal/bill"
	"repayd/internal/plan"
	"repayd/internal/store"
)

const (
	// leastFree is the free space, in bytes, below which the disk is nearly
	// full: a hundred times what a busy day writes. It is well again at twice
	// as much.
	leastFree = 64 << 20
	// surveyAgain is when a survey that could not say everything is repeated.
	surveyAgain = 10 * time.Minute
	// silentFor is how long no bill mail of anybody is remarkable.
	silentFor = 40 * 24 * time.Hour
	// freshFor is how old the latest reading of a mailbox may be where what
	// did not come is told: what nobody looked for is not missing.
	freshFor = 2 * time.Hour
)

// self is the daemon's look at itself, at every tick: the disk and a refused
// configuration each time, what needs a look at every bill once a day.
func (d *daemon) self(ctx context.Context) (warned bool, err error) {
	ailments := []ailment{d.disk(), d.rejected()}
	var look survey
	full, err := d.surveyDue(ctx)
	if err != nil {
		return false, err
	}
	if full {
		if look, err = d.survey(ctx); err != nil {
			return false, fmt.Errorf("look at all bills: %w", err)
		}
		ailments = append(ailments, look.ailments...)
	}
	err = d.store.Update(ctx, func(tx *store.Tx) error {
		known, err := tx.Facts(troublePrefix)
		if err != nil {
			return err
		}
		env := d.env()
		env.Now = tx.Now()
		for _, a := range ailments {
			did, err := a.note(tx, known[troublePrefix+a.what], env)
			if err != nil {
				return err
			}
			warned = warned || did
		}
		if !full {
			return nil
		}
		did, err := d.followUp(tx, look, env)
		warned = warned || did
		if err != nil || !look.fresh {
			return err
		}
		did, err = d.missed(tx, look.absences, env)
		warned = warned || did
		return err
	})
	if err != nil {
		d.surveys = surveys{} // nothing of it was written: look again at the next tick
	}
	return warned, err
}

// surveys is when the bills were last looked at, and whether that is to be
// done again before the next day.
type surveys struct {
	at    time.Time
	again bool
}

// surveyDue reports whether to look at all bills now: at the start, on a new
// day, and again after a while where something was still open. A mailbox that
// fails for weeks is no reason to look at them all the time.
func (d *daemon) surveyDue(ctx context.Context) (bool, error) {
	s, now := &d.surveys, d.o.now()
	since := now.Sub(s.at)
	if s.at.IsZero() || since < 0 || bill.DayOf(s.at.In(d.cfg.Zone)) != bill.DayOf(now.In(d.cfg.Zone)) {
		return true, nil
	}
	if !s.again || since < surveyAgain {
		return false, nil
	}
	s.at = now
	var fresh bool
	err := d.store.View(ctx, func(tx *store.Tx) error {
		known, err := tx.Facts(troublePrefix)
		if err != nil {
			return err
		}
		fresh, err = d.fresh(tx, known)
		return err
	})
	return fresh, err
}

// disk is nearly full, or not. What cannot be asked is not complained of.
func (d *daemon) disk() ailment {
	a := ailment{what: "disk:database", code: "disk-full", over: "disk-ok", args: map[string]string{"path": d.cfg.Database}}
	free := d.o.seams.free
	if free == nil {
		free = freeSpace
	}
	n, err := free(d.cfg.Database)
	if err != nil {
		return a
	}
	a.args["free"] = fmt.Sprintf("%d MB", n>>20)
	if n < leastFree || d.diskLow && n < 2*leastFree {
		a.failure = "nearly full"
	}
	d.diskLow = a.failure != ""
	return a
}

// freeSpace is what the daemon's user may still write beside the file, in bytes.
func freeSpace(path string) (int64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(path, &fs); err != nil {
		return 0, err
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil
}

// rejected is a new configuration that was refused while this one runs.
func (d *daemon) rejected() ailment {
	a := ailment{what: "config:file", code: "config-rejected", over: "config-ok", anew: true,
		args: map[string]string{"file": d.cfg.Path}}
	if d.o.Rejected == nil {
		return a
	}
	if err := d.o.Rejected(); err != nil {
		a.failure = err.Error()
		a.args["error"] = a.failure
	}
	return a
}

// survey is what a look at all bills and messages shows.
type survey struct {
	ailments []ailment
	absences []plan.Absence
	tasks    []bill.Task // of bills
	plans    []string    // bills that instalments took the place of
	// fresh: every mailbox was read just now, so what is not there did not come.
	fresh bool
}

// survey looks at every bill. It only reads; what it finds is written by self.
func (d *daemon) survey(ctx context.Context) (survey, error) {
	var out survey
	debts, err := d.bills(ctx)
	if err != nil {
		return out, err
	}
	out.tasks, out.plans = debts.tasks, debts.plans
	err = d.store.View(ctx, func(tx *store.Tx) error {
		known, err := tx.Facts(troublePrefix)
		if err != nil {
			return err
		}
		if out.fresh, err = d.fresh(tx, known); err != nil {
			return err
		}
		if out.absences, err = absences(tx, debts.receipts, d.env()); err != nil {
			return err
		}
		if out.ailments, err = d.unreadable(tx, known); err != nil {
			return err
		}
		if out.fresh {
			silent, err := noBillMail(tx)
			if err != nil {
				return err
			}
			out.ailments = append(out.ailments, silent...)
		}
		out.ailments = append(out.ailments, d.holidays(tx.Now(), debts.workdays, known)...)
		out.ailments = append(out.ailments, d.gone(known)...)
		return nil
	})
	d.o.seams.rest() // every bill went through memory
	d.surveys = surveys{at: d.o.now(), again: !out.fresh}
	return out, err
}

// fresh reports whether every mailbox was read to its end a short time ago.
func (d *daemon) fresh(tx *store.Tx, known map[string]string) (bool, error) {
	for _, m := range d.cfg.Mailboxes {
		what := "mailbox:" + m.Name
		age := tx.Now().Sub(d.watch.works[what])
		if known[troublePrefix+what] != "" || age < 0 || age > freshFor {
			return false, nil
		}
	}
	names := make([]string, 0, len(d.cfg.Mailboxes))
	for _, m := range d.cfg.Mailboxes {
		names = append(names, m.Name)
	}
	if len(names) == 0 {
		return true, nil
	}
	reading, err := tx.Reading(names...)
	return !reading, err
}

// noBillMail is that no bill mail has come from anybody, where some came before.
func noBillMail(tx *store.Tx) ([]ailment, error) {
	var last time.Time
	for _, o := range []bill.Outcome{bill.OutcomeNotices, bill.OutcomeNeedsReview} {
		newest, err := tx.Messages(store.MessageFilter{Outcome: o, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(newest) > 0 && newest[0].Received.After(last) {
			last = newest[0].Received
		}
	}
	a := ailment{what: "silence:mail", code: "no-bill-mail", over: "bill-mail-ok",
		args: map[string]string{"last": last.Format(time.RFC3339)}}
	if quiet := tx.Now().Sub(last); !last.IsZero() && quiet >= silentFor {
		a.failure = "none since " + a.args["last"]
	}
	return []ailment{a}, nil
}

// gone are the troubles of mailboxes and channels that are no longer
// configured: nothing will ever say that they are over.
func (d *daemon) gone(known map[string]string) []ailment {
	here := map[string]bool{}
	for _, m := range d.cfg.Mailboxes {
		here["mailbox:"+m.Name] = true
	}
	for _, c := range d.cfg.Channels {
		here["channel:"+c.Name] = true
	}
	var out []ailment
	for _, fact := range slices.Sorted(maps.Keys(known)) {
		what := strings.TrimPrefix(fact, troublePrefix)
		if kind, _, _ := strings.Cut(what, ":"); (kind == "mailbox" || kind == "channel") && !here[what] {
			out = append(out, ailment{what: what})
		}
	}
	return out
}
