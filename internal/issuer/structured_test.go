package issuer

import (
	"strings"
	"testing"
	"time"

	"repayd/internal/bill"
	"repayd/internal/mail"
)

func htmlMessage(from, html string, head ...string) *mail.Message {
	raw := string(message(from, "Invoice", html, head...))
	return mail.Parse([]byte(strings.Replace(raw, "text/plain", "text/html", 1)))
}

var gmailSample = `<script type="application/ld+json">{"@context":"http://schema.org","@type":"Invoice","accountId":"123-456-789",
 "minimumPaymentDue":{"@type":"PriceSpecification","price":"$70.00"},"totalPaymentDue":{"@type":"PriceSpecification","price":"$70.00"},
 "paymentDue":"2026-02-22T08:00:00+00:00","paymentStatus":"PaymentAutomaticallyApplied","provider":{"@type":"Organization","name":"Mountain View Utilities"}}</script>`

func TestStructured(t *testing.T) {
	t.Parallel()
	ld := func(json string) string { return `<script type="application/ld+json">` + json + `</script>` }
	tests := []struct{ name, html, want string }{
		{"gmail's own", gmailSample, "account=789 amount_due=70.00 due_date=2026-02-22 kind=autopay minimum_due=70.00"},
		{"array, utc midnight is a day", ld(`[{"@type":"EmailMessage"},{"@type":"Invoice","paymentStatus":"http://schema.org/PaymentDue","paymentDue":"2026-02-22T00:00:00+00:00","totalPaymentDue":{"@type":"PriceSpecification","price":12.5,"priceCurrency":"EUR"}}]`),
			"amount_due=12.50 due_date=2026-02-22 kind=statement"},
		{"graph, new names, number", ld(`{"@graph":[{"@type":"https://schema.org/Invoice","confirmationNumber":"INV-7","paymentDueDate":"2026-02-22","totalPaymentDue":{"@type":"MonetaryAmount","value":"1250.00","currency":"USD"},"paymentStatus":"https://schema.org/PaymentPastDue"}]}`),
			"amount_due=1250.00 due_date=2026-02-22 kind=overdue reference=INV-7"},
		{"paid", ld(`{"@type":"Invoice","paymentStatus":"PaymentComplete","totalPaymentDue":{"price":"9.00","priceCurrency":"USD"},"confirmationNumber":"A1"}`),
			"kind=payment paid_amount=9.00 paid_in_full=true reference=A1"},
		{"declined", ld(`{"@type":"Invoice","paymentStatus":"PaymentDeclined","paymentDueDate":"2026-02-22","totalPaymentDue":{"price":"9.00","priceCurrency":"USD"}}`),
			"amount_due=9.00 due_date=2026-02-22 kind=autopay_failed"},
		{"microdata with a link", `<div itemscope itemtype="http://schema.org/Invoice"><span itemprop="confirmationNumber">B2</span>
			<link itemprop="paymentStatus" href="http://schema.org/PaymentDue"/><time itemprop="paymentDueDate" datetime="2026-02-22">22 Feb</time>
			<div itemprop="totalPaymentDue" itemscope itemtype="http://schema.org/PriceSpecification"><meta itemprop="price" content="$70.00"/><meta itemprop="priceCurrency" content="USD"/></div></div>`,
			"amount_due=70.00 due_date=2026-02-22 kind=statement reference=B2"},
		{"nothing due", ld(`{"@type":"Invoice","paymentDueDate":"2026-02-22","totalPaymentDue":{"price":"0.00","priceCurrency":"USD"}}`), "amount_due=0.00 due_date=2026-02-22 kind=zero"},
		{"text shows the same", ld(`{"@type":"Invoice","paymentDueDate":"2026-02-22","totalPaymentDue":{"price":"70.00","priceCurrency":"USD"}}`) + `<p>Amount due: $70.00</p><p>Due date: 02/22/2026</p>`,
			"amount_due=70.00 due_date=2026-02-22 kind=statement"},
		{"text shows another date", ld(`{"@type":"Invoice","paymentDueDate":"2026-02-22","totalPaymentDue":{"price":"70.00","priceCurrency":"USD"}}`) + `<p>Due date: February 20, 2026</p>`,
			"review amount_due=70.00"},
		{"text shows another amount", ld(`{"@type":"Invoice","paymentDueDate":"2026-02-22","totalPaymentDue":{"price":"70.00","priceCurrency":"USD"}}`) + `<table><tr><td>Total due</td><td>$75.00</td></tr></table>`,
			"review due_date=2026-02-22"},
		{"no currency", ld(`{"@type":"Invoice","paymentDueDate":"2026-02-22","totalPaymentDue":{"price":"70.00"}}`), "review due_date=2026-02-22"},
		{"a time that may be another day", ld(`{"@type":"Invoice","paymentDueDate":"2026-02-21T16:00:00Z","totalPaymentDue":{"price":"70.00","priceCurrency":"USD"}}`), "review amount_due=70.00"},
		{"two invoices", ld(`[{"@type":"Invoice","confirmationNumber":"N1","paymentDueDate":"2026-02-22","totalPaymentDue":{"price":"70.00","priceCurrency":"USD"}},{"@type":"Invoice","confirmationNumber":"N2","paymentDueDate":"2026-02-23","totalPaymentDue":{"price":"80.00","priceCurrency":"USD"}}]`),
			"amount_due=70.00 due_date=2026-02-22 kind=statement reference=N1 amount_due=80.00 due_date=2026-02-23 kind=statement reference=N2"},
		{"unknown status", ld(`{"@type":"Invoice","paymentStatus":"Whatever","paymentDueDate":"2026-02-22","totalPaymentDue":{"price":"70.00","priceCurrency":"USD"}}`), "review amount_due=70.00 due_date=2026-02-22"},
		{"broken json", ld(`{"@type":"Invoice",`), "none"},
		{"no invoice", ld(`{"@type":"Order"}`), "none"},
	}
	s := loadSet(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := htmlMessage("Billing <Billing@shop.example>", tt.html)
			rd := s.Read(m, Options{Received: time.Date(2026, 2, 1, 1, 0, 0, 0, time.UTC)})
			if got := short1(rd); got != tt.want {
				t.Errorf("got  %s\nwant %s\n%s", got, tt.want, rd.describe())
			}
			for _, n := range rd.Notices {
				if n.Issuer != "billing@shop.example" || n.Trust != bill.TrustUnverified {
					t.Errorf("issuer %q, trust %q", n.Issuer, n.Trust)
				}
			}
		})
	}
}

func TestStructuredTrust(t *testing.T) {
	t.Parallel()
	s := loadSet(t)
	o := Options{Received: time.Date(2026, 2, 1, 1, 0, 0, 0, time.UTC), Authserv: []string{"mx.example.com"}}
	for head, want := range map[string]bill.Trust{
		"Authentication-Results: mx.example.com; dmarc=pass header.from=shop.example":  bill.TrustVouched,
		"Authentication-Results: mx.example.com; dkim=pass header.d=shop.example":      bill.TrustVouched,
		"Authentication-Results: mx.example.com; dkim=pass header.d=mailer.example":    bill.TrustUnverified,
		"Authentication-Results: mx.example.com; dmarc=fail header.from=shop.example":  bill.TrustSuspicious,
		"Authentication-Results: mx.example.com; dmarc=pass header.from=other.example": bill.TrustUnverified,
	} {
		rd := s.Read(htmlMessage("billing@shop.example", gmailSample, head), o)
		if rd.Trust != want {
			t.Errorf("%s: got %s, want %s", head, rd.Trust, want)
		}
		if want == bill.TrustSuspicious && len(rd.Notices) > 0 {
			t.Error("a suspicious message made a notice")
		}
	}
}

// FuzzStructured: whatever a message states, it makes no amount below zero and
// never panics.
func FuzzStructured(f *testing.F) {
	f.Add(gmailSample)
	f.Add(`<div itemscope itemtype="http://schema.org/Invoice"><span itemprop="paymentDueDate">2026-02-22</span></div>`)
	f.Add(`<script type="application/ld+json">[{"@graph":[[{"@type":["Invoice"],"totalPaymentDue":[{"price":-1e9}]}]]}]</script>`)
	s := loadSet(f)
	f.Fuzz(func(t *testing.T, html string) {
		m := &mail.Message{From: []mail.Address{{Address: "a@shop.example"}}, FromFields: 1,
			Parts: []mail.Part{{Name: "text/html", Type: "text/html", Raw: []byte(html), Text: mail.HTMLToText(html)}}}
		rd := s.Read(m, Options{Received: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)})
		for _, n := range rd.Notices {
			if n.AmountDue.Minor < 0 || len(n.Account) > 4 {
				t.Fatalf("%+v", n)
			}
			if rd.Outcome == bill.OutcomeNotices && len(n.Problems) > 0 {
				t.Fatal("problems without a review")
			}
		}
	})
}
