package einvoice

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"repayd/internal/bill"
)

func day(s string) bill.Day {
	d, err := bill.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// termCases are terms of invoices issued on 2018-06-04. An empty want is a
// review.
var termCases = []struct{ text, want string }{
	// German.
	{"Zahlbar innerhalb 30 Tagen netto bis 04.07.2018, 3% Skonto innerhalb 10 Tagen bis 15.06.2018", "2018-07-04"},
	{"Zahlbar sofort rein netto", "2018-06-04"},
	{"Zahlbar sofort, rein netto", "2018-06-04"},
	{"sofort fällig", "2018-06-04"},
	{"14 Tage", "2018-06-18"},
	{"14 Tage netto", "2018-06-18"},
	{"Zahlungsziel: 14 Tage", "2018-06-18"},
	{"innerhalb von 14 Tagen ohne Abzug", "2018-06-18"},
	{"Zahlbar bis zum 4. Juli 2018 ohne Abzug.", "2018-07-04"},
	{"Fällig nach Belegdatum + 10 Tage", "2018-06-14"},
	{"Rechnung vom 04.06.2018, zahlbar bis 20.06.2018", "2018-06-20"},
	{"Zahlbar innerhalb von 7 Tagen mit 2% Skonto oder innerhalb von 14 Tagen rein netto auf das unten genannte Konto.", "2018-06-18"},
	{"14Tage 2%Skonto, 30Tage netto", "2018-07-04"},
	{"10 Tage 2% Skonto 30 Tage netto", "2018-07-04"},
	{"Innerhalb von 14 Tagen abzüglich 2 % Skonto, innerhalb von 30 Tagen rein netto.", "2018-07-04"},
	{"Bei Zahlung innerhalb 10 Tagen, 2% Skonto, 30 Tage netto", "2018-07-04"},
	{"#SKONTO#TAGE=7#PROZENT=2.00#\n30 Tage netto", "2018-07-04"},
	{"#SKONTO#TAGE=7#PROZENT=2.00#", ""},
	{"#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=357.93#\n#SKONTO#TAGE=30#PROZENT=1.00#\n", ""},
	{"3% Skonto innerhalb 10 Tagen bis 15.06.2018", ""},
	{"Bei Zahlung innerhalb 10 Tagen, 2% Skonto", ""},
	{"Zahlbar innerhalb 14 Tagen. Bei Verzug berechnen wir nach 30 Tagen 9% Zinsen.", "2018-06-18"},
	{"Gesamtbetrag inkl. 19% MwSt, zahlbar innerhalb 14 Tagen", "2018-06-18"},
	{"Zahlbar innerhalb 14 Tagen nach Erhalt der Rechnung", ""},
	{"30 Tage nach Lieferung netto", ""},
	{"10 Werktage netto", ""},
	{"Zahlbar innerhalb 10-14 Tagen", ""},
	{"Zahlbar in 14 Tagen, spätestens am 30.06.2018", ""}, // which of the two?
	{"Leistungszeitraum 01.05.2018 bis 31.05.2018", ""},
	{"Lieferdatum 01.06.2018", ""},
	{"Rückgaberecht 14 Tage", ""},
	{"Vielen Dank für Ihren Auftrag", ""},
	{"", ""},
	{"Wir erwarten Ihren Zahlungseingang innerhalb von 14 Tagen", "2018-06-18"},
	{"Bitte überweisen Sie bis zum 18.06.2018 unter Angabe der Rechnung R-17 vom 04.06.2018", "2018-06-18"},
	{"Zahlbar in drei Teilen: 04.07.2018, 04.08.2018, 04.09.2018", ""},
	{"Zahlbar in 3 Raten, 30 Tage netto", ""},
	// English.
	{"Payment must be received within 30 days", "2018-07-04"},
	{"Payment within 30 days", "2018-07-04"},
	{"30 days net", "2018-07-04"},
	{"Net 30", "2018-07-04"},
	{"2/10 net 30", "2018-07-04"},
	{"2% 10, net 30 days", "2018-07-04"},
	{"Due on July 4, 2018", "2018-07-04"},
	{"Payable by 4 July 2018.", "2018-07-04"},
	{"Payment due 2018-07-04", "2018-07-04"},
	{"Payment due 25/06/2018", "2018-06-25"},
	{"Payment due 06/07/2018", ""}, // 6 July or 7 June
	{"Due upon receipt", "2018-06-04"},
	{"30 days from receipt of invoice", ""},
	{"30 days end of month", ""},
	{"2 % discount if paid within 2 days\nPenalty percentage 10% from due date", ""},
	{"50% prepaid, 50% within one month", ""},
	{"50% within 30 days, 50% within 60 days", ""},
	{"01.11.2021 00:00:00", ""},
	// Swedish.
	{"30 dagar netto. Dröjsmålsränta:12 %", "2018-07-04"},
	// French.
	{"Paiement à 30 jours", "2018-07-04"},
	{"30 jours date de facture", "2018-07-04"},
	{"Date d'échéance : 04/07/2018", "2018-07-04"},
	{"À payer au plus tard le 4 juillet 2018, escompte de 2% sous 8 jours", "2018-07-04"},
	{"Paiement comptant", "2018-06-04"},
	{"30 jours fin de mois", ""},
	{"30 jours après réception", ""},
	{"Pas d'escompte. Paiement à 30 jours. Pénalités de retard : 10 jours", "2018-07-04"},
	// Dutch.
	{"Betaling binnen 14 dagen", "2018-06-18"},
	{"Vervaldatum: 04-07-2018", "2018-07-04"},
	{"Te betalen uiterlijk 4 juli 2018", "2018-07-04"},
	{"2% korting bij betaling binnen 8 dagen, 30 dagen netto", "2018-07-04"},
	{"Betalen binnen 14 dagen na ontvangst", ""},
	// Italian.
	{"Pagamento a 30 giorni data fattura", "2018-07-04"},
	{"Scadenza 04/07/2018", "2018-07-04"},
	{"Da pagare entro il 4 luglio 2018", "2018-07-04"},
	{"Pagamento a 30 giorni fine mese", ""},
	{"30 gg d.f.f.m.", ""},
	// Spanish.
	{"Pago a 30 días", "2018-07-04"},
	{"Vencimiento: 04/07/2018", "2018-07-04"},
	{"Pagar antes del 4 de julio de 2018", "2018-07-04"},
	{"30 días fin de mes", ""},
}

func TestTerms(t *testing.T) {
	t.Parallel()
	for _, c := range termCases {
		r := readTerms(c.text, day("2018-06-04"), true)
		if r.due.String() != c.want {
			t.Errorf("%q: due %q, want %q (why %q, discounts %v)", c.text, r.due, c.want, r.why, r.discounts)
		}
		if r.due.Known() && r.text == "" {
			t.Errorf("%q: a due date without its words", c.text)
		}
	}
}

func TestDiscountsAreKeptApart(t *testing.T) {
	t.Parallel()
	r := readTerms("Zahlbar innerhalb 30 Tagen netto bis 04.07.2018, 3% Skonto innerhalb 10 Tagen bis 15.06.2018", day("2018-06-04"), true)
	if len(r.discounts) != 1 || r.discounts[0].Due != day("2018-06-15") || !r.discounts[0].Discount {
		t.Errorf("discounts = %+v", r.discounts)
	}
}

// TestRemarksNeedPaymentWords: outside the terms of payment a bare number of
// days is no term.
func TestRemarksNeedPaymentWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"14 Tage":                    "",
		"Test 14 Tage kostenlos":     "",
		"Zahlbar innerhalb 14 Tagen": "2018-06-18",
	} {
		if r := readTerms(text, day("2018-06-04"), false); r.due.String() != want {
			t.Errorf("%q: due %q, want %q", text, r.due, want)
		}
	}
}

func TestDaysWithoutIssueDateAreNotCertain(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"30 Tage netto", "Zahlbar sofort rein netto"} {
		if r := readTerms(text, 0, true); r.due.Known() || r.why == "" {
			t.Errorf("%q: due %q, why %q", text, r.due, r.why)
		}
	}
}

func TestCollectedAndCharged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text      string
		collected bool
		charged   bool
	}{
		{"Der Betrag wird am 20.03.2018 unter Angabe der Mandatsreferenz 12 per SEPA-Lastschrift eingezogen.", true, false},
		{"Wir buchen den Betrag von Ihrem Konto ab", true, false},
		{"Zahlung per Lastschrift", true, false},
		{"Lastschrift ist möglich; sofern Sie ein Mandat erteilen, wird der Betrag eingezogen", false, false},
		{"The amount will be collected by direct debit on 4 July 2018", true, false},
		{"Le montant sera prélevé le 4 juillet 2018", true, false},
		{"Het bedrag wordt op 4 juli 2018 automatisch geïncasseerd", true, false},
		{"L'importo verrà addebitato il 4 luglio 2018", true, false},
		{"Se cargará en su cuenta el 4 de julio de 2018", true, false},
		{"Der Betrag wird über Ihre Kreditkarte abgebucht. Dies ist keine Aufforderung zur Zahlung.", true, false},
		{"Der Betrag wurde am 01.06.2018 von Ihrem Konto abgebucht.", false, true},
		{"Die Anzahlung wurde bereits bezahlt.", false, false},
		{"Your card was charged on 4 June 2018.", false, true},
		{"Der Betrag wurde bereits bezahlt.", false, true},
		{"Sollten Sie bereits bezahlt haben, ist dieses Schreiben gegenstandslos", false, false},
		{"If you have already paid, ignore this letter", false, false},
		{"This invoice has been paid.", false, true},
		{"This invoice has not been paid.", false, false},
		{"Cette facture est déjà payée", false, true},
		{"Zahlbar innerhalb 30 Tagen", false, false},
	} {
		if got := said(collected, c.text) != ""; got != c.collected {
			t.Errorf("%q: collected %v", c.text, got)
		}
		if got := said(charged, c.text) != ""; got != c.charged {
			t.Errorf("%q: charged %v", c.text, got)
		}
	}
}

// TestANumberOfDaysCountsFromTheIssueDate, in every language and for every day.
func TestANumberOfDaysCountsFromTheIssueDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		issued := day("2018-01-01") + bill.Day(rapid.IntRange(0, 3000).Draw(rt, "issued"))
		n := rapid.IntRange(1, 180).Draw(rt, "days")
		form := rapid.SampledFrom([]string{"Zahlbar innerhalb # Tagen", "# days net", "Paiement à # jours", "Betaling binnen # dagen", "Pagamento a # giorni", "Pago a # días"}).Draw(rt, "form")
		text := strings.ReplaceAll(form, "#", strconv.Itoa(n))
		if r := readTerms(text, issued, true); r.due != issued+bill.Day(n) {
			rt.Fatalf("%q from %s: %s (%s)", text, issued, r.due, r.why)
		}
	})
}

// TestTermsTakeLinearTime: the longest terms that are looked at, of the kind
// that makes a cutting loop start over, are read at once. A second or so is
// usual; a loop that starts over would take hours, so the bound tells the two
// apart on the busiest machine.
func TestTermsTakeLinearTime(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"wird ", "sofort ", "14 Tage, ", "01.01.2018 ", "2% ", "a. ", "1 - "} {
		text := strings.Repeat(unit, 1<<20/len(unit))
		start := time.Now()
		readTerms(text, day("2018-06-04"), true)
		said(collected, text)
		said(charged, text)
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%q repeated: %v", unit, took)
		}
	}
}

// TestAnEarlyDiscountNeverIsTheDueDate: whatever the order and the separator
// of a net term and a discount, the net day or nothing is read.
func TestAnEarlyDiscountNeverIsTheDueDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		early := rapid.IntRange(1, 20).Draw(rt, "early")
		net := early + rapid.IntRange(1, 60).Draw(rt, "more")
		nets := []string{"# Tage netto", "zahlbar innerhalb # Tagen netto", "# days net", "zahlbar innerhalb # Tagen", "payment within # days", "paiement à # jours"}
		cuts := []string{"# Tage 2% Skonto", "innerhalb # Tagen 3,5 % Skonto", "2% discount if paid within # days", "bei Zahlung innerhalb # Tagen abzüglich 2% Skonto", "escompte 2% à # jours", "2% Skonto bis @"}
		issued := day("2018-06-04")
		fill := func(s string, n int) string {
			s = strings.ReplaceAll(s, "@", (issued + bill.Day(n)).String())
			return strings.ReplaceAll(s, "#", strconv.Itoa(n))
		}
		parts := []string{
			fill(rapid.SampledFrom(nets).Draw(rt, "net"), net),
			fill(rapid.SampledFrom(cuts).Draw(rt, "cut"), early),
		}
		if rapid.Bool().Draw(rt, "discount first") {
			parts[0], parts[1] = parts[1], parts[0]
		}
		text := strings.Join(parts, rapid.SampledFrom([]string{", ", ". ", "\n", "; ", " oder ", " / ", " ", " und "}).Draw(rt, "between"))
		if r := readTerms(text, issued, true); r.due.Known() && r.due != issued+bill.Day(net) {
			rt.Fatalf("%q: due %s, want %s", text, r.due, issued+bill.Day(net))
		}
	})
}
