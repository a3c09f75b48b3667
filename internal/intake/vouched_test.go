package intake

import (
	"testing"

	"repayd/internal/bill"
	"repayd/internal/issuer"
	"repayd/internal/mail"
)

// TestVouched: an answer needs proof for the domain of its one sender.
func TestVouched(t *testing.T) {
	t.Parallel()
	const server = "mx.example.net"
	good := mail.Signature{Domain: "example.com", Pass: true}
	for name, c := range map[string]struct {
		head string
		sigs []mail.Signature
		want bool
	}{
		"nothing":                     {head: "From: <a@example.com>"},
		"DMARC":                       {head: "Authentication-Results: " + server + "; dmarc=pass header.from=example.com\r\nFrom: <a@example.com>", want: true},
		"DMARC of another domain":     {head: "Authentication-Results: " + server + "; dmarc=pass header.from=example.org\r\nFrom: <a@example.com>"},
		"DKIM":                        {head: "Authentication-Results: " + server + "; dkim=pass header.d=example.com\r\nFrom: <a@example.com>", want: true},
		"DKIM of another domain":      {head: "Authentication-Results: " + server + "; dkim=pass header.d=example.org\r\nFrom: <a@example.com>"},
		"DKIM, but DMARC fails":       {head: "Authentication-Results: " + server + "; dkim=pass header.d=example.com; dmarc=fail header.from=example.com\r\nFrom: <a@example.com>"},
		"another server's word":       {head: "Authentication-Results: mx.evil.example; dmarc=pass header.from=example.com\r\nFrom: <a@example.com>"},
		"below the border":            {head: "Received: from out.example.org by " + server + "; Fri, 02 Jan 2026 08:00:00 +0800\r\nAuthentication-Results: " + server + "; dmarc=pass header.from=example.com\r\nFrom: <a@example.com>"},
		"own check":                   {head: "From: <a@example.com>", sigs: []mail.Signature{good}, want: true},
		"own check, subdomain":        {head: "From: <a@mail.example.com>", sigs: []mail.Signature{good}, want: true},
		"own check, another domain":   {head: "From: <a@example.org>", sigs: []mail.Signature{good}},
		"own check fails":             {head: "From: <a@example.com>", sigs: []mail.Signature{{Domain: "example.com"}}},
		"own check, body left open":   {head: "From: <a@example.com>", sigs: []mail.Signature{{Domain: "example.com", Pass: true, Partial: true}}},
		"two senders in one field":    {head: "From: <a@example.com>, <b@example.com>", sigs: []mail.Signature{good}},
		"two fields":                  {head: "From: <a@example.com>\r\nFrom: <a@example.com>", sigs: []mail.Signature{good}},
		"no sender":                   {head: "Subject: x", sigs: []mail.Signature{good}},
		"the account's own, unproven": {head: "From: <shop@163.com>\r\nTo: <shop@163.com>"},
	} {
		r := Read{Message: mail.Parse([]byte(c.head + "\r\n\r\npaid\r\n")), Source: Source{Authserv: []string{server}}, Signatures: c.sigs}
		if got := vouched(r); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if r.Reading = (issuer.Reading{Trust: bill.TrustSuspicious}); vouched(r) {
			t.Errorf("%s: vouched though suspicious", name)
		}
	}
}
