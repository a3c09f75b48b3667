package outbox

import (
	"context"
	"errors"
	"hash/fnv"
	"strings"
	"time"

	"repayd/internal/channel"
	"repayd/internal/letter"
	"repayd/internal/plan"
)

// deliver sends claimed letters over one session and records what came of
// them. From the first letter on it does not look at ctx's end, except between
// letters: a letter that was sent must be recorded. What a slow far side leaves
// of the claim when half its time is over is given back. more is false where
// letters had to be given back to be taken again at the next tick only.
func (b *Outbox) deliver(ctx context.Context, name string, l *line, letters []plan.Letter) (more bool, err error) {
	work := context.WithoutCancel(ctx)
	if ctx.Err() != nil { // it ended while the claim was written
		return false, b.record(work, name, unsent(letters))
	}
	if err := l.open(ctx); err != nil {
		return true, b.unopened(work, name, letters, err)
	}
	began := time.Now()
	var results []plan.LetterResult
	recorded := began
	for i, next := range letters {
		late := time.Since(began) > claimFor/2
		if late || ctx.Err() != nil {
			return late, b.record(work, name, append(results, unsent(letters[i:])...))
		}
		if delay, ok := b.paces[name].wait(ctx); !ok {
			return false, b.record(work, name, append(results, b.leave(letters[i:], delay)...))
		}
		r := b.send(ctx, name, l.session, next)
		l.trouble = l.trouble || r.Letter.State != plan.LetterAccepted
		results = append(results, r)
		if time.Since(recorded) > recordEvery {
			if err := b.record(work, name, results); err != nil {
				return false, err
			}
			results, recorded = nil, time.Now()
		}
	}
	return true, b.record(work, name, results)
}

// unsent gives claimed letters back as they were.
func unsent(letters []plan.Letter) []plan.LetterResult {
	out := make([]plan.LetterResult, len(letters))
	for i, l := range letters {
		out[i] = plan.LetterResult{Letter: l}
	}
	return out
}

// leave gives claimed letters back that a limit of the target holds up. Where
// that is for hours, a quota of a day, they are not looked at before.
func (b *Outbox) leave(letters []plan.Letter, delay time.Duration) []plan.LetterResult {
	out := unsent(letters)
	if delay > notToday {
		for i := range out {
			out[i].Letter.NextAttempt = b.now().Add(delay)
		}
	}
	return out
}

// unopened records that the channel could not be reached: one attempt for
// every letter.
func (b *Outbox) unopened(ctx context.Context, name string, letters []plan.Letter, err error) error {
	var permanent *channel.PermanentError
	outcome := channel.Temporary
	if errors.As(err, &permanent) {
		outcome = channel.Refused
	}
	b.o.Trouble(name, err)
	results := make([]plan.LetterResult, len(letters))
	for i, l := range letters {
		var rs []channel.Result
		for _, to := range recipients(b.o.Channels[name], l) {
			rs = append(rs, channel.Result{Recipient: to, Outcome: outcome, Err: err})
		}
		results[i] = b.judge(l, rs)
	}
	return b.record(ctx, name, results)
}

// recipients are those a letter is still owed to; one empty name stands for
// the far side of a webhook.
func recipients(e Exit, l plan.Letter) []string {
	if len(e.Recipients) == 0 {
		return []string{""}
	}
	return remaining(e.Recipients, l.Done)
}

// send renders and sends one letter.
func (b *Outbox) send(ctx context.Context, name string, s channel.Session, l plan.Letter) plan.LetterResult {
	exit := b.o.Channels[name]
	parts := channel.PartsOf(exit.Channel)
	out, err := letter.Render(l, letter.Options{Language: b.o.Language, Zone: b.o.Env.Zone, Now: l.Created, ReplyTo: exit.ReplyTo,
		NoWords: !parts.Words, NoHTML: !parts.HTML, Fits: channel.FitsOf(exit.Channel)})
	if err != nil {
		b.o.Log.Error("outbox: letter cannot be written: "+err.Error(), "channel", name, "letter", l.ID)
		return b.judge(l, []channel.Result{{Outcome: channel.Refused, Err: err}})
	}
	msg := channel.Letter{ID: l.ID, Type: string(l.Type), Subject: out.Subject, Text: out.Text, HTML: out.HTML,
		Data: out.Data, Thread: out.Thread}
	if len(exit.Recipients) > 0 {
		msg.Recipients = remaining(exit.Recipients, l.Done)
		if len(msg.Recipients) == 0 { // an empty list would mean all
			return b.judge(l, nil)
		}
	}
	results := s.Send(ctx, msg)
	b.o.Trouble(name, firstError(results))
	return b.judge(l, results)
}

// firstError is the error of a letter that reached nobody, nil when anybody
// took it: a channel that works for some is not in trouble.
func firstError(results []channel.Result) error {
	var first error
	for _, r := range results {
		if r.Outcome == channel.Accepted {
			return nil
		}
		if first == nil {
			first = r.Err
		}
	}
	return first
}

// judge works out the letter's next state from what its recipients answered.
func (b *Outbox) judge(l plan.Letter, results []channel.Result) plan.LetterResult {
	now := b.now()
	l.Attempts++
	res := plan.LetterResult{}
	var wait time.Duration
	waiting, refused := 0, 0
	for _, r := range results {
		a := plan.Attempt{Letter: l.ID, Recipient: r.Recipient, At: now, Outcome: r.Outcome.String(), Uncertain: r.Uncertain}
		if r.Err != nil {
			a.Error, l.LastError = r.Err.Error(), r.Err.Error()
		}
		res.Attempts = append(res.Attempts, a)
		switch r.Outcome {
		case channel.Accepted:
			l.Done = append(l.Done, r.Recipient)
		case channel.Refused:
			refused++
		default:
			waiting++
			wait = max(wait, r.RetryAfter)
		}
	}
	switch {
	case waiting > 0:
		l.State = plan.LetterTrying
		l.NextAttempt = b.release(now.Add(max(wait, Pause(l.ID, l.Attempts))), l)
	case refused > 0 && len(l.Done) == 0:
		l.State, res.Reminders = plan.LetterRefused, plan.StateFailed
	default:
		l.State, l.Accepted, res.Reminders = plan.LetterAccepted, now, plan.StateAccepted
	}
	res.Letter = l
	return res
}

func (b *Outbox) now() time.Time { return b.o.Now() }

// release holds a retry during quiet hours. One that a deadline does not let
// wait until they end comes before them or, within them, after its pause.
func (b *Outbox) release(at time.Time, l plan.Letter) time.Time {
	env := b.o.Env.On(l.Channel)
	if held := env.Hold(at, deadlineAfter(at, l)); held.After(b.now()) {
		return held
	}
	return at
}

// wait returns when a claimed letter may be sent, and whether that is later
// than now.
func (b *Outbox) wait(tx Tx, l plan.Letter) (time.Time, bool) {
	if l.Type == plan.LetterTest {
		return tx.Now(), false
	}
	env := b.env(tx)
	env = env.On(l.Channel)
	deadline := deadlineAfter(env.Now, l)
	at, held := env.Wait(l.NextAttempt, deadline)
	if !held && b.sitsOut(l.Channel, l.Type, deadline, env.Now) {
		return b.rushEnds(l.Channel, env.Now), true
	}
	return at, held
}

// deadlineAfter is the first deadline of a letter's bills that is still ahead,
// zero when there is none.
func deadlineAfter(at time.Time, l plan.Letter) time.Time {
	var first time.Time
	for _, it := range l.Content.Items {
		if it.Deadline.After(at) && (first.IsZero() || it.Deadline.Before(first)) {
			first = it.Deadline
		}
	}
	return first
}

// Pause is how long to wait after the n-th attempt: a minute, then twice as
// long each time up to an hour, shortened by up to a tenth so that letters that
// failed together do not come back together. The share depends on the letter's
// id, so that the table of pauses can be tested.
func Pause(id string, attempts int) time.Duration {
	pause := time.Hour
	if n := max(attempts, 1) - 1; n < 6 {
		pause = time.Minute << n
	}
	h := fnv.New32a()
	h.Write([]byte(id))
	return pause - pause*time.Duration(h.Sum32()%100)/1000
}

// tell warns of a letter that a recipient refused for good, by every default
// channel that still works: also where another recipient took it. A warning
// that is refused itself is handed over only, or it would go round in circles.
func (b *Outbox) tell(tx Tx, r plan.LetterResult) error {
	l := r.Letter
	if l.Type == plan.LetterWarning {
		return nil
	}
	for _, a := range r.Attempts {
		if a.Outcome != channel.Refused.String() {
			continue
		}
		var bills []string
		for _, it := range l.Content.Items {
			if ofBill(it.Subject) && len(bills) < 20 {
				bills = append(bills, it.Subject.ID)
			}
		}
		env := b.env(tx)
		dead := ""
		if l.State == plan.LetterRefused {
			dead = l.Channel
		}
		rows := plan.WarningBut(dead, "refused:"+l.Channel+":"+a.Recipient, env.Now, "letter-failed",
			map[string]string{"channel": l.Channel, "bills": strings.Join(bills, ", "), "error": a.Error}, env)
		if err := tx.AddReminders(rows); err != nil {
			return err
		}
	}
	return nil
}
