package daemon

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"repayd/internal/plan"
	"repayd/internal/store"
)

// ailsFor is how long a mailbox or channel fails before the owner is told.
const ailsFor = time.Hour

// trouble is one mailbox or channel that fails; kept in the database so that
// a restart neither forgets nor repeats it.
type trouble struct {
	Since time.Time `json:"since"`
	Error string    `json:"error"`
	Told  bool      `json:"told"`
}

// watch collects what fails and which loop is alive. Its methods that loops
// call take no time; the ticker does the work.
type watch struct {
	mu     sync.Mutex
	failed map[string]string    // "mailbox:shop" → the latest error, "" = works again
	seen   map[string]time.Time // loop → when it last made progress
}

func newWatch() *watch {
	return &watch{failed: map[string]string{}, seen: map[string]time.Time{}}
}

// report notes a failure of what, or with nil that it works.
func (w *watch) report(what string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed[what] = ""
	if err != nil {
		w.failed[what] = err.Error()
	}
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
func (w *watch) take() map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.failed
	w.failed = map[string]string{}
	return out
}

const troublePrefix = "trouble:"

// tell writes the reports down and warns of what has failed for an hour, and
// again when that is over. Never through the channel that fails itself.
func (w *watch) tell(ctx context.Context, s *store.Store, env plan.Env) (warned bool, err error) {
	reports := w.take()
	err = s.Update(ctx, func(tx *store.Tx) error {
		known, err := tx.Facts(troublePrefix)
		if err != nil {
			return err
		}
		env.Now = tx.Now()
		for what, failure := range reports {
			if failure == "" && known[troublePrefix+what] == "" {
				continue
			}
			did, err := w.step(tx, what, failure, known[troublePrefix+what], env)
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

// restore puts reports back that could not be written down.
func (w *watch) restore(reports map[string]string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for what, failure := range reports {
		if _, newer := w.failed[what]; !newer {
			w.failed[what] = failure
		}
	}
}

func (w *watch) step(tx *store.Tx, what, failure, known string, env plan.Env) (bool, error) {
	var t trouble
	if known != "" {
		if err := json.Unmarshal([]byte(known), &t); err != nil {
			return false, err
		}
	}
	kind, name, _ := strings.Cut(what, ":")
	if failure == "" {
		if err := tx.DeleteFact(troublePrefix + what); err != nil || !t.Told {
			return false, err
		}
		return true, warn(tx, what+":over", kind+"-ok", map[string]string{kind: name}, "", env)
	}
	if t.Since.IsZero() || t.Since.After(env.Now) {
		t.Since = env.Now
	}
	t.Error = failure
	due := !t.Told && env.Now.Sub(t.Since) >= ailsFor
	t.Told = t.Told || due
	fact, err := json.Marshal(t)
	if err != nil {
		return false, err
	}
	if err := tx.SetFact(troublePrefix+what, string(fact)); err != nil || !due {
		return false, err
	}
	args := map[string]string{kind: name, "error": failure, "since": t.Since.In(env.Zone).Format("2006-01-02 15:04")}
	except := ""
	if kind == "channel" {
		except = name
	}
	return true, warn(tx, what, kind+"-trouble", args, except, env)
}

// warn plans a letter about the daemon itself, on every default channel but
// except.
func warn(tx *store.Tx, id, code string, args map[string]string, except string, env plan.Env) error {
	rows := plan.Warning(id, env.Now, code, args, env)
	rows = slices.DeleteFunc(rows, func(r plan.Reminder) bool { return r.Channel == except })
	return tx.PutReminders(rows)
}
