package issuer

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"

	"repayd/internal/bill"
)

// valueType is what a placeholder stands for.
type valueType string

// The placeholders that capture. Each one takes the longest run of characters
// that could belong to its value; a strict parser then accepts or refuses the
// whole run.
const (
	typeMoney    valueType = "money"
	typeDate     valueType = "date"
	typeDay      valueType = "day" // a bare day of the month: a rule, never a date
	typeTail     valueType = "tail"
	typeRef      valueType = "ref"
	typePeriod   valueType = "period"
	typeDays     valueType = "days"
	typeTime     valueType = "time"
	typeCurrency valueType = "currency"
	typeSpan     valueType = "span" // two days; its value is the last one
	typeCard     valueType = "card" // a masked card number, "6222****1234"
)

// Fields that a pattern may fill beyond those of bill: what they say goes into
// a field of the notice.
const (
	fieldGrace  bill.Field = "grace"   // days after the due date, printed
	fieldCutOff bill.Field = "cut_off" // time of day on the last safe day
	fieldTotal  bill.Field = "total"   // the sum of the rows of one message
	// fieldAmountElse is an amount that is the amount due where the message
	// shows no clearer one: the amount of the bill before part payments.
	fieldAmountElse bill.Field = "amount_due_else"
	// fieldPenaltyWithin is a penalty that the amount due contains.
	fieldPenaltyWithin bill.Field = "penalty_within"
	// fieldCycle is the span of days of a statement: its last day is the
	// statement date where none is printed.
	fieldCycle bill.Field = "cycle"
	// fieldBalance is the balance of an account, where no amount due is
	// printed: negative is owed, positive a credit.
	fieldBalance bill.Field = "balance"
)

// fieldTypes is the closed set of fields, each with the type of its value.
func fieldTypes(f bill.Field) (valueType, bool) {
	switch f {
	case bill.FieldAmountDue, bill.FieldMinimumDue, bill.FieldPenalty, bill.FieldPaidAmount, fieldTotal, fieldAmountElse, fieldPenaltyWithin, fieldBalance:
		return typeMoney, true
	case bill.FieldPaidDate, bill.FieldStatementDate, bill.FieldDueDate, bill.FieldLastSafeDay:
		return typeDate, true
	case bill.FieldDaysLate, fieldGrace:
		return typeDays, true
	case fieldCutOff:
		return typeTime, true
	case bill.FieldAccount:
		return typeTail, true
	case bill.FieldReference:
		return typeRef, true
	case bill.FieldPeriod:
		return typePeriod, true
	case bill.FieldCurrency:
		return typeCurrency, true
	case fieldCycle:
		return typeSpan, true
	}
	return "", false
}

// item is one element of a pattern.
type item struct {
	literal  string
	oneOf    []string
	optional bool // of oneOf
	mark     byte // ':' '*' '~' '|' or 0
	value    valueType
	field    bill.Field // which field a value fills; "" is only passed over
}

// pattern is one compiled pattern of an issuer file.
type pattern struct {
	source string
	line   int
	// labels are the spelled-out labels of a pattern "LABEL" or
	// "LABEL{:}{value}", lower case; the engine looks for the value in every
	// layout. A pattern with labels has no expression, and vice versa.
	labels []string
	// expr is compiled when first used: thousands of patterns wait for
	// issuers that never write.
	expr    func() *regexp.Regexp
	fills   []capture  // one a group of expr
	needs   [][]string // groups of words; every match holds one of each, lower case
	crosses bool       // a match may go over several lines
	// latin is a pattern in a Latin script: there "invoice 1234 is due" and "a
	// bill for 12 Main Street" hold no amounts, while 还款100 does.
	latin bool
}

type capture struct {
	value valueType
	field bill.Field
}

// maxSpellings bounds how many labels one pattern may stand for.
const maxSpellings = 400

// compilePattern reads a pattern. field is the field it is written under, ""
// for a phrase ("when") or a sentence that names its fields itself.
func compilePattern(source string, field bill.Field) (*pattern, error) {
	items, err := parsePattern(source, field)
	if err != nil {
		return nil, err
	}
	p := &pattern{source: source, latin: !strings.ContainsFunc(source, func(r rune) bool { return r >= 0x2e80 })}
	if field != "" && isLabel(items) {
		p.labels, err = spellings(items)
		return p, err
	}
	if field != "" && !fillsField(items, field) {
		typ, _ := fieldTypes(field)
		return nil, fmt.Errorf("the pattern holds no {%s} for %s", typ, field)
	}
	return p, p.compile(items)
}

// fillsField gives the field to the one placeholder of its type.
func fillsField(items []item, field bill.Field) bool {
	typ, _ := fieldTypes(field)
	count := 0
	for i := range items {
		if items[i].field == field {
			return true
		}
		if items[i].value == typ && items[i].field == "" {
			count++
		}
	}
	if count != 1 {
		return false
	}
	for i := range items {
		if items[i].value == typ {
			items[i].field = field
		}
	}
	return true
}

// parsePattern splits a pattern into items.
func parsePattern(source string, field bill.Field) ([]item, error) {
	var items []item
	source = plainI(source)
	literal := false
	for rest := source; rest != ""; {
		if rest[0] != '{' {
			n := strings.IndexByte(rest, '{')
			if n < 0 {
				n = len(rest)
			}
			items = append(items, item{literal: strings.ToLower(rest[:n])})
			literal = literal || strings.TrimSpace(rest[:n]) != ""
			rest = rest[n:]
			continue
		}
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			return nil, fmt.Errorf("the pattern has a { without its }")
		}
		it, err := placeholder(rest[1:end])
		if err != nil {
			return nil, err
		}
		literal = literal || (it.oneOf != nil && !it.optional)
		items = append(items, it)
		rest = rest[end+1:]
	}
	if !literal && !countedLayout(items) {
		return nil, fmt.Errorf("the pattern %q has no text of its own; it would fit anything", source)
	}
	return items, nil
}

// countedLayout allows a pattern without words where at least four values in
// a fixed order carry it: banks that draw their labels as pictures.
func countedLayout(items []item) bool {
	values, tails := 0, 0
	for _, it := range items {
		if it.value == typeMoney || it.value == typeDate {
			values++
		}
		if it.value == typeTail || it.value == typeCard {
			tails = 2 // a card's row may have two amounts only
		}
	}
	return values+tails >= 4
}

func placeholder(name string) (item, error) {
	switch name {
	case ":", "*", "~", "|":
		return item{mark: name[0]}, nil
	}
	for _, lead := range []string{"?:", "!:"} {
		if words, ok := strings.CutPrefix(name, lead); ok {
			return item{oneOf: strings.Split(strings.ToLower(words), "|"), optional: lead == "?:"}, nil
		}
	}
	typ, field, named := strings.Cut(name, ":")
	it := item{value: valueType(typ), field: bill.Field(field)}
	switch it.value {
	case typeMoney, typeDate, typeDay, typeTail, typeRef, typePeriod, typeDays, typeTime, typeCurrency, typeSpan, typeCard:
	default:
		return it, fmt.Errorf("{%s} is no placeholder; use {money} {date} {day} {tail} {card} {ref} {period} {days} {time} {currency} {span} {:} {*} {~} {|} {?:a|b} {!:a|b}", name)
	}
	if named {
		if want, ok := fieldTypes(it.field); !ok || (want != it.value && (want != typeTail || it.value != typeCard)) {
			return it, fmt.Errorf("{%s}: no field %s takes a %s", name, field, typ)
		}
	}
	return it, nil
}

// isLabel reports whether the items are only words, optionally closed by {:}
// and the value.
func isLabel(items []item) bool {
	for i, it := range items {
		switch {
		case it.literal != "" || it.oneOf != nil:
		case it.mark == ':' && i >= len(items)-2:
		case it.value != "" && i == len(items)-1 && it.field == "":
		default:
			return false
		}
	}
	return true
}

// spellings expands optional wordings into every label meant.
func spellings(items []item) ([]string, error) {
	out := []string{""}
	for _, it := range items {
		words := it.oneOf
		if it.optional {
			words = append([]string{""}, words...)
		}
		if it.literal != "" {
			words = []string{it.literal}
		}
		if words == nil {
			continue
		}
		var next []string
		for _, head := range out {
			for _, w := range words {
				next = append(next, head+w)
			}
		}
		out = next
		if len(out) > maxSpellings {
			return nil, fmt.Errorf("the pattern stands for more than %d labels; split it", maxSpellings)
		}
	}
	for i, s := range out {
		out[i] = strings.TrimSpace(s)
		if len([]rune(out[i])) < 2 {
			return nil, fmt.Errorf("the label %q is too short to be certain", out[i])
		}
	}
	return out, nil
}

// compile turns items into an RE2 expression over one folded text.
func (p *pattern) compile(items []item) error {
	var b strings.Builder
	b.WriteString("(?i)")
	for _, it := range items {
		switch {
		case it.literal != "":
			b.WriteString(regexp.QuoteMeta(it.literal))
			p.need(it.literal)
		case it.oneOf != nil:
			quoted := make([]string, len(it.oneOf))
			for i, w := range it.oneOf {
				quoted[i] = regexp.QuoteMeta(w)
			}
			b.WriteString("(?:" + strings.Join(quoted, "|") + ")")
			if it.optional {
				b.WriteString("?")
			} else {
				p.need(slices.Clone(it.oneOf)...)
			}
		case it.mark == ':':
			b.WriteString(`[ \t]*(?:\([^()\n]{0,12}\))?[ \t]*[:|为是]?[ \t]*`)
		case it.mark == '*':
			b.WriteString(`[^\n,。;!?|\x00]{0,20}?`)
		case it.mark == '|':
			b.WriteString(`[ \t|]*`)
		case it.mark == '~':
			b.WriteString(`(?:[\s|]|\[img:[^\]\n]{0,80}\])*`)
			p.crosses = true
		default:
			b.WriteString("(" + runs(it.value) + ")")
			p.fills = append(p.fills, capture{it.value, it.field})
		}
	}
	text := b.String()
	if _, err := syntax.Parse(text, syntax.Perl); err != nil {
		return fmt.Errorf("the pattern does not compile: %w", err)
	}
	p.expr = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
	return nil
}

// runs is the expression that proposes a run for a value; scan decides.
func runs(v valueType) string {
	switch v {
	case typeMoney:
		return moneyRuns()
	case typeSpan:
		return runs(typeDate) + loose(spanDash) + runs(typeDate)
	case typeDate:
		var alts []string
		for _, re := range []*regexp.Regexp{dateHan, dateYMDHan, dateYMD, dateCompact, dateDMY, dateMonthD, dateDMonth, dateMD} {
			alts = append(alts, loose(re))
		}
		return "(?:" + loose(weekdayBefore) + ")?(?:" + strings.Join(alts, "|") + ")(?:" +
			loose(weekdayAfter) + ")?(?:" + loose(clockAfter) + "|" + loose(hourAfter) + ")?"
	case typeCard:
		return loose(cardRun)
	case typeTail:
		return loose(cardRun) + "|" + loose(tailRun)
	case typeRef:
		return loose(partRun) + "|" + loose(refRun)
	case typePeriod:
		return loose(periodFull) + "|" + loose(periodMon) + "|" + loose(periodName)
	case typeDays:
		return `[0-9]{1,4}(?: ?个?(?:自然)?[天日])??`
	case typeTime:
		return loose(clockRun)
	case typeDay:
		return `[0-9]{1,2}`
	}
	return `[A-Za-z一-鿿¥$€£]{1,4}`
}

func moneyRuns() string {
	words := make([]string, len(currencyWords))
	for i, c := range currencyWords {
		words[i] = regexp.QuoteMeta(c.word)
	}
	sign := "(?:" + strings.Join(words, "|") + ")"
	return `(?:[-+(] ?)?(?:` + sign + `[ :]{0,2})?(?:[-+] ?)?(?:[0-9]{1,3}(?: [0-9]{3})+[.,][0-9]{2}|[0-9](?:[0-9.,'’]*[0-9])?)(?: ?/?` + sign + `)??\)?`
}

// loose turns an anchored scanner expression into a group-free one.
func loose(re *regexp.Regexp) string {
	s := strings.TrimPrefix(re.String(), "^")
	s = strings.TrimPrefix(s, "(?i)")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case s[i] == '(' && i+1 < len(s) && s[i+1] != '?':
			b.WriteString("?:")
		}
	}
	return b.String()
}
