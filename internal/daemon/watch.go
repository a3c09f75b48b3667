package daemon

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"repayd/internal/channel"
	"repayd/internal/imapbox"
	"repayd/internal/plan"
	"repayd/internal/store"
)

const (
	// ailsFor is how long a mailbox or channel fails before the owner is told.
	ailsFor = time.Hour
	// refusedFor is how long log-ins are refused before that: a wrong password
	// never heals by itself, but servers refuse a right one now and then.
	refusedFor = 10 * time.Minute
)

// trouble is one thing that is wrong; kept in the database so that a restart
// neither forgets nor repeats it.
type trouble struct {
	Since time.Time `json:"since"`
	Error string    `json:"error"`
	Told  bool      `json:"told"`
	// Refused is since when every attempt ended in a refused log-in.
	Refused time.Time `json:"refused,omitzero"`
}

// failure is how an attempt ended; the zero one is a success.
type failure struct {
	text    string
	refused bool // the log-in was
}

// watch collects what fails and which loop is alive. Its methods that loops
// call take no time; the ticker does the work.
type watch struct {
	mu     sync.Mutex
	failed map[string]failure   // "mailbox:shop" → the latest
	seen   map[string]time.Time // loop → when it last made progress
	works  map[string]time.Time // "mailbox:shop" → when it last worked; the ticker's own
}

func newWatch() *watch {
	return &watch{failed: map[string]failure{}, seen: map[string]time.Time{}, works: map[string]time.Time{}}
}

// report notes a failure of what, or with nil that it works.
func (w *watch) report(what string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed[what] = failure{}
	if err != nil {
		w.failed[what] = failure{err.Error(), refused(err)}
	}
}

// refused reports whether the far side took neither name nor password, or
// there is no password to give.
func refused(err error) bool {
	var box *imapbox.Error
	if errors.As(err, &box) {
		return box.Kind == imapbox.KindPassword || box.Kind == imapbox.KindSecret
	}
	return errors.Is(err, channel.ErrLogin)
}

// alive notes that a loop made progress.
func (w *watch) alive(loop string, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[loop] = now
}

// stuck returns the loops that made no progress for longer than bound.
func (w *watch) stuck(now time.Time, bound time.Duration) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for loop, at := range w.seen {
		if now.Sub(at) > bound {
			out = append(out, loop)
		}
	}
	slices.Sort(out)
	return out
}

// take returns the reports since the last call.
func (w *watch) take() map[string]failure {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.failed
	w.failed = map[string]failure{}
	return out
}

const (
	troublePrefix = "trouble:"
	// workedPrefix begins the facts that say when a mailbox was last read.
	workedPrefix = "worked:"
)

// tell writes the reports down and warns of what has failed for too long, and
// again when that is over. Never through the channel that fails itself.
func (w *watch) tell(ctx context.Context, s *store.Store, env plan.Env) (warned bool, err error) {
	reports := w.take()
	err = s.Update(ctx, func(tx *store.Tx) error {
		known, err := tx.Facts(troublePrefix)
		if err != nil {
			return err
		}
		env.Now = tx.Now()
		for _, what := range slices.Sorted(maps.Keys(reports)) {
			f := reports[what]
			if f.text == "" {
				if err := w.worked(tx, what); err != nil {
					return err
				}
			}
			did, err := reported(what, f).note(tx, known[troublePrefix+what], env)
			if err != nil {
				return err
			}
			warned = warned || did
		}
		return nil
	})
	if err != nil {
		w.restore(reports)
	}
	return warned, err
}

// worked remembers that something works; in the database to the hour, which
// is enough for whoever asks after a restart.
func (w *watch) worked(tx *store.Tx, what string) error {
	now := tx.Now()
	w.works[what] = now
	kind, _, _ := strings.Cut(what, ":")
	if kind != "mailbox" {
		return nil
	}
	text, _, err := tx.Fact(workedPrefix + what)
	if err != nil {
		return err
	}
	if last, err := time.Parse(time.RFC3339, text); err == nil && now.Sub(last).Abs() < time.Hour {
		return nil
	}
	return tx.SetFact(workedPrefix+what, now.Format(time.RFC3339))
}

// restore puts reports back that could not be written down.
func (w *watch) restore(reports map[string]failure) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for what, f := range reports {
		if _, newer := w.failed[what]; !newer {
			w.failed[what] = f
		}
	}
}

// reported is the ailment of a mailbox or channel whose loop reported how its
// latest attempt ended.
func reported(what string, f failure) ailment {
	kind, name, _ := strings.Cut(what, ":")
	a := ailment{what: what, failure: f.text, refused: f.refused, after: ailsFor, code: kind + "-trouble", over: kind + "-ok",
		args: map[string]string{kind: name}}
	if kind == "channel" {
		a.except = name
	}
	return a
}

// ailment is something that can be wrong, how it is now and how it is told:
// once when it has lasted, and once when it is over.
type ailment struct {
	what    string // "mailbox:shop": the key of its fact, and the subject of its letters
	failure string // "" = all is well
	refused bool
	after   time.Duration     // how long it lasts before it is told; 0 = told at once
	code    string            // of the letter
	over    string            // of the letter that it is over, "" = not worth one
	args    map[string]string // of both
	except  string            // the channel that is of no use
	// anew is set where another failure than the one told is told again.
	anew bool
}

// note brings the fact of the ailment up to date and plans its letters; known
// is the fact, "" for none. It reports whether a letter was planned.
func (a ailment) note(tx *store.Tx, known string, env plan.Env) (bool, error) {
	var t trouble
	if known != "" {
		if err := json.Unmarshal([]byte(known), &t); err != nil {
			return false, err
		}
	}
	if a.failure == "" {
		if known == "" {
			return false, nil
		}
		if err := tx.DeleteFact(troublePrefix + a.what); err != nil || !t.Told || a.over == "" {
			return false, err
		}
		return true, warn(tx, a.what+":over", a.over, a.lasted(t, t.Error, env), "", env)
	}
	due := a.age(&t, env.Now)
	fact, err := json.Marshal(t)
	if err != nil {
		return false, err
	}
	if string(fact) != known {
		if err := tx.SetFact(troublePrefix+a.what, string(fact)); err != nil {
			return false, err
		}
	}
	if !due {
		return false, nil
	}
	return true, warn(tx, a.subject(), a.code, a.lasted(t, a.failure, env), a.except, env)
}

// lasted are the arguments of a letter; of what is told only when it has lasted
// they say since when, and why. The end of it says so too: it may be all that
// the owner hears.
func (a ailment) lasted(t trouble, failure string, env plan.Env) map[string]string {
	args := maps.Clone(a.args)
	if a.after > 0 {
		args["error"], args["since"] = failure, t.Since.In(env.Zone).Format("2006-01-02 15:04")
	}
	return args
}

// subject names what a letter is about. A second failure on one day that is to
// be told needs a name of its own.
func (a ailment) subject() string {
	if !a.anew {
		return a.what
	}
	sum := sha256.Sum256([]byte(a.failure))
	return a.what + ":" + hex.EncodeToString(sum[:6])
}

// age adds this look to the trouble, and reports whether it is to be told now.
func (a ailment) age(t *trouble, now time.Time) bool {
	if t.Since.IsZero() || t.Since.After(now) {
		t.Since = now
	}
	switch {
	case !a.refused:
		t.Refused = time.Time{}
	case t.Refused.IsZero() || t.Refused.After(now):
		t.Refused = now
	}
	if a.anew && t.Error != a.failure {
		t.Told = false
	}
	t.Error = a.failure
	due := !t.Told && (now.Sub(t.Since) >= a.after || !t.Refused.IsZero() && now.Sub(t.Refused) >= refusedFor)
	t.Told = t.Told || due
	return due
}

// warn plans a letter about the daemon itself, on every default channel but
// except; where that is the only one, on another, and where there is no other,
// nowhere: the end of the trouble then tells of it.
func warn(tx *store.Tx, id, code string, args map[string]string, except string, env plan.Env) error {
	return tx.AddReminders(plan.WarningBut(except, id, env.Now, code, args, env))
}
