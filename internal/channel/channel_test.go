package channel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLetterValidate(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"lt_1", "A-b_c.9", strings.Repeat("x", maxID)} {
		if err := (Letter{ID: good, Thread: good}).Validate(); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{" ", "a b", "a\r\nb", ".a", "a.", "a..b", "a@b", "<a>", "花呗", strings.Repeat("x", maxID+1)} {
		if err := (Letter{ID: bad}).Validate(); err == nil {
			t.Errorf("id %q was taken", bad)
		}
		if err := (Letter{ID: "lt_1", Thread: bad}).Validate(); err == nil {
			t.Errorf("thread %q was taken", bad)
		}
	}
	if err := (Letter{}).Validate(); err == nil {
		t.Error("an empty id was taken")
	}
}

func TestScrub(t *testing.T) {
	t.Parallel()
	inner := fmt.Errorf("log in: %w: 535 not \"hunter2\"\r\nnor aHVudGVyMg==\x00 %w", ErrLogin, context.Canceled)
	err := Scrub(inner, "hunter2", "", "aHVudGVyMg==", "hunter2-and-more")
	if got, want := err.Error(), "log in: "+ErrLogin.Error()+`: 535 not "***" nor *** context canceled`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !errors.Is(err, ErrLogin) || !errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, inner) {
		t.Errorf("kinds of %#v", err)
	}
	if Scrub(nil, "x") != nil {
		t.Error("no error became one")
	}
	if n := len(Scrub(errors.New(strings.Repeat("长", 10000))).Error()); n > 4*maxErrorText {
		t.Errorf("%d bytes", n)
	}
}

// Whatever surrounds a secret, it does not survive, nor do line breaks.
func TestScrubHides(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		hidden := rapid.StringMatching(`[A-Z0-9+/]{8,30}`).Draw(t, "secret")
		short := hidden[:4]
		parts := rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.Just(hidden), rapid.Just(short))).Draw(t, "parts")
		err := Scrub(errors.New(strings.Join(parts, "")), short, hidden)
		text := fmt.Sprintf("%v %#v", err, err)
		if strings.Contains(text, hidden) || strings.ContainsAny(err.Error(), "\r\n\x00") {
			t.Fatalf("%q in %q", hidden, text)
		}
	})
}

func TestIsLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "127.0.0.1": true, "127.8.9.1": true, "::1": true, "[::1]": true, "::ffff:127.0.0.1": true,
		"": false, "example.com": false, "10.0.0.1": false, "0.0.0.0": false, "::": false, "localhost.example.com": false,
		"127.0.0.1.example.com": false, "2130706433": false,
	} {
		if got := IsLoopback(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

func TestDial(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	conn, err := Dial(t.Context(), "tcp", "localhost:"+port)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	l.Close()
	if conn, err := Dial(t.Context(), "tcp", "127.0.0.1:"+port); err == nil {
		conn.Close()
		t.Error("connected to a closed port")
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	if err := Problems(nil); err != nil {
		t.Errorf("none: %v", err)
	}
	err := Problems([]Problem{{"server", "missing"}, {"to[1]", "no address"}})
	if err == nil || err.Error() != "server: missing\nto[1]: no address" {
		t.Errorf("%v", err)
	}
	var p Problem
	if !errors.As(err, &p) || p.Key != "server" {
		t.Errorf("%v", p)
	}
}
