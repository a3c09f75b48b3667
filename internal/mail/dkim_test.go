package mail

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// rfc8463 is the example of RFC 8463 appendix A: one message with an Ed25519
// and an RSA signature, and its keys.
const rfc8463 = `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
`

// rfc6376 is the example of RFC 6376 appendix A.2, in simple canonical form.
const rfc6376 = `DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
      c=simple/simple; q=dns/txt; i=joe@football.example.com;
      h=Received : From : To : Subject : Date : Message-ID;
      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
      4bmp/YzhwvcubU4=;
Received: from client1.football.example.com  [192.0.2.1]
      by submitserver.example.com with SUBMISSION;
      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game. Are you hungry yet?

Joe.
`

const (
	rfcEd25519Key = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
	rfc6376Key    = "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
	rfcRSAKey     = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
)

func rfcKeys(_ context.Context, name string) ([]string, error) {
	switch name {
	case "brisbane._domainkey.football.example.com":
		return []string{rfcEd25519Key}, nil
	case "test._domainkey.football.example.com":
		return []string{"unrelated", rfcRSAKey}, nil
	}
	return nil, errors.New("no such name")
}

func TestVerifyDKIMVectors(t *testing.T) {
	t.Parallel()
	crlf := strings.ReplaceAll(rfc8463, "\n", "\r\n")
	for name, raw := range map[string]string{
		"as sent": crlf, "line feeds alone": rfc8463, "from an mbox": "From x\n" + rfc8463,
		"relaxed blanks":         strings.Replace(strings.Replace(crlf, "game.  Are", "game. \t Are", 1), "Subject: Is", "subject:   Is", 1),
		"empty lines at the end": crlf + "\r\n\r\n",
	} {
		sigs := VerifyDKIM(t.Context(), []byte(raw), rfcKeys)
		if len(sigs) != 2 || !sigs[0].Pass || !sigs[1].Pass || sigs[0].Partial || sigs[0].Domain != "football.example.com" {
			t.Errorf("%s: %+v", name, sigs)
		}
	}
	for name, raw := range map[string]string{
		"changed body":    strings.Replace(crlf, "lost", "won", 1),
		"changed subject": strings.Replace(crlf, "dinner", "supper", 1),
		"second From":     strings.Replace(crlf, "From: Joe", "From: evil@evil.example\r\nFrom: Joe", 1),
		"changed domain":  strings.ReplaceAll(crlf, "d=football.example.com", "d=example.com"),
		"added to body":   crlf + "more\r\n",
		"header only":     strings.SplitAfter(crlf, "\r\n\r\n")[0],
	} {
		for _, s := range VerifyDKIM(t.Context(), []byte(raw), rfcKeys) {
			if s.Pass || s.Reason == "" {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

func TestVerifyDKIMSimple(t *testing.T) {
	t.Parallel()
	keys := func(context.Context, string) ([]string, error) { return []string{rfc6376Key}, nil }
	raw := strings.ReplaceAll(rfc6376, "\n", "\r\n")
	got := VerifyDKIM(t.Context(), []byte(raw), keys)
	if len(got) != 1 || !got[0].Pass || got[0].Domain != "example.com" {
		t.Errorf("got %+v", got)
	}
	for name, changed := range map[string]string{
		"a blank in the body":   strings.Replace(raw, "game. Are", "game.  Are", 1),
		"a blank in a field":    strings.Replace(raw, "Subject: Is", "Subject:  Is", 1),
		"a blank at line's end": strings.Replace(raw, "Joe.\r\n", "Joe. \r\n", 1),
	} {
		if got := VerifyDKIM(t.Context(), []byte(changed), keys); len(got) != 1 || got[0].Pass {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// sign signs a message of bank.example with an Ed25519 key; names are the
// signed fields.
func sign(t *testing.T, o dkim.SignOptions, names, message string) (raw string, keys func(context.Context, string) ([]string, error)) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	o.Domain, o.Selector, o.Signer, o.HeaderKeys = "bank.example", "k", key, strings.Split(names, ":")
	o.HeaderCanonicalization, o.BodyCanonicalization = dkim.CanonicalizationRelaxed, dkim.CanonicalizationRelaxed
	var out strings.Builder
	if err := dkim.Sign(&out, strings.NewReader(message), &o); err != nil {
		t.Fatal(err)
	}
	record := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	return out.String(), func(context.Context, string) ([]string, error) { return []string{record}, nil }
}

// splitSigned parts the signature's field from the message it signs.
func splitSigned(raw string) (field, rest string) {
	i := strings.Index(raw, "\r\nFrom:") + 2
	return raw[:i], raw[i:]
}

func TestVerifyDKIMCoverage(t *testing.T) {
	t.Parallel()
	const message = "From: a@bank.example\r\nSubject: s\r\nContent-Type: text/plain\r\n\r\n应还 5\r\n"
	plain, expired := dkim.SignOptions{}, dkim.SignOptions{Expiration: time.Unix(2, 0)}
	onTop := func(lines string) func(string) string { return func(s string) string { return lines + "\r\n" + s } }
	in := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	tests := []struct {
		name          string
		options       dkim.SignOptions
		names         string
		change        func(string) string
		pass, partial bool
	}{
		{"everything signed", plain, "From:Subject:Content-Type", onTop("X-Later: ours"), true, false},
		{"l=", plain, "From:Subject", in("v=1;", "v=1; l=8;"), false, false},
		{"text appended", plain, "From:Subject", func(s string) string { return s + "应还 0\r\n" }, false, false},
		{"Subject not signed", plain, "From", nil, true, true},
		{"a second Subject on top", plain, "From:Subject", onTop("Subject: t"), true, true},
		{"a second Subject with a blank before the colon", plain, "From:Subject", onTop("Subject : t"), true, true},
		{"a second Content-Type on top", plain, "From:Subject:Content-Type", onTop("Content-Type: text/html"), true, true},
		{"a second Subject where both places are signed", plain, "From:Subject:Subject", onTop("Subject: t"), false, false},
		{"a second From on top", plain, "From:Subject", onTop("From: evil@evil.example"), false, false},
		{"a line that Parse would join to the Subject", plain, "From:Subject", in("Subject: s\r\n", "Subject: s\r\nand nothing to pay\r\n"), true, true},
		{"a line that Parse would take for the body", plain, "From:Subject", in("Subject: s\r\n", "Subject: s\r\n<p>应还 0</p>\r\n"), true, true},
		{"a line of two carriage returns", plain, "From:Subject", in("Subject: s\r\n", "Subject: s\r\n\r\r\n应还 0\r\n"), true, true},
		{"i= elsewhere", plain, "From:Subject", in("v=1;", "v=1; i=@evil.example;"), false, false},
		{"expired", expired, "From:Subject", nil, false, false},
		{"repeated tag", plain, "From:Subject", in("v=1;", "v=1; s=j;"), false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw, keys := sign(t, tt.options, tt.names, message)
			if tt.change != nil {
				raw = tt.change(raw)
			}
			got := VerifyDKIM(t.Context(), []byte(raw), keys)
			if len(got) != 1 || got[0].Pass != tt.pass || got[0].Partial != tt.partial {
				t.Errorf("got %+v, want pass %v partial %v\n%s", got, tt.pass, tt.partial, raw)
			}
		})
	}
}

func TestVerifyDKIMKeys(t *testing.T) {
	t.Parallel()
	raw, keys := sign(t, dkim.SignOptions{}, "From:Subject", "From: a@bank.example\r\nSubject: s\r\n\r\nx\r\n")
	good, err := keys(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for name, records := range map[string][]string{
		"none": nil, "two": {good[0], good[0]}, "revoked": {"v=DKIM1; k=ed25519; p="}, "other version": {strings.Replace(good[0], "DKIM1", "DKIM2", 1)},
		"other kind": {rfcRSAKey}, "testing": {good[0] + "; t=y"}, "other hash": {good[0] + "; h=sha1"}, "other service": {good[0] + "; s=web"},
		"garbage": {"p=%%%"}, "short": {"k=ed25519; p=AAAA"}, "huge": {good[0] + "; n=" + strings.Repeat("x", 3000)},
	} {
		got := VerifyDKIM(t.Context(), []byte(raw), func(context.Context, string) ([]string, error) { return records, nil })
		if len(got) != 1 || got[0].Pass {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestVerifyDKIMBounds(t *testing.T) {
	t.Parallel()
	raw, _ := sign(t, dkim.SignOptions{}, "From:Subject", "From: a@bank.example\r\nSubject: s\r\n\r\nx\r\n")
	field, rest := splitSigned(raw)
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		start := time.Now()
		got := VerifyDKIM(t.Context(), []byte(strings.Repeat(field, 50)+rest), func(ctx context.Context, _ string) ([]string, error) {
			asked.Add(1)
			<-ctx.Done()
			return nil, ctx.Err()
		})
		if len(got) != 3 || asked.Load() > 3 || time.Since(start) != 3*time.Second {
			t.Errorf("%d signatures, %d look-ups, %v", len(got), asked.Load(), time.Since(start))
		}
		for _, s := range got {
			if s.Pass || s.Domain != "bank.example" {
				t.Errorf("%+v", s)
			}
		}
	})
}

// TestVerifyDKIMHostile holds real time: without the bounds these take three
// to thirteen seconds.
func TestVerifyDKIMHostile(t *testing.T) {
	raw, keys := sign(t, dkim.SignOptions{}, "From:Subject", "From: a@bank.example\r\nSubject: s\r\n\r\nx\r\n")
	field, rest := splitSigned(raw)
	simple := strings.Replace(field, "relaxed/relaxed", "simple/simple", 1)
	for name, raw := range map[string]string{
		"empty lines without end":     simple + simple + rest + strings.Repeat("\r\n", 5<<20),
		"a field of many short lines": field + "X: y\r\n" + strings.Repeat(" \n", 100_000) + rest,
		"a long list of fields":       strings.Replace(field, "h=From", "h=From"+strings.Repeat(":a", 100_000), 1) + strings.Repeat("X: y\r\n", 1500) + rest,
	} {
		start := time.Now()
		for _, s := range VerifyDKIM(t.Context(), []byte(raw), keys) {
			if s.Pass {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}

func FuzzVerifyDKIM(f *testing.F) {
	f.Add([]byte(rfc8463))
	f.Add([]byte(rfc6376))
	f.Add([]byte("DKIM-Signature: v=1; a=; b=; bh=; d=x; h=From; s=; l=1; t=x\nFrom: a\n\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, s := range VerifyDKIM(t.Context(), raw, func(context.Context, string) ([]string, error) { return []string{rfcRSAKey}, nil }) {
			if s.Pass && s.Domain == "" || !s.Pass && s.Reason == "" || s.Partial && !s.Pass {
				t.Fatalf("%+v", s)
			}
		}
	})
}
