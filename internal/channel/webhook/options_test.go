package webhook_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"

	"repayd/internal/channel"
	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/webhook"
	"repayd/internal/secret"
)

// own are good options of the format json.
func own() webhook.Options {
	return webhook.Options{URL: secret.Plain("https://example.com/x"), Format: "json",
		Template: `{"text": {{json .Message}}}`, Success: webhook.Match{Body: "ok"}}
}

func telegram() webhook.Options {
	return webhook.Options{URL: secret.Plain("https://example.com/x"), Format: "telegram",
		Params: map[string]secret.String{"chat_id": secret.Plain("1")}}
}

func standard() webhook.Options {
	return webhook.Options{URL: secret.Plain("https://example.com/x"), Secret: secret.Plain(key)}
}

func TestFormatOptions(t *testing.T) {
	t.Parallel()
	params := func(names ...string) map[string]secret.String {
		out := map[string]secret.String{}
		for _, n := range names {
			out[n] = secret.Plain("tok-secret")
		}
		return out
	}
	tests := []struct {
		name   string
		from   func() webhook.Options
		change func(*webhook.Options)
		key    string
		want   string // "" = nothing is wrong
	}{
		{"telegram", telegram, func(*webhook.Options) {}, "", ""},
		{"no url", telegram, func(o *webhook.Options) { o.URL = secret.String{} }, "url", "https://api.telegram.org/botTOKEN/sendMessage"},
		{"no chat", telegram, func(o *webhook.Options) { o.Params = nil }, "params", "chat_id is missing"},
		{"empty chat", telegram, func(o *webhook.Options) { o.Params["chat_id"] = secret.Plain("") }, "params", "chat_id is missing"},
		{"unknown param", telegram, func(o *webhook.Options) { o.Params["chat"] = secret.Plain("1") }, "params", `no "chat": write chat_id`},
		{"param of a format without", standard, func(o *webhook.Options) { o.Params = params("x") }, "params", "needs none"},
		{"secret without signature", telegram, func(o *webhook.Options) { o.Secret = secret.Plain("tok-secret") }, "secret", "signs nothing"},
		{"template", telegram, func(o *webhook.Options) { o.Template = "x" }, "template", "format json"},
		{"headers", telegram, func(o *webhook.Options) { o.Headers = params("X") }, "headers", "format json"},
		{"success", telegram, func(o *webhook.Options) { o.Success.Body = "ok" }, "success", "format json"},
		{"prefix", telegram, func(o *webhook.Options) { o.Prefix = "还款" }, "prefix", ""},
		{"prefix without subject", standard, func(o *webhook.Options) { o.Prefix = "还款" }, "prefix", "no subject"},
		{"long prefix", telegram, func(o *webhook.Options) { o.Prefix = strings.Repeat("还", 41) }, "prefix", "40"},
		{"prefix of lines", telegram, func(o *webhook.Options) { o.Prefix = "a\nb" }, "prefix", "line breaks"},
		{"several keys", standard, func(o *webhook.Options) { o.Secrets = []secret.String{secret.Plain(key)} }, "secret", ""},
		{"only a list", standard, func(o *webhook.Options) { o.Secret, o.Secrets = secret.String{}, []secret.String{o.Secret} }, "secret", ""},
	}
	for _, tt := range tests {
		o := tt.from()
		tt.change(&o)
		checkProblem(t, tt.name, o, tt.key, tt.want)
	}
}

func checkProblem(t *testing.T, name string, o webhook.Options, key, want string) {
	t.Helper()
	got := problem(o, key)
	if want == "" && len(o.Validate()) > 0 || !strings.Contains(got, want) || strings.Contains(got, "tok-secret") {
		t.Errorf("%s: %q, want something about %q; all: %v", name, got, want, o.Validate())
	}
}

// TestOwnSize: a letter to a receiver of one's own is condensed to the size that
// it takes, in its unit and never inside a rune.
func TestOwnSize(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("花呗 ¥1,234.56 元 \U0001F4A1 12 月 10 日\n", 300)
	for size, fits := range map[string]func(message, body string) bool{
		"1000 bytes":      func(_, body string) bool { return len(body) <= 1000 && len(body) > 900 },
		"1000 characters": func(m, _ string) bool { n := len(utf16.Encode([]rune(m))); return n <= 1000 && n > 900 },
	} {
		sink := newSink(t, channeltest.WebhookOptions{})
		c, err := webhook.New(webhook.Options{URL: secret.Plain(sink.URL()), Format: "json", Template: `{"m": {{json .Message}}}`,
			Success: webhook.Match{Status: []string{"2xx"}}, Size: size})
		if err != nil {
			t.Fatal(err)
		}
		l := letter()
		l.Subject, l.Text = "300 笔待还", long
		if r := send(t, c, l); r.Outcome != channel.Accepted {
			t.Fatalf("%s: %v", size, r.Err)
		}
		body := string(sink.Calls()[0].Body)
		var got struct{ M string }
		if err := json.Unmarshal([]byte(body), &got); err != nil || !fits(got.M, body) || strings.ContainsRune(got.M, '\uFFFD') {
			t.Errorf("%s: %v, %d bytes: %.80q", size, err, len(body), got.M)
		}
		if !strings.HasPrefix(got.M, "300 笔待还\n\n花呗") || !strings.HasSuffix(got.M, "…") {
			t.Errorf("%s: begins %.40q", size, got.M)
		}
	}
	for _, size := range []string{"2000", "many bytes", "2000 chars", "5 bytes", "-1 bytes", "2000  bytes"} {
		o := webhook.Options{URL: secret.Plain("https://hooks.example.com/x"), Format: "json", Template: `{{.Nope}}`,
			Success: webhook.Match{Status: []string{"2xx"}}, Size: size}
		if problem(o, "size") == "" || problem(o, "template") == "" {
			t.Errorf("%q: size %q, template %q", size, problem(o, "size"), problem(o, "template"))
		}
	}
	if o := (webhook.Options{URL: secret.Plain("https://hooks.example.com/x"), Format: "slack", Size: "100 bytes"}); problem(o, "size") == "" {
		t.Error("a size beside a format that knows its own is accepted")
	}
}

func TestOwnFormat(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*webhook.Options)
		key    string
		want   string
	}{
		{"good", func(*webhook.Options) {}, "", ""},
		{"status", func(o *webhook.Options) { o.Success = webhook.Match{Status: []string{"2xx"}} }, "success", ""},
		{"no template", func(o *webhook.Options) { o.Template = "" }, "template", "missing"},
		{"open braces", func(o *webhook.Options) { o.Template = "{{" }, "template", "unclosed"},
		{"unknown value", func(o *webhook.Options) { o.Template = "{{.Colour}}" }, "template", "Colour"},
		{"unknown param", func(o *webhook.Options) { o.Template = `{"t":{{json .Text}},"u":{{json .Params.user}}}` }, "template", "user"},
		{"pasted text", func(o *webhook.Options) { o.Template = `{"text": "{{.Text}}"}` }, "template", "no valid JSON"},
		{"double quotes", func(o *webhook.Options) { o.Template = `{"text": "{{json .Text}}"}` }, "template", "no valid JSON"},
		{"no words", func(o *webhook.Options) { o.Template = `{"text": "hello"}` }, "template", "says nothing"},
		{"no success", func(o *webhook.Options) { o.Success = webhook.Match{} }, "success", "missing"},
		{"path without value", func(o *webhook.Options) { o.Success = webhook.Match{JSON: "code"} }, "success", "write one of"},
		{"two ways", func(o *webhook.Options) { o.Success.Status = []string{"200"} }, "success", "write one of"},
		{"odd status", func(o *webhook.Options) { o.Success = webhook.Match{Status: []string{"OK"}} }, "success", "2xx"},
		{"failing status", func(o *webhook.Options) { o.Success = webhook.Match{Status: []string{"200", "404"}} }, "success", "404 is a failure"},
		{"header", func(o *webhook.Options) { o.Headers = map[string]secret.String{"X Y": secret.Plain("1")} }, "headers", "no header's name"},
		{"our header", func(o *webhook.Options) { o.Headers = map[string]secret.String{"Webhook-ID": secret.Plain("1")} }, "headers", "itself"},
		{"param", func(o *webhook.Options) { o.Params = map[string]secret.String{"a-b": secret.Plain("1")} }, "params", "no name"},
		{"secret", func(o *webhook.Options) { o.Secret = secret.Plain(key) }, "secret", "signs nothing"},
		{"form", func(o *webhook.Options) {
			o.Template = "text={{query .Text}}"
			o.Headers = map[string]secret.String{"Content-Type": secret.Plain("application/x-www-form-urlencoded")}
		}, "template", ""},
	}
	for _, tt := range tests {
		o := own()
		tt.change(&o)
		checkProblem(t, tt.name, o, tt.key, tt.want)
	}
}

func TestRobotSecrets(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"dingtalk", "feishu", "lark"} {
		o := webhook.Options{URL: secret.Plain("https://example.com/x"), Format: format}
		checkProblem(t, format+" without", o, "secret", "")
		o.Secret = secret.Plain("SECabc123")
		checkProblem(t, format, o, "secret", "")
		o.Secret = secret.Plain("tok-secret with spaces")
		checkProblem(t, format+" with spaces", o, "secret", "copy it whole")
		o.Secret, o.Secrets = secret.Plain("SECabc"), []secret.String{secret.Plain("SECdef")}
		checkProblem(t, format+" twice", o, "secret", "one key")
	}
	o := standard()
	o.Secrets = []secret.String{secret.Plain(key), secret.Plain("tok-secret")}
	checkProblem(t, "second of a list", o, "secret[1]", "whsec_")
}

// Each key signs, the main one first.
func TestKeysRotate(t *testing.T) {
	t.Parallel()
	sink := newSink(t, channeltest.WebhookOptions{})
	o := standard()
	o.URL = secret.Plain(sink.URL())
	o.Secrets = []secret.String{secret.Plain("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")}
	c, err := webhook.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if r := send(t, c, letter()); r.Err != nil {
		t.Fatal(r.Err)
	}
	got := strings.Split(sink.Calls()[0].Header.Get("webhook-signature"), " ")
	if len(got) != 2 || got[0] == got[1] || !strings.HasPrefix(got[0], "v1,") || !strings.HasPrefix(got[1], "v1,") {
		t.Errorf("%q", got)
	}
}

// What the owner's own template sends.
func TestOwnRequest(t *testing.T) {
	t.Parallel()
	sink := newSink(t, channeltest.WebhookOptions{Answer: func(int, channeltest.Call) channeltest.Answer {
		return channeltest.Answer{Status: http.StatusOK, Body: []byte(" ok\n")}
	}})
	o := own()
	o.URL, o.Prefix = secret.Plain(sink.URL()+"notify?key=1"), "【还款】"
	o.Template = `{"title": {{json .Subject}}, "text": {{json .Text}}, "id": {{json .ID}}, "to": {{json .Params.room}}}`
	o.Params = map[string]secret.String{"room": secret.Plain("r 1")}
	o.Headers = map[string]secret.String{"Authorization": secret.Plain("Bearer tok")}
	c, err := webhook.New(o)
	if err != nil {
		t.Fatal(err)
	}
	l := letter()
	l.Subject, l.Text = "花呗", "a \"b\"\n<c>\n"
	if r := send(t, c, l); r.Err != nil {
		t.Fatal(r.Err)
	}
	call := sink.Calls()[0]
	if want := `{"title": "【还款】 花呗", "text": "a \"b\"\n<c>", "id": "lt_1", "to": "r 1"}`; string(call.Body) != want {
		t.Errorf("body %s, want %s", call.Body, want)
	}
	if call.Header.Get("Authorization") != "Bearer tok" || call.Header.Get("Content-Type") != "application/json" || call.Path != "/notify?key=1" {
		t.Errorf("%s %v", call.Path, call.Header)
	}
}

// A file that cannot be read, or holds what cannot be sent, is told at Open.
func TestOpenReadsEverything(t *testing.T) {
	t.Parallel()
	missing := secret.File(t.TempDir() + "/none")
	for name, change := range map[string]func(*webhook.Options){
		"params":  func(o *webhook.Options) { o.Params = map[string]secret.String{"p": missing} },
		"headers": func(o *webhook.Options) { o.Headers = map[string]secret.String{"X": missing} },
		"header X": func(o *webhook.Options) {
			o.Headers = map[string]secret.String{"X": secret.Plain("tok-secret\r\nY: 1")}
		},
	} {
		o := own()
		change(&o)
		c, err := webhook.New(o)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Open(t.Context())
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "tok-secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Half a secret is a secret too: what a receiver repeats is cut last.
func TestToldWordsAreCutLast(t *testing.T) {
	t.Parallel()
	const token = "tok-0123456789-hunter2"
	for n := 170; n < 210; n++ {
		sink := newSink(t, channeltest.WebhookOptions{Answer: func(int, channeltest.Call) channeltest.Answer {
			return channeltest.Answer{Status: http.StatusForbidden, Body: []byte(strings.Repeat("x", n) + token)}
		}})
		c, err := webhook.New(webhook.Options{URL: secret.Plain(sink.URL() + token), Format: "slack"})
		if err != nil {
			t.Fatal(err)
		}
		r := send(t, c, letter())
		if r.Outcome != channel.Refused || strings.Contains(r.Err.Error(), "tok-") {
			t.Fatalf("%v: %v", r.Outcome, r.Err)
		}
		sink.Close()
	}
}
