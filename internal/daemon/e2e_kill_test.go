package daemon_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// killTimes is how often the kill test ends the daemon; -args -e2e.kills 100
// takes some five minutes.
var killTimes = flag.Int("e2e.kills", 4, "how often TestEndToEnd/Kills ends the daemon by SIGKILL")

// kills: the process dies at chance moments while it reads from Dovecot and
// sends to Exim and to a webhook. Nothing is lost, and what comes again is the
// same letter, at most once more for each kill.
func kills(t *testing.T, tools, binary string) {
	t.Parallel()
	w := newWorld(t, tools, binary, true)
	hook := newHook(t)
	w.hook = hook.server.URL
	w.write()
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	bills := 0
	more := func(n int) {
		for range n {
			bills++
			w.inbox.Deliver("INBOX", time.Now(), order(bills, soon()))
		}
	}
	for i := range *killTimes {
		more(1 + r.IntN(3))
		p := w.run()
		after := time.Duration(r.Int64N(int64(6 * time.Second)))
		var asked, answered <-chan struct{}
		switch i % 4 {
		case 1: // the letter is there and nobody was told
			after, asked = 20*time.Second, hook.next(true)
		case 2: // the answer is on its way back
			after, answered = 20*time.Second, hook.next(false)
		case 3: // while it starts and reads
			after /= 4
		}
		select {
		case <-asked:
		case <-answered:
		case <-p.done:
			t.Fatalf("it ended by itself\n%s", p.log)
		case <-time.After(after):
		}
		p.kill()
		hook.free()
	}
	more(1)
	p := w.run()
	w.until("every bill is told by both channels", 60*time.Second, func() bool {
		return told(w.owner.ids(bills)) && told(hook.ids(bills)) && w.waiting() == 0
	})
	p.kill()
	sameLetters(t, "e-mail", w.owner.ids(bills), w.owner.copies(), *killTimes)
	sameLetters(t, "webhook", hook.ids(bills), hook.copies(), *killTimes)
}

func told(ids [][]string) bool {
	return !slices.ContainsFunc(ids, func(of []string) bool { return len(of) == 0 })
}

// sameLetters: each bill is in one letter, and every copy of a letter is the
// same.
func sameLetters(t *testing.T, name string, ofBills [][]string, copies map[string][]string, kills int) {
	t.Helper()
	for i, ids := range ofBills {
		if len(ids) != 1 {
			t.Errorf("%s: bill %d came in the letters %v", name, i+1, ids)
		}
	}
	again := 0
	for id, texts := range copies {
		again += len(texts) - 1
		for _, text := range texts[1:] {
			if text != texts[0] {
				t.Errorf("%s: letter %s came with two contents:\n%s\n%s", name, id, texts[0], text)
			}
		}
	}
	if again > kills {
		t.Errorf("%s: %d letters came again after %d kills", name, again, kills)
	}
	t.Logf("%s: %d bills in %d letters, %d of them again after %d kills", name, len(ofBills), len(copies), again, kills)
}

// waiting is how many letters are not at their end.
func (w *world) waiting() int {
	n := 0
	for _, l := range w.sent() {
		if l.State != "accepted" {
			n++
		}
	}
	return n
}

// ids lists for each of the bills the letters that speak of it.
func (l *letters) ids(bills int) [][]string {
	out := make([][]string, bills)
	for i := range out {
		for _, g := range l.about(reference(i + 1)) {
			if !slices.Contains(out[i], g.id) {
				out[i] = append(out[i], g.id)
			}
		}
	}
	return out
}

// copies lists the texts of each letter.
func (l *letters) copies() map[string][]string {
	out := map[string][]string{}
	for _, g := range l.about() {
		out[g.id] = append(out[g.id], g.text)
	}
	return out
}

// hook is the webhook's far side, a server in this process.
type hook struct {
	server *httptest.Server
	mu     sync.Mutex
	got    []got
	asked  chan struct{} // closed when the next request is there; it gets no answer
	told   chan struct{} // closed when the next answer has been written
	hold   chan struct{} // closed to let go of the request without an answer
}

func newHook(t *testing.T) *hook {
	h := &hook{}
	h.server = httptest.NewServer(h)
	t.Cleanup(func() {
		h.free()
		h.server.Close()
	})
	return h
}

// next returns a channel that is closed at the next request, which then is kept
// waiting, or with false at its answer.
func (h *hook) next(request bool) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := make(chan struct{})
	if request {
		h.asked, h.hold = c, make(chan struct{})
	} else {
		h.told = c
	}
	return c
}

// free lets go of what next holds.
func (h *hook) free() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.hold != nil {
		close(h.hold)
	}
	h.asked, h.told, h.hold = nil, nil, nil
}

// ServeHTTP implements http.Handler.
func (h *hook) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // it died while it spoke
	}
	h.mu.Lock()
	h.got = append(h.got, got{id: req.Header.Get("webhook-id"), text: string(body)})
	asked, told, hold := h.asked, h.told, h.hold
	h.asked, h.told = nil, nil
	h.mu.Unlock()
	if asked != nil {
		close(asked)
		<-hold
		return
	}
	w.WriteHeader(http.StatusOK)
	if told != nil {
		close(told)
	}
}

// ids lists for each of the bills the letters that speak of it.
func (h *hook) ids(bills int) [][]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	of := map[string][]string{}
	for _, g := range h.got {
		var data struct {
			Data struct {
				Steps []struct{ Bill struct{ Reference string } }
			}
		}
		if json.Unmarshal([]byte(g.text), &data) != nil {
			continue
		}
		for _, s := range data.Data.Steps {
			if ref := s.Bill.Reference; !slices.Contains(of[ref], g.id) {
				of[ref] = append(of[ref], g.id)
			}
		}
	}
	out := make([][]string, bills)
	for i := range out {
		out[i] = of[reference(i+1)]
	}
	return out
}

// copies lists what each letter said, without the time of each attempt.
func (h *hook) copies() map[string][]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := map[string][]string{}
	for _, g := range h.got {
		var said struct {
			Type string
			Data json.RawMessage
		}
		text := g.text
		if json.Unmarshal([]byte(g.text), &said) == nil {
			text = fmt.Sprintf("%s %s", said.Type, said.Data)
		}
		out[g.id] = append(out[g.id], text)
	}
	return out
}
