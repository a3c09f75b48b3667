package einvoice

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"repayd/internal/bill"
)

// clause is a piece of the terms that says one thing.
type clause struct {
	text  string // as printed
	lower string
	// claims are the days it names, resolved.
	claims []claim
	// loose are dates beside which nothing says what they are.
	loose []claim
	// discount, net: its words say so.
	discount, net bool
	// noise: it is about something else, late payment for example.
	noise bool
	// unsure is why its days could not be resolved, "" for fine.
	unsure string
}

// claim is one day named by a clause.
type claim struct {
	day  bill.Day
	text string
}

// The text that is looked at: terms are a few lines.
const maxTerms = 4000

// clauses cuts terms of payment where one statement ends and another begins:
// lines, sentences, commas, "or". Commas and points inside numbers and dates
// do not cut.
func clauses(s string) []clause {
	s = norm.NFKC.String(start(s, maxTerms))
	var out []clause
	for _, line := range cut(cutWord.ReplaceAllString(s, "\n"), true) {
		line = strings.Join(strings.Fields(line), " ")
		line = strings.Trim(line, " .,;:-–*")
		if line == "" {
			continue
		}
		lower := wordTax.ReplaceAllString(strings.ToLower(line), " ")
		c := clause{text: line, lower: wordNoDiscount.ReplaceAllString(lower, " netto ")}
		c.noise = wordNoise.MatchString(c.lower)
		c.discount = !c.noise && wordDiscount.MatchString(c.lower)
		c.net = wordNet.MatchString(c.lower)
		out = append(out, c)
	}
	return out
}

// cutWord stands between two statements.
var cutWord = regexp.MustCompile(`(?i)\s(?:oder|or|ou|oppure|o bien|danach|sonst|otherwise|thereafter|/)\s|[;|\r]`)

// cut splits at lines and ends of sentences, fine also at commas and dashes
// between words. A point may belong to a day of the month, a comma to a date
// ("July 4, 2018").
func cut(s string, fine bool) []string {
	var out []string
	from := 0
	for i := range len(s) {
		if s[i] != '\n' && (i+1 >= len(s) || !isSpace(s[i+1])) {
			continue
		}
		ends := false
		switch s[i] {
		case '\n':
			ends = true
		case '.':
			ends = monthNames[nextWord(s[i+1:])] == 0
		case ',':
			ends = fine && !yearNext.MatchString(s[i+1:])
		case '-':
			ends = fine && i > 0 && isSpace(s[i-1]) && !(i > 1 && isDigit(s[i-2]) && isDigit(s[min(i+2, len(s)-1)]))
		}
		if ends {
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

var yearNext = regexp.MustCompile(`^\s(?:19|20)[0-9]{2}\b`)

// start is the beginning of a text of at most n bytes, whole letters only.
func start(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

func nextWord(s string) string {
	s = strings.TrimLeft(s[:min(len(s), 40)], " ")
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(s)
	}
	return strings.ToLower(s[:end])
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

var dayCount = regexp.MustCompile(`(?:^|[^0-9.,/])([0-9]{1,3})\s?-?\s?(?:kalender|calendar\s)?(?:tage?n?|tg|days?|jours?|dagen|dgn|dag|giorni|gg|d[ií]as|dagar)\b(?:[^\p{L}]|$)`)

// netCount is "net 30" at the end of a clause: after it nothing tells days from money.
var netCount = regexp.MustCompile(`\bnet(?:to)?\s([0-9]{1,3})$`)

// countRange is the first half of "10-14 days", which is no certain number.
var countRange = regexp.MustCompile(`[0-9]\s?(?:-|–|bis|to|à|a|tot)\s?$`)

// bareCount is a clause that begins with a number of days and needs no other
// word to be a term of payment.
var bareCount = regexp.MustCompile(`^(?:within|innerhalb|innert|binnen|in|sous|dans un délai de|à|a|entro|dentro de|en|net|netto)?\s?(?:von |of |les |i )?[0-9]{1,3}\s?(?:tag|tg\b|day|jour|dag|dgn|gg\b|giorni|d[ií]as)`)

// resolve finds the days that a clause names: printed dates, else numbers of
// days after the issue date. Bare ones count only in terms of payment proper.
func (c *clause) resolve(issued bill.Day, dayFirst, terms bool) {
	bare := terms && bareCount.MatchString(c.lower)
	if c.noise {
		return
	}
	c.dates(dayFirst)
	if !bare && !c.discount && !wordPay.MatchString(c.lower) {
		if terms {
			c.loose = c.claims
		}
		c.claims, c.unsure = nil, ""
		return
	}
	if len(c.claims) > 0 || c.unsure != "" {
		return
	}
	c.counts(issued)
	if len(c.claims) == 0 && c.unsure == "" && !c.discount && wordImmediate.MatchString(c.lower) {
		if issued.Known() {
			c.claims = append(c.claims, claim{issued, "issue date " + issued.String() + ": " + c.text})
		} else {
			c.unsure = "without an issue date: " + c.text
		}
	}
}

// counts resolves "within 30 days" against the issue date.
func (c *clause) counts(issued bill.Day) {
	found := dayCount.FindAllStringSubmatchIndex(c.lower, -1)
	if len(found) == 0 {
		found = netCount.FindAllStringSubmatchIndex(c.lower, -1)
	}
	if len(found) == 0 {
		return
	}
	switch {
	case wordUncertain.MatchString(c.lower):
		c.unsure = "it counts from a day that is not printed: " + c.text
		return
	case !issued.Known():
		c.unsure = "without an issue date: " + c.text
		return
	}
	for _, m := range found {
		if countRange.MatchString(before(c.lower, m[2])) {
			c.unsure = "not one number of days: " + c.text
			return
		}
		n, _ := strconv.Atoi(c.lower[m[2]:m[3]])
		c.claims = append(c.claims, claim{issued + bill.Day(n), "issue date " + issued.String() + ": " + c.text})
	}
}
