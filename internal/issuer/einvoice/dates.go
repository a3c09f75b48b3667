package einvoice

import (
	"regexp"
	"strconv"

	"repayd/internal/bill"
)

// textDate finds dates in lower-case text: ISO, numbers with the year last,
// and month names on either side of the day.
var textDate = regexp.MustCompile(`([0-9]{4})-([0-9]{2})-([0-9]{2})|` +
	`([0-9]{1,2})([./-])\s?([0-9]{1,2})[./-]\s?([0-9]{4}|[0-9]{2})|` +
	`([0-9]{1,2})(?:\.|er|st|nd|rd|th|º)?\s(?:de\s|of\s)?(\p{L}{3,12})\.?,?\s(?:del?\s)?([0-9]{4})|` +
	`(\p{L}{3,12})\.?\s([0-9]{1,2})(?:st|nd|rd|th)?,?\s([0-9]{4})`)

// notDue stands right before a date that is the day of the invoice or of its
// goods.
var notDue = regexp.MustCompile(`(?:\bvom|\bab|\bvon|\bseit|\bfrom|\bdated|\bsince|\b(?:rechnungs|beleg|ausstellungs)?datum|invoice date|issue date|(?:facture|factuur|fattura|factura) (?:du|van|del|de)|date de facture|factuurdatum|data fattura|fecha de factura)(?: ?:)?(?: dem| the)? ?$`)

// dayFirst is a text in a language that writes the day before the month.
var dayFirst = regexp.MustCompile(`\b(?:zahlbar|fällig|bis|zum|innerhalb|rechnung|le|avant|payable le|paiement|règlement|betalen|betaling|uiterlijk|vóór|voor|vervaldatum|factuur|entro|scadenza|pagamento|fattura|antes|vencimiento|pago|pagar|factura)\b|échéance`)

// dates resolves the printed dates of a clause. One whose day and month could
// be exchanged is not certain.
func (c *clause) dates(dayFirst bool) {
	for _, m := range textDate.FindAllStringSubmatchIndex(c.lower, -1) {
		if notDue.MatchString(before(c.lower, m[0])) {
			continue
		}
		if inNumber(c.lower, m[0], m[1]) {
			continue
		}
		d, ok := readDate(c.lower, m, dayFirst)
		if !ok {
			c.unsure = "not certainly a date: " + c.lower[m[0]:m[1]]
			return
		}
		c.claims = append(c.claims, claim{d, c.text})
	}
}

// inNumber reports whether the run at from..to is cut out of a longer number.
func inNumber(s string, from, to int) bool {
	digit := func(i int) bool { return i >= 0 && i < len(s) && s[i] >= '0' && s[i] <= '9' }
	return digit(from-1) || digit(to) || (from > 1 && (s[from-1] == '.' || s[from-1] == '-' || s[from-1] == '/') && digit(from-2))
}

func readDate(s string, m []int, dayFirst bool) (bill.Day, bool) {
	sub := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return s[m[2*i]:m[2*i+1]]
	}
	switch {
	case sub(1) != "":
		return newDay(sub(1), sub(2), sub(3))
	case sub(4) != "":
		return numbers(sub(4), sub(6), sub(7), sub(5) == "." || dayFirst)
	case sub(8) != "":
		return named(sub(10), sub(9), sub(8))
	}
	return named(sub(13), sub(11), sub(12))
}

func numbers(a, b, year string, dayFirst bool) (bill.Day, bool) {
	if len(year) == 2 {
		year = "20" + year
	}
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	switch {
	case dayFirst || x > 12 || x == y:
		return newDay(year, b, a)
	case y > 12:
		return newDay(year, a, b)
	}
	return 0, false
}

func named(year, month, day string) (bill.Day, bool) {
	m := monthNames[month]
	if m == 0 {
		return 0, false
	}
	return newDay(year, strconv.Itoa(m), day)
}

// monthNames are the months of the six languages, lower case, with the
// abbreviations that mean one month only.
var monthNames = map[string]int{
	"januar": 1, "jänner": 1, "jan": 1, "january": 1, "janvier": 1, "januari": 1, "gennaio": 1, "enero": 1, "janv": 1, "gen": 1, "ene": 1,
	"februar": 2, "feb": 2, "february": 2, "février": 2, "fevrier": 2, "févr": 2, "februari": 2, "febbraio": 2, "febrero": 2, "febr": 2,
	"märz": 3, "maerz": 3, "mrz": 3, "mär": 3, "mar": 3, "march": 3, "mars": 3, "maart": 3, "mrt": 3, "marzo": 3,
	"april": 4, "apr": 4, "avril": 4, "avr": 4, "aprile": 4, "abril": 4, "abr": 4,
	"mai": 5, "may": 5, "mei": 5, "maggio": 5, "mag": 5, "mayo": 5,
	"juni": 6, "jun": 6, "june": 6, "juin": 6, "giugno": 6, "giu": 6, "junio": 6,
	"juli": 7, "jul": 7, "july": 7, "juillet": 7, "juil": 7, "luglio": 7, "lug": 7, "julio": 7,
	"august": 8, "aug": 8, "août": 8, "aout": 8, "augustus": 8, "agosto": 8, "ago": 8,
	"september": 9, "sep": 9, "sept": 9, "septembre": 9, "settembre": 9, "set": 9, "septiembre": 9,
	"oktober": 10, "okt": 10, "oct": 10, "october": 10, "octobre": 10, "ottobre": 10, "ott": 10, "octubre": 10,
	"november": 11, "nov": 11, "novembre": 11, "noviembre": 11,
	"dezember": 12, "dez": 12, "dec": 12, "december": 12, "décembre": 12, "decembre": 12, "déc": 12, "dicembre": 12, "dic": 12, "diciembre": 12,
}

// before returns the few words in front of a place in a text.
func before(s string, at int) string { return s[max(0, at-40):at] }
