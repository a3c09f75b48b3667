package issuer

import (
	"testing"

	"repayd/internal/bill"
)

func TestCreditMarks(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1,234.00 Dr": "1234.00", "1,234.00Dr": "1234.00", "1,234.00 Cr": "-1234.00", "Rs. 1,23,456.78 CR": "-123456.78", "₹45.67Cr.": "-45.67",
		"(45.67)": "-45.67", "`1,234.00": "1234.00", "1,234.00 Credits": "1234.00", "1,234.00Credits": "",
	} {
		a, ok := scanMoney(in)
		got := ""
		if ok {
			m, err := parseMoney(a, "INR")
			if err != nil {
				t.Errorf("%q: %v", in, err)
			}
			got = m.Decimal()
		}
		if got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
	if a, _ := scanMoney("`12.00"); a.text == "" {
		t.Error("the back-tick is not taken")
	} else if m, err := parseMoney(a, "USD"); err == nil {
		t.Errorf("a back-tick is %s outside India", m)
	}
}

func TestMonthsElsewhere(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"5 Ocak 2026": "2026-01-05", "14 Şubat 2026": "2026-02-14", "3 MAYIS 2026": "2026-05-03", "3 Mayıs 2026": "2026-05-03", "1 Ağustos 2026": "2026-08-01",
		"30 KASIM 2025": "2025-11-30", "9 Aralık 2025": "2025-12-09", "ARALIK": "", "05 de Outubro 2026": "2026-10-05", "5 de outubro de 2026": "2026-10-05",
		"24. Dezember 2026": "2026-12-24", "1er août 2026": "2026-08-01", "15 März 2026": "2026-03-15", "5 Okak 2026": "",
	} {
		v, ok := scanner{}.day(in)
		got := ""
		if ok && v.bad == "" {
			d, err := v.date.resolve(nearReceipt, day(t, "2026-01-01"), false)
			if err != nil {
				t.Errorf("%q: %v", in, err)
			}
			got = d.String()
		}
		if got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
}

func TestTailsWithHashes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"1234-####-####-7890": "7890", "1234 12** **** 7890": "7890", "XX76": "76", "XX76 - September 2025": "76", "(...1234)": ""} {
		if _, got, _ := scanTail(in); got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
}

// A shape that is for the owners' own files is tried on one.
func TestHostingShape(t *testing.T) {
	t.Parallel()
	rep, err := loadSet(t).TestFile("testdata/whmcs-example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Failures) > 0 || rep.Samples < 6 {
		t.Errorf("%d samples, %v", rep.Samples, rep.Failures)
	}
}

// The merchant of a shared issuer is a part of who is owed.
func TestSharedMerchants(t *testing.T) {
	t.Parallel()
	for _, merchant := range []string{"Example Cloud", "Another Shop"} {
		_, rd := readWild(t, wildMail{from: merchant + " <invoice+statements@stripe.com>", received: "2026-06-01", subject: "New invoice from " + merchant + " #AB12-0003",
			text: "Amount due $10.00\nDue June 27, 2026"})
		if len(rd.Notices) != 1 || rd.Notices[0].Merchant != merchant || rd.Outcome != bill.OutcomeNotices {
			t.Errorf("%s: %s", merchant, rd.describe())
		}
	}
}

// A sender of the issuer that sends no bills is not believed, whatever it says.
func TestSilentSenders(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"chase@e.chase.com", "offers@x.e.chase.com", "information@hdfcbank.net", "a@custcomm.icicibank.com"} {
		got, _ := readWild(t, wildMail{from: from, received: "2026-09-12", subject: "Your credit card statement is ready",
			text: "Total amount due: 70.00\nPayment due date: 2026-10-07"})
		if got != "none" {
			t.Errorf("%s: %s", from, got)
		}
	}
}

// Everyday words do not name an issuer in a forwarded text.
func TestEverydayWordsNameNobody(t *testing.T) {
	t.Parallel()
	text := "thank you for your purchase of a spectrum analyser with a bonus. confirmed and reaffirmed; travel rewards, cash rewards, pay in 4 instalments, au payement."
	for _, r := range loadSet(t).rules {
		if r.terms.Zone.String() != "Asia/Shanghai" && r.terms.Issuer != "affirm" && r.named(text) > 0 {
			t.Errorf("%s is named by %q", r.terms.Issuer, r.words)
		}
	}
}
