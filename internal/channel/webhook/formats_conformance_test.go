package webhook_test

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"repayd/internal/channel/channeltest"
	"repayd/internal/channel/webhook"
	"repayd/internal/secret"
)

// robot is a format as its receiver answers: all with HTTP 200 where the real
// one does.
type robot struct {
	params                   []string
	secret                   string // "" = the format signs nothing
	yes, no, later           channeltest.Answer
	tell                     func(words string) []byte // a refusal that repeats words
	template, prefix, header string
	success                  webhook.Match
}

func ok(body string) channeltest.Answer {
	return channeltest.Answer{Status: http.StatusOK, Body: []byte(body)}
}

func status(n int, body string) channeltest.Answer {
	return channeltest.Answer{Status: n, Body: []byte(body)}
}

// told builds {before, field: words}.
func told(before, field string) func(string) []byte {
	return func(words string) []byte {
		text, _ := json.Marshal(words)
		return []byte("{" + before + `"` + field + `":` + string(text) + "}")
	}
}

func plain(words string) []byte { return []byte(words) }

func robots() map[string]robot {
	return map[string]robot{
		"wecom": {yes: ok(`{"errcode":0}`), no: ok(`{"errcode":40058}`), later: ok(`{"errcode":45009}`),
			tell: told(`"errcode":40058,`, "errmsg"), prefix: "还款"},
		"dingtalk": {secret: "SEC-hunter2", yes: ok(`{"errcode":0}`), no: ok(`{"errcode":310000}`), later: ok(`{"errcode":130101}`),
			tell: told(`"errcode":310000,`, "errmsg")},
		"feishu": {secret: "hunter2-feishu", yes: ok(`{"code":0}`), no: ok(`{"code":19024}`), later: ok(`{"code":11232}`),
			tell: told(`"code":19021,`, "msg")},
		"lark": {secret: "hunter2-lark", yes: ok(`{"StatusCode":0}`), no: ok(`{"code":19022}`), later: ok(`{"code":11232}`),
			tell: told(`"code":19021,`, "msg")},
		"serverchan": {yes: ok(`{"code":0}`), no: status(400, `{"code":40001}`), later: ok(`{"code":1}`), tell: plain},
		"pushplus": {params: []string{"token"}, yes: ok(`{"code":200}`), no: ok(`{"code":903}`), later: ok(`{"code":900}`),
			tell: told(`"code":903,`, "msg")},
		"bark": {params: []string{"device_key"}, yes: ok(`{"code":200}`), no: status(410, `{"code":410}`), later: status(500, ""),
			tell: told(`"code":410,`, "message")},
		"telegram": {params: []string{"chat_id"}, yes: ok(`{"ok":true}`), no: status(403, `{"ok":false}`),
			later: status(429, `{"ok":false,"parameters":{"retry_after":3}}`), tell: told(`"ok":false,`, "description")},
		"slack":      {yes: ok("ok"), no: status(410, "channel_is_archived"), later: status(500, "rollup_error"), tell: plain},
		"discord":    {yes: status(200, `{"id":"1"}`), no: status(404, ""), later: status(429, `{"retry_after":1.5}`), tell: told("", "message")},
		"mattermost": {yes: ok("ok"), no: status(400, ""), later: status(500, ""), tell: told("", "message")},
		"ntfy":       {yes: ok(`{"id":"x"}`), no: status(403, ""), later: status(429, ""), tell: told("", "error")},
		"gotify":     {params: []string{"token"}, yes: ok(`{"id":1}`), no: status(401, ""), later: status(500, ""), tell: told("", "errorDescription")},
		"pushover": {params: []string{"token", "user"}, yes: ok(`{"status":1}`), no: status(400, `{"status":0}`), later: status(429, ""),
			tell: plain},
		"teams": {yes: status(202, ""), no: status(400, ""), later: status(502, ""), tell: plain},
		"json": {params: []string{"room"}, yes: ok(`{"data":{"sent":true}}`), no: status(400, ""), later: ok(`{"data":{"sent":false}}`),
			tell: plain, header: "Bearer tok-hunter2",
			template: `{"text": {{json .Message}}, "room": {{json .Params.room}}}`,
			success:  webhook.Match{JSON: "data.sent", Is: []string{"true"}}},
	}
}

// Every format is a channel like any other, with its receiver's own answers.
func TestFormatsConform(t *testing.T) {
	t.Parallel()
	for name, r := range robots() {
		for _, c := range channeltest.Cases() {
			t.Run(name+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				c.Run(t, func(b channeltest.Behaviour) channeltest.Far { return r.far(t, name, b) })
			})
		}
	}
}

func (r robot) options(name, address string, client *tls.Config) webhook.Options {
	o := webhook.Options{URL: secret.Plain(address), Format: name, Secret: secret.Plain(r.secret), Prefix: r.prefix,
		Template: r.template, Success: r.success, TLSConfig: client, Now: func() time.Time { return at }}
	if len(r.params) > 0 {
		o.Params = map[string]secret.String{}
	}
	for _, p := range r.params {
		o.Params[p] = secret.Plain("param+" + p + "/17")
	}
	if r.header != "" {
		o.Headers = map[string]secret.String{"Authorization": secret.Plain(r.header)}
	}
	return o
}

func (r robot) far(t *testing.T, name string, b channeltest.Behaviour) channeltest.Far {
	t.Helper()
	server, client := certificate(t)
	taken := func(c channeltest.Call) bool { return c.Status == r.yes.Status }
	sink := newSink(t, channeltest.WebhookOptions{TLS: server, Answer: r.answer(b)})
	if b == channeltest.Untrusted {
		_, client = certificate(t)
	}
	c, err := webhook.New(r.options(name, sink.URL()+path, client))
	if err != nil {
		t.Fatal(err)
	}
	if b == channeltest.Absent || b == channeltest.HangsUp {
		sink.Close()
	}
	far := channeltest.Far{Channel: c, Secrets: []string{path, "send-Zx81", "tok+17en", sink.URL(), "还款日 12 月"}}
	for _, s := range []string{r.secret, r.header, strings.TrimPrefix(r.header, "Bearer ")} {
		if s != "" {
			far.Secrets = append(far.Secrets, s)
		}
	}
	for _, p := range r.params {
		far.Secrets = append(far.Secrets, "param+"+p+"/17")
	}
	far.Took = func() []string {
		var took []string
		for _, call := range sink.Calls() {
			if taken(call) && b != channeltest.RefusesFirst || b == channeltest.RefusesFirst && call.Header.Get("webhook-id") != "lt_1" {
				took = append(took, call.Header.Get("webhook-id")+" ")
			}
		}
		return took
	}
	return far
}

// answer is the robot's answer to each call.
func (r robot) answer(b channeltest.Behaviour) func(int, channeltest.Call) channeltest.Answer {
	return func(n int, c channeltest.Call) channeltest.Answer {
		switch b {
		case channeltest.Refuses:
			return r.no
		case channeltest.Postpones:
			return r.later
		case channeltest.RefusesFirst:
			if n == 1 {
				return r.no
			}
			return r.yes
		case channeltest.TakesAndQuits:
			return channeltest.Answer{Drop: true}
		case channeltest.TakesAndHangs, channeltest.Silent:
			return channeltest.Answer{Hang: true}
		case channeltest.Tells:
			words := c.Path + " " + string(c.Body) + " " + r.secret + " " + strings.Join(c.Header.Values("Authorization"), " ")
			for _, p := range r.params {
				words += " param+" + p + "/17"
			}
			told := r.tell(words)
			if r.no.Status != http.StatusOK || r.yes.Status != http.StatusOK {
				return channeltest.Answer{Status: r.no.Status, Body: told}
			}
			return channeltest.Answer{Status: http.StatusOK, Body: told}
		default:
			return r.yes
		}
	}
}

// No format is forgotten here.
func TestEveryFormatConforms(t *testing.T) {
	t.Parallel()
	names := problem(webhook.Options{Format: "?"}, "format")
	_, list, _ := strings.Cut(names, "write one of ")
	all := robots()
	for name := range strings.SplitSeq(list, ", ") {
		if _, ok := all[name]; !ok && name != "standard" { // which TestConformance has
			t.Errorf("%s is not tried", name)
		}
	}
}
