package demo

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"repayd/internal/channel/channeltest"
)

func TestClockTicksOnlyWhenTold(t *testing.T) {
	t.Parallel()
	c := newClock()
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	c.set(at)
	ticks, stop := c.tick(time.Nanosecond)
	if !c.tickersAre(1) {
		t.Error("the ticker is not known")
	}
	got := make(chan time.Time)
	go func() {
		for now := range ticks {
			got <- now
			return
		}
	}()
	if err := c.fire(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now := <-got; !now.Equal(at) || !c.now().Equal(at) {
		t.Errorf("ticked at %s", now)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.fire(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody takes the tick, and fire returned %v", err)
	}
	stop()
	stop()
	if err := c.fire(t.Context()); err != nil || !c.tickersAre(0) {
		t.Errorf("after its end: %v", err)
	}
}

func TestCallNeedsItsSignature(t *testing.T) {
	t.Parallel()
	// The vector was computed with openssl dgst -sha256 -mac HMAC.
	key := []byte("0123456789abcdef0123456789abcdef")
	const body = `{"type":"bill.reminder","data":{"letter":"rl_1"}}`
	now := time.Unix(1772350000, 0)
	call := func(id, signature string, at time.Time) channeltest.Call {
		h := http.Header{}
		h.Set("webhook-id", id)
		h.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
		h.Set("webhook-signature", signature)
		return channeltest.Call{Header: h, Body: []byte(body)}
	}
	const good = "v1,czPN4MbOBpMcJmELH+222ykh1DPEqeF2rSAiLsR/9sI="
	l, err := fromCall(call("rl_1", good, now), key, now)
	if err != nil || l.ID != "rl_1" || l.Type != "bill.reminder" {
		t.Errorf("a good call: %+v, %v", l, err)
	}
	for name, c := range map[string]channeltest.Call{
		"no signature": call("rl_1", "", now), "other letter": call("rl_2", good, now), "other time": call("rl_1", good, now.Add(1)),
	} {
		want := name != "other time" // a nanosecond is the same second
		if _, err := fromCall(c, key, now); errors.Is(err, errSignature) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := fromCall(call("rl_1", good, now), key, now.Add(time.Hour)); !errors.Is(err, errSignature) {
		t.Errorf("an hour later: %v", err)
	}
	if _, err := fromCall(call("rl_1", good, now), []byte("another"), now); !errors.Is(err, errSignature) {
		t.Errorf("another key: %v", err)
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	const two = "--b\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n5pma54K5\r\n--b--\r\n"
	for name, c := range map[string]struct{ kind, encoding, body, want string }{
		"plain":            {"text/plain", "", "a\r\nb", "a\nb"},
		"quoted-printable": {"text/plain", "quoted-printable", "=E6=99=9A", "晚"},
		"second part":      {"multipart/alternative; boundary=b", "", two, "晚点"},
	} {
		if got, err := plainText(c.kind, c.encoding, strings.NewReader(c.body)); err != nil || got != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := plainText("multipart/mixed; boundary=b", "", strings.NewReader("--b--\r\n")); err == nil {
		t.Error("no part and no error")
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		most int
		want []string
	}{
		{"", 5, []string{""}},
		{"one two three", 7, []string{"one two", "three"}},
		{"unbreakable", 4, []string{"unbr", "eaka", "ble"}},
		{"账单已还清，没有了", 10, []string{"账单已还", "清，没有了"}},
		{"a\u00a0b c", 4, []string{"a\u00a0b", "c"}},
		{"账", 1, []string{"账"}},
	} {
		if got := wrap(c.in, c.most); !slices.Equal(got, c.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.in, c.most, got, c.want)
		}
	}
}

func TestGist(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"title\n\nsentence\n\n  field: 1\nmore": {"· sentence"},
		"title\n\nsentence\n! late\n":           {"· sentence", "! late"},
		"title\n\nsentence\n- a\n- b\n":         {"- a", "- b"},
	} {
		if got := gist(text); !slices.Equal(got, want) {
			t.Errorf("gist(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestTextsInBothLanguages(t *testing.T) {
	t.Parallel()
	zh, en := chinese(), english()
	if a, b := slices.Sorted(maps.Keys(zh)), slices.Sorted(maps.Keys(en)); !slices.Equal(a, b) {
		t.Errorf("keys differ: %q, %q", a, b)
	}
	notes := map[string]bool{}
	for _, e := range during() {
		notes["note."+e.note] = true
		if zh["note."+e.note] == "" {
			t.Errorf("no text says what %s%s shows", e.mail, e.command)
		}
	}
	for key := range zh {
		if strings.HasPrefix(key, "note.") && !notes[key] {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

func TestProblemsArePrinted(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	NewPrinter(&b, "en").Summary(Summary{Problems: []string{"cmb: not sent"}}, time.Second)
	if !strings.Contains(b.String(), "1 things were not as expected") || !strings.Contains(b.String(), "  cmb: not sent\n") {
		t.Error(b.String())
	}
}
