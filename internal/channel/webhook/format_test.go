package webhook

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"repayd/internal/channel"
)

// Every format file passes its own samples, of requests and of answers.
func TestFormatSamples(t *testing.T) {
	t.Parallel()
	names := formatNames()
	if len(names) < 16 {
		t.Fatalf("only %d formats", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := mustLoad(t, name)
			if f.Name != name || f.About == "" || f.Example == "" {
				t.Errorf("name %q, about %q, example %q", f.Name, f.About, f.Example)
			}
			if _, err := parseURL(f.Example); err != nil {
				t.Errorf("example: %v", err)
			}
			if f.Own {
				return
			}
			if len(f.Samples) == 0 {
				t.Error("no samples")
			}
			for _, s := range f.Samples {
				checkSample(t, f, s)
			}
			checkSeen(t, f)
		})
	}
}

func mustLoad(t testing.TB, name string) *format {
	t.Helper()
	f, err := loadFormat(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func checkSample(t *testing.T, f *format, s sample) {
	t.Helper()
	if s.URL == "" {
		s.URL = f.Example
	}
	u, err := parseURL(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	set := settings{url: u, params: s.Params, prefix: s.Prefix}
	if s.Secret != "" {
		key, err := f.key(s.Secret)
		if err != nil {
			t.Fatal(err)
		}
		set.keys = [][]byte{key}
	}
	l := channel.Letter{ID: s.Letter.ID, Type: s.Letter.Type, Subject: s.Letter.Subject, Text: s.Letter.Text,
		Data: json.RawMessage(s.Letter.Data)}
	if !f.parts().Words { // as the outbox gives it
		l.Subject, l.Text = "", ""
	}
	r, err := f.render(l, set, s.At)
	if err != nil {
		t.Fatalf("%s: %v", l.ID, err)
	}
	if string(r.body) != s.Want.Body {
		t.Errorf("%s: body\n%s, want\n%s", l.ID, r.body, s.Want.Body)
	}
	if s.Want.URL == "" {
		s.Want.URL = s.URL
	}
	if got := r.url.String(); got != s.Want.URL {
		t.Errorf("%s: url %s, want %s", l.ID, got, s.Want.URL)
	}
	for name, want := range s.Want.Headers {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s: header %s: %q, want %q", l.ID, name, got, want)
		}
	}
	if *u != *mustURL(t, s.URL) {
		t.Errorf("%s: the configured URL was changed to %s", l.ID, u)
	}
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := parseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// checkSeen judges every answer of a file. Every value that a rule names must be
// in one of them, and there must be one that is delivered, refused and later.
func checkSeen(t *testing.T, f *format) {
	t.Helper()
	means := map[string]bool{}
	for _, s := range f.Seen {
		means[s.Means] = true
		header := http.Header{}
		for name, value := range s.Headers {
			header.Set(name, value)
		}
		r := f.judge(s.Status, header, []byte(s.Body), noon)
		if got := meaning(r); got != s.Means {
			t.Errorf("%d %s: %s (%v), want %s", s.Status, s.Body, got, r.Err, s.Means)
		}
		if s.Means != meansNotToday && r.RetryAfter != s.Wait {
			t.Errorf("%d %s: wait %v, want %v", s.Status, s.Body, r.RetryAfter, s.Wait)
		}
	}
	if !means[meansDelivered] || !means[meansRefused] || !means[meansLater] {
		t.Errorf("samples only of %v", means)
	}
	for _, a := range f.Answers {
		for _, value := range a.Is {
			if !slices.ContainsFunc(f.Seen, func(s seen) bool {
				got, _ := reply{doc: readJSON([]byte(s.Body))}.field(a.JSON)
				return got == value
			}) {
				t.Errorf("no sample has %s %s", a.JSON, value)
			}
		}
	}
}

var noon = time.Date(2026, 12, 5, 12, 0, 0, 0, time.FixedZone("", 8*3600))

func meaning(r channel.Result) string {
	switch {
	case r.Outcome == channel.Accepted:
		return meansDelivered
	case r.Outcome == channel.Refused:
		return meansRefused
	case r.NotToday:
		return meansNotToday
	}
	return meansLater
}

// "Not today" lasts until the receiver's own midnight, wherever we are.
func TestNotToday(t *testing.T) {
	t.Parallel()
	f := mustLoad(t, "pushplus")
	for now, want := range map[string]time.Duration{
		"2026-12-05T12:00:00+08:00": 12*time.Hour + 5*time.Minute,
		"2026-12-05T15:30:00Z":      35 * time.Minute, // 23:30 there
		"2026-12-05T16:00:00Z":      24 * time.Hour,   // just midnight
		"2026-12-05T23:00:00-05:00": 12*time.Hour + 5*time.Minute,
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		r := f.judge(200, nil, []byte(`{"code":900}`), at)
		if !r.NotToday || r.Outcome != channel.Temporary || r.RetryAfter != want || r.Uncertain {
			t.Errorf("%s: %+v, want %v", now, r, want)
		}
	}
}

// What cannot be understood may have been delivered; what says no was not.
func TestUncertainAnswers(t *testing.T) {
	t.Parallel()
	f := mustLoad(t, "wecom")
	for body, uncertain := range map[string]bool{
		"": true, "<html>": true, `{"errcode":0`: true, `[0]`: true, `{"errcode":[0]}`: true, `{"errcode":0}{}`: true,
		`{"errcode":-1}`: false, `{"errcode":45009}`: false, `{"errcode":"1"}`: false,
	} {
		r := f.judge(200, nil, []byte(body), noon)
		if r.Outcome != channel.Temporary || r.Err == nil || r.Uncertain != uncertain {
			t.Errorf("%s: %+v", body, r)
		}
	}
}

// A status that is no success stays one, whatever the body says.
func TestBodyDoesNotHealStatus(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"wecom": `{"errcode":0}`, "feishu": `{"code":0}`, "telegram": `{"ok":true}`, "slack": "ok", "pushover": `{"status":1}`,
	} {
		for _, status := range []int{302, 404, 500} {
			if r := mustLoad(t, name).judge(status, nil, []byte(body), noon); r.Outcome == channel.Accepted {
				t.Errorf("%s: %d is accepted", name, status)
			}
		}
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

// A signature pasted with the URL would be an hour old soon.
func TestDingtalkReplacesOldSignature(t *testing.T) {
	t.Parallel()
	f := mustLoad(t, "dingtalk")
	set := settings{url: mustURL(t, "https://oapi.dingtalk.com/robot/send?sign=old&access_token=T&timestamp=1"), keys: [][]byte{[]byte("SEC")}}
	r, err := f.render(channel.Letter{ID: "lt_1", Text: "x"}, set, noon)
	if err != nil {
		t.Fatal(err)
	}
	q := r.url.Query()
	if len(q["sign"]) != 1 || q.Get("sign") == "old" || len(q["timestamp"]) != 1 || q.Get("access_token") != "T" {
		t.Errorf("%s", r.url)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]channel.Limit{
		"wecom":    {{N: 20, Per: time.Minute}},
		"feishu":   {{N: 100, Per: time.Minute}, {N: 5, Per: time.Second}},
		"pushplus": {{N: 200, Per: 24 * time.Hour}},
		"standard": nil,
	} {
		if got := (&Channel{format: mustLoad(t, name)}).Limits(); !slices.Equal(got, want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestBadFormats(t *testing.T) {
	t.Parallel()
	const good = "name: x\nsign: none\nbody: '{{.Text}}'\nsuccess: [{body: ok}]\n"
	if _, err := parseFormat([]byte(good)); err != nil {
		t.Fatalf("a good file: %v", err)
	}
	for raw, want := range map[string]string{
		"":                                      "EOF",
		strings.Replace(good, "none", "md5", 1): "unknown sign",
		strings.Replace(good, "{{.Text}}", "{{", 1):                             "body",
		strings.Replace(good, "{{.Text}}", "{{.Colour}}", 1):                    "Colour",
		strings.Replace(good, "{{.Text}}", "hello", 1):                          "says nothing of the letter",
		strings.Replace(good, "{body: ok}", "", 1):                              "no success rule",
		strings.Replace(good, "{body: ok}", "{}", 1):                            "write one of",
		strings.Replace(good, "{body: ok}", "{body: ok, status: [200]}", 1):     "write one of",
		strings.Replace(good, "{body: ok}", "{json: code}", 1):                  "write one of",
		strings.Replace(good, "{body: ok}", "{json: a..b, is: [0]}", 1):         "empty key",
		strings.Replace(good, "{body: ok}", "{status: [20]}", 1):                "2xx",
		strings.Replace(good, "{body: ok}", "{status: [3xx]}", 1):               "3xx is a failure",
		good + "colour: red\n":                                                  "colour",
		good + "escape: html\n":                                                 "unknown escape",
		good + "sizes: {text: {max: 100, unit: runes}}\n":                       "unknown unit",
		good + "sizes: {text: {max: 3, unit: bytes}}\n":                         "no room",
		good + "sizes: {body: {max: 100, unit: characters}}\n":                  "in bytes",
		good + "rates: [20/minute]\n":                                           "20/1m",
		good + "rates: [0/1m]\n":                                                "20/1m",
		good + "day: Asia/Shanghai\n":                                           "+08:00",
		good + "answers: [{body: no, means: maybe, why: x}]\n":                  "unknown meaning",
		good + "answers: [{body: no, means: later}]\n":                          "without why",
		good + "answers: [{means: later, why: x}]\n":                            "write one of",
		good + "retry_after: [{json: a}]\n":                                     "unit",
		good + "headers: {X: '{{.Colour}}'}\n":                                  "Colour",
		good + "content_type: application/json\n":                               "valid JSON",
		strings.Replace(good, "'{{.Text}}'", "'{{.Text}}{{.Params.token}}'", 1): "token",
	} {
		_, err := parseFormat([]byte(raw))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want something about %q", raw, err, want)
		}
	}
}
