package outbox_test

// The sixteen ways in which other reminder programs let a person miss a
// payment while they believe that they did their work, each with the test that
// shows what is done here instead.
//
//	D1   a step is sent only if the check runs on its very day   TestD1ASleptThroughStepIsSentOnce
//	D2   the mark against doubles is written before the send     TestD2AFailedSendLeavesNoMark
//	D3   state moves on whatever came of sending                 TestD3NothingCountsAsToldUntilAccepted
//	D4   "sent" if any channel was content                       TestD4EachChannelAnswersForItself
//	D5   opening a link marks the bill paid                      TestD5NoLinkActs
//	D6   last month's payment pays this month's bill             bill: TestD6LastMonthsPaymentPaysNothing
//	D7   silence after 45 days                                   TestD7TheLateBillIsNeverGivenUp
//	D8   three nudges, or none, after the due date               TestD8NudgesGoOnUntilPaid
//	D9   HTTP 200 taken for delivered                            channel/webhook: TestD9StatusIsNotDelivery
//	D10  steps hang on when a check ran                          TestD10StepsHangOnTheBill
//	D11  the record of what was sent expires                     TestD11TheLedgerOutlivesTheBill
//	D12  claimed, crashed, gone                                  TestD12ACrashAfterClaimingLosesNothing
//	D13  quiet hours drop, or escalation breaks them             TestD13QuietHoursHoldAndLoseNothing
//	D14  weekends burn the steps                                 TestD14StepsComeBeforeTheWeekend
//	D15  paid or done, still reminded; a reminder to nobody      TestD15PaidMeansSilence, TestD15ADoneTaskIsNotTold,
//	                                                             config: testdata/reminders-channels
//	D16  the due date rolls on without a payment                 daemon: TestD16TheNextPeriodHidesNothing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/bill"
	"repayd/internal/calendar"
	"repayd/internal/channel"
	"repayd/internal/outbox"
	"repayd/internal/plan"
	"repayd/internal/store"
)

// TestD1ASleptThroughStepIsSentOnce: Wallos asks at 09:00 whether today is the
// day, so a host asleep at 09:00 never reminds, and one asked twice does so
// twice. Here a passed step goes out as soon as anything runs, once.
func TestD1ASleptThroughStepIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.owe("a", 1)
		pass(15 * time.Hour) // asleep from midnight to 15:00
		w.run(time.Minute)
		check(t, "letters on waking up", len(w.far.letters()), 1)
		w.run(time.Hour)
		w.run(time.Hour)
		check(t, "letters after two more starts", len(w.far.letters()), 1)
		check(t, "reminder", w.states("a"), []string{"due-1d accepted"})
	})
}

// TestD2AFailedSendLeavesNoMark: SubsTracker notes "sent" and then sends, so
// what failed is never tried again, and what was delivered is repeated each
// hour, as the mark holds for an hour. Here the mark follows the acceptance.
func TestD2AFailedSendLeavesNoMark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.far.answer = func(n int, _ channel.Letter) channel.Result {
			if n == 1 {
				return channel.Result{Err: errors.New("451 later")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		w.owe("a", 1)
		w.run(9*time.Hour + 30*time.Second)
		check(t, "after the failed send", w.states("a"), []string{"due-1d in_letter"})
		for range 6 { // into the next hours, with restarts
			w.run(time.Hour)
		}
		check(t, "attempts", len(w.far.letters()), 2)
		check(t, "reminder", w.states("a"), []string{"due-1d accepted"})
	})
}

// TestD3NothingCountsAsToldUntilAccepted: Wapy sets the next notification at
// the same time as it sends, and looks at no result. Here a step that no one
// took is shown as failed, and never as told.
func TestD3NothingCountsAsToldUntilAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d", "due")
		w.far.answer = func(_ int, l channel.Letter) channel.Result {
			if time.Now().Before(time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC)) {
				return channel.Result{Outcome: channel.Refused, Err: errors.New("550 no")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		w.owe("a", 1)
		w.run(20 * time.Hour)
		check(t, "refused", w.states("a"), []string{"due-1d failed"})
		w.run(24 * time.Hour)
		check(t, "the next step comes all the same", w.states("a"), []string{"due-1d failed", "due accepted"})
	})
}

// TestD4EachChannelAnswersForItself: SubTrackr counts a reminder as sent if
// any of its channels had no error, one that is not configured included. Here
// each channel has its own reminder, tried until that channel takes it.
func TestD4EachChannelAnswersForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.env.Policies[0].Channels = []string{"me", "office"}
		office := &far{answer: func(n int, _ channel.Letter) channel.Result {
			if n < 4 {
				return channel.Result{Err: errors.New("connection refused")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}}
		w.exits["office"] = outbox.Exit{Channel: office}
		w.owe("a", 1)
		w.run(9*time.Hour + 30*time.Second)
		got := w.states("a")
		slices.Sort(got)
		check(t, "one took it", got, []string{"due-1d accepted", "due-1d in_letter"})
		w.run(time.Hour)
		check(t, "both took it", w.states("a"), []string{"due-1d accepted", "due-1d accepted"})
		check(t, "letters to the first", len(w.far.letters()), 1)
	})
}

// link finds what a mail program, or a scanner that opens links before the
// mail is delivered, would fetch.
var link = regexp.MustCompile(`(?i)https?://|href\s*=|src\s*=|url\(`)

// TestD5NoLinkActs: in Wapy a GET marks a bill paid, and mail scanners open
// links. Letters here hold no link at all; an answer by mail acts, and only
// one that a person wrote.
func TestD5NoLinkActs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d", "due", "late every 2d")
		w.every = time.Hour
		w.exits["me"] = outbox.Exit{Channel: w.far, Recipients: []string{"a@example.com"}, ReplyTo: "bills@example.com"}
		w.owe("a", 1)
		w.run(5 * 24 * time.Hour)
		for _, l := range w.far.letters() {
			for what, text := range map[string]string{"text": l.Text, "html": l.HTML, "data": string(l.Data)} {
				if found := link.FindString(text); found != "" {
					t.Errorf("the %s of a letter has %q in it:\n%s", what, found, text)
				}
			}
		}
		if len(w.far.letters()) < 3 {
			t.Errorf("only %d letters", len(w.far.letters()))
		}
	})
}

// TestD7TheLateBillIsNeverGivenUp: commontools takes what is 45 days late for
// "likely paid". Here it is told of as long as nobody says that it is.
func TestD7TheLateBillIsNeverGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due", "late every 7d")
		w.every = time.Hour
		w.owe("a", 0)
		w.run(45 * 24 * time.Hour)
		before := len(w.far.letters())
		w.run(28 * 24 * time.Hour)
		check(t, "letters in the four weeks after", len(w.far.letters())-before, 4)
	})
}

// TestD8NudgesGoOnUntilPaid: Wapy has three nudges after the due date,
// SubTrackr and Wallos none. Here they go on, and end with the payment.
func TestD8NudgesGoOnUntilPaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "late every 2d")
		w.every = time.Hour
		b := w.owe("a", -1)
		w.run(20 * 24 * time.Hour)
		if n := len(w.far.letters()); n < 10 {
			t.Errorf("%d letters in twenty days", n)
		}
		b.SettledAt = time.Now()
		w.put(b)
		before := len(w.far.letters())
		w.run(20 * 24 * time.Hour)
		check(t, "letters after the payment", len(w.far.letters())-before, 0)
	})
}

// TestD10StepsHangOnTheBill: Kill Bill sets the next check from the last one,
// so that after a part payment a whole stage is left out. Here the steps come
// on their days, whenever it was looked and whatever was paid of it.
func TestD10StepsHangOnTheBill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-3d", "due-1d", "due", "grace", "late")
		w.every = time.Hour
		b := w.owe("a", 3)
		b.LastSafeDay = b.DueDate + 2
		w.put(b)
		var at []string
		w.far.answer = func(int, channel.Letter) channel.Result {
			at = append(at, time.Now().UTC().Format("02 15"))
			return channel.Result{Outcome: channel.Accepted}
		}
		for i := range 40 { // looks at odd hours, payments between them
			if i%7 == 3 {
				b.Outstanding.Minor -= 1000
			}
			w.put(b)
			w.run(4 * time.Hour)
		}
		check(t, "letters", at, []string{"01 09", "03 09", "04 09", "06 09", "07 09"})
	})
}

// TestD11TheLedgerOutlivesTheBill: Alertmanager forgets after 120 hours what
// it sent, and an old alert is new again. Here the ledger is kept: a bill that
// is looked at again after a year is not told anew, and says what it was told.
func TestD11TheLedgerOutlivesTheBill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d", "due")
		w.every = time.Hour
		b := w.owe("a", 1)
		w.run(3 * 24 * time.Hour)
		check(t, "letters", len(w.far.letters()), 2)
		pass(400 * 24 * time.Hour)
		w.put(b)
		w.run(time.Hour)
		check(t, "letters a year later", len(w.far.letters()), 2)
		b.SettledAt = time.Now()
		w.put(b)
		pass(400 * 24 * time.Hour)
		w.run(time.Hour)
		check(t, "the ledger", w.states("a"), []string{"due-1d accepted", "due accepted"})
		check(t, "the letters", w.letterStates(), []string{"accepted after 1", "accepted after 1"})
	})
}

// TestD12ACrashAfterClaimingLosesNothing: Healthchecks marked an alert as
// processed and died, and the alert was gone. Here a claim ends by itself, and
// the letter goes out; TestCrashAfterSending is the other half.
func TestD12ACrashAfterClaimingLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-1d")
		w.owe("a", 1)
		pass(9*time.Hour + time.Minute)
		dying, die := context.WithCancel(context.Background())
		w.exits["me"] = outbox.Exit{Channel: &far{open: func() error { die(); return context.Canceled }}}
		crash := &crashing{viaStore{w.store}}
		b := outbox.New(outbox.Options{Who: "first", Language: "en", Env: w.env, Channels: w.exits, Log: slog.New(slog.DiscardHandler)}, crash)
		if err := b.Send(dying, "me"); err == nil {
			t.Fatal("the crash did not happen")
		}
		check(t, "claimed", w.states("a"), []string{"due-1d in_letter"})
		w.exits["me"] = outbox.Exit{Channel: w.far}
		w.run(30 * time.Minute)
		check(t, "letters", len(w.far.letters()), 1)
		check(t, "reminder", w.states("a"), []string{"due-1d accepted"})
	})
}

// TestD13QuietHoursHoldAndLoseNothing: PostHog skips in quiet hours what it
// then never looks at again, and Pulse's escalation rings through them. Here
// what falls into them leaves when they end, for the channels that a silence
// brings in too.
func TestD13QuietHoursHoldAndLoseNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-3d 23:00", "due-1d 21:00", "due 10:00")
		w.every = time.Hour
		w.env.Policies[0].Raises = []plan.Raise{{Silence: 26 * time.Hour, Channels: []string{"boss"}}}
		from, _ := bill.NewClock(22, 0)
		to, _ := bill.NewClock(8, 0)
		w.env.Quiet = &calendar.Quiet{From: from, To: to, Zone: time.UTC}
		var at []string
		var mu sync.Mutex // two channels send
		note := func(who string) func(int, channel.Letter) channel.Result {
			return func(int, channel.Letter) channel.Result {
				mu.Lock()
				defer mu.Unlock()
				at = append(at, who+time.Now().UTC().Format(" 02 15:04"))
				return channel.Result{Outcome: channel.Accepted}
			}
		}
		w.far.answer = note("me")
		w.exits["boss"] = outbox.Exit{Channel: &far{answer: note("boss")}}
		w.owe("a", 3)
		w.run(4 * 24 * time.Hour)
		slices.Sort(at)
		// The boss heard of it on the third already, so not again that evening.
		check(t, "letters", at, []string{"boss 03 08:00", "boss 04 10:00", "me 02 08:00", "me 03 21:00", "me 04 10:00"})
	})
}

// TestD14StepsComeBeforeTheWeekend: probo's first two reminders about a bill
// that needs an office land on Saturday and Sunday. Here a step before the due
// date comes on the last working day, where paying needs one.
func TestD14StepsComeBeforeTheWeekend(t *testing.T) {
	weekends, err := calendar.Load(calendar.Options{}) // years before any table
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[bool][]string{true: {"Fri", "Mon"}, false: {"Sat", "Sun", "Mon"}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, "due-2d", "due-1d", "due")
			w.every = time.Hour
			w.env.Workdays = weekends
			pass(3 * 24 * time.Hour) // from a Saturday to a Tuesday
			var at []string
			w.far.answer = func(int, channel.Letter) channel.Result {
				at = append(at, time.Now().UTC().Format("Mon"))
				return channel.Result{Outcome: channel.Accepted}
			}
			b := w.owe("a", 6) // the next Monday
			b.NeedsWorkday = name
			w.put(b)
			w.run(8 * 24 * time.Hour)
			check(t, fmt.Sprintf("needs a working day %v: letters", name), at, want)
		})
	}
}

// TestD15PaidMeansSilence: donetick reminds of what was finished early. Here
// a payment ends the letter that is on its way too.
func TestD15PaidMeansSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due-2d", "due-1d", "due", "late every 2d")
		w.every = time.Hour
		down := true
		w.far.answer = func(int, channel.Letter) channel.Result {
			if down {
				return channel.Result{Err: errors.New("connection refused")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		b := w.owe("a", 2)
		w.run(10 * time.Hour)
		tried := len(w.far.letters())
		b.SettledAt, down = time.Now(), false
		w.put(b)
		w.run(10 * 24 * time.Hour)
		check(t, "letters after the payment", len(w.far.letters())-tried, 0)
		check(t, "the letter", strings.Fields(w.letterStates()[0])[0], "withdrawn")
	})
}

// TestD15ADoneTaskIsNotTold: the same of a task that is done while its letter
// could not be delivered.
func TestD15ADoneTaskIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, "due")
		w.every = time.Hour
		down := true
		w.far.answer = func(int, channel.Letter) channel.Result {
			if down {
				return channel.Result{Err: errors.New("connection refused")}
			}
			return channel.Result{Outcome: channel.Accepted}
		}
		task := bill.Task{ID: "t1", Code: "own", Due: bill.DayOf(time.Now().UTC()), Args: map[string]string{"text": "check the report", "at": "09:00"}}
		w.tasks([]bill.Task{task})
		w.run(10 * time.Hour)
		tried := len(w.far.letters())
		if tried == 0 {
			t.Fatal("the task was not told")
		}
		down = false
		w.tasks(nil)
		w.run(10 * 24 * time.Hour)
		check(t, "letters after it was done", len(w.far.letters())-tried, 0)
		check(t, "the letter", strings.Fields(w.letterStates()[0])[0], "withdrawn")
	})
}

// tasks plans the reminders of what is to be done.
func (w *world) tasks(open []bill.Task) {
	w.t.Helper()
	w.update(func(tx *store.Tx) error {
		have, err := tx.RemindersOf(plan.Subject{Kind: plan.SubjectTask, ID: "t1"})
		if err != nil {
			return err
		}
		env := w.env
		env.Now = tx.Now()
		return tx.PutReminders(plan.DueTasks(open, have, env))
	})
}
