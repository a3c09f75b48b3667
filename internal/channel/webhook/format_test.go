package webhook

import (
	"encoding/json"
	"strconv"
	"testing"

	"repayd/internal/channel"
)

// Every format file passes its own samples.
func TestFormatSamples(t *testing.T) {
	t.Parallel()
	names := formatNames()
	if len(names) == 0 {
		t.Fatal("no formats")
	}
	for _, name := range names {
		f, err := loadFormat(name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name != name || len(f.Samples) == 0 {
			t.Errorf("%s: named %q, %d samples", name, f.Name, len(f.Samples))
		}
		for _, s := range f.Samples {
			checkSample(t, f, s)
		}
	}
}

func checkSample(t *testing.T, f *format, s sample) {
	t.Helper()
	l := channel.Letter{ID: s.Letter.ID, Type: s.Letter.Type, Subject: s.Letter.Subject, Text: s.Letter.Text,
		Data: json.RawMessage(s.Letter.Data)}
	body, err := f.render(l, s.At)
	if err != nil {
		t.Fatalf("%s %s: %v", f.Name, l.ID, err)
	}
	if string(body) != s.Body {
		t.Errorf("%s %s: body\n%s, want\n%s", f.Name, l.ID, body, s.Body)
	}
	if f.Sign == signNone {
		return
	}
	k, err := parseKey(s.Secret)
	if err != nil {
		t.Fatal(err)
	}
	timestamp := strconv.FormatInt(s.At.Unix(), 10)
	if got := sign(l.ID, timestamp, body, k); timestamp != s.Timestamp || got != s.Signature {
		t.Errorf("%s %s: %s %s, want %s %s", f.Name, l.ID, timestamp, got, s.Timestamp, s.Signature)
	}
}

// The example that the specification's own libraries test with.
func TestSignVector(t *testing.T) {
	t.Parallel()
	k, err := parseKey("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	const want = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	body := []byte(`{"test": 2432232314}`)
	if got := sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body, k); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body, k, k); got != want+" "+want {
		t.Errorf("two keys: %s", got)
	}
}

func TestBadFormats(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "name: x\nsign: md5\nbody: x", "name: x\nsign: none\nbody: '{{'", "name: x\nsign: none\ncolour: red",
	} {
		if _, err := parseFormat([]byte(raw)); err == nil {
			t.Errorf("%q was taken", raw)
		}
	}
}
