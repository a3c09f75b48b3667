package webhook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"repayd/internal/channel"
	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/webhook"
	"repayd/internal/secret"
)

func letter() channel.Letter {
	return channel.Letter{ID: "lt_1", Type: "bill.reminder", Data: json.RawMessage(`{"letter": "lt_1"}`)}
}

// send sends one letter through a new session.
func send(t *testing.T, c *webhook.Channel, l channel.Letter) channel.Result {
	t.Helper()
	s, err := c.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return s.Send(t.Context(), l)[0]
}

func TestRequest(t *testing.T) {
	t.Parallel()
	sink := newSink(t, channeltest.WebhookOptions{})
	if r := send(t, newChannel(t, sink.URL()+"hook?x=1", nil), letter()); r.Err != nil {
		t.Fatal(r.Err)
	}
	call := sink.Calls()[0]
	if want := `{"type":"bill.reminder","timestamp":"2026-12-05T01:00:00Z","data":{"letter":"lt_1"}}`; string(call.Body) != want {
		t.Errorf("body\n%s, want\n%s", call.Body, want)
	}
	if call.Method != "POST" || call.Path != "/hook?x=1" {
		t.Errorf("%s %s", call.Method, call.Path)
	}
	for name, want := range map[string]string{
		"webhook-id": "lt_1", "webhook-timestamp": "1796432400",
		"Content-Type": "application/json", "User-Agent": "repayd",
	} {
		if got := call.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(call.Header.Get("webhook-signature"), "v1,") {
		t.Errorf("signature %q", call.Header.Get("webhook-signature"))
	}
}

func TestURLWithPassword(t *testing.T) {
	t.Parallel()
	sink := newSink(t, channeltest.WebhookOptions{})
	address := strings.Replace(sink.URL(), "http://", "http://shop:pa55@", 1)
	if r := send(t, newChannel(t, address, nil), letter()); r.Err != nil {
		t.Fatal(r.Err)
	}
	if got := sink.Calls()[0].Header.Get("Authorization"); got != "Basic c2hvcDpwYTU1" {
		t.Errorf("authorization %q", got)
	}
}

// answerTest is an answer and what it means.
type answerTest struct {
	status     int
	retryAfter string
	want       channel.Outcome
	wait       time.Duration
}

func answerTests() []answerTest {
	date := func(d time.Duration) string { return at.Add(d).UTC().Format(http.TimeFormat) }
	return []answerTest{
		{200, "", channel.Accepted, 0},
		{202, "60", channel.Accepted, 0},
		{204, "", channel.Accepted, 0},
		{299, "", channel.Accepted, 0},
		{300, "", channel.Temporary, 0},
		{301, "", channel.Refused, 0},
		{302, "", channel.Temporary, 0},
		{307, "", channel.Temporary, 0},
		{308, "", channel.Refused, 0},
		{400, "30", channel.Refused, 0},
		{401, "", channel.Refused, 0},
		{404, "", channel.Refused, 0},
		{408, "", channel.Temporary, 0},
		{410, "", channel.Refused, 0},
		{413, "", channel.Refused, 0},
		{425, "", channel.Temporary, 0},
		{429, "30", channel.Temporary, 30 * time.Second},
		{429, " 7 ", channel.Temporary, 7 * time.Second},
		{429, date(90 * time.Second), channel.Temporary, 89500 * time.Millisecond},
		{429, date(-time.Hour), channel.Temporary, 0},
		{429, "86400", channel.Temporary, time.Hour},
		{429, "99999999999999999999999", channel.Temporary, time.Hour},
		{429, date(100 * 24 * time.Hour), channel.Temporary, time.Hour},
		{429, "-5", channel.Temporary, 0},
		{429, "soon", channel.Temporary, 0},
		{500, "", channel.Temporary, 0},
		{501, "", channel.Temporary, 0},
		{503, "120", channel.Temporary, 2 * time.Minute},
		{599, "", channel.Temporary, 0},
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range answerTests() {
		t.Run(fmt.Sprintf("%d %s", tt.status, tt.retryAfter), func(t *testing.T) {
			t.Parallel()
			testAnswer(t, tt)
		})
	}
}

func testAnswer(t *testing.T, tt answerTest) {
	t.Helper()
	elsewhere := newSink(t, channeltest.WebhookOptions{})
	h := http.Header{"Location": {elsewhere.URL()}}
	if tt.retryAfter != "" {
		h.Set("Retry-After", tt.retryAfter)
	}
	sink := newSink(t, channeltest.WebhookOptions{Answer: func(int, channeltest.Call) channeltest.Answer {
		return channeltest.Answer{Status: tt.status, Header: h}
	}})
	r := send(t, newChannel(t, sink.URL(), nil), letter())
	if r.Outcome != tt.want || r.RetryAfter != tt.wait || r.Uncertain {
		t.Errorf("%v, wait %v, uncertain %v; want %v, %v", r.Outcome, r.RetryAfter, r.Uncertain, tt.want, tt.wait)
	}
	if (r.Err == nil) != (tt.want == channel.Accepted) {
		t.Errorf("error %v", r.Err)
	}
	if r.Err != nil && !strings.Contains(r.Err.Error(), fmt.Sprint(tt.status)) {
		t.Errorf("the error does not name the status: %v", r.Err)
	}
	if n := len(elsewhere.Calls()); n > 0 {
		t.Errorf("a redirect was followed")
	}
}

// An answer without end must not be read without end, and what it says must not
// turn a 2xx into anything else.
func TestHugeAnswer(t *testing.T) {
	t.Parallel()
	sink := newSink(t, channeltest.WebhookOptions{Answer: func(int, channeltest.Call) channeltest.Answer {
		return channeltest.Answer{Status: 200, Body: make([]byte, 32<<20)}
	}})
	if r := send(t, newChannel(t, sink.URL(), nil), letter()); r.Outcome != channel.Accepted {
		t.Errorf("%v: %v", r.Outcome, r.Err)
	}
}

// An answer that breaks off, or is larger than anybody's, says nothing about a
// letter that only the answer's words could call delivered.
func TestBrokenAnswer(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"breaks off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"errcode":0}`))
		},
		"huge": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"errcode":0,"errmsg":"` + strings.Repeat("x", 1<<20) + `"}`))
		},
	} {
		server := httptest.NewServer(answer)
		t.Cleanup(server.Close)
		robot, err := webhook.New(webhook.Options{URL: secret.Plain(server.URL), Format: "wecom"})
		if err != nil {
			t.Fatal(err)
		}
		if r := send(t, robot, letter()); r.Outcome != channel.Temporary || !r.Uncertain || r.Err == nil {
			t.Errorf("%s: %+v", name, r)
		}
		if r := send(t, newChannel(t, server.URL, nil), letter()); r.Outcome != channel.Accepted {
			t.Errorf("%s: by status alone: %+v", name, r)
		}
	}
}

// A receiver that never answers costs 20 seconds, without a context's help.
func TestSilenceIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe := channeltest.NewPipe()
		sink, err := channeltest.NewWebhookSink(channeltest.WebhookOptions{Listener: pipe,
			Answer: func(int, channeltest.Call) channeltest.Answer { return channeltest.Answer{Hang: true} }})
		if err != nil {
			t.Fatal(err)
		}
		defer sink.Close()
		c, err := webhook.New(webhook.Options{URL: secret.Plain("http://127.0.0.1/x"), Secret: secret.Plain(key), Dial: pipe.Dial})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		r := send(t, c, letter())
		if spent := time.Since(begun); spent != 20*time.Second {
			t.Errorf("it took %v", spent)
		}
		if r.Outcome != channel.Temporary || !r.Uncertain || !strings.Contains(r.Err.Error(), "no answer within 20s") {
			t.Errorf("%+v", r)
		}
	})
}

func TestConnectionIsReused(t *testing.T) {
	t.Parallel()
	server, client := certificate(t)
	sink := newSink(t, channeltest.WebhookOptions{TLS: server, Answer: func(int, channeltest.Call) channeltest.Answer {
		return channeltest.Answer{Status: 200, Body: make([]byte, 4<<10)}
	}})
	s, err := newChannel(t, sink.URL(), client).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 50 {
		if r := s.Send(t.Context(), letter())[0]; r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	if n := sink.Connections(); n != 1 {
		t.Errorf("%d connections for 50 letters", n)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	good := webhook.Options{URL: secret.Plain("https://example.com/x"), Secret: secret.Plain(key)}
	if p := good.Validate(); len(p) > 0 {
		t.Fatalf("good options: %v", p)
	}
	tests := []struct {
		name   string
		change func(*webhook.Options)
		key    string
		want   string
	}{
		{"no url", func(o *webhook.Options) { o.URL = secret.String{} }, "url", "missing"},
		{"http", func(o *webhook.Options) { o.URL = secret.Plain("http://example.com/tok-secret") }, "url", "https"},
		{"ftp", func(o *webhook.Options) { o.URL = secret.Plain("ftp://example.com/tok-secret") }, "url", "https"},
		{"no host", func(o *webhook.Options) { o.URL = secret.Plain("https:///tok-secret") }, "url", "host"},
		{"no url at all", func(o *webhook.Options) { o.URL = secret.Plain("tok-secret") }, "url", "host"},
		{"bad escape", func(o *webhook.Options) { o.URL = secret.Plain("https://h/%zz-tok-secret") }, "url", "not a URL"},
		{"no secret", func(o *webhook.Options) { o.Secret = secret.String{} }, "secret", "missing"},
		{"no prefix", func(o *webhook.Options) { o.Secret = secret.Plain("tok-secret") }, "secret", "whsec_"},
		{"no base64", func(o *webhook.Options) { o.Secret = secret.Plain("whsec_tok-secret!") }, "secret", "base64"},
		{"23 bytes", func(o *webhook.Options) { o.Secret = secret.Plain("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=") }, "secret", "23 bytes"},
		{"65 bytes", func(o *webhook.Options) { o.Secret = secret.Plain("whsec_" + strings.Repeat("AAAA", 21) + "AAA=") }, "secret", "65 bytes"},
		{"format", func(o *webhook.Options) { o.Format = "email" }, "format", "dingtalk, discord, feishu"},
		{"format path", func(o *webhook.Options) { o.Format = "../formats/standard" }, "format", "standard"},
	}
	for _, tt := range tests {
		o := good
		tt.change(&o)
		if got := problem(o, tt.key); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want something about %q", tt.name, got, tt.want)
		}
		_, err := webhook.New(o)
		var p channel.Problem
		if !errors.As(err, &p) || p.Key != tt.key {
			t.Errorf("%s: New: %v", tt.name, err)
		}
		if strings.Contains(fmt.Sprintf("%v %#v", err, err), "tok-secret") {
			t.Errorf("%s: the problem shows a secret: %v", tt.name, err)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://localhost:8080/x", "http://127.0.0.1/x", "http://127.9.9.9:1/", "http://[::1]:80/x"} {
		o := webhook.Options{URL: secret.Plain(address), Secret: secret.Plain(key)}
		if p := o.Validate(); len(p) > 0 {
			t.Errorf("%s: %v", address, p)
		}
	}
}

func TestBadData(t *testing.T) {
	t.Parallel()
	sink := newSink(t, channeltest.WebhookOptions{})
	for _, data := range []string{"[1]", "{", "null", "1", `{}{}`, " "} {
		l := letter()
		l.Data = json.RawMessage(data)
		if r := send(t, newChannel(t, sink.URL(), nil), l); r.Outcome != channel.Refused {
			t.Errorf("data %q: %v", data, r.Outcome)
		}
	}
	if n := len(sink.Calls()); n > 0 {
		t.Errorf("%d calls", n)
	}
}

// BenchmarkSend sends letters through one session to a receiver on this machine.
func BenchmarkSend(b *testing.B) {
	sink, err := channeltest.NewWebhookSink(channeltest.WebhookOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer sink.Close()
	c, err := webhook.New(webhook.Options{URL: secret.Plain(sink.URL()), Secret: secret.Plain(key)})
	if err != nil {
		b.Fatal(err)
	}
	s, err := c.Open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		if r := s.Send(b.Context(), letter())[0]; r.Err != nil {
			b.Fatal(r.Err)
		}
	}
	b.ReportMetric(float64(sink.Connections()), "connections")
}
