package channeltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"repayd/internal/channel"
)

// T is what the conformance test needs of a *testing.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	Context() context.Context
}

// Behaviour is what a far side does with letters.
type Behaviour string

// The behaviours that a Far can be asked for.
const (
	Accepts       Behaviour = "accepts"
	Refuses       Behaviour = "refuses for good"
	Postpones     Behaviour = "refuses for now"
	RefusesFirst  Behaviour = "refuses the first letter and takes the rest"
	HangsUp       Behaviour = "hangs up before a letter is handed over"
	TakesAndQuits Behaviour = "takes the letter and hangs up without an answer"
	TakesAndHangs Behaviour = "takes the letter and says nothing"
	Silent        Behaviour = "says nothing from the start"
	Absent        Behaviour = "does not listen"
	Untrusted     Behaviour = "has a certificate that nobody vouches for"
	Tells         Behaviour = "refuses and repeats every secret it was given"
)

// Subject is a channel under test as all of them are built.
type Subject interface {
	channel.Channel
	Recipients() []string
	Check(ctx context.Context) error
}

// Far is a running far side and the channel that leads to it.
type Far struct {
	Channel Subject
	Secrets []string
	// Took lists the letters taken, "ID recipient" each, in any order.
	Took func() []string
}

// Case is one part of the conformance test. Its start begins a far side that
// behaves as asked, and ends it with the test.
type Case struct {
	Name string
	Run  func(t T, start func(Behaviour) Far)
}

// Cases is the conformance test.
func Cases() []Case {
	cases := []Case{
		{"letters arrive once each", testAccepts},
		{"only the recipients asked for", testSomeRecipients},
		{"a session goes on after a refusal", testGoesOn},
		{"an unusable letter is refused unsent", testBadLetter},
		{"sessions at the same time", testConcurrent},
		{"cancelled before", testCancelledBefore},
		{"check", testCheck},
	}
	for _, o := range outcomes() {
		cases = append(cases, Case{"outcome: " + string(o.behaviour), o.test})
	}
	for _, b := range []Behaviour{Silent, TakesAndHangs} {
		cases = append(cases, Case{"time-out: " + string(b), func(t T, start func(Behaviour) Far) { testTimeout(t, start(b)) }})
	}
	return cases
}

// letter makes a letter that has everything.
func letter(n int) channel.Letter {
	id := fmt.Sprintf("lt_%d", n)
	return channel.Letter{
		ID: id, Type: "bill.reminder", Subject: "花呗 还款提醒", Text: "还款日 12 月 10 日\n.\n完", HTML: "<p>还款日</p>",
		Data:   json.RawMessage(`{"letter":"` + id + `","steps":[]}`),
		Thread: "bill_1",
	}
}

// send opens a session, sends the letters and checks what holds for all results.
// Where no session can be had, its error counts for every letter.
func send(ctx context.Context, t T, f Far, letters ...channel.Letter) []channel.Result {
	t.Helper()
	session, err := f.Channel.Open(ctx)
	if err != nil {
		checkError(t, f, err)
		return []channel.Result{{Err: err}}
	}
	defer func() {
		if err := session.Close(); err != nil {
			checkError(t, f, err)
		}
	}()
	var all []channel.Result
	for _, l := range letters {
		results := session.Send(ctx, l)
		checkResults(t, f, l, results)
		all = append(all, results...)
	}
	return all
}

// checkResults: one result for each recipient, an error exactly where something
// went wrong, and no secret in any.
func checkResults(t T, f Far, l channel.Letter, results []channel.Result) {
	t.Helper()
	want := l.Recipients
	if len(want) == 0 {
		want = f.Channel.Recipients()
	}
	var got []string
	for _, r := range results {
		got = append(got, r.Recipient)
		if (r.Outcome == channel.Accepted) != (r.Err == nil) {
			t.Errorf("%s: outcome %v with error %v", l.ID, r.Outcome, r.Err)
		}
		if r.Uncertain && r.Outcome != channel.Temporary {
			t.Errorf("%s: uncertain and %v", l.ID, r.Outcome)
		}
		if r.RetryAfter < 0 || r.RetryAfter > time.Hour && !r.NotToday || r.RetryAfter > 24*time.Hour {
			t.Errorf("%s: asked to wait %v, not today: %v", l.ID, r.RetryAfter, r.NotToday)
		}
		if r.Outcome != channel.Temporary && (r.NotToday || r.RetryAfter > 0) {
			t.Errorf("%s: %v, and asked to wait %v, not today: %v", l.ID, r.Outcome, r.RetryAfter, r.NotToday)
		}
		checkError(t, f, r.Err)
	}
	slices.Sort(got)
	if want = slices.Sorted(slices.Values(want)); !slices.Equal(got, want) {
		t.Errorf("%s: results for %q, want one each for %q", l.ID, got, want)
	}
}

// checkError looks for secrets in every error of the tree, as every verb prints
// it.
func checkError(t T, f Far, err error) {
	t.Helper()
	if err == nil {
		return
	}
	text := fmt.Sprintf("%v %+v %#v", err, err, err)
	for _, secret := range f.Secrets {
		if strings.Contains(text, secret) {
			t.Errorf("the error %T shows the secret %q: %s", err, secret, text)
		}
	}
	if strings.ContainsAny(err.Error(), "\r\n\x00") {
		t.Errorf("the error has control characters: %q", err)
	}
	switch inner := err.(type) {
	case interface{ Unwrap() error }:
		checkError(t, f, inner.Unwrap())
	case interface{ Unwrap() []error }:
		for _, e := range inner.Unwrap() {
			checkError(t, f, e)
		}
	}
}

// expected lists what the far side must have taken of these letters.
func expected(f Far, letters ...channel.Letter) []string {
	var want []string
	for _, l := range letters {
		to := l.Recipients
		if len(to) == 0 {
			to = f.Channel.Recipients()
		}
		for _, r := range to {
			want = append(want, l.ID+" "+r)
		}
	}
	slices.Sort(want)
	return want
}

func checkTook(t T, f Far, want []string) {
	t.Helper()
	if got := slices.Sorted(slices.Values(f.Took())); !slices.Equal(got, want) {
		t.Errorf("the far side took\n%q, want\n%q", got, want)
	}
}

func testAccepts(t T, start func(Behaviour) Far) {
	f := start(Accepts)
	letters := []channel.Letter{letter(1), letter(2), letter(3)}
	letters[1].Thread, letters[1].HTML = "", ""
	letters[2].Data = nil
	for _, r := range send(t.Context(), t, f, letters...) {
		if r.Outcome != channel.Accepted {
			t.Errorf("%q: %v: %v", r.Recipient, r.Outcome, r.Err)
		}
	}
	checkTook(t, f, expected(f, letters...))
}

func testSomeRecipients(t T, start func(Behaviour) Far) {
	f := start(Accepts)
	l := letter(1)
	l.Recipients = f.Channel.Recipients()[:1]
	if len(l.Recipients) != 1 {
		t.Fatalf("the channel has no recipient")
	}
	send(t.Context(), t, f, l)
	checkTook(t, f, expected(f, l))
}

func testGoesOn(t T, start func(Behaviour) Far) {
	f := start(RefusesFirst)
	first, second := letter(1), letter(2)
	first.Recipients = f.Channel.Recipients()[:1]
	results := send(t.Context(), t, f, first, second)
	if results[0].Outcome != channel.Refused {
		t.Errorf("the first letter: %v", results[0].Outcome)
	}
	checkTook(t, f, expected(f, second))
}

func testBadLetter(t T, start func(Behaviour) Far) {
	f := start(Accepts)
	for _, bad := range []string{"", "a b", "a\r\nX-Injected: 1", "a@b", "<a>", ".a", "a..b", strings.Repeat("a", 300)} {
		id, thread := letter(1), letter(2)
		id.ID, thread.Thread = bad, bad
		letters := []channel.Letter{id}
		if bad != "" {
			letters = append(letters, thread)
		}
		for _, r := range send(t.Context(), t, f, letters...) {
			if r.Outcome != channel.Refused {
				t.Errorf("id or thread %q: %v", bad, r.Outcome)
			}
		}
	}
	checkTook(t, f, nil)
}

func testConcurrent(t T, start func(Behaviour) Far) {
	f := start(Accepts)
	const sessions, each = 4, 10
	var letters []channel.Letter
	for n := range sessions * each {
		letters = append(letters, letter(n))
	}
	var all sync.WaitGroup
	for part := range slices.Chunk(letters, each) {
		all.Go(func() {
			for _, r := range send(t.Context(), t, f, part...) {
				if r.Outcome != channel.Accepted {
					t.Errorf("%v: %v", r.Outcome, r.Err)
				}
			}
		})
	}
	all.Wait()
	checkTook(t, f, expected(f, letters...))
}

func testCancelledBefore(t T, start func(Behaviour) Far) {
	f := start(Accepts)
	ctx, cancel := context.WithCancel(t.Context())
	session, err := f.Channel.Open(ctx)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	defer session.Close()
	cancel()
	for _, r := range session.Send(ctx, letter(1)) {
		if r.Outcome != channel.Temporary || !errors.Is(r.Err, context.Canceled) {
			t.Errorf("send with a cancelled context: %v: %v", r.Outcome, r.Err)
		}
	}
	if _, err := f.Channel.Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("open with a cancelled context: %v", err)
	}
	checkTook(t, f, nil)
}

func testCheck(t T, start func(Behaviour) Far) {
	good := start(Accepts)
	if err := good.Channel.Check(t.Context()); err != nil {
		t.Errorf("check of a good far side: %v", err)
	}
	checkTook(t, good, nil)
	for _, b := range []Behaviour{Absent, Untrusted} {
		f := start(b)
		err := f.Channel.Check(t.Context())
		if err == nil {
			t.Errorf("check finds nothing wrong where the far side %s", b)
		}
		checkError(t, f, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	f := start(Silent)
	// A far side that speaks second is silent only once something is sent.
	checkError(t, f, f.Channel.Check(ctx))
}

// patience is how long a test lets a silent far side be silent.
const patience = 150 * time.Millisecond

// tooLong is when a call has plainly not heeded its context.
const tooLong = 8 * time.Second

func testTimeout(t T, f Far) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	begun := time.Now()
	for _, r := range send(ctx, t, f, letter(1)) {
		if r.Outcome != channel.Temporary || !errors.Is(r.Err, context.DeadlineExceeded) {
			t.Errorf("%v: %v", r.Outcome, r.Err)
		}
	}
	if spent := time.Since(begun); spent > tooLong {
		t.Errorf("returned after %v, its context ended after %v", spent, patience)
	}
}

// outcomeCase says what a behaviour must be reported as.
type outcomeCase struct {
	behaviour Behaviour
	want      channel.Outcome
	uncertain bool
}

// outcomes lists them.
func outcomes() []outcomeCase {
	return []outcomeCase{
		{Refuses, channel.Refused, false},
		{Tells, channel.Refused, false},
		{Postpones, channel.Temporary, false},
		{HangsUp, channel.Temporary, false},
		{TakesAndQuits, channel.Temporary, true},
		{Absent, channel.Temporary, false},
		{Untrusted, channel.Temporary, false},
	}
}

func (o outcomeCase) test(t T, start func(Behaviour) Far) {
	f := start(o.behaviour)
	for _, r := range send(t.Context(), t, f, letter(1), letter(2)) {
		if r.Outcome != o.want || r.Uncertain != o.uncertain {
			t.Errorf("outcome %v, uncertain %v; want %v, %v; error: %v", r.Outcome, r.Uncertain, o.want, o.uncertain, r.Err)
		}
	}
}
