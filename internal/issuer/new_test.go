package issuer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

// A sixth of the bills of the general reader's tests (each build of the whole
// set takes a while) makes a file that holds by itself.
func TestNewIssuerFile(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	at := time.Date(2026, 2, 1, 4, 0, 0, 0, time.UTC)
	for i, w := range strangerMails {
		if i%6 > 0 || w.want == "none" || strings.HasPrefix(w.subject, "Re:") || strings.Contains(w.name, "described") {
			continue
		}
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			raw := Sample{From: "Shop Billing <billing@mail.shop.example>", Received: "2026-02-01", Subject: w.subject, Text: w.text, HTML: w.html}
			data, err := s.New(mail.Parse(raw.raw(at)), Options{Received: at})
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "shop.yaml")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			rep, err := s.TestFile(path)
			if err != nil {
				t.Fatalf("%v\n%s", err, data)
			}
			if rep.Issuers != 1 || rep.Samples != 2 || len(rep.Failures) > 0 {
				t.Errorf("%+v\n%s", rep, data)
			}
			for _, f := range strings.Fields(w.want) {
				k, v, _ := strings.Cut(f, "=")
				if k == "due_date" && !strings.Contains(string(data), v) {
					t.Errorf("the file does not read the due date %s\n%s", v, data)
				}
			}
		})
	}
}

// A file from a private message holds nothing of its owner.
func TestNewIssuerFileIsBlurred(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	at := time.Date(2026, 2, 1, 4, 0, 0, 0, time.UTC)
	raw := strings.ReplaceAll(`From: Northwind <jane.roe@northwind.example>
To: "John Q. Public" <john.public@mail.example>
Subject: Invoice INV-2001 for John Q. Public
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Dear Mr. Public,
Amount due: USD 1,250.00 for john.public, charged to 4111 1111 1111 1111
Due date: 2026-02-15, see https://northwind.example/pay?token=abc123
Invoice number: 18273645501
12 Elm Street, Springfield
IBAN DE89 3704 0044 0532 0130 00, call +1 202 555 0173 or john.public@mail.example
`, "\n", "\r\n")
	data, err := s.New(mail.Parse([]byte(raw)), Options{Received: at})
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Public", "public", "jane.roe", "4111", "token", "18273645501", "Elm", "0532", "0173"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("the file holds %q\n%s", secret, data)
		}
	}
	if !strings.Contains(string(data), "2026-02-15") || !strings.Contains(string(data), "1250.00") {
		t.Errorf("the file does not read the bill\n%s", data)
	}
}

func TestNewIssuerFileRefuses(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	at := time.Date(2026, 2, 1, 4, 0, 0, 0, time.UTC)
	for name, m := range map[string][2]string{
		"described already": {"service@mail.alipay.com", "Amount due: USD 10.00\nDue date: 2026-02-10"},
		"free mail":         {"somebody@gmail.com", "Amount due: USD 10.00\nDue date: 2026-02-10"},
		"no bill":           {"friend@shop.example", "See you at lunch."},
	} {
		if data, err := s.New(mail.Parse(message(m[0], "Hello", m[1])), Options{Received: at}); err == nil {
			t.Errorf("%s: a file was made\n%s", name, data)
		}
	}
}

// The file that was made is one the Set reads the message by.
func TestNewIssuerFileReadsItsMessage(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	at := time.Date(2026, 2, 1, 4, 0, 0, 0, time.UTC)
	m := mail.Parse(message("billing@shop.example", "Ihre Rechnung", "Zahlbetrag: 119,00 EUR\nZahlbar bis: 15.02.2026"))
	data, err := s.New(m, Options{Received: at})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shop.yaml"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	taught, err := Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	rd := taught.Read(m, Options{Received: at, DKIM: []mail.Signature{{Domain: "shop.example", Pass: true}}})
	if rd.Outcome != bill.OutcomeNotices || rd.Notices[0].Issuer != "shop" || rd.Notices[0].AmountDue.Decimal() != "119.00" {
		t.Error(rd.describe())
	}
}
